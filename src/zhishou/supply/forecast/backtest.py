"""The back-test: every evening of past winters forecast with what was known then, beside the baselines.

It stands alone because nobody should trust a forecast whose past is not shown. Nothing later than the evening enters:
the cleaning, the fit, the bands and the weights all stop there; only the temperatures are either the forecasts of the
time or, where none were kept, what came with a stated error laid over it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Calendar, Floats
from zhishou.supply.forecast.baselines import BASELINES, said_every_evening
from zhishou.supply.forecast.clean import Cleaned, Mark, clean, uncleaned
from zhishou.supply.forecast.hindcast import Hindcast, hindcast
from zhishou.supply.forecast.history import LEADS, History
from zhishou.supply.forecast.issue import banded, of_model
from zhishou.supply.forecast.quantiles import FEWEST
from zhishou.supply.forecast.scores import SCORED, Reliability, Score, reliability, score
from zhishou.supply.forecast.weather import Weather

MODEL = "本模型"
PERSISTENCE = "昨日持平"


@dataclass(frozen=True, eq=False)
class BackTest:
    """What came of it."""

    scores: tuple[Score, ...]
    """One for each model and lead day."""
    calibration: tuple[Reliability, ...]
    """One for each level asked about."""
    evenings: tuple[date, ...]
    """The evenings forecast from."""
    temperatures: str
    """Which temperatures were used: kept forecasts, or what came with a stated error laid over it."""
    marks: tuple[Mark, ...]
    """What the cleaning found."""
    quantiles: Mapping[str, Floats] = field(repr=False)
    """Model → (evenings, leads, len(SCORED)), 万立方米/日; NaN where nothing was said."""

    def score(self, model: str, lead: int) -> Score:
        """The score of a model on a lead day, 1 for tomorrow."""
        return next(one for one in self.scores if one.model == model and one.lead == lead)


def backtest(
    history: History,
    evenings: Sequence[date] | None = None,
    *,
    calendar: Calendar | None = None,
    weather: Weather | None = None,
    truth: Mapping[date, float] | None = None,
    bounds: Mapping[str, Mapping[date, float]] | None = None,
    cleaning: bool = True,
) -> BackTest:
    """Forecast the seven days after every evening, and score.

    Args:
        history: as reported, dirt and all, from at least half a year before the first evening.
        evenings: the days forecast from; every day of the heating season that can be where none are given.
        calendar: whose holidays and heating season.
        weather: the temperature forecasts of the time, or how they are simulated.
        truth: day → what demand really was, 万立方米/日, where that is known apart from the history; else the
            figures that the cleaning kept.
        bounds: level → day → the demand above which the level is reached, 万立方米/日.
        cleaning: False to show what becomes of it without.

    Raises:
        ZhishouError: the history is too short for any evening, or an evening has no temperatures.
    """
    cleaned = clean(history, calendar) if cleaning else uncleaned(history, calendar)
    numbers = {day: number for number, day in enumerate(cleaned.days)}
    if absent := [day for day in evenings or () if day not in numbers]:
        raise ZhishouError(f"{absent[0]}不在历史数据内", where="回测", mend="改选历史数据内的日子")
    past = hindcast(cleaned)
    chosen = _evenings(past, evenings, numbers)
    known = weather or Weather()
    asked = _aligned(bounds or {}, cleaned.days)
    quantiles, above = _Run(cleaned, past, chosen, known).run(asked)
    came = _came(cleaned if cleaning else clean(history, calendar), truth)
    scores = _scores(quantiles, came, chosen)
    calibration = tuple(_calibration(level, above[level], bound, came, chosen) for level, bound in asked.items())
    said_on = tuple(cleaned.days[day] for day in chosen)
    return BackTest(scores, calibration, said_on, known.told, cleaned.marks, quantiles)


def _evenings(past: Hindcast, wanted: Sequence[date] | None, numbers: Mapping[date, int]) -> list[int]:
    count = len(past.cleaned.days)
    # Enough evenings must lie before, on every lead day, for there to be a band.
    first = min(past.models, default=count) + FEWEST + 2 * LEADS
    if wanted is None:
        season = past.cleaned.almanac.season
        found = [day for day in range(first, count - 1) if season[day] > 0]
    else:
        early = [day for day in wanted if numbers[day] < first]
        if early and first < count:
            message = f"{early[0]}之前的数据不够，最早可从{past.cleaned.days[first]}回测"
            raise ZhishouError(message, where="回测", mend="补充更早的数据，或晚些开始")
        found = sorted(numbers[day] for day in wanted if numbers[day] < count - 1)
    if not found or first >= count:
        raise ZhishouError("历史数据不够回测", where="回测", mend="至少要半年的数据，再加要回测的日子")
    return found


@dataclass(frozen=True, eq=False)
class _Run:
    cleaned: Cleaned
    past: Hindcast
    evenings: list[int]
    weather: Weather

    def run(self, bounds: Mapping[str, Floats]) -> tuple[dict[str, Floats], dict[str, Floats]]:
        """The quantiles of every model, and the model's probability of lying above each bound."""
        shape = (len(self.evenings), LEADS, len(SCORED))
        said = {name: np.full(shape, np.nan) for name in (MODEL, *BASELINES)}
        above = {level: np.full(shape[:2], np.nan) for level in bounds}
        courses = self.weather.of(self.cleaned)
        first = min(self.past.models)
        others = {name: said_every_evening(one, self.cleaned, first) for name, one in BASELINES.items()}
        for row, day in enumerate(self.evenings):
            possible = of_model(self.past, day, self.past.at(day, courses.at(day)), self.weather.spread)
            said[MODEL][row] = possible.quantiles(SCORED)
            for level, bound in bounds.items():
                for lead in range(min(LEADS, len(self.cleaned.days) - day - 1)):
                    above[level][row, lead] = possible.above(lead, bound[day + 1 + lead : day + 2 + lead])[0]
            for name, (levels, errors) in others.items():
                if np.isfinite(levels[day]).all() and np.isfinite(errors[:day]).all(axis=1).sum() >= FEWEST + LEADS:
                    said[name][row] = banded(self.cleaned, levels, errors, day, levels[day][None, :]).quantiles(SCORED)
        return said, above


def _came(cleaned: Cleaned, truth: Mapping[date, float] | None) -> Floats:
    """What demand was, by day."""
    if truth is None:
        return cleaned.usable
    return np.array([truth.get(day, np.nan) for day in cleaned.days], dtype=np.float64)


def _ahead(series: Floats, evenings: list[int]) -> Floats:
    """(evenings, leads): a series on the days after each evening."""
    padded = np.concatenate([series, np.full(LEADS, np.nan)])
    return np.stack([padded[day + 1 : day + 1 + LEADS] for day in evenings])


def _scores(quantiles: Mapping[str, Floats], came: Floats, evenings: list[int]) -> tuple[Score, ...]:
    truth = _ahead(came, evenings)
    # Only evenings on which all of them spoke count, so that the table compares like with like; climatology is
    # silent in the first year and is scored on the evenings it has.
    found = [
        score(name, lead + 1, said[:, lead], truth[:, lead])
        for name, said in quantiles.items()
        for lead in range(LEADS)
    ]
    reference = {one.lead: one.crps for one in found if one.model == PERSISTENCE}
    return tuple(replace(one, skill=1 - one.crps / reference[one.lead]) for one in found)


def _calibration(level: str, said: Floats, bound: Floats, came: Floats, evenings: list[int]) -> Reliability:
    reached = np.where(np.isfinite(came) & np.isfinite(bound), (came > bound).astype(np.float64), np.nan)
    before = np.repeat(reached[evenings][:, None], LEADS, axis=1)
    return reliability(level, said.ravel(), _ahead(reached, evenings).ravel(), before.ravel())


def _aligned(bounds: Mapping[str, Mapping[date, float]], days: Sequence[date]) -> dict[str, Floats]:
    return {
        level: np.array([by_day.get(day, np.nan) for day in days], dtype=np.float64) for level, by_day in bounds.items()
    }
