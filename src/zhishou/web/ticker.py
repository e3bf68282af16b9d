"""What happens without anybody asking: deadlines pass, returns become facts, facts grow stale, the head is anchored.

Every process of every server runs one; each thing it does happens once, because the record refuses a second time. What
fails is tried again soon: while the database is away nothing is lost, since deadlines are data.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from zhishou.bootstrap import House
from zhishou.bootstrap.settings import length
from zhishou.callout.self_test import SelfTests
from zhishou.desk.by_itself import each
from zhishou.errors import ZhishouError
from zhishou.incident.deadlines import DutyMissed
from zhishou.web import numbers
from zhishou.web.anchoring import Anchoring

EVERY = 1.0
"""Seconds between rounds."""
LATER = 5.0
"""Seconds between balances that a process draws which does not lead: whoever leads mostly has told it all by then."""
AGAIN = 15.0
"""Seconds after which what is done now and then is tried again where it failed: to assess everything anew is no work of every second."""
TIDY = timedelta(hours=1)


class Ticker:
    """One thread that does all this.

    Args:
        house: the house.
        wake: is told when something was recorded.
        every: seconds between rounds.
        leads: whether this process is the one of several that draws the balance at every round.
    """

    def __init__(
        self, house: House, wake: Callable[[], None], every: float = EVERY, leads: Callable[[], bool] = lambda: True
    ) -> None:
        self.house, self._wake, self._every = house, wake, every
        self.anchoring = Anchoring(house)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)
        self._last: dict[str, float] = {}
        self._told: dict[str, int] = {}
        self._leads, self._drawn = leads, float("-inf")
        self._testing: threading.Thread | None = None
        self.done = 0.0
        """When the last round went well, by the machine's steady clock; 0 before the first."""

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after the round that is under way."""
        self._stop.set()
        self._thread.join(timeout=10)

    def alive(self, within: float = 30) -> bool:
        """Whether a round went well lately."""
        return self._thread.is_alive() and self.done > 0 and time.monotonic() - self.done < within

    def _run(self) -> None:
        while not self._stop.is_set():
            self.round()
            self._stop.wait(self._every)

    def round(self) -> None:
        """One round; what goes wrong is written to the log."""
        settings = self.house.settings
        well = self._try("deadlines", self._deadlines)
        well &= self._try("people", self._people)
        well &= self._try("returns", self._returns)
        self._now_and_then("reassess", length(settings.reassess_every), self._reassess)
        often = min(length(settings.anchors.every), timedelta(minutes=1))
        self._now_and_then("anchor", often, self.anchoring.files)
        self._now_and_then("anchor_mail", often, self.anchoring.mail)
        self._now_and_then("tidy", TIDY, lambda: self.house.gate.tidy(self.house.now()))
        self._now_and_then("self_test", timedelta(minutes=10), self._self_test)
        numbers.TICKS.labels("well" if well else "failed").inc()
        if well:
            self.done = time.monotonic()

    def _deadlines(self) -> None:
        recorded = self.house.desk.tick()
        if missed := [one for one in recorded if isinstance(one.event, DutyMissed)]:
            numbers.MISSED.inc(len(missed))
            structlog.get_logger().info("deadlines_missed", count=len(missed))
        if recorded:
            self._wake()

    def _people(self) -> None:
        self.house.gate.tokens.note_used()
        if self.house.desk.record_people(self.house.gate.changes) + self.house.desk.record_book(
            self.house.book.changes
        ):
            self._wake()

    def _returns(self) -> None:
        """What has come in since the last round, or before the start: whoever received it may have died before he told."""
        if not self._leads() and time.monotonic() - self._drawn < LATER:
            return
        returns = self.house.desk.returns
        for area in returns.areas():
            if returns.version(area) != self._told.get(area, 0):
                self._told[area], self._drawn = returns.tell(area), time.monotonic()
                self._wake()

    def _reassess(self) -> None:
        try:
            each(self.house.desk.areas(), lambda area: self.house.desk.reassess(area, "stale"))
        finally:
            self._wake()

    def _self_test(self) -> None:
        """The month's test of channels and addresses, apart from the rounds: hundreds of telephones take their time."""
        house = self.house
        wanted = house.settings.callout.self_test
        tests = SelfTests(house.book, lambda: house.channels, house.now, exercise=house.exercise)
        id_ = tests.due(house.now(), wanted.day, wanted.at) if house.settings.callout.channels else ""
        if id_ and not (self._testing and self._testing.is_alive()):
            run = partial(self._try, "self_test", partial(tests.run, "system", id_))
            self._testing = threading.Thread(target=run, name="self-test", daemon=True)
            self._testing.start()

    def _now_and_then(self, name: str, every: timedelta, work: Callable[[], None]) -> None:
        now, apart = time.monotonic(), every.total_seconds()
        if now - self._last.get(name, -apart) >= apart:
            self._last[name] = now if self._try(name, work) else now - apart + min(AGAIN, apart)

    def _try(self, name: str, work: Callable[[], object]) -> bool:
        try:
            work()
        except ZhishouError as error:
            structlog.get_logger().warning("ticker_failed", what=name, why=str(error))
        except Exception as error:  # noqa: BLE001 - the thread must live on, whatever one round meets
            structlog.get_logger().error("ticker_failed", what=name, exc_info=error)
        else:
            return True
        return False
