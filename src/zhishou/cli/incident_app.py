"""The commands on incidents, for whoever works from a terminal: on the database itself, or over HTTP with a token."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhishou.cli.serve_app import DatabaseOption, DataOption, ExerciseOption

incident = typer.Typer(
    help="事件：列表、查看、经过、登记、办理。直接在数据库上办，或用 --server 和接口令牌（$ZHISHOU_TOKEN）经接口办。",
    no_args_is_help=True,
    rich_markup_mode=None,
)

IdArgument = Annotated[str, typer.Argument(help="事件编号，如 jincheng-2026-0001。")]
ServerOption = Annotated[
    str, typer.Option("--server", help="服务地址，如 https://desk.example；令牌取 $ZHISHOU_TOKEN。不写则直接用数据库。")
]
AsOption = Annotated[str, typer.Option("--as", help="以哪个账户办理（直接用数据库时须写），职务以任职记录为准。")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON。")]
FileOption = Annotated[str, typer.Option("--file", help="命令内容（JSON 文件），- 为标准输入。")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="命令的一项内容，如 --set text=到场；可写几次，值可为 JSON。")
]
KeyOption = Annotated[str, typer.Option("--key", help="命令编号；断线后用同一编号重发，只办一次。不写则新编一个。")]
AreaOption = Annotated[str, typer.Option("--area", help="地区编号。")]


@incident.command("list")
def list_(
    area: AreaOption = "",
    state: Annotated[
        str, typer.Option("--state", help="open 处理中、closed 已归档、merged 已并案、refuted 不属实。")
    ] = "open",
    server: ServerOption = "",
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    exercise: ExerciseOption = False,
    as_json: JsonOption = False,
) -> None:
    """列出事件。"""
    from zhishou.cli import incident_desk, incident_telling

    with incident_desk.reached(server, database, data, exercise=exercise) as desk:
        incident_telling.lines(desk.list(area, state), as_json=as_json)


@incident.command()
def show(
    id_: IdArgument,
    server: ServerOption = "",
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    exercise: ExerciseOption = False,
    as_json: JsonOption = False,
) -> None:
    """查看一起事件：级别、建议、任务、时限。"""
    from zhishou.cli import incident_desk, incident_telling

    with incident_desk.reached(server, database, data, exercise=exercise) as desk:
        incident_telling.whole(desk.show(id_), as_json=as_json)


@incident.command()
def story(
    id_: IdArgument,
    after: Annotated[int, typer.Option("--after", min=0, help="从第几条之后看起。")] = 0,
    server: ServerOption = "",
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    exercise: ExerciseOption = False,
    as_json: JsonOption = False,
) -> None:
    """一起事件的经过，逐条。"""
    from zhishou.cli import incident_desk, incident_telling

    with incident_desk.reached(server, database, data, exercise=exercise) as desk:
        incident_telling.story(desk.story(id_, after), as_json=as_json)


@incident.command("open")
def open_(
    who: AsOption = "",
    file: FileOption = "",
    set_: SetOption = None,
    area: AreaOption = "",
    key: KeyOption = "",
    server: ServerOption = "",
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    exercise: ExerciseOption = False,
    as_json: JsonOption = False,
) -> None:
    """登记一起事件，如 --set title=某井场井喷 --set place=qinshui --set subject=cbm_surface_extraction。"""
    from zhishou.cli import incident_desk, incident_telling

    body = incident_desk.body(file, set_ or [])
    with incident_desk.reached(server, database, data, exercise=exercise) as desk:
        incident_telling.done(desk.open(body, who, area, key), as_json=as_json)


@incident.command()
def give(
    id_: IdArgument,
    command: Annotated[str, typer.Argument(help="命令名，如 propose_level；写错时列出相近的。")],
    who: AsOption = "",
    file: FileOption = "",
    set_: SetOption = None,
    key: KeyOption = "",
    expected: Annotated[int | None, typer.Option("--expected", min=0, help="看过的版本；别人先办了就不办。")] = None,
    server: ServerOption = "",
    database: DatabaseOption = None,
    data: DataOption = Path("zhishou-data"),
    exercise: ExerciseOption = False,
    as_json: JsonOption = False,
) -> None:
    """办理一个命令，如 give jincheng-2026-0001 add_note --as zhiban --set text=到场。"""
    from zhishou.cli import incident_desk, incident_telling

    body = incident_desk.body(file, set_ or [])
    with incident_desk.reached(server, database, data, exercise=exercise) as desk:
        incident_telling.done(desk.give(id_, command, body, who, key, expected), as_json=as_json)
