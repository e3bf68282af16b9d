"""What pydantic found wrong, in words a plan's author understands: place, what was expected, and the mend."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from zhishou.errors import ZhishouError
from zhishou.plan.marks import Marked, Path

_EXPECTED: Mapping[str, str] = {
    "string_type": "文字",
    "int_type": "整数",
    "int_parsing": "整数",
    "int_from_float": "整数",
    "float_type": "数值",
    "float_parsing": "数值",
    "bool_type": "true 或 false",
    "bool_parsing": "true 或 false",
    "tuple_type": "列表（每项一行，行首加“- ”）",
    "list_type": "列表（每项一行，行首加“- ”）",
    "dict_type": "键值对",
    "mapping_type": "键值对",
    "model_type": "键值对",
    "date_type": "日期 2020-10-12",
    "date_parsing": "日期 2020-10-12",
    "date_from_datetime_parsing": "日期 2020-10-12",
}


def translated(error: ValidationError, marked: Marked) -> list[ZhishouError]:
    """Every problem of a failed validation, with the file and line of the text that caused it."""
    return [_one(detail, marked) for detail in error.errors(include_url=False)]


def _one(detail: Any, marked: Marked) -> ZhishouError:
    path, holder = _path(detail["loc"], marked.data)
    kind: str = detail["type"]
    name = ".".join(str(part) for part in path)
    given = detail.get("input")
    where = marked.place(path)
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "missing":
        return ZhishouError(f"缺少“{last}”", where=where, mend=f"在 {name or '文件'} 里补上 {last}")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(last, _known(holder, marked), n=1)
        return ZhishouError(f"不认识的键“{last}”", where=where, mend=f"是不是“{near[0]}”？" if near else "删去，或查预案包格式")
    if kind == "literal_error":
        return ZhishouError(
            f"{name} 的值“{given}”不在允许之列", where=where, mend=f"可写：{detail['ctx']['expected'].replace(' or ', '、')}"
        )
    if kind == "union_tag_not_found" or kind == "union_tag_invalid":
        return ZhishouError(
            f"{name} 看不出是哪种条件", where=where, mend="条件要有 fact、grade、judgement、all、any、not 之一"
        )
    if kind == "value_error":
        return ZhishouError(str(detail["ctx"]["error"]), where=where, mend=f"改正 {name}")
    if kind in _EXPECTED:
        return ZhishouError(f"{name} 应为{_EXPECTED[kind]}，写的是“{given}”", where=where, mend="改正这个值")
    return ZhishouError(f"{name} 写得不对：{detail['msg']}", where=where, mend="对照预案包格式改正")


def _path(location: tuple[int | str, ...], data: Any) -> tuple[Path, Any]:
    """The path in the text; the parts of a location that pydantic adds itself (union tags) are left out."""
    path: list[str | int] = []
    here = data
    for part in location:
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            continue
        path.append(part)
    return tuple(path), here


def _known(_holder: Any, _marked: Marked) -> list[str]:
    from zhishou.plan.schema import every_key  # noqa: PLC0415 - only a failed load needs the schema

    return every_key()
