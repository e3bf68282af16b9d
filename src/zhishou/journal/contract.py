"""What every store of the record promises; one suite of tests holds all of them to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from zhishou.journal.entry import Act, Appended, Entry, Head, Row, Snapshot, Write
from zhishou.journal.links import Link
from zhishou.journal.seals import Registered, Stored

Progress = Callable[[int, int], None]
"""Is told how many entries are done, and of how many."""


Project = Callable[[Iterator[Entry]], Iterable[Row]]
"""Makes lines from entries that come stream by stream, in order within each."""


class Journal(Protocol):
    """An append-only record of entries in streams, with boards and snapshots that can be made anew from it."""

    @property
    def id(self) -> str:
        """Which record it is; fixed when it was founded."""

    @property
    def exercise(self) -> bool:
        """Whether the whole record is an exercise; fixed when it was founded."""

    @property
    def genesis(self) -> str:
        """The seal before the first entry."""

    def append(self, writes: Sequence[Write], act: Act, rows: Sequence[Row] = (), link: Link | None = None) -> Appended:
        """Record what a command did, on all its streams and boards, or nothing.

        A command that was carried out before (same key, same digest) gives the entries it made then, whatever versions it
        expects now, and writes nothing. Of several lines with one board and key the last counts.

        Args:
            writes: what goes onto streams.
            act: who did it, under which key.
            rows: lines of boards.
            link: its place among appends that rest on each other. A store that makes appends wait together tells it when
                it has its place; every store settles it.

        Raises:
            StaleError: a stream has moved on, or the append that it rests on did not come on record.
            RepeatedKeyError: the key was used for another content.
            JournalError: something of it cannot be recorded.
            DatabaseError: the database failed. Whether the command was recorded is not known; send it again with its key.
        """

    def of_command(self, command: str) -> tuple[Entry, ...]:
        """The entries that a command made; none where it was not carried out, or made none."""

    def read(self, stream: str, after: int = 0) -> tuple[Entry, ...]:
        """A stream's entries after a version, in order."""

    def news(self, known: Mapping[str, int]) -> Mapping[str, tuple[Entry, ...]]:
        """Of several streams the entries after the version known of each, in order; a stream without news is left out.

        All are as they stood at one moment.
        """

    def version(self, stream: str) -> int:
        """A stream's version; 0 where there is no such stream."""

    def since(self, position: int, limit: int = 1000, stream: str | None = None) -> tuple[Entry, ...]:
        """Entries after a position, of the record or of one stream, in order. None appears later before one of them."""

    def stored(self, position: int, limit: int = 1000) -> tuple[Stored, ...]:
        """The same as they lie in the store: what is sealed, for whoever verifies."""

    def places(self) -> Iterator[tuple[str, int, int]]:
        """Stream, version and position of every entry, in order of stream and version."""

    def streams(self, prefix: str = "", after: str = "", limit: int = 1000) -> tuple[tuple[str, int], ...]:
        """Streams whose name begins with `prefix` and comes after `after`, each with its version, by name."""

    def under(self, prefixes: Collection[str]) -> Mapping[str, int]:
        """All streams whose name begins with one of these, each with its version."""

    def registered(self, commands: Collection[str]) -> Mapping[str, Registered]:
        """What the register says of some commands; one that it does not have is left out."""

    def register(self, after: str = "", limit: int = 1000) -> tuple[Registered, ...]:
        """The register of commands after one of them, by key."""

    def head(self) -> Head:
        """Where the record stands."""

    def damage(self) -> str:
        """What the store itself finds wrong with its files; empty where nothing."""

    def snapshot(self, stream: str, fold: str | None = None) -> Snapshot | None:
        """A stream's snapshot; with `fold`, only if that code made it. One that cannot be read is as good as none."""

    def snapshotted(self, after: str = "", limit: int = 1000) -> tuple[str, ...]:
        """Names of streams of which a snapshot is kept, by name."""

    def keep(self, snapshot: Snapshot) -> None:
        """Keep a snapshot. An older one than is there, by the same fold, or one ahead of its stream is not kept."""

    def rows(
        self,
        board: str,
        *,
        areas: Collection[str] | None = None,
        states: Collection[str] | None = None,
        due_before: datetime | None = None,
        key: str | None = None,
        limit: int = 200,
        after: str = "",
    ) -> tuple[Row, ...]:
        """Lines of a board, by due (those without last), then key.

        Args:
            board: the board.
            areas: only of these areas; None for all.
            states: only in these states; None for all.
            due_before: only those due before this moment.
            key: only this line.
            limit: at most so many.
            after: the `place` of the last line seen; the line itself may be gone by now.
        """

    def count(
        self,
        board: str,
        *,
        areas: Collection[str] | None = None,
        states: Collection[str] | None = None,
        due_before: datetime | None = None,
        key: str | None = None,
    ) -> int:
        """How many lines there are, with the same conditions."""

    def rebuild(self, project: Project, progress: Progress, boards: Collection[str]) -> None:
        """Make boards anew from the first entry on, and drop every snapshot; readers see the old ones until all of it is done.

        Nothing is appended meanwhile. Memory does not grow with the record. A line that `project` gives for another board
        is left out.
        """

    def clear(self) -> None:
        """Drop what can be made anew: every board and every snapshot."""

    def close(self) -> None:
        """Let go of the database."""
