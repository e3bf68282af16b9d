"""Lines of the contact book read from a workbook or CSV: the house's form, or a list that people keep already.

One row is one person or desk of a unit, with a column for each way to reach it, as such lists are kept everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from zhishou.callout.book import numbers
from zhishou.callout.book.lines import Line
from zhishou.callout.whom import Hours
from zhishou.errors import ZhishouError
from zhishou.supply.returns.reading import sniffing, text, workbook
from zhishou.supply.returns.reading.grid import Cell, Sheet, UnreadableError, reference

WHO = ("单位或职务", "账户", "姓名", "职务")
WAYS: tuple[tuple[str, tuple[str, ...], Hours], ...] = (
    ("办公电话", ("voice",), "office"),
    ("值班电话", ("voice",), "any"),
    ("夜间电话", ("voice",), "off"),
    ("手机", ("sms", "voice"), "any"),
    ("邮箱", ("mail",), "any"),
    ("企业微信", ("wecom",), "any"),
    ("钉钉", ("dingtalk",), "any"),
    ("飞书", ("feishu",), "any"),
    ("其他", ("apprise",), "any"),
)
"""Column → kinds of address it gives, and their hours."""
MORE = ("次序", "用于", "通道")
COLUMNS = (*WHO, *(name for name, _, _ in WAYS), *MORE)
ALIASES: Mapping[str, str] = {
    "单位": "单位或职务", "单位名称": "单位或职务", "部门": "单位或职务", "成员单位": "单位或职务", "账号": "账户", "联系人": "姓名",
    "名称": "姓名", "电话": "值班电话", "联系电话": "值班电话", "值班室电话": "值班电话", "座机": "办公电话", "固定电话": "办公电话",
    "手机号": "手机", "手机号码": "手机", "移动电话": "手机", "电子邮箱": "邮箱", "邮件": "邮箱", "EMAIL": "邮箱", "E-MAIL": "邮箱",
    "微信": "企业微信", "顺序": "次序", "序": "次序",
}  # fmt: skip
USES: Mapping[str, tuple[bool, bool]] = {
    "": (True, False),
    "实战": (True, False),
    "演练": (False, True),
    "都用": (True, True),
}
"""What is written → whether real calls and exercises may use it."""
_BLANK = frozenset({"", "-", "—", "--", "/", "无", "暂无", "没有"})
_MOST = 20_000


def read(content: bytes) -> tuple[Line, ...]:
    """The lines of a workbook or CSV.

    Raises:
        ZhishouError: it cannot be read, or has no such table.
    """
    try:
        kind = sniffing.form(content)
        sheets = workbook.read(content).sheets if kind == "workbook" else (text.read(content),)
    except UnreadableError as error:
        raise ZhishouError(error.message, mend=error.mend.replace("报送", "导入")) from None
    found: list[Line] = []
    tables = 0
    for sheet in sheets:
        head = _head(sheet)
        if head is not None and not sheet.hidden:
            tables += 1
            found += _rows(sheet, *head)
    if not tables:
        raise ZhishouError(
            f"没有找到通讯录：没有“{WHO[0]}”和{'、'.join(name for name, _, _ in WAYS[:4])}这样的表头",
            mend="用 zhishou callout template 生成的模板填写，不要改表头",
        )
    if len(found) > _MOST:
        raise ZhishouError(f"号码超过 {_MOST} 个", mend="分几次导入")
    return tuple(found)


def _column(cell: Cell) -> str:
    name = re.sub(r"\s|[（(].*?[）)]|\*", "", cell.text).upper()
    return ALIASES.get(name, name)


def _head(sheet: Sheet) -> tuple[int, dict[int, str]] | None:
    """The row of the headings, and which column is which."""
    for row, cells in list(sheet.rows().items())[:20]:
        named = {column: name for column, cell in cells.items() if (name := _column(cell)) in COLUMNS}
        if set(named.values()) & {WHO[0], WHO[1]} and set(named.values()) & {name for name, _, _ in WAYS}:
            return row, named
    return None


def _rows(sheet: Sheet, head: int, named: Mapping[int, str]) -> Iterator[Line]:
    merged = _merged(sheet, [column for column, name in named.items() if name in WHO[:1]])
    for row, cells in sheet.rows().items():
        if row <= head:
            continue
        said = {name: cells[column].text for column, name in named.items() if column in cells}
        above = next((merged[row, column] for column in named if (row, column) in merged), "")
        who = said.get("单位或职务") or above or ("" if said.get("账户") else "（没有写单位）")
        about = Line("", who, "", "", said.get("姓名", ""), said.get("职务", ""), said.get("账户", ""))
        about = replace(_placed(about, said.get("次序", ""), said.get("用于", "")), channel=said.get("通道", ""))
        for column, title in named.items():
            way = next((one for one in WAYS if one[0] == title), None)
            cell = cells.get(column)
            if way is None or cell is None or cell.text in _BLANK:
                continue
            error = "单元格是出错的公式" if cell.error else about.error
            place = f"{sheet.name}!{reference(row, column)}"
            for written in numbers.several(cell.text) or (cell.text,):
                for kind in way[1]:
                    yield replace(about, place=place, kind=kind, written=written, hours=way[2], error=error)


def _placed(line: Line, rank: str, use: str) -> Line:
    """The line with its place in the order and its use, as the row says them."""
    found = USES.get(use)
    error = "" if found is not None else f"“用于”写的是“{use}”：应写实战、演练或都用"
    if rank and not (rank.isdigit() and len(rank) < 5):
        error = error or "“次序”应写 1、2、3 这样的数"
    real, exercise = found or (True, False)
    return replace(line, rank=int(rank) if rank and not error else 0, real=real, exercise=exercise, error=error)


def _merged(sheet: Sheet, columns: Collection[int]) -> dict[tuple[int, int], str]:
    """What a merged cell says, for each row that it covers: units stand so before their people."""
    found: dict[tuple[int, int], str] = {}
    for first, left, last, _ in sheet.merged:
        if left in columns and (cell := sheet.cells.get((first, left))) is not None:
            found |= {(row, left): cell.text for row in range(first, min(last, first + _MOST) + 1)}
    return found
