"""Shifts: the watch passes only when both have signed, and there is always somebody on it."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from duty_room import AREA, DAY, DUTY, HOUR, NAMES, START, Room, handover_to, opened, staffed

from zhishou import clock
from zhishou.acts import Command
from zhishou.watch import commands as c
from zhishou.watch.events import ShiftBegun, ShiftHandoverAccepted
from zhishou.watch.roster import DayMark, day_mark, gaps, late, on_duty, planned
from zhishou.watch.signing import memo_digest
from zhishou.watch.state import dumped, loaded
from zhishou.watch.words import DueItem

MOMENT = timedelta(microseconds=1)


def sm3(text: str) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(text.encode())
    return digest.finalize().hex()


def wish(person: str, since: timedelta, hours: float, role: str = "chief") -> c.ShiftWish:
    return c.ShiftWish(
        person=person, person_name=NAMES.get(person, person), since=START + since,
        until=START + since + timedelta(hours=hours), role=role,
    )  # fmt: skip


def rostered() -> Room:
    """赵 on watch for his shift; 钱 and 孙 have the next two."""
    room = opened()
    for person in ("zhao", "qian", "sun"):
        room.appoint(person, DUTY)
    shifts = (wish("zhao", 0 * HOUR, 8), wish("qian", 8 * HOUR, 8), wish("sun", 16 * HOUR, 8))
    room.give("admin", c.PlanShifts(shifts=shifts))
    room.give("zhao", c.BeginShift())
    return room


def shift_ids(room: Room) -> dict[str, str]:
    return {one.person: one.id for one in room.state.shifts.values()}


def test_the_outgoing_stays_on_watch_until_the_incoming_has_signed():
    room = rostered()
    room.now = START + 8 * HOUR
    room.give("zhao", handover_to("qian", "阳城末站压力偏低，盯着。"))
    room.now += HOUR
    watch = on_duty(room.state, room.now)
    assert watch is not None
    assert watch.person == "zhao"
    assert late(room.state, room.now) is not None
    assert room.state.offer is not None
    (event,) = room.give("qian", c.AcceptShiftHandover(digest=room.state.offer.digest))
    assert isinstance(event, ShiftHandoverAccepted)
    assert (event.outgoing, event.incoming, event.signed_out) == ("zhao", "qian", START + 8 * HOUR)
    assert [on_duty(room.state, at).person for at in (room.now - MOMENT, room.now)] == ["zhao", "qian"]
    assert event.shift == shift_ids(room)["qian"]
    assert late(room.state, room.now) is None


def test_the_digest_is_sm3_over_all_that_the_memo_says():
    """Worked out again from the text that the function's own words describe."""
    assert sm3("abc") == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0", "GB/T 32905-2016, A.1"
    room = staffed()
    items = (DueItem(text="22:00 续报", ref="incident/1", due=START + HOUR),)
    command = c.OfferShiftHandover(
        person="qian", person_name="钱某", memo="正常", open_matters=("末站压力",), due_items=items
    )
    room.give("zhao", command)
    text = (
        '{"area":"jincheng","due_items":[{"due":"2026-12-01T09:00:00+08:00","ref":"incident/1","text":"22:00 续报"}],'
        '"incoming":"qian","memo":"正常","open_matters":["末站压力"],"outgoing":"zhao"}'
    )
    assert room.state.offer is not None
    assert room.state.offer.digest == sm3(text)
    base = (AREA, "zhao", "qian", "正常", ("末站压力",), items)
    others = ("yuncheng", "sun", "sun", "正常。", (), (items[0].model_copy(update={"ref": ""}),))
    changed = [(*base[:place], other, *base[place + 1 :]) for place, other in enumerate(others)]
    assert len({memo_digest(*one) for one in (base, *changed)}) == 7


def test_nobody_signs_a_memo_that_he_has_not_read():
    room = staffed()
    room.give("zhao", handover_to("qian", "一"))
    assert room.state.offer is not None
    read = room.state.offer.digest
    room.give("zhao", c.ReturnShiftHandover(reason="漏写一项"))
    assert room.refused("qian", c.AcceptShiftHandover(digest=read)).code == "state"
    room.give("zhao", handover_to("qian", "二"))
    assert room.refused("qian", c.AcceptShiftHandover(digest=read)).code == "conflict"
    for other in ("sun", "zhao", "admin", "li"):
        assert room.refused(other, c.AcceptShiftHandover(digest=room.state.offer.digest)).code == "post"
    assert room.state.on_watch("zhao")


def test_the_incoming_returns_a_memo_that_lacks_something():
    room = staffed()
    room.give("zhao", handover_to("qian"))
    assert room.refused("sun", c.ReturnShiftHandover(reason="不对")).code == "post"
    assert room.refused("qian", c.ReturnShiftHandover(reason="")).code == "missing"
    (event,) = room.give("qian", c.ReturnShiftHandover(reason="没写储罐液位"))
    assert event.model_dump()["by_incoming"] is True
    assert room.state.on_watch("zhao")
    assert room.state.offer is None


def test_without_a_handover_one_begins_only_with_a_reason_and_it_is_marked():
    room = staffed()
    assert room.state.watches[0].absent == "", "the first watch of a room has no predecessor"
    assert room.refused("qian", c.BeginShift()).code == "missing"
    assert room.refused("zhao", c.BeginShift(absence="重复")).code == "state"
    (event,) = room.give("qian", c.BeginShift(absence="赵某突发疾病送医"))
    assert isinstance(event, ShiftBegun)
    assert (event.predecessor, event.absence) == ("zhao", "赵某突发疾病送医")
    watch = room.state.watch
    assert watch is not None
    assert (watch.person, watch.absent, watch.handover) == ("qian", "zhao", "")


def test_whom_a_memo_waits_for_signs_it_and_a_third_who_steps_in_makes_it_void():
    room = staffed()
    room.give("zhao", handover_to("qian"))
    assert "签字" in room.refused("qian", c.BeginShift(absence="赵某已走")).message
    room.give("sun", c.BeginShift(absence="赵某钱某都不在岗"))
    assert room.state.offer is None
    assert room.state.on_watch("sun")


def test_who_is_on_watch_is_not_relieved_of_it_before_it_is_handed_over():
    room = staffed()
    (id_,) = (one.id for one in room.state.appointments.values() if one.person == "zhao")
    assert "空岗" in room.refused("admin", c.RelieveFromPost(appointment=id_, reason="调离")).message
    room.hand_over("zhao", "qian")
    room.give("admin", c.RelieveFromPost(appointment=id_, reason="调离"))


def test_whose_appointment_runs_out_on_watch_still_hands_it_over():
    room = opened()
    room.appoint("zhao", DUTY, until=START + HOUR)
    room.appoint("qian", DUTY)
    room.give("zhao", c.BeginShift())
    room.now += 2 * HOUR
    assert room.state.on_watch("zhao")
    assert room.refused("zhao", c.WriteLog(occurred=room.now, category="call", text="来电")).code == "post"
    room.hand_over("zhao", "qian")
    assert [one.post for one in room.record[-2:]] == ["", DUTY]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (handover_to("zhao"), "conflict"),
        (handover_to("li"), "post"),
        (handover_to("qian", "  "), "missing"),
    ],
)
def test_what_a_handover_must_say(command: Command, code: str):
    assert staffed().refused("zhao", command).code == code


@pytest.mark.parametrize("person", ["qian", "admin", "li", "zhou"])
def test_only_who_is_on_watch_hands_it_over(person: str):
    assert staffed().refused(person, handover_to("sun")).code == "post"


def test_the_roster_and_the_watch_are_told_apart():
    room = rostered()
    room.now = START + 9 * HOUR
    assert planned(room.state, room.now) is not None
    found = late(room.state, room.now)
    assert found is not None
    assert (found.shift.person, found.since) == ("qian", START + 8 * HOUR)
    assert found.watch is not None
    assert found.watch.person == "zhao"
    assert planned(room.state, START + 24 * HOUR) is None
    assert late(room.state, START + 24 * HOUR) is None


def test_gaps_of_a_roster():
    room = rostered()
    room.give("admin", c.CancelShift(shift=shift_ids(room)["qian"], reason="请假"))
    assert list(gaps(room.state, START - HOUR, START + 30 * HOUR)) == [
        (START - HOUR, START), (START + 8 * HOUR, START + 16 * HOUR), (START + 24 * HOUR, START + 30 * HOUR),
    ]  # fmt: skip
    assert list(gaps(room.state, START, START + 8 * HOUR)) == []


@pytest.mark.parametrize(
    ("shifts", "code"),
    [
        ((), "missing"),
        ((wish("qian", DAY, 0),), "time"),
        ((wish("qian", DAY, -1),), "time"),
        ((wish("qian", -DAY, 8),), "time"),
        ((wish("qian", 7 * HOUR, 8),), "conflict"),
        ((wish("qian", DAY, 8), wish("sun", DAY + 7 * HOUR, 8)), "conflict"),
        ((wish("qian", DAY, 8), wish("qian", DAY, 8, "second")), "conflict"),
        ((wish("li", DAY, 8),), "post"),
        ((wish("zhou", DAY, 8, "second"),), "post"),
        ((wish("", DAY, 8),), "missing"),
    ],
)
def test_what_cannot_stand_on_a_roster(shifts: tuple[c.ShiftWish, ...], code: str):
    room = rostered()
    before = room.state
    assert room.refused("zhao", c.PlanShifts(shifts=shifts)).code == code
    assert room.state == before


def test_a_leader_on_call_needs_no_post_and_stands_beside_the_watch():
    room = rostered()
    room.give("admin", c.PlanShifts(shifts=(wish("li", 0 * HOUR, 24, "leader"), wish("qian", 0 * HOUR, 8, "second"))))
    leader, second = (planned(room.state, START, role) for role in ("leader", "second"))
    assert leader is not None
    assert second is not None
    assert (leader.person, second.person) == ("li", "qian")
    assert room.refused("li", c.BeginShift(absence="赵某不在")).code == "post"


def test_shifts_over_the_turn_of_the_year_and_the_end_of_an_appointment():
    room = opened()
    room.appoint("zhao", DUTY, until=clock.moment("2027-01-01T00:00"))
    eve = {"person": "zhao", "person_name": "赵某", "since": clock.moment("2026-12-31T16:00")}
    over = c.PlanShifts(shifts=(c.ShiftWish(**eve, until=clock.moment("2027-01-01T08:00")),))
    assert room.refused("admin", over).code == "post"
    room.give("admin", c.PlanShifts(shifts=(c.ShiftWish(**eve, until=clock.moment("2027-01-01T00:00")),)))


def test_a_replacement_needs_both():
    room = rostered()
    ids = shift_ids(room)
    ask = c.ProposeReplacement(
        shift=ids["qian"], person="sun", person_name="孙某", reason="家中有事", in_return=ids["sun"]
    )
    assert room.refused("sun", ask).code == "post", "nobody gives away a colleague's shift"
    (event,) = room.give("qian", ask)
    id_ = event.model_dump()["replacement"]
    assert shift_ids(room) == ids, "asking changes nothing"
    for other in ("qian", "admin", "zhao"):
        assert room.refused(other, c.AgreeReplacement(replacement=id_)).code == "post"
    room.give("sun", c.AgreeReplacement(replacement=id_))
    assert shift_ids(room) == {"zhao": ids["zhao"], "sun": ids["qian"], "qian": ids["sun"]}
    assert room.refused("sun", c.AgreeReplacement(replacement=id_)).code == "unknown"


def test_a_replacement_without_return_declined_withdrawn_or_overtaken():
    room = rostered()
    ids = shift_ids(room)
    ask = c.ProposeReplacement(shift=ids["qian"], person="sun", person_name="孙某", reason="请假")
    for who in ("sun", "qian"):
        room.give("qian", ask)
        (id_,) = room.state.replacements
        assert room.refused("zhao", c.DeclineReplacement(replacement=id_, reason="无关")).code == "post"
        room.give(who, c.DeclineReplacement(replacement=id_, reason="另有安排"))
        assert room.state.replacements == {}
    room.give("qian", ask)
    (id_,) = room.state.replacements
    room.now = START + 8 * HOUR
    assert room.refused("sun", c.AgreeReplacement(replacement=id_)).code == "time", "the shift has begun"
    room.now = START
    room.give("admin", c.CancelShift(shift=ids["qian"], reason="停班"))
    assert room.state.replacements == {}, "a request about a shift that is gone is gone"


@pytest.mark.parametrize(
    ("person", "in_return", "code"),
    [("qian", "", "conflict"), ("li", "", "post"), ("zhao", "S99-1", "unknown"), ("zhao", "sun", "conflict")],
)
def test_what_a_replacement_must_be(person: str, in_return: str, code: str):
    room = rostered()
    ids = shift_ids(room)
    ask = c.ProposeReplacement(
        shift=ids["qian"], person=person, person_name="某", reason="请假", in_return=ids.get(in_return, in_return)
    )
    assert room.refused("qian", ask).code == code


def test_days_of_rest_are_those_of_the_state_councils_notices():
    """国办发明电〔2024〕12号 (2025): Spring Festival 01-28 to 02-04, work on 01-26; National Day 10-01 to 10-08."""
    assert day_mark(date(2025, 1, 26)) == DayMark(date(2025, 1, 26), "调休上班", rest=False, estimated=False)
    assert day_mark(date(2025, 1, 29)).label == "春节"
    assert day_mark(date(2025, 10, 1)).label == "国庆节"
    assert [day_mark(date(2025, 3, day)).label for day in (7, 8)] == ["工作日", "休息日"]
    assert day_mark(date(2040, 10, 1)) == DayMark(date(2040, 10, 1), "休息日", rest=True, estimated=True)


def test_the_memo_reads_back_from_a_snapshot():
    room = staffed()
    room.give("zhao", handover_to("qian", "储罐“二号”液位 62%\n续报 22:00"))
    assert loaded(json.loads(json.dumps(dumped(room.state)))) == room.state
