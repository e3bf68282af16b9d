"""YAML with the line of every value; it stands alone because the house reads no other text format by hand.

Scalars follow the YAML 1.2 core schema (so `no` is text, not false, and `1:30` is text, not ninety), and a key given
twice is an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from zhishou.errors import PackError, ZhishouError

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?")
_LONGEST = 300
"""Digits of a whole number; a longer one is no figure that anybody reports, and is read as infinite."""
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Marked:
    """A YAML document: its plain data and the line (from 1) on which the value at each path starts."""

    data: Any
    name: str
    lines: Mapping[Path, int] = field(repr=False)

    def place(self, path: Path) -> str:
        """`file:line` of the value at `path`, or of the nearest value that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def read(text: str, name: str) -> Marked:
    """Read one YAML document.

    Args:
        text: the document.
        name: the file's name, for messages.

    Raises:
        PackError: the text is no YAML, or a key stands twice.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        words = _in_words(str(error.problem or error.context), "".join(text.splitlines()[line - 1 : line]))
        raise PackError([_no_yaml(words, f"{name}:{line}")]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, text.index(chr(error.character))) + 1
        raise PackError([_no_yaml(f"有不可见的控制字符 U+{error.character:04X}", f"{name}:{line}")]) from None
    lines: dict[Path, int] = {}
    problems: list[ZhishouError] = []
    try:
        data = _build(node, (), lines, problems, name) if node is not None else None
    except RecursionError:
        raise PackError([_no_yaml("引用（* 和 &）绕成了圈，或嵌套过深", f"{name}:1")]) from None
    if problems:
        raise PackError(problems)
    return Marked(data, name, lines)


_TABS = "用了制表符，缩进只能用空格"
_PROBLEMS = (
    ("mapping values are not allowed", "冒号用得不对，这里不能再有“键: 值”"),
    ("tab character", _TABS),
    ("',' or ']'", "方括号没有合上，或少了逗号"),
    ("',' or '}'", "花括号没有合上，或少了逗号"),
    ("expected ':'", "键后面少了冒号"),
    ("unexpected end of stream", "引号没有合上"),
    ("expected key", "缩进与上面不一致"),
    ("block end", "缩进与上面不一致"),
    ("expected '-' indicator", "缩进与上面不一致"),
    ("entries are not allowed", "“- ”写在了不该写的地方"),
    ("cannot start any token", "值以特殊符号开头，要加引号"),
    ("undefined alias", "引用（*）了没有定义的名字"),
    ("alphabetic or numeric", "以 * 或 & 开头的值要加引号"),
    ("escape character", "双引号里的反斜杠用得不对"),
    ("another document", "一个文件里有两份内容（---）"),
)
"""What the parser says, in any of its two builds, and the same for whoever wrote the file."""


def _in_words(problem: str, line: str) -> str:
    """What is wrong with a line, in words."""
    if line.lstrip(" ").startswith("\t"):  # of which one build of the parser says only that no value begins so
        return _TABS
    return next((words for said, words in _PROBLEMS if said in problem), "这一行读不懂")


def _no_yaml(what: str, where: str) -> ZhishouError:
    return ZhishouError(f"不是合法的 YAML：{what}", where=where, mend="检查这一行的缩进、冒号后的空格和引号")


def _build(node: yaml.Node, path: Path, lines: dict[Path, int], problems: list[ZhishouError], name: str) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        mapping: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                where = f"{name}:{key_node.start_mark.line + 1}"
                problems.append(
                    ZhishouError("键不能是列表或键值对", where=where, mend="写成“键: 值”，含花括号的文字加引号")
                )
                continue
            key = _scalar(key_node)
            here = (*path, key if isinstance(key, str | int) and not isinstance(key, bool) else str(key_node.value))
            if key in mapping:
                problems.append(
                    ZhishouError(
                        f"键“{key}”写了两次",
                        where=f"{name}:{key_node.start_mark.line + 1}",
                        mend="删去一处，或把两处并成一处",
                    )
                )
            mapping[key] = _build(value_node, here, lines, problems, name)
            lines[here] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, index), lines, problems, name) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    value: str = node.value
    if isinstance(node, yaml.ScalarNode) and node.style in {"'", '"', "|", ">"}:
        return value
    if value in _WORDS:
        return _WORDS[value]
    if _INT.fullmatch(value) and len(value) <= _LONGEST:
        return int(value)
    if _FLOAT.fullmatch(value):
        return float(value)
    return value
