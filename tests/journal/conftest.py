from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from records import EVENING
from sqlalchemy import Engine

from zhishou import database
from zhishou.journal import Journal, MemoryJournal, SqlJournal, found

STORES = ("memory", "sqlite", "postgresql")


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> str:
    """Where the record is kept."""
    return str(request.param)


@pytest.fixture
def journal(store: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Journal]:
    """An empty record in each of the three stores."""
    if store == "memory":
        yield MemoryJournal("record-1", EVENING, exercise=False)
        return
    running = request.getfixturevalue("postgres") if store == "postgresql" else None
    url = running.fresh() if running else f"sqlite:///{tmp_path}/desk.db"
    engine = database.engine(url)
    database.upgrade(engine)
    made = found(engine, "record-1", EVENING, exercise=False)
    yield made
    made.close()
    if running:
        running.drop(url)


@pytest.fixture
def sql_journal(engine: Engine) -> Iterator[SqlJournal]:
    """An empty record in each of the two databases."""
    made = found(engine, "record-1", EVENING, exercise=False)
    yield made
    made.close()
