"""The baselines every forecast must beat: tomorrow as today, tomorrow as last week, tomorrow as always at this season.

They stand alone because they share nothing with the model but the cleaned history, and so can judge it. Their bands
are made of their own errors, in the same way as the model's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.history import LEADS

Baseline = Callable[[Floats], Floats]
"""From demand up to an evening (NaN: unknown), what is said of the LEADS days after it, 万立方米/日."""


def persistence(demand: Floats) -> Floats:
    """Every day as the last one known."""
    known = demand[np.isfinite(demand)]
    return np.full(LEADS, known[-1] if known.size else np.nan)


def last_week(demand: Floats) -> Floats:
    """Every day as the same weekday of the last week, or of the latest week in which it is known."""
    said = np.full(LEADS, np.nan)
    for lead in range(LEADS):
        known = demand[::-1][LEADS - 1 - lead :: 7]
        known = known[np.isfinite(known)]
        if known.size:
            said[lead] = known[0]
    return said


def climatology(demand: Floats) -> Floats:
    """Every day as the mean of the same fortnight in the years before; unknown in the first year."""
    said = np.full(LEADS, np.nan)
    count = demand.size
    for lead in range(LEADS):
        found = [
            demand[max(0, middle - 7) : middle + 8]
            for back in (1, 2, 3)
            if (middle := round(count + lead - 365.25 * back)) >= 0
        ]
        window = np.concatenate(found) if found else np.empty(0)
        window = window[np.isfinite(window)]
        if window.size:
            said[lead] = window.mean()
    return said


BASELINES: dict[str, Baseline] = {"昨日持平": persistence, "上周同日": last_week, "历年同期": climatology}


def said_every_evening(baseline: Baseline, cleaned: Cleaned, first: int) -> tuple[Floats, Floats]:
    """What a baseline said on every evening from `first`, and how far off it was.

    Returns:
        levels and errors, each (evenings, leads), 万立方米/日; NaN before `first` and where the day never came.
    """
    count = len(cleaned.days)
    levels = np.full((count, LEADS), np.nan)
    for day in range(first, count):
        levels[day] = baseline(cleaned.seen(day))
    return levels, errors_of(levels, cleaned)


def errors_of(levels: Floats, cleaned: Cleaned) -> Floats:
    """What came less what was said, (evenings, leads); NaN where what came is not usable."""
    count = len(cleaned.days)
    came = np.full((count, LEADS), np.nan)
    usable = np.where(cleaned.known_from < count, cleaned.demand, np.nan)
    for lead in range(LEADS):
        came[: count - lead - 1, lead] = usable[lead + 1 :]
    return came - levels
