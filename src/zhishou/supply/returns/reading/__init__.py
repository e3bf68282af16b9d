"""Reading returns from files: what a file really is, its cells, and what they say; nothing is judged here yet."""

from __future__ import annotations

import hashlib
from datetime import date

from zhishou.supply.returns.held import Held
from zhishou.supply.returns.reading import form, sniffing, table, text, workbook
from zhishou.supply.returns.reading.draft import Draft, Reading
from zhishou.supply.returns.reading.grid import Sheet, UnreadableError
from zhishou.supply.returns.roster import Roster

__all__ = ["Draft", "Reading", "read"]

_NO_TABLE = UnreadableError(
    "no_table",
    "没有找到报表：没有“项目”“对象”“当日实际”“次日预计”这样的表头",
    "请用下发的模板填报，不要改表头",
)


def read(
    name: str, content: bytes, roster: Roster, near: date, *, gas_day: date | None = None, reporter: str = ""
) -> Reading:
    """Read one file; whatever is wrong with it is in the answer, and nothing is raised for it.

    Args:
        name: the file's name, for messages; its ending is not believed.
        content: its bytes.
        roster: the system's reporters and objects.
        near: a day near which the gas day must be, for dates without a year.
        gas_day: the gas day where a person states it instead of the file.
        reporter: the reporter's id or name, likewise.

    Raises:
        NotFoundError: the reporter stated is none of the system's.
    """
    digest = hashlib.sha256(content).hexdigest()
    try:
        drafts = _drafts(content, roster, near, gas_day, reporter)
    except UnreadableError as error:
        return Reading(name, digest, (), (Held(error.code, error.message, error.mend, sheet=name, whole=True),))
    return Reading(name, digest, drafts)


def _drafts(content: bytes, roster: Roster, near: date, gas_day: date | None, reporter: str) -> tuple[Draft, ...]:
    kind = sniffing.form(content)
    if kind == "json":
        return table.read_json(content, roster, near, gas_day, reporter)
    by_hand = False
    sheets: tuple[Sheet, ...]
    if kind == "workbook":
        book = workbook.read(content)
        sheets, by_hand = book.sheets, book.by_hand
    else:
        sheets = (text.read(content),)
    filled = form.read(sheets, roster, near, gas_day, reporter)
    drafts: tuple[Draft, ...] = (filled,) if filled is not None else ()
    if not drafts:
        found = [table.read_sheet(sheet, roster, near, gas_day, reporter) for sheet in sheets]
        if all(one is None for one in found):
            raise _NO_TABLE
        drafts = tuple(draft for one in found if one is not None for draft in one)
    if by_hand and drafts:
        drafts[0].tell("stale_formula", "工作簿设为手动计算，公式结果可能不是最新", "请按 F9 重算后保存", noted=True)
    return drafts
