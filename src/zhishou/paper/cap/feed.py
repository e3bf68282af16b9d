"""The feed of public alerts (Atom, RFC 4287): one entry for every message, cancels too, newest first.

An entry never changes: an update is an entry of its own that says what it follows. Exercises have no place in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree

from zhishou.errors import ZhishouError
from zhishou.paper.cap.notices import Notice, Published
from zhishou.paper.cap.writing import as_bytes, moment

NAMESPACE = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
"""The media type under which CAP feeds name their messages."""


@dataclass(frozen=True, slots=True)
class Channel:
    """What the feed is called and where it lies."""

    id: str
    """An IRI that never changes, such as `tag:jincheng.gov.cn,2026:alerts`."""
    title: str
    author: str
    address: str
    """Where the feed itself is fetched."""


def feed(notices: Iterable[Notice], channel: Channel, address: Callable[[Published], str], since: datetime) -> bytes:
    """The feed as UTF-8.

    Args:
        notices: what was published.
        channel: its name and place.
        address: where the CAP file of a message lies.
        since: when the feed began; its time while it is empty.

    Raises:
        ZhishouError: an exercise is among them.
    """
    entries = sorted(notices, key=lambda one: (one.sent, one.identifier), reverse=True)
    if exercise := next((one for one in entries if one.exercise), None):
        raise ZhishouError("演练信息不能进公开预警", where=exercise.identifier, mend="演练用自己的数据，不对外发布")
    root = etree.Element(f"{{{NAMESPACE}}}feed", nsmap={None: NAMESPACE})
    root.set("{http://www.w3.org/XML/1998/namespace}lang", "zh-CN")
    _put(root, "id", channel.id)
    _put(root, "title", channel.title)
    _put(root, "updated", moment(max((one.sent for one in entries), default=since)))
    _put(_put(root, "author"), "name", channel.author)
    _put(root, "link", rel="self", type="application/atom+xml", href=channel.address)
    for one in entries:
        _entry(root, one, channel, address)
    return as_bytes(root)


def entry_id(one: Published, channel: Channel) -> str:
    """The id of an entry: the feed's, and the message's own."""
    return f"{channel.id}:{one.identifier}"


def _entry(root: Any, one: Notice, channel: Channel, address: Callable[[Published], str]) -> None:
    info = one.infos[0]
    at = _put(root, "entry")
    _put(at, "id", entry_id(one.published, channel))
    _put(at, "title", info.headline or info.event)
    _put(at, "updated", moment(one.sent))
    _put(at, "published", moment(one.sent))
    _put(_put(at, "author"), "name", info.sender_name or channel.author)
    _put(at, "link", rel="alternate", type=CAP_TYPE, href=address(one.published))
    for before in one.follows:
        _put(at, "link", rel="related", type=CAP_TYPE, href=address(before))
    _put(at, "category", term=one.msg_type, scheme="urn:oasis:names:tc:emergency:cap:1.2:msgType")
    _put(at, "category", term=info.severity, scheme="urn:oasis:names:tc:emergency:cap:1.2:severity")
    _put(at, "summary", info.description or info.headline or info.event)


def _put(at: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    child = etree.SubElement(at, f"{{{NAMESPACE}}}{name}", attributes)
    child.text = text
    return child
