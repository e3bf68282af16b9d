"""The sender: takes what waits, the most severe first, claims it, has it looked at once more, hands it over, notes it.

Claimed before it is sent and noted after: whoever is killed between the two leaves a claim that runs out. A gateway that
honours keys is then given the message again; of any other nobody can know, and so it is noted.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from queue import Empty, SimpleQueue

from zhishou.callout.boards import URGENCIES
from zhishou.callout.channels.contract import Channel, Outcome
from zhishou.callout.sending.claims import Claims
from zhishou.callout.sending.contract import Handed, Line, Office, Ready
from zhishou.callout.sending.lanes import Lane, Sent, by_name
from zhishou.errors import DatabaseError

THREADS = 8
"""Threads of a lane."""
OTHERS = 100
"""Lines looked at beyond those wanted: some may be in another server's hands."""
NOTED = 250
"""Outcomes noted together."""
TRIES = 3
"""How often a message is given to a gateway that is busy, or that honours keys and did not answer."""
BROKEN = Outcome("unknown", why="发送中断，是否送出不明")
UNSERVED = Outcome("refused", why="没有这个渠道，或演练不得使用")


class Sender:
    """Sends what lies in the outbox.

    Args:
        office: the desk.
        claims: which machine has which message in hand.
        channels: by name, those that may be used now.
        now: the clock.
        threads: of each lane.
    """

    def __init__(
        self, office: Office, claims: Claims, channels: Mapping[str, Channel], now: Callable[[], datetime],
        threads: int = THREADS,
    ) -> None:  # fmt: skip
        self._office, self.claims, self._channels, self._now = office, claims, channels, now
        self._threads = threads
        self._woken = threading.Event()
        self._done: SimpleQueue[Sent] = SimpleQueue()
        self._lanes: dict[str, Lane] = {}
        self._tries: dict[str, int] = {}
        self._held = 0.0
        """Until when the claims of what flies hold, by the machine's steady clock."""
        self._prolonged = self._swept = float("-inf")
        self._unnoted: list[Handed] = []

    def wake(self) -> None:
        """Something may be waiting."""
        self._woken.set()

    def wait(self, seconds: float) -> None:
        """Sleep until something may be waiting, at most so long."""
        self._woken.wait(seconds)
        self._woken.clear()

    @property
    def flying(self) -> int:
        """How many messages are being sent."""
        return sum(len(lane.flying) for lane in self._lanes.values())

    def turn(self) -> int:
        """Note what is done, begin what waits; how many were noted or begun.

        Raises:
            DatabaseError: the database is away. What was sent is noted later.
        """
        done = self._note()
        self._prolong()
        self._sweep()
        for urgency in URGENCIES:
            done += self._begin(urgency)
        return done

    def _lane(self, urgency: str, channel: Channel) -> Lane:
        name = f"{urgency}.{channel.name}"
        if name not in self._lanes:
            self._lanes[name] = Lane(channel, self._threads, self._done, self.wake)
        return self._lanes[name]

    def _of(self, line: Line) -> Lane | None:
        channel = by_name(self._channels, line.channel)
        return self._lane(line.lane.partition(".")[0], channel) if channel is not None else None

    # Beginning

    def _begin(self, urgency: str) -> int:
        lanes = {name: self._lane(urgency, channel) for name, channel in self._named().items()}
        open_ = {f"{urgency}.{name}" for name, lane in lanes.items() if lane.room > 0}
        if not open_:
            return 0
        limit = self.flying + OTHERS + 8 * self._threads * len(self._channels)
        room = {id(lane): lane.room for lane in lanes.values()}
        wanted: list[Line] = []
        for line in self._office.waiting(open_, limit):
            lane = self._of(line)
            if lane is not None and line.message not in lane.flying and room[id(lane)] > 0:
                room[id(lane)] -= 1
                wanted.append(line)
        return self._claimed(wanted)

    def _named(self) -> dict[str, Channel]:
        """Every word by which a line may name a channel that is there."""
        found: dict[str, Channel] = dict(self._channels)
        for channel in self._channels.values():
            found.setdefault(channel.kind, channel)
        return found

    def _claimed(self, lines: Sequence[Line]) -> int:
        if not lines:
            return 0
        asked = time.monotonic()
        got = self.claims.take([line.message for line in lines], self._now())
        mine = [line for line in lines if line.message in got]
        if not mine:
            return 0
        idle: list[str] = []
        for ready in self._office.ready(mine, self._now()):
            lane = self._of(ready.line)
            if ready.outgoing is None or lane is None:
                idle.append(ready.line.message)
            elif got[ready.line.message] and not lane.channel.honours_keys:
                self._unnoted.append(Handed(ready.line, BROKEN, self._now(), lane.channel.name))
            else:
                self._send(lane, ready, asked)
        if idle:
            self.claims.release(idle)
        return len(mine)

    def _send(self, lane: Lane, ready: Ready, asked: float) -> None:
        assert ready.outgoing is not None  # noqa: S101 - looked at before
        own = asked + self.claims.lease.total_seconds() * 0.7
        lane.send(ready.line, ready.outgoing, lambda: max(own, self._held))

    # Noting

    def _note(self) -> int:
        released: list[str] = []
        while len(self._unnoted) < NOTED:
            try:
                sent = self._done.get_nowait()
            except Empty:
                break
            lane = self._of(sent.line)
            if lane is not None:
                lane.flying.pop(sent.line.message, None)
            if sent.outcome is None or (lane is not None and self._again(lane, sent.line, sent.outcome)):
                released.append(sent.line.message)
            else:
                name = lane.channel.name if lane is not None else ""
                self._unnoted.append(Handed(sent.line, sent.outcome, self._now(), name))
        if self._unnoted:
            self._office.handed(self._unnoted)  # where it fails, it is noted with the next
            noted, self._unnoted = self._unnoted, []
            for one in noted:
                self._tries.pop(one.line.message, None)
            self.claims.release([one.line.message for one in noted] + released)
            return len(noted)
        if released:
            self.claims.release(released)
        return 0

    def _again(self, lane: Lane, line: Line, outcome: Outcome) -> bool:
        """Whether a message is given once more to the same gateway, after a short while."""
        repeat = outcome.again if outcome.status == "refused" else lane.channel.honours_keys
        if outcome.status == "accepted" or not repeat:
            return False
        tries = self._tries[line.message] = self._tries.get(line.message, 0) + 1
        if tries >= TRIES:
            return False
        if outcome.again:
            lane.paused = time.monotonic() + tries
        return True

    def _prolong(self) -> None:
        lease, asked = self.claims.lease.total_seconds(), time.monotonic()
        held = [message for lane in self._lanes.values() for message in lane.flying]
        held += [one.line.message for one in self._unnoted]
        if held and asked - self._prolonged > lease / 4:
            self.claims.prolong(held, self._now())
            self._prolonged, self._held = asked, asked + lease * 0.7

    def _sweep(self) -> None:
        """Note as refused what waits for a channel that is not there, so that its call goes on."""
        if time.monotonic() - self._swept < 10:
            return
        self._swept = time.monotonic()
        known = self._named()
        left = [line for line in self._office.waiting(None, 500) if line.channel not in known]
        if left:
            self._office.handed([Handed(line, UNSERVED, self._now()) for line in left])

    def close(self, seconds: float = 10) -> int:
        """Begin nothing more; note what is still being sent, at most so long; how many are left, whose claims run out."""
        for lane in self._lanes.values():
            lane.close()
        until = time.monotonic() + seconds
        while time.monotonic() < until and (self.flying or self._unnoted):
            try:
                self._note()
                self._prolong()
            except DatabaseError:
                time.sleep(0.2)
            self.wait(0.05)
        return self.flying
