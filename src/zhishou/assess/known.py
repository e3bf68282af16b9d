"""What is known of a situation at a moment, for one plan: fresh facts as a view ready for judging."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from zhishou import clock
from zhishou.assess.result import Stale
from zhishou.assess.situation import Observation, Situation
from zhishou.plan.grading import grading
from zhishou.plan.judge import Interval, View
from zhishou.plan.pack import Pack


@dataclass(frozen=True, slots=True)
class Known:
    """The view, and where each value came from."""

    view: View
    facts: dict[str, Observation]
    """Fresh statements by fact."""
    ages: dict[str, int]
    """Age of each fresh statement, minutes."""
    stale: tuple[Stale, ...]
    stale_facts: frozenset[str]

    def observed(self, fact: str) -> str:
        """The value found, in words; empty where there is none."""
        found = self.facts.get(fact)
        return found.text if found else ""


def known(plan: Pack, situation: Situation, at: datetime) -> Known:
    """Everything that is fresh at `at`, with sums worked out and the possible accident grades derived.

    A statement from after `at` is not yet known.
    """
    lexicon = plan.lexicon
    numbers: dict[str, Interval] = {}
    values: dict[str, bool | str] = {}
    facts: dict[str, Observation] = {}
    ages: dict[str, int] = {}
    stale: list[Stale] = []
    for id_, seen in situation.facts.items():
        fact = lexicon.facts[id_]
        age = 0
        if seen.at is not None and seen.at != at:
            age = math.floor((at - seen.at).total_seconds() / 60)
            life = clock.minutes(fact.shelf_life)
            if age < 0 or (life is not None and age > life):
                stale.append(Stale(id_, fact.label, seen.text, age, fact.shelf_life))
                continue
        facts[id_] = seen
        ages[id_] = age
        if seen.range is not None:
            numbers[id_] = seen.range
        elif isinstance(seen.value, bool | str):
            values[id_] = seen.value
    for id_, fact in lexicon.sums.items():
        if id_ not in numbers:
            parts = [numbers.get(part, (0.0, math.inf)) for part in fact.sum_of]
            low, high = sum(part[0] for part in parts), sum(part[1] for part in parts)
            if low > 0 or math.isfinite(high):
                numbers[id_] = (low, high)
                first = next((facts[part] for part in fact.sum_of if part in facts), None)
                source = first.source if first else ""
                text = f"{low:g} {fact.unit}" if low == high else f"至少 {low:g} {fact.unit}"
                facts[id_] = Observation(id_, low if low == high else None, (low, high), text, source)
                ages[id_] = max(ages.get(part, 0) for part in fact.sum_of)
    judgements = frozenset(
        (judgement.ladder, judgement.level, judgement.by)
        for judgement in situation.judgements
        if judgement.plan == plan.id and (judgement.at is None or judgement.at <= at)
    )
    view = View(numbers, values, judgements)
    if plan.plan.grading is not None:
        table = grading(plan)
        view.grades = {of: table.possible(of, numbers.get, values.get) for of in ("actual", "expected")}
    return Known(view, facts, ages, tuple(stale), frozenset(entry.fact for entry in stale))
