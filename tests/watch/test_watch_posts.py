"""Posts: from when to when they are held, who may act in them, and what nobody can give away."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from duty_room import (
    ADMIN,
    AREA,
    COMMANDER,
    DAY,
    DUTY,
    HOUR,
    LEXICON,
    NAMES,
    OFFICE,
    PACKS,
    START,
    Room,
    delegation_to,
    opened,
    staffed,
)

from zhishou import clock
from zhishou.acts import Actor, Command
from zhishou.errors import RefusedError
from zhishou.watch import commands as c
from zhishou.watch.deciding import decide
from zhishou.watch.holding import actor, delegated_to, delegations_of, holders, posts_of, within

CBM = "jincheng/cbm-surface-2020"
MOMENT = timedelta(microseconds=1)


def test_the_first_administrator_comes_from_the_machine_alone_and_only_while_there_is_none():
    room = Room()
    first = c.OpenDutyRoom(area=AREA, person="admin", person_name="管某")
    assert room.refused("admin", first).code == "post"
    room.give("system", first)
    assert posts_of(room.state, "admin", START) == {ADMIN}
    assert "管某" in room.refused("system", first).message


def test_a_room_that_lost_its_administrator_is_given_one_again():
    room = opened()
    second = room.appoint("zhao", ADMIN, until=START + DAY)
    (first,) = (one.id for one in room.state.appointments.values() if one.person == "admin")
    refusal = room.refused("admin", c.RelieveFromPost(appointment=first, reason="调离"))
    assert "最后" in refusal.message, f"{second} ends tomorrow and cannot stand for the last administrator"
    room.appoint("qian", ADMIN)
    room.give("admin", c.RelieveFromPost(appointment=first, reason="调离"))
    assert room.refused("admin", c.PlanShifts(shifts=())).code == "post"


@pytest.mark.parametrize(
    ("since", "until", "held", "not_held"),
    [
        (None, None, [START, START + 999 * DAY], [START - MOMENT]),
        (START + DAY, None, [START + DAY], [START, START + DAY - MOMENT]),
        (START + DAY, START + 2 * DAY, [START + 2 * DAY - MOMENT], [START + 2 * DAY, START]),
    ],
)
def test_a_post_is_held_from_its_first_moment_and_no_longer_at_its_last(
    since: datetime | None, until: datetime | None, held: list[datetime], not_held: list[datetime]
):
    room = opened()
    room.appoint("li", COMMANDER, since=since, until=until)
    for at in held:
        assert [one.person for one in holders(room.state, COMMANDER, at)] == ["li"]
        assert COMMANDER in actor(room.state, "li", "李某", at).posts
    for at in not_held:
        assert holders(room.state, COMMANDER, at) == ()
        assert actor(room.state, "li", "李某", at).posts == frozenset()


def test_several_hold_one_post_and_one_holds_several():
    room = opened()
    deputy = COMMANDER.replace(":commander", ":deputy_commander")
    for person in ("li", "zhou"):
        room.appoint(person, deputy)
    room.appoint("zhou", OFFICE)
    assert {one.person for one in holders(room.state, deputy, START)} == {"li", "zhou"}
    assert posts_of(room.state, "zhou", START) == {deputy, OFFICE}


def test_a_person_relieved_loses_the_post_from_that_moment():
    room = opened()
    id_ = room.appoint("li", COMMANDER)
    room.now += DAY
    room.give("admin", c.RelieveFromPost(appointment=id_, reason="分工调整", since=room.now + HOUR))
    assert posts_of(room.state, "li", room.now + HOUR - MOMENT) == {COMMANDER}
    assert posts_of(room.state, "li", room.now + HOUR) == frozenset()
    room.now += 2 * HOUR
    assert "已经结束" in room.refused("admin", c.RelieveFromPost(appointment=id_, reason="再免")).message


@pytest.mark.parametrize(
    "post",
    [COMMANDER, OFFICE, DUTY, ADMIN, "unit:jincheng_energy", "unit:city_gas_enterprises", f"{CBM}:rescue"],
)
def test_posts_of_this_duty_room_are_given(post: str):
    room = opened()
    room.appoint("li", post)
    assert posts_of(room.state, "li", START) == {post}


@pytest.mark.parametrize(
    "post",
    [
        "duty:yuncheng", "admin:yuncheng", "unit:nobody", "commander", f"{CBM}:emperor", f"{CBM}:市能源局",
        "yuncheng/heating-2021:commander", "jincheng/chengqu/energy-2025:commander", "", ":", "unit:",
    ],
)  # fmt: skip
def test_no_other_posts_are_given(post: str):
    command = c.AppointToPost(post=post, person="li", person_name="李某", basis="市政府分工")
    assert opened().refused("admin", command).code in {"unknown", "missing"}


@pytest.mark.parametrize("area", ["jincheng", "chengqu", "qinshui", "yuncheng"])
def test_the_administrator_gives_posts_of_units_of_his_area_and_below_and_of_no_other(area: str):
    room = Room(area)
    room.give("system", c.OpenDutyRoom(area=area, person="admin", person_name="管某"))

    def within(one: str) -> bool:
        return one == area or (bool(LEXICON.areas[one].within) and within(LEXICON.areas[one].within))

    given: set[str] = set()
    refused: dict[str, RefusedError] = {}
    for id_ in LEXICON.organisations:
        wish = c.AppointToPost(post=f"unit:{id_}", person="li", person_name="李某", basis="分工")
        try:
            decide(room.state, wish, room.actor("admin"), room.now, PACKS, LEXICON)
        except RefusedError as refusal:
            refused[id_] = refusal
        else:
            given.add(id_)
    for id_, refusal in refused.items():
        assert (refusal.code, LEXICON.areas[LEXICON.organisations[id_].area].label in refusal.mend) == ("post", True)
    roles = {id_ for id_, unit in LEXICON.organisations.items() if unit.kind == "role"}
    assert given - roles == {id_ for id_, unit in LEXICON.organisations.items() if unit.area and within(unit.area)}
    assert roles <= given


def test_a_reporter_of_the_area_is_given_its_post_and_nobody_else():
    room = Room(reporters=("field", "gas_city"))
    room.give("system", c.OpenDutyRoom(area=AREA, person="admin", person_name="管某"))
    room.appoint("li", "reporter:jincheng/field")
    assert posts_of(room.state, "li", START) == {"reporter:jincheng/field"}
    for post in ("reporter:jincheng/nobody", "reporter:chengqu/field", "reporter:jincheng", "reporter:"):
        wish = c.AppointToPost(post=post, person="li", person_name="李某", basis="报送")
        assert "reporter:jincheng/gas_city" in room.refused("admin", wish).mend
    wish = c.AppointToPost(post="reporter:jincheng/field", person="li", person_name="李某", basis="报送")
    assert opened().refused("admin", wish).code == "unknown", "an area without a supply system has no reporters"


def test_a_role_counts_where_it_was_given_and_below():
    """各煤层气抽采企业 is of no area: a district's appointment must not speak in the city's incidents."""
    rooms: dict[str, Room] = {}
    for area in ("jincheng", "chengqu"):
        rooms[area] = Room(area)
        rooms[area].give("system", c.OpenDutyRoom(area=area, person="admin", person_name="管某"))
    role, unit = "unit:extraction_enterprises", "unit:chengqu_emergency"
    for post in (role, unit):
        rooms["chengqu"].appoint("li", post)
    rooms["jincheng"].appoint("zhou", role)
    anywhere = {person: Actor(person, person, frozenset({role, unit})) for person in ("li", "zhou")}
    held = {
        (person, area): within(someone, [rooms[one].state for one in chain], LEXICON, START).posts
        for person, someone in anywhere.items()
        for area, chain in (("jincheng", ["jincheng"]), ("chengqu", ["chengqu", "jincheng"]))
    }
    assert held == {
        ("li", "jincheng"): {unit}, ("li", "chengqu"): {role, unit},
        ("zhou", "jincheng"): {role, unit}, ("zhou", "chengqu"): {role, unit},
    }  # fmt: skip


def test_what_an_appointment_must_say():
    room = opened()
    good = {"post": COMMANDER, "person": "li", "person_name": "李某", "basis": "市政府分管副市长"}
    assert "任职依据" in room.refused("admin", c.AppointToPost(**{**good, "basis": "  "})).message
    assert room.refused("admin", c.AppointToPost(**good, since=START - HOUR)).code == "time"
    assert room.refused("admin", c.AppointToPost(**good, since=START + DAY, until=START + DAY)).code == "time"
    room.appoint("li", COMMANDER, until=START + DAY)
    assert room.refused("admin", c.AppointToPost(**good)).code == "conflict"
    room.give("admin", c.AppointToPost(**good, since=START + DAY))


def test_a_delegation_by_the_holder_counts_in_its_time_alone():
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, since=START + HOUR, until=START + DAY))
    (one,) = room.state.delegations.values()
    assert delegated_to(room.state, "zhou", START) == {}
    assert actor(room.state, "zhou", "周某", START + HOUR) == Actor("zhou", "周某", frozenset(), {COMMANDER: one.id})
    assert delegated_to(room.state, "zhou", START + DAY) == {}
    assert [each.id for each in delegations_of(room.state, COMMANDER, START + HOUR)] == [one.id]
    assert posts_of(room.state, "li", START + HOUR) == {COMMANDER}, "who delegates still holds the post"


def test_what_the_duty_officer_records_counts_once_the_holder_has_confirmed_it():
    room = staffed()
    paper = delegation_to("zhou", COMMANDER, until=START + DAY, holder="li")
    assert room.refused("zhou", paper).code == "post"
    (event,) = room.give("zhao", paper)
    assert (event.model_dump()["confirmed"], event.model_dump()["on_shift"]) == (False, True)
    id_ = event.model_dump()["delegation"]
    room.now += HOUR
    assert delegated_to(room.state, "zhou", room.now) == {}
    for other in ("zhao", "zhou", "admin"):
        assert room.refused(other, c.ConfirmDelegation(delegation=id_)).code == "post"
    room.give("li", c.ConfirmDelegation(delegation=id_))
    assert delegated_to(room.state, "zhou", room.now) == {COMMANDER: id_}
    assert delegated_to(room.state, "zhou", room.now - MOMENT) == {}, "what was done before is not made good"
    assert room.refused("li", c.ConfirmDelegation(delegation=id_)).code == "state"


def test_a_paper_is_not_confirmed_once_its_post_its_time_or_itself_is_gone():
    room = staffed()
    paper = delegation_to("zhou", COMMANDER, until=START + DAY, holder="li")
    room.give("zhao", paper)
    room.give("zhao", paper)
    first, second = (c.ConfirmDelegation(delegation=id_) for id_ in room.state.delegations)
    room.give("li", c.RevokeDelegation(delegation=first.delegation, reason="不去了"))
    assert room.refused("li", first).code == "state"
    room.now = START + DAY
    assert room.refused("li", second).code == "state"
    room.now = START + HOUR
    (id_,) = (one.id for one in room.state.appointments.values() if one.person == "li")
    room.give("admin", c.RelieveFromPost(appointment=id_, reason="调离"))
    assert room.refused("li", second).code == "post"


@pytest.mark.parametrize("who", ["li", "zhou"])
def test_a_delegation_is_taken_back_or_given_back(who: str):
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, until=START + DAY))
    (one,) = room.state.delegations.values()
    room.now += HOUR
    assert room.refused("zhao", c.RevokeDelegation(delegation=one.id, reason="不用了")).code == "post"
    room.give(who, c.RevokeDelegation(delegation=one.id, reason="提前返回"))
    assert delegated_to(room.state, "zhou", room.now) == {}
    assert delegated_to(room.state, "zhou", room.now - MOMENT) == {COMMANDER: one.id}


def test_nobody_delegates_what_he_does_not_hold_and_nothing_is_delegated_onward():
    room = staffed()
    assert "不担任" in room.refused("zhou", delegation_to("sun", COMMANDER, until=START + DAY)).message
    room.give("li", delegation_to("zhou", COMMANDER, until=START + DAY))
    assert "再转委托" in room.refused("zhou", delegation_to("sun", COMMANDER, until=START + DAY)).message
    by_paper = delegation_to("sun", COMMANDER, until=START + DAY, holder="zhou")
    assert "再转委托" in room.refused("zhao", by_paper).message


def test_a_delegation_falls_with_the_post_it_comes_from():
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, until=START + 9 * DAY))
    (id_,) = (one.id for one in room.state.appointments.values() if one.person == "li")
    room.now += DAY
    room.give("admin", c.RelieveFromPost(appointment=id_, reason="分工调整"))
    assert delegated_to(room.state, "zhou", room.now) == {}
    assert delegations_of(room.state, COMMANDER, room.now) == ()


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (delegation_to("zhou", until=START + DAY), "missing"),
        (delegation_to("li", COMMANDER, until=START + DAY), "conflict"),
        (delegation_to("zhou", COMMANDER, until=START), "time"),
        (delegation_to("zhou", COMMANDER, since=START - HOUR, until=START + DAY), "time"),
        (delegation_to("zhou", COMMANDER, OFFICE, until=START + DAY), "post"),
        (delegation_to("zhou", COMMANDER, until=START + DAY).model_copy(update={"document": ""}), "missing"),
        (delegation_to("zhou", COMMANDER, until=START + DAY).model_copy(update={"reason": " "}), "missing"),
    ],
)
def test_what_a_delegation_must_say(command: Command, code: str):
    assert staffed().refused("li", command).code == code


@pytest.mark.parametrize(("person", "post"), [("zhao", DUTY), ("admin", ADMIN)])
def test_watch_and_administration_are_not_delegated(person: str, post: str):
    assert "不能书面委托" in staffed().refused(person, delegation_to("zhou", post, until=START + DAY)).message


def test_a_delegation_for_a_time_when_the_post_is_no_longer_held_is_refused():
    room = opened()
    room.appoint("li", COMMANDER, until=START + DAY)
    late = delegation_to("zhou", COMMANDER, since=START + 2 * DAY, until=START + 3 * DAY)
    assert room.refused("li", late).code == "post"


def test_moments_come_in_with_the_zone_of_the_house():
    command = c.AppointToPost(
        post=COMMANDER, person="li", person_name=NAMES["li"], basis="分工", since="2026-12-31T16:30:00Z"
    )
    assert command.since == clock.moment("2027-01-01T00:30")
    assert command.since is not None
    assert command.since.tzinfo is clock.SHANGHAI
    for wrong in ("9999-12-31T23:59-12:00", "9999-12-31", "0001-01-01", "明天", 5, "2026-02-30"):
        with pytest.raises(ValueError, match=r"."):
            c.AppointToPost(post=COMMANDER, person="li", person_name="李某", basis="分工", since=wrong)
