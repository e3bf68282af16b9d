"""Reading the rows of a form: which row of the roster each is, and the figure in each of its cells."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from zhishou.supply.returns.held import Code
from zhishou.supply.returns.model import ITEMS, Value
from zhishou.supply.returns.reading import figures
from zhishou.supply.returns.reading.draft import Draft, Where, cells, without_numbers
from zhishou.supply.returns.reading.grid import Cell, Sheet, reference
from zhishou.supply.returns.roster import LINE_NAMES, Roster, Row, plain
from zhishou.supply.units import VOLUME

_UNIT = re.compile(r"\(([^()]+)\)$")
"""A unit in brackets at the end of a heading."""
_AMOUNTS = "01234567h"
"""First letters of the roles of columns that hold figures."""


class RowsReader:
    """The walk over one sheet's rows; what it finds goes into the draft."""

    def __init__(self, draft: Draft, sheet: Sheet, header: int, roles: Mapping[int, str], roster: Roster) -> None:
        self.draft, self.sheet, self.header, self.roster = draft, sheet, header, roster
        self.columns = {role: column for column, role in sorted(roles.items(), reverse=True)}
        self.amounts = [(column, role) for column, role in sorted(roles.items()) if role[0] in _AMOUNTS]
        self.words = {column for column, role in roles.items() if role[0] not in _AMOUNTS}
        written = {column: _UNIT.search(plain(sheet.cells[header, column].text)) for column in roles}
        self.stated = {column: found[1] for column, found in written.items() if found}
        self.merged = [one for one in sheet.merged if one[2] > header]
        self.blanks: list[str] = []
        self.as_text: list[str] = []
        self.no_total: list[str] = []
        self.stray: list[tuple[str, str]] = []
        self.words_below: list[tuple[str, str]] = []
        self.remarks: list[str] = []

    def read(self) -> None:
        """Read every row, then tell what concerns the sheet as a whole."""
        draft, sheet = self.draft, self.sheet
        if sheet.hidden:
            draft.tell("hidden", f"表页“{sheet.name}”是隐藏的，仍已读取", "", Where(sheet.name), noted=True)
        if unseen := [column for column, _ in self.amounts if column in sheet.hidden_columns]:
            where = Where(sheet.name, cells(reference(self.header, column) for column in unseen))
            draft.tell("hidden", "有隐藏的列，其中的数仍已读取", "", where, noted=True)
        for at, cell in sheet.cells.items():
            place = reference(*at)
            if at[0] < self.header and isinstance(cell.value, float) and not cell.dated and place != draft.day_cell:
                self.stray.append((place, cell.text))
        for number, row in sheet.rows().items():
            if number > self.header:
                self.row(number, row)
        draft.note = "；".join(part for part in (draft.note, *self.remarks) if part)
        self.once()

    def once(self) -> None:
        """Tell what is told once for the sheet."""
        draft, sheet = self.draft, self.sheet
        told: tuple[tuple[Code, list[str], str], ...] = (
            ("blank_mark", self.blanks, "以“—”“/”“无”等符号表示没有数，按未填处理"),
            ("as_text", self.as_text, "以文字形式存放的数，已按数读"),
            ("no_total", self.no_total, "合计公式没有保存计算结果，未作核对"),
        )
        for code, places, message in told:
            if places:
                draft.tell(code, message, "", Where(sheet.name, cells(places)), noted=True)
        for found, message, mend in (
            (self.words_below, "应填栏目里有文字，没有采用", "如是说明，请写在备注栏"),
            (self.stray, "应填栏目以外有数，没有采用", "如是报表内容，请填入相应栏目"),
        ):
            if found:
                where = Where(sheet.name, cells(place for place, _ in found), cells(text for _, text in found))
                draft.tell("stray", message, mend, where, noted=True)

    def row(self, number: int, row: Mapping[int, Cell]) -> None:
        """Read one row."""
        filled = {column: row[column] for column, _ in self.amounts if column in row}
        for column, cell in row.items():
            summed = column == self.columns.get("sum") and cell.formula is None
            if (summed or (column not in self.words and column not in filled)) and _numeric(cell):
                self.stray.append((reference(number, column), cell.text))
        if not filled:
            return
        named = any(self.text(row, role) for role in ("code", "line", "object"))
        if not named and not any(_numeric(cell) or cell.formula is not None for cell in filled.values()):
            self.words_below += [(reference(number, column), cell.text) for column, cell in filled.items()]
            return
        found = self.known(number, row)
        if found is None:
            return
        if number in self.sheet.hidden_rows:
            where = Where(self.sheet.name, f"{number}:{number}")
            self.draft.tell("hidden", f"第 {number} 行是隐藏的，仍已读取", "", where, noted=True)
        if remark := self.text(row, "note"):
            self.remarks.append(f"{found.label}：{without_numbers(remark)}")
        unit = self.text(row, "unit")
        for column, role in self.amounts:
            if column in filled:
                self.cell((number, column), role, filled[column], found, unit)

    def text(self, row: Mapping[int, Cell], role: str) -> str:
        """What stands in the column of a role."""
        cell = row.get(self.columns.get(role, 0))
        return cell.text if cell is not None else ""

    def known(self, number: int, row: Mapping[int, Cell]) -> Row | None:
        """The row of the roster that a row is, by its code and its names, which must not contradict each other."""
        code, item, thing = self.text(row, "code"), self.text(row, "line"), self.text(row, "object")
        shown = " ".join(part for part in (item, thing) if part) or code
        numbers = {reference(number, column): cell.text for column, cell in row.items() if column not in self.words}
        where = Where(self.sheet.name, cells(numbers), cells(numbers.values()), shown)
        line = LINE_NAMES.get(plain(item))
        by_code = self.roster.by_code.get(code)
        by_name = self.roster.named(line, thing, self.draft.reporter) if line else None
        renamed = by_code and by_code.of and thing and not by_name and plain(thing) != plain(by_code.label)
        if by_code and (renamed or (item and line != by_code.line) or (by_name and by_name.code != by_code.code)):
            message = f"识别码是“{by_code.line.label} {by_code.label}”的，名称却是“{shown}”"
            self.draft.tell("unknown_row", message, "请按模板恢复这一行的识别码或名称", where)
            return None
        found = by_code or by_name
        if found is None:
            if not item and not thing:
                message = "这一行没有写项目和对象"
            elif line is None:
                message = f"不认识的项目“{item}”"
            else:
                message = f"名录里没有叫“{thing}”的对象" if thing else "没有写对象"
            mend = "请用模板里的项目和对象名称；新增对象先由值班室列入名录"
            self.draft.tell("unknown_row", message, mend, where)
            return None
        owner = self.roster.owners.get((found.line.id, found.of), "")
        if self.draft.reporter and owner and owner != self.draft.reporter:
            label = self.roster.system.reporters_by_id[owner].label
            message = f"“{found.label}”由“{label}”报送"
            self.draft.tell("not_yours", message, "请删去这一行，或核实报送单位", where)
            return None
        return found

    def cell(self, at: tuple[int, int], role: str, cell: Cell, row: Row, unit: str) -> None:
        """Read one figure."""
        draft, sheet, place = self.draft, self.sheet, reference(*at)
        hour = int(role[1:]) if role[0] == "h" else None
        ahead = 1 if hour is not None else int(role)
        item = row.line.expected if ahead else row.line.actual
        if not item:
            if _numeric(cell):
                self.stray.append((place, cell.text))
            return
        if figures.blank(cell):
            self.blanks.append(place)
            return
        if draft.gas_day is None:
            draft.undated += 1
            return
        of = row.of or draft.reporter
        value = Value(item, of, draft.gas_day + timedelta(days=ahead), 0.0, hour, f"{sheet.name}!{place}")
        where = Where(sheet.name, place, cell.text, self.roster.label(item, of))
        if span := next((one for one in self.merged if _within(one, *at)), None):
            message = f"{reference(*span[:2])}:{reference(*span[2:])} 合并成了一个单元格，看不出这个数是哪一项的"
            draft.tell("merged", message, "请取消合并，逐格填写", where, about=value)
        elif ITEMS[item].unit == "":
            draft.values.append(replace(value, amount=cell.text))
        elif (stated := self.stated.get(at[1], "")) and figures.contradicts(stated, unit or row.unit):
            message = f"表头写的单位是“{stated}”，这一行的单位是{unit or row.unit}"
            draft.tell("wrong_unit", message, f"请把表头恢复原样，按{row.unit}填报", where, about=value)
        elif row.line.total_of and cell.formula is not None and cell.value is None:
            self.no_total.append(place)
        else:
            self.take(value, cell, VOLUME if hour is not None else row.unit, unit, where)

    def take(self, value: Value, cell: Cell, unit: str, written: str, where: Where) -> None:
        """Read one figure in the unit asked for, from the unit that its row states."""
        per_tonne = self.roster.system.cubic_metres_per_tonne
        told = take(self.draft, value, cell, where, unit=unit, written=written, per_tonne=per_tonne)
        if "as_text" in told:
            self.as_text.append(where.cell)


def take(
    draft: Draft, value: Value, cell: Cell, where: Where, *, unit: str, written: str, per_tonne: float
) -> frozenset[Code]:
    """Read one figure and put it into the draft, or say why it is none.

    Args:
        draft: where it goes.
        value: which figure it is.
        cell: what stands there.
        where: its place.
        unit: the unit asked for.
        written: the unit stated beside it; empty where none is.
        per_tonne: m³ at 20 °C and 101.325 kPa from a tonne of LNG.

    Returns:
        The codes told of it; `as_text` is left for the caller to tell.
    """
    found = figures.figure(cell, unit, per_tonne)
    amount, told = found.amount, list(found.told)
    if amount is None or found.code is not None:
        draft.tell(found.code or "not_a_number", found.message, found.mend, where, about=value)
        return frozenset()
    if written and plain(written) != plain(unit):
        done = figures.converted(amount, written, unit, per_tonne)
        if done is None:
            message = f"单位写作“{written}”，不能换算为{unit}"
            draft.tell("wrong_unit", message, f"请把单位改为{unit}并相应改数", where, about=value)
            return frozenset()
        amount, how = done
        told += [("converted", how)] if how else []
    draft.values.append(replace(value, amount=amount))
    for code, message in told:
        if code != "as_text":
            draft.tell(code, message, "", where, about=value, noted=True)
    return frozenset(code for code, _ in told)


def _numeric(cell: Cell) -> bool:
    return isinstance(cell.value, float) or (
        isinstance(cell.value, str) and any(sign.isdigit() for sign in cell.text) and not figures.blank(cell)
    )


def _within(area: tuple[int, int, int, int], row: int, column: int) -> bool:
    return area[0] <= row <= area[2] and area[1] <= column <= area[3] and area[:2] != area[2:]
