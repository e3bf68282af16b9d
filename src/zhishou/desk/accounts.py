"""What changed about people, brought from their room into the record, each change once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zhishou.acts import SYSTEM
from zhishou.errors import StaleError
from zhishou.journal import Act, Draft, Journal, Write
from zhishou.people.changes import CONSOLE, Change, Changes

STREAM = "people"
NAMES = {CONSOLE: "服务器上", "": SYSTEM.name}


def record_people(journal: Journal, changes: Changes, machine: str, now: Callable[[], datetime]) -> int:
    """Record every change that is not in the record yet; how many there were.

    The change's id is the command's key, so that two servers, or a crash between the two records, record it once.
    """
    count = 0
    while found := changes.unrecorded():
        for one in found:
            _record(journal, one, machine, now())
        changes.recorded([one.id for one in found], now())
        count += len(found)
    return count


def _record(journal: Journal, change: Change, machine: str, at: datetime) -> None:
    payload = {"label": change.kind.label, "account": change.account, **change.data}
    draft = Draft(change.kind.value, 1, payload, change.at)
    record_once(journal, STREAM, draft, change.id, change.by, machine, at)


def record_once(  # noqa: PLR0917 - an entry has as many parts
    journal: Journal, stream: str, draft: Draft, id_: str, by: str, machine: str, at: datetime
) -> None:
    """Record a change of a room beside the record under its own id, so that it is recorded once."""
    act = Act(f"{stream}/{id_}", id_, by or SYSTEM.person, NAMES.get(by, by), "", machine, at)
    while True:
        try:
            journal.append([Write(stream, journal.version(stream), (draft,))], act)
        except StaleError:
            continue  # another server recorded one meanwhile
        return
