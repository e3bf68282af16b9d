"""How far the storages carry the days ahead: what is left in them each evening, and how likely gas is short all the same.

It stands alone because the week's gaps are reckoned without storage, as plans define them; what storage can do about them
is another question, bound by how fast it delivers as much as by what lies in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhishou.supply.balance.result import Store
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.week import Week

_HALVINGS = 40
_SLACK = 1e-6
"""万立方米/日; less than this is nothing."""


@dataclass(frozen=True, eq=False)
class Carried:
    """What storages do about a gap, sample by sample."""

    short: Floats
    """(samples, days): what is still lacking, 万立方米/日."""
    left: Floats
    """(samples, days): what they can still deliver at the end of the day, 万立方米."""


@dataclass(frozen=True, slots=True)
class StorageDay:
    """One day ahead; a pair is told with all the gas there may be, and with what is certain."""

    left: tuple[float, float]
    """The median of what is left at its end, 万立方米."""
    short: tuple[float, float]
    """The probability that gas is lacking although the storages deliver, 0 to 1."""


def storage_ahead(week: Week, stores: Sequence[Store]) -> tuple[StorageDay, ...]:
    """The storages over the days ahead, emergency reserves among them; empty where nothing is known of supply."""
    if not week.supply.sources:
        return ()
    rates = [one.rate for one in stores]
    best = carried(week.least_gap, rates, [one.usable.high for one in stores])
    worst = carried(week.most_gap, rates, [one.usable.low for one in stores])
    return tuple(
        StorageDay(
            (float(np.median(best.left[:, day])), float(np.median(worst.left[:, day]))),
            (float(np.mean(best.short[:, day] > _SLACK)), float(np.mean(worst.short[:, day] > _SLACK))),
        )
        for day in range(len(week.days))
    )


def carried(gap: Floats, rates: Sequence[float], usable: Sequence[float]) -> Carried:
    """Fill a gap from storages, each drawn upon no faster than it must be, so that none is empty while another is full.

    With a rate R and V left each, a day's draw is min(R, V, max(0, V − R·t)), where t, the time for which every one of them
    could deliver afterwards, is as long as the gap lets it be. No other order leaves more for the days that follow.

    Args:
        gap: (samples, days), 万立方米/日.
        rates: the greatest rate of each, 万立方米/日.
        usable: what lies in each, 万立方米.
    """
    samples, days = gap.shape
    rate = np.array(rates, dtype=float)
    left = np.tile(np.array(usable, dtype=float), (samples, 1))
    short, after = np.zeros_like(gap), np.zeros_like(gap)
    for day in range(days):
        drawn = _drawn(gap[:, day], rate, left)
        left = left - drawn
        short[:, day] = np.maximum(0.0, gap[:, day] - drawn.sum(axis=1))
        after[:, day] = left.sum(axis=1)
    return Carried(short, after)


def _drawn(gap: Floats, rate: Floats, left: Floats) -> Floats:
    """What each delivers on a day, (samples, storages)."""
    most = np.minimum(rate, left)
    low = np.zeros(len(gap))
    high = np.max(left / np.where(rate > 0, rate, np.inf), axis=1, initial=0.0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        enough = np.clip(left - rate * middle[:, None], 0.0, most).sum(axis=1) >= gap
        low, high = np.where(enough, middle, low), np.where(enough, high, middle)
    found: Floats = np.clip(left - rate * low[:, None], 0.0, most)
    over = np.maximum(0.0, found.sum(axis=1) - gap)
    total = found.sum(axis=1)
    scaled: Floats = found * (1 - np.divide(over, total, out=np.zeros_like(over), where=total > 0))[:, None]
    return scaled
