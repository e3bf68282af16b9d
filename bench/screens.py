"""Clients of a running server over plain sockets: one request on a connection of its own, and screens that listen.

By hand, because an HTTP library's own time would stand in the figure. Small packets are sent at once (TCP_NODELAY), which
asyncio sets by itself on sockets that it opens.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from dataclasses import dataclass, field

_NEWS = re.compile(rb"id: (\d+)\ndata: ")


@dataclass
class Answer:
    """What a request came to."""

    status: int
    body: bytes
    seconds: float
    """From before the connection was opened until the answer was read."""


async def asked(port: int, method: str, path: str, token: str, body: bytes = b"", **headers: str) -> Answer:
    """One request, as somebody sends it who calls once an evening: connect, ask, read, close."""
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [
        f"{method} {path} HTTP/1.1", f"host: 127.0.0.1:{port}", f"authorization: Bearer {token}", "connection: close",
        f"content-length: {len(body)}", *(f"{name}: {value}" for name, value in own.items()),
    ]  # fmt: skip
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write("\r\n".join((*lines, "", "")).encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    taken = time.perf_counter() - began
    head, _, said = answer.partition(b"\r\n\r\n")
    return Answer(int(head.split(b" ", 2)[1]), said, taken)


@dataclass
class Screen:
    """Somebody who listens: what he has been told, and when."""

    port: int
    token: str
    seen: list[tuple[int, float]] = field(default_factory=list)
    """Position in the record, and the machine's time when it came."""
    twice: int = 0
    ended: bool = False
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to listen."""
        self._task = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _listen(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(
                f"GET /api/live HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\nauthorization: Bearer {self.token}\r\n\r\n".encode()
            )
            if b" 200 " not in await reader.readuntil(b"\r\n\r\n"):
                return
            last = 0
            while size := int(await reader.readline(), 16):
                piece = await reader.readexactly(size + 2)
                now = time.time()
                self.ready.set()
                for found in _NEWS.finditer(piece):
                    position = int(found[1])
                    self.twice += position <= last
                    last = position
                    self.seen.append((position, now))
        finally:
            self.ended = True
            self.ready.set()
            writer.close()
