"""A notice in the profile of the national warning network (国家突发事件预警信息发布系统, 12379), as far as it is public.

It stands alone because it is another language with the same words: other names, other references, four colours, and of
the statuses `Actual` and `Test` alone. docs/cap.md says which part is certain, which a reading and which not public.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lxml import etree

from zhishou import clock
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.paper.cap import schema
from zhishou.paper.cap.national_reading import NAMESPACE, SEVERITIES
from zhishou.paper.cap.notices import Notice
from zhishou.paper.cap.values import Info
from zhishou.paper.cap.writing import as_bytes

_WHERE = "国家预警信息发布系统"
_COLOURS: Mapping[str, str] = {severity: colour for colour, severity in SEVERITIES.items()}
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Method:
    """A way of making it known, as the network codes it (`SMS`), and to whom."""

    name: str
    groups: tuple[str, ...] = ()
    """Ids of groups of receivers."""
    message: str = ""
    """The text for this way; empty: the description."""


@dataclass(frozen=True, slots=True)
class NationalSender:
    """What the network has given the issuing unit; the deployment fills it in."""

    code: str
    """Fourteen digits: six administrative, three of the kind of unit (GB/T 4657), three within it, two more."""
    name: str
    """The unit as the network knows it."""
    signer: str
    """Who signs for it (签发员)."""
    methods: tuple[Method, ...]
    event_types: Mapping[str, str] = field(default_factory=dict)
    """Event as the message names it → code of GB/T 35561, five characters, as the network gives it."""
    phone: str = ""
    numbered: bool = False
    """Whether identifiers carry a serial digit (31 characters in place of 29)."""


def written(notice: Notice, sender: NationalSender) -> bytes:
    """The message as UTF-8, unsigned: how the network wants a message signed is not public.

    Raises:
        ProblemsError: something is missing that the network demands.
    """
    if problems := _problems(notice, sender):
        raise ProblemsError(problems)
    root = _element(notice, sender)
    schema.check(root, "national")
    return as_bytes(root)


def identifier(sent: datetime, sender: NationalSender) -> str:
    """`<code>_<time>`, with a serial digit where the network wants one."""
    return f"{sender.code}_{clock.moment(sent):%Y%m%d%H%M%S}{'_0' if sender.numbered else ''}"


def file_name(notice: Notice, sender: NationalSender) -> str:
    """`<code>_<time>_<event>_<colour>_<type>.XML`."""
    info = _chinese(notice)
    if info is None:
        raise ZhishouError("没有中文正文", where=_WHERE, mend="补上 zh-CN 的正文")
    parts = (sender.code, f"{notice.sent:%Y%m%d%H%M%S}", sender.event_types[info.event], _colour(info), notice.msg_type)
    return "_".join(parts).upper() + ".XML"


def _problems(notice: Notice, sender: NationalSender) -> list[ZhishouError]:
    found = []
    info = _chinese(notice)
    if not re.fullmatch(r"\d{14}", sender.code):
        found.append(ZhishouError(f"发布单位编码“{sender.code}”不是 14 位数字", where=_WHERE, mend="填系统分配的编码"))
    if not sender.methods:
        found.append(ZhishouError("没有写发布手段", where=_WHERE, mend="至少写一种，例如短信 SMS"))
    if info is None:
        return [*found, ZhishouError("没有中文正文", where=_WHERE, mend="补上 zh-CN 的正文")]
    if info.event not in sender.event_types:
        found.append(
            ZhishouError(
                f"没有“{info.event}”的事件类型编码", where=_WHERE,
                mend="向发布机构核实 GB/T 35561 编码后写进部署配置；没有公开来源，本软件不代为编写",
            )
        )  # fmt: skip
    if _colour(info) == "Unknown":
        found.append(ZhishouError("没有预警颜色", where=_WHERE, mend="该级别须有红、橙、黄、蓝之一"))
    if not any(_codes(area.geocodes) for area in info.areas):
        found.append(ZhishouError("没有行政区划代码", where=_WHERE, mend="写明预警范围"))
    return found


def _element(notice: Notice, sender: NationalSender) -> Any:
    info = _chinese(notice)
    assert info is not None  # noqa: S101 - _problems has seen to it
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _put(root, "identifier", identifier(notice.sent, sender))
    _put(root, "sender", sender.name)
    _put(root, "senderCode", sender.code)
    _put(root, "phone", sender.phone)
    _put(root, "sendTime", _time(notice.sent))
    _put(root, "status", "Test" if notice.exercise else "Actual")
    _put(root, "msgType", notice.msg_type)
    _put(root, "scope", "Public")
    code = _put(root, "code")
    for method in sender.methods:
        at = _put(code, "method")
        _put(at, "methodName", method.name)
        _put(at, "message", notice.marked(method.message or info.description))
        _put(at, "audienceGrp", ",".join(method.groups))
    _put(root, "secClassification", "None")
    _put(root, "note", notice.note)
    _put(root, "references", identifier(notice.follows[0].sent, sender) if notice.follows else "")
    _info(_put(root, "info"), info, notice, sender)
    return root


def _info(at: Any, info: Info, notice: Notice, sender: NationalSender) -> None:
    _put(at, "language", "zh-CN")
    _put(at, "eventType", sender.event_types[info.event])
    _put(at, "urgency", "Unknown")
    _put(at, "severity", _colour(info))
    _put(at, "certainty", "Unknown")
    _put(at, "effective", _time(info.effective or notice.sent))
    for name, value in (("onset", info.onset), ("expires", info.expires)):
        if value:
            _put(at, name, _time(value))
    _put(at, "senderName", f"{sender.name}{sender.signer}")
    _put(at, "headline", notice.marked(info.headline))
    _put(at, "description", notice.marked(info.description))
    for name, text in (("instruction", info.instruction), ("web", info.web)):
        if text:
            _put(at, name, text)
    for area in info.areas:
        if codes := _codes(area.geocodes):
            holder = _put(at, "area")
            _put(holder, "areaDesc", area.description)
            _put(holder, "geocode", ",".join(codes))


def _chinese(notice: Notice) -> Info | None:
    return next((info for info in notice.infos if info.language.lower().startswith("zh")), None)


def _colour(info: Info) -> str:
    return _COLOURS[info.severity]


def _codes(geocodes: tuple[Any, ...]) -> list[str]:
    """Administrative codes with the zeros that stand for the whole county (twelve digits)."""
    return [f"{one.value:0<12}" for one in geocodes if re.fullmatch(rf"\d{{{_DIGITS}}}", one.value)]


def _time(at: datetime) -> str:
    return f"{clock.moment(at):%Y-%m-%d %H:%M:%S}+08:00"


def _put(at: Any, name: str, text: str = "") -> Any:
    child = etree.SubElement(at, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
