"""A scenario that is not right: every slip is told with its line and the mend, and nothing is run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from drill.conftest import SMALL
from hypothesis import given
from hypothesis import strategies as st

from zhishou.clock import SHANGHAI
from zhishou.drill import times
from zhishou.drill.reading import Script
from zhishou.errors import PackError, ZhishouError

START = datetime(2026, 12, 15, 16, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("old", "new", "line_of", "says", "mend"),
    [
        ("plans: [gas-winter-2021]", "plans: [gas-2021]", "plans:", "没有“gas-2021”这个预案", "现有"),
        ("rooms: [jincheng]", "rooms: [chicheng]", "rooms:", "chicheng", ""),
        ("posts: [office_director]", "posts: [office_chief]", "郭乙", "office_chief", ""),
        ("posts: [office_director]", "posts: [unit:市什么局]", "郭乙", "没有“市什么局”这个单位", "词库"),
        ("posts: [office_director]", "posts: [duty:yangcheng]", "郭乙", "不在 rooms 里", "rooms 里加 yangcheng"),
        ("    by: commander", "    by: boss", "by: commander", "people 里没有“boss”", "现有：duty、director、commander"),
        ("give: propose_level", "give: suggest_level", "give: propose_level", "没有“suggest_level”这个命令", "propose_level"),
        ("with: {level: II}", "with: {levle: II}", "with: {level: II}", "不认识的键“levle”", ""),
        ("with: {level: II}", "with: {}", "with: {level: II}", "缺少“level”", "level"),
        ("with: {level: II}", "with: {level: II, plan: gas}", "with: {level: II}", "没有“gas”这个预案", "现有"),
        ("at: T+20 min", "at: T+20", "at: T+20 min", "“T+20”不是时间", "T+2 h 5 min"),
        ("at: T+20 min", "at: T+5 min", "at: T+20 min", "在上一步", "先后"),
        ("- level: {level: II}", "- levels: {level: II}", "- level: {level: II}", "不认识的键“levels”", "level"),
        ("- level: {level: II}", "- because: 没有写", "- level: {level: II}", "每条期望写一种", ""),
        ("clause: 4.2.2(1)}", "clause: 4.2.9}", "assessed:", "没有〔4.2.9〕这一条", "ledger"),
        ("{type: duty_met, where", "{type: duty_done, where", "{type: duty_met", "没有“duty_done”这种事件", "duty_met"),
        ("between: [T+1 h 20 min,", "between: [夜里,", "between:", "“夜里”不是时间", ""),
        ("    give: propose_level", "    on: other\n    give: propose_level", "give: propose_level", "叫“other”的事件", "已有"),
        ("    state: {area", "    keep: begin_shift\n    state: {area", "- at: +10 min", "一步只办一件事", ""),
        ("    by: duty\n    state", "    state", "- at: +10 min", "没有写由谁办理", ""),
        ("house: {promptly: 1 h}", "house: {promptly: 很快}", "house:", "15 min", ""),
        ("note: 人物和数字虚构\n", "", "title:", "缺少“note”", "note"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_line(
    small: Callable[..., Script], old: str, new: str, line_of: str, says: str, mend: str
):
    with pytest.raises(PackError) as caught:
        small((old, new))
    line = SMALL[: SMALL.index(line_of)].count("\n") + 1
    told = [str(problem) for problem in caught.value.problems]
    near = [text for text in told if any(text.startswith(f"small.yaml:{line + step}：") for step in (0, 1))]
    assert near, told
    assert any(says in text and mend in text for text in near), told


def test_all_slips_are_told_at_once(small: Callable[..., Script]):
    with pytest.raises(PackError) as caught:
        small(("with: {level: II}", "with: {levle: II}"), ("    by: commander", "    by: boss"))
    assert len(caught.value.problems) >= 2


@given(st.integers(0, 9), st.integers(0, 99), st.integers(0, 99))
def test_moments_count_from_the_start_or_from_the_step_before(days: int, hours: int, minutes: int):
    length = timedelta(days=days, hours=hours, minutes=minutes)
    before = START + timedelta(hours=7)
    written = f"{days} d {hours} h {minutes} min"
    assert times.moment(f"T+{written}", START, before) == START + length
    assert times.moment(f"+{written}", START, before) == before + length
    assert times.jump(f"-{written}") == -length


@pytest.mark.parametrize("text", ["", "T", "2 h", "T-2 h", "+2", "+ 2 parsecs", "明天"])
def test_what_is_no_moment_is_refused(text: str):
    with pytest.raises(ZhishouError):
        times.moment(text, START, START)


@pytest.mark.parametrize("text", ["5 h", "+5", "", "T+5 h"])
def test_what_is_no_jump_is_refused(text: str):
    with pytest.raises(ZhishouError):
        times.jump(text)
