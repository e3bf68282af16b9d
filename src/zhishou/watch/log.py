"""The duty log as people read it: entries in the order of what happened, each with what corrects it.

It stands alone because the texts live in the record and not in the state; whoever keeps a projection of the log feeds
it from here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from zhishou.acts import Happened
from zhishou.watch.events import LogWritten
from zhishou.watch.words import LogCategory


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry."""

    id: str
    occurred: datetime
    """When it happened, as the writer states it."""
    recorded: datetime
    """When it was recorded."""
    category: LogCategory
    text: str
    ref: str
    person: str
    name: str
    on_shift: bool
    """Whether the writer was on watch."""
    corrects: str = ""
    """The entry that it corrects."""
    corrected_by: str = ""
    """The entry that corrects it."""


def entries(happened: Iterable[Happened]) -> tuple[LogEntry, ...]:
    """The log of a stretch of the record, by time of event, then of record. Corrected entries stay where they were."""
    found: dict[str, LogEntry] = {}
    for one in happened:
        event = one.event
        if not isinstance(event, LogWritten):
            continue
        found[event.entry] = LogEntry(
            event.entry, event.occurred, one.recorded, event.category, event.text, event.ref, one.person, one.name,
            event.on_shift, event.corrects,
        )  # fmt: skip
        if event.corrects in found:
            found[event.corrects] = replace(found[event.corrects], corrected_by=event.entry)
    return tuple(sorted(found.values(), key=lambda entry: (entry.occurred, entry.recorded)))
