"""Events as they were recorded long ago: brought to today's shape step by step, or refused in words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from zhishou.acts import Catalogue, Command, Event
from zhishou.callout.events import CATALOGUE as CALLS
from zhishou.errors import ZhishouError
from zhishou.incident.index import EVENTS
from zhishou.paper.cap.alerting import ALERTS, WARNINGS
from zhishou.paper.issuing import CATALOGUE as PAPERS
from zhishou.supply.returns.record import CATALOGUE as RETURNS
from zhishou.watch.events import CATALOGUE as ROOM

SHAPES = Path(__file__).parent / "event_shapes.json"


class Moved(Event):
    """The third shape: once `to` was one text, then a list, and `by` was added."""

    type = "moved"
    label = "已移动"
    schema_version = 3
    to: tuple[str, ...]
    by: str


def test_old_payloads_are_brought_up_step_by_step():
    steps = {
        ("moved", 1): lambda old: old | {"to": [old["to"]]},
        ("moved", 2): lambda old: old | {"by": "不详"},
    }
    catalogue = Catalogue(Moved, upcasters=steps)
    today = Moved(to=("甲",), by="不详")
    assert catalogue.decode("moved", 1, {"to": "甲"}) == today
    assert catalogue.decode("moved", 2, {"to": ["甲"]}) == today
    assert catalogue.decode("moved", 3, {"to": ["甲"], "by": "不详"}) == today
    with pytest.raises(ZhishouError, match="只认到第 3 版"):
        catalogue.decode("moved", 4, {"to": ["甲"], "by": "不详"})
    with pytest.raises(ZhishouError, match="读不出来"):
        catalogue.decode("moved", 3, {"to": "甲"})
    with pytest.raises(ZhishouError, match="不认识"):
        catalogue.decode("gone", 1, {})


def test_a_step_that_is_missing_is_noticed_when_the_house_is_built_and_not_when_a_record_is_read():
    with pytest.raises(ValueError, match="moved from version 2"):
        Catalogue(Moved, upcasters={("moved", 1): lambda old: old})


def shapes(catalogues: Iterable[Catalogue]) -> dict[str, dict[str, Any]]:
    """Type of event → its version, all its fields, and those that must be there."""
    return {
        kind.type: {
            "version": kind.schema_version,
            "fields": sorted(kind.model_fields),
            "needed": sorted(name for name, field in kind.model_fields.items() if field.is_required()),
        }
        for catalogue in catalogues
        for kind in catalogue
    }


def test_no_event_changes_its_shape_without_a_version_and_an_upcaster():
    """`event_shapes.json` holds the shapes that records out there have; it is added to, and never made to fit.

    A payload of a kept shape reads as long as every field of it is still known and nothing more is demanded.
    """
    kept, now = json.loads(SHAPES.read_text("utf-8")), shapes((EVENTS, ROOM, RETURNS, PAPERS, CALLS, ALERTS, WARNINGS))
    assert kept.keys() <= now.keys(), "an event of old records is known no more"
    assert now.keys() == kept.keys(), "add the new events to event_shapes.json"
    for type_, shape in now.items():
        old = kept[type_]
        if shape["version"] == old["version"]:
            assert set(old["fields"]) <= set(shape["fields"]), type_
            assert set(shape["needed"]) <= set(old["needed"]), type_
            assert shape["fields"] == old["fields"], f"add the new fields of {type_} to event_shapes.json"


class Say(Command):
    """Anything."""

    name = "say"
    text: str
    more: tuple[dict[str, str], ...] = ()


@pytest.mark.parametrize(
    "sign", ["\x00", "\x0b", "\x9f", "\u202e", "\u2066", "\ud800", "\ufffe", "\uffff", "\ue000", "\ue001"]
)
def test_what_no_paper_can_hold_does_not_come_into_the_record(sign: str):
    for said in ({"text": f"甲{sign}"}, {"text": "甲", "more": [{"乙": f"丙{sign}"}]}):
        with pytest.raises(ValidationError, match="控制字符"):
            Say.model_validate(said)


def test_lines_end_alike_whoever_wrote_them():
    said = Say.model_validate({"text": "甲\r\n乙\r丙\n丁", "more": [{"戊": "己\r\n庚"}]})
    assert said == Say(text="甲\n乙\n丙\n丁", more=({"戊": "己\n庚"},))
