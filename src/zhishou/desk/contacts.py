"""What changed about the contact book, brought from its room into the record, each change once and without any number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zhishou.callout.book.changes import BookChanges
from zhishou.desk.accounts import record_once
from zhishou.journal import Draft, Journal

STREAM = "contacts"


def record_book(journal: Journal, changes: BookChanges, machine: str, now: Callable[[], datetime]) -> int:
    """Record every change that is not in the record yet; how many there were."""
    count = 0
    while found := changes.unrecorded():
        for one in found:
            payload = {"label": one.kind.label, "subject": one.subject, **one.data}
            record_once(journal, STREAM, Draft(one.kind.value, 1, payload, one.at), one.id, one.by, machine, now())
        changes.recorded([one.id for one in found], now())
        count += len(found)
    return count
