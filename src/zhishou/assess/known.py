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
from zhishou.plan.lexicon import Fact, Lexicon
from zhishou.plan.pack import Pack

_NONE: frozenset[tuple[str, str, str]] = frozenset()
_NOTHING_STALE: frozenset[str] = frozenset()


@dataclass(slots=True)
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


@dataclass(slots=True)
class Fresh:
    """What is fresh at a moment, the same for every plan that shares the lexicon."""

    numbers: dict[str, Interval]
    values: dict[str, bool | str]
    facts: dict[str, Observation]
    ages: dict[str, int]
    stale: tuple[Stale, ...]


def fresh(lexicon: Lexicon, situation: Situation, at: datetime) -> Fresh:
    """Everything that is fresh at `at`, with sums worked out. A statement from after `at` is not yet known."""
    found = Fresh({}, {}, {}, {}, ())
    for id_, seen in situation.facts.items():
        age = 0
        if seen.at is not None and seen.at != at:
            age = math.floor((at - seen.at).total_seconds() / 60)
            if (stale := _stale(lexicon.facts[id_], seen, age)) is not None:
                found.stale = (*found.stale, stale)
                continue
        found.facts[id_] = seen
        found.ages[id_] = age
        if seen.range is not None:
            found.numbers[id_] = seen.range
        elif isinstance(seen.value, bool | str):
            found.values[id_] = seen.value
    for id_, fact in lexicon.sums.items():
        if id_ not in found.numbers:
            _add_up(found, id_, fact)
    return found


def _stale(fact: Fact, seen: Observation, age: int) -> Stale | None:
    """What is to be said of a statement that has outlived its shelf life, or is from after the moment."""
    life = clock.minutes(fact.shelf_life)
    if age < 0 or (life is not None and age > life):
        return Stale(seen.fact, fact.label, seen.text, age, fact.shelf_life)
    return None


def _add_up(found: Fresh, id_: str, fact: Fact) -> None:
    """A sum from its parts; an unknown part leaves it known as at least so much."""
    parts = [found.numbers.get(part, (0.0, math.inf)) for part in fact.sum_of]
    low, high = sum(part[0] for part in parts), sum(part[1] for part in parts)
    if low > 0 or math.isfinite(high):
        found.numbers[id_] = (low, high)
        first = next((found.facts[part] for part in fact.sum_of if part in found.facts), None)
        source = first.source if first else ""
        bound = f"至少 {low:g}" if low > 0 else f"至多 {high:g}"
        text = f"{low:g} {fact.unit}" if low == high else f"{bound} {fact.unit}"
        found.facts[id_] = Observation(id_, low if low == high else None, (low, high), text, source)
        found.ages[id_] = max(found.ages.get(part, 0) for part in fact.sum_of)


def known(plan: Pack, situation: Situation, at: datetime, shared: Fresh | None = None) -> Known:
    """What is fresh, as one plan sees it: with the judgements given under it and the accident grades it derives.

    `shared` is what `fresh` found, where several plans are asked about one situation.
    """
    now = shared if shared is not None else fresh(plan.lexicon, situation, at)
    judgements = _NONE
    if situation.judgements:
        judgements = frozenset(
            (judgement.ladder, judgement.level, judgement.by)
            for judgement in situation.judgements
            if judgement.plan == plan.id and (judgement.at is None or judgement.at <= at)
        )
    view = View(now.numbers, now.values, judgements)
    if plan.plan.grading is not None:
        table = grading(plan)
        view.grades = {of: table.possible(of, now.numbers.get, now.values.get) for of in ("actual", "expected")}
    return Known(
        view,
        now.facts,
        now.ages,
        now.stale,
        frozenset(entry.fact for entry in now.stale) if now.stale else _NOTHING_STALE,
    )
