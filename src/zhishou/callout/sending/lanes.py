"""Lanes: for each channel and urgency its own few threads, so that neither a slow gateway nor a flood delays anybody else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

from zhishou.callout.channels.contract import Channel, Outcome, Outgoing
from zhishou.callout.sending.contract import Line

QUICK = 0.1
"""A gateway that takes a message in less is quick, s."""
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
    pace: float = 1.0
    """How long a message takes, s: the last ones count most."""
    _pool: ThreadPoolExecutor | None = None

    @property
    def room(self) -> int:
        """How many messages it takes now: twice its threads, so that none of them waits for the next look.

        Where the gateway is quick, as many more as are gone within a moment: what is taken has been looked at for the last
        time, and must not grow old.
        """
        if time.monotonic() < self.paused:
            return 0
        most = 8 * self.threads if self.pace < QUICK else 2 * self.threads
        return max(0, min(most - len(self.flying), self.channel.room()))

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
        begun = time.monotonic()
        try:
            if begun < until():
                outcome = self.channel.send(outgoing)
                self.pace += 0.2 * (time.monotonic() - begun - self.pace)
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
