"""A paper as DOCX for Word and WPS, set on the grid of GB/T 9704: the same paper gives the same bytes.

It stands alone because a clerk edits this one: real paragraphs, real tables, styles by name, no pictures of text. The
package around the text (styles, page, feet) is made once by `docx_base.py`; here stands what differs from paper to paper.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from xml.sax.saxutils import escape

import segno
from docx import Document
from docx.document import Document as Document_
from docx.oxml import parse_xml
from docx.shared import Mm

from zhishou.paper.docx_base import CHARACTER, STYLES, base, fonts
from zhishou.paper.fonts import Face
from zhishou.paper.laid import LEFT, WIDTH, Grid, Imprint, Laid, Line, Part, Rule, Space, laid
from zhishou.paper.value import Paper

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_BLOCK = round(WIDTH / 25.4 * 1440)
"""Width of the text block, twips."""


def docx(paper: Paper, address: str = "") -> bytes:
    """The bytes of the DOCX.

    Args:
        paper: the paper.
        address: the console's address for the QR code; empty: number and code in words.
    """
    return write(laid(paper, address), paper)


def write(one: Laid, paper: Paper) -> bytes:
    """The bytes of a paper that is laid out already."""
    book: Document_ = Document(io.BytesIO(base(exercise=one.exercise)))
    core = book.core_properties
    core.title, core.author, core.last_modified_by = one.title, one.author, one.author
    core.subject, core.comments, core.language, core.revision = one.number, one.picture, "zh-CN", 1
    core.created = core.modified = paper.made.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    if one.picture:
        _code(book, one)
    body = book.element.body
    text = "".join(_part(part) for part in one.parts)
    for element in list(parse_xml(f"<w:body {_W}>{text}</w:body>")):
        body.insert(len(body) - 1, element)  # before the section's own properties
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


def _code(book: Document_, one: Laid) -> None:
    """Short code and its picture, at the head of the first page."""
    paragraph = book.sections[0].first_page_header.paragraphs[0]
    text = paragraph.add_run(f"\t核对码 {one.code}　")
    text._r.insert(0, parse_xml(f"<w:rPr {_W}>{fonts('fang')}<w:sz w:val='18'/></w:rPr>"))  # noqa: SLF001 - python-docx knows no East Asian face
    out = io.BytesIO()
    segno.make(one.picture, error="m", micro=False).save(out, kind="png", scale=6, border=2)
    paragraph.add_run().add_picture(io.BytesIO(out.getvalue()), width=Mm(18))


def _part(part: Part) -> str:
    match part:
        case Line():
            return _line(part)
        case Space():
            style = STYLES["plain"].id
            return _paragraph(style, _keep(part.keep), _pitch(_exact(part.lines)))
        case Rule():
            red = '<w:pBdr><w:bottom w:val="single" w:sz="12" w:space="1" w:color="E60012"/></w:pBdr>'
            return _paragraph(STYLES["plain"].id, red, _pitch(round((4 / 25.4 * 72 - 4 - 2.5) * 20)))
        case Grid():
            return _grid(part)
        case Imprint():
            return _imprint(part)


def _exact(lines: float) -> int:
    return round(lines * 579)


def _pitch(twips: int) -> str:
    return f'<w:spacing w:line="{twips}" w:lineRule="exact"/>'


def _keep(keep: bool) -> str:  # noqa: FBT001 - one word of the format
    return "<w:keepNext/>" if keep else ""


def _paragraph(style: str, *properties: str, runs: str = "") -> str:
    """A paragraph; its properties come in the order of the schema."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{"".join(properties)}</w:pPr>{runs}</w:p>'


def _run(text: str, face: Face, *, size: float = 0) -> str:
    """Text in a face; a tab in it is a tab, a line end a line end."""
    sized = f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/>' if size else ""
    pieces = "<w:br/>".join(map(_pieces, text.split("\n")))
    return f"<w:r><w:rPr>{fonts(face)}{sized}</w:rPr>{pieces}</w:r>" if text else ""


def _pieces(text: str) -> str:
    return "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(one)}</w:t>' for one in text.split("\t"))


def _line(line: Line) -> str:
    style = STYLES[line.style]
    tab = _tab(_BLOCK - _twips(line.right)) if "\t" in line.text else ""
    pitch = _pitch(round(line.size * 1.3 * 20)) if line.style == "issuer" else ""
    return _paragraph(
        style.id, _keep(line.keep), "<w:keepLines/>" if line.style == "note" else "", tab, pitch,
        _indents(line.left, line.right, line.indent), f'<w:jc w:val="{line.align}"/>',
        runs=_run(line.text, style.face, size=0 if line.size == style.size else line.size) + _run(line.name, "kai"),
    )  # fmt: skip


def _twips(characters: float) -> int:
    return round(characters * CHARACTER * 20)


def _tab(at: int) -> str:
    return f'<w:tabs><w:tab w:val="right" w:pos="{at}"/></w:tabs>'


def _indents(left: float, right: float, first: float) -> str:
    given = {"left": _twips(left), "right": _twips(right), "firstLine": _twips(first)}
    said = " ".join(f'w:{name}="{value}"' for name, value in given.items() if value)
    return f"<w:ind {said}/>" if said else ""


def _grid(grid: Grid) -> str:
    widths = [round(share * _BLOCK) for share in grid.widths]
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="1" w:color="000000"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 35), ("left", 60), ("bottom", 35), ("right", 60))
    )
    spans = {(row, first): count for row, first, count in grid.spans}
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(grid, number, widths, spans) for number in range(len(grid.rows)))
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


def _row(grid: Grid, number: int, widths: list[int], spans: dict[tuple[int, int], int]) -> str:
    head = number < grid.heads
    cells, column = [], 0
    while column < len(widths):
        count = spans.get((number, column), 1)
        align = "center" if head or column in grid.labels else _ALIGN[grid.align[column]]
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{sum(widths[column : column + count])}" w:type="dxa"/>'
            + (f'<w:gridSpan w:val="{count}"/>' if count > 1 else "")
            + '<w:vAlign w:val="center"/></w:tcPr>'
            + _paragraph(
                STYLES["cell"].id, f'<w:jc w:val="{align}"/>',
                runs=_run(grid.rows[number][column], "hei" if head else "fang"),
            )
            + "</w:tc>"
        )  # fmt: skip
        column += count
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' if head else ''}</w:trPr>{''.join(cells)}</w:tr>"


_ALIGN = {"l": "left", "c": "center", "r": "right"}


def _imprint(imprint: Imprint) -> str:
    """A table that hangs at the foot of the page on which the text ends, between rules.

    It is placed from the edge of the page, for LibreOffice sets a table as wide as the text block within the text if it is
    placed from there, and so does it with a frame whose paragraphs have a rule between them. It hangs on the paragraph
    after it; one that nobody sees stands there.
    """
    lines = [f"抄送：{imprint.copies}"] if imprint.copies else []
    lines.append("\n".join(f"{left}\t{right}" if right else left for left, right in imprint.rows))
    inset = f'{_tab(_BLOCK - 280)}<w:ind w:left="1120" w:right="280" w:hanging="840"/><w:jc w:val="left"/>'
    rows = "".join(
        f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{_BLOCK}" w:type="dxa"/></w:tcPr>'
        f"{_paragraph(STYLES['imprint'].id, inset, runs=_run(line, 'fang'))}</w:tc></w:tr>"
        for line in lines
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 20), ("left", 0), ("bottom", 20), ("right", 0))
    )
    edges = "".join(_edge(side, size) for side, size in (("top", 8), ("bottom", 8), ("insideH", 6)))
    return (
        '<w:tbl><w:tblPr><w:tblpPr w:leftFromText="0" w:rightFromText="0" w:vertAnchor="margin" w:horzAnchor="page"'
        f' w:tblpX="{round(LEFT / 25.4 * 1440)}" w:tblpYSpec="bottom"/><w:tblOverlap w:val="never"/>'
        f'<w:tblW w:w="{_BLOCK}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/>'
        f"<w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>"
        f'<w:tblGrid><w:gridCol w:w="{_BLOCK}"/></w:tblGrid>{rows}</w:tbl>{_ANCHOR}'
    )


_ANCHOR = '<w:p><w:pPr><w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="14" w:lineRule="exact"/></w:pPr></w:p>'
"""What the imprint hangs on: 0.7 pt high, which the text block has to spare under its 22 lines."""


def _edge(side: str, size: int) -> str:
    return f'<w:{side} w:val="single" w:sz="{size}" w:space="1" w:color="000000"/>'
