"""Delegations called to mind: never confirmed, about to end, at their end; each once, whoever looks when."""

from __future__ import annotations

from datetime import datetime, timedelta

from duty_room import COMMANDER, DAY, HOUR, START, Room, delegation_to, staffed
from hypothesis import given
from hypothesis import strategies as st

from zhishou.acts import SYSTEM, Happened
from zhishou.watch import commands as c
from zhishou.watch.folding import fold
from zhishou.watch.reminding import due, listed, reminded

MINUTE = timedelta(minutes=1)


def look(room: Room, at: datetime) -> list[tuple[str, str]]:
    """Look at a moment and record what is to be called to mind; what it was."""
    events = reminded(room.state, at)
    for event in events:
        number = len(room.record) + 1
        room.record.append(
            Happened(event, at, "watch/jincheng", number, number, at, SYSTEM.person, SYSTEM.name, SYSTEM.person)
        )
        room.state = fold(room.state, room.record[-1])
    assert due(room.state, at) == ()
    return [(event.delegation, event.what) for event in events]


def shown(room: Room) -> str:
    (one,) = room.state.delegations.values()
    found = listed(one)
    return f"{found.what} {found.due:%m-%d %H:%M}" if found else ""


def test_a_delegation_by_the_holder_is_called_to_mind_a_day_before_its_end_and_at_it():
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, until=START + 9 * DAY))
    (id_,) = room.state.delegations
    assert look(room, START + 8 * DAY - MINUTE) == []
    assert shown(room) == ""
    assert look(room, START + 8 * DAY) == [(id_, "expiring")]
    assert shown(room) == f"expiring {START + 9 * DAY:%m-%d %H:%M}"
    assert look(room, START + 9 * DAY - MINUTE) == []
    assert look(room, START + 9 * DAY) == [(id_, "expired")]
    assert shown(room) == ""
    assert look(room, START + 99 * DAY) == []


def test_a_short_one_is_called_to_mind_in_its_last_quarter():
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, until=START + 8 * HOUR))
    assert look(room, START + 6 * HOUR - MINUTE) == []
    assert [what for _, what in look(room, START + 6 * HOUR)] == ["expiring"]


def test_a_paper_that_the_holder_never_confirms_stays_on_the_list_until_he_does_or_it_ends():
    room = staffed()
    room.give("zhao", delegation_to("zhou", COMMANDER, until=START + 9 * DAY, holder="li"))
    (id_,) = room.state.delegations
    assert shown(room) == f"unconfirmed {START + HOUR:%m-%d %H:%M}"
    assert look(room, START + HOUR) == [(id_, "unconfirmed")]
    assert shown(room).startswith("unconfirmed")
    assert look(room, START + 8 * DAY) == [], "what counts for nothing does not expire soon"
    room.now += 2 * HOUR
    room.give("li", c.ConfirmDelegation(delegation=id_))
    assert shown(room) == ""
    assert look(room, START + 8 * DAY) == [(id_, "expiring")]


def test_what_is_revoked_is_called_to_mind_no_more():
    room = staffed()
    room.give("li", delegation_to("zhou", COMMANDER, until=START + 9 * DAY))
    (id_,) = room.state.delegations
    look(room, START + 8 * DAY)
    room.now = START + 8 * DAY
    room.give("li", c.RevokeDelegation(delegation=id_, reason="返回"))
    assert shown(room) == ""
    assert look(room, START + 99 * DAY) == []


@given(
    st.lists(st.integers(-2, 20 * 24 * 60), min_size=1, max_size=40),
    st.booleans(),
    st.none() | st.integers(0, 9 * 24 * 60),
)
def test_each_is_called_to_mind_at_most_once_and_never_before_its_time(
    looks: list[int],
    own: bool,  # noqa: FBT001
    confirmed: int | None,
):
    """Whenever one looks, and though the clock jumps: nothing twice, nothing early, and all of it in the end."""
    room = staffed()
    until = START + 10 * DAY
    room.give("li" if own else "zhao", delegation_to("zhou", COMMANDER, until=until, holder="" if own else "li"))
    (id_,) = room.state.delegations
    told: list[tuple[str, str]] = []
    for minute in looks:
        at = START + minute * MINUTE
        if confirmed is not None and minute >= confirmed and room.state.delegations[id_].confirmed is None:
            room.now = min(at, until - MINUTE)
            room.give("li", c.ConfirmDelegation(delegation=id_))
        for _, what in look(room, at):
            assert at >= {"unconfirmed": START + HOUR, "expiring": START + 6 * DAY, "expired": until}[what]
            told.append((id_, what))
    told += look(room, until)
    assert len(told) == len(set(told))
    assert (id_, "expired") in told
