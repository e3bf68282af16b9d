"""assess(plan, situation, at): pure, one immutable value that is both the decision and its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from zhishou import clock
from zhishou.assess.known import Fresh, Known, fresh, known
from zhishou.assess.ladder import People, assess_ladder, named, people
from zhishou.assess.result import Assessment, Stale, TargetJudged, Who
from zhishou.assess.situation import Situation
from zhishou.errors import FactsError, ZhishouError
from zhishou.plan.judge import Rule, ready
from zhishou.plan.pack import Pack
from zhishou.plan.reporting import Target
from zhishou.plan.rules import LadderRules, ladder_rules
from zhishou.plan.truth import Verdict, verdict

__all__ = ["Assessment", "assess", "assess_all"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack made ready to judge."""

    ladders: tuple[LadderRules, ...]
    people: People
    targets: tuple[tuple[Target, Rule, tuple[Who, ...]], ...]
    bears: frozenset[str]
    """Every fact that bears on the plan."""


_prepared: WeakKeyDictionary[Pack, Prepared] = WeakKeyDictionary()


def assess(plan: Pack, situation: Situation, at: datetime) -> Assessment:
    """Judge one plan against a situation at a moment.

    Args:
        plan: the pack.
        situation: what is stated; facts older than their shelf life count as unknown.
        at: the moment, with a zone.

    Raises:
        FactsError: a judgement in the situation is one that this plan does not give to those who gave it.
    """
    moment = clock.moment(at)
    return _assess(plan, situation, moment, fresh(plan.lexicon, situation, moment))


def assess_all(plans: Iterable[Pack], situation: Situation, at: datetime) -> tuple[Assessment, ...]:
    """Judge every plan in force at the moment, in the order given; the plans share one lexicon."""
    moment = clock.moment(at)
    now: Fresh | None = None
    found: list[Assessment] = []
    for plan in plans:
        if plan.in_force(moment.date()):
            now = now or fresh(plan.lexicon, situation, moment)
            found.append(_assess(plan, situation, moment, now))
    return tuple(found)


def _assess(plan: Pack, situation: Situation, moment: datetime, now: Fresh) -> Assessment:
    ready_plan = prepared(plan)
    found = known(plan, situation, moment, now)
    _check_judgements(plan, ready_plan, situation)
    return Assessment.of(
        _Worker(plan, ready_plan, found, moment),
        plan=plan.plan.id,
        ladders=tuple([assess_ladder(plan, rules, found, ready_plan.people) for rules in ready_plan.ladders]),
    )


class _Worker:
    """What is worked out of an assessment when somebody reads it."""

    __slots__ = ("_found", "_moment", "_plan", "_ready")

    def __init__(self, plan: Pack, ready_plan: Prepared, found: Known, moment: datetime) -> None:
        self._plan = plan
        self._ready = ready_plan
        self._found = found
        self._moment = moment

    def title(self, _: Assessment) -> str:
        """The plan's title."""
        return self._plan.plan.title

    def short(self, _: Assessment) -> str:
        """What duty officers call it."""
        return self._plan.plan.short

    def number(self, _: Assessment) -> str:
        """Its document number."""
        return self._plan.plan.number

    def version(self, _: Assessment) -> str:
        """Version of the pack."""
        return self._plan.plan.version

    def digest(self, _: Assessment) -> str:
        """Digest of the pack's rules."""
        return self._plan.digest

    def lexicon_digest(self, _: Assessment) -> str:
        """Digest of the lexicon."""
        return self._plan.lexicon.digest

    def at(self, _: Assessment) -> str:
        """The moment."""
        return self._moment.isoformat()

    def in_force(self, _: Assessment) -> bool:
        """Whether the plan holds then."""
        return self._plan.in_force(self._moment.date())

    def targets(self, _: Assessment) -> tuple[TargetJudged, ...]:
        """The plan's targets, judged."""
        return tuple(_target(target, rule, who, self._found, self._moment) for target, rule, who in self._ready.targets)

    def stale(self, _: Assessment) -> tuple[Stale, ...]:
        """What has outlived its shelf life and bears on the plan."""
        return tuple(entry for entry in self._found.stale if entry.fact in self._ready.bears)

    def note(self, _: Assessment) -> str:
        """Of a text without levels: what a reader should know about its scope."""
        return _scope_note(self._plan, self._moment.date()) if not self._ready.ladders else ""


def prepared(plan: Pack) -> Prepared:
    """The pack made ready to judge, kept as long as the pack itself."""
    if (found := _prepared.get(plan)) is None:
        ladders = tuple(ladder_rules(plan, kind) for kind in plan.ladders)
        targets = tuple(
            (target, ready(target.when, plan), named(plan, target.owner)) for target in plan.reporting.targets
        )
        looked_at = (getattr(leaf, "fact", "") for _, rule, _ in targets for leaf in rule.leaves)
        bears = frozenset().union(*(rules.relevant for rules in ladders), looked_at)
        parts = (part for fact in bears if fact in plan.lexicon.sums for part in plan.lexicon.sums[fact].sum_of)
        found = _prepared[plan] = Prepared(ladders, people(plan), targets, bears.union(parts))
    return found


def _check_judgements(plan: Pack, ready_plan: Prepared, situation: Situation) -> None:
    if not situation.judgements:
        return
    allowed = {
        leaf.key
        for rules in ready_plan.ladders
        for level in rules.levels
        if level.rule is not None
        for leaf in level.rule.leaves
        if hasattr(leaf, "key")
    }
    problems = [
        ZhishouError(
            f"{plan.plan.short}没有把{judgement.ladder}“{judgement.level}”交给“{judgement.by}”认定",
            where=f"认定 {judgement.plan}",
            mend="可以认定的有：" + ("、".join(f"{lad} {lev} 由 {by}" for lad, lev, by in sorted(allowed)) or "无"),
        )
        for judgement in situation.judgements
        if judgement.plan == plan.id and (judgement.ladder, judgement.level, judgement.by) not in allowed
    ]
    if problems:
        raise FactsError(problems)


def _target(target: Target, rule: Rule, owner: tuple[Who, ...], found: Known, at: datetime) -> TargetJudged:
    result = verdict(rule.truth(found.view))
    due = clock.day_of_season(target.by, at.date()) if target.by else None
    missed = result is Verdict.NOT_MET
    observed: Callable[[Rule], str] = lambda leaf: found.observed(getattr(leaf, "fact", ""))  # noqa: E731
    return TargetJudged(
        id=target.id,
        label=target.label,
        owner=owner,
        verdict=result,
        observed="、".join(filter(None, map(observed, rule.leaves))),
        due=due.isoformat() if due else None,
        overdue=missed and due is not None and at.date() > due,
        clause=target.clause,
        note=target.note,
    )


def _scope_note(plan: Pack, today: date) -> str:
    """What a reader should know of a text without levels, above all that it was for a season that has passed."""
    scope = plan.plan.scope
    if scope.season_past(today):
        return f"{scope.note}；该采暖季已过，以下期限按每年同日推算，是否继续执行请核实"
    return scope.note
