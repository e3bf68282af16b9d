"""The supply desk's pages held against the returns they tell of; files and decisions come in by forms."""

from __future__ import annotations

import re
from datetime import date

import pytest
from made_up_night import HOME
from web.console.conftest import Visits
from web.console.pages import Form, Visitor
from web.console.served import Evening

from zhishou.supply.balance.saying import cell
from zhishou.supply.duties import ledger
from zhishou.web.console.supply_balance import known
from zhishou.web.console.week_ahead import week_ahead

Seen = tuple[Evening, Visits]
AREA = "jincheng"
PAGES = (
    "/supply",
    "/supply/balance",
    "/supply/balance?scope=yangcheng",
    "/supply/storage",
    "/supply/cuts",
    "/supply/ahead?wait=1",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_supply_desk_is_whole_and_asks_nobody_else(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("cheng.jia").open(path)
    assert found.status == 200, found.text[:300]
    assert "【演练】" in found.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style", found.answer.text)
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", found.answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_who_has_no_post_in_the_room_is_told_so(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("gaoping").open(path)
    assert found.status == 403
    assert "怎么办" in found.text


def test_every_reporter_stands_with_what_came_of_it(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/supply")
    desk = one.house.desk
    made = desk.returns.evening(AREA).made
    for reporter in desk.returns.system(AREA).reporters:
        assert reporter.label in page.text
    for late in desk.late_returns(AREA, made):
        for demand in late.demands:
            assert demand.text in page.text
    waiting = desk.returns.register(AREA).open()
    assert waiting, "the night has a slip"
    for _, held in waiting:
        assert held.message in page.text
        assert held.place in page.text
        assert held.mend in page.text


def test_the_balance_shows_every_place_source_and_clause(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/supply/balance")
    balances = one.house.desk.returns.evening(AREA).balances()
    for county in balances.counties:
        assert county.scope.label in page.text
        assert known(cell(county.demand)) in page.text
        assert known(cell(county.gap)) in page.text
    for line in balances.city.supplies:
        assert line.label in page.text
    assert "缺口 = 需求 − 可供" in page.text
    assert "4.2.1(1)" in page.text
    county = visit("cheng.jia").open("/supply/balance?scope=yangcheng")
    assert known(cell(balances.of("yangcheng").gap)) in county.text
    assert visit("cheng.jia").open("/supply/balance?scope=nowhere").status == 404


def test_the_ledger_of_storage_duties_is_whole(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/supply/storage")
    evening = one.house.desk.returns.evening(AREA)
    library = one.house.library
    found = ledger(
        evening.system, evening.returns, evening.day, library.for_area(AREA), library.lexicon, evening.withheld
    )
    assert found.entries
    for entry in found.entries:
        assert entry.owner in page.text
        assert known(cell(entry.held)) in page.text
        assert "、".join(entry.clause) in page.text


def test_the_forecast_is_drawn_with_every_day_and_its_ranges(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/supply/ahead?wait=1")
    job = week_ahead(one.house, AREA).job
    for number, day in enumerate(job.days):
        assert f"{day.day}日" in page.text
        assert f"中位 {job.median[number]:.1f}" in page.answer.text
    assert "<polygon" in page.answer.text
    assert "是否预警、启动响应，由预案规定的人决定" in page.text


def _form(visit: Visits) -> tuple[Visitor, Form]:
    browser = visit("cheng.jia")
    return browser, browser.open("/supply").form("/supply/returns")


def test_a_file_comes_in_and_the_gap_becomes_a_number(own_night: Seen) -> None:
    one, visit = own_night
    browser, form = _form(visit)
    content = (HOME / "late" / "2026-12-15" / "county_lingchuan.csv").read_bytes()
    done = browser.upload(form, {"file": ("county_lingchuan.csv", content)})
    assert done.status == 303, done.text[-400:]
    register = one.house.desk.returns.register(AREA)
    assert register.current("county_lingchuan", date(2026, 12, 15)) is not None
    before = len(register.entries)
    assert browser.upload(form, {"file": ("county_lingchuan.csv", content)}).status == 303
    assert len(one.house.desk.returns.register(AREA).entries) == before, "sent twice it is entered once"


def test_a_bad_file_is_told_with_sheet_cell_and_mend(own_night: Seen) -> None:
    _, visit = own_night
    browser, form = _form(visit)
    text = (late_file()).replace("7.", "七点")
    sent = browser.upload(form, {"file": ("county_lingchuan.csv", text.encode())})
    assert sent.status == 200
    assert re.search(r"CSV!\w+\d+", sent.text), sent.text[-600:]
    assert "不是数" in sent.text
    empty = browser.upload(form, {"file": ("空.xlsx", b"")})
    assert "文件是空的" in empty.text
    junk = browser.upload(browser.open("/supply").form("/supply/returns"), {"file": ("报表.xlsx", b"PK\x03\x04broken")})
    assert "读不出来" in junk.text
    none = browser.send(browser.open("/supply").form("/supply/returns"))
    assert "没有选文件" in none.text


def late_file() -> str:
    """The late return of the examples, as text."""
    return (HOME / "late" / "2026-12-15" / "county_lingchuan.csv").read_text("utf-8-sig")


def test_a_file_needs_the_word_that_only_our_pages_know(own_night: Seen) -> None:
    one, visit = own_night
    browser, form = _form(visit)
    before = len(one.house.desk.returns.register(AREA).entries)
    sent = browser.upload(form, {"file": ("county_lingchuan.csv", late_file().encode())}, {"_csrf": "0" * 64})
    assert sent.status == 403
    assert len(one.house.desk.returns.register(AREA).entries) == before


def test_what_is_held_is_decided_with_a_reason_once(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    _, held = one.house.desk.returns.register(AREA).open()[0]
    path = f"/supply/{AREA}/held/{held.id}"
    page = browser.open(path)
    assert held.message in page.text
    form = page.form(path)
    bare = browser.send(form, {"action": "replace", "amount:0": "20.4", "reason": " "})
    assert bare.status == 422
    assert "没有写核定的理由" in bare.text
    wrong = browser.send(form, {"action": "replace", "amount:0": "二十", "reason": "电话核实"})
    assert "不是数" in wrong.text
    assert "二十" in wrong.answer.text
    typed = {"action": "replace", "amount:0": "20.4", "reason": "20:50 电话，高平燃气值班员"}
    assert browser.send(form, typed).status == 303
    assert browser.send(form, typed).status == 303, "sent twice it is decided once"
    assert not one.house.desk.returns.register(AREA).open(date(2026, 12, 15))
    assert browser.open(path).status == 404
    evening = one.house.desk.returns.evening(AREA)
    assert evening.figures().find("demand", "gaoping_residential").amount == pytest.approx(20.4)


def test_the_room_below_may_not_decide_for_the_city(own_night: Seen) -> None:
    one, visit = own_night
    _, held = one.house.desk.returns.register(AREA).open()[0]
    assert visit("niu.ren").open(f"/supply/{AREA}/held/{held.id}").status == 403


def test_a_reporter_gets_its_own_form_and_no_other(seen_night: Seen) -> None:
    _, visit = seen_night
    own = visit("gaoping").open(f"/supply/template?area={AREA}&reporter=gas_gaoping")
    assert own.status == 200
    assert own.answer.content[:2] == b"PK"
    assert visit("gaoping").open(f"/supply/template?area={AREA}&reporter=gas_city").status == 403
    assert visit("cheng.jia").open(f"/supply/template?area={AREA}&reporter=gas_city").status == 200
