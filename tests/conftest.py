from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from zhishou.plan.load import Library, library

REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def packs() -> Library:
    """All shipped packs."""
    return library()


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


# Where a machine decides whether a change lands, the same change must meet the same examples; by hand they vary.
settings.register_profile("steady", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("steady")
