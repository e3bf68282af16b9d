"""How good a forecast was: its errors, its bands, and whether its probabilities mean what they say.

It stands alone because scores must be known by their formulas, whoever made the forecast. Sources: pinball loss
(Koenker & Bassett 1978); CRPS as twice the mean pinball loss over the levels (Laio & Tamea 2007); Brier score and the
reliability table (Murphy 1973).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from zhishou.supply.forecast.almanac import Floats

SCORED = (0.01, *(round(0.05 * step, 2) for step in range(1, 20)), 0.99)
"""Levels at which forecasts are scored."""

BANDS = {50: (0.25, 0.75), 80: (0.10, 0.90), 90: (0.05, 0.95), 98: (0.01, 0.99)}
"""The central bands, per cent, with their ends."""

EDGES = (0.0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0)
"""The bins of the reliability table."""


@dataclass(frozen=True, slots=True)
class Score:
    """One model on one lead day."""

    model: str
    lead: int
    """1 for tomorrow."""
    count: int
    """Days scored."""
    mae: float
    """Mean absolute error of the median, 万立方米/日."""
    mape: float
    """The same relative to what came, per cent."""
    pinball: float
    """Mean pinball loss over SCORED, 万立方米/日."""
    crps: float
    """Continuous ranked probability score, 万立方米/日."""
    coverage: tuple[tuple[int, float], ...]
    """Band → the share of days that fell within it, per cent."""
    width: float
    """Mean width of the 90 % band, 万立方米/日."""
    skill: float = 0.0
    """1 − CRPS / CRPS of persistence: 0 is no better, 1 perfect."""

    def covered(self, band: int) -> float:
        """The share of days within a band, per cent."""
        return dict(self.coverage)[band]


@dataclass(frozen=True, slots=True)
class Bin:
    """One line of a reliability table."""

    low: float
    high: float
    count: int
    said: float
    """The mean probability said."""
    came: float
    """How often it came."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """Whether the probability of reaching a level means what it says, over all lead days."""

    level: str
    count: int
    frequency: float
    """How often the level was reached."""
    bins: tuple[Bin, ...]
    brier: float
    brier_climatology: float
    """Of always saying how often it came: known only afterwards, so a hard one to beat."""
    brier_persistence: float
    """Of saying that the level stays as it is."""

    @property
    def skill_climatology(self) -> float:
        """1 − Brier / Brier of the frequency; NaN where the level never or always came."""
        return 1 - self.brier / self.brier_climatology if self.brier_climatology > 0 else float("nan")

    @property
    def skill_persistence(self) -> float:
        """1 − Brier / Brier of persistence; NaN where persistence never failed."""
        return 1 - self.brier / self.brier_persistence if self.brier_persistence > 0 else float("nan")

    @property
    def error(self) -> float:
        """The mean gap between said and came over the bins, each counting by its days (expected calibration error)."""
        return sum(abs(one.said - one.came) * one.count for one in self.bins) / max(self.count, 1)


def score(model: str, lead: int, quantiles: Floats, came: Floats) -> Score:
    """Score one lead day.

    Args:
        model: its name.
        lead: 1 for tomorrow.
        quantiles: (days, len(SCORED)), 万立方米/日.
        came: (days,), 万立方米/日; NaN days are left out.
    """
    known = np.isfinite(came) & np.isfinite(quantiles).all(axis=1)
    said, truth = quantiles[known], came[known]
    if not truth.size:
        nothing = float("nan")
        return Score(model, lead, 0, nothing, nothing, nothing, nothing, tuple((b, nothing) for b in BANDS), nothing)
    levels = np.asarray(SCORED)
    middle = said[:, SCORED.index(0.5)]
    losses = pinball(said, truth, levels)
    ends = {band: (said[:, SCORED.index(low)], said[:, SCORED.index(high)]) for band, (low, high) in BANDS.items()}
    # The mean over levels weighs each by the stretch of 0 to 1 it stands for.
    stretch = np.diff(np.concatenate([[0.0], (levels[1:] + levels[:-1]) / 2, [1.0]]))
    return Score(
        model,
        lead,
        int(truth.size),
        float(np.mean(np.abs(truth - middle))),
        float(np.mean(np.abs(truth - middle) / np.maximum(truth, 1e-9)) * 100),
        float(losses.mean()),
        float(2 * (losses.mean(axis=0) * stretch).sum()),
        tuple((band, float(np.mean((truth >= low) & (truth <= high)) * 100)) for band, (low, high) in ends.items()),
        float(np.mean(ends[90][1] - ends[90][0])),
    )


def pinball(quantiles: Floats, came: Floats, levels: Floats) -> Floats:
    """The pinball loss of each day and level, shape of `quantiles`."""
    off = came[:, None] - quantiles
    found: Floats = np.maximum(levels * off, (levels - 1) * off)
    return found


def reliability(level: str, said: Floats, came: Floats, before: Floats) -> Reliability:
    """The reliability table of one level.

    Args:
        level: its name.
        said: probabilities that it would be reached; NaN left out.
        came: 1 where it was, 0 where not; NaN left out.
        before: 1 where it was reached on the evening of the forecast.
    """
    known = np.isfinite(said) & np.isfinite(came) & np.isfinite(before)
    chance, truth, kept = said[known], came[known], before[known]
    bins = []
    for low, high in pairwise(EDGES):
        within = (chance >= low) & ((chance < high) | (high == EDGES[-1]))
        if within.any():
            bins.append(Bin(low, high, int(within.sum()), float(chance[within].mean()), float(truth[within].mean())))
    frequency = float(truth.mean()) if truth.size else float("nan")
    return Reliability(
        level,
        int(truth.size),
        frequency,
        tuple(bins),
        float(np.mean((chance - truth) ** 2)) if truth.size else float("nan"),
        frequency * (1 - frequency),
        float(np.mean((kept - truth) ** 2)) if truth.size else float("nan"),
    )
