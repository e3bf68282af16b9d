"""The heating curve: how demand answers to cold, as features that a person can read.

It stands alone because the cleaning judges by the same curve that the model is fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhishou.supply.forecast.almanac import Almanac, Floats

LAGS = 4
"""Days whose temperature counts: today and the three before, as in the German standard load profiles (BDEW/VKU/GEODE)."""

BEND_BELOW = 12.0
"""The cold bend sits so many degrees below the heating limit: there, boilers are at full load or second ones are lit."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The part of the curve that is not linear."""

    limit: float = 15.0
    """The heating limit, °C: above it nobody heats."""
    softness: float = 2.0
    """Over how many degrees around the limit heating sets in, °C."""
    memory: float = 0.5
    """The weight of each day against the day after it in the effective temperature; the load profiles use 0.5."""

    @property
    def weights(self) -> Floats:
        """The weights of today and the days before, today first; they add up to 1."""
        weights: Floats = self.memory ** np.arange(LAGS, dtype=np.float64)
        total: Floats = weights / weights.sum()
        return total


def effective(temperature: Floats, shape: Shape) -> Floats:
    """The effective temperature, °C, along the last axis: what buildings feel, for they cool slowly.

    The days before the first are taken to have been like it.
    """
    first = np.repeat(temperature[..., :1], LAGS - 1, axis=-1)
    padded = np.concatenate([first, temperature], axis=-1)
    count = temperature.shape[-1]
    found = np.zeros_like(temperature)
    for lag, weight in enumerate(shape.weights):
        start = LAGS - 1 - lag
        found += weight * padded[..., start : start + count]
    return found


def degrees(felt: Floats, limit: float, softness: float) -> Floats:
    """Heating degrees, °C: how far it is below the limit, with a soft knee (a softplus) in place of a corner."""
    found: Floats = softness * np.logaddexp(0.0, (limit - felt) / softness)
    return found


def steepness(felt: Floats, limit: float, softness: float) -> Floats:
    """How fast the heating degrees rise as it gets colder, 0 to 1: the sigmoid of the load profiles."""
    found: Floats = 1.0 / (1.0 + np.exp(np.clip((felt - limit) / softness, -50, 50)))
    return found


USUAL = np.array([1.0, 100.0, 25.0, 1.0, 100.0, 1.0, 1.0, 1.0])
"""The square of a usual size of each term, by which its ridge is counted."""

COLUMNS = ("base", "heat", "bend", "lit", "lit_heat", "off", "festival", "trend")
"""The terms, in order; model.py says what each means."""


def columns(felt: Floats, marks: Almanac, years: Floats, shape: Shape) -> Floats:
    """The terms of the curve for days, shape (days, 8).

    Args:
        felt: effective temperature, °C.
        marks: the almanac of the same days.
        years: years since the day of the forecast, negative before it.
        shape: the curve.
    """
    heat = degrees(felt, shape.limit, shape.softness)
    bend = degrees(felt, shape.limit - BEND_BELOW, 1.5)
    return np.stack(
        [np.ones_like(felt), heat, bend, marks.season, marks.season * heat, marks.off, marks.festival, years], axis=-1
    )


def weighted_fit(terms: Floats, demand: Floats, weights: Floats, ridge: Floats, rounds: int = 3) -> Floats:
    """Coefficients by weighted least squares with a ridge, days far off counting less (Huber).

    Args:
        terms: shape (days, terms).
        demand: shape (days,), 万立方米/日.
        weights: shape (days,): how much each day counts.
        ridge: the penalty of each coefficient: the days' worth of evidence that holds it at 0, times the square of a
            usual size of its term. It does not shrink with the term, so a season five days old teaches little.
        rounds: how often the days far off are weighed anew.
    """
    counted = weights
    for _ in range(rounds):
        weighed = terms * counted[:, None]
        gram = weighed.T @ terms
        found: Floats = np.asarray(np.linalg.solve(gram + np.diag(ridge), weighed.T @ demand), dtype=np.float64)
        errors = np.abs(demand - terms @ found)
        scale = 1.4826 * float(np.median(errors)) + 1e-9
        counted = weights * np.minimum(1.0, 3.0 * scale / np.maximum(errors, 1e-9))
    return found
