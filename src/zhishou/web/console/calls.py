"""The call-out on the console: what became of every call of an incident, and the page with channels, book, held lines, test, dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zhishou import clock
from zhishou.acts import made
from zhishou.callout.book import importing, workbook
from zhishou.callout.book.checking import Known
from zhishou.callout.book.lines import CODES, HOURS
from zhishou.callout.book.lines import KINDS as WAYS
from zhishou.callout.calls import Call, Message
from zhishou.callout.dry_run import Run
from zhishou.callout.league import HOWS
from zhishou.callout.matters import KINDS
from zhishou.callout.self_test import SelfTests
from zhishou.desk.answering import Rung
from zhishou.desk.rehearsing import rehearse
from zhishou.errors import RefusedError, ZhishouError
from zhishou.plan.posts import duty_post
from zhishou.web.auth import Caller
from zhishou.web.commands import Incident
from zhishou.web.console.desk_shown import Unit, phone_book
from zhishou.web.console.pages import page, reads_book
from zhishou.web.console.plans_shown import Phone
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import of_error
from zhishou.web.sight import area_of

calls = APIRouter(route_class=PageRoute, include_in_schema=False)

STATUSES = {
    "calling": "正在呼叫",
    "unanswered": "无人应答",
    "answered": "已应答",
    "ended": "已结束",
    "lapsed": "已过时效",
}

NOTES = {
    "answered": "已有人应答", "ended": "事情已了", "told": "已通知到", "over": "事情已了", "cancelled": "已撤销",
    "nobody_told": "此前没有通知过", "lapsed": "已过时效", "no_channel": "号码打不开或已停用",
}  # fmt: skip
"""Why a message was not sent, in words."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message on the page."""

    name: str
    way: str
    at: datetime
    status: str
    tone: str
    note: str


@dataclass(frozen=True, slots=True)
class Line:
    """One call on the page."""

    call: Call
    what: str
    status: str
    tone: str
    how: str
    messages: tuple[Shown, ...]
    unknown: int
    mine: bool
    """Whether whoever looks may answer it."""
    rings: bool
    """Whether whoever looks may ring its party up and write that down."""
    phones: tuple[Phone, ...] = ()
    """Duty lines of the unit from the plans' annexes, while it has not answered."""


def lines(caller: Caller, about: str) -> list[Line]:
    """The calls of an incident, those that nobody has answered first."""
    found = [_line(caller, call) for call in caller.house.callout.of(about) if call.matter is not None]
    if any(one.call.open for one in found):
        book = phone_book(caller, area_of(about))
        found = [replace(one, phones=_phones(book, one.call)) if one.call.open else one for one in found]
    order = {"unanswered": 0, "calling": 1}
    return sorted(found, key=lambda one: order.get(one.call.status, 2))


def _phones(book: Mapping[str, Unit], call: Call) -> tuple[Phone, ...]:
    """Where the unit of a call can be rung; nothing for posts of persons, whose numbers no plan may print."""
    kind, _, organisation = call.matter.party.key.partition(":") if call.matter else ("", "", "")
    return tuple(book[organisation].phones) if kind == "unit" and organisation in book else ()


def _line(caller: Caller, call: Call) -> Line:
    matter = call.matter
    assert matter is not None  # noqa: S101 - looked at before
    kind = {"unanswered": "late", "calling": "wait", "answered": "good"}.get(call.status, "")
    held = caller.actor.posts | set(caller.actor.delegated)
    mine = caller.house.callout.may_answer(call, caller.actor)
    kinds = {name: channel.kind for name, channel in caller.house.settings.callout.channels.items()}
    shown = tuple(_shown(one, kinds) for one in call.messages.values())
    return Line(
        call, f"{KINDS[matter.kind]}：{matter.what}", STATUSES.get(call.status, call.status), kind,
        HOWS[call.answered.how] if call.answered else "", shown,
        sum(one.status == "unknown" for one in call.messages.values()), mine,
        call.open and matter.kind != "test" and duty_post(matter.area) in held,
    )  # fmt: skip


def _shown(one: Message, kinds: Mapping[str, str] | None = None) -> Shown:
    """What is known of a message: what a gateway says in the end counts; where nobody can tell, it says 未知."""
    words, tone, at = "等待发出", "", one.queued
    if one.status == "accepted":
        words, at = "已交网关", one.handed or at
    elif one.status == "unknown":
        words, tone, at = "未知", "wait", one.handed or at
    elif one.status == "refused":
        words, tone, at = "网关没有收下", "late", one.handed or at
    elif one.status == "dropped":
        words, at = "没有再发", one.handed or at
    if one.delivered is not None:
        words, tone, at = "已送达", "good", one.delivered
    if one.failed is not None:
        words, tone, at = "没有送达", "late", one.failed
    if one.read is not None:
        words, tone, at = "已阅", "good", one.read
    kind = (kinds or {}).get(one.channel, one.channel)
    return Shown(one.name, WAYS.get(kind, kind), at, words, tone, NOTES.get(one.note, one.note))


@calls.post("/incidents/{id}/calls")
def answer(caller: Visitor, id: Incident, form: Filled) -> Response:
    """Answer a call on the page."""
    caller.house.callout.answer_call(str(form.get("call", ""))[:300], caller.actor)
    return RedirectResponse(f"/incidents/{id}#calls", 303)


@calls.post("/incidents/{id}/calls/rung")
def rung(request: Request, caller: Visitor, id: Incident, form: Filled) -> Response:
    """Write down that a call's party was rung up."""
    said = made(Rung, who=str(form.get("who", ""))[:100], note=str(form.get("note", ""))[:1000])
    caller.house.callout.rung(str(form.get("call", ""))[:300], said, caller.actor)
    request.app.state.hub.wake()
    return RedirectResponse(f"/incidents/{id}#calls", 303)


# The page of the call-out itself


def keeper(caller: Caller, *, deciding: bool = False) -> Known:
    """Whom lines of the book can be about; for the duty officers of the main duty room, and to change it its administrators.

    Raises:
        RefusedError: it is neither.
    """
    house = caller.house
    area = house.settings.areas[0]
    if not (area in caller.sight.administers or (reads_book(caller) and not deciding)):
        whose = "系统管理员" if deciding else "值班员或系统管理员"
        raise RefusedError("通讯录不在您的职权之内", mend=f"由本值班室的{whose}办理", code="post")
    accounts = {one.id: one.name for one in house.gate.accounts.all()}
    return Known(
        house.library, area, accounts, {name: one.kind for name, one in house.settings.callout.channels.items()}
    )


@calls.get("/callout")
def show(
    request: Request, caller: Visitor, plan: str = "", level: str = "", at: str = "", place: str = "",
    ladder: str = "response", rung: str = "",
) -> Response:  # fmt: skip
    """Channels, book, held lines, the last test, and a dry run where one is asked for: by plan, ladder and level, or all in one."""
    if rung:
        plan, ladder, level = [*rung.split("|"), "", ""][:3]
    asked = {"plan": plan[:80], "level": level[:20], "at": at[:40], "place": place[:40], "ladder": ladder[:20]}
    asked["rung"] = f"{asked['plan']}|{asked['ladder']}|{asked['level']}"
    wrong: ZhishouError | None = None
    runs: tuple[Run, ...] | None = None
    if plan and level:
        try:
            moment = clock.moment(at) if at else caller.house.now()
            runs = rehearse(
                caller.house.callout,
                caller.house.library,
                asked["plan"],
                asked["level"],
                moment,
                place=place,
                ladder=asked["ladder"],
                areas=caller.house.settings.areas,
            )
        except ZhishouError as error:
            wrong = error
    return _page(request, caller, asked=asked, runs=runs, wrong=wrong)


def _page(
    request: Request, caller: Caller, *, asked: Mapping[str, str] | None = None, runs: tuple[Run, ...] | None = None,
    wrong: ZhishouError | None = None, done: str = "",
) -> Response:  # fmt: skip
    whose = keeper(caller)
    house = caller.house
    contacts = house.book.contacts()
    shown = house.book.shown_of([one.id for one in contacts])
    book: list[dict[str, Any]] = [
        {"one": one, "label": whose.label(one.holder), "number": shown[one.id]} for one in contacts
    ]
    status, detail = of_error(wrong, house.library) if wrong else (200, None)
    decides = whose.area in caller.sight.administers
    channels = {name: one.kind for name, one in house.settings.callout.channels.items()}
    last = SelfTests(house.book, lambda: house.channels, house.now).last()
    dead = [one for one in contacts if one.alive is False]
    return page(
        request, "callout.html", caller, status=status, here="callout", wrong=detail, done=done, book=book, ways=WAYS,
        hours=HOURS, held=importing.waiting(house.book) if decides else (), codes=CODES, actions=importing.ACTIONS,
        channels={"console": "console", **channels}, last=last, dead=dead, decides=decides, asked=asked or {}, runs=runs,
        packs=[
            pack for pack in house.library.packs.values()
            if pack.ladders and any(pack.plan.area in house.library.lexicon.upward(one) for one in house.settings.areas)
        ], label=whose.label,
    )  # fmt: skip


@calls.post("/callout/held/{id}")
def decide(request: Request, caller: Visitor, id: str, form: Filled) -> Response:
    """Decide a held line."""
    whose = keeper(caller, deciding=True)
    text = {name: str(form.get(name, "")).strip()[:400] for name in ("action", "reason", "value", "who", "account")}
    given = importing.Decision(id[:40], text["action"], text["reason"], text["value"], text["who"], text["account"])
    try:
        importing.decide(caller.house.book, given, whose, by=caller.actor.person, at=caller.house.now())
    except ZhishouError as error:
        return _page(request, caller, wrong=error)
    caller.house.desk.record_book(caller.house.book.changes)
    return RedirectResponse("/callout#held", 303)


@calls.post("/callout/import")
async def bring_in(request: Request, caller: Visitor, form: Filled) -> Response:
    """Import a workbook."""
    whose = await run_sync(partial(keeper, caller, deciding=True))
    file: Any = form.get("file")
    content = await file.read() if hasattr(file, "read") else b""
    return await run_sync(_brought_in, request, caller, whose, str(getattr(file, "filename", ""))[:100], content)


def _brought_in(request: Request, caller: Caller, whose: Known, name: str, content: bytes) -> Response:
    """Read and check it; thousands of rows take their time, which nobody else must wait for."""
    try:
        got = importing.bring_in(
            caller.house.book, name, workbook.read(content), whose, by=caller.actor.person, at=caller.house.now()
        )
    except ZhishouError as error:
        return _page(request, caller, wrong=error)
    caller.house.desk.record_book(caller.house.book.changes)
    return _page(request, caller, done=f"启用 {got.added} 项，原有 {got.unchanged} 项，待核定 {len(got.held)} 行")


@calls.post("/callout/addresses/{id}/retire")
def retire(caller: Visitor, id: str) -> Response:
    """Take an address out of use."""
    keeper(caller, deciding=True)
    caller.house.book.retire([id[:40]], caller.actor.person, caller.house.now())
    caller.house.desk.record_book(caller.house.book.changes)
    return RedirectResponse("/callout#book", 303)
