"""The commands on the record, each a few lines that open it, call a room, and print."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

journal = typer.Typer(
    help="记录：核对有无删改、锚定、查看、备份、恢复。只增不改，逐条封印（SM3）。",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class Form(StrEnum):
    """How an answer is given."""

    TEXT = "text"
    JSON = "json"


class Security(StrEnum):
    """How an e-mail goes to its server."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="数据库：sqlite:///文件夹/文件.db 或 postgresql://用户@主机/库名；"
        "不写取 $ZHISHOU_DATABASE，再取数据文件夹（$ZHISHOU_DATA 或 ./zhishou-data）里的 zhishou.db。",
    ),
]
FormOption = Annotated[Form, typer.Option("--format", help="text 供人看，json 供程序用。")]


@journal.command()
def verify(
    anchors: Annotated[list[Path] | None, typer.Option("--anchors", help="锚文件；可写几次。")] = None,
    anchor: Annotated[list[str] | None, typer.Option("--anchor", help="邮件或纸上的一行锚；可写几次。")] = None,
    database: DatabaseOption = None,
    form: FormOption = Form.TEXT,
) -> None:
    """核对全部记录：有没有被改、删、插、调换；有锚时还能看出末尾被截。完好时退出码 0，不完好时 1。"""
    from zhishou.cli import record

    with record.record(database) as kept:
        told, good = record.verified(kept, anchors or [], anchor or [], as_json=form is Form.JSON)
    typer.echo(told)
    raise typer.Exit(0 if good else 1)


@journal.command()
def anchor(
    file: Annotated[
        list[Path] | None, typer.Option("--file", help="追加到这个文件，应在另一块盘上；可写几次。")
    ] = None,
    mail_to: Annotated[list[str] | None, typer.Option("--mail-to", help="用邮件发给谁；可写几次。")] = None,
    mail_from: Annotated[str, typer.Option("--mail-from", help="发件人地址。")] = "",
    mail_server: Annotated[
        str,
        typer.Option(
            "--mail-server", help="邮件服务器，主机:端口；用户和口令取 $ZHISHOU_MAIL_USER、$ZHISHOU_MAIL_PASSWORD。"
        ),
    ] = "",
    mail_security: Annotated[Security, typer.Option("--mail-security", help="邮件加密方式。")] = Security.STARTTLS,
    database: DatabaseOption = None,
) -> None:
    """锚定：把此刻的末条封印记到库外（文件、邮件），并打印一行，可抄写或打印存档。宜定时运行。"""
    from zhishou.cli import record

    post = record.post(mail_to or [], mail_from, mail_server, mail_security.value)
    with record.record(database) as kept:
        typer.echo(str(record.anchored(kept, file or [], post)))


@journal.command()
def head(database: DatabaseOption = None, form: FormOption = Form.TEXT) -> None:
    """记录到了第几条、末条的时间和封印。"""
    from zhishou.cli import record

    with record.record(database) as kept:
        typer.echo(record.head_json(kept) if form is Form.JSON else record.head_text(kept))


@journal.command()
def show(
    stream: Annotated[str | None, typer.Option("--stream", help="只看一个流，如 incident/2026-0007。")] = None,
    after: Annotated[int, typer.Option("--after", min=0, help="从第几条之后看起。")] = 0,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10000, help="最多几条。")] = 50,
    command: Annotated[str | None, typer.Option("--command", help="只看一个命令编号记下的。")] = None,
    database: DatabaseOption = None,
    form: FormOption = Form.TEXT,
) -> None:
    """逐条查看：何时、何人、以何职务、在哪台机器、记了什么。"""
    from zhishou.cli import record

    with record.record(database) as kept:
        entries = kept.since(after, limit, stream) if command is None else kept.of_command(command)
        for entry in entries:
            typer.echo(record.entry_json(entry) if form is Form.JSON else record.entry_text(entry))
        if not entries and form is Form.TEXT:
            typer.echo("没有这样的记录")


@journal.command()
def backup(
    file: Annotated[Path, typer.Argument(help="备份到这个文件，不覆盖已有的。")], database: DatabaseOption = None
) -> None:
    """备份：使用中即可备份。SQLite 的副本随即逐条核对；PostgreSQL 用 pg_dump。"""
    from zhishou.cli import record
    from zhishou.database.backup import backup as copy

    with record.record(database) as kept:
        copy(kept.engine, file, record.whole)
    typer.echo(f"已备份到 {file}")


@journal.command()
def restore(
    file: Annotated[Path, typer.Argument(help="journal backup 生成的备份。")],
    replace: Annotated[bool, typer.Option("--replace", help="库里已有内容也覆盖，原有内容丢失。")] = False,
    database: DatabaseOption = None,
) -> None:
    """恢复：把备份放进空库，随即逐条核对。先停止使用这个库的服务。"""
    from zhishou import database as databases
    from zhishou.cli import record
    from zhishou.database.backup import restore as bring_back

    engine = databases.engine(record.database_url(database))
    try:
        bring_back(engine, file, replace=replace, verified=record.whole)
        typer.echo(f"已从 {file} 恢复到 {databases.place(engine)}")
    finally:
        engine.dispose()


@journal.command()
def rebuild(database: DatabaseOption = None) -> None:
    """重建看板：按记录从头再算一遍（事件、任务、时限、研判提示）。其间看到的是旧的，记录本身不动。"""
    from zhishou.bootstrap.house import machine_time
    from zhishou.cli import record
    from zhishou.desk import Desk
    from zhishou.plan.load import library

    with record.record(database) as kept, record.bar("重建看板") as told:
        Desk(kept, library(), machine="terminal", now=machine_time).rebuild(told)
        position = kept.head().position
    typer.echo(f"看板已按 {position} 条记录重建")
