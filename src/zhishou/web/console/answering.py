"""The page behind the link of a message: it shows what was sent, and a button answers. No login; the code is the proof.

Looking answers nothing: mail scanners and chat programs open every link before a person does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zhishou.bootstrap import House
from zhishou.callout.calls import Call
from zhishou.database import writing
from zhishou.desk.answering import Found
from zhishou.errors import NotFoundError
from zhishou.people import limits
from zhishou.web.auth import address_of, house_of
from zhishou.web.console.my_calls import words_of
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import PageRoute

answering = APIRouter(route_class=PageRoute, include_in_schema=False)

GUESSES = limits.Limit(20, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))
"""Wrong codes from one address; right ones are never slowed."""
OVER: Mapping[str, str] = {
    "answered": "已有人应答，不必再办", "ended": "这件事已经结束", "lapsed": "已过时效，不再需要应答",
}  # fmt: skip


@answering.get("/a/{code}")
def show(request: Request, code: str) -> Response:
    """What was sent, and a button. That it was opened is noted; by whom, a person or a scanner, nobody can tell."""
    house = house_of(request)
    found = _found(request, house, code)
    house.callout.received(found.message.id, "read")
    return _page(request, house, found.call, found, code, done=False)


@answering.post("/a/{code}")
def answer(request: Request, code: str) -> Response:
    """Answer. A second time, or when it is over, nothing happens, and the page says so."""
    house = house_of(request)
    found = _found(request, house, code)
    was_open = found.call.open
    after = house.callout.answer(found.message.id, "link")
    call = after.call if after is not None else found.call
    mine = was_open and call.answered is not None and call.answered.message == found.message.id
    request.app.state.hub.wake()
    return _page(request, house, call, after or found, code, done=mine)


def _found(request: Request, house: House, code: str) -> Found:
    message = house.codes.message(code)
    found = house.callout.message(message) if message else None
    if found is None or found.call.matter is None:
        digest = hashlib.sha256(address_of(request).encode()).hexdigest()[:32]
        with writing(house.engine) as connection:
            limits.count(connection, {f"answer:{digest}": GUESSES}, house.now())
        raise NotFoundError("这个链接无效", mend="核对是否完整；也可回复短信里的数字，或登录值守办理")
    return found


def _page(request: Request, house: House, call: Call, found: Found, code: str, *, done: bool) -> Response:
    matter = call.matter
    words = words_of(house, call, found.message.references)
    return page(
        request, "answer.html", words=words, call=call, matter=matter, message=found.message, done=done,
        over="" if call.open else OVER.get(call.status, "已经结束"), code=code,
    )  # fmt: skip
