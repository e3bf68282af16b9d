"""Facts that follow from many returns at once are those that would have followed from them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from desk.duty_rooms import EXAMPLE, Rooms, in_memory

from zhishou.clock import moment
from zhishou.desk.returns_told import MARK
from zhishou.errors import RefusedError
from zhishou.incident.facts import FactCorrected, FactGiven, StateFacts
from zhishou.projections import STANDING

EVENING = moment("2026-12-14T20:30")
FILES = sorted((EXAMPLE / "returns" / "2026-12-14").iterdir())


def filed(rooms: Rooms, files: Iterable[Path], *, tell: bool) -> None:
    for file in files:
        rooms.desk.returns.file("jincheng", file.name, file.read_bytes(), rooms.actor("city"), key=file.name, tell=tell)


def standing(rooms: Rooms) -> dict[str, tuple[Any, str]]:
    return {id_: (one.given, one.source) for id_, one in rooms.desk.standing("jincheng").facts.items()}


@pytest.fixture(scope="module")
def one_by_one() -> Rooms:
    rooms = in_memory(at=EVENING)
    filed(rooms, FILES, tell=True)
    return rooms


@pytest.mark.parametrize("batch", [1, 5, len(FILES)])
def test_told_together_or_one_by_one_the_facts_are_the_same(one_by_one: Rooms, batch: int):
    rooms = in_memory(at=EVENING)
    for start in range(0, len(FILES), batch):
        filed(rooms, FILES[start : start + batch], tell=False)
        if start == 0:
            assert not rooms.desk.standing("jincheng").version
        rooms.desk.returns.tell("jincheng")
    assert standing(rooms).keys() == standing(one_by_one).keys()
    assert {id_: given for id_, (given, _) in standing(rooms).items()} == {
        id_: given for id_, (given, _) in standing(one_by_one).items()
    }
    assert [(row.key, row.state) for row in rooms.desk.suggestions(["jincheng"])] == [
        (row.key, row.state) for row in one_by_one.desk.suggestions(["jincheng"])
    ]


def test_what_was_told_is_not_told_again_by_whoever_it_is():
    rooms = in_memory(at=EVENING)
    filed(rooms, FILES, tell=False)
    first = rooms.desk.returns.tell("jincheng")
    head = rooms.journal.head()
    rooms.restart()  # another server, or the same after a crash
    assert rooms.desk.returns.tell("jincheng") == first == rooms.desk.returns.version("jincheng")
    assert rooms.journal.head() == head


def test_nobody_states_a_fact_as_if_returns_had_said_it():
    """It would fall with returns that never said it."""
    rooms = in_memory(at=EVENING)
    given = FactGiven(value=12, source=f"{MARK}市能源局晚间报表")
    with pytest.raises(RefusedError, match="只用于由日报表自动转来的要素"):
        rooms.desk.state_standing("jincheng", {"city_gas_gap_pct": given}, rooms.actor("city"), key="typed")
    rooms.desk.state_standing(
        "jincheng", {"deaths": FactGiven(value=0, source="市应急局")}, rooms.actor("city"), key="opened"
    )
    with pytest.raises(RefusedError, match="只用于由日报表自动转来的要素"):
        rooms.desk.give(
            f"{STANDING}jincheng", StateFacts(facts={"city_gas_gap_pct": given}), rooms.actor("city"), key="given"
        )
    plain = given.model_copy(update={"source": "市能源局晚间报表"})
    rooms.desk.state_standing("jincheng", {"city_gas_gap_pct": plain}, rooms.actor("city"), key="said")
    assert rooms.desk.standing("jincheng").facts["city_gas_gap_pct"].source == "市能源局晚间报表"


def test_whoever_comes_after_a_crash_tells_what_the_other_no_longer_could():
    rooms = in_memory(at=EVENING)
    filed(rooms, FILES, tell=False)
    rooms.restart()
    rooms.desk.returns.tell("jincheng")
    assert "city_gas_gap_pct" in rooms.desk.standing("jincheng").facts


def test_a_register_read_at_once_is_the_one_that_grew_line_by_line(one_by_one: Rooms):
    grown = one_by_one.desk.returns.register("jincheng")
    one_by_one.restart()
    read = one_by_one.desk.returns.register("jincheng")
    assert read.entries == grown.entries
    for entry in grown.entries:
        assert read.knows(entry.digest)
        assert entry.returned is not None
        assert read.current(entry.returned.reporter, entry.returned.gas_day) == entry
    assert read.latest(EVENING.date()) == grown.latest(EVENING.date())
    assert read.open() == grown.open()


COAL = EXAMPLE / "returns" / "2026-12-14" / "coal_plant.csv"
POWER = EXAMPLE / "returns" / "2026-12-14" / "power.csv"


def coal(rooms: Rooms, text: str) -> None:
    rooms.desk.returns.file("jincheng", "coal.csv", text.encode(), rooms.actor("city"), key=rooms.key())


def test_a_fact_falls_when_its_correction_is_held_and_the_record_says_why():
    rooms = in_memory(at=EVENING)
    text = COAL.read_text("utf-8-sig")
    coal(rooms, text)
    assert rooms.desk.standing("jincheng").facts["coal_stock_pct_of_mean"].source.startswith("报表：")
    rooms.later(5)
    coal(rooms, text.replace(",8.4,", ",-8.4,"))
    assert "coal_stock_pct_of_mean" not in rooms.desk.standing("jincheng").facts
    fallen = [one.event for one in rooms.desk.story("standing-jincheng") if isinstance(one.event, FactCorrected)]
    assert [(one.fact, one.now) for one in fallen] == [("coal_stock_pct_of_mean", None)]
    assert "待核定" in fallen[0].reason
    head = rooms.journal.head()
    rooms.desk.returns.tell("jincheng")
    assert rooms.journal.head() == head
    rooms.later(5)
    coal(rooms, text)  # the right one again
    assert "coal_stock_pct_of_mean" in rooms.desk.standing("jincheng").facts


def test_what_was_said_last_evening_falls_when_tonights_returns_are_due_and_not_before():
    rooms = in_memory(at=EVENING)
    filed(rooms, FILES, tell=True)
    rooms.at = moment("2026-12-15T19:55")
    rooms.desk.reassess("jincheng", "stale")
    assert "coal_stock_pct_of_mean" in rooms.desk.standing("jincheng").facts
    rooms.at = moment("2026-12-15T20:00")
    rooms.desk.reassess("jincheng", "stale")
    facts = rooms.desk.standing("jincheng").facts
    assert not {"coal_stock_pct_of_mean", "shanxi_grid_load_shed_pct"} & facts.keys()
    assert "province_gas_response_level" in facts  # superiors tell when they wish
    head = rooms.journal.head()
    rooms.desk.reassess("jincheng", "stale")
    assert rooms.journal.head() == head


def test_a_value_returned_again_is_as_fresh_as_its_last_return():
    rooms = in_memory(at=EVENING)
    text = POWER.read_text("utf-8-sig")
    rooms.desk.returns.file("jincheng", "power.csv", text.encode(), rooms.actor("city"), key="first")
    was = rooms.desk.standing("jincheng").facts["shanxi_grid_load_shed_pct"]
    rooms.later(24 * 60)
    again = text.replace("2026-12-14", "2026-12-15")
    rooms.desk.returns.file("jincheng", "power.csv", again.encode(), rooms.actor("city"), key="second")
    now = rooms.desk.standing("jincheng").facts["shanxi_grid_load_shed_pct"]
    assert (now.given, now.at) == (was.given, rooms.at)
    assert "2026-12-15" in now.source
    head = rooms.journal.head()
    rooms.desk.returns.tell("jincheng")
    assert rooms.journal.head() == head


def test_what_a_person_says_later_than_the_returns_stands():
    rooms = in_memory(at=EVENING)
    filed(rooms, [POWER], tell=True)
    rooms.later(5)
    said = {"shanxi_grid_load_shed_pct": FactGiven(value=9)}
    rooms.desk.state_standing("jincheng", said, rooms.actor("city"), key="said")
    rooms.later(5)
    rooms.desk.returns.tell("jincheng")
    rooms.at = moment("2026-12-15T20:30")
    rooms.desk.reassess("jincheng", "stale")
    assert rooms.desk.standing("jincheng").facts["shanxi_grid_load_shed_pct"].given["value"] == 9
