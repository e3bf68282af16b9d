"""Facts stated and corrected with who said so, and judgements given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhishou import clock
from zhishou.acts import Amount, Command, Event, Happened, Moment
from zhishou.assess.situation import situation
from zhishou.errors import RefusedError
from zhishou.incident.authority import SYSTEM_ALONE, Permitted, named, pack_of, staff, units
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.duties import of_lesser_grade, of_report
from zhishou.incident.state import Incident, Judged, Statement
from zhishou.plan.judge import JudgementRule
from zhishou.plan.pack import Pack
from zhishou.plan.rules import ladder_rules


class FactGiven(Command):
    """One fact with its value. Part of `state_facts`."""

    value: bool | Amount | str | None = None
    at_least: Amount | None = None
    at_most: Amount | None = None
    unit: str | None = None
    at: Moment | None = None
    """When it was observed; empty: now."""
    source: str = ""
    """Who said so; empty: whoever states it."""
    note: str | None = None
    """How it is to be read: of two coal stocks the lower."""


class StateFacts(Command):
    """State what is known."""

    name = "state_facts"
    label = "登记要素"
    facts: dict[str, FactGiven]
    """Fact, by id or Chinese label → value."""


class CorrectFact(Command):
    """Correct a fact that was stated wrongly, or take it back."""

    name = "correct_fact"
    label = "更正要素"
    fact: str
    given: FactGiven | None = None
    """The right value; empty: the fact is not known after all."""
    reason: str


class GiveJudgement(Command):
    """Give a judgement that the plan leaves to a body or post."""

    name = "give_judgement"
    label = "认定"
    plan: str
    ladder: str = "response"
    level: str
    reason: str


class WithdrawJudgement(Command):
    """Take a judgement back: it no longer holds."""

    name = "withdraw_judgement"
    label = "撤回认定"
    plan: str
    ladder: str = "response"
    level: str
    reason: str


class FactsStated(Event):
    """Facts were stated."""

    type = "facts_stated"
    label = "要素已登记"
    facts: dict[str, dict[str, Any]]
    """Fact id → value, source, at."""


class FactCorrected(Event):
    """A fact was corrected or taken back."""

    type = "fact_corrected"
    label = "要素已更正"
    fact: str
    was: dict[str, Any]
    now: dict[str, Any] | None = None
    reason: str


class JudgementGiven(Event):
    """A judgement was given."""

    type = "judgement_given"
    label = "已认定"
    plan: str
    ladder: str
    level: str
    by: str
    """As the plan names them: `headquarters`."""
    reason: str


class JudgementWithdrawn(Event):
    """A judgement was taken back."""

    type = "judgement_withdrawn"
    label = "认定已撤回"
    plan: str
    ladder: str
    level: str
    reason: str


def _normal(command: StateFacts, by: By) -> dict[str, dict[str, Any]]:
    return {name: _given(one, by) for name, one in command.facts.items()}


def _given(one: FactGiven, by: By) -> dict[str, Any]:
    data = {key: value for key, value in one.model_dump(exclude={"at", "source"}).items() if value is not None}
    at = one.at or by.context.at
    if at > by.context.at:
        raise RefusedError("观测时间在登记时间之后", where="观测时间", mend="改正观测时间", code="missing")
    return {**data, "at": at, "source": one.source or by.actor.name}


def checked_facts(given_facts: Mapping[str, Mapping[str, Any]], context: Context) -> dict[str, dict[str, Any]]:
    """Facts by id, each as the assessment will read it.

    Raises:
        FactsError: with every fact that is not in the lexicon or whose value cannot be.
    """
    found = situation({"facts": given_facts}, context.lexicon)
    by_name = {context.lexicon.facts_by_name.get(name, name): value for name, value in given_facts.items()}
    return {id_: {**by_name[id_], "at": by_name[id_]["at"].isoformat()} for id_ in found.facts}


def _state(command: StateFacts, state: Incident, by: By) -> tuple[Event, ...]:
    if not command.facts:
        raise RefusedError("没有写要素", where="要素", mend="至少写一个要素和它的值", code="missing")
    facts = checked_facts(_normal(command, by), by.context)
    return (FactsStated(facts=facts), *graver(state, facts, by.context))


def graver(state: Incident, facts: Mapping[str, Mapping[str, Any]], context: Context) -> tuple[Event, ...]:
    """Duties that only a graver accident brings."""
    now = replace(state, facts=stated(state.facts, facts))
    return tuple(event for pack in _reported(state, context) for event in of_report(now, pack, context))


def _reported(state: Incident, context: Context) -> list[Pack]:
    """The plans under which reports are owed; none in an area's standing file, where no event was reported."""
    return [
        context.packs[plan]
        for plan in state.plans
        if plan in context.packs
        and state.status == "open"
        and (state.reports or any(duty.plan == plan for duty in state.duties.values()))
    ]


def stated(before: Mapping[str, Statement], facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Statement]:
    """The statements after new ones; one that was observed earlier does not drive out a later one."""
    found = dict(before)
    for id_, data in facts.items():
        one = statement(data)
        if id_ not in found or found[id_].at <= one.at:
            found[id_] = one
    return found


def statement(data: Mapping[str, Any]) -> Statement:
    """A statement from an event's payload."""
    stated = {key: value for key, value in data.items() if key not in {"at", "source"}}
    return Statement(stated, clock.moment(data["at"]), data.get("source", ""))


def _correct(command: CorrectFact, state: Incident, by: By) -> tuple[Event, ...]:
    id_ = by.context.lexicon.facts_by_name.get(command.fact, command.fact)
    was = state.facts.get(id_)
    if was is None:
        raise RefusedError("这个要素没有登记过，不需要更正", where=command.fact, mend="直接登记要素", code="missing")
    if not command.reason.strip():
        raise RefusedError("没有写更正的理由", where=command.fact, mend="写明原来错在哪里", code="missing")
    old = {**was.given, "at": was.at.isoformat(), "source": was.source}
    new = checked_facts({id_: _given(command.given, by)}, by.context)[id_] if command.given is not None else None
    corrected = FactCorrected(fact=id_, was=old, now=new, reason=command.reason)
    now = replace(state, facts=_put(state.facts, corrected))
    follows = (
        event
        for pack in _reported(state, by.context)
        for event in (*of_lesser_grade(now, pack, by.context), *of_report(now, pack, by.context))
    )
    return (corrected, *follows)


def _put(before: Mapping[str, Statement], event: FactCorrected) -> dict[str, Statement]:
    facts = {id_: one for id_, one in before.items() if id_ != event.fact}
    return facts if event.now is None else {**facts, event.fact: statement(event.now)}


def _may_state(command: StateFacts, state: Incident, context: Context) -> Permitted:
    """The desk, also of itself for what returns and levels tell; an organisation for what the lexicon lets it state."""
    ids = (context.lexicon.facts_by_name.get(name, name) for name in command.facts)
    facts = [context.lexicon.facts[id_] for id_ in ids if id_ in context.lexicon.facts]
    able = [set(tellers(fact.stated_by, context)) for fact in facts]
    return staff(state, context) | units(state, sorted(set.intersection(*able)) if able else ()) | SYSTEM_ALONE


def tellers(names: Iterable[str], context: Context) -> tuple[str, ...]:
    """The organisations that the lexicon says can state something."""
    found = (context.lexicon.organisation(name, context.area) for name in names)
    return tuple(one for one in found if one is not None)


def _judge_rules(pack: Pack, ladder: str, level: str) -> tuple[JudgementRule, ...]:
    if ladder not in pack.ladders:
        return ()
    rules = ladder_rules(pack, ladder)  # type: ignore[arg-type]
    return tuple(
        leaf
        for entry in rules.levels
        if entry.level == level and entry.rule is not None
        for leaf in entry.rule.leaves
        if isinstance(leaf, JudgementRule)
    )


def _may_judge(command: GiveJudgement | WithdrawJudgement, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    rules = _judge_rules(pack, command.ladder, command.level)
    if not rules:
        raise RefusedError(
            f"预案没有把“{command.level}”级交由谁认定", where=pack.plan.short, mend="按要素研判", code="plan"
        )
    return named(pack, (rule.key[2] for rule in rules), state, (clause for rule in rules for clause in rule.clause))


def _judge(command: GiveJudgement, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    rules = _judge_rules(pack, command.ladder, command.level)
    if not command.reason.strip():
        raise RefusedError("没有写认定的理由", where=pack.plan.short, mend="写明依据", code="missing")
    return (
        JudgementGiven(
            plan=pack.id, ladder=command.ladder, level=command.level, by=rules[0].key[2], reason=command.reason
        ),
    )


def _unjudge(command: WithdrawJudgement, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    key = (pack.id, command.ladder, command.level)
    if key not in {(one.plan, one.ladder, one.level) for one in state.judgements}:
        raise RefusedError("没有这项认定", where=pack.plan.short, mend="核对级别", code="missing")
    if not command.reason.strip():
        raise RefusedError("没有写撤回的理由", where=pack.plan.short, mend="写明情况有何变化", code="missing")
    return (JudgementWithdrawn(plan=pack.id, ladder=command.ladder, level=command.level, reason=command.reason),)


HANDLERS: Handlers = {
    StateFacts: Handler(_may_state, _state),
    CorrectFact: Handler(lambda _, state, context: staff(state, context), _correct),
    GiveJudgement: Handler(_may_judge, _judge),
    WithdrawJudgement: Handler(_may_judge, _unjudge),
}


def _judged(state: Incident, event: JudgementGiven, happened: Happened) -> Incident:
    one = Judged(event.plan, event.ladder, event.level, event.by, signed(happened), event.reason)
    return replace(state, judgements=(*state.judgements, one))


FOLDS: Folds = {
    FactsStated: lambda state, event, _: replace(state, facts=stated(state.facts, event.facts)),
    FactCorrected: lambda state, event, _: replace(state, facts=_put(state.facts, event)),
    JudgementGiven: _judged,
    JudgementWithdrawn: lambda state, event, _: replace(
        state,
        judgements=tuple(
            one
            for one in state.judgements
            if (one.plan, one.ladder, one.level) != (event.plan, event.ladder, event.level)
        ),
    ),
}
