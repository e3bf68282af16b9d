"""A call: one matter that one party must be told of and answer, folded from its events; nothing is decided here.

Each matter and party has a stream of its own, so that opening a call never waits for another. Numbers and addresses never
stand here: people by account, addresses by their id in the contact book.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from zhishou.acts import Catalogue, Event, Happened, Moment

STREAMS = "callout/"
"""What the name of every call's stream begins with."""

FOLD = "call/1"
"""Version of the folding; a snapshot of another version is not used."""

Kind = Literal[
    "task", "directive", "level", "proposal", "approval", "query", "due", "missed", "report", "handover", "cancel", "gap",
    "test",
]  # fmt: skip
KINDS: Mapping[Kind, str] = {
    "task": "任务",
    "directive": "指令",
    "level": "级别",
    "proposal": "待决定",
    "approval": "待审批",
    "query": "上级催问",
    "due": "时限将到",
    "missed": "逾期",
    "report": "信息报告",
    "handover": "交接班",
    "cancel": "撤销",
    "gap": "未应答",
    "test": "测试",
}
"""Kind of matter → what it is called."""

Need = Literal["full", "own", "bare"]
"""Need to know: full, the duty room and those who command · own, what the party itself must do · bare, that there is something."""


class Piece(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Party(Piece):
    """ONE unit, post or group as the plan names it, that must be told."""

    key: str
    """Post key (`unit:…`, `plan:post`, `duty:area`), or `person:account`."""
    label: str
    posts: tuple[str, ...] = ()
    """Keys of the posts that may answer, the nearest first."""
    deputies: tuple[str, ...] = ()
    """Posts that the plan lets act in their absence."""
    persons: tuple[str, ...] = ()
    """Accounts, where people are meant and no post."""


class Matter(Piece):
    """One thing that somebody must be told of."""

    kind: Kind
    id: str
    """Within its incident: `t3`, `d1`, `p2` …"""
    incident: str = ""
    """Empty for a duty room's own matter."""
    area: str
    """Area of the duty room."""
    plan: str = ""
    level: str = ""
    level_label: str = ""
    rank: int = 0
    """Place of the level on its ladder, from 1, the most severe; 0 where there is none."""
    party: Party
    need: Need = "own"
    what: str
    """What it is about, in words for those who need to know."""
    clause: tuple[str, ...] = ()
    due: Moment | None = None
    """By when it must be done or answered, under the plan."""
    use_by: Moment | None = None
    """After this moment it is not sent any more, but reported."""
    answer: bool = True
    """Whether somebody must answer; False where being told suffices."""
    of: str = ""
    """The stream of the call that this one cancels."""

    @property
    def urgent(self) -> bool:
        """Level I or II, or an exercise of it."""
        return 1 <= self.rank <= 2


class Queued(Piece):
    """A message that a step puts into the outbox."""

    id: str
    person: str
    name: str
    post: str
    why: str
    address: str
    """Id in the contact book."""
    channel: str
    """Kind of channel."""
    references: str = ""
    """The message that it cancels or repeats."""


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


class MessageHanded(Event):
    """A message was given to its gateway, or could not be."""

    type = "message_handed"
    label = "已交网关"
    message: str
    outcome: Literal["accepted", "refused", "unknown"]
    ref: str = ""
    why: str = ""


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
    how: Literal["link", "code", "console", "command", "voice"]
    """command: by what he did in the incident itself."""
    message: str = ""
    """The message that was answered, where it was one."""


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
    CallOpened, StepTaken, StepPassed, MessageHanded, MessageDropped, MessageDelivered, MessageFailed, MessageRead,
    CallAnswered, CallUnanswered, CallEnded, CallLapsed,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one address."""

    id: str
    person: str
    name: str
    post: str
    why: str
    address: str
    channel: str
    queued: Moment
    references: str = ""
    status: str = "queued"
    """queued · accepted · refused · unknown · dropped."""
    handed: Moment | None = None
    ref: str = ""
    note: str = ""
    """Why it was refused, dropped or is unknown."""
    delivered: Moment | None = None
    failed: Moment | None = None
    read: Moment | None = None

    @property
    def told(self) -> bool:
        """Whether it may have reached somebody: handed over, or nobody knows."""
        return self.status in {"accepted", "unknown"}


@dataclass(frozen=True, slots=True)
class Answer:
    """Who has answered."""

    person: str
    name: str
    post: str
    how: str
    at: Moment
    message: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call at a moment."""

    id: str
    """Name of its stream."""
    version: int = 0
    ref: str = ""
    matter: Matter | None = None
    status: str = ""
    """'' before the first event · calling · unanswered (office and duty officer were told) · answered · ended · lapsed."""
    opened: Moment | None = None
    step: int = 0
    """The last step taken or passed."""
    round: int = 1
    due: Moment | None = None
    """When the next step is due; None where none is."""
    messages: Mapping[str, Message] = field(default_factory=dict)
    passed: tuple[tuple[int, int, str], ...] = ()
    """Round, step and reason of every step that was passed over."""
    missing: tuple[str, ...] = ()
    answered: Answer | None = None
    over: Moment | None = None
    reason: str = ""
    """Why it ended."""

    @property
    def open(self) -> bool:
        """Whether an answer still counts."""
        return self.status in {"calling", "unanswered"}


def stream_of(matter: Matter) -> str:
    """The name of a matter's stream for its party."""
    return f"{STREAMS}{matter.incident or matter.area}/{matter.kind}/{matter.id}/{matter.party.key}"


def empty(stream: str) -> Call:
    """A call before its first event."""
    return Call(stream)


def fold(call: Call, happened: Happened) -> Call:
    """The call after an event."""
    return replace(_FOLDS[type(happened.event)](call, happened.event, happened.at), version=happened.version)


def _opened(call: Call, event: CallOpened, at: datetime) -> Call:
    return replace(call, ref=event.ref, matter=event.matter, status="calling", opened=at, due=event.start)


def _taken(call: Call, event: StepTaken, at: datetime) -> Call:
    new = {
        one.id: Message(
            one.id, one.person, one.name, one.post, one.why, one.address, one.channel, at, one.references
        )
        for one in event.messages
    }  # fmt: skip
    return replace(
        call,
        step=event.step,
        round=event.round,
        due=event.next,
        messages={**call.messages, **new},
        missing=event.missing,
    )


def _passed(call: Call, event: StepPassed, at: datetime) -> Call:
    passed = (*call.passed, (event.round, event.step, event.reason))
    return replace(call, step=event.step, round=event.round, due=at, passed=passed)


def _message(call: Call, id_: str, **changes: Any) -> Call:
    found = call.messages.get(id_)
    return call if found is None else replace(call, messages={**call.messages, id_: replace(found, **changes)})


def _handed(call: Call, event: MessageHanded, at: datetime) -> Call:
    return _message(call, event.message, status=event.outcome, handed=at, ref=event.ref, note=event.why)


def _over(call: Call, status: str, at: datetime, reason: str = "") -> Call:
    return replace(call, status=status, due=None, over=at, reason=reason)


def _answered(call: Call, event: CallAnswered, at: datetime) -> Call:
    answer = Answer(event.person, event.name, event.post, event.how, at, event.message)
    return replace(_over(call, "answered", at), answered=answer)


_FOLDS: Mapping[type[Event], Callable[[Call, Any, datetime], Call]] = {
    CallOpened: _opened,
    StepTaken: _taken,
    StepPassed: _passed,
    MessageHanded: _handed,
    MessageDropped: lambda call, event, at: _message(
        call, event.message, status="dropped", handed=at, note=event.reason
    ),
    MessageDelivered: lambda call, event, at: _message(call, event.message, delivered=at, failed=None),
    MessageFailed: lambda call, event, at: _message(call, event.message, failed=at, note=event.why),
    MessageRead: lambda call, event, at: _message(call, event.message, read=at),
    CallAnswered: _answered,
    CallUnanswered: lambda call, event, _: replace(
        call, status="unanswered", due=event.next, round=event.round, missing=event.missing or call.missing
    ),
    CallEnded: lambda call, event, at: _over(call, "ended", at, event.reason),
    CallLapsed: lambda call, _, at: _over(call, "lapsed", at),
}


@cache
def _adapter() -> TypeAdapter[Call]:
    return TypeAdapter(Call)


def dumped(call: Call) -> dict[str, Any]:
    """The call as JSON data."""
    return _adapter().dump_python(call, mode="json")  # type: ignore[no-any-return]


def loaded(data: Mapping[str, Any]) -> Call:
    """The call from JSON data."""
    return _adapter().validate_python(data)
