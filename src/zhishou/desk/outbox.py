"""The outbox as the sender sees it: what waits, what it says at the moment it leaves, and what became of it.

How a matter stands is looked up here right before the message leaves: what is done, cancelled or past its use is not sent.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from zhishou.acts import Event
from zhishou.callout.boards import OUTBOX
from zhishou.callout.calls import Call, Message
from zhishou.callout.channels.contract import Outgoing
from zhishou.callout.codes import Codes
from zhishou.callout.events import CallLapsed, MessageDropped, MessageHanded
from zhishou.callout.matters import Matter
from zhishou.callout.sending.contract import Handed, Line, Ready
from zhishou.callout.steps import ended
from zhishou.callout.texts import SHORT, About, said
from zhishou.callout.whom import Book
from zhishou.desk.calling import Calling
from zhishou.desk.calls import Turn, joined
from zhishou.desk.manners import Manners
from zhishou.incident.state import Incident
from zhishou.plan.load import Library

LONG, LONGEST = 600, 6000
"""Characters of a message where the channel has room; of a mail."""


class Outbox:
    """The outbox of one record.

    Args:
        calling: the rounds, which know how a matter stands.
        library: the plans, for their names.
        book: the contact book, for the numbers.
        codes: makes the codes for answering.
        manners: how the channels behave.
    """

    def __init__(
        self,
        calling: Calling,
        library: Library,
        book: Book,
        codes: Codes,
        manners: Manners,
    ) -> None:
        self._calling, self._library, self._book, self._codes, self._manners = calling, library, book, codes, manners
        self._calls = calling.calls
        self._exercise = self._calls.journal.exercise

    def waiting(self, lanes: Collection[str] | None, limit: int) -> tuple[Line, ...]:
        """Lines of these lanes, those that wait longest first."""
        found = self._calls.journal.rows(OUTBOX, states=lanes, limit=limit)
        return tuple(
            Line(row.key, row.data["call"], row.data["address"], row.data["channel"], row.state)
            for row in found
            if row.data
        )

    def ready(self, lines: Sequence[Line], now: datetime) -> tuple[Ready, ...]:
        """Each line with what is to be sent; what has lost its point is noted as such."""
        calls = self._calls.get_all(line.call for line in lines)
        incidents, rooms = self._calling.incidents(calls.values()), self._calling.rooms()
        lost: dict[str, Event] = {}
        for call in calls.values():
            if call.open and call.matter is not None:
                standing = self._calling.standing(call.matter, incidents, rooms)
                event = ended(call, standing) or _lapsed(call, call.matter, now)
                if event is not None:
                    lost[call.id] = event
        self._calling.recorded([Turn(calls[id_], (event,)) for id_, event in lost.items()], now)
        values = self._book.values_of(frozenset(line.address for line in lines))
        found: list[Ready] = []
        dropped: list[Turn] = []
        for line in lines:
            call = calls[line.call]
            message = call.messages.get(line.message)
            usable = message is not None and message.status == "queued" and call.open and call.id not in lost
            if not usable or message is None or call.matter is None:
                found.append(Ready(line, None))
            elif line.address not in values:
                dropped.append(Turn(call, (MessageDropped(message=line.message, reason="no_channel"),)))
                found.append(Ready(line, None))
            else:
                incident = incidents.get(call.matter.incident)
                found.append(Ready(line, self._outgoing(call.matter, message, incident, values[line.address], now)))
        self._calling.recorded(joined(dropped), now)
        return tuple(found)

    def _outgoing(
        self, matter: Matter, message: Message, incident: Incident | None, value: str, now: datetime
    ) -> Outgoing:
        kind = self._manners.kind(message.channel)
        short = kind in {"sms", "voice"}
        back = matter.answer and kind in {"sms", "voice"} and self._manners.back(message.channel)
        answer = self._how(matter, message, kind, back=back) if matter.answer else ""
        plan = self._library.packs.get(matter.plan)
        about = About(incident.title if incident else "", plan.plan.short if plan else "", message.references)
        room = SHORT if short else LONGEST if kind == "mail" else LONG
        words = said(matter, about, now, exercise=self._exercise, room=room, answer=answer, own=self._manners.texts)
        return Outgoing(
            id=message.id, value=value, text=words.text, kind=matter.kind, title=words.title, urgent=matter.urgent,
            exercise=self._exercise, test=matter.kind == "test", references=message.references,
            link=f"/a/{self._codes.code(message.id)}" if matter.answer and self._manners.link else "",
            code=self._codes.digits(message.id) if back else "",
        )  # fmt: skip

    def _how(self, matter: Matter, message: Message, kind: str, *, back: bool) -> str:
        """How to answer, as a channel can say it. A link is put under the text by channels that have room for one.

        Nobody is asked to send back or press what nothing here would ever hear of.
        """
        if matter.kind == "test":
            return ""
        if back:
            return f"收到回{self._codes.digits(message.id)}" if kind == "sms" else "收到请按1"
        linked = self._manners.link and kind not in {"sms", "voice"}
        return "登录办理或点链接应答" if linked else "请登录值守应答"

    def handed(self, outcomes: Sequence[Handed]) -> None:
        """Note what became of messages, and take their lines off."""
        left = list(outcomes)
        for _ in range(20):
            calls = self._calls.get_all(one.line.call for one in left)
            turns = [Turn(calls[one.line.call], (_event(one),)) for one in left if _new(calls[one.line.call], one)]
            if not turns or self._calls.record(joined(turns), max(one.at for one in left)):
                return
        for one in left:  # somebody writes to one of them again and again: the others need not wait for it
            for _ in range(20):
                call = self._calls.get(one.line.call)
                if not _new(call, one) or self._calls.record((Turn(call, (_event(one),)),), one.at):
                    break


def _lapsed(call: Call, matter: Matter, now: datetime) -> Event | None:
    if matter.use_by is None or now <= matter.use_by:
        return None
    return CallLapsed(told=sum(message.told for message in call.messages.values()))


def _event(one: Handed) -> MessageHanded:
    done = one.outcome
    return MessageHanded(
        message=one.line.message, outcome=done.status, ref=done.ref[:200], why=done.why[:300], channel=one.channel
    )  # fmt: skip


def _new(call: Call, one: Handed) -> bool:
    """Whether an outcome tells something new. What is known once is not unsaid by one that comes from a slower machine."""
    message = call.messages.get(one.line.message)
    if message is None:
        return False
    if message.status in {"queued", "dropped"}:
        return True
    return message.status == "unknown" and one.outcome.status != "unknown"
