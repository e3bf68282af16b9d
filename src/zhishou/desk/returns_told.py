"""What the evening's returns make of an area's standing facts: stated, said again as of later, taken back.

It stands alone because a fact may stand here only for as long as the returns say it: a correction that is held, or an evening
whose returns have not come, leaves it unknown, as if nobody had ever said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from zhishou.clock import SHANGHAI
from zhishou.desk.warnings import MARK as OF_WARNINGS
from zhishou.errors import RefusedError
from zhishou.incident.facts import FactCorrected, FactGiven
from zhishou.incident.state import Statement
from zhishou.supply.returns.checking import gas_day_at
from zhishou.supply.returns.late import HOUR
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.system import System

MARK = "报表："
"""Before the provenance of a fact that returns state: by it a fact is known that falls with them."""
_MARKS = {MARK: ("日报表", "市能源局晚间报表"), OF_WARNINGS: ("预警信息", "市气象局电话，寒潮橙色预警")}
"""Marks before a provenance, and what they are for; nobody writes them himself."""
_UNASKED = frozenset(item.fact for item in ITEMS.values() if item.fact and item.kinds == ("superior",))
"""What superiors tell when they wish; no evening asks it of them."""


def marked(facts: Mapping[str, FactGiven]) -> dict[str, FactGiven]:
    """The facts of an evening with the mark of returns before their provenance."""
    return {id_: one.model_copy(update={"source": f"{MARK}{one.source}"}) for id_, one in facts.items()}


def not_marked(facts: Mapping[str, FactGiven]) -> None:
    """Refuse facts that somebody states with the mark of returns or of warnings: they would fall with what never said them.

    Raises:
        RefusedError: with the first such fact.
    """
    for id_, one in facts.items():
        for mark, (of, instead) in _MARKS.items():
            if one.source.startswith(mark):
                raise RefusedError(
                    f"“{mark.strip()}”开头的来源只用于由{of}自动转来的要素，会随它更正、失效而撤回", where=id_,
                    mend=f"写明是谁说的，如“{instead}”", code="missing",
                )  # fmt: skip


def news(
    facts: Mapping[str, FactGiven], standing: Mapping[str, Statement], system: System, now: datetime
) -> dict[str, FactGiven]:
    """What is to be stated: what differs from what stands, and what stands still but was said again on a later evening.

    Args:
        facts: what the returns say, marked.
        standing: the area's standing facts.
        system: the supply system, for its gas days.
        now: the moment of stating.
    """
    found: dict[str, FactGiven] = {}
    for id_, one in facts.items():
        at, stands = min(one.at or now, now), standing.get(id_)
        if stands is not None:
            same = one.model_dump(exclude={"at", "source"}, exclude_none=True) == stands.given
            if stands.source.startswith(MARK):
                if not same:
                    at = max(at, stands.at)  # the returns together say otherwise now, whichever came first
                elif gas_day_at(at, system.gas_day_starts) <= gas_day_at(stands.at, system.gas_day_starts):
                    continue  # once an evening is enough, and leaves known what was known at a moment before
            elif stands.at > at or (stands.at == at and same):
                continue
        found[id_] = one.model_copy(update={"at": at})
    return found


def fallen(
    facts: Mapping[str, FactGiven], standing: Mapping[str, Statement], system: System, evening: date, now: datetime
) -> dict[str, FactCorrected]:
    """Standing facts that returns once stated and this evening's do not; what an earlier evening said stands until they are due.

    Args:
        facts: what the returns say.
        standing: the area's standing facts.
        system: the supply system.
        evening: the gas day on whose evening the returns are made.
        now: the moment.
    """
    due = _due(evening) <= now
    found: dict[str, FactCorrected] = {}
    for id_, one in standing.items():
        if id_ in facts or not one.source.startswith(MARK):
            continue
        earlier = gas_day_at(one.at, system.gas_day_starts) < evening
        if earlier and (not due or id_ in _UNASKED):
            continue
        reason = f"{evening}应报的报表逾期未到" if earlier else f"所依据的{evening}报表已更正、待核定或不予采用"
        was = {**one.given, "at": one.at.isoformat(), "source": one.source}
        found[id_] = FactCorrected(fact=id_, was=was, reason=f"{reason}，按不明处理")
    return found


def outlived(standing: Mapping[str, Statement], system: System, now: datetime) -> bool:
    """Whether facts of an earlier evening stand although this evening's returns were due."""
    evening = gas_day_at(now, system.gas_day_starts)
    return _due(evening) <= now and any(
        one.source.startswith(MARK) and id_ not in _UNASKED and gas_day_at(one.at, system.gas_day_starts) < evening
        for id_, one in standing.items()
    )


def _due(evening: date) -> datetime:
    return datetime.combine(evening, time.fromisoformat(HOUR), SHANGHAI)
