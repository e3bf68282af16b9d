"""The people hurt, counted; where some are from abroad or from Hong Kong, Macao or Taiwan, the special duty."""

from __future__ import annotations

from collections.abc import Mapping

from zhishou.acts import Command, Event
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, staff, units
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.duties import of_foreigners, of_no_foreigners
from zhishou.incident.facts import FactsStated, checked_facts, graver, tellers
from zhishou.incident.state import FOREIGN, Incident

CASUALTIES: Mapping[str, str] = {
    "deaths": "死亡",
    "missing": "失踪",
    "serious_injuries": "重伤",
    "minor_injuries": "轻伤",
    "trapped": "被困",
    "evacuated": "疏散转移",
    "abroad": "其中外国人员",
    "hong_kong_macao_taiwan": "其中港澳台人员",
}
"""What is counted → its label. The first three are facts of the assessment too."""


class UpdateCasualties(Command):
    """Count the people hurt."""

    name = "update_casualties"
    label = "更新伤亡"
    counts: dict[str, int]
    source: str = ""


class CasualtiesUpdated(Event):
    """The people hurt were counted."""

    type = "casualties_updated"
    label = "伤亡已更新"
    counts: dict[str, int]
    source: str = ""


def _casualties(command: UpdateCasualties, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    for kind, count in command.counts.items():
        if kind not in CASUALTIES:
            raise RefusedError(
                f"没有“{kind}”这一项", where="伤亡", mend=f"可用：{'、'.join(CASUALTIES)}", code="missing"
            )
        if count < 0:
            raise RefusedError(f"{CASUALTIES[kind]}人数不能为负", where="伤亡", mend="改正人数", code="missing")
    if not command.counts:
        raise RefusedError("没有写人数", where="伤亡", mend="至少写一项人数", code="missing")
    events: list[Event] = [CasualtiesUpdated(counts=command.counts, source=command.source)]
    facts = {
        kind: {"value": count, "at": context.at, "source": command.source or by.actor.name}
        for kind, count in command.counts.items()
        if kind in context.lexicon.facts
    }
    if facts:
        ready = checked_facts(facts, context)
        events += (FactsStated(facts=ready), *graver(state, ready, context))
    now = {**state.casualties, **command.counts}
    follows = of_foreigners if any(now.get(kind) for kind in FOREIGN) else of_no_foreigners
    for plan in state.plans:
        if plan in context.packs:
            events += follows(state, context.packs[plan], context)
    return tuple(events)


def _may_count(_: UpdateCasualties, state: Incident, context: Context) -> Permitted:
    return staff(state, context) | units(state, tellers(context.lexicon.facts["deaths"].stated_by, context))


HANDLERS: Handlers = {UpdateCasualties: Handler(_may_count, _casualties)}
FOLDS: Folds = {
    CasualtiesUpdated: lambda state, event, _: replace(state, casualties={**state.casualties, **event.counts}),
}
