"""The commands on papers: issued, listed, shown, verified by number, code and file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from paper.paper_nights import Rooms
from typer.testing import CliRunner

from zhishou import clock, database
from zhishou.cli.app import app
from zhishou.errors import ZhishouError
from zhishou.incident.opening import OpenIncident
from zhishou.journal import found
from zhishou.paper.fonts import faces


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with an incident; the duty officer's account is `city`."""
    try:
        faces()
    except ZhishouError as error:
        pytest.skip(str(error))
    url = f"sqlite:///{tmp_path}/desk.db"
    engine = database.engine(url)
    database.upgrade(engine)
    at = clock.moment("2025-12-15T20:00")
    rooms = Rooms(found(engine, "cli", at, exercise=False), at).people()
    rooms.open("city", OpenIncident(title="全市天然气供应紧张", subject="gas_supply_shortage", place="jincheng"))
    engine.dispose()
    monkeypatch.setenv("ZHISHOU_DATABASE", url)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["paper", *words], catch_exceptions=True)
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


def test_a_paper_from_issue_to_verification(desk: Path):
    assert run("list", "--area", "jincheng") == (0, "没有印发过文件\n")
    code, said = run(
        "issue", "情况报告", "--area", "jincheng", "--account", "city", "--incident", "jincheng-2025-0001", "--fill",
        "签发人=王丙", "--out", str(desk / "out"),
    )  # fmt: skip
    assert code == 0, said
    (number,) = re.findall(r"晋城市情况〔\d{4}〕1号", said.splitlines()[0])
    (short,) = re.findall(r"核对码 (\d+-[0-9a-f]{8})", said)
    listed = json.loads(run("list", "--area", "jincheng", "--format", "json")[1])
    assert [(one["number"], one["code"]) for one in listed] == [(number, short)]
    assert "签发人" not in listed[0]["blanks"]
    assert number in run("show", number)[1]
    run("show", number, "--out", str(desk / "again"))
    for ending in ("docx", "pdf"):
        first, again = (desk / folder / f"{number}.{ending}" for folder in ("out", "again"))
        assert first.read_bytes() == again.read_bytes()
        assert run("verify", str(first))[0] == 0
    for what in (number, short):
        code, said = run("verify", what)
        assert (code, said[0]) == (0, "✓")
    changed = desk / "changed.pdf"
    changed.write_bytes((desk / "out" / f"{number}.pdf").read_bytes() + b" ")
    for what in (str(changed), "晋城市情况〔2025〕99号", f"{short.split('-')[0]}-00000000"):
        code, said = run("verify", what)
        assert (code, said[0]) == (1, "✗"), what


def test_what_is_wrong_is_said(desk: Path):
    del desk
    code, said = run("issue", "公函", "--area", "jincheng", "--account", "city")
    assert code != 0
    assert "没有“公函”这种文件" in said
    code, said = run(
        "issue", "press_draft", "--area", "jincheng", "--account", "nobody", "--incident", "jincheng-2025-0001"
    )
    assert code != 0
    assert "不在您的职权之内" in said
    assert "没有写成 名称=内容" in run("issue", "review", "--area", "x", "--account", "y", "--fill", "z")[1]


def test_kinds_and_faces_are_told(desk: Path):
    del desk
    assert "warning_notice" in run("kinds")[1]
    assert "仿宋_GB2312 → FandolFang-Regular.otf" in run("fonts")[1]


def test_an_area_that_there_is_not_has_not_simply_no_papers(desk: Path):  # noqa: ARG001 - its database is the one asked
    code, said = run("list", "--area", "nowhere")
    assert code != 0
    assert "没有“nowhere”这个地区" in said
    assert run("list", "--area", "晋城市")[0] == 0
