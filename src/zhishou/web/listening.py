"""The stream of news to one screen: server-sent events (WHATWG HTML, 9.2) that go on from the last one seen.

What comes before the listener joined is read from the record; what comes after is handed to him. The one ends exactly
where the other begins, so nothing is lost and nothing comes twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.types import Send

from zhishou.errors import DeniedError, TooManyError, ZhishouError
from zhishou.web import numbers
from zhishou.web.auth import Known, marks_of
from zhishou.web.live import MOST, Hub, Listener, News

live = APIRouter(prefix="/api", tags=["live"])

HEARTBEAT = 15.0
"""Seconds between signs of life."""
LOOK_AGAIN = 60.0
"""Seconds after which it is asked anew who listens: logins end, posts run out."""
PATIENCE = 20.0
"""Seconds that one piece of news may take to leave; a screen that takes longer connects anew."""
OWN_MOST = 20
"""Streams of one account."""


@live.get(
    "/live",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def listen(
    request: Request, caller: Known,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=20, pattern=r"^\d{0,15}$")] = "",
    after: Annotated[int | None, Query(ge=0, le=10**15, description="从记录的第几条之后起；不写为从现在起。")] = None,
) -> StreamingResponse:  # fmt: skip
    """Everything that happens and concerns the caller, as it happens; `id` is the place in the record."""
    hub: Hub = request.app.state.hub
    own = sum(one.account == caller.account for one in hub.listeners)
    if len(hub.listeners) >= MOST or own >= OWN_MOST:
        raise TooManyError("同时收看的屏幕太多", retry_after=10, mend="关掉不用的页面，或稍后再连")
    seen = int(last) if last else after
    # A place beyond the end is of the record that was here before it was brought back from a backup.
    beyond = seen is not None and seen > hub.position and seen > (await hub.in_thread(hub.house.journal.head)).position
    listener = Listener(caller.sight.marks, caller.account, dropped=beyond)
    joined = hub.join(listener)
    seen = None if beyond else seen
    return _Stream(_told(request, hub, listener, joined if seen is None else seen, joined), hub, listener)


async def _told(request: Request, hub: Hub, listener: Listener, seen: int, joined: int) -> AsyncIterator[str]:
    """What is sent, piece by piece."""
    yield f"retry: 2000\nid: {seen}\n: 值守\n\n"
    while seen < joined and (found := await hub.in_thread(hub.read, seen)):
        for one in found:
            if one.position <= joined:
                seen = one.position
                yield _piece(one, listener)
    loop = asyncio.get_running_loop()
    asked = loop.time()
    while not listener.dropped:
        news = await _next(listener)
        if listener.stale or loop.time() - asked > LOOK_AGAIN:
            asked = loop.time()
            if not await _still_known(request, hub, listener):
                yield "event: goodbye\ndata: {}\n\n"
                return
        if news is None:
            if listener.queue.empty() and not listener.stale:
                seen = max(seen, hub.position)  # all up to there was not for him
            yield f"id: {seen}\n: 在\n\n"
        elif news.position > seen:
            seen = news.position
            yield _piece(news, listener)
    yield "event: reconnect\ndata: {}\n\n"


async def _next(listener: Listener) -> News | None:
    """The next piece of news; nothing where none comes in time for a sign of life."""
    if not listener.queue.empty():
        return listener.queue.get_nowait()
    with suppress(TimeoutError):
        async with asyncio.timeout(HEARTBEAT):  # wait_for would make a task, for every screen and every event
            return await listener.queue.get()
    return None


def _piece(one: News, listener: Listener) -> str:
    """An event; where it is not for him, only how far he has come."""
    if one.audience.isdisjoint(listener.marks):
        return f"id: {one.position}\n\n"
    return f"id: {one.position}\ndata: {one.text}\n\n"


async def _still_known(request: Request, hub: Hub, listener: Listener) -> bool:
    """Look anew who listens and what he sees; False where he is let in no more."""
    changes = listener.changes
    try:
        listener.marks = await hub.in_thread(marks_of, request)
    except DeniedError:
        return False
    except ZhishouError:
        return True  # the database is away; what he saw a minute ago he may see until it is back
    listener.settled = changes
    return True


class _Stream(StreamingResponse):
    """A stream that leaves the hub when it ends, however it ends."""

    def __init__(self, content: AsyncIterator[str], hub: Hub, listener: Listener) -> None:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(content, media_type="text/event-stream", headers=headers)
        self._hub, self._listener = hub, listener

    async def stream_response(self, send: Send) -> None:
        """Send piece by piece; whoever takes none in time is let go."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self.body_iterator:
                body = piece.encode() if isinstance(piece, str) else bytes(piece)
                try:
                    async with asyncio.timeout(PATIENCE):
                        await send({"type": "http.response.body", "body": body, "more_body": True})
                except TimeoutError:
                    numbers.DROPPED.labels("stuck").inc()
                    break
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._hub.leave(self._listener)
