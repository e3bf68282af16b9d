"""The plan's own words beside a clause, where the deployment attached its copy: `texts/<plan>.md` in the data folder.

The packs carry no sentences of the notices; whoever may hold the text puts it there, one heading a clause: `## 4.2.2.1`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

Texts = Mapping[str, str]
"""Clause → its text."""

_HEADING = re.compile(r"^#{1,6}\s*(\d+(?:\.\d+)*(?:\(\d+\))?)\s*(.*)$")
_LARGEST = 2 * 1024 * 1024


def texts_of(folder: Path, plan: str) -> Texts:
    """The text of a plan, clause by clause; empty where none is attached."""
    file = folder / "texts" / f"{plan}.md"
    try:
        stamp = file.stat()
    except OSError:
        return {}
    return _read(file, stamp.st_mtime_ns) if stamp.st_size <= _LARGEST else {}


@lru_cache(32)
def _read(file: Path, _: int) -> Texts:
    found: dict[str, list[str]] = {}
    here = ""
    for line in file.read_text("utf-8", "replace").splitlines():
        if heading := _HEADING.match(line):
            here = heading[1]
            found.setdefault(here, [heading[2]] if heading[2] else [])
        elif here:
            found[here].append(line)
    return {clause: "\n".join(lines).strip() for clause, lines in found.items()}


def nearest(texts: Texts, clause: str) -> tuple[str, str]:
    """The text of a clause, or of the one that holds it: 4.2.2(1) stands in 4.2.2."""
    while texts and clause:
        if text := texts.get(clause):
            return clause, text
        wider = re.sub(r"(\(\d+\)|\.?\d+)$", "", clause)
        clause = wider if wider != clause else ""
    return "", ""
