"""Which record a command works on, and what it says of it: opened, told line by line, verified, anchored."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from zhishou import clock, database
from zhishou.desk.snapshots import false_ones
from zhishou.errors import JournalError, ZhishouError
from zhishou.journal import Entry, SqlJournal, opened, verify
from zhishou.journal import Progress as Told
from zhishou.journal.anchors import Anchor, cast, in_order, kept, parsed, taken
from zhishou.journal.letters import Post, send
from zhishou.journal.verifying import Verdict


def database_url(typed: str | None) -> str:
    """The database: as typed, as the environment says, or a file in the data folder."""
    folder = os.environ.get("ZHISHOU_DATA") or "zhishou-data"
    return typed or os.environ.get("ZHISHOU_DATABASE") or f"sqlite:///{folder}/zhishou.db"


@contextmanager
def record(typed: str | None) -> Iterator[SqlJournal]:
    """The record of a database that is there already."""
    engine = database.engine(database_url(typed), create=False)
    try:
        yield opened(engine)
    finally:
        engine.dispose()


@contextmanager
def bar(label: str) -> Iterator[Told]:
    """A bar on the error output while something long is under way; nothing where that is no terminal."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as shown:
        task = shown.add_task(label, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)


def verified(journal: SqlJournal, files: Sequence[Path], lines: Sequence[str], *, as_json: bool) -> tuple[str, bool]:
    """What to print of a verification, and whether the record is whole."""
    found, unreadable = kept(files)
    anchors = in_order((*found, *map(parsed, lines)))
    with bar("核对记录") as told:
        verdict = verify(journal, anchors, told)
    false = false_ones(journal) if verdict.good else ()
    if as_json:
        said = {**asdict(verdict), "unreadable": unreadable, "false_snapshots": false}
        return json.dumps(said, ensure_ascii=False, indent=2), verdict.good and not false
    parts = [f"{'✓' if verdict.good else '✗'} {verdict.message}"]
    parts += [f"※ 这一行不是锚，没有用：{where}" for where in unreadable]
    if false:
        shown = "、".join(false[:5]) + ("等" if len(false) > 5 else "")
        parts.append(f"✗ {len(false)} 份快照与记录不符（{shown}）：记录完好，但值班台读到的不是记录里的")
        parts.append("处理：停下服务，运行 zhishou journal rebuild，再启动；查明是谁改了数据库")
    if verdict.good:
        parts.append(f"末条封印　{verdict.seal}")
    else:
        parts.append("处理：停止使用这个库，保留原样备查；从最近一份完好的备份恢复，并报告主管人员")
    return "\n".join(parts), verdict.good and not false


def whole(engine: Engine) -> None:
    """Refuse a copy whose record is not whole."""
    with bar("核对副本") as told:
        verdict: Verdict = verify(opened(engine), progress=told)
    if not verdict.good:
        raise JournalError(verdict.message, where=database.place(engine), mend="先核对原库：zhishou journal verify")


def anchored(journal: SqlJournal, files: Sequence[Path], post: Post | None) -> Anchor:
    """Take an anchor and bring it where it was asked for."""
    anchor = taken(journal)
    for file in files:
        cast(anchor, file)
    if post is not None:
        if journal.exercise:
            raise ZhishouError("演练记录不向外发送", mend="演练的锚写到文件或打印")
        send(anchor, post, clock.moment(datetime.now(UTC)))
    return anchor


def post(to: Sequence[str], sender: str, server: str, security: str) -> Post | None:
    """How the e-mail leaves, from what was typed; user and password come from the environment alone.

    Raises:
        ZhishouError: something that an e-mail needs is missing.
    """
    if not to:
        return None
    host, _, port = server.rpartition(":")
    if not host or not port.isdigit() or not sender:
        raise ZhishouError("发邮件还缺服务器或发件人", mend="加 --mail-server 主机:端口 和 --mail-from 地址")
    user, password = os.environ.get("ZHISHOU_MAIL_USER", ""), os.environ.get("ZHISHOU_MAIL_PASSWORD", "")
    return Post(host, int(port), sender, tuple(to), user, password, security)


def head_text(journal: SqlJournal) -> str:
    """Where the record stands, for a person."""
    head = journal.head()
    kind = "演练记录" if journal.exercise else "正式记录"
    recorded = "还没有记录" if head.recorded is None else f"{head.recorded:%Y-%m-%d %H:%M:%S}"
    return f"{kind}　{journal.id}\n共 {head.position} 条　末条记于 {recorded}\n封印　{head.seal}"


def head_json(journal: SqlJournal) -> str:
    """The same for a program."""
    head = journal.head()
    recorded = None if head.recorded is None else head.recorded.isoformat()
    value = {"id": journal.id, "exercise": journal.exercise, "position": head.position, "seal": head.seal}
    return json.dumps({**value, "recorded": recorded}, ensure_ascii=False, indent=2)


def entry_text(entry: Entry) -> str:
    """An entry in two lines."""
    who = "　".join(part for part in (entry.name, entry.post, entry.machine) if part)
    content = json.dumps(entry.payload, ensure_ascii=False)
    return (
        f"{entry.position}　{entry.at:%Y-%m-%d %H:%M}（记于 {entry.recorded:%m-%d %H:%M:%S}）　"
        f"{entry.stream} 第 {entry.version} 条　{entry.type}　{who}\n　　{content}"
    )


def entry_json(entry: Entry) -> str:
    """An entry in one line of JSON."""
    value: dict[str, Any] = asdict(entry)
    value |= {"at": entry.at.isoformat(), "recorded": entry.recorded.isoformat()}
    return json.dumps(value, ensure_ascii=False)
