"""The story and the score: what they say is held against the small drill, worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from drill.conftest import played

from zhishou.acts import Happened
from zhishou.clock import moment
from zhishou.drill import review
from zhishou.drill.outcome import Outcome
from zhishou.drill.reading import Script
from zhishou.drill.saying import unsaid
from zhishou.drill.story import story, told
from zhishou.incident import scoring
from zhishou.incident.deadlines import DutyMet, DutyMissed, DutySet
from zhishou.incident.index import EVENTS
from zhishou.incident.tasks import TaskIssued, TaskReported
from zhishou.plan.load import Library

TOLD_OTHERWISE = {
    "proposal_overtaken", "duty_set", "duty_told", "duty_met", "duty_missed", "duty_voided", "duty_moved",
    "duty_resumed",
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


def test_what_was_done_in_time_and_entered_late_is_kept_and_not_missed(packs: Library):
    """Daily returns of a town: the first marked as missed and shown to have been in time, the second late, four not at all."""
    start = moment("2026-12-15T20:00")
    said = {"duty": "task/t1", "kind": "task", "what": "每日报告", "by": ("某镇",)}
    events = (
        TaskIssued(task="t1", plan="", text="每日报告", by=("某镇",), posts=()),
        DutySet(**said, since=start, due=start + timedelta(days=1), every=1440),
        DutyMissed(duty="task/t1", round=1, due=start + timedelta(days=1)),
        TaskReported(task="t1"), DutyMet(duty="task/t1", round=1, late=False),
        DutyMissed(duty="task/t1", round=2, due=start + timedelta(days=2)),
        TaskReported(task="t1"), DutyMet(duty="task/t1", round=2, late=True),
        DutyMissed(duty="task/t1", round=3, due=start + timedelta(days=3), times=4),
    )  # fmt: skip
    happened = (Happened(one, start, "incident/x", n, n, start, "p", "p", "") for n, one in enumerate(events, 1))
    (unit,) = review(happened, packs).units
    assert (unit.kept, unit.late, unit.missed) == (1, 1, 5)
    assert (unit.issued, unit.done) == (1, 1), "it recurs, and was done"


def test_a_report_is_scored_by_what_the_plan_demands(outcomes: dict[str, Outcome], packs: Library):
    """Clause 4.1 of the gas plan lists seven items; the first call of the scenario holds four."""
    reports = review(outcomes["gas-winter-2021"].happened, packs).reports
    assert (reports[0].given, reports[0].demanded) == (4, 7)
    assert set(reports[0].missing) == {"资源供需现状", "发展趋势", "已采取的措施"}


def test_nothing_to_score_gives_no_shares(packs: Library):
    score = review((), packs)
    assert (score.punctual, score.finished, score.complete) == (None, None, None)
    assert scoring.told(score) == "评分　"
