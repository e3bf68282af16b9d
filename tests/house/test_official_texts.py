"""Promises that only the official texts themselves can prove; collected where they lie beside the repository.

What must hold everywhere is kept beside the tests (`clauses.yaml`) and checked in test_repository.py.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from clauses import clauses, lines_of

from zhishou.plan import marks
from zhishou.plan.load import Library, library

SOURCES = Path(__file__).resolve().parents[2].parent / "shared" / "sources"
KEPT = marks.read((Path(__file__).parent / "clauses.yaml").read_text("utf-8"), "clauses.yaml").data

if SOURCES.is_dir():

    @pytest.mark.parametrize("id_", sorted(library().packs))
    def test_the_kept_clause_numbers_are_those_of_the_text(packs: Library, id_: str):
        lines = lines_of(SOURCES / packs.packs[id_].plan.source.file, packs.packs[id_].plan.source.lines)
        assert KEPT[id_]["text"] == hashlib.sha256("\n".join(lines).encode()).hexdigest()
        assert KEPT[id_]["clauses"].split() == list(clauses(lines))

    def test_no_sentence_of_the_sources_is_copied(repository: Path):
        tool = SOURCES.parent / "tools" / "copied_sentences.py"
        command = [sys.executable, str(tool)]
        result = subprocess.run(command, cwd=repository, capture_output=True, text=True, check=False)  # noqa: S603
        assert result.returncode == 0, result.stdout

    def test_every_printed_duty_line_stands_in_the_source(packs: Library):
        for pack in packs.packs.values():
            text = re.sub(r"[^0-9]+", " ", "\n".join(lines_of(SOURCES / pack.plan.source.file, pack.plan.source.lines)))
            printed = set(text.split())
            for listed in pack.contacts.lists:
                for entry in listed.contacts:
                    for number in (*entry.phone, *entry.fax):
                        assert set(re.sub(r"[^0-9]+", " ", number).split()) <= printed, (
                            f"{pack.id} {entry.unit} {number}"
                        )
