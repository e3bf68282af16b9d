"""An SMS or voice gateway over real sockets: what is sent, and what each answer means."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from gateways import Answer, Asked, HttpGateway, nobody_listens
from pydantic import SecretStr

from zhishou.callout.channels.contract import Outcome, Outgoing
from zhishou.callout.channels.gateway import Gateway
from zhishou.callout.channels.settings import GatewaySettings

BODY = {"mobile": "{to}", "content": "{text}", "id": "{id}"}
KEY = SecretStr("k-123")


def made(http: HttpGateway, **more: Any) -> Gateway:
    given: dict[str, Any] = {"kind": "sms", "url": http.url, "body": BODY, "accepted": {"code": 0}, "ref": "data.msgid"}
    return Gateway("sms", GatewaySettings(**(given | {"timeout": 0.6} | more)), KEY, "https://duty.example.cn")


def test_it_sends_what_the_settings_say(http: HttpGateway, message: Outgoing):
    body = {**BODY, "deep": [{"key": "{key}"}], "times": 1, "odd": "{nothing}"}
    key: Any = {"env": "X"}
    outcome = made(http, body=body, key=key, headers={"Authorization": "Bearer {key}"}).send(message)
    assert outcome == Outcome("accepted", ref="g-1")
    (asked,) = http.asked
    assert asked.headers["Authorization"] == "Bearer k-123"
    assert asked.json == {
        "mobile": message.value, "id": "m-1", "deep": [{"key": "k-123"}], "times": 1, "odd": "{nothing}",
        "content": f"{message.text}（收到回4821）",
    }  # fmt: skip


def test_forms_and_queries(http: HttpGateway, message: Outgoing):
    made(http, form="form").send(message)
    made(http, form="query", method="GET").send(message)
    form, query = http.asked
    assert parse_qs(form.body.decode())["content"] == parse_qs(urlsplit(query.path).query)["content"]
    assert query.method == "GET"
    assert query.body == b""


def test_a_landline_goes_without_its_dash(http: HttpGateway, message: Outgoing):
    gateway = made(http, kind="voice", body={"a": "{to}", "b": "{to_number}", "c": "{text}"})
    gateway.send(replace(message, value="0356-9000012"))
    assert http.asked[0].json["a"] == "03569000012"
    assert http.asked[0].json["b"] == "0356-9000012"


@pytest.mark.parametrize("way", ["hmac-sha256", "sha256", "md5"])
def test_signatures(http: HttpGateway, message: Outgoing, way: str):
    settings = GatewaySettings.model_validate(
        {"kind": "sms", "url": http.url, "body": {**BODY, "t": "{time}", "s": "{sign}"}, "accepted": {"code": 0},
         "key": {"env": "X"}, "sign": "u{key}{time}", "sign_with": way}
    )  # fmt: skip
    Gateway("sms", settings, KEY, clock=lambda: 1_797_000_000.5).send(message)
    text = b"uk-1231797000000"
    expected = {
        "hmac-sha256": hmac.new(b"k-123", text, hashlib.sha256).hexdigest(),
        "sha256": hashlib.sha256(text).hexdigest(),
        "md5": hashlib.md5(text, usedforsecurity=False).hexdigest(),
    }
    assert http.asked[0].json["s"] == expected[way]


JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("answer", "status", "again"),
    [
        (Answer(), "accepted", False),
        (Answer(body=b'{"code": "0"}'), "accepted", False),
        (Answer(body=b'{"code": 4001, "msg": "no balance"}'), "refused", False),  # 200 with an error body
        (Answer(body=b'{"error": "bad sign"}'), "refused", False),
        (Answer(body=b'{"code": null}'), "refused", False),
        (Answer(body=b'{"code": 99}'), "refused", True),  # busy, as the settings say
        (Answer(body=b"<html>login</html>"), "unknown", False),  # a captive page: nobody can tell
        (Answer(body=b'{"code": 0'), "unknown", False),
        (Answer(body=b""), "unknown", False),
        (Answer(201), "accepted", False),
        (Answer(301, headers={"Location": "http://127.0.0.1/"}), "refused", False),
        (Answer(400, b'{"code": 0}'), "refused", False),
        (Answer(403, b"no"), "refused", False),
        (Answer(429, b""), "refused", True),
        (Answer(503, b""), "refused", True),
        (Answer(500, b""), "unknown", False),
        (Answer(502, b""), "unknown", False),
        (Answer(504, b""), "unknown", False),
        (Answer(break_off=True), "unknown", False),
        (Answer(wait=1.2), "unknown", False),
        (Answer(body=b'{"code": 0}', headers={"Content-Length": "20", "Connection": "close"}), "unknown", False),
    ],
)
def test_what_an_answer_means(http: HttpGateway, message: Outgoing, answer: Answer, status: str, again: bool):  # noqa: FBT001 - a column
    http.answer = lambda _: answer
    outcome = made(http, busy={"code": 99}).send(message)
    assert (outcome.status, outcome.again) == (status, again)
    assert bool(outcome.why) == (status != "accepted")
    assert len(http.asked) == 1  # nothing is tried twice behind the sender's back


def test_plain_text_answers(http: HttpGateway, message: Outgoing):
    gateway = made(http, accepted={"text": ["OK", "success"]}, ref="")
    for body, status in ((b"OK:123", "accepted"), (b"success", "accepted"), (b"ERR -4", "refused"), (b"", "refused")):
        http.answer = lambda _, body=body: Answer(body=body)
        assert gateway.send(message).status == status


def test_a_gateway_that_drips_holds_nobody_longer_than_its_time(http: HttpGateway, message: Outgoing):
    http.answer = lambda _: Answer(drip=0.1)
    began = time.monotonic()
    assert made(http).send(message).status == "unknown"
    assert time.monotonic() - began < 1.5


def test_where_nobody_listens_nothing_was_taken(http: HttpGateway, message: Outgoing):
    outcome = made(http, url=f"http://127.0.0.1:{nobody_listens()}/send").send(message)
    assert (outcome.status, outcome.again) == ("refused", True)
    outcome = made(http, url="http://localhost.invalid/send", plain_http=True).send(message)
    assert (outcome.status, outcome.again) == ("refused", True)


def test_connections_are_kept_only_where_the_gateway_honours_keys(http: HttpGateway, message: Outgoing):
    plain, honouring = made(http), made(http, honours_keys=True)
    for _ in range(4):
        plain.send(message)
    assert http.connections == 4
    for _ in range(4):
        honouring.send(message)
    assert http.connections == 5
    honouring.close()


def test_the_limit_holds_whoever_sends(http: HttpGateway, message: Outgoing):
    gateway = made(http, per_minute=60, burst=5)
    assert gateway.room() == 5
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(gateway.send, [message] * 20))
    assert sum(one.status == "accepted" for one in outcomes) == len(http.asked) in {5, 6}
    assert {(one.status, one.again) for one in outcomes if one.status != "accepted"} == {("refused", True)}


def test_a_silent_test_carries_the_gateway_s_own_flag(http: HttpGateway, message: Outgoing):
    gateway = made(http, test={"dry_run": True})
    assert gateway.silent_tests
    gateway.send(replace(message, test=True))
    gateway.send(message)
    assert [one.json.get("dry_run") for one in http.asked] == [True, None]


def test_no_reason_names_a_number_or_address(http: HttpGateway, message: Outgoing):
    number = message.value
    for said in (number, f"{number[:3]} {number[3:7]} {number[7:]}", "zhang@example.cn", "0356-9000012", "/a/x7Kq"):
        http.answer = lambda _, said=said: Answer(body=json.dumps({"code": f"bad {said}"}).encode())
        outcome = made(http).send(message)
        assert outcome.status == "refused"
        assert said not in outcome.why
        http.answer = lambda _, said=said: Answer(400, json.dumps({"m": said}).encode())
        assert said not in made(http).send(message).why


def test_what_a_message_holds_is_not_shown_with_it(message: Outgoing):
    for secret in (message.value, message.text, message.code, message.link):
        assert secret not in repr(message)


def test_a_gateway_that_honours_keys_can_know_a_message_again(http: HttpGateway, message: Outgoing):
    taken: dict[str, int] = {}

    def once(asked: Asked) -> Answer:
        taken[asked.json["id"]] = taken.get(asked.json["id"], 0) + 1
        return Answer(wait=1.2 if taken[asked.json["id"]] == 1 else 0)

    http.answer = once
    gateway = made(http, honours_keys=True)
    assert [gateway.send(message).status for _ in range(2)] == ["unknown", "accepted"]
    assert taken == {"m-1": 2}
    gateway.close()
