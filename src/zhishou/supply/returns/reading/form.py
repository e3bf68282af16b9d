"""Reading a filled form: the sheet 报表, the sheet 分时 and whatever else stands in the file.

Rows are known by their code, or by item and object where the code is gone, so that moved and inserted rows do no harm.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from zhishou.errors import NotFoundError
from zhishou.supply.returns.lines import DAYS
from zhishou.supply.returns.reading import figures
from zhishou.supply.returns.reading.draft import Draft, Where, cells, without_numbers
from zhishou.supply.returns.reading.grid import Cell, Sheet, reference
from zhishou.supply.returns.reading.rows import RowsReader
from zhishou.supply.returns.roster import Roster, plain
from zhishou.supply.units import HOURS_PER_DAY

META = "_zhishou"
"""The hidden sheet by which a form knows itself."""
VERSION = "1"
"""The form's own version."""

HEADINGS: Mapping[str, str] = {
    "序号": "number", "项目": "line", "对象": "object", "单位": "unit", "当日实际": "0", "次日预计": "1",
    "合计": "sum", "备注": "note", "识别码": "code",
}  # fmt: skip
_AHEAD = re.compile(r"第(\d)日预计")
_HOUR = re.compile(r"第(\d{1,2})小时")
HEADER = ("报送单位", "气日", "报送性质", "更正说明", "填报人职务")
GUIDE = "填报说明"


def heading(cell: Cell) -> str:
    """What a column is for, by its heading: a name, `0` to `7` for days ahead, `h0` to `h23` for hours; else empty."""
    text = plain(cell.text)
    for name, role in HEADINGS.items():
        if text.startswith(name):
            return role
    if match := _AHEAD.match(text):
        return match[1] if 2 <= int(match[1]) <= DAYS else ""
    if match := _HOUR.match(text):
        return f"h{int(match[1]) - 1}" if 1 <= int(match[1]) <= HOURS_PER_DAY else ""
    return ""


def header_row(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """The row of headings and what its columns are for; None where the sheet is no form."""
    for row, found in sheet.rows().items():
        roles = {column: role for column, cell in found.items() if (role := heading(cell))}
        if {"line", "object"} <= set(roles.values()) and any(role[0] in "01h" for role in roles.values()):
            return row, roles
    return None


def read(sheets: tuple[Sheet, ...], roster: Roster, near: date, gas_day: date | None, reporter: str) -> Draft | None:
    """Read a filled form.

    Args:
        sheets: every sheet of the file.
        roster: the system's reporters and objects.
        near: a day near which the gas day must be, for dates without a year.
        gas_day: the gas day where a person states it instead of the file.
        reporter: the reporter's id or name, likewise.

    Returns:
        None where no sheet is a form.
    """
    forms = [(sheet, *found) for sheet in sheets if sheet.name != META and (found := header_row(sheet))]
    if not forms:
        return None
    draft = Draft()
    meta = {
        cell.text: right.text
        for sheet in sheets
        if sheet.name == META
        for row in sheet.rows().values()
        if (cell := row.get(1)) and (right := row.get(2))
    }
    for sheet, row, _ in forms:
        _header(draft, sheet, row, roster, near)
    if gas_day is not None:
        if draft.day_written and draft.gas_day != gas_day:
            where = Where(draft.sheet, draft.day_cell, draft.day_written)
            draft.tell("stated", f"按指明的气日 {gas_day} 登记", "", where, noted=True)
        draft.gas_day = gas_day
    _who(draft, meta, roster, reporter)
    for sheet, row, roles in forms:
        RowsReader(draft, sheet, row, roles, roster).read()
    for sheet in sheets:
        if sheet.name != META and not any(sheet is one for one, _, _ in forms):
            _other(draft, sheet)
    return draft


def _header(draft: Draft, sheet: Sheet, end: int, roster: Roster, near: date) -> None:
    for (row, column), cell in sorted(sheet.cells.items()):
        name = plain(cell.text).rstrip(":")
        if row >= end or name not in HEADER:
            continue
        right = next((sheet.cells[row, c] for c in range(column + 1, column + 3) if (row, c) in sheet.cells), None)
        if right is None or plain(right.text).rstrip(":") in HEADER:
            continue
        place = next(reference(row, c) for c in range(column + 1, column + 3) if (row, c) in sheet.cells)
        where = Where(sheet.name, place, right.text)
        if name in {"报送单位", "气日"}:
            _named(draft, name, right, where, roster, near, epoch_1904=sheet.epoch_1904)
        elif name == "报送性质":
            draft.correction = "更正" in right.text
        elif name == "更正说明":
            draft.note = without_numbers(right.text)


def _named(draft: Draft, name: str, cell: Cell, where: Where, roster: Roster, near: date, *, epoch_1904: bool) -> None:
    """Take the reporter or the gas day from the head of a form."""
    if name == "报送单位":
        known = roster.reporter(cell.text)
        found = known.id if known else ""
        if not draft.reporter_written:
            draft.reporter = found
            draft.reporter_written, draft.reporter_cell, draft.sheet = cell.text, where.cell, where.sheet
        elif found != draft.reporter:
            _another(draft, name, draft.reporter_written, where)
        return
    day, told = figures.day(cell, near, epoch_1904=epoch_1904)
    if not draft.day_written:
        draft.gas_day, draft.day_problem = day, "" if day else told
        written = f"{day}" if day is not None and cell.dated else cell.text  # a date is kept as a serial number
        draft.day_written, draft.day_cell, draft.sheet = written, where.cell, where.sheet
        if day is not None and told:
            draft.tell("date_unclear", told, "", where, noted=True)
    elif day != draft.gas_day:
        _another(draft, name, draft.day_written, where)


def _another(draft: Draft, name: str, before: str, where: Where) -> None:
    """Another form in the file, of another reporter or day: its figures would go under the wrong name."""
    message = f"文件里另有一份报表，{name}不同（前面写作“{before}”）"
    draft.tell("two_in_one", message, "一份文件只报一家、一个气日，请分开报送", where, whole=True)


def _who(draft: Draft, meta: Mapping[str, str], roster: Roster, stated: str) -> None:
    if stated:
        known = roster.reporter(stated)
        if known is None:
            names = "、".join(one.label for one in roster.system.reporters)
            raise NotFoundError(f"没有“{stated}”这个报送单位", mend=f"现有：{names}")
        draft.reporter = known.id
    where = Where(draft.sheet, draft.reporter_cell, draft.reporter_written)
    if (system := meta.get("system")) and system != roster.system.id:
        draft.tell(
            "other_system", f"模板属于“{system}”，不是“{roster.system.id}”", "请用本单位现行模板填报",
            where, whole=True,
        )  # fmt: skip
    made_for = meta.get("reporter", "")
    if made_for and made_for != draft.reporter:
        owner = roster.system.reporters_by_id.get(made_for)
        name = owner.label if owner else made_for
        if not draft.reporter_written:
            draft.reporter = made_for
        elif draft.reporter and not stated:
            draft.tell(
                "other_reporter", f"模板是发给“{name}”的，报送单位却写成别家", "请核实是哪一家的报表，改正报送单位后重报",
                where, whole=True,
            )  # fmt: skip
    if (version := meta.get("version", VERSION)) != VERSION:
        draft.tell("template_version", f"模板是第 {version} 版，现行为第 {VERSION} 版", "", Where(META), noted=True)


def _other(draft: Draft, sheet: Sheet) -> None:
    """A sheet that is no form: told, unless it is the form's own page of words."""
    numbers = [reference(*at) for at, cell in sorted(sheet.cells.items()) if isinstance(cell.value, float)]
    if sheet.name == GUIDE and not numbers:
        return
    if sheet.cells:
        hidden = "，且是隐藏的" if sheet.hidden else ""
        draft.tell(
            "unread_sheet", f"表页“{sheet.name}”没有报表的表头，没有读{hidden}；其中有 {len(numbers)} 个数",
            "如是报表内容，请填入模板的“报表”页", Where(sheet.name, cells(numbers)), noted=True,
        )  # fmt: skip
