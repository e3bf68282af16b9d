"""The model: a heating curve, the calendar, and what the last days were off by — every term one that can be read out.

Demand of a day = base + heat × heating degrees + … (curve.py) + the correction for recent errors. The terms add up to
the forecast, so the explanation is the calculation itself. It stands alone because it is what a reader must trust.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Almanac, Floats
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.curve import USUAL, Shape, columns, effective, steepness, weighted_fit
from zhishou.supply.forecast.history import LEADS, SHORTEST_DAYS

WINDOW_DAYS = 1100
"""Days looked back on: three winters."""

HALF_LIFE_DAYS = 365.0
"""A day counts half as much as one a year later: customers come and go."""

RIDGE = USUAL * np.array([0.01, 0.01, 20.0, 8.0, 15.0, 1.0, 1.0, 60.0])

RECENT = ("昨日偏差", "近7日平均偏差", "近28日平均偏差", "上周同日偏差")
"""What the correction looks at: the last day's error, the mean of 7 and of 28, and that of the same weekday."""

SHAPES = tuple(
    Shape(limit, softness, memory)
    for limit, softness, memory in product((13.0, 15.0, 17.0, 19.0), (1.0, 3.0), (0.0, 0.3, 0.5, 0.7))
)

MEANINGS = {
    "base": ("基础用气", "万立方米/日", "与气温无关的用气：炊事、热水、工业"),
    "heat": ("采暖", "万立方米/日每℃", "有效气温每低于采暖界限1℃多用的气"),
    "bend": ("严寒弯折", "万立方米/日每℃", "严寒时每再冷1℃另外多用（负数为少用）的气"),
    "lit": ("采暖季", "万立方米/日", "采暖季内另有的用气：锅炉开启"),
    "lit_heat": ("采暖季采暖", "万立方米/日每℃", "采暖季内有效气温每低1℃另外多用的气"),
    "off": ("休息日", "万立方米/日", "周末和节假日（调休上班除外）的变化"),
    "festival": ("春节", "万立方米/日", "春节前后工业停产的变化"),
    "trend": ("趋势", "万立方米/日每年", "逐年增减，预测当日为0"),
    "recent": ("近日修正", "万立方米/日", "近日实际与曲线之差，越往后越淡"),
}


@dataclass(frozen=True, slots=True)
class ExplainedTerm:
    """One line of the explanation."""

    term: str
    label: str
    coefficient: float
    unit: str
    meaning: str
    size: float
    """What the coefficient is multiplied by on that day."""
    contribution: float
    """万立方米/日; the lines of a day add up to its forecast."""


@dataclass(frozen=True, eq=False)
class Model:
    """A fitted heating curve with its correction."""

    shape: Shape
    coefficients: Floats
    """In the order of curve.COLUMNS."""
    correction: Floats
    """(leads, 4): by how much each of RECENT is carried over to each lead day."""
    fitted_on: int
    """Days used."""

    def curve(self, felt: Floats, marks: Almanac, years: Floats) -> Floats:
        """What the curve alone says, 万立方米/日."""
        found: Floats = columns(felt, marks, years, self.shape) @ self.coefficients
        return found

    def slope(self, felt: Floats, season: Floats) -> Floats:
        """How much demand rises as it gets 1 °C colder, 万立方米/日 per °C."""
        heat = self.coefficients[1] + self.coefficients[4] * season
        bend = self.coefficients[2] * steepness(felt, self.shape.limit - 12.0, 1.5)
        found: Floats = heat * steepness(felt, self.shape.limit, self.shape.softness) + bend
        return found

    def explain(self, felt: float, marks: Almanac, years: float, recent: float) -> tuple[ExplainedTerm, ...]:
        """The terms of one day, adding up to its forecast.

        Args:
            felt: effective temperature, °C.
            marks: the almanac of that one day.
            years: years from the day of the forecast.
            recent: the correction of that day, 万立方米/日.
        """
        sizes = columns(np.array([felt]), marks, np.array([years]), self.shape)[0]
        figures = [*zip(MEANINGS, self.coefficients, sizes, strict=False), ("recent", 1.0, recent)]
        return tuple(
            ExplainedTerm(
                term, *MEANINGS[term][:1], float(factor), *MEANINGS[term][1:], float(size), float(factor * size)
            )
            for term, factor, size in figures
        )


def fit(cleaned: Cleaned, day: int | None = None, like: Model | None = None) -> Model:
    """Fit the model on what could be known at the end of a day.

    Args:
        cleaned: the history.
        day: the day's number from 0; the last one where none is given.
        like: a model whose shape is kept; where none is given the best of SHAPES is sought.

    Raises:
        ZhishouError: fewer than SHORTEST_DAYS usable days.
    """
    last = len(cleaned.days) - 1 if day is None else day
    start = max(0, last + 1 - WINDOW_DAYS)
    demand = cleaned.seen(last)[start:]
    known = np.flatnonzero(np.isfinite(demand))
    if known.size < SHORTEST_DAYS:
        raise ZhishouError(
            f"可用的用气量只有{known.size}天，至少要{SHORTEST_DAYS}天{_left_out(cleaned, start, last)}",
            where="历史数据",
            mend="补充更早的逐日用气量和气温；不足一个采暖季时预测不可靠",
        )
    marks = cleaned.almanac.part(start, last + 1)
    years = (np.arange(start, last + 1) - last) / 365.25
    weights = 0.5 ** ((last - start - known) / HALF_LIFE_DAYS)
    temperature = cleaned.temperature[max(0, start - 3) : last + 1]
    best: tuple[float, Shape, Floats, Floats] | None = None
    for shape in SHAPES if like is None else (like.shape,):
        terms = columns(effective(temperature, shape)[-demand.size :], marks, years, shape)
        found = weighted_fit(terms[known], demand[known], weights, RIDGE, rounds=1 if like is None else 3)
        errors = demand - terms @ found
        missed = float(np.average(np.abs(errors[known]), weights=weights))
        if best is None or missed < best[0]:
            best = missed, shape, found, errors
    assert best is not None  # noqa: S101 - there is always a shape to try
    if like is None:
        return fit(cleaned, last, Model(best[1], best[2], np.zeros((LEADS, len(RECENT))), known.size))
    return replace(like, coefficients=best[2], correction=_carried_over(best[3]), fitted_on=known.size)


def _left_out(cleaned: Cleaned, start: int, last: int) -> str:
    """Which of the figures looked back on the cleaning left out, in words: for whom a day's figure is there to be seen."""
    looked = {mark.day: mark.reason for mark in cleaned.marks if mark.value is not None and mark.used is None}
    counts = Counter(looked[day] for day in cleaned.days[start : last + 1] if day in looked)
    named = "、".join(f"{reason}{count}天" for reason, count in counts.most_common())
    return f"；报了而不能采用的：{named}" if named else ""


def recent(errors: Floats, leads: int = LEADS) -> Floats:
    """What RECENT says on an evening, shape (leads, 4), from the curve's errors up to that evening (NaN: unknown)."""
    filled = np.full(28, np.nan)
    tail = errors[-28:]
    filled[28 - tail.size :] = tail
    known = np.isfinite(filled)
    if not known.any():
        return np.zeros((leads, len(RECENT)))
    last = filled[np.flatnonzero(known)[-1]] * 0.8 ** (27 - np.flatnonzero(known)[-1])
    week = float(np.mean(filled[-7:][known[-7:]])) if known[-7:].any() else 0.0
    month = float(np.mean(filled[known]))
    same = np.where(known[-7:], filled[-7:], week)[:leads]
    return np.stack([np.full(leads, last), np.full(leads, week), np.full(leads, month), same], axis=-1)


def _carried_over(errors: Floats) -> Floats:
    """How much of the recent errors is still there after 1 to 7 days, by least squares on the last two years."""
    errors = errors[-730:]
    looked = np.lib.stride_tricks.sliding_window_view(errors, 28 + LEADS)
    if looked.shape[0] < 60:
        usual: Floats = np.array([0.4, 0.3, 0.1, 0.1]) * 0.9 ** np.arange(LEADS)[:, None]
        return usual
    past, ahead = looked[:, :28], looked[:, 28:]
    known = np.isfinite(past)
    filled = np.where(known, past, 0.0)
    week_known = known[:, -7:].sum(axis=1)
    week = filled[:, -7:].sum(axis=1) / np.maximum(week_known, 1)
    month = filled.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    rows = known[:, -1] & (week_known > 0)
    weights = 0.5 ** ((looked.shape[0] - np.arange(looked.shape[0])) / HALF_LIFE_DAYS)
    found = np.zeros((LEADS, len(RECENT)))
    for lead in range(LEADS):
        use = rows & np.isfinite(ahead[:, lead])
        same = np.where(known[:, 21 + lead], filled[:, 21 + lead], week)
        terms = np.stack([filled[:, -1], week, month, same], axis=-1)[use]
        ridge = np.full(len(RECENT), 10.0 * float(np.mean(terms**2)) + 1e-9)
        found[lead] = weighted_fit(terms, ahead[use, lead], weights[use], ridge, rounds=2)
    return found
