"""Deadlines hold whatever the clock does: in time to the last moment, fired once each, made good late, moved, voided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from incident_room import ENERGY, HAZCHEM, START, post, room

from zhishou import clock
from zhishou.acts import Event, Happened
from zhishou.incident.deadlines import (
    SINGLY,
    DutyMet,
    DutyMissed,
    DutySet,
    DutyVoided,
    due,
    meets,
    next_due,
    owed,
    void,
)
from zhishou.incident.index import fold, missed
from zhishou.incident.state import Incident

HOUR = timedelta(hours=1)


def folded(state: Incident, *events: Event, at: object = START) -> Incident:
    for event in events:
        state = fold(state, Happened(event, clock.moment(at), "x", 0, 0, START, "p", "p", "duty:jincheng"))  # type: ignore[arg-type]
    return state


def hourly(start: object = START) -> Incident:
    since = clock.moment(start)  # type: ignore[arg-type]
    duty = DutySet(duty="d", kind="follow_up", what="续报", since=since, due=since + HOUR, every=60)
    return folded(Incident("x"), duty)


def once(start: object = START, within: timedelta = HOUR, **more: object) -> Incident:
    since = clock.moment(start)  # type: ignore[arg-type]
    return folded(Incident("x"), DutySet(duty="d", kind="first", what="首报", since=since, due=since + within, **more))  # type: ignore[arg-type]


# 在1小时内：含最后一刻


def test_what_is_done_at_the_last_moment_is_in_time():
    state = once()
    assert due(state, START + HOUR) == ()
    (met,) = meets(state, "d", START + HOUR)
    assert met == DutyMet(duty="d", round=1, late=False)


def test_after_the_last_moment_it_is_missed_and_may_still_be_made_good():
    state, after = once(), START + HOUR + timedelta(microseconds=1)
    assert [(one.duty, one.round, one.due) for one in due(state, after)] == [("d", 1, START + HOUR)]
    state = folded(state, *missed(state, after))
    assert due(state, after + HOUR) == ()
    assert (state.duties["d"].status, state.duties["d"].late) == ("missed", 1)
    assert [id_ for id_, _ in owed(state)] == ["d"]
    state = folded(state, *meets(state, "d", after + HOUR))
    assert (state.duties["d"].status, state.duties["d"].late) == ("met", 1)


def test_what_was_done_in_time_and_entered_late_counts_as_missed_no_longer():
    state = once()
    state = folded(state, *missed(state, START + 2 * HOUR))
    (met,) = meets(state, "d", START + HOUR)
    assert isinstance(met, DutyMet)
    assert met.late is False
    assert folded(state, met).duties["d"].late == 0


def test_a_deadline_that_nobody_marked_is_marked_before_it_is_met_late():
    events = meets(once(), "d", START + 2 * HOUR)
    assert events == (DutyMissed(duty="d", round=1, due=START + HOUR), DutyMet(duty="d", round=1, late=True))


def test_a_deadline_that_nobody_marked_is_marked_before_it_is_voided():
    events = void(once(), ["d"], "响应已结束", START + 2 * HOUR)
    assert events == (DutyMissed(duty="d", round=1, due=START + HOUR), DutyVoided(duty="d", reason="响应已结束"))
    assert void(folded(once(), *events), ["d"], "再次", START + 3 * HOUR) == ()


# 每小时一报


def test_five_hours_without_power_owe_five_reports_each_once():
    state, now = hourly(), START + 5 * HOUR + timedelta(minutes=1)
    events = missed(state, now)
    assert [(one.round, one.due) for one in events] == [(n, START + n * HOUR) for n in range(1, 6)]
    state = folded(state, *events)
    assert missed(state, now) == ()
    assert state.duties["d"].late == 5
    assert next_due(state) == START + 6 * HOUR


def test_marking_bit_by_bit_is_marking_at_once():
    bit, all_ = hourly(), hourly()
    for minute in range(0, 301, 7):
        bit = folded(bit, *missed(bit, START + timedelta(minutes=minute)))
    all_ = folded(all_, *missed(all_, START + timedelta(minutes=300 // 7 * 7)))
    assert bit.duties == all_.duties


def test_a_report_in_time_meets_its_hour_and_the_next_is_owed_an_hour_later():
    state = hourly()
    state = folded(state, *meets(state, "d", START + timedelta(minutes=50)))
    assert (state.duties["d"].round, state.duties["d"].due, state.duties["d"].status) == (2, START + 2 * HOUR, "open")


def test_reports_sent_all_at_once_meet_one_hour_only():
    state = hourly()
    for minute in (30, 31, 32, 33, 60):
        state = folded(state, *meets(state, "d", START + timedelta(minutes=minute)))
    assert state.duties["d"].due == START + 2 * HOUR


def test_a_late_report_makes_its_own_hour_good_and_not_the_next():
    state = hourly()
    state = folded(state, *missed(state, START + timedelta(minutes=61)))
    late = meets(state, "d", START + timedelta(minutes=70))
    assert late == (DutyMet(duty="d", round=1, late=True),)
    state = folded(state, *late)
    assert (state.duties["d"].status, state.duties["d"].due) == ("open", START + 2 * HOUR)
    assert len(missed(state, START + timedelta(minutes=121))) == 1


def test_an_hourly_report_sent_in_time_and_entered_after_its_hour_was_marked():
    state = hourly()
    state = folded(state, *missed(state, START + timedelta(minutes=65)))
    state = folded(state, *meets(state, "d", START + timedelta(minutes=55)))
    duty = state.duties["d"]
    assert (duty.late, duty.status, duty.due) == (0, "open", START + 2 * HOUR)


@given(st.lists(st.tuples(st.integers(0, 600), st.booleans()), max_size=40))
def test_each_hour_is_missed_or_met_at_most_once_whatever_the_order(steps: list[tuple[int, bool]]):
    """Reports and ticks at any moments, the clock jumping back and forth."""
    state = hourly()
    seen: list[tuple[str, int]] = []
    for minute, report in steps:
        now = START + timedelta(minutes=minute)
        events = meets(state, "d", now) if report else missed(state, now)
        seen += [(type(one).__name__, one.round) for one in events if isinstance(one, DutyMet | DutyMissed)]
        state = folded(state, *events, at=now)
        assert due(state, now) == () or report
    assert len(seen) == len(set(seen))
    last = START + timedelta(minutes=601)
    state = folded(state, *missed(state, last))
    assert due(state, last) == ()
    hours = {number for _, number in seen} | {one.round for one in missed(hourly(), last)}
    assert hours >= set(range(1, 11))


def test_due_is_pure_and_a_clock_set_back_undoes_nothing():
    state = hourly()
    later = due(state, START + 3 * HOUR)
    assert due(state, START + 3 * HOUR) == later
    marked = folded(state, *missed(state, START + 3 * HOUR))
    assert missed(marked, START) == ()
    assert missed(marked, START + 3 * HOUR) == ()
    assert next_due(marked) == START + 3 * HOUR


@pytest.mark.parametrize(
    ("start", "within", "end"),
    [
        ("2026-12-31T23:30", HOUR, "2027-01-01T00:30"),
        ("2028-02-28T23:45", timedelta(minutes=30), "2028-02-29T00:15"),
        ("2027-02-28T23:45", timedelta(minutes=30), "2027-03-01T00:15"),
        ("2028-02-29T22:00", timedelta(days=1), "2028-03-01T22:00"),
        ("2026-04-30T23:00", 2 * HOUR, "2026-05-01T01:00"),
        # No daylight saving: the night on which clocks are changed elsewhere has its hours.
        ("2027-03-28T01:30", HOUR, "2027-03-28T02:30"),
        ("1991-09-15T00:30", HOUR, "1991-09-15T01:30"),
    ],
)
def test_the_turn_of_a_month_or_a_year_is_an_hour_like_any_other(start: str, within: timedelta, end: str):
    state = once(start, within)
    assert due(state, clock.moment(end)) == ()
    assert [one.due for one in due(state, clock.moment(end) + timedelta(seconds=1))] == [clock.moment(end)]


def test_daily_returns_over_the_end_of_february():
    state = folded(Incident("x"), DutySet(duty="d", kind="return", what="报表", since=clock.moment("2028-02-27T18:00"),
                                          due=clock.moment("2028-02-28T18:00"), every=1440))  # fmt: skip
    dues = [one.due for one in due(state, clock.moment("2028-03-02T00:00"))]
    assert [f"{one:%m-%d %H}" for one in dues] == ["02-28 18", "02-29 18", "03-01 18"]


def test_one_of_several_told_is_not_all_told():
    state = once(to=("市委", "市政府", "office"))
    state = folded(state, *meets(state, "d", START, ("市政府", "市政府", "省政府")))
    assert (state.duties["d"].status, state.duties["d"].told) == ("open", ("市政府",))
    assert meets(state, "d", START, ("市政府",)) == ()
    state = folded(state, *meets(state, "d", START, ("office", "市委")))
    assert state.duties["d"].status == "met"


def test_a_follow_up_without_an_interval_stays_owed_until_the_end():
    one = room(HAZCHEM, place="qinshui")
    key = f"{HAZCHEM}/follow-up/in"
    for minute in (10, 20):
        one.later(minute).give("receive_report", kind="follow_up", how="written", sender="沁水县人民政府")
        assert one.state.duties[key].status == "open"
    assert one.state.duties[key].round == 3


# 一次看漏很多


@pytest.mark.parametrize("hours", [1, SINGLY, SINGLY + 1, 17_518])
def test_a_bad_date_does_not_bury_the_record(hours: int):
    state, now = hourly(), START + hours * HOUR + timedelta(microseconds=1)
    events = missed(state, now)
    assert len(events) == min(hours, SINGLY)
    assert sum(one.times for one in events) == hours
    after = folded(state, *events)
    assert due(after, now) == ()
    assert (after.duties["d"].round, after.duties["d"].late) == (hours + 1, hours)
    assert after.duties["d"].due == START + (hours + 1) * HOUR
    assert len(void(state, ["d"], "毕", now)) == len(events) + 1
    assert len(meets(state, "d", now)) == len(events) + 1


def test_a_time_of_this_very_moment_has_not_passed_however_many_have():
    for hours in (1, 3, SINGLY + 7):
        assert sum(one.times for one in missed(hourly(), START + hours * HOUR)) == hours - 1


def test_a_recurring_task_that_was_refused_ends_with_its_level():
    """能源 4.2.2 措施(2)：II级响应期间镇（街道）每日报告；不能承担的，响应结束后也不再催。"""
    one = room(ENERGY)
    commander = post(ENERGY, "commander")
    one.give("propose_level", post(ENERGY, "office"), plan=ENERGY, level="II", reason="缺口")
    one.give("decide_proposal", commander, proposal="p1")
    daily = next(id_ for id_, duty in one.duties("task").items() if duty.every).removeprefix("task/")
    one.give("refuse_task", task=daily, reason="没有人")
    rules = one.context.packs[ENERGY].ladders["response"].ending
    one.give("end_level", commander, plan=ENERGY, confirmed={text: "已确认" for rule in rules for text in rule.when})
    assert (one.state.tasks[daily].status, one.state.duties[f"task/{daily}"].status) == ("cancelled", "void")
    one.later(5 * 24 * 60)
    assert f"task/{daily}" not in {event.duty for event in one.tick()}  # type: ignore[attr-defined]
