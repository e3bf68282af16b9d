"""The week ahead as shapes: the band of demand with the gas beside it, and the chance of each level as bars; drawn on the server.

Plain SVG without script: it prints, it needs no library, and a browser three years old shows it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from zhishou.assess.ahead import Job
from zhishou.assess.week_chances import LadderWeek
from zhishou.web.console.times import WEEKDAYS

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 960, 300, 56, 24, 16, 44
INSET = 36
"""Room beside the first and the last day, so that their figures stand clear of the scale."""
BAR = 190
"""Height of the bars of a ladder."""
TOLD = 0.18
"""A share below it has no room for its figure in the hand; the table beneath tells it."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class DayMark:
    """A day on the axis, with what is said of it."""

    x: float
    text: str
    week: str
    median_y: float
    median: str
    says: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The band of demand and the gas at hand."""

    size: tuple[int, int]
    wide: str
    """Points of the 90 % band."""
    half: str
    """Points of the 50 % band."""
    median: str
    supply_low: str
    """Points of the gas that is certain; empty where none is known."""
    supply_high: str
    """Points of all the gas there may be, where that is more."""
    ticks: list[Tick]
    days: list[DayMark]
    supply_label: tuple[float, str] | None


@dataclass(frozen=True, slots=True)
class Part:
    """A level's part of a day's bar."""

    y: float
    height: float
    tone: str
    says: str
    text: str
    text_y: float


@dataclass(frozen=True, slots=True)
class Column:
    """One day of a ladder."""

    x: float
    width: float
    label: str
    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Bars:
    """One ladder over the week."""

    ladder: LadderWeek
    columns: list[Column]
    size: tuple[int, int]


def chart(job: Job) -> Chart:
    """The band of demand, 90 % and 50 %, its median, and the gas."""
    wide, half, median = job.band(90), job.band(50), job.median
    gas = [job.week.supply.of(number) for number in range(len(job.days))]
    lows = [one.low for one in gas if one is not None and math.isfinite(one.low)]
    highs = [one.high for one in gas if one is not None and math.isfinite(one.high)]
    values = [*wide.ravel().tolist(), *lows, *highs]
    low, high = _round(min(values), up=False), _round(max(values), up=True)

    def x(number: float) -> float:
        inner = WIDTH - LEFT - RIGHT - 2 * INSET
        return round(LEFT + INSET + inner * number / max(len(job.days) - 1, 1), 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low)), 1)

    def line(row: list[float]) -> str:
        return " ".join(f"{x(number)},{y(value)}" for number, value in enumerate(row))

    def band(rows: list[list[float]]) -> str:
        back = [f"{x(number)},{y(value)}" for number, value in reversed(list(enumerate(rows[0])))]
        return f"{line(rows[1])} {' '.join(back)}"

    step = _step(high - low)
    scale = [low + step * number for number in range(int((high - low) / step) + 1)]
    known = len(lows) == len(gas) and len(highs) == len(gas)
    days = [
        DayMark(
            x(number), f"{day.day}日", WEEKDAYS[day.weekday()], y(float(median[number])), f"{median[number]:.0f}",
            f"{day.month}月{day.day}日：中位 {median[number]:.1f}，50% 区间 {half[0, number]:.1f}～{half[1, number]:.1f}，"
            f"90% 区间 {wide[0, number]:.1f}～{wide[1, number]:.1f} 万立方米",
        )
        for number, day in enumerate(job.days)
    ]  # fmt: skip
    return Chart(
        (WIDTH, HEIGHT), band(wide.tolist()), band(half.tolist()), line(median.tolist()), line(lows) if known else "",
        line(highs) if known and highs != lows else "", [Tick(y(value), f"{value:g}") for value in scale], days,
        (y(lows[-1]), f"可供 {lows[-1]:.0f}") if known else None,
    )  # fmt: skip


def _step(span: float) -> float:
    power = 10.0 ** math.floor(math.log10(span / 4 or 1))
    return next(power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= 6)


def _round(value: float, *, up: bool) -> float:
    step = max(10.0 ** (math.floor(math.log10(abs(value) or 1)) - 1), 1.0)
    return (math.ceil(value / step + 0.2) if up else max(0, math.floor(value / step - 0.2))) * step


def bars(ladder: LadderWeek, tones: list[str]) -> Bars:
    """The chance of each level of a ladder, day by day, as far as what is known tells.

    Args:
        ladder: the chances.
        tones: the class of each level's colour, the most severe first.
    """
    each = (WIDTH - LEFT - RIGHT) / max(len(ladder.days), 1)
    columns = []
    for number, day in enumerate(ladder.days):
        parts, top = [], float(BAR)
        for level, tone in zip(day.levels, [*tones, "tone0"], strict=True):
            share = level.known
            height = round(BAR * share, 1)
            top -= height
            if height > 0:
                text = f"{share:.0%}" if share >= TOLD else ""
                parts.append(
                    Part(
                        round(top, 1),
                        height,
                        tone if level.level else "rest",
                        f"{_day(day.day)} {level.label} {share:.0%}",
                        text,
                        round(top + height / 2 + 8, 1),
                    )
                )
        columns.append(Column(round(LEFT + number * each + 4, 1), round(each - 8, 1), f"{day.day.day}日", parts))
    return Bars(ladder, columns, (WIDTH, BAR + 34))


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"
