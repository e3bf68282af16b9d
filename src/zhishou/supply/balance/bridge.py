"""For how long storages can fill a gap: bound by what lies in them, and by how fast it can be taken out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhishou.supply.balance.ranges import Range
from zhishou.supply.balance.result import Store
from zhishou.supply.units import HOURS_PER_DAY

_SLACK = 1e-9
"""万立方米/日; rates closer than this are equal."""


@dataclass(frozen=True, slots=True)
class Bridge:
    """How long some storages fill a gap whole."""

    hours: Range
    """Hours; infinite where there is no gap, 0 where they cannot deliver fast enough to fill it whole."""
    rate: Range
    """What they can deliver together at first, 万立方米/日; an empty one delivers nothing."""
    usable: Range
    """What they can deliver in all, 万立方米."""
    left: Range
    """What remains of the gap while they deliver, 万立方米/日."""

    @property
    def bound(self) -> str:
        """What ends it: `rate` 采气能力, `stock` 库存, `none` where there is no gap, `unknown`."""
        if self.hours.low == math.inf:
            return "none"
        if self.hours.high == 0:
            return "rate"
        return "stock" if self.hours.low > 0 else "unknown"


def bridge(stores: Iterable[Store], gap: Range) -> Bridge:
    """How long storages fill a gap of a constant rate.

    With a rate R and usable V each, a time T can be covered when Σ min(R·T, V) ≥ gap·T; the answer is the greatest such T. Reserves
    last longest when each is drawn upon no faster than it must be, so no order of drawing does better.

    Args:
        stores: the storages that may be used.
        gap: 万立方米/日.
    """
    used = tuple(stores)
    least = [(one.rate, one.usable.low) for one in used]
    most = [(one.rate, one.usable.high) for one in used]
    rate = Range(_rate(least), _rate(most))
    return Bridge(
        hours=Range(_hours(least, gap.high), _hours(most, gap.low)),
        rate=rate,
        usable=Range(math.fsum(v for _, v in least), math.fsum(v for _, v in most)),
        left=Range(_over(gap.low, rate.high), _over(gap.high, rate.low)),
    )


def _rate(stores: Sequence[tuple[float, float]]) -> float:
    return math.fsum(rate for rate, usable in stores if usable > 0)


def _over(gap: float, rate: float) -> float:
    return 0.0 if gap <= rate else round(gap - rate, 9)


def _hours(stores: Sequence[tuple[float, float]], gap: float) -> float:
    """The greatest time, hours, for which the gap is filled whole."""
    if gap <= 0:
        return math.inf
    if math.isinf(gap) or _rate(stores) < gap - _SLACK:
        return 0.0
    empties = sorted((usable / rate, rate, usable) for rate, usable in stores if rate > 0 and usable > 0)
    rates, drawn = _rate(stores), 0.0
    for days, rate, usable in empties:
        # Up to `days` everything still delivers; beyond it this one is empty.
        rates, drawn = rates - rate, drawn + usable
        if drawn / days + rates < gap - _SLACK:
            return round((drawn - usable) / (gap - rates - rate) * HOURS_PER_DAY, 9)
    return round(drawn / gap * HOURS_PER_DAY, 9)
