"""The national network's profile: fields and forms as a public programme and local standards have them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cap_messages import ISSUER, PARTICULARS, chain, decided, ended, on_record, one_notice
from lxml import etree

from zhishou.errors import ProblemsError
from zhishou.paper.cap import national
from zhishou.paper.cap.composing import Wording
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.national import Method, NationalSender
from zhishou.paper.cap.reading import read
from zhishou.plan.load import library

GAS = library().packs["jincheng/gas-winter-2021"]
SENDER = NationalSender(
    "14050000000000", "晋城市人民政府", "张某", (Method("SMS", ("G01002", "G02003")), Method("WEB")),
    {"天然气供应短缺": "12E01"}, "0356-0000000",
)  # fmt: skip
NS = "{http://com.icss.amp}"

ORDER = [
    "identifier", "sender", "senderCode", "phone", "sendTime", "status", "msgType", "scope", "code",
    "secClassification", "note", "references", "info",
]  # fmt: skip
"""As the public programme writes them."""


def _fields(content: bytes) -> dict[str, str]:
    return {one.tag.removeprefix(NS): (one.text or "").strip() for one in parsed(content).iter(f"{NS}*")}


def test_fields_stand_in_the_order_and_form_that_is_public():
    content = national.written(one_notice(GAS), SENDER)
    root = parsed(content)
    found = _fields(content)
    assert [one.tag.removeprefix(NS) for one in root] == ORDER
    assert found["identifier"] == "14050000000000_20261215203007"
    assert found["sendTime"] == "2026-12-15 20:30:07+08:00"
    assert (found["severity"], found["urgency"], found["certainty"]) == ("Orange", "Unknown", "Unknown")
    assert found["headline"] == "晋城市人民政府发布天然气供应短缺橙色预警"
    assert found["senderName"] == "晋城市人民政府张某"
    assert found["geocode"] == "140500000000"
    assert [one.text for one in root.iter(f"{NS}methodName")] == ["SMS", "WEB"]
    assert next(root.iter(f"{NS}audienceGrp")).text == "G01002,G02003"
    assert not list(root.iter(f"{NS}polygon"))


def test_updates_and_cancels_name_the_first_message():
    """The public programme: `references` is the identifier of the first message of the event."""
    record = on_record([decided(GAS, "III"), decided(GAS, "II", was="III"), ended(GAS, "II")])
    sent = [_fields(national.written(one, SENDER)) for one in chain(record, GAS, ISSUER, lambda _: PARTICULARS)]
    assert [one["references"] for one in sent] == ["", sent[0]["identifier"], sent[0]["identifier"]]
    assert [one["msgType"] for one in sent] == ["Alert", "Update", "Cancel"]
    assert sent[2]["headline"] == "晋城市人民政府解除天然气供应短缺橙色预警"


@pytest.mark.parametrize(("level", "colour"), [("I", "Red"), ("II", "Orange"), ("III", "Yellow"), ("IV", "Blue")])
def test_colours(level: str, colour: str):
    notice = chain(on_record([decided(GAS, level)]), GAS, ISSUER, lambda _: PARTICULARS)[0]
    assert _fields(national.written(notice, SENDER))["severity"] == colour
    assert national.file_name(notice, SENDER) == f"14050000000000_20261215203007_12E01_{colour.upper()}_ALERT.XML"


def test_the_longer_form_of_identifiers():
    """A local standard's annex: 31 characters, with a serial digit."""
    found = _fields(national.written(one_notice(GAS), replace(SENDER, numbered=True)))
    assert found["identifier"] == "14050000000000_20261215203007_0"
    assert len(found["identifier"]) == 31


def test_what_is_written_is_understood_by_our_own_reader():
    alert = read(parsed(national.written(one_notice(GAS), SENDER)))
    assert (alert.profile, alert.sender, alert.infos[0].event) == ("national", SENDER.code, "天然气供应短缺")
    assert alert.infos[0].severity == "Severe"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"code": "1405"}, "不是 14 位数字"),
        ({"methods": ()}, "没有写发布手段"),
        ({"event_types": {}}, "事件类型编码"),
    ],
)
def test_what_only_the_network_can_give_is_asked_for(change: dict[str, object], said: str):
    with pytest.raises(ProblemsError, match=said) as caught:
        national.written(one_notice(GAS), replace(SENDER, **change))  # type: ignore[arg-type]
    assert caught.value.problems[0].mend


def test_an_event_code_of_another_form_does_not_pass():
    with pytest.raises(ProblemsError, match="eventType"):
        national.written(one_notice(GAS), replace(SENDER, event_types={"天然气供应短缺": "gas"}))


def test_without_chinese_words_or_colour_nothing_is_written():
    english = chain(
        on_record([decided(GAS, "II")]), GAS, ISSUER, lambda _: replace(PARTICULARS, wordings=(Wording("en"),))
    )
    with pytest.raises(ProblemsError, match="没有中文正文"):
        national.written(english[0], SENDER)
    plain = decided(GAS, "II").model_copy(update={"colour": None})
    with pytest.raises(ProblemsError, match="没有预警颜色"):
        national.written(chain(on_record([plain]), GAS, ISSUER, lambda _: PARTICULARS)[0], SENDER)


def test_the_schema_says_that_it_is_a_reading():
    content = national.schema.files("zhishou.paper.cap").joinpath("data/national.xsd").read_bytes()
    assert "Not the network's own schema" in str(etree.fromstring(content).getprevious())
