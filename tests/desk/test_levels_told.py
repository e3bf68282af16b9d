"""Which level of a plan is told as a fact where several incidents have levels in force, and for how long it is told."""

from __future__ import annotations

from desk.duty_rooms import ENERGY, Rooms, in_memory

from zhishou.incident.levels import DecideProposal, EndLevel
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel

FACT = "district_energy_response_level"
SHORTAGE = OpenIncident(title="城区用能紧张", subject="coal_supply_shortage", place="chengqu", plans=(ENERGY,))


def started(rooms: Rooms, level: str) -> str:
    incident = rooms.open("district", SHORTAGE).incident
    wish = ProposeLevel(plan=ENERGY, level=level, reason="值班室研判")
    proposed = rooms.give(incident, "district", wish).happened[0].event
    rooms.give(incident, "district_head", DecideProposal(proposal=proposed.proposal))
    rooms.later(5)
    return incident


def ended(rooms: Rooms, incident: str) -> None:
    rules = rooms.desk.library.packs[ENERGY].ladders["response"].ending
    confirmed = {text: "现场确认" for rule in rules for text in rule.when}
    rooms.give(incident, "district_head", EndLevel(plan=ENERGY, confirmed=confirmed))
    rooms.later(5)


def told(rooms: Rooms) -> object:
    return rooms.desk.standing("chengqu").facts[FACT].given["value"]


def test_the_most_severe_level_in_force_is_told_until_none_is():
    rooms = in_memory()
    mild, grave = started(rooms, "II"), started(rooms, "I")
    assert told(rooms) == "I"
    ended(rooms, grave)
    assert told(rooms) == "II", "the other incident's response goes on"
    ended(rooms, mild)
    assert told(rooms) == "未启动"


def test_a_milder_level_decided_later_does_not_hide_the_graver():
    rooms = in_memory()
    grave = started(rooms, "I")
    mild = started(rooms, "II")
    assert told(rooms) == "I"
    ended(rooms, mild)
    assert told(rooms) == "I"
    ended(rooms, grave)
    assert told(rooms) == "未启动"


def test_a_level_that_stays_in_force_is_told_again_before_it_grows_stale():
    rooms = in_memory()
    started(rooms, "II")
    shelf = 7 * 24 * 60  # the lexicon keeps this fact for seven days
    for _ in range(10):
        rooms.later(24 * 60)
        rooms.desk.reassess("chengqu", "daily")
    stated = rooms.desk.standing("chengqu").facts[FACT]
    assert stated.given["value"] == "II"
    assert (rooms.at - stated.at).total_seconds() / 60 < shelf
