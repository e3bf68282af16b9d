"""Foreign messages: samples in the shapes of real services, and everything that is wrong told with place and mend."""

from __future__ import annotations

import codecs

import pytest
from cap_messages import AT, sample

from zhishou import clock
from zhishou.errors import ProblemsError, UntrustedError, ZhishouError
from zhishou.paper.cap.door import parsed
from zhishou.paper.cap.reading import read, received
from zhishou.paper.cap.values import Alert, Circle, Named, Reference


def _read(name: str) -> Alert:
    return read(parsed(sample(name)))


def test_the_united_states_service():
    alert = _read("nws")
    info = alert.infos[0]
    assert alert.sent == clock.moment("2026-01-15T17:12:00+08:00")
    assert alert.references == (
        Reference("urn:oid:2.49.0.1.840.0.0123abcd.000.1", "w-nws.webmaster@noaa.gov", clock.moment("2026-01-15T10:00")),
        Reference("urn:oid:2.49.0.1.840.0.0123abcd.000.2", "w-nws.webmaster@noaa.gov", clock.moment("2026-01-15T13:30")),
    )  # fmt: skip
    assert [one.value for one in info.event_codes] == ["NWS", "ECW"]
    assert info.areas[0].polygons[0][0] == info.areas[0].polygons[0][-1] == (41.5, -93.6)
    assert info.areas[0].geocodes == (Named("SAME", "019153"), Named("UGC", "IAZ060"))
    assert info.description.splitlines()[-1] == "* WHERE...Made-up County."
    assert alert.remarks == ()


def test_the_canadian_service_has_two_languages_and_an_unknown_zone_that_is_utc():
    alert = _read("eccc")
    assert [info.language for info in alert.infos] == ["en-CA", "fr-CA"]
    assert alert.infos[1].event == "froid extrême"
    assert alert.sent == clock.moment("2026-01-15T20:00:00+08:00")
    assert (alert.infos[0].instruction, alert.infos[0].web, alert.infos[1].sender_name) == ("", "", "")
    assert alert.codes == ("profile:CAP-CP:0.4", "layer:SOREM:1.0")


def test_the_european_service():
    alert = _read("meteoalarm")
    area = alert.infos[0].areas[0]
    assert (alert.status, area.polygons, area.geocodes) == ("Test", (), (Named("EMMA_ID", "DE001"),))
    assert (area.altitude_ft, area.ceiling_ft) == (0, 9842.5197)


def test_the_australian_service_cancels_with_a_circle_and_no_language():
    alert = _read("bom")
    assert alert.msg_type == "Cancel"
    assert alert.references[0].identifier == "AU.MADEUP.2026-01-15T09:00:00"
    assert alert.infos[0].areas[0].circles == (Circle((-33.8, 150.9), 12.5),)
    assert alert.infos[0].language == "en-US"  # CAP 1.2, 3.2.2: the default


def test_an_old_message_with_prefix_blanks_fractions_and_z():
    alert = _read("old")
    assert (alert.identifier, alert.status, alert.profile) == ("TRI13970876.1", "Actual", "1.1")
    assert alert.sent == clock.moment("2026-01-16T04:30:00+08:00")
    assert alert.infos[0].categories == ("Geo", "Safety")
    assert len(alert.remarks) == 1
    assert "2026-01-15T20:30:00.250Z" in alert.remarks[0]


def test_a_word_of_the_first_standard_is_read_as_its_successor():
    alert = read(parsed(sample("nws").replace(b"<certainty>Likely<", b"<certainty>Very Likely<")))
    assert [info.certainty for info in alert.infos] == [info.certainty for info in _read("nws").infos]
    assert any("Very Likely" in remark for remark in alert.remarks)


def test_the_national_network():
    alert = _read("cold_wave")
    info = alert.infos[0]
    assert (alert.sender, alert.profile, info.event, info.severity) == ("14050041600000", "national", "寒潮", "Severe")
    assert info.event_codes == (Named("GB/T 35561", "11B05"),)
    assert [one.value for one in info.areas[0].geocodes] == ["140521000000", "140522000000", "140524000000"]
    assert len(alert.remarks) == 1  # none on how it writes times, which is its own
    assert info.areas[0].polygons == ()
    assert any("经纬" in remark for remark in alert.remarks)


def test_most_programmes_write_for_the_national_network_without_a_namespace():
    plain = sample("cold_wave").replace(b' xmlns="http://com.icss.amp"', b"")
    assert read(parsed(plain)) == _read("cold_wave")
    exercise = plain.replace(b"<status>Actual", b"<status>Test")
    assert read(parsed(exercise)).status == "Test"


def _message(inside: str, *, attributes: str = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"') -> bytes:
    return (
        f"<alert {attributes}><identifier>P-1</identifier><sender>p@example.org</sender>"
        f"<sent>2026-12-15T20:00:00+08:00</sent><status>Actual</status><msgType>Alert</msgType><scope>Public</scope>"
        f"<info><category>Met</category><event>寒潮</event><urgency>Future</urgency><severity>Severe</severity>"
        f"<certainty>Likely</certainty>{inside}</info></alert>"
    ).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id></entry></feed>', "清单（Atom）.*按清单里的网址取"),
        (b'<rss version="2.0"><channel/></rss>', "清单（RSS）"),
        (b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><content>' + _message("") + b"</content></entry></feed>", "有 1 条"),
        (
            b'<d:EDXLDistribution xmlns:d="urn:oasis:names:tc:emergency:EDXL:DE:1.0">' + _message("") * 2 + b"</d:EDXLDistribution>",
            "EDXL-DE.*有 2 条信息，把每条 <alert> 取出来单独送",
        ),
        (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body/></s:Envelope>', "SOAP"),
        (b"<alerts>" + _message("") + b"</alerts>", "几条信息合成的"),
        (_message("", attributes='xmlns="http://www.incident.com/cap/1.0"'), "CAP 1.0.*按 CAP 1.2 重发"),
        (_message("", attributes=""), "没有写命名空间"),
        (
            _message("").replace(b"<alert xmlns", b"<c:alert xmlns:c").replace(b"</alert>", b"</c:alert>"),
            "里面的元素却不在.*同样的前缀",
        ),
        (_message("", attributes='xmlns="urn:oasis:names:tc:emergency:alerts:1.2"'), "命名空间“urn:oasis:names:tc:emergency:alerts"),
    ],
    ids=["atom", "rss", "atom with a message", "edxl", "soap", "several", "1.0", "no namespace", "half a prefix", "other"],
)  # fmt: skip
def test_what_is_no_message_is_named_and_how_to_get_at_one(content: bytes, said: str):
    with pytest.raises(ProblemsError, match=said) as caught:
        read(parsed(content))
    assert len(caught.value.problems) == 1


def test_a_name_written_wrongly_is_not_lost_without_a_word():
    alert = read(parsed(_message("<Expires>2026-12-16T20:00:00+08:00</Expires>")))
    assert alert.infos[0].expires is None
    assert alert.remarks == ("<info> 里的 <Expires> 标准里没有，没有读；名称区分大小写",)
    assert alert == read(parsed(_message("")))  # a remark makes no other message


def test_coordinates_with_all_the_digits_a_programme_has():
    ring = "51.12345678901234,-0.12345678901234567 51.2,0.000012345678901234567 51.3,1 51.12345678901234,-0.12345678901234567"
    alert = read(parsed(_message(f"<area><areaDesc>x</areaDesc><polygon>{ring}</polygon></area>")))
    assert alert.infos[0].areas[0].polygons[0][1] == (51.2, 0.000012345678901234567)


@pytest.mark.parametrize("zone", ["+14:01", "-15:00", "+08:60", "+0860", "+99:00"])
def test_no_zone_lies_farther_than_fourteen_hours(zone: str):
    with pytest.raises(ProblemsError, match="时区不对"):
        read(parsed(_message(f"<onset>2026-12-16T02:00:00{zone}</onset>")))


@pytest.mark.parametrize(
    "content",
    [
        codecs.BOM_UTF8 + sample("nws"),
        b"\n\n  " + sample("nws"),
        codecs.BOM_UTF16_LE + sample("nws").decode().replace("UTF-8", "UTF-16").encode("utf-16-le"),
        codecs.BOM_UTF16_BE + sample("nws").decode().encode("utf-16-be"),
        sample("nws").decode().replace("UTF-8", "GBK").encode("gbk"),
        sample("nws").decode().replace("UTF-8", "us-ascii").encode(),
        sample("nws").replace(b"\n", b"\r\n"),
    ],
    ids=["bom", "blanks before", "utf-16-le", "utf-16-be", "gbk", "ascii", "crlf"],
)
def test_the_same_message_in_other_clothes(content: bytes):
    assert read(parsed(content)) == _read("nws")


def test_chinese_in_the_national_standard_encoding():
    content = sample("cold_wave").decode().replace("UTF-8", "GB2312").encode("gb18030")
    assert read(parsed(content)) == _read("cold_wave")


@pytest.mark.parametrize(
    ("old", "new", "field", "said"),
    [
        ("<status>Actual</status>", "<status>Real</status>", "status", "不在标准所列"),
        ("<status>Actual</status>", "", "status", "没有写"),
        ("<status>Actual</status>", "<status>Exercise</status><status>Actual</status>", "status", "写了 2 次"),
        ("<status>Actual</status>", "<status>Act<b/>ual</status>", "status", "别的元素"),
        ("<status>Actual</status>", "<status>Act<?x y?>ual</status>", "status", "别的元素"),
        ("<sent>2026-01-15T03:12:00-06:00", "<sent>2026-01-15T03:12:00", "sent", "没有写时区"),
        ("<sent>2026-01-15T03:12:00-06:00", "<sent>yesterday", "sent", "不是时间"),
        ("<sent>2026-01-15T03:12:00-06:00", "<sent>2026-02-30T03:12:00-06:00", "sent", "不是时间"),
        ("<sent>2026-01-15T03:12:00-06:00", "<sent>0001-01-01T00:00:00+13:59", "sent", "不是时间"),
        ("<severity>Severe", "<severity>severe", "severity", "不在标准所列"),
        ("<category>Met</category>", "", "category", "没有写"),
        ("41.5,-93.6 41.9,-93.6 41.9,-93.1", "41.5,-93.6", "polygon", "只有 3 个点"),
        ("41.5,-93.1 41.5,-93.6<", "41.5,-93.1 41.5,-93.7<", "polygon", "首尾不是同一点"),
        ("41.5,-93.6 41.9", "112.8,35.5 41.9", "polygon", "不在地球上"),
        ("41.5,-93.6 41.9", "41.5;-93.6 41.9", "polygon", "不是一个点"),
        ("41.5,-93.6 41.9", "nan,inf 41.9", "polygon", "不是一个点"),
        ("w-nws.webmaster@noaa.gov,urn:oid:2.49.0.1.840.0.0123abcd.000.1,", "urn:x,", "references", "不是一条引用"),
        ("<areaDesc>Made-up County; Another</areaDesc>", "", "areaDesc", "没有写"),
        ("<valueName>UGC</valueName>", "", "valueName", "没有写"),
    ],
)
def test_what_is_wrong_is_told_with_line_field_and_mend(old: str, new: str, field: str, said: str):
    text = sample("nws").decode()
    assert old in text
    with pytest.raises(ProblemsError) as caught:
        read(parsed(text.replace(old, new).encode()))
    problem = next(one for one in caught.value.problems if said in one.message)
    assert f"<{field}>" in problem.where
    assert problem.where.startswith("第 ")
    assert problem.mend


def test_all_that_is_wrong_is_told_at_once_and_on_its_own_line():
    text = sample("nws").decode().replace("Severe<", "Bad<").replace("Likely<", "Sure<").replace(">Public<", ">All<")
    with pytest.raises(ProblemsError) as caught:
        read(parsed(text.encode()))
    lines = text.splitlines()
    assert len(caught.value.problems) == 3
    scope = next(one for one in caught.value.problems if "<scope>" in one.where)
    assert lines[int(scope.where.split()[1]) - 1].strip() == "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>"


@pytest.mark.parametrize("kind", ["Update", "Cancel"])
@pytest.mark.parametrize("name", ["bom", "cold_wave"])
def test_an_update_or_cancel_that_names_nothing_is_refused(name: str, kind: str):
    text = sample(name).decode().replace("<msgType>Cancel", f"<msgType>{kind}").replace(">Alert<", f">{kind}<")
    start, _, rest = text.partition("<references")
    text = start + "<references/>" + rest.split(">", 1)[1].rpartition("</references>")[2]
    with pytest.raises(ProblemsError, match="没有指明"):
        read(parsed(text.encode()))


@pytest.mark.parametrize(
    "content", [b"<warning/>", b"<info xmlns='urn:oasis:names:tc:emergency:cap:1.2'/>", b"<alert xmlns='urn:other'/>"]
)
def test_other_documents_are_named_as_such(content: bytes):
    with pytest.raises(ProblemsError, match="不是认得的预警信息"):
        read(parsed(content))


def test_an_unsigned_message_is_taken_only_where_that_is_allowed():
    with pytest.raises(UntrustedError, match="没有签名"):
        received(sample("nws"), (), AT)
    message = received(sample("nws"), (), AT, unsigned=True)
    assert message.signer == ""
    assert "未签名" in message.provenance
    assert "NWS Made-up Office" in message.provenance
    assert len(message.digest) == 64


def test_no_sample_holds_anything_but_errors_of_the_house():
    """Whatever is cut off a message, the answer is an error of the house, never a traceback."""
    text = sample("eccc")
    for cut in range(0, len(text), 37):
        with pytest.raises(ZhishouError):
            read(parsed(text[:cut]))
