"""From the clauses to deadlines: first reports, writing after a call, answers, rhythms by level, people from abroad."""

from __future__ import annotations

from datetime import timedelta

import pytest
from incident_room import BIOGAS, CBM, ENERGY, GAS, HAZCHEM, HEATING, MINE, OIL, START, TRADE, Room, room

from zhishou import clock
from zhishou.acts import SYSTEM
from zhishou.errors import RefusedError
from zhishou.incident.context import HouseRules

HOUR = timedelta(hours=1)


def test_biogas_first_report_within_an_hour_of_the_event():
    one = room(BIOGAS, place="qinshui", occurred="19:30")
    key = f"{BIOGAS}/county-first/in"
    assert one.state.duties[key].due == clock.moment("2026-12-15T20:30")
    one.at("20:30").tick()
    assert one.state.duties[key].status == "open"
    one.at("20:31").tick()
    assert one.state.duties[key].status == "missed"


def test_the_grave_ones_have_two_hours_from_the_event_and_more_only_where_the_grade_came_later():
    """冶金工贸 4.1：较大，事发2小时之内。"""
    key = f"{TRADE}/county-larger/in"
    one = room(TRADE, place="qinshui", occurred="19:30").at("20:10")
    assert key not in one.state.duties
    one.give("update_casualties", counts={"deaths": 3})
    assert one.state.duties[key].due == clock.moment("2026-12-15T21:30")
    late = room(TRADE, place="qinshui", occurred="19:30").at("23:00")
    late.give("update_casualties", counts={"deaths": 3})
    assert late.state.duties[key].due == clock.moment("2026-12-16T01:00")
    assert "等级明确时" in late.state.duties[key].note


def test_what_may_become_grave_counts_where_the_text_says_so():
    """冶金工贸 4.1：发生或有可能发生较大；危化 4.1 只写重大以上事故。"""
    one = room(TRADE, place="qinshui", occurred="19:30")
    one.give("state_facts", facts={"expected_deaths": {"at_least": 3}})
    assert f"{TRADE}/county-larger/in" in one.state.duties
    other = room(HAZCHEM, place="qinshui", occurred="19:30")
    other.give("state_facts", facts={"expected_deaths": {"at_least": 10}})
    assert f"{HAZCHEM}/major-first/in" not in other.state.duties
    other.give("state_facts", facts={"deaths": {"at_least": 10}})
    assert f"{HAZCHEM}/major-first/in" in other.state.duties


def test_a_grade_corrected_downward_ends_what_only_the_graver_one_brought():
    one = room(HAZCHEM, place="qinshui", occurred="19:30")
    one.give("state_facts", facts={"deaths": {"value": 12}})
    assert one.state.duties[f"{HAZCHEM}/major-first/in"].status == "open"
    one.give("correct_fact", fact="deaths", given={"value": 1}, reason="重复统计")
    assert one.state.duties[f"{HAZCHEM}/major-first/in"].status == "void"
    assert one.state.duties[f"{HAZCHEM}/county-first/in"].status == "open"


def test_the_time_of_the_event_corrected_moves_what_counts_from_it():
    one = room(BIOGAS, place="qinshui", occurred="19:30").at("20:40")
    one.tick()
    key = f"{BIOGAS}/county-first/in"
    assert one.state.duties[key].status == "missed"
    one.give("correct_particulars", occurred=clock.moment("2026-12-15T20:00"), reason="现场核实")
    assert (one.state.duties[key].due, one.state.duties[key].status) == (clock.moment("2026-12-15T21:00"), "open")
    assert one.state.duties[key].late == 0


def test_thirty_minutes_in_writing_after_a_first_report_by_telephone():
    """4.1：首次报告可以先用电话，随后30分钟内呈送文字报告。"""
    one = room(CBM, place="qinshui", occurred="19:30").at("20:05")
    one.give("receive_report", kind="first", how="phone", sender="沁水县人民政府")
    key = f"{CBM}/written/r1/in"
    assert one.state.duties[key].due == clock.moment("2026-12-15T20:35")
    one.at("20:36").tick()
    assert one.state.duties[key].status == "missed"
    one.give("receive_report", kind="first", how="written", sender="沁水县人民政府")
    assert (one.state.duties[key].status, one.state.duties[key].late) == ("met", 1)


def test_a_follow_up_by_telephone_leaves_nothing_in_writing_owed():
    one = room(CBM, place="qinshui", occurred="19:30")
    one.give("receive_report", kind="follow_up", how="phone", sender="沁水县人民政府")
    assert one.duties("written") == {}


def test_who_was_called_is_owed_the_writing():
    county = Room("qinshui").open(CBM, place="qinshui", occurred="19:30")
    county.give("forward_report", kind="first", how="phone", to=("市政府",))
    (key,) = county.duties("written")
    assert county.state.duties[key].to == ("市政府",)
    assert county.state.duties[f"{CBM}/county-first"].told == ("市政府",)
    county.later(20).give(
        "forward_report", kind="first", how="written", to=("市委", "市政府", "市指挥部办公室", "上级有关部门")
    )
    assert county.state.duties[key].status == "met"
    assert county.state.duties[f"{CBM}/county-first"].status == "met"


@pytest.mark.parametrize("plan", [TRADE, BIOGAS, HAZCHEM, CBM])
@pytest.mark.parametrize("area", ["jincheng", "qinshui"])
def test_thirty_minutes_to_answer_a_question_at_either_desk(plan: str, area: str):
    """4.1：对催报和要求核实的信息，30分钟内回应。"""
    one = Room(area).open(plan, place="qinshui")
    one.give("receive_query", by="省政府", text="伤亡情况？")
    (key,) = one.duties("answer")
    duty = one.state.duties[key]
    assert (duty.due, duty.incoming, duty.to) == (START + timedelta(minutes=30), False, ("shanxi_government",))
    one.later(30).give("answer_query", query="q1", text="无伤亡")
    assert (one.state.duties[key].status, one.state.duties[key].late) == ("met", 0)


@pytest.mark.parametrize("plan", [MINE, TRADE, BIOGAS, HAZCHEM, CBM, OIL])
def test_thirty_minutes_are_watched_by_whoever_presses_a_duty_room_below(plan: str):
    """4.1：上级催报和要求核实的信息，30分钟内回应。"""
    one = room(plan, place="qinshui")
    one.give("enquire_below", incident="qinshui-2026-0003", text="伤亡情况？")
    ((key, duty),) = one.duties("answer").items()
    assert (duty.due, duty.incoming, duty.by, duty.clause) == (
        START + timedelta(minutes=30), True, ("qinshui_government",), ("4.1",),
    )  # fmt: skip
    one.later(30)
    assert one.tick() == [], "the half hour includes its last moment"
    one.later(1).tick()
    assert one.state.duties[key].status == "missed"


def test_only_what_lies_below_is_pressed_and_something_is_asked():
    one = room(CBM, place="qinshui")
    for incident, text, said in (
        ("", "？", "没有写向哪一起"), ("qinshui-2026-0001", " ", "没有写问什么"), ("jincheng-2026-0001", "？", "以下值班室"),
        ("shanxi-2026-0001", "？", "以下值班室"), ("yuncheng-2026-0001", "？", "以下值班室"), ("x", "？", "以下值班室"),
    ):  # fmt: skip
        with pytest.raises(RefusedError, match=said) as refused:
            one.give("enquire_below", incident=incident, text=text)
        assert refused.value.mend


@pytest.mark.parametrize("plan", [GAS, ENERGY, HEATING])
def test_where_the_text_gives_no_time_to_answer_none_is_made_up(plan: str):
    one = room(plan)
    one.give("receive_query", by="省政府", text="情况如何？")
    assert one.duties("answer") == {}


@pytest.mark.parametrize(
    ("level", "hours", "decider"), [("I", 1, "commander"), ("II", 2, "deputy_commander"), ("III", 3, "office_director")]
)
def test_the_district_reports_every_one_two_or_three_hours_by_level(level: str, hours: int, decider: str):
    """能源 4.1。"""
    one = room(ENERGY)
    one.give("propose_level", f"{ENERGY}:office", plan=ENERGY, level=level, reason="急")
    one.at("20:10").give("decide_proposal", f"{ENERGY}:{decider}", proposal="p1")
    up, below = (f"{ENERGY}/follow-up-{level.lower()}/1{mark}" for mark in ("", "/in"))
    first = clock.moment("2026-12-15T20:10") + timedelta(hours=hours)
    assert one.state.duties[up].due == one.state.duties[below].due == first
    assert one.state.duties[up].to == ("区委", "区政府", "上级有关部门")
    assert one.state.duties[below].to == ("office",)
    one.at(first + timedelta(minutes=5)).tick()
    assert one.state.duties[up].late == 1
    one.give("forward_report", kind="follow_up", to=("区委", "区政府", "上级有关部门"))
    assert (one.state.duties[up].status, one.state.duties[up].due) == ("open", first + timedelta(hours=hours))


def test_another_level_sets_another_rhythm_and_the_end_stops_it():
    one = room(ENERGY)
    one.give("propose_level", f"{ENERGY}:office", plan=ENERGY, level="III", reason="急")
    one.give("decide_proposal", f"{ENERGY}:office_director", proposal="p1")
    one.later(30).give("propose_level", f"{ENERGY}:office", plan=ENERGY, level="II", reason="加重")
    one.give("decide_proposal", f"{ENERGY}:commander", proposal="p2")
    assert one.state.duties[f"{ENERGY}/follow-up-iii/1"].status == "void"
    assert one.state.duties[f"{ENERGY}/follow-up-ii/2"].due == START + timedelta(minutes=150)
    conditions = dict.fromkeys(("市场供应稳定", "价格平稳", "群众购买心理稳定", "应急状态消除"), "已核实")
    one.later(60).give("end_level", f"{ENERGY}:commander", plan=ENERGY, confirmed=conditions)
    assert {duty.status for duty in one.duties("follow_up", "return").values()} == {"void"}
    assert one.later(600).tick() == []


def test_the_towns_daily_return_at_level_two_is_met_by_a_return_and_by_the_task():
    """能源 4.2.2措施(2)：每日报告。"""
    one = room(ENERGY)
    one.give("fill_role", role="镇（街道）应急指挥部", units=("北石店镇人民政府",))
    one.give("propose_level", f"{ENERGY}:office", plan=ENERGY, level="II", reason="急")
    one.give("decide_proposal", f"{ENERGY}:commander", proposal="p1")
    key = f"{ENERGY}/town-daily/1/in"
    assert one.state.duties[key].due == START + timedelta(days=1)
    one.later(60 * 23).give(
        "receive_report", "unit:chengqu_beishidian", kind="return", how="written", sender="北石店镇人民政府"
    )
    assert one.state.duties[key].due == START + timedelta(days=2)
    (task,) = (id_ for id_, one_ in one.state.tasks.items() if one_.text.startswith("每日报告"))
    for day in (2, 3):
        one.give("finish_task", "unit:chengqu_beishidian", task=task, note="已报")
        assert one.state.tasks[task].status == "accepted"
        assert one.state.duties[f"task/{task}"].due == START + timedelta(days=day)
        one.later(60 * 24)
    conditions = dict.fromkeys(("市场供应稳定", "价格平稳", "群众购买心理稳定", "应急状态消除"), "已核实")
    one.give("end_level", f"{ENERGY}:commander", plan=ENERGY, confirmed=conditions)
    assert one.state.tasks[task].status == "cancelled"
    assert one.later(60 * 48).tick() == []


def test_people_from_abroad_bring_their_own_duties():
    """危化 4.1、2.2.3。"""
    one = room(HAZCHEM, place="qinshui")
    one.give("update_casualties", counts={"deaths": 1, "abroad": 1})
    found = one.duties("notification")
    assert {id_.rsplit("/", 1)[-1] for id_, duty in found.items() if not duty.incoming} == {
        "foreign-city", "foreign-province", "foreign-family",
    }  # fmt: skip
    assert [id_ for id_, duty in found.items() if duty.incoming] == [f"{HAZCHEM}/foreign-province-duty/in"]
    one.give("forward_report", kind="first", to=("市政府外事办公室",))
    assert one.state.duties[f"{HAZCHEM}/foreign-city"].status == "met"
    assert one.state.duties[f"{HAZCHEM}/foreign-family"].status == "open"  # telling an office reaches no family
    one.give("forward_report", kind="first", to=("家属",), duty=f"{HAZCHEM}/foreign-family")
    assert one.state.duties[f"{HAZCHEM}/foreign-family"].status == "met"
    one.give("update_casualties", counts={"abroad": 0})
    assert one.state.duties[f"{HAZCHEM}/foreign-province"].status == "void"


def test_plans_that_say_nothing_of_foreigners_owe_nothing_and_one_attached_later_does():
    one = Room().open(GAS, place="qinshui")
    one.give("update_casualties", counts={"hong_kong_macao_taiwan": 2})
    assert one.duties("notification") == {}
    one.give("attach_plan", plan=CBM)
    assert set(one.duties("notification", plan=CBM)) >= {f"{CBM}/foreign-city", f"{CBM}/foreign-province"}


def test_the_house_may_settle_how_long_at_once_is_and_then_says_so():
    one = room(HAZCHEM, place="qinshui", rules=HouseRules(promptly="1 h"))
    duty = one.state.duties[f"{HAZCHEM}/office-up"]
    assert duty.due == START + HOUR
    assert "本值班室" in duty.note
    plain = room(HAZCHEM, place="qinshui").state.duties[f"{HAZCHEM}/office-up"]
    assert plain.due is None
    assert plain.note == "原文没有写明多久"


def test_all_reports_refuted_end_every_duty_and_a_new_one_begins_again():
    one = room(BIOGAS, place="qinshui", occurred="19:30")
    one.give("receive_report", sender="群众")
    one.give("refute_report", report="r1", reason="现场无异常")
    assert (one.state.status, {duty.status for duty in one.state.duties.values()}) == ("refuted", {"void"})
    one.at("20:20").give("receive_report", sender="市公安局", how="written")
    assert one.state.status == "open"
    assert one.state.duties[f"{BIOGAS}/county-first/in"].status == "open"


def test_refuted_nothing_can_be_started():
    from zhishou.errors import RefusedError  # noqa: PLC0415

    one = room(BIOGAS, place="qinshui", occurred="19:30")
    one.give("receive_report", sender="群众")
    one.give("refute_report", report="r1", reason="现场无异常")
    with pytest.raises(RefusedError, match="核实不属实"):
        one.give("decide_level", f"{BIOGAS}:commander", plan=BIOGAS, level="I", reason="急")


def test_missed_is_the_systems_own():
    one = room(BIOGAS, place="qinshui", occurred="19:30").at("23:00")
    one.tick()
    assert {(story.person, story.event.type) for story in one.story[-1:]} == {(SYSTEM.person, "duty_missed")}
