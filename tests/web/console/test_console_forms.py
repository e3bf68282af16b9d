"""Commands given by forms: protected, done once, never over somebody else's, refused with the clause and nothing lost."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from pydantic import SecretStr
from web.console.conftest import Visits
from web.console.pages import Page, Visitor
from web.console.served import INCIDENT, Evening

Own = tuple[Evening, Visits]
HOME = f"/incidents/{INCIDENT}"
GAS = "jincheng/gas-winter-2021"


def _form(browser: Visitor, name: str, query: str = "") -> tuple[Page, str]:
    page = browser.open(f"{HOME}/do/{name}{query}")
    return page, f"{HOME}/do/{name}"


def test_a_form_without_its_word_is_turned_away(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    page, path = _form(browser, "add_note")
    before = one.house.desk.incident(INCIDENT).version
    for word in ("", "0" * 64, visit("guo.yi").open("/").csrf):
        sent = browser.send(page.form(path), {"text": "记一笔", "_csrf": word})
        assert sent.status == 403
        assert "防伪标记" in sent.text
    assert one.house.desk.incident(INCIDENT).version == before


def test_a_form_sent_twice_is_done_once(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    page, path = _form(browser, "add_note")
    first = browser.send(page.form(path), {"text": "省里来电询问"})
    again = browser.send(page.form(path), {"text": "省里来电询问"})
    assert (first.status, again.status) == (303, 303)
    notes = [done for done in one.house.desk.story(INCIDENT) if done.event.type == "note_added"]
    assert len(notes) == 1


def test_what_others_did_meanwhile_is_shown_and_asked_again(own_night: Own) -> None:
    """Two people on one incident: the second one's form knows an older version; nothing is written over, nothing typed lost."""
    one, visit = own_night
    guo, cheng = visit("guo.yi"), visit("cheng.jia")
    page, path = _form(guo, "issue_task")
    assert cheng.do(INCIDENT, "add_note", {"text": "阳城来电：气压又降了"}).status == 303
    typed = {"text": "派人到门站值守", "by+": "市能源局", "due": "2026-12-15T22:00"}
    stale = guo.send(page.form(path), typed)
    assert stale.status == 409
    assert "阳城来电：气压又降了" in stale.text
    assert all(value in stale.answer.text for value in ("派人到门站值守", "市能源局", "2026-12-15T22:00"))
    assert not any(task.text == "派人到门站值守" for task in one.house.desk.incident(INCIDENT).tasks.values())
    done = guo.send(stale.form(path))
    assert done.status == 303
    task = next(task for task in one.house.desk.incident(INCIDENT).tasks.values() if task.text == "派人到门站值守")
    assert task.due is not None
    assert f"{task.due:%H:%M}" == "22:00"


def test_what_only_adds_is_never_stale(own_night: Own) -> None:
    _, visit = own_night
    cheng = visit("cheng.jia")
    page, path = _form(cheng, "receive_report")
    visit("guo.yi").do(INCIDENT, "add_note", {"text": "先记一笔"})
    sent = cheng.send(page.form(path), {"sender": "阳城县人民政府", "text": "供气平稳"})
    assert sent.status == 303


def test_a_refusal_comes_back_with_clause_mend_and_all_that_was_typed(own_night: Own) -> None:
    _, visit = own_night
    browser = visit("wang.bing")
    page, path = _form(browser, "end_level", f"?plan={GAS}&ladder=response")
    sent = browser.send(page.form(path), {"confirmed:供气紧张得到有效控制": "缺口降到 1.5%"})
    assert sent.status == 422
    assert "结束条件还没有确认" in sent.text
    assert "4.4" in sent.text
    assert "怎么办" in sent.text
    assert "缺口降到 1.5%" in sent.answer.text


def test_a_decision_is_looked_at_before_it_is_taken(own_night: Own) -> None:
    """What will follow is shown first: the level with its clause, the tasks that go out; nothing is recorded until confirmed."""
    one, visit = own_night
    guo, wang = visit("guo.yi"), visit("wang.bing")
    done = guo.do(INCIDENT, "propose_level", {"reason": "夜里还要降温"}, plan=GAS, ladder="response", level="II")
    assert done.status == 303
    page, path = _form(wang, "decide_proposal", "?proposal=p2")
    version = one.house.desk.incident(INCIDENT).version
    check = wang.send(page.form(path), {"note": "同意"})
    assert check.status == 200
    assert "确认后随即" in check.text
    assert "提级Ⅱ级响应" in check.text
    assert "4.2.2.1" in check.text
    assert "按保供顺序对工业、商业用户限停气" in check.text
    assert one.house.desk.incident(INCIDENT).version == version
    assert wang.send(check.form(path)).status == 303
    active = one.house.desk.incident(INCIDENT).active[f"{GAS}|response"]
    assert (active.level, active.decided.name) == ("II", "王丙")


def test_nobody_decides_his_own_proposal_or_outside_his_post(own_night: Own) -> None:
    one, visit = own_night
    visit("guo.yi").do(INCIDENT, "propose_level", {"reason": "降温"}, plan=GAS, ladder="response", level="II")
    for person in ("guo.yi", "li.ding", "cheng.jia"):
        page = visit(person).open(f"{HOME}/do/decide_proposal?proposal=p2")
        assert not any("/do/" in form.action for form in page.forms), person
        assert "4.2.2.1" in page.text
    forged = visit("wang.bing").open(f"{HOME}/do/decide_proposal?proposal=p2").form("/do/decide_proposal")
    for person in ("guo.yi", "li.ding"):
        browser = visit(person)
        sent = browser.send(forged, {"_csrf": browser.open("/").csrf, "_step": "do"})
        assert sent.status == 403
        assert "4.2.2.1" in sent.text
    assert one.house.desk.incident(INCIDENT).active[f"{GAS}|response"].level == "III"


def test_facts_are_typed_as_people_write_them(own_night: Own) -> None:
    one, visit = own_night
    typed = {
        "facts:city_gas_gap_pct": "７.5", "facts:cross_county_gas_gap_pct": "12～15", "facts:beyond_city_area": "否",
        "facts+source": "市发展改革委电话",
    }  # fmt: skip
    assert visit("guo.yi").do(INCIDENT, "state_facts", typed).status == 303
    facts = one.house.desk.incident(INCIDENT).facts
    assert facts["city_gas_gap_pct"].given["value"] == 7.5
    assert {"at_least": 12, "at_most": 15}.items() <= facts["cross_county_gas_gap_pct"].given.items()
    assert facts["beyond_city_area"].given["value"] is False
    assert facts["city_gas_gap_pct"].source == "市发展改革委电话"
    page = visit("guo.yi").open(HOME)
    assert "7.5%" in page.text


def test_a_figure_that_is_none_is_refused_in_words_and_kept(own_night: Own) -> None:
    _, visit = own_night
    page, path = _form(visit("guo.yi"), "state_facts")
    sent = visit("guo.yi").send(page.form(path), {"facts:city_gas_gap_pct": "七个多点"})
    assert sent.status == 422
    assert "不是数" in sent.text
    assert "全市天然气供需缺口" in sent.text
    assert "七个多点" in sent.answer.text
    empty = visit("guo.yi").send(page.form(path))
    assert "“要素”没有填" in empty.text
    beyond = visit("guo.yi").send(page.form(path), {"facts:city_gas_gap_pct": "250"})
    assert "全市天然气供需缺口" in beyond.answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert "要素“city" not in beyond.text, "a fact is called as the form calls it"
    assert 'class="fact amiss"' in beyond.answer.text


def test_what_is_wrong_is_marked_at_its_field_too(own_night: Own) -> None:
    _, visit = own_night
    page, path = _form(visit("cheng.jia"), "forward_report")
    sent = visit("cheng.jia").send(page.form(path), {"text": "情况平稳"})
    assert sent.text.count("“报给谁”没有填") == 1
    assert 'class="field amiss"><legend>报给谁' in sent.answer.text
    assert "amiss" not in page.answer.text


def test_a_report_keeps_what_was_said_and_what_is_missing(own_night: Own) -> None:
    one, visit = own_night
    typed = {"sender": "阳城县人民政府", "kind": "follow_up", "text": "已恢复八成", "items:影响范围": "约四千户"}
    assert visit("cheng.jia").do(INCIDENT, "receive_report", typed).status == 303
    report = list(one.house.desk.incident(INCIDENT).reports.values())[-1]
    assert report.items == {"影响范围": "约四千户"}
    assert "发展趋势" in report.missing
    assert "已恢复八成" in visit("cheng.jia").open(HOME).text


def test_something_that_happened_earlier_is_entered_with_its_time(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    assert browser.do(INCIDENT, "add_note", {"text": "门站来电", "_at": "2026-12-15T20:10"}).status == 303
    note = one.house.desk.story(INCIDENT)[-1]
    assert (f"{note.at:%H:%M}", f"{note.recorded:%H:%M}") == ("20:10", "20:35")
    assert "补记" in browser.open(HOME).text
    later = browser.do(INCIDENT, "add_note", {"text": "还没发生", "_at": "2026-12-15T23:10"})
    assert later.status == 422
    assert "还没发生" in later.answer.text
    for year in ("0001", "1066", "9999"):
        assert browser.do(INCIDENT, "add_note", {"text": "年份不对", "_at": f"{year}-12-15T20:10"}).status == 422
    assert browser.open(HOME).status == 200


def test_an_incident_is_opened_by_the_plans_own_list(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("cheng.jia")
    page = browser.open("/incidents/new?subject=gas_supply_shortage&place=lingchuan")
    form = page.form("/incidents/new")
    for item in ("时间", "地点", "信息来源", "资源供需现状", "影响范围", "发展趋势", "已采取的措施"):
        assert f"items:{item}" in form.names, "the items that 4.1 of the plan lists"
    empty = browser.send(form, {"title": "", "sender": "陵川县人民政府", "text": "灶火小"})
    assert empty.status == 422
    assert "灶火小" in empty.answer.text
    sent = browser.send(
        form, {"title": "陵川县供气紧张", "area": "jincheng", "sender": "陵川县人民政府", "items:地点": "县城"}
    )
    assert sent.status == 303
    id_ = sent.answer.headers["location"].rsplit("/", 1)[1]
    state = one.house.desk.incident(id_)
    assert state.title == "陵川县供气紧张"
    assert list(state.plans) == [GAS]
    assert state.reports["r1"].items == {"地点": "县城"}
    again = browser.send(
        form, {"title": "陵川县供气紧张", "area": "jincheng", "sender": "陵川县人民政府", "items:地点": "县城"}
    )
    assert again.answer.headers["location"] == sent.answer.headers["location"]


def test_what_passes_its_time_turns_late_on_the_board(own_night: Own) -> None:
    one, visit = own_night
    typed = {"text": "夜里十点前查清门站压力", "by+": "市能源局", "due": "2026-12-15T22:00"}
    assert visit("guo.yi").do(INCIDENT, "issue_task", typed).status == 303
    soon = visit("cheng.jia").open("/").text
    assert "夜里十点前查清门站压力" in soon
    assert "还有 1 时 25 分" in soon
    one.clock.at += timedelta(minutes=97)
    one.forget()
    one.house.desk.tick()
    late = visit("cheng.jia").open("/")
    assert "已逾期 12 分" in late.text


def test_what_if_records_nothing(own_night: Own) -> None:
    one, visit = own_night
    browser = visit("guo.yi")
    version = one.house.desk.incident(INCIDENT).version
    page = browser.open(f"{HOME}/what_if")
    found = browser.send(page.form("what_if"), {"facts:city_gas_gap_pct": "12"})
    assert "Ⅰ级响应" in found.text
    assert "4.2.1(1)" in found.text
    assert one.house.desk.incident(INCIDENT).version == version


def test_a_weighty_decision_asks_for_a_code_where_one_is_in_use(own_night: Own) -> None:
    one, visit = own_night
    gate, secret = one.house.gate, one.session("wang.bing")
    seed = gate.second_factor.enrol(secret, one.clock.at).seed.get_secret_value()
    wang = visit("wang.bing")
    gate.second_factor.confirm(secret, SecretStr(pyotp.TOTP(seed).at(one.clock.at)), one.clock.at)
    visit("guo.yi").do(INCIDENT, "propose_level", {"reason": "降温"}, plan=GAS, ladder="response", level="II")
    one.clock.at += timedelta(minutes=45)
    page, path = _form(wang, "decide_proposal", "?proposal=p2")
    check = wang.send(page.form(path), {"note": "同意"})
    assert "_code" in check.form(path).names
    wrong = wang.send(check.form(path), {"_code": "000000"})
    assert wrong.status in {401, 403}
    assert one.house.desk.incident(INCIDENT).active[f"{GAS}|response"].level == "III"
    right = wang.send(wrong.form(path), {"_code": pyotp.TOTP(seed).at(one.clock.at)})
    assert right.status == 303
    assert one.house.desk.incident(INCIDENT).active[f"{GAS}|response"].level == "II"


@pytest.mark.parametrize("person", ["cheng.jia", "wang.bing"])
def test_only_administrators_keep_people(person: str, own_night: Own) -> None:
    _, visit = own_night
    assert visit(person).open("/people").status == 403


def test_an_administrator_makes_an_account_and_appoints(own_night: Own) -> None:
    one, visit = own_night
    admin = visit("admin")
    form = next(form for form in admin.open("/people").forms if form.action == "/people")
    made = admin.send(form, {"name": "韩辰", "id": "han.chen"})
    assert "一次性密码" in made.text
    form = admin.open("/rooms/jincheng/do/appoint_to_post?person=han.chen&_next=/people").form("appoint_to_post")
    check = admin.send(form, {"post": "duty:jincheng", "basis": "任务书〔2026〕3号"})
    sent = admin.send(check.form("appoint_to_post"))
    assert (sent.status, sent.answer.headers["location"]) == (303, "/people")
    assert "duty:jincheng" in one.house.desk.actor("han.chen", "韩辰").posts
    stranger = visit("cheng.jia")
    own = stranger.open("/rooms/jincheng/do/appoint_to_post?person=han.chen").form("appoint_to_post")
    refused = stranger.send(own, {"post": "duty:jincheng", "basis": "自己任", "_step": "do"})
    assert refused.status == 403
    assert "怎么办" in refused.text


def test_who_comes_second_is_not_asked_to_decide_something_else(own_night: Own) -> None:
    """Two look at one proposal; the second is told it is decided and by whom, and no button of his decides another that waits."""
    one, visit = own_night
    guo, wang, other = visit("guo.yi"), visit("wang.bing"), visit("wang.bing")
    guo.do(INCIDENT, "propose_level", {"reason": "夜里还要降温"}, plan=GAS, ladder="response", level="II")
    guo.do(INCIDENT, "propose_level", {"reason": "门站压力又降"}, plan=GAS, ladder="warning", level="III")
    page, path = _form(wang, "decide_proposal", "?proposal=p2")
    looked = wang.send(page.form(path), {})
    assert other.do(INCIDENT, "decide_proposal", {"note": "同意"}, proposal="p2").status == 303
    late = wang.send(looked.form(path))
    assert late.status == 409
    assert "王丙 级别已决定：提级Ⅱ级响应" in late.text
    assert "已经不用您办了" in late.text
    assert "呼叫" not in late.text, "only what others did since, not every call of the evening"
    assert not any("/do/" in form.action for form in late.forms)
    strayed = wang.open(f"{path}?proposal=p2")
    assert "您点的那一件已经办过" in strayed.text
    assert dict(strayed.form(path).fields)["_about"] == "", "nothing is chosen for him"
    assert one.house.desk.incident(INCIDENT).proposals["p3"].status == "open"


def test_whoever_decides_reads_on_the_form_what_is_proposed_why_and_how_to_say_no(own_night: Own) -> None:
    _, visit = own_night
    guo, wang = visit("guo.yi"), visit("wang.bing")
    guo.do(INCIDENT, "propose_level", {"reason": "夜里还要降温"}, plan=GAS, ladder="response", level="II")
    page, path = _form(wang, "decide_proposal", "?proposal=p2")
    for seen in (page, wang.send(page.form(path), {})):
        assert "提级为Ⅱ级响应（现行Ⅲ级响应）" in seen.text
        assert "郭乙" in seen.text
        assert "夜里还要降温" in seen.text
        assert "现在的研判 够Ⅲ级响应" in seen.text
        assert f"{HOME}/do/refuse_proposal?proposal=p2" in seen.links
        assert f"{HOME}#assessment" in seen.links
    said_no = wang.open(f"{HOME}/do/refuse_proposal?proposal=p2")
    assert "夜里还要降温" in said_no.text
    assert f"{HOME}/do/refuse_proposal?proposal=p2" not in said_no.links
