"""Calls on the record: opened in the transaction of what brings them about, carried on each by itself, several at once.

It stands apart from `calling.py`, which decides, because everything that changes a call is written here and nowhere else.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from zhishou.acts import SYSTEM, Actor, Event, Happened
from zhishou.callout.arising import ENDING, Arising, arising
from zhishou.callout.boards import rows
from zhishou.callout.calls import STREAMS, Call, empty, fold, stream_of
from zhishou.callout.codes import ref_of
from zhishou.callout.events import CallOpened
from zhishou.callout.matters import Matter
from zhishou.callout.policy import Policy, after_quiet, length
from zhishou.desk.kinds import CALLS
from zhishou.desk.streams import Signature, States, append, drafts
from zhishou.errors import StaleError
from zhishou.incident.deciding import By
from zhishou.incident.state import Incident
from zhishou.journal import Entry, Journal, Row, Write

AT_HAND = 6000
"""Calls kept in memory."""
AT_ONCE = 250
"""Calls read together; SQLite bounds how many terms one question may have."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What is to be recorded of one call."""

    call: Call
    events: tuple[Event, ...]


Follow = Callable[[Sequence[Turn], datetime], tuple[list[Turn], list[Matter]]]


class Calls:
    """The calls of one record.

    Args:
        journal: the record.
        policy: the rules of calling.
        machine: name of this machine, for the record.
        now: the clock.
    """

    def __init__(self, journal: Journal, policy: Policy, machine: str, now: Callable[[], datetime]) -> None:
        self.journal, self.policy, self.machine, self.now = journal, policy, machine, now
        self.follow: Follow = lambda _, __: ([], [])
        """What is to be recorded, and opened, together with turns: reports of who did not answer."""
        self.states = States(journal, CALLS, AT_HAND)

    # Reading

    def get(self, stream: str) -> Call:
        """A call; empty where there is none."""
        return self.states.get(stream)

    def get_all(self, streams: Iterable[str]) -> dict[str, Call]:
        """Several calls."""
        found: dict[str, Call] = {}
        left = iter(dict.fromkeys(streams))
        while some := tuple(islice(left, AT_ONCE)):
            found |= self.states.get_all(some)
        return found

    def under(self, *prefixes: str) -> dict[str, Call]:
        """The calls whose streams begin with one of these: of incidents, of one matter."""
        found: dict[str, Call] = {}
        left = iter(self.journal.under([f"{STREAMS}{prefix}/" for prefix in prefixes]).items())
        while some := dict(islice(left, AT_ONCE)):
            found |= self.states.as_of(some)
        return found

    # Opening

    def arising(
        self, before: Incident, after: Incident, events: tuple[Event, ...], by: By
    ) -> tuple[list[Write], list[Row]]:
        """What is to be written, with the events themselves, so that whoever must be told is."""
        there = self.under(after.id) if any(isinstance(one, ENDING) for one in events) else {}
        return self.opening(arising(Arising(before, after, events, by, there)), by.context.at)

    def opening(self, matters: Iterable[Matter], at: datetime) -> tuple[list[Write], list[Row]]:
        """What opens calls."""
        writes: list[Write] = []
        lines: list[Row] = []
        for matter in matters:
            stream = stream_of(matter)
            rule = self.policy.rule(matter)
            usable = matter if matter.use_by else matter.model_copy(update={"use_by": at + length(rule.use_by)})
            opened = CallOpened(ref=ref_of(self.journal.id, stream), matter=usable, start=after_quiet(rule, at))
            writes.append(Write(stream, 0, drafts((opened,), at)))
            lines += rows(empty(stream), folded(empty(stream), (opened,), at))
        return writes, lines

    def open(self, matters: Sequence[Matter], at: datetime) -> int:
        """Open calls that nobody's command brings about; those that are open already stay as they are. How many are new."""
        there = self.get_all(stream_of(matter) for matter in matters)
        new = [matter for matter in matters if not there[stream_of(matter)].version]
        if new:
            writes, lines = self.opening(new, at)
            try:
                append(self.journal, writes, self._signature(), SYSTEM, "", lines)
            except StaleError:  # another server was first with one of them
                return sum(self.open((matter,), at) for matter in new) if len(new) > 1 else 0
        return len(new)

    # Carrying on

    def record(self, turns: Sequence[Turn], at: datetime, *, by: Actor = SYSTEM, post: str = "") -> bool:
        """Record what was decided on calls, all of it or nothing, with the reports that follow.

        False where somebody else wrote to one of them first.
        """
        noted, more = self.follow(turns, at)
        turns = joined((*turns, *noted))
        writes: list[Write] = []
        lines: list[Row] = []
        for one in turns:
            writes.append(Write(one.call.id, one.call.version, drafts(one.events, at)))
            lines += rows(one.call, folded(one.call, one.events, at))
        opened, shown = self.opening(more, at)
        try:
            done = append(self.journal, (*writes, *opened), self._signature(), by, post, (*lines, *shown))
        except StaleError:
            return False
        entries: dict[str, list[Entry]] = {}
        for entry in done.entries:
            entries.setdefault(entry.stream, []).append(entry)
        for one in turns:
            self.states.advance(one.call.id, entries.get(one.call.id, ()))
        return True

    def _signature(self) -> Signature:
        return Signature(f"call/{secrets.token_hex(12)}", self.machine, "call", self.now())


def joined(turns: Iterable[Turn]) -> list[Turn]:
    """The turns of one call put together."""
    found: dict[str, Turn] = {}
    for turn in turns:
        before = found.get(turn.call.id)
        found[turn.call.id] = turn if before is None else Turn(before.call, (*before.events, *turn.events))
    return list(found.values())


def folded(call: Call, events: Iterable[Event], at: datetime) -> Call:
    """The call after events that are about to be recorded."""
    for event in events:
        happened = Happened(event, at, call.id, call.version + 1, 0, at, SYSTEM.person, SYSTEM.name, "")
        call = fold(call, happened)
    return call
