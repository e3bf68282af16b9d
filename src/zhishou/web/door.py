"""What every request passes first: size and kind of its body; and what every answer carries: headers, a count, a line."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from zhishou.web import numbers
from zhishou.web.errors import ErrorDetail, Unacceptable, answer

LARGEST = 1024 * 1024
"""Bytes of a body."""
LARGEST_FILE = 16 * 1024 * 1024
"""Bytes of a file that is sent as it is."""
LARGEST_PHOTOS = 50 * 1024 * 1024
"""Bytes of a flash report with its photos: six of 8 MB, and what is written beside them."""
_FILES = re.compile(r"/api/rooms/[^/]+/returns|/api/papers/verify")
"""Where files are sent."""
_PHOTOS = frozenset({"/r/report", "/r/new"})
"""Where photos are sent."""
_MESSAGES = re.compile(r"/api/rooms/[^/]+/warnings|/callout/receipts/[^/]+")
"""Where foreign messages are sent as they are, whatever they call themselves; they are no larger than other bodies."""
_FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
"""What the pages of the console send; the API takes neither, so that no page of another site can speak to it."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_LASTING = "max-age=31536000"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH", "DELETE"})


class Door:
    """Turns away bodies that are too large or no JSON, and dresses every answer.

    Args:
        app: what lies behind.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in or turn it away."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        visit = _Visit(scope, send)
        headers = Headers(scope=scope)
        file = _FILES.fullmatch(scope["path"]) is not None
        raw = file or _MESSAGES.fullmatch(scope["path"]) is not None
        form = not scope["path"].startswith("/api") and _kind(headers) in _FORMS
        many = form and _kind(headers) == "multipart/form-data"
        largest = LARGEST_PHOTOS if many and scope["path"] in _PHOTOS else LARGEST_FILE if file or many else LARGEST
        turned_away = _looked_at(headers, scope["method"], largest, any_kind=raw or form)
        if turned_away is not None and not form:
            await answer(*turned_away)(scope, receive, visit.send)
            visit.over()
            return
        try:
            # a form that is too large is refused at its first byte, where a page can say so
            await self.app(scope, _measured(receive, largest, come=largest if turned_away else 0), visit.send)
        except ClientDisconnect:
            visit.status = visit.status or 499  # nobody is there to be answered
        except Exception as error:  # noqa: BLE001 - the last door: nothing of the inside gets out
            structlog.get_logger().error("unexpected", request=visit.number, exc_info=error)
            if not visit.status:
                await answer(500, _internal(visit.number))(scope, receive, visit.send)
        finally:
            visit.over()


def _kind(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def _internal(number: str) -> ErrorDetail:
    mend = f"把编号 {number} 告诉维护人员；命令可用原编号重发"
    return ErrorDetail(code="internal", message="服务器内部出错", mend=mend)


def _too_large(largest: int) -> tuple[int, ErrorDetail]:
    mend = f"一次至多 {largest // 2**20} MB，请精简或分几次；网页上可按“返回”，写的还在"
    return 413, ErrorDetail(code="too_large", message="正文太大", mend=mend)


_NOT_JSON = (
    415, ErrorDetail(code="not_json", message="正文不是 JSON", where="Content-Type", mend="用 application/json"),
)  # fmt: skip


def _looked_at(headers: Headers, method: str, largest: int, *, any_kind: bool) -> tuple[int, ErrorDetail] | None:
    length = headers.get("content-length", "0")
    if not length.isdigit() or len(length) > 12 or int(length) > largest:
        return _too_large(largest)
    has_body = length != "0" or "transfer-encoding" in headers
    if method in _WITH_BODY and has_body and not any_kind:
        kind, _, rest = headers.get("content-type", "").partition(";")
        named = rest.strip().lower().replace('"', "")
        if kind.strip().lower() != "application/json" or named not in {"", "charset=utf-8"}:
            return _NOT_JSON
    return None


def _measured(receive: Receive, largest: int, come: int) -> Receive:
    """A length may be lied about, or not be told; what comes is counted."""

    async def counted() -> Message:
        nonlocal come
        message = await receive()
        come += len(message.get("body", b""))
        if come > largest:
            status, detail = _too_large(largest)
            raise Unacceptable(status, detail.code, detail.message, detail.mend)
        return message

    return counted


class _Visit:
    """One request from its coming to its going."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope, self._send = scope, send
        self.began = time.perf_counter()
        self.status = 0
        self.number = secrets.token_hex(6)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        state["visit"] = self.number

    async def send(self, message: Message) -> None:
        """Send, with the headers on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Request-Id"] = self.number
            if self.scope["path"].startswith("/api"):
                headers.setdefault("Cache-Control", "no-store")
            if self.scope["scheme"] == "https":
                headers.setdefault("Strict-Transport-Security", _LASTING)
        await self._send(message)

    def over(self) -> None:
        """Count it and write its line."""
        route = getattr(self.scope.get("route"), "path", "")
        took = time.perf_counter() - self.began
        method = self.scope["method"] if self.scope["method"] in {"GET", "HEAD", *_WITH_BODY} else "other"
        if route != "/api/live":
            numbers.REQUESTS.labels(route or "none", method, str(self.status)).observe(took)
        if route in {"/healthz", "/metrics"} and self.status < 400:
            return
        account = self.scope["state"].get("account", "")
        structlog.get_logger().info(
            "request", request=self.number, method=method, route=route or "none", status=self.status,
            ms=round(took * 1000, 1), account=account,
        )  # fmt: skip
