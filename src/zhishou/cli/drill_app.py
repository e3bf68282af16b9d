"""The commands of drills, each a few lines that read, call the room, and print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

drill = typer.Typer(
    help="演练：按情景在模拟时钟上走一遍同一个值守台，逐条核对预案怎么写，讲成经过并评分。",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    JSON = "json"


FormOption = Annotated[Form, typer.Option("--format", help="text 供人看，json 供程序用。")]


@drill.command("list")
def list_scenarios(form: FormOption = Form.TEXT) -> None:
    """列出随本软件附带的情景：每个分级预案一个。"""
    from zhishou.cli import drilling

    typer.echo(drilling.listed(as_json=form is Form.JSON))


@drill.command()
def run(
    scenario: Annotated[str, typer.Argument(help="情景文件，或附带情景的名称（见 zhishou drill list）。")],
    database: Annotated[
        str | None,
        typer.Option("--database", help="演练记录存进这个新库；不写则在内存里演练。正式库和用过的库都不接受。"),
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="只讲大事，不讲小步和将到的时限。")] = False,
    form: FormOption = Form.TEXT,
) -> None:
    """演练一个情景：讲经过，逐条列出没有达到的期望（文件和行），评分，核对记录。全部达到退出码 0，否则 1。"""
    from zhishou.cli import drilling

    told, good = drilling.ran(scenario, database, brief=brief, as_json=form is Form.JSON)
    typer.echo(told)
    raise typer.Exit(0 if good else 1)


@drill.command()
def schema(
    write: Annotated[Path | None, typer.Option("--write", help="写进这个文件，不写则打印。")] = None,
) -> None:
    """情景格式的 JSON Schema，供编辑器补全和检查。"""
    from zhishou.cli import drilling

    drilling.schema(write)
