"""How a paper reads to whoever signs it: nothing said twice, nothing left half said, everybody in his place."""

from __future__ import annotations

import re

import pytest
from paper.paper_nights import night, shelf
from paper.test_content import drawn, said
from pypdfium2 import PdfDocument

from zhishou import drill
from zhishou.paper import words
from zhishou.paper.content.exercise import exercise_report
from zhishou.paper.content.measures import _ways
from zhishou.paper.laid import Line, laid
from zhishou.paper.pdf import pdf
from zhishou.paper.value import Heading, Paper, shown


def lines(paper: Paper) -> list[str]:
    return [part.text for part in laid(paper).parts if isinstance(part, Line)]


def test_a_heading_is_not_said_again_before_the_line_to_write_on():
    paper = drawn("situation_report")
    at = lines(paper).index("五、下一步工作")
    assert lines(paper)[at + 1] == "________。"


def test_an_order_says_in_one_sentence_what_is_known_and_what_it_fits():
    assert re.search("目前，全市天然气供需缺口为4%，符合《", said(drawn("response_start")))


def test_one_section_alone_has_no_number():
    paper = drawn("warning_lifting")
    assert not any(isinstance(one, Heading) for one in paper.body)
    assert "解除条件的确认情况如下：" in said(paper)
    assert lines(drawn("response_end")).count("一、确认情况") == 1


def test_a_press_draft_says_the_day_once_and_keeps_the_public_s_text_before_what_is_internal():
    paper = drawn("press_draft")
    text = said(paper)
    assert "17时发布二级预警，17时20分启动Ⅲ级应急响应，19时提高为Ⅱ级应急响应，12月16日0时15分提高为Ⅰ级" in text
    assert text.index("后续情况将及时发布。") < text.index("已发布的口径")


@pytest.mark.parametrize("scenario", sorted(drill.shipped()))
def test_no_account_stands_in_the_report_of_an_exercise_and_no_refusal_stands_twice(scenario: str):
    one = night(scenario)
    paper = exercise_report(drill.exercise(one.outcome), one.desk.now())
    text = [shown(line) for line in lines(paper)]
    assert not [line for line in text if re.search(r"[a-z]{2,}_[a-z]+|[a-z]+/[a-z]+", line)]
    refusals = [re.sub(r"^\d+\.", "", line) for line in text if "不在其职权之内" in line]
    assert len(refusals) == len(set(refusals))


def test_enterprises_come_after_the_bodies_of_the_government():
    to = drawn("task_directive").to
    assert to.index("液化企业") > to.index("市城市管理局")


def test_a_committee_stands_before_its_government():
    assert "区委、区政府，上级有关部门：" in lines(drawn("situation_report", "energy-2025", "main"))


def test_nobody_reports_to_himself():
    assert list(_ways(("镇", "办公室"), ("办公室", "区委"))) == [(("镇",), ("办公室",)), (("办公室",), ("区委",))]
    assert list(_ways(("镇",), ("办公室",))) == [(("镇",), ("办公室",))]


@pytest.mark.parametrize(("scenario", "name", "kind"), [
    ("hazchem-2020", "city", "warning_notice"), ("gas-winter-2021", "county", "situation_report"),
    ("gas-winter-2021", "city", "warning_lifting"),
])  # fmt: skip
def test_no_page_carries_the_imprint_or_a_closing_phrase_alone(scenario: str, name: str, kind: str):
    document = PdfDocument(pdf(drawn(kind, scenario, name)))
    last = re.sub(r"\s", "", document[len(document) - 1].get_textpage().get_text_range())
    before_the_day = last.partition("印发")[0].removesuffix("日")
    assert before_the_day.count("日") >= 1  # the day under the text stands on the page of the imprint
    assert not last.startswith("特此报告")


@pytest.mark.parametrize(("scenario", "name"), [("heating-2021", "main"), ("rural-biogas-2020", "city")])
def test_the_note_on_the_basis_stays_whole_with_the_lines_to_sign(scenario: str, name: str):
    document = PdfDocument(pdf(drawn("press_draft", scenario, name)))
    last = document[len(document) - 1].get_textpage().get_text_range()
    assert "签发" in last
    assert "依据" in last


def test_units_are_said_in_words():
    assert words.fact(shelf().lexicon.facts["heat_restore_hours"], {"value": 30}).endswith("30小时")
