"""What each plan's reporting clauses put on the list of a city's, a county's and a district's duty room (reports.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from incident_room import ENERGY, HAZCHEM, HEATING, PLANS, START, Room

from zhishou.incident.sides import parties
from zhishou.plan import marks

TEXT: dict[str, Any] = marks.read((Path(__file__).parent / "reports.yaml").read_text("utf-8"), "reports.yaml").data
DESKS = [(plan, desk) for plan, desks in TEXT.items() for desk in desks if desk != "larger"]


def test_the_table_has_every_plan():
    assert sorted(TEXT) == sorted(PLANS)


def opened(plan: str, desk: str) -> Room:
    place = {ENERGY: "chengqu", HEATING: "yuncheng"}.get(plan, "qinshui")
    return Room(desk).open(plan, place=place, occurred="19:30")


def said(room: Room, plan: str, id_: str) -> tuple[Any, ...]:
    """A duty as the table would put it: who owes, to whom, of all names the organisations and bodies they stand for."""
    duty, pack = room.state.duties[id_], room.shelf.packs[plan]
    due = f"{duty.due:%H:%M}" if duty.due else None
    by, to = (_ids(room, plan, tuple(_one(room, pack.id, name) for name in names)) for names in (duty.by, duty.to))
    return duty.kind, duty.incoming, by, to, due


def _one(room: Room, plan: str, name: str) -> str:
    actor = room.shelf.packs[plan].actor(name)
    return actor.id if actor.kind != "unit" else room.state.roles.get(actor.id, (actor.id,))[0]


def _ids(room: Room, plan: str, names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_one(room, plan, name) for name in names)


def wanted(room: Room, plan: str, row: dict[str, Any]) -> tuple[Any, ...]:
    by = row.get("in") or row.get("out") or ()
    return row["kind"], "in" in row, _ids(room, plan, tuple(by)), _ids(room, plan, tuple(row["to"])), row.get("due")


@pytest.mark.parametrize(("plan", "desk"), DESKS)
def test_first_and_follow_up_reports_at_each_desk(plan: str, desk: str):
    room = opened(plan, desk)
    found = {said(room, plan, id_) for id_ in room.duties("first", "follow_up", plan=plan)}
    assert found == {wanted(room, plan, row) for row in TEXT[plan][desk]}
    assert {duty.kind for duty in room.state.duties.values()} <= {"first", "follow_up"}


@pytest.mark.parametrize(("plan", "desk"), [(plan, desk) for plan, desk in DESKS if "larger" in TEXT[plan]])
def test_a_larger_accident_brings_its_own_report(plan: str, desk: str):
    room = opened(plan, desk)
    before = set(room.state.duties)
    room.give("state_facts", facts={"deaths": {"value": 3}})
    (new,) = set(room.state.duties) - before
    assert said(room, plan, new) == wanted(room, plan, TEXT[plan]["larger"][desk])


def test_a_major_accident_goes_to_the_ministry_within_the_hour():
    """危化 4.1：重大以上立即报市委、市政府、办公室，1小时内报到国家应急管理部。"""
    county = opened(HAZCHEM, "qinshui")
    county.at("20:10").give("state_facts", facts={"deaths": {"at_least": 10}})
    assert county.state.duties[f"{HAZCHEM}/major-first"].due is None
    ministry = county.state.duties[f"{HAZCHEM}/major-ministry"]
    assert (f"{ministry.due:%H:%M}", ministry.to) == ("21:10", ("国家应急管理部",))
    assert "从何时起算" in ministry.note


def test_two_plans_at_once_keep_their_own_duties():
    room = Room().open(HAZCHEM, PLANS[-1], place="qinshui", occurred="19:30")
    assert {id_.split("/")[1] for id_ in room.state.duties} == {"hazchem-2020", "oil-gas-storage-2020"}
    room.give("receive_report", sender="沁水县人民政府", how="written")
    firsts = room.duties("first")
    assert {duty.status for duty in firsts.values() if duty.incoming} == {"met"}
    assert {duty.status for duty in firsts.values() if not duty.incoming} == {"open"}
    assert room.now == START


def test_a_report_counts_for_whoever_sent_it_and_nobody_else():
    room = Room().open(HAZCHEM, place="qinshui", occurred="19:30")
    room.give("receive_report", sender="阳城县人民政府", how="written")
    assert {duty.status for duty in room.duties("first").values()} == {"open"}
    room.give("receive_report", sender="沁水县人民政府", how="written")
    assert room.state.duties[f"{HAZCHEM}/county-first/in"].status == "met"


def test_the_town_that_fills_the_role_reports_to_the_district():
    """A town's government belongs to the district's area but is not the district's own."""
    room = opened(ENERGY, "chengqu")
    room.give("fill_role", role="事发镇（街道）", units=("北石店镇人民政府",))
    pack = room.shelf.packs[ENERGY]
    assert "chengqu_beishidian" in parties(pack, ("事发地能源供应应急机构",), room.state)
    room.give("receive_report", sender="北石店镇人民政府", how="phone")
    assert room.state.duties[f"{ENERGY}/town-first/in"].status == "met"
    room.give("attach_plan", plan=HAZCHEM)
    assert room.state.duties[f"{HAZCHEM}/county-first"].by == ("事发地县（市、区）人民政府",)
