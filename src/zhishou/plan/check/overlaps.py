"""Conditions that stand under two levels, ranges of two levels that meet or contain each other, and gates."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.plan.check.finding import Finding, joined, label
from zhishou.plan.judge import GradeRule, JudgementRule, NumberRule, Rule, ValueRule, View, amount
from zhishou.plan.pack import LADDER_LABELS, Pack
from zhishou.plan.regions import points
from zhishou.plan.rules import LadderRules, terms
from zhishou.plan.truth import YES

Facts = dict[str, float | bool | str]
"""Facts of a witness."""


def findings(pack: Pack, rules: LadderRules) -> Iterator[Finding]:
    """Everything of this kind that is wrong with one ladder."""
    yield from _gate(pack, rules)
    yield from _twice(pack, rules)


def _twice(pack: Pack, rules: LadderRules) -> Iterator[Finding]:
    """Conditions listed under two levels, and ranges of two levels that meet or contain each other."""
    for level, other_level, term in rules.duplicates:
        yield _duplicate(pack, rules, level, other_level, term)
    known = [
        (level.level, term)
        for level in rules.levels
        if level.rule is not None
        for term in terms(level.rule)
        if not any(isinstance(leaf, JudgementRule) for leaf in term)
    ]
    seen: set[tuple[str, str, str]] = set()
    nested: dict[str, list[str]] = {}
    for index, (level, term) in enumerate(known):
        for other_level, other in known[index + 1 :]:
            if other_level == level:
                continue
            if (meeting := _meeting(term, other, rules)) is not None:
                fact, relation, facts = meeting
                key = (fact, relation, f"{level}/{other_level}")
                if key in seen:
                    continue
                seen.add(key)
                if relation == "nested":
                    nested.setdefault(fact, []).append(
                        f"{label(pack, rules.kind, other_level)}的条件在{label(pack, rules.kind, level)}时也成立"
                    )
                else:
                    yield _overlap(pack, rules, (level, other_level), term, fact, facts)
    for fact, told in nested.items():
        yield Finding(
            "ladder.nested",
            (pack.id,),
            joined(pack.ladders[rules.kind].clause),
            f"{LADDER_LABELS[rules.kind]}：{rules.facts[fact].label}的较低级别没有写上限，{joined(told)}，只能靠就高执行",
            f"{rules.kind}: the ranges of {fact} are nested, so that only 'the more severe wins' tells them apart",
            {"fact": fact},
            pack.place(rules.kind),
        )


def _duplicate(pack: Pack, rules: LadderRules, level: str, other: str, term: tuple[Rule, ...]) -> Finding:
    words = "且".join(dict.fromkeys(leaf.text for leaf in term))
    labels = [label(pack, rules.kind, name) for name in (level, other)]
    words_here = {leaf.text for leaf in term}
    both = [way for name in (level, other) for way in rules.ways[name] if {leaf.text for leaf in way} == words_here]
    clauses = list(dict.fromkeys(clause for way in both for leaf in way for clause in leaf.clause))
    return Finding(
        "ladder.duplicate",
        (pack.id,),
        joined(clauses),
        f"{LADDER_LABELS[rules.kind]}：“{words}”同时列为{joined(labels)}的条件，较低一级的这一条因此落空",
        f"{rules.kind}: the same condition stands under {level} and {other}",
        {"condition": words, "levels": [level, other]},
        pack.place(rules.kind),
    )


def _overlap(
    pack: Pack, rules: LadderRules, levels: tuple[str, str], term: tuple[Rule, ...], fact: str, facts: Facts
) -> Finding:
    point = float(facts[fact])
    labels = [label(pack, rules.kind, name) for name in levels]
    spec = rules.facts[fact]
    clauses = list(dict.fromkeys(clause for leaf in term for clause in leaf.clause))
    return Finding(
        "ladder.overlap",
        (pack.id,),
        joined(clauses),
        f"{LADDER_LABELS[rules.kind]}：{spec.label}为 {amount(point, spec)} 时{joined(labels)}都主张",
        f"{rules.kind}: {fact} at {point:g} is claimed by both {levels[0]} and {levels[1]}",
        {"facts": facts, "levels": list(levels)},
        pack.place(rules.kind),
    )


def _meeting(term: tuple[Rule, ...], other: tuple[Rule, ...], rules: LadderRules) -> tuple[str, str, Facts] | None:
    """How two terms over the same facts meet: the fact, `nested` or `overlap`, and facts that meet both; else None."""
    mine = {leaf.fact: leaf for leaf in term if isinstance(leaf, NumberRule)}
    theirs = {leaf.fact: leaf for leaf in other if isinstance(leaf, NumberRule)}
    rest = {getattr(leaf, "fact", getattr(leaf, "of", leaf.text)) for leaf in term if not isinstance(leaf, NumberRule)}
    others = {
        getattr(leaf, "fact", getattr(leaf, "of", leaf.text)) for leaf in other if not isinstance(leaf, NumberRule)
    }
    if mine.keys() != theirs.keys() or not mine or rest != others:
        return None
    moving = [fact for fact in mine if mine[fact].text != theirs[fact].text]
    if len(moving) != 1:
        return None
    one, two = mine[moving[0]], theirs[moving[0]]
    low = max(_low(one), _low(two))
    high = min(
        _high(one), _high(two), key=lambda bound: (bound[0], not bound[1])
    )  # at one value the open bound is tighter
    inner = (_low(one) == low and _high(one) == high) or (_low(two) == low and _high(two) == high)
    if low[0] == high[0] and not inner and low[0] in {*unstated_bounds(one), *unstated_bounds(two)}:
        return None  # told by bound.unstated
    facts = _meets((*term, *other), rules)
    return (moving[0], "nested" if inner else "overlap", facts) if facts is not None else None


def _meets(leaves: tuple[Rule, ...], rules: LadderRules) -> Facts | None:
    """Facts that meet all the conditions at once, off their thresholds where they can be; None where none do."""
    by_fact: dict[str, list[Rule]] = {}
    for leaf in leaves:
        if isinstance(leaf, NumberRule | ValueRule | GradeRule):
            fact = rules.table.stated[leaf.of] if isinstance(leaf, GradeRule) else leaf.fact
            by_fact.setdefault(fact, []).append(leaf)
    facts: Facts = {}
    for fact, same in by_fact.items():
        found = [
            (any(value in getattr(leaf, "bounds", ()) for leaf in same), index, value)
            for index, (value, view) in enumerate(_values(same, rules))
            if all(leaf.truth(view)[1] == YES for leaf in same)
        ]
        if not found:
            return None
        facts[fact] = min(found)[2]
    return facts


def _values(same: list[Rule], rules: LadderRules) -> Iterator[tuple[float | bool | str, View]]:
    """Every value that matters of the fact that the conditions look at, and the view in which it alone is known."""
    match same[0]:
        case NumberRule(fact=fact):
            bounds = (bound for leaf in same for bound in getattr(leaf, "bounds", ()))
            yield from ((point, View().with_number(fact, point)) for point in points(bounds, rules.facts[fact]))
        case ValueRule(fact=fact):
            values = rules.facts[fact].values or (False, True)
            yield from ((value, View().with_value(fact, value)) for value in values)
        case GradeRule(of=of):
            yield from ((label, View().with_grade(of, rank)) for rank, label in enumerate(rules.table.labels))


def _low(leaf: NumberRule) -> tuple[float, bool]:
    """Lower bound and whether it is open, so that the greater tuple is the tighter bound."""
    if leaf.at_least is not None:
        return leaf.at_least, False
    return (leaf.above, True) if leaf.above is not None else (leaf.whole[0], False)


def _high(leaf: NumberRule) -> tuple[float, bool]:
    if leaf.at_most is not None:
        return leaf.at_most, False
    return (leaf.below, True) if leaf.below is not None else (leaf.whole[1], False)


def _gate(pack: Pack, rules: LadderRules) -> Iterator[Finding]:
    """A condition that every way to every level demands: without it the worst situation reaches no level."""
    ways = [term for level in rules.levels if level.rule is not None for term in terms(level.rule)]
    if len(ways) < len(rules.levels) or any(level.rule is None for level in rules.levels):
        return
    common = set.intersection(*({leaf.text for leaf in way} for way in ways))
    if not common or all(len(way) == len(common) for way in ways):
        return
    words = "且".join(sorted(common))
    clauses = [clause for way in ways for leaf in way if leaf.text in common for clause in leaf.clause]
    yield Finding(
        "ladder.gate",
        (pack.id,),
        joined(list(dict.fromkeys(clauses)) or list(pack.ladders[rules.kind].clause)),
        f"{LADDER_LABELS[rules.kind]}：每一级的每一种情形都以“{words}”为前提，不满足时再重的事故也不够任何级别，指挥部也无从认定",
        f"{rules.kind}: every way to every level demands the same condition; without it nothing reaches any level",
        {"condition": words},
        pack.place(rules.kind),
    )


def unstated_bounds(leaf: NumberRule) -> list[float]:
    """The bounds of which the text does not say whether they belong to the range."""
    found = []
    if leaf.unstated_lower and leaf.at_least is not None:
        found.append(leaf.at_least)
    if leaf.unstated_upper and leaf.at_most is not None:
        found.append(leaf.at_most)
    return found
