"""zhishou drill: exit codes, texts, JSON; and the demonstration that rests on it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from zhishou.cli.app import app
from zhishou.drill import shipped
from zhishou.errors import JournalError, NotFoundError, PackError
from zhishou.plan import marks

NAME = "heating-2021"


def test_list_names_nine_scenarios():
    said = CliRunner().invoke(app, ["drill", "list", "--format", "json"])
    rows = json.loads(said.stdout)
    assert [row["name"] for row in rows] == sorted(shipped())
    plain = CliRunner().invoke(app, ["drill", "list"]).stdout
    assert all(name in plain for name in shipped())


def test_a_drill_that_comes_as_expected_ends_with_nought():
    said = CliRunner().invoke(app, ["drill", "run", NAME])
    assert said.exit_code == 0
    assert "期望　" in said.stdout
    assert "评分　" in said.stdout
    assert "封印　" in said.stdout


def test_an_expectation_not_met_ends_with_one_and_its_line(tmp_path: Path):
    text = shipped()[NAME].read_text("utf-8").replace("level_decided, times: 2", "level_decided, times: 3")
    file = tmp_path / "wrong.yaml"
    file.write_text(text, "utf-8")
    line = text[: text.index("level_decided, times: 3")].count("\n") + 1
    said = CliRunner().invoke(app, ["drill", "run", str(file), "--brief"])
    assert said.exit_code == 1
    assert f"✗ wrong.yaml:{line}" in said.stdout


def test_json_says_the_same():
    said = CliRunner().invoke(app, ["drill", "run", NAME, "--format", "json"])
    answer = json.loads(said.stdout)
    assert answer["good"]
    assert answer["met"] == len(answer["checks"])
    assert answer["record"]["good"]
    assert answer["score"]["units"]


def test_a_database_keeps_the_drill_and_is_used_once(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/drill.db"
    assert CliRunner().invoke(app, ["drill", "run", NAME, "--database", url]).exit_code == 0
    assert CliRunner().invoke(app, ["journal", "verify", "--database", url]).exit_code == 0
    assert isinstance(CliRunner().invoke(app, ["drill", "run", NAME, "--database", url]).exception, JournalError)


@pytest.mark.parametrize(
    ("text", "error"), [(None, NotFoundError), ("title: [", PackError), ("title: 只有名称", PackError)]
)
def test_bad_input_is_refused(tmp_path: Path, text: str | None, error: type[Exception]):
    file = tmp_path / "bad.yaml"
    if text is not None:
        file.write_text(text, "utf-8")
    assert isinstance(CliRunner().invoke(app, ["drill", "run", str(file)]).exception, error)


def test_bad_input_ends_with_two(tmp_path: Path):
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "zhishou", "drill", "run", str(tmp_path / "none.yaml")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "没有" in done.stderr


def test_the_schema_is_one_and_holds_the_shipped_scenarios(tmp_path: Path):
    file = tmp_path / "scenario.json"
    assert CliRunner().invoke(app, ["drill", "schema", "--write", str(file)]).exit_code == 0
    schema = json.loads(file.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(marks.read(shipped()[NAME].read_text("utf-8"), "x").data, schema)
    assert json.loads(CliRunner().invoke(app, ["drill", "schema"]).stdout) == schema


def test_the_demonstration_tells_both_and_verifies_their_records(repository: Path):
    done = subprocess.run(  # noqa: S603 - our own example
        [sys.executable, str(repository / "examples" / "command_night.py")], capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert len(lines) < 170
    assert sum("条记录完好，与 1 个锚相符" in line for line in lines) == 2
    assert sum(line.startswith("核对预案 ") for line in lines) == 2
    for sign in ("✓ 按时", "△ 迟办", "✗ 逾期", "⊘", "〔4.2.1.1〕", "指挥权已移交"):
        assert any(sign in line for line in lines[2:]), sign
