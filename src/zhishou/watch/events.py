"""What has happened in a duty room. Names stand beside accounts so that a record can be read without the accounts."""

from __future__ import annotations

from datetime import date

from zhishou.acts import Catalogue, Event
from zhishou.watch.words import DrillForm, DueItem, LogCategory, Moment, Reminding, Row, ShiftRole, UpkeepKind


class DutyRoomOpened(Event):
    """An area's duty room exists."""

    type = "duty_room_opened"
    label = "值班室已设立"
    area: str


class PostAppointed(Event):
    """A person holds a post from a moment on."""

    type = "post_appointed"
    label = "已任职"
    appointment: str
    post: str
    person: str
    person_name: str
    basis: str
    since: Moment
    until: Moment | None


class PostRelieved(Event):
    """An appointment ends."""

    type = "post_relieved"
    label = "已免职"
    appointment: str
    post: str
    person: str
    person_name: str
    since: Moment
    reason: str


class PostsDelegated(Event):
    """Posts are delegated in writing."""

    type = "posts_delegated"
    label = "已登记委托"
    delegation: str
    holder: str
    holder_name: str
    person: str
    person_name: str
    posts: tuple[str, ...]
    since: Moment
    until: Moment
    document: str
    reason: str
    confirmed: bool
    """True where the holder gave it himself; else it counts once he has confirmed it."""
    on_shift: bool
    """Whether who recorded it was on watch."""


class DelegationConfirmed(Event):
    """The holder confirms what the duty officer recorded."""

    type = "delegation_confirmed"
    label = "委托已确认"
    delegation: str


class DelegationRevoked(Event):
    """A delegation ends before its time."""

    type = "delegation_revoked"
    label = "委托已撤销"
    delegation: str
    reason: str


class LeaveRecorded(Event):
    """Somebody will be away."""

    type = "leave_recorded"
    label = "已登记请假"
    leave: str
    person: str
    person_name: str
    since: Moment
    until: Moment
    stand_in: str
    stand_in_name: str
    reason: str


class LeaveTakenBack(Event):
    """He is back, or is not away after all."""

    type = "leave_taken_back"
    label = "已销假"
    leave: str
    reason: str


class DelegationReminded(Event):
    """A delegation is called to mind: never confirmed, about to end, at its end."""

    type = "delegation_reminded"
    label = "委托提醒"
    delegation: str
    what: Reminding
    due: Moment


class PlannedShift(Row):
    """One shift put on the roster."""

    shift: str
    person: str
    person_name: str
    role: ShiftRole
    since: Moment
    until: Moment


class ShiftsPlanned(Event):
    """Shifts stand on the roster."""

    type = "shifts_planned"
    label = "已排班"
    shifts: tuple[PlannedShift, ...]


class ShiftCancelled(Event):
    """A shift is off the roster."""

    type = "shift_cancelled"
    label = "排班已撤销"
    shift: str
    reason: str


class ReplacementProposed(Event):
    """Somebody asks a colleague to stand his shift."""

    type = "replacement_proposed"
    label = "已申请换班"
    replacement: str
    shift: str
    asked_by: str
    asked_by_name: str
    person: str
    person_name: str
    in_return: str
    reason: str


class ReplacementAgreed(Event):
    """The colleague agrees; the roster changes."""

    type = "replacement_agreed"
    label = "已同意换班"
    replacement: str


class ReplacementDeclined(Event):
    """The colleague declines, or the request is withdrawn; the roster stays."""

    type = "replacement_declined"
    label = "换班未成"
    replacement: str
    reason: str


class ShiftBegun(Event):
    """Somebody takes the watch without a hand-over."""

    type = "shift_begun"
    label = "已开始值班"
    person: str
    person_name: str
    shift: str
    """The planned shift; empty where the roster has none for him."""
    predecessor: str
    """Who was on watch and has not handed over; empty where nobody was."""
    predecessor_name: str
    absence: str
    """Why he has not."""


class ShiftHandoverOffered(Event):
    """The watch-keeper has written and signed the memo; he stays on watch."""

    type = "shift_handover_offered"
    label = "交班人已签字"
    handover: str
    outgoing: str
    outgoing_name: str
    incoming: str
    incoming_name: str
    memo: str
    open_matters: tuple[str, ...]
    due_items: tuple[DueItem, ...]
    digest: str
    """SM3 of what was signed."""


class ShiftHandoverReturned(Event):
    """The memo goes back to its writer."""

    type = "shift_handover_returned"
    label = "交班已退回"
    handover: str
    by_incoming: bool
    """True where the successor returned it, false where its writer took it back."""
    reason: str


class ShiftHandoverAccepted(Event):
    """Both have signed: the watch is handed over."""

    type = "shift_handover_accepted"
    label = "已交接班"
    handover: str
    outgoing: str
    outgoing_name: str
    incoming: str
    incoming_name: str
    shift: str
    """The planned shift of the incoming; empty where the roster has none for him."""
    digest: str
    """SM3 of what both signed."""
    signed_out: Moment
    """When the outgoing signed; the incoming signs at the event's own time."""


class LogWritten(Event):
    """An entry stands in the duty log."""

    type = "log_written"
    label = "已记值班日志"
    entry: str
    occurred: Moment
    category: LogCategory
    text: str
    ref: str
    corrects: str
    on_shift: bool
    """Whether the writer was on watch."""


class DrillRecorded(Event):
    """A drill was held."""

    type = "drill_recorded"
    label = "已记演练"
    record: str
    plan: str
    obligations: tuple[str, ...]
    form: DrillForm
    held: date
    by: str
    participants: tuple[str, ...]
    summary: str
    lessons: tuple[str, ...]
    on_shift: bool


class UpkeepRecorded(Event):
    """A duty of quiet times was done."""

    type = "upkeep_recorded"
    label = "已记日常工作"
    record: str
    plan: str
    kinds: tuple[UpkeepKind, ...]
    obligations: tuple[str, ...]
    done: date
    by: str
    note: str
    on_shift: bool


class RecordStruck(Event):
    """A record counts no longer."""

    type = "record_struck"
    label = "记录已作废"
    record: str
    reason: str


CATALOGUE = Catalogue(
    DutyRoomOpened, PostAppointed, PostRelieved, PostsDelegated, DelegationConfirmed, DelegationRevoked,
    DelegationReminded, LeaveRecorded, LeaveTakenBack, ShiftsPlanned,
    ShiftCancelled, ReplacementProposed, ReplacementAgreed, ReplacementDeclined, ShiftBegun, ShiftHandoverOffered,
    ShiftHandoverReturned, ShiftHandoverAccepted, LogWritten, DrillRecorded, UpkeepRecorded, RecordStruck,
)  # fmt: skip
"""Every kind of event of this room."""
