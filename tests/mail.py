"""A mail server for tests on a free loopback port: it keeps every letter, and knows nobody called nobody."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class _Sink(socketserver.StreamRequestHandler):
    """Twenty lines of RFC 5321: takes every letter, keeps it, and refuses the recipients it was told to refuse."""

    server: _Server

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word == "DATA":
                self.wfile.write(b"354 go on\r\n")
                lines: list[bytes] = []
                while (text := self.rfile.readline()) != b".\r\n":
                    lines.append(text)
                self.server.letters.append(b"".join(lines))
            refused = word == "RCPT" and "nobody" in line
            self.wfile.write(
                b"550 no such person\r\n" if refused else b"221 bye\r\n" if word == "QUIT" else b"250 ok\r\n"
            )
            if word == "QUIT":
                return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    letters: list[bytes]


@contextmanager
def mail_server() -> Iterator[_Server]:
    with _Server(("127.0.0.1", 0), _Sink) as server:
        server.letters = []
        server.block_on_close = False
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
