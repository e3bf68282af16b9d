"""A night under fire: worker processes carry out its commands and are killed, or their database is, again and again.

A program of its own, since it forks and a test runner has threads. It prints what it found as JSON; tests judge that.
The parent tells workers what to do and writes down what they acknowledged; what was not acknowledged is sent again under
the same key, to a worker that knows nothing of the one before.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from threading import Thread

from nights import EVENING, LANES, MACHINE, RULES, Lane, Night, Step, carry, night, open_files
from postgres import Server, server
from soundness import fired, streams, unsound

from zhishou import database
from zhishou.desk import Desk
from zhishou.errors import DatabaseError
from zhishou.journal import found
from zhishou.plan.load import Library, library

PATIENCE = 30.0
"""Seconds without a word from any worker after which the night is given up."""


@dataclass
class Worker:
    """A process with the database open."""

    pid: int
    orders: int
    answers: int
    heard: bytes = b""


@dataclass
class Storm:
    """A night under fire.

    Args:
        url: the database, founded and empty.
        plans: the library.
        told: the night, with its oracle.
        rng: what decides when to strike.
        strikes: how many.
    """

    url: str
    plans: Library
    told: Night
    rng: random.Random
    strikes: int
    count: int
    strike: Callable[[Storm], None]
    workers: list[Worker] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    struck: int = 0
    caught: int = 0
    """Commands that had been recorded when whoever was to acknowledge them died."""
    differing: list[str] = field(default_factory=list)

    def run(self) -> None:
        """The whole night."""
        for _ in range(self.count):  # one after the other: each must know whose pipes are not its own
            self.workers.append(self.spawn())
        for number in range(len(self.told.phases)):
            self._until_answered(number, ticking=False)
            self._until_answered(number, ticking=True)
        for worker in self.workers:
            os.close(worker.orders)
            os.waitpid(worker.pid, 0)

    def _owed(self, number: int, index: int, *, ticking: bool) -> list[list[Step]]:
        """What a worker still has to do in a phase, lane by lane."""
        if ticking:
            return []
        lanes = self.told.phases[number].lanes[index :: self.count]
        return [[step for step in lane if step.key not in self.answered] for lane in lanes]

    def _until_answered(self, number: int, *, ticking: bool) -> None:
        waiting: set[str] = set()
        for index in range(self.count):
            waiting |= self._send(index, number, ticking=ticking)
        patience = time.monotonic() + PATIENCE
        until = self._next_strike()
        while waiting:
            ready, _, _ = select.select([worker.answers for worker in self.workers], [], [], 1)
            for index, worker in enumerate(self.workers):
                if worker.answers in ready:
                    got = self._hear(worker)
                    waiting -= got
                    until -= len(got)
                    patience = time.monotonic() + PATIENCE
                    if not got and not self._alive(worker):
                        self.workers[index] = self.spawn()
                        waiting |= self._send(index, number, ticking=ticking)
            if until <= 0 and self.struck < self.strikes:
                time.sleep(self.rng.uniform(0, 0.005))
                self.struck += 1
                self.strike(self)
                until = self._next_strike()
            if time.monotonic() > patience:
                raise TimeoutError(f"phase {number}: no answer for {sorted(waiting)}")
        self._left = until

    _left: int = 0

    def _next_strike(self) -> int:
        """After how many more answers."""
        self._left = self._left if self._left > 0 else self.rng.randint(0, 4)
        return self._left

    def _send(self, index: int, number: int, *, ticking: bool) -> set[str]:
        """Tell a worker what to do; at times also what it had answered last as done.

        Not what was refused: a refusal leaves no record, so it is judged anew, by what came since.
        """
        key = f"tick/{number}/{index}"
        again: list[str] = []
        keys = {key} if ticking else set()
        if not ticking:
            for lane in self.told.phases[number].lanes[index :: self.count]:
                done = [step.key for step in lane if self.answered.get(step.key) == "done"]
                again += done[-1:] if self.rng.random() < 0.3 else []
            keys = {step.key for lane in self._owed(number, index, ticking=False) for step in lane}
        elif key in self.answered:
            return set()
        word = {"phase": number, "keys": sorted(keys | set(again)), "tick": ticking, "index": index}
        with suppress(BrokenPipeError):  # it is dead, and will be found so
            os.write(self.workers[index].orders, json.dumps(word).encode() + b"\n")
        return keys

    def _hear(self, worker: Worker) -> set[str]:
        worker.heard += os.read(worker.answers, 65536)
        *lines, worker.heard = worker.heard.split(b"\n")
        keys = set()
        for line in lines:
            key, outcome = line.decode().split("\t")
            keys.add(key)
            expected = self.told.outcomes.get(key, "ticked")
            if outcome == "repeated":
                self.caught += key not in self.answered
                outcome = "done"
            if outcome != expected:
                self.differing.append(f"{key}: {outcome}, undisturbed {expected}")
            self.answered[key] = outcome
        return keys

    def _alive(self, worker: Worker) -> bool:
        gone, status = os.waitpid(worker.pid, os.WNOHANG)
        if not gone:
            ready, _, _ = select.select([worker.answers], [], [], 0)
            if not ready:
                return True
            gone, status = os.waitpid(worker.pid, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            raise RuntimeError(f"a worker ended by itself: {status}")
        os.close(worker.orders)
        os.close(worker.answers)
        worker.orders = worker.answers = -1
        return False

    def spawn(self) -> Worker:
        """A new worker."""
        orders, orders_in = os.pipe()
        answers, answers_in = os.pipe()
        pid = os.fork()
        if pid:
            os.close(orders)
            os.close(answers_in)
            return Worker(pid, orders_in, answers)
        try:
            for one in (number for worker in self.workers for number in (worker.orders, worker.answers) if number >= 0):
                os.close(one)
            os.close(orders_in)
            os.close(answers)
            _work(self.url, self.plans, self.told, orders, answers_in)
            os._exit(0)
        except BaseException as error:  # noqa: BLE001 - whatever it is must not run on in the parent's code
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)


def kill_one(storm: Storm) -> None:
    """kill -9 one of the workers."""
    os.kill(storm.rng.choice(storm.workers).pid, signal.SIGKILL)


def stopping(server: Server) -> Callable[[Storm], None]:
    """Take the database server down as a power cut would, and bring it up again."""

    def strike(_: Storm) -> None:
        server.stop(at_once=True)
        server.start()

    return strike


def _patiently(act: Callable[[], object]) -> object:
    """What a client does while the database is away: the same again."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except DatabaseError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _work(url: str, plans: Library, told: Night, orders: int, answers: int) -> None:
    """The life of a worker."""
    now = EVENING

    def opened() -> Desk:
        engine = database.engine(url)
        return Desk(
            found(engine, "night", EVENING, exercise=False), plans, machine=MACHINE, now=lambda: now, rules=RULES
        )

    desk = _patiently(opened)
    assert isinstance(desk, Desk)

    def follow(lane: list[Step]) -> None:
        for step in lane:
            outcome = _patiently(lambda step=step: carry(desk, step))  # type: ignore[misc]
            os.write(answers, f"{step.key}\t{outcome}\n".encode())

    with os.fdopen(orders, "rb") as words:
        for line in words:
            word = json.loads(line)
            phase = told.phases[word["phase"]]
            now, keys = phase.at, set(word["keys"])
            if word["tick"]:
                _patiently(desk.tick)
                os.write(answers, f"tick/{word['phase']}/{word['index']}\tticked\n".encode())
                continue
            lanes = [[step for step in lane if step.key in keys] for lane in phase.lanes]
            threads = [Thread(target=follow, args=(lane,)) for lane in lanes if lane]
            for thread in threads[1:]:
                thread.start()
            if threads:
                threads[0].run()
            for thread in threads[1:]:
                thread.join()


def judged(storm: Storm) -> dict[str, object]:
    """What came of it, beside the night that nothing disturbed."""
    engine = database.engine(storm.url)
    journal = found(engine, "night", EVENING, exercise=False)
    desk = Desk(journal, storm.plans, machine=MACHINE, now=lambda: storm.told.phases[-1].at, rules=RULES)
    is_, was = streams(journal), streams(storm.told.journal)
    answer = {
        "struck": storm.struck,
        "caught": storm.caught,
        "commands": len(storm.told.outcomes),
        "entries": journal.head().position,
        "fired": sum(fired(journal).values()),
        "unanswered": sorted(storm.told.outcomes.keys() - storm.answered.keys()),
        "differing": storm.differing,
        "streams": [name for name in sorted(is_.keys() | was.keys()) if is_.get(name) != was.get(name)],
        "same_seal": journal.head().seal == storm.told.journal.head().seal,
        "deadlines": fired(journal) == fired(storm.told.journal),
        "unsound": unsound(desk),
    }
    journal.close()
    return answer


def prepared(url: str, plans: Library, lanes: tuple[Lane, ...]) -> None:
    """A database with its tables, and a record that has begun."""
    engine = database.engine(url)
    database.upgrade(engine)
    journal = found(engine, "night", EVENING, exercise=False)
    open_files(Desk(journal, plans, machine=MACHINE, now=lambda: EVENING, rules=RULES), lanes)
    journal.close()


def main(arguments: list[str]) -> None:
    """Run one night under fire and print what came of it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("url", help="an empty database; `stopped`: a PostgreSQL of its own, which is struck instead")
    for name, default in (("seed", 1), ("lanes", 1), ("phases", 60), ("strikes", 200), ("workers", 1)):
        asked.add_argument(f"--{name}", type=int, default=default)
    given = asked.parse_args(arguments)
    plans = library()
    told = night(plans, given.seed, LANES[: given.lanes], given.phases)
    rng = random.Random(given.seed)  # noqa: S311 - chance, not secrets
    with ExitStack() as held:
        url, strike = given.url, kill_one
        if url == "stopped":
            running = held.enter_context(server())
            url, strike = running.fresh(), stopping(running)
        prepared(url, plans, LANES[: given.lanes])
        storm = Storm(url, plans, told, rng, given.strikes, given.workers, strike)
        storm.run()
        print(json.dumps(judged(storm), ensure_ascii=False))  # noqa: T201 - its answer


if __name__ == "__main__":
    main(sys.argv[1:])
