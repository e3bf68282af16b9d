"""What the columns of a table say, as expressions: numbers, values and the ranks of the accident grade.

Each follows known.py and grading.py to the letter, for a column in place of one statement; it stands alone so that
the rules of a sweep never touch a column themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

import polars as pl

from zhishou.assess.masks import Mask, certain, every, filled, negated, some
from zhishou.plan.grading import Grading
from zhishou.plan.lexicon import Fact
from zhishou.plan.truth import NO, UNKNOWN, YES


@dataclass(frozen=True, eq=False)
class Number:
    """A number as the table has it: known exactly, at least so much (a sum of which a part is unknown), or unknown."""

    exact: pl.Expr | None
    """The number, null where it is not known exactly; None where it never is."""
    whole: bool
    """True where the column holds integers."""
    least: pl.Expr | None = None
    """For a sum, the part of it that is known, 0 where none is; None for a number that is no sum."""

    def compared(self, sign: str, bound: float) -> Mask:
        """The exact number against a bound: `>=`, `>`, `<=`, `<` or `==`; unknown where it is not known exactly."""
        return UNKNOWN if self.exact is None else _compared(self.exact, sign, self._figure(bound))

    def least_compared(self, sign: str, bound: float) -> Mask:
        """The least that the number can be against a bound; unknown where a number that is no sum is unknown."""
        return self.compared(sign, bound) if self.least is None else _compared(self.least, sign, bound)

    @property
    def known_exactly(self) -> Mask:
        """Whether it is known exactly."""
        return NO if self.exact is None else self.exact.is_not_null()

    @property
    def ranging(self) -> Mask:
        """Whether it is known only as at least so much."""
        return NO if self.least is None else every([negated(self.known_exactly), self.least > 0])

    def _figure(self, bound: float) -> float:
        """An integer bound for an integer column: comparing it with a fraction would copy the column as floats."""
        return int(bound) if self.whole and float(bound).is_integer() else bound


_UNKNOWN = Number(None, whole=False)


@dataclass(frozen=True)
class Columns:
    """The columns of a table that has been checked."""

    schema: Mapping[str, pl.DataType]
    """Fact → the type of its column; columns that hold nothing but null are left out."""
    facts: Mapping[str, Fact]

    def number(self, fact: str) -> Number:
        """A number or duration, in the fact's unit."""
        dtype = self.schema.get(fact)
        # A Float32 is widened because the bounds are not: 3.3 as Float32 lies below 3.3.
        stated = pl.col(fact).cast(pl.Float64) if dtype == pl.Float32 else pl.col(fact)
        parts = [part for part in map(self.number, self.facts[fact].sum_of) if part is not _UNKNOWN]
        if not parts:
            return _UNKNOWN if dtype is None else Number(stated, whole=dtype.is_integer())
        # Small integer types would overflow in a sum.
        floors = [part.exact if part.least is None else part.least for part in parts]
        figures = [part.exact for part in parts]
        least = reduce(add, (floor.cast(pl.Float64).fill_null(0.0) for floor in floors if floor is not None))
        exact = None
        if len(parts) == len(self.facts[fact].sum_of) and all(figure is not None for figure in figures):
            exact = reduce(add, (figure.cast(pl.Float64) for figure in figures if figure is not None))
        if dtype is not None:
            stated = stated.cast(pl.Float64)
            least = pl.coalesce(stated, least)
            exact = stated if exact is None else pl.coalesce(stated, exact)
        return Number(exact, whole=False, least=least)

    def value(self, fact: str, wanted: frozenset[bool | str]) -> Mask:
        """Whether a flag, choice or level has one of the wanted values."""
        if fact not in self.schema:
            return UNKNOWN
        column = pl.col(fact)
        if self.facts[fact].kind == "flag":
            return some(column if value is True else ~column for value in sorted(wanted))
        return some(column == value for value in sorted(wanted, key=str))

    def known(self, fact: str) -> Mask:
        """Whether anything is stated."""
        return pl.col(fact).is_not_null() if fact in self.schema else NO


@dataclass(frozen=True)
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
        low.append(some(certain(mask) for mask in floor))
        reached = every([possible, negated(stated_known), some(certain(mask) for mask in reach)])
        high.append(some([low[-1], reached]))
    return Ranks((*low, NO), (*high, NO))


def _compared(number: pl.Expr, sign: str, bound: float) -> pl.Expr:
    match sign:
        case ">=":
            return number >= bound
        case ">":
            return number > bound
        case "<=":
            return number <= bound
        case "<":
            return number < bound
    return number == bound
