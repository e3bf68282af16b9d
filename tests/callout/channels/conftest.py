from __future__ import annotations

from collections.abc import Iterator

import gateways
import pytest

from zhishou.callout.channels.contract import Outgoing

TO = "160" + "00001234"  # 160 is given to nobody


@pytest.fixture
def http() -> Iterator[gateways.HttpGateway]:
    with gateways.http_gateway() as running:
        yield running


@pytest.fixture
def mail() -> Iterator[gateways.MailServer]:
    with gateways.mail_server() as running:
        yield running


@pytest.fixture
def message() -> Outgoing:
    return Outgoing(
        "m-1", TO, "【值守】Ⅱ级响应已启动，请20:30前签收", "level", "Ⅱ级响应", urgent=True, link="/a/x7Kq", code="4821"
    )
