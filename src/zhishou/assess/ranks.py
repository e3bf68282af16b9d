"""The accident grade that the columns of a table leave possible: `Grading.possible`, for every row at once.

It stands alone because it must say the same as grading.py, line by line, and is read beside it.
"""

from __future__ import annotations

from dataclasses import dataclass

from zhishou.assess.columns import Columns
from zhishou.assess.masks import Mask, certain, every, filled, negated, some
from zhishou.plan.grading import Grading
from zhishou.plan.truth import NO, YES


@dataclass(frozen=True, eq=False)
class Ranks:
    """The least and the greatest possible rank of the accident grade, row by row."""

    low: tuple[Mask, ...]
    """At index r, whether the least possible rank is r or worse; one index past the worst rank too."""
    high: tuple[Mask, ...]
    """At index r, whether the greatest possible rank is r or worse."""

    @property
    def nothing_known(self) -> Mask:
        """Whether every rank is possible."""
        return every([negated(self.low[1]), self.high[-2]])

    def possible(self, rank: int) -> Mask:
        """Whether a rank is possible."""
        return every([self.high[rank], negated(self.low[rank + 1])])

    def only(self, rank: int) -> Mask:
        """Whether no other rank is possible."""
        return every([self.low[rank], negated(self.high[rank + 1])])


def ranks(columns: Columns, table: Grading, of: str) -> Ranks:
    """The ranks that the columns leave possible, as `Grading.possible` has it for one situation."""
    occurred = certain(columns.value(table.occurred[of], frozenset({True})))
    possible = negated(certain(columns.value(table.occurred[of], frozenset({False}))))
    figures = {fact: columns.number(fact) for fact in table.bounds[of]}
    impacts = table.impact.get(of, ())
    impact_known = columns.known(table.impact_fact)
    stated_known = columns.known(table.stated[of])
    low: list[Mask] = [YES]
    high: list[Mask] = [YES]
    for rank in range(1, table.top + 1):
        bounds = {fact: min(figure[rank - 1 :]) for fact, figure in table.bounds[of].items()}
        floor: list[Mask] = [columns.value(table.stated[of], frozenset(table.labels[rank:]))]
        reach: list[Mask] = [YES] if rank == 1 else []
        if rank == 1:
            floor += [occurred, *(number.least_compared(">", 0) for number in figures.values())]
        if impacts:
            named = frozenset(name for index, name in enumerate(impacts) if index and index + 1 >= rank)
            floor.append(every([possible, columns.value(table.impact_fact, named)]))
            reach.append(negated(impact_known))
        for fact, number in figures.items():
            if bounds[fact] < float("inf"):
                floor.append(number.least_compared(">=", bounds[fact]))
                reach.append(filled(number.compared(">=", bounds[fact]), YES))
            else:
                reach.append(negated(number.known_exactly))
        reached = every([possible, negated(stated_known), some(certain(mask) for mask in reach)])
        low.append(columns.keep(0, f"{of}.least.{rank}", some(certain(mask) for mask in floor)))
        high.append(some([low[-1], columns.keep(0, f"{of}.most.{rank}", reached)]))
    return Ranks((*low, NO), (*high, NO))
