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

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("不小于", "ge"),
    "greater_than": ("大于", "gt"),
    "less_than_equal": ("不大于", "le"),
    "less_than": ("小于", "lt"),
}
"""Kind → words, and where pydantic keeps the bound."""


def translated(error: ValidationError, marked: Marked) -> list[ZhishouError]:
    """Every problem of a failed validation, with the file and line of the text that caused it."""
    details = error.errors(include_url=False)
    places = [detail["loc"] for detail in details]
    return [_one(detail, marked) for detail in details if not _follows(detail, places)]


def _follows(detail: Any, places: list[tuple[int | str, ...]]) -> bool:
    """Whether a list counts as too short only because its entries are wrong, which is told of each of them."""
    place = detail["loc"]
    inside = (other for other in places if other != place and other[: len(place)] == place)
    return detail["type"] == "too_short" and any(inside)


def _one(detail: Any, marked: Marked) -> ZhishouError:
    path = _path(detail["loc"], marked.data)
    kind: str = detail["type"]
    name = ".".join(str(part) for part in path)
    where = marked.place(path)
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if kind == "missing":
        return ZhishouError(f"缺少“{last}”", where=where, mend=f"在{f' {name} ' if name else '文件'}里补上 {last}")
    if last == "[key]":
        return ZhishouError(f"键“{path[-1]}”要加引号", where=where, mend=f'写成 "{path[-1]}":')
    if kind == "extra_forbidden":
        from zhishou.plan.schema import condition_keys, every_key  # noqa: PLC0415 - only a failed load needs the schema

        keys = condition_keys() if _holds_condition(list(path[:-1])) else every_key()
        near = difflib.get_close_matches(last, keys, n=1)
        return ZhishouError(
            f"不认识的键“{last}”", where=where, mend=f"是不是“{near[0]}”？" if near else "删去，或查预案包格式"
        )
    message, mend = _said(kind, name, detail)
    return ZhishouError(message, where=where, mend=mend)


def _said(kind: str, name: str, detail: Any) -> tuple[str, str]:
    """What is wrong with a value, and the mend."""
    given = detail.get("input")
    if kind == "literal_error":
        values = detail["ctx"]["expected"].replace("'", "").replace(" or ", "、").replace(", ", "、")
        return f"{name} 的值“{given}”不在允许之列", f"可写：{values}"
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _untagged(name, detail["ctx"])
    if kind == "too_short":
        return f"{name} 至少要有 {detail['ctx']['min_length']} 项", "补上，或删去这个键"
    if kind == "value_error":
        return str(detail["ctx"]["error"]), f"改正 {name}"
    if kind in _EXPECTED or kind in _BOUNDS:
        words, key = _BOUNDS.get(kind, ("", ""))
        wanted = f"{words} {detail['ctx'][key]:g}" if key else f"为{_EXPECTED[kind]}"
        return f"{name} 应{wanted}，写的是“{given}”", "改正这个值"
    return f"{name} 写得不对：{detail['msg']}", "对照预案包格式改正"


def _untagged(name: str, context: Any) -> tuple[str, str]:
    """What is wrong where a thing does not say of which kind it is."""
    if not context["discriminator"].startswith("'"):
        return f"{name} 看不出是哪种条件", "条件要有 fact、grade、judgement、all、any、not 之一"
    key, known = context["discriminator"].strip("'"), context.get("expected_tags", "").replace("'", "")
    return f"{name} 没有写对 {key}", f"写明 {key}{f'：{known}' if known else ''}"


def _path(location: tuple[int | str, ...], data: Any) -> Path:
    """The path in the text; the parts of a location that pydantic adds itself (union tags) are left out."""
    path: list[str | int] = []
    here: Any = data
    tagged = False
    for part in location:
        if not tagged and isinstance(here, dict) and _holds_condition(path):
            tagged = True  # pydantic names the kind of a condition before what is wrong in it
            continue
        tagged = False
        if (isinstance(here, dict) and part in here) or (
            isinstance(here, list) and isinstance(part, int) and part < len(here)
        ):
            here = here[part]  # type: ignore[index]
        else:
            continue
        path.append(part)
    return tuple(path)


def _holds_condition(path: list[str | int]) -> bool:
    return path[-1:] in (["when"], ["not"]) or (path[-2:-1] in (["all"], ["any"]) and isinstance(path[-1], int))
