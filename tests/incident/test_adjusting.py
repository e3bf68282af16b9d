"""Levels raised, lowered, handed over, delegated; special cases; two plans at once: as the texts have them."""

from __future__ import annotations

import dataclasses

import pytest
from incident_room import BIOGAS, CBM, GAS, HAZCHEM, HEATING, MINE, OIL, TRADE, Room, post, room

from zhishou.acts import Actor, Command
from zhishou.errors import RefusedError
from zhishou.incident.index import COMMANDS, decide
from zhishou.incident.levels import LevelDecided

OVER = dict.fromkeys(("现场得到控制", "环境符合有关标准", "事故隐患已消除"), "现场评估确认")
GAS_OVER = dict.fromkeys(("供气紧张得到有效控制", "涉事地区群众生活和采暖得到保障", "衍生事件隐患消除"), "已核实")


def started(plan: str, level: str, by: str = "commander", **more: object) -> Room:
    one = room(plan, place="qinshui", **more)  # type: ignore[arg-type]
    one.give("propose_level", post(plan, "office"), plan=plan, level=level, reason="急")
    one.give("decide_proposal", post(plan, by), proposal="p1")
    return one


# 提级、降级


def test_silent_text_is_raised_as_the_graver_level_is_started_and_lowered_as_the_standing_one():
    """危化没有级别调整的规定：Ⅲ级由副指挥长宣布，Ⅱ级由指挥长启动。"""
    one = started(HAZCHEM, "III", "deputy_commander")
    one.give("propose_level", post(HAZCHEM, "office"), plan=HAZCHEM, level="II", reason="加重")
    with pytest.raises(RefusedError, match="职权") as refused:
        one.give("decide_proposal", post(HAZCHEM, "deputy_commander"), proposal="p2")
    assert refused.value.clause == ("4.2.2",)
    raised = one.give("decide_proposal", post(HAZCHEM, "commander"), proposal="p2")[0]
    assert isinstance(raised, LevelDecided)
    assert (raised.change, raised.was) == ("raise", "III")
    assert "原文没有级别调整的规定" in raised.note
    one.give("propose_level", post(HAZCHEM, "office"), plan=HAZCHEM, level="III", reason="缓解")
    with pytest.raises(RefusedError, match="职权"):
        one.give("decide_proposal", post(HAZCHEM, "deputy_commander"), proposal="p3")
    lowered = one.give("decide_proposal", post(HAZCHEM, "commander"), proposal="p3")[0]
    assert isinstance(lowered, LevelDecided)
    assert lowered.change == "lower"


def test_heating_is_adjusted_by_headquarters_or_office_alone_and_also_raised_as_it_is_started():
    """供热 5.3.5；Ⅰ级仍可由总指挥启动（5.3.4）。"""
    one = room(HEATING)
    one.give("decide_level", post(HEATING, "office_director"), plan=HEATING, level="III", reason="急")
    one.give("decide_level", post(HEATING, "office"), plan=HEATING, level="II", reason="加重")
    with pytest.raises(RefusedError, match="职权") as refused:
        one.give("decide_level", post(HEATING, "deputy_commander"), plan=HEATING, level="III", reason="缓解")
    assert "5.3.5" in refused.value.clause
    one.give("propose_level", post(HEATING, "commander"), plan=HEATING, level="I", reason="加重")
    one.give("decide_proposal", post(HEATING, "general_commander"), proposal="p1")
    assert one.state.ladder(HEATING, "response").level == "I"  # type: ignore[union-attr]
    with pytest.raises(RefusedError, match="职权"):
        one.give("decide_level", post(HEATING, "general_commander"), plan=HEATING, level="III", reason="缓解")
    one.give("decide_level", post(HEATING, "commander"), plan=HEATING, level="III", reason="缓解")


def test_biogas_is_adjusted_by_headquarters_or_office_and_raised_to_two_by_a_deputy_too():
    """沼气 4.3.1(三)(8)、3.3.2；Ⅱ级由副总指挥宣布（4.3.2）。"""
    one = started(BIOGAS, "III", "office_director")
    with pytest.raises(RefusedError, match="职权"):
        one.give("decide_level", post(BIOGAS, "deputy_commander"), plan=BIOGAS, level="II", reason="加重")
    one.give("propose_level", post(BIOGAS, "office"), plan=BIOGAS, level="II", reason="加重")
    one.give("decide_proposal", post(BIOGAS, "deputy_commander"), proposal="p2")
    one.give("decide_level", post(BIOGAS, "office"), plan=BIOGAS, level="III", reason="缓解")
    one.give("decide_level", post(BIOGAS, "headquarters"), plan=BIOGAS, level="I", reason="加重")


def test_a_superior_raises_a_trade_warning_but_the_text_lets_it_lower_none():
    """工贸 3.3：情况特别严重的建议上级提升；降低没有写。"""
    one = room(TRADE, place="qinshui")
    one.give("record_decision", plan=TRADE, ladder="warning", level="IV", by="市人民政府", document="1号")
    with pytest.raises(RefusedError, match="预案没有把"):
        one.give("record_decision", plan=TRADE, ladder="warning", level="III", by="市应急局", document="2号")
    one.give("record_decision", plan=TRADE, ladder="warning", level="III", by="上级人民政府", document="2号")
    with pytest.raises(RefusedError, match="预案没有把"):
        one.give("record_decision", plan=TRADE, ladder="warning", level="IV", by="上级人民政府", document="3号")
    one.give("record_decision", plan=TRADE, ladder="warning", level="IV", by="市人民政府", document="4号")


def test_a_raise_to_orange_needs_the_province_unless_a_superior_raises_it():
    """非煤矿山 3.2、3.3：二级报省批准后发布，由谁发布没有写，按指挥部。"""
    one = room(MINE, place="qinshui")
    one.give("decide_level", "unit:jincheng_government", plan=MINE, ladder="warning", level="III", reason="急")
    one.give("propose_level", post(MINE, "office"), plan=MINE, ladder="warning", level="II", reason="加重")
    with pytest.raises(RefusedError, match="还没有经过审批"):
        one.give("decide_proposal", post(MINE, "commander"), proposal="p1")
    one.give("record_approval", proposal="p1", by="省人民政府", document="晋政办函〔2026〕1号")
    one.give("decide_proposal", post(MINE, "commander"), proposal="p1")
    assert one.state.ladder(MINE, "warning").level == "II"  # type: ignore[union-attr]


# 特别情形


@pytest.mark.parametrize("plan", [HAZCHEM, CBM, OIL])
def test_a_warning_that_crosses_the_citys_border_is_the_provinces(plan: str):
    """3.2：跨本市行政区域的预警信息由省发布。"""
    one = room(plan, place="qinshui")
    one.give("state_facts", facts={"crosses_city": {"value": True}})
    with pytest.raises(RefusedError, match="职权") as refused:
        one.give("decide_level", post(plan, "office"), plan=plan, ladder="warning", level="III", reason="急")
    assert refused.value.clause == ("3.2",)
    one.give("record_decision", plan=plan, ladder="warning", level="III", by="省人民政府", document="晋政办函1号")
    with pytest.raises(RefusedError, match="职权"):
        one.give("end_level", post(plan, "office"), plan=plan, ladder="warning")
    one.give("record_decision", plan=plan, ladder="warning", by="省人民政府", document="晋政办函2号")
    assert one.state.active == {}


def test_a_trade_warning_across_counties_wants_the_citys_authorised_department():
    """工贸 3.2：跨县级行政区域的蓝色预警由市人民政府授权的部门批准发布；黄色没有写。"""
    one = room(TRADE, place="qinshui")
    one.give("state_facts", facts={"crosses_county": {"value": True}})
    one.give("decide_level", "unit:jincheng_government", plan=TRADE, ladder="warning", level="III", reason="急")
    other = room(TRADE, place="qinshui")
    other.give("state_facts", facts={"crosses_county": {"value": True}})
    with pytest.raises(RefusedError, match="先提出建议"):
        other.give("decide_level", "unit:jincheng_government", plan=TRADE, ladder="warning", level="IV", reason="急")
    other.give("propose_level", post(TRADE, "office"), plan=TRADE, ladder="warning", level="IV", reason="急")
    other.give("record_approval", proposal="p1", by="市人民政府授权的部门", document="会议纪要3号")
    other.give("decide_proposal", "unit:jincheng_government", proposal="p1")


def test_who_fills_a_role_with_a_say_over_levels_is_authorised_in_writing():
    one = room(TRADE, place="qinshui")
    filling = {"role": "市人民政府授权的部门", "units": ("市应急局",)}
    with pytest.raises(RefusedError, match="授权依据"):
        one.give("fill_role", **filling)
    one.give("fill_role", **filling, document="晋市政函〔2026〕8号")
    one.give("decide_level", "unit:jincheng_emergency", plan=TRADE, ladder="warning", level="IV", reason="急")
    one.give("fill_role", role="事故发生单位", units=("某铸造公司",))


@pytest.mark.parametrize(
    ("deaths", "ender", "authority"),
    [(1, None, "县级指挥部"), (3, "commander", None), (10, None, "上级指挥部"), (10, None, "省指挥部")],
)
@pytest.mark.parametrize("plan", [MINE, TRADE])
def test_the_grade_says_who_ends_a_mine_or_trade_response(
    plan: str, deaths: int, ender: str | None, authority: str | None
):
    """4.7、4.8：一般由县级指挥部，较大由市指挥部，重大以上按上级指挥部指令。"""
    one = started(plan, "II")
    one.give("state_facts", facts={"deaths": {"value": deaths}, "missing": {"value": 0}})
    wanted = ("现场得以控制", "受伤受困人员搜救结束", "环境符合标准", "次生衍生隐患消除")
    ending = {"plan": plan, "confirmed": dict.fromkeys(wanted, "现场确认")}
    for name in ("commander", "deputy_commander", "office"):
        if name == ender:
            continue
        with pytest.raises(RefusedError, match="职权"):
            one.give("end_level", post(plan, name), **ending)
    for other in {"县级指挥部", "上级指挥部"} - {authority}:
        if authority == "省指挥部" and other == "上级指挥部":
            continue
        with pytest.raises(RefusedError, match="预案没有把"):
            one.give("record_decision", plan=plan, by=other, document="1号")
    if ender:
        one.give("end_level", post(plan, ender), **ending)
    else:
        one.give("record_decision", plan=plan, by=authority, document="1号")
    assert one.state.active == {}


# 移交指挥权


def test_after_command_is_handed_over_own_posts_decide_nothing():
    """4.2.1：上级直接指挥处置时及时移交。"""
    one = started(CBM, "I")
    one.give("propose_level", post(CBM, "office"), plan=CBM, level="II", reason="缓解")
    giving = {"plan": CBM, "to": "省应急指挥部", "document": "省指〔2026〕1号", "situation": "火势已控制"}
    with pytest.raises(RefusedError, match="职权") as refused:
        one.give("hand_over_command", post(CBM, "deputy_commander"), **giving)
    assert refused.value.clause == ("4.2.1",)
    one.give("hand_over_command", post(CBM, "commander"), **giving)
    blocked = [
        ("propose_level", "office", {"plan": CBM, "level": "III", "reason": "缓解"}),
        ("decide_proposal", "commander", {"proposal": "p2"}),
        ("end_level", "commander", {"plan": CBM, "confirmed": OVER}),
    ]
    for name, by, said in blocked:
        with pytest.raises(RefusedError, match="指挥权已移交省应急指挥部") as refused:
            one.give(name, post(CBM, by), **said)
        assert refused.value.clause == ("4.2.1",)
        assert refused.value.mend
    with pytest.raises(RefusedError, match="预案没有把"):
        one.give("record_decision", plan=CBM, level="II", by="jincheng_meteorology", document="1号")
    one.give("record_decision", plan=CBM, level="II", by="省指挥部", document="省指〔2026〕2号")
    assert one.state.ladder(CBM, "response").authority == "shanxi_emergency_command"  # type: ignore[union-attr]
    one.give("take_back_command", post(CBM, "commander"), plan=CBM, document="省指〔2026〕3号")
    one.give("propose_level", post(CBM, "office"), plan=CBM, level="III", reason="缓解")
    one.give("decide_proposal", post(CBM, "commander"), proposal="p3")


def test_information_is_released_by_whoever_commands():
    """燃气 4.3：由负责应急处置工作的指挥部发布。"""
    one = started(GAS, "I")
    release = {"plan": GAS, "text": "供气情况", "channel": "电视"}
    one.give("release_information", post(GAS, "commander"), **release)
    one.give("hand_over_command", post(GAS, "commander"), plan=GAS, to="省指挥部", document="1号", situation="稳定")
    with pytest.raises(RefusedError, match="由负责处置的指挥部发布"):
        one.give("release_information", post(GAS, "commander"), **release)


# 代行与委托


def test_a_delegation_on_record_lets_another_decide_and_is_named():
    one = room(HAZCHEM, place="qinshui")
    one.give("propose_level", post(HAZCHEM, "office"), plan=HAZCHEM, level="I", reason="急")
    command = _command("decide_proposal", proposal="p1")
    deputy = Actor("li", "李四", frozenset({post(HAZCHEM, "deputy_commander")}))
    with pytest.raises(RefusedError, match="职权"):
        decide(one.state, command, deputy, one.context)
    delegated = Actor("li", "李四", deputy.posts, {post(HAZCHEM, "commander"): "晋市危指〔2026〕7号"})
    decision = decide(one.state, command, delegated, one.context)
    assert (decision.post, decision.delegation) == (post(HAZCHEM, "commander"), "晋市危指〔2026〕7号")
    own = decide(one.state, command, Actor("w", "王五", frozenset({post(HAZCHEM, "commander")})), one.context)
    assert own.delegation == ""


def test_a_delegation_does_not_let_anybody_decide_his_own_proposal():
    one = room(HAZCHEM, place="qinshui")
    li = Actor("li", "李四", frozenset({post(HAZCHEM, "office")}), {post(HAZCHEM, "commander"): "7号"})
    one.give("propose_level", li, plan=HAZCHEM, level="I", reason="急")
    with pytest.raises(RefusedError, match="不能由提出建议的本人"):
        one.give("decide_proposal", li, proposal="p1")


def test_two_plans_at_once_keep_their_own_posts():
    one = Room().open(HAZCHEM, OIL, place="qinshui")
    for plan in (HAZCHEM, OIL):
        one.give("propose_level", post(plan, "office"), plan=plan, level="II", reason="急")
    with pytest.raises(RefusedError, match="职权"):
        one.give("decide_proposal", post(OIL, "commander"), proposal="p1")
    one.give("decide_proposal", post(HAZCHEM, "commander"), proposal="p1")
    one.give("decide_proposal", post(OIL, "commander"), proposal="p2")
    one.give("set_up_on_scene", post(HAZCHEM, "office"), plan=HAZCHEM, commander="张三", place="罐区")
    with pytest.raises(RefusedError, match="职权"):
        one.give("issue_task", post(OIL, "on_scene"), plan=OIL, text="堵漏", by=("市应急局",))
    one.give("end_level", post(HAZCHEM, "commander"), plan=HAZCHEM, confirmed=OVER)
    assert list(one.state.active) == [f"{OIL}|response"]


def test_where_several_must_decide_together_each_does_and_nobody_twice():
    """No shipped plan wants it; the pack format has it."""
    one = room(GAS, place="qinshui")
    pack = one.shelf.packs[GAS]
    assert pack.response is not None
    first, *rest = pack.response.levels
    both = first.model_copy(update={"decided_by": ("commander", "deputy_commander"), "jointly": True})
    joint = dataclasses.replace(pack, response=pack.response.model_copy(update={"levels": (both, *rest)}))
    one.shelf = dataclasses.replace(one.shelf, packs={**one.shelf.packs, GAS: joint})
    one.give("propose_level", post(GAS, "office"), plan=GAS, level="I", reason="急")
    joined = one.give("decide_proposal", post(GAS, "deputy_commander"), "乙", proposal="p1")
    assert [event.type for event in joined] == ["decision_joined"]
    with pytest.raises(RefusedError, match="已经会同决定"):
        one.give("decide_proposal", {post(GAS, "commander"), post(GAS, "deputy_commander")}, "乙", proposal="p1")
    one.give("decide_proposal", post(GAS, "commander"), "丙", proposal="p1")
    assert one.state.ladder(GAS, "response").level == "I"  # type: ignore[union-attr]


def test_a_county_decides_no_level_of_the_citys_plan_and_records_what_the_city_decided():
    county = Room("qinshui").open(HAZCHEM, place="qinshui")
    with pytest.raises(RefusedError, match="级别由晋城市决定"):
        county.give("propose_level", post(HAZCHEM, "office"), plan=HAZCHEM, level="II", reason="急")
    with pytest.raises(RefusedError, match="职权"):
        county.give("record_decision", post(HAZCHEM, "office"), plan=HAZCHEM, level="II", by="市指挥部", document="1号")
    county.give("record_decision", plan=HAZCHEM, level="II", by="指挥长", document="市危指〔2026〕1号")
    assert county.state.ladder(HAZCHEM, "response").authority == "commander"  # type: ignore[union-attr]


def _command(name: str, **said: object) -> Command:
    return COMMANDS[name](**said)
