"""A new emergency reported from a telephone by whoever meets it: an incident opened in his unit's name, with his photos.

It stands alone because here, and nowhere else, somebody outside the duty room opens an incident; the room is called at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou.clock import moment
from zhishou.errors import ZhishouError
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import PHOTOS, ReportGiven
from zhishou.plan.posts import reporter_post
from zhishou.web.auth import Caller
from zhishou.web.commands import told as given
from zhishou.web.console import reporter_shown as shown
from zhishou.web.console.forms import reading
from zhishou.web.console.incidents import subjects
from zhishou.web.console.pages import page
from zhishou.web.console.photos_sent import sent_with
from zhishou.web.console.supply import own_reporters
from zhishou.web.console.supply_room import already, key_of
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error

reporter_new = APIRouter(route_class=PageRoute, include_in_schema=False)

LABELS = {"text": "情况", "place": "在哪里", "where": "具体地点", "title": "事件名称", "occurred": "发生时间"}
NAMED = 20
"""Characters of what is told that go into the incident's name."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A name in which somebody may report."""

    key: str
    """The post by which he may."""
    label: str
    area: str
    """The duty room that takes it."""
    reporter: str = ""
    """Id under which it sends returns, where no plan knows it."""


def voices(caller: Caller) -> list[Voice]:
    """The names in which somebody may report: his organisations', and suppliers' for which he sends returns and no plan has a name."""
    house, lexicon = caller.house, caller.house.library.lexicon
    rooms = house.desk.areas()
    found = []
    for id_, label in shown.units_of(caller).items():
        above = lexicon.upward(lexicon.organisations[id_].area)
        area = next((one for one in above if one in rooms), house.settings.areas[0])
        found.append(Voice(f"unit:{id_}", label, area))
    for area in house.settings.supply:
        found += [
            Voice(post, one.organisation or one.label, area, one.id)
            for one in own_reporters(caller, area)
            if (post := reporter_post(area, one.id)) in shown.posts_of(caller)
            and lexicon.organisation(one.organisation or one.label, area) is None
        ]
    return found


@reporter_new.get("/r/new")
def ask(request: Request, caller: Visitor) -> Response:
    """The form."""
    return _form(request, caller, None, None)


def _form(
    request: Request, caller: Caller, typed: FormData | None, wrong: ErrorDetail | None, status: int = 200
) -> Response:
    lexicon, mine = caller.house.library.lexicon, voices(caller)
    areas = {one.area for one in mine}
    places = [(id_, one.label) for id_, one in lexicon.areas.items() if areas.intersection(lexicon.upward(id_))]
    return page(
        request, "reporter_new.html", caller, status=status, here="report", voices=mine, places=places,
        subjects=subjects(caller.house.library), typed=typed, wrong=wrong, photos=PHOTOS, lines=shown.duty_lines(caller),
        form_key=key_of(typed) if typed is not None else "",
    )  # fmt: skip


@reporter_new.post("/r/new")
def send(request: Request, caller: Visitor, form: Filled) -> Response:
    """Open the incident with the first report; photos are kept by their SM3 before the report names them."""
    key, answer, house = key_of(form), Response(), caller.house

    def give() -> Any:
        voice = _voice(caller, form)
        pictures = sent_with(form)
        text = _text(form, "text")
        if not text:
            raise ZhishouError("没有写出了什么事", where=LABELS["text"], mend="写一两句话，照片作补充")
        command = _command(form, voice, text)  # what is wrong with the words is said before photos are kept
        kept = {name: house.desk.papers.files.keep(content, house.now()) for name, content in pictures.items()}
        if command.report is not None:
            command = command.model_copy(update={"report": command.report.model_copy(update={"photos": kept})})
        return house.desk.open(command, caller.actor, area=voice.area, key=caller.key(key), machine=caller.address)

    try:
        if not already(caller, key):
            given(request, answer, caller, OpenIncident.name, give)
    except ZhishouError as error:
        status, detail = of_error(error, house.library)
        return _form(request, caller, form, detail, status)
    return RedirectResponse("/r?done=new", 303)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip().replace("\r\n", "\n")


def _voice(caller: Caller, form: FormData) -> Voice:
    mine = {one.key: one for one in voices(caller)}
    found = mine.get(_text(form, "voice"))
    if found is None:
        raise ZhishouError(
            "没有选以哪个单位的名义报" if mine else "您没有以单位名义报告的职务", where="以哪个单位名义",
            mend="选一个" if mine else "先打值班电话；再请值班室系统管理员任职",
        )  # fmt: skip
    return found


def _command(form: FormData, voice: Voice, text: str) -> OpenIncident:
    first = text.splitlines()[0]
    report = reading.command(
        ReportGiven, {"kind": "first", "how": "console", "sender": voice.label, "text": text}, LABELS
    )
    said: dict[str, Any] = {name: _text(form, name) for name in ("subject", "place", "where") if _text(form, name)}
    if _text(form, "occurred"):
        said["occurred"] = moment(_text(form, "occurred"))
    short = first if len(first) <= NAMED else f"{first[: NAMED - 1]}…"
    said |= {"title": f"{short}（{voice.label}报）", "report": report, "reporter": voice.reporter}
    made = reading.command(OpenIncident, said, LABELS)
    assert isinstance(made, OpenIncident)  # noqa: S101 - what was asked for
    return made
