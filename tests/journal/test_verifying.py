"""Whatever is done to a record behind the software's back is found, with the first bad place."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from records import EVENING, act, drafts, row, write
from sqlalchemy import Connection, text

from zhishou import database
from zhishou.errors import DatabaseError
from zhishou.journal import Journal, MemoryJournal, SqlJournal, Verdict, Write, found, opened, verify
from zhishou.journal import anchors as anchoring
from zhishou.journal.seals import Registered, Stored, register_seal, seal
from zhishou.journal.tables import commands, entries

COLUMNS = [column.name for column in entries.columns]


def filled(journal: Journal) -> None:
    """Twelve entries on three streams."""
    for number in range(6):
        stream = f"incident/{number % 3}"
        two = [Write(stream, journal.version(stream), drafts({"n": number, "what": "管线破裂"}, {"n": -number}))]
        journal.append(two, act(f"c{number}"), [row(stream)])
    journal.append([], act("nothing"))


@contextmanager
def behind_its_back(journal: SqlJournal) -> Iterator[Connection]:
    """A connection of somebody who may do everything, triggers set aside."""
    with journal.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            named = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
            for name, _ in named:
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))
        else:
            for _, made in named:
                connection.exec_driver_sql(made)


def test_a_sound_record_is_said_to_be_sound(journal: Journal):
    assert verify(journal).good
    filled(journal)
    told: list[tuple[int, int]] = []
    verdict = verify(journal, progress=lambda *done: told.append(done))
    assert verdict == Verdict(
        good=True, entries=12, position=None, message=verdict.message, seal=journal.head().seal, anchors=0
    )
    assert "12 条记录完好" in verdict.message
    assert (told[0], told[-1]) == ((0, 12), (12, 12))


OTHER = {
    "position": 99, "version": 99, "schema": 2, "exercise": True, "payload": '{"n":7}', "at": "2026-12-15T19:00:00+08:00",
    "recorded": "2026-12-15T21:00:00+08:00", "previous": "0" * 64, "seal": "0" * 64,
}  # fmt: skip


def test_every_column_of_every_entry_is_under_the_seal(sql_journal: SqlJournal):
    filled(sql_journal)
    whole = {one.position: one._asdict() for one in sql_journal.stored(0)}
    for position in (1, 5, 12):
        for column in COLUMNS:
            changed = {column: OTHER.get(column, "另一")}
            with behind_its_back(sql_journal) as connection:
                connection.execute(entries.update().where(entries.c.position == position).values(changed))
            verdict = verify(sql_journal)
            assert (verdict.good, verdict.position, verdict.entries) == (False, position, position - 1), column
            assert f"第 {position} 条" in verdict.message
            with behind_its_back(sql_journal) as connection:
                at = changed.get("position", position)
                connection.execute(entries.update().where(entries.c.position == at).values(whole[position]))
    assert verify(sql_journal).good


@pytest.mark.parametrize(
    "change", ['{"n": 0,"what":"管线破裂"}', '{"n":0,"n":0,"what":"管线破裂"}', '{"n":0.0,"what":"管线破裂"}']
)
def test_a_payload_that_means_the_same_but_is_written_otherwise_is_found(sql_journal: SqlJournal, change: str):
    filled(sql_journal)
    with behind_its_back(sql_journal) as connection:
        connection.execute(entries.update().where(entries.c.position == 1).values(payload=change))
    assert verify(sql_journal).position == 1


def _run(*statements: str) -> Callable[[Connection], None]:
    def tamper(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement))

    return tamper


UP = "UPDATE entries SET position = {} WHERE position = {}"


def _forged_line(connection: Connection) -> None:
    """A line well sealed for a command that never was."""
    line = Registered("never", "x", 3, 2, register_seal("never", "x", 3, 2))
    connection.execute(commands.insert().values(tuple(line)))


def _insert_one(connection: Connection) -> None:
    """Push an entry in between, all the others moved on, well sealed itself."""
    for position in range(12, 4, -1):
        connection.execute(entries.update().where(entries.c.position == position).values(position=position + 1))
    before = Stored._make(connection.execute(entries.select().where(entries.c.position == 4)).one())
    forged = before._replace(position=5, stream="forged", version=1, previous=before.seal)
    connection.execute(entries.insert(), [forged._replace(seal=seal(forged))._asdict()])


def _seal_anew(connection: Connection) -> None:
    """Change an entry and seal it anew, but not what follows."""
    one = Stored._make(connection.execute(entries.select().where(entries.c.position == 6)).one())
    forged = one._replace(payload='{"n":7}')
    connection.execute(
        entries.update().where(entries.c.position == 6).values(payload=forged.payload, seal=seal(forged))
    )


@pytest.mark.parametrize(
    ("tamper", "position", "words"),
    [
        (_run("DELETE FROM entries WHERE position = 5"), 5, "缺第 5 条"),
        (_run("DELETE FROM entries WHERE position = 1"), 1, "缺第 1 条"),
        (_run("DELETE FROM entries WHERE position = 12"), 12, "末尾被截去"),
        (_run("DELETE FROM entries WHERE position > 8"), 9, "末尾被截去"),
        (_run("DELETE FROM entries"), 1, "末尾被截去"),
        (
            _run("DELETE FROM entries WHERE position = 5", *(UP.format(p - 1, p) for p in range(6, 13))),
            5, "接不上",
        ),
        (
            _run("UPDATE entries SET position = 0 WHERE position = 4", "UPDATE entries SET position = 4 WHERE position = 5", "UPDATE entries SET position = 5 WHERE position = 0"),
            4, "接不上",
        ),
        (_insert_one, 6, "接不上"),
        (_seal_anew, 7, "接不上"),
        (_run("UPDATE entries SET position = 0 WHERE position = 12", "UPDATE journal SET position = 11"), None, ""),
        (_run("UPDATE journal SET id = 'other'"), 1, "接不上"),
        (_run("UPDATE journal SET created = '2020-01-01T00:00:00+08:00'"), 1, "接不上"),
        (_run("UPDATE journal SET exercise = NOT exercise"), 1, "接不上"),
        (_run("UPDATE journal SET position = 11"), 12, "首行"),
        (_run("UPDATE journal SET position = 13"), 13, "首行"),
        (_run("UPDATE journal SET seal = 'x'"), 12, "首行"),
        (_run("UPDATE journal SET recorded = 'x'"), None, "读不出来"),
        (_run("UPDATE streams SET version = 9 WHERE stream = 'incident/1'"), None, "流的登记"),
        (_run("UPDATE streams SET version = 1 WHERE stream = 'incident/1'"), None, "流的登记"),
        (_run("DELETE FROM streams WHERE stream = 'incident/1'"), None, "流的登记"),
        (_run("INSERT INTO streams VALUES ('incident/0a', 2)"), None, "流的登记"),
        (_run("INSERT INTO streams VALUES ('z', 2)"), None, "流的登记"),
        (_run("DELETE FROM commands WHERE command = 'c2'"), 5, "命令的登记缺“c2”"),
        (_run("DELETE FROM commands WHERE command = 'c5'"), 11, "命令的登记缺“c5”"),
        (_run("UPDATE commands SET command = 'd2' WHERE command = 'c2'"), 5, "命令的登记缺"),
        (_run("UPDATE commands SET first = 7 WHERE command = 'c2'"), 5, "登记的是第 7 条"),
        (_run("UPDATE commands SET count = 0 WHERE command = 'c2'"), 5, "起 0 条"),
        (_run("UPDATE commands SET count = 3 WHERE command = 'c5'"), 11, "起 3 条"),
        (_run("UPDATE commands SET digest = 'x' WHERE command = 'c2'"), None, "“c2”的登记被改动过"),
        (_run("UPDATE commands SET digest = 'x' WHERE command = 'nothing'"), None, "“nothing”的登记被改动过"),
        (_run("UPDATE commands SET command = 'else' WHERE command = 'nothing'"), None, "“else”的登记被改动过"),
        (_run("UPDATE commands SET seal = 'x' WHERE command = 'c2'"), None, "“c2”的登记被改动过"),
        (_forged_line, None, "登记了 7 个"),
    ],
)  # fmt: skip
def test_what_is_dropped_moved_pushed_in_or_forged_is_found(
    sql_journal: SqlJournal, tamper: Callable[[Connection], None], position: int | None, words: str
):
    filled(sql_journal)
    with behind_its_back(sql_journal) as connection:
        tamper(connection)
    verdict = verify(opened(sql_journal.engine))
    assert not verdict.good
    assert words in verdict.message
    if position is not None:
        assert verdict.position == position


def test_a_line_of_the_register_from_before_lines_had_a_seal_is_held_to_the_entries_alone(sql_journal: SqlJournal):
    filled(sql_journal)
    with behind_its_back(sql_journal) as connection:
        connection.execute(text("UPDATE commands SET seal = ''"))
    assert verify(sql_journal).good


_REGISTER = "INSERT INTO streams SELECT stream, max(version) FROM entries GROUP BY stream"


def test_a_tail_cut_with_its_head_is_found_by_an_anchor_alone(sql_journal: SqlJournal):
    filled(sql_journal)
    anchors = (anchoring.taken(sql_journal),)
    last = sql_journal.since(9, limit=1)[0]
    with behind_its_back(sql_journal) as connection:
        connection.execute(text("DELETE FROM entries WHERE position > 10"))
        connection.execute(text("DELETE FROM commands WHERE first > 10"))
        connection.execute(text("UPDATE journal SET position = 10, seal = :seal"), {"seal": last.seal})
        connection.execute(text("DELETE FROM streams"))
        connection.execute(text(_REGISTER))
    assert verify(sql_journal).good
    assert "没有锚可对" in verify(sql_journal).message
    verdict = verify(sql_journal, anchors)
    assert not verdict.good
    assert verdict.position == 11
    assert verdict.message == "锚记到第 12 条，现在只有 10 条：末尾被截去"


def test_a_record_written_anew_from_some_place_on_is_found_by_an_anchor(journal: Journal):
    filled(journal)
    anchors = tuple(anchoring.Anchor(p, journal.since(p - 1, 1)[0].seal, EVENING, journal.id) for p in (2, 4, 12))
    forged = MemoryJournal("record-1", EVENING, exercise=False)
    for number in range(6):
        stream = f"incident/{number % 3}"
        what = "管线破裂" if number != 2 else "一切正常"
        two = [Write(stream, forged.version(stream), drafts({"n": number, "what": what}, {"n": -number}))]
        forged.append(two, act(f"c{number}"))
    assert verify(forged).good
    assert verify(journal, anchors).anchors == 3
    verdict = verify(forged, anchors)
    assert (verdict.good, verdict.position, verdict.anchors) == (False, 12, 2)
    assert "锚" in verdict.message


def test_anchors_of_another_record_are_told_and_those_of_several_are_told_apart(journal: Journal):
    filled(journal)
    other = anchoring.Anchor(3, "0" * 64, EVENING, "record-2")
    assert "另一份记录" in verify(journal, [other]).message
    assert not verify(journal, [other]).good
    both = verify(journal, [other, anchoring.taken(journal)])
    assert both.anchors == 1
    assert "另有 1 个锚属于别的记录（record-2），没有对" in both.message, (
        "a record put in the place of another is not passed over"
    )


def test_somebody_may_append_while_it_is_verified(journal: Journal):
    filled(journal)
    grown: list[int] = []

    def grow(done: int, _: int) -> None:
        if len(grown) < 3:
            grown.append(done)
            write(journal, "incident/0", 1)
            write(journal, f"incident/0-{done}", 1)

    assert verify(journal, progress=grow).good


def _entries_of(file: Path) -> list[Stored]:
    engine = database.engine(f"sqlite:///{file}")
    try:
        return list(opened(engine).stored(0, 100))
    finally:
        engine.dispose()


def _register_of(file: Path) -> tuple[Registered, ...]:
    engine = database.engine(f"sqlite:///{file}")
    try:
        return opened(engine).register()
    finally:
        engine.dispose()


def _verified(file: Path) -> Verdict | None:
    """The verdict on a file; None where the database itself reports that it is damaged."""
    try:
        engine = database.engine(f"sqlite:///{file}")
    except DatabaseError:
        return None
    try:
        return verify(opened(engine))
    except DatabaseError:
        return None
    finally:
        engine.dispose()


def test_a_byte_flipped_anywhere_in_the_file_is_found_or_touched_no_entry(tmp_path: Path):
    """Bytes that hold a part of an entry or of the register of commands, in a sample, and any other byte of the file."""
    file = tmp_path / "desk.db"
    engine = database.engine(f"sqlite:///{file}")
    database.upgrade(engine)
    journal = found(engine, "record-1", EVENING, exercise=False)
    filled(journal)
    engine.dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    whole, kept, register = file.read_bytes(), _entries_of(file), _register_of(file)
    inside = sorted(
        start + offset
        for one in kept
        for start in [
            whole.find((one.stream + one.type).encode()),
            whole.find(one.previous.encode() + one.seal.encode()),
        ]
        for offset in range(128)
        if start > 0
    )
    assert len(inside) > 2000
    chance = random.Random(7)  # noqa: S311 - a sample, not a secret
    lines = [start + n for one in register for start in [whole.find(one.seal.encode()) - 80] for n in range(144)]
    assert min(lines) > 0
    for place in [*chance.sample(inside, 60), *chance.sample(lines, 40), *chance.sample(range(len(whole)), 60)]:
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        for stale in tmp_path.glob("desk.db-*"):
            stale.unlink()
        file.write_bytes(flipped)
        verdict = _verified(file)
        found_out = verdict is None or not verdict.good
        assert found_out or (_entries_of(file), _register_of(file)) == (kept, register), place
