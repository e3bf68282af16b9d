"""Cleaning a dirty history: what cannot be is marked with its reason and left out or put right, never silently.

It stands alone because it is a judgement on other people's figures: a duty officer must be able to read every mark.
A day is judged by nothing but the days before it and its temperature, so a back-test on the cleaned series knows no
more than the evening it forecasts from. The one exception is a step that lasts: after four days it is believed, and
the days of doubt count from then on (`Cleaned.known_from`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from zhishou.supply.forecast.almanac import Almanac, Calendar, Floats, almanac
from zhishou.supply.forecast.curve import USUAL, Shape, columns, effective, weighted_fit
from zhishou.supply.forecast.history import LEADS, History

WARM_UP_DAYS = 28
SHIFT_DAYS = 4
"""A step must last so long to be believed."""

STUCK_DAYS = 3
"""The third equal figure in a row is not a measurement."""

SLIPS = (10.0, 0.1, 100.0, 0.01, 1e3, 1e-3, 1e4, 1e-4)
"""Decimal points and units: m³ for 千 m³ or 万 m³, 万 m³ for 亿 m³."""

NEVER = np.iinfo(np.int64).max


class Reason(StrEnum):
    """Why a figure is not used as it stands."""

    MISSING = "缺报"
    DUPLICATE = "重复报数"
    ZERO = "零值"
    NEGATIVE = "负值"
    SLIP = "单位或小数点错"
    SPIKE = "突跳"
    STUCK = "数值不动"
    TEMPERATURE = "气温缺测"


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure that is not used as it stands."""

    day: date
    reason: Reason
    value: float | None
    """What was reported; None where nothing was."""
    used: float | None
    """What is used instead; None where the day is left out."""
    believed: date | None = None
    """The day on which the figure was believed after all, because the new level lasted."""
    note: str = ""
    """What a reader should know."""


@dataclass(frozen=True, eq=False)
class Cleaned:
    """A history day by day, without gaps in the calendar, with every mark."""

    days: tuple[date, ...]
    demand: Floats
    """万立方米/日; NaN where nothing usable is known."""
    temperature: Floats
    """°C, complete."""
    known_from: npt.NDArray[np.int64]
    """The day (its number from 0) from which a figure counts; NEVER where it does not."""
    marks: tuple[Mark, ...]
    calendar: Calendar
    almanac: Almanac

    def seen(self, day: int) -> Floats:
        """Demand as it could be used at the end of a day (its number from 0), that day included."""
        found = self.demand[: day + 1]
        return np.where(self.known_from[: day + 1] <= day, found, np.nan)

    @cached_property
    def known_ahead(self) -> Floats:
        """(evenings, LEADS): the day from which the figure of each of the days after an evening counts."""
        padded = np.concatenate([self.known_from.astype(np.float64), np.full(LEADS, np.inf)])
        return np.lib.stride_tricks.sliding_window_view(padded[1:], LEADS)

    @property
    def usable(self) -> Floats:
        """Demand as it can be used at the end of the last day."""
        return self.seen(len(self.days) - 1)


def clean(history: History, calendar: Calendar | None = None) -> Cleaned:
    """Mark what cannot be and put right what can be put right.

    Args:
        history: as reported.
        calendar: whose holidays and heating season.
    """
    grid = _Grid.of(history, calendar or Calendar())
    return _Judge(grid).judged()


def uncleaned(history: History, calendar: Calendar | None = None) -> Cleaned:
    """The history as it stands, dirt and all, for comparison: nothing but absent days is marked."""
    grid = _Grid.of(history, calendar or Calendar())
    known = np.where(np.isfinite(grid.demand), np.arange(len(grid.days)), NEVER)
    return Cleaned(
        grid.days, grid.demand, grid.temperature, known, tuple(grid.marks), grid.almanac.calendar, grid.almanac.marks
    )


@dataclass(frozen=True, eq=False)
class _Kept:
    calendar: Calendar
    marks: Almanac


@dataclass(frozen=True, eq=False)
class _Grid:
    """The reports laid on the calendar."""

    days: tuple[date, ...]
    demand: Floats
    temperature: Floats
    marks: list[Mark]
    almanac: _Kept

    @classmethod
    def of(cls, history: History, calendar: Calendar) -> _Grid:
        first, last = history.days[0], history.days[-1]
        days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
        demand, temperature = np.full(len(days), np.nan), np.full(len(days), np.nan)
        marks: list[Mark] = []
        for day, amount, celsius in zip(history.days, history.demand, history.temperature, strict=True):
            number = (day - first).days
            if np.isfinite(demand[number]):
                note = "同日报了不止一次，采用最后一次"
                marks.append(Mark(day, Reason.DUPLICATE, float(demand[number]), _shown(amount), note=note))
            demand[number] = amount if np.isfinite(amount) else demand[number]
            temperature[number] = celsius if np.isfinite(celsius) else temperature[number]
        marks += [Mark(days[number], Reason.MISSING, None, None) for number in np.flatnonzero(np.isnan(demand))]
        marks += _carried(temperature, days)
        kept = _Kept(calendar, almanac(days, calendar))
        return cls(days, demand, temperature, marks, kept)


def _carried(temperature: Floats, days: tuple[date, ...]) -> Iterator[Mark]:
    """Fill days without a temperature with the last one measured; the first with the first measured."""
    known = np.flatnonzero(np.isfinite(temperature))
    for number in np.flatnonzero(np.isnan(temperature)):
        before = known[known < number]
        temperature[number] = temperature[before[-1] if before.size else known[0]]
        yield Mark(days[number], Reason.TEMPERATURE, None, float(temperature[number]), note="沿用前一日气温（℃）")


class _Judge:
    """Goes through the days in order, each judged by a curve fitted on the days before."""

    def __init__(self, grid: _Grid) -> None:
        self.grid = grid
        self.demand = grid.demand.copy()
        self.known = np.where(np.isfinite(grid.demand), np.arange(len(grid.days)), NEVER)
        self.marks: dict[int, Mark] = {}
        shape = Shape()
        self.felt = effective(grid.temperature, shape)
        # No trend here: the bias of the last week follows a level that moves, and a trend would run away with a step.
        self.terms = columns(self.felt, grid.almanac.marks, np.zeros(len(grid.days)), shape)[:, :-1]
        self.ridge = USUAL[:-1] * np.array([0.01, 0.01, 30.0, 8.0, 15.0, 3.0, 3.0])
        self.curve = np.zeros(self.terms.shape[1])
        # The usual error relative to the level.
        self.scale = 0.0
        self.doubted: list[int] = []

    def judged(self) -> Cleaned:
        grid = self.grid
        self._warm_up()
        for number in range(WARM_UP_DAYS, len(grid.days)):
            if number == WARM_UP_DAYS or number % 7 == 0:
                self._refit(number)
            if np.isfinite(grid.demand[number]):
                self._judge(number)
        marks = sorted([*grid.marks, *self.marks.values()], key=lambda mark: (mark.day, mark.reason))
        return Cleaned(
            grid.days, self.demand, grid.temperature, self.known, tuple(marks), grid.almanac.calendar,
            grid.almanac.marks,
        )  # fmt: skip

    def _warm_up(self) -> None:
        """The first weeks have nothing before them; they are judged together, and only what is far off is marked."""
        first = self.grid.demand[:WARM_UP_DAYS]
        positive = first[np.isfinite(first) & (first > 0)]
        middle = float(np.median(positive)) if positive.size else np.nan
        for number, amount in enumerate(first):
            if not np.isfinite(amount):
                continue
            if amount <= 0:
                self._mark(number, Reason.ZERO if amount == 0 else Reason.NEGATIVE)
            elif not 0.25 < amount / middle < 4:
                self._mark(number, Reason.SPIKE, note=f"为最初{WARM_UP_DAYS}天中位数的{amount / middle:.2g}倍")

    def _refit(self, number: int) -> None:
        """Fit the curve on the last 400 days that could be used on the evening before."""
        start = max(0, number - 400)
        known = np.flatnonzero(self.known[start:number] < number) + start
        if known.size < 10:
            return
        age = number - known
        weights = 0.5 ** (age / 180)
        self.curve = weighted_fit(self.terms[known], self.demand[known], weights, self.ridge)
        curve = self.terms[known[-90:]] @ self.curve
        errors = (self.demand[known[-90:]] - curve) / np.maximum(curve, 0.3 * float(np.median(curve)))
        # Days differ from day to day even where no error has been seen yet, hence the floor.
        self.scale = max(1.4826 * float(np.median(np.abs(errors - np.median(errors)))), 0.025)

    def _expected(self, number: int) -> float:
        """What the curve and the bias of the last usable week say."""
        past = np.flatnonzero(self.known[:number] < number)[-7:]
        bias = float(np.median(self.demand[past] - self.terms[past] @ self.curve)) if past.size else 0.0
        floor = 0.1 * float(np.median(self.demand[past])) if past.size else 1e-6
        return max(float(self.terms[number] @ self.curve) + bias, floor)

    def _tolerance(self, number: int, expected: float) -> tuple[float, float]:
        """How far below and above the expected a true figure may lie."""
        usual = max(5 * self.scale, 0.3) * expected
        marks = self.grid.almanac.marks
        slope = abs(float(self.curve[1]) + float(self.curve[4]) * float(marks.season[number]))
        past = self.felt[max(0, number - 400) : number]
        # Colder than anything seen, the curve is a guess; and a sharp turn reaches people before it reaches walls.
        unseen = max(0.0, float(past.min()) - float(self.felt[number]))
        turn = abs(float(self.grid.temperature[number] - self.grid.temperature[number - 1]))
        usual += slope * (unseen + 0.3 * turn)
        lighting = 0.3 * expected if 0 < marks.season[number] < 1 else 0.0
        idle = 0.4 * expected * float(marks.festival[number])
        return usual + lighting + idle, usual + lighting

    def _judge(self, number: int) -> None:
        amount = float(self.grid.demand[number])
        if amount <= 0:
            self._mark(number, Reason.ZERO if amount == 0 else Reason.NEGATIVE)
            return
        before = self.grid.demand[max(0, number - STUCK_DAYS + 1) : number]
        if before.size == STUCK_DAYS - 1 and np.all(before == amount):
            self._mark(number, Reason.STUCK, note=f"连续{STUCK_DAYS}日或更久报同一个数")
            return
        expected = self._expected(number)
        below, above = self._tolerance(number, expected)
        if expected - below <= amount <= expected + above:
            self.doubted.clear()
            return
        for slip in SLIPS:
            if abs(amount / slip - expected) <= max(3 * self.scale, 0.1) * expected:
                self._mark(number, Reason.SLIP, used=amount / slip, note=f"约为应有值的{slip:g}倍，按此换算")
                return
        times = amount / expected
        self._mark(number, Reason.SPIKE, note=f"按气温和近况应在{expected:.4g}上下，报数为其{times:.2g}倍")
        self._believe_if_it_lasts(number, amount - expected)

    def _believe_if_it_lasts(self, number: int, off: float) -> None:
        """Days in doubt that lie alike are a new level (a plant gone, a district joined), not an error."""
        if self.doubted and number - self.doubted[-1] > 2:
            self.doubted.clear()
        self.doubted.append(number)
        run = self.doubted[-SHIFT_DAYS:]
        if len(run) < SHIFT_DAYS:
            return
        away = self.grid.demand[run] - self.terms[run] @ self.curve
        level = float(np.median(self.grid.demand[run]))
        spread = float(away.max() - away.min())
        if spread > max(5 * self.scale, 0.25) * level or not 0.2 < level / max(level - off, 1e-9) < 5:
            return
        for one in self.doubted:
            self.known[one] = number
            self.demand[one] = self.grid.demand[one]
            mark = self.marks[one]
            self.marks[one] = Mark(
                mark.day, mark.reason, mark.value, mark.value, self.grid.days[number],
                f"{mark.note}；连续{SHIFT_DAYS}日如此，按用量台阶变化采用",
            )  # fmt: skip
        self.doubted.clear()

    def _mark(self, number: int, reason: Reason, *, used: float | None = None, note: str = "") -> None:
        amount = float(self.grid.demand[number])
        self.marks[number] = Mark(self.grid.days[number], reason, amount, used, note=note)
        if used is None:
            self.known[number] = NEVER
        else:
            self.demand[number] = used


def _shown(amount: float) -> float | None:
    return float(amount) if np.isfinite(amount) else None
