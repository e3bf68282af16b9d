"""Snapshots held to the record: the desk reads long streams from them, and a false one would have it decide on what never happened.

It stands alone because the record's own verification knows entries, and not what they fold into.
"""

from __future__ import annotations

from typing import TypeVar

from zhishou.desk.kinds import CALLS, INCIDENT_STREAMS, INCIDENTS, RETURNS, RETURNS_STREAMS, ROOMS, WATCH_STREAMS
from zhishou.desk.streams import Kind, States, Versioned, read
from zhishou.errors import DatabaseError, ZhishouError
from zhishou.journal import Journal

S = TypeVar("S", bound=Versioned)


def false_ones(journal: Journal) -> tuple[str, ...]:
    """The streams whose snapshot says otherwise than their entries; one that nobody would read is none."""
    found: list[str] = []
    after = ""
    while page := journal.snapshotted(after):
        found += [stream for stream in page if not _sound(journal, stream)]
        after = page[-1]
    return tuple(found)


def _sound(journal: Journal, stream: str) -> bool:
    if stream.startswith(INCIDENT_STREAMS):
        return _agrees(journal, INCIDENTS, stream)
    if stream.startswith(WATCH_STREAMS):
        return _agrees(journal, ROOMS, stream)
    if stream.startswith(RETURNS_STREAMS):
        return _agrees(journal, RETURNS, stream)
    return _agrees(journal, CALLS, stream)


def _agrees(journal: Journal, kind: Kind[S], stream: str) -> bool:
    kept = journal.snapshot(stream, kind.tag)
    state = read(kind, kept) if kept is not None else None
    if kept is None or state is None:
        return True
    try:
        told = States(journal, kind, 1).folded(kind.empty(stream), journal.read(stream)[: kept.version])
    except DatabaseError:
        raise
    except ZhishouError:
        return False
    return kind.dumped(told) == kind.dumped(state)
