"""What people may want of the duty room. Each class is one use case; whether it may be done is said in deciding/."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from zhishou.acts import Command
from zhishou.watch.words import DrillForm, DueItem, LogCategory, Moment, Row, ShiftRole


def _readable(text: str) -> str:
    # A line that a screen or a printer cannot show is no record; PostgreSQL cannot even keep a NUL.
    if any(ord(sign) < 32 and sign not in "\n\t\r" for sign in text):
        raise ValueError("文字里有看不见的控制字符，请去掉后重填")
    return text


Id = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(_readable)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_readable)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), AfterValidator(_readable)]


class OpenDutyRoom(Command):
    """Open an area's duty room with its first administrator, or give it one again after it has lost the last."""

    name = "open_duty_room"
    label = "设立值班室"
    area: Id
    """Area id."""
    person: Id
    """Account of the administrator."""
    person_name: Line


class AppointToPost(Command):
    """Give a person a post from one moment to another."""

    name = "appoint_to_post"
    label = "任职"
    post: Id
    """Key of the post, see `plan/posts.py`."""
    person: Id
    person_name: Line
    basis: Line
    """The office that fills the post under the plan (市发展改革委主任), or the number of the document that appoints."""
    since: Moment | None = None
    """From when; from now where none is given."""
    until: Moment | None = None
    """Until when, this moment no longer included; until relieved where none is given."""


class RelieveFromPost(Command):
    """End an appointment."""

    name = "relieve_from_post"
    label = "免职"
    appointment: Id
    reason: Line
    since: Moment | None = None
    """From when the post is no longer held; from now where none is given."""


class DelegatePosts(Command):
    """Let somebody else act in one's posts for a time, in writing."""

    name = "delegate_posts"
    label = "书面委托"
    posts: tuple[Id, ...]
    """Keys of the posts."""
    person: Id
    """To whom."""
    person_name: Line
    until: Moment
    """Until when, this moment no longer included."""
    document: Line
    """Number of the document."""
    reason: Line
    since: Moment | None = None
    """From when; from now where none is given."""
    holder: Id = ""
    """Whose posts they are, where the duty officer records a paper; empty where the holder does it himself."""


class ConfirmDelegation(Command):
    """Confirm a delegation that the duty officer has recorded."""

    name = "confirm_delegation"
    label = "确认委托"
    delegation: Id


class RevokeDelegation(Command):
    """Take back a delegation, or give it back."""

    name = "revoke_delegation"
    label = "撤销委托"
    delegation: Id
    reason: Line


class RecordLeave(Command):
    """Say that one is away for a time, and who is called instead."""

    name = "record_leave"
    label = "请假登记"
    until: Moment
    """Until when, this moment no longer included."""
    reason: Line
    """Leave, illness, a journey …"""
    since: Moment | None = None
    """From when; from now where none is given."""
    stand_in: Id = ""
    """Who is called instead. It gives him no authority: that takes a delegation."""
    stand_in_name: Line = ""
    person: Id = ""
    """Who is away, where the duty officer or administrator writes it down; empty where it is oneself."""
    person_name: Line = ""


class TakeBackLeave(Command):
    """Be back before the time, or not go at all."""

    name = "take_back_leave"
    label = "销假"
    leave: Id
    reason: Line = ""


class ShiftWish(Row):
    """One shift of a roster."""

    person: Id
    person_name: Line
    since: Moment
    until: Moment
    role: ShiftRole = "chief"


class PlanShifts(Command):
    """Put shifts on the roster."""

    name = "plan_shifts"
    label = "排班"
    shifts: Annotated[tuple[ShiftWish, ...], Field(max_length=400)]


class CancelShift(Command):
    """Take a shift that has not ended off the roster."""

    name = "cancel_shift"
    label = "撤销排班"
    shift: Id
    reason: Line


class ProposeReplacement(Command):
    """Ask a colleague to stand one's shift, in return for one of his or for none."""

    name = "propose_replacement"
    label = "申请换班"
    shift: Id
    """One's own planned shift."""
    person: Id
    person_name: Line
    reason: Line
    """Leave, illness, other duty …"""
    in_return: Id = ""
    """The colleague's planned shift that one stands instead."""


class AgreeReplacement(Command):
    """Agree to stand a colleague's shift."""

    name = "agree_replacement"
    label = "同意换班"
    replacement: Id


class DeclineReplacement(Command):
    """Decline to stand a colleague's shift, or withdraw one's request."""

    name = "decline_replacement"
    label = "不同意换班"
    replacement: Id
    reason: Line


class BeginShift(Command):
    """Take the watch without a hand-over: the room's first watch, or the predecessor is absent."""

    name = "begin_shift"
    label = "开始值班"
    absence: Line = ""
    """Why the predecessor does not hand over."""


class OfferShiftHandover(Command):
    """Write the memo for the next watch and sign it; one stays on watch until the successor has signed."""

    name = "offer_shift_handover"
    label = "交班签字"
    person: Id
    """The successor."""
    person_name: Line
    memo: Text
    open_matters: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    """Matters not closed."""
    due_items: Annotated[tuple[DueItem, ...], Field(max_length=200)] = ()
    """What falls due in the next watch."""


class ReturnShiftHandover(Command):
    """The successor does not sign (the memo lacks something), or the writer takes the memo back to change it."""

    name = "return_shift_handover"
    label = "退回交班"
    reason: Line


class AcceptShiftHandover(Command):
    """Sign that one has read the memo; with this the watch is handed over."""

    name = "accept_shift_handover"
    label = "接班签字"
    digest: Id
    """SM3 of the memo that was read, so that nobody signs a memo that changed meanwhile."""


class WriteLog(Command):
    """Write into the duty log. A correction is an entry that names the one it corrects; none is ever erased."""

    name = "write_log"
    label = "记值班日志"
    occurred: Moment
    """When it happened."""
    category: LogCategory
    text: Text
    ref: Id = ""
    """What it belongs to: the stream of an incident."""
    corrects: Id = ""
    """The entry that it corrects."""


class RecordDrill(Command):
    """Record a drill that was held."""

    name = "record_drill"
    label = "记演练"
    plan: Id
    obligations: Annotated[tuple[Id, ...], Field(max_length=50)]
    """The duties of the plan that it meets, by id in `watch/upkeep.py`; none for a drill beyond the plan's demand."""
    form: DrillForm
    held: date
    by: Line
    """Who held it."""
    participants: Annotated[tuple[Line, ...], Field(max_length=200)] = ()
    summary: Text
    lessons: Annotated[tuple[Line, ...], Field(max_length=200)] = ()


class RecordUpkeep(Command):
    """Record a training, a revision, a contact list or stock checked, a recurring duty done, a target reached."""

    name = "record_upkeep"
    label = "记日常工作"
    plan: Id
    obligations: Annotated[tuple[Id, ...], Field(max_length=50)]
    """The duties of the plan that it meets, by id in `watch/upkeep.py`."""
    done: date
    by: Line
    """Who did it."""
    note: Text
    """What was done, number of the document."""


class StrikeRecord(Command):
    """Mark a record of a drill or of upkeep as mistaken; it stays readable and counts no longer."""

    name = "strike_record"
    label = "作废记录"
    record: Id
    reason: Line


COMMANDS: tuple[type[Command], ...] = (
    OpenDutyRoom, AppointToPost, RelieveFromPost, DelegatePosts, ConfirmDelegation, RevokeDelegation, RecordLeave, TakeBackLeave,
    PlanShifts,
    CancelShift, ProposeReplacement, AgreeReplacement, DeclineReplacement, BeginShift, OfferShiftHandover,
    ReturnShiftHandover, AcceptShiftHandover, WriteLog, RecordDrill, RecordUpkeep, StrikeRecord,
)  # fmt: skip
"""Every command of this room."""
