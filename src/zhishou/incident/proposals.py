"""A level proposed, approved, refused, withdrawn. What a decision does is in `levels.py`."""

from __future__ import annotations

from collections.abc import Callable

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.level_rules import Procedure, Rung, procedure, rung
from zhishou.incident.seen import assessed
from zhishou.incident.state import Incident, Proposal
from zhishou.plan.pack import Pack


class ProposeLevel(Command):
    """Propose that a level of warning or response be started, raised or lowered."""

    name = "propose_level"
    label = "提出级别建议"
    plan: str
    ladder: str = "response"
    level: str
    reason: str = ""
    """Needed where the assessment says otherwise."""


class WithdrawProposal(Command):
    """Take one's own proposal back."""

    name = "withdraw_proposal"
    label = "撤回建议"
    proposal: str
    reason: str


class ApproveProposal(Command):
    """Approve a proposal where the plan wants an approval before the decision."""

    name = "approve_proposal"
    label = "审批建议"
    proposal: str
    note: str = ""


class RefuseProposal(Command):
    """Refuse a proposal."""

    name = "refuse_proposal"
    label = "不同意建议"
    proposal: str
    reason: str


class LevelProposed(Event):
    """A level was proposed."""

    type = "level_proposed"
    label = "已提出级别建议"
    proposal: str
    plan: str
    ladder: str
    level: str
    level_label: str
    change: str
    reason: str = ""
    assessed: str | None = None
    """What the assessment proposed at that moment."""
    differs: bool = False
    clause: tuple[str, ...] = ()
    digest: str = ""
    note: str = ""


class ProposalWithdrawn(Event):
    """A proposal was taken back."""

    type = "proposal_withdrawn"
    label = "建议已撤回"
    proposal: str
    reason: str


class ProposalApproved(Event):
    """A proposal was approved; the decision follows."""

    type = "proposal_approved"
    label = "建议已审批"
    proposal: str
    note: str = ""
    authority: str = ""
    """Another authority that approved; empty where a post of this duty room did."""
    document: str = ""


class ProposalRefused(Event):
    """A proposal was refused."""

    type = "proposal_refused"
    label = "建议未获同意"
    proposal: str
    reason: str


def proposal_of(state: Incident, id_: str) -> Proposal:
    """An open proposal.

    Raises:
        RefusedError: there is none of this id, or it is done with.
    """
    found = state.proposals.get(id_)
    if found is None:
        raise RefusedError(
            f"没有“{id_}”这项建议", where="建议", mend=f"现有：{'、'.join(state.proposals) or '无'}", code="missing"
        )
    if found.status != "open":
        words = {
            "decided": "已经决定",
            "refused": "未获同意",
            "withdrawn": "已经撤回",
            "overtaken": "已被后来的决定取代",
        }
        raise RefusedError(f"这项建议{words[found.status]}", where=id_, mend="如仍需要，请重新提出建议")
    return found


def steps(state: Incident, context: Context, proposal: Proposal) -> tuple[Rung, Procedure]:
    """The level of a proposal and how it comes about."""
    of = rung(state, context, proposal.plan, proposal.ladder, proposal.level)
    return of, procedure(of, state, context)


def own_command(state: Incident, pack: Pack, context: Context) -> None:
    """Refuse where this duty room's posts have nothing to decide.

    Raises:
        RefusedError: a superior headquarters has taken command; the plan is that of a superior area, whose duty room decides
            its levels; or every report turned out to be untrue.
    """
    if state.status == "refuted":
        raise RefusedError("已接的报告都核实不属实", where=pack.plan.short, mend="接到新的报告后再办理")
    if pack.plan.area != context.area:
        whose = context.lexicon.areas[pack.plan.area].label
        head = pack.organisation.headquarters
        raise RefusedError(
            f"这是{whose}的预案，级别由{whose}决定", clause=head.clause if head else (), where=pack.plan.short,
            mend=f"报{whose}；其决定作出后用“登记有权机关决定”登记",
        )  # fmt: skip
    if above := state.commanded_by.get(pack.id):
        clause = pack.response.hand_over[0].clause if pack.response and pack.response.hand_over else ()
        raise RefusedError(
            f"指挥权已移交{above}，级别由其决定", clause=clause, where=pack.plan.short,
            mend="有权机关作出决定后登记，或在指挥权交回后再办",
        )  # fmt: skip


def _may_propose(command: ProposeLevel, state: Incident, context: Context) -> Permitted:
    return procedure(rung(state, context, command.plan, command.ladder, command.level), state, context).proposers


def _propose(command: ProposeLevel, state: Incident, by: By) -> tuple[Event, ...]:
    of = rung(state, by.context, command.plan, command.ladder, command.level)
    pack, level = of.pack, of.level
    own_command(state, pack, by.context)
    if not of.change(state):
        raise RefusedError(f"{level.label}已经在生效", where=pack.plan.short, mend="需要调整时提出另一个级别")
    for id_, one in state.proposals.items():
        if one.status == "open" and (one.plan, one.ladder, one.level) == (pack.id, of.kind, level.level):
            raise RefusedError("同样的建议正等待决定", where=id_, mend="等待决定，或先撤回原建议")
    judged = next(one for one in assessed(state, pack, by.context).ladders if one.ladder == of.kind)
    differs = judged.level != level.level
    if differs and not command.reason.strip():
        said = judged.level_label or "没有够格的级别"
        raise RefusedError(
            f"研判结果是“{said}”，与建议的{level.label}不同，须写明理由", clause=level.clause, where=pack.plan.short,
            mend="写明建议理由，或按研判结果提出", code="missing",
        )  # fmt: skip
    return (
        LevelProposed(
            proposal=state.next_id("p", state.proposals), plan=pack.id, ladder=of.kind, level=level.level,
            level_label=level.label, change=of.change(state), reason=command.reason, assessed=judged.level,
            differs=differs, clause=of.clause, digest=pack.digest, note=procedure(of, state, by.context).note,
        ),
    )  # fmt: skip


def _withdraw(command: WithdrawProposal, state: Incident, by: By) -> tuple[Event, ...]:
    proposal = proposal_of(state, command.proposal)
    if proposal.proposed.person != by.actor.person:
        raise RefusedError(
            "只有提出建议的人可以撤回",
            where=command.proposal,
            mend=f"由{proposal.proposed.name}撤回，或由有权的人不予同意",
            code="post",
        )
    return (ProposalWithdrawn(proposal=command.proposal, reason=command.reason),)


def not_own(proposal: Proposal, by: By, clause: tuple[str, ...], what: str) -> None:
    """Nobody approves or decides what he proposed himself.

    Raises:
        RefusedError: he would.
    """
    if proposal.proposed.person == by.actor.person:
        raise RefusedError(
            f"不能由提出建议的本人{what}", clause=clause, mend="由另一位有权的人办理", code="own_proposal"
        )


def _may_approve(command: ApproveProposal, state: Incident, context: Context) -> Permitted:
    of, how = steps(state, context, proposal_of(state, command.proposal))
    if how.approvers is None:
        raise RefusedError(
            "这一级不需要审批", clause=how.deciders.clause, where=of.pack.plan.short, mend="直接由有权的人决定"
        )
    return how.approvers


def _approve(command: ApproveProposal, state: Incident, by: By) -> tuple[Event, ...]:
    proposal = proposal_of(state, command.proposal)
    of, how = steps(state, by.context, proposal)
    own_command(state, of.pack, by.context)
    not_own(proposal, by, how.deciders.clause, "审批")
    if proposal.approvals:
        raise RefusedError("这项建议已经审批", where=command.proposal, mend="等待发布或决定")
    return (ProposalApproved(proposal=command.proposal, note=command.note),)


def _may_refuse(command: RefuseProposal, state: Incident, context: Context) -> Permitted:
    _, how = steps(state, context, proposal_of(state, command.proposal))
    return how.deciders | how.approvers if how.approvers is not None else how.deciders


def _refuse(command: RefuseProposal, state: Incident, by: By) -> tuple[Event, ...]:
    proposal = proposal_of(state, command.proposal)
    _, how = steps(state, by.context, proposal)
    not_own(proposal, by, how.deciders.clause, "决定")
    if not command.reason.strip():
        raise RefusedError("没有写不同意的理由", where=command.proposal, mend="写明理由", code="missing")
    return (ProposalRefused(proposal=command.proposal, reason=command.reason),)


def _may_withdraw(command: WithdrawProposal, state: Incident, context: Context) -> Permitted:
    """Whoever may propose; that it is his own is asked afterwards."""
    _, how = steps(state, context, proposal_of(state, command.proposal))
    return how.proposers


HANDLERS: Handlers = {
    ProposeLevel: Handler(_may_propose, _propose),
    WithdrawProposal: Handler(_may_withdraw, _withdraw),
    ApproveProposal: Handler(_may_approve, _approve),
    RefuseProposal: Handler(_may_refuse, _refuse),
}


def changed(state: Incident, id_: str, change: Callable[[Proposal], Proposal]) -> Incident:
    """The state with one proposal changed."""
    if (found := state.proposals.get(id_)) is None:
        return state
    return replace(state, proposals={**state.proposals, id_: change(found)})


def _proposed(state: Incident, event: LevelProposed, happened: Happened) -> Incident:
    proposal = Proposal(
        event.plan, event.ladder, event.level, event.level_label, event.change, event.reason, signed(happened)
    )
    return replace(state, proposals={**state.proposals, event.proposal: proposal})


FOLDS: Folds = {
    LevelProposed: _proposed,
    ProposalWithdrawn: lambda state, event, _: changed(
        state, event.proposal, lambda one: replace(one, status="withdrawn")
    ),
    ProposalRefused: lambda state, event, _: changed(state, event.proposal, lambda one: replace(one, status="refused")),
    ProposalApproved: lambda state, event, happened: changed(
        state, event.proposal, lambda one: replace(one, approvals=(*one.approvals, signed(happened)))
    ),
}
