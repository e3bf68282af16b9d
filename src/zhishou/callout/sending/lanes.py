"""Lanes: for each channel and urgency its own few threads, so that neither a slow gateway nor a flood delays anybody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

from zhishou.callout.channels.contract import Channel, Outcome, Outgoing
from zhishou.callout.sending.contract import Line

UNSURE = Outcome("unknown", why="交网关时出错，是否送出不明")


@dataclass(slots=True)
class Sent:
    """A message that a thread has dealt with; no outcome where its claim had run out before it came to be sent."""

    line: Line
    outcome: Outcome | None


@dataclass
class Lane:
    """One lane."""

    channel: Channel
    threads: int
    done: SimpleQueue[Sent]
    wake: Callable[[], None]
    flying: dict[str, Line] = field(default_factory=dict)
    paused: float = 0.0
    """Until when nothing is taken, by the machine's steady clock."""
    _pool: ThreadPoolExecutor | None = None

    @property
    def room(self) -> int:
        """How many messages it takes now: twice its threads, so that none of them waits for the next look."""
        if time.monotonic() < self.paused:
            return 0
        return max(0, min(2 * self.threads - len(self.flying), self.channel.room()))

    def send(self, line: Line, outgoing: Outgoing, until: Callable[[], float]) -> None:
        """Send a message in a thread, unless its claim has run out by then.

        Args:
            line: its line.
            outgoing: what is sent.
            until: until when the claim holds, by the machine's steady clock; asked when its turn comes.
        """
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix=f"send-{self.channel.name}")
        self.flying[line.message] = line
        self._pool.submit(self._one, line, outgoing, until)

    def _one(self, line: Line, outgoing: Outgoing, until: Callable[[], float]) -> None:
        outcome: Outcome | None = None
        try:
            if time.monotonic() < until():
                outcome = self.channel.send(outgoing)
        except Exception:  # noqa: BLE001 - a plug-in's slip must not lose the message; nobody knows how far it came
            outcome = UNSURE
        self.done.put(Sent(line, outcome))
        self.wake()

    def close(self) -> None:
        """Begin nothing more."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)


def by_name(channels: Mapping[str, Channel], name: str) -> Channel | None:
    """A channel by its name, or the first of a kind of that name."""
    return channels.get(name) or next((one for one in channels.values() if one.kind == name), None)
