"""Quantiles from the model's own errors: what it missed by before is what it may miss by now.

Every lead day has its errors of the past evenings, out of sample, relative to the size that errors had at that level of
demand; recent ones and those of the same season count more (weighted split conformal prediction: Barber et al. 2023,
"Conformal prediction beyond exchangeability"). The spread of the temperature forecast is laid over them. It stands
alone because model and baselines get their bands in the same way, so that the table compares like with like.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.history import LEADS

LEVELS = (0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99)

POOL = 500
"""So many past evenings at most, those that count most."""

FEWEST = 20
"""With fewer past errors than this there is nothing to make a band of."""

AGE_HALF_LIFE_DAYS = 365.0
SEASON_DAYS = 45.0
"""An evening as far off in the year counts e⁻¹ as much."""

ANYWAY = 0.05
"""What an evening of the opposite season still counts."""

_NINTHS = np.asarray(ndtri((np.arange(9) + 0.5) / 9), dtype=np.float64)

NODES: Floats = np.asarray(_NINTHS / np.sqrt(np.mean(_NINTHS**2)), dtype=np.float64)
"""Points of the normal distribution, each standing for a ninth of it, stretched to its standard deviation."""


@dataclass(frozen=True, slots=True)
class TemperatureSpread:
    """How far off a temperature forecast may be.

    The default is the usual error of a numerical forecast of a city's daily mean: about 1 °C for tomorrow, 3 °C after a
    week. A place that keeps its own forecasts should state its own.
    """

    deviation: tuple[float, ...] = (1.0, 1.3, 1.6, 1.9, 2.3, 2.6, 3.0)
    """Standard deviation by lead day, °C."""
    correlation: float = 0.7
    """Between the errors of neighbouring lead days."""

    def __post_init__(self) -> None:
        if len(self.deviation) != LEADS or min(self.deviation) < 0 or not 0 <= self.correlation < 1:
            raise ZhishouError(
                f"气温预报误差应为{LEADS}个非负数，相关系数应在0到1之间",
                where="气温预报误差",
                mend="按预见期逐日给出标准差（℃）",
            )

    @property
    def paths(self) -> Floats:
        """(leads, leads): the lower triangle that turns independent errors into those of a forecast, °C."""
        apart = np.abs(np.subtract.outer(np.arange(LEADS), np.arange(LEADS)))
        covariance = np.outer(self.deviation, self.deviation) * self.correlation**apart
        found: Floats = np.asarray(np.linalg.cholesky(covariance + 1e-12 * np.eye(LEADS)), dtype=np.float64)
        return found


@dataclass(frozen=True, eq=False)
class Errors:
    """Past errors relative to their usual size, with how much each evening counts."""

    relative: Floats
    """(evenings, leads); NaN where unknown."""
    counts: Floats
    """(evenings,): how much each evening counts."""

    def of_lead(self, lead: int) -> tuple[Floats, Floats]:
        """The known errors of a lead day (0 for tomorrow) and how much they count."""
        column = self.relative[:, lead]
        known = np.isfinite(column)
        return column[known], self.counts[known]


@dataclass(frozen=True, eq=False)
class Distribution:
    """What demand may be on each lead day: many figures with their weights, and courses over all days."""

    values: tuple[Floats, ...]
    """One array of possible demands for each lead day, rising, 万立方米/日."""
    weights: tuple[Floats, ...]
    """How likely each is; adds up to 1."""
    template: Floats = field(repr=False)
    """(evenings, leads): past errors of whole weeks, whose order carries the link from day to day."""
    counts: Floats = field(repr=False)
    """(evenings,): how much each week counts."""
    noise: float = 0.0
    """The part of the spread that is the temperature's, as a share of the whole, 0 to 1."""

    def quantiles(self, levels: tuple[float, ...] = LEVELS) -> Floats:
        """(leads, levels), 万立方米/日; never crossing, for they are read off one rising curve."""
        return np.stack(
            [_read(one, weights, np.asarray(levels)) for one, weights in zip(self.values, self.weights, strict=True)]
        )

    def above(self, lead: int, bounds: Floats) -> Floats:
        """The probability that demand lies above each bound on a lead day (0 for tomorrow)."""
        values, weights = self.values[lead], self.weights[lead]
        summed = np.concatenate([[0.0], np.cumsum(weights)])
        found: Floats = 1.0 - summed[np.searchsorted(values, bounds, side="right")]
        return np.clip(found, 0.0, 1.0)

    def samples(self, count: int, seed: int) -> Floats:
        """(count, leads): equally likely courses of the week, 万立方米/日, the same for the same seed.

        Each day has the distribution of its quantiles; from day to day the courses hang together as past errors did
        (the Schaake shuffle: Clark et al. 2004).
        """
        draw = np.random.default_rng(seed)
        chances = self.counts / self.counts.sum()
        rows = draw.choice(self.template.shape[0], size=count, p=chances)
        order = self.template[rows] + 0.05 * self.template.std(axis=0) * draw.standard_normal(
            (count, self.template.shape[1])
        )
        if self.noise > 0:
            # Errors of the temperature go with each other over the days more than those of the model do.
            common = np.cumsum(draw.standard_normal(order.shape), axis=1) / np.sqrt(np.arange(1, order.shape[1] + 1))
            scale = self.template.std(axis=0)
            order = np.sqrt(1 - self.noise) * order + np.sqrt(self.noise) * scale * common
        ranks = order.argsort(axis=0).argsort(axis=0)
        steps = (np.arange(count) + 0.5) / count
        columns = [_read(one, weights, steps) for one, weights in zip(self.values, self.weights, strict=True)]
        return np.stack([column[rank] for column, rank in zip(columns, ranks.T, strict=True)], axis=-1)


def sizes(levels: Floats, usual: float) -> Floats:
    """How large errors are at a level of demand, as a factor: half fixed, half in proportion to the level."""
    found: Floats = 0.4 + 0.6 * np.clip(levels / max(usual, 1e-9), 0.1, 4.0)
    return found


def evenings_that_count(
    day: int, known: npt.NDArray[np.bool_], days_of_year: Floats
) -> tuple[npt.NDArray[np.intp], Floats]:
    """The evenings whose errors count most on an evening, and how much.

    Args:
        day: the evening's number.
        known: (evenings before,): whether any error is known.
        days_of_year: the number of each day in its year, of this evening and those before at least.
    """
    numbers = np.flatnonzero(known)
    apart = np.abs(days_of_year[numbers] - days_of_year[day])
    apart = np.minimum(apart, 365.25 - apart)
    counts = 0.5 ** ((day - numbers) / AGE_HALF_LIFE_DAYS) * (ANYWAY + np.exp(-((apart / SEASON_DAYS) ** 2)))
    if numbers.size > POOL:
        best = np.argpartition(counts, -POOL)[-POOL:]
        numbers, counts = numbers[best], counts[best]
    return numbers, counts


def distribution(points: Floats, scale: Floats, errors: Errors, warmth: Floats | None = None) -> Distribution:
    """Lay past errors, and the spread of the temperature, over what the model says.

    Args:
        points: (members, leads): one row, or one for each member of an ensemble, 万立方米/日.
        scale: (leads,): the size of an error of relative size 1 on each lead day, 万立方米/日.
        errors: the past errors.
        warmth: (leads,): the standard deviation that the temperature forecast adds, 万立方米/日; None with an ensemble.

    Raises:
        ZhishouError: fewer than FEWEST past errors on some lead day.
    """
    values: list[Floats] = []
    chances: list[Floats] = []
    own = np.zeros(points.shape[1])
    for lead in range(points.shape[1]):
        relative, counts = errors.of_lead(lead)
        if relative.size < FEWEST:
            raise ZhishouError(
                f"第{lead + 1}天只有{relative.size}个可比的历史误差，至少要{FEWEST}个",
                where="历史数据",
                mend="补充更早的数据，才能给出概率",
            )
        own[lead] = np.sqrt(np.average(relative**2, weights=counts)) * scale[lead]
        shifts = NODES * warmth[lead] if warmth is not None and warmth[lead] > 0 else np.zeros(1)
        possible = (points[:, lead, None, None] + shifts[None, :, None] + scale[lead] * relative[None, None, :]).ravel()
        weights = np.tile(counts, possible.size // counts.size)
        order = np.argsort(possible)
        values.append(np.maximum(possible[order], 0.0))
        chances.append(weights[order] / weights.sum())
    whole = np.isfinite(errors.relative).all(axis=1)
    template, counts = errors.relative[whole], errors.counts[whole]
    share = 0.0
    if warmth is not None:
        share = float(np.mean(warmth**2 / np.maximum(warmth**2 + own**2, 1e-12)))
    elif points.shape[0] > 1:
        between = points.var(axis=0)
        share = float(np.mean(between / np.maximum(between + own**2, 1e-12)))
    return Distribution(tuple(values), tuple(chances), template, counts, share)


def _read(values: Floats, weights: Floats, levels: Floats) -> Floats:
    """Quantiles of weighted values, between them in a straight line."""
    middle = np.cumsum(weights) - 0.5 * weights
    found: Floats = np.interp(levels, middle, values)
    return found
