"""Coming in and going out: password, code, new password. The same doors, limits and words as `web/login.py`."""

from __future__ import annotations

import secrets
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import SecretStr
from starlette.datastructures import FormData

from zhishou.errors import DeniedError, TooManyError, ZhishouError
from zhishou.people.sessions import Started
from zhishou.web.auth import address_of, cookie_name, csrf_of, house_of, local, secure
from zhishou.web.console.pages import THEME, THEMES, page
from zhishou.web.console.visiting import OWED, Filled, HalfwayVisitor, PageRoute
from zhishou.web.errors import Unacceptable, of_error
from zhishou.web.login import Doors, entered

entrance = APIRouter(route_class=PageRoute, include_in_schema=False)

ONCE = "zhishou-form"
"""Cookie that a login form must come back with: a page of another site cannot log somebody in."""


def onward(given: object) -> str:
    """Where to go after the login: a page of ours, never another site."""
    where = str(given or "/")
    ours = where.startswith("/") and not where.startswith(("//", "/\\")) and where.isprintable() and len(where) < 500
    return quote(where, safe="%/?#&=:@+,;~") if ours and not where.startswith("/login") else "/"


@entrance.get("/login")
def ask(request: Request, next: str = "/") -> Response:
    """The form for login and password."""
    return _asked(request, next)


def _asked(request: Request, next_: str, wrong: ZhishouError | None = None, login: str = "") -> Response:
    house = house_of(request)
    mark = request.cookies.get(ONCE) or secrets.token_urlsafe(16)
    status, detail = of_error(wrong) if wrong else (200, None)
    first = len(house.gate.accounts.all()) == 1
    open_line = secure(request) or local(request) or house.settings.plain_http
    made = page(
        request, "login.html", status=status, wrong=detail, login=login, next=onward(next_), mark=mark, first=first,
        open_line=open_line,
    )  # fmt: skip
    made.set_cookie(ONCE, mark, path="/login", httponly=True, samesite="strict", secure=secure(request))
    return made


@entrance.post("/login")
async def enter(request: Request, form: Filled, through: Doors) -> Response:
    """Come in."""
    house = house_of(request)
    if not secure(request) and not local(request) and not house.settings.plain_http:
        raise Unacceptable(403, "plain_http", "没有加密的连接不能登录", "请用 https 地址，或请管理员设置")
    if not request.cookies.get(ONCE) or not secrets.compare_digest(
        _bytes(request.cookies[ONCE]), _bytes(_text(form, "_mark"))
    ):
        raise Unacceptable(403, "csrf", "登录页已过期", "请回到登录页重新填写")
    login, password = _text(form, "login").strip()[:80], SecretStr(_text(form, "password")[:400])
    device = request.headers.get("user-agent", "")[:200]
    try:
        started = await through.through(
            house.gate.login.enter, login, password, address_of(request), house.now(), device
        )
    except (DeniedError, TooManyError) as error:
        return _asked(request, _text(form, "next"), error, login)
    return _go_on(request, started, onward(form.get("next")))


def _go_on(request: Request, started: Started, where: str) -> Response:
    owed = started.session.wants
    made = RedirectResponse((OWED[owed] + f"?next={quote(where)}") if owed else where, 303)
    entered(request, made, started)
    return made


@entrance.get("/login/code")
def ask_code(request: Request, visit: HalfwayVisitor, next: str = "/") -> Response:
    """The form for a code."""
    return page(request, "code.html", csrf=csrf_of(visit.secret), next=onward(next), wrong=None)


@entrance.post("/login/code")
async def prove(request: Request, visit: HalfwayVisitor, form: Filled, through: Doors) -> Response:
    """Give a code."""
    code = SecretStr(_text(form, "code").strip()[:64])
    try:
        started = await through.through(visit.house.gate.second_factor.prove, visit.secret, code, visit.house.now())
    except (DeniedError, TooManyError) as error:
        status, detail = of_error(error)
        return page(
            request, "code.html", status=status, csrf=csrf_of(visit.secret), next=onward(form.get("next")), wrong=detail
        )
    return _go_on(request, started, onward(form.get("next")))


@entrance.get("/login/password")
def ask_password(request: Request, visit: HalfwayVisitor, next: str = "/") -> Response:
    """The form for a new password."""
    return page(
        request, "password.html", csrf=csrf_of(visit.secret), next=onward(next), wrong=None,
        asks_old=not visit.session.wants,
    )  # fmt: skip


@entrance.post("/login/password")
async def change_password(request: Request, visit: HalfwayVisitor, form: Filled, through: Doors) -> Response:
    """Set a new password."""
    old, new = _text(form, "old")[:400], _text(form, "new")[:400]
    house = visit.house
    try:
        _same(new, _text(form, "again")[:400])
        given = SecretStr(old) if old else None
        started = await through.through(
            house.gate.login.change_password, visit.secret, given, SecretStr(new), house.now()
        )
    except ZhishouError as error:
        status, detail = of_error(error)
        return page(
            request, "password.html", status=422 if status == 401 else status, csrf=csrf_of(visit.secret),
            next=onward(form.get("next")), wrong=detail, asks_old=not visit.session.wants,
        )  # fmt: skip
    return _go_on(request, started, onward(form.get("next")))


def _same(new: str, again: str) -> None:
    if new != again:
        raise ZhishouError("两次输入的新密码不一样", mend="请再输一遍")


@entrance.post("/logout")
def leave(request: Request, visit: HalfwayVisitor) -> Response:
    """Go out."""
    visit.house.gate.sessions.end(visit.secret)
    made = RedirectResponse("/login", 303)
    made.delete_cookie(cookie_name(request), path="/", httponly=True, samesite="strict", secure=secure(request))
    return made


@entrance.post("/theme")
async def choose_theme(request: Request, form: Filled) -> Response:
    """Light, dark, or as the system has it. It is this browser's alone and nobody's secret."""
    chosen = _text(form, "theme")
    made = RedirectResponse(onward(form.get("next")), 303)
    if chosen in THEMES:
        made.set_cookie(THEME, chosen, path="/", max_age=34_560_000, samesite="strict", secure=secure(request))
    return made


def _text(form: FormData, name: str) -> str:
    found = form.get(name)
    return found if isinstance(found, str) else ""


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever was sent; it only has to be wrong
