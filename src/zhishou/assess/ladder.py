"""One ladder judged: the level proposed, why, what the text leaves open, what could raise it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from zhishou.assess import margin, openings
from zhishou.assess.known import Known
from zhishou.assess.result import Ambiguity, Judged, LadderAssessment, LevelJudged, Who
from zhishou.plan.judge import GradeRule, JudgementRule, LadderRules, NumberRule, Rule, ValueRule, amount
from zhishou.plan.pack import LADDER_LABELS, Pack
from zhishou.plan.truth import YES, Truth, Verdict, verdict

People = Mapping[tuple[str, str], Mapping[str, tuple[Who, ...]]]


_untouched: WeakKeyDictionary[LadderRules, LadderAssessment] = WeakKeyDictionary()


def assess_ladder(plan: Pack, rules: LadderRules, found: Known, people: People) -> LadderAssessment:
    """Judge one ladder; where nothing that bears on it is stated, the answer is always the same and kept."""
    touched = rules.relevant & (found.facts.keys() | found.stale_facts) or found.view.judgements
    if not touched and rules in _untouched:
        return _untouched[rules]
    result = _assess_ladder(plan, rules, found, people)
    if not touched:
        _untouched[rules] = result
    return result


def _assess_ladder(plan: Pack, rules: LadderRules, found: Known, people: People) -> LadderAssessment:
    """Judge one ladder.

    The most severe level claimed under any reading is proposed. Where numbers or the accident grade are known only
    within a range, the proposal is the least level that holds throughout the range.
    """
    ladder = plan.ladders[rules.kind]
    truths: dict[str, Truth] = {}
    levels: list[LevelJudged] = []
    for level, rule in zip(ladder.levels, rules.levels, strict=True):
        condition: Judged | None = None
        if rule.rule is not None:
            truths[level.level], condition = explained(rule.rule, found, rules)
        who = people[rules.kind, level.level]
        ending = next(iter(ladder.ending), None)
        ended_by = who["ended_by"]
        ended_clause = level.ended_clause
        if not ended_by and ending is not None:
            ended_by = tuple(Who(a.id, a.label, a.holders) for a in map(plan.actor, ending.by))
            ended_clause = ending.clause
        levels.append(
            LevelJudged(
                level=level.level, label=level.label, rank=rule.rank, colour=level.colour, clause=level.clause,
                verdict=verdict(truths[level.level]) if rule.rule is not None else None, condition=condition,
                proposed_by=who["proposed_by"], approved_by=who["approved_by"], decided_by=who["decided_by"],
                jointly=level.jointly, decision_clause=level.decision_clause, ended_by=ended_by,
                ended_clause=ended_clause, ends_by_starter=bool(ending and ending.by_starter and not who["ended_by"]),
            )
        )  # fmt: skip
    rank = rules.claimed(found.view)
    least = openings.least_claimed(rules, found.view)
    at_least = least > rank
    rank = max(rank, least)
    proposal = next((level for level in levels if level.rank == rank), None)
    reasons: tuple[Judged, ...] = ()
    if proposal is not None and proposal.condition is not None:
        reasons = tuple(_carrying(proposal.condition, unknown_too=at_least))
    return LadderAssessment(
        ladder=rules.kind,
        label=LADDER_LABELS[rules.kind],
        level=proposal.level if proposal else None,
        level_label=proposal.label if proposal else "",
        verdict=_verdict(proposal, truths, at_least=at_least),
        at_least=at_least,
        reasons=reasons,
        claimed=tuple(level.level for level in levels if level.level in truths and truths[level.level][1] == YES),
        ambiguities=_ambiguities(rules, levels, proposal, found),
        raises=openings.raises(rules, levels, rank, found),
        margins=margin.margins(rules, levels, rank, found),
        gaps=margin.gaps(rules, levels, rank, found),
        levels=tuple(levels),
    )


def explained(rule: Rule, found: Known, rules: LadderRules) -> tuple[Truth, Judged]:
    """The truth of a rule together with its explanation."""
    if rule.parts:
        pairs = [explained(part, found, rules) for part in rule.parts]
        truth = rule.joined([pair[0] for pair in pairs])  # type: ignore[attr-defined]
        return truth, Judged(rule.text, rule.clause, verdict(truth), parts=tuple(pair[1] for pair in pairs))
    truth = rule.truth(found.view)
    fact = ""
    observed = source = ""
    age: int | None = None
    stale = False
    if isinstance(rule, NumberRule | ValueRule):
        fact = rule.fact
        if (seen := found.facts.get(fact)) is not None:
            observed, source, age = seen.text, seen.source, found.ages[fact]
        else:
            stale = fact in found.stale_facts
    elif isinstance(rule, GradeRule):
        low, high = found.view.grades.get(rule.of, (0, rules.table.top))
        labels = rules.table.labels
        if (low, high) != (0, rules.table.top):
            observed = labels[low] if low == high else f"{labels[low]}至{labels[high]}之间"
    elif isinstance(rule, JudgementRule) and truth[0] == YES:
        observed = "已认定"
    return truth, Judged(rule.text, rule.clause, verdict(truth), fact, observed, source, age, stale)


def _verdict(proposal: LevelJudged | None, truths: Mapping[str, Truth], *, at_least: bool) -> Verdict:
    if proposal is not None:
        return Verdict.MET if at_least else proposal.verdict or Verdict.UNKNOWN
    open_ = any(verdict(truth) is Verdict.UNKNOWN for truth in truths.values())
    return Verdict.UNKNOWN if open_ else Verdict.NOT_MET


def _carrying(judged: Judged, *, unknown_too: bool) -> list[Judged]:
    """The leaves that carry a met condition."""
    good = {Verdict.MET, Verdict.ARGUABLE} | ({Verdict.UNKNOWN} if unknown_too else set())
    if judged.verdict not in good:
        return []
    if not judged.parts:
        return [judged] if not unknown_too or judged.observed else []
    return [leaf for part in judged.parts for leaf in _carrying(part, unknown_too=unknown_too)]


def _ambiguities(
    rules: LadderRules, levels: list[LevelJudged], proposal: LevelJudged | None, found: Known
) -> tuple[Ambiguity, ...]:
    """Points that the text leaves open and on which tonight's facts lie."""
    if proposal is None:
        return ()
    label = {level.level: level.label for level in levels}
    claims: dict[tuple[str, float], list[tuple[str, NumberRule, bool]]] = {}
    for level_id, ways in rules.ways.items():
        for way in ways:
            truths = [leaf.truth(found.view) for leaf in way]
            if any(truth[1] != YES for truth in truths):
                continue
            for leaf, truth in zip(way, truths, strict=True):
                if not isinstance(leaf, NumberRule):
                    continue
                low, high = found.view.numbers.get(leaf.fact, leaf.whole)
                open_ = truth[0] != YES
                if low == high and low in leaf.bounds and (open_ or leaf.text not in rules.shared):
                    claims.setdefault((leaf.fact, low), []).append((level_id, leaf, open_))
    doubtful: set[tuple[str, float]] = set()
    result: list[Ambiguity] = []
    for (fact, value), claimed in claims.items():
        named = tuple(dict.fromkeys(level_id for level_id, _, _ in claimed))
        if proposal.level not in named or (len(named) < 2 and not any(open_ for _, _, open_ in claimed)):
            continue
        doubtful.add((fact, value))
        clause = tuple(dict.fromkeys(c for _, leaf, _ in claimed for c in leaf.clause))
        spec = rules.facts[fact]
        point = f"{spec.label}恰为 {amount(value, spec)}"
        if len(named) > 1:
            text = f"{point}，{'、'.join(label[n] for n in named)}的条文都可主张，按较重者建议{proposal.label}"
        else:
            text = f"{point}，原文未说明这一点是否包含在内，按较重者建议{label[named[0]]}"
        result.append(Ambiguity(text, clause, named))
    twice = {id(leaf) for level_id, _, term in rules.duplicates if level_id == proposal.level for leaf in term}
    for way in rules.ways[proposal.level]:
        if all(leaf.truth(found.view)[0] == YES for leaf in way) and not (
            all(id(leaf) in twice for leaf in way)
            or any(isinstance(leaf, NumberRule) and _at(leaf, found) in doubtful for leaf in way)
        ):
            return ()  # one undisputed way to the level settles it
    for level_id, other, term in rules.duplicates:
        if level_id == proposal.level and all(leaf.truth(found.view)[1] == YES for leaf in term):
            words = "且".join(dict.fromkeys(leaf.text for leaf in term))
            clause = tuple(dict.fromkeys(c for leaf in term for c in leaf.clause))
            text = f"“{words}”同时列在{label[level_id]}和{label[other]}之下，按较重者建议{label[level_id]}"
            result.append(Ambiguity(text, clause, (level_id, other)))
    if proposal.verdict is Verdict.ARGUABLE and not result:
        text = f"原文没有写明这种情形对应哪一级，按通常对应关系建议{proposal.label}"
        result.append(Ambiguity(text, proposal.clause, (proposal.level,)))
    return tuple(result)


def _at(leaf: NumberRule, found: Known) -> tuple[str, float]:
    return leaf.fact, found.view.numbers.get(leaf.fact, leaf.whole)[0]
