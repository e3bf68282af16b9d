"""Conditions made ready to judge: the meaning of the condition language, in one place for all who judge.

A `View` is what is known: numbers as intervals, values, judgements given, and the accident grade as an interval of
ranks. A `Rule` judges a view; its text is the condition in Chinese as a duty officer reads it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhishou.plan import truth
from zhishou.plan.conditions import (
    AllCondition,
    AnyCondition,
    Condition,
    GradeCondition,
    JudgementCondition,
    NotCondition,
    NumberCondition,
    ValueCondition,
)
from zhishou.plan.grading import Grading, grading
from zhishou.plan.lexicon import Fact
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.truth import NO, UNKNOWN, YES, Truth

_NO: Truth = (NO, NO)
_YES: Truth = (YES, YES)
_ARGUABLE: Truth = (NO, YES)

Interval = tuple[float, float]
"""Least and greatest value that a number can have, both included."""


@dataclass(slots=True)
class View:
    """What is known, ready for judging."""

    numbers: Mapping[str, Interval] = field(default_factory=dict)
    """Numbers and durations by fact, in the fact's unit."""
    values: Mapping[str, bool | str] = field(default_factory=dict)
    """Flags, choices and levels by fact."""
    judgements: frozenset[tuple[str, str, str]] = frozenset()
    """Judgements given: ladder, level, by whom."""
    grades: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """`actual` and `expected` → least and greatest possible rank of the accident grade (0 is none)."""

    def with_number(self, fact: str, value: float) -> View:
        """The same with one number known exactly."""
        return View({**self.numbers, fact: (value, value)}, self.values, self.judgements, self.grades)

    def with_value(self, fact: str, value: str | bool) -> View:  # noqa: FBT001 - the value of a flag is a boolean
        """The same with one value known."""
        return View(self.numbers, {**self.values, fact: value}, self.judgements, self.grades)

    def with_grade(self, of: str, rank: int) -> View:
        """The same with an accident grade known exactly."""
        return View(self.numbers, self.values, self.judgements, {**self.grades, of: (rank, rank)})


class Rule:
    """A condition ready to judge."""

    __slots__ = ("__weakref__", "clause", "leaves", "note", "parts", "text")

    parts: tuple[Rule, ...]
    """The conditions it joins."""
    leaves: tuple[Rule, ...]
    """The conditions without parts below it, itself where it has none."""

    def __init__(self, text: str, clause: tuple[str, ...], note: str) -> None:
        self.text = text
        self.clause = clause
        self.note = note
        self.parts = ()
        self.leaves = (self,)

    def truth(self, view: View) -> Truth:
        """Whether the condition is met, narrowly and broadly."""
        raise NotImplementedError


class NumberRule(Rule):
    """A number or duration within bounds."""

    __slots__ = ("above", "at_least", "at_most", "below", "fact", "unstated_lower", "unstated_upper", "whole")

    def __init__(self, condition: NumberCondition, fact: Fact) -> None:
        super().__init__(_number_text(condition, fact), condition.clause, condition.note)
        self.fact = condition.fact
        self.whole: Interval = (
            fact.minimum if fact.minimum is not None else -math.inf,
            fact.maximum if fact.maximum is not None else math.inf,
        )
        self.at_least = condition.at_least
        self.above = condition.above
        self.at_most = condition.at_most
        self.below = condition.below
        self.unstated_lower = "lower" in condition.unstated
        self.unstated_upper = "upper" in condition.unstated

    def truth(self, view: View) -> Truth:
        """Judge the interval: yes where all of it fits, no where none does."""
        low, high = view.numbers.get(self.fact, self.whole)
        if low == high:
            return self._exact(low)
        narrow = broad = YES
        if self.at_least is not None:
            broad = YES if low >= self.at_least else UNKNOWN if high >= self.at_least else NO
            if self.unstated_lower:
                narrow = YES if low > self.at_least else UNKNOWN if high > self.at_least else NO
            else:
                narrow = broad
        elif self.above is not None:
            narrow = broad = YES if low > self.above else UNKNOWN if high > self.above else NO
        if self.at_most is not None:
            upper = YES if high <= self.at_most else UNKNOWN if low <= self.at_most else NO
            broad = min(broad, upper)
            if self.unstated_upper:
                upper = YES if high < self.at_most else UNKNOWN if low < self.at_most else NO
            narrow = min(narrow, upper)
        elif self.below is not None:
            upper = YES if high < self.below else UNKNOWN if low < self.below else NO
            narrow, broad = min(narrow, upper), min(broad, upper)
        return narrow, broad

    def _exact(self, value: float) -> Truth:
        """The same where the number is known exactly, which it is nearly always."""
        sure = True
        if self.at_least is not None:
            if value < self.at_least:
                return _NO
            sure = not (self.unstated_lower and value == self.at_least)
        elif self.above is not None and value <= self.above:
            return _NO
        if self.at_most is not None:
            if value > self.at_most:
                return _NO
            sure = sure and not (self.unstated_upper and value == self.at_most)
        elif self.below is not None and value >= self.below:
            return _NO
        return _YES if sure else _ARGUABLE

    @property
    def bounds(self) -> tuple[float, ...]:
        """The numbers at which the verdict can change."""
        return tuple(b for b in (self.at_least, self.above, self.at_most, self.below) if b is not None)


class ValueRule(Rule):
    """A flag, choice or level that has one of the named values."""

    __slots__ = ("fact", "wanted")

    def __init__(self, condition: ValueCondition, fact: Fact) -> None:
        super().__init__(_value_text(condition, fact), condition.clause, condition.note)
        self.fact = condition.fact
        self.wanted = frozenset(condition.values)

    def truth(self, view: View) -> Truth:
        """Yes or no where the value is known."""
        value = view.values.get(self.fact)
        found = UNKNOWN if value is None else YES if value in self.wanted else NO
        return found, found


class GradeRule(Rule):
    """The accident's grade."""

    __slots__ = ("implied", "of", "or_worse", "rank", "whole")

    def __init__(self, condition: GradeCondition, table: Grading) -> None:
        worse = "以上" if condition.or_worse else ""
        what = "预计可能发生" if condition.of == "expected" else "发生"
        super().__init__(f"{what}{condition.grade}{worse}事故", condition.clause, condition.note)
        self.of: str = condition.of
        self.rank = table.rank(condition.grade)
        self.or_worse = condition.or_worse
        self.whole = (0, table.top)
        self.implied = condition.implied

    def truth(self, view: View) -> Truth:
        """Judge the interval of ranks; what is only implied is never met under every reading."""
        low, high = view.grades.get(self.of, self.whole)
        if self.or_worse:
            found = YES if low >= self.rank else NO if high < self.rank else UNKNOWN
        elif low == high:
            found = YES if low == self.rank else NO
        else:
            found = UNKNOWN if low <= self.rank <= high else NO
        return (NO if self.implied else found), found


class JudgementRule(Rule):
    """The judgement of a named body or post."""

    __slots__ = ("by", "key")

    def __init__(self, condition: JudgementCondition, pack: Pack, ladder: LadderKind, level: str) -> None:
        who = pack.actor(condition.judgement)
        super().__init__(f"{who.label}认定应当启动", condition.clause, condition.note)
        self.by = who.label
        self.key = (ladder, level, who.id)

    def truth(self, view: View) -> Truth:
        """Yes where it was given; otherwise open, for it may still be given."""
        found = YES if self.key in view.judgements else UNKNOWN
        return found, found


class JoinedRule(Rule):
    """All of, any of, or not."""

    __slots__ = ("join",)

    def __init__(self, join: str, parts: tuple[Rule, ...], clause: tuple[str, ...], note: str) -> None:
        words = {"all": "同时满足", "any": "满足之一", "not": "不属于"}
        super().__init__(words[join], clause, note)
        self.join = join
        self.parts = parts
        self.leaves = tuple(leaf for part in parts for leaf in part.leaves)

    def truth(self, view: View) -> Truth:
        """Judge the parts and join them."""
        return self.joined(part.truth(view) for part in self.parts)

    def joined(self, truths: Iterable[Truth]) -> Truth:
        """Join the truths of the parts."""
        if self.join == "all":
            return truth.every(truths)
        if self.join == "any":
            return truth.some(truths)
        return truth.negated(next(iter(truths)))


def ready(condition: Condition, pack: Pack, ladder: LadderKind = "response", level: str = "") -> Rule:
    """A condition made ready to judge; `ladder` and `level` say whose judgement clauses it holds."""
    facts = pack.lexicon.facts
    match condition:
        case NumberCondition():
            return NumberRule(condition, facts[condition.fact])
        case ValueCondition():
            return ValueRule(condition, facts[condition.fact])
        case GradeCondition():
            return GradeRule(condition, grading(pack))
        case JudgementCondition():
            return JudgementRule(condition, pack, ladder, level)
        case AllCondition():
            join, inner = "all", condition.all_
        case AnyCondition():
            join, inner = "any", condition.any_
        case NotCondition():
            join, inner = "not", (condition.not_,)
    parts = tuple(ready(part, pack, ladder, level) for part in inner)
    return JoinedRule(join, parts, condition.clause, condition.note)


def amount(value: float, fact: Fact) -> str:
    """A number with its unit, as a duty officer writes it."""
    unit = {"h": "小时"}.get(fact.unit, fact.unit)
    space = "" if unit in {"%", ""} else " "
    return f"{value:g}{space}{unit}" if math.isfinite(value) else "不限"


def _number_text(condition: NumberCondition, fact: Fact) -> str:
    lower, upper = condition.lower, condition.upper
    unsaid = {
        (True, True): "（两端是否含本数原文未明）",
        (True, False): "（下限是否含本数原文未明）",
        (False, True): "（上限是否含本数原文未明）",
    }.get(("lower" in condition.unstated, "upper" in condition.unstated), "")
    if lower is not None and upper is not None:
        if lower == upper:
            return f"{fact.label} ＝ {amount(lower, fact)}"
        left = "≥" if condition.at_least is not None else "＞"
        right = "≤" if condition.at_most is not None else "＜"
        return f"{fact.label} {left} {amount(lower, fact)} 且 {right} {amount(upper, fact)}{unsaid}"
    if lower is not None:
        return f"{fact.label} {'≥' if condition.at_least is not None else '＞'} {amount(lower, fact)}{unsaid}"
    assert upper is not None  # noqa: S101 - a number condition has a bound
    return f"{fact.label} {'≤' if condition.at_most is not None else '＜'} {amount(upper, fact)}{unsaid}"


def _value_text(condition: ValueCondition, fact: Fact) -> str:
    if fact.kind == "flag":
        return (
            fact.label if condition.is_ else f"未{fact.label}" if fact.label.startswith("已") else f"并非“{fact.label}”"
        )
    return f"{fact.label}为{'或'.join(str(value) for value in condition.values)}"
