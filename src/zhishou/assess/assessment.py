"""assess(plan, situation, at): pure, one immutable value that is both the decision and its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from weakref import WeakKeyDictionary

from zhishou import clock
from zhishou.assess.known import Fresh, Known, fresh, known
from zhishou.assess.ladder import People, assess_ladder, named, people
from zhishou.assess.result import Assessment, TargetJudged, Who
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
    identity = plan.plan
    return Assessment(
        plan=identity.id,
        title=identity.title,
        short=identity.short,
        number=identity.number,
        version=identity.version,
        digest=plan.digest,
        lexicon_digest=plan.lexicon.digest,
        at=moment.isoformat(),
        in_force=plan.in_force(moment.date()),
        ladders=tuple(assess_ladder(plan, rules, found, ready_plan.people) for rules in ready_plan.ladders),
        targets=tuple(_target(target, rule, owner, found, moment) for target, rule, owner in ready_plan.targets),
        stale=tuple(entry for entry in found.stale if entry.fact in ready_plan.bears),
        note=_scope_note(plan, moment.date()) if not ready_plan.ladders else "",
    )


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
    if not any(judgement.plan == plan.id for judgement in situation.judgements):
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
    due = _due(target.by, at.date()) if target.by else None
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
    end = scope.season.rpartition("/")[2]
    if len(end) > len("03-31") and today > date.fromisoformat(end):
        return f"{scope.note}；该采暖季已过，以下期限按每年同日推算，是否继续执行请核实"
    return scope.note


def _due(month_day: str, today: date) -> date:
    """The day of the heating season (July to June) in which `today` lies."""
    month, day = (int(part) for part in month_day.split("-"))
    start = today.year if today.month >= 7 else today.year - 1
    return date(start if month >= 7 else start + 1, month, day)
