"""Reports that come after their incident was closed: taken in, and owed a look by somebody; opening again needs it, too."""

from __future__ import annotations

from datetime import datetime

from zhishou.acts import Event
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutySet, meets
from zhishou.incident.state import Incident

_LATE = "late/"
"""How the duty to look at such a report begins."""


def to_be_looked_at(report: str, sender: str, context: Context) -> DutySet:
    """A report that comes after the incident was closed stands on the list of what is owed until somebody has looked at it."""
    found = context.lexicon.organisations.get(sender)
    return DutySet(
        duty=f"{_LATE}{report}", kind="late_report", since=context.at,
        what=f"归档后收到{found.label if found else sender}的报告，请核实，并研究是否重新打开事件",
    )  # fmt: skip


def looked_at(state: Incident, at: datetime, report: str = "") -> tuple[Event, ...]:
    """Reports that came after closing were looked at: one of them, or all where the incident is opened again."""
    owed = [id_ for id_ in state.duties if id_.startswith(_LATE) and report in {"", id_.removeprefix(_LATE)}]
    return tuple(event for id_ in owed for event in meets(state, id_, at))
