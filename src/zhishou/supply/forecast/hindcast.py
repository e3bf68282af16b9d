"""The hindcast: what the model would have said on every evening of the history, and how far off it was.

The errors are out of sample — each evening's model is fitted on the days before it — and they are what the quantiles
are made of. It stands alone because one pass serves a single forecast and a back-test alike, so neither can flatter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from zhishou.supply.forecast.almanac import Almanac, Floats, almanac
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.curve import LAGS, Shape, effective
from zhishou.supply.forecast.history import LEADS, SHORTEST_DAYS
from zhishou.supply.forecast.model import Model, fit, recent

REFIT_DAYS = 7
RESHAPE_DAYS = 56
"""The curve is fitted anew every week, its shape sought anew every eight."""


@dataclass(frozen=True, eq=False)
class Evening:
    """What the model says on one evening for one course of temperatures, or for several."""

    points: Floats
    """(members, leads), 万立方米/日."""
    slope: Floats
    """(leads,): how much demand rises as it gets 1 °C colder, 万立方米/日 per °C."""
    correction: Floats
    """(leads,): the correction for recent errors, 万立方米/日."""
    felt: Floats
    """(leads,): effective temperature, °C, of the middle course."""


@dataclass(frozen=True, eq=False)
class Hindcast:
    """Models and errors, evening by evening."""

    cleaned: Cleaned
    ahead: Almanac
    """The almanac of the history and of the LEADS days after it."""
    models: dict[int, Model]
    """Evening → model, for every evening of the pass."""
    errors: Floats
    """(evenings, leads): what came less what was said, 万立方米/日, with the temperatures that came; NaN: unknown."""
    levels: Floats
    """(evenings, leads): what was said."""

    def at(self, day: int, course: Floats) -> Evening:
        """What the model says at the end of a day.

        Args:
            day: the evening's number from 0.
            course: temperatures of the days after it, (members, leads), °C.
        """
        return say(self.models[day], self.cleaned, self.ahead, day, course)


def hindcast(cleaned: Cleaned, first: int | None = None) -> Hindcast:
    """Go through the evenings from `first` (by number; the earliest possible where none is given) to the last.

    Raises:
        ZhishouError: the history is too short.
    """
    count = len(cleaned.days)
    known = np.flatnonzero(cleaned.known_from < count)
    earliest = int(known.item(SHORTEST_DAYS - 1)) + 28 if known.size >= SHORTEST_DAYS else count - 1
    start = min(max(earliest, first or 0), count - 1)
    ahead = almanac(
        [*cleaned.days, *(cleaned.days[-1] + timedelta(days=lead) for lead in range(1, LEADS + 1))], cleaned.calendar
    )
    errors = np.full((count, LEADS), np.nan)
    levels = np.full((count, LEADS), np.nan)
    models: dict[int, Model] = {}
    model: Model | None = None
    for day in range(start, count):
        passed = day - start
        if model is None or passed % RESHAPE_DAYS == 0:
            model = fit(cleaned, day)
        elif passed % REFIT_DAYS == 0 or day == count - 1:
            model = fit(cleaned, day, model)
        models[day] = model
        course = cleaned.temperature[day + 1 : day + 1 + LEADS]
        if course.size:
            said = say(model, cleaned, ahead, day, course[None, :]).points[0]
            levels[day, : course.size] = said
            errors[day, : course.size] = cleaned.demand[day + 1 : day + 1 + course.size] - said
    # A figure that never counts has no error; one that is believed late is looked up by when it counts.
    errors[cleaned.known_ahead >= count] = np.nan
    return Hindcast(cleaned, ahead, models, errors, levels)


def say(model: Model, cleaned: Cleaned, ahead: Almanac, day: int, course: Floats) -> Evening:
    """What a model says at the end of a day for courses of temperature, (members, up to LEADS days)."""
    leads = course.shape[1]
    past = cleaned.temperature[max(0, day - LAGS - 27) : day + 1]
    begins = day + 1 - past.size
    felt_past = effective(past, model.shape)
    span = ahead.part(begins, day + 1)
    years = (np.arange(begins, day + 1) - day) / 365.25
    off = cleaned.seen(day)[begins:] - model.curve(felt_past, span, years)
    correction = np.einsum("lk,lk->l", model.correction[:leads], recent(off[-28:], leads))
    joined = np.concatenate([np.tile(past[-LAGS + 1 :], (course.shape[0], 1)), course], axis=1)
    felt = effective(joined, model.shape)[:, -leads:]
    span = ahead.part(day + 1, day + 1 + leads)
    years = np.arange(1, leads + 1) / 365.25
    curves = np.stack([model.curve(member, span, years) for member in felt])
    # Demand is never below a sliver of the base: a summer holiday must not come out negative.
    floor = 0.05 * abs(float(model.coefficients[0])) + 1e-9
    middle = np.median(felt, axis=0)
    return Evening(np.maximum(curves + correction, floor), model.slope(middle, span.season), correction, middle)


def spread_felt(shape: Shape, deviation: Floats, correlation: float) -> Floats:
    """The standard deviation of the effective temperature by lead day, °C.

    Args:
        shape: the curve, for its memory.
        deviation: of the temperature forecast by lead day, °C.
        correlation: between the errors of neighbouring lead days, 0 to 1.
    """
    leads = deviation.size
    apart = np.abs(np.subtract.outer(np.arange(leads), np.arange(leads)))
    spread = np.outer(deviation, deviation) * correlation**apart
    mixing = felt_mixing(shape, leads)
    found: Floats = np.sqrt(np.einsum("ij,jk,ik->i", mixing, spread, mixing))
    return found


def felt_mixing(shape: Shape, leads: int) -> Floats:
    """(leads, leads): how errors of the forecast days pass into the effective temperature; the past has none."""
    mixing = np.zeros((leads, leads))
    for lag, weight in enumerate(shape.weights):
        mixing += weight * np.eye(leads, k=-lag)
    return mixing
