"""Deciding one after the other on a stream, and anew where somebody wrote first; it stands alone because all who record do it alike.

Whoever decides on an incident while another does the same must decide again, and on a busy one in vain again and again. So
the threads of one server take turns on a stream. A turn ends when what was decided has its place behind what others
bring, and not when the disk holds it: the next decides on what the record will say then, and both come on record in one
commit. If it does not come on record, neither does what rests on it, and that is decided anew. Nobody is answered, let
alone refused, on the strength of what is not on record. Servers do not wait for each other: they are few, and try again
after a short while that differs each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import uniform
from threading import Lock
from typing import Any, Generic, TypeVar
from zlib import crc32

from zhishou.errors import StaleError
from zhishou.journal import Link

T = TypeVar("T")
S = TypeVar("S")
TRIES = 60
"""How often something that nobody tied to a version is decided anew."""
AHEAD = 4
"""How often of these on what is not on record yet."""
LONGEST = 0.02
"""Seconds that are waited at most before it is."""


class UnsureError(Exception):
    """That nothing is to be done was found on what is not on record yet."""


class Turn(Generic[S]):
    """One thread's turn on a stream.

    Args:
        ahead: the state that those before leave once they are on record; None where the record has it all.
        before: their last append.
        pass_on: lets the next have its turn, with this append and the state that it leaves.
    """

    def __init__(
        self, ahead: S | None = None, before: Link | None = None, pass_on: Callable[[Link, S], None] | None = None
    ) -> None:
        self.ahead, self._before, self._pass_on = ahead, before, pass_on
        self.passed = False

    def link(self, after: S) -> Link:
        """How its append is entered: the next decides on the state that it leaves."""
        link = Link(self._before, lambda: self._entered(link, after))
        return link

    def _entered(self, link: Link, after: S) -> None:
        if self._pass_on is not None:
            self.passed = True
            self._pass_on(link, after)

    def sure(self) -> None:
        """Go on only where it was decided on the record.

        Raises:
            UnsureError: it was not, and is decided anew.
        """
        if self.ahead is not None:
            raise UnsureError


class Turns:
    """Turns on the streams of one record, within one server."""

    def __init__(self) -> None:
        self._locks = tuple(Lock() for _ in range(256))
        self._last: dict[str, tuple[Link, Any]] = {}
        """Stream → the last append that has its place, and the state that it leaves."""
        self._guard = Lock()

    def take(self, about: str, act: Callable[[], T], *, tied: bool = False) -> T:
        """What comes of an act that decides on a stream as the record has it, and records it. It must not take another turn.

        Args:
            about: the stream.
            act: raises StaleError where somebody else wrote first.
            tied: whether it is tied to a version that somebody has seen, so that it must not be decided anew.

        Raises:
            StaleError: it is tied, or others wrote first every time.
        """
        with self._lock(about):
            if (last := self._last.get(about)) is not None:
                last[0].wait()
            for attempt in range(1, TRIES):
                try:
                    return act()
                except StaleError:
                    if tied:
                        raise
                _wait(attempt)
            return act()

    def follow(self, about: str, act: Callable[[Turn[S]], T], *, done: Callable[[], T | None], tied: bool = False) -> T:
        """The same, on what the record will say once those before are on it.

        Args:
            about: the stream.
            act: decides on the state that its turn has ahead, and records it by its turn's link.
            done: what came of it, if it was done before.
            tied: whether it is tied to a version that somebody has seen: nobody has seen what is not on record.

        Raises:
            StaleError: as above.
        """
        if (found := done()) is not None:
            return found
        for attempt in range(1, 1 if tied else AHEAD + 1):
            turn: Turn[S] = self._next(about)
            try:
                return act(turn)
            except StaleError:
                pass
            except Exception:
                if turn.passed:
                    raise
                if turn.ahead is None:
                    if (found := done()) is not None:  # by another server, since it was asked
                        return found
                    raise
                break
            finally:
                self._end(about, turn)
            _wait(attempt)

        def alone() -> T:
            before = done()
            return act(Turn()) if before is None else before

        return self.take(about, alone, tied=tied)

    def _next(self, about: str) -> Turn[Any]:
        """A turn, once it has come."""
        self._lock(about).acquire()
        last = self._last.get(about)
        link, ahead = last if last is not None and not last[0].settled else (None, None)
        return Turn(ahead, link, lambda own, after: self._pass_on(about, own, after))

    def _pass_on(self, about: str, link: Link, after: Any) -> None:
        with self._guard:
            self._last[about] = (link, after)
        self._lock(about).release()

    def _end(self, about: str, turn: Turn[Any]) -> None:
        if not turn.passed:
            self._lock(about).release()
        with self._guard:
            if (last := self._last.get(about)) is not None and last[0].settled:
                del self._last[about]

    def _lock(self, about: str) -> Lock:
        return self._locks[crc32(about.encode()) % len(self._locks)]


def _wait(attempt: int) -> None:
    time.sleep(uniform(0, LONGEST * min(1, attempt / 10)))  # noqa: S311 - chance, not secrets
