"""How an official writes: moments, clauses, numbers, titles; and codes that can be checked by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paper.paper_nights import night, shelf

from zhishou import clock
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.paper import codes, words
from zhishou.paper.case import letterheads
from zhishou.paper.kinds import KINDS, kind
from zhishou.paper.laid import LONGEST, title_lines
from zhishou.paper.value import Paper, Text, blank, filled, shown


@pytest.mark.parametrize(("at", "said"), [
    ("2026-12-15T20:30", "2026年12月15日20时30分"), ("2026-12-15T20:00", "2026年12月15日20时"),
    ("2026-01-02T00:05", "2026年1月2日0时5分"),
])  # fmt: skip
def test_moments(at: str, said: str):
    assert words.moment(clock.moment(at)) == said


@pytest.mark.parametrize(("clauses", "said"), [
    (["4.2.2"], "第4.2.2条"), (["4.2.2(1)"], "第4.2.2条第（1）项"),
    (["3.3(2)", "3.3(3)", "2.4"], "第3.3条第（2）、（3）项、第2.4条"),
    (["4.3.3(一)(1)"], "第4.3.3条第（一）项第（1）项"), (["4.2.1措施(1)"], "第4.2.1条措施第（1）项"),
    (["四(一)"], "“四（一）”"), (["3.3", "3.3(1)"], "第3.3条、第3.3条第（1）项"), (["5", "5"], "第5条"),
])  # fmt: skip
def test_clauses(clauses: list[str], said: str):
    assert words.clauses(clauses) == said


def test_every_clause_of_every_plan_can_be_cited_and_none_is_lost():
    for pack in shelf().packs.values():
        for name in pack.ledger.clauses:
            said = words.clause(name)
            kept = [one for one in name if one.isalnum()]
            assert [one for one in said if one.isalnum() and one not in "第条项"] == [
                one for one in kept if one not in "第条项"
            ]


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (32, "三十二")]
)
def test_headings_are_counted_in_chinese(number: int, said: str):
    assert words.counted(number) == said


@pytest.mark.parametrize(
    ("value", "said"), [(7.3, "7.3"), (7.0, "7"), (1234.567, "1234.57"), (0.5, "0.5"), (100.0, "100")]
)
def test_numbers_carry_no_needless_zeros(value: float, said: str):
    assert words.number(value) == said


@pytest.mark.parametrize(("text", "said"), [
    ("已办", "已办。"), ("已办。", "已办。"), ("交给“市应急局”", "交给“市应急局”。"), ("他说“已办。”", "他说“已办。”"),
    ("（见附件）", "（见附件）。"), ("", ""),
])  # fmt: skip
def test_a_sentence_ends_once(text: str, said: str):
    assert words.sentence(text) == said


def test_lengths_of_time():
    since = clock.moment("2026-12-15T17:20")
    assert words.lasted(since, clock.moment("2026-12-16T23:00")) == "1天5小时40分钟"
    assert words.lasted(since, clock.moment("2026-12-15T17:50")) == "30分钟"
    assert words.lasted(since, clock.moment("2026-12-17T17:20")) == "2天"
    assert [words.span(one) for one in ("30 min", "2 h", "24 months", "promptly")] == [
        "30分钟",
        "2小时",
        "24个月",
        "及时",
    ]


def test_a_title_breaks_where_the_sense_does():
    assert title_lines("晋城市天然气（煤层气）迎峰度冬保供应急指挥部关于启动Ⅱ级应急响应的通知") == (
        "晋城市天然气（煤层气）", "迎峰度冬保供应急指挥部", "关于启动Ⅱ级应急响应的通知",
    )  # fmt: skip
    assert title_lines("晋城市值班室交接班单") == ("晋城市值班室交接班单",)


@given(st.text("晋城市天然气供应保障应急指挥部关于的和、（）“”，", min_size=1, max_size=70))
def test_a_title_loses_nothing_and_no_line_is_too_long(title: str):
    lines = title_lines(title)
    assert "".join(lines) == title
    assert all(len(line) <= LONGEST for line in lines)


def test_the_plans_with_a_headquarters_have_its_full_name():
    for pack in shelf().packs.values():
        assert (pack.id in letterheads()) == bool(pack.organisation.headquarters)
    for plan, one in letterheads().items():
        pack = shelf().packs[plan]
        assert one["clause"] in pack.ledger.clauses
        assert one["name"].startswith(pack.lexicon.areas[pack.plan.area].label)


def test_blanks_are_lines_on_paper_and_names_in_the_list():
    paper = Paper("review", "jincheng", "某", "标题", clock.moment("2026-01-01"), (Text(f"由{blank('签发人')}签发"),))
    assert (shown(f"由{blank('签发人')}签发"), paper.blanks) == ("由________签发", ("签发人",))
    done = filled(paper, {"签发人": "王丙", "别的": "x"})
    assert (done.body, done.blanks) == ((Text("由王丙签发"),), ())


def test_kinds_are_known_by_id_and_label_and_no_two_share_a_word():
    assert kind("预警通知") is kind("warning_notice")
    assert len({one.word for one in KINDS.values()}) == len({one.label for one in KINDS.values()}) == len(KINDS)
    with pytest.raises(NotFoundError, match="没有“公函”这种文件"):
        kind("公函")


@given(st.integers(1, 10**12), st.text("0123456789abcdef", min_size=64, max_size=64))
def test_a_code_is_read_back(position: int, seal: str):
    assert codes.parsed(codes.code(position, seal)) == (position, seal[:8])


@pytest.mark.parametrize("text", ["", "812", "812-3f9a", "x-3f9a2c1e", "0-3f9a2c1e", "812-3f9a2c1g"])
def test_what_is_no_code_is_said(text: str):
    with pytest.raises(ZhishouError, match="不是核对码"):
        codes.parsed(text)


def test_a_code_is_the_position_and_the_first_eight_of_the_seal():
    entry = night("gas-winter-2021").desk.journal.since(41, 1)[0]
    assert codes.code(entry.position, entry.seal) == f"42-{entry.seal[:8]}"


@pytest.mark.parametrize(
    ("at", "before", "said"),
    [
        ("2026-12-15T19:00", None, "2026年12月15日19时"),
        ("2026-12-15T19:00", "2026-12-15T15:30", "19时"),
        ("2026-12-16T00:15", "2026-12-15T19:00", "12月16日0时15分"),
        ("2027-01-01T00:15", "2026-12-31T23:00", "2027年1月1日0时15分"),
    ],
)
def test_a_later_moment_does_not_say_again_what_was_said(at: str, before: str | None, said: str):
    assert words.later(clock.moment(at), clock.moment(before) if before else None) == said


def test_clock_times_are_printed_in_words():
    assert words.printed("能力已用尽（15日18:00–20:30）") == "能力已用尽（15日18时至20时30分）"
    assert words.printed("2026-12-15 05:00") == "2026年12月15日5时"


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("关于阳城县城天然气供应不足的情况报告（首报）", ("关于阳城县城", "天然气供应不足的情况报告（首报）")),
        ("关于沁水某煤层气井井喷的新闻通稿（送审稿）", ("关于沁水某煤层气井", "井喷的新闻通稿（送审稿）")),
        ("关于泽州某采石场边坡坍塌的情况报告（首报）", ("关于泽州某采石场", "边坡坍塌的情况报告（首报）")),
    ],
)
def test_no_line_of_a_title_ends_within_a_word_or_begins_with_a_particle(title: str, lines: tuple[str, ...]):
    assert title_lines(title) == lines
