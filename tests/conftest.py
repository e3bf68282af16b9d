from __future__ import annotations

from pathlib import Path

import pytest

from zhishou.plan.load import Library, library

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def packs() -> Library:
    """All shipped packs."""
    return library()


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY
