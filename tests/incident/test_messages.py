"""Every refusal of the room says what is wrong and how to mend it, in Chinese that names no program."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import zhishou.incident
from zhishou.incident.index import COMMANDS, EVENTS

ROOM = Path(zhishou.incident.__file__).parent


def refusals() -> list[tuple[str, ast.Call]]:
    return [
        (f"{file.name}:{node.lineno}", node)
        for file in sorted(ROOM.glob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "RefusedError"
    ]


def test_every_refusal_names_the_mend():
    found = refusals()
    assert len(found) > 60
    assert [place for place, call in found if not any(one.arg == "mend" for one in call.keywords)] == []


def test_no_refusal_speaks_of_the_program():
    words = re.compile(r"[A-Za-z_]{4,}")
    texts = [
        (place, part.value)
        for place, call in refusals()
        for value in (*call.args, *(one.value for one in call.keywords if one.arg in {"mend", "where"}))
        for part in ast.walk(value)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and re.search(r"[\u4e00-\u9fff]", part.value)
    ]
    assert [(place, text) for place, text in texts if words.search(text)] == []


def test_commands_and_events_have_chinese_labels_and_english_names():
    kinds = [(kind.name, kind.label) for kind in COMMANDS.values()] + [(kind.type, kind.label) for kind in EVENTS]
    for name, label in kinds:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
        assert re.search(r"[\u4e00-\u9fff]", label), name
    types = [kind.type for kind in EVENTS]
    assert len(types) == len(set(types))


def test_every_command_says_in_its_docstring_what_it_does():
    assert [name for name, kind in COMMANDS.items() if not (kind.__doc__ or "").strip().endswith(".")] == []
