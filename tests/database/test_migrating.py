"""Tables come from migrations alone: one line of them, equal to what the rooms declare, made once."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres import Server
from sqlalchemy import Engine, inspect, text

import zhishou
from zhishou import database
from zhishou.database import migrating
from zhishou.errors import DatabaseError
from zhishou.journal import tables

for room in pkgutil.iter_modules(zhishou.__path__):
    if room.ispkg and any(
        file.name == "tables" for file in pkgutil.iter_modules([f"{zhishou.__path__[0]}/{room.name}"])
    ):
        importlib.import_module(f"zhishou.{room.name}.tables")


def test_migrations_form_one_line():
    script = ScriptDirectory(str(migrating.FOLDER))
    steps = list(script.walk_revisions())
    assert len(script.get_heads()) == len(script.get_bases()) == 1
    assert all(not step.is_merge_point and not step.is_branch_point for step in steps)


def test_from_zero_they_make_what_the_rooms_declare(empty_engine: Engine):
    database.upgrade(empty_engine)
    with empty_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, database.metadata) == []


def test_constraints_have_the_declared_names(engine: Engine):
    found = inspect(engine)
    for table in database.metadata.sorted_tables:
        assert found.get_pk_constraint(table.name)["name"] == table.primary_key.name
        declared = {str(one.name) for one in table.constraints if type(one).__name__ == "CheckConstraint"}
        assert {one["name"] for one in found.get_check_constraints(table.name)} == declared


def test_text_that_is_ordered_is_compared_byte_by_byte(engine: Engine):
    with database.writing(engine) as connection:
        for stream in ("b", "B", "a-1", "a1", "中", "a"):
            connection.execute(text("INSERT INTO streams VALUES (:s, 1)"), {"s": stream})
    with database.reading(engine) as connection:
        found = list(connection.execute(text("SELECT stream FROM streams ORDER BY stream")).scalars())
    assert found == sorted(found) == ["B", "a", "a-1", "a1", "b", "中"]


def test_progress_is_told_and_a_second_upgrade_does_nothing(empty_engine: Engine):
    told: list[tuple[int, int]] = []
    database.upgrade(empty_engine, lambda *done: told.append(done))
    steps = len(list(ScriptDirectory(str(migrating.FOLDER)).walk_revisions()))
    assert told == [(done, steps) for done in range(steps + 1)]
    told.clear()
    database.upgrade(empty_engine, lambda *done: told.append(done))
    assert told == [(0, 0)]


def test_servers_that_start_together_migrate_once(empty_url: str):
    engines = [database.engine(empty_url) for _ in range(4)]
    told: list[tuple[int, int]] = []
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: database.upgrade(one, lambda *done: told.append(done)), engines))
    assert sum(total > 0 for done, total in told if done == 0) == 1
    for one in engines:
        database.check(one)
        one.dispose()


def test_a_failed_migration_leaves_nothing(empty_engine: Engine):
    with database.writing(empty_engine) as connection:
        connection.execute(text("CREATE TABLE snapshots (stream TEXT)"))  # stands in the way of the last table
    with pytest.raises(DatabaseError):
        database.upgrade(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["snapshots"]


def test_a_database_of_a_later_version_is_refused(engine: Engine):
    with database.writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for ask in (database.check, database.upgrade):
        with pytest.raises(DatabaseError, match="请升级本软件"):
            ask(engine)


def test_an_empty_database_is_no_desk(empty_engine: Engine):
    with pytest.raises(DatabaseError, match="没有值守的表"):
        database.check(empty_engine)
    assert inspect(empty_engine).get_table_names() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET payload = '{}'", "DELETE FROM entries", "UPDATE commands SET digest = ''",
        "DELETE FROM commands",
        "INSERT OR REPLACE INTO entries SELECT * FROM entries", "INSERT OR REPLACE INTO commands SELECT * FROM commands",
        "TRUNCATE entries", "TRUNCATE commands",
    ],
)  # fmt: skip
def test_the_database_itself_refuses_to_change_the_record(engine: Engine, statement: str):
    only = {"INSERT OR REPLACE": "sqlite", "TRUNCATE": "postgresql"}
    if any(statement.startswith(start) and engine.dialect.name != name for start, name in only.items()):
        return  # the other database has no such statement
    with database.writing(engine) as connection:
        texts = dict.fromkeys(("type", "payload", "at", "recorded", "person", "name", "post", "machine"), "")
        entry = {"position": 1, "stream": "s", "version": 1, "schema": 1, "command": "c", "exercise": False, **texts}
        connection.execute(tables.entries.insert(), {**entry, "previous": "", "seal": ""})
        connection.execute(tables.commands.insert(), {"command": "c", "digest": "d", "first": 1, "count": 1})
    with pytest.raises(Exception, match="append-only"), database.writing(engine) as connection:
        connection.execute(text(statement))


def test_a_database_that_is_not_utf8_is_refused(postgres: Server):
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    made = database.engine(postgres.url("latin"))
    with pytest.raises(DatabaseError, match="UTF8"):
        database.upgrade(made)
    made.dispose()
    postgres.drop(postgres.url("latin"))


def test_a_file_of_other_software_is_left_alone(tmp_path: Path):
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE letters (id)")
    made = database.engine(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="别的软件的数据库（里面有 letters") as raised:
        database.upgrade(made)
    assert raised.value.where == str(file)
    assert inspect(made).get_table_names() == ["letters"]
    made.dispose()
