"""A paper as DOCX for Word and WPS, set on the grid of GB/T 9704: the same paper gives the same bytes.

It stands alone because a clerk edits this one: real paragraphs, real tables, styles by name, no pictures of text.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC
from typing import Any

import segno
from docx import Document
from docx.document import Document as Document_
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from zhishou.paper.fonts import OFFICIAL, Face
from zhishou.paper.laid import (
    BOTTOM,
    CHARACTERS,
    EXERCISE,
    LEFT,
    PITCH,
    RIGHT,
    TOP,
    WIDTH,
    Grid,
    Imprint,
    Laid,
    Line,
    Rule,
    Space,
    Style,
    laid,
)
from zhishou.paper.value import Paper, shown

RED = RGBColor(0xE6, 0x00, 0x12)
LATIN = "Times New Roman"
CHARACTER = WIDTH / 25.4 * 72 / CHARACTERS
"""Width of a character on the grid, pt."""
_FACES: dict[Style, Face] = {
    "body": "fang", "h1": "hei", "h2": "kai", "title": "song", "to": "fang", "plain": "fang", "note": "fang",
    "stamp": "hei", "issuer": "song", "numbers": "fang", "caption": "fang",
}  # fmt: skip
_NAMES: dict[Style, str] = {
    "body": "公文正文", "h1": "公文一级标题", "h2": "公文二级标题", "title": "公文标题", "to": "公文主送机关",
    "plain": "公文落款", "note": "公文附注", "stamp": "公文标记", "issuer": "公文发文机关标志", "numbers": "公文发文字号",
    "caption": "公文表注",
}  # fmt: skip
_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT, "center": WD_ALIGN_PARAGRAPH.CENTER, "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "both": WD_ALIGN_PARAGRAPH.JUSTIFY,
}  # fmt: skip
_CELL = {"l": WD_ALIGN_PARAGRAPH.LEFT, "c": WD_ALIGN_PARAGRAPH.CENTER, "r": WD_ALIGN_PARAGRAPH.RIGHT}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def docx(paper: Paper, address: str = "") -> bytes:
    """The bytes of the DOCX.

    Args:
        paper: the paper.
        address: the console's address for the QR code; empty: number and code in words.
    """
    return write(laid(paper, address), paper)


def write(one: Laid, paper: Paper) -> bytes:
    """The bytes of a paper that is laid out already."""
    book = Document()
    _properties(book, one, paper)
    _styles(book)
    section = book.sections[0]
    _page(section)
    book.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = True
    _heads_and_feet(section, one)
    for part in one.parts:
        match part:
            case Line():
                _line(book.add_paragraph(style=_NAMES[part.style]), part)
            case Space():
                _space(book.add_paragraph(style=_NAMES["plain"]), part)
            case Rule():
                _rule(book.add_paragraph(style=_NAMES["plain"]))
            case Grid():
                _grid(book, part)
            case Imprint():
                _imprint(book, part)
    out = io.BytesIO()
    book.save(out)
    return _steady(out.getvalue())


def _steady(made: bytes) -> bytes:
    """The same package without the moment at which it was packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(entry, old.read(name), compresslevel=6)
    return out.getvalue()


def _properties(book: Document_, one: Laid, paper: Paper) -> None:
    core = book.core_properties
    core.title, core.author, core.last_modified_by = one.title, shown(paper.issuer), shown(paper.issuer)
    core.subject, core.comments, core.language, core.revision = one.number, one.picture, "zh-CN", 1
    core.created = core.modified = paper.made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    part = next(part for part in book.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    part._blob = _font_table()  # noqa: SLF001 - python-docx keeps the table of fonts as bytes and offers no way in


def _font_table() -> bytes:
    """The official names, each with those that stand in for it."""
    fonts = "".join(
        f'<w:font w:name="{names[0]}"><w:altName w:val="{",".join(names[1:])}"/><w:charset w:val="86"/></w:font>'
        for names in OFFICIAL.values()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="'
        f'http://schemas.openxmlformats.org/wordprocessingml/2006/main">{fonts}</w:fonts>'
    ).encode()


def _styles(book: Document_) -> None:
    normal = book.styles["Normal"]
    normal.font.size, normal.font.name = Pt(16), LATIN
    _faces(normal.element.get_or_add_rPr(), "fang")
    for style, name in _NAMES.items():
        made = book.styles.add_style(name, 1)
        made.base_style, made.font.name = normal, LATIN
        _faces(made.element.get_or_add_rPr(), _FACES[style])
        form = made.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(PITCH)
        form.widow_control = False
        if style in {"issuer", "stamp"}:
            made.font.color.rgb = RED
        if style in {"h1", "h2"}:
            level = OxmlElement("w:outlineLvl")
            level.set(qn("w:val"), "0" if style == "h1" else "1")
            made.element.get_or_add_pPr().append(level)


def _faces(properties: Any, face: Face) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name, value in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", OFFICIAL[face][0])):
        fonts.set(qn(f"w:{name}"), value)
    # Quotation marks and dashes are the Chinese ones, as wide as a character.
    fonts.set(qn("w:hint"), "eastAsia")


def _page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(11), Mm(23)
    properties = section._sectPr  # noqa: SLF001 - python-docx knows no grid
    old = properties.find(qn("w:docGrid"))
    if old is not None:
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(PITCH * 20)))
    grid.set(qn("w:charSpace"), str(round((CHARACTER - 16) * 4096)))
    properties.append(grid)


def _heads_and_feet(section: Section, one: Laid) -> None:
    for header, first in (
        (section.first_page_header, True), (section.header, False), (section.even_page_header, False)
    ):  # fmt: skip
        header.is_linked_to_previous = False
        _header(header.paragraphs[0], one, first=first)
    for footer, odd in (
        (section.first_page_footer, True), (section.footer, True), (section.even_page_footer, False)
    ):  # fmt: skip
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], odd=odd)


def _header(paragraph: Paragraph, one: Laid, *, first: bool) -> None:
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.tab_stops.add_tab_stop(Mm(WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    if one.exercise:
        mark = _run(paragraph, EXERCISE, "hei", 16)
        mark.font.color.rgb = RED
    if first and one.picture:
        _run(paragraph, f"\t核对码 {one.code}　", "fang", 9)
        out = io.BytesIO()
        segno.make(one.picture, error="m", micro=False).save(out, kind="png", scale=6, border=2)
        paragraph.add_run().add_picture(io.BytesIO(out.getvalue()), width=Mm(18))


def _page_number(paragraph: Paragraph, *, odd: bool) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if odd else WD_ALIGN_PARAGRAPH.LEFT
    form = paragraph.paragraph_format
    form.left_indent = form.right_indent = Pt(14)
    _run(paragraph, "— ", "page", 14)
    run = _run(paragraph, "", "page", 14)
    for kind, text in (("begin", ""), ("", "PAGE"), ("separate", ""), ("text", "1"), ("end", "")):
        if kind == "text":
            piece = OxmlElement("w:t")
            piece.text = text
        elif kind:
            piece = OxmlElement("w:fldChar")
            piece.set(qn("w:fldCharType"), kind)
        else:
            piece = OxmlElement("w:instrText")
            piece.set(qn("xml:space"), "preserve")
            piece.text = text
        run._r.append(piece)  # noqa: SLF001 - python-docx knows no fields
    _run(paragraph, " —", "page", 14)


def _run(paragraph: Paragraph, text: str, face: Face, size: float) -> Run:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = LATIN, Pt(size)
    _faces(run._r.get_or_add_rPr(), face)  # noqa: SLF001 - python-docx knows no East Asian face
    return run


def _line(paragraph: Paragraph, line: Line) -> None:
    form = paragraph.paragraph_format
    paragraph.alignment = _ALIGN[line.align]
    if line.indent:
        form.first_line_indent = Pt(line.indent * CHARACTER)
    if line.left:
        form.left_indent = Pt(line.left * CHARACTER)
    if line.right:
        form.right_indent = Pt(line.right * CHARACTER)
    if line.keep:
        form.keep_with_next = True
    if line.style == "issuer":
        form.line_spacing = Pt(line.size * 1.3)
    elif line.style in {"note", "caption"}:
        form.line_spacing = Pt(18)
    if "\t" in line.text:
        form.tab_stops.add_tab_stop(Pt((CHARACTERS - line.right) * CHARACTER), WD_TAB_ALIGNMENT.RIGHT)
    run = paragraph.add_run(line.text)
    _faces(run._r.get_or_add_rPr(), _FACES[line.style])  # noqa: SLF001 - python-docx knows no hint
    if line.size != 16:
        run.font.size = Pt(line.size)
        _off_grid(paragraph)


def _off_grid(paragraph: Paragraph) -> None:
    """Characters of another size keep their own width."""
    mark = OxmlElement("w:snapToGrid")
    mark.set(qn("w:val"), "0")
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no grid
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(mark)
    else:
        spacing.addprevious(mark)


def _space(paragraph: Paragraph, space: Space) -> None:
    paragraph.paragraph_format.line_spacing = Pt(PITCH * space.lines)
    if space.keep:
        paragraph.paragraph_format.keep_with_next = True


def _rule(paragraph: Paragraph) -> None:
    paragraph.paragraph_format.line_spacing = Pt(4 / 25.4 * 72 - 2)
    _border(paragraph, bottom=(12, "E60012"))


def _border(paragraph: Paragraph, **sides: tuple[int, str]) -> None:
    borders = OxmlElement("w:pBdr")
    for side, (size, colour) in sides.items():
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(size)), ("space", "1"), ("color", colour)):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no borders
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(borders)
    else:
        spacing.addprevious(borders)


def _grid(book: Document_, grid: Grid) -> None:
    columns = len(grid.widths)
    table = book.add_table(len(grid.rows), columns, style="Table Grid")
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _margins(table._tbl.tblPr)  # noqa: SLF001 - python-docx knows no margins of cells
    widths = [Mm(WIDTH * share) for share in grid.widths]
    for column, width in enumerate(widths):
        table.columns[column].width = width
    spans = {(row, first): count for row, first, count in grid.spans}
    for number, texts in enumerate(grid.rows):
        row = table.rows[number]
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx knows neither of the two
        properties.append(OxmlElement("w:cantSplit"))
        if number < grid.heads:
            properties.append(OxmlElement("w:tblHeader"))
        cells = row.cells
        for column, width in enumerate(widths):
            cells[column].width = width
        for column, cell, text in _cells(cells, number, texts, spans):
            label = number < grid.heads or column in grid.labels
            align = WD_ALIGN_PARAGRAPH.CENTER if label else _CELL[grid.align[column]]
            _fill(cell, text, align, "hei" if number < grid.heads else "fang")


def _cells(
    cells: tuple[_Cell, ...], number: int, texts: tuple[str, ...], spans: dict[tuple[int, int], int]
) -> Iterator[tuple[int, _Cell, str]]:
    column = 0
    while column < len(texts):
        count = spans.get((number, column), 1)
        cell = cells[column].merge(cells[column + count - 1]) if count > 1 else cells[column]
        yield column, cell, texts[column]
        column += count


def _margins(properties: Any) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 40), ("left", 60), ("bottom", 40), ("right", 60)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(width))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def _fill(cell: _Cell, text: str, align: WD_ALIGN_PARAGRAPH, face: Face) -> None:
    for extra in cell.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)  # noqa: SLF001 - merging leaves empty paragraphs behind
    cell.vertical_alignment = 1
    paragraph = cell.paragraphs[0]
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(18)
    _off_grid(paragraph)
    _run(paragraph, text, face, 12)


def _imprint(book: Document_, imprint: Imprint) -> None:
    """A frame at the foot of the page on which the text ends."""
    rows = [(f"抄送：{imprint.copies}", "")] if imprint.copies else []
    rows.append((imprint.printed, imprint.when))
    for number, (left, right) in enumerate(rows):
        paragraph = book.add_paragraph(style=_NAMES["plain"])
        _frame(paragraph)
        last = number == len(rows) - 1
        sides = {"top": (8 if number == 0 else 6, "000000")}
        _border(paragraph, **sides, **({"bottom": (8, "000000")} if last else {}))
        form = paragraph.paragraph_format
        form.line_spacing = Pt(24)
        form.left_indent = form.right_indent = Pt(14)
        if right:
            form.tab_stops.add_tab_stop(Pt(WIDTH / 25.4 * 72 - 14), WD_TAB_ALIGNMENT.RIGHT)
        else:
            form.left_indent, form.first_line_indent = Pt(56), Pt(-42)
        _off_grid(paragraph)
        _run(paragraph, f"{left}\t{right}" if right else left, "fang", 14)


def _frame(paragraph: Paragraph) -> None:
    frame = OxmlElement("w:framePr")
    for name, value in (
        ("w", str(round(WIDTH / 25.4 * 1440))), ("wrap", "around"), ("vAnchor", "margin"), ("hAnchor", "margin"),
        ("xAlign", "center"), ("yAlign", "bottom"),
    ):  # fmt: skip
        frame.set(qn(f"w:{name}"), value)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx knows no frames
    style = properties.find(qn("w:pStyle"))
    if style is None:
        properties.insert(0, frame)
    else:
        style.addnext(frame)
