"""What is read of a file before anybody asks what it means: sheets of cells; it stands alone between formats and forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from zhishou.errors import ZhishouError
from zhishou.supply.returns.held import Code

_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))
"""Characters that would do something to a terminal and mean nothing in a return."""


class UnreadableError(ZhishouError):
    """A file that cannot be read at all.

    Args:
        code: the reason code under which it is held.
        message: what is wrong.
        mend: what to do about it.
    """

    def __init__(self, code: Code, message: str, mend: str) -> None:
        self.code = code
        super().__init__(message, mend=mend)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell that is not blank."""

    value: float | str | bool | None
    """What stands in it; None for a formula without a result."""
    formula: str | None = None
    """The formula, where it has one."""
    error: bool = False
    """Whether its value is an error such as #REF!."""
    percent: bool = False
    """Whether it is shown as a percentage (the value is then a hundredth of what is shown)."""
    dated: bool = False
    """Whether it is shown as a date."""

    @property
    def text(self) -> str:
        """The cell as a person reads it."""
        if isinstance(self.value, bool):
            return "TRUE" if self.value else "FALSE"
        if isinstance(self.value, float):
            return f"{self.value * 100:.10g}%" if self.percent else f"{self.value:.15g}"
        return "" if self.value is None else self.value.translate(_CONTROLS).strip()


@dataclass(slots=True)
class Sheet:
    """One sheet: its cells by row and column, both from 1."""

    name: str
    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row, first column, last row, last column."""
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hidden: bool = False
    """Whether the sheet itself is hidden."""
    epoch_1904: bool = False
    """Whether its dates count from 1904."""
    widths: dict[int, int] = field(default_factory=dict)
    """Of a CSV: how many fields each row has, blank ones too."""

    def rows(self) -> dict[int, dict[int, Cell]]:
        """Row → column → cell, in order."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in sorted(self.cells.items()):
            found.setdefault(row, {})[column] = cell
        return found


@lru_cache(maxsize=65536)
def coordinate(reference: str) -> tuple[int, int]:
    """Row and column of `F12`, both from 1; (0, 0) where it is no reference."""
    column = row = 0
    for index, letter in enumerate(reference):
        if "A" <= letter <= "Z":
            column = column * 26 + ord(letter) - 64
        elif letter != "$":
            number = reference[index:].replace("$", "")
            row = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else 0
            break
    return (row, column) if row else (0, 0)


@lru_cache(maxsize=65536)
def reference(row: int, column: int) -> str:
    """`F12` of a row and column."""
    letters = ""
    while column:
        column, left = divmod(column - 1, 26)
        letters = chr(65 + left) + letters
    return f"{letters}{row}"
