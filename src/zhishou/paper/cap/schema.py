"""Whether a message has the shape that its schema demands; it stands alone because it alone reads the schemas."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Literal

from lxml import etree

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.paper.cap.faults import shape

Schema = Literal["1.2", "national"]

_FILES: Mapping[Schema, str] = {"1.2": "CAP-v1.2.xsd", "national": "national.xsd"}
_LABELS: Mapping[Schema, str] = {"1.2": "CAP 1.2", "national": "国家预警信息发布系统格式（按公开资料整理）"}
_made = threading.local()
"""A schema keeps the errors of its last run, so that each thread has its own."""


def problems(root: Any, schema: Schema = "1.2") -> list[ZhishouError]:
    """Everything that is wrong with a message by its schema, in the order of its lines."""
    validator = _validator(schema)
    if validator.validate(root):
        return []
    return [
        ZhishouError(
            f"不合 {_LABELS[schema]} 的结构：{what}", where=f"第 {error.line} 行" if error.line else "", mend=mend
        )
        for error in validator.error_log
        for what, mend in (shape(error),)
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
