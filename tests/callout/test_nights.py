"""Whole nights with two thousand people on a simulated clock: everybody is reached or the gap reported, nobody is called after he answered."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from calling_rooms import GAS, KINDS, NIGHT, City, Gateway, appointed, jincheng, members, shortage, start
from soundness import all_entries, unsound

from zhishou.callout.calls import Call
from zhishou.callout.gaps import REPORTED
from zhishou.incident.directives import IssueDirective
from zhishou.incident.tasks import AcceptTask, CancelTask, IssueTask
from zhishou.plan.posts import unit_post
from zhishou.watch.commands import RecordLeave

PEOPLE = 2000


def crowded(rng: random.Random, gateways: dict[str, Gateway]) -> City:
    """A city with two thousand people at its plan's units: some silent, some without a channel, some away, some posts empty."""
    city = jincheng(City(gateways=gateways))
    units = members()
    empty = set(rng.sample(units, 2))
    held = [unit for unit in units if unit not in empty]
    people = {f"p{number}": rng.choice(held) for number in range(PEOPLE)}
    appointed(city, "jincheng", people)
    for person in people:
        if rng.random() > 0.05:
            for kind in rng.sample(("voice", "sms", "wecom"), rng.randint(1, 2)):
                city.book.add(person, kind, alive=rng.choice((None, None, True, True, True, False)))
        if rng.random() > 0.4:
            city.answers[person] = rng.uniform(0.2, 45)
    for person in rng.sample(sorted(people), 40):
        stand_in = rng.choice(sorted(people))
        if stand_in != person:
            leave = RecordLeave(
                until=NIGHT + timedelta(days=3), reason="外出", stand_in=stand_in, stand_in_name=stand_in
            )
            city.desk.keep("jincheng", leave, city.actor(person), key=city.key())
    return city


def faulty(rng: random.Random, **faults: float) -> dict[str, Gateway]:
    return {kind: Gateway(kind, honours_keys=kind != "voice", rng=rng, **faults) for kind in sorted(KINDS)}


def checked(city: City) -> Counter[str]:
    """What must hold when the night is over; how many calls ended which way."""
    calls = [call for _, call in sorted(city.out.calls.under("jincheng-2026-0001").items())]
    assert calls
    reports = [call.matter for call in calls if call.matter and call.matter.kind == "gap"]
    named = {(id_, name) for one in reports for id_, name in zip(one.calls, one.names, strict=True)}
    dead = {
        one.id
        for own in city.book.own.values()
        if any(two.alive is not False for two in own)
        for one in own
        if one.alive is False
    }
    ends: Counter[str] = Counter()
    for call in calls:
        ends[call.status] += 1
        matter = call.matter
        assert matter is not None
        assert call.due is None, "something still waits after the night"
        assert call.status in {"answered", "ended", "lapsed", "unanswered"}
        if call.status in {"lapsed", "unanswered"} and matter.kind in REPORTED:
            assert (call.id, matter.party.label) in named, f"nobody was told that {call.id} was not answered"
        _nobody_is_called_in_vain(call, dead)
    told_twice = Counter(one.id for gateway in city.gateways.values() for one in gateway.given)
    assert max(told_twice.values(), default=1) == 1
    assert not city.journal.rows("outbox")
    _no_step_waits_for_nobody(city)
    return ends


def _nobody_is_called_in_vain(call: Call, dead: set[str]) -> None:
    own = {"answered": call.answered.at if call.answered else None}.get(call.status, call.over)
    assert call.matter is not None
    for message in call.messages.values():
        assert message.status != "queued"
        if own is not None and message.told:
            assert message.handed is not None
            assert message.handed <= own, "somebody was called after the answer"
        if message.told and call.matter.use_by is not None:
            assert message.handed is not None
            assert message.handed <= call.matter.use_by
        assert message.address not in dead


def _no_step_waits_for_nobody(city: City) -> None:
    """Whatever comes after a step that was passed over comes at the same moment."""
    passed: dict[str, object] = {}
    for entry in all_entries(city.journal):
        if entry.stream in passed:
            assert entry.at == passed.pop(entry.stream)
        if entry.type == "step_passed":
            passed[entry.stream] = entry.at
    assert not passed


@pytest.mark.parametrize(
    ("seed", "faults"),
    [(1, {}), (2, {"refuses": 0.15, "unsure": 0.1}), (3, {"lies": 0.3, "unsure": 0.2}), (4, {"refuses": 0.97})],
)
def test_everybody_is_reached_or_the_gap_is_reported(seed: int, faults: dict[str, float]):
    rng = random.Random(seed)  # noqa: S311 - chance, not secrets
    city = crowded(rng, faulty(rng, **faults))
    incident = shortage(city)
    start(city, incident, "I")
    city.until(NIGHT + timedelta(minutes=20))
    city.give(incident, "zhihui", IssueDirective(plan=GAS, text="各单位到岗", to=("members",)))
    city.give(incident, "zhihui", IssueTask(plan=GAS, text="巡线", by=("市公安局", "市能源局")))
    city.until(NIGHT + timedelta(minutes=50))
    task = next(reversed(city.desk.incident(incident).tasks))
    accept = AcceptTask(task=task, note="电话告知")
    city.desk.give(incident, accept, city.actor("zhiban"), key=city.key())
    city.give(incident, "zhihui", CancelTask(task=task, reason="情况有变"))
    city.until(NIGHT + timedelta(hours=30), timedelta(minutes=6))
    ends = checked(city)
    assert ends["answered"] > 5 or faults.get("refuses", 0) > 0.9
    assert unsound(city.desk) == []


def test_whoever_can_be_reached_and_answers_is_reached():
    """Honest gateways, everybody answers: every party with somebody in it has answered."""
    city = jincheng(City())
    for number, post in enumerate(members()):
        city.appoint("jincheng", post, f"u{number}", "sms")
        city.answers[f"u{number}"] = 4
    incident = shortage(city)
    start(city, incident, "II")
    city.until(NIGHT + timedelta(hours=1))
    calls = [call for call in city.out.of(incident) if call.matter and call.matter.kind == "level"]
    assert len(calls) > 10
    for call in calls:
        assert call.status == "answered"
        assert call.answered is not None
        assert call.matter is not None
        assert call.answered.at <= NIGHT + timedelta(minutes=6)
        assert call.answered.post in call.matter.party.posts
    assert unit_post("jincheng_public_security") in {call.matter.party.key for call in calls if call.matter}
