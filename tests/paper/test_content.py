"""What each kind of paper says, held against the scenarios' own text: the figures, names, times and clauses stand in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from desk.duty_rooms import in_memory, supply
from paper.paper_nights import CBM, GAS, Night, night, passed_on, shelf, short_of_gas

from zhishou import clock, drill
from zhishou.acts import Happened
from zhishou.desk import Desk
from zhishou.desk.drawing import Material
from zhishou.desk.kinds import ROOMS, watch_stream
from zhishou.desk.streams import States
from zhishou.errors import RefusedError
from zhishou.incident.opening import OpenIncident
from zhishou.incident.scoring import review
from zhishou.paper.case import Case, Responded
from zhishou.paper.content import FROM_INCIDENT, Wish, finished
from zhishou.paper.content.cuts import cut_list_directive
from zhishou.paper.content.exercise import exercise_report
from zhishou.paper.content.shift import shift_handover
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.laid import Imprint, Line, laid
from zhishou.paper.value import Citation, Form, Paper, shown, texts

GAS_TITLE = "《晋城市天然气（煤层气）迎峰度冬保供应急预案》（晋市政办〔2021〕23号）"


def drawn(kind: str, scenario: str = "gas-winter-2021", name: str = "city", **wish: object) -> Paper:
    one = night(scenario)
    case = one.case_before(name, "incident_closed") if kind == "task_directive" else one.case(name)
    return finished(FROM_INCIDENT[kind](case, Wish(**wish)), Wish(**wish))  # type: ignore[arg-type]


def said(paper: Paper) -> str:
    return "\n".join(map(shown, texts(paper)))


# scenario gas-winter-2021: the warning of 17:00, level III at 17:20, II at 19:00, I at 0:15; ended at 23:00 and 23:10
TABLE = [
    ("warning_notice", {}, ["二级（橙色）预警", "2026年12月15日17时", "全省天然气供需缺口（预计）为12%", f"{GAS_TITLE}第3.2条",
                            "办公室主任郭乙建议、总指挥王丙决定", "第3.4条"]),
    ("warning_lifting", {}, ["解除二级（橙色）预警", "2026年12月16日23时10分", f"{GAS_TITLE}第3.4条", "缺口降到 1.5%"]),
    ("response_start", {}, ["启动Ⅲ级应急响应", "2026年12月15日17时20分", "全市天然气供需缺口为4%", "第4.2.3条第（1）项",
                            "第4.2.3.1条", "进入预警状态（第4.2.3.2条第（1）项）"]),
    ("response_adjustment", {}, ["Ⅱ级提高为Ⅰ级", "2026年12月16日0时15分", "全市天然气供需缺口为12%", "第4.2.1条第（1）项"]),
    ("response_end", {}, ["结束Ⅰ级应急响应", "2026年12月16日23时", f"{GAS_TITLE}第4.4条", "六县逐一电话核实",
                          "停气用户已逐户恢复"]),
    ("situation_report", {"report": "first"}, ["（首报）", f"{GAS_TITLE}第4.1条", "县城门站", "约两万户", "门站值班记录",
                                              "省指挥部"]),
    ("situation_report", {"report": "follow_up"}, ["续报第1期", "十一家工业用户已经降量"]),
    ("situation_report", {"report": "final"}, ["（终报）", "金额1.2万元", "停气用户全部恢复"]),
    ("task_directive", {}, ["液化企业今夜减产一半", "2026年12月16日0时20分", "指导城市供气压非保民", "12月15日18时前",
                            "第3.3条第（2）"]),
    ("press_draft", {}, ["工业用气有序压减，居民用气不受影响", "新闻发布会", "第4.3条"]),
    ("command_handover", {}, ["省指挥部", "省保供电〔2026〕演1号（虚构）", "缺口 12%，工业已停，居民未停", "第4.2.1.2条第（3）项",
                              "2026年12月16日2时"]),
    ("review", {}, ["压减有序；续报和签收有迟延；备用气源不足", "写明两端是否含本数", "第4.2.2条第（1）项", "共下达任务27项",
                    "某运输公司（虚构）", "已补偿1.2万元"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "wish", "wanted"), TABLE)
def test_a_paper_says_what_the_record_knows(kind: str, wish: dict[str, object], wanted: list[str]):
    paper = drawn(kind, **wish)
    text = said(paper)
    assert [one for one in wanted if one not in text] == []
    assert paper.rests_on[0].plan == GAS
    assert paper.rests_on[0].clauses
    assert paper.issuer.startswith("晋城市天然气（煤层气）迎峰度冬保供应急指挥部")
    assert paper.exercise
    assert paper.event > 0


@pytest.mark.parametrize("scenario", sorted(drill.shipped()))
def test_nothing_of_the_machine_shows_in_any_paper_of_any_scenario(scenario: str):
    """No ids, no English, no Python: what stands there is what a person would write."""
    one = night(scenario)
    drawn_up = 0
    for name in one.outcome.incidents:
        for kind in FROM_INCIDENT:
            paper = _drawn_or_refused(one.case(name), kind)
            if paper is None:
                continue
            drawn_up += 1
            text = said(replace(paper, kind="", area="", plan="", incident="", rests_on=()))
            assert not re.search(r"[a-z]{2,}_[a-z]+|None|True|False|\{|\}|[a-z]+/[a-z]+", text), f"{kind}: {text}"
            assert not re.search(r"。。|，，|；；|、、|。；|，。|：。|（）|“”", text), f"{kind}: {text}"
            for cited in paper.rests_on:
                ledger = shelf().packs[cited.plan].ledger.clauses
                assert set(cited.clauses) <= set(ledger)
    assert drawn_up > 3


def _drawn_or_refused(case: Case, kind: str) -> Paper | None:
    try:
        return FROM_INCIDENT[kind](case, Wish())
    except RefusedError:
        return None


def test_what_the_record_does_not_say_is_left_to_fill_in_and_listed():
    paper = drawn("situation_report")
    # the scenario's reports leave these three out, as the plan's 4.1 demands them
    assert {"资源供需现状", "发展趋势", "已采取的措施"} <= set(paper.blanks)
    assert "资源供需现状：________。" in said(paper)
    done = drawn("situation_report", fill={"资源供需现状": "缺口12%", "签发人": "王丙"})
    assert "资源供需现状：缺口12%" in said(done)
    assert not {"资源供需现状", "签发人"} & set(done.blanks)


def test_the_flash_report_has_the_fields_of_the_annex_in_order_and_the_counts_of_the_record():
    paper = drawn("flash_report", "cbm-surface-2020")
    (form,) = (one for one in paper.body if isinstance(one, Form))
    wanted = next(one for one in shelf().packs[CBM].forms.forms if one.id == "flash_report")
    assert tuple(name for name, _ in form.fields) == wanted.fields
    filled = dict(form.fields)
    assert (filled["死亡人数"], filled["受伤人数"]) == ("1人", "2人")
    assert filled["事故时间"] == "2026年3月18日14时20分"
    assert {"法人代表", "单位地址", "报告人"} <= set(paper.blanks)
    with pytest.raises(RefusedError, match="没有规定信息快报表"):
        drawn("flash_report")


@pytest.mark.parametrize(
    "kind", ["warning_notice", "response_start", "response_end", "command_handover", "warning_lifting"]
)
def test_no_order_without_the_decision_on_record(kind: str):
    with pytest.raises(RefusedError, match="没有"):
        drawn(kind, name="county")


def test_a_county_makes_no_order_of_the_city_s_headquarters():
    one = night("gas-winter-2021").case("city")
    elsewhere = Case(replace(one.state, area="yangcheng"), one.story, one.packs, one.lexicon, one.at)
    with pytest.raises(RefusedError, match="本值班室不发文"):
        FROM_INCIDENT["response_start"](elsewhere, Wish())


def test_a_directive_for_some_units_holds_theirs_alone():
    paper = drawn("task_directive", units=("市城市管理局",))
    text = said(paper)
    assert paper.to == ("市城市管理局",)
    assert "指导城市供气压非保民" in text
    assert "液化企业今夜减产一半" not in text
    with pytest.raises(RefusedError, match="没有给市财政局的任务"):
        drawn("task_directive", units=("市财政局",))


def test_the_cut_list_holds_every_cut_of_the_plan_and_its_clause():
    rooms, incident = short_of_gas()
    order = IssuePaper(kind="cut_list_directive", incident=incident)
    paper = rooms.desk.papers.draft("jincheng", order)
    cuts = rooms.desk.incident(incident).cut_lists["k1"]
    text = said(paper)
    assert any(line.cut > 0 for line in cuts.lines)
    for line in cuts.lines:
        if line.cut > 0.01:
            assert line.label in text
            assert f"{line.cut:.2f}" in text
    assert f"合计{cuts.cut:.2f}万立方米" in text
    assert "第4.2.2.2条第（2）项" in text  # level II cuts industry and commerce by this clause
    assert "20 ℃、101.325 kPa" in text
    signed = [one for one in rooms.desk.story(incident) if one.event.type == "cut_list_signed"]
    assert paper.event == signed[-1].position
    unsigned = replace(rooms.desk.incident(incident), cut_lists={"k1": replace(cuts, status="draft")})
    case = Case(unsigned, rooms.desk.story(incident), shelf().packs, shelf().lexicon, rooms.at)
    with pytest.raises(RefusedError, match="没有签发过的压减清单"):
        cut_list_directive(case, Wish(plan=GAS))


def test_the_brief_tells_the_balance_of_the_returns():
    rooms, _ = short_of_gas()
    city = rooms.desk.returns.evening("jincheng").balances().city
    text = said(rooms.desk.papers.draft("jincheng", IssuePaper(kind="supply_brief")))
    for figure in (city.demand.low, city.supply.low, city.gap.low):
        assert f"{figure:.2f}".rstrip("0").rstrip(".") in text
    assert "未报0家" in text
    assert "演示数据，非真实情况" in text


def test_the_shift_sheet_holds_what_both_signed():
    rooms = passed_on()
    paper = rooms.desk.papers.draft("jincheng", IssuePaper(kind="shift_handover"))
    text = said(paper)
    for wanted in (
        "张三",
        "李四",
        "今日供气平稳，夜间降温",
        "阳城县门站流量计待校验",
        "向省保供办报送日报",
        "省保供办来电询问缺口",
    ):
        assert wanted in text
    watch = rooms.desk.room("jincheng").watch
    assert watch is not None
    assert watch.digest in text.replace(" ", "")


def exercise_of(one: Night) -> Paper:
    command = IssuePaper(kind="exercise_report")
    return one.desk.papers.draft("jincheng", command, Material(exercise=drill.exercise(one.outcome)))


def test_the_exercise_report_counts_what_came_as_expected():
    one = night("cbm-surface-2020")
    text = said(exercise_of(one))
    checks = one.outcome.checks
    assert f"共设检验点{len(checks)}个，符合{sum(check.met for check in checks)}个" in text
    assert one.outcome.verdict.seal in text.replace(" ", "")
    assert one.outcome.script.scenario.title in text


def test_an_exercise_run_by_hand_is_reported_from_its_incident():
    """The figures of the report are those of the incident and its score; a level still in force is told first."""
    one = night("gas-winter-2021")
    state = one.outcome.incidents["city"]
    paper = one.desk.papers.draft("jincheng", IssuePaper(kind="exercise_report", incident=state.id))
    text = said(paper)
    assert (paper.kind, paper.incident, paper.exercise) == ("exercise_report", state.id, True)
    late = [duty for duty in state.duties.values() if duty.late]
    assert f"逾期{len(late)}项" in text
    assert "检验点" not in text
    for unit in review([x for x in one.outcome.happened if x.stream.endswith(f"/{state.id}")], shelf()).units:
        if unit.issued:
            assert unit.unit in text
    assert one.outcome.verdict.seal in text.replace(" ", "")
    assert "完整，未发现改动" in text
    started = [x for x in one.outcome.incidents.values() if x.active and x.status != "closed"]
    for other in started:
        with pytest.raises(RefusedError, match="演练还没有结束"):
            one.desk.papers.draft("jincheng", IssuePaper(kind="exercise_report", incident=other.id))


def test_an_exercise_report_needs_an_exercise():
    rooms = passed_on()
    with pytest.raises(RefusedError, match="没有给出演练的结果"):
        rooms.desk.papers.draft("jincheng", IssuePaper(kind="exercise_report"))
    material = Material(exercise=drill.exercise(night("cbm-surface-2020").outcome))
    with pytest.raises(RefusedError, match="这是正式记录"):
        rooms.desk.papers.draft("jincheng", IssuePaper(kind="exercise_report"), material)


def test_the_review_says_how_soon_each_unit_answered_and_who_never_did():
    case = night("gas-winter-2021").case("city")
    assert "到岗应答情况" not in said(FROM_INCIDENT["review"](case, Wish()))
    called = (Responded("市能源局", 3, 3, 0, 4), Responded("市公安局", 2, 0, 2, None))
    text = said(FROM_INCIDENT["review"](replace(case, responded=called), Wish()))
    assert "共呼叫2家，其中1家应答，市公安局始终未应答。" in text
    assert "4分钟" in text.split("到岗应答情况")[1]


def test_a_review_waits_until_no_level_is_in_force():
    rooms, incident = short_of_gas()
    with pytest.raises(RefusedError, match="还在生效"):
        rooms.desk.papers.draft("jincheng", IssuePaper(kind="review", incident=incident))
    quiet = rooms.open(
        "city", OpenIncident(title="某小区停气", subject="gas_supply_shortage", place="jincheng")
    ).incident
    wish = IssuePaper(kind="review", incident=quiet)
    with pytest.raises(RefusedError, match="没有启动过响应，事件也没有归档"):
        rooms.desk.papers.draft("jincheng", wish)
    offered = {one.kind.id: one for one in rooms.desk.papers.offers("jincheng", rooms.actor("city"), quiet)}
    assert not offered["review"].may


def test_superiors_owe_no_return():
    """省保供办 tells when it wishes (late.py); thirteen gas reporters, coal, power and heat owe one."""
    rooms = in_memory(at=clock.moment("2026-12-14T21:00"))
    owing = [one for one in supply().reporters if one.kind != "superior"]
    text = said(rooms.desk.papers.draft("jincheng", IssuePaper(kind="supply_brief")))
    assert f"应报{len(owing)}家，已报0家，未报{len(owing)}家" in text
    assert not any(one.label in text for one in supply().reporters if one.kind == "superior")


def test_the_imprint_has_the_day_of_printing_and_the_paper_that_of_the_decision():
    """党政机关公文处理工作条例, 9: 成文日期 is the day of signing, 印发日期 the day on which it goes to print."""
    rooms, incident = short_of_gas()
    rooms.later(24 * 60)
    one = laid(rooms.desk.papers.draft("jincheng", IssuePaper(kind="response_start", incident=incident)))
    (imprint,) = (part for part in one.parts if isinstance(part, Imprint))
    assert "2026年12月15日印发" in {text for row in imprint.rows for text in row}
    assert [part.text for part in one.parts if isinstance(part, Line) and part.style == "plain"][-1] == "2026年12月14日"


def test_every_paper_says_what_it_rests_on():
    """A clause where the plan has one; where it has none, whose rule it is."""
    watch = passed_on().desk.papers.draft("jincheng", IssuePaper(kind="shift_handover"))
    assert Citation(CBM, ("6.1",)) in watch.rests_on
    assert "第6.1条" in watch.basis
    story = passed_on().desk
    assert "交接班依据本值班室的值班制度" in watch.basis
    bare = shift_handover("jincheng", watched(story), (), shelf().lexicon, story.now(), exercise=False)
    assert bare.basis.startswith("预案没有规定值班和交接班，依据本值班室的值班制度")
    gas = night("gas-winter-2021")
    case = gas.case("city")
    pack = case.packs[GAS]
    silent = replace(
        pack, aftermath=pack.aftermath.model_copy(update={"release": ()}),
        support=pack.support.model_copy(update={"exercises": ()}),
    )  # fmt: skip
    press = FROM_INCIDENT["press_draft"](replace(case, packs={**case.packs, GAS: silent}), Wish())
    assert "没有规定信息发布，依据本值班室的规定" in press.basis
    report = exercise_report(replace(drill.exercise(gas.outcome), plan=silent), gas.desk.now())
    assert "依据本单位的演练安排" in said(report)


def watched(desk: Desk) -> list[Happened]:
    """The story of a duty room."""
    states = States(desk.journal, ROOMS)
    return [states.happened(entry) for entry in desk.journal.read(watch_stream("jincheng"))]
