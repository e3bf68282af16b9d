"""A message in the profile of the national warning network (12379), such as the weather service sends it.

It stands alone because no text of the profile is public: what is read here follows a public programme that writes it and
local standards that describe it, see docs/cap.md. Colours become CAP's severities; the colour stays as a parameter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from zhishou.paper.cap.fields import Fields
from zhishou.paper.cap.values import Alert, Area, Category, Info, MsgType, Named, Reference, Scope, Severity, Status

NAMESPACE = "http://com.icss.amp"
OWN = frozenset({"senderCode", "sendTime"})
"""Fields that no other profile has: by them a message is known that names no namespace."""

Colour = Literal["Red", "Orange", "Yellow", "Blue", "Unknown"]
CHINESE: Mapping[str, str] = {"Red": "红", "Orange": "橙", "Yellow": "黄", "Blue": "蓝"}
SEVERITIES: Mapping[str, Severity] = {
    "Red": "Extreme",
    "Orange": "Severe",
    "Yellow": "Moderate",
    "Blue": "Minor",
    "Unknown": "Unknown",
}
EVENT_CODE = "GB/T 35561"
GEOCODE = "GB/T 2260"
_CATEGORIES: Mapping[str, Category] = {"11B": "Met", "11C": "Geo", "11D": "Geo", "12": "Safety", "13": "Health"}


def alert(at: Fields) -> Alert | None:
    """The value of a message; None, with the problems noted, where it cannot be read."""
    identifier, code = at.text("identifier", required=True), at.text("senderCode", required=True)
    sender = at.text("sender", required=True)
    sent, status = at.moment("sendTime", required=True), at.word("status", Status)
    msg_type, scope = at.word("msgType", MsgType), at.word("scope", Scope)
    first = at.text("references")
    note = at.text("note")
    if msg_type in {"Update", "Cancel"} and not first:
        at.wrong("references", f"{msg_type} 没有指明是哪一条信息的", "请对方补上首发信息的标识")
    infos = tuple(_info(one, sender) for one in at.inside("info"))
    if not infos:
        at.wrong("info", "没有正文", "请对方补上")
    if sent is None or status is None or msg_type is None or scope is None:
        return None
    return Alert(
        identifier, code, sent, status, msg_type, scope, note=note,
        references=tuple(Reference(text) for text in re.split(r"[\s,，]+", first) if text),
        infos=infos, profile="national", remarks=tuple(at.remarks),
    )  # fmt: skip


def _info(at: Fields, sender: str) -> Info:
    code, colour = at.text("eventType", required=True), at.word("severity", Colour) or "Unknown"
    headline = at.text("headline", required=True)
    category: Category = next((one for start, one in _CATEGORIES.items() if code.startswith(start)), "Other")
    return Info(
        (category,),
        _event(headline, sender, colour) or code,
        "Unknown",
        SEVERITIES[colour],
        "Unknown",
        language=at.text("language") or "zh-CN",
        event_codes=(Named(EVENT_CODE, code),),
        effective=at.moment("effective"),
        onset=at.moment("onset"),
        expires=at.moment("expires"),
        sender_name=sender,
        headline=headline,
        description=at.text("description"),
        instruction=at.text("instruction"),
        web=at.text("web"),
        parameters=(Named("colour", colour),),
        areas=tuple(_area(one) for one in at.inside("area")),
    )


def _event(headline: str, sender: str, colour: str) -> str:
    """The event as the headline names it: <sender>发布<event><colour>色预警; empty where it is written otherwise."""
    match = re.fullmatch(
        rf".*?(?:发布|更新|变更|继续发布|解除)(.+?){CHINESE.get(colour, '')}色?预警(?:信号|信息)?.*", headline
    )
    return match[1] if match and headline.startswith(sender) else ""


def _area(at: Fields) -> Area:
    """The codes and the words; points are left out, because no public text says which coordinate comes first."""
    codes = [code for text in at.texts("geocode") for code in re.split(r"[\s,，;；]+", text) if code]
    if at.texts("polygon") or at.texts("circle"):
        at.remark("area", "带有坐标，未采用：公开资料没有说明经纬次序")
    return Area(at.text("areaDesc", required=True), geocodes=tuple(Named(GEOCODE, code) for code in codes))
