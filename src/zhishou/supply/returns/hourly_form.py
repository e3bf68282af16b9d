"""The form's page 分时: the next day hour by hour, for those who plan by the hour."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from zhishou.supply.returns import style
from zhishou.supply.returns.roster import Row
from zhishou.supply.units import HOURS_PER_DAY, REFERENCE, VOLUME

HOURS = "分时"
"""The sheet of hours."""

_HEADER_ROW = 3
_FIRST = _HEADER_ROW + 1
_LEAD = 4
"""Columns before the first hour."""


def add(book: Workbook, rows: list[tuple[Row, int]], day: str, starts: str) -> None:
    """Add the page.

    Args:
        book: the form.
        rows: the rows that may be told by the hour, each with its line on the main page.
        day: the main page's column of the next day, as `报表!$F$`.
        starts: when a gas day begins, `08:00`.
    """
    sheet = style.page(book, HOURS)
    total, code = _LEAD + HOURS_PER_DAY + 1, _LEAD + HOURS_PER_DAY + 2
    style.title(sheet, 1, "次日分时气量（选填）", total)
    words = f"单位：{VOLUME}（该小时的量，{REFERENCE}）　24 小时之和应等于报表页的“次日预计”　一行要么填满 24 小时，要么全部留空"
    style.title(sheet, 2, words, total, style.SUBTITLE)
    first = int(starts.split(":", maxsplit=1)[0])
    heads = ["序号", "项目", "对象", "单位"]
    heads += [
        f"第{hour + 1}小时\n{(first + hour) % 24:02d}—{(first + hour) % 24 + 1:02d}时" for hour in range(HOURS_PER_DAY)
    ]
    for column, text in enumerate([*heads, "合计", "识别码（勿改）"], start=1):
        small = column > _LEAD
        style.put(
            sheet, (_HEADER_ROW, column), text, font=style.SMALL if small else style.LABEL, fill=style.HEAD,
            border=style.GRID, align=style.CENTRE,
        )  # fmt: skip
    rule = DataValidation(
        "decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=True, showErrorMessage=True,
        errorTitle="请填数", error=f"只能填不小于 0 的数，单位为{VOLUME}", showInputMessage=True,
        promptTitle=f"单位：{VOLUME}", prompt="该小时的气量，不是日量",
    )  # fmt: skip
    sheet.add_data_validation(rule)
    for at, (row, main) in enumerate(rows, start=_FIRST):
        style.put(sheet, (at, 1), at - _HEADER_ROW, font=style.SMALL, border=style.GRID, align=style.CENTRE)
        style.put(sheet, (at, 2), row.line.label, border=style.GRID)
        name = row.label or style.Formula(f'=IF(报表!$C${main}="","",报表!$C${main})')
        style.put(sheet, (at, 3), name, border=style.GRID)
        style.put(sheet, (at, 4), VOLUME, font=style.SMALL, border=style.GRID, align=style.CENTRE)
        for hour in range(HOURS_PER_DAY):
            place = (at, _LEAD + 1 + hour)
            style.put(
                sheet, place, fill=style.OPEN, border=style.GRID, align=style.RIGHT, form=style.AMOUNT, open_=True
            )
        start, end = f"{get_column_letter(_LEAD + 1)}{at}", f"{get_column_letter(_LEAD + HOURS_PER_DAY)}{at}"
        rule.add(f"{start}:{end}")
        formula = style.Formula(f'=IF(COUNT({start}:{end})=0,"",SUM({start}:{end}))')
        style.put(
            sheet, (at, total), formula, font=style.STRONG, fill=style.TOTAL, border=style.GRID, form=style.AMOUNT
        )
        style.put(sheet, (at, code), row.code, font=style.SMALL, align=style.LEFT_PLAIN)
        cell = f"{get_column_letter(total)}{at}"
        differs = f"AND(ISNUMBER({cell}),ISNUMBER({day}{main}),ABS({cell}-{day}{main})>0.005*{day}{main}+0.01)"
        style.colour(sheet, cell, differs, style.SUSPECT)
        sheet.row_dimensions[at].height = 21
    last = _FIRST + len(rows) - 1
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 18
    sheet.row_dimensions[_HEADER_ROW].height = 32
    style.widths(sheet, [5, 10, 22, 10, *[7.4] * HOURS_PER_DAY, 10, 22])
    sheet.freeze_panes = f"{get_column_letter(_LEAD + 1)}{_FIRST}"
    style.paper(sheet, landscape=True, last_column=total, last_row=last, repeat=f"{_HEADER_ROW}:{_HEADER_ROW}")
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
