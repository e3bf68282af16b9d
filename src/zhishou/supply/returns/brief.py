"""The day's consolidated brief 供需日报 as an .xlsx: sums by area, class and source, who is late, what is held, and every figure.

It adds up what was returned and works nothing out: the gap is the balance's. A sum with an unknown part is shown as
unknown, with what is known of it beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from zhishou.plan.pack import Pack
from zhishou.supply.returns import style
from zhishou.supply.returns.facts import facts
from zhishou.supply.returns.late import late
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import Roster
from zhishou.supply.returns.tally import Sum, Tally
from zhishou.supply.units import RATE, REFERENCE, VOLUME

SUMMARY, OPEN, DETAIL = "汇总", "未报与存疑", "明细"
UNKNOWN = "不明"
_SOURCES = {
    "coalbed_methane": "煤层气",
    "pipeline_import": "管道来气",
    "lng": "LNG 气化",
    "coke_oven_gas": "焦炉煤气制气",
    "other": "其他",
}
_WIDTHS = (26, 15, 15, 15, 15, 15, 15, 34)
_COLUMNS = len(_WIDTHS)
_PAGE, _REPEATED = 500.0, 66.0
"""Points that a page holds at the width chosen, and those that its repeated head takes."""


def brief(
    register: Register, roster: Roster, gas_day: date, at: datetime, packs: Iterable[Pack], hour: str = "20:00"
) -> bytes:
    """The brief, as the bytes of an .xlsx.

    Args:
        register: what has been received.
        roster: the system, its areas and classes.
        gas_day: the gas day.
        at: the moment for which it is made.
        packs: the plans, for the clauses that ask for returns.
        hour: until when returns are due, by the deployment's own rule.
    """
    book = Workbook()
    shelf = tuple(packs)
    waiting = register.open(gas_day)
    missing = late(register, roster, gas_day, at, shelf, hour)
    _Summary(style.page(book, SUMMARY), register, roster, gas_day, at).write(
        sum(one.kind != "superior" for one in missing), len(waiting)
    )
    _open(style.page(book, OPEN), register, roster, gas_day, at, missing_hour=hour, packs=shelf)
    _detail(style.page(book, DETAIL), register, roster, gas_day)
    book.properties.title, book.properties.creator = f"{roster.system.title}供需日报 {gas_day}", "值守"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


class _Summary:
    """The first sheet, written from the top down."""

    def __init__(self, sheet: Worksheet, register: Register, roster: Roster, gas_day: date, at: datetime) -> None:
        self.sheet, self.register, self.roster, self.at = sheet, register, roster, at
        self.day, self.next = gas_day, gas_day + timedelta(days=1)
        self.tally = Tally(register, gas_day)
        self.row = 1
        self.used = 130.0
        """Points of the page that are written, its head included."""

    def write(self, missing: int, waiting: int) -> None:
        """Write everything."""
        system = self.roster.system
        name = system.title or self.roster.area(system.area)
        self.title(f"{name}供需日报", 30)
        conditions = f"气量按 {REFERENCE} 计；日量单位{RATE}，库存单位{VOLUME}（LNG 按 1 吨折 {system.cubic_metres_per_tonne:g} 立方米）"
        style.title(self.sheet, 2, conditions, _COLUMNS, style.SUBTITLE)
        made = f"气日 {_chinese(self.day)}（{system.gas_day_starts} 起 24 小时）　编制时间 {self.at:%Y-%m-%d %H:%M}"
        style.title(self.sheet, 3, made, _COLUMNS, style.BODY)
        self.row = 4
        if system.illustrative:
            style.title(self.sheet, self.row, "演示数据，非真实情况", _COLUMNS, style.WARNING)
            self.row += 1
        reporters = sum(one.kind != "superior" for one in system.reporters)  # superiors owe nothing
        told = f"应报 {reporters} 家，已报 {reporters - missing} 家，未报 {missing} 家；待核定 {waiting} 项（见“{OPEN}”页）。"
        told += f"有未报或待核定的，合计写“{UNKNOWN}”，不以已报部分代替。"
        style.put(self.sheet, (self.row, 1), told, font=style.LABEL, align=style.LEFT_PLAIN)
        self.sheet.row_dimensions[self.row].height = 24
        self.row += 1
        self.areas()
        self.classes()
        self.sources()
        self.storages()
        self.others()
        style.widths(self.sheet, _WIDTHS)
        style.paper(self.sheet, landscape=True, last_column=_COLUMNS, last_row=self.row, repeat="1:3")

    def title(self, text: str, height: float) -> None:
        style.title(self.sheet, self.row, text, _COLUMNS)
        self.sheet.row_dimensions[self.row].height = height

    def section(self, text: str, heads: Sequence[str]) -> None:
        """A heading and the headings of its columns."""
        if self.used + 130 > _PAGE:  # a heading stays with its table
            self.sheet.row_breaks.append(Break(id=self.row))
            self.used = _REPEATED
        self.row += 1
        style.put(self.sheet, (self.row, 1), text, font=style.STRONG, align=style.LEFT_PLAIN)
        self.sheet.row_dimensions[self.row].height = 24
        self.used += 74
        self.row += 1
        for column, head in enumerate(heads, start=1):
            style.put(
                self.sheet,
                (self.row, column),
                head,
                font=style.LABEL,
                fill=style.HEAD,
                border=style.GRID,
                align=style.CENTRE,
            )
        self.sheet.row_dimensions[self.row].height = 34
        self.row += 1

    def line(self, values: Sequence[Any], *, total: bool = False) -> None:
        """One line of a table; None is unknown."""
        fill: PatternFill | None = style.TOTAL if total else None
        for column, value in enumerate(values, start=1):
            words = isinstance(value, str)
            unknown = value is None
            style.put(
                self.sheet, (self.row, column), UNKNOWN if unknown else value,
                font=style.WARNING if unknown else style.STRONG if total else style.BODY, fill=fill,
                border=style.SUM if total else style.GRID,
                align=style.CENTRE if unknown else style.LEFT if words else style.RIGHT,
                form=style.WHOLE if isinstance(value, int) else style.AMOUNT,
            )  # fmt: skip
        height = _height(zip(values, _WIDTHS, strict=False))
        self.sheet.row_dimensions[self.row].height = height
        self.used = self.used + height if self.used + height <= _PAGE else _REPEATED + height
        self.row += 1

    @staticmethod
    def known(sums: Iterable[Sum]) -> str:
        """What is absent, and what the rest comes to."""
        absent = [name for one in sums for name in one.absent]
        if not absent:
            return "齐"
        names = list(dict.fromkeys(absent))
        shown = "、".join(names[:3]) + (f"等 {len(names)} 项" if len(names) > 3 else "")
        return f"缺：{shown}"

    def areas(self) -> None:
        """Supply, demand and stock of every area."""
        system, tally = self.roster.system, self.tally
        following = _chinese(self.next)[5:]
        self.section(
            "一、分地区",
            ["地区", f"当日实际供气\n{RATE}", f"当日实际用气\n{RATE}", f"{following}可供\n{RATE}", f"{following}需求\n{RATE}",
             f"可供减需求\n{RATE}", f"日终库存\n{VOLUME}", "完整性"],
        )  # fmt: skip
        stored = (system.area_of(one) for one in system.storages)  # the city's own reserve lies in no county
        for area in (*dict.fromkeys((*system.areas, *stored)), ""):
            sources = [(one.id, one.label) for one in system.sources if not area or system.area_of(one) == area]
            customers = [(one.id, one.label) for one in system.customers if not area or system.area_of(one) == area]
            supplied, available = tally.sum("supplied", sources, self.day), tally.sum("available", sources, self.next)
            taken, demand = tally.sum("taken", customers, self.day), tally.sum("demand", customers, self.next)
            stock = self.stock(area)
            sums = (supplied, taken, available, demand, available - demand, stock)
            name = self.roster.area(area) if area else "合计"
            name += "（市本级）" if area == system.area else ""
            self.line([name, *(one.amount for one in sums), self.known((*sums[:4], stock))], total=not area)
        note = "说明：“可供减需求”未计管网输送、储气采出和跨地区调配，不是预案所称供需缺口；缺口见供需平衡。"
        style.put(self.sheet, (self.row, 1), note, font=style.SMALL, align=style.LEFT_PLAIN)
        self.row += 1

    def stock(self, area: str) -> Sum:
        """The stock of an area in 万立方米, LNG converted."""
        system, known, absent = self.roster.system, 0.0, []
        for one in system.storages:
            if area and system.area_of(one) != area:
                continue
            amount = self.tally.one("stock", one.id, self.day)
            if amount is None:
                absent.append(one.label)
            else:
                known += system.volume(one, amount)
        return Sum(known, tuple(absent))

    def classes(self) -> None:
        """Demand by customer class."""
        heads = [
            "用户类别",
            f"当日实际用气\n{RATE}",
            f"次日预计需求\n{RATE}",
            "其中已报实际",
            "其中已报需求",
            "用户数（个）",
            "缺报项数",
        ]
        heads.append("完整性")
        self.section("二、分类用气", heads)
        customers = self.roster.system.customers
        for class_ in (*dict.fromkeys(one.customer_class for one in customers), ""):
            own = [(one.id, one.label) for one in customers if not class_ or one.customer_class == class_]
            taken, demand = self.tally.sum("taken", own, self.day), self.tally.sum("demand", own, self.next)
            self.line(
                [self.roster.classes.get(class_, class_) if class_ else "各类合计", taken.amount, demand.amount, taken.known, demand.known,
                 len(own), len(taken.absent) + len(demand.absent), self.known((taken, demand))],
                total=not class_,
            )  # fmt: skip

    def sources(self) -> None:
        """Supply by source."""
        heads = [
            "气源",
            "种类",
            f"当日实际\n{RATE}",
            f"次日可供\n{RATE}",
            f"供气能力\n{RATE}",
            "次日可供占能力（%）",
            "地区",
            "报送单位",
        ]
        self.section("三、供气来源", heads)
        system = self.roster.system
        for one in system.sources:
            available = self.tally.one("available", one.id, self.next)
            share = round(available / one.capacity * 100, 1) if available is not None and one.capacity else None
            self.line(
                [one.label, _SOURCES[one.kind], self.tally.one("supplied", one.id, self.day), available, one.capacity,
                 share, self.roster.area(system.area_of(one)), system.reporters_by_id[one.reporter].label]
            )  # fmt: skip

    def storages(self) -> None:
        """Stocks."""
        heads = [
            "储气设施",
            "日终库存\n（原单位）",
            "原单位",
            f"折{VOLUME}",
            f"有效库容\n（折{VOLUME}）",
            "占库容（%）",
            "地区",
            "所属",
        ]
        self.section("四、库存", heads)
        system = self.roster.system
        for one in system.storages:
            amount = self.tally.one("stock", one.id, self.day)
            share = round(amount / one.capacity * 100, 1) if amount is not None and one.capacity else None
            self.line(
                [one.label, amount, "吨" if one.form == "lng" else VOLUME, None if amount is None else system.volume(one, amount),
                 system.volume(one, one.capacity), share, self.roster.area(system.area_of(one)), one.owner]
            )  # fmt: skip

    def others(self) -> None:
        """Facts of coal, power and heat, and what superiors have told."""
        found = facts(self.register, self.roster, self.day)
        if not found:
            return
        self.section("五、煤、电、热和上级通报", ["要素", "现值", "报告时间", "来源"])
        for column in range(5, _COLUMNS + 1):
            style.put(self.sheet, (self.row - 1, column), fill=style.HEAD, border=style.UNDER)
        for fact, told in found.items():
            value = told.get("value")
            if value is None:
                value = f"不低于 {told['at_least']:g}" if "at_least" in told else f"不高于 {told['at_most']:g}"
            source = "；".join(part for part in (told["source"], told.get("note", "")) if part)
            moment = str(told["at"])[5:16].replace("T", " ")
            self.line([self.roster.facts.get(fact, fact), value, moment])
            for column in range(4, _COLUMNS + 1):  # one long text over cells that are not merged
                text = source if column == 4 else None
                place = (self.row - 1, column)
                style.put(self.sheet, place, text, font=style.BODY, border=style.UNDER, align=style.LEFT_PLAIN)


def _height(texts: Iterable[tuple[Any, float]]) -> float:
    """The height that the longest text needs in its column: a Chinese character is two wide."""
    lines = 1
    for text, width in texts:
        if isinstance(text, str):
            lines = max(lines, -(-sum(1 if sign.isascii() else 2 for sign in text) // max(int(width) - 3, 1)))
    return 16 * lines + 6


def _rows(
    sheet: Worksheet, start: int, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[float]
) -> int:
    """A plain table; the row after it."""
    sheet.row_dimensions[start].height = 24
    for column, head in enumerate(heads, start=1):
        style.put(
            sheet, (start, column), head, font=style.LABEL, fill=style.HEAD, border=style.GRID, align=style.CENTRE
        )
    at = start + 1
    for row in rows:
        for column, value in enumerate(row, start=1):
            number = isinstance(value, int | float)
            style.put(
                sheet, (at, column), value, border=style.GRID, align=style.RIGHT if number else style.LEFT,
                form=style.AMOUNT if isinstance(value, float) else "",
            )  # fmt: skip
        sheet.row_dimensions[at].height = _height(zip(row, widths, strict=False))
        at += 1
    return at


def _open(
    sheet: Worksheet, register: Register, roster: Roster, gas_day: date, at: datetime, *, missing_hour: str, packs: tuple[Pack, ...]
) -> None:  # fmt: skip
    columns = 7
    style.title(sheet, 1, f"未报与存疑（气日 {_chinese(gas_day)}）", columns)
    sheet.row_dimensions[1].height = 30
    hour = f"时限 {missing_hour} 为本单位自定；各预案都没有规定几点前报。"
    style.title(sheet, 2, f"未报和存疑的数不采用，有关要素按不明处理。{hour}", columns, style.SUBTITLE)
    style.put(sheet, (4, 1), "一、未报", font=style.STRONG, align=style.LEFT_PLAIN)
    widths = (8, 24, 26, 22, 70, 18, 26)
    missing = late(register, roster, gas_day, at, packs, missing_hour)
    missing = (*(one for one in missing if one.kind != "superior"), *(one for one in missing if one.kind == "superior"))
    rows: list[list[Any]] = []
    for number, one in enumerate(missing, start=1):
        minutes = int(one.overdue.total_seconds() // 60)
        since = f"已迟 {minutes // 60} 小时 {minutes % 60} 分" if minutes > 0 else "未到时限"
        clauses = "；".join(demand.text for demand in one.demands) or (
            "上级通报，没有登记" if one.kind == "superior" else "预案没有要求这类单位报送，依据是本单位的约定"
        )
        asked = one.kind != "superior"
        rows.append(
            [
                number if asked else "—",
                one.label,
                roster.area(roster.system.reporters_by_id[one.reporter].area),
                since if asked else "不是应报",
                clauses,
            ]
        )
    start = _rows(
        sheet, 5, ["序号", "报送单位", "地区", "时限", "依据"], rows or [["", "全部已报", "", "", ""]], widths
    )
    style.put(sheet, (start + 1, 1), "二、待核定", font=style.STRONG, align=style.LEFT_PLAIN)
    held = []
    for entry, it in register.open(gas_day):
        reporter = entry.returned.reporter if entry.returned is not None else ""
        known = roster.system.reporters_by_id.get(reporter)
        held.append(
            [it.id, known.label if known else entry.name, it.label or "整份报表", it.place,
             f"{it.message}。{it.mend}", it.written[:60], it.meanwhile]
        )  # fmt: skip
    heads = ["编号", "报送单位", "项目", "位置", "原因与处理", "所报", "核定之前"]
    last = _rows(sheet, start + 2, heads, held or [["", "没有待核定的数", "", "", "", "", ""]], widths)
    style.widths(sheet, widths)
    style.paper(sheet, landscape=True, last_column=columns, last_row=last, repeat="1:2")


def _detail(sheet: Worksheet, register: Register, roster: Roster, gas_day: date) -> None:
    columns = 9
    style.title(sheet, 1, f"明细（气日 {_chinese(gas_day)}）", columns)
    sheet.row_dimensions[1].height = 30
    style.title(
        sheet, 2, f"只列可以采用的数；气量按 {REFERENCE} 计；分时数为该小时的气量（{VOLUME}）", columns, style.SUBTITLE
    )
    rows = []
    for returned in register.latest(gas_day):
        known = roster.system.reporters_by_id.get(returned.reporter)
        for value in sorted(returned.values, key=lambda one: (one.item, one.of, one.day, one.hour or 0)):
            label = roster.label(value.item, value.of)
            unit = VOLUME if value.hour is not None else roster.unit(value.item, value.of)
            hour = f"第{value.hour + 1}小时" if value.hour is not None else "全日"
            when = "实际" if ITEMS[value.item].when == "actual" else "预计"
            rows.append(
                [known.label if known else returned.reporter, label, when, value.day.isoformat(), hour, value.amount, unit,
                 f"第{returned.version}版", f"{returned.at:%m-%d %H:%M}"]
            )  # fmt: skip
    heads = ["报送单位", "项目·对象", "实际/预计", "日期", "时段", "数值", "单位", "版本", "收到"]
    widths = (26, 40, 10, 12, 10, 14, 14, 9, 13)
    last = _rows(sheet, 4, heads, rows, widths)
    sheet.freeze_panes = "A5"
    sheet.auto_filter.ref = f"A4:I{max(last - 1, 4)}"
    style.widths(sheet, widths)
    style.paper(sheet, landscape=True, last_column=columns, last_row=last - 1, repeat="4:4")
