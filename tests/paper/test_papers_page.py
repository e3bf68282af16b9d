"""The page on papers names every kind with its number's word, and every face."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhishou.paper.fonts import OFFICIAL
from zhishou.paper.kinds import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_row(kind: str, repository: Path):
    one = KINDS[kind]
    page = (repository / "docs" / "papers.md").read_text("utf-8")
    assert f"| {one.label} `{one.id}` | …{one.word}〔年〕N号 |" in page


def test_every_face_is_named(repository: Path):
    page = (repository / "docs" / "papers.md").read_text("utf-8")
    for official, *others in OFFICIAL.values():
        assert official in page
        assert ", ".join(others) in page
