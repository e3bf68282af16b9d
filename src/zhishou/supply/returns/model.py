"""One return: one reporter, one gas day, one version; and the items that each kind of reporter returns.

It stands alone because reading, checking, the register and the balance all speak of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zhishou.supply.system import ReporterKind
from zhishou.supply.units import RATE, VOLUME

Subject = Literal["source", "customer", "storage", "allocation", "reporter"]
"""What an item is about; `allocation` is `area|source`, the gas of a source meant for an area."""


@dataclass(frozen=True, slots=True)
class Item:
    """One figure that a return states."""

    id: str
    """English id."""
    label: str
    """What the template calls it."""
    unit: str
    """Unit; empty for a flag or a level."""
    about: Subject
    """What it is about."""
    when: Literal["actual", "expected"]
    """`actual`: of the gas day itself; `expected`: of the days that follow."""
    kinds: tuple[ReporterKind, ...]
    """Who returns it."""
    fact: str = ""
    """The lexicon's fact that it states without further reckoning."""
    needed: bool = True
    """Whether a return without it is held."""


_GAS: tuple[ReporterKind, ...] = ("producer", "pipeline", "liquefaction", "city_gas", "storage", "county")

ITEMS: Mapping[str, Item] = {
    item.id: item
    for item in (
        Item("supplied", "当日实际供气量", RATE, "source", "actual", _GAS),
        Item("available", "预计可供气量", RATE, "source", "expected", _GAS),
        Item("allocated", "预计分配气量", RATE, "allocation", "expected", _GAS, needed=False),
        Item("taken", "当日实际用气量", RATE, "customer", "actual", _GAS),
        Item("demand", "预计用气需求", RATE, "customer", "expected", _GAS),
        Item("stock", "日终库存", f"{VOLUME}（LNG 为吨）", "storage", "actual", _GAS),
        Item("withdrawable", "预计可采气量", RATE, "storage", "expected", _GAS, needed=False),
        Item("total_supplied", "当日供气量合计", RATE, "reporter", "actual", _GAS, needed=False),
        Item("total_taken", "当日用气量合计", RATE, "reporter", "actual", _GAS, needed=False),
        Item("total_demand", "预计用气需求合计", RATE, "reporter", "expected", _GAS, needed=False),
        Item("total_available", "预计可供气量合计", RATE, "reporter", "expected", _GAS, needed=False),
        Item("coal_stock", "日终存煤", "万吨", "reporter", "actual", ("coal_user",)),
        Item("coal_stock_mean", "近三年平均存煤", "万吨", "reporter", "actual", ("coal_user",)),
        Item("grid_load_shed_pct", "山西电网减供负荷比例", "%", "reporter", "actual", ("power",),
             fact="shanxi_grid_load_shed_pct"),
        Item("district_load_shed_pct", "城区电网减供负荷比例", "%", "reporter", "actual", ("power",),
             fact="district_grid_load_shed_pct"),
        Item("users_out_pct", "停电用户比例", "%", "reporter", "actual", ("power",), fact="district_users_out_pct"),
        Item("heat_outage_share_pct", "停热面积占比", "%", "reporter", "actual", ("heat",),
             fact="heat_outage_share_pct"),
        Item("heat_restore_hours", "预计恢复供热时间", "h", "reporter", "actual", ("heat",), fact="heat_restore_hours",
             needed=False),
        Item("province_gap_pct", "全省供需缺口（预计）", "%", "reporter", "actual", ("superior",),
             fact="province_gas_gap_pct", needed=False),
        Item("cross_city_gap_pct", "跨设区市局部缺口（预计）", "%", "reporter", "actual", ("superior",),
             fact="cross_city_gas_gap_pct", needed=False),
        Item("province_level", "省响应级别", "", "reporter", "actual", ("superior",),
             fact="province_gas_response_level", needed=False),
    )
}  # fmt: skip
"""Every item by its id."""


@dataclass(frozen=True, slots=True)
class Value:
    """One figure as returned."""

    item: str
    """Item id."""
    of: str
    """Id of the source, customer or storage; `area|source` of an allocation; the reporter's own id otherwise."""
    day: date
    """The gas day it is about."""
    amount: float | str
    """In the item's unit; text for a level."""
    hour: int | None = None
    """Hour of the gas day, 0 to 23 from its first, where it is told by the hour; the amount is then 万立方米 in that hour."""
    place: str = ""
    """Where it stood: `表页!单元格` of a workbook, line of a CSV, path of a JSON."""


@dataclass(frozen=True, slots=True)
class Return:
    """What one reporter says of one gas day."""

    reporter: str
    """Reporter id in the system."""
    gas_day: date
    """The gas day on whose evening it is made."""
    version: int
    """1 for the first, raised by every correction."""
    values: tuple[Value, ...]
    """What it says."""
    at: datetime
    """When it was received."""
    source: str = ""
    """The file's name and digest, or who typed it."""
    note: str = ""
    """The reporter's own remarks."""
