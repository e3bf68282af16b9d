"""Whether a message has the shape that its schema demands; it stands alone because it alone reads the schemas."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

from lxml import etree

from zhishou.errors import ProblemsError, ZhishouError

Schema = Literal["1.2", "national"]

_FILES: Mapping[Schema, str] = {"1.2": "CAP-v1.2.xsd", "national": "national.xsd"}
_LABELS: Mapping[Schema, str] = {"1.2": "CAP 1.2", "national": "国家预警信息发布系统格式（按公开资料整理）"}
_MENDS: Mapping[str, str] = {
    "SCHEMAV_ELEMENT_CONTENT": "核对这一处缺了、多了或排错了哪一项",
    "SCHEMAV_CVC_ENUMERATION_VALID": "换成标准所列的值",
    "SCHEMAV_CVC_PATTERN_VALID": "时间写成 2026-12-15T20:00:00+08:00 的样子，编码按规定位数",
    "SCHEMAV_CVC_ELT_1": "根元素要用 alert 和对应的命名空间",
}
_made = threading.local()
"""A schema keeps the errors of its last run, so that each thread has its own."""


def problems(root: Any, schema: Schema = "1.2") -> list[ZhishouError]:
    """Everything that is wrong with a message by its schema, in the order of its lines."""
    validator = _validator(schema)
    if validator.validate(root):
        return []
    return [
        ZhishouError(
            f"不合 {_LABELS[schema]} 的结构：{_plain(error.message)}",
            where=f"第 {error.line} 行" if error.line else "",
            mend=_MENDS.get(error.type_name, ""),
        )
        for error in validator.error_log
    ]


def check(root: Any, schema: Schema = "1.2") -> None:
    """Let a message pass or say what is wrong with it.

    Raises:
        ProblemsError: it does not have the shape.
    """
    if found := problems(root, schema):
        raise ProblemsError(found)


def _validator(schema: Schema) -> Any:
    kept: dict[str, Any] = _made.__dict__
    if schema not in kept:
        content = files("zhishou.paper.cap").joinpath("data", _FILES[schema]).read_bytes()
        kept[schema] = etree.XMLSchema(etree.fromstring(content))
    return kept[schema]


def _plain(message: str) -> str:
    """The library's words without the namespaces."""
    return message.replace("{urn:oasis:names:tc:emergency:cap:1.2}", "").replace("{http://com.icss.amp}", "")
