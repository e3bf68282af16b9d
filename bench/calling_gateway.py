"""A gateway on this machine in a process of its own: takes every message at once and keeps when each id came first.

`GET /came` answers with how many came, how many of them twice, and the moment of each kind's first and last.
"""

from __future__ import annotations

import asyncio
import json
import time

CAME: dict[str, float] = {}
TWICE = [0]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One connection, kept as long as the client keeps it."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = next(
                (
                    int(line.split(b":")[1])
                    for line in head.split(b"\r\n")
                    if line.lower().startswith(b"content-length")
                ),
                0,
            )
            body = await reader.readexactly(length)
            said = json.dumps({"times": CAME, "twice": TWICE[0]}).encode() if head.startswith(b"GET") else _taken(body)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
            writer.write(b"Content-Length: %d\r\n\r\n" % len(said) + said)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def _taken(body: bytes) -> bytes:
    said = json.loads(body or b"{}")
    id_ = str(said.get("id") or said.get("title") or len(CAME))
    TWICE[0] += id_ in CAME
    CAME.setdefault(id_, time.time())
    return b'{"code": 0}'


async def main() -> None:
    """Serve on a free port, which is printed."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
