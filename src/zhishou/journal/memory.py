"""The record in memory, for tests, drills and what-ifs; the plainest reading of the contract, which the others are held to."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from threading import RLock
from typing import Any

from zhishou.clock import SHANGHAI
from zhishou.database.columns import microseconds
from zhishou.journal.contract import Progress, Project
from zhishou.journal.entry import Act, Appended, Entry, Head, Row, Snapshot, Write
from zhishou.journal.links import Link
from zhishou.journal.orders import Known, Order, Standing, order, placed, ready, take_in
from zhishou.journal.seals import Registered, Stored, canonical, genesis, moment_text, register_seal


class MemoryJournal:
    """A record that is gone with the process.

    Args:
        id_: which record it is.
        created: when it is founded.
        exercise: whether all of it is an exercise.
    """

    def __init__(self, id_: str, created: datetime, *, exercise: bool) -> None:
        self._id, self._exercise = id_, exercise
        self._genesis = genesis(id_, moment_text(created), exercise=exercise)
        self._entries: list[Stored] = []
        self._streams: dict[str, list[int]] = {}
        self._rows: dict[tuple[str, str], tuple[Row, str]] = {}
        self._snapshots: dict[str, tuple[Snapshot, str]] = {}
        self._standing = Standing(exercise, 0, self._genesis, {}, {})
        self._lock = RLock()

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
        own, made = link or Link(), False
        try:
            done = self._append(order(writes, act, rows), broken=own.broken)
            made = not done.repeated
        finally:
            own.settle(made=made)
        return done

    def _append(self, one: Order, *, broken: bool) -> Appended:
        with self._lock:
            taken = take_in(one, self._standing, broken=broken)
            if isinstance(taken, Known):
                return Appended(self.of_command(one.act.command), repeated=True)
            for stored in taken:
                self._entries.append(stored)
                self._streams.setdefault(stored.stream, []).append(stored.position)
            self._put(one.rows)
        return Appended(tuple(stored.entry() for stored in taken), repeated=False)

    def of_command(self, command: str) -> tuple[Entry, ...]:
        known = self._standing.commands.get(command)
        if known is None:
            return ()
        return tuple(stored.entry() for stored in self._entries[known.first - 1 : known.first - 1 + known.count])

    def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        return tuple(self._entries[position - 1].entry() for position in self._streams.get(stream, [])[after:])

    def news(self, known: Mapping[str, int]) -> Mapping[str, tuple[Entry, ...]]:
        with self._lock:
            found = {stream: self.read(stream, after) for stream, after in known.items()}
        return {stream: entries for stream, entries in found.items() if entries}

    def version(self, stream: str) -> int:
        return len(self._streams.get(stream, ()))

    def since(self, position: int, limit: int = 1000, stream: str | None = None) -> tuple[Entry, ...]:
        if stream is None:
            return tuple(stored.entry() for stored in self.stored(position, limit))
        places = [place for place in self._streams.get(stream, ()) if place > position]
        return tuple(self._entries[place - 1].entry() for place in places[:limit])

    def stored(self, position: int, limit: int = 1000) -> tuple[Stored, ...]:
        return tuple(self._entries[position : position + limit])

    def places(self) -> Iterator[tuple[str, int, int]]:
        for stream, positions in sorted(self._streams.items()):
            for version, position in enumerate(positions, start=1):
                yield stream, version, position

    def streams(self, prefix: str = "", after: str = "", limit: int = 1000) -> tuple[tuple[str, int], ...]:
        named = sorted(stream for stream in self._streams if stream.startswith(prefix) and stream > after)
        return tuple((stream, self.version(stream)) for stream in named[:limit])

    def under(self, prefixes: Collection[str]) -> Mapping[str, int]:
        beginnings = tuple(prefixes)
        return {stream: self.version(stream) for stream in tuple(self._streams) if stream.startswith(beginnings)}

    def registered(self, commands: Collection[str]) -> Mapping[str, Registered]:
        known = self._standing.commands
        return {key: _registered(key, known[key]) for key in commands if key in known}

    def register(self, after: str = "", limit: int = 1000) -> tuple[Registered, ...]:
        with self._lock:
            known = dict(self._standing.commands)
        return tuple(_registered(key, known[key]) for key in sorted(key for key in known if key > after)[:limit])

    def head(self) -> Head:
        with self._lock:
            last = self._entries[-1].entry().recorded if self._entries else None
            return Head(self._standing.position, self._standing.seal, last)

    def damage(self) -> str:
        return ""

    def snapshot(self, stream: str, fold: str | None = None) -> Snapshot | None:
        kept = self._snapshots.get(stream)
        if kept is None or (fold is not None and kept[0].fold != fold):
            return None
        one, text = kept
        return Snapshot(one.stream, one.version, one.fold, json.loads(text))

    def snapshotted(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        return tuple(sorted(name for name in self._snapshots if name > after)[:limit])

    def keep(self, snapshot: Snapshot) -> None:
        text = canonical(snapshot.data)
        with self._lock:
            kept = self._snapshots.get(snapshot.stream)
            older = kept is not None and kept[0].fold == snapshot.fold and kept[0].version > snapshot.version
            if not older and snapshot.version <= self.version(snapshot.stream):
                self._snapshots[snapshot.stream] = snapshot, text

    def rows(self, board: str, *, limit: int = 200, after: str = "", **only: Any) -> tuple[Row, ...]:
        found = sorted(self._found(board, **only), key=_place)
        if after:
            seen = _order(*placed(after))
            found = [row for row in found if _place(row) > seen]
        return tuple(found[:limit])

    def count(self, board: str, **only: Any) -> int:
        return len(self._found(board, **only))

    def rebuild(self, project: Project, progress: Progress, boards: Collection[str]) -> None:
        with self._lock:
            old = self._rows
            self._rows = {place: kept for place, kept in old.items() if place[0] not in boards}
            try:
                self._put(ready(row for row in project(self._by_stream(progress)) if row.board in boards))
            except BaseException:
                self._rows = old
                raise
            self._snapshots = {}

    def _by_stream(self, progress: Progress) -> Iterator[Entry]:
        done = 0
        for _, positions in sorted(self._streams.items()):
            yield from (self._entries[position - 1].entry() for position in positions)
            done += len(positions)
            progress(done, len(self._entries))

    def clear(self) -> None:
        with self._lock:
            self._rows, self._snapshots = {}, {}

    def close(self) -> None:
        """Nothing is held."""

    def _put(self, rows: Sequence[tuple[Row, str | None]]) -> None:
        for row, text in rows:
            if text is None:
                self._rows.pop((row.board, row.key), None)
            else:
                self._rows[row.board, row.key] = row, text

    def _found(
        self,
        board: str,
        *,
        areas: Collection[str] | None = None,
        states: Collection[str] | None = None,
        due_before: datetime | None = None,
        key: str | None = None,
    ) -> list[Row]:
        with self._lock:
            all_ = [kept for place, kept in self._rows.items() if place[0] == board]
        return [
            Row(row.board, row.key, row.area, row.state, row.due and row.due.astimezone(SHANGHAI), json.loads(text))
            for row, text in all_
            if (areas is None or row.area in areas)
            and (states is None or row.state in states)
            and (due_before is None or (row.due is not None and row.due < due_before))
            and (key is None or row.key == key)
        ]


def _registered(command: str, known: Known) -> Registered:
    seal = register_seal(command, known.digest, known.first, known.count)
    return Registered(command, known.digest, known.first, known.count, seal)


def _place(row: Row) -> tuple[bool, int, str]:
    return _order(row.due, row.key)


def _order(due: datetime | None, key: str) -> tuple[bool, int, str]:
    return due is None, 0 if due is None else microseconds(due), key
