"""Every event folds, in whatever order it comes; a snapshot is as good as the events before it."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any, Literal, get_args, get_origin

from duty_room import AREA, COMMANDER, DAY, HOUR, START, Room
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from zhishou.acts import Event, Happened
from zhishou.watch import commands as c
from zhishou.watch import events as e
from zhishou.watch.folding import EMPTY, fold, folded
from zhishou.watch.holding import actor, delegated_to
from zhishou.watch.roster import on_duty
from zhishou.watch.state import dumped, loaded

PEOPLE = ("zhao", "qian")
IDS = st.sampled_from(["", "A1", "D2", "S3-1", "H4", "L5", "L6", "R7", "K8", "乱", "L99999999999999999999999"])
MOMENTS = st.sampled_from([START + hours * HOUR for hours in (-30, 0, 1, 999)])


def any_(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a field's type."""
    if get_origin(kind) is Literal:
        return st.sampled_from(get_args(kind))
    if get_origin(kind) is tuple:
        return st.lists(any_(get_args(kind)[0]), max_size=2).map(tuple)
    if type(None) in get_args(kind):
        return st.none() | any_(next(one for one in get_args(kind) if one is not type(None)))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return st.builds(kind, **{name: any_(field.annotation) for name, field in kind.model_fields.items()})
    plain = get_args(kind)[0] if get_origin(kind) is not None else kind
    return {str: IDS, bool: st.booleans(), datetime: MOMENTS, date: st.just(START.date())}[plain]


EVENTS = st.one_of([any_(kind) for kind in e.CATALOGUE])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(EVENTS, MOMENTS, st.sampled_from(PEOPLE)), max_size=25), st.data())
def test_every_event_folds_in_any_order_and_reads_back(events: list[tuple[Event, datetime, str]], data: st.DataObject):
    record = [
        Happened(event, at, f"watch/{AREA}", place, place, at, person, "某", "")
        for place, (event, at, person) in enumerate(events, start=1)
    ]
    whole = folded(record)
    assert whole.version == len(record)
    cut = data.draw(st.integers(0, len(record)))
    kept = loaded(json.loads(json.dumps(dumped(folded(record[:cut])))))
    assert folded(record[cut:], kept) == whole
    for one in record:
        payload = json.loads(json.dumps(one.event.model_dump(mode="json")))
        assert e.CATALOGUE.decode(one.event.type, one.event.schema_version, payload) == one.event
    for person in PEOPLE:
        actor(whole, person, "", START)
        on_duty(whole, START)


def test_an_event_of_another_room_only_counts():
    class Strange(Event):
        type = "strange"

    state = fold(EMPTY, Happened(Strange(), START, "watch/x", 1, 1, START, "x", "某", ""))
    assert (state.version, state.area) == (1, "")


def test_a_delegated_post_is_never_held_from_a_delegate_even_where_the_record_says_so():
    """Should a record hold such a paper, by whatever error, it opens nothing."""
    room = Room()
    room.give("system", c.OpenDutyRoom(area=AREA, person="admin", person_name="管某"))
    paper = e.PostsDelegated(
        delegation="D9", holder="li", holder_name="李某", person="zhou", person_name="周某", posts=(COMMANDER,),
        since=START, until=START + DAY, document="1号", reason="外出", confirmed=True, on_shift=False,
    )  # fmt: skip
    state = fold(room.state, Happened(paper, START, "watch/x", 3, 3, START, "li", "李某", ""))
    assert delegated_to(state, "zhou", START) == {}
