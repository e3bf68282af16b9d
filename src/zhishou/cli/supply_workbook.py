"""The balance of a day as a workbook, for those who live in Excel and WPS: one sheet for each question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from zhishou.cli.supply_figures import SOURCE_KINDS, cell, cell_pct, gas_plans, hours
from zhishou.plan.load import Library
from zhishou.supply.balance import Balance, Balances, Range
from zhishou.supply.balance.figures import WHY, Origin
from zhishou.supply.balance.hours import hour_balances
from zhishou.supply.basis import basis
from zhishou.supply.duties import Ledger
from zhishou.supply.failure import Failure
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP
from zhishou.supply.system import System
from zhishou.supply.units import RATE, REFERENCE

Cell = str | float | int | None

_SHADE = PatternFill("solid", fgColor="DDE6F0")
_SHORT = PatternFill("solid", fgColor="F8D7DA")
_WIDEST = 40


def balance_workbook(found: Balances, shelf: Library) -> bytes:
    """The balances of a gas day as .xlsx.

    An amount that is not known is text, never a number: 不明, 不明≥3.
    """
    book = Workbook()
    book.remove(book.worksheets[0])
    _sheet(
        book,
        "总表",
        ["地区", "类型", "需求", "可供", "缺口", "缺口率", "可中断", "储气可用", "应急储备"],
        _places(found),
    )
    _sheet(book, "需求", ["用户", "类别", "地区", "需求", "合同量", "可中断", "报送"], _demands(found, shelf))
    _sheet(book, "可供", ["去向", "气源", "类别", "可供", "合同量", "报送"], _supplies(found))
    _sheet(
        book,
        "储气",
        ["储气设施", "业主", "库存", "库存单位", "折万立方米", "可用", "采气能力", "应急储备"],
        _stores(found),
    )
    _sheet(book, "分时（全市）", ["时", "需求", "可供", "缺口", "缺口率"], _hours(found))
    _sheet(book, "缺报", ["单位", "项目", "对象", "气日", "原因"], _missing(found))
    _sheet(book, "说明", ["项目", "内容"], _notes(found, shelf))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, title: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet: Worksheet = book.create_sheet(title)
    sheet.append(list(columns))
    for one in sheet[1]:
        one.font, one.fill, one.alignment = Font(bold=True), _SHADE, Alignment(horizontal="center")
    for row in rows:
        sheet.append(list(row))
    sheet.freeze_panes = "A2"
    for number in range(1, len(columns) + 1):
        longest = max(_width(one.value) for one in sheet[get_column_letter(number)])
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, longest + 2)
    if "缺口" in columns:
        place = columns.index("缺口") + 1
        for line in sheet.iter_rows(min_row=2, min_col=place, max_col=place):
            if isinstance(line[0].value, int | float) and line[0].value > 0:
                line[0].fill = _SHORT


def _width(value: object) -> int:
    return sum(2 if ord(letter) > 255 else 1 for letter in str(value or ""))


def _figure(figure: Range) -> float | str:
    return figure.value if figure.value is not None else cell(figure)


def _known(figure: Range | None) -> Cell:
    return None if figure is None else _figure(figure)


def _pct(figure: Range) -> float | str:
    return figure.value if figure.value is not None else cell_pct(figure)


def _told(found: Balances, origins: Sequence[Origin]) -> str:
    reporters = found.figures.system.reporters_by_id
    return "；".join(
        f"{reporters[one.reporter].label} {one.gas_day} 第{one.version}版 {one.at:%Y-%m-%d %H:%M}" for one in origins
    )


_KINDS = {"city": "全市", "area": "县（市、区）", "group": "局部地区"}


def _places(found: Balances) -> Iterable[list[Cell]]:
    for one in found.every:
        yield [
            one.scope.label, _KINDS[one.scope.kind], _figure(one.demand), _figure(one.supply), _figure(one.gap),
            _pct(one.gap_pct), _figure(one.interruptible), _figure(one.usable(emergency=False)),
            _figure(one.usable(emergency=True)),
        ]  # fmt: skip


def _demands(found: Balances, shelf: Library) -> Iterable[list[Cell]]:
    classes, areas = shelf.lexicon.customer_classes, shelf.lexicon.areas
    for line in found.city.demands:
        yield [
            line.label, classes[line.sort].label, areas[line.area].label, _figure(line.amount), line.contract,
            _figure(line.interruptible), _told(found, line.origins),
        ]  # fmt: skip


def _supplies(found: Balances) -> Iterable[list[Cell]]:
    scopes: tuple[Balance, ...] = (found.city, *found.counties)
    for one in scopes:
        for line in one.supplies:
            kind = SOURCE_KINDS.get(line.sort, line.sort)
            yield [one.scope.label, line.label, kind, _figure(line.amount), line.contract, _told(found, line.origins)]


def _stores(found: Balances) -> Iterable[list[Cell]]:
    for store in found.city.stores:
        unit = "吨" if store.form == "lng" else "万立方米"
        stock = store.stock if store.stock is not None else "不明"
        emergency = "是" if store.emergency else "否"
        yield [
            store.label,
            store.owner,
            stock,
            unit,
            _figure(store.volume),
            _figure(store.usable),
            store.rate,
            emergency,
        ]


def _hours(found: Balances) -> Iterable[list[Cell]]:
    for hour in hour_balances(found.figures.system, found.city):
        yield [hour.clock, _figure(hour.demand), _figure(hour.supply), _figure(hour.gap), _pct(hour.gap_pct)]


def _missing(found: Balances) -> Iterable[list[Cell]]:
    for one in (*found.missing, *found.city.stocks_missing):
        yield [one.reporter_label, one.item_label, one.of_label, one.day.isoformat(), WHY[one.why]]


def _notes(found: Balances, shelf: Library) -> Iterable[list[Cell]]:
    system = found.figures.system
    yield ["气日", f"{found.figures.day}，{system.gas_day_starts} 起 24 小时"]
    if system.note or system.illustrative:
        yield ["提示", system.note or "示意数据，非真实"]
    yield ["单位", f"{RATE}（分时为万立方米），{REFERENCE}"]
    yield ["算式", "缺口 = 需求 − 可供，小于 0 记 0；缺口率 = 缺口 ÷ 需求 × 100"]
    for fact in (CITY_GAP, CROSS_COUNTY_GAP):
        rests = basis(fact, gas_plans(shelf, system), shelf.lexicon)
        yield [rests.label, f"{rests.meaning}{rests.clause}"]
    yield ["储气可用", "（库存 − 应留量）×（1 − 采气损耗），不计入可供"]
    for remark in found.remarks:
        yield ["注意", remark]


def duties_workbook(found: Ledger, system: System) -> bytes:
    """The ledger of storage duties as .xlsx; amounts in 万立方米."""
    book = Workbook()
    book.remove(book.worksheets[0])
    columns = [
        "责任",
        "责任主体",
        "应有",
        "现有",
        "还差",
        "折 LNG 吨",
        "达到",
        "单位",
        "期限",
        "状态",
        "督促",
        "依据",
        "基数",
    ]
    states = {"met": "已达到", "short": "未达到", "unknown": "不清楚"}
    _sheet(
        book,
        "储气责任",
        columns,
        (
            [
                one.label, one.owner, one.required, _figure(one.held), _known(one.short),
                _known(one.tonnes), _known(one.figure), one.unit,
                one.due.isoformat() if one.due else "原文没有写", "逾期未达到" if one.overdue(found.day) else states[one.state],
                "、".join(one.watched_by), f"{one.plan}〔{'、'.join(one.clause)}〕", one.base_text,
            ]
            for one in found.entries
        ),
    )  # fmt: skip
    _sheet(book, "缺报", ["储气设施", "报送单位"], found.unknown)
    mark = [["注意", system.note or "示意数据，非真实"]] if system.illustrative else []
    _sheet(
        book, "说明", ["项目", "内容"], [*mark, ["单位", f"万立方米（{REFERENCE}）"], ["气日", found.day.isoformat()]]
    )
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def failure_workbook(found: Sequence[Failure]) -> bytes:
    """N-1 as .xlsx: a row for every source and place that its loss leaves short; rates in 万立方米/日."""
    book = Workbook()
    book.remove(book.worksheets[0])
    columns = ["停供气源", "少供", "地区", "缺口", "缺口率", "停供前缺口率", "储气可顶小时", "连同应急储备可顶小时"]
    _sheet(
        book,
        "单一气源中断",
        columns,
        (
            [
                one.source.label, _figure(one.lost), each.balance.scope.label, _figure(each.balance.gap),
                _pct(each.balance.gap_pct), _pct(each.before), hours(each.storages.hours), hours(each.all_stores.hours),
            ]
            for one in found
            for each in one.scopes
        ),
    )  # fmt: skip
    _sheet(book, "说明", ["项目", "内容"], [["单位", f"{RATE}（{REFERENCE}）"], ["性质", "推演，不是现状"]])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()
