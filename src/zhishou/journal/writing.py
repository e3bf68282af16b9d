"""What an append says to the database, for one order or many at once: a fixed number of statements whatever their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Connection,
    Insert,
    Table,
    delete,
    insert,
    literal_column,
    select,
    tuple_,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from zhishou.database.columns import among, microseconds
from zhishou.errors import JournalError
from zhishou.journal.entry import Row
from zhishou.journal.orders import Known, Order, Standing
from zhishou.journal.seals import Stored, register_seal
from zhishou.journal.tables import NEVER, board_rows, commands, entries, journal, streams

Ready = tuple[Row, str | None]
# Put into words once; every append says them.
_HEAD = select(journal.c.exercise, journal.c.position, journal.c.seal).with_for_update()
_MOVED = update(journal)


def standing(connection: Connection, orders: Sequence[Order]) -> Standing:
    """Where the record stands, of all that the orders name; from here on nobody else appends until the transaction ends.

    Raises:
        JournalError: the database holds no record.
    """
    head = connection.execute(_HEAD).one_or_none()
    if head is None:
        raise JournalError("数据库里的记录没有首行", mend="停止使用，从备份恢复")
    named = {stream for one in orders for stream, _, _ in one.streams}
    keys = {one.act.command for one in orders}
    found = connection.execute(_registered(connection.dialect.name), {"keys": [*keys], "named": [*named]}).all()
    return Standing(
        head.exercise, head.position, head.seal,
        {name: first for what, name, _, first, _ in found if what == "stream"},
        {name: Known(digest, first, count) for what, name, digest, first, count in found if what == "command"},
    )  # fmt: skip


@cache
def _registered(dialect: str) -> CompoundSelect[Any]:
    """What both registers say of all that orders name, in one question: it is asked while the head is held."""
    return union_all(
        select(literal_column("'command'"), commands.c.command, commands.c.digest, commands.c.first, commands.c.count)
        .where(among(commands.c.command, "keys", dialect)),
        select(literal_column("'stream'"), streams.c.stream, literal_column("''"), streams.c.version, literal_column("0"))
        .where(among(streams.c.stream, "named", dialect)),
    )  # fmt: skip


def record(connection: Connection, made: Sequence[Stored], after: Standing, new: Iterable[str]) -> None:
    """Insert entries, and move registers and head on to where the record then stands."""
    if made:
        connection.execute(insert(entries), [one._asdict() for one in made])
    registered(connection, made, after, new)


def registered(connection: Connection, made: Sequence[Stored], after: Standing, new: Iterable[str]) -> None:
    """Move registers and head on to where the record stands with entries that are inserted."""
    keys = [_registered_line(key, after.commands[key]) for key in new]
    if keys:
        connection.execute(insert(commands), keys)
    if not made:
        return
    moved = {one.stream: one.version for one in made}
    upsert(connection, streams, [{"stream": stream, "version": version} for stream, version in moved.items()])
    last = made[-1]
    connection.execute(_MOVED, {"position": last.position, "seal": last.seal, "recorded": last.recorded})


def put(connection: Connection, rows: Iterable[Ready]) -> None:
    """Bring lines onto their boards, or take them off; of several with one place the last counts."""
    last = {(row.board, row.key): (row, text) for row, text in rows}
    gone = [place for place, (_, text) in last.items() if text is None]
    if gone:
        connection.execute(delete(board_rows).where(tuple_(board_rows.c.board, board_rows.c.key).in_(gone)))
    kept = [
        {
            "board": row.board, "key": row.key, "area": row.area, "state": row.state, "data": text,
            "due": NEVER if row.due is None else microseconds(row.due),
        }
        for row, text in last.values()
        if text is not None
    ]  # fmt: skip
    if kept:
        upsert(connection, board_rows, kept)


def upsert(connection: Connection, table: Table, values: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or overwrite those whose key is there."""
    connection.execute(_upsert(table, connection.dialect.name), values)


@cache
def _upsert(table: Table, dialect: str) -> Insert:
    made: sqlite.Insert | postgresql.Insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = list(table.primary_key.columns)
    rest = {column.name: made.excluded[column.name] for column in table.columns if not column.primary_key}
    return made.on_conflict_do_update(index_elements=keys, set_=rest)


def _registered_line(command: str, known: Known) -> dict[str, Any]:
    seal = register_seal(command, known.digest, known.first, known.count)
    return {"command": command, "digest": known.digest, "first": known.first, "count": known.count, "seal": seal}
