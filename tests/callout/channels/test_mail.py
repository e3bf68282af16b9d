"""Mail over a real SMTP server: what arrives, and what each reply means."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gateways import MailServer, certificate, mail_server, nobody_listens
from pydantic import SecretStr

from zhishou.callout.channels.contract import Outgoing
from zhishou.callout.channels.mail import Mail
from zhishou.callout.channels.settings import MailSettings

TO = "duty@example.cn"


def made(mail: MailServer, **more: Any) -> Mail:
    settings = MailSettings.model_validate(
        {"kind": "mail", "host": "127.0.0.1", "port": mail.port, "security": "none", "sender": "desk@example.cn",
         "timeout": 2, **more}
    )  # fmt: skip
    return Mail("mail", settings, None, "https://duty.example.cn")


@pytest.fixture
def letter(message: Outgoing) -> Outgoing:
    return replace(message, value=TO)


def test_a_mail_arrives_as_it_was_meant(mail: MailServer, letter: Outgoing):
    channel = made(mail)
    one = replace(letter, text="第一行\n.以点开头\n..两点\n末行", references="m-0")
    outcome = channel.send(one)
    assert (outcome.status, outcome.ref) == ("accepted", "m-1@example.cn")
    (came,) = mail.letters
    assert (came.sender, came.to) == ("desk@example.cn", [TO])
    read = email.message_from_bytes(came.content, policy=email.policy.default)
    assert read["Subject"] == "Ⅱ级响应"
    assert read["Message-ID"] == "<m-1@example.cn>"
    assert read["In-Reply-To"] == read["References"] == "<m-0@example.cn>"
    assert read["To"] == TO
    body = read.get_body(("plain",))
    assert body is not None
    text = body.get_content().replace("\r\n", "\n")
    assert text.rstrip("\n") == f"{one.text}\n应答：https://duty.example.cn/a/x7Kq"
    channel.close()


def test_one_connection_carries_many(mail: MailServer, letter: Outgoing):
    channel = made(mail)
    assert [channel.send(replace(letter, id=f"m-{n}")).status for n in range(5)] == ["accepted"] * 5
    assert len(mail.letters) == 5
    channel.close()


@pytest.mark.parametrize(
    ("said", "again"),
    [("550 no such user duty@example.cn", False), ("452 too many", True), ("421 closing", True)],
)
def test_a_recipient_that_is_refused(mail: MailServer, letter: Outgoing, said: str, again: bool):  # noqa: FBT001 - a column
    mail.of_rcpt = lambda _: said
    channel = made(mail)
    outcome = channel.send(letter)
    assert (outcome.status, outcome.again) == ("refused", again)
    assert TO not in outcome.why
    mail.of_rcpt = lambda _: "250 OK"
    assert channel.send(letter).status == "accepted"  # the next one is none the worse
    channel.close()


def test_a_content_that_is_refused(mail: MailServer, letter: Outgoing):
    mail.of_data = lambda: "554 spam"
    channel = made(mail)
    assert channel.send(letter).status == "refused"
    assert mail.letters == []
    channel.close()


def test_a_server_that_breaks_off_after_it_had_the_whole_is_unknown(mail: MailServer, letter: Outgoing):
    mail.of_data = lambda: None
    channel = made(mail)
    assert channel.send(letter).status == "unknown"
    assert len(mail.letters) == 1  # it had taken it, and nobody was told
    channel.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_an_encrypted_line_is_used_and_a_certificate_that_nobody_vouches_for_is_not(
    letter: Outgoing, security: str, tmp_path: Path
):
    file = certificate(tmp_path)
    with mail_server(security, file) as server:

        def channel(**more: Any) -> Mail:
            settings = MailSettings.model_validate(
                {"kind": "mail", "host": "localhost", "port": server.port, "security": security, "user": "desk",
                 "password": {"env": "X"}, "sender": "desk@example.cn", "timeout": 3, **more}
            )  # fmt: skip
            return Mail("mail", settings, SecretStr("wrong" if "user" in more else "geese"), "")

        trusting = channel(ca_file=str(file))
        assert [trusting.send(replace(letter, id=f"m-{n}")).status for n in range(2)] == ["accepted"] * 2
        trusting.close()
        assert len(server.letters) == 2
        stranger = channel().send(letter)
        assert (stranger.status, stranger.again) == ("refused", True)
        assert "证书" in stranger.why
        wrong = channel(ca_file=str(file), user="other").send(letter)
        assert (wrong.status, wrong.again) == ("refused", False)
        assert "口令" in wrong.why
        assert len(server.letters) == 2


def test_where_nobody_listens_nothing_was_taken(mail: MailServer, letter: Outgoing):
    outcome = made(mail, port=nobody_listens()).send(letter)
    assert (outcome.status, outcome.again) == ("refused", True)


def test_a_test_asks_for_the_recipient_and_sends_nothing(mail: MailServer, letter: Outgoing):
    mail.of_rcpt = lambda to: "550 unknown" if to.startswith("gone") else "250 OK"
    channel = made(mail)
    assert channel.send(replace(letter, test=True)).status == "accepted"
    assert channel.send(replace(letter, test=True, value="gone@example.cn")).status == "refused"
    assert mail.letters == []
    channel.close()


def test_an_address_cannot_bring_headers_along(mail: MailServer, letter: Outgoing):
    for value in ("a@example.cn\r\nBcc: x@example.cn", "a@example.cn>\r\nRCPT TO:<x@example.cn"):
        assert made(mail).send(replace(letter, value=value)).status == "refused"
    assert made(mail).send(replace(letter, title="a\r\nBcc: x@example.cn")).status == "refused"
    assert mail.letters == []
