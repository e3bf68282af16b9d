"""Foreign warnings in at the desk: what they state becomes a fact with provenance, what no rule knows waits for a person."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk.duty_rooms import Rooms, shelf

from zhishou import clock
from zhishou.acts import Actor
from zhishou.desk import Desk
from zhishou.desk.office import WarningOffice
from zhishou.desk.warnings import MARK, Taken
from zhishou.errors import ProblemsError, RefusedError, UntrustedError, ZhishouError
from zhishou.incident.facts import CorrectFact, FactGiven
from zhishou.journal import MemoryJournal, verify
from zhishou.paper.cap.alerting import SettleWarning
from zhishou.paper.cap.facts import Source, shipped, table
from zhishou.paper.files import sm3

SAMPLES = Path(__file__).parent.parent / "paper" / "cap" / "samples"
AT = clock.moment("2026-12-15T16:00")
WEATHER = Actor("weather-account", "市气象台", frozenset({"reporter:jincheng/weather"}))
OFFICE = WarningOffice(
    sources=(Source("weather", ("14050041600000",)),), unsigned=True,
    rules=table(shipped(), "facts.yaml", shelf().lexicon),
)  # fmt: skip


def cold_wave(*changes: tuple[str, str]) -> bytes:
    text = (SAMPLES / "cold_wave.xml").read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text.encode()


def rooms_with(office: WarningOffice = OFFICE) -> Rooms:
    rooms = Rooms(MemoryJournal("warnings", AT, exercise=False), AT).people()
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at, office=office)
    return rooms


def take(rooms: Rooms, content: bytes, by: Actor = WEATHER, key: str = "") -> Taken:
    return rooms.desk.warnings.take("jincheng", content, by, key=key or rooms.key())


def fact(rooms: Rooms, name: str = "cold_wave_warning") -> object:
    one = rooms.desk.standing("jincheng").facts.get(name)
    return None if one is None else one.given["value"]


def test_a_cold_wave_becomes_a_fact_with_who_said_so():
    rooms = rooms_with()
    done = take(rooms, cold_wave())
    assert [(one.fact, one.value) for one in done.one.facts] == [("cold_wave_warning", "橙色")]
    assert not done.one.waiting
    stands = rooms.desk.standing("jincheng").facts["cold_wave_warning"]
    assert stands.given["value"] == "橙色"
    assert stands.source.startswith(MARK)
    assert "14050041600000_20261215153000" in stands.source
    assert rooms.desk.papers.files.get(done.one.content) == cold_wave()
    assert verify(rooms.journal).good


def test_a_message_of_the_national_network_needs_no_namespace():
    rooms = rooms_with()
    plain = cold_wave((' xmlns="http://com.icss.amp"', ""))
    assert [one.value for one in take(rooms, plain).one.facts] == ["橙色"]
    end = plain.decode().replace(">Alert<", ">Cancel<").replace("20261215153000<", "20261215155000<")
    end = end.replace("15:30:00+08:00</sendTime>", "15:50:00+08:00</sendTime>").replace("发布寒潮", "解除寒潮")
    take(rooms, end.replace("<references/>", "<references>14050041600000_20261215153000</references>").encode())
    assert fact(rooms) == "未发布"


def test_the_same_message_twice_is_one():
    rooms = rooms_with()
    take(rooms, cold_wave())
    head = rooms.journal.head()
    assert take(rooms, cold_wave()).repeated
    assert rooms.journal.head() == head
    assert len(rooms.desk.warnings.all("jincheng")) == 1


def test_what_runs_out_without_being_lifted_is_no_longer_known():
    rooms = rooms_with()
    take(rooms, cold_wave())
    infos = rooms.desk.warnings.all("jincheng")[0].standing.message.alert.infos
    expires = max(info.expires for info in infos if info.expires)
    rooms.at = expires
    rooms.later(1)
    rooms.desk.reassess("jincheng", "later")
    assert fact(rooms) is None
    assert rooms.desk.warnings.all("jincheng")[0].standing.state == "expired"


def test_a_message_does_not_drive_out_what_a_person_said_later():
    rooms = rooms_with()
    rooms.later(30)
    officer = rooms.actor("city")
    rooms.desk.state_standing("jincheng", {"cold_wave_warning": FactGiven(value="红色")}, officer, key="by hand")
    take(rooms, cold_wave())
    assert fact(rooms) == "红色"


def test_what_no_rule_knows_waits_for_a_person_and_is_settled_by_one():
    rooms = rooms_with()
    done = take(rooms, cold_wave(("11B05", "11B99"), ("寒潮", "冻雨")))
    assert done.one.waiting
    assert fact(rooms) is None
    command = SettleWarning(content=done.one.content, done="与供气无关")
    with pytest.raises(RefusedError, match="处理预警信息"):
        rooms.desk.warnings.settle("jincheng", command, WEATHER, key="s0")
    settled = rooms.desk.warnings.settle("jincheng", command, rooms.actor("city"), key="s1")
    assert (settled.waiting, settled.settled) == (False, "与供气无关")
    with pytest.raises(RefusedError, match="已经处理"):
        rooms.desk.warnings.settle("jincheng", command, rooms.actor("city"), key="s2")
    assert len(rooms.desk.warnings.all("jincheng")) == 1


def test_a_sender_that_nobody_knows_states_nothing_and_waits():
    rooms = rooms_with(WarningOffice(unsigned=True, rules=OFFICE.rules))
    done = take(rooms, cold_wave(), rooms.actor("city"))
    assert done.one.source == ""
    assert done.one.waiting
    assert fact(rooms) is None


def test_a_test_of_the_service_states_nothing_and_wants_nobody():
    rooms = rooms_with()
    done = take(rooms, cold_wave((">Actual<", ">Test<")))
    assert done.one.standing.state == "not_real"
    assert not done.one.waiting
    assert fact(rooms) is None


def test_a_real_message_that_calls_itself_an_exercise_states_nothing_and_waits():
    rooms = rooms_with()
    done = take(rooms, cold_wave(("发布寒潮橙色预警<", "发布寒潮橙色预警（演练）<")))
    assert done.one.standing.state == "doubtful"
    assert "演练" in done.one.standing.note
    assert done.one.waiting
    assert fact(rooms) is None


@pytest.mark.parametrize("person", ["county", "district", "mayor"])
def test_only_the_desk_and_the_sender_deliver(person: str):
    rooms = rooms_with()
    with pytest.raises(RefusedError, match="接收预警信息"):
        take(rooms, cold_wave(), rooms.actor(person))
    with pytest.raises(RefusedError, match="接收预警信息"):  # another source's account
        take(rooms, cold_wave(), Actor("p", "省", frozenset({"reporter:jincheng/province"})))
    assert rooms.desk.warnings.all("jincheng") == ()


BOMB = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&c;</identifier></alert>"""
READS_A_FILE = b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>&x;</identifier></alert>"""


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BOMB, "文档类型声明"), (READS_A_FILE, "文档类型声明"), (b"x" * (1 << 20) + b"x", "超过 1 MB"), (b" ", "是空的"),
        (b"<alert/>", "没有写命名空间"), (b"<a/>", "不是认得的预警信息"), (b"not xml", "不是合格的 XML"),
        (b"<a>" * 40 + b"</a>" * 40, "层次超过"),
    ],
)  # fmt: skip
def test_what_may_not_be_read_is_refused_and_leaves_nothing(content: bytes, words: str):
    rooms = rooms_with()
    head = rooms.journal.head()
    with pytest.raises((ZhishouError, ProblemsError), match=words):
        take(rooms, content)
    assert rooms.journal.head() == head


def test_where_signatures_are_demanded_an_unsigned_message_is_refused():
    rooms = rooms_with(WarningOffice(sources=OFFICE.sources, rules=OFFICE.rules))
    with pytest.raises(UntrustedError, match="没有签名"):
        take(rooms, cold_wave())
    assert rooms.desk.warnings.all("jincheng") == ()


def test_a_restart_reads_the_same_from_the_kept_bytes():
    rooms = rooms_with()
    before = take(rooms, cold_wave()).one
    rooms.desk = Desk(rooms.journal, shelf(), machine="test", now=lambda: rooms.at, office=OFFICE)
    after = rooms.desk.warnings.one("jincheng", sm3(cold_wave()))
    assert (after.standing.state, after.facts, after.source) == (before.standing.state, before.facts, before.source)


def test_nobody_states_a_fact_as_if_a_warning_had_said_it():
    """It would be taken back with warnings that never said it."""
    rooms = rooms_with()
    take(rooms, cold_wave())
    said = FactGiven(value=7, source=f"{MARK}市气象台来电")
    with pytest.raises(RefusedError, match="自动转来"):
        rooms.desk.state_standing("jincheng", {"city_gas_gap_pct": said}, rooms.actor("city"), key=rooms.key())
    plain = FactGiven(value=7, source="市能源局电话")
    rooms.desk.state_standing("jincheng", {"city_gas_gap_pct": plain}, rooms.actor("city"), key=rooms.key())
    wrong = CorrectFact(fact="city_gas_gap_pct", given=said, reason="听错了")
    with pytest.raises(RefusedError, match="自动转来"):
        rooms.give("standing-jincheng", "city", wrong)
    rooms.desk.warnings.refresh("jincheng", rooms.key())
    assert fact(rooms, "city_gas_gap_pct") == 7
