from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from records import EVENING, with_tables

from zhishou import database
from zhishou.journal import Journal, MemoryJournal, SqlJournal, found

STORES = ("memory", "sqlite", "postgresql")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """Where the record is kept."""
    return str(request.param)


@pytest.fixture
def journal(store: str, request: pytest.FixtureRequest) -> Iterator[Journal]:
    """An empty record in each of the three stores."""
    if store == "memory":
        yield MemoryJournal("record-1", EVENING, exercise=False)
    else:
        yield from _in(store, request)


@pytest.fixture(params=STORES[1:])
def sql_journal(request: pytest.FixtureRequest) -> Iterator[SqlJournal]:
    """An empty record in each of the two databases."""
    yield from _in(request.param, request)


def _in(store: str, request: pytest.FixtureRequest) -> Iterator[SqlJournal]:
    if store == "postgresql":
        url = request.getfixturevalue("postgres").emptied(with_tables)
    else:
        file = request.getfixturevalue("tmp_path") / "desk.db"
        shutil.copy(request.getfixturevalue("empty_tables"), file)
        url = f"sqlite:///{file}"
    made = found(database.engine(url), "record-1", EVENING, exercise=False)
    yield made
    made.close()
