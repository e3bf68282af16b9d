"""Public warnings over HTTP: the feed that anybody reads, what a sender's token may deliver, what a stranger may not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from lxml import etree
from paper.cap.cap_messages import signer
from web.night import CBM, CHEAP, GAS, POSTS, Night, shelf

from zhishou import clock
from zhishou.acts import Actor
from zhishou.bootstrap import first_start, open_house, read_settings
from zhishou.bootstrap.warnings import warning_office
from zhishou.errors import ZhishouError
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import OpenIncident
from zhishou.incident.proposals import ProposeLevel
from zhishou.paper.cap import schema
from zhishou.paper.cap.alerting import IssueAlert
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.reading import read
from zhishou.people.tokens import Scope
from zhishou.web.app import app
from zhishou.web.schema import words

SAMPLE = (Path(__file__).parent.parent / "paper" / "cap" / "samples" / "cold_wave.xml").read_bytes()
SETTINGS = """areas: [jincheng, chengqu]
address: https://zhiban.example
warnings:
  senders: {jincheng: {sender: bzgb@jincheng.example, name: 晋城市人民政府}}
  sources: [{name: weather, senders: ["14050041600000"]}]
  unsigned: true
"""
ATOM = "{http://www.w3.org/2005/Atom}"
INCIDENT = "jincheng-2026-0001"


@pytest.fixture(scope="module")
def warned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Night]:
    """A night in which a warning was decided and its notice published."""
    night = Night(tmp_path_factory.mktemp("alerts"), settings=SETTINGS).people()
    night.play(until="accept_task")
    notice = night.give("bangong", f"incidents/{INCIDENT}/publish_notice", words()["publish_notice"]["example"])
    assert notice.status_code == 200, notice.text
    night.house.gate.accounts.add_person("qixiang", "气象台", night.at, "admin")
    night.appoint("qixiang", "jincheng", "reporter:jincheng/weather")
    yield night
    night.close()


def test_from_the_decision_to_the_feed(warned: Night):
    empty = etree.fromstring(warned.http.get("/feed/alerts.atom").content)
    assert not empty.findall(f"{ATOM}entry")
    body = {"incident": INCIDENT, "plan": CBM, "areas": ["qinshui"]}
    for person in (*POSTS, "shengren"):
        if person not in {"bangong", "zhihuizhang", "zhiban", "zhiban2", "fuzhihui"}:
            answer = warned.give(person, "alerts", body)
            assert (answer.status_code, answer.json()["error"]["code"]) == (403, "post"), person
    done = warned.give("bangong", "alerts", body, key="one")
    assert done.status_code == 201, done.text
    again = warned.give("bangong", "alerts", body, key="one").json()
    assert again == done.json() | {"repeated": True}
    answer = warned.http.get("/feed/alerts.atom")  # nobody has logged in
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert answer.headers["cache-control"] == "public, max-age=60"
    (entry,) = etree.fromstring(answer.content).findall(f"{ATOM}entry")
    link = entry.find(f"{ATOM}link[@rel='alternate']").get("href")
    assert link == f"https://zhiban.example/feed/{done.json()['identifier']}.xml"
    message = warned.http.get(link.removeprefix("https://zhiban.example"))
    assert message.headers["content-type"] == "application/cap+xml"
    root = parsed(message.content)
    schema.check(root)
    assert read(root).status == "Actual"
    assert warned.get("bangong", f"/api/alerts/{done.json()['identifier']}/cap").content == message.content
    same = {"if-none-match": answer.headers["etag"]}
    assert warned.http.get("/feed/alerts.atom", headers=same).status_code == 304
    assert warned.http.get("/feed/ZS-none.xml").status_code == 404
    assert warned.get("chengqu", f"/api/alerts/{done.json()['identifier']}/cap").status_code == 403
    assert [one["identifier"] for one in warned.get("zhiban", "/api/alerts", incident=INCIDENT).json()["alerts"]] == [
        done.json()["identifier"]
    ]


def deliver(night: Night, content: bytes, *scopes: Scope, person: str = "qixiang", key: str = "") -> dict[str, object]:
    token = night.token(person, *scopes)
    answer = night.http.post(
        "/api/rooms/jincheng/warnings", content=content,
        headers={
            "authorization": f"Bearer {token}", "idempotency-key": key or night.key(), "content-type": "application/xml",
        },
    )  # fmt: skip
    return {"status": answer.status_code, **answer.json()}


def test_a_sender_s_token_delivers_and_what_it_says_becomes_a_fact(warned: Night):
    assert deliver(warned, SAMPLE, Scope.READ)["status"] == 403
    assert deliver(warned, SAMPLE, Scope.REPORT, person="nengyuan")["status"] == 403
    warned.at = warned.at.replace(hour=23)
    for person in ("zhiban", "nengyuan"):  # their logins have ended meanwhile
        warned.out(person)
    done = deliver(warned, SAMPLE, Scope.REPORT)
    assert done["status"] == 200, done
    told = done["warning"]
    assert isinstance(told, dict)
    assert [(one["fact"], one["value"]) for one in told["facts"]] == [("cold_wave_warning", "橙色")]
    standing = warned.get("zhiban", "/api/areas/jincheng/standing").json()["incident"]["facts"]
    assert standing["cold_wave_warning"]["given"]["value"] == "橙色"
    assert told["identifier"] in standing["cold_wave_warning"]["source"]
    listed = warned.get("zhiban", "/api/rooms/jincheng/warnings").json()["warnings"]
    assert [one["content"] for one in listed] == [told["content"]]


def test_what_waits_is_settled_by_the_desk(warned: Night):
    strange = SAMPLE.replace("寒潮".encode(), "冻雨".encode()).replace(b"11B05", b"11B99")
    strange = strange.replace(b"20261215153000", b"20261215153001")
    told = deliver(warned, strange, Scope.REPORT)["warning"]
    assert isinstance(told, dict)
    assert told["waiting"]
    path = f"rooms/jincheng/warnings/{told['content']}/settle"
    assert warned.give("nengyuan", path, {"done": "知悉"}).status_code == 403
    done = warned.give("zhiban", path, {"done": "与供气无关"})
    assert (done.status_code, done.json()["waiting"], done.json()["settled"]) == (200, False, "与供气无关")


@pytest.mark.parametrize(("content", "status"), [
    (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>', 422),
    (b"<alert/>", 422), (b"", 422), (b"x" * (1024 * 1024 + 1), 413),
])  # fmt: skip
def test_what_may_not_be_read_is_refused_in_the_one_shape(warned: Night, content: bytes, status: int):
    answer = deliver(warned, content, Scope.REPORT)
    assert answer["status"] == status
    assert answer["error"]["message"]  # type: ignore[index]


def test_in_an_exercise_nothing_is_public(tmp_path: Path):
    """The message of an exercise is found under no public address, whoever asks."""
    (tmp_path / "house.yaml").write_text(SETTINGS, "utf-8")
    at = clock.moment("2026-12-15T16:00")
    house = open_house(
        f"sqlite:///{tmp_path}/ex.db", tmp_path, exercise=True, now=lambda: at, plans=shelf(), cost=CHEAP
    )
    first_start(house)
    posts = {"duty:jincheng", f"{GAS}:office"}
    officer, mayor = Actor("a", "甲", frozenset(posts)), Actor("b", "乙", frozenset({f"{GAS}:commander"}))
    shortage = OpenIncident(title="供气紧张", subject="gas_supply_shortage", place="jincheng")
    incident = house.desk.open(shortage, officer, area="jincheng", key="1").incident
    wish = ProposeLevel(plan=GAS, ladder="warning", level="II", reason="缺口扩大")
    proposed = house.desk.give(incident, wish, officer, key="2").happened[0].event
    house.desk.give(incident, DecideProposal(proposal=proposed.proposal), mayor, key="3")
    one = house.desk.alerts.issue(IssueAlert(incident=incident), officer, key="4")
    served = app(house, ticking=False)

    async def asked(path: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://zhiban.example") as anybody:
            return await anybody.get(path)

    assert asyncio.run(asked(f"/feed/{one.event.identifier}.xml")).status_code == 404
    assert b"<entry" not in asyncio.run(asked("/feed/alerts.atom")).content
    house.close()


def test_key_and_certificate_come_from_the_settings(tmp_path: Path):
    (tmp_path / "cap").mkdir()
    one = signer("值守")
    key = one.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "cap" / "key.pem").write_bytes(key)
    (tmp_path / "cap" / "certificate.pem").write_bytes(one.pinned.certificate.public_bytes(Encoding.PEM))
    settings = (
        SETTINGS
        + "  key: cap/key.pem\n  certificate: cap/certificate.pem\n  certificates: {自己: cap/certificate.pem}\n"
    )
    (tmp_path / "house.yaml").write_text(settings, "utf-8")
    settled = warning_office(read_settings(tmp_path).warnings, tmp_path, shelf().lexicon)
    assert settled.key is not None
    assert [one.name for one in settled.pinned] == ["自己"]
    (tmp_path / "cap" / "key.pem").unlink()
    with pytest.raises(ZhishouError, match="读不了"):
        warning_office(read_settings(tmp_path).warnings, tmp_path, shelf().lexicon)


@pytest.mark.parametrize("sign", ["\x01", "\x7f", "\u202e"])
def test_what_no_record_holds_is_refused_and_breaks_nothing(night: Night, sign: str):
    settle, held = f"rooms/jincheng/warnings/{'0' * 64}/settle", "rooms/jincheng/returns/held/1-1/decide"
    for path, said in ((settle, {"done": f"甲{sign}"}), (held, {"action": "reject", "reason": f"甲{sign}"})):
        answer = night.give("zhiban", path, said)
        assert answer.status_code in {404, 422}, (path, answer.text)
