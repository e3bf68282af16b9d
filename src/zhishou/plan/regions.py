"""The axis of a number cut at its thresholds: one point for every stretch on which no verdict can change.

Exact for conditions that compare one number with fixed bounds: between two neighbouring thresholds every such
condition has one truth, so one point stands for the whole stretch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from itertools import chain, pairwise

from zhishou.plan.lexicon import Fact


def points(bounds: Iterable[float], fact: Fact) -> list[float]:
    """A point for every threshold and for every stretch between and beyond them, rising."""
    low = fact.minimum if fact.minimum is not None else -math.inf
    high = fact.maximum if fact.maximum is not None else math.inf
    return points_within(low, high, bounds, integer=fact.integer)


def points_within(low: float, high: float, bounds: Iterable[float], *, integer: bool = False) -> list[float]:
    """The same within an interval, both ends included."""
    ends = {end for end in (low, high) if math.isfinite(end)}
    cuts = sorted({bound for bound in bounds if low <= bound <= high} | ends)
    between = (_between(one, other, integer=integer) for one, other in pairwise((low, *cuts, high)))
    return sorted({*cuts, *chain.from_iterable(between)})


def points_beyond(value: float, bounds: Iterable[float], step: int, fact: Fact) -> Iterator[tuple[float, float, bool]]:
    """From `value` upward (`step` 1) or downward (-1): each point, its threshold, and whether it is the threshold."""
    cuts = sorted(set(bounds), reverse=step < 0)
    cuts = [cut for cut in cuts if (cut - value) * step >= 0]
    limit = (
        (fact.maximum if step > 0 else fact.minimum)
        if (fact.maximum if step > 0 else fact.minimum) is not None
        else None
    )
    for index, cut in enumerate(cuts):
        if cut != value:
            yield cut, cut, True
        after = cuts[index + 1] if index + 1 < len(cuts) else limit
        if fact.integer:
            beyond = cut + step
            if after is None or (after - beyond) * step > 0 or (index + 1 == len(cuts) and beyond == after):
                yield beyond, cut, False
        elif after is None:
            yield cut + step * (abs(cut) + 1), cut, False
        elif after != cut:
            yield (cut + after) / 2, cut, False


def _between(low: float, high: float, *, integer: bool) -> list[float]:
    """One point strictly between two thresholds, where there is one."""
    if low >= high:
        return []
    if math.isinf(low) and math.isinf(high):
        return [0.0]
    if math.isinf(high):
        return [low + (1 if integer else max(1.0, abs(low) / 2))]
    if math.isinf(low):
        return [high - (1 if integer else max(1.0, abs(high) / 2))]
    if integer:
        after = math.floor(low) + 1.0
        return [after] if after < high else []
    return [(low + high) / 2]
