"""Which supply system a page of the supply desk is about, and how its commands are counted; what all of its pages share."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Query, Request
from starlette.datastructures import FormData

from zhishou.errors import ZhishouError
from zhishou.web import numbers
from zhishou.web.auth import Caller
from zhishou.web.console.supply_now import amount, supply_now
from zhishou.web.errors import of_error
from zhishou.web.rooms import seen_room

AreaWanted = Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$")]
T = TypeVar("T")

TABS = (
    ("/supply", "报表", "returns"),
    ("/supply/balance", "平衡", "balance"),
    ("/supply/ahead", "七天预测", "ahead"),
    ("/supply/storage", "储气责任", "storage"),
    ("/supply/cuts", "压减", "cuts"),
)
"""Address, words and name of the pages of the supply desk."""


def area_of(caller: Caller, wanted: str = "") -> str:
    """The area whose supply system is looked at; empty where the house has none.

    Raises:
        RefusedError: it is not his.
        NotFoundError: the area has no supply system.
    """
    known = caller.house.settings.supply
    if wanted:
        seen_room(caller, wanted)
        caller.house.desk.returns.system(wanted)
        return wanted
    mine = [area for area in known if area in caller.sight.areas]
    if not mine:
        seen_room(caller, next(iter(known), caller.house.settings.areas[0]))
    return mine[0] if mine else ""


def shared(caller: Caller, area: str, tab: str) -> dict[str, Any]:
    """What every page of the supply desk shows."""
    areas = caller.house.library.lexicon.areas
    return {
        "here": "supply", "tab": tab, "tabs": TABS, "area": area, "amount": amount,
        "areas": [(one, areas[one].label) for one in caller.house.settings.supply if one in caller.sight.areas],
        "supply": supply_now(caller.house, area) if area else None,
    }  # fmt: skip


def key_of(form: FormData) -> str:
    """The key under which a form is sent; a new one where it carries none that could be one."""
    key = str(form.get("_key", ""))
    sound = 8 <= len(key) <= 60 and key.isascii() and key.isprintable() and " " not in key
    return key if sound else secrets.token_urlsafe(12)


def already(caller: Caller, key: str) -> bool:
    """Whether a form of this key was carried out before; sent again it does nothing twice."""
    return bool(caller.house.journal.of_command(caller.key(key)))


def counted(request: Request, caller: Caller, name: str, give: Callable[[], T]) -> T:
    """Carry out a command of the supply desk as the API does: allowed to this login, counted, and told to whoever listens."""
    try:
        caller.may_give(name)
        done = give()
    except ZhishouError as error:
        numbers.COMMANDS.labels(name, of_error(error)[1].code).inc()
        raise
    numbers.COMMANDS.labels(name, "repeated" if getattr(done, "repeated", False) else "done").inc()
    request.app.state.hub.wake()
    return done
