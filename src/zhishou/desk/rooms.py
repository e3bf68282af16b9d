"""Duty rooms: commands given to them, and which posts a person holds in all of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import SYSTEM, Actor, Command, Event, Happened
from zhishou.callout.gaps import of_room
from zhishou.desk.calls import Calls
from zhishou.desk.kinds import ROOMS, WATCH_STREAMS, watch_stream
from zhishou.desk.streams import Signature, States, append, digest, drafts
from zhishou.desk.turns import Turns
from zhishou.errors import NotFoundError, RefusedError, StaleError
from zhishou.journal import Journal, Write
from zhishou.plan.load import Library
from zhishou.projections import last, room_rows
from zhishou.watch.authority import acting_post
from zhishou.watch.deciding import decide
from zhishou.watch.folding import fold
from zhishou.watch.holding import actor, is_role, within
from zhishou.watch.reminding import reminded
from zhishou.watch.state import State


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a command to a duty room."""

    area: str
    version: int
    happened: tuple[Happened, ...]
    repeated: bool


@dataclass(frozen=True, slots=True)
class Written:
    """Events decided, and who signs them."""

    events: tuple[Event, ...]
    at: datetime
    by: Actor
    post: str


class Rooms:
    """The duty rooms of one record.

    Args:
        journal: the record.
        library: the plans.
        machine: name of this machine, for the record.
        now: the clock.
        reporters: area → ids of those who send returns to it.
    """

    def __init__(
        self, journal: Journal, library: Library, machine: str, now: Callable[[], datetime],
        reporters: Mapping[str, Collection[str]],
    ) -> None:  # fmt: skip
        self.journal, self.library, self.machine, self.now = journal, library, machine, now
        self.reporters = reporters
        self.states = States(journal, ROOMS)
        self._turns = Turns()
        self.calls: Calls | None = None
        """Who is called; None where nobody is, as in a drill."""

    def get(self, area: str) -> State:
        """A duty room; empty where none is open for the area."""
        return self.states.get(watch_stream(area))

    def areas(self) -> tuple[str, ...]:
        """Areas with a duty room in this record."""
        return tuple(stream.removeprefix(WATCH_STREAMS) for stream, _ in self.journal.streams(WATCH_STREAMS))

    def actor(self, person: str, name: str, at: datetime) -> Actor:
        """A person with the posts he holds in any of the duty rooms at a moment."""
        posts: frozenset[str] = frozenset()
        delegated: dict[str, str] = {}
        for room in self.states.get_all(map(watch_stream, self.library.lexicon.areas)).values():
            found = actor(room, person, name, at)
            posts |= found.posts
            delegated |= found.delegated
        return Actor(person, name, posts, {post: number for post, number in delegated.items() if post not in posts})

    def within(self, someone: Actor, area: str, at: datetime) -> Actor:
        """Somebody as he counts in one area; the duty rooms are looked up for whoever holds a role, and for nobody else."""
        if not any(is_role(post, self.library.lexicon) for post in {*someone.posts, *someone.delegated}):
            return someone
        rooms = self.states.get_all(map(watch_stream, self.library.lexicon.upward(area)))
        return within(someone, rooms.values(), self.library.lexicon, at)

    def role_areas(self, someone: Actor, at: datetime) -> dict[str, frozenset[str]]:
        """Of roles that no area owns, those that somebody holds → the areas in which they count."""
        lexicon = self.library.lexicon
        roles = [post for post in {*someone.posts, *someone.delegated} if is_role(post, lexicon)]
        if not roles:
            return {}
        rooms = self.states.get_all(map(watch_stream, lexicon.areas))
        there = {
            area: within(someone, [rooms[watch_stream(one)] for one in lexicon.upward(area)], lexicon, at)
            for area in lexicon.areas
        }
        return {
            post: frozenset(area for area, one in there.items() if post in one.posts or post in one.delegated)
            for post in roles
        }

    def give(
        self, area: str, command: Command, by: Actor, *, key: str, expected: int | None = None, machine: str = ""
    ) -> Kept:
        """Give a command to a duty room; it takes effect now, or as its own dates say.

        Raises:
            RefusedError: it may not be carried out.
            StaleError: somebody else wrote after `expected`.
            RepeatedKeyError: the key was used for another command.
        """
        if area not in self.library.lexicon.areas:
            raise NotFoundError(f"没有“{area}”这个地区", mend=f"现有：{'、'.join(self.library.lexicon.areas)}")
        signature = Signature(key, machine or self.machine, digest(command, f"watch/{area}", by), self.now())

        def once() -> Kept:
            if self.journal.of_command(key):
                done = append(self.journal, (), signature, by, "")
                own = (entry for entry in done.entries if entry.stream == watch_stream(area))
                return Kept(area, self.get(area).version, tuple(map(self.states.happened, own)), repeated=True)
            return self._once(area, command, by, signature, expected, self.now())

        return self._turns.take(watch_stream(area), once, tied=expected is not None)

    def _once(
        self, area: str, command: Command, by: Actor, signature: Signature, expected: int | None, at: datetime
    ) -> Kept:
        state = self.get(area)
        packs, lexicon = self.library.packs, self.library.lexicon
        by = self.within(by, area, at)
        overtaken = None
        if expected is not None and state.version != expected:
            overtaken = StaleError(watch_stream(area), expected, state.version)
        try:
            post = acting_post(state, command, by, at, packs)
        except RefusedError as error:
            # Who may not is told so before he is told that others wrote; what is gone meanwhile was overtaken.
            raise error if error.code == "post" or overtaken is None else overtaken from None
        if overtaken is not None:
            raise overtaken
        events = decide(state, command, by, at, packs, lexicon, reporters=self.reporters.get(area, ()))
        return self._record(area, state, Written(events, at, by, post), signature)

    def _record(self, area: str, state: State, written: Written, signature: Signature) -> Kept:
        write = Write(watch_stream(area), state.version, drafts(written.events, written.at))
        lines = tuple(room_rows(state, self._after(area, state, written)))
        opened: list[Write] = []
        if self.calls is not None:
            opened, shown = self.calls.opening(of_room(area, written.events, written.at), written.at)
            lines = (*lines, *shown)
        done = append(self.journal, (write, *opened), signature, written.by, written.post, last(lines))
        own = [entry for entry in done.entries if entry.stream == watch_stream(area)]
        if not done.repeated:
            self.states.put(watch_stream(area), self.states.folded(state, own))
        return Kept(area, own[-1].version, tuple(map(self.states.happened, own)), done.repeated)

    def _after(self, area: str, state: State, written: Written) -> State:
        """The state with events that are about to be recorded."""
        by, at = written.by, written.at
        for event in written.events:
            number = state.version + 1
            state = fold(
                state, Happened(event, at, watch_stream(area), number, 0, at, by.person, by.name, written.post)
            )
        return state

    def remind(self, area: str, now: datetime) -> tuple[Happened, ...]:
        """Record what is to be called to mind in a duty room; several servers do so, and each is recorded once."""

        def once() -> tuple[Happened, ...]:
            state = self.get(area)
            if not (events := reminded(state, now)):
                return ()
            signature = Signature(f"remind/{area}/{state.version}", self.machine, "self", self.now())
            kept = self._record(area, state, Written(events, now, SYSTEM, SYSTEM.person), signature)
            return () if kept.repeated else kept.happened

        return self._turns.take(watch_stream(area), once)
