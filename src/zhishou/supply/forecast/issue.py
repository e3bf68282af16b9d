"""The forecast itself: seven days with quantiles, their explanation, and what was wrong with the history.

It stands alone as the door of the room: one call, one value that holds everything a reader may ask of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Calendar, Floats
from zhishou.supply.forecast.clean import Cleaned, Mark, clean
from zhishou.supply.forecast.hindcast import Evening, Hindcast, hindcast, spread_felt
from zhishou.supply.forecast.history import LEADS, History, temperatures
from zhishou.supply.forecast.model import ExplainedTerm, Model
from zhishou.supply.forecast.quantiles import (
    LEVELS,
    Distribution,
    Errors,
    TemperatureSpread,
    distribution,
    evenings_that_count,
    sizes,
)

STALE_DAYS = 3
"""A forecast that starts from figures so old says so."""


@dataclass(frozen=True, eq=False)
class Forecast:
    """What demand may be on the next seven days, 万立方米/日 at 20 °C and 101.325 kPa."""

    issued: date
    """The last day of the history; the forecast is made at its end."""
    days: tuple[date, ...]
    levels: tuple[float, ...]
    """The levels of the quantiles, 0 to 1."""
    values: Floats
    """(leads, levels)."""
    points: Floats
    """(leads,): what the terms of the explanation add up to."""
    explanation: tuple[tuple[ExplainedTerm, ...], ...]
    """Day by day, the terms that add up to the point."""
    marks: tuple[Mark, ...]
    """What the cleaning found in the history."""
    notes: tuple[str, ...]
    """What a reader should know."""
    model: Model
    distribution: Distribution = field(repr=False)

    def samples(self, count: int, seed: int) -> Floats:
        """(count, leads): equally likely courses of the week, 万立方米/日; the same for the same seed."""
        return self.distribution.samples(count, seed)

    def above(self, bounds: Sequence[float] | Floats) -> Floats:
        """(leads, bounds): the probability that demand lies above each bound, 万立方米/日."""
        wanted = np.asarray(bounds, dtype=np.float64)
        return np.stack([self.distribution.above(lead, wanted) for lead in range(len(self.days))])


def forecast(
    history: History,
    temperature_forecast: Sequence[float] | Floats,
    *,
    calendar: Calendar | None = None,
    spread: TemperatureSpread | None = None,
    levels: tuple[float, ...] = LEVELS,
) -> Forecast:
    """Demand of the seven days after the history.

    Args:
        history: as reported; it is cleaned first.
        temperature_forecast: daily means of those days, °C: (7,), or an ensemble (members, 7).
        calendar: whose holidays and heating season; China's, 11-01 to 03-31, where none is given.
        spread: how far off a single course may be; an ensemble carries its own spread.
        levels: of the quantiles, 0 to 1, rising.

    Raises:
        ZhishouError: the history is too short, or the temperature forecast is not complete.
    """
    if not levels or any(not 0 < level < 1 for level in levels) or list(levels) != sorted(set(levels)):
        raise ZhishouError("分位数应在0与1之间，由小到大", where="levels")
    course = temperatures(temperature_forecast)
    cleaned = clean(history, calendar)
    past = hindcast(cleaned, len(cleaned.days) - 1 - 730)
    day = len(cleaned.days) - 1
    evening = past.at(day, course)
    possible = of_model(past, day, evening, spread or TemperatureSpread())
    points = np.mean(evening.points, axis=0)
    days = tuple(history.days[-1] + timedelta(days=lead) for lead in range(1, LEADS + 1))
    return Forecast(
        issued=history.days[-1],
        days=days,
        levels=levels,
        values=possible.quantiles(levels),
        points=points,
        explanation=_explained(past, day, evening, points),
        marks=cleaned.marks,
        notes=_notes(past, evening),
        model=past.models[day],
        distribution=possible,
    )


def of_model(past: Hindcast, day: int, evening: Evening, spread: TemperatureSpread) -> Distribution:
    """What demand may be after an evening, by the model's errors up to it and the spread of the temperature."""
    warmth = None
    if evening.points.shape[0] == 1:
        felt = spread_felt(past.models[day].shape, np.asarray(spread.deviation), spread.correlation)
        warmth = evening.slope * felt
    return banded(past.cleaned, past.levels, past.errors, day, evening.points, warmth)


def banded(
    cleaned: Cleaned, levels: Floats, errors: Floats, day: int, points: Floats, warmth: Floats | None = None
) -> Distribution:
    """A distribution from what was said and missed on the evenings before; for the model and the baselines alike.

    Args:
        cleaned: the history.
        levels: (evenings, leads): what was said.
        errors: (evenings, leads): what came less what was said.
        day: the evening; no error counts that was not known by its end.
        points: (members, leads): what is said now.
        warmth: (leads,): the standard deviation that the temperature adds, 万立方米/日.

    Raises:
        ZhishouError: too few past errors.
    """
    known = np.where(cleaned.known_ahead[:day] <= day, errors[:day], np.nan)
    usual = float(np.nanmedian(levels[: day + 1])) if np.isfinite(levels[: day + 1]).any() else 1.0
    rows, counts = evenings_that_count(day, np.asarray(np.isfinite(known).any(axis=1)), cleaned.almanac.of_year)
    relative = known[rows] / sizes(levels[rows], usual)
    return distribution(points, sizes(points.mean(axis=0), usual), Errors(relative, counts), warmth)


def _explained(past: Hindcast, day: int, evening: Evening, points: Floats) -> tuple[tuple[ExplainedTerm, ...], ...]:
    model = past.models[day]
    days: list[tuple[ExplainedTerm, ...]] = []
    for lead in range(points.size):
        marks = past.ahead.part(day + 1 + lead, day + 2 + lead)
        terms = model.explain(float(evening.felt[lead]), marks, (lead + 1) / 365.25, float(evening.correction[lead]))
        # Several courses of temperature, or the floor, leave a rest; it is told as such, so that the lines add up.
        rest = float(points[lead]) - sum(term.contribution for term in terms)
        if abs(rest) > 1e-6 * abs(float(points[lead])):
            meaning = "集合预报各成员的平均与其中位气温之差，或不低于基础用气下限的调整"
            terms = (*terms, ExplainedTerm("rest", "余项", 1.0, "万立方米/日", meaning, rest, rest))
        days.append(terms)
    return tuple(days)


def _notes(past: Hindcast, evening: Evening) -> tuple[str, ...]:
    cleaned = past.cleaned
    last = len(cleaned.days) - 1
    notes = list(past.ahead.notes)
    known = np.flatnonzero(np.isfinite(cleaned.usable))
    if (old := last - int(known[-1])) >= STALE_DAYS:
        notes.append(f"最近{old}天没有可用的用气量，近日修正已按{old}天前的数淡化")
    coldest = float(cleaned.temperature.min())
    if float(evening.felt.min()) < coldest - 0.5:
        notes.append(f"预报的有效气温低于历史最低日平均气温{coldest:.1f} ℃，采暖曲线为外推")
    if known.size < 365:
        notes.append(f"可用的用气量只有{known.size}天，不足一年，春节和采暖季的影响未必学到")
    return tuple(notes)
