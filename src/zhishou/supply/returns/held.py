"""What is held for a person: one thing wrong with a return, where it stands, how to mend it, and what happens meanwhile.

It stands alone because reading, checking and the register all speak of it, and a duty officer sees nothing else of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from zhishou.supply.returns.model import Value

Severity = Literal["held", "noted"]
"""`held`: not used until a person decides, its facts are unknown; `noted`: used, and told."""

Code = Literal[
    "password", "old_format", "not_a_workbook", "bomb", "broken", "no_table", "wrong_encoding", "unknown_column",
    "unknown_reporter", "wrong_date", "date_unclear", "other_system", "other_reporter", "two_in_one",
    "not_a_number", "formula_error", "not_calculated", "merged", "wrong_unit", "unknown_row", "not_yours", "twice",
    "negative", "out_of_range", "unit_slip", "spike", "drop", "zero", "over_capacity", "over_allocated",
    "total_differs", "hours_differ", "missing",
    "small_share", "converted", "as_text", "stray", "hidden", "unread_sheet", "blank_mark", "no_total", "stale_formula", "template_version",
    "late_correction", "stock_change", "large_change", "new_version", "stated", "repeated",
]  # fmt: skip

CODES: Mapping[Code, str] = {
    "password": "文件有密码",
    "old_format": "旧格式 .xls",
    "not_a_workbook": "不是报表文件",
    "bomb": "文件异常庞大",
    "broken": "文件损坏",
    "no_table": "找不到报表",
    "wrong_encoding": "编码不明",
    "unknown_column": "不认识的列",
    "unknown_reporter": "报送单位不明",
    "wrong_date": "气日不对",
    "date_unclear": "气日认不出",
    "other_system": "别处的模板",
    "other_reporter": "与模板单位不符",
    "two_in_one": "一份文件两份报表",
    "not_a_number": "不是数",
    "formula_error": "公式出错",
    "not_calculated": "公式没有结果",
    "merged": "合并单元格",
    "wrong_unit": "单位不对",
    "unknown_row": "不认识的行",
    "not_yours": "别家的对象",
    "twice": "同一项报了两个数",
    "negative": "负数",
    "out_of_range": "超出可能范围",
    "unit_slip": "疑似单位错",
    "spike": "骤增",
    "drop": "骤减",
    "zero": "从未为零的项报零",
    "over_capacity": "超出能力",
    "over_allocated": "分配超过可供",
    "total_differs": "合计对不上",
    "hours_differ": "分时与日量对不上",
    "missing": "应报未报",
    "small_share": "不足百分之一",
    "converted": "已换算单位",
    "as_text": "文字形式的数",
    "stray": "表外的数",
    "hidden": "有隐藏内容",
    "unread_sheet": "未读的表页",
    "blank_mark": "以符号表示未填",
    "no_total": "合计未重算",
    "stale_formula": "公式结果可能过时",
    "template_version": "模板版本不同",
    "late_correction": "补报或迟报更正",
    "stock_change": "库存变化与采气能力不符",
    "large_change": "变化较大",
    "new_version": "更正",
    "stated": "由值班员指明",
    "repeated": "重复内容",
}
"""Reason codes and what they are called."""

Key = tuple[str, str, date | None, int | None]
"""Item, object, day, hour: which figure is meant."""


def key(value: Value) -> Key:
    """Which figure a value states."""
    return (value.item, value.of, value.day, value.hour)


@dataclass(frozen=True, slots=True)
class Held:
    """One thing wrong, or worth telling."""

    code: Code
    """Reason code."""
    message: str
    """What is wrong."""
    mend: str = ""
    """What to do about it."""
    severity: Severity = "held"
    """Whether it keeps figures from use."""
    sheet: str = ""
    """Sheet; `CSV` or `JSON` where the file has none."""
    cell: str = ""
    """Cell (`F12`), or cells with commas, or the path in a JSON; empty for the file as a whole."""
    written: str = ""
    """What stands there."""
    label: str = ""
    """Item and object, in words."""
    about: tuple[Key, ...] = ()
    """The figures that are unknown while it is undecided."""
    values: tuple[Value, ...] = ()
    """The figures as read, where they could be read: what a release uses."""
    whole: bool = False
    """True where it holds the whole return."""
    id: str = ""
    """Given by the register: number of the entry and of the thing in it, `17-2`."""

    @property
    def place(self) -> str:
        """Sheet and cell, `报表!F12`; empty where the file as a whole is meant."""
        return f"{self.sheet}!{self.cell}" if self.sheet and self.cell else self.sheet or self.cell

    @property
    def meanwhile(self) -> str:
        """What happens until a person decides."""
        if self.severity == "noted":
            return "数据照用，请知悉"
        if self.whole:
            return "核定之前整份报表不用，有关要素按不明处理"
        if len(figures := {*self.about, *map(key, self.values)}) > 1:
            return f"核定之前这 {len(figures)} 个数都不用，有关要素按不明处理"
        return "核定之前这一项不用，有关要素按不明处理"

    @property
    def text(self) -> str:
        """The whole of it in one sentence: place, value, what is wrong, the mend, what happens meanwhile."""
        place = f"〔{self.place}〕" if self.place else ""
        written = f"写作“{self.written}”，" if self.written else ""
        mend = f"。{self.mend}" if self.mend else ""
        return f"{place}{self.label}{'：' if self.label else ''}{written}{self.message}{mend}。{self.meanwhile}。"


Action = Literal["release", "replace", "reject"]
ACTIONS: Mapping[Action, str] = {"release": "照用", "replace": "改用", "reject": "不用"}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one held thing."""

    held: str
    """Its id."""
    action: Action
    """`release`: use as written; `replace`: use the figures given; `reject`: use nothing."""
    post: str
    """The post that decided, no person's name."""
    reason: str
    """Why, for the record."""
    at: datetime
    """When."""
    amounts: tuple[tuple[Key, float], ...] = ()
    """Of `replace`: the figures to use, in the items' units."""
