"""The two READMEs and the docs say what is so."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from zhishou.cli.pages import pages
from zhishou.plan.load import Library

READMES = ("README.md", "README.zh-CN.md")


def _table(text: str, heading: str) -> list[str]:
    section = text.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\|[^|]+\| `([^`]+)` \|$", section, flags=re.MULTILINE)


@pytest.mark.parametrize(("name", "heading"), [("README.md", "Where is"), ("README.zh-CN.md", "在哪里")])
def test_every_path_in_the_where_is_table_exists(repository: Path, name: str, heading: str):
    paths = _table((repository / name).read_text("utf-8"), heading)
    assert len(paths) > 10
    assert [path for path in paths if not (repository / path).exists()] == []


def test_both_readmes_name_the_same_places_and_commands(repository: Path):
    english, chinese = ((repository / name).read_text("utf-8") for name in READMES)
    assert _table(english, "Where is") == _table(chinese, "在哪里")
    assert re.findall(r"^make \w+", english, re.MULTILINE) == re.findall(r"^make \w+", chinese, re.MULTILINE)
    assert english.count("\n## ") == chinese.count("\n## ")


@pytest.mark.parametrize("name", READMES)
def test_the_transcript_is_what_the_command_prints(repository: Path, name: str):
    command = [sys.executable, "-m", "zhishou", "assess", "--facts", "examples/cold-night.yaml"]
    printed = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert printed.strip() in (repository / name).read_text("utf-8")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "docs/architecture.md", "docs/decisions/README.md"])
def test_links_lead_somewhere(repository: Path, name: str):
    file = repository / name
    links = re.findall(r"\]\(([^)#:]+)\)", file.read_text("utf-8"))
    assert [link for link in links if not (file.parent / link).exists()] == []


def test_generated_pages_are_current(repository: Path, packs: Library):
    for name, text in pages(packs).items():
        assert (repository / "docs" / name).read_text("utf-8") == text, f"run `make docs`: {name}"


def test_the_example_of_the_supply_page_runs_and_its_calls_exist(repository: Path):
    text = (repository / "docs/supply.md").read_text("utf-8")
    code = text.split("```python\n", 1)[1].split("```", 1)[0]
    exec(compile(code, "docs/supply.md", "exec"), {})  # noqa: S102 - the page's own example
    calls = re.findall(r"^\|[^|]+\| `([\w.]+)\(", text, re.MULTILINE)
    assert len(calls) > 12
    for call in calls:
        module, name = call.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(f"zhishou.{module}"), name)), call
