"""The level that is certain in every row although the grade or a sum is known there only within a range.

What `openings.least_claimed` does for one situation, for a table: every combination of what may still be possible is
judged for all rows, and a row counts the combinations that are possible in it. It stands alone as openings.py does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import polars as pl

from zhishou.assess.columns import Number
from zhishou.assess.judging import Judging, masks
from zhishou.assess.masks import Mask, Masks, certain, every, first, negated, some
from zhishou.errors import ZhishouError
from zhishou.plan.judge import GradeRule, LadderRules, LevelRule, NumberRule, Rule, View
from zhishou.plan.regions import points_within
from zhishou.plan.truth import NO

NO_LEVEL = 255
"""Above every rank, so that the least of several ranks passes over it."""

_MOST_COMBINATIONS = 400
"""As in openings.py, where more are not looked at."""


@dataclass(frozen=True, eq=False)
class Option:
    """One value that a grade or a sum may have."""

    where: Mask
    """The rows in which it may; never unknown."""
    value: float | None
    """The rank, or a number that stands for its stretch between two thresholds; None where nothing is known."""


@dataclass(frozen=True, eq=False)
class Axis:
    """A grade or a sum, with all its options, the mildest first."""

    fact: str
    """The fact, or `actual` or `expected` for a grade."""
    grade: bool
    options: tuple[Option, ...]
    most: int
    """At most so many values are possible in one row; for a grade not all, for then nothing is known."""

    def judges(self, rule: Rule) -> bool:
        """Whether the condition looks at it."""
        return (
            rule.of == self.fact and self.grade
            if isinstance(rule, GradeRule)
            else (isinstance(rule, NumberRule) and rule.fact == self.fact and not self.grade)
        )


def axes(rules: LadderRules, judging: Judging) -> list[Axis]:
    """What the columns may leave known only within a range, in the order of openings.py."""
    found: list[Axis] = []
    for of in rules.grades:
        if (reach := judging.ranks(of)) is not None:
            unknown = reach.nothing_known
            options = [
                Option(every([negated(unknown), reach.possible(rank)]), rank) for rank in range(rules.table.top + 1)
            ]
            found.append(Axis(of, grade=True, options=(*options, Option(unknown, None)), most=rules.table.top))
    for fact, bounds in rules.own_bounds.items():
        number = judging.columns.number(fact)
        if number.least is not None:
            spec = rules.facts[fact]
            options = list(_stretches(number, bounds, integer=spec.integer))
            absent = every([negated(number.known_exactly), negated(number.ranging)])
            # Within its stretch the least possible value may count as a second point.
            most = len(options) + 1
            order = options[::-1] if spec.worse == "lower" else options
            found.append(Axis(fact, grade=False, options=(*order, Option(absent, None)), most=most))
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


def least(levels: Sequence[LevelRule], along: Sequence[Axis], judging: Judging) -> pl.Expr:
    """The rank of the level that is certain, row by row, as UInt8; NO_LEVEL where none is.

    Raises:
        ZhishouError: there are more combinations than `assess` looks at.
    """
    if math.prod(axis.most for axis in along) > _MOST_COMBINATIONS:
        raise ZhishouError("预案的条件在范围未定的要素上组合过多，不能整表判断", mend="逐行用 assess 判断")
    none = pl.lit(NO_LEVEL, dtype=pl.UInt8)
    combinations: list[tuple[Mask, pl.Expr]] = []
    for options in product(*(axis.options for axis in along)):
        where = every(option.where for option in options)
        view = _settled(along, options)

        def leaf(rule: Rule, view: View = view) -> Masks:
            return rule.truth(view) if any(axis.judges(rule) for axis in along) else judging.leaf(rule)

        claims = [
            (certain(masks(level.rule, leaf)[1]), pl.lit(level.rank, dtype=pl.UInt8)) for level in levels if level.rule
        ]
        combinations.append((where, first(claims, none)))
    mildest = first(combinations, none)
    lowest = pl.min_horizontal(first([combination], none) for combination in combinations)
    # A hole beyond the mildest combination does not undo its claim; where the mildest is not claimed, nothing is sure.
    return pl.when(mildest == NO_LEVEL).then(none).otherwise(lowest)


def _settled(along: Sequence[Axis], options: Sequence[Option]) -> View:
    view = View()
    for axis, option in zip(along, options, strict=True):
        if option.value is not None:
            view = (
                view.with_grade(axis.fact, int(option.value))
                if axis.grade
                else view.with_number(axis.fact, option.value)
            )
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
