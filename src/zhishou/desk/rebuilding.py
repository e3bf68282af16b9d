"""Boards made anew from the record, stream by stream, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from zhishou.callout.boards import BOARDS as CALL_BOARDS
from zhishou.callout.boards import rows as call_rows
from zhishou.callout.calls import STREAMS
from zhishou.callout.calls import empty as empty_call
from zhishou.desk.keeping import Keeping
from zhishou.desk.kinds import CALLS, INCIDENT_STREAMS, WATCH_STREAMS
from zhishou.desk.rooms import Rooms
from zhishou.desk.streams import States
from zhishou.incident.state import Incident
from zhishou.journal import Entry, Progress, Row
from zhishou.projections import BOARDS, room_rows, rows
from zhishou.watch.folding import EMPTY


def rebuild(keeping: Keeping, rooms: Rooms, progress: Progress) -> None:
    """Make every board anew from zero; readers see the old ones until all of it is done."""
    calls = States(keeping.journal, CALLS, 1)

    def project(entries: Iterable[Entry]) -> Iterator[Row]:
        for stream, own in groupby(entries, key=lambda entry: entry.stream):
            if stream.startswith(STREAMS):
                yield from call_rows(empty_call(stream), calls.folded(empty_call(stream), own))
            elif stream.startswith(INCIDENT_STREAMS):
                empty = Incident(stream.removeprefix(INCIDENT_STREAMS))
                yield from rows(empty, keeping.states.folded(empty, own))
            elif stream.startswith(WATCH_STREAMS):
                yield from room_rows(EMPTY, rooms.states.folded(EMPTY, own))

    keeping.journal.rebuild(project, progress, (*BOARDS, *CALL_BOARDS))
