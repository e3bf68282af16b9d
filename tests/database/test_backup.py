"""A copy is taken while the database is in use, is whole, and comes back; nothing is overwritten unasked."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from postgres import Server
from records import EVENING, act, drafts, row, write
from sqlalchemy import Engine, inspect

from zhishou import database
from zhishou.database.backup import backup, restore
from zhishou.errors import DatabaseError, JournalError, ZhishouError
from zhishou.journal import SqlJournal, Write, found, opened, verify


@pytest.fixture
def journal(engine: Engine) -> SqlJournal:
    made = found(engine, "record-1", EVENING, exercise=False)
    for number in range(5):
        write(made, f"s{number % 2}", number, rows=(row(f"k{number}"),))
    return made


@pytest.fixture
def other(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An empty database of the same kind."""
    if engine.dialect.name == "sqlite":
        made = database.engine(f"sqlite:///{tmp_path}/other.db")
    else:
        made = database.engine(request.getfixturevalue("postgres").fresh())
    yield made
    made.dispose()


def whole(engine: Engine) -> None:
    verdict = verify(opened(engine))
    if not verdict.good:
        raise JournalError(verdict.message)


def test_a_copy_comes_back_as_it_was_and_goes_on(journal: SqlJournal, other: Engine, tmp_path: Path):
    file = tmp_path / "copy"
    backup(journal.engine, file, whole)
    write(journal, "s0", 99)
    restore(other, file, verified=whole)
    back = opened(other)
    assert back.since(0) == journal.since(0)[:5]
    assert (back.id, back.head().position, back.rows("b")) == (journal.id, 5, journal.rows("b"))
    assert write(back, "s0", 7).entries[0].position == 6
    with pytest.raises(Exception, match="append-only"), other.begin() as connection:
        connection.exec_driver_sql("DELETE FROM entries")
    assert sorted(inspect(other).get_table_names()) == sorted(inspect(journal.engine).get_table_names())
    assert [name.name for name in tmp_path.iterdir() if name.name.endswith("half")] == []
    assert file.stat().st_mode & 0o077 == 0


def test_a_copy_taken_while_commands_flow_is_sound(journal: SqlJournal, other: Engine, tmp_path: Path):
    stop = threading.Event()

    def flow() -> None:
        number = 0
        while not stop.is_set():
            journal.append([Write("flow", number, drafts(number))], act())
            number += 1

    thread = threading.Thread(target=flow)
    thread.start()
    try:
        for number in range(3):
            backup(journal.engine, tmp_path / f"copy{number}", whole)
    finally:
        stop.set()
        thread.join()
    restore(other, tmp_path / "copy2", verified=whole)
    assert opened(other).since(0, 5000) == journal.since(0, opened(other).head().position)


def test_a_copy_of_a_large_database_ends_though_somebody_writes_all_the_time(tmp_path: Path):
    """SQLite begins a copy again whenever somebody writes between two of its steps."""
    engine, place = database.engine(f"sqlite:///{tmp_path}/zhishou.db"), tmp_path / "zhishou.db"
    database.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ballast (held BLOB)")
        connection.exec_driver_sql("INSERT INTO ballast VALUES (randomblob(40000000))")
    done, until = threading.Event(), time.monotonic() + 8

    def writing() -> None:
        with closing(sqlite3.connect(place, timeout=10)) as other:
            while not done.is_set() and time.monotonic() < until:
                other.execute("INSERT INTO ballast VALUES (randomblob(100))")
                other.commit()

    busy = threading.Thread(target=writing)
    busy.start()
    try:
        backup(engine, tmp_path / "copy", lambda _: None)
        assert busy.is_alive(), "it ended only when nobody wrote any more"
    finally:
        done.set()
        busy.join()
        engine.dispose()


def test_nothing_is_overwritten_unasked(journal: SqlJournal, other: Engine, tmp_path: Path):
    file = tmp_path / "copy"
    backup(journal.engine, file)
    with pytest.raises(ZhishouError, match="不覆盖"):
        backup(journal.engine, file)
    database.upgrade(other)
    write(found(other, "record-2", EVENING, exercise=False), "s", 1, 2)
    with pytest.raises(DatabaseError, match="已有内容") as raised:
        restore(other, file)
    assert "--replace" in raised.value.mend
    assert opened(other).id == "record-2"
    restore(other, file, replace=True, verified=whole)
    assert opened(other).id == "record-1"
    assert opened(other).version("s") == 0


def test_a_copy_of_the_other_kind_and_what_is_no_copy_are_refused(journal: SqlJournal, other: Engine, tmp_path: Path):
    wrong = tmp_path / "wrong"
    wrong.write_bytes(b"PGDMP" if other.dialect.name == "sqlite" else b"SQLite format 3\0")
    with pytest.raises(DatabaseError, match="不能放进"):
        restore(other, wrong)
    wrong.write_bytes(b"letter")
    with pytest.raises(DatabaseError, match="不是值守的备份"):
        restore(other, wrong)
    with pytest.raises(ZhishouError, match="读不了"):
        restore(other, tmp_path / "none")
    assert inspect(other).get_table_names() == []
    with pytest.raises(ZhishouError, match="写不进去"):
        backup(journal.engine, tmp_path / "none" / "copy")


def test_a_damaged_copy_does_not_come_back(journal: SqlJournal, other: Engine, tmp_path: Path):
    file = tmp_path / "copy"
    backup(journal.engine, file)
    bytes_ = bytearray(file.read_bytes())
    chance = random.Random(3)  # noqa: S311 - a sample, not a secret
    for place in chance.sample(range(200, len(bytes_)), len(bytes_) // 20):
        bytes_[place] ^= 0xFF
    file.write_bytes(bytes_)
    with pytest.raises(ZhishouError):
        restore(other, file, verified=whole)
    assert inspect(other).get_table_names() == []


def test_a_copy_whose_record_is_bent_is_not_kept(tmp_path: Path):
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(engine)
    write(found(engine, "record-1", EVENING, exercise=False), "s", 1, 2)
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("DROP TRIGGER entries_kept_from_update")
        connection.execute("UPDATE entries SET payload = '{}' WHERE position = 2")
    connection.close()
    with pytest.raises(JournalError, match="第 2 条"):
        backup(engine, tmp_path / "copy", whole)
    assert not (tmp_path / "copy").exists()
    engine.dispose()


def test_a_database_of_other_software_is_named_as_it_was_given(tmp_path: Path):
    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.execute("CREATE TABLE letters (id)")
    engine = database.engine(f"sqlite:///{tmp_path}/desk.db")
    with pytest.raises(DatabaseError, match="没有值守的表") as raised:
        restore(engine, tmp_path / "other.db")
    assert raised.value.where == str(tmp_path / "other.db")
    engine.dispose()


def test_missing_programs_are_told(postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    engine = database.engine(postgres.url())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DatabaseError, match="没有 pg_dump 程序") as raised:
        backup(engine, tmp_path / "copy")
    assert "postgresql-client" in raised.value.mend
    engine.dispose()
