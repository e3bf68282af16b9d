"""Cutting gas by a list: drawn up, adjusted with a reason, signed by the post that the plan names, sent, given back.

The order of cutting is the plan's. A list that cuts whom the plan protects, or a change that would cut a later class before
an earlier one, is refused with the clause.
"""

from __future__ import annotations

from pydantic import Field

from zhishou.acts import Amount, Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leading, pack_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.cut_list import Adjustment, CutList, ListedCut
from zhishou.incident.cut_orders import (
    CutGiven,
    StepGiven,
    adjusted,
    drawn,
    in_order,
    level_of_list,
    list_of,
    of_list,
    signing,
    title,
    to_restore,
)
from zhishou.incident.cut_sending import sent
from zhishou.incident.deadlines import void
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.directives import DirectiveIssued
from zhishou.incident.state import Incident


class DraftCutList(Command):
    """Lay a list of cuts before those who decide, as the supply desk worked it out for the level in force."""

    name = "draft_cut_list"
    label = "起草压减清单"
    plan: str
    level: str
    since: Moment
    """When its first step begins."""
    step_hours: Amount = Field(1.0, gt=0, le=24)
    lines: tuple[CutGiven, ...] = Field(max_length=2000)
    lacking: tuple[str, ...] = Field((), max_length=200)
    """What remains unserved whatever this level cuts, in words."""
    apart: dict[str, str] = Field(default_factory=dict)
    """Class → why it is cut although an earlier one has some left: a full pipe, notice not yet given."""
    assumed: tuple[str, ...] = Field((), max_length=400)
    notes: tuple[str, ...] = Field((), max_length=40)


class CutChange(Command):
    """One line as it should be."""

    line: int = Field(ge=1)
    """Number of the line, from 1."""
    amount: Amount = Field(ge=0)
    """万立方米 in all."""
    since: Moment | None = None
    """No earlier than; as it stands where empty."""
    until: Moment | None = None


class AdjustCutList(Command):
    """Change a draft by hand, with a reason."""

    name = "adjust_cut_list"
    label = "调整压减清单"
    list: str
    changes: tuple[CutChange, ...] = Field(min_length=1, max_length=200)
    reason: str


class SignCutList(Command):
    """Decide that a list be carried out."""

    name = "sign_cut_list"
    label = "签发压减清单"
    list: str
    note: str = ""


class SendCutList(Command):
    """Send a signed list to the suppliers, a directive to each, to be acknowledged."""

    name = "send_cut_list"
    label = "下达压减清单"
    list: str
    acknowledge_by: Moment | None = None
    """By when; empty: by when the first of each supplier's customers must have been told."""


class RestoreGas(Command):
    """Give gas back to customers of a list, those cut last first."""

    name = "restore_gas"
    label = "恢复供气"
    list: str
    lines: tuple[int, ...] = Field(min_length=1, max_length=2000)
    note: str


class CutListDrafted(Event):
    """A list of cuts was drawn up."""

    type = "cut_list_drafted"
    label = "压减清单已起草"
    list: str
    plan: str
    level: str
    level_label: str
    since: Moment
    step_hours: float
    order: tuple[StepGiven, ...]
    lines: tuple[CutGiven, ...]
    lacking: tuple[str, ...] = ()
    apart: dict[str, str] = Field(default_factory=dict)
    assumed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    replaces: str = ""
    """The draft that it takes the place of."""


class LineChanged(Event):
    """One line before and after."""

    line: int
    was: float
    now: float
    hours: tuple[float, ...]


class CutListAdjusted(Event):
    """Lines of a draft were changed by hand."""

    type = "cut_list_adjusted"
    label = "压减清单已调整"
    list: str
    changes: tuple[LineChanged, ...]
    reason: str


class CutListSigned(Event):
    """A list is to be carried out."""

    type = "cut_list_signed"
    label = "压减清单已签发"
    list: str
    clause: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    """Lists in force until now."""
    note: str = ""


class CutListSent(Event):
    """A list went out to the suppliers."""

    type = "cut_list_sent"
    label = "压减清单已下达"
    list: str
    directives: dict[str, str]
    """Directive → supplier."""


class GasRestored(Event):
    """Customers have their gas back."""

    type = "gas_restored"
    label = "已恢复供气"
    list: str
    lines: tuple[int, ...]
    note: str


def _may_lead(command: DraftCutList | AdjustCutList | SendCutList, state: Incident, context: Context) -> Permitted:
    plan = command.plan if isinstance(command, DraftCutList) else list_of(state, command.list).plan
    return leading(pack_of(state, context, plan), state)


def _may_sign(command: SignCutList | RestoreGas, state: Incident, context: Context) -> Permitted:
    one = list_of(state, command.list)
    return signing(pack_of(state, context, one.plan), one.level, state)


def _draft(command: DraftCutList, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    pack = pack_of(state, context, command.plan)
    active = level_of_list(state, pack, command.level)
    order, lines = drawn(command.lines, pack, command.level, command.apart, context)
    waiting = next((id_ for id_, one in state.cut_lists.items() if of_list(one, pack.id, "draft")), "")
    event = CutListDrafted(
        list=state.next_id("k", state.cut_lists), plan=pack.id, level=active.level, level_label=active.label,
        since=command.since, step_hours=command.step_hours, order=order, lines=lines, lacking=command.lacking,
        apart=command.apart, assumed=command.assumed, notes=command.notes, replaces=waiting,
    )  # fmt: skip
    return (event,)


def _adjust(command: AdjustCutList, state: Incident, by: By) -> tuple[Event, ...]:
    one = list_of(state, command.list, "draft")
    if not command.reason.strip():
        raise RefusedError("没有写调整的理由", where=title(command.list), mend="写明为什么调整", code="missing")
    pack = pack_of(state, by.context, one.plan)
    now: dict[int, ListedCut] = {}
    for change in command.changes:
        now[change.line] = adjusted(one, change.line, change.amount, change.since, change.until, pack)
    lines = tuple(now.get(number, line) for number, line in enumerate(one.lines, 1))
    in_order(one.order, lines, pack, one)
    changes = tuple(
        LineChanged(line=number, was=round(one.lines[number - 1].cut, 6), now=round(line.cut, 6), hours=line.hours)
        for number, line in now.items() if line.hours != one.lines[number - 1].hours
    )  # fmt: skip
    if not changes:
        raise RefusedError("与现在的清单一样，没有可调整的", where=title(command.list), mend="改了数再提交")
    return (CutListAdjusted(list=command.list, changes=changes, reason=command.reason),)


def _sign(command: SignCutList, state: Incident, by: By) -> tuple[Event, ...]:
    one = list_of(state, command.list, "draft")
    pack = pack_of(state, by.context, one.plan)
    level_of_list(state, pack, one.level)
    clause = tuple(dict.fromkeys(text for step in one.order for text in step.clause))
    if hand := one.hand_of(by.actor.person):
        raise RefusedError(
            f"清单是您{hand}{'的' if hand == '起草' else '过的'}，不能由您签发", clause=clause, where=pack.plan.short,
            mend="请另一位有权的人签发，或请指挥部办公室重新起草", code="own_proposal",
        )  # fmt: skip
    if one.until <= by.context.at:
        raise RefusedError("清单的时段已经过去", where=title(command.list), mend="按现在的报表重新起草", code="state")
    before = tuple(id_ for id_, other in state.cut_lists.items() if of_list(other, one.plan, "signed", "sent"))
    return (CutListSigned(list=command.list, clause=clause, replaces=before, note=command.note),)


def _send(command: SendCutList, state: Incident, by: By) -> tuple[Event, ...]:
    one = list_of(state, command.list, "signed")
    if command.acknowledge_by is not None and command.acknowledge_by <= by.context.at:
        raise RefusedError("签收时限已经过去", where=title(command.list), mend="改正时限", code="missing")
    pack = pack_of(state, by.context, one.plan)
    issued = sent(command.list, one, pack, state, by.context, command.acknowledge_by)
    went = {event.directive: event.to[0] for event in issued if isinstance(event, DirectiveIssued)}
    return (CutListSent(list=command.list, directives=went), *issued)


def _restore(command: RestoreGas, state: Incident, by: By) -> tuple[Event, ...]:
    one = list_of(state, command.list, "signed", "sent")
    if not command.note.strip():
        raise RefusedError(
            "没有写恢复的依据", where=title(command.list), mend="如：省网增供，缺口已补上", code="missing"
        )
    lines = to_restore(command.list, one, command.lines, pack_of(state, by.context, one.plan))
    event = GasRestored(list=command.list, lines=lines, note=command.note)
    if set(one.waiting) - set(lines):
        return (event,)
    owed = tuple(f"directive/{id_}" for id_ in one.directives)
    return (event, *void(state, tuple(id_ for id_ in owed if id_ in state.duties), "已全部恢复供气", by.context.at))


HANDLERS: Handlers = {
    DraftCutList: Handler(_may_lead, _draft),
    AdjustCutList: Handler(_may_lead, _adjust),
    SignCutList: Handler(_may_sign, _sign),
    SendCutList: Handler(_may_lead, _send),
    RestoreGas: Handler(_may_sign, _restore),
}


def _changed(state: Incident, id_: str, **changes: object) -> Incident:
    one = state.cut_lists.get(id_)
    if one is None:
        return state
    return replace(state, cut_lists={**state.cut_lists, id_: replace(one, **changes)})


def _drafted(state: Incident, event: CutListDrafted, happened: Happened) -> Incident:
    order = tuple(step.value for step in event.order)
    place = {step.customer_class: number for number, step in enumerate(order)}
    one = CutList(
        event.plan, event.level, event.level_label, event.since, event.step_hours, order,
        tuple(line.value(place) for line in event.lines), signed(happened), event.lacking, event.apart, event.assumed,
        event.notes,
    )  # fmt: skip
    state = _changed(state, event.replaces, status="replaced") if event.replaces else state
    return replace(state, cut_lists={**state.cut_lists, event.list: one})


def _adjusted(state: Incident, event: CutListAdjusted, happened: Happened) -> Incident:
    if (one := state.cut_lists.get(event.list)) is None:
        return state
    hours = {change.line: change.hours for change in event.changes}
    lines = tuple(
        replace(line, hours=hours.get(number, line.hours)) for number, line in enumerate(one.lines, 1)
    )  # fmt: skip
    made = tuple(Adjustment(c.line, c.was, c.now, event.reason, signed(happened)) for c in event.changes)
    return _changed(state, event.list, lines=lines, adjustments=(*one.adjustments, *made))


def _signed(state: Incident, event: CutListSigned, happened: Happened) -> Incident:
    for before in event.replaces:
        state = _changed(state, before, status="replaced")
    return _changed(state, event.list, status="signed", signed=signed(happened))


def _restored(state: Incident, event: GasRestored, happened: Happened) -> Incident:
    if (one := state.cut_lists.get(event.list)) is None:
        return state
    restored = {**one.restored, **dict.fromkeys(map(str, event.lines), signed(happened))}
    status = one.status if replace(one, restored=restored).waiting else "ended"
    return _changed(state, event.list, restored=restored, status=status)


FOLDS: Folds = {
    CutListDrafted: _drafted,
    CutListAdjusted: _adjusted,
    CutListSigned: _signed,
    CutListSent: lambda state, event, happened: _changed(
        state, event.list, status="sent", sent=signed(happened), directives=dict(event.directives)
    ),
    GasRestored: _restored,
}
