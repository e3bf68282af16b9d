"""What an incident is at a moment: a value folded from its events, able to be kept as JSON and read back.

It stands alone because every subject of the room folds into it and nothing here decides anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from zhishou.acts import Moment
from zhishou.incident.cut_list import CutList
from zhishou.incident.parts import (
    Active,
    Assessed,
    Attached,
    Checklist,
    Directive,
    Duty,
    Enquiry,
    Judged,
    Lesson,
    Notice,
    OnScene,
    Property,
    Proposal,
    Query,
    Release,
    Report,
    Resource,
    Settled,
    Signed,
    Statement,
    Task,
    WorkGroup,
)

FOLD = "incident/5"
"""Version of the folding; a snapshot of another version is not used."""


FOREIGN = ("abroad", "hong_kong_macao_taiwan")
"""Counts of people hurt that bring the special duty."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident, whole."""

    id: str
    area: str = ""
    """Area of the duty room that handles it."""
    place: str = ""
    """Area where it happens."""
    where: str = ""
    title: str = ""
    subject: str = ""
    exercise: bool = False
    occurred: Moment | None = None
    opened: Moment | None = None
    origin: str = ""
    """The incident of the duty room below that was passed up."""
    superior: str = ""
    """The incident of the duty room above to which this one is passed up."""
    status: str = ""
    """'' before the first event · open · closed · merged · refuted."""
    merged_into: str = ""
    absorbed: tuple[str, ...] = ()
    """Incidents that were merged into this one."""
    version: int = 0
    plans: Mapping[str, Attached] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)
    queries: Mapping[str, Query] = field(default_factory=dict)
    enquiries: Mapping[str, Enquiry] = field(default_factory=dict)
    facts: Mapping[str, Statement] = field(default_factory=dict)
    judgements: tuple[Judged, ...] = ()
    assessed: Mapping[str, Assessed] = field(default_factory=dict)
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    active: Mapping[str, Active] = field(default_factory=dict)
    """`plan|ladder` → the level in force."""
    ended: Mapping[str, Moment] = field(default_factory=dict)
    """`plan|ladder` → when it ended."""
    levels_had: Mapping[str, int] = field(default_factory=dict)
    commanded_by: Mapping[str, str] = field(default_factory=dict)
    """Plan → the superior headquarters that has taken command; absent where the own one commands."""
    on_scene: OnScene | None = None
    groups: Mapping[str, WorkGroup] = field(default_factory=dict)
    joined: tuple[str, ...] = ()
    """Units added to the headquarters for this incident."""
    tasks: Mapping[str, Task] = field(default_factory=dict)
    directives: Mapping[str, Directive] = field(default_factory=dict)
    cut_lists: Mapping[str, CutList] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    property: Mapping[str, Property] = field(default_factory=dict)
    casualties: Mapping[str, int] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    checklists: Mapping[str, Checklist] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    settled: tuple[Settled, ...] = ()
    reviews: Mapping[str, Signed] = field(default_factory=dict)
    """Plan → who filed its assessment report, when."""
    lessons: tuple[Lesson, ...] = ()
    duties: Mapping[str, Duty] = field(default_factory=dict)

    def ladder(self, plan: str, ladder: str) -> Active | None:
        """The level in force of a plan's ladder."""
        return self.active.get(f"{plan}|{ladder}")

    def next_id(self, letter: str, of: Mapping[str, Any]) -> str:
        """The next id of a kind of thing: r1, r2, r3."""
        return f"{letter}{len(of) + 1}"


def untrue(state: Incident) -> bool:
    """Whether every report of an incident turned out to be untrue."""
    return bool(state.reports) and all(report.status == "refuted" for report in state.reports.values())


@cache
def _adapter() -> TypeAdapter[Incident]:
    return TypeAdapter(Incident)


def dumped(state: Incident) -> dict[str, Any]:
    """The state as JSON data."""
    return _adapter().dump_python(state, mode="json")  # type: ignore[no-any-return]


def loaded(data: Mapping[str, Any]) -> Incident:
    """The state from JSON data."""
    return _adapter().validate_python(data)


__all__ = [
    "FOLD",
    "FOREIGN",
    "Active",
    "Assessed",
    "Attached",
    "Checklist",
    "CutList",
    "Directive",
    "Duty",
    "Enquiry",
    "Incident",
    "Judged",
    "Lesson",
    "Notice",
    "OnScene",
    "Property",
    "Proposal",
    "Query",
    "Release",
    "Report",
    "Resource",
    "Settled",
    "Signed",
    "Statement",
    "Task",
    "WorkGroup",
    "dumped",
    "loaded",
    "untrue",
]
