"""How each event changes a duty room. Nothing is refused here: what has happened has happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from zhishou.acts import Event, Happened
from zhishou.watch import events as e
from zhishou.watch.state import Appointment, Delegation, Done, Leave, Offer, Replacement, Shift, State, Watch, sheet

EMPTY = State()
"""A duty room of which nothing is known."""

V = TypeVar("V")
Change = Callable[[State, Any, Happened], State]


def fold(state: State, happened: Happened) -> State:
    """The state after one more event; an event that this room does not know only counts."""
    change = _CHANGES.get(type(happened.event), _unchanged)
    return replace(change(state, happened.event, happened), version=state.version + 1)


def folded(happened: Iterable[Happened], state: State = EMPTY) -> State:
    """The state after several events."""
    for one in happened:
        state = fold(state, one)
    return state


def _unchanged(state: State, _event: Event, _happened: Happened) -> State:
    return state


def _with(book: Mapping[str, V], id_: str, value: V) -> dict[str, V]:
    return {**book, id_: value}


def _without(book: Mapping[str, V], *ids: str) -> dict[str, V]:
    return {id_: value for id_, value in book.items() if id_ not in ids}


def _opened(state: State, event: e.DutyRoomOpened, _: Happened) -> State:
    return replace(state, area=event.area)


def _appointed(state: State, event: e.PostAppointed, _: Happened) -> State:
    one = Appointment(
        event.appointment, event.post, event.person, event.person_name, event.basis, event.since, event.until
    )
    return replace(state, appointments=_with(state.appointments, one.id, one))


def _relieved(state: State, event: e.PostRelieved, _: Happened) -> State:
    one = state.appointments.get(event.appointment)
    if one is None:
        return state
    until = event.since if one.until is None else min(one.until, event.since)
    return replace(state, appointments=_with(state.appointments, one.id, replace(one, until=until)))


def _delegated(state: State, event: e.PostsDelegated, happened: Happened) -> State:
    one = Delegation(
        event.delegation, event.holder, event.holder_name, event.person, event.person_name, event.posts, event.since,
        event.until, event.document, event.reason, happened.at if event.confirmed else None,
    )  # fmt: skip
    return replace(state, delegations=_with(state.delegations, one.id, one))


def _confirmed(state: State, event: e.DelegationConfirmed, happened: Happened) -> State:
    one = state.delegations.get(event.delegation)
    if one is None:
        return state
    return replace(state, delegations=_with(state.delegations, one.id, replace(one, confirmed=happened.at)))


def _revoked(state: State, event: e.DelegationRevoked, happened: Happened) -> State:
    one = state.delegations.get(event.delegation)
    if one is None:
        return state
    return replace(state, delegations=_with(state.delegations, one.id, replace(one, revoked=happened.at)))


def _away(state: State, event: e.LeaveRecorded, _: Happened) -> State:
    one = Leave(
        event.leave, event.person, event.person_name, event.since, event.until, event.stand_in, event.stand_in_name,
        event.reason,
    )  # fmt: skip
    return replace(state, leaves=_with(state.leaves, one.id, one))


def _back(state: State, event: e.LeaveTakenBack, happened: Happened) -> State:
    one = state.leaves.get(event.leave)
    if one is None:
        return state
    return replace(state, leaves=_with(state.leaves, one.id, replace(one, taken_back=happened.at)))


def _reminded(state: State, event: e.DelegationReminded, _: Happened) -> State:
    one = state.delegations.get(event.delegation)
    if one is None:
        return state
    told = replace(one, reminded=(*one.reminded, event.what))
    return replace(state, delegations=_with(state.delegations, one.id, told))


def _planned(state: State, event: e.ShiftsPlanned, _: Happened) -> State:
    more = {
        one.shift: Shift(one.shift, one.person, one.person_name, one.role, one.since, one.until) for one in event.shifts
    }
    return replace(state, shifts={**state.shifts, **more})


def _cancelled(state: State, event: e.ShiftCancelled, _: Happened) -> State:
    open_ = {id_: one for id_, one in state.replacements.items() if event.shift not in {one.shift, one.in_return}}
    return replace(state, shifts=_without(state.shifts, event.shift), replacements=open_)


def _asked(state: State, event: e.ReplacementProposed, _: Happened) -> State:
    one = Replacement(
        event.replacement, event.shift, event.asked_by, event.asked_by_name, event.person, event.person_name,
        event.in_return,
    )  # fmt: skip
    return replace(state, replacements=_with(state.replacements, one.id, one))


def _agreed(state: State, event: e.ReplacementAgreed, _: Happened) -> State:
    one = state.replacements.get(event.replacement)
    if one is None:
        return state
    shifts = dict(state.shifts)
    for id_, person, name in (
        (one.shift, one.person, one.name),
        (one.in_return, one.asked_by, one.asked_by_name),
    ):
        if id_ in shifts:
            shifts[id_] = replace(shifts[id_], person=person, name=name)
    # Other requests about these shifts were made for a roster that no longer holds.
    gone = {one.shift, one.in_return} - {""}
    open_ = {id_: other for id_, other in state.replacements.items() if not gone & {other.shift, other.in_return}}
    return replace(state, shifts=shifts, replacements=open_)


def _declined(state: State, event: e.ReplacementDeclined, _: Happened) -> State:
    return replace(state, replacements=_without(state.replacements, event.replacement))


def _begun(state: State, event: e.ShiftBegun, happened: Happened) -> State:
    one = Watch(event.person, event.person_name, happened.at, event.shift, "", "", event.predecessor, event.absence)
    return replace(state, watches=(*state.watches, one), offer=None)


def _offered(state: State, event: e.ShiftHandoverOffered, happened: Happened) -> State:
    return replace(
        state,
        offer=Offer(
            event.handover, event.outgoing, event.outgoing_name, event.incoming, event.incoming_name, event.memo,
            event.open_matters, event.due_items, event.digest, happened.at,
        ),
    )  # fmt: skip


def _returned(state: State, _event: e.ShiftHandoverReturned, _: Happened) -> State:
    return replace(state, offer=None)


def _handed_over(state: State, event: e.ShiftHandoverAccepted, happened: Happened) -> State:
    one = Watch(event.incoming, event.incoming_name, happened.at, event.shift, event.handover, event.digest, "", "")
    return replace(state, watches=(*state.watches, one), offer=None)


def _written(state: State, event: e.LogWritten, _: Happened) -> State:
    log = dict(state.log)
    for entry, by in ((event.entry, ""), (event.corrects, event.entry)):
        if entry:
            log[sheet(entry)] = {**log.get(sheet(entry), {}), entry: by}
    return replace(state, log=log)


def _drilled(state: State, event: e.DrillRecorded, _: Happened) -> State:
    one = Done(event.record, event.plan, ("drill",), event.obligations, event.held, event.by)
    return replace(state, records=_with(state.records, one.id, one))


def _kept(state: State, event: e.UpkeepRecorded, _: Happened) -> State:
    one = Done(event.record, event.plan, event.kinds, event.obligations, event.done, event.by)
    return replace(state, records=_with(state.records, one.id, one))


def _struck(state: State, event: e.RecordStruck, _: Happened) -> State:
    one = state.records.get(event.record)
    return state if one is None else replace(state, records=_with(state.records, one.id, replace(one, struck=True)))


_CHANGES: Mapping[type[Event], Change] = {
    e.DutyRoomOpened: _opened,
    e.PostAppointed: _appointed,
    e.PostRelieved: _relieved,
    e.PostsDelegated: _delegated,
    e.DelegationConfirmed: _confirmed,
    e.DelegationRevoked: _revoked,
    e.LeaveRecorded: _away,
    e.LeaveTakenBack: _back,
    e.DelegationReminded: _reminded,
    e.ShiftsPlanned: _planned,
    e.ShiftCancelled: _cancelled,
    e.ReplacementProposed: _asked,
    e.ReplacementAgreed: _agreed,
    e.ReplacementDeclined: _declined,
    e.ShiftBegun: _begun,
    e.ShiftHandoverOffered: _offered,
    e.ShiftHandoverReturned: _returned,
    e.ShiftHandoverAccepted: _handed_over,
    e.LogWritten: _written,
    e.DrillRecorded: _drilled,
    e.UpkeepRecorded: _kept,
    e.RecordStruck: _struck,
}
