"""The cut list as a workbook, for those who live in Excel and WPS."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from zhishou.cli.supply_curtail import LINE_HEADS, cells
from zhishou.plan.lexicon import Lexicon
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.sentences import PARTS, summary
from zhishou.supply.units import HOURS_PER_DAY, REFERENCE, VOLUME


def as_workbook(
    plan: CutPlan, severer: Sequence[tuple[Powers, float]], lexicon: Lexicon, remarks: Sequence[str] = ()
) -> bytes:
    """The cut list as a workbook: the summary and who is cut, and what each is cut in every hour.

    Args:
        plan: the cut list.
        severer: the more severe levels and what each would leave unserved, 万立方米.
        lexicon: the names of areas.
        remarks: how the level was chosen, and what was taken for granted.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.title = "压减清单"
    horizon = plan.horizon
    end = horizon.start + timedelta(hours=horizon.steps * horizon.step_hours)
    title = f"{plan.powers.label}压减清单　{horizon.start:%Y-%m-%d %H:%M}—{end:%Y-%m-%d %H:%M}"
    notes = [horizon.system.note or "示意数据，非真实"] if horizon.system.illustrative else []
    notes += [f"气量单位：{VOLUME}（{REFERENCE}）", *summary(plan, severer), *remarks]
    sheet.append([title])
    sheet["A1"].font = Font(size=16, bold=True)
    for note in notes:
        sheet.append([note])
    _filled(
        sheet,
        LINE_HEADS,
        [cells(line, plan, lexicon) for line in plan.lines],
        (6, 22, 10, 14, 20, 10, 10, 10, 30, 12, 26),
    )
    hours = book.create_sheet("分时压减")
    scale = HOURS_PER_DAY / horizon.step_hours
    hours.append([f"各时段压减速率，{VOLUME}/日（{REFERENCE}）"])
    heads = ("用户", "方式", *(f"{horizon.moment(step):%d日%H:%M}" for step in range(horizon.steps)))
    rows = [(line.label, PARTS[line.part], *(round(float(v) * scale, 4) for v in line.by_step)) for line in plan.lines]
    _filled(hours, heads, rows, (22, 14, *[10] * horizon.steps))
    hours.freeze_panes = "C3"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _filled(sheet: Any, heads: Sequence[str], rows: Iterable[Sequence[Any]], widths: Sequence[int]) -> None:
    sheet.append(list(heads))
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DCE6F1")
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for row in rows:
        sheet.append(list(row))
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
