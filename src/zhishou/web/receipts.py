"""What gateways tell afterwards: delivered, failed, read, and what somebody sent back; each believed only with its secret.

Gateways tell things twice, late, and of messages that nobody here knows. All of it is taken with the same answer, so that
none is told again for ever; what was new is counted.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from zhishou.bootstrap import House
from zhishou.callout.book.numbers import MalformedError, phone, scrub
from zhishou.callout.channels.settings import Receipts, plain
from zhishou.callout.channels.wording import at, read_json
from zhishou.callout.self_test import PREFIX, SelfTests
from zhishou.desk.answering import Found
from zhishou.errors import NotFoundError
from zhishou.web.auth import house_of
from zhishou.web.errors import Unacceptable

receipts = APIRouter(include_in_schema=False)

_FOUR = re.compile(r"(?<!\d)\d{4}(?!\d)")
MOST = 2000
"""Receipts in one request."""
FIELDS = 200
"""Fields of a receipt that comes as a form."""


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
    data = _read(body, request.headers.get("content-type", ""))
    found = at(data, settings.list_at) if settings.list_at else data
    if isinstance(found, str):  # a form whose one field holds all of it as JSON
        found = read_json(found.encode())
    for one in (found if isinstance(found, list) else [found])[:MOST]:
        if isinstance(one, Mapping):
            yield one


def _read(body: bytes, kind: str) -> Any:
    """JSON, or a form as name → value, in whichever of the two a gateway writes whatever it calls it."""
    if (found := read_json(body)) is not None:
        return found
    try:
        written = body.decode()
    except UnicodeDecodeError:
        written = body.decode("gb18030", "replace")
    if "=" not in written:
        raise Unacceptable(400, "not_json", "正文不是 JSON，也不是表单", "用 application/json 或表单")
    coded = "gb18030" if "gb" in kind.lower().partition("charset=")[2] else "utf-8"
    try:
        fields = parse_qs(written, keep_blank_values=True, max_num_fields=FIELDS, encoding=coded)
    except ValueError:
        raise Unacceptable(400, "unreadable", "回执读不懂", f"一份表单至多 {FIELDS} 项") from None
    return {name: values[-1] for name, values in fields.items()}


def _one(house: House, channel: str, settings: Receipts, one: Mapping[str, Any]) -> bool:
    """Whether a receipt told something new."""
    status = plain(at(one, settings.status) or "")
    words: Mapping[str, tuple[str, ...]] = {
        "delivered": settings.delivered, "failed": settings.failed, "read": settings.read,
    }  # fmt: skip
    what = next((name for name, values in words.items() if status in values), "")
    own, ref = plain(at(one, settings.id) or ""), plain(at(one, settings.ref) or "")
    if own.startswith(PREFIX):
        return _of_test(house, channel, own, what, status)
    message = own if own and _given_to(house, channel, house.callout.message(own)) else ""
    if not message and ref and (found := _by_gateway(house, channel, ref)):
        message = found.message.id
    new = False
    if message and what in {"delivered", "failed", "read"}:
        new = house.callout.received(message, what, why=scrub(status) if what == "failed" else "")  # type: ignore[arg-type]
        if new and what != "failed":
            _alive(house, message)
    reply = plain(at(one, settings.reply) or "").strip()
    return _reply(house, channel, reply, message, plain(at(one, settings.sender) or "")) or new if reply else new


def _given_to(house: House, channel: str, found: Found | None) -> bool:
    """Whether a message went by this channel: a gateway's word counts for what it was given, and our ids are no secret."""
    if found is None:
        return False
    by = found.message.carried or found.message.channel
    return by in {channel, house.channels[channel].kind}


def _by_gateway(house: House, channel: str, ref: str) -> Found | None:
    """The message of a gateway's reference; records of before know the channel's kind alone."""
    return house.callout.by_gateway(channel, ref) or house.callout.by_gateway(house.channels[channel].kind, ref)


def _alive(house: House, message: str) -> None:
    """What has arrived shows that its number lives, whatever a test said of it."""
    found = house.callout.message(message)
    if found is not None:
        house.book.tested({found.message.address: (True, "")}, house.now())


def _of_test(house: House, channel: str, id_: str, what: str, status: str) -> bool:
    """A test's message: what its receipt says stands at the address, in the test's report and in the record."""
    if not what:
        return False
    arrived = what != "failed"
    tests = SelfTests(house.book, lambda: house.channels, house.now, exercise=house.exercise)
    kind = house.channels[channel].kind
    return tests.receipt(id_, "" if arrived else scrub(status), house.now(), arrived=arrived, kind=kind)


def code_in(reply: str) -> str:
    """The code in what somebody sent back, however it was typed; empty where there is none, or more than one."""
    groups = _FOUR.findall(unicodedata.normalize("NFKC", reply))
    return groups[0] if len(groups) == 1 else ""


def _reply(house: House, channel: str, reply: str, message: str, sender: str) -> bool:
    """Somebody sent something back: a code counts from the number that got it, a key pressed counts for the very call."""
    codes, callout = house.codes, house.callout
    kind = house.channels[channel].kind
    pressed = unicodedata.normalize("NFKC", reply).strip()
    if message and kind == "voice":
        if pressed not in {"1", codes.digits(message)}:
            return False
        return callout.answer(message, "voice") is not None
    code = code_in(reply)
    if not code:
        return False
    try:
        number = phone(sender).text
    except MalformedError:
        return False
    for contact in house.book.holder_of_value(number):
        for found in callout.sent_to(contact.id):
            if hmac.compare_digest(codes.digits(found.message.id).encode(), code.encode()):
                return callout.answer(found.message.id, "code") is not None
    return False
