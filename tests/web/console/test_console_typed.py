"""What is typed into the console's forms: never lost, never read as something else, never a failure of the server."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pyotp
import pytest
from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

from zhishou.errors import ZhishouError
from zhishou.web.console.entrance import onward
from zhishou.web.console.forms.reading import fact_given
from zhishou.web.door import LARGEST_PHOTOS

Own = tuple[Evening, Visits]
HOME = f"/incidents/{INCIDENT}"


def test_a_first_report_without_its_sender_is_not_thrown_away(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    form = browser.open("/incidents/new?subject=gas_supply_shortage&place=lingchuan").form("/incidents/new")
    typed = {"title": "陵川县供气紧张", "area": "jincheng", "sender": "", "text": "灶火小", "items:地点": "县城"}
    for said in (typed, typed | {"text": ""}, typed | {"items:地点": ""}):
        refused = browser.send(form, said)
        assert refused.status == 422
        assert "谁报来的" in refused.text
        assert all(value in refused.answer.text for value in said.values())
    sent = browser.send(form, typed | {"text": "", "items:地点": ""})
    assert sent.status == 303, "without any report an incident may be opened"
    id_ = sent.answer.headers["location"].rsplit("/", 1)[1]
    assert not one.house.desk.incident(id_).reports


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True), ("有", True), ("对", True), ("真", True), ("TRUE", True), ("否", False), ("无", False), ("没有", False),
        ("false", False), ("大概", None), ("0", None), ("是否", None), ("不明", None),
    ],
)  # fmt: skip
def test_yes_and_no_are_read_as_written_or_not_at_all(text: str, value: bool | None, seen_night: Own) -> None:  # noqa: FBT001
    lexicon = seen_night[0].house.library.lexicon
    if value is not None:
        assert fact_given(text, "beyond_city_area", lexicon) == {"value": value}
        return
    with pytest.raises(ZhishouError, match="看不出是还是否"):
        fact_given(text, "beyond_city_area", lexicon)


def test_a_fact_is_corrected_to_what_was_written(own_night: Own) -> None:
    one, visit = own_night
    guo = visit("guo.yi")
    assert guo.do(INCIDENT, "state_facts", {"facts:beyond_city_area": "否"}).status == 303
    page = guo.open(f"{HOME}/do/correct_fact")
    assert '<option value="否">' in page.answer.text
    form = page.form("correct_fact")
    about = {"fact": "beyond_city_area", "reason": "核实"}
    refused = guo.send(form, about | {"given": "大概是"})
    assert (refused.status, "大概是" in refused.answer.text) == (422, True)
    assert guo.send(form, about | {"given": "有"}).status == 303
    assert one.house.desk.incident(INCIDENT).facts["beyond_city_area"].given["value"] is True


def test_photos_within_the_limits_come_through_and_beyond_them_the_true_figure_is_told(own_night: Own) -> None:
    """Six of eight megabytes are what the page allows; the door lets in as much, and says how much where it does not."""
    _, visit = own_night
    browser = visit("niu.ren")
    page = browser.open("/r/report")
    form = page.form("/r/report")
    assert "最多 6 张，每张不超过 8 MB" in page.text
    assert LARGEST_PHOTOS > 6 * 8 * 2**20
    large = {"photo": ("现场.txt", b"x" * (17 * 2**20))}
    sent = browser.upload(form, large, {"text": "压力表在降", "incident": INCIDENT})
    assert (sent.status, "超过 8 MB" in sent.text, "压力表在降" in sent.answer.text) == (422, True, True)
    beyond = browser.http.post(
        "/incidents/new", content=b" " * (16 * 2**20 + 1),
        headers={"content-type": "multipart/form-data; boundary=x", "cookie": f"zhishou={browser.cookies['zhishou']}"},
    )  # fmt: skip
    assert (beyond.status_code, "一次至多 16 MB" in beyond.text) == (413, True)


def test_a_figure_that_is_none_and_a_mark_that_is_foreign_are_refused_in_words(seen_night: Own) -> None:
    _, visit = seen_night
    browser = visit("guo.yi")
    form = browser.open(f"{HOME}/what_if").form("what_if")
    for text in ("nan", "1e400", "inf", "-5", "七"):
        found = browser.send(form, {"facts:city_gas_gap_pct": text})
        assert found.status == 422, text
        assert "怎么办" in found.text
        assert f'value="{text}"' in found.answer.text
    stranger = visit("")
    entry = stranger.open("/login").form("/login")
    assert stranger.send(entry, {"login": "x", "password": "y", "_mark": "口令é"}).status == 403


def test_a_mistyped_digit_keeps_the_picture_and_success_says_so(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("wang.bing")
    shown = browser.send(browser.open("/me").form("/me/second_factor"))
    (grouped,) = re.findall(r'class="once">([A-Z2-7 ]{16,})<', shown.answer.text)
    seed = grouped.replace(" ", "")
    right = pyotp.TOTP(seed).at(one.clock.at)
    wrong = browser.send(shown.form("/me/second_factor/confirm"), {"code": "000000" if right != "000000" else "111111"})
    assert wrong.status == 422
    assert "<svg" in wrong.answer.text
    assert grouped in wrong.answer.text
    done = browser.send(wrong.form("/me/second_factor/confirm"), {"code": right})
    assert done.status == 200
    assert "已启用" in done.text
    assert "没有启用" not in done.text
    assert "恢复码只显示这一次" in done.text


def test_a_page_leads_back_only_to_pages_of_this_house(seen_night: Own) -> None:
    for where in (
        "/\t/example.org",
        "/\r\nx: y",
        "//example.org",
        "/\\example.org",
        "https://example.org",
        "\t//x",
        "/a\x00",
    ):
        assert onward(where) == "/", where
    assert unquote(onward("/desk/phones?q=市能源局")) == "/desk/phones?q=市能源局"
    assert onward("/desk/phones?q=市能源局").isascii()
    _, visit = seen_night
    page = visit("cheng.jia").open("/rooms/jincheng/do/write_log?_next=https://example.org/")
    assert "example.org" not in page.answer.text


def test_nothing_on_the_board_leads_to_an_incident_without_a_name(seen_night: Own) -> None:
    one, visit = seen_night
    one.house.desk.tick()
    for path in ("/", "/desk"):
        assert not [link for link in visit("cheng.jia").open(path).links if re.match(r"/incidents/(#|$)", link)]
