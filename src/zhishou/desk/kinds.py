"""The kinds of stream the desk keeps, by the beginning of their names."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.acts import Event
from zhishou.callout import calls
from zhishou.callout.calls import Call
from zhishou.desk.streams import Kind, one_by_one
from zhishou.incident import state as incident_state
from zhishou.incident.index import EVENTS, fold
from zhishou.incident.state import Incident
from zhishou.paper.cap.alerting import ALERTS, WARNINGS
from zhishou.paper.issuing import CATALOGUE as PAPERS
from zhishou.projections import STANDING
from zhishou.supply.returns import record
from zhishou.supply.returns.record import Kept
from zhishou.watch import state as watch_state
from zhishou.watch.events import CATALOGUE
from zhishou.watch.folding import EMPTY
from zhishou.watch.folding import fold as fold_watch
from zhishou.watch.state import State

INCIDENT_STREAMS = "incident/"
WATCH_STREAMS = "watch/"
RETURNS_STREAMS = "returns/"


def incident_stream(id_: str) -> str:
    """The stream of an incident."""
    return f"{INCIDENT_STREAMS}{id_}"


def standing_stream(area: str) -> str:
    """The stream of an area's standing file, which is kept as an incident of its own."""
    return f"{INCIDENT_STREAMS}{STANDING}{area}"


def watch_stream(area: str) -> str:
    """The stream of an area's duty room."""
    return f"{WATCH_STREAMS}{area}"


def returns_stream(area: str) -> str:
    """The stream of an area's register of returns."""
    return f"{RETURNS_STREAMS}{area}"


INCIDENTS: Kind[Incident] = Kind(
    EVENTS,
    lambda stream: Incident(stream.removeprefix(INCIDENT_STREAMS)),
    one_by_one(fold),
    incident_state.FOLD,
    incident_state.dumped,
    incident_state.loaded,
)
ROOMS: Kind[State] = Kind(
    CATALOGUE, lambda _: EMPTY, one_by_one(fold_watch), watch_state.FOLD, watch_state.dumped, watch_state.loaded
)
RETURNS: Kind[Kept] = Kind(record.CATALOGUE, lambda _: Kept(), record.fold, record.FOLD, record.dumped, record.loaded)
CALLS: Kind[Call] = Kind(calls.CATALOGUE, calls.empty, one_by_one(calls.fold), calls.FOLD, calls.dumped, calls.loaded)


def every_event() -> Iterator[type[Event]]:
    """Every kind of event that a record can hold."""
    for catalogue in (EVENTS, CATALOGUE, record.CATALOGUE, calls.CATALOGUE, PAPERS, ALERTS, WARNINGS):
        yield from catalogue
