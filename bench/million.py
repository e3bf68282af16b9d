"""A record of a million entries: boards made anew from nothing, one incident opened in a fresh process, and memory.

Some five thousand incidents of about two hundred entries each, as the desk takes them when many people act at random
(records.py), and one of two thousand. Peak memory is that of the whole process, the plans and the interpreter included.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from databases import POSTGRESQL, absent, databases
from nights import EVENING, MACHINE
from records import LONG, TOGETHER, Copied, Pattern, filled, longest, patterns
from sqlalchemy import Engine
from timing import Row, Subject, duration, told

from zhishou import database
from zhishou.acts import SYSTEM
from zhishou.desk.kinds import INCIDENT_STREAMS
from zhishou.journal import Act, Write, found
from zhishou.plan.load import library

SMALL, FULL = 100_000, 1_000_000
OPENED = 9
"""Typical incidents opened, each by a process of its own."""
CHILD = Path(__file__).with_name("million_child.py")
MB = 2**20


def measure() -> Subject:
    """Each database filled in two steps, and measured after each."""
    plans = library()
    courses, long_one = patterns(plans), longest(plans)
    rows: list[Row] = []
    with databases() as urls:
        for name, url in urls.items():
            rows += _on(name, url, courses, long_one)
    if POSTGRESQL not in urls:
        rows.append(Row("PostgreSQL", "–", note=absent()))
    return Subject("A million entries", rows, _TEXT)


def _on(name: str, url: str, courses: list[Pattern], long_one: Pattern) -> list[Row]:
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "bench", EVENING, exercise=False)
    lengthy = f"{long_one.area}-2026-0001"
    act = Act("bulk/longest", "bulk", SYSTEM.person, SYSTEM.name, "system", MACHINE, EVENING)
    journal.append((Write(f"{INCIDENT_STREAMS}{lengthy}", 0, long_one.drafts),), act)
    copied = Copied(journal) if name == POSTGRESQL else None
    next_, writing, rows = 2, 0.0, []
    for events in (SMALL, FULL):
        began = time.perf_counter()
        if copied is None:
            next_ = filled(journal, courses, events, first=next_)
        else:
            next_ = filled(copied, courses, events, first=next_)
            copied.flush()
            _analysed(engine)
        writing += time.perf_counter() - began
        rows.append(told(_rebuilt(name, events, _child("rebuild", url))))
    journal.clear()  # what follows finds no snapshot
    numbers = range(3, next_ - TOGETHER, (next_ - TOGETHER) // OPENED)
    typical = [f"{courses[number % len(courses)].area}-2026-{number:04d}" for number in numbers][:OPENED]
    for how in ("from its first entry", "with its snapshot"):  # the first time leaves one behind
        runs = [_child("open", url, one) for one in typical]
        rows.append(told(_opened(f"{name}, an incident of some {LONG} entries opened, {how}", runs)))
        rows.append(
            told(_opened(f"{name}, one of {len(long_one.drafts):,} entries, {how}", [_child("open", url, lengthy)]))
        )
    engine.dispose()
    how = "200 in an append" if copied is None else "by COPY, planner's statistics included"
    note = f"{writing / FULL * 1e6:.0f} µs an entry, {how}"
    return [*rows, Row(f"{name}, written in bulk, seals included", f"{FULL / writing:,.0f} entries/s", "", note)]


def _analysed(engine: Engine) -> None:
    """What the server does by itself a minute after a load: planner's statistics."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def _rebuilt(name: str, events: int, told: dict[str, Any]) -> Row:
    target = "≤ 60 s, ≤ 500 MB" if events == FULL else ""
    return Row(
        f"{name}, every board made anew, {events:,} entries", f"{duration(told['wall'])}, {told['peak'] / MB:.0f} MB", target,
        f"{duration(told['cpu'])} of processor time, {told['cpu'] / events * 1e6:.0f} µs an entry; "
        f"{told['before'] / MB:.0f} MB before it began",
    )  # fmt: skip


def _opened(what: str, runs: list[dict[str, Any]]) -> Row:
    wall, cpu = [[one["first"][kind] for one in runs] for kind in ("wall", "cpu")]
    several = f"median of {len(runs)} processes, longest {duration(max(wall))}; " if len(runs) > 1 else ""
    note = f"{several}{duration(statistics.median(cpu))} of processor time; peak memory {runs[0]['peak'] / MB:.0f} MB"
    return Row(what, duration(statistics.median(wall)), "≤ 20 ms", note)


def _child(what: str, url: str, *incidents: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(CHILD), what, url, *incidents], capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


_TEXT = """Opened by a process that has just started, as a server is after its start (plans read, checks built), nothing of the record in its memory; of an SQLite file the
machine's own memory was emptied as well. The incidents lie in stretches of twenty entries among those of nine others. Boards are made anew by one process on one core."""
