"""The three groups' robots over real sockets, each as its maker documents it."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from gateways import Answer, HttpGateway
from pydantic import SecretStr

from zhishou.callout.channels.contract import Outgoing
from zhishou.callout.channels.robots import URLS, Robot
from zhishou.callout.channels.settings import RobotSettings

NOW = 1_797_000_000.25
SIGN = "SECabc"


def made(http: HttpGateway, kind: str, sign: str = "", **more: Any) -> Robot:
    secret: dict[str, Any] = {"env": "X"}
    settings = RobotSettings.model_validate({"kind": kind, "key": secret, "url": http.url, "timeout": 0.6, **more})
    return Robot(kind, settings, SecretStr("k/1"), SecretStr(sign) if sign else None, clock=lambda: NOW)


def test_wecom(http: HttpGateway, message: Outgoing):
    http.answer = lambda _: Answer(body=b'{"errcode": 0, "errmsg": "ok"}')
    robot = made(http, "wecom")
    for value in (message.value, "zhang.wei", "all"):
        assert robot.send(replace(message, value=value)).status == "accepted"
    assert all(one.path == "/send?key=k%2F1" for one in http.asked)
    texts = [one.json["text"] for one in http.asked]
    assert [one.json["msgtype"] for one in http.asked] == ["text"] * 3
    assert texts[0]["mentioned_mobile_list"] == [message.value]
    assert texts[1]["mentioned_list"] == ["zhang.wei"]
    assert texts[2]["mentioned_list"] == ["@all"]
    assert texts[0]["content"] == f"{message.text}（收到请回复 4821）"


def test_dingtalk_is_signed_as_its_maker_says(http: HttpGateway, message: Outgoing):
    http.answer = lambda _: Answer(body=b'{"errcode": 0, "errmsg": "ok"}')
    robot = made(http, "dingtalk", SIGN)
    for value in (message.value, "user-7", "all"):
        assert robot.send(replace(message, value=value)).status == "accepted"
    query = parse_qs(urlsplit(http.asked[0].path).query)
    stamp = str(round(NOW * 1000))
    mark = hmac.new(SIGN.encode(), f"{stamp}\n{SIGN}".encode(), hashlib.sha256).digest()
    assert query == {"access_token": ["k/1"], "timestamp": [stamp], "sign": [base64.b64encode(mark).decode()]}
    first, second, third = (one.json for one in http.asked)
    assert first["at"] == {"atMobiles": [message.value], "isAtAll": False}
    assert f"@{message.value}" in first["text"]["content"]
    assert second["at"]["atUserIds"] == ["user-7"]
    assert third["at"] == {"isAtAll": True}


def test_feishu_is_signed_as_its_maker_says(http: HttpGateway, message: Outgoing):
    http.answer = lambda _: Answer(body=b'{"code": 0, "msg": "success", "data": {}}')
    assert made(http, "feishu", SIGN).send(replace(message, value="ou_7")).status == "accepted"
    (asked,) = http.asked
    stamp = str(int(NOW))
    mark = hmac.new(f"{stamp}\n{SIGN}".encode(), b"", hashlib.sha256).digest()
    assert asked.path == "/send/k%2F1"
    assert asked.json["timestamp"] == stamp
    assert asked.json["sign"] == base64.b64encode(mark).decode()
    assert asked.json["content"]["text"].startswith('<at user_id="ou_7"></at> 【值守】')


@pytest.mark.parametrize("kind", list(URLS))
@pytest.mark.parametrize(
    ("answer", "status", "again"),
    [
        (Answer(body=b'{"errcode": 310000, "errmsg": "sign not match"}'), "refused", False),
        (Answer(body=b'{"code": 19021, "msg": "sign match fail"}'), "refused", False),
        (Answer(body=b'{"errcode": 45009, "errmsg": "api freq out of limit"}'), "refused", True),
        (Answer(body=b'{"StatusCode": 0, "StatusMessage": "success"}'), "accepted", False),
        (Answer(body=b"{}"), "unknown", False),
        (Answer(body=b"oops"), "unknown", False),
        (Answer(502, b""), "unknown", False),
        (Answer(404, b""), "refused", False),
        (Answer(wait=1.2), "unknown", False),
        (Answer(break_off=True), "unknown", False),
    ],
)
def test_what_an_answer_means(
    http: HttpGateway,
    message: Outgoing,
    kind: str,
    answer: Answer,
    status: str,
    again: bool,  # noqa: FBT001 - a column
):
    http.answer = lambda _: answer
    outcome = made(http, kind).send(message)
    assert (outcome.status, outcome.again) == (status, again)


def test_twenty_in_a_minute_and_no_more(http: HttpGateway, message: Outgoing):
    http.answer = lambda _: Answer(body=b'{"errcode": 0}')
    robot = made(http, "wecom")
    assert [robot.send(message).status for _ in range(22)] == ["accepted"] * 20 + ["refused"] * 2
    assert robot.room() == 0
