"""Snapshots that are damaged or say what never happened: the desk does without the one, and the other is found and made anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from desk.duty_rooms import START, Rooms
from desk.test_desk import WELL
from sqlalchemy import text

from zhishou import database
from zhishou.cli.record import verified
from zhishou.desk import streams
from zhishou.desk.snapshots import false_ones
from zhishou.incident.opening import AddNote
from zhishou.journal import Snapshot, SqlJournal, found
from zhishou.journal.packing import packed


@pytest.fixture
def rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rooms]:
    """Duty rooms with an incident that has a snapshot."""
    monkeypatch.setattr(streams, "OFTEN", 3)
    monkeypatch.setattr(streams, "SHARE", 0)
    engine = database.engine(f"sqlite:///{tmp_path}/zhishou.db")
    database.upgrade(engine)
    made = Rooms(found(engine, "tests", START, exercise=False)).people()
    made.open("city", WELL)
    for _ in range(3):
        made.give(INCIDENT, "city", AddNote(text="来电"))
    yield made
    engine.dispose()


INCIDENT, STREAM = "jincheng-2026-0001", "incident/jincheng-2026-0001"


def put(journal: SqlJournal, **columns: object) -> None:
    """Write over a snapshot, past the software."""
    for name, value in columns.items():
        with journal.engine.begin() as connection:
            said = text(f"UPDATE snapshots SET {name} = :value WHERE stream = :stream")  # noqa: S608 - of the test
            assert connection.execute(said, {"value": value, "stream": STREAM}).rowcount == 1


@pytest.mark.parametrize("data", ["zlib:AAAA", "zlib:!!!", "{", "[]", "{}", packed("{}"), packed("[7]")])
def test_a_damaged_snapshot_is_as_good_as_none(rooms: Rooms, data: str) -> None:
    assert isinstance(rooms.journal, SqlJournal)
    before = rooms.desk.incident(INCIDENT)
    put(rooms.journal, data=data)
    rooms.restart()
    assert rooms.desk.incident(INCIDENT) == before
    assert rooms.desk.story(INCIDENT)
    assert false_ones(rooms.journal) == ()


def test_a_snapshot_ahead_of_its_stream_is_as_good_as_none(rooms: Rooms) -> None:
    assert isinstance(rooms.journal, SqlJournal)
    before = rooms.desk.incident(INCIDENT)
    put(rooms.journal, version=before.version + 9)
    rooms.restart()
    assert rooms.desk.incident(INCIDENT) == before


def test_a_snapshot_that_says_what_never_happened_is_found_and_made_anew(rooms: Rooms) -> None:
    journal = rooms.journal
    assert isinstance(journal, SqlJournal)
    assert STREAM in journal.snapshotted()
    assert false_ones(journal) == ()
    kept = journal.snapshot(STREAM)
    assert isinstance(kept, Snapshot)
    journal.keep(Snapshot(STREAM, kept.version, kept.fold, {**kept.data, "title": "没有的事"}))
    rooms.restart()
    assert rooms.desk.incident(INCIDENT).title == "没有的事"
    said, good = verified(journal, (), (), as_json=False)
    assert not good
    assert STREAM in said
    assert "zhishou journal rebuild" in said
    rooms.desk.rebuild(lambda _, __: None)
    rooms.restart()
    assert rooms.desk.incident(INCIDENT).title == WELL.title
    assert verified(journal, (), (), as_json=False)[1]
