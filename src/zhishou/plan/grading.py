"""The table of accident grades as one plan uses it: which facts count, and which ranks they leave possible."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from zhishou.plan.pack import Pack

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Grading:
    """Ranks: 0 none, then 1 for the least grade, rising."""

    labels: tuple[str, ...]
    """Label of each rank; rank 0 is 未达等级."""
    bounds: Mapping[str, Mapping[str, tuple[float, ...]]]
    """`actual`/`expected` → fact → the least figure for each rank from 1, rising; infinite for rank 1, which needs none."""
    stated: Mapping[str, str]
    """`actual`/`expected` → the fact by which somebody states the grade."""
    occurred: Mapping[str, str]
    """`actual`/`expected` → the flag that an accident has happened or may happen."""
    impact: Mapping[str, tuple[str, ...]]
    """`actual`/`expected` → the choice whose values alone give ranks 1 to 4; empty where the plan has no such rule."""
    impact_fact: str = "social_impact"

    def rank(self, label: str) -> int:
        """The rank of a grade."""
        return self.labels.index(label)

    @property
    def top(self) -> int:
        """The worst rank."""
        return len(self.labels) - 1

    def facts(self, of: str) -> tuple[str, ...]:
        """Every fact that bears on the grade."""
        impact = (self.impact_fact,) if self.impact.get(of) else ()
        return (self.stated[of], *self.bounds[of], *impact, self.occurred[of])

    def possible(
        self, of: str, number: Callable[[str], Interval | None], value: Callable[[str], bool | str | None]
    ) -> tuple[int, int]:
        """The least and the greatest rank that what is known leaves possible.

        A stated grade is taken at its word unless the figures already call for a worse one.
        """
        occurred = value(self.occurred[of])
        low, high = (1 if occurred is True else 0), 1
        if occurred is False:
            high = 0
        for fact, bounds in self.bounds[of].items():
            seen = number(fact)
            if seen is None:
                high = high if occurred is False else self.top
                continue
            low = max(low, _reached(bounds, seen[0]), 1 if seen[0] > 0 else 0)
            if occurred is not False:
                high = max(high, _reached(bounds, seen[1]))
        if (names := self.impact.get(of)) and occurred is not False:
            impact = value(self.impact_fact)
            if impact is None:
                high = self.top
            elif impact in names:
                low = max(low, names.index(str(impact)) + 1) if names.index(str(impact)) > 0 else low
        stated = value(self.stated[of])
        if stated is not None:
            low = max(low, self.labels.index(str(stated)))
            return low, low
        return low, max(low, high)


def _reached(bounds: tuple[float, ...], figure: float) -> int:
    """The worst rank whose bound a figure reaches; the least rank has no bound of its own."""
    reached = bisect_right(bounds, figure, lo=1)
    return reached if reached > 1 else 0


_kept: WeakKeyDictionary[Pack, Grading] = WeakKeyDictionary()


def grading(pack: Pack) -> Grading:
    """The table of grades as this plan uses it; the lexicon's own where the plan says nothing."""
    if (found := _kept.get(pack)) is None:
        found = _kept[pack] = _grading(pack)
    return found


def _grading(pack: Pack) -> Grading:
    grades = pack.lexicon.grades
    own = pack.plan.grading
    rows = list(reversed(grades.table))
    bounds: dict[str, dict[str, tuple[float, ...]]] = {}
    for of, columns in (("actual", grades.actual), ("expected", grades.expected)):
        replaced = {"deaths": (own.deaths if of == "actual" else own.expected_deaths) if own else ""}
        bounds[of] = {
            replaced.get(column) or fact: tuple(row.at_least.get(column, float("inf")) for row in rows)
            for column, fact in columns.items()
            if any(column in row.at_least for row in rows)
        }
    impact_fact = grades.actual.get("social_impact", "social_impact")
    names = pack.lexicon.facts[impact_fact].values if own and own.social_impact else ()
    return Grading(
        labels=("未达等级", *(row.grade for row in rows)),
        bounds=bounds,
        stated=grades.stated,
        occurred=grades.occurred,
        impact={"actual": names, "expected": ()},
        impact_fact=impact_fact,
    )
