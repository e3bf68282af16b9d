"""The small pack with one thing made wrong at a time, and the codes that the check must then find, no more, no less."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from plan.small_pack import ID, replaced, written

from zhishou.plan.check import Finding, check
from zhishou.plan.load import Library, library

ON = date(2026, 8, 1)
"""A day on which neither the revision nor the drill of the small pack is due."""
Change = tuple[str, str, str]
"""File, old text, new text; with an empty old text the whole file is written, with two empty texts it is removed."""


@dataclass(frozen=True)
class Mutant:
    """What is changed, and what the check must find."""

    name: str
    codes: set[str]
    changes: tuple[Change, ...] = ()
    beside: dict[str, tuple[Change, ...]] = field(default_factory=dict)
    """Other packs that stand beside the small one: id → what is different in them."""
    on: date = ON

    def library(self, root: Path) -> Library:
        """Write and load it."""
        written(root)
        for id_, changes in self.beside.items():
            _copy(root, id_)
            _change(root / id_, changes)
        _change(root / ID, self.changes)
        return library(root)

    def findings(self, root: Path) -> tuple[Finding, ...]:
        return check(self.library(root).packs.values(), self.on)


def _copy(root: Path, id_: str) -> None:
    folder = root / id_
    folder.mkdir(parents=True)
    for file in (root / ID).iterdir():
        (folder / file.name).write_text(file.read_text("utf-8").replace(ID, id_), "utf-8")


def _change(folder: Path, changes: tuple[Change, ...]) -> None:
    for name, old, new in changes:
        file = folder / f"{name}.yaml"
        if old:
            replaced(file, old, new)
        elif new:
            file.write_text(new, "utf-8")
        else:
            file.unlink()
