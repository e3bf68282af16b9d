"""docs/journal.md names columns, calls and options that exist."""

from __future__ import annotations

import re
from pathlib import Path

from typer.main import get_command

from zhishou import database, journal
from zhishou.cli.journal_app import journal as commands
from zhishou.journal.tables import entries


def test_the_page_tells_every_column_of_an_entry(repository: Path):
    section = (repository / "docs/journal.md").read_text("utf-8").split("## An entry")[1].split("\n## ")[0]
    rows = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in section.splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in row} == {column.name for column in entries.columns}


def test_the_calls_and_options_of_the_page_exist(repository: Path):
    text = (repository / "docs/journal.md").read_text("utf-8")
    for room, name in re.findall(r"`(database|journal)\.(\w+)\(", text):
        assert callable(getattr({"database": database, "journal": journal}[room], name))
    given = get_command(commands)
    for name in re.findall(r"zhishou journal (\w+)", text):
        assert name in given.commands
    options = {option for one in given.commands.values() for param in one.params for option in param.opts}
    assert set(re.findall(r"--[a-z][a-z-]*", text)) <= options
