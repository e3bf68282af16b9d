"""What happens to a call. Numbers and addresses never stand here: people by account, addresses by their id in the book."""

from __future__ import annotations

from typing import Literal

from zhishou.acts import Catalogue, Event, Moment
from zhishou.callout.matters import Matter, Queued


class CallOpened(Event):
    """Somebody must be told."""

    type = "call_opened"
    label = "开始呼叫"
    ref: str
    """Short name of the call, of which the codes for answering are made."""
    matter: Matter
    start: Moment
    """When its first step is due."""


class StepTaken(Event):
    """The people of a step are called: their messages are in the outbox."""

    type = "step_taken"
    label = "已呼叫"
    step: int
    """From 1, counted on over repetitions."""
    round: int = 1
    messages: tuple[Queued, ...]
    next: Moment | None = None
    """When the next step is due if nobody has answered; None after the last."""
    missing: tuple[str, ...] = ()
    """Who of the step could not be called, in words."""


class StepPassed(Event):
    """A step has nobody in it who could be called; the next comes at once."""

    type = "step_passed"
    label = "此步无人可呼"
    step: int
    round: int = 1
    reason: str


class StepHeld(Event):
    """Every way by which a step could call is quiet at this hour: it waits for their end, and nothing is passed over."""

    type = "step_held"
    label = "安静时段，待呼叫"
    step: int
    round: int = 1
    until: Moment
    """When it is looked at again."""


class MoreUnanswered(Event):
    """Further parties did not answer while the report of the first was still on its way: the next report names them."""

    type = "more_unanswered"
    label = "又有单位未应答"
    calls: tuple[str, ...]
    """The streams of their calls."""
    names: tuple[str, ...]


class MessageHanded(Event):
    """A message was given to its gateway, or could not be."""

    type = "message_handed"
    label = "已交网关"
    message: str
    outcome: Literal["accepted", "refused", "unknown"]
    ref: str = ""
    why: str = ""
    channel: str = ""
    """The channel that it was given to, by name; empty in records of before, where it is the message's own."""


class MessageDropped(Event):
    """A message was not sent, because it had lost its point by then."""

    type = "message_dropped"
    label = "未发出"
    message: str
    reason: Literal["answered", "ended", "cancelled", "lapsed", "no_channel"]


class MessageDelivered(Event):
    """The gateway says that it has arrived."""

    type = "message_delivered"
    label = "已送达"
    message: str


class MessageFailed(Event):
    """The gateway says that it has not arrived after all."""

    type = "message_failed"
    label = "未送达"
    message: str
    why: str = ""


class MessageRead(Event):
    """Somebody has opened it."""

    type = "message_read"
    label = "已阅"
    message: str


class CallAnswered(Event):
    """Somebody of the party has answered: nobody is called any more."""

    type = "call_answered"
    label = "已应答"
    person: str
    """Account id; the post key of a unit's line where nobody can tell who it was."""
    name: str
    post: str = ""
    how: Literal["link", "code", "console", "command", "voice", "phone"]
    """command: by what he did in the incident itself · phone: the duty room rang, and wrote down who it spoke to."""
    message: str = ""
    """The message that was answered, where it was one."""
    by: str = ""
    """Name of whoever rang."""
    note: str = ""
    """What was answered on the telephone, and on which number."""


class CallUnanswered(Event):
    """The last step has passed without an answer, or without anybody to call; office and duty officer are told."""

    type = "call_unanswered"
    label = "无人应答"
    round: int = 1
    reached: bool
    """Whether anything was handed to a gateway at all."""
    next: Moment | None = None
    """When it begins again; None where it does not."""
    missing: tuple[str, ...] = ()


class CallEnded(Event):
    """The matter is over: done otherwise, cancelled, or told to everybody whom it had to be told to."""

    type = "call_ended"
    label = "呼叫结束"
    reason: Literal["told", "over", "cancelled", "nobody_told"]
    note: str = ""


class CallLapsed(Event):
    """Its use-by moment passed before it was answered: it is not sent any more."""

    type = "call_lapsed"
    label = "已过时效，不再发"
    told: int = 0
    """How many messages had been handed over by then."""


CATALOGUE = Catalogue(
    CallOpened, StepTaken, StepPassed, StepHeld, MessageHanded, MessageDropped, MessageDelivered, MessageFailed, MessageRead,
    CallAnswered, CallUnanswered, CallEnded, CallLapsed, MoreUnanswered,
)  # fmt: skip
