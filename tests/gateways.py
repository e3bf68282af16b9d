"""Gateways on this machine for tests: real servers on real sockets that take, refuse, dawdle, break off and lie as told."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Asked:
    """One request that came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answer:
    """What the gateway does with a request."""

    status: int = 200
    body: bytes = b'{"code": 0, "data": {"msgid": "g-1"}}'
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    """Seconds before it answers."""
    break_off: bool = False
    """It closes the connection without a word."""
    drip: float = 0
    """Seconds between the bytes of its answer."""


@dataclass
class HttpGateway:
    """A gateway over HTTP; `answer` decides about each request."""

    url: str
    asked: list[Asked] = field(default_factory=list)
    answer: Callable[[Asked], Answer] = lambda _: Answer()
    connections: int = 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is part of the test."""


@contextmanager
def http_gateway() -> Iterator[HttpGateway]:
    gateway = HttpGateway("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            gateway.connections += 1

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, dict(self.headers), body)
            gateway.asked.append(asked)
            found = gateway.answer(asked)
            time.sleep(found.wait)
            if found.break_off:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(found.status)
            for name, value in {"Content-Length": str(len(found.body)), **found.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for byte in found.body if found.drip else b"":
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(found.drip)
            if not found.drip:
                self.wfile.write(found.body)

        do_GET = do_PUT = do_POST  # noqa: N815 - the names that the server looks for

        def log_message(self, *_: object) -> None:
            """A test's output is its own."""

    server = _Server(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Letter:
    """One mail that came."""

    sender: str
    to: list[str]
    content: bytes


class MailServer:
    """A mail server; `of_rcpt` and `of_data` decide what it says."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.of_rcpt: Callable[[str], str] = lambda _: "250 OK"
        self.of_data: Callable[[], str | None] = lambda: "250 OK"
        self.port = 0

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        said = self.of_rcpt(address)
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.of_data()
        if said is None:
            self.letters.append(Letter(envelope.mail_from, envelope.rcpt_tos, envelope.content))
            server.transport.abort()
            return "421 gone"
        if said.startswith("250"):
            self.letters.append(Letter(envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return said


@contextmanager
def mail_server(security: str = "none", certificate: Path | None = None) -> Iterator[MailServer]:
    """A mail server.

    Args:
        security: `tls`, `starttls` or `none`; encrypted, it demands the account `desk` with the password `geese`.
        certificate: its key and certificate in one file.
    """
    handler = MailServer()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        handler.port = free.getsockname()[1]
    more: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        known = LoginPassword(b"desk", b"geese")
        more = {"authenticator": lambda *given: AuthResult(success=given[-1] == known, handled=False)}
        if security == "tls":
            more |= {"ssl_context": context, "auth_require_tls": False}
        else:
            more |= {"tls_context": context, "require_starttls": True, "auth_required": True}
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, server_hostname="localhost", **more)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def certificate(folder: Path) -> Path:
    """Key and certificate of `localhost`, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "localhost.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def nobody_listens() -> int:
    """A port where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
