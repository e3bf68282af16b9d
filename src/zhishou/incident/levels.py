"""A level decided by this duty room's own posts, and ended by whoever the plan lets end it. Others' decisions: `recording.py`."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, named, pack_of, post_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.duties import of_end, of_level, of_level_left
from zhishou.incident.facts import FactsStated
from zhishou.incident.level_rules import EndingRule, Procedure, Rung, endings, ladder_of, procedure, rung
from zhishou.incident.measures import of_measures, of_measures_left
from zhishou.incident.notices import of_notice
from zhishou.incident.proposals import changed, not_own, own_command, proposal_of, steps
from zhishou.incident.state import Active, Attached, Incident, Proposal
from zhishou.plan.pack import LadderKind, Pack


class DecideProposal(Command):
    """Decide a proposal: start, raise or lower the response; publish the warning."""

    name = "decide_proposal"
    label = "决定"
    proposal: str
    note: str = ""


class DecideLevel(Command):
    """Decide a level without a proposal, where the text names nobody who proposes."""

    name = "decide_level"
    label = "直接决定"
    plan: str
    ladder: str = "response"
    level: str
    reason: str


class EndLevel(Command):
    """End the response or lift the warning."""

    name = "end_level"
    label = "结束响应、解除预警"
    plan: str
    ladder: str = "response"
    confirmed: dict[str, str] = Field(default_factory=dict)
    """Condition of the plan → how it was confirmed."""
    reason: str = ""


class LevelDecided(Event):
    """A level is in force."""

    type = "level_decided"
    label = "级别已决定"
    plan: str
    ladder: str
    level: str
    level_label: str
    colour: str | None = None
    change: str
    """start 启动（发布） · raise 提级 · lower 降级."""
    was: str = ""
    """The level left."""
    proposal: str = ""
    clause: tuple[str, ...] = ()
    version: str
    digest: str
    authority: str = ""
    """Another authority that decided; empty where a post of this duty room did."""
    document: str = ""
    note: str = ""


class DecisionJoined(Event):
    """One of several who must decide together has done so."""

    type = "decision_joined"
    label = "已会同决定"
    proposal: str
    note: str = ""


class ProposalOvertaken(Event):
    """A proposal lost its point through another decision."""

    type = "proposal_overtaken"
    label = "建议已被取代"
    proposal: str


class LevelEnded(Event):
    """The response has ended, the warning is lifted."""

    type = "level_ended"
    label = "级别已结束"
    plan: str
    ladder: str
    level: str
    level_label: str
    started: Moment
    confirmed: dict[str, str] = Field(default_factory=dict)
    clause: tuple[str, ...] = ()
    digest: str = ""
    authority: str = ""
    document: str = ""
    reason: str = ""


def _may_decide(command: DecideProposal, state: Incident, context: Context) -> Permitted:
    _, how = steps(state, context, proposal_of(state, command.proposal))
    return how.deciders


def _decide(command: DecideProposal, state: Incident, by: By) -> tuple[Event, ...]:
    proposal = proposal_of(state, command.proposal)
    of, how = steps(state, by.context, proposal)
    own_command(state, of.pack, by.context)
    clause = how.deciders.clause
    if how.approvers is not None and not proposal.approvals and by.post not in how.direct.posts:
        who = "、".join(of.pack.actor(name).label for name in how.approving)
        raise RefusedError("还没有经过审批", clause=clause, where=command.proposal, mend=f"先报{who}审批")
    if not proposal.approvals:
        not_own(proposal, by, clause, "决定")
    if how.joint and (events := _joined(command, state, proposal, of, how, by)):
        return events
    return in_force(state, of, by, proposal=command.proposal, note=command.note or how.note)


def _joined(
    command: DecideProposal, state: Incident, proposal: Proposal, of: Rung, how: Procedure, by: By
) -> tuple[Event, ...]:
    """One of several who must decide together has done so; nothing where he was the last."""
    if any(one.person == by.actor.person for one in proposal.joined):
        raise RefusedError("您已经会同决定", where=command.proposal, mend="等待其他有权的人")
    posts = {one.post for one in proposal.joined} | {by.post}
    waiting = [name for name in how.joint if not posts & set(named(of.pack, (name,), state).posts)]
    return (DecisionJoined(proposal=command.proposal, note=command.note),) if waiting else ()


def _may_decide_level(command: DecideLevel, state: Incident, context: Context) -> Permitted:
    of = rung(state, context, command.plan, command.ladder, command.level)
    how = procedure(of, state, context)
    if not how.direct.posts:
        raise RefusedError(
            f"{of.level.label}须先提出建议再决定", clause=how.deciders.clause, where=of.pack.plan.short,
            mend="先由有权的人提出级别建议",
        )  # fmt: skip
    return how.direct


def _decide_level(command: DecideLevel, state: Incident, by: By) -> tuple[Event, ...]:
    of = rung(state, by.context, command.plan, command.ladder, command.level)
    own_command(state, of.pack, by.context)
    where, label = of.pack.plan.short, of.level.label
    if not of.change(state):
        raise RefusedError(f"{label}已经在生效", where=where, mend="需要调整时写另一个级别")
    if not command.reason.strip():
        raise RefusedError("没有写决定的依据", clause=of.level.clause, where=where, mend="写明依据", code="missing")
    return in_force(state, of, by, note=command.reason)


def in_force(
    state: Incident, of: Rung, by: By, *, proposal: str = "", authority: str = "", document: str = "", note: str = ""
) -> tuple[Event, ...]:
    """What follows once a level is decided, by whomever: the level, its reports, its measures, what it overtakes."""
    pack, kind, level = of.pack, of.kind, of.level
    active = of.active(state)
    decided = LevelDecided(
        plan=pack.id, ladder=kind, level=level.level, level_label=level.label, colour=level.colour,
        change=of.change(state), was=active.level if active else "", proposal=proposal, clause=of.clause,
        version=pack.plan.version, digest=pack.digest, authority=authority, document=document, note=note,
    )  # fmt: skip
    overtaken = (
        ProposalOvertaken(proposal=id_)
        for id_, one in state.proposals.items()
        if id_ != proposal and one.status == "open" and (one.plan, one.ladder) == (pack.id, kind)
    )
    return (
        decided,
        *overtaken,
        *of_level_left(state, pack, kind, by.context),
        *of_level(state, pack, kind, level.level, by.context),
        *of_notice(state, pack, kind, by.context),
        *of_measures_left(state, pack, kind, level, by.context),
        *of_measures(state, pack, kind, level, by),
        *_told(pack, kind, level.level, by),
    )


def _told(pack: Pack, kind: LadderKind, level: str, by: By) -> tuple[Event, ...]:
    """The level as a fact, where a plan looks at it: the district's own response decides its own warning."""
    if kind != "response":
        return ()
    at = by.context.at.isoformat()
    source = f"{pack.plan.short}级别决定"
    facts = level_facts(pack, level, by.context)
    return (
        (FactsStated(facts={id_: {"value": value, "at": at, "source": source} for id_, value in facts.items()}),)
        if facts
        else ()
    )


def level_facts(pack: Pack, level: str, context: Context) -> dict[str, str]:
    """The facts that state a plan's response level, with the value for a level; empty level: none is in force."""
    return {
        id_: level if level in fact.values else fact.values[0]
        for id_, fact in context.lexicon.facts.items()
        if fact.kind == "level" and fact.level_of == pack.id
    }


def _active(state: Incident, context: Context, plan: str, ladder: str) -> tuple[Pack, LadderKind, Active]:
    pack = pack_of(state, context, plan)
    kind, _ = ladder_of(pack, ladder)
    active = state.ladder(pack.id, kind)
    if active is None:
        raise RefusedError("没有正在生效的级别", where=pack.plan.short, mend="核对预案和类别（预警、响应）")
    return pack, kind, active


def _may_end(command: EndLevel, state: Incident, context: Context) -> Permitted:
    pack, kind, active = _active(state, context, command.plan, command.ladder)
    found = [rule.permitted for rule in endings(pack, kind, active, state, context)]
    permitted = found[0]
    for one in found[1:]:
        permitted = permitted | one
    return permitted


def _end(command: EndLevel, state: Incident, by: By) -> tuple[Event, ...]:
    pack, kind, active = _active(state, by.context, command.plan, command.ladder)
    own_command(state, pack, by.context)
    confirmed = {text: how for text, how in command.confirmed.items() if how.strip()}
    ways = [rule for rule in endings(pack, kind, active, state, by.context) if _may(rule.permitted, by)]
    # Where a post may end it in more than one way, the way is the one whose conditions were confirmed.
    rule = next((one for one in ways if not _unconfirmed(one, confirmed)), ways[0])
    if wrong := _unconfirmed(rule, confirmed):
        raise RefusedError(
            wrong, clause=rule.clause, where=pack.plan.short, code="missing",
            mend=f"{'至少确认一条' if rule.any_of else '逐条写明怎样确认'}：{'；'.join(rule.conditions)}",
        )  # fmt: skip
    over = LevelEnded(
        plan=pack.id, ladder=kind, level=active.level, level_label=active.label, started=active.started,
        confirmed=confirmed, clause=rule.clause, digest=pack.digest, reason=command.reason,
    )  # fmt: skip
    return (over, *ended(state, pack, kind, by))


def _unconfirmed(rule: EndingRule, confirmed: Mapping[str, str]) -> str:
    """What is wrong with what was confirmed; empty where the conditions of the rule are."""
    if strange := set(confirmed) - set(rule.conditions):
        return f"“{'、'.join(sorted(strange))}”不是预案写的结束条件"
    missing = [text for text in rule.conditions if text not in confirmed]
    if missing and not (rule.any_of and confirmed):
        return f"结束条件还没有确认：{'；'.join(missing)}"
    return ""


def _may(permitted: Permitted, by: By) -> bool:
    try:
        post_of(by.actor, permitted, EndLevel.label, by.context)
    except RefusedError:
        return False
    return True


def ended(state: Incident, pack: Pack, kind: LadderKind, by: By) -> tuple[Event, ...]:
    """What follows once a level has ended, by whomever: what is owed no longer, what is owed now."""
    overtaken = tuple(
        ProposalOvertaken(proposal=id_)
        for id_, one in state.proposals.items()
        if one.status == "open" and (one.plan, one.ladder) == (pack.id, kind)
    )
    left = of_measures_left(state, pack, kind, None, by.context)
    if kind != "response":
        return (*overtaken, *left)
    return (
        *overtaken,
        *left,
        *_told(pack, kind, "", by),
        *of_end(state, pack, by.context),
    )


HANDLERS: Handlers = {
    DecideProposal: Handler(_may_decide, _decide),
    DecideLevel: Handler(_may_decide_level, _decide_level),
    EndLevel: Handler(_may_end, _end),
}


def _decided(state: Incident, event: LevelDecided, happened: Happened) -> Incident:
    key = f"{event.plan}|{event.ladder}"
    before = state.active.get(key)
    had = state.levels_had.get(key, 0) + 1
    active = Active(
        event.level, event.level_label, event.colour, happened.at, before.started if before else happened.at,
        signed(happened), Attached(event.version, event.digest), had, event.authority,
    )  # fmt: skip
    decided = replace(
        state,
        active={**state.active, key: active},
        levels_had={**state.levels_had, key: had},
        plans={**state.plans, event.plan: Attached(event.version, event.digest)},
    )
    return changed(decided, event.proposal, lambda one: replace(one, status="decided"))


def _over(state: Incident, event: LevelEnded, happened: Happened) -> Incident:
    key = f"{event.plan}|{event.ladder}"
    active = {other: one for other, one in state.active.items() if other != key}
    commanded = {
        plan: who for plan, who in state.commanded_by.items() if plan != event.plan or event.ladder != "response"
    }
    return replace(state, active=active, commanded_by=commanded, ended={**state.ended, key: happened.at})


FOLDS: Folds = {
    LevelDecided: _decided,
    DecisionJoined: lambda state, event, happened: changed(
        state, event.proposal, lambda one: replace(one, joined=(*one.joined, signed(happened)))
    ),
    ProposalOvertaken: lambda state, event, _: changed(
        state, event.proposal, lambda one: replace(one, status="overtaken")
    ),
    LevelEnded: _over,
}
