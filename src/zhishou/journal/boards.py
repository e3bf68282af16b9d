"""Boards as the database keeps them: which lines, in which order, and making them anew; apart, since no seal rests on them."""

from __future__ import annotations

import gc
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select, tuple_

from zhishou.database.columns import from_microseconds, microseconds
from zhishou.errors import JournalError
from zhishou.journal.contract import Progress, Project
from zhishou.journal.entry import Entry, Row
from zhishou.journal.orders import placed, ready
from zhishou.journal.seals import Stored
from zhishou.journal.tables import NEVER, board_rows, entries, journal
from zhishou.journal.writing import Ready, put

_c = board_rows.c
PAGE = 2000
"""Entries read at a time while boards are made anew, and about the lines held back before they are written."""


def lines(connection: Connection, board: str, limit: int, after: str, only: dict[str, Any]) -> tuple[Row, ...]:
    """Lines of a board in order, see `Journal.rows`."""
    asked = _only(select(board_rows), board, **only)
    if after:
        due, key = placed(after)
        asked = asked.where(tuple_(_c.due, _c.key) > tuple_(NEVER if due is None else microseconds(due), key))
    found = connection.execute(asked.order_by(_c.due, _c.key).limit(limit)).all()
    return tuple(Row(row.board, row.key, row.area, row.state, _due(row.due), json.loads(row.data)) for row in found)


def number(connection: Connection, board: str, only: dict[str, Any]) -> int:
    """How many lines there are."""
    return int(connection.execute(_only(select(func.count()).select_from(board_rows), board, **only)).scalar_one())


def remake(connection: Connection, project: Project, progress: Progress, boards: Collection[str]) -> None:
    """Make boards anew within a transaction; the head is held, so that nothing is appended meanwhile."""
    total = connection.execute(select(journal.c.position).with_for_update()).scalar_one()
    connection.execute(delete(board_rows).where(_c.board.in_(boards)))
    held: dict[tuple[str, str], Ready] = {}
    progress(0, total)
    with _garbage_seldom_looked_for():
        for row in project(_by_stream(connection, total, progress)):
            if row.board not in boards:
                continue
            (held[row.board, row.key],) = ready((row,))
            if len(held) >= PAGE:
                put(connection, held.values())
                held.clear()
        put(connection, held.values())


@contextmanager
def _garbage_seldom_looked_for() -> Iterator[None]:
    """What a page makes goes by its reference counts; looking through it every few hundred objects is a quarter of the work."""
    before = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _by_stream(connection: Connection, total: int, progress: Progress) -> Iterator[Entry]:
    """Every entry, stream by stream and in order within each."""
    done, stream, version = 0, "", 0
    order = (entries.c.stream, entries.c.version)
    while done < total:
        asked = select(entries).where(tuple_(*order) > tuple_(stream, version)).order_by(*order).limit(PAGE)
        page = connection.execute(asked).all()
        if not page:
            raise JournalError(
                f"应有 {total} 条记录，只读到 {done} 条", mend="运行 zhishou journal verify，再从备份恢复"
            )
        yield from (Stored._make(one).entry() for one in page)
        done, stream, version = done + len(page), page[-1].stream, page[-1].version
        progress(done, total)


def _due(count: int) -> datetime | None:
    return None if count == NEVER else from_microseconds(count)


def _only(
    asked: Select[Any],
    board: str,
    *,
    areas: Collection[str] | None = None,
    states: Collection[str] | None = None,
    due_before: datetime | None = None,
    key: str | None = None,
) -> Select[Any]:
    asked = asked.where(_c.board == board)
    if areas is not None:
        asked = asked.where(_c.area.in_(areas))
    if states is not None:
        asked = asked.where(_c.state.in_(states))
    if due_before is not None:
        asked = asked.where(_c.due < microseconds(due_before))
    return asked if key is None else asked.where(_c.key == key)
