"""A record as long as many winters: made-up incidents of some two hundred events each, appended in bulk."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from nights import EVENING, LANES, MACHINE, RULES, carry, chosen

from zhishou.acts import SYSTEM
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENT_STREAMS
from zhishou.journal import Act, Draft, Journal, MemoryJournal, Write
from zhishou.plan.load import Library

LONG = 200
"""Events of an incident."""
PATTERNS = 20


@dataclass(frozen=True)
class Pattern:
    """The course of one incident."""

    area: str
    drafts: tuple[Draft, ...]


def patterns(library: Library) -> list[Pattern]:
    """Courses of incidents of at least `LONG` events, as the desk takes them when many people act at random."""
    import random  # noqa: PLC0415

    found: list[Pattern] = []
    for seed in range(PATTERNS):
        rng, lane, now = random.Random(seed), LANES[seed % len(LANES)], EVENING  # noqa: S311 - made-up incidents, no secrets
        journal = MemoryJournal("pattern", EVENING, exercise=False)
        clock = [now]
        desk = Desk(journal, library, machine=MACHINE, now=lambda clock=clock: clock[0], rules=RULES)
        incidents: list[str] = []
        number = 0
        while not incidents or journal.version(f"{INCIDENT_STREAMS}{incidents[0]}") < LONG:
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
        found.append(Pattern(lane.area, drafts[: LONG + 20]))
    return found


def filled(journal: Journal, courses: list[Pattern], events: int, *, first: int = 1) -> int:
    """Append courses until the record holds so many events; the number of the next incident."""
    number = first
    for course in islice(cycle(courses), number - 1, None):
        if journal.head().position >= events:
            break
        stream = f"{INCIDENT_STREAMS}{course.area}-2026-{number:04d}"
        act = Act(f"bulk/{number}", "bulk", SYSTEM.person, SYSTEM.name, "system", MACHINE, EVENING)
        journal.append((Write(stream, 0, course.drafts),), act)
        number += 1
    return number
