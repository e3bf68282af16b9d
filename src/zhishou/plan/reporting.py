"""reporting.yaml: who reports what to whom, by when; and the targets that must be reached and shown."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Model, Names, Span
from zhishou.plan.conditions import Condition


class ReportingDuty(Model):
    """One duty to report."""

    id: str
    """English id, unique in the pack."""
    kind: Literal["first", "follow_up", "final", "written", "answer", "return", "notification", "monitoring"]
    """first 首报 · follow_up 续报 · final 终报 · written 书面 · answer 对催报核实的回应 · return 报表 · notification 通报 ·
    monitoring 监测情况."""
    by: Actors
    """Who reports."""
    to: Names
    """To whom."""
    grades: tuple[str, ...] = ()
    """The accident grades for which it holds; empty for all events."""
    expected: bool = False
    """True where an accident that may come to such a grade counts as well (有可能发生)."""
    levels: tuple[str, ...] = ()
    """The response levels for which it holds; empty for all."""
    within: Span | None = None
    """Within what time; null where the text gives none."""
    counted_from: Literal["occurrence", "receipt", "call", "request", "start", ""] = ""
    """From when: the event, receipt of the report, the telephone call, the request, the start of the level."""
    every: Span | None = None
    """How often, where it recurs."""
    by_phone_first: bool = False
    """True where a telephone call may come first."""
    may_skip_level: bool = False
    """True where a report may skip a level here."""
    skip_when: str = ""
    """When a level may be skipped."""
    note: str = ""
    """What a reader should know."""
    clause: Clause
    """The clause."""


class ReportContents(Model):
    """What a report must contain."""

    items: tuple[str, ...]
    """The items."""
    clause: Clause
    """The clause."""


class Target(Model):
    """A figure that somebody must reach, and by when."""

    id: str
    """English id, unique in the pack."""
    label: str
    """What must be reached, in short words."""
    owner: Actors
    """Who owes it."""
    when: Condition
    """The condition that is met where the target is reached."""
    by: str = ""
    """The day by which, `11-30` of each heating season; empty where it holds at all times."""
    watched_by: Actors = ()
    """Who sees to it."""
    clause: Clause
    """The clause."""
    note: str = ""
    """What a reader should know."""


class Reporting(Model):
    """reporting.yaml."""

    duties: tuple[ReportingDuty, ...]
    """The duties to report."""
    contents: tuple[ReportContents, ...] = ()
    """What reports must contain."""
    foreigners: tuple[ReportingDuty, ...] = ()
    """What is owed besides where people from abroad or from Hong Kong, Macao or Taiwan are hurt."""
    targets: tuple[Target, ...] = ()
    """Targets and their days."""
    monitoring: tuple[ReportingDuty, ...] = ()
    """Who watches what and tells whom."""
