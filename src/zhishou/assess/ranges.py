"""The level that is certain in every row although the grade or a sum is known there only within a range.

What `Standing.proposed` does for one situation, for a table: every combination of what may still be possible is
judged for all rows, and a row counts the combinations that are possible in it. It stands alone as standing.py does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import polars as pl

from zhishou.assess.columns import Number
from zhishou.assess.judging import Judging, claimed
from zhishou.assess.masks import Mask, Masks, certain, every, first, negated, some
from zhishou.errors import ZhishouError
from zhishou.plan.judge import GradeRule, NumberRule, Rule, ValueRule, View
from zhishou.plan.regions import points_within
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import NO

_ABOVE_ALL = 255
"""Above every rank, so that the least of several passes over it."""

_MOST_COMBINATIONS = 400
"""As in standing.py, where more are not looked at."""


@dataclass(frozen=True, eq=False)
class Option:
    """One value that a grade, a sum, or an unknown flag or choice may have."""

    where: Mask
    """The rows in which it may; never unknown."""
    value: float | bool | str | None
    """The rank, a number that stands for its stretch between two thresholds, or a value; None where nothing is known."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A grade, a sum, or a flag or choice, with all its options, the mildest first."""

    fact: str
    """The fact, or `actual` or `expected` for a grade."""
    kind: type[Rule]
    """The conditions that look at it: GradeRule, NumberRule or ValueRule."""
    options: tuple[Option, ...]
    most: int
    """At most so many values are possible in one row; for a grade not all, for then nothing is known."""

    def judges(self, rule: Rule) -> bool:
        """Whether the condition looks at it."""
        return isinstance(rule, self.kind) and getattr(rule, "of", getattr(rule, "fact", "")) == self.fact


def axes(rules: LadderRules, judging: Judging) -> list[Axis]:
    """What the columns may leave known only within a range, in the order of standing.py."""
    found: list[Axis] = []
    for of in rules.grades:
        if (reach := judging.ranks(of)) is not None:
            unknown = reach.nothing_known
            options = [
                Option(every([negated(unknown), reach.possible(rank)]), rank) for rank in range(rules.table.top + 1)
            ]
            found.append(Axis(of, GradeRule, options=(*options, Option(unknown, None)), most=rules.table.top))
    for fact, bounds in rules.own_bounds.items():
        number = judging.columns.number(fact)
        if number.least is not None:
            spec = rules.facts[fact]
            options = list(_stretches(number, bounds, integer=spec.integer))
            absent = every([negated(number.known_exactly), negated(number.ranging)])
            # Within its stretch the least possible value may count as a second point.
            most = len(options) + 1
            order = options[::-1] if spec.worse == "lower" else options
            found.append(Axis(fact, NumberRule, options=(*order, Option(absent, None)), most=most))
    for fact, values in rules.mild_values.items():
        absent = negated(judging.columns.known(fact))
        may_be = [some([certain(judging.columns.value(fact, frozenset([value]))), absent]) for value in values]
        options = [Option(where, value) for where, value in zip(may_be, values, strict=True)]
        found.append(Axis(fact, ValueRule, options=tuple(options), most=len(values)))
    kept = [replace(axis, options=_kept(axis, rules.kind, judging)) for axis in found]
    # With one option left there is nothing to go through: no column says anything.
    return [axis for axis in kept if len(axis.options) > 1]


def _kept(axis: Axis, ladder: str, judging: Judging) -> tuple[Option, ...]:
    """The options with their rows worked out once, those left out that no row has."""
    kept = [
        Option(judging.columns.keep(1, f"{ladder}.{axis.fact}.{option.value}", option.where), option.value)
        for option in axis.options
    ]
    return tuple(option for option in kept if not (isinstance(option.where, int) and option.where == NO))


def least(rules: LadderRules, along: Sequence[Axis], judging: Judging) -> tuple[pl.Expr, pl.Expr]:
    """The rank of the level that is certain, narrowly and broadly, row by row, as UInt8; 0 where none is.

    Raises:
        ZhishouError: there are more combinations than `assess` looks at.
    """
    if math.prod(axis.most for axis in along) > _MOST_COMBINATIONS:
        raise ZhishouError("预案的条件在范围未定的要素上组合过多，不能整表判断", mend="逐行用 assess 判断")
    ranks = {rank: pl.lit(rank, dtype=pl.UInt8) for rank in range(len(rules.levels) + 1)}
    rows: list[Mask] = []
    narrow: list[pl.Expr] = []
    broad: list[pl.Expr] = []
    for number, options in enumerate(product(*(axis.options for axis in along))):
        view = _settled(along, options)

        def leaf(rule: Rule, view: View = view) -> Masks:
            return rule.truth(view) if any(axis.judges(rule) for axis in along) else judging.leaf(rule)

        rows.append(every(option.where for option in options))
        one, other = claimed(rules, leaf, ranks)
        broad.append(judging.columns.work_out(2, f"{rules.kind}.broad.{number}", other))
        narrow.append(broad[-1] if one is other else judging.columns.work_out(2, f"{rules.kind}.narrow.{number}", one))
    kept = judging.columns.work_out(3, f"{rules.kind}.broad", _throughout(rows, broad))
    if all(one is other for one, other in zip(narrow, broad, strict=True)):
        return kept, kept
    return judging.columns.work_out(3, f"{rules.kind}.narrow", _throughout(rows, narrow)), kept


def _throughout(rows: Sequence[Mask], ranks: Sequence[pl.Expr]) -> pl.Expr:
    """The least rank claimed in the combinations that are possible in a row, where the mildest of them is claimed.

    Beyond the mildest combination one that no level claims is a hole in the text and undoes nothing.
    """
    none = pl.lit(0, dtype=pl.UInt8)
    mildest = first(zip(rows, ranks, strict=True), none)
    above_all = pl.lit(_ABOVE_ALL, dtype=pl.UInt8)
    lowest = pl.min_horizontal(
        first([(every([where, rank != 0]), rank)], above_all) for where, rank in zip(rows, ranks, strict=True)
    )
    return pl.when(mildest == 0).then(none).otherwise(lowest)


def _settled(along: Sequence[Axis], options: Sequence[Option]) -> View:
    view = View()
    for axis, option in zip(along, options, strict=True):
        value = option.value
        if value is None:
            continue
        if axis.kind is ValueRule:
            view = view.with_value(axis.fact, value)  # type: ignore[arg-type]
        elif axis.kind is GradeRule:
            view = view.with_grade(axis.fact, int(value))
        else:
            view = view.with_number(axis.fact, float(value))
    return view


def _stretches(number: Number, bounds: Sequence[float], *, integer: bool) -> Iterator[Option]:
    """Every threshold and every stretch between and beyond them, rising."""
    for point in points_within(-math.inf, math.inf, bounds, integer=integer):
        below = max((bound for bound in bounds if bound < point), default=-math.inf)
        above = min((bound for bound in bounds if bound > point), default=math.inf)
        if point in bounds:
            exactly, reaching = number.compared("==", point), number.least_compared("<=", point)
        else:
            exactly = every([number.compared(">", below), number.compared("<", above)])
            reaching = number.least_compared("<", above)
        yield Option(some([certain(exactly), every([number.ranging, reaching])]), point)
