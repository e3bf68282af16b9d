"""How many messages a channel takes: a bucket of tokens; it stands alone so that every channel keeps its limit alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Bucket:
    """A bucket that fills evenly; each message takes one token.

    Args:
        per_minute: tokens that come in a minute.
        burst: tokens that it holds.
        clock: seconds that only ever go forward.
    """

    def __init__(self, per_minute: int, burst: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = per_minute / 60
        self._holds = float(burst or max(1, per_minute // 10))
        self._clock = clock
        self._tokens, self._at = self._holds, clock()
        self._lock = threading.Lock()

    def _fill(self) -> None:
        now = self._clock()
        self._tokens = min(self._holds, self._tokens + max(0.0, now - self._at) * self._rate)
        self._at = now

    def room(self) -> int:
        """Whole tokens at this moment."""
        with self._lock:
            self._fill()
            return int(self._tokens)

    def take(self) -> bool:
        """Take a token; False where there is none."""
        with self._lock:
            self._fill()
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
