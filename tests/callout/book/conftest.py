from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Engine

from zhishou.callout.book.checking import Known
from zhishou.callout.book.keeping import ContactBook
from zhishou.clock import SHANGHAI
from zhishou.people.key import Seal, new_key
from zhishou.plan.load import Library

NOW = datetime(2026, 12, 1, 9, tzinfo=SHANGHAI)


@pytest.fixture
def book(engine: Engine) -> ContactBook:
    """An empty book."""
    return ContactBook(engine, Seal(new_key()))


@pytest.fixture(scope="session")
def known(packs: Library) -> Known:
    return Known(packs, "jincheng", {"zhang.wei": "张伟", "li.na": "李娜"})
