"""Public warnings on the console: a second look before one leaves, an exercise that stays one, foreign ones that wait."""

from __future__ import annotations

from pathlib import Path

import pytest
from web.console.conftest import Visits
from web.console.served import INCIDENT, Evening

from zhishou.desk.office import WarningOffice
from zhishou.incident.levels import DecideProposal
from zhishou.incident.opening import AttachPlan
from zhishou.incident.proposals import ApproveProposal, ProposeLevel
from zhishou.paper.cap.composing import Issuer
from zhishou.paper.cap.facts import Source, shipped, table
from zhishou.watch.commands import AppointToPost

GAS, BIOGAS = "jincheng/gas-winter-2021", "jincheng/rural-biogas-2020"
SAMPLE = (Path(__file__).parents[2] / "paper" / "cap" / "samples" / "cold_wave.xml").read_bytes()
PATH = f"/incidents/{INCIDENT}/alert"
Seen = tuple[Evening, Visits]


@pytest.fixture
def warned(own_night: Seen) -> Seen:
    """A night with a warning decided, in a house that has a sender and knows the weather service."""
    one, _ = own_night
    desk = one.house.desk
    desk.alerts.settled = desk.warnings.settled = WarningOffice(
        issuers={"jincheng": Issuer("bzgb@jincheng.example", "140500", "晋城市人民政府")}, unsigned=True,
        sources=(Source("weather", ("14050041600000",)),), rules=table(shipped(), "facts.yaml", one.house.library.lexicon),
    )  # fmt: skip
    wish = ProposeLevel(plan=GAS, ladder="warning", level="II", reason="缺口扩大")
    proposed = desk.give(INCIDENT, wish, desk.actor("guo.yi", "郭乙"), key="w1").happened[0].event
    desk.give(INCIDENT, DecideProposal(proposal=proposed.proposal), desk.actor("wang.bing", "王丙"), key="w2")
    return own_night


def test_a_warning_is_issued_with_a_second_look(warned: Seen) -> None:
    one, visit = warned
    browser = visit("wang.bing")
    assert PATH in browser.open(f"/incidents/{INCIDENT}").answer.text
    asked = browser.open(PATH)
    assert "演练信息" in asked.text
    assert "【演练】晋城市人民政府发布" in asked.text
    checked = browser.send(asked.form(PATH), {"instruction": "请节约用气，\r\n错峰使用。", "_step": "check"})
    assert "不进公开清单" in checked.text
    assert not one.house.desk.alerts.of("jincheng")
    done = browser.send(checked.form(PATH), {"_step": "do"})
    assert done.status == 303
    (alert,) = one.house.desk.alerts.of("jincheng")
    assert alert.event.exercise
    assert alert.event.identifier in browser.open(f"/incidents/{INCIDENT}").text
    assert one.house.desk.alerts.public("jincheng") == ()
    content = one.house.desk.alerts.content(alert.event.cap).decode()
    assert (
        "<instruction>请节约用气，\n错峰使用。</instruction>" in content
    )  # browsers send two signs for the end of a line
    # What went out is corrected by an update that says why.
    assert "更正或延长预警信息" in browser.open(f"/incidents/{INCIDENT}").text
    asked = browser.open(PATH)
    form = {"expires": "2026-12-20T08:00", "_step": "check"}
    checked = browser.send(asked.form(PATH), form)
    refused = browser.send(checked.form(PATH), {"_step": "do"})
    assert (refused.status, "已经发过" in refused.text) == (422, True)
    checked = browser.send(asked.form(PATH), form | {"note": "寒潮持续", "english_instruction": "Save gas."})
    assert browser.send(checked.form(PATH), {"_step": "do"}).status == 303
    last = one.house.desk.alerts.of("jincheng")[-1].event
    assert (last.msg_type, last.follows, last.note) == ("Update", (alert.event.identifier,), "寒潮持续")
    assert "<instruction>Save gas.</instruction>" in one.house.desk.alerts.content(last.cap).decode()


def test_what_is_typed_of_a_warning_comes_back_whatever_is_wrong(warned: Seen) -> None:
    one, visit = warned
    browser = visit("wang.bing")
    asked = browser.open(PATH).form(PATH)
    typed = {
        "headline": "供气紧张橙色预警",
        "description": "未来三天气温骤降",
        "instruction": "请节约用气",
        "_step": "check",
    }
    for wrong in ({"expires": "2026-99-99T00:00"}, {"areas": "atlantis"}, {"instruction": "请节约\x00用气"}):
        sent = browser.send(asked, typed | wrong)
        assert 400 <= sent.status < 500
        assert "怎么办" in sent.text
        assert all(said in sent.answer.text for said in ("供气紧张橙色预警", "未来三天气温骤降", "请节约"))
        assert browser.send(sent.form(PATH), typed | {"expires": "", "areas": "jincheng"}).form(PATH).fields
    assert not one.house.desk.alerts.of("jincheng")


def test_with_warnings_under_two_plans_one_is_chosen(warned: Seen) -> None:
    one, visit = warned
    desk = one.house.desk
    for person, name, held in (
        ("guo.yi", "郭乙", "office"),
        ("qin.ji", "秦己", "office"),
        ("wang.bing", "王丙", "commander"),
    ):
        post = AppointToPost(post=f"{BIOGAS}:{held}", person=person, person_name=name, basis="任职文件")
        desk.keep("jincheng", post, desk.actor("admin", "系统管理员"), key=f"office/{person}")
    desk.give(INCIDENT, AttachPlan(plan=BIOGAS), desk.actor("guo.yi", "郭乙"), key="b1")
    wish = ProposeLevel(plan=BIOGAS, ladder="warning", level="II", reason="沼气池冻裂")
    proposed = desk.give(INCIDENT, wish, desk.actor("guo.yi", "郭乙"), key="b2").happened[0].event
    desk.give(INCIDENT, ApproveProposal(proposal=proposed.proposal), desk.actor("wang.bing", "王丙"), key="b3")
    desk.give(INCIDENT, DecideProposal(proposal=proposed.proposal), desk.actor("qin.ji", "秦己"), key="b4")
    browser = visit("wang.bing")
    assert f"{PATH}?plan={GAS}" in browser.open(f"/incidents/{INCIDENT}").links
    choice = browser.open(PATH)
    assert choice.status == 200
    assert {f"{PATH}?plan={GAS}", f"{PATH}?plan={BIOGAS}"} <= set(choice.links)
    checked = browser.send(browser.open(f"{PATH}?plan={GAS}").form(PATH), {"_step": "check"})
    assert browser.send(checked.form(PATH), {"_step": "do"}).status == 303
    (alert,) = desk.alerts.of("jincheng")
    assert alert.event.plan == GAS


def test_who_may_not_is_told_the_clause(warned: Seen) -> None:
    _, visit = warned
    found = visit("cheng.jia").open(PATH)
    assert found.status == 403
    assert "〔" in found.text
    assert PATH not in visit("cheng.jia").open(f"/incidents/{INCIDENT}").answer.text


def test_a_foreign_message_that_waits_is_settled(warned: Seen) -> None:
    one, visit = warned
    strange = SAMPLE.replace("寒潮".encode(), "冻雨".encode()).replace(b"11B05", b"11B99")
    one.house.desk.warnings.take("jincheng", strange, one.house.desk.actor("cheng.jia", "程甲"), key="in")
    browser = visit("cheng.jia")
    page = browser.open("/rooms/jincheng/warnings")
    assert "待处理" in page.text
    done = browser.send(page.form("/rooms/jincheng/warnings"), {"done": "与供气无关"})
    assert done.status == 303
    after = browser.open("/rooms/jincheng/warnings").text
    assert "与供气无关" in after
    assert "待处理" not in after
    assert visit("gaoping").open("/rooms/jincheng/warnings").status == 403
