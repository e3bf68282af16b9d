"""Any of apprise's services, here its plainest one, JSON over HTTP, to a real socket."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest
from gateways import Answer, HttpGateway

from zhishou.callout.channels.any_service import AnyService
from zhishou.callout.channels.contract import Outgoing
from zhishou.callout.channels.settings import AppriseSettings

# The library looks through what is installed and wakes modules of others that are on their way out.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def made() -> AnyService:
    return AnyService("any", AppriseSettings(kind="apprise", timeout=1), "https://duty.example.cn")


def test_it_tells_by_any_service(http: HttpGateway, message: Outgoing, caplog: pytest.LogCaptureFixture):
    one = replace(message, value=http.url.replace("http://", "json://user:s3cret@"))
    with caplog.at_level(logging.DEBUG):
        assert made().send(one).status == "accepted"
        http.answer = lambda _: Answer(500, b"")
        assert made().send(one).status == "unknown"
    assert http.asked[0].json["title"] == "Ⅱ级响应"
    assert message.text in http.asked[0].json["message"]
    assert "s3cret" not in caplog.text


def test_an_address_that_is_none_is_refused(message: Outgoing):
    for value in ("", "nothing", "nowhere://x", message.value):
        assert made().send(replace(message, value=value)).status == "refused"
