"""Every command and every post of every plan: who may, said once more by hand, not by the code that decides it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from typing import Any

import pytest
from incident_room import AREAS, BIOGAS, CBM, ENERGY, GAS, HAZCHEM, HEATING, MINE, OIL, PLANS, TRADE, Room, post

from zhishou.errors import RefusedError
from zhishou.incident.index import COMMANDS, decide

OFFICE = dict.fromkeys(PLANS, ("office", "office_director")) | {
    ENERGY: ("office", "office_director", "office_deputy_director")
}
LEADERS = {
    GAS: ("commander", "deputy_commander"),
    ENERGY: ("commander", "deputy_commander"),
    HEATING: ("commander", "deputy_commander", "on_scene_commander", "general_commander"),
    MINE: ("commander", "deputy_commander"),
    TRADE: ("commander", "deputy_commander"),
    BIOGAS: ("commander", "deputy_commander"),
    HAZCHEM: ("commander", "deputy_commander"),
    CBM: ("commander", "executive_deputy_commander", "deputy_commander"),
    OIL: ("commander", "executive_deputy_commander", "deputy_commander"),
}
OTHERS = {
    GAS: (),
    ENERGY: ("coordination", "rescue", "publicity", "aftermath", "experts"),
    HEATING: ("coordination", "technical_experts", "publicity", "aftermath"),
    MINE: ("coordination", "rescue", "publicity", "experts"),
    TRADE: ("coordination", "rescue", "publicity", "experts"),
    BIOGAS: ("rescue", "security", "publicity", "experts"),
    HAZCHEM: ("task_force_director", "task_force", "coordination", "publicity"),
    CBM: ("task_force_director", "task_force", "coordination", "publicity"),
    OIL: ("task_force_director", "task_force", "coordination", "publicity"),
}
"""Posts and groups of each plan that lead nothing and keep no desk."""

PUBLICITY = {
    "jincheng": "unit:jincheng_publicity",
    "chengqu": "unit:chengqu_publicity",
    "yuncheng": "unit:yuncheng_publicity",
}
OWNER = {"jincheng": "unit:jincheng_energy", "chengqu": "unit:chengqu_emergency", "yuncheng": "unit:yuncheng_energy"}
OWNER_NAME = {"jincheng": "市能源局", "chengqu": "区应急局", "yuncheng": "市能源局"}
REPORTER = {
    "jincheng": "unit:qinshui_government",
    "chengqu": "unit:chengqu_beishidian",
    "yuncheng": "unit:yuncheng_housing",
}
REPORTER_NAME = {"jincheng": "沁水县人民政府", "chengqu": "北石店镇人民政府", "yuncheng": "市住建局"}

# What the plans say, command by command; keys as in `said()` below.
RELEASES = {
    # 4.3 负责处置的指挥部 · 4.3 区指挥部 · 附件2 办公室、附件3 宣传报道组（组长市委宣传部）· 4.6、4.7 市委宣传部 · 4.6 市指挥部 · 4.8 市委宣传部
    GAS: "headquarters", ENERGY: "headquarters", HEATING: "office publicity", MINE: "party", TRADE: "party",
    BIOGAS: "headquarters", HAZCHEM: "party", CBM: "party", OIL: "party",
}  # fmt: skip
APPOINTS = {
    # 2.1 市指挥部随时增加 · 没有写 · 2.1 指挥长抽调 · 没有写 · 没有写 · 2.3 市指挥部 · 2.2.1 指挥长临时决定
    GAS: "headquarters", ENERGY: "headquarters", HEATING: "commander", MINE: "headquarters", TRADE: "headquarters",
    BIOGAS: "headquarters", HAZCHEM: "commander", CBM: "commander", OIL: "commander",
}  # fmt: skip
REVIEWS = {
    # 5 办公室 · 5.2 区指挥部 · 7.2 办公室 · 5.3 市指挥部 · 5.3 市指挥部 · 2.2.4(5) 办公室 · 5.2 市指挥部
    GAS: "office departments", ENERGY: "office headquarters", HEATING: "office", MINE: "office headquarters",
    TRADE: "office headquarters", BIOGAS: "office", HAZCHEM: "office headquarters", CBM: "office headquarters",
    OIL: "office headquarters",
}  # fmt: skip
JUDGES = dict.fromkeys((GAS, ENERGY, HEATING, BIOGAS), "headquarters")
"""各级响应条件里“指挥部认为应当启动”的预案；其余没有这一条。"""

DESK = (
    "verify_report", "refute_report", "forward_report", "receive_query", "answer_query", "enquire_below", "correct_fact", "fill_role",
    "correct_particulars", "merge_incident", "unmerge_incident", "attach_plan", "record_decision", "record_approval", "close_incident",
    "return_resource", "return_property", "compensate_property",
)  # fmt: skip
LEAD = (
    "issue_task", "issue_measure", "issue_directive", "cancel_task", "request_resource", "requisition_property",
    "set_up_on_scene", "dissolve_on_scene", "set_up_group", "open_checklist", "check_step", "draft_cut_list",
    "adjust_cut_list", "send_cut_list",
)  # fmt: skip
HEAD = ("hand_over_command", "take_back_command")
CUTS = ("sign_cut_list", "restore_gas")
"""4.2.2.2(2) 限停气没有写由谁，按市指挥部记；附件2 由供热企业执行，由市指挥部签发。"""
UNIT = ("accept_task", "finish_task", "refuse_task", "acknowledge_directive", "lend_resource", "refuse_resource")
ANYBODY = ("add_note", "propose_plan_change")
SYSTEM = ("file_assessment", "link_superior", "absorb_incident", "part_incident", "take_query", "take_answer")
BY_LEVEL = (
    "propose_level",
    "withdraw_proposal",
    "approve_proposal",
    "refuse_proposal",
    "decide_proposal",
    "decide_level",
    "end_level",
)
"""Held to the texts level by level in test_levels_by_text.py."""
OWN = (
    "open_incident", "reopen_incident", "receive_report", "state_facts", "update_casualties", "give_judgement",
    "withdraw_judgement", "publish_notice", "appoint_unit", "release_information", "settle_aftermath", "file_review",
)  # fmt: skip


def test_every_command_stands_in_the_table():
    assert sorted((*DESK, *LEAD, *HEAD, *CUTS, *UNIT, *ANYBODY, *SYSTEM, *BY_LEVEL, *OWN)) == sorted(COMMANDS)


def holders(plan: str, words: str) -> set[str]:
    """The posts that a word of the table stands for."""
    area = AREAS[plan]
    found: set[str] = set()
    for word in words.split():
        found |= {
            "desk": {f"duty:{area}", *(post(plan, one) for one in OFFICE[plan])},
            "office": {post(plan, one) for one in OFFICE[plan]},
            "leaders": {*(post(plan, one) for one in LEADERS[plan]), post(plan, "headquarters")},
            "headquarters": {post(plan, "commander"), post(plan, "headquarters")},
            "commander": {post(plan, "commander")},
            "publicity": {post(plan, "publicity"), PUBLICITY[area]},
            "party": {PUBLICITY[area]},
            "owner": {OWNER[area]},
            "reporter": {REPORTER[area]},
            "departments": {"unit:departments_city"},
            "nobody": set(),
        }[word]
    return found


def everybody(plan: str) -> Iterator[str]:
    area = AREAS[plan]
    own = (*OFFICE[plan], *LEADERS[plan], *OTHERS[plan], "headquarters", "members", "on_scene", "superior")
    yield from (post(plan, one) for one in own)
    yield from (f"duty:{area}", f"admin:{area}", "duty:qinshui" if area == "jincheng" else "duty:jincheng")
    yield from (PUBLICITY[area], OWNER[area], REPORTER[area], "unit:shanxi_government", "unit:departments_city")
    other = GAS if plan != GAS else HAZCHEM
    yield from (post(other, "commander"), post(other, "office"))


@cache
def world(plan: str) -> Room:
    """An incident in which every command has something to speak of."""
    area = AREAS[plan]
    room = Room(area).open(plan, place="qinshui" if area == "jincheng" else area)
    office, commander, duty = post(plan, "office"), post(plan, "commander"), f"duty:{area}"
    room.give("receive_report", sender=REPORTER_NAME[area])
    room.give("receive_query", by="省政府", text="情况？")
    room.give("state_facts", facts={"deaths": {"value": 1}})
    ladder = room.shelf.packs[plan].response
    assert ladder is not None
    level = ladder.levels[-1].level
    if plan in {HEATING, MINE, TRADE}:
        decider = post(plan, "office_director")
        room.give("decide_level", decider, "主任", plan=plan, level=level, reason="急")
    else:
        room.give("propose_level", office, "科长", plan=plan, level=level, reason="急")
        decider = {GAS: "commander", ENERGY: "office_director", BIOGAS: "office_director"}.get(plan, "deputy_commander")
        room.give("decide_proposal", post(plan, decider), "领导", proposal="p1")
    room.give("issue_task", commander, plan=plan, text="到现场", by=(OWNER_NAME[area],))
    room.give("issue_directive", commander, plan=plan, text="立即核实", to=(OWNER_NAME[area],))
    room.give("request_resource", office, plan=plan, what="发电车", quantity=2, owner=OWNER_NAME[area])
    room.give("requisition_property", commander, plan=plan, what="吊车", owner="某公司")
    room.give("set_up_on_scene", commander, plan=plan, commander="张三", place="井场")
    if room.shelf.packs[plan].disposal.checklists:
        room.give("open_checklist", office, plan=plan, checklist=room.shelf.packs[plan].disposal.checklists[0].id)
    if "warning" in room.shelf.packs[plan].ladders and plan in {HAZCHEM, CBM, OIL}:
        room.give("decide_level", office, plan=plan, ladder="warning", level="III", reason="急")
    elif plan == ENERGY:
        room.give("decide_level", commander, plan=plan, ladder="warning", level="一般", reason="急")
    elif plan == BIOGAS:
        room.give("propose_level", office, "科长", plan=plan, ladder="warning", level="IV", reason="急")
        room.give("approve_proposal", commander, proposal="p2")
        room.give("decide_proposal", office, proposal="p2")
    elif plan == GAS:
        room.give("propose_level", office, "科长", plan=plan, ladder="warning", level="IV", reason="急")
        room.give("decide_proposal", commander, proposal="p2")
    elif plan in {MINE, TRADE}:
        room.give("record_decision", duty, plan=plan, ladder="warning", level="IV", by="市人民政府", document="1号")
    if plan in {GAS, MINE, TRADE}:
        room.give("propose_level", office, "科长", plan=plan, ladder="warning", level="II", reason="急")
    if plan in {GAS, HEATING}:
        _cut(room, plan)
    return room


def _cut(room: Room, plan: str) -> None:
    if plan == GAS:  # only levels II and I let gas be cut
        room.give("propose_level", post(plan, "office"), "科长", plan=plan, level="II", reason="急")
        room.give("decide_proposal", post(plan, "commander"), "领导", proposal="p4")
    line = {
        "customer": "factory", "called": "某厂", "customer_class": "industry", "supplier": "company",
        "supplier_label": "某燃气公司", "most": (2.0,), "hours": (1.0,),
    }  # fmt: skip
    level = room.state.active[f"{plan}|response"].level
    room.give("draft_cut_list", post(plan, "office"), "科长", plan=plan, level=level, since=room.now, lines=(line,))


def said(plan: str) -> dict[str, dict[str, Any]]:
    """What each command says; its content may be wrong, since who may give it is asked first."""
    area, pack = AREAS[plan], world(plan).shelf.packs[plan]
    it = {"plan": plan}
    return {
        "verify_report": {"report": "r1"}, "refute_report": {"report": "r1", "reason": "无"},
        "forward_report": {"to": ("省政府",)}, "receive_query": {"by": "省政府", "text": "？"},
        "answer_query": {"query": "q1", "text": "无"}, "correct_fact": {"fact": "deaths", "reason": "误"},
        "fill_role": {"role": "事故发生单位", "units": ("某公司",)}, "correct_particulars": {"title": "某处", "reason": "误"},
        "merge_incident": {"into": "y", "reason": "同一事件"}, "unmerge_incident": {"reason": "误"}, "part_incident": {"incident": "y"}, "attach_plan": {"plan": plan},
        "record_decision": it | {"level": "I", "by": "省政府", "document": "1号"},
        "record_approval": {"proposal": "p1", "by": "省政府", "document": "1号"}, "close_incident": {},
        "return_resource": {"resource": "s1", "quantity": 1}, "return_property": {"property": "v1"},
        "compensate_property": {"property": "v1", "amount": 1}, "issue_measure": it | {"task": "某措施"},
        "issue_task": it | {"text": "去", "by": (OWNER_NAME[area],)}, "cancel_task": {"task": _task(plan), "reason": "误"},
        "issue_directive": it | {"text": "办", "to": (OWNER_NAME[area],)},
        "request_resource": it | {"what": "车", "owner": OWNER_NAME[area]},
        "requisition_property": it | {"what": "车", "owner": "某公司"},
        "set_up_on_scene": it | {"commander": "张三", "place": "井场"}, "dissolve_on_scene": it | {"reason": "毕"},
        "set_up_group": it | {"group": "某组"}, "open_checklist": it | {"checklist": "某"},
        "check_step": {"checklist": "c1", "step": 1, "note": "已"}, "hand_over_command": it | {"to": "省", "document": "1", "situation": "稳"},
        "take_back_command": it | {"document": "1"}, "accept_task": {"task": _task(plan)},
        "finish_task": {"task": _task(plan), "note": "毕"}, "refuse_task": {"task": _task(plan), "reason": "无车"},
        "acknowledge_directive": {"directive": "d1", "unit": OWNER_NAME[area]},
        "draft_cut_list": it | {"level": "I", "since": "2026-12-15T20:00", "lines": ()},
        "adjust_cut_list": {"list": "k1", "changes": ({"line": 1, "amount": 0.5},), "reason": "检修"},
        "sign_cut_list": {"list": "k1"}, "send_cut_list": {"list": "k1"},
        "restore_gas": {"list": "k1", "lines": (1,), "note": "缺口已补"},
        "lend_resource": {"resource": "s1", "quantity": 1}, "refuse_resource": {"resource": "s1", "reason": "无"},
        "add_note": {"text": "记"}, "propose_plan_change": it | {"clause": next(iter(pack.ledger.clauses)), "text": "改"},
        "enquire_below": {"incident": "qinshui-2026-0001", "text": "？"},
        "take_query": {"by": "省政府", "text": "？", "incident": "y", "enquiry": "k1"},
        "take_answer": {"enquiry": "k1", "text": "无"}, "file_assessment": {}, "link_superior": {"incident": "y"}, "absorb_incident": {"incident": "y", "title": "某处"}, "reopen_incident": {"reason": "误"},
        "receive_report": {"sender": REPORTER_NAME[area]}, "state_facts": {"facts": {"deaths": {"value": 1}}},
        "update_casualties": {"counts": {"deaths": 1}}, "give_judgement": it | {"level": "II", "reason": "急"},
        "withdraw_judgement": it | {"level": "II", "reason": "缓"}, "publish_notice": it | {"channels": ("广播",)},
        "appoint_unit": it | {"unit": "某局"}, "release_information": it | {"text": "通报", "channel": "电视"},
        "settle_aftermath": it | {"kind": "insurance", "what": "理赔"}, "file_review": it | {"text": "评估"},
        "open_incident": {"title": "某处", "place": area, "plans": (plan,)},
    }  # fmt: skip


def _task(plan: str) -> str:
    return next(id_ for id_, one in world(plan).state.tasks.items() if one.text == "到现场")


NOTICES = {
    # 谁发布预警谁发布公告，办公室承办
    MINE: "office reporter", TRADE: "office reporter", GAS: "headquarters office", ENERGY: "headquarters office", BIOGAS: "office", HAZCHEM: "office", CBM: "office", OIL: "office",
}  # fmt: skip
LISTS = {
    # 4.4 先期处置由事发地政府及有关部门
    MINE: {"unit:qinshui_government", "unit:departments_city"},
    BIOGAS: {"unit:qinshui_government", "unit:departments_city"},
}
INSURES = {
    # 5.1.3 未写 · 附件2 银保监分局、人社局 · 5.2 市县政府、承保机构 · 5.2 金融办 · 5.1 事发地政府等
    HEATING: {"unit:yuncheng_banking_insurance", "unit:yuncheng_human_resources"},
    MINE: {"unit:jincheng_government", "unit:qinshui_government"},
    TRADE: {"unit:jincheng_government", "unit:qinshui_government"},
    BIOGAS: {"unit:jincheng_finance_office"},
    HAZCHEM: {"unit:qinshui_government", "unit:departments_city"},
    CBM: {"unit:qinshui_government", "unit:departments_city"},
    OIL: {"unit:qinshui_government", "unit:departments_city"},
}


def may(plan: str, name: str) -> set[str]:
    """Who may give a command, by the table."""
    every = set(everybody(plan))
    scene = {post(plan, "on_scene")} if plan != GAS else set()  # the gas plan knows no on-scene headquarters
    lists = LISTS.get(plan, set()) if name in {"open_checklist", "check_step"} else set()
    alike = {
        **dict.fromkeys(DESK, holders(plan, "desk")),
        **dict.fromkeys(LEAD, holders(plan, "leaders office") | scene | lists),
        **dict.fromkeys((*HEAD, *CUTS), holders(plan, "headquarters")),
        **dict.fromkeys(UNIT, holders(plan, "owner desk")),
        **dict.fromkeys(ANYBODY, every),
        **{key: set() for key in SYSTEM},
    }
    own = {
        "open_incident": holders(plan, "desk"),
        "reopen_incident": holders(plan, "desk"),
        "receive_report": holders(plan, "desk reporter"),
        "state_facts": holders(plan, "desk") | _tellers(plan),
        "update_casualties": holders(plan, "desk") | _tellers(plan),
        "give_judgement": holders(plan, JUDGES.get(plan, "nobody")),
        "withdraw_judgement": holders(plan, JUDGES.get(plan, "nobody")),
        "publish_notice": holders(plan, NOTICES.get(plan, "nobody")),
        "appoint_unit": holders(plan, APPOINTS[plan]),
        "release_information": holders(plan, RELEASES[plan])
        | ({"unit:superior_departments"} if plan == MINE else set()),
        "settle_aftermath": holders(plan, "desk") | INSURES.get(plan, set()),
        "file_review": holders(plan, REVIEWS[plan]),
    }
    return (alike | own)[name] & every


def _tellers(plan: str) -> set[str]:
    """死亡人数由应急部门、卫健部门、事发地政府等报送，见词库。"""
    lexicon = world(plan).shelf.lexicon
    names = lexicon.facts["deaths"].stated_by
    found = (lexicon.organisation(name, AREAS[plan]) for name in names)
    return {f"unit:{one}" for id_ in found if id_ for one in world(plan).state.roles.get(id_, (id_,))}


LISTS_OF_CUTS = {"adjust_cut_list", "sign_cut_list", "send_cut_list", "restore_gas"}
WITHOUT = dict.fromkeys(PLANS, LISTS_OF_CUTS) | {
    GAS: {"open_checklist", "check_step"}, ENERGY: {"open_checklist", "check_step", *LISTS_OF_CUTS},
    HEATING: {"publish_notice"},
}  # fmt: skip
"""Supply plans have no check-lists for a scene; the heating plan has no warnings; only two plans say whose gas or heat is cut."""
CASES = [
    (plan, name) for plan in PLANS for name in COMMANDS if name not in BY_LEVEL and name not in WITHOUT.get(plan, ())
]


def test_what_is_left_out_is_not_in_the_plans():
    packs = world(GAS).shelf.packs
    assert {plan for plan in PLANS if not packs[plan].disposal.checklists} == {GAS, ENERGY}
    assert [plan for plan in PLANS if "warning" not in packs[plan].ladders] == [HEATING]
    assert {plan for plan in PLANS if packs[plan].curtailment.orders} == {GAS, HEATING}


@pytest.mark.parametrize(("plan", "name"), CASES)
def test_who_may_and_who_may_not(plan: str, name: str):
    room = world(plan)
    command = COMMANDS[name](**said(plan)[name])
    state = Room(AREAS[plan]).state if name == "open_incident" else room.state
    able, others = set(), []
    for one in everybody(plan):
        try:
            decide(state, command, room.actor({one}), room.context)
        except RefusedError as error:
            if error.code == "post":
                others.append(error)
                continue
            if name in {"give_judgement", "withdraw_judgement"} and error.code == "plan":
                continue  # the plan leaves no level to a judgement
        able.add(one)
    assert able == may(plan, name)
    assert all(error.mend for error in others)
    assert all(len(error.clause) == len(set(error.clause)) for error in others), "each clause is cited once"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in BY_LEVEL])
def test_whoever_holds_no_post_may_do_nothing(name: str):
    plan = GAS if name in LISTS_OF_CUTS else CBM
    room = world(plan)
    state = Room().state if name == "open_incident" else room.state
    with pytest.raises(RefusedError) as refused:
        decide(state, COMMANDS[name](**said(plan)[name]), room.actor(()), room.context)
    assert refused.value.code in {"post", "plan"}
    assert "anyone" not in str(refused.value)


@pytest.mark.parametrize("plan", PLANS)
def test_whoever_meets_an_emergency_opens_it_in_his_own_name_alone(plan: str):
    """A report is owed by whoever meets it (报告责任); what it opens is verified and decided by the desk and the plan's posts."""
    room, area, sends = world(plan), AREAS[plan], f"reporter:{AREAS[plan]}/gas"
    report = {"sender": REPORTER_NAME[area], "text": "险情"}
    supplier = {"sender": "示例燃气公司", "text": "险情"}

    def able(**more: Any) -> set[str]:
        found = set()
        for one in {*everybody(plan), sends}:
            command = COMMANDS["open_incident"](title="某处", place=area, plans=(plan,), **more)
            with suppress(RefusedError):
                decide(Room(area).state, command, room.actor({one}), room.context)
                found.add(one)
        return found

    desk = holders(plan, "desk")
    assert able() == able(reporter="gas") == desk, "without a report it is the desk's alone"
    assert able(report=report) == able(report=report, reporter="gas") == desk | {REPORTER[area]}, (
        "sending returns gives no voice"
    )
    assert able(report=supplier) == able(report=supplier, reporter="another") == desk
    assert able(report=supplier, reporter="gas") == desk | {sends}
    for one in (report, supplier):
        assert able(report=one, reporter="gas", origin="qinshui-2026-0001") == desk, "rooms alone pass incidents up"
