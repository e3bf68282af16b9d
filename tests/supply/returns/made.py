"""A made-up gas system for the tests of returns, small enough to read at a glance, and forms filled for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from zhishou.clock import SHANGHAI
from zhishou.plan.load import library
from zhishou.supply.returns.roster import Roster, roster
from zhishou.supply.returns.template import template
from zhishou.supply.system import Customer, Node, Reporter, Source, Storage, System

DAY = date(2026, 12, 15)
EVENING = datetime(2026, 12, 15, 20, 0, tzinfo=SHANGHAI)

SYSTEM = System(
    id="shi",
    title="演示市供气系统",
    area="jincheng",
    illustrative=True,
    reporters=(
        Reporter(id="field", label="沁水煤层气公司", kind="producer", area="qinshui"),
        Reporter(id="grid", label="城区燃气公司", kind="city_gas", area="chengqu"),
        Reporter(id="zezhou", label="泽州县人民政府", kind="county", area="zezhou"),
        Reporter(id="tank", label="储气公司", kind="storage", area="chengqu"),
        Reporter(id="plant", label="热电一厂", kind="coal_user", area="chengqu"),
        Reporter(id="chemical", label="化工二厂", kind="coal_user", area="chengqu"),
        Reporter(id="power", label="城区供电中心", kind="power", area="chengqu", organisation="区供电中心"),
        Reporter(id="heat", label="热力公司", kind="heat", area="chengqu"),
        Reporter(id="upper", label="省保供办", kind="superior", area="shanxi"),
    ),
    nodes=(
        Node(id="n1", label="城区门站", area="chengqu"),
        Node(id="n2", label="泽州门站", area="zezhou"),
    ),
    sources=(
        Source(id="well", label="沁水气田", kind="coalbed_methane", node="n1", reporter="field", capacity=120),
        Source(id="trunk", label="西气东输分输", kind="pipeline_import", node="n2", reporter="field", capacity=40),
    ),
    storages=(
        Storage(id="lng", label="LNG 储罐", node="n1", owner="城区燃气公司", owner_kind="city_gas_company",
                reporter="grid", form="lng", capacity=2000, withdrawal=30),
        Storage(id="ball", label="高压球罐", node="n1", owner="储气公司", owner_kind="operator", reporter="tank",
                form="gas", capacity=60, withdrawal=20, injection=10),
    ),
    customers=(
        Customer(id="homes", label="城区居民", customer_class="residential", node="n1", reporter="grid", demand=30),
        Customer(id="works", label="城区工业", customer_class="industry", node="n1", reporter="grid", demand=45),
        Customer(id="zhomes", label="泽州居民", customer_class="residential", node="n2", reporter="zezhou", demand=18),
        Customer(id="zbus", label="泽州公交", customer_class="public_transport", node="n2", reporter="zezhou", demand=2),
    ),
)  # fmt: skip

ROSTER: Roster = roster(SYSTEM, library().lexicon)

FIGURES: Mapping[str, Mapping[str, float | str]] = {
    "field": {"supply:well@0": 96.5, "supply:well@1": 98, "supply:well@2": 97.5, "supply:trunk@0": 21.2, "supply:trunk@1": 22,
              "allocation:chengqu|well@1": 60, "allocation:zezhou|well@1": 30},
    "grid": {"use:homes@0": 31.25, "use:homes@1": 33, "use:works@0": 44, "use:works@1": 45.5, "stock:lng@0": 1450,
             "withdrawable:lng@1": 28},
    "zezhou": {"use:zhomes@0": 18.5, "use:zhomes@1": 19, "use:zbus@0": 2, "use:zbus@1": 2.05},
    "tank": {"stock:ball@0": 48, "withdrawable:ball@1": 18},
    "plant": {"coal_stock@0": 12, "coal_stock_mean@0": 30},
    "chemical": {"coal_stock@0": 8, "coal_stock_mean@0": 16},
    "power": {"grid_load_shed_pct@0": 0, "district_load_shed_pct@0": 12, "users_out_pct@0": 3.5},
    "heat": {"heat_outage_share_pct@0": 6, "heat_restore_hours@0": 18},
    "upper": {"province_gap_pct@0": 4, "cross_city_gap_pct@0": 12, "province_level@0": "IV"},
}  # fmt: skip
"""Reporter → row code and days ahead → figure, of a day on which nothing is wrong."""

Change = Callable[[Workbook], None]


def cells(sheet: Worksheet) -> dict[str, tuple[int, int]]:
    """`code@ahead` → row and column of a form."""
    header = next(row for row in range(1, 12) if sheet.cell(row, 2).value == "项目")
    columns: dict[str, int] = {}
    for column in range(1, 40):
        text = str(sheet.cell(header, column).value or "")
        if text == "当日实际":
            columns["0"] = column
        elif text == "次日预计":
            columns["1"] = column
        elif text.startswith("第") and text.endswith("日预计"):
            columns[text[1]] = column
        elif text.startswith("第"):
            columns[f"h{int(text.split('小时', maxsplit=1)[0][1:]) - 1}"] = column
        elif text.startswith("识别码"):
            columns["code"] = column
    found: dict[str, tuple[int, int]] = {}
    for row in range(header + 1, sheet.max_row + 1):
        code = sheet.cell(row, columns["code"]).value
        for role, column in columns.items():
            if code and role != "code":
                found[f"{code}@{role}"] = (row, column)
    return found


@cache
def where(reporter: str, code: str, day: date = DAY) -> str:
    """The cell of a figure in a reporter's form, `F12`."""
    book = load_workbook(BytesIO(blank(reporter, day)))
    return str(book["报表"].cell(*cells(book["报表"])[code]).coordinate)


@cache
def blank(reporter: str, day: date | None = DAY) -> bytes:
    """A reporter's own form, not yet filled."""
    return template(SYSTEM.reporters_by_id[reporter].kind, ROSTER, reporter, day)


def filled(
    reporter: str, figures: Mapping[str, Any] | None = None, day: date = DAY, change: Change | None = None
) -> bytes:
    """A reporter's own form, filled with the day's figures and with `figures` over them."""
    book = load_workbook(BytesIO(blank(reporter, day)))
    sheet = book["报表"]
    places = cells(sheet)
    for code, amount in {**FIGURES[reporter], **(figures or {})}.items():
        target = book["分时"] if "@h" in code else sheet
        row, column = (cells(target) if target is not sheet else places)[code]
        target.cell(row, column).value = amount
    if change is not None:
        change(book)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def evening(day: date) -> datetime:
    """The evening of a gas day."""
    return EVENING + timedelta(days=(day - DAY).days)
