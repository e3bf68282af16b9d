"""People, equipment and material asked for, lent and given back."""

from __future__ import annotations

from zhishou.acts import Amount, Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leading, organisation, pack_of, staff, units
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.state import Incident, Resource


class RequestResource(Command):
    """Ask an owner for people, equipment or material."""

    name = "request_resource"
    label = "请调资源"
    plan: str
    what: str
    quantity: Amount = 1
    unit: str = ""
    owner: str
    """Who has it."""


class LendResource(Command):
    """Send what was asked for, all or part of it."""

    name = "lend_resource"
    label = "调出资源"
    resource: str
    quantity: Amount
    note: str = ""


class RefuseResource(Command):
    """Say that it cannot be sent."""

    name = "refuse_resource"
    label = "不能调出"
    resource: str
    reason: str


class ReturnResource(Command):
    """Give back what was lent."""

    name = "return_resource"
    label = "归还资源"
    resource: str
    quantity: Amount
    note: str = ""
    """Losses and damage."""


class ResourceRequested(Event):
    """A resource was asked for."""

    type = "resource_requested"
    label = "已请调资源"
    resource: str
    plan: str
    what: str
    quantity: float
    unit: str = ""
    owner: str


class ResourceLent(Event):
    """A resource is on its way."""

    type = "resource_lent"
    label = "资源已调出"
    resource: str
    quantity: float
    note: str = ""


class ResourceRefused(Event):
    """A resource cannot be had."""

    type = "resource_refused"
    label = "资源不能调出"
    resource: str
    reason: str


class ResourceReturned(Event):
    """A resource was given back."""

    type = "resource_returned"
    label = "资源已归还"
    resource: str
    quantity: float
    note: str = ""


_GRAIN = 1e-9
"""Sums of tenths do not come out even; less than this is nothing."""


def _may_request(command: RequestResource, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _request(command: RequestResource, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if not command.what.strip() or command.quantity <= 0:
        raise RefusedError("没有写要什么或数量不是正数", where="资源", mend="写明名称和数量", code="missing")
    owner = organisation(command.owner, by.context, state)
    id_ = state.next_id("s", state.resources)
    return (
        ResourceRequested(
            resource=id_, plan=pack.id, what=command.what, quantity=command.quantity, unit=command.unit, owner=owner
        ),
    )


def _resource(state: Incident, id_: str, *statuses: str) -> Resource:
    found = state.resources.get(id_)
    if found is None:
        raise RefusedError(
            f"没有“{id_}”这项资源", where="资源", mend=f"现有：{'、'.join(state.resources) or '无'}", code="missing"
        )
    if found.status not in statuses:
        words = {"requested": "还没有调出", "lent": "已经调出", "refused": "不能调出", "returned": "已经归还"}
        raise RefusedError(f"这项资源{words[found.status]}", where=id_, mend="核对编号，或另行请调")
    return found


def _owner(command: LendResource | RefuseResource, state: Incident, context: Context) -> Permitted:
    found = _resource(state, command.resource, "requested", "lent", "refused", "returned")
    return units(state, (found.owner,)) | staff(state, context)


def _lend(command: LendResource, state: Incident, _by: By) -> tuple[Event, ...]:
    found = _resource(state, command.resource, "requested", "lent", "returned")
    if command.quantity <= 0 or found.lent + command.quantity > found.quantity + _GRAIN:
        left = found.quantity - found.lent
        raise RefusedError(
            f"数量不对：还可调出 {left:g} {found.unit}",
            where=command.resource,
            mend="改正数量，或另行请调",
            code="missing",
        )
    return (ResourceLent(resource=command.resource, quantity=command.quantity, note=command.note),)


def _refuse(command: RefuseResource, state: Incident, _by: By) -> tuple[Event, ...]:
    _resource(state, command.resource, "requested")
    if not command.reason.strip():
        raise RefusedError("没有写不能调出的理由", where=command.resource, mend="写明理由", code="missing")
    return (ResourceRefused(resource=command.resource, reason=command.reason),)


def _give_back(command: ReturnResource, state: Incident, _by: By) -> tuple[Event, ...]:
    found = _resource(state, command.resource, "lent")
    if command.quantity <= 0 or found.returned + command.quantity > found.lent + _GRAIN:
        left = found.lent - found.returned
        raise RefusedError(
            f"数量不对：尚未归还 {left:g} {found.unit}", where=command.resource, mend="改正数量", code="missing"
        )
    return (ResourceReturned(resource=command.resource, quantity=command.quantity, note=command.note),)


HANDLERS: Handlers = {
    RequestResource: Handler(_may_request, _request),
    LendResource: Handler(_owner, _lend),
    RefuseResource: Handler(_owner, _refuse),
    ReturnResource: Handler(lambda _, state, context: staff(state, context), _give_back, closed=True),
}


def _asked(state: Incident, event: ResourceRequested, _: Happened) -> Incident:
    resource = Resource(event.what, event.quantity, event.unit, event.owner, "requested")
    return replace(state, resources={**state.resources, event.resource: resource})


def _changed(state: Incident, id_: str, **changes: object) -> Incident:
    if (found := state.resources.get(id_)) is None:
        return state
    return replace(state, resources={**state.resources, id_: replace(found, **changes)})


def _lent(state: Incident, event: ResourceLent, _: Happened) -> Incident:
    found = state.resources.get(event.resource)
    lent = (found.lent if found else 0) + event.quantity
    return _changed(state, event.resource, status="lent", lent=lent, note=event.note)


def _returned(state: Incident, event: ResourceReturned, _: Happened) -> Incident:
    found = state.resources.get(event.resource)
    back = (found.returned if found else 0) + event.quantity
    status = "returned" if found and back >= found.lent - _GRAIN else "lent"
    return _changed(state, event.resource, status=status, returned=back, note=event.note)


FOLDS: Folds = {
    ResourceRequested: _asked,
    ResourceLent: _lent,
    ResourceRefused: lambda state, event, _: _changed(state, event.resource, status="refused", note=event.reason),
    ResourceReturned: _returned,
}
