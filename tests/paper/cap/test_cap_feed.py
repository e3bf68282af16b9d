"""The feed against RFC 4287: what a feed and an entry must have, ids that stay, nothing of exercises."""

from __future__ import annotations

from datetime import datetime

import pytest
from cap_messages import AT, ISSUER, PARTICULARS, chain, decided, ended, on_record, one_notice
from lxml import etree

from zhishou.errors import ZhishouError
from zhishou.paper.cap.feed import Channel, feed
from zhishou.paper.cap.notices import Published
from zhishou.plan.load import library

GAS = library().packs["jincheng/gas-winter-2021"]
CHANNEL = Channel(
    "tag:jincheng.example,2026:alerts", "晋城市预警", "晋城市人民政府", "https://jincheng.example/alerts.atom"
)
ATOM = "{http://www.w3.org/2005/Atom}"
COURSE = chain(
    on_record([decided(GAS, "III"), decided(GAS, "II", was="III"), ended(GAS, "II")]),
    GAS,
    ISSUER,
    lambda _: PARTICULARS,
)


def _address(one: Published) -> str:
    return f"https://jincheng.example/alerts/{one.identifier}.xml"


def _feed(count: int = 3) -> etree._Element:
    return etree.fromstring(feed(COURSE[:count], CHANNEL, _address, AT))


def _text(at: etree._Element, name: str) -> str:
    found = at.findall(f"{ATOM}{name}")
    assert len(found) == 1, name  # RFC 4287, 4.1.1 and 4.1.2: exactly one
    return found[0].text or ""


def test_a_feed_and_its_entries_have_what_the_standard_demands():
    root = _feed()
    assert root.tag == f"{ATOM}feed"
    for at in (root, *root.findall(f"{ATOM}entry")):
        assert _text(at, "id").startswith("tag:")
        assert _text(at, "title")
        assert datetime.fromisoformat(_text(at, "updated")).tzinfo is not None
        assert at.find(f"{ATOM}author/{ATOM}name") is not None
    links = root.findall(f"{ATOM}link")
    assert [(one.get("rel"), one.get("href")) for one in links] == [("self", CHANNEL.address)]


def test_every_message_has_its_entry_newest_first_the_cancel_too():
    entries = _feed().findall(f"{ATOM}entry")
    assert [one.find(f"{ATOM}category").get("term") for one in entries] == ["Cancel", "Update", "Alert"]
    for entry, notice in zip(entries, reversed(COURSE), strict=True):
        links = {one.get("rel"): one for one in entry.findall(f"{ATOM}link")}
        assert links["alternate"].get("href") == _address(notice.published)
        assert links["alternate"].get("type") == "application/cap+xml"
        related = [one.get("href") for one in entry.findall(f"{ATOM}link[@rel='related']")]
        assert related == [_address(one) for one in notice.follows]


def test_ids_are_unique_and_stay_while_the_feed_grows():
    ids = [[one.text for one in _feed(count).iter(f"{ATOM}id")] for count in (1, 2, 3)]
    assert all(len(set(found)) == len(found) for found in ids)
    assert set(ids[0]) < set(ids[1]) < set(ids[2])


def test_the_feed_is_as_new_as_its_newest_entry_and_has_a_time_while_empty():
    assert _text(_feed(), "updated") == "2026-12-15T20:50:07+08:00"
    assert _text(_feed(0), "updated") == "2026-12-15T20:30:00+08:00"


def test_an_exercise_has_no_place_in_it():
    with pytest.raises(ZhishouError, match="演练"):
        feed([*COURSE, one_notice(GAS, exercise=True)], CHANNEL, _address, AT)
