"""The DOCX: page and grid by its own XML, faces by their official names, real tables, the same bytes; pages as the PDF has."""

from __future__ import annotations

import io
import os
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from docx import Document
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from paper.measured import sheets
from paper.paper_nights import Night, night, passed_on, shelf, short_of_gas
from paper.test_sheet import HANZI, PLAIN

from zhishou import drill
from zhishou.desk.drawing import Material
from zhishou.errors import RefusedError
from zhishou.paper.content import FROM_INCIDENT, Wish
from zhishou.paper.content.reports import situation_report
from zhishou.paper.docx import docx
from zhishou.paper.fonts import OFFICIAL, faces
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import KINDS
from zhishou.paper.pdf import pdf
from zhishou.paper.value import Form, Heading, Items, Paper, Table, Text

ORDER: list[str] = [
    "pStyle",
    "keepNext",
    "keepLines",
    "pageBreakBefore",
    "framePr",
    "widowControl",
    "numPr",
    "suppressLineNumbers",
    "pBdr",
    "shd",
    "tabs",
    "suppressAutoHyphens",
    "kinsoku",
    "wordWrap",
    "overflowPunct",
    "topLinePunct",
    "autoSpaceDE",
    "autoSpaceDN",
    "bidi",
    "adjustRightInd",
    "snapToGrid",
    "spacing",
    "ind",
    "contextualSpacing",
    "mirrorIndents",
    "suppressOverlap",
    "jc",
    "textDirection",
    "textAlignment",
    "textboxTightWrap",
    "outlineLvl",
    "divId",
    "cnfStyle",
    "rPr",
    "sectPr",
    "pPrChange",
]
"""CT_PPr of ISO/IEC 29500-1: what stands out of order, Word may refuse to open."""


def opened(paper: Paper = PLAIN):
    return Document(io.BytesIO(docx(paper)))


def test_the_page_is_a4_with_the_margins_and_the_grid():
    section = opened().sections[0]
    assert (section.page_width.mm, section.page_height.mm) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    assert section.top_margin.mm == pytest.approx(37, abs=0.1)
    assert section.left_margin.mm == pytest.approx(28, abs=0.1)
    assert section.page_width.mm - section.left_margin.mm - section.right_margin.mm == pytest.approx(156, abs=0.2)
    assert section.page_height.mm - section.top_margin.mm - section.bottom_margin.mm == pytest.approx(225, abs=0.2)
    (grid,) = opened().element.body.iter(qn("w:docGrid"))
    pitch = int(grid.get(qn("w:linePitch"))) / 20
    assert int(225 / 25.4 * 72 / pitch) == 22


def test_28_characters_of_size_3_fill_a_line():
    style = opened().styles["公文正文"]
    assert style.font.size.pt == 16
    spacing = int(style.element.rPr.find(qn("w:spacing")).get(qn("w:val"))) / 20
    width = 156 / 25.4 * 72
    assert int(width / (16 + spacing)) == 28
    form = style.paragraph_format
    assert (form.line_spacing_rule, form.line_spacing.pt) == (WD_LINE_SPACING.EXACTLY, pytest.approx(28.95))


@pytest.mark.parametrize(("style", "face"), [
    ("公文正文", "仿宋_GB2312"), ("公文一级标题", "黑体"), ("公文二级标题", "楷体_GB2312"), ("公文标题", "方正小标宋简体"),
])  # fmt: skip
def test_faces_are_asked_for_by_their_official_names(style: str, face: str):
    fonts = opened().styles[style].element.rPr.find(qn("w:rFonts"))
    assert fonts.get(qn("w:eastAsia")) == face
    with zipfile.ZipFile(io.BytesIO(docx(PLAIN))) as package:
        table = package.read("word/fontTable.xml").decode()
    names = next(names for names in OFFICIAL.values() if names[0] == face)
    assert f'w:name="{face}"><w:altName w:val="{",".join(names[1:])}"' in table


def test_the_text_is_that_of_the_paper_in_paragraphs_and_tables_that_can_be_edited():
    rows = (("1", HANZI, "12.5"),)
    book = opened(replace(PLAIN, body=(*PLAIN.body, Table(("序号", "事项", "数量"), rows, (1, 7, 2), "clr"))))
    said = "\n".join(one.text for one in book.paragraphs)
    assert HANZI * 20 in said
    assert "各县（市、区）人民政府，市指挥部各成员单位：" in said
    assert "晋城市启动〔2026〕1号" in said
    assert [[cell.text for cell in row.cells] for row in book.tables[0].rows] == [
        ["序号", "事项", "数量"],
        *map(list, rows),
    ]
    heading = next(one for one in book.paragraphs if one.text == "一、组织指挥")
    assert heading.style.name == "公文一级标题"


def test_every_page_of_an_exercise_says_so():
    section = opened(replace(PLAIN, exercise=True)).sections[0]
    for head in (section.first_page_header, section.header, section.even_page_header):
        assert head.paragraphs[0].text.startswith("【演练】")
    plain = opened().sections[0]
    assert "演练" not in "".join(one.paragraphs[0].text for one in (plain.first_page_header, plain.header))


def test_page_numbers_stand_right_and_left():
    book = opened()
    assert book.settings.odd_and_even_pages_header_footer
    section = book.sections[0]
    for foot, side in (
        (section.first_page_footer, "right"), (section.footer, "right"), (section.even_page_footer, "left")
    ):  # fmt: skip
        (paragraph,) = foot.part.element.iter(qn("w:p"))
        assert paragraph.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert "PAGE" in "".join(one.text for one in paragraph.iter(qn("w:instrText")))


def test_properties_come_in_the_order_of_the_schema():
    with zipfile.ZipFile(io.BytesIO(docx(replace(PLAIN, signer="某人")))) as package:
        names = [name for name in package.namelist() if name.startswith("word/") and name.endswith(".xml")]
        from docx.oxml import parse_xml  # noqa: PLC0415

        for name in names:
            for properties in parse_xml(package.read(name)).iter(qn("w:pPr")):
                found = [ORDER.index(one.tag.partition("}")[2]) for one in properties]
                assert found == sorted(found), name


def test_the_same_paper_gives_the_same_bytes():
    made = docx(PLAIN)
    assert made == docx(PLAIN)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    properties = Document(io.BytesIO(made)).core_properties
    assert (properties.created.isoformat(), properties.author) == ("2026-12-15T12:30:00+00:00", "晋城市某指挥部")


def test_the_signer_stands_in_kaiti_after_three_characters_in_fangsong():
    """GB/T 9704-2012, 7.2.6."""
    book = Document(io.BytesIO(docx(replace(PLAIN, signer="王丙"))))
    (line,) = (one for one in book.paragraphs if "签发人" in one.text)
    faces_ = {run.text: run._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) for run in line.runs}  # noqa: SLF001
    assert faces_ == {f"{PLAIN.number}\t签发人：": "仿宋_GB2312", "王丙": "楷体_GB2312"}
    first = sheets(pdf(replace(PLAIN, signer="王丙")))[0]
    assert {one.face for one in first.block if one.text in "王丙"} == {"FandolKai-Regular"}


BAD = "甲\t乙\uffff丙\x0b丁\r\n戊\ud800己\t庚"


def test_whatever_is_on_record_can_be_set():
    """Tabs are the layout's own; what XML or a face cannot hold is left out. Records of before the door refused it have it."""
    table = Table(("序\t号", BAD), ((BAD, "1"),), (1, 1), "ll", BAD)
    paper = replace(
        PLAIN, body=(Text(BAD), Heading(1, BAD), Items((BAD, BAD)), table, Form((("名\t称", BAD),))), signer=BAD,
        issuer=f"{PLAIN.issuer}\uffff", to=(BAD,), copies=(BAD,), printed_by=BAD, title=BAD, basis=BAD,
    )  # fmt: skip
    for one in (paper, replace(paper, kind="supply_brief")):
        book = Document(io.BytesIO(docx(one)))
        said = [paragraph.text for paragraph in book.paragraphs]
        assert any(text.startswith("甲 乙丙丁\n戊己 庚") for text in said)
        assert all(text.count("\t") <= 1 for text in said)
        assert book.tables[0].rows[1].cells[0].text == "甲 乙丙丁\n戊己 庚"
        assert pdf(one).startswith(b"%PDF")


# A word processor's own opinion


def _from_incidents(one: Night, names: tuple[str, ...]) -> dict[str, Paper]:
    found = {}
    for name in names:
        case = one.case(name)
        for kind, drawn in FROM_INCIDENT.items():
            try:
                found.setdefault(kind, drawn(case, Wish()))
            except RefusedError:
                continue
    return found


def every_kind() -> dict[str, Paper]:
    """A paper of each kind, as the records have it."""
    rooms, incident = short_of_gas()
    found = _from_incidents(night("gas-winter-2021"), ("city",)) | {
        kind: paper
        for kind, paper in _from_incidents(night("cbm-surface-2020"), ("city",)).items()
        if kind == "flash_report"
    }
    found["cut_list_directive"] = rooms.desk.papers.draft(
        "jincheng", IssuePaper(kind="cut_list_directive", incident=incident)
    )
    found["supply_brief"] = rooms.desk.papers.draft("jincheng", IssuePaper(kind="supply_brief"))
    found["shift_handover"] = passed_on().desk.papers.draft("jincheng", IssuePaper(kind="shift_handover"))
    gas = night("gas-winter-2021")
    found["exercise_report"] = gas.desk.papers.draft(
        "jincheng", IssuePaper(kind="exercise_report"), Material(exercise=drill.exercise(gas.outcome))
    )
    return {
        kind: replace(paper, number=f"晋城市{KINDS[kind].word}〔2026〕1号", code="812-3f9a2c1e")
        for kind, paper in found.items()
    }


def test_there_is_a_paper_of_every_kind():
    assert set(every_kind()) == set(KINDS)
    assert shelf().packs


FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><dir>/usr/share/fonts</dir><cachedir>{cache}</cachedir>{aliases}</fontconfig>"""
ALIAS = '<alias binding="same"><family>{name}</family><prefer><family>{face}</family></prefer></alias>'


def test_a_word_processor_makes_as_many_pages_of_it_as_the_pdf_has(word_processor: str, tmp_path: Path):
    aliases = "".join(ALIAS.format(name=names[0], face=names[-1]) for names in OFFICIAL.values())
    aliases += ALIAS.format(name="Times New Roman", face="Liberation Serif")
    config = tmp_path / "fonts.conf"
    config.write_text(FONTS.format(folder=faces().folder, cache=tmp_path / "cache", aliases=aliases), "utf-8")
    papers = every_kind() | {
        f"situation_report_{report}": replace(
            situation_report(night("gas-winter-2021").case("city"), Wish(report=report)), number="晋城市情况〔2026〕1号"
        )
        for report in ("follow_up", "final")
    }
    papers["copied"] = replace(PLAIN, copies=("市委办公室", "市人大常委会办公室", "市政协办公室"))
    for kind, paper in papers.items():
        (tmp_path / f"{kind}.docx").write_bytes(docx(paper))
    subprocess.run(  # noqa: S603 - the word processor that was found
        [word_processor, f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path / "out"), *(str(tmp_path / f"{kind}.docx") for kind in papers)],
        check=True, capture_output=True, timeout=120, env={**os.environ, "FONTCONFIG_FILE": str(config)},
    )  # fmt: skip
    ours = {kind: len(pypdfium2.PdfDocument(io.BytesIO(pdf(paper)))) for kind, paper in papers.items()}
    theirs = {kind: len(pypdfium2.PdfDocument(tmp_path / "out" / f"{kind}.pdf")) for kind in papers}
    assert theirs == ours
    foot = [sheets(made)[-1] for made in ((tmp_path / "out" / "copied.pdf").read_bytes(), pdf(papers["copied"]))]
    for line, other in zip(*(sheet.lines()[-2:] for sheet in foot), strict=True):
        assert "".join(one.text for one in line) == "".join(one.text for one in other)
        assert line[0].middle == pytest.approx(other[0].middle, abs=2), "the imprint stands at the foot of the page"
