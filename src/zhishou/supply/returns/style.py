"""How the house's workbooks look: fonts, fills, borders, number formats, paper; one place for forms and briefs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from openpyxl import Workbook
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

SONG, HEI = "宋体", "黑体"
"""Fonts that every Chinese office machine has."""

AMOUNT = "#,##0.00##"
WHOLE = "#,##0"
DAY = 'yyyy"年"m"月"d"日"'
SHORT_DAY = 'm"月"d"日"'

INK, GREY, RED = "1F2933", "52606D", "B42318"
_LINE = Side(style="thin", color="9AA5B1")
_HAIR = Side(style="hair", color="9AA5B1")
_STRONG = Side(style="medium", color="52606D")

TITLE = Font(name=HEI, size=18, bold=True, color=INK)
SUBTITLE = Font(name=SONG, size=10, color=GREY)
LABEL = Font(name=HEI, size=11, color=INK)
BODY = Font(name=SONG, size=11, color=INK)
STRONG = Font(name=HEI, size=11, bold=True, color=INK)
SMALL = Font(name=SONG, size=9, color=GREY)
WARNING = Font(name=HEI, size=11, bold=True, color=RED)

HEAD = PatternFill("solid", fgColor="DCE6F1")
NEEDED = PatternFill("solid", fgColor="FFF6DD")
OPEN = PatternFill("solid", fgColor="FFFFFF")
TOTAL = PatternFill("solid", fgColor="EEF2F6")
CLOSED = PatternFill("solid", fgColor="E4E7EB")
SUSPECT = PatternFill("solid", bgColor="F8B4B4")
LOOK = PatternFill("solid", bgColor="FDE68A")

GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
UNDER = Border(bottom=_HAIR)
SUM = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_STRONG)

CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)
LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
LEFT_PLAIN = Alignment(horizontal="left", vertical="center", indent=1)
RIGHT = Alignment(horizontal="right", vertical="center", indent=1)
TIGHT = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
ACROSS = Alignment(horizontal="centerContinuous", vertical="center")
"""Centred over its neighbours without merging cells, which readers and sorting would stumble over."""

OPEN_TO_WRITE = Protection(locked=False)


class Formula(str):
    """A formula. Every other text is a text, whatever sign it begins with: names and notes come from whoever sent them."""

    __slots__ = ()


def put(  # noqa: PLR0913 - a cell has as many properties
    sheet: Worksheet,
    place: tuple[int, int],
    value: Any = None,
    *,
    font: Font = BODY,
    fill: PatternFill | None = None,
    border: Border | None = None,
    align: Alignment = LEFT,
    form: str = "",
    open_: bool = False,
) -> None:
    """Write one cell with its looks; `open_` lets it be written in a protected sheet."""
    cell = sheet.cell(*place)
    if value is not None:
        cell.value = value
        if isinstance(value, str) and not isinstance(value, Formula) and cell.data_type != "s":
            cell.data_type, cell.quotePrefix = "s", True
    cell.font, cell.alignment = font, align
    if fill is not None:
        cell.fill = fill
    if border is not None:
        cell.border = border
    if form:
        cell.number_format = form
    if open_:
        cell.protection = OPEN_TO_WRITE


def page(book: Workbook, name: str) -> Worksheet:
    """A new sheet, or the empty first one of a new workbook."""
    first = book.worksheets[0]
    if len(book.worksheets) == 1 and first.title == "Sheet":
        first.title = name
        return first
    made: Worksheet = book.create_sheet(name)
    return made


def colour(sheet: Worksheet, area: str, formula: str, fill: PatternFill) -> None:
    """Colour the cells of an area for which a formula, written for its first cell, holds."""
    sheet.conditional_formatting.add(area, FormulaRule([formula], fill=fill))  # type: ignore[no-untyped-call]


def title(sheet: Worksheet, row: int, text: str, columns: int, font: Font = TITLE) -> None:
    """A line centred over the table."""
    for column in range(1, columns + 1):
        put(sheet, (row, column), text if column == 1 else None, font=font, align=ACROSS)


def widths(sheet: Worksheet, given: Iterable[float]) -> None:
    """Column widths from the first column on."""
    for column, width in enumerate(given, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def paper(sheet: Worksheet, *, landscape: bool, last_column: int, last_row: int, repeat: str) -> None:
    """A4, one page wide, headings repeated, page numbers below."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    sheet.print_area = f"A1:{get_column_letter(last_column)}{last_row}"
    sheet.print_title_rows = repeat
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top, margins.bottom, margins.footer = 0.6, 0.8, 0.4
    if sheet.oddFooter is not None and (foot := sheet.oddFooter.center) is not None:
        foot.text, foot.size = "第 &P 页　共 &N 页", 9
    sheet.sheet_view.showGridLines = False
