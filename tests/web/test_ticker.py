"""What happens without anybody asking, what a watcher of the server sees, and what the logs say."""

from __future__ import annotations

import email.policy
import io
import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from mail import mail_server
from web.night import CBM, Night

from zhishou import clock
from zhishou.errors import DatabaseError
from zhishou.journal import verify
from zhishou.journal.anchors import kept, parsed, taken
from zhishou.people.tokens import Scope
from zhishou.web import numbers
from zhishou.web.anchoring import AGAIN, STAMP, Anchoring
from zhishou.web.ticker import Ticker

WELL = {
    "title": "井场事故", "subject": "cbm_surface_extraction", "place": "qinshui", "occurred": "2026-12-15T01:10",
    "report": {"sender": "沁水县人民政府"},
}  # fmt: skip


@pytest.fixture
def anchored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    folder = tmp_path_factory.mktemp("anchored")
    settings = f"areas: [jincheng, chengqu]\nanchors: {{every: 1 h, files: [{folder / 'anchors.txt'}]}}\n"
    night = Night(folder, settings=settings).people()
    yield night
    night.close()


PHONE = "138" + "0" * 8
"""A number like a mobile's; it is nobody's."""


def missed(night: Night) -> list[tuple[str, int]]:
    return [
        (one.payload["duty"], one.position) for one in night.house.journal.since(0, 5000) if one.type == "duty_missed"
    ]


def rounds(ticker: Ticker, count: int) -> None:
    """Wait until some rounds have gone well; how long one takes is the machine's affair."""
    until = time.monotonic() + 60
    for _ in range(count):
        before = ticker.done
        while ticker.done == before:
            assert time.monotonic() < until, "no round goes well"
            time.sleep(0.01)


def test_a_deadline_that_passes_is_recorded_once_by_however_many_processes(own: Night):
    own.give("zhiban", "incidents", WELL)
    own.later(180)
    woken: list[int] = []
    tickers = [Ticker(own.house, lambda: woken.append(1), every=0.02) for _ in range(3)]
    for one in tickers:
        one.start()
    for one in tickers:
        rounds(one, 3)
    assert all(one.alive() for one in tickers)
    for one in tickers:
        one.stop()
    found = [duty for duty, _ in missed(own)]
    assert any(duty.startswith(CBM) for duty in found)
    assert len(found) == len(set(found))
    assert woken
    assert not tickers[0].alive()


def test_an_outage_of_the_database_is_outlived(own: Night, monkeypatch: pytest.MonkeyPatch):
    own.give("zhiban", "incidents", WELL)
    own.later(180)
    ticker = Ticker(own.house, lambda: None)
    working = own.house.desk.tick

    def away() -> None:
        raise DatabaseError("数据库连不上")

    monkeypatch.setattr(own.house.desk, "tick", away)
    for _ in range(3):
        ticker.round()
    assert (missed(own), ticker.done) == ([], 0.0)
    monkeypatch.setattr(own.house.desk, "tick", working)
    ticker.round()
    assert missed(own)
    assert ticker.done > 0


def test_facts_grow_stale_without_anybody_asking(own: Night):
    incident = own.give(
        "zhiban", "incidents", {"title": "缺口", "subject": "gas_supply_shortage", "place": "jincheng"}
    ).json()
    path = f"incidents/{incident['incident']}"
    own.give("zhiban", f"{path}/state_facts", {"facts": {"city_gas_gap_pct": {"value": 7}}})

    def levels() -> list[Any]:
        rows = own.get("zhiban", "/api/boards/suggestions").json()["rows"]
        return [row["data"]["level"] for row in rows if row["data"]["incident"]]

    assert levels() == ["II"]
    own.later(60 * 24 * 9)
    own.out("zhiban")
    Ticker(own.house, lambda: None).round()
    assert levels() == []


def test_an_area_that_cannot_be_assessed_keeps_no_other_from_it_nor_the_machine_busy(
    anchored: Night, monkeypatch: pytest.MonkeyPatch
):
    asked: list[str] = []

    def reassess(area: str, _key: str) -> None:
        asked.append(area)
        if area == "jincheng":
            raise ValueError("of tomorrow")

    monkeypatch.setattr(anchored.house.desk, "reassess", reassess)
    ticker = Ticker(anchored.house, lambda: None, every=0.01)
    for _ in range(3):
        ticker.round()
    assert sorted(asked) == ["chengqu", "jincheng"], "every area once, and not at every round"
    monkeypatch.setattr("zhishou.web.ticker.AGAIN", 0.0)
    soon = Ticker(anchored.house, lambda: None, every=0.01)
    for _ in range(2):
        soon.round()
    assert len(asked) == 6, "tried again after a while"


def test_the_head_is_anchored_now_and_then_on_another_disk(anchored: Night):
    file = anchored.folder / "anchors.txt"
    for _ in range(3):
        Ticker(anchored.house, lambda: None).round()  # three processes share the file
    found, unreadable = kept([file])
    assert (len(found), unreadable) == (1, ())
    assert found[0] == taken(anchored.house.journal) or found[0].position <= anchored.house.journal.head().position
    old = time.time() - 3601
    os.utime(file, (old, old))
    Ticker(anchored.house, lambda: None).round()
    assert len(kept([file])[0]) == 2


def test_an_anchor_that_cannot_be_written_stops_nothing_else(tmp_path: Path):
    night = Night(
        tmp_path, settings="areas: [jincheng]\nanchors: {every: 1 h, files: [/nonexistent/disk/anchors.txt]}\n"
    )
    try:
        ticker = Ticker(night.house, lambda: None)
        ticker.round()
        assert ticker.done > 0
    finally:
        night.close()


def _mailing(server: Any, every: str = "1 h") -> str:
    where = f"127.0.0.1:{server.server_address[1]}"
    mail = f'{{to: [a@example.cn], sender: desk@example.cn, server: "{where}", security: none}}'
    return f"areas: [jincheng]\nanchors: {{every: {every}, mail: {mail}}}\n"


def test_the_head_leaves_by_mail_now_and_then_and_the_line_holds_the_record_to_it(tmp_path: Path):
    with mail_server() as server:
        night = Night(tmp_path, settings=_mailing(server))
        try:
            tickers = [Ticker(night.house, lambda: None) for _ in range(3)]  # three processes of one server
            for _ in range(2):
                for ticker in tickers:
                    ticker.round()
                    ticker.anchoring.mailed(20)
            (raw,) = server.letters
            body = email.message_from_bytes(raw, policy=email.policy.default).get_body()
            assert body is not None
            line = body.get_content().strip().splitlines()[-1]
            assert verify(night.house.journal, [parsed(line)]).anchors == 1
            other = Anchoring(replace(night.house, folder=tmp_path / "other"))  # another server on the same record
            other.house.folder.mkdir()
            other.mail()
            other.mailed(20)
            assert len(server.letters) == 1, "claimed once, as deadlines are"
            old = time.time() - 3601
            os.utime(tmp_path / STAMP, (old, old))
            night.at += timedelta(hours=1)
            later = Ticker(night.house, lambda: None)
            later.round()
            later.anchoring.mailed(20)
            assert len(server.letters) == 2
        finally:
            night.close()


def test_mail_that_does_not_leave_stops_nothing_and_is_tried_again(tmp_path: Path):
    with mail_server() as server:
        settings = _mailing(server).replace("a@example.cn", "nobody@example.cn")
    night = Night(tmp_path, settings=settings)  # the server is gone
    try:
        ticker = Ticker(night.house, lambda: None)
        ticker.round()
        ticker.anchoring.mailed(30)
        assert ticker.done > 0
        age = time.time() - (tmp_path / STAMP).stat().st_mtime
        assert 3600 - AGAIN - 5 < age < 3600, "tried again within a minute"
    finally:
        night.close()


def test_changes_of_people_reach_the_record(own: Night):
    own.house.gate.accounts.add_person("wang.wu", "王某", own.at, "console")
    assert [one for one in own.house.journal.read("people") if one.payload["account"] == "wang.wu"] == []
    Ticker(own.house, lambda: None).round()
    (entry,) = [one for one in own.house.journal.read("people") if one.payload["account"] == "wang.wu"]
    assert (entry.type, entry.person, entry.payload["label"]) == ("account_added", "console", "账户已建立")


def test_health_tells_what_works(own: Night, monkeypatch: pytest.MonkeyPatch):
    well = own.http.get("/healthz")
    head = own.house.journal.head().position
    assert (well.status_code, well.json()) == (
        200, {"status": "ok", "database": True, "ticker": True, "position": head, "exercise": False},
    )  # fmt: skip
    monkeypatch.setattr(own.app.state, "ticker", Ticker(own.house, lambda: None))  # one that does not run
    stopped = own.http.get("/healthz")
    assert (stopped.status_code, stopped.json()["status"], stopped.json()["ticker"]) == (503, "failing", False)

    def away() -> None:
        raise DatabaseError("数据库连不上", where="secret-host")

    monkeypatch.setattr(own.house.journal, "head", away)
    failing = own.http.get("/healthz")
    assert (failing.status_code, failing.json()["database"]) == (503, False)
    assert "secret-host" not in failing.text


def test_a_database_that_is_away_is_said_and_not_where_it_is(own: Night, monkeypatch: pytest.MonkeyPatch):
    own.session("zhiban")

    def away(*_: object, **__: object) -> None:
        raise DatabaseError("数据库连不上", where="postgresql://desk@secret-host/db")

    monkeypatch.setattr(own.house.journal, "append", away)
    answer = own.give("zhiban", "incidents", WELL)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "database")
    assert answer.headers["retry-after"]
    assert "secret-host" not in answer.text


def test_figures_are_for_this_machine_and_for_readers(own: Night):
    own.give("zhiban", "incidents", WELL)
    text = own.http.get("/metrics").text
    for name in (
        "zhishou_commands_total",
        "zhishou_request_seconds_bucket",
        "zhishou_listeners",
        "zhishou_journal_position",
    ):
        assert name in text
    assert 'zhishou_commands_total{command="open_incident",outcome="done"}' in text
    assert numbers.exposed()
    elsewhere = {"x-forwarded-for": "10.0.0.9"}
    assert own.http.get("/metrics", headers=elsewhere).status_code == 401
    bearer = {"authorization": f"Bearer {own.token('zhiban', Scope.READ)}"}
    assert own.http.get("/metrics", headers=elsewhere | bearer).status_code == 200
    # routes are told by their pattern, so that figures do not grow with incidents
    assert "jincheng-2026-0001" not in text


def test_logs_tell_what_happened_and_nothing_private(own: Night):
    written = io.StringIO()
    before = structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.JSONRenderer(ensure_ascii=False)],
        logger_factory=structlog.WriteLoggerFactory(file=written),
    )
    try:
        own.give("zhiban", "incidents", WELL | {"title": f"不该进日志的标题 {PHONE}"})
        own.call("", "POST", "/api/login", {"login": "zhiban", "password": "不该进日志的密码"})
        own.get("zhiban", "/api/incidents/jincheng-2026-0001")
        until = time.monotonic() + 10  # a request is told after it was answered
        while written.getvalue().count('"event": "request"') < 3 and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        structlog.configure(**before)
    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = [
        (line["method"], line["route"], line["status"], line["account"]) for line in lines if line["event"] == "request"
    ]
    assert told == [
        ("POST", "/api/incidents", 201, "zhiban"), ("POST", "/api/login", 401, ""),
        ("GET", "/api/incidents/{id}", 200, "zhiban"),
    ]  # fmt: skip
    for private in ("不该进日志", PHONE, "zhiban某", "jincheng-2026-0001"):
        assert private not in written.getvalue()
    assert clock.SHANGHAI
