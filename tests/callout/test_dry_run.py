"""The dry run goes the way of the night: the house's own area, its deadlines, and words that a duty officer reads."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from calling_rooms import CBM, GAS, NIGHT, City, jincheng, members, shelf, shortage, start

from zhishou.callout.levels import rehearsed
from zhishou.desk.rehearsing import rehearse
from zhishou.errors import NotFoundError
from zhishou.incident.context import HouseRules


def test_in_a_county_its_own_units_and_its_own_desk_are_rehearsed():
    city = City()
    city.room("zezhou")
    runs = rehearse(city.out, shelf(), CBM, "II", NIGHT, areas=("zezhou",))
    lexicon = shelf().lexicon
    assert "duty:zezhou" in {run.party for run in runs}
    for run in runs:
        unit = lexicon.organisations.get(run.party.removeprefix("unit:"))
        assert run.party == "duty:zezhou" or (unit is not None and "zezhou" in lexicon.upward(unit.area)), run.party
    assert len(rehearse(city.out, shelf(), CBM, "II", NIGHT, areas=("jincheng", "zezhou"))) > len(runs)


def test_the_minutes_are_those_of_the_night_with_the_plan_s_deadlines():
    """The same people at the same minutes as in the night, where nobody answers."""
    city = jincheng(City())
    city.answers.clear()
    for number, post in enumerate(members()):
        city.appoint("jincheng", post, f"u{number}", "voice", "sms")
    runs = {run.party: run for run in rehearse(city.out, shelf(), GAS, "III", NIGHT)}
    incident = shortage(city)
    start(city, incident, "III")
    begun = city.at
    city.until(begun + timedelta(hours=2), timedelta(seconds=5))
    compared = 0
    for call in city.out.of(incident):
        if call.matter is None or call.matter.kind != "level":
            continue
        taken: dict[int, float] = {}
        for one in call.messages.values():
            if one.round == 1:
                taken.setdefault(one.step, (one.queued - begun).total_seconds() / 60)
        for turn in runs[call.matter.party.key].turns:
            if turn.number in taken:
                compared += 1
                assert abs(turn.after_minutes - taken[turn.number]) < 0.5, (call.id, turn.number)
    assert compared > 20


def test_measures_have_their_deadlines():
    pack = shelf().pack(GAS)
    due = {one.due for one in rehearsed(pack, "response", "I", "jincheng", NIGHT, rules=HouseRules("15 min", "1 h"))}
    spans = {one.within for level in pack.ladders["response"].levels if level.level == "I" for one in level.measures}
    assert (due == {None}) == (not any(spans))


def test_errors_speak_of_plans_and_levels_by_their_names():
    city = City()
    wrong = (("response", "IX"), ("warning", "IX"), ("nonsense", "II"))
    for ladder, level in wrong:
        with pytest.raises(NotFoundError) as refused:
            rehearse(city.out, shelf(), GAS, level, NIGHT, ladder=ladder)
        assert not re.search(r"[a-z]", str(refused.value)), str(refused.value)
