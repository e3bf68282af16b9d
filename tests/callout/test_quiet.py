"""Quiet hours of a channel hold a call back and drop nothing; level I and II never wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from calling_rooms import GAS, NIGHT, City, jincheng, shortage, start

from zhishou.callout.calls import Call
from zhishou.callout.dry_run import dry_run
from zhishou.callout.events import CATALOGUE
from zhishou.callout.matters import Matter, Party
from zhishou.callout.policy import shipped
from zhishou.incident.tasks import CancelTask, IssueTask
from zhishou.plan.posts import unit_post

POLICE = unit_post("jincheng_public_security")
MORNING = NIGHT + timedelta(hours=8)


@pytest.fixture
def city() -> City:
    made = jincheng(City())
    made.appoint("jincheng", POLICE, "u1", "sms")
    made.quiet = {"sms": MORNING}
    return made


def ordered(city: City) -> tuple[str, str]:
    incident = shortage(city)
    city.give(incident, "zhihui", IssueTask(plan=GAS, text="封路", by=("市公安局",)))
    return incident, list(city.desk.incident(incident).tasks)[-1]


def call(city: City, incident: str, kind: str = "task") -> Call:
    return next(one for one in city.out.of(incident) if one.matter is not None and one.matter.kind == kind)


def test_a_call_whose_every_way_is_quiet_waits_and_nothing_is_passed(city: City):
    incident, _ = ordered(city)
    city.until(MORNING - timedelta(minutes=1))
    waiting = call(city, incident)
    assert (waiting.status, waiting.due, waiting.held) == ("calling", MORNING, MORNING)
    assert (waiting.messages, waiting.passed, waiting.missing) == ({}, (), ())
    city.until(MORNING)
    told = call(city, incident)
    assert {one.person for one in told.messages.values()} == {"u1"}
    assert told.held is None


def test_a_way_that_is_not_quiet_is_used_at_once(city: City):
    city.book.add("u1", "mail")
    incident, _ = ordered(city)
    city.pump()
    assert {one.channel for one in call(city, incident).messages.values()} == {"mail"}
    city.until(MORNING + timedelta(hours=2))
    assert "sms" in {one.channel for one in call(city, incident).messages.values()}


def test_rounds_do_not_run_out_while_a_way_is_quiet(city: City):
    policy = shipped()
    rules = tuple(one.model_copy(update={"times": 0, "repeat": None}) for one in policy.rules)
    city.policy = policy.model_copy(update={"rules": rules})
    city.restart()
    city.book.add("u1", "mail")
    incident, _ = ordered(city)
    city.until(MORNING + timedelta(hours=3))
    assert "sms" in {one.channel for one in call(city, incident).messages.values()}


def test_level_one_and_two_are_never_held(city: City):
    incident = shortage(city)
    start(city, incident, "II")
    city.pump()
    levels = [one for one in city.out.of(incident) if one.matter is not None and one.matter.party.key == POLICE]
    assert levels[0].messages
    assert levels[0].held is None


def test_a_cancel_keeps_the_same_hours_and_is_not_lost(city: City):
    city.quiet = {}
    incident, task = ordered(city)
    city.pump()
    city.quiet = {"sms": MORNING}
    city.give(incident, "zhihui", CancelTask(task=task, reason="情况有变"))
    city.until(MORNING - timedelta(minutes=1))
    assert call(city, incident, "cancel").messages == {}
    assert call(city, incident, "cancel").held == MORNING
    city.until(MORNING + timedelta(minutes=1))
    cancel = call(city, incident, "cancel")
    assert {one.address for one in cancel.messages.values()} == {
        one.address for one in call(city, incident).messages.values()
    }
    assert (cancel.status, cancel.reason) == ("ended", "told")


def test_what_is_past_its_use_by_then_is_reported_when_it_lapses(city: City):
    incident, _ = ordered(city)
    city.quiet = {"sms": NIGHT + timedelta(days=3)}
    city.until(NIGHT + timedelta(days=1, minutes=1))
    assert call(city, incident).status == "lapsed"
    assert call(city, incident, "gap").matter is not None


def test_the_dry_run_says_when_the_quiet_is_over(city: City):
    party = Party(key=POLICE, label="市公安局", posts=(POLICE,))
    matter = Matter(kind="level", id="x/0", area="jincheng", rank=3, party=party, what="启动", since=NIGHT)
    (run,) = dry_run([matter], city.out.who([matter], NIGHT), shipped(), NIGHT)
    first = run.turns[0]
    assert first.held == MORNING
    assert first.after_minutes == 8 * 60
    assert [one.person for one in first.callees] == ["u1"]
    assert run.reached
    assert "step_held" in {one.type for one in CATALOGUE}
