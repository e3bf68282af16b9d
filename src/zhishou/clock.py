"""Moments and spans of time as the plans use them; it stands alone so that no room asks the machine for the time.

All moments carry the zone Asia/Shanghai; a naive time never enters the house.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from zhishou.errors import ZhishouError

SHANGHAI = ZoneInfo("Asia/Shanghai")

_SPAN = re.compile(r"(?P<amount>\d+(?:\.\d+)?)\s*(?P<unit>min|h|d|months?|years?|分钟|小时|天|日|个月|年)")
_MINUTES = {"min": 1.0, "分钟": 1.0, "h": 60.0, "小时": 60.0, "d": 1440.0, "天": 1440.0, "日": 1440.0}


def moment(text: str | datetime | date) -> datetime:
    """A moment in Asia/Shanghai from ISO text, a date (its first second) or a datetime.

    A text without a zone is read as Asia/Shanghai.

    Raises:
        ZhishouError: the text is no moment.
    """
    if isinstance(text, datetime):
        if text.tzinfo is SHANGHAI:
            return text
        value = text
    elif isinstance(text, date):
        value = datetime.combine(text, time())
    else:
        try:
            value = datetime.fromisoformat(str(text).strip())  # YAML may have read a number where a time belongs
        except ValueError:
            raise ZhishouError(f"“{text}”不是时间", mend="写成 2026-12-15T20:00 的样子") from None
    if not 1 < value.year < 9999:  # no other zone could show it, and no record keep it
        raise ZhishouError(f"{value.year} 年的时间记不下来", mend="核对年份")
    return value.replace(tzinfo=SHANGHAI) if value.tzinfo is None else value.astimezone(SHANGHAI)


def minutes(span: str) -> float | None:
    """The length of a span such as `30 min`, `2 h`, `3 d` in minutes; None where the text is no such span."""
    match = _SPAN.fullmatch(span.strip())
    if match is None or match["unit"] not in _MINUTES:
        return None
    return float(match["amount"]) * _MINUTES[match["unit"]]


def span(length: float) -> timedelta:
    """A length of time from minutes."""
    return timedelta(minutes=length)


def months(span: str) -> int | None:
    """The length of a span such as `24 months` or `3 years` in months; None where the text is no such span."""
    match = _SPAN.fullmatch(span.strip())
    if match is None or match["unit"] in _MINUTES:
        return None
    return round(float(match["amount"]) * (12 if match["unit"] in {"year", "years", "年"} else 1))


def add_months(day: date, count: int) -> date:
    """The same day `count` months later, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + count
    first = date(index // 12, index % 12 + 1, 1)
    after = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
    return first + timedelta(days=min(day.day, (after - first).days) - 1)


def later(day: date, span: str) -> date | None:
    """The day a span after another, months counted by the calendar; None where the text gives no length."""
    if (count := months(span)) is not None:
        return add_months(day, count)
    length = minutes(span)
    return None if length is None else day + timedelta(minutes=length)


def day_of_season(month_day: str, today: date) -> date:
    """The day, written `11-30`, of the heating season (July to June) in which `today` lies."""
    month, day = (int(part) for part in month_day.split("-"))
    start = today.year if today.month >= 7 else today.year - 1
    return date(start if month >= 7 else start + 1, month, day)
