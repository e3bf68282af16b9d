"""Reading a .csv: its encoding, its separator, and its cells, the same grid as a sheet of a workbook."""

from __future__ import annotations

import csv
import io
from collections import Counter

from zhishou.supply.returns.reading.grid import Cell, Sheet, UnreadableError
from zhishou.supply.returns.reading.package import LARGEST_FILE, MOST_CELLS, too_many

NAME = "CSV"
"""What messages call the one sheet of a CSV."""


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8 with or without mark, UTF-16 with mark, or GB 18030 (which holds GBK and GB 2312).

    Raises:
        UnreadableError: it is in none of these.
    """
    if len(content) > LARGEST_FILE:
        raise too_many(f"文件有 {len(content) / 2**20:.0f} MiB，超过 {LARGEST_FILE // 2**20} MiB")
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("wrong_encoding", "文字编码认不出来", "请另存为 UTF-8 编码的 CSV，或直接报送 .xlsx")


def read(content: bytes) -> Sheet:
    """Read a CSV as one sheet.

    Raises:
        UnreadableError: its encoding is unknown, a quotation mark is left open, or it is beyond all measure.
    """
    text = decoded(content).replace("\r\n", "\n").replace("\r", "\n")
    found = Counter(text[:4096])
    separator = max(",\t;，", key=lambda sign: found[sign])
    sheet = Sheet(NAME)
    # strict: of a quotation mark left open the rest of the file would become one cell, and its rows would be gone
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    begun = 1
    try:
        for row, values in enumerate(reader, start=1):
            begun = reader.line_num + 1
            sheet.widths[row] = len(values)
            for column, value in enumerate(values, start=1):
                if value.strip():
                    sheet.cells[row, column] = Cell(value)
            if len(sheet.cells) > MOST_CELLS:
                raise too_many(f"有内容的单元格超过 {MOST_CELLS} 个")
    except csv.Error as error:
        what = "有一格的字太多" if "limit" in str(error) else "引号没有成对"
        mend = "请检查这一行的引号，文字里的引号写成“”，或直接报送 .xlsx"
        raise UnreadableError("broken", f"CSV 第 {begun} 行读不出来，{what}", mend) from None
    return sheet
