"""A return over HTTP: answered when it is entered; facts follow at the ticker's next round; screens are told who sent it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk.duty_rooms import EXAMPLE
from web.night import Night

from zhishou.web import ticker as ticker_module
from zhishou.web.live import Hub
from zhishou.web.ticker import Ticker

FILES = sorted((EXAMPLE / "returns" / "2026-12-14").iterdir())
"""The night begins at 01:20 of 15 December, still in the gas day of the 14th."""


@pytest.fixture
def supplied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    system = EXAMPLE / "system.yaml"
    made = Night(tmp_path_factory.mktemp("supplied"), settings=f"areas: [jincheng]\nsupply: {{jincheng: {system}}}\n")
    made.house.gate.accounts.add_person("zhiban", "值班员", made.at, "admin")
    made.appoint("zhiban", "jincheng", "duty:jincheng")
    yield made
    made.close()


def send(night: Night, file: Path) -> None:
    path = f"/api/rooms/jincheng/returns?name={file.name}"
    headers = {**night.headers("zhiban"), "idempotency-key": file.stem}
    answer = night.http.post(path, content=file.read_bytes(), headers=headers)
    assert (answer.status_code, answer.json()["outcomes"]) == (200, ["accepted"]), answer.text


def test_facts_follow_at_the_next_round_for_all_that_have_come(supplied: Night):
    hub: Hub = supplied.app.state.hub
    ticker = Ticker(supplied.house, lambda: None)
    supplied.app.state.ticker = ticker  # not begun: the test makes its rounds
    ticker.round()
    before = supplied.house.journal.head().position
    for file in FILES:
        send(supplied, file)
    desk = supplied.house.desk
    entered = [json.loads(one.text) for one in hub.read(before) if '"return_entered"' in one.text]
    assert [one["payload"]["reporter"] for one in entered] == [file.stem for file in FILES]
    assert "city_gas_gap_pct" not in desk.standing("jincheng").facts
    ticker.round()
    assert 5 < desk.standing("jincheng").facts["city_gas_gap_pct"].given["value"] < 10  # 4.2.2(1): level II
    told = supplied.house.journal.head()
    ticker.round()
    Ticker(supplied.house, lambda: None).round()  # another process
    assert supplied.house.journal.head() == told


def test_of_several_processes_one_draws_the_balance_and_another_steps_in(
    supplied: Night, monkeypatch: pytest.MonkeyPatch
):
    other = Ticker(supplied.house, lambda: None, leads=lambda: False)
    supplied.app.state.ticker = other
    send(supplied, FILES[0])
    other.round()  # whoever begins tells what is untold
    assert supplied.house.desk.standing("jincheng").facts
    for file in FILES[1:]:
        send(supplied, file)
    before = supplied.house.journal.head()
    other.round()
    assert supplied.house.journal.head() == before
    monkeypatch.setattr(ticker_module, "LATER", 0.0)  # that long nobody else has told it
    other.round()
    assert 5 < supplied.house.desk.standing("jincheng").facts["city_gas_gap_pct"].given["value"] < 10


def test_screens_of_the_duty_room_are_told_who_sent_a_return_and_not_its_figures(supplied: Night):
    before = supplied.house.journal.head().position
    send(supplied, FILES[0])
    hub: Hub = supplied.app.state.hub
    (news,) = [one for one in hub.read(before) if '"return_entered"' in one.text]
    told = json.loads(news.text)
    assert news.audience == {"area:jincheng"}
    assert told["area"] == "jincheng"
    assert told["payload"] == {
        "number": 1, "file": FILES[0].name, "held": 0, "reporter": FILES[0].stem, "gas_day": "2026-12-14", "version": 1,
    }  # fmt: skip
