"""The duty log: entries stand for ever, a correction names what it corrects."""

from __future__ import annotations

from datetime import datetime

import pytest
from duty_room import HOUR, START, opened, staffed

from zhishou.acts import Command
from zhishou.watch import commands as c
from zhishou.watch.folding import EMPTY, fold
from zhishou.watch.log import entries
from zhishou.watch.state import SHEET


def entry(text: str, occurred: datetime = START, **rest: str) -> c.WriteLog:
    return c.WriteLog(occurred=occurred, category="call", text=text, **rest)


def test_an_entry_is_corrected_by_another_and_both_stay():
    room = staffed()
    (first,) = room.give("zhao", entry("阳城末站来电：压力0.2兆帕", ref="incident/7"))
    id_ = first.model_dump()["entry"]
    (second,) = room.give("zhao", entry("更正：压力0.32兆帕", corrects=id_))
    later = second.model_dump()["entry"]
    book = entries(room.record)
    assert [(one.id, one.corrects, one.corrected_by) for one in book] == [(id_, "", later), (later, id_, "")]
    assert [one.text for one in book] == ["阳城末站来电：压力0.2兆帕", "更正：压力0.32兆帕"]
    assert room.refused("zhao", entry("再更正", corrects=id_)).code == "conflict"
    room.give("zhao", entry("再更正", corrects=later))


def test_entries_read_in_the_order_of_what_happened():
    room = staffed()
    room.now = START + 5 * HOUR
    for hours in (3, 1, 5):
        room.give("zhao", entry(f"{hours}", START + hours * HOUR))
    assert [one.text for one in entries(room.record)] == ["1", "3", "5"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (entry("  "), "missing"),
        (entry("未到", START + HOUR), "time"),
        (entry("改", corrects="L99"), "unknown"),
        (entry("改", corrects="乱"), "unknown"),
        (entry("改", corrects="A2"), "unknown"),
    ],
)
def test_what_an_entry_must_be(command: Command, code: str):
    assert staffed().refused("zhao", command).code == code


def test_whether_the_writer_was_on_watch_is_recorded():
    room = staffed()
    for person in ("zhao", "qian", "system"):
        room.give(person, entry(person))
    assert {one.person: one.on_shift for one in entries(room.record)} == {"zhao": True, "qian": False, "system": False}


@pytest.mark.parametrize("wrong", ["\x00", "压力\x07", "a\x1b[31m"])
def test_signs_that_no_screen_shows_are_refused(wrong: str):
    with pytest.raises(ValueError, match="控制字符"):
        entry(wrong)


def test_entries_stand_on_sheets_that_do_not_grow_with_the_log():
    room = opened()
    room.appoint("zhao", "duty:jincheng")
    (first,) = room.give("zhao", entry("一"))
    one = room.record[-1]
    state = room.state
    for number in range(3 * SHEET):
        event = one.event.model_copy(update={"entry": f"L{state.version + 1}", "text": str(number)})
        state = fold(state, type(one)(event, *(getattr(one, name) for name in one.__slots__ if name != "event")))
    assert max(map(len, state.log.values())) <= SHEET
    assert sum(map(len, state.log.values())) == 3 * SHEET + 1
    assert state.corrected_by(first.model_dump()["entry"]) == ""
    assert EMPTY.corrected_by("L1") is None
