from __future__ import annotations

import os
import shutil

import pytest

from zhishou.errors import ZhishouError
from zhishou.paper.fonts import faces


@pytest.fixture(scope="session", autouse=True)
def _faces() -> None:
    """The faces of the PDF; where they cannot be had the tests are skipped with the reason, never where CI decides."""
    try:
        faces()
    except ZhishouError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def word_processor() -> str:
    """A word processor that opens DOCX; the same."""
    found = shutil.which("soffice")
    if found is None:
        absent = "没有 LibreOffice（Debian：libreoffice-writer-nogui），DOCX 的页数没有核对"
        if os.environ.get("CI"):
            pytest.fail(absent)
        pytest.skip(absent)
    return found
