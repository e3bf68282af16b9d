"""What comes back: answers by link, code or console, and receipts of gateways; each is taken once, however often it comes.

An answer to a call that is over, a receipt for a message that nobody knows: nothing happens, and whoever asks is told so.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from zhishou.acts import SYSTEM, Actor, Command, Event
from zhishou.callout.boards import FOR, REFS, SENT, gateway_ref
from zhishou.callout.calls import Call, Message
from zhishou.callout.codes import call_of
from zhishou.callout.events import CallAnswered, MessageDelivered, MessageFailed, MessageRead
from zhishou.callout.matters import Party
from zhishou.callout.whom import console_address
from zhishou.desk.calls import Calls, Turn
from zhishou.errors import NotFoundError, RefusedError, StaleError
from zhishou.plan.posts import duty_post

TRIES = 20


class Rung(Command):
    """What the duty room writes down of a call that it has made by telephone itself."""

    name = "rung"
    label = "电话已落实"
    who: str
    """Who was spoken to."""
    note: str = ""
    """What he answered, and on which number."""


How = Literal["link", "code", "console", "voice"]
Receipt = Literal["delivered", "failed", "read"]


@dataclass(frozen=True, slots=True)
class Found:
    """A message and the call that it belongs to."""

    call: Call
    message: Message


class Answering:
    """Answers and receipts for the calls of one record.

    Args:
        calls: the calls.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def message(self, id_: str) -> Found | None:
        """A message by its id; None where there is none."""
        line = next(iter(self._calls.journal.rows(REFS, key=call_of(id_))), None)
        return self._found(str(line.data["call"]), id_) if line is not None and line.data else None

    def by_gateway(self, channel: str, ref: str) -> Found | None:
        """A message by the name that its gateway has for it; None where there is none."""
        line = next(iter(self._calls.journal.rows(REFS, key=gateway_ref(channel, ref))), None)
        return (
            self._found(str(line.data["call"]), str(line.data["message"])) if line is not None and line.data else None
        )

    def sent_to(self, address: str) -> tuple[Found, ...]:
        """The messages that an address got of calls that are not over, the newest first."""
        lines = self._calls.journal.rows(SENT, states=(address,), limit=500)
        found = (self._found(str(line.data["call"]), line.key) for line in reversed(lines) if line.data)
        return tuple(one for one in found if one is not None)

    def waiting_for(self, marks: Collection[str], most: int = 100) -> tuple[Call, ...]:
        """Calls that wait for an answer of somebody, the oldest first.

        Args:
            marks: keys of the posts that he holds, and his account.
            most: so many at most.
        """
        lines = self._calls.journal.rows(FOR, states=sorted(marks), limit=most) if marks else ()
        found = self._calls.get_all(str(line.data["call"]) for line in lines if line.data)
        return tuple(call for call in found.values() if call.open)

    def seen(self, calls: Iterable[Call], person: str, at: datetime) -> None:
        """Note that somebody has seen calls on his page: what was put there for him is read."""
        for call in calls:
            for one in call.messages.values():
                if one.person == person and one.address == console_address(person) and one.told and one.read is None:
                    self.received(one.id, "read", at)

    def _found(self, stream: str, id_: str) -> Found | None:
        call = self._calls.get(stream)
        return Found(call, call.messages[id_]) if id_ in call.messages else None

    def answer(self, id_: str, how: How, at: datetime) -> Found | None:
        """Answer a call by one of its messages: whoever got it has answered. None where there is no such message.

        The call that is given back says what came of it: one that was over before stays as it was.
        """
        one = self.message(id_)
        if one is None:
            return None
        person = Actor(one.message.person, one.message.name)
        event = CallAnswered(
            person=one.message.person, name=one.message.name, post=one.message.post, how=how, message=id_
        )
        call = self._once(one.call.id, event, at, person, one.message.post)
        return Found(call, call.messages[id_])

    def answer_call(self, stream: str, by: Actor, at: datetime) -> Call:
        """Answer a call on the console, by somebody who may speak for its party.

        Raises:
            NotFoundError: there is no such call, or he may not.
        """
        call = self._calls.get(stream)
        party = call.matter.party if call.matter is not None else None
        if party is None:
            raise NotFoundError("没有这个呼叫", where=stream, mend="刷新后再试")
        if (post := speaking(party, by)) is None:
            raise NotFoundError("这个呼叫不是发给您的", mend="由被呼叫的单位或值班员应答")
        event = CallAnswered(person=by.person, name=by.name, post=post, how="console")
        return self._once(stream, event, at, by, post)

    def rung(self, stream: str, said: Rung, by: Actor, at: datetime) -> Call:
        """Write down that the duty room has rung a call's party up, and whom it spoke to: nobody is called any more.

        Raises:
            NotFoundError: there is no such call.
            RefusedError: whoever writes it down does not keep the watch there, no name is given, the call is over, or it
                is a test, which only what was received can answer.
        """
        call = self._calls.get(stream)
        if call.matter is None:
            raise NotFoundError("没有这个呼叫", where=stream, mend="刷新后再试")
        party, post = call.matter.party, duty_post(call.matter.area)
        if post not in by.posts and post not in by.delegated:
            raise RefusedError("电话落实由值班室登记", mend="请当班值班员登记", code="post")
        if call.matter.kind == "test":
            raise RefusedError("测试不能用电话代替", where=party.label, mend="由收到测试的人按消息里的办法应答")
        if not said.who.strip():
            raise RefusedError("没有写接电话人", where=party.label, mend="写明谁接的电话", code="missing")
        event = CallAnswered(
            person=party.key, name=said.who.strip(), post=next(iter(party.posts), ""), how="phone", by=by.name,
            note=said.note.strip(),
        )  # fmt: skip
        found = self._once(stream, event, at, by, post)
        one = found.answered
        if one is None or (one.how, one.by, one.name, one.note) != (event.how, event.by, event.name, event.note):
            raise RefusedError(
                "这个呼叫此前已应答或已了结", where=party.label, mend="刷新后查看；要补记的，写进事件的记事"
            )
        return found

    def received(self, id_: str, what: Receipt, at: datetime, why: str = "") -> bool:
        """Note a gateway's receipt; False where it tells nothing new: an unknown message, or one noted before."""
        one = self.message(id_)
        if one is None or _known(one.message, what):
            return False
        event: Event = (
            MessageFailed(message=id_, why=why) if what == "failed"
            else MessageDelivered(message=id_) if what == "delivered"
            else MessageRead(message=id_)
        )  # fmt: skip
        for number in range(TRIES):
            call = self._calls.get(one.call.id)
            if _known(call.messages[id_], what):
                return False
            if self._calls.record((Turn(call, (event,)),), at):
                return True
            time.sleep(0.002 * number)
        raise StaleError(one.call.id, one.call.version, one.call.version)

    def _once(self, stream: str, event: CallAnswered, at: datetime, by: Actor, post: str) -> Call:
        for number in range(TRIES):
            call = self._calls.get(stream)
            if not call.open:
                return call
            if self._calls.record((Turn(call, (event,)),), at, by=by or SYSTEM, post=post):
                return self._calls.get(stream)
            time.sleep(0.002 * number)
        raise StaleError(stream, call.version, call.version)


def speaking(party: Party, by: Actor) -> str | None:
    """The post in which somebody speaks for a party; empty where he is named himself, None where he does not."""
    held = by.posts | set(by.delegated)
    post = next((one for one in (*party.posts, *party.deputies) if one in held), None)
    return "" if post is None and by.person in party.persons else post


def _known(message: Message, what: Receipt) -> bool:
    """Whether a receipt tells nothing new. One that comes late does not unsay a later one: what was read has arrived."""
    if what == "read":
        return message.read is not None
    if what == "delivered":
        return message.delivered is not None
    return message.failed is not None or message.delivered is not None or message.read is not None
