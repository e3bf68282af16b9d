"""A PDF measured: where every character stands, in mm from the edges, and how large it is, in pt."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pdfplumber

MM = 25.4 / 72


@dataclass(frozen=True)
class Letter:
    """A character."""

    text: str
    left: float
    """mm from the left edge of the sheet."""
    right: float
    top: float
    """mm from the upper edge."""
    bottom: float
    size: float
    face: str
    red: bool

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class Sheet:
    """A page."""

    width: float
    height: float
    letters: tuple[Letter, ...]

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.letters)

    @property
    def block(self) -> tuple[Letter, ...]:
        """What stands in the text block."""
        return tuple(one for one in self.letters if 37 - 1 < one.middle < 37 + 225 + 1)

    def lines(self) -> list[list[Letter]]:
        """The lines of the text block, from the top."""
        found: list[list[Letter]] = []
        for one in sorted(self.block, key=lambda one: one.middle):
            # Latin characters of a line stand a little higher or lower than the Chinese ones.
            if not found or one.middle - found[-1][0].middle > 2.5:
                found.append([])
            found[-1].append(one)
        return [sorted(line, key=lambda one: one.left) for line in found]


def sheets(content: bytes) -> list[Sheet]:
    """The pages of a PDF."""
    with pdfplumber.open(io.BytesIO(content)) as book:
        return [
            Sheet(float(page.width) * MM, float(page.height) * MM, tuple(
                Letter(
                    one["text"], one["x0"] * MM, one["x1"] * MM, one["top"] * MM, one["bottom"] * MM, one["size"],
                    one["fontname"].partition("+")[2], _red(one["non_stroking_color"]),
                )
                for one in page.chars if one["text"].strip()
            ))
            for page in book.pages
        ]  # fmt: skip


def _red(colour: object) -> bool:
    return isinstance(colour, tuple) and len(colour) == 3 and colour[0] > 0.7 and max(colour[1:]) < 0.3


def text(content: bytes) -> str:
    """Everything that a PDF says, without spaces and line ends."""
    return "".join(sheet.text for sheet in sheets(content))
