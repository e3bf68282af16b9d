"""My account: posts held, second factor, recovery codes, logins elsewhere, password."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from markupsafe import Markup
from pydantic import SecretStr

from zhishou.errors import ZhishouError
from zhishou.people.second_factor import Enrolment
from zhishou.watch.holding import posts_of
from zhishou.web.auth import Caller
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import of_error
from zhishou.web.login import Doors, my_sessions

account = APIRouter(route_class=PageRoute, include_in_schema=False)


@account.get("/me")
def show(request: Request, caller: Visitor) -> Response:
    """The account."""
    return _shown(request, caller)


def _shown(request: Request, caller: Caller, wrong: ZhishouError | None = None, **more: Any) -> Response:
    status, detail = of_error(wrong) if wrong else (200, None)
    left = caller.house.gate.second_factor.left(caller.account)
    areas = caller.house.library.lexicon.areas
    lending = [
        (area, areas[area].label) for area in caller.house.desk.areas()
        if posts_of(caller.house.desk.room(area), caller.account, caller.house.now())
    ]  # fmt: skip
    shown: dict[str, Any] = {"picture": None, "seed": "", "codes": [], "left": left} | more
    return page(
        request, "account.html", caller, status=422 if status == 401 else status, wrong=detail,
        sessions=my_sessions(caller).sessions, has=shown.pop("has_now", bool(caller.session and caller.session.has_second_factor)), lending=lending, **shown,
    )  # fmt: skip


@account.post("/me/second_factor")
def enrol(request: Request, caller: Visitor) -> Response:
    """A new seed, to be taken into the telephone."""
    try:
        made = caller.house.gate.second_factor.enrol(caller.secret, caller.house.now())
    except ZhishouError as error:
        return _shown(request, caller, error)
    return _shown(request, caller, **_drawn(made))


def _drawn(made: Enrolment) -> dict[str, Any]:
    picture = Markup(made.picture.get_secret_value())  # noqa: S704 - our own drawing
    return {"picture": picture, "seed": made.seed.get_secret_value()}


@account.post("/me/second_factor/confirm")
def confirm(request: Request, caller: Visitor, form: Filled) -> Response:
    """A code of it, and it counts; the recovery codes are shown once."""
    code = SecretStr(str(form.get("code", ""))[:64])
    try:
        made = caller.house.gate.second_factor.confirm(caller.secret, code, caller.house.now())
    except ZhishouError as error:
        begun = caller.house.gate.second_factor.begun(caller.secret, caller.house.now())
        return _shown(request, caller, error, **(_drawn(begun) if begun else {}))
    return _shown(request, caller, codes=[one.get_secret_value() for one in made.recovery], has_now=True)


@account.post("/me/code")
async def prove(request: Request, caller: Visitor, form: Filled, through: Doors) -> Response:
    """A code given anew, before something weighty."""
    code = SecretStr(str(form.get("code", ""))[:64])
    house = caller.house
    try:
        await through.through(house.gate.second_factor.prove, caller.secret, code, house.now())
    except ZhishouError as error:
        return _shown(request, caller, error)
    return RedirectResponse("/me", 303)


@account.post("/me/recovery_codes")
def renew(request: Request, caller: Visitor) -> Response:
    """New recovery codes, shown once."""
    try:
        made = caller.house.gate.second_factor.renew_recovery(caller.secret, caller.house.now())
    except ZhishouError as error:
        return _shown(request, caller, error)
    return _shown(request, caller, codes=[one.get_secret_value() for one in made.recovery])


@account.post("/me/sessions/end")
def end(caller: Visitor, form: Filled) -> Response:
    """End one of my logins."""
    house = caller.house
    house.gate.sessions.end_one(caller.account, str(form.get("id", ""))[:40], house.now(), caller.account)
    return RedirectResponse("/me", 303)
