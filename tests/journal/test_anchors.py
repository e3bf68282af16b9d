"""The head outside the database: on a disk, in an e-mail taken by a real mail server, on paper."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

import pytest
from mail import mail_server
from records import EVENING, write

from zhishou.errors import ZhishouError
from zhishou.journal import MemoryJournal, verify
from zhishou.journal.anchors import Anchor, cast, kept, parsed, taken
from zhishou.journal.letters import Post, send


@pytest.fixture
def record() -> MemoryJournal:
    return MemoryJournal("record-1", EVENING, exercise=False)


def test_a_line_reads_back_as_the_anchor_it_writes(record: MemoryJournal):
    for anchor in (taken(record), write(record, "s", 1) and taken(record)):
        assert parsed(str(anchor)) == anchor
        assert parsed(f"\t {str(anchor).replace(' ', '   ')}\r\n") == anchor
    assert taken(record) == Anchor(1, record.head().seal, EVENING, "record-1")


@pytest.mark.parametrize("line", ["", "1 abc 2026 r", f"x {'0' * 64} - r", f"1 {'0' * 63} - r", f"1 {'0' * 64} 昨天 r"])
def test_a_line_that_is_no_anchor_is_refused(line: str):
    with pytest.raises(ZhishouError):
        parsed(line)


def test_anchors_gather_in_a_file_and_hold_the_record_to_them(record: MemoryJournal, tmp_path: Path):
    file = tmp_path / "anchors.txt"
    for number in range(4):
        cast(taken(record), file)
        write(record, "s", number)
    found, unreadable = kept([file])
    assert [anchor.position for anchor in found] == [0, 1, 2, 3]
    assert unreadable == ()
    assert verify(record, found).anchors == 4


def test_a_line_torn_by_a_power_cut_spoils_no_other(record: MemoryJournal, tmp_path: Path):
    file = tmp_path / "anchors.txt"
    cast(taken(record), file)
    file.write_bytes(file.read_bytes() + b"17 ab")
    write(record, "s", 1)
    cast(taken(record), file)
    found, unreadable = kept([file])
    assert [anchor.position for anchor in found] == [0, 1]
    assert unreadable == (f"{file} 第 2 行",)


def test_a_disk_that_is_not_there_is_told(record: MemoryJournal, tmp_path: Path):
    with pytest.raises(ZhishouError, match="锚写不进去"):
        cast(taken(record), tmp_path / "none" / "anchors.txt")
    with pytest.raises(ZhishouError, match="锚文件读不了"):
        kept([tmp_path / "none.txt"])


def test_the_line_that_arrives_by_mail_holds_the_record_to_it(record: MemoryJournal):
    write(record, "s", 1)
    anchor = taken(record)
    with mail_server() as server:
        post = Post(
            "127.0.0.1", server.server_address[1], "desk@example.cn", ("a@example.cn", "b@example.cn"), security="none"
        )
        send(anchor, post, EVENING)
    (raw,) = server.letters
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert message["Subject"] == "值守记录锚：第 1 条"
    assert message["To"] == "a@example.cn, b@example.cn"
    assert message["Date"].datetime == EVENING
    text = message.get_body().get_content()
    assert verify(record, [parsed(text.strip().splitlines()[-1])]).anchors == 1


def test_mail_that_does_not_leave_is_told(record: MemoryJournal):
    with mail_server() as server:
        port = server.server_address[1]
        for to in (("nobody@example.cn",), ("a@example.cn", "nobody@example.cn")):
            with pytest.raises(ZhishouError, match=r"没有发出|不收这些收件人"):
                send(taken(record), Post("127.0.0.1", port, "desk@example.cn", to, security="none"), EVENING)
        with pytest.raises(ZhishouError, match="没有发出"):  # the sink speaks no TLS; nothing leaves in clear
            send(taken(record), Post("127.0.0.1", port, "desk@example.cn", ("a@example.cn",)), EVENING)
        assert len(server.letters) == 1
    with pytest.raises(ZhishouError, match="没有发出") as raised:
        send(taken(record), Post("127.0.0.1", port, "desk@example.cn", ("a@example.cn",), security="none"), EVENING)
    assert raised.value.where == f"127.0.0.1:{port}"
