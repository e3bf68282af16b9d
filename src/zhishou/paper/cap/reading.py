"""A foreign message, from bytes to a value: CAP 1.2 and 1.1 here, the national network's profile in its own file.

It is lenient where the standard is (any number of infos, areas, codes; empty and foreign elements), and says everything
that is wrong at once, with line, field and mend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes

from zhishou.errors import ProblemsError, UntrustedError, ZhishouError
from zhishou.paper.cap import national_reading
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.fields import Fields, local, namespace
from zhishou.paper.cap.values import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    Named,
    Profile,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)  # fmt: skip
from zhishou.paper.cap.verifying import Pinned, signatures, verified

_PROFILES: Mapping[str, Profile] = {
    "urn:oasis:names:tc:emergency:cap:1.2": "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    national_reading.NAMESPACE: "national",
}
_FIRST = "http://www.incident.com/cap/1.0"
_WRAPPERS: Mapping[str, str] = {
    "feed": "一份清单（Atom）",
    "rss": "一份清单（RSS）",
    "EDXLDistribution": "一个分发信封（EDXL-DE）",
    "Envelope": "一个接口信封（SOAP）",
    "alerts": "几条信息合成的一个文件",
}
"""What messages travel in. A signature is over the message alone and the same message must have the same bytes however it
came, so it is taken out by whoever delivers it."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message that came in, and how far to trust that it is whose it says."""

    alert: Alert
    signer: str
    """Whose pinned certificate signed it; empty where it is not signed by anybody known."""
    digest: str
    """SM3 of the bytes as they came."""
    received: datetime

    @property
    def provenance(self) -> str:
        """Who said so, in one line for a duty officer."""
        alert = self.alert
        name = next((info.sender_name for info in alert.infos if info.sender_name), alert.sender)
        trust = f"签名：{self.signer}" if self.signer else "未签名"
        return f"{name}（{alert.identifier}，{alert.sent:%Y-%m-%d %H:%M} 发，{trust}）"


def received(content: bytes, pinned: Sequence[Pinned], at: datetime, *, unsigned: bool = False) -> Received:
    """Take in a message.

    Args:
        content: the bytes as they came.
        pinned: the certificates believed.
        at: now.
        unsigned: whether a message without a signature, or signed by nobody known, is taken too. One that shows a
            known certificate and was not signed by it as it must be never is.

    Raises:
        UntrustedError: not signed as it must be.
        ProblemsError: not a message that can be understood.
        ZhishouError: not a document that may be read at all, see `door.parsed`.
    """
    root = parsed(content)
    signer = ""
    try:
        found = verified(root, pinned, at)
        root, signer = found.root, found.signer
    except UntrustedError as error:
        if not unsigned or (signatures(root) and not error.unknown):
            raise
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return Received(read(root), signer, digest.finalize().hex(), at)


def read(root: Any) -> Alert:
    """The value of a message's root element.

    Raises:
        ProblemsError: with everything that is wrong.
    """
    profile = _profile(root)
    if profile is None:
        raise ProblemsError([_strange(root)])
    problems: list[ZhishouError] = []
    remarks: list[str] = []
    if profile == "national":
        alert = national_reading.alert(Fields(root, problems, remarks, between=" "))
    else:
        alert = _alert(Fields(root, problems, remarks), profile)
    if problems or alert is None:
        raise ProblemsError(problems)
    return alert


def _profile(root: Any) -> Profile | None:
    """How a message is written; None where it is none, or its elements are not those that its root announces."""
    if local(root) != "alert":
        return None
    if not namespace(root):  # most programmes write for the national network without one; its own fields tell it
        names = {child.tag for child in root if isinstance(child.tag, str)}
        return "national" if names >= national_reading.OWN else None
    children = [child for child in root if isinstance(child.tag, str)]
    strange = children and all(namespace(child) != namespace(root) for child in children)
    return None if strange else _PROFILES.get(namespace(root))


def _strange(root: Any) -> ZhishouError:
    """What came in place of a message, and how to get at one."""
    where = f"第 {root.sourceline} 行"
    if local(root) == "alert" and namespace(root) in _PROFILES:
        return ZhishouError(
            "根元素 <alert> 在 CAP 的命名空间里，里面的元素却不在", where=where,
            mend="里面的元素也要带同样的前缀；或者去掉前缀，在 <alert> 上写 xmlns",
        )  # fmt: skip
    if local(root) == "alert" and namespace(root) == _FIRST:
        return ZhishouError(
            "是 CAP 1.0，已废止的旧标准，各项写法不同，不予读取", where=where, mend="请对方按 CAP 1.2 重发"
        )
    if local(root) == "alert" and not namespace(root):
        return ZhishouError(
            "<alert> 没有写命名空间，不知道按哪个标准读", where=where,
            mend='CAP 1.2 写 xmlns="urn:oasis:names:tc:emergency:cap:1.2"；国家预警信息发布系统的信息要有 senderCode 和 sendTime',
        )  # fmt: skip
    if wrapper := _WRAPPERS.get(local(root)):
        inside = sum(1 for one in root.iter() if isinstance(one.tag, str) and local(one) == "alert")
        mend = (
            f"里面有 {inside} 条信息，把每条 <alert> 取出来单独送，一次一条"
            if inside
            else "按清单里的网址取各条信息的原文，一次送一条"
        )
        return ZhishouError(f"是{wrapper}<{local(root)}>，不是预警信息本身", where=where, mend=mend)
    return ZhishouError(
        f"不是认得的预警信息：根元素是 <{local(root)}>，命名空间“{namespace(root)}”",
        where=where, mend="应为 CAP 1.2、1.1 或国家预警信息发布系统的 alert",
    )  # fmt: skip


def _alert(at: Fields, profile: Profile) -> Alert | None:
    identifier, sender = at.text("identifier", required=True), at.text("sender", required=True)
    sent, status = at.moment("sent", required=True), at.word("status", Status)
    msg_type, scope = at.word("msgType", MsgType), at.word("scope", Scope)
    source, restriction, addresses = at.text("source"), at.text("restriction"), at.text("addresses")
    note, references, incidents = at.text("note"), _references(at), at.text("incidents")
    codes, infos = at.texts("code"), tuple(_info(one) for one in at.inside("info"))
    at.rest()
    if msg_type in {"Update", "Cancel"} and not references:
        at.wrong("references", f"{msg_type} 没有指明是哪一条信息的", "请对方补上 发送者,标识,时间")
    if sent is None or status is None or msg_type is None or scope is None:
        return None
    return Alert(
        identifier, sender, sent, status, msg_type, scope, source, restriction, addresses, codes, note,
        references, incidents, infos, profile, tuple(at.remarks),
    )  # fmt: skip


def _references(at: Fields) -> tuple[Reference, ...]:
    found = []
    for text in at.text("references").split():
        parts = text.split(",")
        sent = at.time("references", parts[2]) if len(parts) == 3 else None
        if len(parts) != 3 or not all(parts):
            at.wrong("references", f"“{text}”不是一条引用", "写成 发送者,标识,时间，几条之间空格")
        elif sent is not None:
            found.append(Reference(parts[1], parts[0], sent))
    return tuple(found)


def _info(at: Fields) -> Info:
    info = Info(
        at.words("category", Category, required=True),
        at.text("event", required=True),
        at.word("urgency", Urgency) or "Unknown",
        at.word("severity", Severity) or "Unknown",
        at.word("certainty", Certainty) or "Unknown",
        language=at.text("language") or "en-US",
        response_types=at.words("responseType", ResponseType),
        audience=at.text("audience"),
        event_codes=_named(at, "eventCode"),
        effective=at.moment("effective"),
        onset=at.moment("onset"),
        expires=at.moment("expires"),
        sender_name=at.text("senderName"),
        headline=at.text("headline"),
        description=at.text("description"),
        instruction=at.text("instruction"),
        web=at.text("web"),
        contact=at.text("contact"),
        parameters=_named(at, "parameter"),
        resources=tuple(_resource(one) for one in at.inside("resource")),
        areas=tuple(_area(one) for one in at.inside("area")),
    )
    at.rest()
    return info


def _resource(at: Fields) -> Resource:
    size = at.number("size")
    resource = Resource(
        at.text("resourceDesc", required=True), at.text("mimeType"), None if size is None else int(size),
        at.text("uri"), at.text("derefUri"), at.text("digest"),
    )  # fmt: skip
    at.rest()
    return resource


def _area(at: Fields) -> Area:
    polygons = (at.polygon(text) for text in at.texts("polygon"))
    circles = (at.circle(text) for text in at.texts("circle"))
    area = Area(
        at.text("areaDesc", required=True),
        tuple(one for one in polygons if one is not None),
        tuple(one for one in circles if one is not None),
        _named(at, "geocode"),
        at.number("altitude"),
        at.number("ceiling"),
    )
    at.rest()
    return area


def _named(at: Fields, name: str) -> tuple[Named, ...]:
    found = (Named(one.text("valueName", required=True), one.text("value")) for one in at.inside(name))
    return tuple(one for one in found if one.name)
