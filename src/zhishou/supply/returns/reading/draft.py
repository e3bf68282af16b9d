"""What a file says before it is checked: one draft for each reporter and gas day in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from zhishou.supply.returns.held import Code, Held, Severity, key
from zhishou.supply.returns.model import Value


@dataclass(frozen=True, slots=True)
class Where:
    """Where something stands, and what stands there."""

    sheet: str = ""
    cell: str = ""
    written: str = ""
    label: str = ""
    """Item and object, in words."""


@dataclass(slots=True)
class Draft:
    """What one reporter says of one gas day, as read."""

    reporter: str = ""
    """Reporter id; empty where it could not be told."""
    gas_day: date | None = None
    """The gas day; None where it could not be told."""
    values: list[Value] = field(default_factory=list)
    """Every figure that could be read."""
    problems: list[Held] = field(default_factory=list)
    """What was found on the way."""
    note: str = ""
    """The reporter's own remarks."""
    correction: bool | None = None
    """Whether it says of itself that it corrects an earlier one; None where it does not say."""
    sheet: str = ""
    """The sheet it stands on."""
    reporter_cell: str = ""
    """Where the reporter is named."""
    reporter_written: str = ""
    """What stands there."""
    day_cell: str = ""
    """Where the gas day is named."""
    day_written: str = ""
    """What stands there."""
    day_problem: str = ""
    """Why the gas day could not be told."""
    undated: int = 0
    """How many figures could not be given a day because of it."""

    def tell(
        self,
        code: Code,
        message: str,
        mend: str = "",
        where: Where | None = None,
        *,
        about: Value | None = None,
        noted: bool = False,
        whole: bool = False,
    ) -> None:
        """Add something that was found; `about` is the figure it concerns, which stays unknown unless it is only noted."""
        place = where or Where()
        severity: Severity = "noted" if noted else "held"
        keys = (key(about),) if about else ()
        self.problems.append(
            Held(code, message, mend, severity, place.sheet, place.cell, place.written, place.label, keys, whole=whole)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one file."""

    name: str
    """The file's name, without its folder."""
    digest: str
    """SHA-256 of its bytes."""
    drafts: tuple[Draft, ...] = ()
    """What it says; empty where nothing could be read."""
    problems: tuple[Held, ...] = ()
    """What keeps the whole file from being read."""


_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def without_numbers(remark: str) -> str:
    """A remark without personal mobile numbers, which the register does not keep."""
    return _MOBILE.sub("（手机号码从略）", remark)


def cells(of: Iterable[str]) -> str:
    """Cells as one text."""
    return "、".join(of)
