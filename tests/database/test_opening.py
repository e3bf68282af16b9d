"""One URL, two databases: what is promised of a commit, and what is said where a database cannot be had."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres import Server, server
from sqlalchemy import Column, Engine, MetaData, Table, event, select, text

from zhishou import database
from zhishou.clock import SHANGHAI
from zhishou.database import opening
from zhishou.database.backup import backup, restore
from zhishou.database.columns import Moment, from_microseconds, microseconds
from zhishou.errors import DatabaseError
from zhishou.journal.tables import streams


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("gibberish", "读不懂"),
        ("mysql://u:geheim@h/d", "不支持“mysql”"),
        ("sqlite://", "没有写文件"),
        ("sqlite:///:memory:", "没有写文件"),
        ("postgresql://u:geheim@127.0.0.1:1/d", "连不上"),
        ("postgresql+psycopg://u:geheim@127.0.0.1:1/d", "连不上"),
        ("postgres://u:geheim@127.0.0.1:1/d", "连不上"),
    ],
)
def test_a_database_that_cannot_be_had_is_named_without_its_password(url: str, words: str):
    with pytest.raises(DatabaseError, match=words) as raised:
        database.engine(url)
    assert raised.value.mend
    assert "geheim" not in str(raised.value)


def test_a_missing_file_is_made_only_where_asked(tmp_path: Path):
    file = tmp_path / "new" / "desk.db"
    with pytest.raises(DatabaseError, match="没有这个数据库文件"):
        database.engine(f"sqlite:///{file}", create=False)
    assert not file.parent.exists()
    database.engine(f"sqlite:///{file}").dispose()
    assert file.exists()


def test_a_file_that_is_no_database_and_a_folder_that_is_a_file_are_told(tmp_path: Path):
    file = tmp_path / "letter.txt"
    file.write_text("晋城市人民政府办公室" * 200, "utf-8")
    with pytest.raises(DatabaseError, match="坏了，或不是数据库"):
        database.engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="建不了数据库文件"):
        database.engine(f"sqlite:///{file}/desk.db")


def test_unknown_databases_and_users_of_a_server_are_told(postgres: Server):
    with pytest.raises(DatabaseError, match="没有这个数据库"):
        database.engine(postgres.url("nowhere"))


def test_every_connection_keeps_what_it_confirms(engine: Engine):
    with engine.connect() as one, engine.connect().execution_options(zhishou_reading=True) as other:
        if engine.dialect.name == "postgresql":
            assert one.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
            assert one.exec_driver_sql("SHOW lock_timeout").scalar() == "15s"
        else:
            for connection in (one, other):
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_server_told_not_to_wait_for_its_disk_waits_for_us(postgres: Server):
    url = postgres.fresh()
    made = database.engine(url)
    with made.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET synchronous_commit = off"))
    made.dispose()
    with made.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    made.dispose()
    postgres.drop(url)


def test_writers_follow_one_another_and_none_is_lost(engine: Engine):
    with database.writing(engine) as connection:
        connection.execute(text("INSERT INTO streams VALUES ('s', 0)"))

    def count() -> None:
        for _ in range(25):
            with database.writing(engine) as connection:
                version = connection.execute(select(streams.c.version).with_for_update()).scalar_one()
                connection.execute(text("UPDATE streams SET version = :v"), {"v": version + 1})

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading(engine) as connection:
        assert connection.execute(text("SELECT version FROM streams")).scalar_one() == 200


def test_a_reader_sees_one_state_and_does_not_wait_for_the_writer(engine: Engine):
    with database.writing(engine) as connection:
        connection.execute(text("INSERT INTO streams VALUES ('s', 1)"))
    with database.reading(engine) as reader:
        before = reader.execute(text("SELECT version FROM streams")).scalar_one()
        with database.writing(engine) as writer:
            writer.execute(text("UPDATE streams SET version = 2"))
        assert reader.execute(text("SELECT version FROM streams")).scalar_one() == before == 1
    with database.reading(engine) as reader:
        assert reader.execute(text("SELECT version FROM streams")).scalar_one() == 2


def test_a_block_that_raises_leaves_nothing(engine: Engine):
    def fail() -> None:
        with database.writing(engine) as connection:
            connection.execute(text("INSERT INTO streams VALUES ('s', 1)"))
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with database.reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM streams")).scalar_one() == 0


def test_a_database_held_by_somebody_else_is_busy_not_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("zhishou.database.opening._PRAGMAS", ("PRAGMA journal_mode=WAL", "PRAGMA busy_timeout=50"))
    made = database.engine(f"sqlite:///{tmp_path}/desk.db")
    held = sqlite3.connect(tmp_path / "desk.db", isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseError, match="正忙"), database.writing(made):
        pass
    held.close()
    made.dispose()


@pytest.mark.usefixtures("postgres")  # which skips, or fails, where there is none
def test_a_server_that_went_away_is_told_and_found_again():
    with server() as running:  # one of this test's own, since it is stopped
        made = database.engine(running.url())
        running.stop()
        started = time.monotonic()
        with pytest.raises(DatabaseError, match="连不上"), database.writing(made):
            pass
        assert time.monotonic() - started < 15
        running.start()
        with database.reading(made) as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        made.dispose()


@given(st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001 - hypothesis adds the zone
def test_a_moment_comes_back_as_the_same_moment_in_shanghai(at: datetime):
    back = from_microseconds(microseconds(at))
    assert back.astimezone(UTC) == at
    assert back.tzinfo is SHANGHAI


def test_moments_sort_as_moments_whatever_zone_they_were_given_in(engine: Engine):
    table = Table("moments", MetaData(), Column("at", Moment))
    base = datetime(2026, 12, 15, 12, tzinfo=UTC)
    given_ = [base + timedelta(minutes=30), (base + timedelta(microseconds=1)).astimezone(SHANGHAI), base]
    with database.writing(engine) as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"at": at} for at in given_])
    with database.reading(engine) as connection:
        found = list(connection.execute(select(table.c.at).order_by(table.c.at)).scalars())
    assert found == sorted(given_)
    with pytest.raises(ValueError, match="without zone"):
        Moment().process_bind_param(datetime(2026, 1, 1), None)  # type: ignore[arg-type]  # noqa: DTZ001 - that is the point


def test_a_new_database_and_one_brought_back_are_for_nobody_else_to_read(tmp_path: Path):
    made = database.engine(f"sqlite:///{tmp_path}/desk.db")
    database.upgrade(made)
    with made.connect():
        files = sorted(tmp_path.glob("desk.db*"))
        assert len(files) == 3, "with what SQLite keeps beside it"
        assert [one.stat().st_mode & 0o077 for one in files] == [0, 0, 0]
    backup(made, tmp_path / "copy")
    made.dispose()
    (tmp_path / "copy").chmod(0o644)  # it has been to another disk
    (tmp_path / "back").mkdir()
    other = database.engine(f"sqlite:///{tmp_path}/back/desk.db")
    (tmp_path / "back" / "desk.db").unlink()
    restore(other, tmp_path / "copy")
    other.dispose()
    assert (tmp_path / "back" / "desk.db").stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("postgres")  # which skips, or fails, where there is none
def test_a_server_stopped_and_started_again_is_reached_without_anybody_noticing():
    with server() as running:
        made = database.engine(running.url())
        with made.connect() as one, made.connect() as other:  # two that stay open in the pool
            assert one.exec_driver_sql("SELECT 1").scalar() == other.exec_driver_sql("SELECT 1").scalar() == 1
        for at_once in (False, True):
            running.stop(at_once=at_once)
            running.start()
            for begin in (database.asking, database.reading, database.writing):
                with begin(made) as connection:
                    assert connection.exec_driver_sql("SELECT 1").scalar() == 1
        made.dispose()


def test_a_connection_that_long_stood_idle_is_tried_first(postgres: Server, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(opening, "IDLE", 0)
    monkeypatch.setattr(opening, "_heard", lambda _: False)  # something between the two forgot it in silence
    made = database.engine(postgres.url())
    with made.connect() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(postgres.url(), autocommit=True) as stranger:
        stranger.execute("SELECT pg_terminate_backend(%s)", [own])
    with database.asking(made) as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() != own
    made.dispose()


def test_a_single_question_has_no_transaction_around_it(engine: Engine):
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: said.append(told[2]))
    with database.asking(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
    assert said == ["SELECT 1"]
    with database.reading(engine) as connection:
        connection.exec_driver_sql("SELECT 2")
    begun = {"sqlite": "BEGIN", "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}
    assert said[1:] == [begun[engine.dialect.name], "SELECT 2"]


def test_a_reader_cannot_write_on_a_server(postgres: Server):
    made = database.engine(postgres.url())

    def write() -> None:
        with database.reading(made) as connection:
            connection.exec_driver_sql("CREATE TABLE never (a int)")

    with pytest.raises(DatabaseError):
        write()
    made.dispose()
