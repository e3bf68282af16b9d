"""The ladders of a plan ready to judge: levels with their rules, and what the rules look at.

judge.py says what one condition means; this file says what a ladder of them claims.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from zhishou.plan.grading import Grading, grading
from zhishou.plan.judge import GradeRule, JoinedRule, JudgementRule, NumberRule, Rule, ValueRule, View, ready
from zhishou.plan.lexicon import Fact
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.truth import YES


@dataclass(frozen=True, slots=True)
class LevelRule:
    """One level of a ladder, ready to judge."""

    level: str
    rank: int
    """1 for the least severe level, rising."""
    rule: Rule | None
    """None where the text gives no condition."""


@dataclass(frozen=True, eq=False)
class LadderRules:
    """A ladder ready to judge, from the most severe level to the least."""

    kind: LadderKind
    levels: tuple[LevelRule, ...]
    table: Grading
    facts: Mapping[str, Fact]

    @cached_property
    def leaves(self) -> tuple[Rule, ...]:
        """Every condition without parts, the most severe level first."""
        return tuple(leaf for level in self.levels if level.rule is not None for leaf in level.rule.leaves)

    @cached_property
    def grades(self) -> tuple[str, ...]:
        """The accident grades it looks at: `actual`, `expected`, both or none."""
        return tuple(dict.fromkeys(leaf.of for leaf in self.leaves if isinstance(leaf, GradeRule)))

    @cached_property
    def own_bounds(self) -> Mapping[str, tuple[float, ...]]:
        """Numbers it looks at by themselves, with their thresholds."""
        found: dict[str, list[float]] = {}
        for leaf in self.leaves:
            if isinstance(leaf, NumberRule):
                found.setdefault(leaf.fact, []).extend(leaf.bounds)
        return {fact: tuple(sorted(set(bounds))) for fact, bounds in found.items()}

    @cached_property
    def bounds(self) -> Mapping[str, tuple[float, ...]]:
        """Numbers it looks at by themselves or through the accident grade, with their thresholds.

        Any figure above 0 is an accident of the least grade, so 0 is a threshold too.
        """
        found = {fact: set(bounds) for fact, bounds in self.own_bounds.items()}
        for of in self.grades:
            for fact, figures in self.table.bounds[of].items():
                found.setdefault(fact, set()).update((0.0, *(f for f in figures if math.isfinite(f))))
        return {fact: tuple(sorted(bounds)) for fact, bounds in found.items()}

    @cached_property
    def values(self) -> tuple[str, ...]:
        """Flags, choices and levels it looks at."""
        return tuple(dict.fromkeys(leaf.fact for leaf in self.leaves if isinstance(leaf, ValueRule)))

    @cached_property
    def mild_values(self) -> Mapping[str, tuple[bool | str, ...]]:
        """Flags, choices and levels whose mildest value can meet a condition, with all their values, mildest first.

        Where such a fact is unknown, what it rules in with one value it may rule in with another too: a common
        accident calls for one level where the county can cope and for the next where it cannot.
        """
        found: dict[str, tuple[bool | str, ...]] = {}
        for level in self.levels:
            for leaf, wanted in _signed(level.rule) if level.rule is not None else ():
                spec = self.facts[leaf.fact]
                values: tuple[bool | str, ...] = (False, True) if spec.kind == "flag" else spec.values
                if spec.worse == "higher" and (values[0] in leaf.wanted) is wanted:
                    found[leaf.fact] = values
        return found

    @cached_property
    def relevant(self) -> frozenset[str]:
        """Every fact that bears on it, the parts of sums included."""
        graded = (fact for of in self.grades for fact in self.table.facts(of))
        facts = (*self.bounds, *self.values, *graded)
        return frozenset((*facts, *(part for fact in facts for part in self.facts[fact].sum_of)))

    @cached_property
    def branches(self) -> tuple[tuple[int, tuple[tuple[Rule, frozenset[str]], ...]], ...]:
        """Level by level, its rank and the conditions any of which claims it, each with what it looks at.

        What a condition looks at is named by fact id, an accident grade by `actual` or `expected`.
        """
        return tuple(
            (level.rank, tuple((branch, _looks_at(branch)) for branch in _branches(level.rule)))
            for level in self.levels
            if level.rule is not None
        )

    @cached_property
    def alone(self) -> Mapping[str, tuple[tuple[int, NumberRule], ...]]:
        """Numbers that every condition looking at them looks at alone, with those conditions and their ranks."""
        joined = {
            fact for _, branches in self.branches for _, looks_at in branches if len(looks_at) > 1 for fact in looks_at
        }
        found: dict[str, list[tuple[int, NumberRule]]] = {}
        for rank, branches in self.branches:
            for branch, looks_at in branches:
                if not looks_at & joined and isinstance(branch, NumberRule):
                    found.setdefault(branch.fact, []).append((rank, branch))
                elif not isinstance(branch, NumberRule):
                    joined |= looks_at
        return {fact: tuple(rules) for fact, rules in found.items() if fact not in joined}

    @cached_property
    def _stairs(self) -> dict[tuple[str, float], tuple[int, int]]:
        return {}

    def stair(self, fact: str, point: float) -> tuple[int, int]:
        """The ranks, broad and narrow, that a number of `alone` claims at a point by itself; it never changes."""
        if (found := self._stairs.get((fact, point))) is None:
            view = View({fact: (point, point)})
            truths = [(rank, rule.truth(view)) for rank, rule in self.alone[fact]]
            broad = max((rank for rank, truth in truths if truth[1] == YES), default=0)
            narrow = max((rank for rank, truth in truths if truth[0] == YES), default=0)
            found = self._stairs[fact, point] = (broad, narrow)
        return found

    @cached_property
    def ways(self) -> Mapping[str, tuple[tuple[Rule, ...], ...]]:
        """Level → the ways to meet it."""
        return {level.level: tuple(terms(level.rule)) for level in self.levels if level.rule is not None}

    @cached_property
    def duplicates(self) -> tuple[tuple[str, str, tuple[Rule, ...]], ...]:
        """Ways that stand under two levels word for word: the more severe level, the other, and the leaves."""
        known = [
            (level.level, term, frozenset(leaf.text for leaf in term))
            for level in self.levels
            if level.rule is not None
            for term in terms(level.rule)
            if not any(isinstance(leaf, JudgementRule) for leaf in term)
        ]
        return tuple(
            (level, other, term)
            for index, (level, term, words) in enumerate(known)
            for other, _, others in known[index + 1 :]
            if other != level and words == others
        )

    @cached_property
    def shared(self) -> frozenset[str]:
        """Texts of conditions that stand under more than one level."""
        seen: dict[str, set[str]] = {}
        for level in self.levels:
            if level.rule is not None:
                for leaf in level.rule.leaves:
                    seen.setdefault(leaf.text, set()).add(level.level)
        return frozenset(text for text, levels in seen.items() if len(levels) > 1)

    def claimed(self, view: View, *, broad: bool = True) -> int:
        """The rank of the most severe level that is certainly claimed, 0 where none is; broadly or narrowly."""
        side = 1 if broad else 0
        for level in self.levels:
            if level.rule is not None and level.rule.truth(view)[side] == YES:
                return level.rank
        return 0


def ladder_rules(pack: Pack, kind: LadderKind) -> LadderRules:
    """The ladder of a pack made ready to judge."""
    ladder = pack.ladders[kind]
    table = grading(pack)
    count = len(ladder.levels)
    levels = tuple(
        LevelRule(
            level.level, count - index, ready(level.when, pack, kind, level.level) if level.when is not None else None
        )
        for index, level in enumerate(ladder.levels)
    )
    return LadderRules(kind, levels, table, pack.lexicon.facts)


def _branches(rule: Rule) -> Iterator[Rule]:
    if isinstance(rule, JoinedRule) and rule.join == "any":
        for part in rule.parts:
            yield from _branches(part)
    else:
        yield rule


def _signed(rule: Rule, *, wanted: bool = True) -> Iterator[tuple[ValueRule, bool]]:
    """Every condition on a value, and whether it must be met or, under a `not`, must not be."""
    if isinstance(rule, ValueRule):
        yield rule, wanted
    for part in rule.parts:
        yield from _signed(part, wanted=wanted != (isinstance(rule, JoinedRule) and rule.join == "not"))


def _looks_at(rule: Rule) -> frozenset[str]:
    return frozenset(
        leaf.of if isinstance(leaf, GradeRule) else leaf.fact
        for leaf in rule.leaves
        if isinstance(leaf, NumberRule | ValueRule | GradeRule)
    )


def terms(rule: Rule) -> Iterator[tuple[Rule, ...]]:
    """The ways to meet a rule, each a tuple of leaves that must all hold (a `not` counts as one leaf)."""
    if not isinstance(rule, JoinedRule) or rule.join == "not":
        yield (rule,)
    elif rule.join == "any":
        for part in rule.parts:
            yield from terms(part)
    else:
        for choice in product(*(list(terms(part)) for part in rule.parts)):
            yield tuple(leaf for term in choice for leaf in term)
