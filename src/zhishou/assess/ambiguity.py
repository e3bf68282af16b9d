"""Points that the text leaves open and on which tonight's facts lie; silent where one undisputed way settles the level."""

from __future__ import annotations

from collections.abc import Sequence

from zhishou.assess.known import Known
from zhishou.assess.result import Ambiguity, LevelJudged
from zhishou.plan.judge import NumberRule, Rule, amount
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import YES

Point = tuple[str, float]
"""A number exactly on a bound: the fact and its value."""
Claim = tuple[str, NumberRule, bool]
"""A level that claims such a point, by which condition, and whether the text leaves open that it does."""


def ambiguities(
    rules: LadderRules, levels: Sequence[LevelJudged], proposal: LevelJudged | None, found: Known, *, uncertain: bool
) -> tuple[Ambiguity, ...]:
    """What the text leaves open about the level proposed; `uncertain` where not every reading claims it."""
    if proposal is None:
        return ()
    numbers = found.view.numbers
    on_bound = any(numbers[fact][0] in bounds for fact, bounds in rules.own_bounds.items() if fact in numbers)
    if not (on_bound or uncertain or rules.duplicates):
        return ()
    label = {level.level: level.label for level in levels}
    disputed = {point: claims for point, claims in _claims(rules, found).items() if _disputed(claims, proposal.level)}
    if _settled(rules, proposal.level, set(disputed), found):
        return ()
    result = [_at_bound(rules, point, claims, label, proposal) for point, claims in disputed.items()]
    for level, other, way in rules.duplicates:
        if level == proposal.level and all(leaf.truth(found.view)[1] == YES for leaf in way):
            result.append(_twice(way, level, other, label))
    if uncertain and not result:
        text = f"原文没有写明这种情形对应哪一级，按通常对应关系建议{proposal.label}"
        result.append(Ambiguity(text, proposal.clause, (proposal.level,)))
    return tuple(result)


def _claims(rules: LadderRules, found: Known) -> dict[Point, list[Claim]]:
    """Numbers exactly on a bound, with the levels that claim them there.

    A bound that several levels share word for word and that the text closes is their common precondition, no dispute.
    """
    claims: dict[Point, list[Claim]] = {}
    for level, ways in rules.ways.items():
        for way in ways:
            truths = [leaf.truth(found.view) for leaf in way]
            if any(truth[1] != YES for truth in truths):
                continue
            for leaf, truth in zip(way, truths, strict=True):
                if isinstance(leaf, NumberRule):
                    low, high = found.view.numbers.get(leaf.fact, leaf.whole)
                    open_ = truth[0] != YES
                    if low == high and low in leaf.bounds and (open_ or leaf.text not in rules.shared):
                        claims.setdefault((leaf.fact, low), []).append((level, leaf, open_))
    return claims


def _disputed(claims: list[Claim], level: str) -> bool:
    named = {claimed for claimed, _, _ in claims}
    return level in named and (len(named) > 1 or any(open_ for _, _, open_ in claims))


def _settled(rules: LadderRules, level: str, disputed: set[Point], found: Known) -> bool:
    """Whether one way to the level is met under every reading, at no disputed point and under no other level."""
    twice = {id(leaf) for one, _, way in rules.duplicates if one == level for leaf in way}
    return any(
        all(leaf.truth(found.view)[0] == YES for leaf in way)
        and not all(id(leaf) in twice for leaf in way)
        and not any(isinstance(leaf, NumberRule) and _at(leaf, found) in disputed for leaf in way)
        for way in rules.ways.get(level, ())
    )


def _at(leaf: NumberRule, found: Known) -> Point:
    return leaf.fact, found.view.numbers.get(leaf.fact, leaf.whole)[0]


def _at_bound(
    rules: LadderRules, point: Point, claims: list[Claim], label: dict[str, str], proposal: LevelJudged
) -> Ambiguity:
    named = tuple(dict.fromkeys(level for level, _, _ in claims))
    clause = tuple(dict.fromkeys(clause for _, leaf, _ in claims for clause in leaf.clause))
    spec = rules.facts[point[0]]
    here = f"{spec.label}恰为 {amount(point[1], spec)}"
    if len(named) > 1:
        text = f"{here}，{'、'.join(label[name] for name in named)}的条文都可主张，按较重者建议{proposal.label}"
    else:
        text = f"{here}，原文未说明这一点是否包含在内，按较重者建议{label[named[0]]}"
    return Ambiguity(text, clause, named)


def _twice(way: tuple[Rule, ...], level: str, other: str, label: dict[str, str]) -> Ambiguity:
    words = "且".join(dict.fromkeys(leaf.text for leaf in way))
    clause = tuple(dict.fromkeys(clause for leaf in way for clause in leaf.clause))
    text = f"“{words}”同时列在{label[level]}和{label[other]}之下，按较重者建议{label[level]}"
    return Ambiguity(text, clause, (level, other))
