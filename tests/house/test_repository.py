"""Promises of the repository itself: the lock, the ledger against the sources, no copied text, no private numbers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from zhishou.plan import lock, marks
from zhishou.plan.load import Library, library

KEPT = marks.read((Path(__file__).parent / "clauses.yaml").read_text("utf-8"), "clauses.yaml").data
TEXT = {".py", ".yaml", ".md", ".toml", ".json", ".lock", ""}


def _files(repository: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],  # noqa: S607 - git is wherever the machine has it
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [repository / name for name in listed if (repository / name).is_file()]


def test_no_rule_changed_without_a_new_version(packs: Library):
    assert list(map(str, lock.problems(packs.packs, packs.lock))) == []


@pytest.mark.parametrize("id_", sorted(library().packs))
def test_every_numbered_clause_of_the_source_is_in_the_ledger(packs: Library, id_: str):
    """The clause numbers read off the official texts are kept beside the tests, so that this holds without the texts."""
    kept = KEPT[id_]["clauses"].split()
    assert len(kept) > 10
    assert [clause for clause in kept if clause not in packs.packs[id_].ledger.clauses] == []


def test_the_packs_are_the_nine_plans_and_the_notice(packs: Library):
    assert {pack.plan.number for pack in packs.packs.values()} == {
        "晋市政办〔2021〕23号", "城政办发〔2025〕15号", "晋政办发电〔2020〕68号", "运政办发〔2021〕68号",
        "晋市政办〔2020〕53号", "晋市政办〔2020〕54号", "晋市政办〔2020〕57号", "晋市政办〔2020〕58号",
        "晋市政办〔2020〕59号", "晋市政办〔2020〕60号",
    }  # fmt: skip


def test_no_mobile_number_stands_anywhere(repository: Path):
    mobile = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
    hits = [
        f"{file.relative_to(repository)}: {match[0]}"
        for file in _files(repository)
        if file.suffix in TEXT and file.name != "requirements.lock"
        for match in [mobile.search(file.read_text("utf-8", errors="ignore"))]
        if match
    ]
    assert hits == []


def test_files_stay_short(repository: Path):
    long = {
        str(file.relative_to(repository)): count
        for file in _files(repository)
        if file.suffix == ".py" and (count := len(file.read_text("utf-8").splitlines())) > 400
    }
    assert long == {}


def test_every_ignored_lint_rule_has_its_reason(repository: Path):
    text = (repository / "pyproject.toml").read_text("utf-8")
    section = text.split("[tool.ruff.lint]")[1].split("[tool.ruff.lint.pydocstyle]")[0]
    for line in section.splitlines():
        if re.match(r'\s*"[A-Z]+\d+", *$|\s*"[A-Z]+\d+",(?!\s*#)', line):
            pytest.fail(line)


def test_every_module_says_what_it_is_for(repository: Path):
    for file in (repository / "src").rglob("*.py"):
        assert file.read_text("utf-8").startswith('"""'), file


def test_no_two_test_files_have_one_name(repository: Path):
    """pytest takes one for the other."""
    names = [file.name for file in (repository / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
