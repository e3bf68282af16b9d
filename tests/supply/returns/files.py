"""Files that are not what they seem, made by hand for the tests: OLE containers, zip bombs, workbooks of raw XML."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(*streams: str) -> bytes:
    """A compound file (MS-CFB, version 3) that holds empty streams of these names, which is all that tells it apart."""
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[FREE] * 108)
    fat = struct.pack("<128I", FAT, END, *[FREE] * 126)
    names = ["Root Entry", *streams]
    entries = b""
    for index, name in enumerate(names):
        raw = (name + "\0").encode("utf-16-le")
        right = index + 1 if 0 < index < len(streams) else FREE
        child = 1 if index == 0 and streams else FREE
        kind = 5 if index == 0 else 2
        entries += struct.pack("<64sHBBIII", raw, len(raw), kind, 1, FREE, right, child)
        entries += struct.pack("<16sIQQIQ", b"", 0, 0, 0, END, 0)
    return header + fat + entries.ljust(512, b"\0")


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip of these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(sheet: str, *, name: str = "报表", state: str = "", extra: Mapping[str, str] | None = None) -> bytes:
    """A workbook whose one sheet is this XML."""
    hidden = f' state="{state}"' if state else ""
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>'
            f'<sheet name="{name}" sheetId="1" r:id="rId1"{hidden}/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" '
            f'Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": sheet,
            **(extra or {}),
        }
    )


def rewritten(content: bytes, part: str, old: str, new: str) -> bytes:
    """A zip with a text replaced in one of its parts."""
    source = zipfile.ZipFile(BytesIO(content))
    parts: dict[str, str | bytes] = {name: source.read(name) for name in source.namelist()}
    text = source.read(part).decode()
    for empty in ("<v/>", "<v></v>"):  # as the XML library at hand writes an empty value
        text = text.replace(empty, "<v />")
    assert old in text, old
    parts[part] = text.replace(old, new, 1)
    return zipped(parts)
