"""The balance of a day as a workbook, for those who live in Excel and WPS: one sheet for each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook

from zhishou.cli.supply_duties import STATES, remarks
from zhishou.cli.supply_failure import proposed
from zhishou.cli.supply_figures import SOURCE_KINDS, bridged, cell, cell_pct, clock, gas_plans
from zhishou.cli.supply_sheets import HOURLY, Page, Value, add
from zhishou.plan.load import Library
from zhishou.supply.balance import Balance, Balances, Range
from zhishou.supply.balance.figures import WHY, Origin
from zhishou.supply.balance.hours import hour_balances
from zhishou.supply.basis import basis
from zhishou.supply.duties import Entry, Ledger
from zhishou.supply.failure import Failure
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP
from zhishou.supply.system import System
from zhishou.supply.units import RATE, REFERENCE, VOLUME

_PLACES = ("地区", "需求", "可供", "缺口", "缺口率（%）", "可中断", "储气可用", "应急储备可用")


def balance_workbook(found: Balances, shelf: Library) -> bytes:
    """The balances of a gas day as .xlsx.

    An amount that is not known is text, never a number: 不明, 不明≥3.
    """
    page = Page("供需平衡", found.city.scope.label, found.figures.day, found.figures.system)
    book = Workbook()
    stored = f"{RATE}（储气为{VOLUME}）"
    add(book, page, "总表", _PLACES, [*map(_place, found.counties), _place(found.city)], unit=stored, totals=1)
    worst = sorted(found.groups, key=lambda one: (-one.gap_pct.low, -one.gap_pct.high, len(one.scope.areas)))
    add(book, page, "局部地区", _PLACES, map(_place, worst), unit=stored, none="没有相连的县")
    city = found.city
    columns: tuple[str, ...]
    asked = ["合计", "", "", _figure(city.demand), None, _figure(city.interruptible), ""]
    columns = ("用户", "类别", "地区", "需求", "合同量", "可中断", "报送")
    add(book, page, "需求", columns, [*_demands(found, shelf), asked], unit=RATE, totals=1)
    sent = ["合计", "", _figure(city.supply), None, ""]
    columns = ("气源", "类别", "可供", "合同量", "报送")
    add(book, page, "可供", columns, [*_supplies(found), sent], unit=RATE, totals=1)
    add(book, page, "分配", ("去向", "气源", "可供", "报送"), _allocations(found), unit=RATE)
    columns = (
        "储气设施",
        "业主",
        "库存",
        "库存单位",
        f"折{VOLUME}",
        f"可用（{VOLUME}）",
        f"采气能力（{RATE}）",
        "用途",
    )
    add(book, page, "储气", columns, _stores(found), unit="见各栏")
    add(
        book,
        page,
        "分时（全市）",
        ("时", "需求", "可供", "缺口", "缺口率（%）"),
        _hours(found),
        unit=f"{VOLUME}（该小时的量）",
        form=HOURLY,
    )
    add(book, page, "缺报", ("单位", "项目", "对象", "气日", "原因"), _missing(found), none="所需报表已齐")
    add(book, page, "说明", ("项目", "内容"), _notes(found, shelf))
    return _bytes(book)


def _bytes(book: Workbook) -> bytes:
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _figure(figure: Range) -> float | str:
    return figure.value if figure.value is not None else cell(figure)


def _known(figure: Range | None) -> Value:
    return None if figure is None else _figure(figure)


def _pct(figure: Range) -> float | str:
    return figure.value if figure.value is not None else cell_pct(figure)


def _told(found: Balances, origins: Sequence[Origin]) -> str:
    reporters = found.figures.system.reporters_by_id
    return "；".join(
        f"{reporters[one.reporter].label} {one.gas_day} 第{one.version}版 {one.at:%Y-%m-%d %H:%M}" for one in origins
    )


def _place(one: Balance) -> list[Value]:
    return [
        one.scope.label, _figure(one.demand), _figure(one.supply), _figure(one.gap), _pct(one.gap_pct),
        _figure(one.interruptible), _figure(one.usable(emergency=False)), _figure(one.usable(emergency=True)),
    ]  # fmt: skip


def _demands(found: Balances, shelf: Library) -> Iterable[list[Value]]:
    classes, areas = shelf.lexicon.customer_classes, shelf.lexicon.areas
    for line in found.city.demands:
        yield [
            line.label, classes[line.sort].label, areas[line.area].label, _figure(line.amount), line.contract,
            _figure(line.interruptible), _told(found, line.origins),
        ]  # fmt: skip


def _supplies(found: Balances) -> Iterable[list[Value]]:
    for line in found.city.supplies:
        kind = SOURCE_KINDS.get(line.sort, line.sort)
        yield [line.label, kind, _figure(line.amount), line.contract, _told(found, line.origins)]


def _allocations(found: Balances) -> Iterable[list[Value]]:
    """What of every source goes where; the city's own lines are not among them, so that the column can be added up."""
    for one in found.counties:
        for line in one.supplies:
            yield [one.scope.label, line.label, _figure(line.amount), _told(found, line.origins)]


def _stores(found: Balances) -> Iterable[list[Value]]:
    for store in found.city.stores:
        yield [
            store.label, store.owner, store.stock if store.stock is not None else "不明",
            "吨" if store.form == "lng" else VOLUME, _figure(store.volume), _figure(store.usable), store.rate,
            "应急储备" if store.emergency else "调峰",
        ]  # fmt: skip


def _hours(found: Balances) -> Iterable[list[Value]]:
    system = found.figures.system
    for hour in hour_balances(system, found.city):
        yield [
            clock(hour.clock, system.gas_day_starts), _figure(hour.demand), _figure(hour.supply), _figure(hour.gap),
            _pct(hour.gap_pct),
        ]  # fmt: skip


def _missing(found: Balances) -> Iterable[list[Value]]:
    for one in (*found.missing, *found.city.stocks_missing):
        yield [one.reporter_label, one.item_label, one.of_label, one.day.isoformat(), WHY[one.why]]


def _notes(found: Balances, shelf: Library) -> Iterable[list[Value]]:
    system = found.figures.system
    yield ["单位", f"{RATE}（分时为{VOLUME}），{REFERENCE}；1 吨 LNG 折 {system.cubic_metres_per_tonne:g} 立方米"]
    yield ["算式", "缺口 = 需求 − 可供，小于 0 记 0；缺口率 = 缺口 ÷ 需求 × 100"]
    for fact in (CITY_GAP, CROSS_COUNTY_GAP):
        rests = basis(fact, gas_plans(shelf, system), shelf.lexicon)
        yield [rests.label, f"{rests.meaning}{rests.clause}"]
    yield ["储气可用", "（库存 − 应留量）×（1 − 采气损耗），不计入可供；应急储备另列，动用须有相应级别的响应"]
    yield ["不明", "报表不齐或待核定的数不作数，只写所知的范围，例如 不明≥3"]
    for remark in found.remarks:
        yield ["注意", remark]


def duties_workbook(found: Ledger, system: System, shelf: Library) -> bytes:
    """The ledger of storage duties as .xlsx; amounts in 万立方米."""
    page = Page("储气责任台账", shelf.lexicon.areas[system.area].label, found.day, system)
    book = Workbook()
    columns = (
        "责任", "责任主体", "应有", "现有", "还差", "还差折 LNG（吨）", "达到", "达到的单位", "期限", "状态", "督促", "依据", "基数",
    )  # fmt: skip
    rows = (_duty(one, found) for one in found.entries)
    add(book, page, "储气责任", columns, rows, unit=VOLUME, none="没有有效的储气责任", red=("还差",))
    add(book, page, "缺报", ("储气设施", "应报单位"), found.unknown, none="各储气设施都有近期报表")
    notes = [["说明", said] for said in remarks(found, system, shelf)]
    notes += [
        ["能力", f"按库容减应留量计，单位{VOLUME}；应急储备也计入"],
        ["其中", "“其中”各行的天数按该级政府辖区自己的日均需求量计，不可相加"],
        ["逾期未达到", "按近日报表现未达到、期限已过；期限当日是否达到过，以当日报表为准"],
    ]
    add(book, page, "说明", ("项目", "内容"), notes)
    return _bytes(book)


def _duty(one: Entry, found: Ledger) -> list[Value]:
    state = "" if one.share else "逾期未达到" if one.overdue(found.day) else STATES[one.state]
    return [
        one.label, f"其中 {one.owner}" if one.share else one.owner, one.required, _figure(one.held), _known(one.short),
        _known(one.tonnes), _known(one.figure), one.unit, one.due.isoformat() if one.due else "原文没有写", state,
        "、".join(one.watched_by), f"{one.plan}〔{'、'.join(one.clause)}〕", one.base_text,
    ]  # fmt: skip


def failure_workbook(found: Sequence[Failure], shelf: Library) -> bytes:
    """N-1 as .xlsx: for every source the city, the counties that its loss leaves short, and the worst group."""
    book = Workbook()
    if not found:
        return _bytes(book)
    system, day = found[0].balances.figures.system, found[0].balances.figures.day
    page = Page("单一气源中断推演", shelf.lexicon.areas[system.area].label, day, system)
    columns = (
        "停供气源", "少供", "地区", "缺口", "缺口率（%）", "停供前缺口率（%）", "将建议的级别", "不动用应急储备", "连同应急储备",
    )  # fmt: skip
    rows = [row for one in found for row in _without(one, shelf)]
    add(book, page, "单一气源中断", columns, rows, unit=RATE)
    notes = [
        ["性质", "推演，不是现状：按该气源停供一整个气日推算，储气设施同时全力采气"],
        ["级别", "只按推演的全市缺口和局部地区缺口研判；是否启动，由预案规定的人决定"],
        ["地区", "全市、因此加重的县（市、区）和缺口率最大的局部地区"],
    ]
    add(book, page, "说明", ("项目", "内容"), notes)
    return _bytes(book)


def _without(one: Failure, shelf: Library) -> Iterable[list[Value]]:
    level = "；".join(proposed(one, shelf)) or "现有要素不够任何级别"
    group = (one.worst_group,) if one.worst_group else ()
    for each in (one.city, *one.counties, *group):
        yield [
            one.source.label, _figure(one.lost), each.balance.scope.label, _figure(each.balance.gap),
            _pct(each.balance.gap_pct), _pct(each.before), level if each is one.city else "",
            bridged("", each.storages), bridged("", each.all_stores),
        ]  # fmt: skip
