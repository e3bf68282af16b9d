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


@pytest.fixture(scope="session")
def sources() -> Path:
    """The official texts, where they are at hand."""
    folder = REPOSITORY.parent / "shared" / "sources"
    if not folder.is_dir():
        pytest.skip("the official texts are not at hand")
    return folder
