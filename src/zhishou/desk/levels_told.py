"""A response level in force is a standing fact for the plans of its area; what is told follows from the incidents alone.

It stands apart because it must come out alike whether it is told after a decision, or after a crash between the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from zhishou.acts import Event
from zhishou.desk.keeping import Keeping
from zhishou.incident.facts import FactsStated
from zhishou.incident.levels import level_facts
from zhishou.incident.state import Incident
from zhishou.journal import Row
from zhishou.plan.pack import Pack
from zhishou.projections import INCIDENTS, STANDING

AGAIN = timedelta(days=1)
"""A level that stays in force is told again, before the fact grows stale."""


def open_incidents(keeping: Keeping, areas: list[str]) -> Iterator[Row]:
    """The lines of open incidents of areas."""
    last = ""
    while found := keeping.journal.rows(INCIDENTS, areas=areas, states=("open",), limit=200, after=last):
        yield from found
        last = found[-1].place


def telling(keeping: Keeping, areas: list[str]) -> list[Pack]:
    """The plans of areas whose response level is a fact for others."""
    packs = keeping.library.packs.values()
    return [pack for pack in packs if pack.plan.area in areas and _facts(keeping, pack, "")]


def _facts(keeping: Keeping, pack: Pack, level: str) -> dict[str, str]:
    return level_facts(pack, level, keeping.context(pack.plan.area, keeping.now()))


def tell(keeping: Keeping, pack: Pack, key: str, at: datetime) -> None:
    """State a plan's level in its area's standing file, where that says otherwise.

    Where several incidents have levels in force, the most severe is the plan's; where none has, none is in force.

    Args:
        keeping: the incidents.
        pack: the plan.
        key: what the key begins with.
        at: since when it holds.
    """
    id_ = f"{STANDING}{pack.plan.area}"

    def stated(state: Incident) -> tuple[Event, ...]:
        level, incident = in_force(keeping, pack)
        source = f"{pack.plan.short}（{incident or '响应已结束'}）"
        facts = {}
        for fact, value in _facts(keeping, pack, level).items():
            before = state.facts.get(fact)
            if before is None and not level:
                continue
            same = before is not None and before.given.get("value") == value and before.source == source
            if before is None or not same or (level and at - before.at >= AGAIN):
                since = max(at, before.at) if before is not None else at
                facts[fact] = {"value": value, "at": since.isoformat(), "source": source}
        return (FactsStated(facts=facts),) if facts else ()

    keeping.by_itself(id_, f"{key}#level/{pack.id}", stated, at)


def in_force(keeping: Keeping, pack: Pack) -> tuple[str, str]:
    """The most severe response level of a plan in force and the incident that has it longest; empty where none is."""
    lexicon = keeping.library.lexicon
    within = [id_ for id_ in lexicon.areas if pack.plan.area in lexicon.upward(id_)]
    order = [one.level for one in pack.ladders["response"].levels]
    found = [
        (order.index(one["level"]), one["since"], row.key, one["level"])
        for row in open_incidents(keeping, within)
        for one in (row.data or {}).get("active", ())
        if (one["plan"], one["ladder"]) == (pack.id, "response") and one["level"] in order
    ]
    if not found:
        return "", ""
    _, _, incident, level = min(found)
    return level, incident
