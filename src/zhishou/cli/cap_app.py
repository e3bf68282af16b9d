"""The commands on public warnings (CAP), each a few lines that open the house, call the desk, and print."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhishou.cli.journal_app import DatabaseOption

cap = typer.Typer(
    help="公开预警信息（CAP）：发布、公开清单、接收外来的。以谁的名义、用哪把钥匙、信谁，写在 house.yaml 的 warnings。",
    no_args_is_help=True,
    rich_markup_mode=None,
)

AreaOption = Annotated[str, typer.Option("--area", help="地区编号，如 jincheng。")]
AccountOption = Annotated[str, typer.Option("--account", help="经办人的账户，他此刻的职务须可办理。")]
DataOption = Annotated[Path, typer.Option("--data", envvar="ZHISHOU_DATA", help="数据文件夹，有 house.yaml 和证书。")]


@cap.command("issue")
def issue(
    incident: Annotated[str, typer.Argument(help="事件编号；它的预警决定（或解除）须已在案。")],
    account: AccountOption,
    plan: Annotated[str, typer.Option("--plan", help="依据哪个预案；只有一个时不必写。")] = "",
    areas: Annotated[list[str] | None, typer.Option("--where", help="预警范围的地区编号；可写几次。")] = None,
    instruction: Annotated[str, typer.Option("--instruction", help="请公众怎么做。")] = "",
    english: Annotated[bool, typer.Option("--english", help="另附英文。")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="另存原件的文件夹。")] = None,
    data: DataOption = Path("zhishou-data"),
    database: DatabaseOption = None,
) -> None:
    """发布预警信息：照记录编写，按 CAP 1.2 核对、签名、保存；演练的永远标为演练。"""
    from zhishou.cli import cap_desk

    typer.echo(
        cap_desk.issued(database, data, incident, plan, tuple(areas or ()), instruction, account, out, english=english)
    )


@cap.command("list")
def list_(area: AreaOption, data: DataOption = Path("zhishou-data"), database: DatabaseOption = None) -> None:
    """列出已发的和收到的预警信息；待人处理的注明。"""
    from zhishou.cli import cap_desk

    typer.echo(cap_desk.listed(database, data, area))


@cap.command("take")
def take(
    file: Annotated[Path, typer.Argument(help="外来的 CAP 文件（1.2、1.1 或国家预警发布系统格式）。")],
    area: AreaOption,
    account: AccountOption,
    data: DataOption = Path("zhishou-data"),
    database: DatabaseOption = None,
) -> None:
    """接收一条外来预警信息：验签名、去重、保存；对得上的成为要素，对不上的待人处理。"""
    from zhishou.cli import cap_desk

    typer.echo(cap_desk.taken(database, data, file, area, account))


@cap.command("feed")
def feed(
    address: Annotated[str, typer.Option("--address", help="公开清单放在哪个网址下。")],
    out: Annotated[Path, typer.Option("--out", help="写到这个文件夹：alerts.atom 和每条信息。")],
    data: DataOption = Path("zhishou-data"),
    database: DatabaseOption = None,
) -> None:
    """把公开清单（Atom）和每条信息写成文件，放到别的网站上；演练的不写。"""
    from zhishou.cli import cap_desk

    typer.echo(cap_desk.feed_files(database, data, address, out))
