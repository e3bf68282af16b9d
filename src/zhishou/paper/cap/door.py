"""The door through which foreign XML comes in; it stands alone because nothing may be parsed in any other way.

No document type, hence no entities; no network; 1 MiB; 32 levels; the encoding is resolved here and nowhere guessed.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Any

from lxml import etree

from zhishou.errors import ZhishouError
from zhishou.paper.cap.faults import syntax

LARGEST = 1 << 20
"""Bytes."""
DEEPEST = 32
"""Levels; CAP with a signature needs nine."""

_DECLARATION = re.compile(r"<\?xml\s[^>]*?\?>")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_PROLOG = re.compile(r"(?:[\s\ufeff]|<\?.*?\?>|<!--.*?-->)*+", re.DOTALL)
"""What may stand before the root element. A document type has its place here and nowhere else: farther down it is words
of the message (an HTML page in a CDATA section, a comment) or no XML."""
_DOCTYPE = re.compile(r"<!\s*(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_MARKS: Mapping[bytes, str] = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_BARE: Mapping[bytes, str] = {b"<\x00?\x00": "utf-16-le", b"\x00<\x00?": "utf-16-be"}
_ENCODINGS: Mapping[str, str] = {
    "utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "ascii": "ascii", "iso-8859-1": "iso-8859-1",
    "windows-1252": "windows-1252", "gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "big5": "big5",
}  # fmt: skip
"""GB 18030 contains GBK and GB 2312, and what is labelled with the older names is often the newer."""
_WIDE = frozenset({"utf-16", "utf-16le", "utf-16be", "utf-32", "ucs-2", "iso-10646-ucs-2"})
"""What a text cannot be whose declaration was found in single bytes; programmes that write a string to a file declare it."""


def parsed(content: bytes, where: str = "收到的预警信息") -> Any:
    """The root element of a document.

    Args:
        content: the document as it came.
        where: what to call it in messages.

    Raises:
        ZhishouError: too large or deep, not well-formed, in an encoding that is unknown or not the one declared, or
            with a document type.
    """
    if len(content) > LARGEST:
        raise ZhishouError(
            f"有 {len(content) / LARGEST:.1f} MB，超过 1 MB", where=where, mend="附件不要放进信息里，用网址"
        )
    if not content.strip():
        raise ZhishouError("是空的", where=where, mend="请对方重发")
    text = _decoded(content, where).lstrip()
    prolog = _PROLOG.match(text)
    if found := _DOCTYPE.match(text, prolog.end() if prolog else 0):
        raise _document_type(found[0], f"{where} 第 {text.count(chr(10), 0, found.start()) + 1} 行")
    if declared := _DECLARATION.match(text):
        text = "\n" * declared[0].count("\n") + text[declared.end() :]  # lines keep their numbers
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, recover=False, encoding="utf-8",
    )  # fmt: skip
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        what, mend = syntax(error)
        raise ZhishouError(f"不是合格的 XML：{what}", where=f"{where} 第 {error.lineno or 1} 行", mend=mend) from None
    except (ValueError, UnicodeError):
        raise ZhishouError("含有 XML 不容许的字符", where=where, mend="请对方核对后重发") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type("<!DOCTYPE", where)
    if _depth(root) > DEEPEST:
        raise ZhishouError(f"层次超过 {DEEPEST} 层", where=where, mend="CAP 没有这样深的结构，不予读取")
    return root


def _document_type(written: str, where: str) -> ZhishouError:
    return ZhishouError(
        f"带有文档类型声明（{written}），不予读取",
        where=where,
        mend="CAP 信息不需要它；请对方去掉后重发，并留意是否攻击",
    )


def _decoded(content: bytes, where: str) -> str:
    for mark, name in _MARKS.items():
        if content.startswith(mark):
            return _by(content[len(mark) :], name, where)
    start = content.lstrip()
    for sign, name in _BARE.items():
        if start.startswith(sign):
            return _by(content, name, where)
    declared = _ENCODING.match(start)
    label = declared[1].decode().lower() if declared else "utf-8"
    if label in _WIDE:
        raise ZhishouError(
            f"声明的编码是 {label}，内容却不是",
            where=f"{where} 第 1 行",
            mend="请对方把声明改成实际用的编码，最好是 UTF-8，再重发",
        )
    if label not in _ENCODINGS:
        raise ZhishouError(f"不认识的编码“{label}”", where=where, mend="请对方用 UTF-8 重发")
    return _by(content, _ENCODINGS[label], where)


def _by(content: bytes, name: str, where: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ZhishouError(
            f"声明的编码是 {name}，内容却不是", where=f"{where} 第 {line} 行", mend="请对方用 UTF-8 重发"
        ) from None


def _depth(root: Any) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
