"""One ladder judged: the level proposed, why, what the text leaves open, what could raise it, and how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from zhishou.assess import ambiguity, margin, openings
from zhishou.assess.known import Known
from zhishou.assess.result import (
    Ambiguity,
    Ending,
    Gap,
    Judged,
    LadderAssessment,
    LevelJudged,
    Margin,
    Raise,
    SpecialCase,
    Who,
)
from zhishou.assess.standing import Standing
from zhishou.plan.judge import GradeRule, JoinedRule, JudgementRule, NumberRule, Rule, ValueRule, ready
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
        _untouched[rules] = result.settle()  # what is kept holds on to no situation and no pack
    return result


def _assess_ladder(plan: Pack, rules: LadderRules, found: Known, people: People) -> LadderAssessment:
    """Judge one ladder.

    The most severe level claimed under any reading is proposed. Where numbers or the accident grade are known only
    within a range, the proposal is the least level that holds throughout the range.
    """
    standing = Standing(rules, found.view)
    rank, narrow = standing.proposed()
    worker = _Worker(plan, standing, found, people, rank, certain=rank <= narrow)
    at_least = rank > standing.claimed()[0]
    level: str | None = None
    reasons: tuple[Judged, ...] = ()
    if rank:
        index = len(rules.levels) - rank
        level, rule = rules.levels[index].level, rules.levels[index].rule
        reasons = _reasons(rule, found, rules, in_a_range=at_least) if rule is not None else ()
    return LadderAssessment.of(
        worker,
        ladder=rules.kind,
        level=level,
        verdict=worker.verdict(),
        at_least=at_least,
        reasons=reasons,
    )


class _Worker:
    """What is worked out of a ladder's assessment when somebody reads it."""

    __slots__ = ("certain", "found", "people", "plan", "rank", "rules", "standing")

    def __init__(
        self, plan: Pack, standing: Standing, found: Known, people: People, rank: int, *, certain: bool
    ) -> None:
        self.plan = plan
        self.rules = standing.rules
        self.standing = standing
        self.found = found
        self.people = people
        self.rank = rank
        self.certain = certain

    def verdict(self) -> Verdict:
        """Of the proposal: met where every reading claims at least this level.

        Where none is proposed: unknown while anything is open, or where the text gives no condition at all.
        """
        if self.rank:
            return Verdict.MET if self.certain else Verdict.ARGUABLE
        truths = [level.rule.truth(self.found.view) for level in self.rules.levels if level.rule is not None]
        open_ = not truths or any(verdict(truth) is Verdict.UNKNOWN for truth in truths)
        return Verdict.UNKNOWN if open_ else Verdict.NOT_MET

    def label(self, _: LadderAssessment) -> str:
        """What the ladder is called."""
        return LADDER_LABELS[self.rules.kind]

    def level_label(self, ladder: LadderAssessment) -> str:
        """What the level proposed is called."""
        return ladder.proposal.label if ladder.proposal is not None else ""

    def levels(self, _: LadderAssessment) -> tuple[LevelJudged, ...]:
        """Every level, judged."""
        rules, found = self.rules, self.found
        levels: list[LevelJudged] = []
        for level, rule in zip(self.plan.ladders[rules.kind].levels, rules.levels, strict=True):
            truth, condition = explained(rule.rule, found, rules) if rule.rule is not None else (None, None)
            who = self.people.levels[rules.kind, level.level]
            levels.append(
                LevelJudged(
                    level=level.level, label=level.label, rank=rule.rank, colour=level.colour, clause=level.clause,
                    verdict=verdict(truth) if truth is not None else None, condition=condition,
                    proposed_by=who.proposed_by, approved_by=who.approved_by, decided_by=who.decided_by,
                    jointly=level.jointly, decision_clause=level.decision_clause,
                    endings=_endings(who.endings, rules, found),
                    cases=tuple(_case(case, found) for case in who.cases),
                )
            )  # fmt: skip
        return tuple(levels)

    def claimed(self, ladder: LadderAssessment) -> tuple[str, ...]:
        """Every level whose conditions are met or arguable."""
        return tuple(level.level for level in ladder.levels if level.verdict in {Verdict.MET, Verdict.ARGUABLE})

    def ambiguities(self, ladder: LadderAssessment) -> tuple[Ambiguity, ...]:
        """What the text leaves open at this very point."""
        uncertain = not self.certain
        return ambiguity.ambiguities(self.rules, ladder.levels, ladder.proposal, self.found, uncertain=uncertain)

    def raises(self, ladder: LadderAssessment) -> tuple[Raise, ...]:
        """What could still raise the level."""
        return openings.raises(self.rules, ladder.levels, self.rank, self.found)

    def margins(self, ladder: LadderAssessment) -> tuple[Margin, ...]:
        """How far the next levels are."""
        return margin.margins(self.standing, ladder.levels, self.rank, self.found)

    def gaps(self, ladder: LadderAssessment) -> tuple[Gap, ...]:
        """Holes of the text at these facts."""
        return margin.gaps(self.standing, ladder.levels, self.rank, self.found)


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


def _reasons(rule: Rule, found: Known, rules: LadderRules, *, in_a_range: bool) -> tuple[Judged, ...]:
    """The conditions without parts that carry a level; within a range, those too that hang on it and are seen."""
    if not (isinstance(rule, JoinedRule) and rule.join == "any"):  # of `any`, the parts alone tell what carries it
        broad = rule.truth(found.view)[1]
        if broad != YES and not (in_a_range and broad == UNKNOWN):
            return ()
    if rule.parts:
        return tuple([reason for part in rule.parts for reason in _reasons(part, found, rules, in_a_range=in_a_range)])
    judged = explained(rule, found, rules)[1]
    return (judged,) if judged.observed or not in_a_range else ()
