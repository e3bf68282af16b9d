"""Gas tonight in a few figures for the board: gap, demand, supply, storage, county by county; worked out once per set of returns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

from zhishou.bootstrap import House
from zhishou.clock import moment
from zhishou.errors import ZhishouError
from zhishou.supply.balance import Range
from zhishou.supply.balance.bridge import bridge
from zhishou.supply.returns.checking import gas_day_at

HOUR = "20:00"
"""By when returns are due, by the duty room's own custom; no plan gives an hour."""


@dataclass(frozen=True, slots=True)
class CountyGap:
    """One county's gap."""

    area: str
    gap: Range
    pct: Range


@dataclass(frozen=True, slots=True)
class SupplyNow:
    """An area's gas for the gas day ahead, 万立方米/日, as the returns of the evening tell."""

    area: str
    day: date
    demand: Range
    supply: Range
    gap: Range
    pct: Range
    usable: Range
    """What the storages can deliver in all, emergency reserves among them, 万立方米."""
    fills: Range
    """Hours for which they fill the gap whole; infinite where there is none."""
    bound: str
    """What ends that: `rate`, `stock`, `none`, `unknown`."""
    counties: tuple[CountyGap, ...]
    missing: tuple[str, ...]
    """Who has not sent the evening's return, in words; whether that is late, the clock says and not these figures."""
    due: datetime
    """By when the returns are due."""
    held: int
    """Figures that wait for a person."""
    at: datetime | None
    """When the last return came."""
    illustrative: bool

    @property
    def lasting(self) -> str:
        """How long the storages fill tonight's gap, in words."""
        if self.bound == "none":
            return "不缺气"
        if self.bound == "rate":
            return "采气能力不够，补不满"
        low, high = self.fills.low / 24, self.fills.high / 24
        if low == high:
            return f"可补 {_figure(low, 1)} 天"
        if low <= 0:
            return "缺口不明，能补多久说不准"
        return f"可补至少 {_figure(low, 1)} 天" if high > 90 else f"可补 {_figure(low, 1)}～{_figure(high, 1)} 天"


_kept: dict[tuple[str, str], tuple[tuple[int, date], SupplyNow]] = {}
"""Data folder and area → what it was worked out from, and the figures."""


def supply_now(house: House, area: str) -> SupplyNow | None:
    """The figures; None where the area has no supply system."""
    try:
        system = house.desk.returns.system(area)
    except ZhishouError:
        return None
    register = house.desk.returns.register(area)
    day = gas_day_at(house.now(), system.gas_day_starts)
    basis = (len(register.entries), day)
    kept = _kept.get((str(house.folder), area))
    if kept is None or kept[0] != basis:
        kept = _kept[str(house.folder), area] = (basis, _worked_out(house, area))
    return kept[1]


def _worked_out(house: House, area: str) -> SupplyNow:
    evening = house.desk.returns.evening(area)
    balances = evening.balances()
    city = balances.city
    reporters = evening.system.reporters_by_id
    counties = tuple(CountyGap(one.scope.id, one.gap, one.gap_pct) for one in balances.counties)
    filled = bridge(city.stores, city.gap)
    return SupplyNow(
        area, evening.day, city.demand, city.supply, city.gap, city.gap_pct, filled.usable, filled.hours, filled.bound, counties,
        tuple(reporters[one].label for one in balances.late if one in reporters and reporters[one].kind != "superior"),
        moment(f"{evening.made}T{HOUR}"),
        sum(1 for _ in evening.register.open(evening.made)), city.at, evening.system.illustrative,
    )  # fmt: skip


def amount(found: Range | None, digits: int = 1, most: float = math.inf) -> str:
    """An amount as people read it: the figure, or from–to, or how much at least or at most.

    Args:
        found: what is known of it; None: nothing.
        digits: after the point, at most.
        most: what it cannot exceed in any case; 100 for a percentage.
    """
    if found is None or (found.low <= 0 and found.high >= most):
        return "不明"
    if found.known:
        return _figure(found.low, digits)
    if found.high >= most:
        return f"至少 {_figure(found.low, digits)}"
    if found.low <= 0:
        return f"至多 {_figure(found.high, digits)}"
    return f"{_figure(found.low, digits)}～{_figure(found.high, digits)}"


def _figure(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
