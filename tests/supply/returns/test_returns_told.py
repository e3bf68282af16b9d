"""Who is late and by which clause, which facts follow from returns, and the brief of the day."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from supply.returns import made

from zhishou.assess.situation import situation
from zhishou.errors import ZhishouError
from zhishou.plan.load import Library
from zhishou.supply.returns import reading
from zhishou.supply.returns.brief import brief
from zhishou.supply.returns.checking import Expected
from zhishou.supply.returns.facts import COAL, facts
from zhishou.supply.returns.late import late, unknown
from zhishou.supply.returns.receiving import receive
from zhishou.supply.returns.register import Register
from zhishou.supply.system import System

NIGHT = made.EVENING + timedelta(hours=1, minutes=30)


def register(*without: str, **changed: dict[str, Any]) -> Register:
    found = Register()
    for reporter in made.FIGURES:
        if reporter not in without:
            content = made.filled(reporter, changed.get(reporter))
            file = reading.read(f"{reporter}.xlsx", content, made.ROSTER, made.DAY)
            found, _ = receive(found, file, made.ROSTER, Expected(made.EVENING))
    return found


def test_nobody_is_late_where_all_have_reported(packs: Library):
    assert late(register(), made.ROSTER, made.DAY, NIGHT, packs.packs.values()) == ()
    assert unknown(register(), made.ROSTER, made.DAY) == ()


def test_who_is_late_since_when_and_by_which_clause(packs: Library):
    found = {one.reporter: one for one in late(Register(), made.ROSTER, made.DAY, NIGHT, packs.packs.values())}
    assert set(found) == set(made.FIGURES)
    field = found["field"]
    assert field.overdue == timedelta(hours=1, minutes=30)
    assert [(one.plan, one.clause, one.strength) for one in field.demands] == [
        ("shanxi/winter-supply-2020", "五(三)", "daily"),
        ("jincheng/gas-winter-2021", "3.1", "regular"),
        ("shanxi/winter-supply-2020", "五(一)", "regular"),
    ]
    assert "已迟 1 小时 30 分" in field.text
    assert "本单位自定，预案没有规定几点前报" in field.text
    assert "该文只为 2020-11-01 至 2021-03-31" in field.text
    assert [(one.plan, one.clause) for one in found["zezhou"].demands] == [
        ("jincheng/gas-winter-2021", "3.1"), ("shanxi/winter-supply-2020", "五(一)"),
    ]  # fmt: skip
    assert {one.plan for one in found["power"].demands} == {"jincheng/chengqu/energy-2025"}
    assert found["plant"].demands == ()
    assert "预案没有要求这类单位报送" in found["plant"].text
    assert "上级通报" in found["upper"].text


def test_before_the_hour_nobody_is_overdue(packs: Library):
    (one,) = late(register("tank"), made.ROSTER, made.DAY, made.EVENING, packs.packs.values(), "21:00")
    assert "未到时限" in one.text
    with pytest.raises(ZhishouError, match="不是时刻"):
        late(Register(), made.ROSTER, made.DAY, made.EVENING, (), "九点")


def test_a_heat_company_of_yuncheng_is_asked_only_when_something_happens(packs: Library):
    heat = made.SYSTEM.reporters_by_id["heat"].model_copy(update={"area": "yuncheng"})
    system = System.model_validate(
        {"id": "s", "title": "", "area": "yuncheng", "nodes": made.SYSTEM.nodes, "reporters": (heat,)}
    )
    roster = made.roster(system, packs.lexicon)
    (one,) = late(Register(), roster, made.DAY, NIGHT, packs.packs.values())
    assert {(demand.plan, demand.strength) for demand in one.demands} == {("yuncheng/heating-2021", "event")}
    assert "没有要求每日报送" in one.text


def test_unknown_figures_tell_why():
    found = {
        one.label: one.reason for one in unknown(register("tank", grid={"use:works@1": -1}), made.ROSTER, made.DAY)
    }
    assert found == {"日终库存·高压球罐": "late", "预计用气需求·城区工业": "held"}


def test_facts_are_what_assessment_takes(packs: Library):
    found = facts(register(), made.ROSTER, made.DAY)
    assert {fact: told.get("value") for fact, told in found.items()} == {
        COAL: 40.0, "shanxi_grid_load_shed_pct": 0, "district_grid_load_shed_pct": 12, "district_users_out_pct": 3.5,
        "heat_outage_share_pct": 6, "heat_restore_hours": 18, "province_gas_gap_pct": 4, "cross_city_gas_gap_pct": 12,
        "province_gas_response_level": "IV",
    }  # fmt: skip
    given = situation({"facts": dict(found)}, packs.lexicon)
    assert given.facts[COAL].at == made.EVENING
    assert "热电一厂" in given.facts[COAL].source


@pytest.mark.parametrize(
    ("without", "changed", "told"),
    [
        (("chemical",), {}, {"at_most": 40.0}),
        (("plant",), {}, {"at_most": 50.0}),
        ((), {"plant": {"coal_stock@0": -1}}, {"at_most": 50.0}),
        ((), {"plant": {"coal_stock_mean@0": 0}}, {"at_most": 50.0}),
        (("plant", "chemical"), {}, None),
    ],
)
def test_the_lowest_coal_stock_is_a_bound_where_one_is_unknown(without: Any, changed: Any, told: Any):
    found = facts(register(*without, **changed), made.ROSTER, made.DAY).get(COAL)
    assert (found and {key: value for key, value in found.items() if key.startswith("at_")}) == told


def test_what_is_held_or_late_leaves_its_fact_out():
    found = facts(register("upper", power={"users_out_pct@0": 350}), made.ROSTER, made.DAY)
    assert "province_gas_gap_pct" not in found
    assert "district_users_out_pct" not in found
    assert found["district_grid_load_shed_pct"]["value"] == 12


def test_shares_of_heat_of_two_companies_add_up_and_the_later_time_counts(packs: Library):
    second = made.SYSTEM.reporters_by_id["heat"].model_copy(update={"id": "heat2", "label": "二热公司"})
    system = System.model_validate(
        {name: getattr(made.SYSTEM, name) for name in System.model_fields}
        | {"reporters": (*made.SYSTEM.reporters, second)}
    )
    roster = made.roster(system, packs.lexicon)
    first = facts(register(), roster, made.DAY)
    assert first["heat_outage_share_pct"]["at_least"] == 6
    assert first["heat_restore_hours"]["at_least"] == 18
    text = "报送单位,气日,项目,数值\n二热公司,2026-12-15,停热面积占比,10\n二热公司,2026-12-15,预计恢复供热时间,30\n"
    file = reading.read("b.csv", text.encode(), roster, made.DAY)
    after, _ = receive(register(), file, roster, Expected(made.EVENING))
    both = facts(after, roster, made.DAY)
    assert both["heat_outage_share_pct"]["value"] == 16
    assert both["heat_restore_hours"]["value"] == 30


def sheets(found: Register, packs: Library) -> dict[str, list[list[Any]]]:
    content = brief(found, made.ROSTER, made.DAY, NIGHT, packs.packs.values())
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in load_workbook(BytesIO(content))
    }


def test_the_brief_adds_up_what_was_returned(packs: Library):
    found = sheets(register(), packs)
    rows = {row[0]: row[1:] for row in found["汇总"]}
    assert "20 ℃、101.325 kPa" in found["汇总"][1][0]
    assert "演示数据，非真实情况" in {row[0] for row in found["汇总"]}
    assert rows["晋城市城区"] == (96.5, 75.25, 98, 78.5, 19.5, pytest.approx(251), "齐") or list(rows["晋城市城区"]) == [
        96.5, 75.25, 98, 78.5, 19.5, pytest.approx(251), "齐",
    ]  # fmt: skip
    assert rows["合计"][3] == pytest.approx(99.55)
    assert rows["居民生活"][:2] == [49.75, 52]
    assert rows["LNG 储罐"][:3] == [1450, "吨", 203]
    assert rows["重点企业最低存煤占近三年平均（%）"][0] == 40
    assert found["未报与存疑"][5][1] == "全部已报"
    assert [
        "沁水煤层气公司",
        "预计可供气量·沁水气田",
        "预计",
        "2026-12-16",
        "全日",
        98,
        "万立方米/日",
        "第1版",
        "12-15 20:00",
    ] in found["明细"]


def test_the_brief_shows_what_is_unknown_late_and_held(packs: Library):
    found = sheets(register("tank", grid={"use:works@1": 455000}), packs)
    rows = {row[0]: row[1:] for row in found["汇总"]}
    assert rows["合计"][3] == "不明"
    assert rows["合计"][-1] == "缺：城区工业、高压球罐"
    assert rows["工业"][:4] == [44, "不明", 44, 0]
    open_ = found["未报与存疑"]
    late_row = next(row for row in open_ if row[1] == "储气公司")
    assert "〔今冬明春保暖保供通知 五(三)〕每日报送" in late_row[4]
    held_row = next(row for row in open_ if row[0] == "2-1")
    assert held_row[3] == f"报表!{made.where('grid', 'use:works@1')}"
    assert "45.5" in held_row[4]


def test_a_day_told_by_the_hour_counts_in_the_brief(packs: Library):
    hours = {f"use:works@h{hour}": 1.9 for hour in range(24)} | {"use:works@1": None}
    rows = {row[0]: row[1:] for row in sheets(register(grid=hours), packs)["汇总"]}
    assert rows["工业"][1] == pytest.approx(45.6)
