"""Pages made from templates: what every page knows (who is there, which duty room, whether it is an exercise, the time)."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from zhishou.bootstrap import House
from zhishou.errors import ZhishouError
from zhishou.plan.load import Library
from zhishou.plan.posts import duty_post, post_label
from zhishou.web.auth import Caller, csrf_of, house_of
from zhishou.web.console import times
from zhishou.web.console.texts import nearest
from zhishou.web.console.tones import tone
from zhishou.web.telling import names_in

HOME = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent.parent / "static"
THEMES = {"": "随系统", "light": "浅色", "dark": "深色"}
THEME = "zhishou-theme"

NAVIGATION = (
    ("/", "态势", "board"),
    ("/incidents", "事件", "incidents"),
    ("/papers", "文书", "papers"),
    ("/supply", "供需", "supply"),
    ("/plans", "预案", "plans"),
    ("/desk", "值班", "desk"),
    ("/callout", "通知", "callout"),
    ("/r", "报送", "report"),
)
"""Address, words and name of every part of the console, in the order of the bar."""


def page(
    request: Request, template: str, caller: Caller | None = None, *, status: int = 200,
    headers: Mapping[str, str] | None = None, **more: Any,
) -> HTMLResponse:  # fmt: skip
    """A page, or the piece of one that a request of the page itself asked for.

    Args:
        request: whose page it is.
        template: file in `templates/`.
        caller: who is there; None before the login.
        status: of HTTP.
        headers: to send along.
        more: what the template shows. `here` names the part of the console it belongs to.
    """
    house = house_of(request)
    now = house.now()
    common: dict[str, Any] = {
        "caller": caller, "now": now, "exercise": house.exercise, "csrf": csrf_of(caller.secret) if caller else "",
        "theme": theme(request), "themes": THEMES, "navigation": navigation(caller), "here": "", "path": request.url.path,
        "whole_page": request.headers.get("hx-request") != "true", "library": house.library,
        "posts": posts_of(caller) if caller else [], "key": lambda: secrets.token_urlsafe(12),
        "when": lambda at, kind="since": times.shown(at, now, kind), "today": times.day_words(now),
        "house_label": house.library.lexicon.areas[house.settings.areas[0]].label,
    }  # fmt: skip
    text = environment().get_template(template).render(common | more)
    return HTMLResponse(text, status, {"Cache-Control": "no-store", **(headers or {})})


def navigation(caller: Caller | None) -> list[tuple[str, str, str]]:
    """The parts of the console that somebody can enter; a door that would be shut to him is not shown."""
    if caller is None:
        return []
    settings, mine = caller.house.settings, caller.sight.areas
    open_ = {
        "supply": any(area in mine for area in settings.supply or settings.areas[:1]), "desk": bool(mine),
        "callout": reads_book(caller),
    }  # fmt: skip
    return [one for one in NAVIGATION if open_.get(one[2], True)]


def reads_book(caller: Caller) -> bool:
    """Whether somebody reads the call-out book: duty officers of the main duty room and its administrators."""
    area = caller.house.settings.areas[0]
    return area in caller.sight.administers or duty_post(area) in caller.actor.posts


def theme(request: Request) -> str:
    """The theme that this browser has chosen; empty: the system's."""
    found = request.cookies.get(THEME, "")
    return found if found in THEMES else ""


def posts_of(caller: Caller) -> list[str]:
    """The posts in which somebody may act, in words."""
    held = [post_words(caller.house, post) for post in sorted(caller.actor.posts)]
    return held + [f"{post_words(caller.house, post)}（受托）" for post in sorted(caller.actor.delegated)]


def post_words(house: House, post: str) -> str:
    """A post in words; of a reporter the name that the supply system gives it."""
    if post.startswith("reporter:"):
        area, _, id_ = post.partition(":")[2].partition("/")
        with suppress(ZhishouError):
            known = house.desk.returns.system(area).reporters_by_id
            if id_ in known:
                return f"报送单位 {known[id_].label}"
    return post_label(post, house.library.packs, house.library.lexicon)


def named(library: Library, key: str) -> str:
    """Chinese for the key of a post, plan, organisation, fact, subject or area; the key itself where there is none."""
    return names_in([key], library).get(key, key)


@cache
def asset(name: str) -> str:
    """The address of a static file, with a mark of its content so that a browser may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def cited(clause: Any) -> Markup:
    """Clauses, in the brackets in which the whole house cites them."""
    texts = [clause] if isinstance(clause, str) else [str(one) for one in clause or ()]
    return Markup(f'<span class="clause">〔{escape("、".join(texts))}〕</span>') if any(texts) else Markup("")  # noqa: S704


@cache
def environment() -> Environment:
    """The templates, with the words that all of them use."""
    made = Environment(
        loader=FileSystemLoader(HOME), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {"asset": asset, "tone": tone, "named": named, "nearest": nearest, "apart": times.apart}
    made.filters |= {"cited": cited, "number": _number}
    return made


def _number(value: float | None, digits: int = 1) -> str:
    return "不明" if value is None else f"{value:,.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:,.0f}"
