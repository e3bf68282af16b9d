"""Several servers hammer the incidents of one database at once, some with what they saw before; a program, since it forks.

It prints, as JSON, what each command came to and what the record then holds; tests judge that.
"""

from __future__ import annotations

import json
import os
import random
import sys
from threading import Thread
from typing import Any

from nights import EVENING, LANES, MACHINE, RULES
from soundness import all_entries, unsound

from zhishou import database
from zhishou.clock import span
from zhishou.desk import Desk
from zhishou.errors import StaleError
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.reports import ReceiveReport, ReportGiven
from zhishou.incident.tasks import IssueTask
from zhishou.journal import found
from zhishou.plan.load import Library, library

LANE = LANES[1]
TIMES = 25
"""Commands of each thread."""
SERVERS, THREADS = 2, 3
OPENING = OpenIncident(
    title="夜间来电", subject=LANE.subject, place=LANE.area, report=ReportGiven(sender=LANE.sender, text="来电")
)


def desk_on(url: str, plans: Library, minutes: float) -> Desk:
    """A desk of its own connections, at a moment of the night."""
    at = EVENING + span(minutes)
    journal = found(database.engine(url), "night", EVENING, exercise=False)
    return Desk(journal, plans, machine=MACHINE, now=lambda: at, rules=RULES)


def hammer(desk: Desk, who: str, incident: str, said: list[dict[str, Any]]) -> None:
    """Give commands on what was read just now, on what was read before, and without regard to what others do."""
    rng = random.Random(who)  # noqa: S311 - chance, not secrets
    for number in range(TIMES):
        key, seen = f"{who}/{number}", desk.incident(incident).version
        kind = rng.choice(("fresh", "stale", "any", "any task", "open"))
        people = LANE.people
        try:
            if kind == "open":
                given = desk.open(OPENING, people["officer"], area=LANE.area, key=key)
            elif kind == "any task":
                task = IssueTask(plan=LANE.plan, text=key, by=(LANE.unit,), due=desk.now() + span(20))
                given = desk.give(incident, task, people["boss"], key=key)
            elif kind == "any":
                report = ReceiveReport(kind="follow_up", sender=LANE.sender, text=key)
                given = desk.give(incident, report, people["officer"], key=key)
            else:
                expected = seen if kind == "fresh" else seen - rng.randint(1, min(3, seen))
                given = desk.give(incident, AddNote(text=key), people["officer"], key=key, expected=expected)
            said.append({"key": key, "kind": kind, "seen": seen, "incident": given.incident, "version": given.version})
        except StaleError:
            said.append({"key": key, "kind": kind, "seen": seen, "stale": True})


def server(url: str, plans: Library, number: int, incident: str, answers: int, start: int) -> None:
    """One server: its threads hammer; then it records deadlines, at the same time as the others."""
    desk = desk_on(url, plans, 5)
    os.write(answers, b" ")  # ready
    os.read(start, 1)
    said: list[dict[str, Any]] = []
    threads = [Thread(target=hammer, args=(desk, f"{number}.{one}", incident, said)) for one in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    later = desk_on(url, plans, 90)
    fired = [f"{one.stream} {one.event.duty} {one.event.round}" for one in later.tick()]  # type: ignore[attr-defined]
    with os.fdopen(answers, "w") as told:
        json.dump({"said": said, "fired": fired}, told)


def main(url: str) -> None:
    """Hammer, and print what came of it."""
    plans = library()
    engine = database.engine(url)
    database.upgrade(engine)
    engine.dispose()
    desk = desk_on(url, plans, 0)
    incident = desk.open(OPENING, LANE.people["officer"], area=LANE.area, key="first").incident
    desk.journal.close()
    pipes = [os.pipe() for _ in range(SERVERS)]
    start, go = os.pipe()
    for number, (out, into) in enumerate(pipes):
        if not os.fork():
            os.close(out)
            server(url, plans, number, incident, into, start)
            os._exit(0)
    for _, into in pipes:
        os.close(into)
    for out, _ in pipes:
        os.read(out, 1)
    os.write(go, b" " * SERVERS)
    told = [json.load(os.fdopen(out)) for out, _ in pipes]
    desk = desk_on(url, plans, 90)
    entries = [(one.command, one.stream, one.version, one.type) for one in all_entries(desk.journal)]
    left = [f"{one.stream} {one.event.duty}" for one in desk.tick()]  # type: ignore[attr-defined]
    state = desk.incident(incident)
    print(json.dumps({  # noqa: T201 - its answer
        "incident": incident, "servers": told, "entries": entries, "left": left, "unsound": unsound(desk),
        "tasks": {id_: task.text for id_, task in state.tasks.items()},
        "reports": {id_: report.text for id_, report in state.reports.items()},
        "incidents": [row.key for row in desk.incidents([LANE.area], limit=10_000)],
    }))  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
