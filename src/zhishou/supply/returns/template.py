"""The form that a reporter fills in, as an .xlsx: what to write, in which unit, checked while it is written.

It stands alone beside the reader; `lines.py` keeps the two agreed. Nothing in it is merged and no password is set, so
that it can be copied, sorted and mended in Excel and in WPS.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from zhishou.errors import NotFoundError
from zhishou.supply.returns import guide, hourly_form, style
from zhishou.supply.returns.limits import most
from zhishou.supply.returns.lines import BLANK_ROWS, DAYS, GAS_KINDS, TITLES, lines_of
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.returns.reading.form import GUIDE, META, VERSION
from zhishou.supply.returns.roster import Roster, Row
from zhishou.supply.system import REPORTER_LABELS, Reporter, ReporterKind
from zhishou.supply.units import M3_PER_TONNE_LNG, RATE, REFERENCE

FORM = "报表"
"""The sheet that is filled in."""

_HEADER_ROW = 7
_FIRST = _HEADER_ROW + 1
_ACTUAL = 5
"""The column 当日实际."""
_POSTS = "值班员,调度员,值班负责人,部门负责人"


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the columns stand, which differs with whether days ahead are asked for."""

    ahead: int

    @property
    def note(self) -> int:
        return _ACTUAL + self.ahead + 1

    @property
    def code(self) -> int:
        return self.note + 1


def template(
    kind: ReporterKind, roster: Roster | None = None, reporter: str = "", gas_day: date | None = None
) -> bytes:
    """A form, as the bytes of an .xlsx.

    Args:
        kind: the kind of reporter.
        roster: the system; with it the rows stand ready for a reporter's own sources, customers and storages.
        reporter: the reporter's id or name; empty for a form with blank rows.
        gas_day: the gas day to write in; None leaves it open.

    Raises:
        NotFoundError: the reporter is none of the system's, or of another kind.
    """
    known = _reporter(kind, roster, reporter)
    rows = roster.rows[known.id] if roster is not None and known is not None else _blank_rows(kind)
    book = Workbook()
    sheet = style.page(book, FORM)
    layout = _Layout(DAYS if kind in GAS_KINDS else 0)
    _head(sheet, kind, layout, roster, known, gas_day)
    _table(sheet, layout, rows, roster, known)
    hourly = [(row, _FIRST + index) for index, row in enumerate(rows) if row.line.hourly]
    if hourly:
        hourly_form.add(book, hourly, f"{FORM}!${get_column_letter(_ACTUAL + 1)}$", _starts(roster))
    _guide(book, kind, roster)
    _meta(book, kind, roster, known)
    book.calculation.fullCalcOnLoad = True
    book.properties.title = TITLES[kind]
    book.properties.creator = "值守"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _reporter(kind: ReporterKind, roster: Roster | None, name: str) -> Reporter | None:
    if not name:
        return None
    known = roster.reporter(name) if roster is not None else None
    if roster is None or known is None:
        names = "、".join(one.label for one in roster.system.reporters) if roster else "（没有给系统）"
        raise NotFoundError(f"没有“{name}”这个报送单位", mend=f"现有：{names}")
    if known.kind != kind:
        raise NotFoundError(f"“{known.label}”是{REPORTER_LABELS[known.kind]}", mend=f"模板种类写 {known.kind}")
    return known


def _blank_rows(kind: ReporterKind) -> tuple[Row, ...]:
    rows: list[Row] = []
    for line in lines_of(kind):
        count = BLANK_ROWS.get(kind, {}).get(line.total_of or line.id, 0)
        if line.about == "reporter":
            if not line.total_of or count:
                rows.append(Row(line, "", "", line.unit))
        else:
            rows += [Row(line, "", "", line.unit)] * count
    return tuple(rows)


def _starts(roster: Roster | None) -> str:
    return roster.system.gas_day_starts if roster is not None else "08:00"


def _per_tonne(roster: Roster | None) -> float:
    return roster.system.cubic_metres_per_tonne if roster is not None else M3_PER_TONNE_LNG


def _head(
    sheet: Worksheet, kind: ReporterKind, layout: _Layout, roster: Roster | None, known: Reporter | None,
    gas_day: date | None,
) -> None:  # fmt: skip
    name = f"{roster.system.title}　" if roster is not None and roster.system.title else ""
    style.title(sheet, 1, TITLES[kind], layout.note)
    gas = f"气量按 {REFERENCE} 计，单位{RATE}　LNG 库存单位吨，1 吨折 {_per_tonne(roster):g} 立方米　气日自 {_starts(roster)} 起 24 小时"
    plain = f"各项均为气日（自 {_starts(roster)} 起 24 小时）终了时的数"
    style.title(sheet, 2, f"{name}{gas if kind in GAS_KINDS else plain}", layout.note, style.SUBTITLE)
    if roster is not None and roster.system.illustrative:
        style.put(sheet, (3, layout.note), "演示数据，非真实情况", font=style.WARNING, align=style.RIGHT)
    words = (
        (3, 2, "报送单位", known.label if known else None),
        (3, 4, "气日", gas_day),
        (4, 2, "填报人职务", None),
        (4, 4, "报送性质", "首次报送"),
        (5, 2, "更正说明", None),
    )
    for row, column, label, value in words:
        style.put(sheet, (row, column), label, font=style.LABEL, align=style.RIGHT)
        style.put(
            sheet, (row, column + 1), value, fill=style.NEEDED if label in {"报送单位", "气日"} else None,
            border=style.GRID, align=style.LEFT_PLAIN, form=style.DAY if label == "气日" else "", open_=True,
        )  # fmt: skip
    for column in range(4, layout.note + 1):
        style.put(sheet, (5, column), border=style.UNDER, open_=True)
    _rule(
        sheet, "C3", f"={META}!$D$1:$D${_names(roster, known)}", "报送单位", "从列表中选择", strict=roster is not None
    )
    _rule(sheet, "E4", '"首次报送,更正"', "报送性质", "更正的，写明更正了什么，整份重报；原来的版本保留", strict=True)
    _rule(sheet, "C4", f'"{_POSTS}"', "填报人职务", "只填职务，不填姓名和手机号码", strict=False)
    days = DataValidation(
        "date", operator="between", formula1="DATE(2020,1,1)", formula2="DATE(2099,12,31)", allow_blank=True,
        showErrorMessage=True, errorTitle="气日", error="请填日期，例如 2026-12-15", showInputMessage=True,
        promptTitle="气日", prompt="报表所反映的那一个气日，例如 2026-12-15",
    )  # fmt: skip
    sheet.add_data_validation(days)
    days.add("E3")
    for ahead in range(layout.ahead + 1):
        cell = style.Formula(f'=IF(ISNUMBER($E$3),$E$3+{ahead},"")')
        place = (_HEADER_ROW - 1, _ACTUAL + ahead)
        style.put(sheet, place, cell, font=style.SMALL, align=style.CENTRE, form=style.SHORT_DAY)
    heads = ["序号", "项目", "对象", "单位", "当日实际"]
    heads += ["次日预计" if ahead == 1 else f"第{ahead}日预计" for ahead in range(1, layout.ahead + 1)]
    for column, text in enumerate([*heads, "备注", "识别码（勿改）"], start=1):
        small = column == layout.code
        style.put(
            sheet, (_HEADER_ROW, column), text, font=style.SMALL if small else style.LABEL, fill=style.HEAD,
            border=style.GRID, align=style.CENTRE,
        )  # fmt: skip
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 18
    for row in (3, 4, 5):
        sheet.row_dimensions[row].height = 22
    sheet.row_dimensions[_HEADER_ROW].height = 24
    sheet.freeze_panes = f"{get_column_letter(_ACTUAL)}{_FIRST}"


def _names(roster: Roster | None, known: Reporter | None) -> int:
    return len(roster.system.reporters) if roster is not None and known is None and roster.system.reporters else 1


def _rule(sheet: Worksheet, cell: str, source: str, title: str, prompt: str, *, strict: bool) -> None:
    """A drop-down list; a loose one lets anything else be written too."""
    rule = DataValidation(
        "list", formula1=source, allow_blank=True, showErrorMessage=strict, errorTitle=title,
        error="请从列表中选择", showInputMessage=True, promptTitle=title, prompt=prompt,
    )  # fmt: skip
    sheet.add_data_validation(rule)
    rule.add(cell)


def _table(
    sheet: Worksheet, layout: _Layout, rows: tuple[Row, ...], roster: Roster | None, known: Reporter | None
) -> None:
    last = _FIRST + len(rows) - 1
    numbers: dict[str, DataValidation] = {}
    of_line: dict[str, list[int]] = {}
    for index, row in enumerate(rows):
        of_line.setdefault(row.line.id, []).append(_FIRST + index)
    for index, row in enumerate(rows):
        at = _FIRST + index
        total = bool(row.line.total_of)
        border, fill = (style.SUM, style.TOTAL) if total else (style.GRID, None)
        font = style.STRONG if total else style.BODY
        own = known is None and not total and row.line.about != "reporter"
        style.put(sheet, (at, 1), index + 1, font=style.SMALL, fill=fill, border=border, align=style.CENTRE)
        style.put(sheet, (at, 2), row.line.label, font=font, fill=fill, border=border)
        name = "" if total else row.label
        style.put(sheet, (at, 3), name or None, font=font, fill=style.NEEDED if own else fill, border=border, open_=own)
        style.put(
            sheet, (at, 4), row.unit or None, font=style.SMALL, fill=fill, border=border, align=style.CENTRE,
            open_=known is None and row.line.id == "stock",
        )  # fmt: skip
        for ahead in range(layout.ahead + 1):
            place = (at, _ACTUAL + ahead)
            if row.line.total_of:
                _total(sheet, place, of_line[row.line.total_of])
            else:
                _amount(sheet, place, row, ahead, numbers, roster)
        style.put(sheet, (at, layout.note), border=border, fill=fill, font=style.SMALL, open_=True)
        style.put(sheet, (at, layout.code), row.code, font=style.SMALL, align=style.LEFT_PLAIN)
        sheet.row_dimensions[at].height = 21
        if roster is not None and row.of:
            _suspect(sheet, row, at, layout, roster)
    for rule in numbers.values():
        sheet.add_data_validation(rule)
    _colours(sheet, layout, rows, last)
    notes = "淡黄色必填，白色选填，灰色不填　为零填 0，没有数留空　红色、黄色为系统提醒，请核对　合计由公式得出"
    style.put(sheet, (last + 1, 1), f"说明：{notes}", font=style.SMALL, align=style.LEFT_PLAIN)
    wide = [17.0, 12.0, *[11.0] * (layout.ahead - 1)] if layout.ahead else [18.0]
    style.widths(sheet, [6, 15 if layout.ahead else 26, 27, 13, *wide, 20 if layout.ahead else 24, 24])
    style.paper(
        sheet, landscape=layout.ahead > 0, last_column=layout.note, last_row=last + 1,
        repeat=f"{_HEADER_ROW - 1}:{_HEADER_ROW}",
    )  # fmt: skip
    _protect(sheet)


def _total(sheet: Worksheet, at: tuple[int, int], parts: list[int]) -> None:
    """A control total: empty while all its parts are, so that it is never a zero that nobody meant."""
    column = get_column_letter(at[1])
    span = f"{column}{min(parts)}:{column}{max(parts)}"
    formula = style.Formula(f'=IF(COUNT({span})=0,"",SUM({span}))')
    style.put(
        sheet, at, formula, font=style.STRONG, fill=style.TOTAL, border=style.SUM, align=style.RIGHT, form=style.AMOUNT
    )


def _amount(
    sheet: Worksheet,
    at: tuple[int, int],
    row: Row,
    ahead: int,
    numbers: dict[str, DataValidation],
    roster: Roster | None,
) -> None:
    item = row.line.expected if ahead else row.line.actual
    if not item:
        style.put(sheet, at, fill=style.CLOSED, border=style.GRID)
        return
    needed = ITEMS[item].needed and ahead <= 1
    fill = style.NEEDED if needed else style.OPEN
    style.put(sheet, at, fill=fill, border=style.GRID, align=style.RIGHT, form=style.AMOUNT, open_=True)
    choices = roster.choices.get(item) if roster is not None else None
    if ITEMS[item].unit == "":
        if choices:
            cell = f"{get_column_letter(at[1])}{at[0]}"
            _rule(sheet, cell, f'"{",".join(choices)}"', row.line.label, "没有通报的留空", strict=True)
        return
    if row.unit not in numbers:
        numbers[row.unit] = _number(row.unit)
    numbers[row.unit].add(sheet.cell(*at).coordinate)


def _number(unit: str) -> DataValidation:
    prompts: Mapping[str, str] = {
        RATE: f"单位：{RATE}（{REFERENCE}）。128 000 立方米填 12.8",
        "%": "百分之十二填 12，不填 0.12",
        "吨": "LNG 库存填吨，不换算为气量",
    }
    most_ = 100 if unit == "%" else None
    return DataValidation(
        "decimal", operator="between" if most_ else "greaterThanOrEqual", formula1="0", formula2=str(most_) if most_ else None,
        allow_blank=True, showErrorMessage=True, errorStyle="stop", errorTitle="请填数",
        error=f"只能填不小于 0{'、不大于 100' if most_ else ''} 的数，单位为{unit}；没有数请留空",
        showInputMessage=True, promptTitle=f"单位：{unit}", prompt=prompts.get(unit, f"单位：{unit}"),
    )  # fmt: skip


def _suspect(sheet: Worksheet, row: Row, at: int, layout: _Layout, roster: Roster) -> None:
    """Cells beyond what the object can do turn red."""
    last = get_column_letter(_ACTUAL + layout.ahead)
    bound = next(
        (found for item in (row.line.expected, row.line.actual) if (found := most(item, row.of, roster))), None
    )
    if bound is not None:
        cell = f"E{at}"
        style.colour(sheet, f"E{at}:{last}{at}", f"AND(ISNUMBER({cell}),{cell}>{bound:g})", style.SUSPECT)


def _colours(sheet: Worksheet, layout: _Layout, rows: tuple[Row, ...], last: int) -> None:
    """Text where a number belongs turns red, a zero yellow; so do allocations beyond what their source can send."""
    area = f"E{_FIRST}:{get_column_letter(_ACTUAL + layout.ahead)}{last}"
    cell = f"E{_FIRST}"
    if any(row.unit for row in rows):
        style.colour(sheet, area, f'AND(ISTEXT({cell}),LEN({cell})>0,$D{_FIRST}<>"")', style.SUSPECT)
    if layout.ahead:
        style.colour(sheet, area, f"AND(ISNUMBER({cell}),{cell}=0)", style.LOOK)
    sources = {row.of: _FIRST + index for index, row in enumerate(rows) if row.line.id == "supply" and row.of}
    for source, at in sources.items():
        parts = [
            _FIRST + index for index, row in enumerate(rows)
            if row.line.id == "allocation" and row.of.endswith(f"|{source}")
        ]  # fmt: skip
        if parts:
            first, final = min(parts), max(parts)
            formula = f"AND(ISNUMBER(F${at}),SUM(F${first}:F${final})>F${at}*1.005)"
            span = f"F{first}:{get_column_letter(_ACTUAL + layout.ahead)}{final}"
            style.colour(sheet, span, formula, style.SUSPECT)


def _protect(sheet: Worksheet) -> None:
    """What is not to be written is locked, without a password: it guards against slips, not against people."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False
    sheet.protection.sort = False


def _guide(book: Workbook, kind: ReporterKind, roster: Roster | None) -> None:
    sheet = style.page(book, GUIDE)
    style.title(sheet, 1, GUIDE, 2)
    sheet.row_dimensions[1].height = 30
    parts = guide.paragraphs(kind, _per_tonne(roster), _starts(roster))
    for at, (heading, text) in enumerate(parts, start=2):
        style.put(sheet, (at, 1), heading, font=style.LABEL, fill=style.HEAD, border=style.GRID, align=style.CENTRE)
        style.put(sheet, (at, 2), text, border=style.GRID)
        lines = -(-len(text) // 40)
        sheet.row_dimensions[at].height = max(24, 16 * lines + 8)
    style.widths(sheet, [14, 84])
    style.paper(sheet, landscape=False, last_column=2, last_row=len(parts) + 1, repeat="1:1")
    sheet.protection.sheet = True


def _meta(book: Workbook, kind: ReporterKind, roster: Roster | None, known: Reporter | None) -> None:
    sheet = style.page(book, META)
    sheet.sheet_state = "veryHidden"
    told = {
        "form": "zhishou-return",
        "version": VERSION,
        "system": roster.system.id if roster is not None else "",
        "reporter": known.id if known is not None else "",
        "kind": kind,
    }
    for at, (name, value) in enumerate(told.items(), start=1):
        sheet.cell(at, 1, name)
        sheet.cell(at, 2, value)
    names = [known] if known is not None else list(roster.system.reporters) if roster is not None else []
    for at, one in enumerate(names, start=1):
        sheet.cell(at, 4, one.label)
