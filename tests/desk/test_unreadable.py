"""An incident that this server cannot read (of a later version, or damaged) is its own affair: deadlines and calls of others go on."""

from __future__ import annotations

import pytest
from calling_rooms import City, jincheng, shortage
from desk.duty_rooms import GAS, Rooms, in_memory
from desk.test_desk import SHORTAGE, WELL
from desk.test_telling_returns import COAL
from records import act

from zhishou.clock import moment
from zhishou.errors import ZhishouError
from zhishou.incident.deadlines import DutyMissed
from zhishou.incident.directives import IssueDirective
from zhishou.incident.facts import FactGiven
from zhishou.journal import Draft, Journal, Write


def spoil(journal: Journal, incident: str) -> None:
    """Somebody of a later version writes to an incident what this one does not know."""
    stream = f"incident/{incident}"
    entry = Draft("of_tomorrow", 1, {}, journal.since(0, 1)[0].at)
    journal.append([Write(stream, journal.version(stream), (entry,))], act())


def missed(rooms: Rooms) -> set[str]:
    return {
        entry.stream.removeprefix("incident/")
        for entry in rooms.journal.since(0, 10_000)
        if entry.type == DutyMissed.type
    }


def test_deadlines_of_all_others_pass_and_the_trouble_is_told() -> None:
    rooms = in_memory()
    ids = [rooms.open("county", WELL).incident for _ in range(3)]
    spoil(rooms.journal, ids[0])
    rooms.restart()
    rooms.later(61)
    for _ in range(2):
        with pytest.raises(ZhishouError, match="of_tomorrow"):
            rooms.desk.tick()
    assert missed(rooms) == set(ids[1:])


def test_what_follows_a_command_for_all_incidents_does_not_refuse_it() -> None:
    rooms = in_memory()
    bad = rooms.open("city", SHORTAGE).incident
    good = rooms.open("city", SHORTAGE).incident
    spoil(rooms.journal, bad)
    rooms.restart()
    gap = {"city_gas_gap_pct": FactGiven(value=12)}
    rooms.desk.state_standing("jincheng", gap, rooms.actor("city"), key=rooms.key())
    assert rooms.desk.incident(good).assessed[f"{GAS}|response"].level == "I"


def test_a_return_on_record_is_not_refused_for_what_follows_it() -> None:
    rooms = in_memory(at=moment("2026-12-14T20:30"))
    text = COAL.read_text("utf-8-sig")
    rooms.desk.returns.file("jincheng", "coal.csv", text.encode(), rooms.actor("city"), key=rooms.key())
    spoil(rooms.journal, rooms.open("city", SHORTAGE).incident)
    rooms.restart()
    rooms.later(5)
    wrong = text.replace(",8.4,", ",-8.4,").encode()
    rooms.desk.returns.file("jincheng", "coal.csv", wrong, rooms.actor("city"), key=rooms.key())
    assert "coal_stock_pct_of_mean" not in rooms.desk.standing("jincheng").facts


def test_calls_of_all_others_go_out() -> None:
    city = jincheng(City())
    bad, good = shortage(city, "一"), shortage(city, "二")
    for incident in (bad, good):
        city.give(incident, "zhihui", IssueDirective(plan=GAS, text="报气量", to=("办公室主任",)))
    spoil(city.journal, bad)
    city.restart()
    city.pump()
    (call,) = [one for one in city.out.of(good) if one.matter and one.matter.kind == "directive"]
    assert [one.status for one in call.messages.values()] == ["accepted"] * len(call.messages)
    assert call.messages
    (other,) = [one for one in city.out.of(bad) if one.matter and one.matter.kind == "directive"]
    assert other.messages, "what cannot be looked up is called for all the same"
