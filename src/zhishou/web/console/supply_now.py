"""Gas tonight in a few figures for the board: gap, demand, supply, storage, county by county; worked out once per set of returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from zhishou.bootstrap import House
from zhishou.errors import ZhishouError
from zhishou.supply.balance import Range
from zhishou.supply.returns.checking import gas_day_at


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
    cover: Range | None
    """Days that the storages would last."""
    counties: tuple[CountyGap, ...]
    late: tuple[str, ...]
    """Who has not sent the evening's return, in words."""
    held: int
    """Figures that wait for a person."""
    at: datetime | None
    """When the last return came."""
    illustrative: bool


_kept: dict[tuple[int, str], tuple[tuple[int, date], SupplyNow]] = {}
"""House and area → what it was worked out from, and the figures."""


def supply_now(house: House, area: str) -> SupplyNow | None:
    """The figures; None where the area has no supply system."""
    try:
        system = house.desk.returns.system(area)
    except ZhishouError:
        return None
    register = house.desk.returns.register(area)
    day = gas_day_at(house.now(), system.gas_day_starts)
    basis = (len(register.entries), day)
    kept = _kept.get((id(house), area))
    if kept is None or kept[0] != basis:
        kept = _kept[id(house), area] = (basis, _worked_out(house, area))
    return kept[1]


def _worked_out(house: House, area: str) -> SupplyNow:
    evening = house.desk.returns.evening(area)
    balances = evening.balances()
    city = balances.city
    reporters = evening.system.reporters_by_id
    counties = tuple(CountyGap(one.scope.id, one.gap, one.gap_pct) for one in balances.counties)
    return SupplyNow(
        area, evening.day, city.demand, city.supply, city.gap, city.gap_pct, city.cover_days, counties,
        tuple(reporters[one].label for one in balances.late if one in reporters),
        sum(1 for _ in evening.register.open(evening.made)), city.at, evening.system.illustrative,
    )  # fmt: skip


def amount(found: Range | None, digits: int = 1) -> str:
    """An amount as people read it: the figure, or from–to, or at least."""
    if found is None:
        return "不明"
    if found.known:
        return _figure(found.low, digits)
    if found.high == float("inf"):
        return "不明" if found.low <= 0 else f"至少 {_figure(found.low, digits)}"
    return f"{_figure(found.low, digits)}～{_figure(found.high, digits)}"


def _figure(value: float, digits: int) -> str:
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
