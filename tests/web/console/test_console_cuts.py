"""The curtailment editor: from the evening's returns to a signed list, within the plan's order, each step by its post."""

from __future__ import annotations

import pytest
from web.console.conftest import Visits
from web.console.lists import drafted, give, raised, sent
from web.console.pages import Page, Visitor
from web.console.served import INCIDENT, Evening

from zhishou.incident.cut_list import CutList
from zhishou.incident.cutting import AdjustCutList

Own = tuple[Evening, Visits]
LIST = f"/supply/cuts/{INCIDENT}/k1"


def _list(one: Evening) -> CutList:
    return one.house.desk.incident(INCIDENT).cut_lists["k1"]


def _editor(browser: Visitor) -> Page:
    return browser.open(LIST)


def test_from_tonights_returns_to_a_signed_list_and_back(own_night: Own) -> None:
    """The whole way by forms: drawn up, signed by another, sent, acknowledged, given back."""
    one, visit = own_night
    raised(one)
    guo, wang = visit("guo.yi"), visit("wang.bing")
    form = guo.open("/supply/cuts").form("/supply/cuts")
    short = guo.send(form)
    assert short.status == 422, "returns are missing and may not be assumed unasked"
    assert "陵川居民没有预计用气需求" in short.text
    assert "--assume" not in short.text, "a page names no switch of the command line"
    made = guo.send(short.form("/supply/cuts"), {"assume": "yes"})
    assert (made.status, made.answer.headers["location"]) == (303, LIST)
    again = guo.send(short.form("/supply/cuts"), {"assume": "yes"})
    assert again.answer.headers["location"] == LIST, "sent twice it is drawn up once"
    page = wang.open(LIST)
    assert f"{_list(one).cut:.2f}" in page.text
    for line in _list(one).lines:
        assert line.label in page.text
    for said in _list(one).assumed:
        assert said in page.text
    assert "4.2.2.2(2)" in page.text
    check = wang.open(f"/incidents/{INCIDENT}/do/sign_cut_list?list=k1&_next={LIST}")
    for said in (f"合计压减 {_list(one).cut:.2f} 万立方米", "其中 工业", "最早一户最迟通知", "7 个没有报"):
        assert said in check.text, "who signs reads on the form what he signs"
    looked = wang.send(check.form("sign_cut_list"), {"note": "同意"})
    assert "确认后随即" in looked.text
    assert _list(one).status == "draft", "looked at, not yet signed"
    signed = wang.send(looked.form("sign_cut_list"))
    assert (signed.status, signed.answer.headers["location"]) == (303, LIST)
    assert _list(one).signed is not None
    send = guo.open(f"/incidents/{INCIDENT}/do/send_cut_list?list=k1")
    assert guo.send(guo.send(send.form("send_cut_list")).form("send_cut_list")).status == 303
    assert _list(one).status == "sent"
    assert set(_list(one).directives.values()) == {line.supplier_label for line in _list(one).lines if line.cut > 5e-5}


def test_an_adjustment_against_the_order_comes_back_with_the_clause(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo = visit("guo.yi")
    form = _editor(guo).form("/adjust")
    refused = guo.send(form, {"amount:1": "1.2", "reason": "铸造厂来电求情"})
    assert refused.status == 422
    assert "违背先后次序" in refused.text
    assert "4.2.2.2(2)" in refused.text
    kept = dict(refused.form("/adjust").fields)
    assert (kept["amount:1"], kept["reason"]) == ("1.2", "铸造厂来电求情"), "nothing typed is lost"
    assert _list(one).adjustments == ()


def test_an_adjustment_within_a_class_is_kept_with_its_reason_and_what_it_leaves_short(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo = visit("guo.yi")
    typed = {"amount:3": "0.4", "reason": "商场有市民避寒"}
    done = guo.send(_editor(guo).form("/adjust"), typed)
    assert done.status == 303
    page = _editor(guo)
    assert "商场有市民避寒" in page.text
    assert "调整后还差 0.35 万立方米没有补足" in page.text
    change = _list(one).adjustments[-1]
    assert (change.line, change.was, change.now, change.signed.name) == (3, 0.75, 0.4, "郭乙")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"amount:3": "0.4"}, "没有写调整的理由"), ({"reason": "检修"}, "没有改动任何一户"), ({"amount:3": "少一点", "reason": "检修"}, "不是数"),
        ({"amount:3": "9", "reason": "多压"}, "超过可压的量 2.00 万立方米"), ({"amount:3": "", "reason": "检修"}, "没有填压减量"),
        ({"amount:3": "-1", "reason": "检修"}, "压减量不能是 -1"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_adjustment_is_said(typed: dict[str, str], says: str, own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo = visit("guo.yi")
    refused = guo.send(_editor(guo).form("/adjust"), typed)
    assert refused.status == 422
    assert says in refused.text
    assert "怎么办" in refused.text


def test_two_people_on_one_list_never_overwrite_each_other(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo, li = visit("guo.yi"), visit("li.ding")
    mine, other = _editor(guo).form("/adjust"), _editor(li).form("/adjust")
    assert li.send(other, {"amount:3": "0.5", "reason": "先少压一点"}).status == 303
    stale = guo.send(mine, {"amount:3": "0.3", "reason": "商场有市民避寒"})
    assert stale.status == 409
    assert "先少压一点" in stale.text, "what the other has done is shown"
    assert dict(stale.form("/adjust").fields)["amount:3"] == "0.3"
    assert _list(one).lines[2].cut == pytest.approx(0.5)
    assert guo.send(stale.form("/adjust")).status == 303
    assert _list(one).lines[2].cut == pytest.approx(0.3)


def test_a_form_without_its_word_or_sent_twice_changes_nothing(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo = visit("guo.yi")
    form = _editor(guo).form("/adjust")
    typed = {"amount:3": "0.4", "reason": "避寒"}
    assert guo.send(form, typed | {"_csrf": "0" * 64}).status == 403
    assert _list(one).adjustments == ()
    assert guo.send(form, typed).status == guo.send(form, typed).status == 303
    assert len(_list(one).adjustments) == 1


def test_only_the_post_that_the_plan_names_signs(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    for person in ("li.ding", "cheng.jia"):
        page = visit(person).open(f"/incidents/{INCIDENT}/do/sign_cut_list?list=k1")
        assert not any("/do/" in form.action for form in page.forms), person
        assert "4.2.2.2(2)" in page.text
        assert "总指挥" in page.text
    assert "不在您的职权之内" in visit("guo.yi").open(LIST).text


def test_adjusted_lines_stay_while_the_others_make_up_for_them(own_night: Own) -> None:
    """Industry spares nothing for commerce: what one plant gives less, other plants give more."""
    one, visit = own_night
    raised(one)
    desk, guo = one.house.desk, visit("guo.yi")
    give(one, "guo.yi", desk.cuts.drafted(desk.cuts.work_out(INCIDENT, assume=True)))
    before = _list(one)
    number, plant = next((n, line) for n, line in enumerate(before.lines, 1) if line.customer == "gaoping_industry")
    earlier = [line.cut for line in before.lines if line.step == 1]
    give(
        one,
        "guo.yi",
        AdjustCutList(list="k1", changes=({"line": number, "amount": plant.cut + 0.5},), reason="高平夜班停产"),
    )
    page = guo.open(LIST)
    if not any("respread" in form.action for form in page.forms):
        form = guo.open(LIST).form("/adjust")
        form.action = f"{LIST}/respread"
        made = guo.send(form)
    else:
        made = guo.send(page.form("/respread"))
    assert (made.status, made.answer.headers["location"]) == (303, LIST.replace("k1", "k2"))
    after = desk.incident(INCIDENT).cut_lists["k2"]
    kept = [line for line in after.lines if line.customer == "gaoping_industry" and line.part == plant.part]
    assert [line.cut for line in kept] == pytest.approx([plant.cut + 0.5], abs=1e-4)
    assert after.cut == pytest.approx(before.cut, rel=0.05)
    assert sum(line.cut for line in after.lines if line.step == 1) <= sum(earlier) + 0.01
    assert desk.incident(INCIDENT).cut_lists["k1"].status == "replaced"


def test_a_stranger_sees_no_list(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    for path in (LIST, "/supply/cuts", "/supply"):
        found = visit("gaoping").open(path)
        assert found.status == 403
        assert "怎么办" in found.text


def test_nothing_is_cut_below_the_level_that_allows_it(own_night: Own) -> None:
    """The night stands at level III, which opens no cut (4.2.3.2)."""
    _, visit = own_night
    guo = visit("guo.yi")
    refused = guo.send(guo.open("/supply/cuts").form("/supply/cuts"), {"assume": "yes"})
    assert refused.status == 422
    assert "Ⅲ级响应没有授权压减用气" in refused.text
    assert "4.2.2.2(2)" in refused.text


def test_what_was_cut_last_comes_back_first(own_night: Own) -> None:
    one, visit = own_night
    sent(one)
    wang = visit("wang.bing")
    form = wang.open(LIST).form("/restore")
    refused = wang.send(form, {"line": "1", "note": "省网增供"})
    assert refused.status == 422
    assert "商业压减在后，应先恢复" in refused.text
    assert "省网增供" in refused.answer.text
    assert wang.send(refused.form("/restore"), {"line": "3", "note": "省网增供"}).status == 303
    assert list(_list(one).restored) == ["3"]
    assert not [form for form in visit("cheng.jia").open(LIST).forms if "restore" in form.action]


def test_a_line_is_moved_to_other_hours(own_night: Own) -> None:
    one, visit = own_night
    drafted(one)
    guo = visit("guo.yi")
    form = guo.open(f"{LIST}/lines/3").form("/adjust")
    later = form.choices["since"][2]
    assert guo.send(form, {"amount:3": "0.5", "since": later, "reason": "早上要开门"}).status == 303
    assert _list(one).lines[2].hours == (0.0, 0.5)
    refused = guo.send(guo.open(f"{LIST}/lines/3").form("/adjust"), {"amount:3": "3", "reason": "多压"})
    assert refused.status == 422
    assert dict(refused.form("/adjust").fields)["amount:3"] == "3"


def test_the_general_form_leads_to_the_editor(own_night: Own) -> None:
    _, visit = own_night
    for name in ("draft_cut_list", "adjust_cut_list", "restore_gas"):
        found = visit("guo.yi").open(f"/incidents/{INCIDENT}/do/{name}")
        assert (found.status, found.answer.headers["location"].partition("?")[0]) == (303, "/supply/cuts")
        beside = visit("guo.yi").open(f"/incidents/{INCIDENT}/do/{name}", hx_request="true")
        assert (beside.status, "/supply/cuts" in beside.answer.headers["hx-redirect"]) == (204, True)
