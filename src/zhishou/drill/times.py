"""Moments of a timeline as a scenario writes them; it stands alone because steps, fields and expectations write them alike."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from zhishou import clock
from zhishou.errors import ZhishouError

_PART = r"\d+(?:\.\d+)?\s*(?:min|h|d|分钟|小时|天)"
_RELATIVE = re.compile(rf"(?P<base>T?)\s*\+\s*(?P<length>0|{_PART}(?:\s*{_PART})*)")
_JUMP = re.compile(rf"(?P<sign>[+-])\s*(?P<length>{_PART}(?:\s*{_PART})*)")
_WRITTEN = "写成 T+2 h 5 min（从开始算）、+20 min（从上一步算）或 2026-12-15T18:00"


def moment(text: str, start: datetime, before: datetime) -> datetime:
    """A moment of the timeline.

    Args:
        text: as written.
        start: the scenario's first moment, from which `T+` counts.
        before: the moment of the step before, from which `+` counts.

    Raises:
        ZhishouError: the text is no moment.
    """
    found = _RELATIVE.fullmatch(text.strip())
    if found is not None:
        return (start if found["base"] else before) + _length(found["length"])
    try:
        return clock.moment(text)
    except ZhishouError:
        raise ZhishouError(f"“{text}”不是时间", mend=_WRITTEN) from None


def is_relative(text: str) -> bool:
    """Whether a text is a moment counted from the start or the step before."""
    return _RELATIVE.fullmatch(text.strip()) is not None


def jump(text: str) -> timedelta:
    """How far the clock jumps.

    Raises:
        ZhishouError: the text is no jump.
    """
    found = _JUMP.fullmatch(text.strip())
    if found is None:
        raise ZhishouError(f"“{text}”不是钟表的跳动", mend="写成 +5 h 或 -30 min")
    return _length(found["length"]) * (1 if found["sign"] == "+" else -1)


def _length(text: str) -> timedelta:
    parts = re.findall(_PART, text)
    return sum((clock.span(clock.minutes(part) or 0) for part in parts), timedelta())


class SimulatedClock:
    """The drill's clock: it stands still until the runner moves it.

    Args:
        now: where it begins.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The time."""
        return self.now
