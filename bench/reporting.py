"""A thousand reporters each send a return within the same minute while fifty screens listen; and one event told to 300 screens.

A real `zhishou serve` in a process of its own on the loopback. The record holds eight evenings of everybody's returns
before it begins. Each reporter has his own account, post, token and connection; his moment in the minute is random.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import NamedTuple

from city_of_reporters import AREA, City, built, key_of_deployment
from crowd import share
from databases import DURABLE, POSTGRESQL, absent, databases
from screens import Answer, Screen, asked
from timing import Row, Subject, duration, told

from zhishou import database
from zhishou.journal import Entry, Journal, opened

REPORTERS, SCREENS, MOST_SCREENS = 1000, 50, 300
OFFICERS = 20
EVENINGS = 8
MINUTE, SQUEEZED = 60.0, 10.0
WORKERS = (1, 2)
"""Processes of the server on PostgreSQL; SQLite takes one."""
EARLY = 12
"""Returns that come before the minute, so that none of it is a process's first."""
NOTES = 20
"""Events that are told to the many screens."""
STREAMS = {f"returns/{AREA}", f"watch/{AREA}", f"incident/standing-{AREA}"}
"""What an officer on duty in the city sees of all this: its returns, its duty room, its standing facts."""


class Storm(NamedTuple):
    """What came of it."""

    answers: list[Answer]
    screens: list[Screen]
    entries: list[Entry]
    """What the record got meanwhile and the screens may see."""
    busy: float
    """Processor time that the server used, s."""
    memory: int
    """Peak of the server, bytes."""


def measure() -> Subject:
    """Both databases, each with the storm in a minute, in ten seconds, and the many screens."""
    key_of_deployment()
    rows: list[Row] = []
    with databases() as found:
        for name, url in found.items():
            rows += _on(name, url)
    if POSTGRESQL not in found:
        rows.append(Row("PostgreSQL", "–", note=absent()))
    return Subject("A thousand returns in a minute", rows, _text())


def _on(name: str, url: str) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as folder:
        city = built(Path(folder), url, reporters=REPORTERS, officers=OFFICERS, evenings=EVENINGS)
        engine = database.engine(url)
        journal = opened(engine)
        rows: list[Row] = []
        rounds = count()
        for workers in WORKERS if name == POSTGRESQL else (1,):
            with _serving(city, url, workers) as (port, process):
                words = f"{name}, 1 process" if workers == 1 else f"{name}, {workers} processes"
                asyncio.run(_early(port, city, next(rounds)))
                for length in (MINUTE, SQUEEZED):
                    storm = asyncio.run(_storm(port, process, city, journal, length, next(rounds)))
                    rows += map(told, _storm_rows(words, storm, length))
                rows.append(told(asyncio.run(_many(words, port, city, journal, next(rounds)))))
        engine.dispose()
    return rows


@contextmanager
def _serving(city: City, url: str, workers: int) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A server on a free port, and its process."""
    log = city.folder / "log"
    command = [sys.executable, "-m", "zhishou", "serve", "--port", "0", "--data", str(city.folder), "--database", url]
    if workers > 1:
        command += ["--workers", str(workers)]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        port = 0
        while not port:
            assert process.poll() is None, log.read_text("utf-8")
            found = re.search(r"http://[\d.]+:(\d+)", log.read_text("utf-8"))
            port = int(found[1]) if found else 0
            time.sleep(0.05)
        while asyncio.run(_status(port)) != 200:
            time.sleep(0.1)
        time.sleep(5)  # the returns of the evenings before are told, as after any start
        yield port, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


async def _status(port: int) -> int:
    try:
        return (await asked(port, "GET", "/healthz", "")).status
    except (OSError, IndexError):
        return 0


async def _early(port: int, city: City, round_: int) -> None:
    """A few returns one after the other, corrected in the minute that follows: none of it is a process's first."""
    for number, (reporter, content) in enumerate(list(city.returns.items())[:EARLY]):
        path = f"/api/rooms/{AREA}/returns?name={reporter}.csv"
        said = _corrected(content, round_)
        key = f"{round_}-early-{number}"
        answer = await asked(port, "POST", path, city.tokens[reporter], said, idempotency_key=key)
        assert answer.status < 300, answer
    await asyncio.sleep(3)


async def _storm(
    port: int, process: subprocess.Popen[bytes], city: City, journal: Journal, length: float, round_: int
) -> Storm:
    """Everybody sends at a random moment of a stretch of time while the screens listen."""
    rng = random.Random(round_)  # noqa: S311 - a made-up evening, no secrets
    screens = [Screen(port, city.tokens[city.officers[number % OFFICERS]]) for number in range(SCREENS)]
    await _listening(screens)
    before, busy = journal.head().position, _cpu(process)

    async def send(reporter: str, content: bytes, moment: float) -> Answer:
        await asyncio.sleep(moment)
        said = _corrected(content, round_) if round_ else content
        path = f"/api/rooms/{AREA}/returns?name={reporter}.csv"
        return await asked(port, "POST", path, city.tokens[reporter], said, idempotency_key=f"{round_}-{reporter}")

    sent = [send(reporter, content, rng.uniform(0, length)) for reporter, content in city.returns.items()]
    answers = list(await asyncio.gather(*sent))
    await asyncio.sleep(4)  # the facts that follow from the last ones
    used = _cpu(process) - busy
    entries = [one for one in _since(journal, before) if one.stream in STREAMS]
    for one in screens:
        await one.stop()
    return Storm(answers, screens, entries, used, _peak(process))


def _corrected(content: bytes, round_: int) -> bytes:
    """A later version of a return: its first figure is a little another."""
    lines = content.decode().splitlines()
    cells = lines[1].split(",")
    cells[6] = f"{float(cells[6]) * (1 - 0.002 * round_) or 0.1 * round_:.5g}"
    lines[1] = ",".join(cells)
    return "\n".join((*lines, "")).encode()


async def _many(name: str, port: int, city: City, journal: Journal, round_: int) -> Row:
    """One event after the other, each told to all of three hundred screens."""
    screens = [Screen(port, city.tokens[city.officers[number % OFFICERS]]) for number in range(MOST_SCREENS)]
    await _listening(screens)
    before = journal.head().position
    taken: list[float] = []
    reporters = list(city.returns)[-NOTES:]
    for reporter in reporters:
        content = _corrected(city.returns[reporter], round_)
        path = f"/api/rooms/{AREA}/returns?name={reporter}.csv"
        await asked(port, "POST", path, city.tokens[reporter], content, idempotency_key=f"{round_}-many-{reporter}")
        await asyncio.sleep(1)
    await asyncio.sleep(3)
    entries = [one for one in _since(journal, before) if one.stream in STREAMS]
    for one in screens:
        await one.stop()
    lags = _lags(screens, entries)
    taken = [max(own) for own in lags.values()]
    return Row(
        f"{name}, one event to {MOST_SCREENS} screens, until the last has it", duration(max(taken, default=0.0)), "≤ 1 s",
        f"the worst of {len(taken)} events; median {duration(share(taken, 0.5))}; {_missed(screens, entries)}",
    )  # fmt: skip


async def _listening(screens: list[Screen]) -> None:
    for one in screens:
        one.start()
    for one in screens:
        await one.ready.wait()
        assert not one.ended, "a screen was refused"


def _since(journal: Journal, position: int) -> Iterator[Entry]:
    while found := journal.since(position, 1000):
        yield from found
        position = found[-1].position


def _lags(screens: list[Screen], entries: list[Entry]) -> dict[int, list[float]]:
    """Position → how long after its time of record it came to each screen, s. The command's work is in it."""
    recorded = {one.position: one.recorded.timestamp() for one in entries}
    found: dict[int, list[float]] = {position: [] for position in recorded}
    for screen in screens:
        for position, at in screen.seen:
            if position in recorded:
                found[position].append(at - recorded[position])
    return {position: own for position, own in found.items() if own}


def _missed(screens: list[Screen], entries: list[Entry]) -> str:
    wanted = [one.position for one in entries]
    wrong = sum([position for position, _ in screen.seen if position in set(wanted)] != wanted for screen in screens)
    if wrong:
        return f"**{wrong} of {len(screens)} screens did not get every event once and in order**"
    return f"all {len(screens)} screens got all {len(wanted)} events once and in order"


def _storm_rows(name: str, storm: Storm, length: float) -> list[Row]:
    taken = [one.seconds for one in storm.answers]
    wrong = [one for one in storm.answers if one.status != 200]
    entered = sum(len(json.loads(one.body)["returns"]) for one in storm.answers if one.status == 200)
    lags = [lag for own in _lags(storm.screens, storm.entries).values() for lag in own]
    what = f"{name}, {REPORTERS:,} returns within {length:.0f} s, {SCREENS} screens"
    target = "≤ 200 ms, no error" if length == MINUTE else ""
    figures = f"p50 {duration(share(taken, 0.5))}, longest {duration(max(taken))}"
    return [
        Row(
            f"{what}: p99 of an answer", duration(share(taken, 0.99)), target,
            f"{figures}; {len(wrong)} errors; {entered} returns entered; server: {duration(storm.busy / REPORTERS)} of processor time a return, all told, "
            f"peak memory {storm.memory / 2**20:.0f} MB",
        ),
        Row(
            f"{what}: from record to screen, p99", duration(share(lags, 0.99)) if lags else "–", "",
            f"p50 {duration(share(lags, 0.5)) if lags else '–'}; {_missed(storm.screens, storm.entries)}",
        ),
    ]  # fmt: skip


def _family(process: subprocess.Popen[bytes]) -> list[int]:
    """A server and the processes it has started."""
    below = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [process.pid, *map(int, below)]


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """Processor time that a server has used, all its processes together, s."""
    ticks = 0
    for one in _family(process):
        fields = Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _peak(process: subprocess.Popen[bytes]) -> int:
    """Peak memory of the largest of a server's processes, bytes."""
    found = (re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{one}/status").read_text()) for one in _family(process))
    return max(int(one[1]) * 1024 for one in found if one)


def _text() -> str:
    return f"""Each reporter's own connection, account and token; a file of two to a dozen figures at a random moment, checked against {EVENINGS} evenings of his own and entered in
the register before he is answered. The city's balance, storage ledger and assessment follow a moment later for all that have come by then. The clients (1,000 reporters,
the screens) run in one process beside the server and, on a machine of two cores, take part of what it could have. {EARLY} returns come before the minute. Two processes go on where one has ended,
on the same record, which is longer by then. {DURABLE} From record to screen counts from the time of record,
which is taken before the entry is decided and written."""
