"""Times as people read them: the clock, and how far away it is; both, always, because a tired reader miscounts.

The page's script says the same words anew as time goes by (`static/console.js`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from markupsafe import Markup, escape

from zhishou import clock

Kind = Literal["due", "since"]


def clocked(at: datetime, beside: datetime) -> str:
    """The hour; with the day where it is another one, with the year where that is another."""
    if at.date() == beside.date():
        return f"{at:%H:%M}"
    year = f"{at.year}年" if at.year != beside.year else ""
    return f"{year}{at.month}月{at.day}日 {at:%H:%M}"


def apart(minutes: float) -> str:
    """A length of time in one or two units."""
    whole = int(abs(minutes))
    days, hours, rest = whole // 1440, whole % 1440 // 60, whole % 60
    if whole >= 2880:
        return f"{days} 天"
    if whole >= 60:
        hours += days * 24
        return f"{hours} 时 {rest} 分" if rest else f"{hours} 时"
    return f"{rest} 分"


def beside(at: datetime, now: datetime, kind: Kind) -> str:
    """How far a moment is from now: 还有 12 分, 已逾期 5 分, 12 分前."""
    minutes = (at - now).total_seconds() / 60
    if kind == "due":
        return f"还有 {apart(minutes)}" if minutes > 0 else f"已逾期 {apart(minutes)}"
    if -1 < minutes < 1:
        return "刚刚"
    return f"{apart(minutes)}{'前' if minutes < 0 else '后'}"


def shown(given: Any, now: datetime, kind: Kind = "since") -> Markup:
    """A moment as an element of a page: clock and distance."""
    if given is None or given == "":
        return Markup('<span class="muted">原文没有写时限</span>') if kind == "due" else Markup("")
    at = clock.moment(given)
    late = " late" if kind == "due" and at <= now else ""
    return Markup(  # noqa: S704 - every part is escaped
        f'<time class="when{late}" datetime="{escape(at.isoformat())}" data-kind="{escape(kind)}">'
        f"<b>{escape(clocked(at, now))}</b> <span>· {escape(beside(at, now, kind))}</span></time>"
    )


def day_words(at: datetime) -> str:
    """The day with its weekday: 12月15日 星期二."""
    return f"{at.month}月{at.day}日 星期{WEEKDAYS[at.weekday()]}"


WEEKDAYS: Mapping[int, str] = dict(enumerate("一二三四五六日"))
