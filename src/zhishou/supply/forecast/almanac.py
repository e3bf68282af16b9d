"""The almanac: what a calendar day means for gas — rest days, Spring Festival, solar terms, the heating season.

It stands alone because the cleaning and the model must read the same calendar, and because a year whose holidays the
State Council has not yet announced must be told apart from one whose holidays are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar
import numpy as np
import numpy.typing as npt
from lunar_python import Lunar, Solar

from zhishou.errors import ZhishouError

Floats = npt.NDArray[np.float64]

FESTIVAL_BEFORE, FESTIVAL_AFTER = 10, 16
"""Days before and after the lunar New Year over which industry runs down and comes back (to past 元宵, day 15)."""

TERMS = (
    "小寒", "大寒", "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至",
    "小暑", "大暑", "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Season:
    """The heating season and how quickly it comes on and goes off.

    Both ends are a month and day (`11-01`) or a solar term (`立冬`); the season runs over the turn of the year.
    """

    start: str = "11-01"
    """The first day. 11-01 to 03-31 is the season of the winter supply plans; 11-15 to 03-15 the usual legal season."""
    end: str = "03-31"
    """The last day."""
    ramp_days: int = 10
    """Days over which boilers are lit after the start, and put out before the end."""

    def __post_init__(self) -> None:
        for mark in (self.start, self.end):
            _on(mark, 2024)
        if self.ramp_days < 1:
            raise ZhishouError("采暖季起止的过渡天数至少为1天", where="ramp_days")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are days of rest, and when people heat."""

    workdays: Literal["china", "weekends"] = "china"
    """`china`: the State Council's holidays and the working weekends that make up for them; `weekends`: no more than
    Saturday and Sunday, for a place that does not keep Chinese holidays."""
    season: Season = field(default_factory=Season)
    rest: frozenset[date] = frozenset()
    """Further days of rest."""


@dataclass(frozen=True, eq=False)
class Almanac:
    """The features of consecutive days, one array each."""

    days: tuple[date, ...]
    off: Floats
    """1 on a day of rest, 0 on a working day."""
    festival: Floats
    """How deep in the Spring Festival lull, 0 to 1."""
    season: Floats
    """How far the heating season is on, 0 to 1."""
    estimated: npt.NDArray[np.bool_]
    """True where the year's holidays are not announced yet: statutory days without working weekends are used."""
    of_year: Floats
    """The number of the day in its year, 1 to 366."""

    def part(self, start: int, stop: int) -> Almanac:
        """Some of its days, by number."""
        cut = slice(start, stop)
        return Almanac(
            self.days[cut], self.off[cut], self.festival[cut], self.season[cut], self.estimated[cut], self.of_year[cut]
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know of the years used."""
        years = sorted({day.year for day, guessed in zip(self.days, self.estimated, strict=True) if guessed})
        if not years:
            return ()
        named = "、".join(f"{year}年" for year in years)
        return (f"{named}的放假安排历法库中没有，按法定节假日推算，不含调休",)


def almanac(days: Sequence[date], calendar: Calendar | None = None) -> Almanac:
    """The features of days.

    Args:
        days: any days from 1900 to 2100 (the range of the lunar calendar used).
        calendar: whose holidays and season; China's and 11-01 to 03-31 where none is given.
    """
    kept = calendar or Calendar()
    china = kept.workdays == "china"
    marks = [_rest(day) if china else (day.weekday() >= 5, False) for day in days]
    return Almanac(
        tuple(days),
        np.array([float(off or day in kept.rest) for day, (off, _) in zip(days, marks, strict=True)]),
        np.array([_festival(day) if china else 0.0 for day in days]),
        np.array([_heating(day, kept.season) for day in days]),
        np.array([guessed for _, guessed in marks], dtype=np.bool_),
        np.array([float(day.timetuple().tm_yday) for day in days]),
    )


def term_days(year: int) -> dict[str, date]:
    """The 24 solar terms of a civil year, by the sun's longitude (lunar_python, to the second)."""
    return dict(_terms(year))


def spring_festival(year: int) -> date:
    """The first day of the first lunar month of a year."""
    return _new_year(year)


def term_of(day: date) -> str:
    """The solar term that a day lies in."""
    past = [(begins, name) for year in (day.year - 1, day.year) for name, begins in _terms(year) if begins <= day]
    return max(past)[1]


@lru_cache(maxsize=256)
def _terms(year: int) -> tuple[tuple[str, date], ...]:
    # The table of a lunar year reaches over both ends of the civil year, under two spellings.
    table = Lunar.fromSolar(Solar.fromYmd(year, 6, 1)).getJieQiTable()
    found: dict[str, date] = {}
    for name, solar in table.items():
        begins = date(solar.getYear(), solar.getMonth(), solar.getDay())
        if begins.year == year:
            found[_PINYIN.get(name, name)] = begins
    return tuple((name, found[name]) for name in TERMS)


_PINYIN = {"DONG_ZHI": "冬至", "DA_XUE": "大雪", "XIAO_HAN": "小寒", "DA_HAN": "大寒", "LI_CHUN": "立春",
           "YU_SHUI": "雨水", "JING_ZHE": "惊蛰"}  # fmt: skip


@lru_cache(maxsize=256)
def _new_year(year: int) -> date:
    return _lunar_day(year, 1, 1)


def _lunar_day(year: int, month: int, day: int) -> date:
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _rest(day: date) -> tuple[bool, bool]:
    """Whether a day is a day of rest in China, and whether that is only estimated."""
    try:
        return bool(chinese_calendar.is_holiday(day)), False
    except NotImplementedError:
        return day.weekday() >= 5 or day in _statutory(day.year), True


@lru_cache(maxsize=64)
def _statutory(year: int) -> frozenset[date]:
    """The statutory days of rest by State Council order 795 (in force from 2025), without those moved about."""
    new_year = _new_year(year)
    days = [date(year, 1, 1), date(year, 5, 1), date(year, 5, 2), *(date(year, 10, day) for day in (1, 2, 3))]
    days += [new_year + timedelta(days=shift) for shift in (-1, 0, 1, 2)]
    days += [dict(_terms(year))["清明"], _lunar_day(year, 5, 5), _lunar_day(year, 8, 15)]
    return frozenset(days)


def _festival(day: date) -> float:
    shift = (day - _new_year(day.year)).days
    if -FESTIVAL_BEFORE < shift < -1:
        return (shift + FESTIVAL_BEFORE) / (FESTIVAL_BEFORE - 1)
    if -1 <= shift <= 6:
        return 1.0
    if 6 < shift < FESTIVAL_AFTER:
        return (FESTIVAL_AFTER - shift) / (FESTIVAL_AFTER - 6)
    return 0.0


def _heating(day: date, season: Season) -> float:
    for year in (day.year - 1, day.year):
        start, end = _on(season.start, year), _on(season.end, year)
        if end <= start:
            end = _on(season.end, year + 1)
        if start <= day <= end:
            lit, left = (day - start).days + 1, (end - day).days + 1
            return min(1.0, lit / season.ramp_days, left / season.ramp_days)
    return 0.0


@lru_cache(maxsize=512)
def _on(mark: str, year: int) -> date:
    if mark in TERMS:
        return dict(_terms(year))[mark]
    try:
        month, day = mark.split("-")
        return date(year, int(month), int(day))
    except ValueError:
        raise ZhishouError(f"“{mark}”不是日子", where="采暖季", mend="写成 11-15 的样子，或写节气名") from None
