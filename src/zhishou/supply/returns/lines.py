"""The lines of a return form: which figures stand side by side in one row, and what each column means.

It stands alone because the template writes them and the reader finds them again; one place keeps the two agreed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from zhishou.supply.returns.model import ITEMS, Subject
from zhishou.supply.system import REPORTER_LABELS, ReporterKind
from zhishou.supply.units import RATE, VOLUME

DAYS = 7
"""Days ahead for which a form has columns."""


@dataclass(frozen=True, slots=True)
class Line:
    """One sort of row."""

    id: str
    """English id, the first part of a row's code."""
    label: str
    """What the form calls it."""
    unit: str
    """Unit of its figures."""
    about: Subject
    """What its object is."""
    actual: str = ""
    """The item of the column 当日实际; empty where it has none."""
    expected: str = ""
    """The item of the columns 预计; empty where it has none."""
    total_of: str = ""
    """For a control total, the line whose rows it adds up."""
    hourly: bool = False
    """Whether the sheet 分时 has a row for it."""


_GAS_LINES = (
    Line("supply", "供气量", RATE, "source", "supplied", "available", hourly=True),
    Line("total_supply", "供气量合计", RATE, "reporter", "total_supplied", "total_available", total_of="supply"),
    Line("allocation", "分配气量", RATE, "allocation", "", "allocated"),
    Line("use", "用气量", RATE, "customer", "taken", "demand", hourly=True),
    Line("total_use", "用气量合计", RATE, "reporter", "total_taken", "total_demand", total_of="use"),
    Line("stock", "日终库存", VOLUME, "storage", "stock"),
    Line("withdrawable", "可采气量", RATE, "storage", "", "withdrawable", hourly=True),
)
_OTHER_LINES = tuple(
    Line(item.id, item.label, item.unit, "reporter", item.id)
    for item in ITEMS.values()
    if item.about == "reporter" and not item.id.startswith("total_")
)
LINES: Mapping[str, Line] = {line.id: line for line in (*_GAS_LINES, *_OTHER_LINES)}
"""Every line by its id, in the order of the form."""

GAS_KINDS = ITEMS["supplied"].kinds
"""The kinds of reporter that return gas."""

BLANK_ROWS: Mapping[ReporterKind, Mapping[str, int]] = {
    "producer": {"supply": 4, "allocation": 6},
    "pipeline": {"supply": 4, "allocation": 6, "use": 4},
    "liquefaction": {"supply": 2, "use": 3, "stock": 2, "withdrawable": 2},
    "city_gas": {"supply": 2, "use": 8, "stock": 2, "withdrawable": 2},
    "storage": {"stock": 4, "withdrawable": 4},
    "county": {"supply": 3, "use": 8, "stock": 2},
}
"""How many rows of each line a form has where nothing is known but the kind of reporter."""

TITLES: Mapping[ReporterKind, str] = {
    **{kind: f"天然气（煤层气）供需日报表（{REPORTER_LABELS[kind]}）" for kind in GAS_KINDS},
    "coal_user": "重点耗煤企业存煤日报表",
    "power": "电网减供负荷与停电日报表",
    "heat": "城市集中供热停热日报表",
    "superior": "上级通报要素登记表",
}


def lines_of(kind: ReporterKind) -> tuple[Line, ...]:
    """The lines that a kind of reporter returns."""
    return tuple(
        line
        for line in LINES.values()
        if any(item and kind in ITEMS[item].kinds for item in (line.actual, line.expected))
    )


def items(line: Line) -> tuple[str, ...]:
    """The items of a line."""
    return tuple(item for item in (line.actual, line.expected) if item)
