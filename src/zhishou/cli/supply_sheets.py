"""One sheet of an answer's workbook: title, gas day and unit above the table, so that a printed page still says what it is.

It stands alone because every supply command that gives a workbook lays its sheets out alike; fonts and paper are `returns/style.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from zhishou.supply.returns import style
from zhishou.supply.system import System
from zhishou.supply.units import REFERENCE

Value = str | float | int | None

HEADER = 4
"""The row of headings: the table begins below it on every sheet."""
SHORT = PatternFill("solid", fgColor="F8D7DA")
AMOUNT, HOURLY = "#,##0.00", "#,##0.0000"
"""Amounts of a day or a stock, and of one hour; percentages keep four decimals, so that none is rounded onto a threshold."""
_WIDEST, _NARROWEST, _WHOLE = 58, 8, 96
_MANY, _CROWDED = 8, 26
"""From so many columns on, long texts are broken earlier."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands above the table of every sheet of a workbook."""

    subject: str
    """What it is: 供需平衡."""
    place: str
    """Where: 晋城市."""
    day: date
    """The gas day."""
    system: System
    when: str = ""
    """The span, where it is not one whole gas day."""

    def title(self, sheet: str) -> str:
        """The sheet's first line."""
        return f"{self.place}{self.subject}：{sheet}"

    def under(self, unit: str) -> str:
        """The line below it: gas day, unit, reference conditions."""
        day = self.when or f"气日 {self.day:%Y年%m月%d日}（{self.system.gas_day_starts} 起 24 小时）"
        return f"{day}　单位 {unit}，{REFERENCE}" if unit else day

    @property
    def warning(self) -> str:
        """That the figures are made up, where they are."""
        return self.system.note or ("示意数据，非真实" if self.system.illustrative else "")


def add(
    book: Workbook,
    page: Page,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    unit: str = "",
    none: str = "没有",
    totals: int = 0,
    red: Sequence[str] = ("缺口",),
    form: str = AMOUNT,
    below: Sequence[str] = (),
) -> None:
    """Add a sheet.

    Args:
        book: the workbook.
        page: what stands above.
        name: the sheet's name.
        columns: headings; one that holds percentages says so with （%）.
        rows: the lines; what is not known is text.
        unit: the unit of the amounts.
        none: what the table says where it has no line.
        totals: how many of the last lines are totals.
        red: the columns whose positive figures are shaded.
        form: how amounts are shown.
        below: sentences under the table.
    """
    sheet = style.page(book, name)
    lines = [list(row) for row in rows] or [[none, *[""] * (len(columns) - 1)]]
    style.title(sheet, 1, page.title(name), len(columns))
    style.title(sheet, 2, page.under(unit), len(columns), style.SUBTITLE)
    style.title(sheet, 3, page.warning, len(columns), style.WARNING)
    sheet.row_dimensions[1].height = 30
    shown = [[_shown(value, column, form) for value, column in zip(row, columns, strict=True)] for row in lines]
    widths = _widths(columns, shown)
    for at, column in enumerate(columns, start=1):
        style.put(sheet, (HEADER, at), column, font=style.LABEL, fill=style.HEAD, border=style.GRID, align=style.CENTRE)
    sheet.row_dimensions[HEADER].height = 20.0 * max(
        _lines(column, width) for column, width in zip(columns, widths, strict=True)
    )
    for number, (row, texts) in enumerate(zip(lines, shown, strict=True), start=HEADER + 1):
        total = number > HEADER + len(lines) - totals
        for at, (value, column) in enumerate(zip(row, columns, strict=True), start=1):
            figure = isinstance(value, int | float)
            short = figure and column in red and value > 0  # type: ignore[operator]
            style.put(
                sheet, (number, at), value, font=style.STRONG if total else style.BODY,
                fill=SHORT if short else style.TOTAL if total else None, border=style.SUM if total else style.GRID,
                align=style.RIGHT if figure or (at > 1 and str(value).startswith("不明")) else style.LEFT,
                form=_form(column, form) if figure else "",
            )  # fmt: skip
        sheet.row_dimensions[number].height = 4.0 + 16.0 * max(map(_lines, texts, widths))
    last = HEADER + len(lines)
    for number, sentence in enumerate(below, start=last + 1):
        style.put(sheet, (number, 1), sentence, align=style.LEFT_PLAIN)
        last = number
    style.widths(sheet, widths)
    sheet.freeze_panes = f"B{HEADER + 1}"
    style.paper(sheet, landscape=True, last_column=len(columns), last_row=last, repeat=f"{HEADER}:{HEADER}")


def _width(text: str) -> int:
    """Columns that a line of text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > 255 else 1 for letter in text)


def _form(column: str, amounts: str) -> str:
    return style.AMOUNT if "%" in column or column == "达到" else amounts


def _shown(value: Value, column: str, amounts: str) -> str:
    """About what the cell shows, for its width."""
    if isinstance(value, int | float):
        return f"{value:,.4f}" if _form(column, amounts) != AMOUNT else f"{value:,.2f}"
    return value or ""


def _widths(columns: Sequence[str], shown: Sequence[Sequence[str]]) -> list[float]:
    """Column widths: what the texts need within bounds, and together enough for the lines above the table."""
    widest = _CROWDED if len(columns) > _MANY else _WIDEST
    found = [
        float(min(widest, max(_NARROWEST, _width(column) + 3, *(_width(row[at]) + 4 for row in shown))))
        for at, column in enumerate(columns)
    ]
    return [width * max(1.0, _WHOLE / sum(found)) for width in found]


def _lines(text: str, width: float) -> int:
    return -(-_width(text) // max(int(width) - 2, 1)) or 1
