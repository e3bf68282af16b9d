"""Property requisitioned, given back, compensated; and the duties of the plan that this meets."""

from __future__ import annotations

from zhishou.acts import Amount, Command, Event
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leading, pack_of, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import meets
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.duties import settled
from zhishou.incident.state import Incident, Property


class RequisitionProperty(Command):
    """Requisition property."""

    name = "requisition_property"
    label = "征用财产"
    plan: str
    what: str
    owner: str
    note: str = ""


class ReturnProperty(Command):
    """Give requisitioned property back."""

    name = "return_property"
    label = "归还征用财产"
    property: str
    note: str = ""


class CompensateProperty(Command):
    """Compensate for requisitioned property."""

    name = "compensate_property"
    label = "征用补偿"
    property: str
    amount: Amount
    """万元."""
    approval: str = ""
    """How the one whom the plan names approved it or had it filed: number, or when and how."""
    note: str = ""


class PropertyRequisitioned(Event):
    """Property was requisitioned."""

    type = "property_requisitioned"
    label = "财产已征用"
    property: str
    plan: str
    what: str
    owner: str
    clause: tuple[str, ...] = ()
    note: str = ""


class PropertyReturned(Event):
    """Requisitioned property was given back."""

    type = "property_returned"
    label = "征用财产已归还"
    property: str
    note: str = ""


class PropertyCompensated(Event):
    """Requisitioned property was compensated."""

    type = "property_compensated"
    label = "征用财产已补偿"
    property: str
    amount: float
    approval: str = ""
    clause: tuple[str, ...] = ()
    note: str = ""


def _may_requisition(command: RequisitionProperty, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _requisition(command: RequisitionProperty, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if not command.what.strip() or not command.owner.strip():
        raise RefusedError("没有写征用什么、是谁的", where="征用", mend="写明财产和所有人", code="missing")
    rules = [duty for duty in pack.aftermath.duties if duty.kind == "requisition"]
    clause = tuple(dict.fromkeys(one for duty in rules for one in duty.clause))
    return (
        PropertyRequisitioned(
            property=state.next_id("v", state.property), plan=pack.id, what=command.what, owner=command.owner,
            clause=clause, note=command.note,
        ),
    )  # fmt: skip


def _property(state: Incident, id_: str) -> Property:
    found = state.property.get(id_)
    if found is None:
        raise RefusedError(
            f"没有“{id_}”这项征用", where="征用", mend=f"现有：{'、'.join(state.property) or '无'}", code="missing"
        )
    return found


def _return(command: ReturnProperty, state: Incident, by: By) -> tuple[Event, ...]:
    if _property(state, command.property).status != "requisitioned":
        raise RefusedError("这项财产已经归还或补偿", where=command.property, mend="核对编号")
    returned = PropertyReturned(property=command.property, note=command.note)
    return (returned, *_settled(_owned(state, command.property, status="returned"), command.property, by.context))


def _settled(now: Incident, id_: str, context: Context) -> tuple[Event, ...]:
    """The duties of the plan that this meets: the last of its property was given back, or compensated."""
    pack = context.packs.get(now.property[id_].plan)
    return tuple(event for key in settled(now, pack) for event in meets(now, key, context.at)) if pack else ()


def _compensate(command: CompensateProperty, state: Incident, by: By) -> tuple[Event, ...]:
    found = _property(state, command.property)
    if found.status == "compensated":
        raise RefusedError("这项财产已经补偿", where=command.property, mend="核对编号")
    if command.amount < 0:
        raise RefusedError("补偿金额不能为负", where=command.property, mend="改正金额（万元）", code="missing")
    pack = by.context.packs.get(found.plan)
    rules = [one for one in pack.aftermath.duties if one.kind == "compensation" and one.to] if pack else []
    approving = (
        [pack.actor(name).label for rule in rules for name in rule.to if pack.actor(name).kind == "post"]
        if pack
        else []
    )
    clause = tuple(dict.fromkeys(one for rule in rules for one in rule.clause))
    if approving and not command.approval.strip():
        raise RefusedError(
            f"补偿方案须报{'、'.join(approving)}批准或备案后实施", clause=clause, where=command.property,
            mend="写明何时怎样批准或备案", code="missing",
        )  # fmt: skip
    compensated = PropertyCompensated(
        property=command.property, amount=command.amount, approval=command.approval, clause=clause, note=command.note
    )
    return (compensated, *_settled(_owned(state, command.property, status="compensated"), command.property, by.context))


HANDLERS: Handlers = {
    RequisitionProperty: Handler(_may_requisition, _requisition),
    ReturnProperty: Handler(lambda _, state, context: staff(state, context), _return, closed=True),
    CompensateProperty: Handler(lambda _, state, context: staff(state, context), _compensate, closed=True),
}


def _owned(state: Incident, id_: str, **changes: object) -> Incident:
    if (found := state.property.get(id_)) is None:
        return state
    return replace(state, property={**state.property, id_: replace(found, **changes)})


FOLDS: Folds = {
    PropertyRequisitioned: lambda state, event, _: replace(
        state,
        property={
            **state.property,
            event.property: Property(event.what, event.owner, "requisitioned", event.plan, note=event.note),
        },
    ),
    PropertyReturned: lambda state, event, _: _owned(state, event.property, status="returned", note=event.note),
    PropertyCompensated: lambda state, event, _: _owned(
        state, event.property, status="compensated", amount=event.amount, note=event.note
    ),
}
