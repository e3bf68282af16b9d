"""An answer is written where it was asked for, or the reason is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhishou.cli.supply_writing import write
from zhishou.errors import ZhishouError


def test_text_and_workbooks_are_written_under_their_own_endings(tmp_path: Path):
    write("文字", tmp_path / "a.txt")
    write(b"PK", tmp_path / "a.xlsx")
    assert (tmp_path / "a.txt").read_text("utf-8") == "文字"
    with pytest.raises(ZhishouError, match="加 --format xlsx"):
        write("文字", tmp_path / "b.xlsx")
    with pytest.raises(ZhishouError, match="文件名却不是"):
        write(b"PK", tmp_path / "b.txt")
    assert not (tmp_path / "b.xlsx").exists()


def test_what_cannot_be_written_is_told_with_its_mend(tmp_path: Path):
    with pytest.raises(ZhishouError, match="没有这个文件夹"):
        write("文字", tmp_path / "nowhere" / "a.txt")
    with pytest.raises(ZhishouError, match="是文件夹"):
        write("文字", tmp_path)
    with pytest.raises(ZhishouError, match="请先关闭"):
        write("文字", tmp_path / ("长" * 200 + ".txt"))
