"""The seven days ahead on the board: demand, gap, storage and the chance of each level, day by day, in words short enough for a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from zhishou.errors import NotFoundError, ZhishouError
from zhishou.web.console.pages import page
from zhishou.web.console.times import WEEKDAYS
from zhishou.web.console.visiting import PageRoute, Visitor
from zhishou.web.console.week_ahead import WeekAhead, week_ahead
from zhishou.web.errors import of_error

board_ahead = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a day."""

    text: str
    heat: int = 0
    """How much it stands out, 0 to 3."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Days:
    """The table."""

    heads: tuple[tuple[str, str], ...]
    """Day of the month, weekday."""
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    illustrative: bool


@board_ahead.get("/board/ahead")
def show(request: Request, caller: Visitor, area: Annotated[str, Query(max_length=80)]) -> Response:
    """The table alone, for a board that did not want to wait for it."""
    if area not in caller.sight.areas:
        raise NotFoundError("没有这个地区的预测")
    try:
        days, wrong = table(week_ahead(caller.house, area)), None
    except ZhishouError as error:
        days, wrong = None, of_error(error)[1]
    return page(request, "board_ahead.html", caller, here="board", days=days, wrong=wrong, area=area, waits=False)


def table(found: WeekAhead) -> Days:
    """The forecast as a table."""
    heads = tuple((f"{day.day}日", WEEKDAYS[day.weekday()]) for day in found.job.days)
    return Days(heads, tuple(_lines(found)), found.job.notes, found.job.illustrative)


def _lines(found: WeekAhead) -> Iterator[Line]:
    job, days = found.job, range(len(found.job.days))
    yield Line("气温 ℃", tuple(Cell(f"{np.median(job.course[:, day]):.0f}") for day in days))
    yield Line("需求", tuple(Cell(f"{one:.0f}") for one in job.median))
    if job.week.supply.sources:
        shares = [min((job.gap(day, (0.5,), share=True) or [(0.0, 0.0)])[0]) for day in days]
        yield Line(
            "缺口 %≥" if job.week.most is not job.week.least else "缺口 %", tuple(Cell(f"{one:.0f}") for one in shares)
        )
        yield Line("有缺口", tuple(_chance(*(job.gap_chance(day) or (0.0, 1.0))) for day in days))
    if found.storage:
        yield Line("储气余量≥", tuple(Cell(f"{min(one.left):.0f}") for one in found.storage))
        yield Line("动用储气仍缺", tuple(_chance(*one.short) for one in found.storage))
    for ladder in found.responses:
        for number, level in enumerate(ladder.days[0].levels):
            if level.level:
                reached = [day.levels[number].or_worse for day in ladder.days]
                label = f"{level.label}{'' if number == 0 else '及以上'}"
                yield Line(label, tuple(_chance(one.at_least, one.at_most) for one in reached))


def _chance(one: float, other: float) -> Cell:
    """A chance by what is certain of it: the figure, `≥`, or where nothing is certain `≤`."""
    low, high = min(one, other), max(one, other)
    heat = 0 if low < 0.05 else 1 if low < 0.3 else 2 if low < 0.7 else 3
    if percent(low) == percent(high):
        return Cell(percent(low), heat)
    return Cell(f"≥{percent(low)}" if low > 0 else "不明" if high >= 1 else f"≤{percent(high)}", heat)


def percent(share: float) -> str:
    """A chance; one that is not 0 or 1 never reads as if it were."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 < share < 1 else f"{share:.0%}"
