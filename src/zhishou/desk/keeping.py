"""Incidents as states, the context of a decision, and its events written to the record with the boards they change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import SYSTEM, Event, Happened
from zhishou.desk.calls import Calls
from zhishou.desk.kinds import INCIDENT_STREAMS, INCIDENTS, incident_stream, standing_stream
from zhishou.desk.streams import Signature, States, append, drafts
from zhishou.desk.turns import Turn, Turns
from zhishou.errors import NotFoundError
from zhishou.incident.context import Context, HouseRules
from zhishou.incident.deciding import By
from zhishou.incident.index import fold_all
from zhishou.incident.state import Incident, Statement
from zhishou.journal import Journal, Link, Row, Write
from zhishou.plan.load import Library
from zhishou.projections import STANDING, last, rows


@dataclass(frozen=True, slots=True)
class Given:
    """What became of a command."""

    incident: str
    """Id of the incident, or of the standing file."""
    version: int
    """The incident's version after it."""
    happened: tuple[Happened, ...]
    repeated: bool
    """True where the same command had come before and nothing was done now."""


@dataclass(frozen=True, slots=True)
class Change:
    """Events decided on one incident."""

    state: Incident
    events: tuple[Event, ...]
    by: By


class Keeping:
    """The incidents of every duty room in one record.

    Args:
        journal: the record.
        library: the plans.
        machine: name of this machine, for the record.
        now: the clock.
        rules: what the duty room has settled for itself.
    """

    def __init__(
        self, journal: Journal, library: Library, machine: str, now: Callable[[], datetime], rules: HouseRules
    ) -> None:
        self.journal, self.library, self.machine, self.now, self.rules = journal, library, machine, now, rules
        self.states = States(journal, INCIDENTS)
        self.turns = Turns()
        self.calls: Calls | None = None
        """Who is called; None where nobody is, as in a drill."""
        self.numbers: dict[str, int] = {}
        """What the numbers of an area's year begin with → one that is taken, to look for the last from there."""

    def get(self, id_: str) -> Incident:
        """An incident.

        Raises:
            NotFoundError: there is none of this id.
        """
        state = self.states.get(incident_stream(id_))
        if not state.version:
            raise NotFoundError(f"没有“{id_}”这个事件", mend="核对事件编号")
        return state

    def standing(self, id_: str) -> Incident:
        """The incident that stands for another: itself, or what it was merged into, however often.

        Raises:
            NotFoundError: there is none of this id.
        """
        state = self.get(id_)
        while state.status == "merged":
            state = self.get(state.merged_into)
        return state

    def name(self, organisation: str) -> str:
        """What an organisation is called; the name itself where the lexicon does not have it."""
        found = self.library.lexicon.organisations.get(organisation)
        return found.label if found is not None else organisation

    def upward(self, area: str) -> tuple[str, ...]:
        """An area and those that hold it, from the smallest to the largest.

        Raises:
            NotFoundError: there is no such area.
        """
        if area not in self.library.lexicon.areas:
            known = "、".join(self.library.lexicon.areas)
            raise NotFoundError(f"没有“{area}”这个地区", where="area", mend=f"核对地区编号；现有：{known}")
        return self.library.lexicon.upward(area)

    def context(self, area: str, at: datetime) -> Context:
        """What a decision of an area's duty room may look at.

        Raises:
            NotFoundError: there is no such area.
        """
        return Context(at, area, self.library.packs, self.library.lexicon, self._standing(area), self.rules)

    def seen(self, id_: str, area: str, at: datetime, ahead: Incident | None = None) -> tuple[Incident, Context]:
        """An incident, empty where there is none, and what a decision on it may look at; all as of one moment.

        Args:
            id_: the incident.
            area: its duty room's area.
            at: the moment of the decision.
            ahead: the incident as it will be, where that is not on record yet.
        """
        upward, own = self.upward(area), incident_stream(id_)
        streams = dict.fromkeys([own, *map(standing_stream, upward)])
        if ahead is None:
            states = self.states.get_all(streams)
        else:
            states = self.states.get_all(stream for stream in streams if stream != own) | {own: ahead}
        context = Context(at, area, self.library.packs, self.library.lexicon, _facts(states, upward), self.rules)
        return states[own], context

    def _standing(self, area: str) -> dict[str, Statement]:
        upward = self.upward(area)
        return _facts(self.states.get_all(map(standing_stream, upward)), upward)

    def record(self, changes: Sequence[Change], signature: Signature, turn: Turn[Incident] | None = None) -> Given:
        """Write what was decided, all of it or nothing; the first change is the command's own, and its giver signs.

        Args:
            changes: what was decided.
            signature: the command's.
            turn: on the stream of the first change; whoever waits for it goes on as soon as this has its place.

        Raises:
            StaleError: somebody else wrote first.
        """
        orders: list[Write] = []
        changed: list[Row] = []
        link: Link | None = None
        for one in changes:
            stream = incident_stream(one.state.id)
            orders.append(Write(stream, one.state.version, drafts(one.events, one.by.context.at)))
            after = fold_all(one.state, one.events, one.by)
            changed += rows(one.state, after)
            if link is None and turn is not None:
                link = turn.link(after)
            if self.calls is not None and not one.state.id.startswith(STANDING):
                opened, lines = self.calls.arising(one.state, after, one.events, one.by)
                orders += opened
                changed += lines
        main, by = changes[0].state, changes[0].by
        done = append(self.journal, orders, signature, by.actor, by.post, last(changed), link=link)
        of_incidents = [entry for entry in done.entries if entry.stream.startswith(INCIDENT_STREAMS)]
        own = [entry for entry in of_incidents if entry.stream == incident_stream(main.id)]
        if not done.repeated:
            for one in changes:
                stream = incident_stream(one.state.id)
                self.states.advance(stream, [entry for entry in of_incidents if entry.stream == stream])
        version = own[-1].version if own else main.version
        return Given(main.id, version, tuple(map(self.states.happened, of_incidents)), done.repeated)

    def by_itself(
        self, id_: str, key: str, decide: Callable[[Incident], tuple[Event, ...]], at: datetime, *, new: bool = False
    ) -> tuple[Happened, ...]:
        """Record what the desk does of itself: decided on the state as it is now, anew where somebody wrote meanwhile.

        Args:
            id_: the incident.
            key: what the key begins with; the version decided on follows, so that several servers do it once.
            decide: the events that follow; none: nothing is to be done.
            at: the moment.
            new: whether the incident may be one without events yet.
        """

        def once(turn: Turn[Incident]) -> tuple[Happened, ...]:
            state = turn.ahead
            if state is None:
                state = self.states.get(incident_stream(id_)) if new else self.get(id_)
            if not (events := decide(state)):
                turn.sure()
                return ()
            by = By(SYSTEM, SYSTEM.person, Context(at, state.area, self.library.packs, self.library.lexicon))
            signature = Signature(f"{key}/{state.version}", self.machine, "self", self.now())
            given = self.record([Change(state, events, by)], signature, turn)
            return () if given.repeated else given.happened

        return self.turns.follow(incident_stream(id_), once, done=lambda: None)


def _facts(states: Mapping[str, Incident], upward: Sequence[str]) -> dict[str, Statement]:
    """The standing facts of an area: its own before those of the areas above."""
    return {id_: one for area in reversed(upward) for id_, one in states[standing_stream(area)].facts.items()}
