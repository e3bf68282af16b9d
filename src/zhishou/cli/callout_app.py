"""The commands about the call-out, each a few lines that open the house, call a room, and print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zhishou.cli.serve_app import DatabaseOption, DataOption, ExerciseOption

callout = typer.Typer(
    help="通知：预演会呼叫谁、通讯录的模板、导入、核定、导出，每月测试。号码加密存放，不进记录和日志。",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("--format", help="text 供人看，json 供程序用。")]
AreaOption = Annotated[str, typer.Option("--area", help="地区编号；不写为主值班室的地区。")]
HOME = Path("zhishou-data")


@callout.command()
def who(
    plan: Annotated[str, typer.Argument(help="预案编号，如 jincheng/gas-winter-2021。")],
    level: Annotated[str, typer.Argument(help="级别，如 II。")],
    at: Annotated[str, typer.Option("--at", help="什么时候，如 2026-12-15T02:00；不写为此刻。")] = "",
    place: Annotated[str, typer.Option("--place", help="事发地，如 泽州县；不写为预案的地区。")] = "",
    ladder: Annotated[str, typer.Option("--ladder", help="response 应急响应，warning 预警。")] = "response",
    format_: FormOption = Form.TEXT,
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """预演：这一级一旦决定，会按什么次序、用什么方式呼叫谁，缺什么。不呼叫任何人，不留记录。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.who(house, plan, level, at, place, ladder, as_json=format_ is Form.JSON))


@callout.command()
def template(file: Annotated[Path, typer.Argument(help="写到哪个 .xlsx。")]) -> None:
    """写出通讯录模板。"""
    from zhishou.callout.book.form import template as form
    from zhishou.cli import callout_desk

    callout_desk.write(file, form())
    typer.echo(f"已写出 {file}：填好后用 zhishou callout import 导入。")


@callout.command("start-book")
def start_book(
    area: AreaOption = "",
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """用预案附件里的单位值班电话作通讯录的起点；有矛盾的等核定。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.start_book(house, area))


@callout.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="填好的 .xlsx 或 .csv。")],
    area: AreaOption = "",
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """导入通讯录：没有疑问的即用；同号两家、一家几号、外地区号、号码不对的等核定，不用也不丢。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.import_(house, file, area))


@callout.command()
def held(
    format_: FormOption = Form.TEXT,
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """列出等核定的各行：在哪一格、为什么、怎么办。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.held(house, as_json=format_ is Form.JSON))


@callout.command()
def decide(
    id_: Annotated[str, typer.Argument(help="待核定事项编号。")],
    action: Annotated[
        str, typer.Argument(help="use 照用、replace 改用（停用原来的）、correct 更正后用、reject 不用。")
    ],
    reason: Annotated[str, typer.Option("--reason", help="理由，记录在案；不要写号码。")],
    value: Annotated[str, typer.Option("--value", help="correct：正确的号码或地址。")] = "",
    unit: Annotated[str, typer.Option("--unit", help="correct：正确的单位或职务。")] = "",
    account: Annotated[str, typer.Option("--account", help="correct：正确的账户。")] = "",
    area: AreaOption = "",
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """核定一行。"""
    from zhishou.callout.book.importing import Decision
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        given = Decision(id_, action, reason, value, unit, account)
        typer.echo(callout_desk.decide(house, given, area))


@callout.command()
def book(
    format_: FormOption = Form.TEXT,
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """查看通讯录（号码只显示一部分）和上次测试的结果。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.book(house, as_json=format_ is Form.JSON))


@callout.command()
def retire(
    address: Annotated[str, typer.Argument(help="编号，用 zhishou callout book 查看。")],
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """停用通讯录里的一项。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.retire(house, address))


@callout.command()
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个 .xlsx；只有本人能读。")],
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """导出通讯录，号码是全的；导出一事记录在案。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.export(house, file))


@callout.command("test")
def self_test(
    format_: FormOption = Form.TEXT,
    database: DatabaseOption = None,
    data: DataOption = HOME,
    exercise: ExerciseOption = False,
) -> None:
    """马上测试全部通道和号码（能静默的静默），报告不通的号码。"""
    from zhishou.cli import callout_desk

    with callout_desk.opened(database, data, exercise=exercise) as house:
        typer.echo(callout_desk.test(house, as_json=format_ is Form.JSON))
