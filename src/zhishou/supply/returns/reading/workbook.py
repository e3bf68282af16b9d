"""Reading an .xlsx in one pass: values, formulas with their results, errors, merged and hidden cells.

It stands alone, and is not openpyxl, because openpyxl gives either formulas or results and so must read a file twice,
and because a file from outside is bounded here cell by cell while it is read.
"""

from __future__ import annotations

import math
import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache

from zhishou.supply.returns.reading.grid import Cell, Sheet, UnreadableError, coordinate
from zhishou.supply.returns.reading.package import (
    MOST_CELLS,
    MOST_COLUMN,
    MOST_ROW,
    Package,
    parse,
    parser,
    too_many,
)

Attributes = dict[str, str]

_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PERCENT_IDS = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.')
_DATED = re.compile(r"[yd年月日]", re.IGNORECASE)


@dataclass
class _Book:
    """What workbook.xml says."""

    sheets: list[tuple[str, str, bool]] = field(default_factory=list)
    epoch_1904: bool = False
    by_hand: bool = False
    """Whether formulas are worked out only when the writer asks for it."""


@dataclass(frozen=True)
class Workbook:
    """A workbook as read."""

    sheets: tuple[Sheet, ...]
    by_hand: bool
    """Whether its formulas are worked out only when somebody asks, so that results may be old."""


def read(content: bytes) -> Workbook:
    """Read a workbook.

    Args:
        content: the bytes of an .xlsx or .xlsm.

    Raises:
        UnreadableError: damaged, no workbook, or beyond all measure.
    """
    package = Package(content)
    main = _main(package)
    book = _book(package.read(main), main)
    relations = _relations(package, main)
    strings: list[str] | None = None
    dates, percents = _styles(package.read(_target(relations, main, "/styles") or "xl/styles.xml"))
    sheets = []
    left = MOST_CELLS
    for name, relation, hidden in book.sheets:
        place = _resolved(main, relations.get(relation, ("", ""))[1])
        data = package.read(place)
        if not data or "worksheet" not in relations[relation][0]:
            continue
        if strings is None:
            strings = _strings(package.read(_target(relations, main, "/sharedStrings") or "xl/sharedStrings.xml"))
        sheet = Sheet(name, hidden=hidden, epoch_1904=book.epoch_1904)
        _SheetReader(sheet, strings, dates, percents, left).read(data, place)
        left -= len(sheet.cells)
        sheets.append(sheet)
    return Workbook(tuple(sheets), book.by_hand)


def _main(package: Package) -> str:
    for kind, target in _read_relations(package.read("_rels/.rels"), "_rels/.rels").values():
        if kind.endswith("/officeDocument"):
            main = target.lstrip("/")
            break
    else:
        main = "xl/workbook.xml"
    if main.endswith(".bin"):
        raise UnreadableError("old_format", "是二进制工作簿 .xlsb", "请另存为 .xlsx 后重新报送")
    if main not in package.parts and "opendocument.spreadsheet" in package.read("mimetype").decode("ascii", "replace"):
        raise UnreadableError(
            "old_format", "是开放文档表格 .ods，不论后缀是什么", "请另存为 .xlsx 后重新报送，不能只改后缀"
        )
    if main not in package.parts or main.startswith(("word/", "ppt/")):
        raise UnreadableError(
            "not_a_workbook",
            "压缩包里没有工作簿，可能是 Word 文档或打包的文件",
            "请直接报送 .xlsx 报表，不要打包或改后缀",
        )
    return main


def _local(name: str) -> str:
    return name[name.find(":") + 1 :]


def _read_relations(data: bytes, name: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: Attributes) -> None:
        if _local(tag) == "Relationship" and attributes.get("TargetMode") != "External":
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), attributes.get("Target", ""))

    if data:
        made = parser()
        made.StartElementHandler = start
        parse(made, data, name)
    return found


def _relations(package: Package, main: str) -> dict[str, tuple[str, str]]:
    folder, file = posixpath.split(main)
    name = posixpath.join(folder, "_rels", f"{file}.rels")
    return _read_relations(package.read(name), name)


def _resolved(main: str, target: str) -> str:
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(main), target))


def _target(relations: dict[str, tuple[str, str]], main: str, ending: str) -> str:
    return next((_resolved(main, target) for kind, target in relations.values() if kind.endswith(ending)), "")


def _book(data: bytes, name: str) -> _Book:
    book = _Book()

    def start(tag: str, attributes: Attributes) -> None:
        tag = _local(tag)
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if _local(key) == "id" and key != "id"), "")
            hidden = attributes.get("state", "visible") != "visible"
            book.sheets.append((attributes.get("name", ""), relation, hidden))
        elif tag == "workbookPr":
            book.epoch_1904 = attributes.get("date1904") in {"1", "true"}
        elif tag == "calcPr":
            book.by_hand = attributes.get("calcMode") == "manual"

    made = parser()
    made.StartElementHandler = start
    parse(made, data, name)
    return book


@lru_cache(maxsize=32)
def _styles(data: bytes) -> tuple[frozenset[str], frozenset[str]]:
    """The style numbers that show dates and those that show percentages; kept, because forms share their styles."""
    formats: dict[int, str] = {}
    styles: list[int] = []
    inside = [False]

    def start(tag: str, attributes: Attributes) -> None:
        tag = _local(tag)
        if tag == "numFmt":
            formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            inside[0] = True
        elif tag == "xf" and inside[0]:
            styles.append(int(attributes.get("numFmtId", "0")))

    def end(tag: str) -> None:
        if _local(tag) == "cellXfs":
            inside[0] = False

    if data:
        made = parser()
        made.StartElementHandler = start
        made.EndElementHandler = end
        parse(made, data, "styles.xml")
    plain = {number: _QUOTED.sub("", code) for number, code in formats.items()}
    dated = _DATE_IDS | {number for number, code in plain.items() if _DATED.search(code)}
    percent = _PERCENT_IDS | {number for number, code in plain.items() if "%" in code}
    return (
        frozenset(str(index) for index, number in enumerate(styles) if number in dated),
        frozenset(str(index) for index, number in enumerate(styles) if number in percent),
    )


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


class _Strings:
    """The walk over the shared strings; readings of characters (phonetic runs) are no part of the text."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.parts: list[str] = []
        self.text = self.skip = False

    def start(self, tag: str, _: Attributes) -> None:
        tag = _local(tag)
        if tag == "t":
            self.text = not self.skip
        elif tag == "rPh":
            self.skip = True

    def end(self, tag: str) -> None:
        tag = _local(tag)
        if tag == "t":
            self.text = False
        elif tag == "rPh":
            self.skip = False
        elif tag == "si":
            self.found.append("".join(self.parts))
            self.parts.clear()
            if len(self.found) > MOST_CELLS:
                raise too_many(f"文字超过 {MOST_CELLS} 条")

    def characters(self, data: str) -> None:
        if self.text:
            self.parts.append(data)


def _strings(data: bytes) -> list[str]:
    walk = _Strings()
    if data:
        made = parser()
        made.StartElementHandler, made.EndElementHandler = walk.start, walk.end
        made.CharacterDataHandler = walk.characters
        parse(made, data, "sharedStrings.xml")
    return walk.found


class _SheetReader:
    """The walk over one sheet's XML."""

    def __init__(
        self, sheet: Sheet, strings: list[str], dates: frozenset[str], percents: frozenset[str], most: int
    ) -> None:
        self.sheet, self.strings, self.dates, self.percents, self.most = sheet, strings, dates, percents, most
        self.at = (0, 0)
        self.kind = self.style = ""
        self.formula: list[str] | None = None
        self.found: list[str] = []
        self.has_value = False
        self.into: list[str] | None = None

    def read(self, data: bytes, name: str) -> None:
        made = parser()
        made.StartElementHandler, made.EndElementHandler = self.start, self.end
        made.CharacterDataHandler = self.text
        parse(made, data, name)

    def start(self, tag: str, attributes: Attributes) -> None:
        tag = _local(tag)
        if tag == "c":
            row, column = self.at
            place = attributes.get("r")
            self.at = coordinate(place) if place else (row, column + 1)
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "")
            self.formula, self.has_value = None, False
            self.found.clear()
        elif tag in {"v", "t"}:
            self.into, self.has_value = self.found, True
        elif tag == "f":
            self.formula = self.into = []
        elif tag == "row":
            number = attributes.get("r", "")
            at = int(number) if number.isdigit() and len(number) < 9 else self.at[0] + 1
            self.at = (at, 0)
            if attributes.get("hidden") in {"1", "true"}:
                self.sheet.hidden_rows.add(at)
        elif tag == "col" and attributes.get("hidden") in {"1", "true"}:
            low, high = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.sheet.hidden_columns.update(range(low, min(high, low + MOST_COLUMN) + 1))
        elif tag == "mergeCell":
            first, _, last = attributes.get("ref", "").partition(":")
            self.sheet.merged.append((*coordinate(first), *coordinate(last or first)))

    def end(self, tag: str) -> None:
        tag = _local(tag)
        if tag in {"v", "t", "f"}:
            self.into = None
        elif tag == "c" and (self.has_value or self.formula is not None):
            cell = self.cell("".join(self.found))
            if cell is not None:
                self.within()
                self.sheet.cells[self.at] = cell
                if len(self.sheet.cells) > self.most:
                    raise too_many(f"有内容的单元格超过 {MOST_CELLS} 个")

    def within(self) -> None:
        """Refuse a value where no form has any; colours and borders may reach to the last row and column."""
        row, column = self.at
        if row > MOST_ROW or column > MOST_COLUMN or self.at == (0, 0):
            raise too_many(f"表页“{self.sheet.name}”第 {row} 行第 {column} 列有内容，在范围之外")

    def text(self, data: str) -> None:
        if self.into is not None:
            self.into.append(data)

    def cell(self, text: str) -> Cell | None:
        formula = "".join(self.formula) if self.formula is not None else None
        if self.kind == "s":
            index = int(text) if text.strip().isdigit() else -1
            value = self.strings[index] if 0 <= index < len(self.strings) else ""
        elif self.kind == "e":
            return Cell(text, formula, error=True)
        elif self.kind == "b":
            return Cell(text.strip() in {"1", "true"}, formula)
        elif self.kind == "n" and (number := _number(text)) is not None:
            return Cell(number, formula, percent=self.style in self.percents, dated=self.style in self.dates)
        else:
            value = text
        if value.strip():
            return Cell(value, formula, dated=self.kind == "d")
        # a formula whose result is an empty text is blank; one whose result was never saved is not known
        empty = self.has_value and self.kind == "str"
        return Cell(None, formula) if formula is not None and not empty else None
