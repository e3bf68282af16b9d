"""The record in a database, SQLite or PostgreSQL alike."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    insert,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy import Row as Record
from sqlalchemy.exc import IntegrityError

from zhishou import clock, database
from zhishou.errors import DatabaseError, JournalError, RepeatedKeyError, StaleError, ZhishouError
from zhishou.journal import boards as on_boards
from zhishou.journal.contract import Progress, Project
from zhishou.journal.entry import Act, Appended, Entry, Head, Row, Snapshot, Write
from zhishou.journal.links import Link
from zhishou.journal.orders import Known, Order, order, take_in
from zhishou.journal.packing import packed, unpacked
from zhishou.journal.seals import Registered, Stored, canonical, genesis, moment_text
from zhishou.journal.tables import board_rows, commands, entries, journal, snapshots, streams
from zhishou.journal.turns import Ticket, Turns
from zhishou.journal.writing import Ready, put, record, standing, upsert

Taken = tuple[Stored, ...] | Known
Brought = tuple[Order, Link, Link | None]
"""An order, its link, and the link that it rests on."""
PAGE = 5000
PREFIXES = 250
"""Beginnings of names asked for together; a database bounds how many terms one question may have."""
"""Places read at a time: no transaction stays open between two pages."""

# What every command asks is put into words once: doing so anew costs as much as the database's answer.
_NAMED: BindParameter[str] = bindparam("named")
_OF_COMMAND = select(commands.c.first, commands.c.count).where(commands.c.command == _NAMED)
_REGISTERED = select(commands).where(commands.c.command.in_(bindparam("named", expanding=True)))
_VERSION = select(streams.c.version).where(streams.c.stream == _NAMED)
_VERSIONS = {
    dialect: select(streams).where(database.among(streams.c.stream, "named", dialect))
    for dialect in ("sqlite", "postgresql")
}
_SNAPSHOT = select(snapshots).where(snapshots.c.stream == _NAMED)
_AFTER = (
    select(entries)
    .where(entries.c.stream == _NAMED, entries.c.version > bindparam("after"))
    .order_by(entries.c.version)
)


def found(engine: Engine, id_: str, created: datetime, *, exercise: bool) -> SqlJournal:
    """The record of a database, which is founded where there is none yet.

    Args:
        engine: the database, with its tables made.
        id_: which record it shall be; of no account where there is one.
        created: when it is founded; the same.
        exercise: whether all of it is an exercise.

    Raises:
        JournalError: there is a record, and it is an exercise where a real one was asked for, or the other way round.
        DatabaseError: the database cannot be reached, or lacks the tables.
    """
    since = moment_text(created)
    first = {"key": 1, "id": id_, "exercise": exercise, "created": since, "position": 0}
    try:
        with database.writing(engine) as connection:
            if connection.execute(select(journal.c.key)).one_or_none() is None:
                seal = genesis(id_, since, exercise=exercise)
                connection.execute(insert(journal), {**first, "seal": seal})
    except IntegrityError:
        pass  # another server founded it at the same moment
    one = opened(engine)
    if one.exercise != exercise:
        kinds = ("演练记录", "正式记录")
        is_, asked = kinds if one.exercise else kinds[::-1]
        raise JournalError(f"这是{is_}，不能当{asked}用", where=database.place(engine), mend="演练另用一个数据库")
    return one


def opened(engine: Engine) -> SqlJournal:
    """The record of a database.

    Raises:
        JournalError: there is none.
        DatabaseError: the database cannot be reached, or is of another version.
    """
    database.check(engine)
    with database.reading(engine) as connection:
        first = connection.execute(select(journal)).one_or_none()
    if first is None:
        raise JournalError(
            "数据库里还没有记录", where=database.place(engine), mend="核对地址；新库先由 zhishou serve 建好"
        )
    return SqlJournal(engine, first)


class SqlJournal:
    """A record in a database; `found` and `opened` give one. Threads and servers may share the database.

    Args:
        engine: the database.
        first: the record's first line.
    """

    def __init__(self, engine: Engine, first: Record[Any]) -> None:
        self._engine = engine
        self._id, self._exercise = str(first.id), bool(first.exercise)
        self._genesis = genesis(self._id, str(first.created), exercise=self._exercise)
        self._turns: Turns[Brought, Taken] = Turns(self._carry)

    @property
    def engine(self) -> Engine:
        """The database."""
        return self._engine

    @property
    def id(self) -> str:
        return self._id

    @property
    def exercise(self) -> bool:
        return self._exercise

    @property
    def genesis(self) -> str:
        return self._genesis

    def append(self, writes: Sequence[Write], act: Act, rows: Sequence[Row] = (), link: Link | None = None) -> Appended:
        own = link or Link()
        try:
            taken = self._turns.take((order(writes, act, rows), own, own.before), own.enter)
        finally:
            own.settle(made=False)  # mostly it is settled by now, by whoever carried it out
        if isinstance(taken, Known):
            return Appended(self._between(taken.first, taken.count), repeated=True)
        return Appended(tuple(stored.entry() for stored in taken), repeated=False)

    def of_command(self, command: str) -> tuple[Entry, ...]:
        with database.asking(self._engine) as connection:
            known = connection.execute(_OF_COMMAND, {"named": command}).one_or_none()
        return () if known is None else self._between(*known)

    def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        with database.asking(self._engine) as connection:
            found_ = connection.execute(_AFTER, {"named": stream, "after": after})
            return tuple(stored.entry() for stored in map(Stored._make, found_))

    def news(self, known: Mapping[str, int]) -> Mapping[str, tuple[Entry, ...]]:
        asked, named = _VERSIONS[self._engine.dialect.name], {"named": [*known]}
        with database.asking(self._engine) as connection:
            if all(version <= known[stream] for stream, version in connection.execute(asked, named)):
                return {}  # mostly; and what follows wants more than one question
        found: dict[str, tuple[Entry, ...]] = {}
        with database.reading(self._engine) as connection:
            for stream, version in connection.execute(asked, named).all():
                if version > known[stream]:
                    new = connection.execute(_AFTER, {"named": stream, "after": known[stream]})
                    found[stream] = tuple(stored.entry() for stored in map(Stored._make, new))
        return found

    def version(self, stream: str) -> int:
        with database.asking(self._engine) as connection:
            found_ = connection.execute(_VERSION, {"named": stream}).scalar()
        return int(found_ or 0)

    def since(self, position: int, limit: int = 1000, stream: str | None = None) -> tuple[Entry, ...]:
        if stream is None:
            return tuple(stored.entry() for stored in self.stored(position, limit))
        asked = select(entries).where(entries.c.stream == stream, entries.c.position > position)
        return self._entries(asked.order_by(entries.c.version).limit(limit))

    def stored(self, position: int, limit: int = 1000) -> tuple[Stored, ...]:
        asked = select(entries).where(entries.c.position > position).order_by(entries.c.position).limit(limit)
        with database.asking(self._engine) as connection:
            return tuple(map(Stored._make, connection.execute(asked)))

    def places(self) -> Iterator[tuple[str, int, int]]:
        place = entries.c.stream, entries.c.version
        asked = select(*place, entries.c.position).order_by(*place).limit(PAGE)
        after = ("", 0)
        while True:
            with database.asking(self._engine) as connection:
                page = connection.execute(asked.where(tuple_(*place) > tuple_(*after))).all()
            if not page:
                return
            yield from ((row.stream, row.version, row.position) for row in page)
            after = (page[-1].stream, page[-1].version)

    def streams(self, prefix: str = "", after: str = "", limit: int = 1000) -> tuple[tuple[str, int], ...]:
        asked = select(streams).where(streams.c.stream > after)
        if prefix:
            asked = asked.where(_begins(prefix))
        with database.asking(self._engine) as connection:
            return tuple((row.stream, row.version) for row in connection.execute(asked.order_by("stream").limit(limit)))

    def under(self, prefixes: Collection[str]) -> Mapping[str, int]:
        found_: dict[str, int] = {}
        left = iter(dict.fromkeys(prefixes))
        while some := tuple(islice(left, PREFIXES)):
            # In no order: to sort, SQLite would read the whole table and not look up each beginning.
            asked = select(streams).where(or_(*map(_begins, some)))
            with database.asking(self._engine) as connection:
                found_ |= {row.stream: row.version for row in connection.execute(asked).all()}
        return found_

    def registered(self, commands: Collection[str]) -> Mapping[str, Registered]:
        with database.reading(self._engine) as connection:
            found_ = map(Registered._make, connection.execute(_REGISTERED, {"named": [*commands]}))
            return {one.command: one for one in found_}

    def register(self, after: str = "", limit: int = 1000) -> tuple[Registered, ...]:
        asked = select(commands).where(commands.c.command > after).order_by(commands.c.command).limit(limit)
        with database.reading(self._engine) as connection:
            return tuple(map(Registered._make, connection.execute(asked)))

    def head(self) -> Head:
        with database.asking(self._engine) as connection:
            at = connection.execute(select(journal.c.position, journal.c.seal, journal.c.recorded)).one()
        return Head(at.position, at.seal, None if at.recorded is None else clock.moment(at.recorded))

    def damage(self) -> str:
        if self._engine.dialect.name != "sqlite":
            return ""
        with database.asking(self._engine) as connection:
            found_ = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar())
        return "" if found_ == "ok" else found_

    def snapshot(self, stream: str, fold: str | None = None) -> Snapshot | None:
        with database.asking(self._engine) as connection:
            kept = connection.execute(_SNAPSHOT, {"named": stream}).one_or_none()
        if kept is None or (fold is not None and kept.fold != fold):
            return None
        try:
            return Snapshot(kept.stream, kept.version, kept.fold, json.loads(unpacked(kept.data)))
        except ValueError:
            return None

    def snapshotted(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        asked = select(snapshots.c.stream).where(snapshots.c.stream > after).order_by(snapshots.c.stream).limit(limit)
        with database.asking(self._engine) as connection:
            return tuple(connection.execute(asked).scalars())

    def keep(self, snapshot: Snapshot) -> None:
        value = {"stream": snapshot.stream, "version": snapshot.version, "fold": snapshot.fold}
        data = packed(canonical(snapshot.data))
        with database.writing(self._engine) as connection:
            there = connection.execute(select(streams.c.version).where(streams.c.stream == snapshot.stream)).scalar()
            kept = connection.execute(select(snapshots).where(snapshots.c.stream == snapshot.stream)).one_or_none()
            older = kept is not None and kept.fold == snapshot.fold and kept.version > snapshot.version
            if not older and snapshot.version <= (there or 0):
                upsert(connection, snapshots, [{**value, "data": data}])

    def rows(self, board: str, *, limit: int = 200, after: str = "", **only: Any) -> tuple[Row, ...]:
        with database.asking(self._engine) as connection:
            return on_boards.lines(connection, board, limit, after, only)

    def count(self, board: str, **only: Any) -> int:
        with database.asking(self._engine) as connection:
            return on_boards.number(connection, board, only)

    def rebuild(self, project: Project, progress: Progress, boards: Collection[str]) -> None:
        with database.writing(self._engine) as connection:
            on_boards.remake(connection, project, progress, boards)
            connection.execute(delete(snapshots))

    def clear(self) -> None:
        with database.writing(self._engine) as connection:
            connection.execute(
                select(journal.c.key).with_for_update()
            )  # an append that brings lines goes first or after
            connection.execute(delete(board_rows))
            connection.execute(delete(snapshots))

    def close(self) -> None:
        self._engine.dispose()

    def _between(self, first: int, count: int) -> tuple[Entry, ...]:
        return tuple(stored.entry() for stored in self.stored(first - 1, count)) if count else ()

    def _entries(self, asked: Any) -> tuple[Entry, ...]:
        with database.asking(self._engine) as connection:
            return tuple(stored.entry() for stored in map(Stored._make, connection.execute(asked)))

    def _carry(self, tickets: Sequence[Ticket[Brought, Taken]]) -> None:
        """Take in orders in one transaction; nobody learns of it before it is committed."""
        try:
            with database.writing(self._engine) as connection:
                outcomes = _take_all(connection, [ticket.brought for ticket in tickets])
        except (DatabaseError, JournalError) as error:
            for ticket in tickets:
                ticket.error = error
        except Exception as error:  # noqa: BLE001 - whatever a driver raises for what it cannot store
            if len(tickets) == 1:
                tickets[0].error = JournalError(f"数据库不收这条记录：{error}", mend="把这句话告诉维护人员")
            else:  # what is wrong with one of them shall be its own affair
                for ticket in tickets:
                    self._carry([ticket])
        else:
            for ticket, outcome in zip(tickets, outcomes, strict=True):
                if isinstance(outcome, ZhishouError):
                    ticket.error = outcome
                else:
                    ticket.got = outcome
        finally:
            for ticket in tickets:
                ticket.brought[1].settle(made=ticket.error is None and isinstance(ticket.got, tuple))


def _begins(prefix: str) -> ColumnElement[bool]:
    """Names that begin so: no stream's name holds the last character there is, so they lie between these two."""
    return and_(streams.c.stream >= prefix, streams.c.stream < prefix + "\U0010ffff")


def _take_all(connection: Connection, brought: Sequence[Brought]) -> list[Taken | ZhishouError]:
    at = standing(connection, [one for one, _, _ in brought])
    outcomes: list[Taken | ZhishouError] = []
    made: list[Stored] = []
    rows: list[Ready] = []
    new: list[str] = []
    links: set[Link] = set()
    for one, link, before in brought:
        try:
            taken = take_in(one, at, broken=before is not None and not before.made and before not in links)
        except (StaleError, RepeatedKeyError) as error:
            outcomes.append(error)
            continue
        outcomes.append(taken)
        if not isinstance(taken, Known):
            made += taken
            rows += one.rows
            new.append(one.act.command)
            links.add(link)
    with database.at_last(connection):
        record(connection, made, at, new)
        put(connection, rows)
    return outcomes
