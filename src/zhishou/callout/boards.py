"""Lines of a call on its boards: what is due next, what lies in the outbox, which call a code belongs to.

They follow from the call before and after alone, so that they can be made anew from the record.
"""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.callout.calls import Call, Message
from zhishou.callout.matters import Matter
from zhishou.journal.entry import Row

CALLS = "calls"
"""Calls that are not over: state by urgency, due at the next step."""
OUTBOX = "outbox"
"""Messages to be handed over: state by urgency and channel, see `lane`."""
REFS = "call_refs"
"""Short name of a call → its stream; a gateway's name of a message → the message."""
SENT = "call_sent"
"""Messages handed over of calls that are not over: state is the address, so that what comes back from it finds its call."""
FOR = "call_for"
"""Calls that are not over and want an answer, by whose they are: state is the post's key or the account."""
BOARDS = (CALLS, OUTBOX, REFS, SENT, FOR)

URGENCIES = ("first", "urgent", "waiting")
"""Level I · level II · all else. A flood of the later never delays the earlier."""


def urgency(matter: Matter) -> str:
    """How urgent a matter is."""
    return {1: "first", 2: "urgent"}.get(matter.rank, "waiting")


def lane(matter: Matter, channel: str) -> str:
    """The state of a message's line: how urgent it is and by which channel it goes."""
    return f"{urgency(matter)}.{channel}"


def gateway_ref(channel: str, ref: str) -> str:
    """The key of the line that leads from a gateway's own name of a message to the message."""
    return f"{channel}/{ref}"


def rows(before: Call, after: Call) -> Iterator[Row]:
    """The lines that change between two states of one call."""
    matter = after.matter
    if matter is None:
        return
    if not before.version:
        yield Row(REFS, after.ref, matter.area, matter.kind, None, {"call": after.id})
    if after.open:
        yield Row(CALLS, after.id, matter.area, urgency(matter), after.due, _told(after, matter))
    elif before.open or not before.version:
        yield Row(CALLS, after.id, matter.area, "", None, None)
    yield from _whose(before, after, matter)
    for id_, message in after.messages.items():
        was = before.messages.get(id_)
        if message is not was or before.open != after.open:
            yield from _message(after, matter, message, was)


def _whose(before: Call, after: Call, matter: Matter) -> Iterator[Row]:
    new, over = not before.version, before.open and not after.open
    if matter.answer and (new or over):
        shown = {"call": after.id} if after.open else None
        for number, mark in enumerate(dict.fromkeys((*matter.party.posts, *matter.party.persons))):
            yield Row(FOR, f"{after.ref}/{number}", matter.area, mark, matter.since, shown)


def _message(call: Call, matter: Matter, message: Message, was: Message | None) -> Iterator[Row]:
    waits = message.status == "queued"
    if waits:
        data = {"call": call.id, "address": message.address, "channel": message.channel, "incident": matter.incident}
        yield Row(OUTBOX, message.id, matter.area, lane(matter, message.channel), message.queued, data)
    elif was is None or was.status == "queued":
        yield Row(OUTBOX, message.id, matter.area, "", None, None)
    if message.ref and message.ref != message.id and (was is None or was.ref != message.ref):
        named = {"call": call.id, "message": message.id}
        yield Row(
            REFS, gateway_ref(message.carried or message.channel, message.ref), matter.area, "gateway", None, named
        )
    if message.told:
        shown = {"call": call.id, "person": message.person} if call.open else None
        yield Row(SENT, message.id, matter.area, message.address, message.handed, shown)


def _told(call: Call, matter: Matter) -> dict[str, object]:
    """When somebody was last called: a clock that ran ahead then is known by it."""
    last = max((one.queued for one in call.messages.values()), default=None)
    return {"incident": matter.incident, "asked": (last or call.opened or matter.since).isoformat()}
