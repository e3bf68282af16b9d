"""Commands through the desk: how many are accepted in a second and how long one takes, beside DBOS workflows.

Each command is decided by the plans, written with its events, seals, key and board lines in one transaction, and answered
when the disk holds it. In turn: a note, a follow-up report, a task, the task accepted, a fact, after which the assessment
is filed as well.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import NamedTuple

from commanding_peer import WAYS
from crowd import crowd, share
from databases import DURABLE, POSTGRESQL, absent, databases
from nights import EVENING, LANES, MACHINE, RULES
from timing import Row, Subject, duration

from zhishou import database
from zhishou.clock import span
from zhishou.desk import Desk
from zhishou.incident.facts import FactGiven, StateFacts
from zhishou.incident.opening import AddNote, OpenIncident
from zhishou.incident.reports import ReceiveReport, ReportGiven
from zhishou.incident.tasks import AcceptTask, IssueTask
from zhishou.journal import found
from zhishou.plan.load import Library, library

THREADS = (1, 8, 32)
ROUNDS = 3
SECONDS = 1.0
LANE = LANES[1]
OPENING = OpenIncident(
    title="夜间来电", subject=LANE.subject, place=LANE.area, report=ReportGiven(sender=LANE.sender, text="来电")
)
NOTE = AddNote(text="续报情况：现场已警戒，伤员已送医")
REPORT = ReceiveReport(kind="follow_up", sender=LANE.sender, text="续报情况：现场已警戒，伤员已送医")
TASK = IssueTask(plan=LANE.plan, text="现场警戒", by=(LANE.unit,), due=EVENING + span(120))


class Cell(NamedTuple):
    """How many threads, and whether all of them give their commands to one incident."""

    threads: int
    hot: bool


Taken = tuple[float, list[float]]
Run = Callable[[Cell], Taken]


def measure() -> Subject:
    """Ours on both databases and the peer in its ways, cell by cell in turn."""
    with ExitStack() as kept:
        found_ = kept.enter_context(databases())
        plans = library()
        runs: dict[str, Run] = {f"desk, {name}": ours(url, plans) for name, url in found_.items()}
        runs |= {f"DBOS, SQLite {words}": kept.enter_context(peer(way)) for way, words in WAYS.items()}
        cells = [Cell(threads, hot) for hot in (False, True) for threads in THREADS]
        for run in runs.values():
            run(cells[2])  # connections made, caches filled; not counted
        taken: dict[tuple[str, Cell], list[Taken]] = {(name, cell): [] for cell in cells for name in runs}
        for _ in range(ROUNDS):
            for (name, cell), own in taken.items():
                own.append(runs[name](cell))
    rows = [_row(name, cell, own, taken["DBOS, SQLite file in WAL mode", cell]) for (name, cell), own in taken.items()]
    if POSTGRESQL not in found_:
        rows.append(Row("desk, PostgreSQL", "–", note=absent()))
    return Subject("Commands", rows, _text())


def ours(url: str, plans: Library) -> Run:
    """The desk on a database."""
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "bench", EVENING, exercise=False)
    desk = Desk(journal, plans, machine=MACHINE, now=lambda: EVENING, rules=RULES)
    keys = count()

    def run(cell: Cell) -> Taken:
        people = LANE.people
        incidents = [
            desk.open(OPENING, people["officer"], area=LANE.area, key=f"open/{next(keys)}").incident
            for _ in range(1 if cell.hot else cell.threads)
        ]
        acts = [partial(next, given(desk, incidents[number % len(incidents)], keys)) for number in range(cell.threads)]
        return crowd(acts, SECONDS)

    return run


def given(desk: Desk, incident: str, keys: Iterator[int]) -> Iterator[None]:
    """Gives commands to an incident without end, one at each step."""
    people = LANE.people
    for number in count():
        desk.give(incident, NOTE, people["officer"], key=f"k/{next(keys)}")
        yield
        desk.give(incident, REPORT, people["officer"], key=f"k/{next(keys)}")
        yield
        issued = desk.give(incident, TASK, people["boss"], key=f"k/{next(keys)}")
        yield
        task = next(one.event.task for one in issued.happened if one.event.type == "task_issued")  # type: ignore[attr-defined]
        desk.give(incident, AcceptTask(task=task), people["unit"], key=f"k/{next(keys)}")
        yield
        facts = StateFacts(facts={"deaths": FactGiven(value=number % 12)})
        desk.give(incident, facts, people["officer"], key=f"k/{next(keys)}")
        yield


@contextmanager
def peer(way: str) -> Iterator[Run]:
    """The peer in its own process."""
    program = Path(__file__).with_name("commanding_peer.py")
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as folder:
        child = subprocess.Popen(
            [sys.executable, str(program), folder, way], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdin is not None
        assert child.stdout is not None
        said = child.stdout
        while said.readline() not in {"ready\n", ""}:
            pass

        def run(cell: Cell) -> Taken:
            assert child.stdin is not None
            child.stdin.write(f"{cell.threads} {'hot' if cell.hot else 'own'} {SECONDS}\n")
            child.stdin.flush()
            told = json.loads(said.readline())
            return told["wall"], told["taken"]

        try:
            yield run
        finally:
            child.stdin.close()
            child.wait(timeout=60)


def _row(name: str, cell: Cell, own: Sequence[Taken], yardstick: Sequence[Taken]) -> Row:
    every = [one for _, taken in own for one in taken]
    about = "one hot incident" if cell.hot else "each its own incident" if cell.threads > 1 else "one incident"
    threads = f"{cell.threads} thread{'s' if cell.threads > 1 else ''}"
    note = f"p50 {duration(share(every, 0.5))}, p99 {duration(share(every, 0.99))}"
    if not name.startswith("DBOS"):
        note += f"; {_rate(own) / _rate(yardstick):.1f} × DBOS in WAL mode"
    return Row(f"{name}, {threads}, {about}", f"{_rate(own):,.0f} /s", note=note)


def _rate(own: Sequence[Taken]) -> float:
    """Median of the runs, commands in a second."""
    return statistics.median(len(taken) / wall for wall, taken in own)


def _text() -> str:
    return f"""Median of {ROUNDS} runs of {SECONDS} s for each line, taken in turn; times over all of them. {DURABLE} The desk's commands: a note, a
follow-up report, a task, its acceptance, a fact (after which the assessment is filed in a transaction of its own); each is judged by the plan, sealed, entered under its
key and on its boards. A DBOS command is a workflow with an id that checks its input and has one step that writes; it judges nothing. DBOS 3.4 commits three times for a workflow with one step, five times where the step is a
transaction on a table, and waits for the disk each time; the desk commits once for a command, and for all commands that wait at that moment together."""
