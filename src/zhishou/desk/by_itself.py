"""What the desk does of itself: it files assessments, tells levels as facts, and records deadlines that have passed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from zhishou.acts import SYSTEM, Actor, Command, Event, Happened
from zhishou.desk.keeping import Given, Keeping
from zhishou.desk.kinds import INCIDENT_STREAMS, standing_stream
from zhishou.desk.levels_told import in_force, open_incidents, tell, telling
from zhishou.desk.rooms import Rooms
from zhishou.errors import DatabaseError
from zhishou.incident.deciding import By
from zhishou.incident.enquiries import TakeAnswer, TakeQuery
from zhishou.incident.facts import FactCorrected, FactsStated, JudgementGiven
from zhishou.incident.filing import FileAssessment
from zhishou.incident.index import decide, fold_all, missed
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.merging import AbsorbIncident, PartIncident
from zhishou.incident.opening import IncidentOpened, LinkSuperior, PlanAttached
from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack
from zhishou.projections import DUTIES, RUNNING, STANDING, WAITING
from zhishou.watch.commands import OpenDutyRoom

BY_THE_DESK = (FileAssessment, LinkSuperior, AbsorbIncident, PartIncident, TakeQuery, TakeAnswer, OpenDutyRoom)
"""Commands that the desk gives by itself, or whoever stands at the server; no door takes them from anybody."""

EVEN = timedelta(microseconds=1)
"""A deadline of this very moment has come; a board is asked for what is due before."""
_TELLING = (FactsStated, FactCorrected, JudgementGiven, IncidentOpened, PlanAttached, LevelDecided, LevelEnded)
"""After these the assessment may say something else."""


def after(keeping: Keeping, given: Given, key: str) -> None:
    """What follows by itself from a command: its levels told as facts, its assessment filed. Each under a key of its own."""
    for one in given.happened:
        if isinstance(one.event, LevelDecided | LevelEnded) and one.event.ladder == "response":
            pack = keeping.library.packs.get(one.event.plan)
            if pack is not None and pack in telling(keeping, [pack.plan.area]):
                _tell(keeping, pack, key, one.at)
                _reassess(keeping, pack.plan.area, key, loud=False)  # even if told before: it may have ended there
    for stream in sorted({one.stream for one in given.happened if isinstance(one.event, _TELLING)}):
        id_ = stream.removeprefix(INCIDENT_STREAMS)
        if id_.startswith(STANDING):
            _reassess(keeping, id_.removeprefix(STANDING), key, loud=False)
        else:
            assess(keeping, id_, key)


def _tell(keeping: Keeping, pack: Pack, key: str, at: datetime) -> None:
    open_standing(keeping, pack.plan.area)
    tell(keeping, pack, key, at)


def assess(keeping: Keeping, id_: str, key: str) -> None:
    """File what the assessment of an incident says now, where it has changed."""
    now = keeping.now()

    def filed(state: Incident) -> tuple[Event, ...]:
        if state.status != "open":
            return ()
        return decide(state, FileAssessment(), SYSTEM, keeping.context(state.area, now)).events

    keeping.by_itself(id_, f"{key}#assess/{id_}", filed, now)


def reassess(keeping: Keeping, area: str, key: str, *, loud: bool = True) -> None:
    """Tell the levels in force and file what the assessments of an area, and of the areas within it, say now.

    What a crash kept from following a command follows here: nothing rests on the process that carried it out.
    `loud` as in `each`.
    """
    for pack in telling(keeping, _within(keeping, area)):
        if in_force(keeping, pack)[0] or keeping.journal.version(standing_stream(pack.plan.area)):
            _tell(keeping, pack, key, keeping.now())
    _reassess(keeping, area, key, loud=loud)


def _reassess(keeping: Keeping, area: str, key: str, *, loud: bool) -> None:
    within = _within(keeping, area)
    for one in within:
        if keeping.journal.version(standing_stream(one)):
            assess(keeping, f"{STANDING}{one}", key)
    each((row.key for row in open_incidents(keeping, within)), lambda id_: assess(keeping, id_, key), loud=loud)


def _within(keeping: Keeping, area: str) -> list[str]:
    lexicon = keeping.library.lexicon
    return [id_ for id_ in lexicon.areas if area in lexicon.upward(id_)]


def open_standing(keeping: Keeping, area: str) -> None:
    """Open an area's standing file, or bring the plans in force into it."""
    at = keeping.now()
    keeping.by_itself(
        f"{STANDING}{area}", f"standing/{area}", lambda state: _opened(keeping, area, state, at), at, new=True
    )


def _opened(keeping: Keeping, area: str, state: Incident, at: datetime) -> tuple[Event, ...]:
    chain = keeping.upward(area)
    first = () if state.version else (IncidentOpened(area=area, place=area, title="常态"),)
    attached = (
        PlanAttached(plan=pack.id, version=pack.plan.version, digest=pack.digest)
        for pack in keeping.library.packs.values()
        if pack.plan.area in chain and pack.in_force(at.date()) and pack.ladders
        if pack.id not in state.plans or state.plans[pack.id].digest != pack.digest
    )
    return (*first, *attached)


def tried(keeping: Keeping, area: str, command: Command, by: Actor, at: datetime) -> None:
    """Decide a command on an area's standing file as it would be once opened, and record nothing of it.

    Raises:
        NotFoundError: there is no such area.
        RefusedError, FactsError: it would be refused; the file must then not come into being by it.
    """
    state, context = keeping.seen(f"{STANDING}{area}", area, at)
    events = _opened(keeping, area, state, at)
    decide(fold_all(state, events, By(SYSTEM, SYSTEM.person, context)), command, by, context)


def tick(keeping: Keeping, rooms: Rooms, now: datetime) -> tuple[Happened, ...]:
    """Record every deadline that has passed unmet, and what of delegations is to be called to mind.

    Several servers may do so; each is recorded once.
    """
    ids: set[str] = set()
    areas: set[str] = set()
    last = ""
    while found := keeping.journal.rows(
        DUTIES, states=(RUNNING, WAITING), due_before=now + EVEN, limit=500, after=last
    ):
        lines = [row.data for row in found if row.data]
        ids |= {line["incident"] for line in lines if line["incident"]}
        areas |= {line["room"] for line in lines if line.get("room")}
        last = found[-1].place
    found_: list[Happened] = []

    def due(id_: str) -> None:
        found_.extend(keeping.by_itself(id_, f"missed/{id_}", lambda state: missed(state, now), now))

    try:
        each(sorted(ids), due)
    finally:
        each(sorted(areas), lambda area: found_.extend(rooms.remind(area, now)))
    return tuple(found_)


def each(of: Iterable[str], act: Callable[[str], object], *, loud: bool = True) -> None:
    """Do something for each of several; one that cannot be read keeps none of the others from it, and is told in the end.

    Args:
        of: each of them.
        act: what is done.
        loud: whether what was wrong is raised; not where it follows a command on another one, which is on record.

    Raises:
        DatabaseError: the database is away; nothing more was tried.
        Exception: what was wrong with the first of them.
    """
    wrong: Exception | None = None
    for one in of:
        try:
            act(one)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it is not the others'
            wrong = wrong or error
    if wrong is not None and loud:
        raise wrong
    if wrong is not None:
        structlog.get_logger().error("not_followed", why=str(wrong), error=type(wrong).__name__)
