"""The desk itself: every use case is one function of it; API, console, drills and command line all call these."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from zhishou.acts import SYSTEM, Actor, Command, Event, Happened
from zhishou.assess.assessment import Assessment
from zhishou.callout.book.changes import BookChanges
from zhishou.callout.codes import Codes
from zhishou.callout.policy import Policy
from zhishou.callout.whom import Book
from zhishou.desk import accounts, by_itself, contacts, incidents, overdue, rebuilding
from zhishou.desk.alerts import Alerts
from zhishou.desk.callout import CallOut
from zhishou.desk.cuts import Cuts
from zhishou.desk.keeping import Given, Keeping
from zhishou.desk.kinds import incident_stream, watch_stream
from zhishou.desk.manners import Kinds, Manners
from zhishou.desk.moments import at_once, not_ahead, not_long_past
from zhishou.desk.office import WarningOffice
from zhishou.desk.papers import Papers
from zhishou.desk.returns import Returns
from zhishou.desk.returns_told import news, not_marked
from zhishou.desk.rooms import Kept, Rooms
from zhishou.desk.streams import digest
from zhishou.desk.warnings import Warnings
from zhishou.incident.context import HouseRules
from zhishou.incident.facts import CorrectFact, FactGiven, StateFacts, checked_facts, stated
from zhishou.incident.index import decide
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import photos
from zhishou.incident.seen import assessed
from zhishou.incident.state import Incident
from zhishou.journal import Journal, Progress, Row
from zhishou.people.changes import Changes
from zhishou.plan.load import Library
from zhishou.projections import DUTIES, INCIDENTS, STANDING, SUGGESTIONS, TASKS
from zhishou.supply.returns.late import Late, late
from zhishou.supply.returns.roster import roster
from zhishou.supply.system import System
from zhishou.watch.log import LogEntry, entries
from zhishou.watch.state import State
from zhishou.watch.upkeep import Obligation, upkeep


class Desk:
    """The duty desk.

    Args:
        journal: the record; an exercise has a record of its own.
        library: the plans.
        machine: name of this machine, for the record.
        now: the clock; a drill brings its own.
        rules: what the duty room has settled for itself where plans give no figure.
        systems: area → its supply system, where it has one.
        address: the console's address for the codes on papers; empty: they say number and code in words.
        office: in whose name public warnings go out, and whom the house believes; None: neither goes out nor is believed.
    """

    def __init__(
        self, journal: Journal, library: Library, *, machine: str, now: Callable[[], datetime],
        rules: HouseRules | None = None, systems: Mapping[str, System] | None = None,
        address: str = "", office: WarningOffice | None = None,
    ) -> None:  # fmt: skip
        self.journal, self.library, self.now = journal, library, now
        self._keeping = Keeping(journal, library, machine, now, rules or HouseRules())
        settled = office or WarningOffice()
        sources = tuple(one.name for one in settled.sources)
        reporters = dict.fromkeys(library.lexicon.areas, sources) | {
            area: (*(one.id for one in system.reporters), *sources) for area, system in (systems or {}).items()
        }
        self._rooms = Rooms(journal, library, machine, now, reporters)
        self.callout: CallOut | None = None
        """Who is called; None where nobody is, as in a drill."""
        self.returns = Returns(self._keeping, systems or {}, self._told_by_returns)
        self.cuts = Cuts(self._keeping, self.returns)
        self.papers = Papers(self._keeping, self.returns, address=address)
        self.alerts = Alerts(self._keeping, self.papers.files, settled)
        self.warnings = Warnings(self._keeping, self.papers.files, settled, self._told_by_warnings)

    def connect(
        self, book: Book, codes: Codes, kinds: Kinds, *,
        manners: Manners | None = None, policy: Policy | None = None,
    ) -> CallOut:  # fmt: skip
        """Let people be called from now on.

        Args:
            book: the contact book.
            codes: makes the codes for answering.
            kinds: which channels may be used for a matter at a moment.
            manners: how the channels behave.
            policy: the rules of calling; None: the shipped ones.
        """
        self.callout = CallOut(self._keeping, self._rooms, book, codes, kinds, manners=manners, policy=policy)
        return self.callout

    @property
    def exercise(self) -> bool:
        """Whether everything here is an exercise."""
        return self.journal.exercise

    # What is done

    def open(
        self, command: Command, by: Actor, *, area: str, key: str, at: datetime | None = None, machine: str = ""
    ) -> Given:
        """Open an incident at an area's duty room.

        Raises:
            RefusedError: it may not be opened; or the reporter named sends no returns to this duty room.
        """
        if isinstance(command, OpenIncident) and command.reporter and command.report is not None:
            name = self.returns.called(area, command.reporter)
            command = command.model_copy(update={"report": command.report.model_copy(update={"sender": name})})
        return self._give(command, by, key=key, area=area, at=at, machine=machine)

    def give(
        self, incident: str, command: Command, by: Actor, *, key: str, expected: int | None = None,
        at: datetime | None = None, machine: str = "",
    ) -> Given:  # fmt: skip
        """Give a command to an incident.

        Args:
            incident: the incident's id.
            command: what is wanted.
            by: who wants it, with the posts he holds now.
            key: the command's key; the same key is carried out once.
            expected: the version of the incident that the giver has seen; None where it does not matter to him.
            at: when it happened, where that is not now.
            machine: where it was given.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError, FactsError: it may not be carried out.
            StaleError: somebody else wrote after `expected`.
            RepeatedKeyError: the key was used for another command.
        """
        if incident.startswith(STANDING) and by != SYSTEM:
            if isinstance(command, StateFacts):
                not_marked(command.facts)
            elif isinstance(command, CorrectFact) and command.given is not None:
                not_marked({command.fact: command.given})
        return self._give(command, by, key=key, incident=incident, expected=expected, at=at, machine=machine)

    def _give(
        self, command: Command, by: Actor, *, key: str, incident: str = "", area: str = "",
        expected: int | None = None, at: datetime | None = None, machine: str = "",
    ) -> Given:  # fmt: skip
        now = self.now()
        machine = machine or self._keeping.machine
        self.papers.kept(photos(command))
        by = self.within(by, of := area or incidents.area_of(self._keeping, incident), at or now)
        then = self.within(self.actor(by.person, by.name, at), of, at) if at and at < now and by != SYSTEM else None
        one = incidents.Order(command, by, key, at or now, now, machine, incident, area, expected, then)
        given = incidents.give(self._keeping, one)
        by_itself.after(self._keeping, given, key)
        self._touch(given.incident)
        return given

    def _touch(self, about: str) -> None:
        if self.callout is not None:
            self.callout.touch(about)

    def state_standing(
        self, area: str, facts: Mapping[str, FactGiven], by: Actor, *, key: str, at: datetime | None = None,
        machine: str = "",
    ) -> Given:  # fmt: skip
        """State facts that hold for an area whatever the incident: gaps from returns, the superior's level.

        Raises:
            NotFoundError: there is no such area.
            RefusedError, FactsError: it may not be carried out; nothing is written then.
        """
        command, now = StateFacts(facts=dict(facts)), self.now()
        if not self.journal.of_command(key):
            not_ahead(at, now)
            not_long_past(at or now, now, self._keeping.rules.back)
            if by != SYSTEM:
                not_marked(facts)
            by_itself.tried(self._keeping, area, command, self.within(by, area, at), at or now)
        by_itself.open_standing(self._keeping, area)
        return self.give(f"{STANDING}{area}", command, by, key=key, at=at, machine=machine)

    def keep(
        self, area: str, command: Command, by: Actor, *, key: str, expected: int | None = None,
        at: datetime | None = None, machine: str = "",
    ) -> Kept:  # fmt: skip
        """Give a command to a duty room: appointments, delegations, shifts, hand-overs, the log, upkeep.

        It takes effect when it is recorded, or as its own dates say; `at` may say no other moment.
        """
        if not self.journal.of_command(key):  # a retry comes later than it was given
            at_once(at, self.now())
        kept = self._rooms.give(area, command, by, key=key, expected=expected, machine=machine)
        self._touch(area)
        return kept

    def tick(self, now: datetime | None = None) -> tuple[Happened, ...]:
        """Record every deadline that has passed unmet and what of delegations is to be called to mind, each once."""
        return by_itself.tick(self._keeping, self._rooms, now or self.now())

    def reassess(self, area: str, key: str) -> None:
        """File what the assessments of an area and of those within it say now: facts grow stale, plans come into force."""
        by_itself.open_standing(self._keeping, area)
        self.warnings.refresh(area, key)
        self.returns.refresh(area)
        by_itself.reassess(self._keeping, area, key)

    def record_people(self, changes: Changes) -> int:
        """Bring what changed about accounts into the record, each change once; how many there were."""
        return accounts.record_people(self.journal, changes, self._keeping.machine, self.now)

    def _told_by_warnings(self, area: str, facts: Mapping[str, FactGiven], key: str) -> None:
        """Facts that foreign warnings state."""
        self.state_standing(area, facts, SYSTEM, key=key)

    def record_book(self, changes: BookChanges) -> int:
        """Bring what changed about the contact book into the record, each change once; how many there were."""
        return contacts.record_book(self.journal, changes, self._keeping.machine, self.now)

    def _told_by_returns(self, area: str, facts: Mapping[str, FactGiven], key: str) -> None:
        """Facts that returns state, where they differ from what stands or are newer: decided on what stands, and on nothing older.

        Raises:
            StaleError: somebody changed meanwhile what stands.
        """
        by_itself.open_standing(self._keeping, area)
        state = self.standing(area)
        if new := news(facts, state.facts, self.returns.system(area), self.now()):
            told, id_ = StateFacts(facts=new), f"{STANDING}{area}"
            said = digest(told, id_, SYSTEM)[:16]
            self.give(id_, told, SYSTEM, key=f"{key}/{state.version}/{said}", expected=state.version)

    # What is read

    def actor(self, person: str, name: str, at: datetime | None = None) -> Actor:
        """A person with the posts he holds."""
        return self._rooms.actor(person, name, at or self.now())

    def within(self, someone: Actor, area: str, at: datetime | None = None) -> Actor:
        """A person as he counts in one area: roles that no area owns are held where they were given, and below."""
        self._keeping.upward(area)  # or it says that there is none
        return self._rooms.within(someone, area, at or self.now())

    def role_areas(self, someone: Actor, at: datetime | None = None) -> dict[str, frozenset[str]]:
        """Of roles that no area owns, those that somebody holds → the areas in which they count."""
        return self._rooms.role_areas(someone, at or self.now())

    def room(self, area: str) -> State:
        """A duty room."""
        return self._rooms.get(area)

    def areas(self) -> tuple[str, ...]:
        """Areas with a duty room in this record."""
        return self._rooms.areas()

    def incident(self, id_: str) -> Incident:
        """An incident.

        Raises:
            NotFoundError: there is none.
        """
        return self._keeping.get(id_)

    def incidents_of(self, ids: Iterable[str]) -> tuple[Incident, ...]:
        """Several incidents, all at one moment."""
        streams = [incident_stream(id_) for id_ in ids]
        found = self._keeping.states.get_all(streams)
        return tuple(found[stream] for stream in streams)

    def standing(self, area: str) -> Incident:
        """An area's standing file: facts that hold whatever the incident, and what the plans say of them."""
        return self._keeping.states.get(incident_stream(f"{STANDING}{area}"))

    def story(self, id_: str, after: int = 0) -> tuple[Happened, ...]:
        """What happened to an incident, in order, after a version."""
        self._keeping.get(id_)
        return tuple(map(self._keeping.states.happened, self.journal.read(incident_stream(id_), after)))

    def assess(self, id_: str, what_if: Mapping[str, FactGiven] | None = None) -> tuple[Assessment, ...]:
        """What every plan of an incident says of it now, or would say if some facts were others.

        Raises:
            FactsError: a fact is not in the lexicon or cannot have that value.
        """
        state, now = self._keeping.get(id_), self.now()
        context = self._keeping.context(state.area, now)
        if what_if:
            given = {
                name: one.model_dump(exclude_none=True) | {"at": now, "source": "假设"} for name, one in what_if.items()
            }
            state = _with_facts(state, checked_facts(given, context))
        packs = (self.library.packs[plan] for plan in state.plans if plan in self.library.packs)
        return tuple(assessed(state, pack, context) for pack in packs)

    def would(self, id_: str, command: Command, by: Actor) -> tuple[Event, ...]:
        """What a command would bring about if it were given now; nothing is recorded.

        Raises:
            NotFoundError: there is no such incident.
            RefusedError, FactsError: it could not be carried out.
        """
        state, now = self._keeping.get(id_), self.now()
        return decide(state, command, by, self._keeping.context(state.area, now)).events

    def incidents(
        self, areas: Collection[str], states: Collection[str] = ("open",), *, limit: int = 200, after: str = ""
    ) -> tuple[Row, ...]:
        """The incident board of areas."""
        return self.journal.rows(INCIDENTS, areas=areas, states=states, limit=limit, after=after)

    def tasks(
        self, areas: Collection[str], states: Collection[str] = ("issued", "accepted", "refused"), *,
        limit: int = 200, after: str = "",
    ) -> tuple[Row, ...]:  # fmt: skip
        """The task board of areas, what is due first on top."""
        return self.journal.rows(TASKS, areas=areas, states=states, limit=limit, after=after)

    def duties(
        self, areas: Collection[str], states: Collection[str] = ("running", "missed", "open"), *,
        before: datetime | None = None, limit: int = 200, after: str = "",
    ) -> tuple[Row, ...]:  # fmt: skip
        """What falls due in areas, and what is late; dates of quiet times that have passed among it."""
        found = self.journal.rows(DUTIES, areas=areas, states=states, due_before=before, limit=limit, after=after)
        if "missed" not in states:
            return found
        rooms = (area for area in areas if self._rooms.get(area).version)
        lines = [overdue.line(area, self.upkeep(area), self.library) for area in rooms]
        return overdue.merged(found, lines, before, limit, after)

    def suggestions(self, areas: Collection[str], *, limit: int = 200, after: str = "") -> tuple[Row, ...]:
        """Levels that the assessment calls for and nobody has decided."""
        return self.journal.rows(SUGGESTIONS, areas=areas, limit=limit, after=after)

    def log(self, area: str, after: int = 0) -> tuple[LogEntry, ...]:
        """The duty log of an area."""
        found = self.journal.read(watch_stream(area), after)
        return entries(map(self._rooms.states.happened, found))

    def upkeep(self, area: str) -> tuple[Obligation, ...]:
        """What the plans of an area ask for in quiet times: revisions, drills, lists kept current; the overdue first."""
        records, today = self._rooms.get(area).records.values(), self.now().date()
        packs = (pack for pack in self.library.packs.values() if pack.plan.area == area)
        found = [one for pack in packs for one in upkeep(pack, records, today)]
        return tuple(sorted(found, key=lambda one: (one.due is None, one.due or today)))

    def late_returns(self, area: str, day: date, hour: str = "20:00") -> tuple[Late, ...]:
        """Who has not sent the return of a gas day, since when, under which clause."""
        book = roster(self.returns.system(area), self.library.lexicon)
        return late(self.returns.register(area), book, day, self.now(), self.library.packs.values(), hour)

    def ready(self) -> None:
        """Build now what would otherwise be built while the first caller waits."""
        for states in (self._keeping.states, self._rooms.states, self.returns.states):
            states.ready()

    def rebuild(self, progress: Progress) -> None:
        """Make every board anew from the record."""
        rebuilding.rebuild(self._keeping, self._rooms, progress)


def _with_facts(state: Incident, facts: Mapping[str, Mapping[str, Any]]) -> Incident:
    return replace(state, facts=stated(state.facts, facts))
