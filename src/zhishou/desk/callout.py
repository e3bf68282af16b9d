"""The call-out of one desk: calls, rounds, outbox and answers, wired; until it is connected nobody is called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from zhishou.acts import Actor
from zhishou.callout.calls import Call
from zhishou.callout.codes import Codes
from zhishou.callout.matters import Matter
from zhishou.callout.policy import Policy, shipped
from zhishou.callout.roll import Roll
from zhishou.callout.whom import Book, Reach
from zhishou.desk.answering import Answering, Found, How, Receipt, Rung, speaking
from zhishou.desk.calling import Calling
from zhishou.desk.calls import Calls
from zhishou.desk.keeping import Keeping
from zhishou.desk.manners import Kinds, Manners
from zhishou.desk.outbox import Outbox
from zhishou.desk.rooms import Rooms


class CallOut:
    """The call-out of a desk.

    Args:
        keeping: the incidents; from now on what happens to them calls people.
        rooms: the duty rooms.
        book: the contact book.
        codes: makes the codes for answering.
        kinds: which channels may be used for a matter at a moment.
        manners: how the channels behave.
        policy: the rules of calling; None: the shipped ones.
    """

    def __init__(
        self, keeping: Keeping, rooms: Rooms, book: Book, codes: Codes, kinds: Kinds,
        *, manners: Manners | None = None, policy: Policy | None = None,
    ) -> None:  # fmt: skip
        self.manners = manners = manners or Manners()
        self.calls = Calls(keeping.journal, policy or shipped(), keeping.machine, keeping.now)
        self.calling = Calling(keeping, rooms, self.calls, book, kinds, manners.quiet)
        self.outbox = Outbox(self.calling, keeping.library, book, codes, manners)
        self._answering = Answering(self.calls)
        self._now, self.rules, self._rooms = keeping.now, keeping.rules, rooms
        self._lexicon = keeping.library.lexicon
        keeping.calls = rooms.calls = self.calls

    # What is done

    def round(self, now: datetime) -> int:
        """Call whoever is due; how many calls were carried on."""
        return self.calling.round(now)

    def settle(self, now: datetime) -> int:
        """End the calls of what was done here, without a round."""
        return self.calling.settle(now)

    def lost(self, now: datetime) -> int:
        """Take up calls that a clock set wrongly made wait; to be asked at the start and when the clock was set back."""
        return self.calling.lost(now)

    def touch(self, about: str) -> None:
        """Something was done in an incident or duty room; the next round ends calls that it answers."""
        self.calling.touch(about)

    def open(self, matters: Sequence[Matter], at: datetime) -> int:
        """Call people for matters that no incident brings about: a test; how many are new."""
        return self.calls.open(matters, at)

    def answer(self, message: str, how: How, at: datetime | None = None) -> Found | None:
        """Answer a call by one of its messages; None where there is none. One that is over stays as it was."""
        return self._answering.answer(message, how, at or self._now())

    def answer_call(self, call: str, by: Actor, at: datetime | None = None) -> Call:
        """Answer a call on the console.

        Raises:
            NotFoundError: there is no such call, or it is not his to answer.
        """
        moment = at or self._now()
        return self._answering.answer_call(call, self._within(self.calls.get(call), by, moment), moment)

    def rung(self, call: str, said: Rung, by: Actor, at: datetime | None = None) -> Call:
        """Write down that the duty room has rung a call's party up: nobody is called any more.

        Raises:
            NotFoundError: there is no such call.
            RefusedError: it cannot be written down so; the error says why.
        """
        return self._answering.rung(call, said, by, at or self._now())

    def may_answer(self, call: Call, by: Actor) -> bool:
        """Whether somebody may answer a call: it is open, and its party is he or speaks through him."""
        by = self._within(call, by, self._now())
        return call.open and call.matter is not None and speaking(call.matter.party, by) is not None

    def _within(self, call: Call, by: Actor, at: datetime) -> Actor:
        """Somebody as he counts where the call arose: a role of another area's is not called, and does not answer."""
        return by if call.matter is None else self._rooms.within(by, call.matter.area, at)

    def received(self, message: str, what: Receipt, at: datetime | None = None, why: str = "") -> bool:
        """Note a gateway's receipt; False where it tells nothing new."""
        return self._answering.received(message, what, at or self._now(), why)

    # What is read

    def message(self, id_: str) -> Found | None:
        """A message with its call."""
        return self._answering.message(id_)

    def by_gateway(self, channel: str, ref: str) -> Found | None:
        """A message by its gateway's name for it, with its call."""
        return self._answering.by_gateway(channel, ref)

    def sent_to(self, address: str) -> tuple[Found, ...]:
        """Messages that an address got of calls that are not over, the newest first."""
        return self._answering.sent_to(address)

    def waiting_for(self, marks: Collection[str]) -> tuple[Call, ...]:
        """Calls that wait for an answer of whoever holds these posts, or is this account."""
        return self._answering.waiting_for(marks)

    def seen(self, calls: Sequence[Call], person: str, at: datetime) -> None:
        """Note that somebody has seen calls on his page."""
        self._answering.seen(calls, person, at)

    def of(self, about: str) -> tuple[Call, ...]:
        """The calls of an incident, or of a duty room's own matters, in the order in which they were opened."""
        found = self.calls.under(about).values()
        return tuple(sorted((one for one in found if one.opened is not None), key=_opened))

    def by_incident(self, incidents: Iterable[str]) -> dict[str, list[Call]]:
        """The calls of several incidents, each with its own, in no order."""
        found: dict[str, list[Call]] = {id_: [] for id_ in incidents}
        for call in self.calls.under(*found).values():
            if call.matter is not None:
                found[call.matter.incident].append(call)
        return found

    def who(self, matters: Sequence[Matter], at: datetime) -> tuple[Reach, ...]:
        """Who would be called for matters at a moment, by what, in which order, and what is missing."""
        return tuple(self.calling.reaches(matters, Roll(self.calling.rooms(), at, self._lexicon), at))


def _opened(call: Call) -> tuple[str, str]:
    return (call.opened.isoformat() if call.opened else "", call.id)
