"""The duty desk: who is on watch, the log, the signed hand-over; roster; telephones; teams and stocks; quiet times; delegations."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from zhishou.errors import ZhishouError
from zhishou.plan.posts import duty_post, post_label, reporter_post
from zhishou.watch import commands as c
from zhishou.watch.words import DRILL_FORMS, LOG_CATEGORIES, SHIFT_ROLES
from zhishou.web.auth import Caller
from zhishou.web.commands import Area, told
from zhishou.web.console import desk_shown as shown
from zhishou.web.console.forms import reading
from zhishou.web.console.pages import page
from zhishou.web.console.supply_room import already, key_of
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.rooms import read_log, seen_room

duty_desk = APIRouter(route_class=PageRoute, include_in_schema=False)

AreaWanted = Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$")]
TABS = (
    ("/desk", "值守", "watch"),
    ("/desk/roster", "排班", "roster"),
    ("/desk/phones", "通讯录", "phones"),
    ("/desk/teams", "专家队伍物资", "teams"),
    ("/desk/upkeep", "演练与修订", "upkeep"),
    ("/desk/posts", "职务与委托", "posts"),
)
"""Address, words and name of the pages of the duty desk."""
LOG = 60
"""Lines of the log on the page; earlier ones are one click away."""


def _room(caller: Caller, wanted: str) -> str:
    """The duty room looked at: the one asked for, else where he is on duty, else the first he sees.

    Raises:
        RefusedError: it is not his.
    """
    there = caller.house.desk.areas()
    mine = [area for area in caller.sight.areas if area in there]
    on_duty = [area for area in mine if duty_post(area) in caller.actor.posts]
    area = wanted or next(iter(on_duty), next(iter(mine), caller.house.settings.areas[0]))
    seen_room(caller, area)
    return area


def _shared(caller: Caller, area: str, tab: str) -> dict[str, Any]:
    areas, there = caller.house.library.lexicon.areas, caller.house.desk.areas()
    room = caller.house.desk.room(area)
    return {
        "here": "desk", "tab": tab, "tabs": TABS, "area": area, "room": room, "area_label": areas[area].label,
        "areas": [(one, areas[one].label) for one in caller.sight.areas if one in there],
        "can": lambda kind, **about: shown.may_keep(caller, room, kind, **about), "c": c,
    }  # fmt: skip


@duty_desk.get("/desk")
def watch(
    request: Request, caller: Visitor, area: AreaWanted = "", before: Annotated[int, Query(ge=0, le=10**9)] = 0
) -> Response:
    """Who is on watch, and the log."""
    area = _room(caller, area)
    room, now = caller.house.desk.room(area), caller.house.now()
    log = read_log(caller, area, before, LOG)
    return page(
        request, "desk_watch.html", caller, log=log.entries[::-1], earlier=log.earlier, before=before,
        categories=LOG_CATEGORIES, due=shown.due_items(caller, area),
        on_roster=[one for one in room.shifts.values() if one.since <= now < one.until], roles=SHIFT_ROLES,
        **_shared(caller, area, "watch"),
    )  # fmt: skip


@duty_desk.get("/desk/roster")
def roster(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """Who comes when."""
    return _roster(request, caller, _room(caller, area), None)


def _roster(
    request: Request, caller: Caller, area: str, wrong: ErrorDetail | None, typed: Any = None, status: int = 200
) -> Response:
    room, now = caller.house.desk.room(area), caller.house.now()
    held = {
        one.person: one.name for one in room.appointments.values() if one.post == duty_post(area) and one.holds(now)
    }
    return page(
        request, "desk_roster.html", caller, status=status, days=shown.shifts_ahead(room, now), roles=SHIFT_ROLES, officers=held,
        wrong=wrong, typed=typed, form_key=key_of(typed) if typed is not None else secrets.token_urlsafe(12),
        **_shared(caller, area, "roster"),
    )  # fmt: skip


@duty_desk.post("/desk/{area}/shifts")
def plan(request: Request, caller: Visitor, form: Filled, area: Area) -> Response:
    """Put a shift on the roster."""
    seen_room(caller, area)
    house, answer = caller.house, Response()
    person = str(form.get("person", ""))

    def keep() -> Any:
        wish = {
            "person": person, "person_name": house.gate.accounts.get(person).name if person else "",
            "since": _moment(form, "since", "从何时起"), "until": _moment(form, "until", "到何时止"),
            "role": str(form.get("role", "")) or "chief",
        }  # fmt: skip
        command = reading.command(c.PlanShifts, {"shifts": [wish]}, {"shifts": "班次"})
        return house.desk.keep(area, command, caller.actor, key=caller.key(key_of(form)), machine=caller.address)

    try:
        if not already(caller, key_of(form)):
            told(request, answer, caller, c.PlanShifts.name, keep)
    except ZhishouError as error:
        status, detail = of_error(error, house.library)
        return _roster(request, caller, area, detail, form, status)
    return RedirectResponse(f"/desk/roster?area={area}", 303)


def _moment(form: Any, name: str, label: str) -> datetime | str:
    text = str(form.get(name, "")).strip()
    if not text:
        raise ZhishouError(f"“{label}”没有填", where="排班", mend="填上再办")
    return text


@duty_desk.get("/desk/phones")
def telephones(
    request: Request, caller: Visitor, area: AreaWanted = "", q: Annotated[str, Query(max_length=40)] = ""
) -> Response:
    """Duty lines of all the area's plans."""
    area = _room(caller, area)
    units = [one for one in shown.telephones(caller, area) if q.strip() in one.unit]
    return page(request, "desk_phones.html", caller, units=units, q=q.strip(), **_shared(caller, area, "phones"))


@duty_desk.get("/desk/teams")
def teams(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """Experts, teams, stocks, and when they were last checked."""
    area = _room(caller, area)
    found = list(shown.teams(caller, area, list(caller.house.desk.room(area).records.values())))
    kinds = list(dict.fromkeys(one.kind for one in found))
    return page(request, "desk_teams.html", caller, teams=found, kinds=kinds, **_shared(caller, area, "teams"))


@duty_desk.get("/desk/upkeep")
def quiet(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """Drills, revisions and lists that fall due."""
    area = _room(caller, area)
    return page(
        request, "desk_upkeep.html", caller, owed=shown.owed(caller, area), contact_test=shown.contact_test(caller, area), forms=DRILL_FORMS,
        records=sorted(caller.house.desk.room(area).records.values(), key=lambda one: one.on, reverse=True),
        short=lambda plan: caller.house.library.packs[plan].plan.short if plan in caller.house.library.packs else plan,
        **_shared(caller, area, "upkeep"),
    )  # fmt: skip


@duty_desk.get("/desk/posts")
def posts(request: Request, caller: Visitor, area: AreaWanted = "") -> Response:
    """Who holds which post, and written delegations."""
    area = _room(caller, area)
    library, room, now = caller.house.library, caller.house.desk.room(area), caller.house.now()
    held = sorted((one for one in room.appointments.values() if one.holds(now)), key=lambda one: one.post)
    reporters = {reporter_post(area, id_): f"报送单位 {label}" for id_, label in shown.reporters(caller, area)}

    def label(post: str) -> str:
        return reporters.get(post) or post_label(post, library.packs, library.lexicon)

    return page(
        request, "desk_posts.html", caller, held=held, label=label, delegations=shown.delegations(room, now),
        **_shared(caller, area, "posts"),
    )  # fmt: skip
