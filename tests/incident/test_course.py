"""From the first call to the review: what the texts and the duty room's own sense want of each step."""

from __future__ import annotations

from datetime import timedelta

import pytest
from incident_room import CBM, ENERGY, GAS, HAZCHEM, HEATING, OIL, START, Room, post, room

from zhishou.acts import SYSTEM, Actor, Command
from zhishou.errors import FactsError, RefusedError
from zhishou.incident.index import COMMANDS, decide
from zhishou.incident.opening import OpenIncident
from zhishou.incident.state import Incident

OVER = dict.fromkeys(("现场得到控制", "环境符合有关标准", "事故隐患已消除"), "现场评估确认")
WELL_OVER = {"现场得以控制" if key == "现场得到控制" else key: how for key, how in OVER.items()}
GAS_OVER = dict.fromkeys(("供气紧张得到有效控制", "涉事地区群众生活和采暖得到保障", "衍生事件隐患消除"), "已核实")


def started(plan: str, level: str, by: str = "commander", **more: object) -> Room:
    one = room(plan, place="qinshui", **more)  # type: ignore[arg-type]
    one.give("propose_level", post(plan, "office"), plan=plan, level=level, reason="急")
    one.give("decide_proposal", post(plan, by), proposal="p1")
    return one


# 结束与善后


def test_a_response_ends_only_with_every_condition_confirmed():
    one = started(HAZCHEM, "II")
    for left in OVER:
        confirmed = {key: how for key, how in OVER.items() if key != left}
        with pytest.raises(RefusedError, match=left) as refused:
            one.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed=confirmed)
        assert refused.value.clause == ("4.9", "2.2.1")
        with pytest.raises(RefusedError, match=left):
            one.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed={**OVER, left: " "})
    one.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed=OVER)
    assert one.state.active == {}


def test_either_of_two_conditions_lifts_the_districts_warning():
    """能源 3.5：处置结束或者危险已经解除。"""
    one = room(ENERGY)
    one.give("decide_level", post(ENERGY, "commander"), plan=ENERGY, ladder="warning", level="一般", reason="急")
    lifting = {"plan": ENERGY, "ladder": "warning"}
    with pytest.raises(RefusedError, match="结束条件还没有确认"):
        one.give("end_level", post(ENERGY, "commander"), **lifting)
    one.give("end_level", post(ENERGY, "commander"), **lifting, confirmed={"有事实证明危险已解除": "供气恢复"})


def test_the_grade_says_to_whom_the_assessment_report_goes():
    """危化 5.2：重大以上报省政府和应急管理部，较大、一般报省指挥部办公室。"""
    for deaths, to in ((10, ("省政府", "国家应急管理部")), (1, ("省指挥部办公室",))):
        one = started(HAZCHEM, "II")
        one.give("state_facts", facts={"deaths": {"value": deaths}})
        one.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed=OVER)
        assert {duty.to for duty in one.duties("assessment").values() if duty.to} == {to}
    unknown = started(HAZCHEM, "II")
    unknown.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed=OVER)
    notes = [duty.note for duty in unknown.duties("assessment").values() if duty.to]
    assert len(notes) == 2
    assert all("等级尚未明确" in note for note in notes)


def test_the_review_waits_for_the_end_and_meets_every_assessment_owed():
    one = started(GAS, "II")
    with pytest.raises(RefusedError, match="还在生效"):
        one.give("file_review", post(GAS, "office"), plan=GAS, text="评估")
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    one.give("file_review", post(GAS, "office"), plan=GAS, text="评估")
    assert {duty.status for duty in one.duties("assessment").values()} == {"met"}


def test_closing_lists_what_is_owed_and_wants_a_reason():
    one = started(GAS, "II")
    with pytest.raises(RefusedError, match="还在生效"):
        one.give("close_incident")
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    with pytest.raises(RefusedError, match="还有未办结的事项"):
        one.give("close_incident")
    closed = one.give("close_incident", reason="移交后续")[0]
    assert closed.model_dump()["left"]
    assert {duty.status for duty in one.state.duties.values()} <= {"met", "void"}
    with pytest.raises(RefusedError, match="已归档"):
        one.give("state_facts", facts={"deaths": {"value": 1}})
    one.give("add_note", text="补记")
    one.give("receive_report", sender="群众")
    assert {duty.kind for duty in one.state.duties.values() if duty.status == "open"} == {"late_report"}
    one.give("reopen_incident", reason="新线索")
    one.give("state_facts", facts={"deaths": {"value": 1}})


def test_a_response_started_again_brings_its_measures_and_its_aftermath_again():
    one = started(GAS, "II")
    first = len(one.state.tasks)
    for id_ in list(one.state.tasks):
        one.give("finish_task", post(GAS, "office"), task=id_, note="已办")
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    owed = len(one.duties("assessment"))
    one.later(600).give("propose_level", post(GAS, "office"), plan=GAS, level="II", reason="又缺气")
    one.give("decide_proposal", post(GAS, "commander"), proposal="p2")
    assert len(one.state.tasks) == 2 * first
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    assert len(one.duties("assessment")) == 2 * owed


def test_compensation_under_the_gas_plan_is_approved_by_or_filed_with_the_commander():
    """燃气 5：征用补偿方案报市指挥部总指挥批准或备案后实施；危化没有这一条。"""
    for plan, wanted in ((GAS, True), (HAZCHEM, False)):
        one = room(plan, place="qinshui")
        one.give("requisition_property", post(plan, "commander"), plan=plan, what="吊车", owner="某公司")
        if wanted:
            with pytest.raises(RefusedError, match="总指挥") as refused:
                one.give("compensate_property", property="v1", amount=1.5)
            assert refused.value.clause == ("5",)
        one.give("compensate_property", property="v1", amount=1.5, approval="12月20日总指挥批准")


@pytest.mark.parametrize("plan", [HAZCHEM, CBM, OIL])
def test_the_director_of_the_task_force_answers_for_it_and_for_no_group_besides(plan: str):
    """三个事故预案 2.2.2：启动Ⅰ级、Ⅱ级响应后，专班组织有关单位赶赴现场；市应急管理局局长兼任应急专班主任。"""
    one = started(plan, "II")
    own = [(id_, task) for id_, task in one.state.tasks.items() if "task_force" in task.by]
    assert len(own) == 2
    director = post(plan, "task_force_director")
    for id_, task in own:
        assert task.clause == ("2.2.2",)
        one.give("accept_task", director, task=id_)
        one.give("finish_task", director, task=id_, note="已组织")
    one.give("issue_task", post(plan, "commander"), plan=plan, text="会务", by=("综合协调组",))
    with pytest.raises(RefusedError) as refused:
        one.give("accept_task", director, task=list(one.state.tasks)[-1])
    assert refused.value.code == "post"


# 征用

PROPERTY = {
    # 燃气 5：使用完毕或救援结束后及时归还；财产被征用或因此毁损的按规定补偿。事故预案 5.1、供热 7.1：征用物资补偿。
    GAS: (GAS_OVER, "II", "5", {"requisition": "return", "compensation": "compensation"}),
    CBM: (WELL_OVER, "II", "5.1", {"requisition": "compensation"}),
    OIL: (WELL_OVER, "II", "5.1", {"requisition": "compensation"}),
    HAZCHEM: (OVER, "II", "5.1", {"requisition": "compensation"}),
}


@pytest.mark.parametrize("plan", list(PROPERTY))
@pytest.mark.parametrize("before", [False, True], ids=["after the end", "before the end"])
def test_what_was_requisitioned_is_owed_until_the_last_of_it_is_given_back_or_compensated(plan: str, before: bool):  # noqa: FBT001
    over, level, clause, how = PROPERTY[plan]
    one = started(plan, level)
    for what in ("吊车", "槽车"):
        one.give("requisition_property", post(plan, "commander"), plan=plan, what=what, owner="某公司")
    end = {"plan": plan, "confirmed": over}

    def owed() -> dict[str, str]:
        found = one.duties(*how, plan=plan).values()
        return {duty.kind: duty.status for duty in found if "征用" in duty.label and not duty.to}

    def steps() -> None:
        for number, (step, more) in enumerate(
            (("return_property", {}), ("compensate_property", {"amount": 1, "approval": "批准"}))
        ):
            for id_ in ("v1", "v2"):
                if not before:
                    late = {"return": number == 0, "compensation": True}
                    assert all(owed()[kind] != "met" for kind, by in how.items() if late[by])
                one.give(step, property=id_, **more)

    if before:
        steps()
        one.give("end_level", post(plan, "commander"), **end)
    else:
        one.give("end_level", post(plan, "commander"), **end)
        steps()
    assert owed() == dict.fromkeys(how, "met")
    assert {duty.clause for duty in one.duties(*how, plan=plan).values()} == {(clause,)}


def test_property_compensated_in_place_of_its_return_is_owed_no_longer():
    """燃气 5：毁损、灭失的，给予补偿。"""
    one = started(GAS, "II")
    one.give("requisition_property", post(GAS, "commander"), plan=GAS, what="吊车", owner="某公司")
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    one.give("compensate_property", property="v1", amount=30, approval="批准", note="已毁")
    assert [duty.status for duty in one.duties("requisition").values()] == ["met"]


def test_where_no_requisition_is_on_record_the_duty_stays_listed():
    one = started(GAS, "II")
    one.give("end_level", post(GAS, "commander"), plan=GAS, confirmed=GAS_OVER)
    assert [duty.status for duty in one.duties("requisition").values()] == ["open"]


# 任务、资源、公告、要点


def test_a_task_is_answered_by_whoever_fills_the_role_now():
    one = room(HAZCHEM, place="qinshui")
    one.give(
        "issue_task",
        post(HAZCHEM, "office"),
        plan=HAZCHEM,
        text="切断气源",
        by=("事故发生单位",),
        due=START + timedelta(hours=1),
    )
    with pytest.raises(RefusedError, match="职权"):
        one.give("accept_task", "unit:某化工公司", task="t1")
    one.give("fill_role", role="事故发生单位", units=("某化工公司",))
    one.give("accept_task", "unit:某化工公司", task="t1")
    one.later(61).tick()
    assert one.state.duties["task/t1"].status == "missed"
    one.give("finish_task", "unit:某化工公司", task="t1", note="已切断")
    assert (one.state.tasks["t1"].status, one.state.duties["task/t1"].status) == ("done", "met")


def test_what_the_desk_writes_down_for_a_unit_says_who_said_so():
    one = room(HAZCHEM, place="qinshui")
    one.give("issue_task", post(HAZCHEM, "office"), plan=HAZCHEM, text="疏散", by=("市公安局",))
    with pytest.raises(RefusedError, match="怎样告知"):
        one.give("accept_task", task="t1")
    one.give("accept_task", task="t1", note="20:05 电话，值班员赵六")


def test_a_citation_that_the_plan_does_not_have_is_refused():
    one = room(HAZCHEM, place="qinshui")
    task = {"plan": HAZCHEM, "text": "警戒", "by": ("市公安局",)}
    with pytest.raises(RefusedError, match=r"没有〔9\.9〕"):
        one.give("issue_task", post(HAZCHEM, "office"), **task, clause=("9.9",))
    one.give("issue_task", post(HAZCHEM, "office"), **task, clause=("4.4",))


def test_no_more_is_lent_than_was_asked_nor_given_back_than_was_lent():
    one = room(HAZCHEM, place="qinshui")
    one.give(
        "request_resource",
        post(HAZCHEM, "office"),
        plan=HAZCHEM,
        what="泡沫",
        quantity=0.3,
        unit="吨",
        owner="市应急局",
    )
    for part in (0.1, 0.2):
        one.give("lend_resource", "unit:jincheng_emergency", resource="s1", quantity=part)
    with pytest.raises(RefusedError, match="数量不对"):
        one.give("lend_resource", "unit:jincheng_emergency", resource="s1", quantity=0.1)
    with pytest.raises(RefusedError, match="数量不对"):
        one.give("return_resource", resource="s1", quantity=0.4)
    for part in (0.2, 0.1):
        one.give("return_resource", resource="s1", quantity=part)
    assert one.state.resources["s1"].status == "returned"


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_is_none_is_no_quantity(bad: float):
    from pydantic import ValidationError  # noqa: PLC0415

    for name, said in (
        ("lend_resource", {"resource": "s1", "quantity": bad}),
        ("settle_aftermath", {"plan": GAS, "kind": "relief", "what": "救助", "amount": bad}),
        ("compensate_property", {"property": "v1", "amount": bad}),
    ):
        with pytest.raises(ValidationError):
            _command(name, **said)


def test_a_notice_of_warning_says_what_the_plan_wants_in_it():
    """危化 3.2：预警公告内容。"""
    one = room(HAZCHEM, place="qinshui")
    one.give("decide_level", post(HAZCHEM, "office"), plan=HAZCHEM, ladder="warning", level="III", reason="急")
    (owed,) = one.duties("notice")
    with pytest.raises(RefusedError, match="公告内容还缺") as refused:
        one.give(
            "publish_notice", post(HAZCHEM, "office"), plan=HAZCHEM, channels=("电视",), items={"险情类别": "泄漏"}
        )
    assert refused.value.clause == ("3.2",)
    assert "预警级别" not in refused.value.message
    items = dict.fromkeys(
        ("预警区域或场所", "险情类别", "可能影响范围", "灾情概要", "预防预警措施及工作要求"), "见附件"
    )
    with pytest.raises(RefusedError, match="渠道"):
        one.give("publish_notice", post(HAZCHEM, "office"), plan=HAZCHEM, channels=(), items=items)
    one.give("publish_notice", post(HAZCHEM, "office"), plan=HAZCHEM, channels=("电视",), items=items)
    said = one.state.notices[0].items
    assert (said["预警级别"], said["起始时间"], said["发布机关"]) == ("黄色预警", "2026-12-15 20:00", "市指挥部办公室")
    assert one.state.duties[owed].status == "met"


def test_the_lists_for_the_scene_are_seen_to_line_by_line():
    one = room(CBM, place="qinshui")
    with pytest.raises(RefusedError, match="预案有："):
        one.give("open_checklist", post(CBM, "office"), plan=CBM, checklist="地震")
    listed = one.shelf.packs[CBM].disposal.checklists[0]
    one.give("open_checklist", post(CBM, "office"), plan=CBM, checklist=listed.label)
    assert len(one.state.checklists["c1"].steps) == len(listed.steps)
    with pytest.raises(RefusedError, match=f"共 {len(listed.steps)} 条"):
        one.give("check_step", post(CBM, "office"), checklist="c1", step=len(listed.steps) + 1, note="已")
    one.give("check_step", post(CBM, "office"), checklist="c1", step=1, note="已穿戴")
    assert set(one.state.checklists["c1"].checked) == {"1"}


def test_the_on_scene_commander_is_the_one_the_plan_names():
    """供热 2.2：现场指挥部指挥长由市政府副市长担任。"""
    one = room(HEATING)
    with pytest.raises(RefusedError, match="市政府副市长") as refused:
        one.give("set_up_on_scene", post(HEATING, "commander"), plan=HEATING, commander="", place="一号热源厂")
    assert "2.2" in refused.value.clause
    one.give("set_up_on_scene", post(HEATING, "commander"), plan=HEATING, commander="副市长张三", place="一号热源厂")
    assert "市应急局主要负责人" in one.state.on_scene.deputies  # type: ignore[union-attr]


# 登记与更正


def test_a_plan_is_for_its_own_area():
    with pytest.raises(RefusedError, match="只管运城市"):
        Room().give("open_incident", title="停热", place="qinshui", plans=(HEATING,))
    one = room(GAS, place="qinshui")
    with pytest.raises(RefusedError, match="只管"):
        one.give("attach_plan", plan=ENERGY)


def test_a_judgement_taken_back_holds_no_longer():
    one = room(GAS, place="qinshui")
    judging = {"plan": GAS, "level": "II"}
    one.give("give_judgement", post(GAS, "commander"), **judging, reason="多地同时告急")
    assert len(one.state.judgements) == 1
    one.give("withdraw_judgement", post(GAS, "commander"), **judging, reason="已缓解")
    assert one.state.judgements == ()
    with pytest.raises(RefusedError, match="没有这项认定"):
        one.give("withdraw_judgement", post(GAS, "commander"), **judging, reason="再次")


def test_an_earlier_observation_does_not_drive_out_a_later_one():
    one = room(HAZCHEM, place="qinshui").at("21:00")
    one.give("state_facts", facts={"deaths": {"value": 2, "at": START + timedelta(minutes=40)}})
    one.give("state_facts", facts={"deaths": {"value": 1, "at": START + timedelta(minutes=20)}})
    assert one.state.facts["deaths"].given["value"] == 2
    with pytest.raises(FactsError):
        one.give("state_facts", facts={"deaths": {"value": -1}})
    with pytest.raises(RefusedError, match="观测时间"):
        one.give("state_facts", facts={"deaths": {"value": 1, "at": START + timedelta(hours=9)}})


def test_opening_with_the_first_report_meets_what_that_report_owed():
    one = Room(at="2026-12-15T20:10")
    one.open(HAZCHEM, place="qinshui", occurred="19:30", report={"sender": "沁水县人民政府", "how": "phone"})
    assert one.state.duties[f"{HAZCHEM}/county-first/in"].status == "met"
    assert one.state.reports["r1"].missing == one.shelf.packs[HAZCHEM].reporting.contents[0].items
    assert f"{HAZCHEM}/written/r1/in" in one.state.duties


def test_nothing_is_done_twice_to_what_is_not_there():
    state = Incident("x")
    with pytest.raises(RefusedError, match="没有这个事件"):
        decide(state, _command("add_note", text="记"), Actor("a", "甲", frozenset({"duty:jincheng"})), Room().context)  # type: ignore[arg-type]
    one = room(GAS, place="qinshui")
    with pytest.raises(RefusedError, match="已经登记"):
        one.give(OpenIncident(title="又一次", place="qinshui"))


def test_the_assessment_is_filed_when_it_changes_and_only_then():
    one = room(GAS, place="qinshui")
    assert one.give("file_assessment", SYSTEM) == []
    one.give("state_facts", facts={"city_gas_gap_pct": {"value": 7, "unit": "%"}})
    filed = one.give("file_assessment", SYSTEM)
    assert [(event.type, event.model_dump()["ladder"], event.model_dump()["level"]) for event in filed] == [
        ("assessment_filed", "response", "II")
    ]
    assert one.give("file_assessment", SYSTEM) == []
    with pytest.raises(RefusedError, match="研判结果是“Ⅱ级响应”") as refused:
        one.give("propose_level", post(GAS, "office"), plan=GAS, level="I")
    assert refused.value.clause == ("4.2.1",)
    one.give("propose_level", post(GAS, "office"), plan=GAS, level="II")


def _command(name: str, **said: object) -> Command:
    return COMMANDS[name](**said)
