"""States at hand are as the record has them, also where another server wrote, and the record is asked for no more than is new."""

from __future__ import annotations

from collections.abc import Mapping

from nights import EVENING
from records import act

from zhishou.desk.kinds import INCIDENTS
from zhishou.desk.streams import States, drafts
from zhishou.incident.opening import NoteAdded
from zhishou.journal import Entry, MemoryJournal, Write


class Counting(MemoryJournal):
    """A record that remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__("record-1", EVENING, exercise=False)
        self.asked: list[dict[str, int]] = []

    def news(self, known: Mapping[str, int]) -> Mapping[str, tuple[Entry, ...]]:
        self.asked.append(dict(known))
        return super().news(known)


def note(journal: MemoryJournal, stream: str) -> None:
    """Somebody, on whatever server, writes one event."""
    journal.append([Write(stream, journal.version(stream), drafts((NoteAdded(text="来电"),), EVENING))], act())


def test_only_what_is_behind_is_read():
    journal = Counting()
    states, other = States(journal, INCIDENTS), States(journal, INCIDENTS)
    names = [f"incident/{number}" for number in range(5)]
    for name in names:
        note(journal, name)
    first = states.as_of(journal.under(names))
    assert journal.asked == [dict.fromkeys(names, 0)]
    assert states.as_of(journal.under(names)) == first
    assert len(journal.asked) == 1, "all were at hand"
    note(journal, names[3])
    now = states.as_of(journal.under(names))
    assert journal.asked[1:] == [{names[3]: 1}]
    assert now == other.get_all(names)
    assert now[names[3]].version == 2
