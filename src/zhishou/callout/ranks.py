"""How severe a matter is: the place of its level on its plan's ladder, from 1; no number of levels is built in."""

from __future__ import annotations

from collections.abc import Mapping

from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack


def rank(pack: Pack, ladder: str, level: str) -> int:
    """The place of a level on its ladder, from 1, the most severe; 0 where the plan has no such level."""
    order = [one.level for kind, own in pack.ladders.items() if kind == ladder for one in own.levels]
    return order.index(level) + 1 if level in order else 0


def severity(state: Incident, packs: Mapping[str, Pack]) -> int:
    """The most severe level in force; warnings count only where no response is. 0 where nothing is in force."""
    found: dict[str, list[int]] = {"response": [], "warning": []}
    for key, active in state.active.items():
        plan, _, ladder = key.partition("|")
        if plan in packs and (place := rank(packs[plan], ladder, active.level)):
            found[ladder].append(place)
    return min(found["response"] or found["warning"] or [0])
