"""The package around a DOCX's text, made once: page and grid, styles by their official names, feet with page numbers.

It stands alone because making it costs ten times what the text of a paper does.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

from docx import Document
from docx.document import Document as Document_
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm

from zhishou.paper.fonts import OFFICIAL, Face
from zhishou.paper.laid import BOTTOM, CHARACTERS, EXERCISE, LEFT, PITCH, RIGHT, TOP, WIDTH

LATIN = "Times New Roman"
CHARACTER = WIDTH / 25.4 * 72 / CHARACTERS
"""Width of a character on the grid, pt."""
TIGHT = -5
"""Twentieths of a point by which a character of size 3 gives way: 28 of them are 448 pt, the text block is 442.2 pt wide."""
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True, slots=True)
class Set:
    """A style of paragraph."""

    id: str
    name: str
    """As Word and WPS show it."""
    face: Face
    size: float = 16
    """pt."""
    pitch: float = PITCH
    """pt."""
    tight: bool = True
    """Whether 28 characters stand on a line."""
    colour: str = ""
    outline: int | None = None
    """Level in the outline, from 0."""


STYLES = {
    "body": Set("Gw01", "公文正文", "fang"),
    "h1": Set("Gw02", "公文一级标题", "hei", outline=0),
    "h2": Set("Gw03", "公文二级标题", "kai", outline=1),
    "title": Set("Gw04", "公文标题", "song", 22, tight=False),
    "to": Set("Gw05", "公文主送机关", "fang"),
    "plain": Set("Gw06", "公文落款", "fang"),
    "numbers": Set("Gw07", "公文发文字号", "fang"),
    "issuer": Set("Gw08", "公文发文机关标志", "song", tight=False, colour="E60012"),
    "stamp": Set("Gw09", "公文标记", "hei", colour="E60012"),
    "note": Set("Gw10", "公文附注", "fang", 12, 18, tight=False),
    "caption": Set("Gw11", "公文表注", "fang", 12, 18, tight=False),
    "cell": Set("Gw12", "公文表格", "fang", 12, 18, tight=False),
    "imprint": Set("Gw13", "公文版记", "fang", 14, 24, tight=False),
}
"""Styles by the names that the layout uses, and those of tables and imprint."""


def fonts(face: Face) -> str:
    """The fonts of a run. The hint makes quotation marks and dashes Chinese ones."""
    return f'<w:rFonts w:hint="eastAsia" w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:cs="{LATIN}" w:eastAsia="{OFFICIAL[face][0]}"/>'


@cache
def base(*, exercise: bool) -> bytes:
    """The package without text.

    Args:
        exercise: whether every page says so.
    """
    book: Document_ = Document()
    part = next(part for part in book.part.package.iter_parts() if str(part.partname) == "/word/fontTable.xml")
    part._blob = _font_table()  # noqa: SLF001 - python-docx keeps the table of fonts as bytes and offers no way in
    styles = book.styles.element
    for language in styles.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")  # which marks may begin a line is a matter of the language
    for one in STYLES.values():
        styles.append(parse_xml(_style(one)))
    section = book.sections[0]
    _page(section)
    book.settings.odd_and_even_pages_header_footer = True
    section.different_first_page_header_footer = True
    for header in (section.first_page_header, section.header, section.even_page_header):
        header.is_linked_to_previous = False
        _replace(header._element, _head(exercise=exercise))  # noqa: SLF001 - the text is XML
    for footer, odd in ((section.first_page_footer, True), (section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        _replace(footer._element, _foot(odd=odd))  # noqa: SLF001 - the same
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _replace(element: object, paragraph: str) -> None:
    """Put one paragraph in the place of all."""
    for old in list(element):  # type: ignore[call-overload]
        element.remove(old)  # type: ignore[attr-defined]
    element.append(parse_xml(paragraph))  # type: ignore[attr-defined]


def _font_table() -> bytes:
    """The official names, each with those that stand in for it."""
    told = "".join(
        f'<w:font w:name="{names[0]}"><w:altName w:val="{",".join(names[1:])}"/><w:charset w:val="86"/></w:font>'
        for names in OFFICIAL.values()
    )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts {_W}>{told}</w:fonts>'.encode()


def _style(one: Set) -> str:
    half = round(one.size * 2)
    colour = f'<w:color w:val="{one.colour}"/>' if one.colour else ""
    tight = f'<w:spacing w:val="{TIGHT}"/>' if one.tight else ""
    outline = "" if one.outline is None else f'<w:outlineLvl w:val="{one.outline}"/>'
    # Every line is as high as the grid is wide; a program that pulls lines to the grid besides would leave gaps.
    snap = '<w:snapToGrid w:val="0"/>'
    return (
        f'<w:style {_W} w:type="paragraph" w:customStyle="1" w:styleId="{one.id}"><w:name w:val="{one.name}"/>'
        f'<w:basedOn w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/>{snap}'
        f'<w:spacing w:before="0" w:after="0" w:line="{round(one.pitch * 20)}" w:lineRule="exact"/>{outline}</w:pPr>'
        f'<w:rPr>{fonts(one.face)}{colour}{tight}<w:sz w:val="{half}"/><w:szCs w:val="{half}"/></w:rPr></w:style>'
    )


def _page(section: Section) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.left_margin, section.right_margin = Mm(LEFT), Mm(RIGHT)
    section.header_distance, section.footer_distance = Mm(11), Mm(23)
    properties = section._sectPr  # noqa: SLF001 - python-docx knows no grid
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    # Lines alone: on a grid of characters one program squeezes and another gives each character two cells.
    properties.append(parse_xml(f'<w:docGrid {_W} w:type="lines" w:linePitch="{round(PITCH * 20)}"/>'))


def _head(*, exercise: bool) -> str:
    mark = (
        f'<w:r><w:rPr>{fonts("hei")}<w:color w:val="E60012"/><w:sz w:val="32"/></w:rPr><w:t>{EXERCISE}</w:t></w:r>'
        if exercise
        else ""
    )
    at = round(WIDTH / 25.4 * 1440)
    return (
        f'<w:p {_W}><w:pPr><w:tabs><w:tab w:val="right" w:pos="{at}"/></w:tabs><w:spacing w:before="0" w:after="0"/>'
        f"</w:pPr>{mark}</w:p>"
    )


def _foot(*, odd: bool) -> str:
    """— 1 —, one character in: right on odd pages, left on even ones."""
    look = f'<w:rPr>{fonts("page")}<w:sz w:val="28"/></w:rPr>'

    def run(content: str) -> str:
        return f"<w:r>{look}{content}</w:r>"

    field = "".join((
        run('<w:fldChar w:fldCharType="begin"/>'), run('<w:instrText xml:space="preserve"> PAGE </w:instrText>'),
        run('<w:fldChar w:fldCharType="separate"/>'), run("<w:t>1</w:t>"), run('<w:fldChar w:fldCharType="end"/>'),
    ))  # fmt: skip
    space, side = '<w:t xml:space="preserve">', "right" if odd else "left"
    before, after = run(f"{space}— </w:t>"), run(f"{space} —</w:t>")
    return (
        f'<w:p {_W}><w:pPr><w:spacing w:before="0" w:after="0"/><w:ind w:left="280" w:right="280"/>'
        f'<w:jc w:val="{side}"/></w:pPr>{before}{field}{after}</w:p>'
    )
