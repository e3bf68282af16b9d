"""Quiet times: what falls due, on which day, and what a record does to it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from duty_room import GAS, MINE, PACKS, START, staffed
from hypothesis import given, settings
from hypothesis import strategies as st

from zhishou import clock
from zhishou.acts import Command
from zhishou.plan.check.upkeep import dates
from zhishou.watch import commands as c
from zhishou.watch.state import Done
from zhishou.watch.upkeep import Obligation, demands, upkeep

NOTICE = "shanxi/winter-supply-2020"
ENTERPRISE_DRILL = "drill:6.9.3:2"
"""Of the mines: half a year."""
DAYS = st.dates(date(2020, 10, 1), date(2045, 12, 31))


def done(plan: str, id_: str, on: date, *, struck: bool = False) -> Done:
    return Done("K1", plan, (), (id_,), on, "某矿", struck)


def standing(plan: str, id_: str, today: date, *records: Done) -> Obligation:
    (found,) = (one for one in upkeep(PACKS[plan], records, today) if one.id == id_)
    return found


@settings(max_examples=60, deadline=None)
@given(DAYS)
def test_with_nothing_on_record_it_agrees_with_the_check_of_the_plans(today: date):
    """The check of plans reports revisions and drills overdue since the issue; every plan so far holds from its issue."""
    for pack in PACKS.values():
        assert pack.plan.issued == pack.plan.effective
        if not pack.in_force(today):
            assert upkeep(pack, (), today) == ()
            continue
        told = sorted(
            (finding.code.split(".")[0], finding.witness["due"], finding.clause)
            for finding in dates(pack, today)
            if finding.code in {"revision.overdue", "drill.overdue"}
        )
        found = sorted(
            (one.kind, one.due.isoformat(), "、".join(one.clause))
            for one in upkeep(pack, (), today)
            if one.status == "overdue" and one.kind in {"revision", "drill"} and one.due
        )
        assert found == told, pack.id


def test_every_exercise_figure_and_recurring_duty_is_there_once_with_its_clause():
    for pack in PACKS.values():
        found = demands(pack)
        assert len({one.id for one in found}) == len(found)
        count = {kind: sum(one.kind == kind for one in found) for kind in {one.kind for one in found}}
        for kind in ("drill", "training", "publicity"):
            assert count.get(kind, 0) == sum(one.kind == kind for one in pack.support.exercises)
        assert count.get("target", 0) == len(pack.reporting.targets)
        assert count.get("revision", 0) == (pack.plan.revision is not None)
        if pack.contacts.lists:
            assert count["contacts"] == 1, f"{pack.id} prints a contact list that nobody keeps"
        timed = [one.what for one in (*pack.support.duties, *pack.support.exercises) if one.every]
        assert len(timed) == sum(bool(one.every) for one in found if one.kind != "revision")
        assert all(set(one.clause) <= set(pack.ledger.clauses) and one.clause for one in found)


def test_what_the_text_asks_for_without_a_number_has_no_day():
    for pack in PACKS.values():
        by_id = {one.id: one for one in demands(pack)}
        for one in upkeep(pack, (), date(2026, 12, 15)):
            numbered = clock.months(by_id[one.id].every) is not None or bool(by_id[one.id].by_day)
            assert (one.due is not None) == numbered == (one.status != "no_date"), one
            assert one.days_left(date(2026, 12, 15)) == (
                None if one.due is None else one.due.toordinal() - date(2026, 12, 15).toordinal()
            )
    contacts = standing(GAS, "contacts:6.1:1", date(2026, 12, 15))
    assert (contacts.due, contacts.status, contacts.owed_by) == (None, "no_date", ("市指挥部办公室",))


@pytest.mark.parametrize(
    ("last", "due"),
    [
        ("2023-08-29", "2024-02-29"), ("2023-08-31", "2024-02-29"), ("2024-08-31", "2025-02-28"),
        ("2024-02-29", "2024-08-29"), ("2025-12-31", "2026-06-30"), ("2026-06-30", "2026-12-30"),
        ("2026-07-01", "2027-01-01"), ("2025-06-30", "2025-12-30"), ("2026-08-30", "2027-02-28"),
    ],
)  # fmt: skip
def test_half_a_year_by_the_calendar(last: str, due: str):
    """Month ends, the turn of the year and leap days, read off the calendar by hand."""
    record, day = done(MINE, ENTERPRISE_DRILL, date.fromisoformat(last)), date.fromisoformat(due)
    assert standing(MINE, ENTERPRISE_DRILL, day, record).due == day
    assert standing(MINE, ENTERPRISE_DRILL, day, record).status == "due"
    assert standing(MINE, ENTERPRISE_DRILL, day + timedelta(days=1), record).status == "overdue"


@pytest.mark.parametrize(
    ("span", "start", "due"),
    [
        ("12 months", "2024-02-29", "2025-02-28"), ("4 years", "2024-02-29", "2028-02-29"),
        ("36 months", "2021-02-28", "2024-02-28"), ("24 months", "2022-12-31", "2024-12-31"),
        ("1 month", "2026-01-31", "2026-02-28"), ("30 d", "2026-12-15", "2027-01-14"), ("48 h", "2026-12-31", "2027-01-02"),
        ("regularly", "2026-01-01", None), ("by_rule", "2026-01-01", None), ("", "2026-01-01", None),
    ],
)  # fmt: skip
def test_a_span_after_a_day(span: str, start: str, due: str | None):
    assert clock.later(date.fromisoformat(start), span) == (date.fromisoformat(due) if due else None)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(1, 60))
def test_months_later_it_is_the_same_day_or_the_last_of_a_shorter_month(day: date, count: int):
    due = clock.later(day, f"{count} months")
    assert due is not None
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == count
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)
    following = clock.later(day + timedelta(days=1), f"{count} months")
    assert following is not None
    assert due <= following


@pytest.mark.parametrize(
    ("today", "due", "status"),
    [
        ("2026-06-30", "2025-11-30", "overdue"), ("2026-07-01", "2026-11-30", "due"), ("2026-11-30", "2026-11-30", "due"),
        ("2026-12-01", "2026-11-30", "overdue"), ("2027-01-01", "2026-11-30", "overdue"),
        ("2028-02-29", "2027-11-30", "overdue"),
    ],
)  # fmt: skip
def test_a_figure_is_owed_by_its_day_of_each_heating_season(today: str, due: str, status: str):
    """四(二): 80 % by the end of November."""
    found = standing(NOTICE, "target:storage-fill", date.fromisoformat(today))
    assert (found.due, found.status) == (date.fromisoformat(due), status)
    assert "2021-03-31" in found.note, "the notice was for one winter"


def test_a_figure_reached_is_done_until_the_season_turns():
    record = done(NOTICE, "target:storage-fill", date(2026, 11, 20))
    found = {
        day: standing(NOTICE, "target:storage-fill", date.fromisoformat(day), record).status
        for day in ("2026-11-19", "2026-11-20", "2027-06-30", "2027-07-01", "2027-12-01")
    }
    assert list(found.values()) == ["due", "done", "done", "due", "overdue"]


@given(st.lists(st.tuples(DAYS, st.booleans()), max_size=6), DAYS)
@settings(max_examples=100, deadline=None)
def test_the_latest_record_that_counts_sets_the_day(records: list[tuple[date, bool]], today: date):
    if not PACKS[MINE].in_force(today):
        return
    kept = [done(MINE, ENTERPRISE_DRILL, on, struck=struck) for on, struck in records]
    noise = [done(GAS, ENTERPRISE_DRILL, today), done(MINE, "drill:6.9.3:1", today)]
    found = standing(MINE, ENTERPRISE_DRILL, today, *kept, *noise)
    counting = [on for on, struck in records if not struck and on <= today]
    start = max(counting, default=PACKS[MINE].plan.effective)
    assert found.due == clock.add_months(start, 6)
    assert (found.last.on if found.last else None) == max(counting, default=None)


def test_a_drill_recorded_moves_its_day_and_a_mistake_moves_it_back():
    room = staffed()
    before = standing(MINE, ENTERPRISE_DRILL, START.date())
    (event,) = room.give(
        "zhao",
        c.RecordDrill(
            plan=MINE, obligations=(ENTERPRISE_DRILL,), form="full_scale", held=date(2026, 11, 30), by="某铁矿",
            participants=("某铁矿救护队",), summary="井下透水撤离", lessons=("警报声音小",),
        ),
    )  # fmt: skip
    kept = list(room.state.records.values())
    after = standing(MINE, ENTERPRISE_DRILL, START.date(), *kept)
    assert (before.status, after.status, after.due) == ("overdue", "due", date(2027, 5, 30))
    assert after.last is not None
    assert after.last.by == "某铁矿"
    assert "各自承担" in after.note, "one mine's drill does not tell of the others"
    strike = c.StrikeRecord(record=event.model_dump()["record"], reason="日期记错")
    room.give("zhao", strike)
    assert standing(MINE, ENTERPRISE_DRILL, START.date(), *room.state.records.values()) == before
    assert room.refused("zhao", strike).code == "state"


GOOD = {"plan": MINE, "obligations": (ENTERPRISE_DRILL,), "form": "tabletop", "by": "某矿", "summary": "推演"}


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.RecordDrill(**GOOD, held=date(2026, 12, 2)), "time"),
        (c.RecordDrill(**GOOD, held=date(2020, 10, 11)), "time"),
        (c.RecordDrill(**{**GOOD, "plan": "jincheng/none"}, held=START.date()), "unknown"),
        (c.RecordDrill(**{**GOOD, "obligations": ("drill:9.9:1",)}, held=START.date()), "unknown"),
        (c.RecordDrill(**{**GOOD, "obligations": ("revision",)}, held=START.date()), "conflict"),
        (c.RecordDrill(**{**GOOD, "summary": ""}, held=START.date()), "missing"),
        (c.RecordUpkeep(plan=MINE, obligations=(), done=START.date(), by="办", note="好"), "missing"),
        (c.RecordUpkeep(plan=MINE, obligations=(ENTERPRISE_DRILL,), done=START.date(), by="办", note="好"), "conflict"),
        (c.RecordUpkeep(plan=MINE, obligations=("revision",), done=START.date(), by="", note="好"), "missing"),
        (c.StrikeRecord(record="K99", reason="错"), "unknown"),
    ],
)
def test_what_a_record_must_say(command: Command, code: str):
    assert staffed().refused("zhao", command).code == code


def test_a_drill_beyond_what_the_plan_asks_for_is_kept_and_meets_nothing():
    room = staffed()
    before = upkeep(PACKS[MINE], (), START.date())
    room.give("zhao", c.RecordDrill(**{**GOOD, "obligations": ()}, held=START.date()))
    assert upkeep(PACKS[MINE], room.state.records.values(), START.date()) == before


def test_a_plan_not_in_force_owes_nothing():
    assert upkeep(PACKS[GAS], (), PACKS[GAS].plan.effective - timedelta(days=1)) == ()
