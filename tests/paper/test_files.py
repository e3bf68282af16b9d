"""Bytes kept by their SM3: given back as they were, once, unchanged; on both databases and in memory alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from records import EVENING
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import DBAPIError

from zhishou import database
from zhishou.errors import DamagedError, DatabaseError, NotFoundError
from zhishou.paper.files import Files, MemoryFiles, SqlFiles, sm3
from zhishou.paper.tables import files


def test_sm3_is_the_standard_s():
    # GB/T 32905-2016, appendix A.1
    assert sm3(b"abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_what_is_kept_comes_back_byte_for_byte(engine: Engine):
    for store in (MemoryFiles(), SqlFiles(engine)):
        _comes_back(store)


def _comes_back(store: Files) -> None:
    content = bytes(range(256)) * 100
    digest = store.keep(content, EVENING)
    assert digest == sm3(content)
    assert store.get(digest) == content
    assert store.keep(content, EVENING) == digest
    with pytest.raises(NotFoundError, match="没有这份文件的原件"):
        store.get("0" * 64)


def test_the_same_bytes_are_kept_once_whoever_comes_together(engine: Engine):
    with ThreadPoolExecutor(6) as pool:
        assert len(set(pool.map(lambda _: SqlFiles(engine).keep(b"paper" * 1000, EVENING), range(24)))) == 1
    with database.reading(engine) as connection:
        assert connection.execute(select(func.count()).select_from(files)).scalar_one() == 1


def test_the_database_itself_refuses_to_change_or_drop_them(engine: Engine):
    digest = SqlFiles(engine).keep(b"paper", EVENING)
    for deed in (update(files).values(content=b"other"), delete(files)):
        with pytest.raises((DBAPIError, DatabaseError)), database.writing(engine) as connection:
            connection.execute(deed)
    assert SqlFiles(engine).get(digest) == b"paper"


def test_bytes_that_were_changed_behind_its_back_are_not_given_out(empty_engine: Engine):
    engine = empty_engine  # its own: what guards the table is taken off
    database.upgrade(engine)
    digest = SqlFiles(engine).keep(b"paper", EVENING)
    with database.writing(engine) as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER files_kept_from_update"))
        else:
            connection.execute(text("ALTER TABLE files DISABLE TRIGGER files_kept"))
        connection.execute(update(files).values(content=b"other"))
    with pytest.raises(DamagedError, match="与摘要不符"):
        SqlFiles(engine).get(digest)
