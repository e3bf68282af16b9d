from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import postgres as postgres_server
import pytest
from hypothesis import settings
from records import with_tables
from sqlalchemy import Engine

from zhishou import database
from zhishou.plan import load
from zhishou.plan.load import Library

gc.set_threshold(50_000, 20, 100)  # what the tests hold grows large, and little of it is garbage

_read, _shipped = load.library, cache(load.library)


def library(folder: Path | None = None) -> Library:
    """As the house reads them; the shipped packs, which no test changes, once for all tests of a process."""
    own = folder is None and load.packs_folder() == load.SHIPPED
    return _shipped(load.SHIPPED) if own else _read(folder)


load.library = library  # whoever imports it later has this one

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def packs() -> Library:
    """All shipped packs."""
    return library()


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def postgres() -> Iterator[postgres_server.Server]:
    """A running PostgreSQL; where none can be had the test is skipped with the reason, never where CI decides."""
    if postgres_server.programs() is None:
        if os.environ.get("CI"):
            pytest.fail(postgres_server.ABSENT)
        pytest.skip(postgres_server.ABSENT)
    with postgres_server.server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables, on each of the two."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/desk.db"
        return
    running: postgres_server.Server = request.getfixturevalue("postgres")
    url = running.fresh()
    yield url
    running.drop(url)


@pytest.fixture
def empty_engine(empty_url: str) -> Iterator[Engine]:
    """An engine on a database without tables."""
    made = database.engine(empty_url)
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a database with this software's tables and nothing in them, on each of the two.

    The tables are made once and copied, or emptied: whoever changes tables themselves makes an `empty_engine` his own.
    """
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("empty_tables"), tmp_path / "desk.db")
        made = database.engine(f"sqlite:///{tmp_path}/desk.db")
    else:
        running: postgres_server.Server = request.getfixturevalue("postgres")
        made = database.engine(running.emptied(with_tables))
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def empty_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with this software's tables and nothing in them, to be copied."""
    file = tmp_path_factory.mktemp("tables") / "desk.db"
    with_tables(f"sqlite:///{file}")
    return file


# Where a machine decides whether a change lands, the same change must meet the same examples; by hand they vary.
settings.register_profile("steady", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("steady")
