"""The rules of a ladder as masks over the columns of a table: what judge.py says of one view, said of every row.

It stands alone between the columns and the proposals, as judge.py stands between the conditions and `assess`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from zhishou.assess.columns import Columns, Number
from zhishou.assess.masks import Mask, Masks, certain, every, filled, first, negated, some
from zhishou.assess.ranks import Ranks, ranks
from zhishou.plan.grading import Grading
from zhishou.plan.judge import GradeRule, JoinedRule, NumberRule, Rule, ValueRule, View
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import NO, UNKNOWN

NOTHING = View()
"""Nothing is known."""


def masks(rule: Rule, leaf: Callable[[Rule], Masks]) -> Masks:
    """A rule as masks, its leaves judged by `leaf`; where the readings cannot differ, both are the same object."""
    if not isinstance(rule, JoinedRule):
        return leaf(rule)
    parts = [masks(part, leaf) for part in rule.parts]
    same = all(narrow is broad for narrow, broad in parts)
    if rule.join == "not":
        narrow, broad = parts[0]
        other = negated(narrow)
        return (other, other) if same else (negated(broad), other)
    join = every if rule.join == "all" else some
    broad = join(broad for _, broad in parts)
    return (broad if same else join(narrow for narrow, _ in parts)), broad


def claimed(rules: LadderRules, leaf: Callable[[Rule], Masks], named: Mapping[int, pl.Expr]) -> tuple[pl.Expr, pl.Expr]:
    """The most severe level that is certainly claimed, narrowly and broadly, as `named` by rank; 0 where none is."""
    truths = [(named[level.rank], masks(level.rule, leaf)) for level in rules.levels if level.rule is not None]
    narrow, broad = (first(((certain(truth[side]), name) for name, truth in truths), named[0]) for side in (0, 1))
    return (broad if all(one is other for _, (one, other) in truths) else narrow), broad


@dataclass(frozen=True, eq=False)
class Judging:
    """The leaves of a plan's rules over one table."""

    columns: Columns
    table: Grading | None
    """The table of grades; None where the plan grades no accidents."""
    _ranks: dict[str, Ranks] = field(default_factory=dict)

    def ranks(self, of: str) -> Ranks | None:
        """The possible ranks of the accident grade (`actual` or `expected`); None where the plan grades none."""
        if self.table is None:
            return None
        if of not in self._ranks:
            self._ranks[of] = ranks(self.columns, self.table, of)
        return self._ranks[of]

    def leaf(self, rule: Rule) -> Masks:
        """A condition without parts, for every row as far as its facts are known there."""
        if isinstance(rule, NumberRule):
            return _number(rule, self.columns.number(rule.fact))
        found: Mask = UNKNOWN
        if isinstance(rule, ValueRule):
            found = self.columns.value(rule.fact, rule.wanted)
        elif isinstance(rule, GradeRule) and (reach := self.ranks(rule.of)) is not None:
            sure = reach.low[rule.rank] if rule.or_worse else reach.only(rule.rank)
            maybe = reach.high[rule.rank] if rule.or_worse else reach.possible(rule.rank)
            found = some([sure, every([maybe, UNKNOWN])])
            if rule.implied:
                return NO, found
        return found, found


def _number(rule: NumberRule, number: Number) -> Masks:
    narrow: list[Mask] = []
    broad: list[Mask] = []
    for sign, bound, unstated in (
        (">=", rule.at_least, rule.unstated_lower),
        (">", rule.above, False),
        ("<=", rule.at_most, rule.unstated_upper),
        ("<", rule.below, False),
    ):
        if bound is not None:
            broad.append(_bound(number, sign, bound))
            narrow.append(_bound(number, sign[0], bound) if unstated else broad[-1])
    absent = rule.truth(NOTHING)
    sides = [_where_known(every(side), number, unknown) for side, unknown in zip((narrow, broad), absent, strict=True)]
    same = absent[0] == absent[1] and not (rule.unstated_lower or rule.unstated_upper)
    return (sides[1] if same else sides[0]), sides[1]


def _bound(number: Number, sign: str, bound: float) -> Mask:
    """The number against a bound; a sum of which only a part is known can pass it upward, never stay below it."""
    exact = number.compared(sign, bound)
    if number.least is None:
        return exact
    return (some if sign[0] == ">" else every)([exact, number.least_compared(sign, bound)])


def _where_known(mask: Mask, number: Number, absent: int) -> Mask:
    """The mask, and what holds of the fact's whole range where nothing is known of it."""
    if number.least is None:
        return filled(mask, absent)
    anything = some([number.known_exactly, number.ranging])
    return some([every([anything, mask]), every([negated(anything), absent])])
