"""The regular test: dead numbers are found, a gateway's own failure condemns no number, and each month has one test."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import gateways
import pytest
from sqlalchemy import Engine

from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import bring_in
from zhishou.callout.book.keeping import ContactBook
from zhishou.callout.book.lines import Line
from zhishou.callout.channels.opening import Channels, open_channels
from zhishou.callout.channels.settings import read_callout
from zhishou.callout.self_test import SelfTests
from zhishou.clock import SHANGHAI
from zhishou.people.key import Seal, new_key
from zhishou.plan.load import Library

NOW = datetime(2026, 12, 5, 10, tzinfo=SHANGHAI)
NUMBERS = {f"person{n}": "160" + f"0000000{n}" for n in range(1, 5)}


@pytest.fixture
def book(engine: Engine, packs: Library) -> ContactBook:
    own = ContactBook(engine, Seal(new_key()))
    lines = [Line("x", "", "sms", number, account=who) for who, number in NUMBERS.items()]
    lines += [Line("x", "", "wecom", "all", account="person1"), Line("x", "", "feishu", "ou_1", account="person2")]
    bring_in(own, "x", lines, Known(packs, "jincheng", dict.fromkeys(NUMBERS, "某")), by="console", at=NOW)
    return own


@pytest.fixture
def gateway() -> Iterator[gateways.HttpGateway]:
    with gateways.http_gateway() as running:
        yield running


def channels(gateway: gateways.HttpGateway, folder: Path) -> Channels:
    text = (
        f"channels:\n  sms: {{kind: sms, url: '{gateway.url}', body: {{to: '{{to}}', text: '{{text}}'}}, accepted: {{code: 0}}, test: {{dry: true}}}}\n"
        f"  group: {{kind: wecom, key: {{env: K}}, url: '{gateway.url}'}}\n"
    )
    return open_channels(read_callout(text), {"K": "k"}, folder)


def made(book: ContactBook, opened: Channels) -> SelfTests:
    return SelfTests(book, lambda: opened, lambda: NOW, pause=lambda _: None)


def test_dead_numbers_are_found_and_silently(book: ContactBook, gateway: gateways.HttpGateway, tmp_path: Path):
    dead = NUMBERS["person3"]
    gateway.answer = lambda asked: gateways.Answer(body=b'{"code": 4}' if asked.json["to"] == dead else b'{"code": 0}')
    report = made(book, channels(gateway, tmp_path)).run("console")
    assert report is not None
    assert [(one.holder, one.kind) for one in report.dead] == [("person3", "sms")]
    assert (report.alive, report.unsure, report.untested, report.unserved) == (3, 0, 1, 1)
    assert all(asked.json["dry"] is True for asked in gateway.asked)  # nobody's telephone rang, no group was written to
    found = book.addresses_of(NUMBERS, NOW)
    alive = {who: one.alive for who, ones in found.items() for one in ones if one.kind == "sms"}
    assert alive == {"person1": True, "person2": True, "person3": False, "person4": True}
    text = repr(book.changes.unrecorded())
    assert "contacts_tested" in text
    assert not any(number in text for number in NUMBERS.values())
    last = made(book, channels(gateway, tmp_path)).last()
    assert last == report


@pytest.mark.parametrize(
    "answer", [gateways.Answer(body=b'{"code": 9}'), gateways.Answer(403, b"{}"), gateways.Answer(503, b"")]
)
def test_a_gateway_s_own_failure_condemns_no_number(
    book: ContactBook, gateway: gateways.HttpGateway, tmp_path: Path, answer: gateways.Answer
):
    gateway.answer = lambda _: answer
    report = made(book, channels(gateway, tmp_path)).run("console")
    assert report is not None
    assert report.dead == ()
    assert report.unsure == 4
    assert report.channels["sms"]
    assert all(one.alive is None for ones in book.addresses_of(NUMBERS, NOW).values() for one in ones)


def crowd(book: ContactBook, packs: Library, number: int) -> list[str]:
    """More people with telephones; their numbers in the order in which they are tested."""
    more = {f"p{one:02d}": f"1609{one:07d}" for one in range(number)}
    lines = [Line("x", "", "sms", value, account=who) for who, value in more.items()]
    bring_in(book, "y", lines, Known(packs, "jincheng", dict.fromkeys(more, "某")), by="console", at=NOW)
    values = book.values_of([one.id for one in book.contacts() if one.kind == "sms"])
    return list(values.values())


def test_a_gateway_whose_money_runs_out_condemns_no_number(
    book: ContactBook, packs: Library, gateway: gateways.HttpGateway, tmp_path: Path
):
    crowd(book, packs, 6)
    gateway.answer = lambda _: gateways.Answer(
        body=b'{"code": 0}' if len(gateway.asked) <= 4 else '{"code": 15, "msg": "余额不足"}'.encode()
    )
    report = made(book, channels(gateway, tmp_path)).run("console")
    assert report is not None
    assert (report.dead, report.alive, report.unsure) == ((), 4, 6)
    assert report.channels["sms"]


def test_the_last_numbers_are_dead_where_the_channel_still_takes_others(
    book: ContactBook, packs: Library, gateway: gateways.HttpGateway, tmp_path: Path
):
    crowd(book, packs, 6)
    last = {one.id for one in book.contacts() if one.kind == "sms"} & {one.id for one in book.contacts()[-3:]}
    dead = set(book.values_of(last).values())
    gateway.answer = lambda asked: gateways.Answer(body=b'{"code": 4}' if asked.json["to"] in dead else b'{"code": 0}')
    report = made(book, channels(gateway, tmp_path)).run("console")
    assert report is not None
    assert {one.address for one in report.dead} == last
    assert report.channels["sms"] == ""


def test_what_a_receipt_says_during_the_test_is_not_written_over_and_later_ones_reach_report_and_record(
    book: ContactBook, gateway: gateways.HttpGateway, tmp_path: Path
):
    by_holder = {one.holder: one.id for one in book.contacts() if one.kind == "sms"}
    own = made(book, channels(gateway, tmp_path))

    def answer(asked: gateways.Asked) -> gateways.Answer:
        if asked.json["to"] == NUMBERS["person2"]:
            assert own.receipt(f"test-2026-12-{by_holder['person1']}", "空号", NOW, arrived=False)
        return gateways.Answer(body=b'{"code": 0}')

    gateway.answer = answer
    report = own.run("system", "2026-12")
    assert report is not None
    assert [one.holder for one in report.dead] == ["person1"]
    assert report.alive == 3
    late = NOW + timedelta(minutes=5)
    assert own.receipt(f"test-2026-12-{by_holder['person4']}", "停机", late, arrived=False)
    assert own.receipt(f"test-2026-12-{by_holder['person1']}", "", late, arrived=True)
    assert not own.receipt(f"test-2026-12-{by_holder['person1']}", "", late, arrived=True)
    last = own.last()
    assert last is not None
    assert ([one.holder for one in last.dead], last.alive) == (["person4"], 3)
    told = [one.data for one in book.changes.unrecorded() if "arrived" in one.data]
    assert [(one["address"], one["arrived"]) for one in told] == [
        (by_holder["person1"], False), (by_holder["person4"], False), (by_holder["person1"], True),
    ]  # fmt: skip


def test_each_month_has_one_test_and_one_cut_off_begins_again(
    book: ContactBook, gateway: gateways.HttpGateway, tmp_path: Path
):
    one = made(book, channels(gateway, tmp_path))
    assert one.due(NOW - timedelta(minutes=1), 5, "10:00") == ""
    assert one.due(NOW, 5, "10:00") == "2026-12"
    assert one.standing(NOW) == (None, NOW.date() + timedelta(days=31))  # a month after the book was begun
    assert one.run("system", "2026-12") is not None
    later = NOW + timedelta(days=40)
    assert one.standing(later) == (NOW.date(), NOW.date() + timedelta(days=31))
    assert one.run("system", "2026-12") is None  # another server that comes to it too
    assert one.due(NOW + timedelta(days=20), 5, "10:00") == ""
    assert one.due(NOW + timedelta(days=31, hours=17), 5, "10:00") == ""  # a server started at three in the morning
    assert one.due(NOW + timedelta(days=32, minutes=90), 5, "10:00") == "2027-01"
    assert one.due(datetime(2027, 2, 1, 0, 30, tzinfo=SHANGHAI), 5, "23:00") == "2027-01"  # over midnight
    assert one.due(NOW + timedelta(days=31), 5, "10:00") == "2027-01"
