"""People and posts, for administrators: accounts with one-time passwords, and who holds which post on what basis."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.web import people as api
from zhishou.web.auth import Caller
from zhishou.web.console.pages import page, post_words
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import of_error
from zhishou.web.wrong import told

people = APIRouter(route_class=PageRoute, include_in_schema=False)

ACTS = {
    "reset_password": ("重置密码", api.reset_password), "disable": ("停用", api.disable_account),
    "enable": ("恢复", api.enable_account), "reset_second_factor": ("清除动态口令", api.reset_second_factor),
    "end_sessions": ("退出所有登录", api.end_sessions),
}  # fmt: skip
"""What an administrator may do to an account: name in the form → words and the API's own function."""


@people.get("/people")
def show(request: Request, caller: Visitor) -> Response:
    """Accounts and posts."""
    return _shown(request, caller)


def _shown(
    request: Request, caller: Caller, wrong: ZhishouError | None = None, once: Any = None, typed: Any = None
) -> Response:
    api.reading_administrator(caller)
    house, library = caller.house, caller.house.library
    held: dict[str, list[Any]] = {}
    now = house.now()
    rooms = [area for area in caller.sight.administers if area in house.desk.areas()]
    for area in rooms:
        for one in house.desk.room(area).appointments.values():
            if one.until is None or one.until > now:
                held.setdefault(one.person, []).append((area, one, post_words(house, one.post)))
    status, detail = of_error(wrong, library) if wrong else (200, None)
    return page(
        request, "people.html", caller, status=403 if status == 401 else status, wrong=detail, once=once, typed=typed,
        accounts=api.list_accounts(caller).accounts, held=held, rooms=rooms, acts=ACTS,
        asks_code=bool(detail and detail.code == "second_factor"),
    )  # fmt: skip


@people.post("/people")
def add(request: Request, caller: Visitor, form: Filled) -> Response:
    """Make an account; its one-time password is shown now and never again."""
    typed = {name: str(form.get(name, "")).strip() for name in ("id", "name")}
    try:
        api.administrator(caller)
        once = api.add_account(caller, api.NewAccount.model_validate(typed))
    except ValidationError as error:
        return _shown(request, caller, ProblemsError(map(told, error.errors())), typed=typed)
    except ZhishouError as error:
        return _shown(request, caller, error, typed=typed)
    return _shown(request, caller, once=once)


@people.post("/people/{account}/{act}")
def change(request: Request, caller: Visitor, account: api.AccountId, act: str) -> Response:
    """Reset, disable, enable an account."""
    if act not in ACTS:
        return RedirectResponse("/people", 303)
    try:
        kept = api.in_charge(api.administrator(caller), account)
        done = ACTS[act][1](kept, account)
    except ZhishouError as error:
        return _shown(request, caller, error)
    once = done if isinstance(done, api.Once) else None
    return _shown(request, caller, once=once) if once else RedirectResponse("/people", 303)
