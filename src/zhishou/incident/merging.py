"""Two incidents that turn out to be the same: one is merged into the other, and the other says so."""

from __future__ import annotations

from zhishou.acts import Command, Event
from zhishou.errors import RefusedError
from zhishou.incident.authority import SYSTEM_ALONE, staff
from zhishou.incident.changing import replace
from zhishou.incident.deadlines import void
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.state import Incident


class MergeIncident(Command):
    """Merge this incident into another that turns out to be the same."""

    name = "merge_incident"
    label = "并案"
    into: str
    reason: str


class AbsorbIncident(Command):
    """Note that another incident was merged into this one. Given by the desk alone, with the merging itself."""

    name = "absorb_incident"
    label = "并入登记"
    incident: str
    title: str
    reports: tuple[str, ...] = ()


class IncidentMerged(Event):
    """The incident is the same as another."""

    type = "incident_merged"
    label = "已并案"
    into: str
    reason: str


class IncidentAbsorbed(Event):
    """Another incident was merged into this one."""

    type = "incident_absorbed"
    label = "已并入"
    incident: str
    title: str
    reports: tuple[str, ...] = ()
    """What was reported of it: by whom, when, what."""


def _merge(command: MergeIncident, state: Incident, by: By) -> tuple[Event, ...]:
    if command.into == state.id:
        raise RefusedError("不能并入自身", where="并案", mend="写另一个事件的编号")
    if state.active:
        labels = "、".join(one.label for one in state.active.values())
        raise RefusedError(f"{labels}还在生效", where="并案", mend="先结束响应、解除预警，再并案")
    if not command.reason.strip():
        raise RefusedError("没有写并案理由", where="并案", mend="写明为什么是同一事件", code="missing")
    return (
        IncidentMerged(into=command.into, reason=command.reason),
        *void(state, state.duties, f"已并入 {command.into}", by.context.at),
    )


def _absorb(command: AbsorbIncident, state: Incident, _by: By) -> tuple[Event, ...]:
    if command.incident in state.absorbed:
        raise RefusedError("这个事件已经并入", where=command.incident, mend="核对事件编号")
    return (IncidentAbsorbed(incident=command.incident, title=command.title, reports=command.reports),)


HANDLERS: Handlers = {
    MergeIncident: Handler(lambda _, state, context: staff(state, context), _merge),
    AbsorbIncident: Handler(lambda *_: SYSTEM_ALONE, _absorb),
}

FOLDS: Folds = {
    IncidentMerged: lambda state, event, _: replace(state, status="merged", merged_into=event.into),
    IncidentAbsorbed: lambda state, event, _: replace(state, absorbed=(*state.absorbed, event.incident)),
}
