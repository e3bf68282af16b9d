"""The commands about accounts, for whoever stands at the server; each secret is printed once and kept nowhere."""

from __future__ import annotations

from typing import Annotated

import typer

from zhishou.cli.journal_app import DatabaseOption

people = typer.Typer(
    help="人员账户：首个管理员、新增、列表、停用、重置、接口令牌。任何职务须另行任命。",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AccountArgument = Annotated[str, typer.Argument(help="账户编号，如 zhang.wei。")]
NameOption = Annotated[str, typer.Option("--name", help="姓名，或机器账户的名称。")]
HoursOption = Annotated[int, typer.Option("--hours", min=1, max=168, help="一次性密码几小时内有效。")]


@people.command()
def first(account: AccountArgument, name: NameOption, hours: HoursOption = 24, database: DatabaseOption = None) -> None:
    """建立首个管理员（只在还没有任何账户时）。一次性密码只显示这一次。"""
    from zhishou.cli import people_desk

    people_desk.first(database, account, name, hours)


@people.command()
def add(
    account: AccountArgument,
    name: NameOption,
    login: Annotated[str, typer.Option("--login", help="登录名，可用汉字；不写同编号。")] = "",
    machine: Annotated[bool, typer.Option("--machine", help="报送单位或其他机器的账户：没有密码，只用令牌。")] = False,
    hours: HoursOption = 24,
    database: DatabaseOption = None,
) -> None:
    """新增账户。一次性密码只显示这一次。"""
    from zhishou.cli import people_desk

    people_desk.add(database, account, name, login=login, machine=machine, hours=hours)


@people.command("list")
def list_(
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON。")] = False, database: DatabaseOption = None
) -> None:
    """列出账户。"""
    from zhishou.cli import people_desk

    people_desk.list_(database, as_json=as_json)


@people.command()
def disable(
    account: AccountArgument,
    undo: Annotated[bool, typer.Option("--undo", help="恢复。")] = False,
    database: DatabaseOption = None,
) -> None:
    """停用账户：立即退出所有登录，令牌不再有效；账户本身不删除。"""
    from zhishou.cli import people_desk

    people_desk.disable(database, account, undo=undo)


@people.command()
def reset(
    account: AccountArgument,
    second_factor: Annotated[
        bool, typer.Option("--second-factor", help="清除动态口令（手机和恢复码都不在了），密码不变。")
    ] = False,
    hours: HoursOption = 24,
    database: DatabaseOption = None,
) -> None:
    """重置密码：换成一次性密码，只显示这一次；或清除动态口令。"""
    from zhishou.cli import people_desk

    people_desk.reset(database, account, second_factor=second_factor, hours=hours)


@people.command()
def token(
    account: Annotated[str, typer.Argument(help="账户编号。")] = "",
    name: Annotated[str, typer.Option("--name", help="用途，如“生产系统夜间报送”。")] = "",
    scope: Annotated[
        list[str] | None, typer.Option("--scope", help="权限：return 报送报表、report 报告信息、read 查看；可写几个。")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=731, help="几天内有效。")] = 365,
    revoke: Annotated[str, typer.Option("--revoke", help="作废这个编号的令牌。")] = "",
    list_all: Annotated[bool, typer.Option("--list", help="列出令牌。")] = False,
    database: DatabaseOption = None,
) -> None:
    """接口令牌：签发（只显示这一次）、列出、作废。"""
    from zhishou.cli import people_desk

    if revoke:
        people_desk.revoke(database, revoke)
    elif list_all:
        people_desk.tokens(database, account)
    else:
        people_desk.token(database, account, name, scope or [], days)
