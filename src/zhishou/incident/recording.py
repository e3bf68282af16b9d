"""What another authority has decided or approved, put on record with its document: the province publishes, a superior ends.

It stands apart from `levels.py` because nobody here decides anything: staff write down what the plan leaves to others.
"""

from __future__ import annotations

from collections.abc import Iterable

from zhishou.acts import Command, Event
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import organisation, pack_of, staff
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.level_rules import Rung, endings, ladder_of, procedure, rung
from zhishou.incident.levels import LevelEnded, ended, in_force
from zhishou.incident.proposals import ProposalApproved, proposal_of, steps
from zhishou.incident.sides import parties
from zhishou.incident.state import Incident, Proposal
from zhishou.plan.pack import Pack


class RecordDecision(Command):
    """Record what another authority has decided: the province publishes, a superior headquarters raises or ends."""

    name = "record_decision"
    label = "登记有权机关决定"
    plan: str
    ladder: str = "response"
    level: str = ""
    """The level it has decided; empty: it has ended or lifted it."""
    by: str
    """Which authority."""
    document: str
    """Number of the document, or how and by whom it was made known."""


class RecordApproval(Command):
    """Record that another authority has approved a proposal: the province lets a warning be published."""

    name = "record_approval"
    label = "登记有权机关审批"
    proposal: str
    by: str
    """Which authority."""
    document: str
    """Number of the document, or how and by whom it was made known."""


def _record(command: RecordDecision, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    active = state.ladder(pack.id, ladder_of(pack, command.ladder)[0])
    _documented(command.document)
    if not command.level and active is None:
        raise RefusedError("没有正在生效的级别", where=pack.plan.short, mend="核对预案和类别（预警、响应）")
    of = rung(state, by.context, command.plan, command.ladder, command.level or (active.level if active else ""))
    if command.level and not of.change(state):
        raise RefusedError(f"{of.level.label}已经在生效", where=pack.plan.short, mend="核对级别")
    authority = _authority(pack, command.by, state, by.context)
    how = procedure(of, state, by.context)
    if command.level or active is None:
        _entitled(command, state, of, how.authorities, how.deciders.clause, by.context)
        proposal = next((id_ for id_, one in state.proposals.items() if _proposes(one, of)), "")
        return in_force(state, of, by, proposal=proposal, authority=authority, document=command.document)
    rules = endings(pack, of.kind, active, state, by.context)
    names = tuple(dict.fromkeys(name for rule in rules for name in rule.authorities))
    clause = tuple(dict.fromkeys(one for rule in rules for one in rule.clause))
    _entitled(command, state, of, names, clause, by.context)
    over = LevelEnded(
        plan=pack.id, ladder=of.kind, level=active.level, level_label=active.label, started=active.started,
        clause=clause, digest=pack.digest, authority=authority, document=command.document,
    )  # fmt: skip
    return (over, *ended(state, pack, of.kind, by))


def _proposes(proposal: Proposal, of: Rung) -> bool:
    return proposal.status == "open" and (proposal.plan, proposal.ladder, proposal.level) == (
        of.pack.id, of.kind, of.level.level,
    )  # fmt: skip


def _documented(document: str) -> None:
    if not document.strip():
        raise RefusedError(
            "没有写决定的文号或来源", where="有权机关决定", mend="写明文号、传真或电话记录", code="missing"
        )


def _authority(pack: Pack, name: str, state: Incident, context: Context) -> str:
    """The id of an authority: of a lexicon's organisation, or of a body or post of the plan."""
    try:
        actor = pack.actor(name)
    except NotFoundError:
        return organisation(name, context, state)
    return organisation(pack.organisation.superior, context, state) if actor.id == "superior" else actor.id


def _entitled(
    command: RecordDecision | RecordApproval, state: Incident, of: Rung, names: Iterable[str],
    clause: tuple[str, ...], context: Context,
) -> None:  # fmt: skip
    """Only an authority that the plan names, or that has taken command, can have decided.

    Raises:
        RefusedError: it is neither, or it is a post of this duty room, whose holder decides himself.
    """
    pack = of.pack
    authority = _authority(pack, command.by, state, context)
    above = state.commanded_by.get(pack.id)
    if above and authority == _authority(pack, above, state, context):
        return
    names = tuple(dict.fromkeys(names))
    foreign = tuple(name for name in names if elsewhere(pack, name, context))
    entitled = parties(pack, foreign, state)
    if "superior_headquarters" in entitled and pack.organisation.superior:
        entitled |= {organisation(pack.organisation.superior, context, state)}
    if authority in entitled:
        return
    shown = "、".join(pack.actor(name).label for name in names if name in foreign) or "、".join(
        f"{pack.actor(name).label}本人" for name in names
    )
    raise RefusedError(
        f"预案没有把{of.level.label}的这项决定交给“{command.by}”", clause=clause, where=pack.plan.short,
        mend=f"按预案由{shown}决定" if shown else "核对决定机关", code="plan",
    )  # fmt: skip


def elsewhere(pack: Pack, name: str, context: Context) -> bool:
    """Whether a name of the plan is an authority outside this duty room, whose decisions are recorded.

    In a county's duty room the city's headquarters and posts are.
    """
    actor = pack.actor(name)
    if actor.kind == "unit" or actor.id == "superior" or pack.plan.area != context.area:
        return True
    superior = pack.organisation.superior
    return bool(superior) and any(post.id == actor.id and post.of == superior for post in pack.organisation.posts)


def _approve(command: RecordApproval, state: Incident, by: By) -> tuple[Event, ...]:
    proposal = proposal_of(state, command.proposal)
    of, how = steps(state, by.context, proposal)
    _documented(command.document)
    if how.approvers is None:
        raise RefusedError(
            "这一级不需要审批", clause=how.deciders.clause, where=of.pack.plan.short, mend="直接由有权的人决定"
        )
    if proposal.approvals:
        raise RefusedError("这项建议已经审批", where=command.proposal, mend="等待发布或决定")
    _entitled(command, state, of, how.approving, how.approvers.clause, by.context)
    authority = _authority(of.pack, command.by, state, by.context)
    return (ProposalApproved(proposal=command.proposal, authority=authority, document=command.document),)


HANDLERS: Handlers = {
    RecordApproval: Handler(lambda _, state, context: staff(state, context), _approve),
    RecordDecision: Handler(lambda _, state, context: staff(state, context), _record),
}
FOLDS: Folds = {}
