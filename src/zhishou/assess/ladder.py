"""One ladder judged: the level proposed, why, what the text leaves open, what could raise it, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from zhishou.assess import ambiguity, margin, openings
from zhishou.assess.known import Known
from zhishou.assess.result import Judged, LadderAssessment, LevelJudged, Who
from zhishou.plan.judge import GradeRule, JudgementRule, LadderRules, NumberRule, Rule, ValueRule
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
        ambiguities=ambiguity.ambiguities(rules, levels, proposal, found),
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
