"""What is not known and could still matter: which facts could raise the level, and to what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from zhishou.assess.known import Known
from zhishou.assess.result import LevelJudged, Need, Raise
from zhishou.plan.judge import GradeRule, JoinedRule, JudgementRule, NumberRule, Rule, ValueRule, View
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import UNKNOWN, YES


class _Wanted(NamedTuple):
    """An open condition that would have to be met, or, negated, not to be met."""

    rule: Rule
    negated: bool = False


def raises(rules: LadderRules, levels: Sequence[LevelJudged], rank: int, found: Known) -> tuple[Raise, ...]:
    """The ways in which facts not yet known could raise the level above `rank`, the most severe level first."""
    result: list[Raise] = []
    for level, judged in zip(rules.levels, levels, strict=True):
        if level.rank <= rank or level.rule is None:
            continue
        ways = [way for way in _ways(level.rule, found.view) if way and _possible(way, found.view)]
        ways = [way for way in ways if not any(other < way for other in ways)]
        for way in sorted(ways, key=len):
            wanted = sorted(way, key=lambda one: one.rule.text)
            result.append(
                Raise(
                    level=level.level,
                    label=judged.label,
                    needs=tuple(_need(one, rules, found) for one in wanted),
                    clause=tuple(dict.fromkeys(clause for one in wanted for clause in one.rule.clause)),
                    judgement=all(isinstance(one.rule, JudgementRule) for one in wanted),
                )
            )
    return tuple(result)


def _ways(rule: Rule, view: View) -> list[frozenset[_Wanted]]:
    """The sets of open conditions that would make the rule true; the empty set where it is true already."""
    truth = rule.truth(view)[1]
    if truth == YES:
        return [frozenset()]
    if truth != UNKNOWN:
        return []
    if not isinstance(rule, JoinedRule):
        return [frozenset([_Wanted(rule)])]
    if rule.join == "not":
        return [frozenset([_Wanted(rule.parts[0], negated=True)])]
    inner = [_ways(part, view) for part in rule.parts]
    if rule.join == "any":
        return list(dict.fromkeys(way for ways in inner for way in ways))
    return list(dict.fromkeys(frozenset().union(*choice) for choice in product(*inner)))


def _possible(way: frozenset[_Wanted], view: View) -> bool:
    """Whether all of a way can be true together: two ranges of one fact must meet."""
    reach: dict[str, tuple[float, float]] = {}
    ranks: dict[str, set[int]] = {}
    for one in way:
        if one.negated:
            continue
        if isinstance(one.rule, NumberRule):
            low, high = reach.get(one.rule.fact, view.numbers.get(one.rule.fact, one.rule.whole))
            floor = one.rule.at_least if one.rule.at_least is not None else one.rule.above
            ceiling = one.rule.at_most if one.rule.at_most is not None else one.rule.below
            reach[one.rule.fact] = (
                max(low, floor if floor is not None else low), min(high, ceiling if ceiling is not None else high),
            )  # fmt: skip
        elif isinstance(one.rule, GradeRule):
            low_rank, high_rank = view.grades.get(one.rule.of, one.rule.whole)
            wanted = range(one.rule.rank, (high_rank if one.rule.or_worse else one.rule.rank) + 1)
            ranks[one.rule.of] = ranks.get(one.rule.of, set(range(low_rank, high_rank + 1))) & set(wanted)
    return all(low <= high for low, high in reach.values()) and all(ranks.values())


def _need(one: _Wanted, rules: LadderRules, found: Known) -> Need:
    rule = one.rule
    text = f"并非“{rule.text}”" if one.negated else rule.text
    facts: list[str] = []
    for leaf in rule.leaves:
        if isinstance(leaf, NumberRule | ValueRule):
            facts += _asked(leaf.fact, rules, found)
        elif isinstance(leaf, GradeRule):
            facts += [asked for fact in rules.table.facts(leaf.of) for asked in _asked(fact, rules, found)]
    return Need(tuple(dict.fromkeys(facts)), text)


def _asked(fact: str, rules: LadderRules, found: Known) -> list[str]:
    """What to ask for: the fact where it is not known exactly; of a sum that is known in part, its other parts."""
    low, high = found.view.numbers.get(fact, (0.0, 1.0))
    if fact in found.view.values or low == high:
        return []
    parts = rules.facts[fact].sum_of
    if any(part in found.facts for part in parts):
        return [asked for part in parts for asked in _asked(part, rules, found)]
    return [fact]
