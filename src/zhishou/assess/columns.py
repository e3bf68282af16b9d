"""What the columns of a table say, as expressions: numbers, with their sums, and values.

It follows known.py to the letter, for a column in place of one statement, and stands alone so that the rules of a
sweep never touch a column themselves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add

import polars as pl

from zhishou.assess.masks import Mask, every, negated, some
from zhishou.plan.lexicon import Fact
from zhishou.plan.truth import NO, UNKNOWN


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


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table that has been checked, and those worked out from them on the way."""

    schema: Mapping[str, pl.DataType]
    """Fact → the type of its column; columns that hold nothing but null are left out."""
    facts: Mapping[str, Fact]
    layers: tuple[dict[str, pl.Expr], ...] = field(default_factory=lambda: ({}, {}, {}, {}))
    """What is worked out once and used many times: each layer may look at the columns and at the layers before it.
    Written out wherever it is used it would make expressions that take longer to plan than to run."""

    def keep(self, layer: int, name: str, mask: Mask) -> Mask:
        """Work a mask out in a layer; constants stay as they are."""
        return mask if isinstance(mask, int) else self.work_out(layer, name, mask)

    def work_out(self, layer: int, name: str, expression: pl.Expr) -> pl.Expr:
        """Work an expression out in a layer, under a name that no other has."""
        # No fact's id begins with #.
        self.layers[layer][f"#{name}"] = expression
        return pl.col(f"#{name}")

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
        figures = [part.exact for part in parts if part.exact is not None]
        least = reduce(add, (floor.cast(pl.Float64).fill_null(0.0) for floor in floors if floor is not None))
        exact = None
        if len(figures) == len(self.facts[fact].sum_of):
            exact = reduce(add, (figure.cast(pl.Float64) for figure in figures))
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
