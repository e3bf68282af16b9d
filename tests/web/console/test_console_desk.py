"""The duty desk held against the room: log, signed hand-over, roster, telephones, quiet times, delegations."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from web.console.conftest import Visits
from web.console.pages import Page, Visitor
from web.console.served import INCIDENT, Evening

from zhishou import clock
from zhishou.incident.tasks import IssueTask
from zhishou.watch.words import UPKEEP_KINDS

Seen = tuple[Evening, Visits]
AREA = "jincheng"
PAGES = ("/desk", "/desk/roster", "/desk/phones", "/desk/teams", "/desk/upkeep", "/desk/posts")


@pytest.mark.parametrize("path", PAGES)
def test_every_page_of_the_desk_is_whole_and_asks_nobody_else(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("cheng.jia").open(path)
    assert found.status == 200, found.text[:300]
    assert "【演练】" in found.text
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style", found.answer.text)


@pytest.mark.parametrize("path", PAGES)
def test_who_has_no_post_in_the_room_is_told_so(path: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("gaoping").open(path)
    assert found.status == 403
    assert "怎么办" in found.text


def test_the_log_and_the_watch_stand_as_recorded(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/desk")
    for entry in one.house.desk.log(AREA):
        assert entry.text in page.text
        assert entry.name in page.text
    room = one.house.desk.room(AREA)
    assert room.watch is not None
    assert room.watch.name in page.text


def keep(browser: Visitor, name: str, filled: dict[str, str], query: str = "") -> Page:
    path = f"/rooms/{AREA}/do/{name}"
    sent = browser.send(browser.open(f"{path}?_next=/desk{query}").form(path), filled)
    again = [form for form in sent.forms if path in form.action]
    return browser.send(again[0]) if sent.status == 200 and again else sent


def test_a_line_is_written_into_the_log_and_corrected_by_another(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    done = keep(
        browser, "write_log", {"occurred": "2026-12-15T20:20", "category": "call", "text": "阳城来电：气压回升"}
    )
    assert (done.status, done.answer.headers["location"]) == (303, "/desk")
    entry = one.house.desk.log(AREA)[-1]
    assert (entry.text, f"{entry.occurred:%H:%M}") == ("阳城来电：气压回升", "20:20")
    typed = {"occurred": "2026-12-15T20:21", "category": "call", "text": "应为高平来电", "corrects": entry.id}
    assert keep(browser, "write_log", typed).status == 303
    assert "已由后一条更正" in browser.open("/desk").text


def test_a_watch_passes_when_both_have_signed_the_same(own_night: Seen) -> None:
    """The memo is signed by the outgoing, then by the incoming; what falls due goes with it by itself."""
    one, visit = own_night
    cheng, qin = visit("cheng.jia"), visit("qin.ji")
    one.house.desk.give(
        INCIDENT, _task("夜里十点前查清门站压力"), one.house.desk.actor("guo.yi", "郭乙"), key="handover/1"
    )
    typed = {"person": "qin.ji", "memo": "阳城供气紧张，Ⅲ级响应中", "open_matters": "等省保供办回电"}
    assert keep(cheng, "offer_shift_handover", typed).status == 303
    offer = one.house.desk.room(AREA).offer
    assert offer is not None
    assert any("夜里十点前查清门站压力" in item.text for item in offer.due_items)
    page = qin.open("/desk")
    for said in ("阳城供气紧张，Ⅲ级响应中", "等省保供办回电", "夜里十点前查清门站压力", offer.digest[:16]):
        assert said in page.text
    for other in ("guo.yi", "admin"):
        assert not [link for link in visit(other).open("/desk").links if "accept_shift_handover" in link]
    link = next(link for link in page.links if "accept_shift_handover" in link)
    form = qin.open(link).form("accept_shift_handover")
    assert qin.send(form, {"digest": "0" * 64}).status == 409, "another memo than the one signed"
    assert qin.send(form).status == 303
    watch = one.house.desk.room(AREA).watch
    assert watch is not None
    assert (watch.person, watch.digest) == ("qin.ji", offer.digest)


def _task(text: str) -> IssueTask:
    return IssueTask(
        plan="jincheng/gas-winter-2021", text=text, by=("市能源局",), due=clock.moment("2026-12-15T22:00")
    )  # fmt: skip


def test_a_shift_is_put_on_the_roster_by_those_who_keep_it(own_night: Seen) -> None:
    one, visit = own_night
    typed = {"person": "cheng.jia", "role": "chief", "since": "2026-12-18T08:00", "until": "2026-12-19T08:00"}
    form = visit("cheng.jia").open("/desk/roster").form("/shifts")
    before = len(one.house.desk.room(AREA).shifts)
    assert visit("cheng.jia").send(form, typed).status == 303
    assert visit("cheng.jia").send(form, typed).status == 303
    assert len(one.house.desk.room(AREA).shifts) == before + 1, "sent twice it is put on once"
    assert "12月18日" in visit("cheng.jia").open("/desk/roster").text
    bare = visit("cheng.jia").open("/desk/roster").form("/shifts")
    wrong = visit("cheng.jia").send(bare, typed | {"until": ""})
    assert (wrong.status, "“到何时止”没有填" in wrong.text) == (422, True)
    assert "2026-12-18T08:00" in wrong.answer.text
    assert not [form for form in visit("guo.yi").open("/desk/roster").forms if "/shifts" in form.action]
    refused = visit("guo.yi").send(bare, typed | {"_csrf": visit("guo.yi").open("/").csrf})
    assert refused.status == 403


def test_every_duty_line_of_the_citys_plans_is_there_once(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("cheng.jia").open("/desk/phones")
    for pack in one.house.library.packs.values():
        if pack.plan.area == AREA:
            for listed in pack.contacts.lists:
                for contact in listed.contacts:
                    for number in contact.phone:
                        assert number in page.text
    assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)", page.text)
    tels = re.findall(r'href="tel:(\d+)"', visit("cheng.jia").open("/desk/phones?q=市能源局").answer.text)
    assert tels
    assert len(tels) == len(set(tels))


def test_quiet_times_are_shown_with_clause_and_day_and_marked_done(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    page = browser.open("/desk/upkeep")
    owed = one.house.desk.upkeep(AREA)
    for obligation in owed:
        assert obligation.label.removeprefix(f"{UPKEEP_KINDS[obligation.kind]}：") in page.text
        assert "、".join(obligation.clause) in page.text
    late = next(obligation for obligation in owed if obligation.status == "overdue" and obligation.kind == "drill")
    link = next(
        link for link in page.links if "record_drill" in link and late.plan in link and f"obligations={late.id}" in unquote(link)
    )  # fmt: skip
    path = f"/rooms/{AREA}/do/record_drill"
    form = browser.open(link).form(path)
    typed = {
        "plan": late.plan, "obligations": late.id, "form": "tabletop", "held": "2026-12-15", "by": "市应急局", "summary": "推演了一遍",
    }  # fmt: skip
    assert browser.send(form, typed).status == 303
    now = next(one_ for one_ in one.house.desk.upkeep(AREA) if (one_.plan, one_.id) == (late.plan, late.id))
    assert now.status != "overdue"
    assert now.last is not None


def test_a_delegation_noted_by_the_desk_waits_for_the_holder(own_night: Seen) -> None:
    one, visit = own_night
    post = "jincheng/gas-winter-2021:commander"
    until = f"{one.clock.at + timedelta(days=2):%Y-%m-%dT%H:%M}"
    typed = {
        "posts": post, "holder": "wang.bing", "person": "li.ding", "document": "委托书（12月15日）", "reason": "赴省开会", "until": until,
    }  # fmt: skip
    assert keep(visit("cheng.jia"), "delegate_posts", typed).status == 303
    assert "等委托人确认" in visit("li.ding").open("/desk/posts").text
    assert post not in one.house.desk.actor("li.ding", "李丁").delegated
    link = next(link for link in visit("wang.bing").open("/desk/posts").links if "confirm_delegation" in link)
    wang = visit("wang.bing")
    assert wang.send(wang.open(link).form("confirm_delegation")).status == 303
    assert post in one.house.desk.actor("li.ding", "李丁").delegated
