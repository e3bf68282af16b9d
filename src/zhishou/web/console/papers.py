"""Papers on the console: what was issued, what can be drawn up, the draft page by page, and the second look before it is issued."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou.desk.kinds import every_event, returns_stream, watch_stream
from zhishou.desk.offers import refused_for_post
from zhishou.errors import ZhishouError
from zhishou.incident.state import Incident
from zhishou.paper.codes import parsed
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import KINDS, kind
from zhishou.paper.laid import Laid, laid
from zhishou.paper.pdf import pages as pictures
from zhishou.plan.posts import post_label
from zhishou.web.auth import Caller
from zhishou.web.commands import own_room, room_of
from zhishou.web.console.pages import page
from zhishou.web.console.paper_forms import Field, fields, wish
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.incidents import seen_whole
from zhishou.web.papers import Code, Form, Position, found, issued, one_of, original, sees, sees_entry
from zhishou.web.rooms import seen_room
from zhishou.web.telling import names_in

papers = APIRouter(route_class=PageRoute, include_in_schema=False)

SHOWN = 50
DOTS = 96
"""Per inch of a page looked at on the screen."""


@dataclass
class Draft:
    """A paper on its way to be issued."""

    command: IssuePaper
    area: str
    state: Incident | None
    """The incident it is about; None: it is the room's own."""
    seen: int
    """Version of what it is drawn up from, as the person saw it."""
    key: str
    step: str = "fill"
    """fill 填写 · check 核对."""
    wrong: ErrorDetail | None = None
    changed: bool = False
    fields: list[Field] | None = None
    laid: Laid | None = None
    pages: tuple[str, ...] = ()
    status: int = 200


@papers.get("/papers")
def list_all(
    request: Request, caller: Visitor, area: str = "", of: str = "",
    year: Annotated[int | None, Query(ge=1949, le=2199)] = None,
    before: Annotated[int | None, Query(ge=1)] = None,
) -> Response:  # fmt: skip
    """Papers issued, and those of the duty room itself that can be drawn up now."""
    all_ = found(caller, area, year=year, kind=of)
    shown = [one for one in all_ if before is None or one.position < before][: SHOWN + 1]
    rooms = [one for one in caller.sight.areas if one in caller.house.desk.areas()]
    offered = {one: caller.house.desk.papers.offers(one, caller.actor) for one in rooms}
    return page(
        request, "papers.html", caller, here="papers", found=shown[:SHOWN], area=area, year=year, kind=of, kinds=KINDS,
        more=shown[SHOWN - 1].position if len(shown) > SHOWN else None, rooms=rooms, offered=offered,
        years=sorted({one.event.year for one in found(caller, area)}, reverse=True),
    )  # fmt: skip


def of_incident(caller: Caller, state: Incident, view: str) -> dict[str, Any]:
    """What the part 文书 of an incident's page shows: what was issued, what can be, and what cannot yet."""
    if view != "whole":
        return {"issued": [], "offers": [], "later": []}
    desk = caller.house.desk
    offered = [one for one in desk.papers.offers(state.area, caller.actor, state.id) if not refused_for_post(one)]
    return {
        "issued": sorted(desk.papers.all(state.area, incident=state.id), key=lambda one: -one.position),
        "offers": [one for one in offered if one.may], "later": [one for one in offered if not one.may],
    }  # fmt: skip


@papers.get("/papers/new")
def ask(request: Request, caller: Visitor) -> Response:
    """The form of a paper, with its draft beside it."""
    draft = _begun(caller, wish(request.query_params), str(request.query_params.get("area", "")))
    _draw(caller, draft)
    return _form(request, caller, draft)


@papers.post("/papers/new")
def do(request: Request, caller: Visitor, form: Filled) -> Response:
    """Look at the draft once more, or issue it."""
    draft = _begun(caller, wish(form), str(form.get("area", "")), form)
    step = str(form.get("_step", ""))
    _draw(caller, draft)
    if draft.wrong or step == "back":
        return _form(request, caller, draft)
    now = _version(caller, draft)
    if step != "do" or draft.seen != now:
        # What it is drawn up from has changed since it was looked at: it is looked at again before it is issued.
        draft.changed, draft.status = step == "do", 409 if step == "do" else 200
        draft.step, draft.seen = "check", now
        return _form(request, caller, draft)
    try:
        one = issued(request, caller, draft.command, caller.key(draft.key), draft.area)
    except ZhishouError as error:
        draft.status, draft.wrong = of_error(error, caller.house.library)
        return _form(request, caller, draft)
    return RedirectResponse(f"/papers/{one.position}?done=1", 303)


def _begun(caller: Caller, command: IssuePaper, area: str, form: FormData | None = None) -> Draft:
    """A draft, of an incident or a room that the caller sees, and of a kind that he may issue.

    Raises:
        RefusedError: it is not his to issue.
        NotFoundError: there is no such kind or incident.
    """
    state = seen_whole(caller, command.incident) if command.incident else None
    if state is not None:
        area = state.area
    else:
        area = area or own_room(caller)
        room_of(caller, area)
        seen_room(caller, area)
    caller.house.desk.papers.may(area, command, caller.actor)
    key = str(form.get("_key", "")) if form is not None else ""
    sound = 8 <= len(key) <= 60 and key.isascii() and key.isprintable() and " " not in key
    draft = Draft(command, area, state, 0, key if sound else secrets.token_urlsafe(12))
    sent = str(form.get("_seen", "")) if form is not None else ""
    draft.seen = int(sent) if sent.isdigit() and len(sent) < 12 else _version(caller, draft)
    return draft


def _version(caller: Caller, draft: Draft) -> int:
    """The version of what a draft is drawn up from."""
    journal, area = caller.house.journal, draft.area
    if draft.state is not None:
        return caller.house.desk.incident(draft.state.id).version
    return journal.version((returns_stream if draft.command.kind == "supply_brief" else watch_stream)(area))


def _draw(caller: Caller, draft: Draft) -> None:
    house = caller.house
    try:
        paper = house.desk.papers.draft(draft.area, draft.command)
    except ZhishouError as error:
        draft.status, draft.wrong = of_error(error, house.library)
        return
    draft.fields = fields(draft.command, paper, draft.state, house.library)
    draft.laid = laid(paper)
    try:
        draft.pages = tuple(base64.b64encode(one).decode() for one in pictures(draft.laid, paper, DOTS))
    except ZhishouError as error:  # without faces no page can be shown; the text still can
        draft.status, draft.wrong = of_error(error, house.library)


def _form(request: Request, caller: Caller, draft: Draft) -> Response:
    command, state = draft.command, draft.state
    of = kind(command.kind)
    post = caller.house.desk.papers.may(draft.area, command, caller.actor)
    library = caller.house.library
    carried = {"kind": of.id, "incident": command.incident, "area": draft.area, "_key": draft.key, "_seen": draft.seen}
    return page(
        request, "paper_new.html", caller, status=draft.status, here="papers", draft=draft, kind=of, carried=carried,
        state=state, back=f"/incidents/{state.id}#papers" if state else "/papers", asked=draft.fields or [],
        acting=post_label(post, library.packs, library.lexicon), place=library.lexicon.areas[draft.area].label,
        part_kind=lambda part: type(part).__name__.lower(),
    )  # fmt: skip


@papers.get("/papers/{position}")
def show(request: Request, caller: Visitor, position: Position, done: bool = False) -> Response:  # noqa: FBT001, FBT002 - of the address
    """One paper: number, since when it is kept, under which SM3, and its originals."""
    one = one_of(caller, position)
    plans = caller.house.library.packs
    return page(
        request, "paper.html", caller, here="papers", one=one, done=done, plans=plans,
        post=post_label(one.post, plans, caller.house.library.lexicon),
    )  # fmt: skip


@papers.get("/papers/{position}/{form}")
def download(caller: Visitor, position: Position, form: Form) -> Response:
    """The original."""
    return original(caller, position, form)


@papers.get("/e")
def typed(code: Annotated[str, Query(max_length=60)] = "") -> Response:
    """A code that somebody typed off the paper."""
    position, seal = parsed(code)
    return RedirectResponse(f"/e/{position}-{seal}", 303)


@papers.get("/e/{code}")
def lead(request: Request, caller: Visitor, code: Code) -> Response:
    """Where the code on a paper leads: the event in the record, and the papers that carry it."""
    at = caller.house.desk.papers.find(code)
    library = caller.house.library
    seen = sees_entry(caller, at)
    stream = at.entry.stream
    incident = stream.removeprefix("incident/") if stream.startswith("incident/") else ""
    title = caller.house.desk.incident(incident).title if seen and incident and "standing-" not in incident else ""
    return page(
        request, "code_found.html", caller, here="papers", at=at, seen=seen, own=[one for one in at.papers if sees(caller, one)], code=code.lower(), title=title,
        incident=incident if title else "", label=_label(at.entry.type),
        names=names_in([at.entry.post], library),
    )  # fmt: skip


def _label(type_: str) -> str:
    """What an event is called; its own name where no catalogue knows it."""
    return next((one.label for one in every_event() if one.type == type_), type_)
