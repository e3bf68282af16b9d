"""The reporter's page: what is owed, a return, a flash report with photos kept by their SM3, what was asked, acknowledged."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from web.console.conftest import Visits
from web.console.lists import sent
from web.console.pages import Page
from web.console.served import INCIDENT, Evening
from web.console.test_photos import photo

from zhishou.errors import RefusedError
from zhishou.incident.opening import OpenIncident
from zhishou.incident.reports import ReportGiven
from zhishou.paper.files import sm3
from zhishou.supply.returns.roster import Row, roster
from zhishou.web.console.photos import bare
from zhishou.web.console.photos_sent import LARGEST

Seen = tuple[Evening, Visits]
AREA, DAY = "jincheng", date(2026, 12, 15)
JPEG = photo("JPEG", 6)
KEPT = bare(JPEG, "")
"""The same without what the telephone wrote into it."""
FORM = f"/r/return?area={AREA}&of=county_lingchuan"


@pytest.mark.parametrize("person", ["gaoping", "lingchuan", "niu.ren", "cheng.jia", "zhang.wu", "admin"])
def test_everybodys_page_is_whole_and_asks_nobody_else(person: str, seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit(person).open("/r")
    assert found.status == 200, found.text[:300]
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|<style", found.answer.text)


def test_a_reporter_sees_its_own_return_and_whoever_has_none_is_taught(seen_night: Seen) -> None:
    one, visit = seen_night
    page = visit("lingchuan").open("/r")
    assert "陵川县人民政府" in page.text
    assert "已逾期 35 分" in page.text
    for reporter in one.house.desk.returns.system(AREA).reporters:
        if reporter.id != "county_lingchuan":
            assert reporter.label not in page.text
    _, held = one.house.desk.returns.register(AREA).open()[0]
    assert held.message in visit("gaoping").open("/r").text
    assert "现在没有要您报、要您办的" in visit("admin").open("/r").text


def test_a_return_is_filed_from_the_phone_and_counts(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("lingchuan")
    page = browser.open(FORM)
    form = page.form("/r/return")
    wanted = {row.of for row in _rows(one, "county_lingchuan") if row.of}
    assert wanted == {name.split(":", 2)[2] for name in form.names if name.startswith("figure:")}
    typed = {name: _near(one, name) for name in form.names if name.startswith("figure:")}
    done = browser.send(form, typed)
    assert (done.status, done.answer.headers.get("location")) == (303, "/r?done=return"), done.text[-500:]
    entry = one.house.desk.returns.register(AREA).current("county_lingchuan", DAY)
    assert entry is not None
    assert entry.returned is not None
    assert {(value.item, value.of) for value in entry.returned.values} == {tuple(name.split(":")[1:]) for name in typed}
    before = len(one.house.desk.returns.register(AREA).entries)
    assert browser.send(form, typed).status == 303
    assert len(one.house.desk.returns.register(AREA).entries) == before, "sent twice it is entered once"
    assert "已报" in browser.open("/r").text


def _rows(one: Evening, reporter: str) -> tuple[Row, ...]:
    return roster(one.house.desk.returns.system(AREA), one.house.library.lexicon).rows[reporter]


def _near(one: Evening, name: str) -> str:
    """What it said the evening before, so that nothing is held."""
    _, item, of = name.split(":")
    recent = one.house.desk.returns.register(AREA).recent("county_lingchuan", DAY, 3)
    return f"{recent[item, of][-1][1]:g}"


def test_a_slip_comes_back_with_what_was_typed_or_is_held(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("lingchuan")
    form = browser.open(FORM).form("/r/return")
    name = next(name for name in sorted(form.names) if name.startswith("figure:demand:"))
    wrong = browser.send(form, {name: "七个多"})
    assert wrong.status == 422
    assert "不是数" in wrong.text
    assert "七个多" in wrong.answer.text
    empty = browser.send(browser.open(FORM).form("/r/return"))
    assert "一个数也没有填" in empty.text
    tenfold = {key: _near(one, key) for key in form.names if key.startswith("figure:")}
    tenfold[name] = f"{float(tenfold[name]) * 10:g}"
    held = browser.send(browser.open(FORM).form("/r/return"), tenfold)
    assert held.status == 200
    assert "核定" in held.text
    assert one.house.desk.returns.register(AREA).open(DAY)


def test_nobody_reports_for_another(seen_night: Seen) -> None:
    _, visit = seen_night
    found = visit("gaoping").open(FORM)
    assert found.status == 403
    assert "怎么办" in found.text


def test_a_flash_report_with_a_photo_is_kept_by_its_digest(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("niu.ren")
    form = browser.open("/r/report").form("/r/report")
    typed = {"text": "东片灶火恢复八成", "items:影响范围": "约四千户"}
    done = browser.upload(form, {"photo": ("门站 压力表.jpg", JPEG)}, typed)
    assert (done.status, done.answer.headers.get("location")) == (303, "/r?done=report"), done.text[-400:]
    report = list(one.house.desk.incident(INCIDENT).reports.values())[-1]
    assert (report.text, report.how, report.items) == ("东片灶火恢复八成", "console", {"影响范围": "约四千户"})
    assert list(report.photos.values()) == [sm3(KEPT)]
    before = len(one.house.desk.incident(INCIDENT).reports)
    assert browser.upload(form, {"photo": ("门站 压力表.jpg", JPEG)}, typed).status == 303
    assert len(one.house.desk.incident(INCIDENT).reports) == before
    path = f"/r/photo/{INCIDENT}/{sm3(KEPT)}"
    seen = visit("cheng.jia").open(path).answer
    assert (seen.content, seen.headers["content-type"]) == (KEPT, "image/jpeg")
    assert path in visit("guo.yi").open(f"/incidents/{INCIDENT}").links
    assert visit("gaoping").open(path).status == 403
    assert visit("cheng.jia").open(f"/r/photo/{INCIDENT}/{'0' * 64}").status == 404


@pytest.mark.parametrize(
    ("photo", "typed", "says"),
    [
        (("表.txt", b"not a picture"), {"text": "有照片"}, "不是照片，或格式认不得"), (("半.jpg", JPEG[:900]), {"text": "有照片"}, "没有传全"), (("大.jpg", JPEG[:4] + b"0" * LARGEST), {"text": "有照片"}, "超过 8 MB"),
        (None, {"text": ""}, "什么也没有写"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_flash_report_is_said_and_nothing_is_kept(
    photo: tuple[str, bytes] | None, typed: dict[str, str], says: str, own_night: Seen
) -> None:
    one, visit = own_night
    browser = visit("niu.ren")
    form = browser.open("/r/report").form("/r/report")
    before = one.house.desk.incident(INCIDENT).version
    sent_ = browser.upload(form, {"photo": photo}, typed) if photo else browser.send(form, typed)
    assert sent_.status == 422
    assert says in sent_.text
    assert typed["text"] in sent_.answer.text
    assert one.house.desk.incident(INCIDENT).version == before


def test_a_company_reports_a_new_emergency_and_the_room_is_called(own_night: Seen) -> None:
    one, visit = own_night
    browser, desk = visit("gaoping"), one.house.desk
    before = {row.key for row in desk.incidents([AREA], limit=500)}
    assert "/r/new" in browser.open("/r").links
    form = browser.open("/r/new").form("/r/new")
    assert dict(form.fields)["voice"] == "reporter:jincheng/gas_gaoping"
    typed = {"text": "调压站阀门法兰漏气，已关进口阀，无人员伤亡，正在疏散周边群众\n浓度还在测", "subject": "gas_supply_shortage", "place": "gaoping", "where": "城北调压站"}  # fmt: skip
    done = browser.upload(form, {"photo": ("法兰.jpg", JPEG)}, typed)
    assert (done.status, done.answer.headers.get("location")) == (303, "/r?done=new"), done.text[-400:]
    (id_,) = {row.key for row in desk.incidents([AREA], limit=500)} - before
    state = desk.incident(id_)
    assert state.title == "调压站阀门法兰漏气，已关进口阀，无人员…（示例高平燃气公司报）"
    assert (state.area, state.place, state.where) == (AREA, "gaoping", "城北调压站")
    (report,) = state.reports.values()
    assert (report.sender, report.kind, report.how, report.status) == (
        "示例高平燃气公司",
        "first",
        "console",
        "received",
    )
    assert (report.post, list(report.photos.values())) == ("reporter:jincheng/gas_gaoping", [sm3(KEPT)])
    called = [call.matter for call in one.house.callout.of(id_) if call.matter is not None]
    assert [(matter.kind, matter.what) for matter in called] == [("report", "示例高平燃气公司报来")]
    assert "duty:jincheng" in called[0].party.posts
    assert browser.upload(form, {"photo": ("法兰.jpg", JPEG)}, typed).status == 303
    assert len(desk.incidents([AREA], limit=500)) == len(before) + 1, "sent again it does nothing twice"
    assert "浓度还在测" in browser.open("/r").text
    more = browser.open("/r/report")
    assert browser.send(more.form("/r/report"), {"text": "漏点已经封住"} | _chosen(more, id_)).status == 303
    assert [one_.text for one_ in desk.incident(id_).reports.values()][1:] == ["漏点已经封住"]
    assert visit("lingchuan").open(f"/incidents/{id_}").status == 403
    assert "漏点已经封住" not in visit("lingchuan").open("/r").text


def _chosen(page: Page, incident: str) -> dict[str, str]:
    """Which incident it is, where the form asks."""
    return {"incident": incident} if '<select name="incident"' in page.answer.text else {}


def test_a_new_emergency_is_reported_in_one_s_own_name_alone(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("gaoping")
    before = one.house.journal.head().position
    typed = {"text": "漏气", "place": "gaoping"}
    form = browser.open("/r/new").form("/r/new")
    for voice in ("reporter:jincheng/gas_city", "unit:jincheng_police", "duty:jincheng", ""):
        refused = browser.send(form, typed | {"voice": voice})
        assert refused.status == 422, voice
        assert "没有选以哪个单位的名义报" in refused.text
        assert "漏气" in refused.answer.text
    for missing, says in (("text", "没有写出了什么事"), ("place", "在哪里")):
        assert says in browser.send(form, typed | {missing: ""}).text
    assert one.house.journal.head().position == before
    desk = one.house.desk
    actor = desk.actor("gaoping", "高平报送员")
    report = ReportGiven(sender="冒名公司", text="漏气")
    opening = OpenIncident(title="漏气", place="gaoping", report=report)
    changes: tuple[dict[str, object], ...] = (
        {}, {"reporter": "county_lingchuan"}, {"reporter": "nobody"}, {"report": None, "reporter": "gas_gaoping"},
        {"report": ReportGiven(sender="市公安局", text="漏气")},
    )  # fmt: skip
    for number, change in enumerate(changes):
        with pytest.raises(RefusedError):
            desk.open(opening.model_copy(update=change), actor, area=AREA, key=f"refused-{number}")
    assert one.house.journal.head().position == before
    own = opening.model_copy(update={"reporter": "gas_gaoping"})
    made = desk.open(own, actor, area=AREA, key="in-its-own-name")
    assert [found.sender for found in desk.incident(made.incident).reports.values()] == ["示例高平燃气公司"]
    assert visit("zhang.wu").open("/r/new").status == 200
    both = desk.actor("lingchuan", "陵川报送员")
    assert both.posts == {"reporter:jincheng/county_lingchuan", "unit:lingchuan_government"}
    assert dict(visit("lingchuan").open("/r/new").form("/r/new").fields)["voice"] == "unit:lingchuan_government"
    clerk = replace(both, posts=frozenset({"reporter:jincheng/county_lingchuan"}))
    of_county = opening.model_copy(update={"reporter": "county_lingchuan"})
    with pytest.raises(RefusedError):  # he sends the county's returns, and does not speak for its government
        desk.open(of_county, clerk, area=AREA, key="by-the-clerk")
    assert not desk.open(of_county, both, area=AREA, key="by-the-government").repeated


def test_a_task_is_finished_from_the_phone_and_leads_back(own_night: Seen) -> None:
    one, visit = own_night
    browser = visit("niu.ren")
    page = browser.open("/r")
    link = next(link for link in page.links if "/do/finish_task" in link)
    task = re.search(r"task=(t\d+)", link)
    assert task is not None
    done = browser.send(browser.open(link).form("finish_task"), {"note": "已按县预案组织实施"})
    assert (done.status, done.answer.headers["location"]) == (303, "/r")
    assert one.house.desk.incident(INCIDENT).tasks[task[1]].status == "done"


def test_a_cut_list_is_acknowledged_by_its_supplier_alone(own_night: Seen) -> None:
    """示例高平燃气公司 is no unit of the plan: its reporter's post answers for it."""
    one, visit = own_night
    sent(one)
    browser = visit("gaoping")
    page = browser.open("/r")
    assert "示例陶瓷厂压减2.00" in page.text
    assert "示例铸造厂" not in page.text, "another supplier's customers are none of its business"
    link = next(link for link in page.links if "acknowledge_directive" in link)
    done = browser.send(browser.open(link).form("acknowledge_directive"))
    assert (done.status, done.answer.headers["location"]) == (303, "/r")
    state = one.house.desk.incident(INCIDENT)
    mine = next(one_ for one_ in state.directives.values() if one_.to == ("示例高平燃气公司",))
    assert mine.acknowledged["示例高平燃气公司"].name == "高平报送员"
    assert "已签收 1 份" in browser.open("/r").text
    assert not [link for link in visit("lingchuan").open("/r").links if "acknowledge_directive" in link]


def test_a_company_of_no_plan_reports_by_the_post_that_answers_for_it(own_night: Seen) -> None:
    """示例高平燃气公司 has no organisation in the lexicon; what the incident addresses to it lets it report there, in its name alone."""
    one, visit = own_night
    browser = visit("gaoping")
    assert "现在没有与您单位有关的事件" in browser.open("/r/report").text, "nothing is addressed to it yet"
    sent(one)
    assert "/r/report" in browser.open("/r").links
    form = browser.open("/r/report").form("/r/report")
    assert dict(form.fields)["sender"] == "示例高平燃气公司"
    done = browser.upload(form, {"photo": ("阀室.jpg", JPEG)}, {"text": "陶瓷厂阀门已关到保安负荷"})
    assert (done.status, done.answer.headers.get("location")) == (303, "/r?done=report"), done.text[-400:]
    report = list(one.house.desk.incident(INCIDENT).reports.values())[-1]
    assert (report.sender, report.text) == ("示例高平燃气公司", "陶瓷厂阀门已关到保安负荷")
    assert "陶瓷厂阀门已关到保安负荷" in browser.open("/r").text
    assert browser.open(f"/r/photo/{INCIDENT}/{sm3(KEPT)}").status == 200
    assert "陶瓷厂阀门已关到保安负荷" not in visit("shi.gui").open("/r").text
    for name in ("示例市区燃气公司", "阳城县人民政府"):
        refused = browser.send(browser.open("/r/report").form("/r/report"), {"sender": name, "text": "冒名"})
        assert refused.status == 403, name
        assert "不在您的职权之内" in refused.text
