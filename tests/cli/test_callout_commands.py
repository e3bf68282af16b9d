"""The call-out from a terminal: from the annexes and a workbook to a book that is tested, with what waits decided."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from zhishou.callout.book import form, workbook
from zhishou.cli.app import app
from zhishou.errors import ZhishouError

MOBILE = "160" + "00001234"  # 160 is given to nobody


def zhishou(folder: Path, *words: str, code: int = 0) -> str:
    """What a command prints; where it is refused, why."""
    given = ["callout", *words, "--data", str(folder)] if words[0] != "template" else ["callout", *words]
    done = CliRunner().invoke(app, given)
    if code:
        assert isinstance(done.exception, ZhishouError), done.output
        return f"错误：{done.exception}"
    assert done.exit_code == 0, done.output + repr(done.exception)
    return done.output


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHISHOU_DATABASE", raising=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("desk")


def test_a_book_is_begun_filled_decided_tested_and_written_out(folder: Path):
    assert "待核定" in zhishou(folder, "start-book")
    zhishou(folder, "template", str(folder / "form.xlsx"))
    rows = [
        {"单位或职务": "市水务局", "姓名": "王一", "手机": MOBILE},
        {"单位或职务": "火星基地", "值班电话": "9000012"},
    ]
    (folder / "filled.xlsx").write_bytes(form.template(rows))
    assert "启用 2 项" in zhishou(folder, "import", str(folder / "filled.xlsx"))
    waiting = json.loads(zhishou(folder, "held", "--format", "json"))
    (mars,) = [one for one in waiting if one["code"] == "no_holder" and "火星" in one["label"]]
    assert "更正后用" in zhishou(
        folder, "decide", mars["id"], "correct", "--unit", "市公安局", "--reason", "写错了单位"
    )
    book = zhishou(folder, "book")
    assert "160****1234" in book
    assert MOBILE not in book
    assert "没有通道" in zhishou(folder, "test")
    zhishou(folder, "export", str(folder / "out.xlsx"))
    assert stat.S_IMODE((folder / "out.xlsx").stat().st_mode) == 0o600
    assert MOBILE in {one.written for one in workbook.read((folder / "out.xlsx").read_bytes())}
    assert "已有这个文件" in zhishou(folder, "export", str(folder / "out.xlsx"), code=2)


def test_the_dry_run_tells_for_any_level_and_moment(folder: Path):
    told = json.loads(
        zhishou(
            folder,
            "who",
            "jincheng/cbm-surface-2020",
            "II",
            "--at",
            "2026-10-01T03:00",
            "--place",
            "泽州县",
            "--format",
            "json",
        )
    )
    assert told["at"].startswith("2026-10-01T03:00")
    assert {run["label"] for run in told["runs"]} >= set(told["unreached"])
    assert all(run["reached"] or run["missing"] for run in told["runs"])
    for wrong in (
        ("nowhere", "II"),
        ("jincheng/cbm-surface-2020", "IX"),
        ("jincheng/cbm-surface-2020", "II", "--place", "火星"),
    ):
        assert "错误" in zhishou(folder, "who", *wrong, code=2)


def test_no_book_is_begun_in_a_database_that_was_named_wrongly(tmp_path: Path):
    for words in (("start-book",), ("book",)):
        assert "没有这个数据库文件" in zhishou(tmp_path, *words, "--database", f"sqlite:///{tmp_path}/slip.db", code=2)
    assert list(tmp_path.iterdir()) == []
