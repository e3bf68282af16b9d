"""A record as long as many winters: made-up incidents of some two hundred events each, appended in bulk."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from nights import EVENING, LANES, MACHINE, RULES, carry, chosen

from zhishou import database
from zhishou.acts import SYSTEM
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENT_STREAMS
from zhishou.journal import Act, Draft, Head, Journal, MemoryJournal, SqlJournal, Write
from zhishou.journal.orders import Known, Standing, order, take_in
from zhishou.journal.seals import Stored
from zhishou.journal.writing import registered
from zhishou.plan.load import Library

LONG = 200
"""Events of an incident."""
PATTERNS = 20
TOGETHER = 10
"""Incidents that run at the same time."""
AT_ONCE = 20_000
"""Entries in one COPY."""
STRETCH = 20
"""Events of one of them before the next has its turn."""


@dataclass(frozen=True)
class Pattern:
    """The course of one incident."""

    area: str
    drafts: tuple[Draft, ...]


def patterns(library: Library) -> list[Pattern]:
    """Courses of incidents of at least `LONG` events, as the desk takes them when many people act at random."""
    return [_pattern(library, seed, LONG) for seed in range(PATTERNS)]


def longest(library: Library) -> Pattern:
    """One of ten times as many."""
    return _pattern(library, PATTERNS + 1, 10 * LONG)


def _pattern(library: Library, seed: int, events: int) -> Pattern:
    rng, lane, now = random.Random(seed), LANES[seed % len(LANES)], EVENING  # noqa: S311 - made-up incidents, no secrets
    journal = MemoryJournal("pattern", EVENING, exercise=False)
    clock = [now]
    desk = Desk(journal, library, machine=MACHINE, now=lambda: clock[0], rules=RULES)
    incidents: list[str] = []
    number = 0
    while not incidents or journal.version(f"{INCIDENT_STREAMS}{incidents[0]}") < events:
        clock[0] += timedelta(minutes=rng.randint(0, 6))
        step = chosen(rng, desk, lane, incidents[:1], f"{seed}/{number}")
        number += 1
        if carry(desk, step) == "done" and not step.incident and not incidents:
            incidents.append(journal.of_command(step.key)[0].stream.removeprefix(INCIDENT_STREAMS))
        if incidents and desk.incident(incidents[0]).status != "open":
            incidents.clear()
        desk.tick()
    entries = journal.read(f"{INCIDENT_STREAMS}{incidents[0]}")
    drafts = tuple(Draft(one.type, one.schema, one.payload, one.at) for one in entries)
    return Pattern(lane.area, drafts[: events + 20])


class Copied:
    """Takes appends as a record on PostgreSQL does, seals included, and brings them there by COPY, some thousands at a time.

    Nobody else may write meanwhile. What the tables then hold is what as many appends would have left.
    """

    def __init__(self, journal: SqlJournal) -> None:
        self._engine, head = journal.engine, journal.head()
        self._standing = Standing(journal.exercise, head.position, head.seal, dict(journal.streams()), {})
        self._made: list[Stored] = []
        self._keys: list[str] = []

    def head(self) -> Head:
        """Where the record stands, what is still to be brought there included."""
        return Head(self._standing.position, self._standing.seal, None)

    def append(self, writes: Sequence[Write], act: Act) -> None:
        """Entries of a new command."""
        taken = take_in(order(writes, act, ()), self._standing)
        assert not isinstance(taken, Known), act.command
        self._made += taken
        self._keys.append(act.command)
        if len(self._made) >= AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Bring over what is not there yet."""
        made, self._made, keys, self._keys = self._made, [], self._keys, []
        if not made:
            return
        columns = ", ".join(f'"{name}"' for name in Stored._fields)
        with database.writing(self._engine) as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            with driver.cursor() as cursor, cursor.copy(f"COPY entries ({columns}) FROM STDIN") as copy:
                for one in made:
                    copy.write_row(one)
            registered(connection, made, self._standing, keys)


def filled(journal: Journal | Copied, courses: list[Pattern], events: int, *, first: int = 1) -> int:
    """Append courses until the record holds so many events; the number of the next incident.

    Ten incidents run at a time, each a stretch after the other, so that none lies in one piece.
    """
    number = first
    while journal.head().position < events:
        own = [(number + turn, courses[(number + turn) % len(courses)]) for turn in range(TOGETHER)]
        for start in range(0, max(len(course.drafts) for _, course in own), STRETCH):
            writes = tuple(
                Write(f"{INCIDENT_STREAMS}{course.area}-2026-{one:04d}", start, course.drafts[start : start + STRETCH])
                for one, course in own
                if start < len(course.drafts)
            )
            act = Act(f"bulk/{number}/{start}", "bulk", SYSTEM.person, SYSTEM.name, "system", MACHINE, EVENING)
            journal.append(writes, act)
        number += TOGETHER
    return number
