"""What the desk does of itself: it files assessments, tells levels as facts, and records deadlines that have passed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from zhishou.acts import SYSTEM, Event, Happened
from zhishou.desk.keeping import Given, Keeping
from zhishou.desk.kinds import INCIDENT_STREAMS, standing_stream
from zhishou.incident.facts import FactCorrected, FactsStated, JudgementGiven
from zhishou.incident.filing import FileAssessment
from zhishou.incident.index import decide, missed
from zhishou.incident.levels import LevelDecided, LevelEnded, level_facts
from zhishou.incident.opening import IncidentOpened, PlanAttached
from zhishou.incident.state import Incident
from zhishou.journal import Row
from zhishou.plan.pack import Pack
from zhishou.projections import DUTIES, RUNNING, STANDING
from zhishou.projections import INCIDENTS as INCIDENT_BOARD

EVEN = timedelta(microseconds=1)
"""A deadline of this very moment has come; a board is asked for what is due before."""
_TELLING = (FactsStated, FactCorrected, JudgementGiven, IncidentOpened, PlanAttached, LevelDecided, LevelEnded)
"""After these the assessment may say something else."""


def after(keeping: Keeping, given: Given, key: str) -> None:
    """What follows by itself from a command: its levels told as facts, its assessment filed. Each under a key of its own."""
    for one in given.happened:
        if isinstance(one.event, LevelDecided | LevelEnded) and one.event.ladder == "response":
            pack = keeping.library.packs.get(one.event.plan)
            if pack is not None:
                _tell(keeping, pack, one, key)
    for stream in sorted({one.stream for one in given.happened if isinstance(one.event, _TELLING)}):
        id_ = stream.removeprefix(INCIDENT_STREAMS)
        if id_.startswith(STANDING):
            reassess(keeping, id_.removeprefix(STANDING), key)
        else:
            assess(keeping, id_, key)


def _tell(keeping: Keeping, pack: Pack, one: Happened, key: str) -> None:
    """A response level is a fact for the plans of this area and of those within it."""
    area, level = pack.plan.area, one.event.level if isinstance(one.event, LevelDecided) else ""
    facts = level_facts(pack, level, keeping.context(area, one.at))
    if not facts:
        return
    open_standing(keeping, area)
    source = f"{pack.plan.short}（{one.stream.removeprefix(INCIDENT_STREAMS)}）"
    told = {id_: {"value": value, "at": one.at.isoformat(), "source": source} for id_, value in facts.items()}

    def stated(state: Incident) -> tuple[Event, ...]:
        known = {id_: state.facts[id_] for id_ in told if id_ in state.facts}
        same = all(id_ in known and (known[id_].at, known[id_].source) == (one.at, source) for id_ in told)
        return () if same else (FactsStated(facts=told),)

    # Nobody gives this command: the level was decided by whoever may, and the desk repeats it where it is looked at.
    if keeping.by_itself(f"{STANDING}{area}", f"{key}#level/{one.version}", stated, one.at):
        reassess(keeping, area, f"{key}#level/{one.version}")


def assess(keeping: Keeping, id_: str, key: str) -> None:
    """File what the assessment of an incident says now, where it has changed."""
    now = keeping.now()

    def filed(state: Incident) -> tuple[Event, ...]:
        if state.status != "open":
            return ()
        return decide(state, FileAssessment(), SYSTEM, keeping.context(state.area, now)).events

    keeping.by_itself(id_, f"{key}#assess/{id_}", filed, now)


def reassess(keeping: Keeping, area: str, key: str) -> None:
    """File what the assessments of an area, and of the areas within it, say now."""
    lexicon = keeping.library.lexicon
    within = [id_ for id_ in lexicon.areas if area in lexicon.upward(id_)]
    for one in within:
        if keeping.journal.version(standing_stream(one)):
            assess(keeping, f"{STANDING}{one}", key)
    for row in _all(keeping, INCIDENT_BOARD, within):
        assess(keeping, row.key, key)


def _all(keeping: Keeping, board: str, areas: list[str]) -> Iterator[Row]:
    last = ""
    while found := keeping.journal.rows(board, areas=areas, states=("open",), limit=200, after=last):
        yield from found
        last = found[-1].place


def open_standing(keeping: Keeping, area: str) -> None:
    """Open an area's standing file, or bring the plans in force into it."""
    at = keeping.now()
    chain = keeping.library.lexicon.upward(area)

    def opened(state: Incident) -> tuple[Event, ...]:
        first = () if state.version else (IncidentOpened(area=area, place=area, title="常态"),)
        attached = (
            PlanAttached(plan=pack.id, version=pack.plan.version, digest=pack.digest)
            for pack in keeping.library.packs.values()
            if pack.plan.area in chain and pack.in_force(at.date()) and pack.ladders
            if pack.id not in state.plans or state.plans[pack.id].digest != pack.digest
        )
        return (*first, *attached)

    keeping.by_itself(f"{STANDING}{area}", f"standing/{area}", opened, at, new=True)


def tick(keeping: Keeping, now: datetime) -> tuple[Happened, ...]:
    """Record every deadline that has passed unmet. Several servers may do so; each deadline is recorded once."""
    ids: set[str] = set()
    last = ""
    while found := keeping.journal.rows(DUTIES, states=(RUNNING,), due_before=now + EVEN, limit=500, after=last):
        ids |= {row.data["incident"] for row in found if row.data}
        last = found[-1].place
    return tuple(
        one
        for id_ in sorted(ids)
        for one in keeping.by_itself(id_, f"missed/{id_}", lambda state: missed(state, now), now)
    )
