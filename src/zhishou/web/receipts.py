"""What gateways tell afterwards: delivered, failed, read, and what somebody sent back; each believed only with its secret.

Gateways tell things twice, late, and of messages that nobody here knows. All of it is taken with the same answer, so that
none is told again for ever; what was new is counted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from zhishou.bootstrap import House
from zhishou.callout.book.numbers import MalformedError, phone, scrub
from zhishou.callout.channels.settings import Receipts, plain
from zhishou.callout.channels.wording import at
from zhishou.errors import NotFoundError
from zhishou.web.auth import house_of
from zhishou.web.errors import Unacceptable

receipts = APIRouter(include_in_schema=False)

MOST = 2000
"""Receipts in one request."""
FIELDS = 200
"""Fields of a receipt that comes as a form."""
TEST = "test-"


@receipts.post("/callout/receipts/{channel}")
async def take(request: Request, channel: str) -> JSONResponse:
    """Take what a gateway tells."""
    body = await request.body()
    house = house_of(request)

    def taken() -> int:
        found = house.channels.receipts(channel)
        if found is None:
            raise NotFoundError("没有这个通道，或它不收回执", mend="核对 house.yaml 的 callout.channels")
        settings, secret = found
        shown = request.headers.get(settings.header, "")
        expected = secret.get_secret_value()
        if settings.signed:
            expected = hmac.new(expected.encode(), body, hashlib.sha256).hexdigest()
            shown = shown.lower()
        if not hmac.compare_digest(shown.encode(), expected.encode()):
            raise Unacceptable(403, "secret", "回执的密钥不对", f"核对网关和 callout.channels.{channel}.receipts")
        return sum(_one(house, channel, settings, one) for one in _listed(settings, body, request))

    return JSONResponse({"code": 0, "taken": await run_sync(taken)})


def _listed(settings: Receipts, body: bytes, request: Request) -> Iterator[Mapping[str, Any]]:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=FIELDS)
        except ValueError:
            raise Unacceptable(400, "unreadable", "回执读不懂", f"一份表单至多 {FIELDS} 项") from None
        yield {name: values[-1] for name, values in fields.items()}
        return
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise Unacceptable(400, "not_json", "正文不是 JSON", "用 application/json 或表单") from None
    found = at(data, settings.list_at) if settings.list_at else data
    for one in (found if isinstance(found, list) else [found])[:MOST]:
        if isinstance(one, Mapping):
            yield one


def _one(house: House, channel: str, settings: Receipts, one: Mapping[str, Any]) -> bool:
    """Whether a receipt told something new."""
    status = plain(at(one, settings.status) or "")
    words: Mapping[str, tuple[str, ...]] = {
        "delivered": settings.delivered, "failed": settings.failed, "read": settings.read,
    }  # fmt: skip
    what = next((name for name, values in words.items() if status in values), "")
    own, ref = plain(at(one, settings.id) or ""), plain(at(one, settings.ref) or "")
    if own.startswith(TEST):
        return _of_test(house, own, what, status)
    message = own if own and house.callout.message(own) else ""
    if not message and ref and (found := house.callout.by_gateway(channel, ref)):
        message = found.message.id
    new = False
    if message and what in {"delivered", "failed", "read"}:
        new = house.callout.received(message, what, why=scrub(status) if what == "failed" else "")  # type: ignore[arg-type]
    reply = plain(at(one, settings.reply) or "").strip()
    return _reply(house, channel, reply, message, plain(at(one, settings.sender) or "")) or new if reply else new


def _of_test(house: House, id_: str, what: str, status: str) -> bool:
    """A test's message: what its receipt says stands at the address."""
    if what not in {"delivered", "failed"}:
        return False
    address = id_.rpartition("-")[2]
    house.book.tested({address: (what == "delivered", "" if what == "delivered" else scrub(status))}, house.now())
    return True


def _reply(house: House, channel: str, reply: str, message: str, sender: str) -> bool:
    """Somebody sent something back: a code counts from the number that got it, a key pressed counts for the very call."""
    codes, callout = house.codes, house.callout
    kind = house.channels[channel].kind
    if message and kind == "voice":
        if reply not in {"1", codes.digits(message)}:
            return False
        return callout.answer(message, "voice") is not None
    try:
        number = phone(sender).text
    except MalformedError:
        return False
    for contact in house.book.holder_of_value(number):
        for found in callout.sent_to(contact.id):
            if hmac.compare_digest(codes.digits(found.message.id).encode(), reply.encode()):
                return callout.answer(found.message.id, "code") is not None
    return False
