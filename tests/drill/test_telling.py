"""The story and the score: what they say is held against the small drill, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

from drill.conftest import played

from zhishou.drill import review
from zhishou.drill.outcome import Outcome
from zhishou.drill.reading import Script
from zhishou.drill.saying import unsaid
from zhishou.drill.story import story, told
from zhishou.incident import scoring
from zhishou.incident.index import EVENTS
from zhishou.plan.load import Library

TOLD_OTHERWISE = {
    "proposal_overtaken", "duty_set", "duty_told", "duty_met", "duty_missed", "duty_voided", "duty_moved",
}  # fmt: skip
"""Told as deadlines, or not at all."""


def test_every_event_has_its_words():
    assert set(unsaid(EVENTS)) <= TOLD_OTHERWISE


def test_the_story_says_who_in_which_post_under_which_clause(small: Callable[..., Script]):
    lines = list(story(played(small())))
    assert "16:20　王丙（总指挥）　级别已决定：启动Ⅱ级响应〔4.2.2.1〕" in lines
    assert any(line.startswith("16:15　⊘ 郭乙要“决定”，被拒") and "〔4.2.2.1〕" in line for line in lines)
    assert any("✗ 逾期未办：任务：上报省指挥部" in line and "〔4.2.2.2(4)〕" in line for line in lines)
    assert any("△ 迟办：任务：上报省指挥部" in line for line in lines)
    assert lines[0] == "── 12月15日 ──"


def test_the_story_ends_with_the_verified_seal(small: Callable[..., Script]):
    outcome = played(small())
    assert told(outcome).splitlines()[-1] == f"封印　{outcome.verdict.seal}"


def test_in_brief_is_shorter_and_keeps_what_was_decided_and_missed(outcomes: dict[str, Outcome]):
    for outcome in outcomes.values():
        full, brief = list(story(outcome)), list(story(outcome, brief=True))
        assert len(brief) < 0.8 * len(full)
        for sign in ("⊘", "级别已决定", "级别已结束", "✗"):
            assert sum(sign in line for line in brief) == sum(sign in line for line in full)


def test_the_score_is_what_one_counts_by_hand(small: Callable[..., Script], packs: Library):
    score = review(played(small()).happened, packs)
    (unit,) = [one for one in score.units if one.issued]
    assert (unit.unit, unit.issued, unit.accepted, unit.done) == ("市指挥部", 8, 1, 1)
    assert unit.to_accept == [40], "issued at 16:20, accepted at 17:00"
    assert unit.to_finish == [70], "done at 17:30"
    assert (unit.kept, unit.late, unit.missed) == (0, 1, 1)
    assert score.finished == 1 / 8
    text = scoring.told(score)
    assert "平均 40 分钟 接受" in text
    assert "逾期 1" in text


def test_a_report_is_scored_by_what_the_plan_demands(outcomes: dict[str, Outcome], packs: Library):
    """Clause 4.1 of the gas plan lists seven items; the first call of the scenario holds four."""
    reports = review(outcomes["gas-winter-2021"].happened, packs).reports
    assert (reports[0].given, reports[0].demanded) == (4, 7)
    assert set(reports[0].missing) == {"资源供需现状", "发展趋势", "已采取的措施"}


def test_nothing_to_score_gives_no_shares(packs: Library):
    score = review((), packs)
    assert (score.punctual, score.finished, score.complete) == (None, None, None)
    assert scoring.told(score) == "评分　"
