from __future__ import annotations

from collections.abc import Iterator

import pytest
from records import EVENING

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
        url = request.getfixturevalue("postgres").emptied(_made)
    else:
        url = f"sqlite:///{request.getfixturevalue('tmp_path')}/desk.db"
        _made(url)
    made = found(database.engine(url), "record-1", EVENING, exercise=False)
    yield made
    made.close()


def _made(url: str) -> None:
    engine = database.engine(url)
    database.upgrade(engine)
    engine.dispose()
