"""Whole situations for the shipped packs, consistent in themselves, and what somebody may know of them.

In a world the accident grade follows from the figures by the table of decree 493, worked out here anew; knowledge of a
world is a part of its facts, some numbers only within a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.assessment import prepared
from zhishou.assess.result import LadderAssessment
from zhishou.plan.lexicon import Fact
from zhishou.plan.load import library
from zhishou.plan.pack import Pack
from zhishou.plan.regions import points
from zhishou.plan.rules import LadderRules

AT = clock.moment("2026-01-15T20:00")
SHIPPED = library()
LADDERS = [
    (pack, rules)
    for pack in SHIPPED.packs.values()
    for rules in prepared(pack).ladders
    if any(level.rule is not None for level in rules.levels)
]
Facts = dict[str, Any]
GRADES = ["未达等级", "一般", "较大", "重大", "特别重大"]
FIGURES = {"deaths": (0, 3, 10, 30), "serious_injuries": (0, 10, 50, 100), "direct_loss": (0, 1000, 5000, 10000)}
"""Decree 493, article 3: the least figure for each grade from 一般; any figure at all is at least 一般."""


def judged(pack: Pack, rules: LadderRules, facts: Mapping[str, Any], **more: Any) -> LadderAssessment:
    found = assess(pack, situation({"facts": facts, **more}, pack.lexicon), AT).ladder(rules.kind)
    assert found is not None
    return found


def grade(figures: Mapping[str, float], impact: str | None = None) -> int:
    """The rank of the grade by the table; `impact` where the plan lets the social impact alone give it."""
    worst = 0
    for kind, figure in figures.items():
        worst = max(worst, sum(figure >= bound for bound in FIGURES[kind]) if figure > 0 else 0)
    return max(worst, GRADES.index(impact) if impact and impact != "一般" else 0)


def number(fact: Fact, bounds: Iterable[float]) -> st.SearchStrategy[float]:
    """A number near where it matters: thresholds, stretches between them, and a little beside them."""
    near = points(bounds, fact)
    close = {point + shift for point in near for shift in ((-1, 1) if fact.integer else (-0.1, 0.1))}
    low, high = fact.minimum, fact.maximum
    return st.sampled_from(
        sorted(x for x in {*near, *close} if (low is None or x >= low) and (high is None or x <= high))
    )


@st.composite
def worlds(draw: st.DrawFn, pack: Pack) -> Facts:
    """Everything that bears on a pack, known and consistent."""
    facts: Facts = {}
    spec = pack.lexicon.facts
    for rules in prepared(pack).ladders:
        for name, bounds in rules.own_bounds.items():
            facts.setdefault(name, draw(number(spec[name], bounds)))
        for name in rules.values:
            facts.setdefault(name, draw(st.sampled_from(spec[name].values or (False, True))))
    for of in {of for rules in prepared(pack).ladders for of in rules.grades}:
        facts |= draw(casualties(pack, of))
    return facts


@st.composite
def casualties(draw: st.DrawFn, pack: Pack, of: str) -> Facts:
    """Figures, the flag that an accident happened or may happen, and the grade that follows from them."""
    columns = getattr(pack.lexicon.grades, of)
    table = prepared(pack).ladders[0].table
    own = pack.plan.grading
    replaced = (own.deaths if of == "actual" else own.expected_deaths) if own else ""
    facts: Facts = {}
    figures: dict[str, float] = {}
    happened = draw(st.booleans())
    for kind, bounds in FIGURES.items():
        fact = replaced if kind == "deaths" and replaced else columns[kind]
        parts = pack.lexicon.facts[fact].sum_of or (fact,)
        for part in parts:
            facts[part] = draw(number(pack.lexicon.facts[part], bounds)) if happened else 0
        figures[kind] = sum(facts[part] for part in parts)
    impact: str | None = None
    if table.impact[of]:
        impact = draw(st.sampled_from(table.impact[of])) if happened else table.impact[of][0]
        facts[table.impact_fact] = impact
    found = max(grade(figures, impact), int(happened))
    return {**facts, table.occurred[of]: happened, table.stated[of]: GRADES[found]}


@st.composite
def knowledge(draw: st.DrawFn, pack: Pack, world: Facts, *, ranges: bool = True) -> Facts:
    """A part of a world, some numbers only within a range that holds them."""
    known: Facts = {}
    for name, value in world.items():
        how = draw(st.sampled_from(["unknown", "unknown", "exact", "range"]))
        if how == "range" and ranges and isinstance(value, int | float) and not isinstance(value, bool):
            known[name] = draw(holding(pack.lexicon.facts[name], value))
        elif how != "unknown":
            known[name] = value
    return known


@st.composite
def holding(draw: st.DrawFn, fact: Fact, value: float) -> Facts:
    """A range that holds a value."""
    below, above = (draw(st.sampled_from([0, 1, 5, 20, 1000])) for _ in range(2))
    low, high = value - below, value + above
    low = low if fact.minimum is None else max(low, fact.minimum)
    high = high if fact.maximum is None else min(high, fact.maximum)
    return draw(st.sampled_from([{"at_least": low}, {"at_most": high}, {"at_least": low, "at_most": high}]))


@dataclass(frozen=True, repr=False)
class Case:
    """A ladder, a world, and what is known of it."""

    pack: Pack
    rules: LadderRules
    world: Facts
    known: Facts

    def _repr_pretty_(self, printer: Any, _cycle: object) -> None:
        printer.text(f"{self.pack.id} {self.rules.kind}, world {self.world}, known {self.known}")

    def judged(self, facts: Mapping[str, Any], **more: Any) -> LadderAssessment:
        return judged(self.pack, self.rules, facts, **more)

    def rank(self, facts: Mapping[str, Any], **more: Any) -> int:
        return self.rank_of(self.judged(facts, **more).level)

    def rank_of(self, level: str | None) -> int:
        return next((found.rank for found in self.rules.levels if found.level == level), 0)


@st.composite
def cases(draw: st.DrawFn, *, ranges: bool = True) -> Case:
    pack, rules = draw(st.sampled_from(LADDERS))
    world = draw(worlds(pack))
    return Case(pack, rules, world, draw(knowledge(pack, world, ranges=ranges)))
