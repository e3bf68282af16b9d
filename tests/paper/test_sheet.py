"""The PDF measured against GB/T 9704-2012: margins, lines, characters, faces, head, page numbers, the code to scan."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from functools import cache

import pypdfium2
import pytest
import zxingcpp
from paper.measured import Sheet, sheets, text

from zhishou import clock
from zhishou.paper.pdf import pdf
from zhishou.paper.value import Form, Heading, Items, Paper, Signatures, Table, Text

HANZI = "晋城市天然气供应保障工作事关民生冷暖各县区各部门要切实加强组织领导"
PLAIN = Paper(
    kind="response_start", area="jincheng", issuer="晋城市某指挥部", title="关于启动某级应急响应的通知",
    made=clock.moment("2026-12-15T20:30"), to=("各县（市、区）人民政府", "市指挥部各成员单位"),
    body=(Text(HANZI * 20), Heading(1, "组织指挥"), Heading(2, "分工"), Text(HANZI * 20), Items((HANZI, HANZI * 2)),
          Text(HANZI * 20)),
    number="晋城市启动〔2026〕1号", code="812-3f9a2c1e", copies=("省指挥部",),
)  # fmt: skip


@cache
def pages(*, exercise: bool = False) -> list[Sheet]:
    return sheets(pdf(replace(PLAIN, exercise=exercise)))


def test_the_sheet_is_a4_and_the_text_block_156_by_225_mm():
    found = pages()
    assert len(found) >= 4
    for sheet in found:
        assert (round(sheet.width), round(sheet.height)) == (210, 297)
        left = min(one.left for one in sheet.block)
        right = max(one.right for one in sheet.block)
        assert left == pytest.approx(28, abs=1)  # binding edge 28 mm ± 1
        assert right <= 28 + 156 + 0.5
    whole = found[1].block
    # The first line's characters stand in the middle of their line: half the leading below the edge.
    pitch = 225 / 22
    top, bottom = min(one.top for one in whole), max(one.bottom for one in whole)
    assert top == pytest.approx(37 + (pitch - 16 * 25.4 / 72) / 2, abs=1)
    assert bottom == pytest.approx(37 + 225 - (pitch - 16 * 25.4 / 72) / 2, abs=1)
    assert max(one.right for one in whole) == pytest.approx(28 + 156, abs=0.6)


def test_a_page_has_22_lines_and_a_full_line_28_characters():
    for sheet in pages()[1:-1]:
        lines = sheet.lines()
        assert len(lines) == 22
        full = [line for line in lines if all("\u4e00" <= one.text <= "\u9fff" for one in line)]
        full = [line for line in full if line[-1].right > 183 and line[0].left < 29]
        assert len(full) > 10
        assert {len(line) for line in full} == {28}


def test_the_body_is_size_3_fangsong_headings_hei_and_kai_the_title_size_2():
    body = [one for one in pages()[1].block if one.text in HANZI]
    assert {round(one.size, 1) for one in body} == {16.0}
    assert Counter(one.face for one in body).most_common(1)[0][0] == "FandolFang-Regular"
    first = pages()[0]
    everywhere = [one for sheet in pages() for one in sheet.block]
    assert {one.face for one in everywhere if one.text in "组织指挥" and one.face.startswith("FandolHei")} != set()
    assert {one.face for one in everywhere if one.text in "分工" and one.face.startswith("FandolKai")} != set()
    title = [one for one in first.block if round(one.size) == 22]
    assert "".join(one.text for one in title) == "晋城市某指挥部关于启动某级应急响应的通知"
    assert {one.face for one in title} == {"FandolSong-Bold"}


def test_the_red_head_stands_35_mm_below_the_edge_of_the_text_block():
    red = [one for one in pages()[0].block if one.red]
    assert "".join(one.text for one in red) == "晋城市某指挥部"
    assert min(one.top for one in red) == pytest.approx(37 + 35, abs=4)
    number = [one for one in pages()[0].block if one.text == "〔"]
    assert number[0].top > max(one.bottom for one in red)


def test_pages_are_numbered_right_on_odd_and_left_on_even_ones():
    for place, sheet in enumerate(pages(), start=1):
        foot = [one for one in sheet.letters if one.middle > 37 + 225]
        assert "".join(one.text for one in foot) == f"—{place}—"
        assert {round(one.size) for one in foot} == {14}
        # one character in from the edge of the text block, 7 mm below it
        if place % 2:
            assert max(one.right for one in foot) == pytest.approx(184 - 14 * 25.4 / 72, abs=1)
        else:
            assert min(one.left for one in foot) == pytest.approx(28 + 14 * 25.4 / 72, abs=1)
        assert min(one.top for one in foot if one.text.isdigit()) == pytest.approx(37 + 225 + 7, abs=2)


def test_name_and_date_stand_right_and_leave_room_for_the_seal():
    last = pages()[-1]
    lines = ["".join(one.text for one in line) for line in last.lines()]
    place = lines.index("2026年12月15日")
    assert lines[place - 1] == "晋城市某指挥部"
    date, name = last.lines()[place], last.lines()[place - 1]
    assert 184 - date[-1].right == pytest.approx(4 * 156 / 28, abs=1)  # four characters in
    centre = (date[0].left + date[-1].right) / 2
    assert (name[0].left + name[-1].right) / 2 == pytest.approx(centre, abs=3)
    assert place > 1, "no page carries a signature alone"
    assert lines[place + 1 :] == ["抄送：省指挥部。", "晋城市某指挥部2026年12月15日印发"]


def test_an_exercise_says_so_once_at_the_head_of_every_page():
    marked = pages(exercise=True)
    for sheet in marked:
        head = "".join(one.text for one in sheet.letters if one.middle < 37 and one.red)
        assert head == "【演练】"
        assert sheet.text.count("【演练】") == 1
    assert all("演练" not in sheet.text for sheet in pages())


@pytest.mark.parametrize("address", ["", "https://desk.example"])
def test_the_code_can_be_scanned_and_read(address: str):
    made = pdf(PLAIN, address)
    assert "核对码812-3f9a2c1e" in text(made)
    picture = pypdfium2.PdfDocument(io.BytesIO(made))[0].render(scale=3).to_pil()
    (found,) = zxingcpp.read_barcodes(picture)
    said = "https://desk.example/e/812-3f9a2c1e" if address else "晋城市启动〔2026〕1号 核对码 812-3f9a2c1e"
    assert found.text == said


def test_the_same_paper_gives_the_same_bytes_and_no_moment_of_making():
    made = pdf(PLAIN)
    assert made == pdf(PLAIN)
    assert b"D:20261215203000" in made
    assert pdf(replace(PLAIN, number="晋城市启动〔2026〕2号")) != made


def test_a_draft_has_a_number_to_fill_in_and_no_code():
    draft = text(pdf(replace(PLAIN, number="", code="")))
    assert "〔2026〕________号" in draft
    assert "核对码" not in draft


def test_tables_and_forms_stay_within_the_block_and_repeat_their_heads():
    rows = tuple((str(number), HANZI, "12.5") for number in range(1, 60))
    body = (
        Table(("序号", "事项", "数量"), rows, (10, 70, 20), "clr"),
        Form((("单位", "甲"), ("电话", "________"), ("地址", HANZI))),
        Signatures(("审核人",)),
    )
    found = sheets(pdf(replace(PLAIN, kind="press_draft", body=body)))
    assert len(found) > 2
    assert all("序号事项数量" in sheet.text for sheet in found[:2])
    assert max(one.right for sheet in found for one in sheet.block) < 184
    assert "审核人：" in found[-1].text


def test_characters_that_the_free_faces_lack_are_still_shown_or_told():
    from zhishou.paper.fonts import faces, lacking  # noqa: PLC0415

    name = "喆堃"
    if faces().rare is None:
        assert lacking(name) == ("喆", "堃")
    else:
        assert lacking(name) == ()
        assert name in text(pdf(replace(PLAIN, body=(Text(f"联系人{name}"),))))
    assert lacking("𪚥a") == ("𪚥",)
