"""News as it happens: one poller of the record for all who listen on this process, each with a short queue of his own.

A listener that does not keep up is told to connect anew and misses nothing, because the record itself is the queue:
he says what he has seen last, and gets what came after. Nothing is kept for him meanwhile.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from anyio import CapacityLimiter, to_thread

from zhishou.bootstrap import House
from zhishou.callout.calls import CATALOGUE as CALL_EVENTS
from zhishou.callout.calls import STREAMS as CALLS
from zhishou.desk.accounts import STREAM as PEOPLE
from zhishou.desk.kinds import INCIDENT_STREAMS, RETURNS_STREAMS, WATCH_STREAMS
from zhishou.errors import DatabaseError, NotFoundError, ZhishouError
from zhishou.incident.index import EVENTS
from zhishou.journal import Entry
from zhishou.people.changes import LABELS, ChangeKind
from zhishou.plan.posts import admin_post, post_label
from zhishou.supply.returns.record import CATALOGUE as OF_RETURNS
from zhishou.watch.events import CATALOGUE
from zhishou.web import numbers, sight

EVERY = 0.25
"""Seconds between looks into the record; what this process itself records is seen at once."""
QUEUE = 200
"""News that may wait for one listener."""
MOST = 400
"""Listeners of one process."""
AT_ONCE = 500
"""Entries read at a time."""


@dataclass(frozen=True, slots=True)
class News:
    """One entry of the record, ready to be sent, and whom it is for."""

    position: int
    text: str
    audience: frozenset[str]
    changes: str = ""
    """Whose posts or login may be others after it: an account id, or `*` for anybody's."""


@dataclass(eq=False)
class Listener:
    """Somebody who listens."""

    marks: frozenset[str]
    account: str
    queue: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    changes: int = 0
    """How often who he is or what he sees may have changed."""
    settled: int = 0
    """How many of these `marks` take into account."""
    dropped: bool = False
    """Set where he did not keep up."""

    @property
    def stale(self) -> bool:
        """Whether it must be looked at anew who he is and what he sees."""
        return self.changes != self.settled


class Hub:
    """Reads the record once for all listeners of this process.

    Args:
        house: the house.
    """

    def __init__(self, house: House) -> None:
        self.house = house
        self.listeners: set[Listener] = set()
        self.position = 0
        self.looked = 0.0
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._threads = CapacityLimiter(8)

    async def start(self) -> None:
        """Begin to look into the record."""
        self._loop = asyncio.get_running_loop()
        with suppress(ZhishouError):
            self.position = (await self.in_thread(self.house.journal.head)).position
        self._task = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop looking, and let every listener go."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        for one in self.listeners:
            one.dropped = True

    def wake(self) -> None:
        """Look now; from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def in_thread(self, work: Callable[..., Any], *args: Any) -> Any:
        """Do blocking work in one of the few threads of the news, so that the commands' threads stay free for them."""
        return await to_thread.run_sync(partial(work, *args), limiter=self._threads)

    def join(self, listener: Listener) -> int:
        """Begin to listen; the position up to which he must read for himself."""
        self.listeners.add(listener)
        numbers.LISTENERS.inc()
        return self.position

    def leave(self, listener: Listener) -> None:
        """Listen no more."""
        if listener in self.listeners:
            self.listeners.discard(listener)
            numbers.LISTENERS.dec()

    async def _look(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), EVERY)
            self._wake.clear()
            try:
                while await self._once():
                    pass
                self.looked = asyncio.get_running_loop().time()
            except ZhishouError as error:  # the record is out of reach; whoever listens keeps his place
                structlog.get_logger().warning("news_failed", what=str(error))
                await asyncio.sleep(2)
            except Exception as error:  # noqa: BLE001 - one bad entry must not silence the rest for ever
                structlog.get_logger().error("news_failed", exc_info=error)
                await asyncio.sleep(2)

    async def _once(self) -> bool:
        news = await self.in_thread(self.read, self.position)
        for one in news:
            self.position = one.position
            for listener in self.listeners:
                _hand(listener, one)
        numbers.POSITION.set(self.position)
        return len(news) == AT_ONCE

    def read(self, after: int, limit: int = AT_ONCE) -> list[News]:
        """The news after a position; blocking."""
        entries = self.house.journal.since(after, limit)
        states: dict[str, tuple[Any, sight.Addressed]] = {}
        return [self._read(entry, states) for entry in entries]

    def _read(self, entry: Entry, states: dict[str, tuple[Any, sight.Addressed]]) -> News:
        """The news of an entry; of one that cannot be read nobody is told, and it silences none after it."""
        try:
            return self._news(entry, states)
        except DatabaseError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            structlog.get_logger().error("news_unreadable", position=entry.position, exc_info=error)
            return News(entry.position, "", frozenset(), "*")

    def _news(self, entry: Entry, states: dict[str, tuple[Any, sight.Addressed]]) -> News:
        library = self.house.library
        about: dict[str, str] = {}
        audience: frozenset[str] = frozenset()
        label = ""
        if entry.stream.startswith(INCIDENT_STREAMS):
            id_ = entry.stream.removeprefix(INCIDENT_STREAMS)
            about, label = {"incident": id_}, _label(EVENTS, entry.type)
            if id_ not in states:
                with suppress(NotFoundError):
                    state = self.house.desk.incident(id_)
                    states[id_] = state, sight.addressed(state, library)
            audience = frozenset({sight.area_mark(sight.area_of(id_))})
            if id_ in states:
                audience |= sight.of_entry(entry.payload, *states[id_])
        elif entry.stream.startswith(WATCH_STREAMS):
            area = entry.stream.removeprefix(WATCH_STREAMS)
            about, label = {"area": area}, _label(CATALOGUE, entry.type)
            audience = frozenset({sight.area_mark(area)})
        elif entry.stream.startswith(CALLS):
            id_ = entry.stream.split("/")[1]
            about, label = {"call": entry.stream}, _label(CALL_EVENTS, entry.type)
            incident = id_ not in library.lexicon.areas
            audience = frozenset({sight.area_mark(sight.area_of(id_) if incident else id_)})
            about |= {"incident" if incident else "area": id_}
        elif entry.stream.startswith(RETURNS_STREAMS):
            area = entry.stream.removeprefix(RETURNS_STREAMS)
            about, label = {"area": area}, _label(OF_RETURNS, entry.type)
            audience = frozenset({sight.area_mark(area)})
        elif entry.stream == PEOPLE:
            label = LABELS.get(ChangeKind(entry.type), entry.type)
            audience = frozenset(admin_post(area) for area in library.lexicon.areas)
        told = {
            "position": entry.position, **about, "version": entry.version, "type": entry.type, "label": label,
            "at": entry.at.isoformat(), "recorded": entry.recorded.isoformat(), "person": entry.person,
            "name": entry.name, "post": entry.post,
            "post_label": post_label(entry.post, library.packs, library.lexicon) if entry.post else "",
            "payload": _shown(entry),
        }  # fmt: skip
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        return News(entry.position, text, audience, _changes(entry))


def _label(catalogue: Any, type_: str) -> str:
    return next((kind.label for kind in catalogue if kind.type == type_), type_)


def _shown(entry: Entry) -> dict[str, Any]:
    """What a screen is told of an entry: all of it; of a return who sent it and what waits, since its figures fill pages."""
    if not entry.stream.startswith(RETURNS_STREAMS):
        return entry.payload
    line = entry.payload.get("entry", {})
    returned = line.get("return", {})
    told = {"number": line.get("number"), "file": line.get("name", ""), "held": len(line.get("held", ()))}
    return told | {name: returned[name] for name in ("reporter", "gas_day", "version") if name in returned}


_POSTS_CHANGE = frozenset({
    "post_appointed", "post_relieved", "posts_delegated", "delegation_recorded", "delegation_confirmed",
    "delegation_revoked",
})  # fmt: skip
_NOBODY_OUT = frozenset({ChangeKind.LOGGED_IN, ChangeKind.SLOWED, ChangeKind.RENAMED, ChangeKind.TOKEN_MADE})


def _changes(entry: Entry) -> str:
    if entry.stream == PEOPLE:
        return "" if entry.type in _NOBODY_OUT else str(entry.payload.get("account", ""))
    return "*" if entry.type in _POSTS_CHANGE else ""


def _hand(listener: Listener, one: News) -> None:
    listener.changes += one.changes in {"*", listener.account}
    # While it is not settled what he sees, everything is kept for him; he judges it when he has looked.
    if listener.dropped or (one.audience.isdisjoint(listener.marks) and not listener.stale):
        return
    try:
        listener.queue.put_nowait(one)
    except asyncio.QueueFull:
        listener.dropped = True
        numbers.DROPPED.labels("slow").inc()
