"""Answers by link and code, gateways' receipts, and the pages about calls, over a real server with a real gateway behind it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import gateways
import pytest
from fastapi import Request
from sqlalchemy import update
from web.night import GAS, Night

from zhishou.acts import Actor
from zhishou.callout.book.checking import Known
from zhishou.callout.book.importing import bring_in
from zhishou.callout.book.lines import Line
from zhishou.callout.calls import Call, Message
from zhishou.callout.channels.settings import Receipts
from zhishou.callout.matters import Matter, Party
from zhishou.callout.self_test import SelfTests
from zhishou.callout.tables import addresses
from zhishou.database import writing
from zhishou.desk.rehearsing import rehearse
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.incident.reports import ReportGiven
from zhishou.web.console import my_calls
from zhishou.web.receipts import _listed, code_in

SECRET = {"X-Zhishou-Secret": "s3cret"}
NUMBERS = {"zhiban": "160" + "00000001", "nengyuan": "160" + "00000002", "xuanchuan": "160" + "00000003"}
"""160 is given to nobody."""


@dataclass
class Calling:
    night: Night
    gateway: gateways.HttpGateway
    incident: str

    def call(self, party: str) -> Call:
        found = (one for one in self.night.house.callout.of(self.incident) if one.matter and one.matter.kind == "level")
        return next(one for one in found if one.matter and one.matter.party.key == party)

    def message(self, party: str) -> Message:
        return next(one for one in self.call(party).messages.values() if one.channel == "sms")

    def code(self, party: str) -> str:
        return self.night.house.codes.code(self.message(party).id)

    def receipt(self, body: object, **headers: str) -> int:
        answer = self.night.http.post("/callout/receipts/sms", json=body, headers={**SECRET, **headers})
        assert answer.status_code == 200, answer.text
        taken: int = answer.json()["taken"]
        return taken


@pytest.fixture
def calling(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calling]:
    monkeypatch.setenv("RECEIPTS", "s3cret")
    with gateways.http_gateway() as gateway:
        settings = (
            "areas: [jincheng]\ncallout:\n  site: https://duty.example.cn\n  channels:\n    sms:\n      kind: sms\n"
            f"      url: {gateway.url}\n      body: {{to: '{{to}}', text: '{{text}}', id: '{{id}}'}}\n"
            "      accepted: {code: 0}\n      ref: ref\n      receipts: {secret: {env: RECEIPTS}, ref: ref}\n"
            f"    voice:\n      kind: voice\n      url: {gateway.url}\n      body: {{to: '{{to}}', text: '{{text}}'}}\n"
            "      accepted: {code: 0}\n      receipts: {secret: {env: RECEIPTS}}\n"
        )
        gateway.answer = lambda asked: gateways.Answer(
            body=json.dumps({"code": 0, "ref": f"g-{asked.json['id']}"}).encode()
        )
        night = Night(tmp_path, settings=settings).people()  # type: ignore[arg-type]
        try:
            yield Calling(night, gateway, _level_two(night))
        finally:
            night.close()


def _level_two(night: Night) -> str:
    house, desk = night.house, night.house.desk
    lines = [Line("x", "", "sms", number, account=account) for account, number in NUMBERS.items()]
    bring_in(
        house.book, "x", lines, Known(house.library, "jincheng", dict.fromkeys(NUMBERS, "某")), by="admin", at=night.at
    )

    def actor(who: str) -> Actor:
        return desk.actor(who, who)

    opening = OpenIncident(
        title="门站失压两人被困", subject="gas_supply_shortage", place="jincheng", plans=(GAS,),
        report=ReportGiven(sender="市能源局", text="失压"),
    )  # fmt: skip
    id_ = desk.open(opening, actor("zhiban"), area="jincheng", key=night.key()).incident
    desk.give(id_, ProposeLevel(plan=GAS, level="II", reason="缺口"), actor("bangong"), key=night.key())
    proposal = list(desk.incident(id_).proposals)[-1]
    desk.give(id_, DecideProposal(proposal=proposal), actor("zhihuizhang"), key=night.key())
    rounds(night)
    return id_


def rounds(night: Night) -> None:
    """Rounds and sending until nothing moves."""
    sender = night.house.sender()
    for _ in range(200):
        if not night.house.callout.round(night.at) + sender.turn() and not sender.flying:
            break
        time.sleep(0.02)
    sender.close()


ENERGY, PUBLICITY = "unit:jincheng_energy", "unit:jincheng_publicity"


def test_a_link_shows_and_only_the_button_answers(calling: Calling):
    http, path = calling.night.http, f"/a/{calling.code(ENERGY)}"
    for _ in range(3):  # a scanner opens it, a preview opens it, he opens it
        page = http.get(path)
        assert page.status_code == 200
        assert "收到，我来办" in page.text
        assert "两人被困" not in page.text  # a member that owes no task learns only that there is something
        assert NUMBERS["nengyuan"] not in page.text
    assert calling.call(ENERGY).open
    assert "已收到您的应答" in http.post(path).text
    answered = calling.call(ENERGY).answered
    assert answered is not None
    assert (answered.person, answered.how) == ("nengyuan", "link")
    for again in (http.post(path), http.get(path)):
        assert again.status_code == 200
        assert "已有人应答" in again.text
    assert calling.call(ENERGY).answered == answered
    assert calling.call(PUBLICITY).open  # nobody else's call is touched


def test_codes_that_are_none_lead_nowhere_and_guessing_is_slowed(calling: Calling):
    http, right = calling.night.http, calling.code(ENERGY)
    forged = right[:-1] + ("a" if right[-1] != "a" else "b")
    found = [http.get(f"/a/{code}").status_code for code in (forged, "x", "1" * 300, *["nothing"] * 20)]
    assert set(found) == {404, 429}
    assert found[0] == 404
    assert found[-1] == 429
    assert http.get(f"/a/{right}").status_code == 200  # whoever has the right one is not slowed by others
    assert calling.call(ENERGY).open


def test_receipts_are_believed_with_the_secret_alone(calling: Calling):
    http, id_ = calling.night.http, calling.message(ENERGY).id
    body = {"id": id_, "status": "delivered"}
    assert http.post("/callout/receipts/sms", json=body).status_code == 403
    assert http.post("/callout/receipts/sms", json=body, headers={"X-Zhishou-Secret": "wrong"}).status_code == 403
    assert http.post("/callout/receipts/console", json=body, headers=SECRET).status_code == 404
    assert calling.message(ENERGY).delivered is None


def test_receipts_twice_late_and_unknown_change_nothing_more(calling: Calling):
    one = calling.message(ENERGY)
    assert calling.receipt({"id": one.id, "status": "delivered"}) == 1
    assert calling.message(ENERGY).delivered is not None
    assert calling.receipt([{"id": one.id, "status": "DELIVRD"}, {"ref": one.ref, "status": "failed"}]) == 0
    assert calling.receipt([{"id": "nobody1", "status": "delivered"}, {"status": "delivered"}, 7, {"id": one.id}]) == 0
    assert calling.receipt({"ref": one.ref, "status": "read"}) == 1  # by the gateway's own name
    found = calling.message(ENERGY)
    assert found.read is not None
    assert found.failed is None
    answer = calling.night.http.post(
        "/callout/receipts/sms", content=b"{", headers={**SECRET, "content-type": "application/json"}
    )
    assert answer.status_code == 400
    many = calling.night.http.post("/callout/receipts/sms", data={f"f{n}": "x" for n in range(201)}, headers=SECRET)
    assert many.status_code == 400


def test_a_form_is_taken_as_well_and_what_arrived_shows_that_its_number_lives(calling: Calling):
    """Many gateways post a form, some with receipts as JSON in one of its fields."""
    one, house = calling.message(ENERGY), calling.night.house
    house.book.tested({one.address: (False, "空号")}, calling.night.at)
    answer = calling.night.http.post(
        "/callout/receipts/sms", data={"ref": one.ref, "status": "DELIVRD"}, headers=SECRET
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json()["taken"] == 1
    assert calling.message(ENERGY).delivered is not None
    (contact,) = house.book.contacts(["nengyuan"])
    assert contact.alive is True
    for kind in ("application/x-www-form-urlencoded; charset=GBK", "text/plain", ""):
        told = calling.night.http.post(
            "/callout/receipts/sms", content=f"ref={one.ref}&status=read&from=".encode() + b"%CA%D0",
            headers={**SECRET, "content-type": kind},
        )  # fmt: skip
        assert told.status_code == 200, told.text
    assert calling.message(ENERGY).read is not None


def test_receipts_in_a_field_of_a_form():
    settings = Receipts.model_validate({"secret": {"env": "X"}, "list_at": "report"})
    body = urlencode({"report": json.dumps([{"ref": "a", "status": "DELIVRD"}, {"ref": "b"}])}).encode()
    request = Request({"type": "http", "headers": [(b"content-type", b"application/x-www-form-urlencoded")]})
    assert [one["ref"] for one in _listed(settings, body, request)] == ["a", "b"]


def test_a_code_sent_back_counts_only_from_the_number_that_got_it(calling: Calling):
    digits = calling.night.house.codes.digits(calling.message(ENERGY).id)
    assert calling.receipt({"from": NUMBERS["xuanchuan"], "reply": digits}) == 0
    assert calling.receipt({"from": NUMBERS["nengyuan"], "reply": "0000" if digits != "0000" else "1111"}) == 0
    assert calling.receipt({"from": "nobody", "reply": digits}) == 0
    assert calling.call(ENERGY).open
    assert calling.receipt({"from": f"+86{NUMBERS['nengyuan']}", "reply": f" {digits} "}) == 1
    answered = calling.call(ENERGY).answered
    assert answered is not None
    assert (answered.person, answered.how) == ("nengyuan", "code")


def test_an_answer_from_a_real_telephone_is_understood(calling: Calling):
    digits = calling.night.house.codes.digits(calling.message(ENERGY).id)
    assert code_in(f"{digits} 或 0000") == code_in("收到") == code_in("12345") == ""
    assert calling.receipt({"from": f"86{NUMBERS['nengyuan']}", "reply": f"收到{digits}。"}) == 1


@pytest.mark.parametrize("written", ["收到1234", "1234。", "收到，1234", "\u3000１２３４ ", "1 2 1234", "【1234】"])
def test_a_code_is_found_in_what_people_write(written: str):
    assert code_in(written) == "1234"


def test_the_incident_s_page_tells_what_became_of_calls(calling: Calling):
    one = calling.message(PUBLICITY)
    calling.receipt({"id": one.id, "status": "delivered"})
    page = calling.night.get("zhiban", f"/incidents/{calling.incident}")
    assert page.status_code == 200
    part = page.text.split('id="calls"')[1].split("</section>")[0]
    assert "市能源局" in part
    assert "已送达" in part
    assert "正在呼叫" in part
    assert not any(number in page.text for number in NUMBERS.values())
    form = calling.night.call(
        "nengyuan", "POST", f"/incidents/{calling.incident}/calls", headers={"content-type": "application/x-www-form-urlencoded"},
        data={"_csrf": calling.night.headers("nengyuan")["x-csrf-token"], "call": calling.call(ENERGY).id}, follow_redirects=False,
    )  # fmt: skip
    assert form.status_code == 303
    assert calling.call(ENERGY).answered is not None


def test_what_nobody_can_tell_is_shown_as_unknown(calling: Calling):
    from zhishou.web.console.calls import _shown  # noqa: PLC0415 - the one place that puts it into words

    one = replace(calling.message(ENERGY), status="unknown")
    assert _shown(one).status == "未知"


def test_the_page_of_the_call_out_is_for_the_duty_room(calling: Calling):
    page = calling.night.get("zhiban", "/callout", plan=GAS, level="II", at="2026-12-15T02:00")
    assert page.status_code == 200
    assert "160****0002" in page.text
    assert not any(number in page.text for number in NUMBERS.values())
    assert "市公安局" in page.text  # of the dry run
    assert "待核定" not in re.sub(r"<style.*?</style>", "", page.text)  # an officer reads, an administrator decides
    assert calling.night.get("nengyuan", "/callout").status_code == 403
    assert calling.night.get("", "/callout").status_code in {303, 401, 200}
    assert "待核定" in calling.night.get("admin", "/callout").text
    upkeep = calling.night.get("zhiban", "/desk/upkeep").text.split('id="contact-test"')[1].split("</section>")[0]
    assert "没有测试过" in upkeep
    assert "31 天后" in upkeep
    warned = calling.night.get("zhiban", "/callout", plan=GAS, level="IX", ladder="warning")
    assert "预警没有“IX”这一级" in warned.text
    assert not re.search(r"response|warning", warned.text.split('role="alert"')[-1].split("</div>")[0])
    assert calling.night.get("zhiban", "/callout", plan=GAS, level="IX").status_code == 404
    chosen = f"{GAS}|warning|II"
    of_list = calling.night.get("zhiban", "/callout", rung=chosen).text
    assert f'value="{chosen}" selected>天然气迎峰度冬预案　二级预警<' in of_list
    assert "家，其中" in of_list
    assert calling.night.get("zhiban", "/callout", rung="x").status_code == 200  # no level: nothing is worked out


def test_a_damaged_number_stops_nobody_else_s_call(calling: Calling):
    night, house = calling.night, calling.night.house
    (broken,) = house.book.contacts(["xuanchuan"])
    with writing(house.engine) as connection:
        connection.execute(update(addresses).where(addresses.c.id == broken.id).values(sealed="damaged"))
    given = len(calling.gateway.asked)
    people = [
        Matter(
            kind="task", id="t9", area="jincheng", what="到岗", since=night.at,
            party=Party(key=f"person:{one}", label=one, persons=(one,)),
        )
        for one in ("xuanchuan", "nengyuan")
    ]  # fmt: skip
    house.callout.open(people, night.at)
    rounds(night)
    assert NUMBERS["nengyuan"] in {asked.json["to"] for asked in calling.gateway.asked[given:]}
    (lost,) = (one for one in house.callout.of("jincheng") if one.matter and one.matter.party.label == "xuanchuan")
    assert {(one.status, one.note) for one in lost.messages.values()} == {("dropped", "no_channel")}
    page = night.get("zhiban", "/callout")
    assert page.status_code == 200
    assert "打不开" in page.text
    report = SelfTests(house.book, lambda: house.channels, house.now, pause=lambda _: None).run("console")
    assert report is not None
    assert report.unreadable == 1


def test_whoever_has_an_account_sees_his_calls_on_his_page_and_answers_with_one_button(calling: Calling):
    """Nobody has a telephone for the fire brigade in the book, and no task of the level is theirs."""
    night, house = calling.night, calling.night.house
    party = Party(key="person:jiuhu", label="救护队", persons=("jiuhu",))
    at = night.at
    calls = [
        Matter(
            kind="task", id=f"x{rank}", incident=calling.incident, area="jincheng", plan=GAS, what="启动", rank=rank, since=at,
            party=party, need="bare",
        )
        for rank in (2, 3)
    ]  # fmt: skip
    house.callout.open(calls, at)
    rounds(night)
    urgent, other = (
        next(one for one in house.callout.of(calling.incident) if one.matter and one.matter.id == f"x{rank}") for rank in (2, 3)
    )  # fmt: skip
    assert {one.channel for one in urgent.messages.values()} == {"console"}
    # A page wakes nobody: what is missing is said, and a report is on its way at once.
    assert urgent.status == "unanswered"
    assert any("没有联系方式" in words for words in urgent.missing)
    assert (other.status, {one.channel for one in other.messages.values()}) == ("calling", {"console"})
    for where in ("/r", "/"):
        page = night.get("jiuhu", where)
        assert page.status_code == 200
        assert "有 2 个呼叫等您应答" in page.text
        assert "两人被困" not in page.text.split('id="my-calls"')[1].split("</section>")[0]
    assert all(one.read for one in house.callout.calls.get(other.id).messages.values())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(my_calls, "SHOWN", 1)
        card = night.get("jiuhu", "/").text.split('id="my-calls"')[1].split("</section>")[0]
        assert (card.count("收到，应答"), "有 2 个呼叫等您应答" in card, "另有 1 个" in card) == (1, True, True)
    assert "等您应答" not in night.get("xuanchuan", "/r").text.replace("有 1 个呼叫等您应答", "")
    form = night.call(
        "jiuhu", "POST", "/callout/answer", headers={"content-type": "application/x-www-form-urlencoded"},
        data={"_csrf": night.headers("jiuhu")["x-csrf-token"], "call": other.id, "_next": "/r"}, follow_redirects=False,
    )  # fmt: skip
    assert (form.status_code, form.headers["location"]) == (303, "/r")
    assert house.callout.calls.get(other.id).answered is not None
    assert "有 1 个呼叫等您应答" in night.get("jiuhu", "/r").text
    board = night.get("zhiban", "/").text
    assert re.search(rf'/incidents/{calling.incident}#calls">呼叫 \d+ 家，应答 [1-9]\d*</a>', board)
    incident = night.get("zhiban", f"/incidents/{calling.incident}").text
    assert "救护队jiuhu某应答（在页面上，1 分钟）" in re.sub(r"<[^>]+>", "", incident.split('id="story"')[1])
    assert "到岗应答" in incident


def test_the_dry_run_says_what_the_night_does(calling: Calling):
    house = calling.night.house
    runs = rehearse(house.callout, house.library, GAS, "II", calling.night.at)
    called = {
        call.matter.party.key: {(one.person, one.channel) for one in call.messages.values()}
        for call in house.callout.of(calling.incident)
        if call.matter is not None and call.matter.kind == "level"
    }
    said = {}
    for run in runs:
        first = next((turn.callees for turn in run.turns if turn.callees), ())
        said[run.party] = {(one.person, kind) for turn in run.turns for one in turn.callees for kind in one.ways}
        assert all((one.person, kind) in said[run.party] for one in first for kind in one.ways)
        assert run.reached or run.missing, run.label
        assert not any(re.search(r"[:/_]", words) for words in run.missing), run.missing  # names, not keys
    assert {party: said[party] for party in called} == called
    assert set(said) - set(called) <= {f"{GAS}:headquarters"}  # whoever decides it himself need not be called
    assert any(called.values())
    wanting = [words for call in house.callout.of(calling.incident) for words in call.missing]
    assert wanting
    assert not any(re.search(r"[:/_]", words) for words in wanting), wanting


def test_a_gateway_speaks_of_its_own_messages_alone(calling: Calling):
    """Our ids of messages are no secret: the voice gateway neither answers an SMS nor says that it has arrived."""
    message = calling.message(ENERGY)
    for said in ({"status": "delivered"}, {"reply": "1"}, {"status": "read", "reply": "1"}):
        told = calling.night.http.post("/callout/receipts/voice", json={"id": message.id, **said}, headers=SECRET)
        assert (told.status_code, told.json()["taken"]) == (200, 0)
    assert calling.call(ENERGY).open
    assert calling.message(ENERGY) == message
    assert calling.receipt({"id": message.id, "status": "delivered"}) == 1
