"""A made-up city in Shanxi: weather, gas demand and its dirt, to try the forecast on. None of it is a real figure.

It is built apart from the model: people heat along a logistic curve of what houses feel (two stores of warmth, one fast
and one slow), not along degree days with four lags; industry, the heating company and a power plant each go their own
way; customers are added in steps; there are strikes of cold, a plant that closes and a district that joins.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from zhishou.supply.forecast import History
from zhishou.supply.forecast.almanac import almanac

Floats = npt.NDArray[np.float64]

FIRST, LAST = date(2019, 7, 1), date(2026, 4, 7)


@dataclass(frozen=True, eq=False)
class City:
    """What really was."""

    days: tuple[date, ...]
    temperature: Floats
    """°C, daily mean."""
    demand: Floats
    """万立方米/日."""

    @property
    def truth(self) -> dict[date, float]:
        return dict(zip(self.days, self.demand.tolist(), strict=True))

    @property
    def history(self) -> History:
        return History(self.days, self.demand, self.temperature)


def city(seed: int = 7, first: date = FIRST, last: date = LAST) -> City:
    """The city's weather and demand from one day to another; the same for the same seed."""
    draw = np.random.default_rng(seed)
    days = tuple(first + timedelta(days=number) for number in range((last - first).days + 1))
    temperature = _weather(days, draw)
    return City(days, temperature, _demand(days, temperature, draw))


def _weather(days: tuple[date, ...], draw: np.random.Generator) -> Floats:
    turn = np.array([2 * np.pi * (day.timetuple().tm_yday - 15) / 365.25 for day in days])
    normal = 10.5 - 13.5 * np.cos(turn) - 0.8 * np.cos(2 * turn)
    off, found = 0.0, np.zeros(len(days))
    wave = 0.0
    for number in range(len(days)):
        cold = np.cos(turn[number]) > 0.2
        off = 0.78 * off + draw.normal(0, 2.1 if cold else 1.6)
        # A cold wave drops by 8 to 14 °C within two days and fades over a week.
        if cold and draw.random() < 0.02:
            wave -= draw.uniform(6, 11)
        wave *= 0.82
        found[number] = normal[number] + off + wave
    return np.round(found, 1)


def _demand(days: tuple[date, ...], temperature: Floats, draw: np.random.Generator) -> Floats:
    count = len(days)
    marks = almanac(days)
    fast, slow = np.zeros(count), np.zeros(count)
    fast[0] = slow[0] = temperature[0]
    for number in range(1, count):
        fast[number] = 0.45 * fast[number - 1] + 0.55 * temperature[number]
        slow[number] = 0.85 * slow[number - 1] + 0.15 * temperature[number]
    felt = 0.65 * fast + 0.35 * slow
    homes = 26 + 150 / (1 + np.exp((felt - 2.0) / 4.2))
    boilers = marks.season * (22 + 38 / (1 + np.exp((felt + 1.0) / 3.0)))
    years = np.arange(count) / 365.25
    customers = 1 + 0.03 * years + 0.04 * (years > 2.35) + 0.05 * (years > 4.3)
    industry = np.full(count, 62.0)
    closed = np.array([date(2023, 5, 1) <= day for day in days])
    industry[closed] -= 14
    strike = np.array([date(2021, 12, 6) <= day <= date(2021, 12, 17) for day in days])
    industry[strike] -= 9
    industry *= 1 - 0.07 * marks.off
    industry *= 1 - 0.55 * marks.festival**1.3
    mood, plant = np.zeros(count), np.zeros(count)
    for number in range(1, count):
        mood[number] = 0.72 * mood[number - 1] + draw.normal(0, 0.016)
        plant[number] = max(0.0, 0.6 * plant[number - 1] + draw.normal(1.2, 3.0))
    demand = ((homes + boilers) * customers + industry) * (1 + mood) * np.exp(draw.normal(0, 0.008, count)) + plant
    return np.round(demand, 2)


def dirty(clean: City, seed: int = 3, share: float = 0.012) -> tuple[History, dict[date, str]]:
    """Its history as a careless office would report it, and which days are wrong and how.

    Zeros, spikes of ten to twenty times (a public series of another country has 5,810 where it should have 300), figures
    in 千立方米 instead of 万立方米, figures that stand still, days not reported and days reported twice.
    """
    draw = np.random.default_rng(seed)
    days, demand, temperature = list(clean.days), clean.demand.copy(), clean.temperature.copy()
    wrong: dict[date, str] = {}
    numbers = draw.permutation(np.arange(40, len(days) - 1))[: int(share * len(days)) * 4]
    for place, number in enumerate(int(one) for one in numbers):
        near = [days[number + shift] for shift in range(-4, 5) if 0 <= number + shift < len(days)]
        if any(day in wrong for day in near):
            continue
        how = ("zero", "spike", "slip", "missing", "negative", "stuck", "zero", "spike")[place % 8]
        if how == "zero":
            demand[number] = 0.0
        elif how == "spike":
            demand[number] *= draw.uniform(8, 20)
        elif how == "slip":
            demand[number] *= 10.0
        elif how == "missing":
            demand[number] = np.nan
        elif how == "negative":
            demand[number] = -demand[number]
        else:
            if number + 3 >= len(days):
                continue
            demand[number + 1 : number + 4] = demand[number]
            for shift in (2, 3):
                wrong[days[number + shift]] = "stuck"
            continue
        wrong[days[number]] = how
    return History(tuple(days), demand, temperature), wrong


def winters(years: Iterable[int], step: int = 1) -> list[date]:
    """Every `step`-th evening from 1 November to 24 March of the winters that begin in these years."""
    found = []
    for year in years:
        start = date(year, 11, 1)
        found += [start + timedelta(days=shift) for shift in range(0, (date(year + 1, 3, 24) - start).days + 1, step)]
    return found
