"""One ladder judged: the level proposed, why, what the text leaves open, what could raise it, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from zhishou.assess import ambiguity, margin, openings
from zhishou.assess.known import Known
from zhishou.assess.result import Ending, Judged, LadderAssessment, LevelJudged, SpecialCase, Who
from zhishou.assess.standing import Standing
from zhishou.plan.judge import GradeRule, JudgementRule, NumberRule, Rule, ValueRule, ready
from zhishou.plan.pack import LADDER_LABELS, Pack
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import UNKNOWN, YES, Truth, Verdict, verdict


@dataclass(frozen=True, slots=True)
class SpecialRule:
    """A case in which somebody else approves or decides, ready to judge."""

    case: str
    rule: Rule | None
    approved_by: tuple[Who, ...]
    decided_by: tuple[Who, ...]
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelPeople:
    """Who acts at a level; the same whatever the facts."""

    proposed_by: tuple[Who, ...]
    approved_by: tuple[Who, ...]
    decided_by: tuple[Who, ...]
    endings: tuple[Ending, ...]
    cases: tuple[SpecialRule, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Who acts under a plan."""

    levels: Mapping[tuple[str, str], LevelPeople]
    """Ladder and level → who acts."""
    looked_at: frozenset[str]
    """The facts that tell whether a special case holds."""


def people(plan: Pack) -> People:
    """Who acts at every level of a plan."""
    found: dict[tuple[str, str], LevelPeople] = {}
    for kind, ladder in plan.ladders.items():
        general = tuple(
            Ending(named(plan, rule.by), rule.by_starter, rule.grades, rule.clause)
            for rule in ladder.ending
            if rule.by or rule.by_starter
        )
        for level in ladder.levels:
            own = Ending(named(plan, level.ended_by), by_starter=False, grades=(), clause=level.ended_clause)
            found[kind, level.level] = LevelPeople(
                proposed_by=named(plan, level.proposed_by),
                approved_by=named(plan, level.approved_by),
                decided_by=named(plan, level.decided_by),
                endings=(own,) if level.ended_by else general,
                cases=tuple(
                    SpecialRule(
                        special.case,
                        ready(special.when, plan, kind, level.level) if special.when is not None else None,
                        named(plan, special.approved_by),
                        named(plan, special.decided_by),
                        special.clause,
                    )
                    for special in ladder.exceptions
                    if level.level in special.levels
                ),
            )
    rules = (case.rule for level in found.values() for case in level.cases if case.rule is not None)
    return People(found, frozenset(getattr(leaf, "fact", "") for rule in rules for leaf in rule.leaves))


def named(plan: Pack, names: Iterable[str]) -> tuple[Who, ...]:
    """Whom the plan means by names."""
    return tuple(Who(actor.id, actor.label, actor.holders) for actor in map(plan.actor, names))


def _case(special: SpecialRule, found: Known) -> SpecialCase:
    state = verdict(special.rule.truth(found.view)) if special.rule is not None else None
    return SpecialCase(special.case, state, special.approved_by, special.decided_by, special.clause)


def _endings(endings: tuple[Ending, ...], rules: LadderRules, found: Known) -> tuple[Ending, ...]:
    low, high = found.view.grades.get("actual", (0, rules.table.top))
    grade = rules.table.labels[low]
    if low != high or not any(grade in ending.grades for ending in endings):
        return endings
    return tuple(ending for ending in endings if not ending.grades or grade in ending.grades)


_untouched: WeakKeyDictionary[LadderRules, LadderAssessment] = WeakKeyDictionary()


def assess_ladder(plan: Pack, rules: LadderRules, found: Known, people: People) -> LadderAssessment:
    """Judge one ladder; where nothing that bears on it is stated, the answer is always the same and kept."""
    touched = (
        bool(found.view.judgements)
        or not rules.relevant.isdisjoint(found.facts)
        or not rules.relevant.isdisjoint(found.stale_facts)
        or not people.looked_at.isdisjoint(found.facts)
    )
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
    truths: dict[str, Truth] = {}
    levels: list[LevelJudged] = []
    for level, rule in zip(plan.ladders[rules.kind].levels, rules.levels, strict=True):
        condition: Judged | None = None
        if rule.rule is not None:
            truths[level.level], condition = explained(rule.rule, found, rules)
        who = people.levels[rules.kind, level.level]
        levels.append(
            LevelJudged(
                level=level.level, label=level.label, rank=rule.rank, colour=level.colour, clause=level.clause,
                verdict=verdict(truths[level.level]) if rule.rule is not None else None, condition=condition,
                proposed_by=who.proposed_by, approved_by=who.approved_by, decided_by=who.decided_by,
                jointly=level.jointly, decision_clause=level.decision_clause,
                endings=_endings(who.endings, rules, found),
                cases=tuple(_case(case, found) for case in who.cases),
            )
        )  # fmt: skip
    standing = Standing(rules, found.view)
    rank, narrow = standing.proposed()
    at_least = rank > standing.claimed()[0]
    certain = rank <= narrow
    proposal = next((level for level in levels if level.rank == rank), None)
    reasons: tuple[Judged, ...] = ()
    if proposal is not None and proposal.condition is not None:
        reasons = tuple(_carrying(proposal.condition, unknown_too=at_least))
    return LadderAssessment(
        ladder=rules.kind,
        label=LADDER_LABELS[rules.kind],
        level=proposal.level if proposal else None,
        level_label=proposal.label if proposal else "",
        verdict=_verdict(proposal, truths, certain=certain),
        at_least=at_least,
        reasons=reasons,
        claimed=tuple(level.level for level in levels if level.level in truths and truths[level.level][1] == YES),
        ambiguities=ambiguity.ambiguities(rules, levels, proposal, found, uncertain=not certain),
        raises=openings.raises(rules, levels, rank, found),
        margins=margin.margins(standing, levels, rank, found),
        gaps=margin.gaps(standing, levels, rank, found),
        levels=tuple(levels),
    )


_unknown: WeakKeyDictionary[Rule, Judged] = WeakKeyDictionary()
"""What is said of a condition of which nothing is known; it never changes."""


def explained(rule: Rule, found: Known, rules: LadderRules) -> tuple[Truth, Judged]:
    """The truth of a rule together with its explanation."""
    if rule.parts:
        pairs = [explained(part, found, rules) for part in rule.parts]
        truth = rule.joined([pair[0] for pair in pairs])  # type: ignore[attr-defined]
        return truth, Judged(rule.text, rule.clause, verdict(truth), parts=tuple(pair[1] for pair in pairs))
    truth = rule.truth(found.view)
    bare = truth == (UNKNOWN, UNKNOWN) and not found.stale_facts and not isinstance(rule, GradeRule)
    if bare and getattr(rule, "fact", "") not in found.facts:
        if (kept := _unknown.get(rule)) is None:
            kept = _unknown[rule] = Judged(rule.text, rule.clause, Verdict.UNKNOWN, getattr(rule, "fact", ""))
        return truth, kept
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


def _verdict(proposal: LevelJudged | None, truths: Mapping[str, Truth], *, certain: bool) -> Verdict:
    """Of the proposal: met where every reading claims at least this level.

    Where none is proposed: unknown while anything is open, or where the text gives no condition at all.
    """
    if proposal is not None:
        return Verdict.MET if certain else Verdict.ARGUABLE
    open_ = not truths or any(verdict(truth) is Verdict.UNKNOWN for truth in truths.values())
    return Verdict.UNKNOWN if open_ else Verdict.NOT_MET


def _carrying(judged: Judged, *, unknown_too: bool) -> list[Judged]:
    """The leaves that carry a met condition."""
    good = {Verdict.MET, Verdict.ARGUABLE} | ({Verdict.UNKNOWN} if unknown_too else set())
    if judged.verdict not in good:
        return []
    if not judged.parts:
        return [judged] if not unknown_too or judged.observed else []
    return [leaf for part in judged.parts for leaf in _carrying(part, unknown_too=unknown_too)]
