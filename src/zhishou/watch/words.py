"""The kinds that the duty room's book tells apart, with their Chinese labels, and how a moment is read.

They stand alone because commands, events and state all use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict

from zhishou import clock
from zhishou.errors import ZhishouError

EARLIEST, LATEST = 1949, 2199
"""Years outside these are slips of the pen, and some of them no calendar can add a month to."""


def _moment(value: Any) -> Any:
    if not isinstance(value, str | datetime):
        raise ValueError("时间写成 2026-12-15T20:00 的样子")  # noqa: TRY004 - pydantic turns this one into its own
    try:
        found = clock.moment(value)
    except ZhishouError as error:
        raise ValueError(str(error)) from None
    except OverflowError:
        raise ValueError(f"“{value}”超出了日历的范围") from None
    if not EARLIEST <= found.year <= LATEST:
        raise ValueError(f"{found.year} 年不在 {EARLIEST} 至 {LATEST} 年之间，请核对年份")
    return found


Moment = Annotated[datetime, BeforeValidator(_moment)]
"""A moment in Asia/Shanghai; text without a zone is read so."""

LogCategory = Literal["call", "fax", "instruction", "weather", "inspection", "other"]
LOG_CATEGORIES: Mapping[LogCategory, str] = {
    "call": "电话",
    "fax": "传真",
    "instruction": "指示",
    "weather": "天气",
    "inspection": "查岗",
    "other": "其他",
}

ShiftRole = Literal["chief", "second", "leader"]
SHIFT_ROLES: Mapping[ShiftRole, str] = {"chief": "主班", "second": "副班", "leader": "带班领导"}

Reminding = Literal["unconfirmed", "expiring", "expired"]
REMINDERS: Mapping[Reminding, str] = {
    "unconfirmed": "委托还没有经本人确认，不能凭它办理",
    "expiring": "委托即将到期",
    "expired": "委托已到期",
}

UpkeepKind = Literal["revision", "drill", "training", "publicity", "contacts", "stocks", "duty", "target"]
UPKEEP_KINDS: Mapping[UpkeepKind, str] = {
    "revision": "修订",
    "drill": "演练",
    "training": "培训",
    "publicity": "宣传",
    "contacts": "通讯录更新",
    "stocks": "物资核查",
    "duty": "定期工作",
    "target": "指标",
}

DrillForm = Literal["tabletop", "functional", "full_scale", "unannounced"]
DRILL_FORMS: Mapping[DrillForm, str] = {
    "tabletop": "桌面推演",
    "functional": "单项演练",
    "full_scale": "实战演练",
    "unannounced": "双盲演练",
}


class Row(BaseModel):
    """A line within a command or an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class DueItem(Row):
    """Something that the next watch must see done."""

    text: str
    """What, in words."""
    ref: str = ""
    """What it belongs to: a stream, a task; empty where it belongs to nothing recorded."""
    due: Moment | None = None
    """By when; None where no time is set."""
