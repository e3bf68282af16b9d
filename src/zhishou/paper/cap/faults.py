"""What the XML library found wrong, in words that the sender's office understands, each with its mend.

It stands alone because the library speaks English and its wording changes from version to version; its codes do not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_NAMESPACE = re.compile(r"\{(?:urn|http)[^}]*\}")
_ELEMENT = re.compile(r"Element '([^']+)'")
_ATTRIBUTE = re.compile(r"attribute '([^']+)'")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.+?) \)")
_VALUE = re.compile(r"(?:value |: )'(.*?)' is not", re.DOTALL)
_SET = re.compile(r"the set \{(.+)\}", re.DOTALL)
_NAMES = re.compile(
    r"tag mismatch: (\S+) line \d+ and (\S+?),|in tag (\S+) line|Attribute (\S+) redefined|Entity '([^']+)'"
)
SHOWN = 40
"""Characters of a wrong value that are shown."""

_RESENT = "请对方核对后重发"
_SYNTAX: Mapping[str, tuple[str, str]] = {
    "ERR_TAG_NOT_FINISHED": ("没有写完，缺少结束标记", "信息可能在传送中截断，请对方重发全文"),
    "ERR_TAG_NAME_MISMATCH": ("开始标记和结束标记不成对", "请对方核对标记后重发"),
    "ERR_DOCUMENT_EMPTY": ("不是 XML：开头没有标记", "核对收到的是不是预警信息；附言、网页不能当信息发"),
    "ERR_DOCUMENT_END": ("信息结束之后还有内容", "一次只发一条信息；去掉多出的内容后重发"),
    "ERR_ATTRIBUTE_REDEFINED": ("同一属性写了两次", _RESENT),
    "ERR_ATTRIBUTE_WITHOUT_VALUE": ("属性没有值", _RESENT),
    "ERR_ATTRIBUTE_NOT_STARTED": ("属性的值没有引号", "属性的值要加引号"),
    "ERR_ATTRIBUTE_NOT_FINISHED": ("属性的引号没有写完", "信息可能在传送中截断，请对方重发全文"),
    "ERR_GT_REQUIRED": ("标记没有写完，或属性的值没有引号", _RESENT),
    "ERR_NAME_REQUIRED": ("标记不合规定，或文字里直接写了 < 和 &", "文字里的 < 写成 &lt;，& 写成 &amp;"),
    "ERR_ENTITYREF_SEMICOL_MISSING": ("文字里直接写了 &", "文字里的 & 写成 &amp;"),
    "ERR_UNDECLARED_ENTITY": ("用了没有定义的实体", "直接写文字，或用 &lt; &gt; &amp; &quot; &apos;"),
    "WAR_UNDECLARED_ENTITY": ("用了没有定义的实体", "直接写文字，或用 &lt; &gt; &amp; &quot; &apos;"),
    "ERR_INVALID_CHAR": ("含有 XML 不容许的控制字符", "请对方去掉后重发"),
    "ERR_INVALID_CHARREF": ("含有 XML 不容许的字符编号", "请对方去掉后重发"),
    "ERR_CDATA_NOT_FINISHED": ("CDATA 段没有写完", "信息可能在传送中截断，请对方重发全文"),
    "ERR_COMMENT_NOT_FINISHED": ("注释没有写完", _RESENT),
    "ERR_HYPHEN_IN_COMMENT": ("注释里有两个连着的短横", "去掉注释后重发"),
    "ERR_RESERVED_XML_NAME": ("XML 声明不在开头，或写了两次", "声明只写一次，放在最前面"),
    "NS_ERR_UNDEFINED_NAMESPACE": ("用了没有声明的命名空间前缀", "请对方声明前缀后重发"),
    "ERR_LT_IN_ATTRIBUTE": ("属性的值里直接写了 <", "写成 &lt;"),
}


def syntax(error: Any) -> tuple[str, str]:
    """What is wrong with a text that is no XML, and the mend.

    Args:
        error: lxml's `XMLSyntaxError`.
    """
    last = error.error_log.last_error if error.error_log else None
    what, mend = _SYNTAX.get(last.type_name if last is not None else "", ("标记不合 XML 的规定", _RESENT))
    found = _NAMES.search(error.msg or "")
    names = [one for one in found.groups() if one] if found else []
    return f"{what}（{'、'.join(names)}）" if names else what, mend


def shape(error: Any) -> tuple[str, str]:
    """Where a message departs from its schema, and the mend.

    Args:
        error: an entry of the schema's error log.
    """
    text = _NAMESPACE.sub("", error.message)
    element = _first(_ELEMENT, text) or "根元素"
    if (attribute := _first(_ATTRIBUTE, text)) or error.type_name == "SCHEMAV_CVC_TYPE_3_1_1":
        return f"{element} 上的属性 {attribute} 不能用", "去掉这个属性"
    if error.type_name == "SCHEMAV_ELEMENT_CONTENT":
        wanted = "、".join(one.strip() for one in _first(_EXPECTED, text).split(",") if one.strip() not in {"", "*"})
        if "Missing child" in text:
            return f"{element} 里缺少内容", f"补上 {wanted}" if wanted else "核对缺了哪一项"
        mend = f"这里应当是 {wanted}；核对缺了、多了或排错了哪一项" if wanted else "去掉这一项，或核对次序"
        return f"{element} 不该在这里", mend
    if error.type_name == "SCHEMAV_CVC_ELT_1":
        return f"根元素 {element} 不是 alert，或命名空间不对", "根元素要用 alert 和对应的命名空间"
    value = _first(_VALUE, text)
    said = f"{element} 的值“{value[:SHOWN]}”不能用" if value else f"{element} 的值不能用"
    if error.type_name == "SCHEMAV_CVC_ENUMERATION_VALID":
        return said, f"换成 {_first(_SET, text).replace(chr(39), '').replace(', ', '、')} 之一"
    return said, "时间写成 2026-12-15T20:00:00+08:00 的样子，编码按规定位数，必填的不能空"


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
