"""The week ahead worked out: history, weather and returns in, one value out that every screen, paper and command tells from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np

from zhishou.assess.week_chances import LadderWeek, chances, gas_ladders
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.rules import ladder_rules
from zhishou.supply.balance import figures
from zhishou.supply.evening import Evening
from zhishou.supply.forecast import Cleaned, Forecast, History, clean, forecast
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.baselines import BASELINES
from zhishou.supply.forecast.files import Ahead, Past, until
from zhishou.supply.forecast.history import LEADS
from zhishou.supply.week import (
    Outage,
    Supply,
    Week,
    days_from,
    known_supply,
    standing,
    stated_supply,
    unknown_supply,
    week_ahead,
)

SAMPLES = 4000
"""Courses drawn: the standard error of a chance is then below 1 %."""

SEED = 20
"""The same figures give the same answer."""

BANDS = {50: (0.25, 0.75), 90: (0.05, 0.95)}


@dataclass(frozen=True, eq=False)
class Job:
    """A forecast with everything it rests on."""

    desk: Evening
    past: Past
    history: History
    """As reported, up to the evening of the forecast."""
    cleaned: Cleaned
    forecast: Forecast
    course: Floats
    """(members, days): the temperatures forecast, °C."""
    baselines: Mapping[str, Floats]
    """Baseline → (days,), 万立方米/日."""
    week: Week
    ladders: tuple[tuple[Pack, LadderKind], ...]
    chances: tuple[LadderWeek, ...]
    stated: tuple[str, ...]
    """Facts that returns state and that enter the chances, with the day up to which they hold, in words."""
    notes: tuple[str, ...]
    """What is supposed, carried forward, or worth knowing, in words."""

    @property
    def days(self) -> tuple[date, ...]:
        """The days ahead."""
        return self.forecast.days

    @property
    def illustrative(self) -> bool:
        """Whether the figures are made up."""
        return self.past.marked or self.desk.system.illustrative

    def band(self, band: int) -> Floats:
        """(2, days): the ends of a central band of demand, 万立方米/日."""
        return np.stack([self.forecast.values[:, self.forecast.levels.index(end)] for end in BANDS[band]])

    @property
    def median(self) -> Floats:
        """(days,): the median of demand, 万立方米/日."""
        found: Floats = self.forecast.values[:, self.forecast.levels.index(0.5)]
        return found

    def gap_chance(self, day: int) -> tuple[float, float] | None:
        """The probability of a gap on a day: with all the gas there may be, and with what is certain; None: unknown."""
        if not self.week.supply.sources:
            return None
        ends = [float(np.mean(gap[:, day] > 0)) for gap in (self.week.least_gap, self.week.most_gap)]
        return ends[0], ends[1]

    def gap(self, day: int, levels: Sequence[float], *, share: bool = False) -> list[tuple[float, float]] | None:
        """Quantiles of the gap, 万立方米/日, or in per cent of demand: with all the gas there may be, and with what is certain."""
        if not self.week.supply.sources:
            return None
        ends = [
            np.quantile(gap[:, day] / self.week.demand[:, day] * 100 if share else gap[:, day], levels)
            for gap in (self.week.least_gap, self.week.most_gap)
        ]
        return [(float(low), float(high)) for low, high in zip(*ends, strict=True)]


def days_of(desk: Evening) -> tuple[date, ...]:
    """The days ahead."""
    return days_from(desk.day, LEADS)


def week(
    desk: Evening, past: Past, ahead: Ahead, *, rates: Sequence[float] = (),
    failing: Mapping[str, Outage] = MappingProxyType({}), seed: int = SEED,
) -> Job:  # fmt: skip
    """Work out a forecast.

    Args:
        desk: the gas day is the first day ahead; the returns of the evening before it count.
        past: the history.
        ahead: the weather.
        rates: gas as stated, one figure or one for each day, 万立方米/日; empty: from the returns.
        failing: source → how it may fail.
        seed: of all that is drawn.

    Raises:
        ZhishouError: the history is too short, or the weather does not reach far enough.
    """
    known, lacking = until(past.history, desk.day, ahead)
    course = ahead.of(desk.day)
    found = forecast(known, course)
    cleaned = clean(known)
    gas = _supply(desk, rates, failing)
    ladders = tuple(gas_ladders(desk.shelf, desk.system.area, desk.day))
    relevant = {fact for pack, kind in ladders for fact in ladder_rules(pack, kind).relevant}
    facts = {name: given for name, given in desk.stated.items() if name in relevant}
    stated, told = standing(facts, gas.days, desk.system, desk.shelf.lexicon)
    drawn = week_ahead(found.samples(SAMPLES, seed), gas, desk.system, desk.shelf.lexicon, stated=stated, seed=seed)
    levels = chances(drawn, ladders, desk.shelf)
    baselines = {name: one(cleaned.usable) for name, one in BASELINES.items()}
    notes = (*([lacking] if lacking else []), *gas.assumptions, *found.notes)
    return Job(desk, past, known, cleaned, found, course, baselines, drawn, ladders, levels, told, notes)


def _supply(desk: Evening, rates: Sequence[float], failing: Mapping[str, Outage]) -> Supply:
    days = days_of(desk)
    # Only what could be known on the evening counts, as in the history.
    returns = [one for one in desk.returns if one.gas_day <= desk.made]
    known = None
    if returns:
        ahead = [figures(desk.system, returns, day, made=desk.made, withheld=desk.withheld) for day in days]
        known = known_supply(ahead, desk.shelf.lexicon, failing)
    if rates:
        return stated_supply(days, rates, known)
    return known or unknown_supply(days)
