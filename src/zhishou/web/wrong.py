"""What is wrong with a request's fields, in words a person understands; it stands alone because pydantic speaks English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhishou.errors import ZhishouError

_EXPECTED: Mapping[str, str] = {
    "string": "文字",
    "int": "整数",
    "float": "数值",
    "decimal": "数值",
    "bool": "true 或 false",
    "tuple": "列表",
    "list": "列表",
    "dict": "键值对",
    "mapping": "键值对",
    "model": "键值对（JSON 对象）",
    "date": "日期，如 2026-12-15",
    "datetime": "时间，如 2026-12-15T20:00",
}
_PLACES = {"body": "正文", "query": "查询参数", "path": "地址", "header": "请求头", "cookie": "Cookie"}


def told(detail: Any) -> ZhishouError:
    """One problem that validation found: place, what was expected, mend."""
    kind, place = str(detail["type"]), [str(part) for part in detail["loc"]]
    name = place[-1][:60] if place else ""
    where = " ".join([_PLACES.get(place[0], place[0]), ".".join(place[1:])]).strip() if place else ""
    what, mend = _special(kind, name, detail.get("ctx") or {}) or _plain(kind, name)
    if place == ["body"] and kind == "missing":
        what, mend = "请求没有正文", "正文写成 JSON 对象"
    return ZhishouError(what, where=where[:200], mend=mend)


def _special(kind: str, name: str, context: Mapping[str, Any]) -> tuple[str, str] | None:
    """What a kind of problem of its own says; None where it is the value's kind that is wrong."""
    match kind:
        case "missing":
            return f"缺少“{name}”", "补上"
        case "extra_forbidden":
            return f"不认识的字段“{name}”", "删去，或核对字段名"
        case "value_error":
            return str(context.get("error", "值不对")), "改正后重发"
        case "literal_error" | "enum":
            allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", "、").replace(", ", "、")
            return f"“{name}”的值不在允许之列", f"可写：{allowed}"
    limits = [str(value) for key, value in context.items() if key in _LIMITS]
    if kind in _BOUNDS:
        return f"“{name}”{_BOUNDS[kind].format(*limits, '')}", "改正后重发"
    return None


def _plain(kind: str, name: str) -> tuple[str, str]:
    expected = _EXPECTED.get(kind.split("_", 1)[0])
    if expected is None:
        return f"“{name}”写得不对", "对照接口说明改正"
    return f"“{name}”应为{expected}", "改正后重发"


_LIMITS = frozenset({"max_length", "min_length", "gt", "ge", "lt", "le"})
_BOUNDS: Mapping[str, str] = {
    "string_too_long": "太长，至多 {0} 个字",
    "string_too_short": "太短，至少 {0} 个字",
    "string_pattern_mismatch": "的写法不对",
    "too_long": "项数太多，至多 {0} 项",
    "too_short": "项数太少，至少 {0} 项",
    "greater_than": "应大于 {0}",
    "greater_than_equal": "应不小于 {0}",
    "less_than": "应小于 {0}",
    "less_than_equal": "应不大于 {0}",
    "finite_number": "应为有限的数",
}
