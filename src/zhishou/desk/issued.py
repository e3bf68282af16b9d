"""Papers that were issued, at hand: read off the record once, and after that only what has come since.

It stands alone because everything that is asked of issued papers (lists, numbers, codes, bytes) is answered from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from zhishou.journal import Entry, Journal
from zhishou.paper.issuing import CATALOGUE, PAPER_STREAMS, PaperIssued


@dataclass(frozen=True, slots=True)
class Issued:
    """A paper that was issued."""

    event: PaperIssued
    at: datetime
    position: int
    """Of the event by which it was issued."""
    person: str
    name: str
    post: str
    repeated: bool = False
    """True where the same command had come before and nothing was done now."""

    @property
    def number(self) -> str:
        """Its number."""
        return self.event.number


def issued(entry: Entry, *, repeated: bool = False) -> Issued:
    """The paper of an entry."""
    event = CATALOGUE.decode(entry.type, entry.schema, entry.payload)
    assert isinstance(event, PaperIssued)  # noqa: S101 - the stream holds nothing else
    return Issued(event, entry.at, entry.position, entry.person, entry.name, entry.post, repeated)


class Shelf:
    """The papers of one record.

    Args:
        journal: the record.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._kept: dict[str, tuple[Issued, ...]] = {}
        self._lock = Lock()

    def of(self, area: str = "", year: int | None = None, kind: str = "") -> tuple[Issued, ...]:
        """Papers in the order in which they were issued.

        Args:
            area: only this area's; empty: every area's.
            year: only of this year.
            kind: only of this kind, by its id.
        """
        beginning = f"{PAPER_STREAMS}{f'{area}/' if area else ''}{f'{year}/' if area and year else ''}"
        found = [
            one
            for name, version in self._streams(beginning)
            if not kind or name.endswith(f"/{kind}")
            for one in self._read(name, version)
            if year is None or one.event.year == year
        ]
        return tuple(sorted(found, key=lambda one: one.position))

    def last(self, area: str, year: int, kind: str) -> Issued | None:
        """The last of an area's papers of a kind in a year."""
        found = self.of(area, year, kind)
        return found[-1] if found else None

    def _streams(self, beginning: str) -> Iterator[tuple[str, int]]:
        last = ""
        while found := self._journal.streams(beginning, last):
            yield from found
            last = found[-1][0]

    def _read(self, name: str, version: int) -> tuple[Issued, ...]:
        with self._lock:
            kept = self._kept.get(name, ())
        if len(kept) < version:
            kept += tuple(issued(entry) for entry in self._journal.read(name, len(kept)))
            with self._lock:
                self._kept[name] = kept
        return kept
