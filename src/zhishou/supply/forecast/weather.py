"""The temperature forecasts of a back-test: those kept from the time, or simulated ones with a stated error.

It stands alone because a back-test on temperatures that came flatters the model, and one on errors of the wrong kind
slanders it. A forecast as weather services issue it is corrected on past errors, so that its errors do not depend on
what it says: A = F + e with e independent of F. Given A, such an F is drawn from the normal distribution that follows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.history import LEADS, temperatures
from zhishou.supply.forecast.quantiles import TemperatureSpread


@dataclass(frozen=True, eq=False)
class Weather:
    """The temperature forecasts of a back-test."""

    forecasts: Mapping[date, Sequence[float] | Floats] | None = None
    """Evening → what was forecast that evening, °C, (7,) or (members, 7); None where none were kept: simulated."""
    spread: TemperatureSpread = field(default_factory=TemperatureSpread)
    """How far off forecasts are; it draws the errors and widens the bands."""
    seed: int = 0
    """Of the errors drawn."""

    @property
    def told(self) -> str:
        """Which temperatures a reader is looking at."""
        if self.forecasts is not None:
            return "当时的气温预报"
        return f"由实况气温模拟的预报（误差标准差 {'、'.join(f'{one:g}' for one in self.spread.deviation)} ℃）"

    def of(self, cleaned: Cleaned) -> Courses:
        """The forecasts for a history."""
        return Courses(self, cleaned, *_simulator(cleaned, self.spread))


@dataclass(frozen=True, eq=False)
class Courses:
    """What was forecast on each evening of one history."""

    weather: Weather
    cleaned: Cleaned
    normal: Floats
    """The usual temperature of each day and of the LEADS after the last, °C."""
    pull: Floats
    """(leads, leads): how much of a departure from the usual is foreseen."""
    noise: Floats
    """(leads, leads): turns independent draws into errors of the forecast, °C."""

    def at(self, day: int) -> Floats:
        """The temperatures forecast on an evening, (members, leads), °C.

        Raises:
            ZhishouError: forecasts were kept, but not of that evening.
        """
        if (kept := self.weather.forecasts) is not None:
            evening = self.cleaned.days[day]
            if evening not in kept:
                raise ZhishouError(
                    f"{evening}没有气温预报", where="回测", mend="补上当晚的预报，或不给预报而用模拟误差"
                )
            return temperatures(kept[evening])
        usual = self.normal[day + 1 : day + 1 + LEADS]
        came = self.cleaned.temperature[day + 1 : day + 1 + LEADS]
        off = np.zeros(LEADS)
        off[: came.size] = came - usual[: came.size]
        drawn = np.random.default_rng([self.weather.seed, day]).standard_normal(LEADS)
        found: Floats = (usual + self.pull @ off + self.noise @ drawn)[None, :]
        return found


def _simulator(cleaned: Cleaned, spread: TemperatureSpread) -> tuple[Floats, Floats, Floats]:
    """The usual temperatures, and the two matrices that draw a forecast from what came."""
    count = len(cleaned.days)
    turn = 2 * np.pi * (cleaned.almanac.of_year[0] + np.arange(count + LEADS)) / 365.25
    waves = np.stack([np.ones_like(turn), *(wave(n * turn) for n in (1, 2) for wave in (np.cos, np.sin))], axis=-1)
    fitted = np.linalg.lstsq(waves[:count], cleaned.temperature, rcond=None)[0]
    normal = waves @ fitted
    departures = cleaned.temperature - normal[:count]
    lit = cleaned.almanac.season > 0
    departures = np.where(lit, departures, np.nan) if lit.sum() > 60 else departures
    variance = float(np.nanmean(departures**2))
    alike = float(np.nanmean(departures[1:] * departures[:-1])) / max(variance, 1e-9)
    apart = np.abs(np.subtract.outer(np.arange(LEADS), np.arange(LEADS)))
    climate = variance * np.clip(alike, 0.0, 0.98) ** apart
    errors = spread.paths @ spread.paths.T
    # A forecast cannot be worse than the usual temperature once it is corrected; where the stated error says so, the
    # usual temperature is what is forecast.
    foreseen = _not_negative(climate - errors)
    pull = foreseen @ np.linalg.inv(climate)
    left = _not_negative(foreseen - pull @ foreseen)
    values, vectors = np.linalg.eigh(left)
    return normal, pull, vectors * np.sqrt(np.maximum(values, 0.0))


def _not_negative(matrix: npt.NDArray[np.float64]) -> Floats:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    found: Floats = (vectors * np.maximum(values, 0.0)) @ vectors.T
    return found
