"""What is learnt of the event after it was opened: who the unit concerned is, when and where it really happened."""

from __future__ import annotations

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import organisation, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.duties import of_occurrence
from zhishou.incident.state import Incident


class FillRole(Command):
    """Say who fills a role that the plan leaves to the incident: the enterprise that had the accident, its supervisor."""

    name = "fill_role"
    label = "填明单位"
    role: str
    """The role, by id or name: 事故发生单位."""
    units: tuple[str, ...]
    document: str = ""
    """The authorisation, where the plan lets whoever fills the role approve, decide or end a level."""


class CorrectParticulars(Command):
    """Correct or complete when, where and what it was; what is left out stays as it is."""

    name = "correct_particulars"
    label = "更正事件要素"
    title: str = ""
    where: str = ""
    occurred: Moment | None = None
    reason: str


class RoleFilled(Event):
    """A role is filled."""

    type = "role_filled"
    label = "已填明单位"
    role: str
    units: tuple[str, ...]
    document: str = ""


class ParticularsCorrected(Event):
    """When, where or what it was is known better."""

    type = "particulars_corrected"
    label = "事件要素已更正"
    title: str = ""
    where: str = ""
    occurred: Moment | None = None
    reason: str


def _fill(command: FillRole, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    role = context.lexicon.organisation(command.role, state.area)
    if role is None or context.lexicon.organisations[role].kind != "role":
        raise RefusedError(
            f"“{command.role}”不是预案留给事件填明的单位",
            where="单位",
            mend="如：事故发生单位、事发地有关部门",
            code="missing",
        )
    if role in _ruling(state, context) and not command.document.strip():
        label = context.lexicon.organisations[role].label
        raise RefusedError(
            f"{label}在预案中有权审批、决定或结束级别，没有写授权依据", where=command.role,
            mend="写明授权的文号或来源", code="missing",
        )  # fmt: skip
    if not command.units:
        raise RefusedError("没有写由哪个单位充任", where=command.role, mend="写明一个或几个单位", code="missing")
    units = tuple(organisation(unit, context, state) for unit in command.units)
    return (RoleFilled(role=role, units=units, document=command.document),)


def _ruling(state: Incident, context: Context) -> frozenset[str]:
    """The roles of the incident's plans whose holders have a say over levels."""
    found: set[str] = set()
    for plan in state.plans:
        pack = context.packs.get(plan)
        for ladder in pack.ladders.values() if pack else ():
            names = [name for one in ladder.levels for name in (*one.approved_by, *one.decided_by, *one.ended_by)]
            names += [name for one in ladder.exceptions for name in (*one.approved_by, *one.decided_by)]
            names += [name for one in (*ladder.adjusting, *ladder.ending) for name in one.by]
            found |= {pack.actor(name).id for name in names if pack}
    return frozenset(found)


def _correct(command: CorrectParticulars, state: Incident, by: By) -> tuple[Event, ...]:
    if not command.reason.strip():
        raise RefusedError("没有写更正的理由", where="事件要素", mend="写明依据", code="missing")
    if not (command.title.strip() or command.where.strip() or command.occurred):
        raise RefusedError("没有写更正什么", where="事件要素", mend="写明名称、地点或发生时间", code="missing")
    if command.occurred is not None and command.occurred > by.context.at:
        raise RefusedError("发生时间在登记时间之后", where="发生时间", mend="改正发生时间", code="missing")
    corrected = ParticularsCorrected(**command.model_dump())
    packs = [by.context.packs[plan] for plan in state.plans if plan in by.context.packs]
    if command.occurred is None or command.occurred == state.occurred:
        return (corrected,)
    return (corrected, *(event for pack in packs for event in of_occurrence(state, pack, command.occurred)))


HANDLERS: Handlers = {
    FillRole: Handler(lambda _, state, context: staff(state, context), _fill),
    CorrectParticulars: Handler(lambda _, state, context: staff(state, context), _correct),
}


def _corrected(state: Incident, event: ParticularsCorrected, _: Happened) -> Incident:
    return replace(
        state, title=event.title or state.title, where=event.where or state.where,
        occurred=event.occurred or state.occurred,
    )  # fmt: skip


FOLDS: Folds = {
    RoleFilled: lambda state, event, _: replace(state, roles={**state.roles, event.role: event.units}),
    ParticularsCorrected: _corrected,
}
