"""Deciding anew where somebody wrote first; it stands alone because incidents, duty rooms and registers all do it alike.

Whoever decides on an incident while another does the same must decide again, and on a busy one in vain again and again. So
the threads of one server take turns on a stream. Servers do not wait for each other: they are few, and try again after a
short while that differs each time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from random import uniform
from threading import Lock
from typing import TypeVar
from zlib import crc32

from zhishou.errors import StaleError

T = TypeVar("T")
TRIES = 60
"""How often something that nobody tied to a version is decided anew."""
LONGEST = 0.02
"""Seconds that are waited at most before it is."""


class Turns:
    """Turns on the streams of one record, within one server."""

    def __init__(self) -> None:
        self._locks = tuple(Lock() for _ in range(256))

    def take(self, about: str, act: Callable[[], T], *, tied: bool = False) -> T:
        """What comes of an act that decides on a stream and records it. It must not take another turn.

        Args:
            about: the stream.
            act: raises StaleError where somebody else wrote first.
            tied: whether it is tied to a version that somebody has seen, so that it must not be decided anew.

        Raises:
            StaleError: it is tied, or others wrote first every time.
        """
        with self._locks[crc32(about.encode()) % len(self._locks)]:
            for attempt in range(1, TRIES):
                try:
                    return act()
                except StaleError:
                    if tied:
                        raise
                time.sleep(uniform(0, LONGEST * min(1, attempt / 10)))  # noqa: S311 - chance, not secrets
            return act()
