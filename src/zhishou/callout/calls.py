"""A call: one matter that one party must be told of and answer, folded from its events; nothing is decided here.

Each matter and party has a stream of its own, so that opening a call never waits for another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from zhishou.acts import Event, Happened, Moment
from zhishou.callout.events import (
    CATALOGUE,
    CallAnswered,
    CallEnded,
    CallLapsed,
    CallOpened,
    CallUnanswered,
    MessageDelivered,
    MessageDropped,
    MessageFailed,
    MessageHanded,
    MessageRead,
    MoreUnanswered,
    StepHeld,
    StepPassed,
    StepTaken,
)
from zhishou.callout.matters import KINDS, Kind, Matter, Need, Party, Queued

STREAMS = "callout/"
"""What the name of every call's stream begins with."""

FOLD = "call/2"
"""Version of the folding; a snapshot of another version is not used."""


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
    step: int = 1
    round: int = 1
    references: str = ""
    status: str = "queued"
    """queued · accepted · refused · unknown · dropped."""
    handed: Moment | None = None
    ref: str = ""
    carried: str = ""
    """The channel that it was given to, by name."""
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
    by: str = ""
    """Name of whoever rang, where it was answered on the telephone."""
    note: str = ""


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
    held: Moment | None = None
    """Until when its next step waits because every way is quiet; None where it does not."""
    missing: tuple[str, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)
    """Of a gap: calls that nobody answered since it was opened → their party's name."""
    answered: Answer | None = None
    over: Moment | None = None
    reason: str = ""
    """Why it ended."""

    @property
    def open(self) -> bool:
        """Whether an answer still counts."""
        return self.status in {"calling", "unanswered"}

    @property
    def under_way(self) -> bool:
        """Whether anybody will still be called for it."""
        return self.open and self.due is not None


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
            one.id, one.person, one.name, one.post, one.why, one.address, one.channel, at, event.step, event.round,
            one.references,
        )
        for one in event.messages
    }  # fmt: skip
    return replace(
        call, status="calling", step=event.step, round=event.round, due=event.next,
        messages={**call.messages, **new}, missing=event.missing, held=None,
    )  # fmt: skip


def _passed(call: Call, event: StepPassed, at: datetime) -> Call:
    passed = (*call.passed, (event.round, event.step, event.reason))
    return replace(call, step=event.step, round=event.round, due=at, passed=passed, held=None)


def _held(call: Call, event: StepHeld, _: datetime) -> Call:
    return replace(
        call, status="calling", step=event.step - 1, round=event.round, due=event.until, held=event.until
    )  # fmt: skip


def _more(call: Call, event: MoreUnanswered, _: datetime) -> Call:
    return replace(call, more={**call.more, **dict(zip(event.calls, event.names, strict=True))})


def _message(call: Call, id_: str, **changes: Any) -> Call:
    found = call.messages.get(id_)
    return call if found is None else replace(call, messages={**call.messages, id_: replace(found, **changes)})


def _handed(call: Call, event: MessageHanded, at: datetime) -> Call:
    changed = _message(
        call, event.message, status=event.outcome, handed=at, ref=event.ref, note=event.why, carried=event.channel
    )
    return _sooner(changed, at)


def _failed(call: Call, event: MessageFailed, at: datetime) -> Call:
    return _sooner(_message(call, event.message, failed=at, note=event.why), at)


def _dropped(call: Call, event: MessageDropped, at: datetime) -> Call:
    return _sooner(_message(call, event.message, status="dropped", handed=at, note=event.reason), at)


SOON = timedelta(minutes=1)
"""How long an answer to messages of unknown fate is waited for at most."""


def _sooner(call: Call, at: datetime) -> Call:
    """The next step comes sooner where nothing that the last one sent can be answered any more."""
    if not call.open or call.due is None or call.status != "calling":
        return call
    urgent = call.matter is not None and call.matter.urgent  # then what stands on a page is not waited for
    own = [one for one in call.messages.values() if one.step == call.step and one.round == call.round]
    last = [one for one in own if not urgent or one.channel != "console"] or own
    if not last or any(one.status == "queued" or (one.status == "accepted" and one.failed is None) for one in last):
        return replace(call, due=at) if _is_told(call, last) else call
    unknown = any(one.status == "unknown" for one in last)
    return replace(call, due=min(call.due, at + SOON if unknown else at))


def _is_told(call: Call, last: list[Message]) -> bool:
    """Whether a call that wants no answer has nothing on its way any more, so that it may end."""
    wants = call.matter is None or call.matter.answer
    return not wants and all(one.status != "queued" for one in last)


def _over(call: Call, status: str, at: datetime, reason: str = "") -> Call:
    """Over: what still lies in the outbox is not sent any more."""
    left = {
        id_: replace(one, status="dropped", handed=at, note=reason or status)
        for id_, one in call.messages.items()
        if one.status == "queued"
    }
    return replace(call, status=status, due=None, held=None, over=at, reason=reason, messages={**call.messages, **left})


def _answered(call: Call, event: CallAnswered, at: datetime) -> Call:
    answer = Answer(event.person, event.name, event.post, event.how, at, event.message, event.by, event.note)
    return replace(_over(call, "answered", at), answered=answer)


_FOLDS: Mapping[type[Event], Callable[[Call, Any, datetime], Call]] = {
    CallOpened: _opened,
    StepTaken: _taken,
    StepPassed: _passed,
    StepHeld: _held,
    MoreUnanswered: _more,
    MessageHanded: _handed,
    MessageDropped: _dropped,
    MessageDelivered: lambda call, event, at: _message(call, event.message, delivered=at, failed=None),
    MessageFailed: _failed,
    MessageRead: lambda call, event, at: _message(call, event.message, read=at),
    CallAnswered: _answered,
    CallUnanswered: lambda call, event, _: replace(
        call, status="unanswered", due=event.next, held=None, round=event.round, missing=event.missing or call.missing
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


__all__ = [
    "CATALOGUE", "FOLD", "KINDS", "STREAMS", "Answer", "Call", "CallAnswered", "CallEnded", "CallLapsed", "CallOpened",
    "CallUnanswered", "Kind", "Matter", "Message", "MessageDelivered", "MessageDropped", "MessageFailed", "MessageHanded",
    "MessageRead", "MoreUnanswered", "Need", "Party", "Queued", "StepHeld", "StepPassed", "StepTaken", "dumped", "empty", "fold", "loaded", "stream_of",
]  # fmt: skip
