"""One request over HTTP with one honest answer to the question whether the other side has taken it.

It stands alone, and is not a client library, because only this distinction counts here: not taken for certain, or unknown.
A connection is used again only where the gateway honours keys: when one that was kept breaks, nobody can tell whether the
other side had closed it before it read anything. Redirects are not followed: a message goes where the settings say.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST = 64 * 1024
"""Bytes of an answer that are looked at."""
_KEPT = 15.0
"""Seconds after which a kept connection is not used any more."""
_WATCHED = 0.2


@dataclass(frozen=True, slots=True)
class Answered:
    """What the other side said."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class NotTaken:
    """It cannot have taken it: it was never reached."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have taken it."""

    why: str


class Http:
    """Requests to one address.

    Args:
        url: scheme, host, port; its path is the path of a request that names none.
        timeout: seconds for the whole of a request.
        keep: whether connections may be kept and used again.
        ca_file: certificates to trust besides the machine's own.
    """

    def __init__(self, url: str, timeout: float, *, keep: bool = False, ca_file: str = "") -> None:
        parts = urlsplit(url)
        self._host, self._port, self._secure = parts.hostname or "", parts.port, parts.scheme == "https"
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._timeout, self._keep = timeout, keep
        self._context = ssl.create_default_context() if self._secure else None
        if self._context is not None and ca_file:
            self._context.load_verify_locations(ca_file)
        self._free: list[tuple[http.client.HTTPConnection, float]] = []
        self._lock = threading.Lock()

    def ask(
        self, method: str, path: str = "", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answered | NotTaken | Unknown:
        """Send a request and read its answer. Nothing is raised; the reasons name no address of a person."""
        ends = time.monotonic() + self._timeout
        try:
            connection = self._connection()
        except ssl.SSLError:
            return NotTaken("网关的证书不可信，或加密不成")
        except OSError as error:
            return NotTaken(_unreached(error))
        watched = _WATCH.over(connection, ends)
        try:
            connection.request(method, path or self.path, body, dict(headers or {}))
            with connection.getresponse() as response:
                found = response.read(LARGEST)
                short = bool(response.length) and len(found) < LARGEST
                whole = response.isclosed() and not response.will_close
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            late = time.monotonic() >= ends or isinstance(error, TimeoutError)
            return Unknown("网关在时限内没有答复" if late else "网关没有答复就断开了")
        finally:
            watched()
        self._put_back(connection, whole=whole)
        return Unknown("网关没有答完就断开了") if short else Answered(response.status, found)

    def _connection(self) -> http.client.HTTPConnection:
        with self._lock:
            while self._free:
                kept, since = self._free.pop()
                if time.monotonic() - since < _KEPT:
                    return kept
                kept.close()
        made = (
            http.client.HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._context)
            if self._secure
            else http.client.HTTPConnection(self._host, self._port, timeout=self._timeout)
        )
        made.connect()
        sock: socket.socket = made.sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def _put_back(self, connection: http.client.HTTPConnection, *, whole: bool) -> None:
        if not (self._keep and whole):
            connection.close()
            return
        with self._lock:
            self._free.append((connection, time.monotonic()))

    def close(self) -> None:
        """Let go of kept connections."""
        with self._lock:
            for connection, _ in self._free:
                connection.close()
            self._free.clear()


def _unreached(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "网关连不上：没有回应"
    if isinstance(error, socket.gaierror):
        return "网关连不上：主机名解析不了"
    if isinstance(error, ConnectionRefusedError):
        return "网关连不上：对方没有在听"
    return "网关连不上"


class _Watch:
    """Breaks off connections whose time is over: a gateway that sends one byte now and then would hold a thread for ever."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[int, tuple[float, http.client.HTTPConnection]] = {}
        self._thread: threading.Thread | None = None

    def over(self, connection: http.client.HTTPConnection, ends: float) -> Callable[[], None]:
        """Watch a connection until the returned function is called."""
        key = id(connection)
        with self._lock:
            self._running[key] = (ends, connection)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, name="callout-watch", daemon=True)
                self._thread.start()

        def done() -> None:
            with self._lock:
                self._running.pop(key, None)

        return done

    def _look(self) -> None:
        while True:
            time.sleep(_WATCHED)
            now = time.monotonic()
            with self._lock:
                late = [one for ends, one in self._running.values() if ends <= now]
                if not self._running:
                    self._thread = None
                    return
            for one in late:
                sock = one.sock
                if sock is not None:
                    try:
                        sock.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        continue  # it is closed already


_WATCH = _Watch()
