"""A notice as a plain CAP 1.2 message; the order of the elements is that of the OASIS schema."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from zhishou import clock
from zhishou.paper.cap.notices import Notice, Published
from zhishou.paper.cap.values import Area, Info, Named, Point, Resource

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"

Element = Any
"""An element of lxml, which carries no types."""


def written(notice: Notice) -> bytes:
    """The message, unsigned, as UTF-8."""
    return as_bytes(element(notice))


def element(notice: Notice) -> Element:
    """The message as an element, to be validated and signed."""
    root = etree.Element(f"{{{NAMESPACE}}}alert", nsmap={None: NAMESPACE})
    _put(root, "identifier", notice.identifier)
    _put(root, "sender", notice.sender)
    _put(root, "sent", moment(notice.sent))
    _put(root, "status", notice.status)
    _put(root, "msgType", notice.msg_type)
    _put(root, "scope", "Public")
    _some(root, "note", notice.marked(notice.note) if notice.note or notice.exercise else "")
    _some(root, "references", " ".join(_reference(one) for one in notice.follows))
    _some(root, "incidents", notice.incidents)
    for info in notice.infos:
        _info(root, info, notice)
    return root


def as_bytes(root: Element) -> bytes:
    """An element as a document."""
    found: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return found


def moment(at: datetime) -> str:
    """A time as CAP demands it: seconds, a numeric offset, never `Z`.

    Shanghai's offset had seconds before 1901; such a time is written in UTC.
    """
    local = clock.moment(at)
    offset = local.utcoffset()
    if offset is None or offset.total_seconds() % 60:
        local = at.astimezone(UTC)
    return local.replace(microsecond=0).isoformat()


def _reference(one: Published) -> str:
    return f"{one.sender},{one.identifier},{moment(one.sent)}"


def _info(root: Element, info: Info, notice: Notice) -> None:
    at = etree.SubElement(root, f"{{{NAMESPACE}}}info")
    _put(at, "language", info.language)
    _each(at, "category", info.categories)
    _put(at, "event", info.event)
    _each(at, "responseType", info.response_types)
    _put(at, "urgency", info.urgency)
    _put(at, "severity", info.severity)
    _put(at, "certainty", info.certainty)
    _some(at, "audience", info.audience)
    _named(at, "eventCode", info.event_codes)
    for name, value in (("effective", info.effective), ("onset", info.onset), ("expires", info.expires)):
        _some(at, name, moment(value) if value else "")
    _some(at, "senderName", info.sender_name)
    _some(at, "headline", notice.marked(info.headline))
    _some(at, "description", notice.marked(info.description))
    _some(at, "instruction", info.instruction)
    _some(at, "web", info.web)
    _some(at, "contact", info.contact)
    _named(at, "parameter", info.parameters)
    for resource in info.resources:
        _resource(at, resource)
    for area in info.areas:
        _area(at, area)


def _resource(info: Element, resource: Resource) -> None:
    at = etree.SubElement(info, f"{{{NAMESPACE}}}resource")
    _put(at, "resourceDesc", resource.description)
    _put(at, "mimeType", resource.mime_type)
    _some(at, "size", "" if resource.size is None else str(resource.size))
    _some(at, "uri", resource.uri)
    _some(at, "derefUri", resource.content)
    _some(at, "digest", resource.digest)


def _area(info: Element, area: Area) -> None:
    at = etree.SubElement(info, f"{{{NAMESPACE}}}area")
    _put(at, "areaDesc", area.description)
    _each(at, "polygon", (" ".join(map(_point, ring)) for ring in area.polygons))
    _each(at, "circle", (f"{_point(one.centre)} {_figure(one.radius_km)}" for one in area.circles))
    _named(at, "geocode", area.geocodes)
    for name, feet in (("altitude", area.altitude_ft), ("ceiling", area.ceiling_ft)):
        _some(at, name, "" if feet is None else _figure(feet))


def _point(point: Point) -> str:
    return f"{_figure(point[0])},{_figure(point[1])}"


def _figure(value: float) -> str:
    """A decimal without exponent, six places at most (0.1 m)."""
    return f"{value:.6f}".rstrip("0").rstrip(".") if value else "0"


def _named(at: Element, name: str, values: Iterable[Named]) -> None:
    for one in values:
        holder = etree.SubElement(at, f"{{{NAMESPACE}}}{name}")
        _put(holder, "valueName", one.name)
        _put(holder, "value", one.value)


def _each(at: Element, name: str, values: Iterable[str]) -> None:
    for value in values:
        _put(at, name, value)


def _some(at: Element, name: str, value: str) -> None:
    if value:
        _put(at, name, value)


def _put(at: Element, name: str, value: str) -> None:
    etree.SubElement(at, f"{{{NAMESPACE}}}{name}").text = value
