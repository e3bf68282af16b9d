"""The commands on public warnings: a file taken in, what waits, the feed written out."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk.duty_rooms import Rooms
from typer.testing import CliRunner

from zhishou import clock, database
from zhishou.cli.app import app
from zhishou.journal import found
from zhishou.paper.cap.door import parsed

SAMPLE = Path(__file__).parent.parent / "paper" / "cap" / "samples" / "cold_wave.xml"
SETTINGS = """areas: [jincheng]
warnings:
  senders: {jincheng: {sender: bzgb@jincheng.example, name: 晋城市人民政府}}
  sources: [{name: weather, senders: ["14050041600000"]}]
  unsigned: true
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a record; the duty officer's account is `city`."""
    (tmp_path / "house.yaml").write_text(SETTINGS, "utf-8")
    url = f"sqlite:///{tmp_path}/zhishou.db"
    engine = database.engine(url)
    database.upgrade(engine)
    at = clock.moment("2025-12-15T20:00")
    Rooms(found(engine, "cap", at, exercise=False), at).people()
    engine.dispose()
    monkeypatch.setenv("ZHISHOU_DATABASE", url)
    monkeypatch.setenv("ZHISHOU_DATA", str(tmp_path))
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["paper", "cap", *words], catch_exceptions=True)
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_a_message_is_taken_in_listed_and_nothing_is_public_that_was_not_issued(folder: Path):
    assert run("list", "--area", "jincheng") == (0, "没有发过、也没有收到过预警信息\n")
    said = run("take", str(SAMPLE), "--area", "jincheng", "--account", "city")
    assert said[0] == 0, said
    assert "已接收" in said[1]
    assert "收过了" in run("take", str(SAMPLE), "--area", "jincheng", "--account", "city")[1]
    assert "14050041600000_20261215153000" in run("list", "--area", "jincheng")[1]
    assert "不在您的职权之内" in run("take", str(SAMPLE), "--area", "jincheng", "--account", "mayor")[1]
    out = folder / "site"
    assert run("feed", "--address", "https://site.example/feed", "--out", str(out))[0] == 0
    assert [file.name for file in out.iterdir()] == ["alerts.atom"]
    parsed((out / "alerts.atom").read_bytes())


def test_what_cannot_be_is_told_with_the_mend(folder: Path):
    assert "读不了" in run("take", str(folder / "none.xml"), "--area", "jincheng", "--account", "city")[1]
    assert "没有“x”这个事件" in run("issue", "x", "--account", "city")[1]
