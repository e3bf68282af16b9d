"""The week ahead worked out: files and returns in, one value out that text, JSON, workbook and plot all tell from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from zhishou.cli import supply_history
from zhishou.cli.supply_chances import LadderWeek, chances, gas_ladders
from zhishou.cli.supply_desk import gas_day, read
from zhishou.cli.supply_figures import amount, shown
from zhishou.cli.supply_history import Past
from zhishou.errors import ZhishouError
from zhishou.plan.load import library
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.rules import ladder_rules
from zhishou.supply.balance import figures
from zhishou.supply.evening import Evening
from zhishou.supply.forecast import Cleaned, Forecast, History, clean, forecast
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.baselines import BASELINES
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


def opened(system: str | None, data: str | None, day: str | None) -> tuple[Evening, Path]:
    """The desk and its data folder; unlike other commands this one needs no returns: demand can be forecast without."""
    from zhishou.cli.supply_returns import read_register

    shelf = library()
    given, folder = read(system, data, shelf.lexicon)
    return Evening(shelf, given, read_register(folder), gas_day(day, given)), folder


def days_of(desk: Evening) -> tuple[date, ...]:
    """The days ahead."""
    return days_from(desk.day, LEADS)


def outages(typed: Sequence[str]) -> dict[str, Outage]:
    """Outages as typed: `import=0.02`, or `import=0.02,3` where a failure lasts three days.

    Raises:
        ZhishouError: one cannot be read.
    """
    found: dict[str, Outage] = {}
    for one in typed:
        source, _, rest = one.partition("=")
        try:
            numbers = [float(part) for part in rest.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) not in {1, 2} or not 0 <= numbers[0] <= 1 or numbers[-1] < (len(numbers) - 1):
            raise ZhishouError(
                f"“{one}”看不懂", where="--outage", mend="写成 气源编号=每日中断概率[,平均天数]，如 import=0.02,2"
            )
        found[source.strip()] = Outage(numbers[0], numbers[1] if len(numbers) == 2 else 1.0)
    return found


def rates(typed: str) -> list[float]:
    """Supply as typed: one figure, or one for each day, 万立方米/日.

    Raises:
        ZhishouError: it is no row of numbers.
    """
    try:
        return [float(part) for part in typed.replace("，", ",").split(",")]
    except ValueError:
        raise ZhishouError(
            f"“{typed}”不是数", where="--supply", mend="写成 300 或 7 个用逗号隔开的数，单位万立方米/日"
        ) from None


def job(
    desk: Evening, history: Path, weather: Path, *, supply: str = "", typed: Sequence[str] = (), seed: int = SEED
) -> Job:
    """Work out a forecast.

    Args:
        desk: the gas day is the first day ahead; the returns of the evening before it count.
        history: the history file.
        weather: the weather file.
        supply: gas as typed; empty: from the returns.
        typed: outages as typed.
        seed: of all that is drawn.

    Raises:
        ProblemsError: with every line of the files that is wrong.
        ZhishouError: the history is too short, or the weather does not reach far enough.
    """
    past, ahead = supply_history.read_history(history), supply_history.read_weather(weather)
    known, lacking = supply_history.until(past.history, desk.day, ahead)
    course = ahead.of(desk.day)
    found = forecast(known, course)
    cleaned = clean(known)
    gas = _supply(desk, supply, outages(typed))
    ladders = tuple(gas_ladders(desk.shelf, desk.system.area, desk.day))
    relevant = {fact for pack, kind in ladders for fact in ladder_rules(pack, kind).relevant}
    facts = {name: given for name, given in desk.stated.items() if name in relevant}
    stated, told = standing(facts, gas.days, desk.system, desk.shelf.lexicon)
    week = week_ahead(found.samples(SAMPLES, seed), gas, desk.system, desk.shelf.lexicon, stated=stated, seed=seed)
    levels = chances(week, ladders, desk.shelf)
    baselines = {name: one(cleaned.usable) for name, one in BASELINES.items()}
    one = Job(desk, past, known, cleaned, found, course, baselines, week, ladders, levels, told, ())
    notes = (*([lacking] if lacking else []), *gas.assumptions, *found.notes, *_compared(one))
    return replace(one, notes=notes)


def _supply(desk: Evening, typed: str, failing: Mapping[str, Outage]) -> Supply:
    days = days_of(desk)
    # Only what could be known on the evening counts, as in the history.
    returns = [one for one in desk.returns if one.gas_day <= desk.made]
    known = None
    if returns:
        ahead = [figures(desk.system, returns, day, made=desk.made, withheld=desk.withheld) for day in days]
        known = known_supply(ahead, desk.shelf.lexicon, failing)
    if typed:
        return stated_supply(days, rates(typed), known)
    return known or unknown_supply(days)


def _compared(one: Job) -> list[str]:
    """How the returned demand of the first day stands to the forecast."""
    returned = one.week.supply.returned
    if returned is None or not returned.known:
        return [f"{one.days[0]} 的需求报表不齐，不与预测比较（所报{shown(returned)}）"] if returned is not None else []
    middle, off = float(one.median[0]), returned.low - float(one.median[0])
    within = next(
        (f"在预测的 {band}% 区间内" for band in BANDS if one.band(band)[0, 0] <= returned.low <= one.band(band)[1, 0]),
        "",
    )
    told = within or "在预测的 90% 区间之外，请核对报表或近日有无停产、复产"
    return [
        f"{one.days[0]} 所报需求 {amount(returned.low)}，预测中位 {amount(middle)}，相差 {off:+.1f}（{off / middle:+.1%}），{told}"
    ]
