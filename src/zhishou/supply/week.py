"""The week ahead: courses of demand against the gas that is known of, and the facts that follow for each day.

It stands alone because it joins two rooms that know nothing of each other, the forecast and the balance, and must say in
words what it supposes: what is carried forward, what is scaled, what stays unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl

from zhishou import clock
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.lexicon import Lexicon
from zhishou.supply.balance import Balance, Figures, Range, balances
from zhishou.supply.balance.ranges import exactly, total
from zhishou.supply.forecast import Source, gap_pct, supply_samples
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP
from zhishou.supply.system import System

UNTOLD = math.nan

_CITY_DEPTH = 3
"""A city lies in a province, and the province in the state: a district's gap is not the city's, as in gap_facts."""


@dataclass(frozen=True, slots=True)
class Outage:
    """How likely a source fails."""

    chance: float
    """The probability that it fails on a day on which it ran the day before, 0 to 1."""
    days: float = 1.0
    """How many days a failure lasts on average."""


@dataclass(frozen=True, slots=True)
class SourceAhead:
    """What one source sends on each day."""

    of: str
    """Source id; empty where a total was typed."""
    label: str
    kind: str
    """Kind of source."""
    rate: tuple[Range, ...]
    """One for each day, 万立方米/日; a range where it was not returned."""
    told_on: tuple[date | None, ...]
    """The day whose figure each is; an earlier one where it is carried forward, None where nothing was returned."""
    outage: Outage | None = None


@dataclass(frozen=True, eq=False)
class GroupAhead:
    """One local group of counties."""

    label: str
    demand: Floats
    """(days,): its returned demand, 万立方米/日; NaN where it is not known."""
    gas: tuple[tuple[Range, ...], ...]
    """Source by source, what is meant for it on each day, 万立方米/日."""


@dataclass(frozen=True, eq=False)
class Supply:
    """The gas that is known of on each day ahead."""

    days: tuple[date, ...]
    sources: tuple[SourceAhead, ...]
    """None where nothing is known of supply."""
    groups: tuple[GroupAhead, ...] = ()
    city_demand: Floats = field(default_factory=lambda: np.empty(0))
    """(days,): the demand that was returned for the city, carried forward, 万立方米/日; NaN where it is not known."""
    returned: Range | None = None
    """The city's demand of the first day, as returned."""
    assumptions: tuple[str, ...] = ()
    """What is supposed, in words."""

    def of(self, day: int) -> Range | None:
        """All gas of a day (0 for the first), 万立方米/日, no source failing; None where nothing is known of supply."""
        return total(source.rate[day] for source in self.sources) if self.sources else None


@dataclass(frozen=True, eq=False)
class Week:
    """The week ahead, sample by sample; where supply is known only within a range there are two gaps, else they are one."""

    days: tuple[date, ...]
    demand: Floats
    """(samples, days), 万立方米/日."""
    supply: Supply
    least_gap: Floats
    """(samples, days): the gap with all the gas there may be, 万立方米/日; NaN where nothing is known of supply."""
    most_gap: Floats
    """The same with the gas that is certain."""
    least: tuple[pl.DataFrame, ...]
    """Day by day, one row of facts for each sample, with all the gas there may be; facts without a column are unknown."""
    most: tuple[pl.DataFrame, ...]
    """The same with the gas that is certain; the same frames where that is known exactly."""
    tightest: tuple[str, ...]
    """Day by day, the group of counties that is the shortest of gas; empty where that is not known."""


def known_supply(ahead: Sequence[Figures], lexicon: Lexicon, outages: Mapping[str, Outage] | None = None) -> Supply:
    """The gas of the days ahead from the returns: as told, then carried forward source by source.

    A source of which nothing was returned for the first day lies between nothing and its capacity, as in the balance.

    Args:
        ahead: the figures of the days ahead, in order, all from the returns of one evening.
        lexicon: areas.
        outages: source id → how likely it fails; the others are taken to run.

    Raises:
        NotFoundError: an outage of a source that the system does not have.
    """
    system, days = ahead[0].system, tuple(one.day for one in ahead)
    wanted = dict(outages or {})
    if strange := sorted(wanted.keys() - system.sources_by_id.keys()):
        raise NotFoundError(f"本系统没有气源“{strange[0]}”", mend=f"现有：{'、'.join(system.sources_by_id)}")
    drawn = [balances(one, lexicon) for one in ahead]
    told = {
        source.id: tuple(one.find("available", source.id) is not None for one in ahead) for source in system.sources
    }
    lines = [line for line in drawn[0].city.supplies if line.of in told]
    sources = tuple(
        SourceAhead(
            line.of,
            line.label,
            line.sort,
            _carried([_gas(one.city, line.of) for one in drawn], told[line.of]),
            _told_on(days, told[line.of]),
            wanted.get(line.of),
        )
        for line in lines
    )
    city = _last_known([one.city.demand for one in drawn])
    groups = tuple(
        GroupAhead(
            group.scope.label,
            # Only where the whole city's demand is known is a county's share of it.
            np.where(np.isnan(city), UNTOLD, _last_known([one.groups[number].demand for one in drawn])),
            tuple(_carried([_gas(one.groups[number], line.of) for one in drawn], told[line.of]) for line in lines),
        )
        for number, group in enumerate(drawn[0].groups)
    )
    said = tuple(_supposed(system, days, sources, groups, city))
    return Supply(days, sources, groups, city, drawn[0].city.demand, said)


def stated_supply(days: Sequence[date], rates: Sequence[float], returned: Supply | None = None) -> Supply:
    """The gas of the days ahead as somebody typed it; the groups of counties then stay unknown.

    Args:
        days: the days ahead.
        rates: 万立方米/日, one for each day, or one for all.
        returned: what the returns say, for the demand that they tell of.

    Raises:
        ZhishouError: another number of rates, or a rate that cannot be.
    """
    if len(rates) not in {1, len(days)} or any(not 0 <= rate < math.inf for rate in rates):
        raise ZhishouError(
            f"可供气量应为 1 个或 {len(days)} 个不小于 0 的数",
            where="--supply",
            mend="写成 300 或 300,298,295,295,295,300,300，单位万立方米/日",
        )
    given = tuple(exactly(rate) for rate in (rates if len(rates) > 1 else [*rates] * len(days)))
    one = SourceAhead("", "由人给定的可供气量", "other", given, tuple(days))
    said = ("全市可供气量由人给定，不是报表所报；气源分到各县多少不明，跨县局部地区缺口按不明计",)
    city = returned.city_demand if returned else np.full(len(days), UNTOLD)
    return Supply(tuple(days), (one,), (), city, returned.returned if returned else None, said)


def unknown_supply(days: Sequence[date]) -> Supply:
    """Nothing known of supply."""
    return Supply(tuple(days), (), assumptions=("没有报表说明可供气量，缺口和级别无从推算，只预测需求",))


def standing(
    facts: Mapping[str, Mapping[str, Any]], days: Sequence[date], system: System, lexicon: Lexicon
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """What superiors and others have stated, for each day ahead for as long as the lexicon lets a statement hold.

    A statement holds for the gas days that begin within its shelf life. A figure that is known only within a range is left
    out: unknown.

    Args:
        facts: fact id → `value`, `at`, as returned.
        days: the days ahead.
        system: when a gas day begins.
        lexicon: how long each fact holds.

    Returns:
        Day by day the facts that hold, and in words until when.
    """
    begins = [_begins(day, system) for day in days]
    kept: list[dict[str, Any]] = [{} for _ in days]
    said: list[str] = []
    for name, given in facts.items():
        known, at = lexicon.facts[name], given.get("at")
        if name in {CITY_GAP, CROSS_COUNTY_GAP} or "value" not in given or at is None:
            continue
        life = clock.minutes(known.shelf_life)
        until = math.inf if life is None else life
        holds = [(begin - clock.moment(at)).total_seconds() / 60 <= until for begin in begins]
        for facts_of_day, still in zip(kept, holds, strict=True):
            if still:
                facts_of_day[name] = given["value"]
        value = given["value"]
        told = (
            f"{value:g}{known.unit}" if isinstance(value, int | float) and not isinstance(value, bool) else f"{value}"
        )
        if any(holds):
            last = days[sum(holds) - 1]
            after = (
                ""
                if all(holds)
                else f"，过了时效（{known.shelf_life.replace(' h', ' 小时').replace(' d', ' 天')}），此后按不明计"
            )
            said.append(f"{known.label} {told}，用到 {_day(last)}{after}")
    return tuple(kept), tuple(said)


def week_ahead(
    demand: Floats,
    supply: Supply,
    system: System,
    lexicon: Lexicon,
    *,
    stated: Sequence[Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> Week:
    """Courses of demand against the gas known of: gaps and facts, day by day.

    The gap of a group of counties: its returned demand grows and shrinks with the city's, the gas meant for it stays; a
    source that fails takes its part with it. The greatest gap of all groups is the fact.

    Args:
        demand: (samples, days), equally likely courses, 万立方米/日.
        supply: the gas of those days.
        system: whose area it is; a district's gap is not the city's.
        lexicon: areas.
        stated: day by day, further facts that hold in every sample.
        seed: of the outages drawn.
    """
    low, high, tightest = _Drawn(demand, supply, seed).ends()
    city = len(lexicon.upward(system.area)) <= _CITY_DEPTH
    given = stated or [{} for _ in supply.days]
    least = tuple(_frame(high, day, demand, given[day], city=city) for day in range(len(supply.days)))
    same = all(source.rate[day].known for source in supply.sources for day in range(len(supply.days))) and all(
        gas.known for group in supply.groups for row in group.gas for gas in row
    )
    most = least if same else tuple(_frame(low, day, demand, given[day], city=city) for day in range(len(supply.days)))
    return Week(
        supply.days, demand, supply, _short(demand, high.supply), _short(demand, low.supply), least, most, tightest
    )


@dataclass(frozen=True, eq=False)
class _End:
    """One end of what the gas may be."""

    supply: Floats
    """(samples, days)."""
    cross: Floats
    """(samples, days): the greatest gap of a group, %; NaN: unknown."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    demand: Floats
    known: Supply
    seed: int

    def ends(self) -> tuple[_End, _End, tuple[str, ...]]:
        """With the gas that is certain, and with all there may be; and the tightest groups."""
        runs = self._runs()
        low, _ = self._end(runs, lambda rate: rate.low)
        high, tightest = self._end(runs, lambda rate: rate.high)
        return low, high, tightest

    def _runs(self) -> Floats:
        """(sources, samples, days): the share of its gas that each source sends."""
        count, days = self.demand.shape
        runs = np.ones((len(self.known.sources), count, days))
        for number, source in enumerate(self.known.sources):
            if source.outage is not None:
                one = Source(source.label, (1.0,) * days, source.outage.chance, source.outage.days)
                runs[number] = supply_samples([one], count, self.seed + 1 + number)
        return runs

    def _end(self, runs: Floats, end: Any) -> tuple[_End, tuple[str, ...]]:
        count, days = self.demand.shape
        supply, cross = np.full((count, days), UNTOLD), np.full((count, days), UNTOLD)
        names = [""] * days
        for day in range(days):
            if self.known.sources:
                supply[:, day] = np.array([end(one.rate[day]) for one in self.known.sources]) @ runs[:, :, day]
            counted = [one for one in self.known.groups if one.demand[day] > 0]
            if not counted or len(counted) < len(self.known.groups):
                continue
            gas = np.array([[end(row[day]) for row in one.gas] for one in counted])
            covered = gas @ runs[:, :, day] / np.array([one.demand[day] for one in counted])[:, None]
            names[day] = counted[int(np.argmin(np.median(covered, axis=1)))].label
            ratio = self.demand[:, day] / self.known.city_demand[day]
            cross[:, day] = np.maximum(0.0, 1 - covered.min(axis=0) / ratio) * 100
        return _End(supply, cross), tuple(names)


def _short(demand: Floats, supply: Floats) -> Floats:
    found: Floats = np.maximum(0.0, demand - supply)
    return found


def _frame(end: _End, day: int, demand: Floats, given: Mapping[str, Any], *, city: bool) -> pl.DataFrame:
    columns: dict[str, Floats] = {}
    if city and np.isfinite(end.supply[:, day]).all():
        columns[CITY_GAP] = gap_pct(demand[:, day], end.supply[:, day])
    if city and np.isfinite(end.cross[:, day]).all():
        columns[CROSS_COUNTY_GAP] = end.cross[:, day]
    frame = pl.DataFrame(columns) if columns else pl.DataFrame({CITY_GAP: pl.repeat(None, len(demand), eager=True)})
    return frame.with_columns(pl.lit(value).alias(name) for name, value in given.items())


def _gas(balance: Balance, source: str) -> Range:
    return next((line.amount for line in balance.supplies if line.of == source), exactly(0.0))


def _carried(rates: Sequence[Range], told: Sequence[bool]) -> tuple[Range, ...]:
    found = [rates[0]]
    for rate, here in zip(rates[1:], told[1:], strict=True):
        found.append(rate if here else found[-1])
    return tuple(found)


def _told_on(days: Sequence[date], told: Sequence[bool]) -> tuple[date | None, ...]:
    found: list[date | None] = []
    for day, here in zip(days, told, strict=True):
        found.append(day if here else found[-1] if found else None)
    return tuple(found)


def _last_known(figures: Sequence[Range]) -> Floats:
    found: list[float] = []
    for one in figures:
        found.append(one.low if one.known else found[-1] if found else UNTOLD)
    return np.array(found)


def _supposed(
    system: System, days: Sequence[date], sources: Sequence[SourceAhead], groups: Sequence[GroupAhead], city: Floats
) -> list[str]:
    said: list[str] = []
    by_day: dict[date | None, list[str]] = {}
    for one in sources:
        by_day.setdefault(one.told_on[-1], []).append(one.label)
    for told, labels in by_day.items():
        named = "各气源" if len(by_day) == 1 else "、".join(labels)
        if told is None:
            said.append(f"{named}没有报可供气量，按 0 至供气能力之间不明计")
        elif told < days[-1]:
            said.append(f"{named}可供气量报到 {_day(told)}，此后沿用当日的数")
    said += [
        f"{one.label}每日中断的概率按 {one.outage.chance:.1%}、平均中断 {one.outage.days:g} 天计（由人给定）"
        for one in sources
        if one.outage is not None
    ]
    if groups and np.isfinite(city).any():
        said.append("跨县局部地区：各县需求按“预测的全市需求 ÷ 所报的全市需求”同比例增减，气源分到各县的量不变")
    elif groups:
        said.append("所报需求不齐，跨县局部地区缺口按不明计")
    if system.storages:
        said.append("储气设施可采气量不计入可供")
    return said


def _begins(day: date, system: System) -> datetime:
    """The moment at which a gas day begins."""
    return clock.moment(datetime.combine(day, time.fromisoformat(system.gas_day_starts)))


def _day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def days_from(first: date, count: int) -> tuple[date, ...]:
    """So many days in a row."""
    return tuple(first + timedelta(days=ahead) for ahead in range(count))
