from __future__ import annotations

import pytest
from sqlalchemy import Engine

from zhishou import database


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """A database of the test's own, with this software's tables: here they are what is tested, and some change them."""
    database.upgrade(empty_engine)
    return empty_engine
