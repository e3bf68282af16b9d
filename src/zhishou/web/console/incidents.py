"""All incidents, and the form that opens one: written down while the caller speaks, by the plan's own list of what to ask."""

from __future__ import annotations

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou.clock import moment
from zhishou.errors import ZhishouError
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import ReportGiven
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.web.auth import Caller
from zhishou.web.boards import After, list_incidents
from zhishou.web.commands import own_room, room_of, told
from zhishou.web.console.forms import reading
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error

incidents = APIRouter(route_class=PageRoute, include_in_schema=False)

STATES = {"open": "处理中", "closed": "已归档", "merged": "已并案", "refuted": "不属实"}
State = Annotated[str, Query(pattern="^(open|closed|merged|refuted)$")]
LABELS = {
    "title": "标题", "place": "发生地", "occurred": "发生时间", "subject": "哪一类", "report": "报告", "sender": "谁报来的",
}  # fmt: skip


@incidents.get("/incidents")
def list_all(request: Request, caller: Visitor, state: State = "open", after: After = "") -> Response:
    """Incidents, page by page."""
    found = list_incidents(caller, state=[state], limit=50, after=after)
    return page(request, "incidents.html", caller, here="incidents", found=found, state=state, states=STATES)


@incidents.get("/incidents/new")
def ask(request: Request, caller: Visitor, plan: str = "", subject: str = "", place: str = "") -> Response:
    """The form for a new incident; whoever sees no duty room reports on the page of his unit."""
    if not caller.sight.areas:
        return RedirectResponse("/r/new", 303)
    library = caller.house.library
    if plan in library.packs and not subject:
        covered = library.packs[plan].plan.scope.covers
        subject = covered[0].subject if covered else ""
    return _form(request, caller, None, secrets.token_urlsafe(12), {"subject": subject, "place": place})


@incidents.get("/incidents/new/items")
def items(request: Request, caller: Visitor, subject: str = "", place: str = "") -> Response:
    """What the plans that cover this kind of trouble want in a report; fetched as the kind is chosen."""
    wanted = report_items(_packs(caller, subject, place))
    return page(request, "report_items.html", caller, items=wanted, typed=None)


@incidents.post("/incidents/new")
def open_one(request: Request, caller: Visitor, form: Filled) -> Response:
    """Open it."""
    key = str(form.get("_key", ""))[:60]
    sound = len(key) >= 8 and key.isascii() and " " not in key
    key = key if sound else secrets.token_urlsafe(12)
    answer = Response()
    try:
        command = _command(form)
        area = str(form.get("area", "")) or own_room(caller)
        room_of(caller, area)

        def give() -> Any:
            desk = caller.house.desk
            return desk.open(command, caller.actor, area=area, key=caller.key(key), machine=caller.address)

        done = told(request, answer, caller, OpenIncident.name, give)
    except ZhishouError as error:
        status, detail = of_error(error, caller.house.library)
        return _form(request, caller, form, key, {}, status, detail)
    return RedirectResponse(f"/incidents/{done.incident}", 303)


def _command(form: FormData) -> OpenIncident:
    def text(name: str) -> str:
        return str(form.get(name, "")).strip().replace("\r\n", "\n")

    said = {
        name.partition(":")[2]: str(value).strip() for name, value in form.multi_items() if name.startswith("items:")
    }
    report: dict[str, Any] = {"items": {key: value for key, value in said.items() if value}}
    report |= {name: text(name) for name in ("kind", "how", "sender", "text") if text(name)}
    given: dict[str, Any] = {name: text(name) for name in ("title", "subject", "place", "where") if text(name)}
    if text("occurred"):
        given["occurred"] = moment(text("occurred"))
    if "sender" not in report and (report["items"] or "text" in report):
        raise ZhishouError(
            "没有写谁报来的，首报记不下来", where=LABELS["sender"], mend="填上报告的单位；不明的写“群众来电”"
        )
    if "sender" in report:
        given["report"] = reading.command(ReportGiven, report, LABELS)
    made = reading.command(OpenIncident, given, LABELS)
    assert isinstance(made, OpenIncident)  # noqa: S101 - what was asked for
    return made


def _form(
    request: Request, caller: Caller, typed: FormData | None, key: str, first: dict[str, str], status: int = 200,
    wrong: ErrorDetail | None = None,
) -> Response:  # fmt: skip
    library = caller.house.library
    subject = str(typed.get("subject", "")) if typed is not None else first.get("subject", "")
    place = str(typed.get("place", "")) if typed is not None else first.get("place", "")
    return page(
        request, "new_incident.html", caller, status=status, here="incidents", typed=typed, wrong=wrong, form_key=key,
        first=first, subjects=subjects(library), places=_places(caller), rooms=_rooms(caller),
        items=report_items(_packs(caller, subject, place)), senders=_senders(caller),
    )  # fmt: skip


def subjects(library: Library) -> list[tuple[str, str]]:
    """Kinds of incident that some plan covers: id and name."""
    covered = {one.subject for pack in library.packs.values() for one in pack.plan.scope.covers}
    return [(id_, one.label) for id_, one in library.lexicon.subjects.items() if id_ in covered]


def _places(caller: Caller) -> list[tuple[str, str]]:
    lexicon = caller.house.library.lexicon
    areas = caller.sight.areas
    within = [one for one in lexicon.areas if any(area in lexicon.upward(one) for area in areas)]
    return [(one, lexicon.areas[one].label) for one in within]


def _rooms(caller: Caller) -> list[tuple[str, str]]:
    areas = caller.house.library.lexicon.areas
    return [(one, areas[one].label) for one in caller.sight.areas if one in caller.house.desk.areas()]


def _senders(caller: Caller) -> list[str]:
    lexicon = caller.house.library.lexicon
    near = {place for place, _ in _places(caller)}
    return list(dict.fromkeys(one.label for one in lexicon.organisations.values() if one.area in near))


def _packs(caller: Caller, subject: str, place: str) -> list[Pack]:
    """Plans in force that cover this kind of trouble at this place."""
    library, today = caller.house.library, caller.house.now().date()
    chain = library.lexicon.upward(place) if place in library.lexicon.areas else caller.sight.areas
    return [
        pack for pack in library.packs.values()
        if pack.in_force(today) and pack.plan.area in chain and any(one.subject == subject for one in pack.plan.scope.covers)
    ]  # fmt: skip


def report_items(packs: list[Pack]) -> list[tuple[str, str]]:
    """What the plans want in a report, with the clause that says so."""
    found: dict[str, str] = {}
    for pack in packs:
        for part in pack.reporting.contents:
            for item in part.items:
                found.setdefault(item, f"{pack.plan.short} {'、'.join(part.clause)}")
    return list(found.items())
