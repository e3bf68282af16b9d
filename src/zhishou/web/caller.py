"""The call-out at work in a server: one thread makes the rounds, one sends; every process runs both.

Apart from the ticker, so that nothing else that the server looks after ever delays a call. What fails is tried again at
the next turn: while the database is away nothing is lost, since what is due is data.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from zhishou.bootstrap import House
from zhishou.callout.sending.claims import Claims
from zhishou.errors import ZhishouError
from zhishou.web import numbers

ROUND = 0.25
"""Seconds between rounds."""
TURN = 0.2
"""Seconds between looks at the outbox, where nothing wakes the sender."""
SET_BACK = timedelta(seconds=5)
"""A clock that goes back by more was set."""
TIDY = timedelta(hours=1)


class Caller:
    """The two threads.

    Args:
        house: the house.
        wake: is told when something was recorded.
    """

    def __init__(self, house: House, wake: Callable[[], None]) -> None:
        self.house, self._wake = house, wake
        self.sender = house.sender()
        self._claims: Claims = self.sender.claims
        self._stop = threading.Event()
        self._threads = (
            threading.Thread(target=self._rounds, name="calling", daemon=True),
            threading.Thread(target=self._sending, name="sending", daemon=True),
        )
        self._clock: tuple[datetime, float] | None = None
        self._tidied = float("-inf")
        self.leads = False
        """Whether this process, of all on this database, made the rounds last."""
        self.done = 0.0
        """When the last round went well, by the machine's steady clock; 0 before the first."""

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End, after what is under way."""
        self._stop.set()
        self.sender.wake()
        for thread in self._threads:
            thread.join(timeout=15)

    def alive(self, within: float = 30) -> bool:
        """Whether a round went well lately."""
        running = all(thread.is_alive() for thread in self._threads)
        return running and self.done > 0 and time.monotonic() - self.done < within

    def round(self) -> int:
        """One round of calling; where another server makes them, only what was done here is settled."""
        now = self.house.now()
        if self._was_set_back(now):
            self.house.callout.lost(now)
        self.leads = self._claims.lead(now)
        done = self.house.callout.round(now) if self.leads else self.house.callout.settle(now)
        if self.leads and time.monotonic() - self._tidied > TIDY.total_seconds():
            self._tidied = time.monotonic()
            self._claims.tidy(now)
        return done

    def _was_set_back(self, now: datetime) -> bool:
        """Whether the clock was set back since the last round; at the first, whoever ran before may have had it so."""
        before, self._clock = self._clock, (now, time.monotonic())
        if before is None:
            return True
        return now < before[0] + timedelta(seconds=time.monotonic() - before[1]) - SET_BACK

    def _rounds(self) -> None:
        while not self._stop.is_set():
            done = self._try("calling", self.round)
            if done is not None:
                self.done = time.monotonic()
                if done:
                    numbers.CALLS.inc(done)
                    self.sender.wake()
                    self._wake()
            if not done:
                self._stop.wait(ROUND)

    def _sending(self) -> None:
        while not self._stop.is_set():
            done = self._try("sending", self.sender.turn)
            if done:
                self._wake()
            else:
                self.sender.wait(TURN)
        self._try("sending", self.sender.close)

    def _try(self, name: str, work: Callable[[], int]) -> int | None:
        try:
            return work()
        except ZhishouError as error:
            structlog.get_logger().warning("caller_failed", what=name, why=str(error))
        except Exception as error:  # noqa: BLE001 - the thread must live on, whatever one round meets
            # Only where it happened: what stands in the frames may be a number.
            structlog.get_logger().error("caller_failed", what=name, error=type(error).__name__, where=_where(error))
        self._stop.wait(1)
        return None


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else ""
