"""The clause numbers that stand in a source text, found without knowing the pack.

Headings must follow one another as numbers do, and items count from (1), so that stray figures are passed over.
"""

from __future__ import annotations

import re
from pathlib import Path

CHINESE = "一二三四五六七八九十"
HEADING = re.compile(r"^\s*(\d{1,2}(?:\.\d{1,2}){0,3})(?![\d.])\s*([^\d\s,，、（(%/\-].*)$")
ITEM = re.compile(r"[（(](\d{1,2}|[一二三四五六七八九十]{1,2})[)）]")
DOTTED = re.compile(r"^[-\s]*(\d{1,2})\.(?!\d)\s*\D")
CHAPTER = re.compile(rf"^([{CHINESE}])、(.*)$")
ANNEX = re.compile(r"^附\s*件\s*\d$")
ANNEX_STARTS = re.compile(r"^附录\s*8\.1$|^附\s*件\s*1$")


def lines_of(file: Path, span: str) -> list[str]:
    """The lines of a source file that a pack encodes."""
    text = file.read_text("utf-8").splitlines()
    if span != "all":
        first, last = (int(part) for part in span.split("-"))
        text = text[first - 1 : last]
    return text


def clauses(lines: list[str]) -> dict[str, str]:
    """Clause number → its first words."""
    if not any(re.match(r"^\s*1\.1\s", line) for line in lines):
        return _notice(lines)
    reader = _Plan()
    for index, line in enumerate(lines):
        if ANNEX_STARTS.match(line.strip()):
            annexes = (ANNEX.match(rest.strip()) for rest in lines[index:])
            reader.found |= {match[0].replace(" ", ""): "" for match in annexes if match}
            break
        reader.read(line)
    return reader.found


def _notice(lines: list[str]) -> dict[str, str]:
    """A notice numbers 一、 and （一）."""
    found: dict[str, str] = {}
    chapter = ""
    for line in lines:
        stripped = line.strip()
        if match := CHAPTER.match(stripped):
            chapter = match[1]
            found[chapter] = match[2][:16]
        elif (match := ITEM.match(stripped)) and match[1][0] in CHINESE and chapter:
            found[f"{chapter}({match[1]})"] = stripped[match.end() :][:16]
    return found


class _Plan:
    """A plan numbers 4.2.1, then (1), or （一） and (1) below it, or 1. 2. 3."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self.heading = ""
        self.upper = ""
        self.stem = ""
        self.last = 0
        self.label = ""
        self.listed: set[str] = set()

    def read(self, line: str) -> None:
        """Take one line."""
        if (match := HEADING.match(line)) and _follows(self.heading, match[1]):
            self.heading, self.upper, self.stem, self.last, self.label = match[1], "", match[1], 0, ""
            self.found[self.heading] = match[2].strip()[:16]
            return
        if not self.heading:
            return
        if "响应措施" in line.strip()[:8]:
            self.label = "措施"
        if (match := DOTTED.match(line)) and int(match[1]) in {1, self.last + 1}:
            self._dotted(int(match[1]), line[match.end() - 1 :].strip()[:16])
        else:
            for match in ITEM.finditer(line):
                before = line[: match.start()].rstrip(" -")
                if not before or before[-1] in "；。：;:,，":
                    self._item(match[1], line[match.end() :].strip()[:16], first_in_line=not before)

    def _dotted(self, number: int, words: str) -> None:
        if number == 1:
            self._open_list()
        if number == 1 or self.last:
            self.last = number
            self.found.setdefault(f"{self.stem}({number})", words)

    def _item(self, mark: str, words: str, *, first_in_line: bool) -> None:
        if mark[0] in CHINESE:
            if first_in_line:
                self.upper = f"{self.heading}({mark})"
                self.stem, self.last = self.upper, 0
                self.found[self.upper] = words
            return
        number = int(mark)
        if number == 1:
            base = self.upper or self.heading
            if base in self.listed and not self.label:
                return
            self._open_list()
        elif number != self.last + 1:
            return
        self.last = number
        self.found.setdefault(f"{self.stem}({number})", words)

    def _open_list(self) -> None:
        base = self.upper or self.heading
        self.stem = f"{base}{self.label if base in self.listed else ''}"
        self.listed.add(base)


def _follows(last: str, new: str) -> bool:
    """Whether a heading can come right after another: its first part, or the next of itself or of one above it."""
    if not last:
        return new == "1"
    parts = [int(part) for part in last.split(".")]
    nexts = [[*parts[:depth], parts[depth] + 1] for depth in range(len(parts))]
    return [int(part) for part in new.split(".")] in [[*parts, 1], *nexts]
