"""One incident, many at once: each is decided on what the record says right before it, whoever waits for the disk meanwhile."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import count, groupby
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from nights import EVENING, LANES, MACHINE, RULES
from postgres import Server

from zhishou import database
from zhishou.acts import Actor, Command
from zhishou.clock import span
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENTS, incident_stream
from zhishou.desk.streams import States, drafts
from zhishou.desk.turns import Turn, Turns
from zhishou.errors import JournalError, RefusedError, StaleError
from zhishou.incident.index import decide
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.reports import ReceiveReport, ReportGiven
from zhishou.incident.tasks import AcceptTask, IssueTask
from zhishou.journal import Link, SqlJournal, found, verify
from zhishou.plan.load import library

LANE = LANES[1]
THREADS, TIMES = 8, 14
OPENING = OpenIncident(
    title="夜间来电", subject=LANE.subject, place=LANE.area, report=ReportGiven(sender=LANE.sender, text="来电")
)


@pytest.fixture(params=("sqlite", "postgresql"))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    postgres: Server = request.getfixturevalue("postgres")
    made = postgres.fresh()
    yield made
    postgres.drop(made)


def desk_on(url: str) -> tuple[Desk, SqlJournal]:
    """A server's desk."""
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "night", EVENING, exercise=False)
    return Desk(journal, library(), machine=MACHINE, now=lambda: EVENING, rules=RULES), journal


def at_once(works: list[Callable[[], None]]) -> None:
    """All at the same time; what one of them raises is the test's failure."""
    gate, failed = Barrier(len(works)), []

    def run(work: Callable[[], None]) -> None:
        gate.wait()
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - looked at below
            failed.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    if failed:
        raise failed[0]


class Crowd:
    """Many who give commands to one incident, and what each was told."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.incident = desk.open(OPENING, LANE.people["officer"], area=LANE.area, key="open").incident
        self.given: dict[str, tuple[Command, Actor]] = {}
        self.accepted: list[str] = []
        self.refused: list[str] = []

    def work(self, who: int) -> None:
        """What one of them does."""
        rng = random.Random(who)  # noqa: S311 - chance, not secrets
        people, due = LANE.people, EVENING + span(20)
        for number in range(TIMES):
            key, task = f"{who}/{number}", AcceptTask(task=f"t{rng.randint(1, 8)}")
            kinds: list[tuple[Command, Actor] | None] = [
                (AddNote(text=key), people["officer"]),
                (ReceiveReport(kind="follow_up", sender=LANE.sender, text=key), people["officer"]),
                (IssueTask(plan=LANE.plan, text=key, by=(LANE.unit,), due=due), people["boss"]),
                (task, people["unit"]), (task, people["unit"]), None,
            ]  # fmt: skip
            kind = rng.choice(kinds)
            if kind is not None:
                self.give(key, *kind)
            elif self.accepted:  # a retry whose answer did not get through
                again = rng.choice(self.accepted)
                command, by = self.given[again]
                assert self.desk.give(self.incident, command, by, key=again).repeated

    def give(self, key: str, command: Command, by: Actor) -> None:
        self.given[key] = command, by
        try:
            self.desk.give(self.incident, command, by, key=key)
        except RefusedError:
            self.refused.append(key)
        else:
            self.accepted.append(key)


@contextmanager
def another_server(url: str, incident: str) -> Iterator[None]:
    """It writes to the same incident all the while, so that much that was decided is decided in vain."""
    desk, journal = desk_on(url)
    over = Event()

    def disturb() -> None:
        for number in count():
            if over.wait(0.02):
                return
            desk.give(incident, AddNote(text="另一台"), LANE.people["officer"], key=f"other/{number}")

    thread = Thread(target=disturb)
    thread.start()
    yield
    over.set()
    thread.join()
    journal.close()


@pytest.mark.parametrize("beside", [nullcontext, another_server], ids=["alone", "beside another server"])
def test_each_is_decided_on_the_record_right_before_it(
    url: str, beside: Callable[[str, str], AbstractContextManager[None]]
):
    desk, journal = desk_on(url)
    crowd = Crowd(desk)
    with beside(url, crowd.incident) if beside is another_server else nullcontext():
        at_once([lambda who=who: crowd.work(who) for who in range(THREADS)])  # type: ignore[misc]

    entries = journal.read(incident_stream(crowd.incident))
    groups = [(key, list(group)) for key, group in groupby(entries, lambda entry: entry.command)]
    own = [key for key, _ in groups if key in crowd.given]
    assert Counter(own) == Counter(crowd.accepted)
    assert not set(crowd.refused) & set(own)
    states, state = States(journal, INCIDENTS), INCIDENTS.empty(incident_stream(crowd.incident))
    context = desk._keeping.context(LANE.area, EVENING)  # noqa: SLF001 - the very context it was decided in
    for key, written in groups:
        if key in crowd.given:
            events = decide(state, *crowd.given[key], context).events
            assert [draft.payload for draft in drafts(events, EVENING)] == [entry.payload for entry in written]
        state = states.folded(state, written)
    assert desk.incident(crowd.incident) == state
    takers = Counter(command.task for key in own if isinstance(command := crowd.given[key][0], AcceptTask))
    assert takers
    assert set(takers.values()) == {1}
    assert verify(journal).good
    journal.close()


def test_commands_that_wait_are_committed_together(url: str):
    """Eight on one incident, while the disk is slow: fewer commits than commands."""
    desk, journal = desk_on(url)
    people = LANE.people
    incident = desk.open(OPENING, people["officer"], area=LANE.area, key="open").incident
    batches: list[int] = []
    carry = journal._turns._carry  # noqa: SLF001 - what is written together is the matter

    def slowly(tickets: list[object]) -> None:
        batches.append(len(tickets))
        Event().wait(0.05)
        carry(tickets)  # type: ignore[arg-type]

    journal._turns._carry = slowly  # type: ignore[assignment] # noqa: SLF001 - the same

    def work(who: int) -> None:
        for number in range(3):
            desk.give(incident, AddNote(text="记"), people["officer"], key=f"{who}/{number}")

    at_once([lambda who=who: work(who) for who in range(8)])  # type: ignore[misc]
    assert sum(batches) == 24
    assert len(batches) <= 12
    journal.close()


def test_nobody_is_refused_on_the_strength_of_what_does_not_come_on_record():
    """The first says the place is taken and then fails; the second, who saw that, gets the place."""
    turns, place = Turns(), ["free"]
    entered, fail, refusals = Event(), Event(), []

    def first(turn: Turn[str]) -> None:
        link = turn.link("taken")
        link.enter()
        entered.set()
        assert fail.wait(20)
        link.settle(made=False)
        raise JournalError("磁盘满了")

    def second(turn: Turn[str]) -> str:
        if (turn.ahead or place[0]) == "taken":
            refusals.append(turn.ahead)
            fail.set()
            raise RefusedError("有人了")
        return "got it"

    def fails() -> None:
        with pytest.raises(JournalError):
            turns.follow("s", first, done=lambda: None)

    thread = Thread(target=fails)
    thread.start()
    assert entered.wait(20)
    assert turns.follow("s", second, done=lambda: None) == "got it"
    assert refusals == ["taken"]
    thread.join()


def test_a_refusal_on_the_record_is_not_asked_twice():
    tried: list[object] = []

    def act(turn: Turn[str]) -> str:
        tried.append(turn.ahead)
        raise RefusedError("不行")

    with pytest.raises(RefusedError):
        Turns().follow("s", act, done=lambda: None)
    assert tried == [None]


def test_what_is_tied_to_a_version_waits_for_the_record():
    turns, seen, entered = Turns(), [], Event()
    links: list[Link] = []

    def first(turn: Turn[str]) -> str:
        links.append(turn.link("after"))
        links[0].enter()
        entered.set()
        links[0].wait()
        return ""

    def tied(turn: Turn[str]) -> str:
        seen.append((turn.ahead, links[0].settled))
        raise StaleError("s", 1, 2)

    def refused() -> None:
        with pytest.raises(StaleError):
            turns.follow("s", tied, done=lambda: None, tied=True)

    threads = [Thread(target=lambda: turns.follow("s", first, done=lambda: None)), Thread(target=refused)]
    threads[0].start()
    assert entered.wait(20)
    threads[1].start()
    Event().wait(0.05)
    assert not seen
    links[0].settle(made=True)
    for thread in threads:
        thread.join(20)
    assert seen == [(None, True)]
