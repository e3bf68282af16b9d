"""Hours in which a channel waits; they stand alone because a call asks for them and knows no other setting."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, model_validator

from zhishou.plan.base import Model, Names

_URGENT = re.compile(r"[ⅠⅡ12一二红橙]|I{1,2}", re.IGNORECASE)


def _clock(value: Any) -> str:
    if isinstance(value, int):  # YAML 1.1 habits: 22:30 read as a number of base sixty elsewhere
        raise ValueError('时刻要加引号，如 "22:30"')  # noqa: TRY004 - the same
    try:
        time.fromisoformat(str(value))
    except ValueError:
        raise ValueError("时刻写成 22:30 的样子") from None
    return str(value)


ClockTime = Annotated[str, BeforeValidator(_clock)]


class Quiet(Model):
    """Hours in which a channel waits with what is not urgent; level I and II never wait."""

    since: ClockTime = Field(alias="from")
    """When it begins."""
    until: ClockTime
    """When it is over; the next day where it is not after `from`."""
    levels: Names = ()
    """Levels that wait; empty: all but I and II, and what has no level."""

    @model_validator(mode="after")
    def _never_for_the_urgent(self) -> Self:
        if any(_URGENT.fullmatch(one.strip().removesuffix("级").removesuffix("色")) for one in self.levels):
            raise ValueError("安静时段不能用于Ⅰ级、Ⅱ级：删去 levels 里的Ⅰ级、Ⅱ级")
        if self.since == self.until:
            raise ValueError("安静时段的起止相同：全天安静等于不通知")
        return self

    def over(self, at: datetime, level: str = "", *, urgent: bool = False) -> datetime | None:
        """When the quiet is over; None where a message of this level need not wait at this moment.

        Args:
            at: the moment.
            level: of the matter; empty where it has none.
            urgent: level I or II: it never waits.
        """
        if urgent or (self.levels and level and level not in self.levels):
            return None
        begin, end = time.fromisoformat(self.since), time.fromisoformat(self.until)
        now = at.timetz().replace(tzinfo=None)
        within = begin <= now < end if begin < end else now >= begin or now < end
        if not within:
            return None
        day = at.date() if now < end else at.date() + timedelta(days=1)
        return datetime.combine(day, end, at.tzinfo)
