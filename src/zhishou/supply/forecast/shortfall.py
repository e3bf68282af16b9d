"""From demand and supply to the gap: the fact that the plans' levels are written in.

It stands alone because a gap is a ratio of two uncertain things, and each must enter as courses, not as a mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import Floats


@dataclass(frozen=True, slots=True)
class Source:
    """A source of gas that may fail."""

    name: str
    rate: tuple[float, ...]
    """What it gives on each day, 万立方米/日 at 20 °C and 101.325 kPa."""
    outage: float = 0.0
    """The probability that it fails on a day on which it ran the day before, 0 to 1."""
    outage_days: float = 1.0
    """How many days a failure lasts on average; at least 1."""
    lost: float = 1.0
    """The share of its rate that is lost while it has failed, 0 to 1."""

    def __post_init__(self) -> None:
        if min(self.rate, default=0.0) < 0 or not np.isfinite(self.rate).all():
            raise ZhishouError("供气量应为不小于0的数", where=f"气源“{self.name}”")
        if not 0 <= self.outage <= 1 or not 0 <= self.lost <= 1 or self.outage_days < 1:
            raise ZhishouError(
                "中断概率和损失比例应在0到1之间，中断天数不少于1",
                where=f"气源“{self.name}”",
                mend="概率写成小数，如 0.02",
            )


def supply_samples(sources: Sequence[Source], count: int, seed: int) -> Floats:
    """(count, days): equally likely courses of total supply, 万立方米/日; the same for the same seed.

    Each source fails and comes back by itself, a failure lasting a geometric number of days; all run on the evening of
    the forecast.

    Raises:
        ZhishouError: no source, or sources with different numbers of days.
    """
    if len({len(source.rate) for source in sources}) != 1:
        raise ZhishouError("各气源的天数不一致，或没有气源", where="供气", mend="每个气源给出同样天数的供气量")
    draw = np.random.default_rng(seed)
    days = len(sources[0].rate)
    total = np.zeros((count, days))
    for source in sources:
        failed = np.zeros(count, dtype=np.bool_)
        chances = draw.random((count, days))
        for day in range(days):
            failed = np.where(failed, chances[:, day] >= 1 / source.outage_days, chances[:, day] < source.outage)
            total[:, day] += source.rate[day] * np.where(failed, 1 - source.lost, 1.0)
    return total


def gap_pct(demand: Floats, supply: Floats | float) -> Floats:
    """The gap in per cent of demand, max(0, (demand − supply) / demand × 100): the meaning of `city_gas_gap_pct`.

    Args:
        demand: 万立方米/日, above 0.
        supply: 万立方米/日, of a shape that fits.

    Raises:
        ZhishouError: demand is not above 0, or something is not a number.
    """
    wanted, given = np.asarray(demand, dtype=np.float64), np.asarray(supply, dtype=np.float64)
    if not (np.isfinite(wanted).all() and np.isfinite(given).all()) or (wanted <= 0).any() or (given < 0).any():
        raise ZhishouError("需求应大于0，供气不小于0，且都不得缺失", where="供需缺口")
    found: Floats = np.maximum(0.0, (wanted - given) / wanted * 100.0)
    return found


def demand_at_gap(supply: float, gap: float) -> float:
    """The demand at which a gap is reached, 万立方米/日: supply / (1 − gap / 100).

    Raises:
        ZhishouError: the gap is not from 0 to below 100 per cent.
    """
    if not 0 <= gap < 100:
        raise ZhishouError(f"缺口应在0到100之间，现为{gap:g}", where="供需缺口")
    return supply / (1 - gap / 100)
