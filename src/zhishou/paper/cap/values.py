"""What a CAP message says, as values; it stands alone so that writers and readers of every profile share it.

Names and meanings follow OASIS Common Alerting Protocol 1.2, section 3.2; the sets of words are those of its schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
MsgType = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Scope = Literal["Public", "Restricted", "Private"]
Category = Literal[
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE", "Other"
]
ResponseType = Literal["Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"]
Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Profile = Literal["1.2", "1.1", "national"]

STATUS_LABELS: Mapping[Status, str] = {
    "Actual": "实际",
    "Exercise": "演练",
    "System": "系统信息",
    "Test": "测试",
    "Draft": "草稿",
}
"""How a duty officer calls a status."""

SEVERITY_OF_COLOUR: Mapping[str, Severity] = {"红": "Extreme", "橙": "Severe", "黄": "Moderate", "蓝": "Minor"}
"""Four colours, four severities: the order is the law's (突发事件应对法, the four warning levels), the pairing a reading."""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another message, as `references` names it."""

    identifier: str
    sender: str = ""
    """Empty in the national profile, which names the identifier alone."""
    sent: datetime | None = None


@dataclass(frozen=True, slots=True)
class Named:
    """A value with the name of the list it comes from: an event code, a geocode, a parameter."""

    name: str
    value: str


Point = tuple[float, float]
"""Latitude and longitude in degrees, WGS 84."""
Polygon = tuple[Point, ...]
"""At least four points, the last the same as the first."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A point and a distance from it."""

    centre: Point
    radius_km: float


@dataclass(frozen=True, slots=True)
class Area:
    """Where: the union of all its polygons, circles and geocodes."""

    description: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[Named, ...] = ()
    altitude_ft: float | None = None
    """Feet above mean sea level, as CAP has it."""
    ceiling_ft: float | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with the message."""

    description: str
    mime_type: str
    size: int | None = None
    """Bytes."""
    uri: str = ""
    content: str = ""
    """Base64 (`derefUri`)."""
    digest: str = ""
    """SHA-1 of the file in hex, as CAP demands it."""


@dataclass(frozen=True, slots=True)
class Info:
    """What is told, in one language."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str = "en-US"
    """RFC 3066; CAP's own default where a message names none."""
    response_types: tuple[ResponseType, ...] = ()
    audience: str = ""
    event_codes: tuple[Named, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameters: tuple[Named, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """A message that somebody sent us."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str = ""
    restriction: str = ""
    addresses: str = ""
    codes: tuple[str, ...] = ()
    note: str = ""
    references: tuple[Reference, ...] = ()
    incidents: str = ""
    infos: tuple[Info, ...] = ()
    profile: Profile = "1.2"
    """The form in which it came."""
    remarks: tuple[str, ...] = field(default=(), compare=False)
    """Where it departs from the standard in a way that leaves no doubt about what is meant; the same message written in
    two ways, `Z` here and `+00:00` there, is one."""

    @property
    def key(self) -> Reference:
        """What others name it by."""
        return Reference(self.identifier, self.sender, self.sent)
