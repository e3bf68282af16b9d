"""Papers on the console: offered to whom may, looked at before they are issued, issued once, and never on what has changed since."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from paper.conftest import _faces  # noqa: F401 - the faces of the PDF, or a skip with the reason
from web.console.conftest import Visits
from web.console.pages import Page, Visitor
from web.console.served import INCIDENT, Evening

from zhishou.incident.levels import EndLevel
from zhishou.incident.opening import AddNote
from zhishou.paper.files import sm3

HOME = f"/incidents/{INCIDENT}"
ORDER = f"/papers/new?kind=response_start&incident={INCIDENT}"
Seen = tuple[Evening, Visits]


def offered(page: Page) -> set[str]:
    return set(re.findall(r"/papers/new\?kind=(\w+)", html.unescape(page.answer.text)))


def issue(browser: Visitor, path: str = ORDER, filled: dict[str, Any] | None = None) -> Page:
    """Fill in, look, confirm, and follow to the paper."""
    checked = browser.send(browser.open(path).form("/papers/new"), (filled or {}) | {"_step": "check"})
    assert "核对后印发" in checked.text
    done = browser.send(checked.form("/papers/new"), {"_step": "do"})
    assert done.status == 303, done.text[:400]
    return browser.open(done.answer.headers["location"])


def test_an_incident_s_page_offers_what_he_may_issue_now(seen_night: Seen) -> None:
    one, visit = seen_night
    for person in ("guo.yi", "wang.bing", "cheng.jia"):
        actor = one.house.desk.actor(person, person)
        may = {found.kind.id for found in one.house.desk.papers.offers("jincheng", actor, INCIDENT) if found.may}
        assert offered(visit(person).open(HOME)) == may
        assert "response_start" in may
    assert "situation_report" not in offered(visit("wang.bing").open(HOME))
    assert not offered(visit("niu.ren").open(HOME))


def test_the_draft_is_shown_as_it_will_be_printed_and_takes_no_number(seen_night: Seen) -> None:
    one, visit = seen_night
    before = one.house.journal.head()
    page = visit("guo.yi").open(ORDER)
    assert page.status == 200
    assert page.answer.text.count("data:image/png;base64,") == 3
    assert "关于启动Ⅲ级应急响应的通知" in page.text
    assert "〔2026〕________号" in page.text
    assert "【演练】" in page.text
    assert one.house.journal.head() == before


def test_a_paper_is_issued_with_a_second_look_and_kept(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("guo.yi")
    paper = issue(browser, filled={"copies": "市委办公室、市人大常委会办公室"})
    (issued,) = one.house.desk.papers.all("jincheng")
    assert issued.event.copies == ("市委办公室", "市人大常委会办公室")
    assert issued.event.to == ("各县（市、区）人民政府", "市指挥部各成员单位")
    for told in (issued.number, issued.event.pdf, issued.event.docx, issued.event.code, "已印发", "4.2.3(3)"):
        assert told in paper.text
    assert issued.number in browser.open(HOME).text
    assert issued.number in browser.open("/papers").text
    pdf = browser.open(f"/papers/{issued.position}/pdf").answer
    assert sm3(pdf.content) == issued.event.pdf
    assert pdf.headers["content-disposition"].startswith("attachment")
    led = browser.open(f"/e/{issued.event.code}")
    assert "与记录相符" in led.text
    assert "级别已决定" in led.text
    typed = browser.open(f"/e?code=%20{issued.event.code}%20")
    assert typed.answer.headers["location"] == f"/e/{issued.event.code}"
    stranger = visit("gaoping").open(f"/e/{issued.event.code}")
    assert "不在您的职权范围" in stranger.text
    assert "与记录相符" in stranger.text
    assert issued.number not in stranger.text
    assert issued.event.title not in stranger.text
    assert visit("gaoping").open(f"/papers/{issued.position}").status == 403


def test_sent_twice_it_is_issued_once(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("guo.yi")
    form = browser.send(browser.open(ORDER).form("/papers/new"), {"_step": "check"}).form("/papers/new")
    first, again = (browser.send(form, {"_step": "do"}) for _ in range(2))
    assert first.answer.headers["location"] == again.answer.headers["location"]
    assert len(one.house.desk.papers.all("jincheng")) == 1


def test_what_changed_since_it_was_looked_at_is_looked_at_again(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("guo.yi")
    form = browser.send(browser.open(ORDER).form("/papers/new"), {"_step": "check"}).form("/papers/new")
    officer = one.house.desk.actor("cheng.jia", "程甲")
    one.house.desk.give(INCIDENT, AddNote(text="现场来电"), officer, key="meanwhile")
    held = browser.send(form, {"_step": "do"})
    assert held.status == 409
    assert "情况有变" in held.text
    assert not one.house.desk.papers.all("jincheng")
    assert browser.send(held.form("/papers/new"), {"_step": "do"}).status == 303


def test_blanks_are_asked_for_and_filled(own_night: Seen) -> None:
    one, visit = own_night
    path = f"/papers/new?kind=situation_report&incident={INCIDENT}"
    asked = visit("guo.yi").open(path).form("/papers/new").names
    assert {"to", "signer", "report", "fill:人员伤亡情况"} <= asked
    filled = {"to": "省指挥部", "signer": "郭乙", "fill:人员伤亡情况": "无人员伤亡", "report": "follow_up"}
    issue(visit("guo.yi"), path, filled)
    (issued,) = one.house.desk.papers.all("jincheng")
    assert "续报" in issued.event.title
    assert issued.event.to == ("省指挥部",)
    assert not {"签发人", "人员伤亡情况", "主送机关"} & set(issued.event.blanks)


@pytest.mark.parametrize(
    ("person", "path", "status"),
    [
        ("wang.bing", f"/papers/new?kind=situation_report&incident={INCIDENT}", 403),
        ("gaoping", ORDER, 403),
        ("gaoping", "/papers/new?kind=supply_brief", 403),
        ("guo.yi", f"/papers/new?kind=warning_notice&incident={INCIDENT}", 409),
        ("guo.yi", "/papers/new?kind=x", 404),
        ("guo.yi", "/papers/999999", 404),
        ("guo.yi", "/e/1-00000000", 404),
    ],
)  # fmt: skip
def test_whatever_cannot_be_is_said_with_the_mend(person: str, path: str, status: int, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit(person).open(path)
    assert found.status == status
    assert "怎么办" in found.text


def test_the_room_s_own_papers_are_on_the_list_page(seen_night: Seen) -> None:
    _, visit = seen_night
    assert "supply_brief" in offered(visit("cheng.jia").open("/papers"))
    assert "没有交接班的记录" in visit("cheng.jia").open("/papers").text
    brief = visit("cheng.jia").open("/papers/new?kind=supply_brief&area=jincheng")
    assert "天然气供需日报" in brief.text


def test_the_report_of_an_exercise_is_issued_from_its_incident_by_the_duty_officer(own_night: Seen) -> None:
    one, visit = own_night
    path = f"/papers/new?kind=exercise_report&incident={INCIDENT}"
    early = visit("cheng.jia").open(path)
    assert early.status == 409
    assert "演练还没有结束" in early.text
    assert "exercise_report" not in offered(visit("cheng.jia").open(HOME))
    state = one.house.desk.incident(INCIDENT)
    assert state.active
    for key in state.active:
        plan, _, ladder = key.partition("|")
        rules = one.house.library.packs[plan].ladders[ladder].ending  # type: ignore[index]
        confirmed = {text: "已核实" for rule in rules for text in rule.when}
        ending = EndLevel(plan=plan, ladder=ladder, reason="演练科目完成", confirmed=confirmed)
        one.house.desk.give(INCIDENT, ending, one.house.desk.actor("wang.bing", "王丙"), key=f"end/{key}")
    assert "exercise_report" in offered(visit("cheng.jia").open(HOME))
    assert visit("guo.yi").open(path).status == 403, "the duty room's own"
    issue(visit("cheng.jia"), path, {"fill:评估意见": "响应及时，签收偏慢"})
    (issued,) = one.house.desk.papers.all("jincheng", incident=INCIDENT)
    assert issued.number == "晋城市演评〔2026〕1号"
    assert "评估意见" not in issued.event.blanks
    assert issued.number in visit("cheng.jia").open(HOME).text
    told = visit("cheng.jia").open(f"/api/papers/{issued.position}").answer.json()
    assert (told["kind"], told["incident"]) == ("exercise_report", INCIDENT)
