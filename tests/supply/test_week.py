"""The week ahead, reckoned by hand: what is told, what is carried forward, what stays unknown."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pytest

from zhishou.assess.outlook import outlook
from zhishou.clock import SHANGHAI
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.load import Library
from zhishou.supply.balance import Figures, Range, Withheld, figures
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP
from zhishou.supply.reading import read_system
from zhishou.supply.returns.model import Return, Value
from zhishou.supply.system import System
from zhishou.supply.week import (
    Outage,
    Supply,
    days_from,
    known_supply,
    standing,
    stated_supply,
    unknown_supply,
    week_ahead,
)

FIRST = date(2026, 12, 15)
EVENING = FIRST - timedelta(days=1)
DAYS = days_from(FIRST, 7)

SMALL = """
id: small
title: 三县
area: jincheng
reporters:
  - {id: field, label: 抽采, kind: producer, area: qinshui}
  - {id: pipe, label: 管输, kind: pipeline, area: jincheng}
  - {id: a, label: 高平, kind: county, area: gaoping}
  - {id: b, label: 陵川, kind: county, area: lingchuan}
  - {id: c, label: 泽州, kind: county, area: zezhou}
nodes:
  - {id: n_a, label: A, area: gaoping}
  - {id: n_b, label: B, area: lingchuan}
  - {id: n_c, label: C, area: zezhou}
sources:
  - {id: cbm, label: 气田, kind: coalbed_methane, node: n_c, reporter: field, capacity: 80}
  - {id: grid, label: 省网, kind: pipeline_import, node: n_a, reporter: pipe, capacity: 50}
customers:
  - {id: home_a, label: 高平居民, class: residential, node: n_a, reporter: a}
  - {id: home_b, label: 陵川居民, class: residential, node: n_b, reporter: b}
  - {id: home_c, label: 泽州居民, class: residential, node: n_c, reporter: c}
groups:
  - {id: east, label: 东部, areas: [gaoping, lingchuan]}
"""

TOLD = {
    "field": {("available", "cbm"): 60.0, ("allocated", "zezhou|cbm"): 40.0, ("allocated", "gaoping|cbm"): 15.0,
              ("allocated", "lingchuan|cbm"): 5.0},
    "pipe": {("available", "grid"): 30.0, ("allocated", "zezhou|grid"): 10.0, ("allocated", "gaoping|grid"): 10.0,
             ("allocated", "lingchuan|grid"): 10.0},
    "a": {("demand", "home_a"): 30.0},
    "b": {("demand", "home_b"): 20.0},
    "c": {("demand", "home_c"): 50.0},
}  # fmt: skip
"""Reporter → what it returns of the first day, 万立方米/日: demand 100, gas 90; the east needs 50 and has 40."""


@pytest.fixture(scope="module")
def system(packs: Library) -> System:
    return read_system(SMALL, "small.yaml", packs.lexicon)


def ahead(system: System, told: dict[str, dict[tuple[str, str], float]], more: tuple[Value, ...] = ()) -> list[Figures]:
    at = datetime.combine(EVENING, time(20), SHANGHAI)
    returns = [
        Return(who, EVENING, 1, tuple(Value(item, of, FIRST, amount) for (item, of), amount in given.items()) + (more if who == "field" else ()), at)
        for who, given in told.items()
    ]  # fmt: skip
    return [figures(system, returns, day, made=EVENING) for day in DAYS]


def flat(*rows: float) -> Any:
    """Courses of demand that stay the same all week, 万立方米/日."""
    return np.repeat(np.array(rows)[:, None], 7, axis=1)


def test_what_is_told_is_carried_forward_and_said(system: System, packs: Library):
    supply = known_supply(ahead(system, TOLD), packs.lexicon)
    assert [supply.of(day) for day in range(7)] == [Range(90, 90)] * 7
    assert supply.sources[0].told_on == (FIRST,) * 7
    assert supply.city_demand.tolist() == [100.0] * 7
    assert supply.returned == Range(100, 100)
    assert supply.assumptions == (
        "各气源可供气量报到 12月15日，此后沿用当日的数",
        "跨县局部地区：各县需求按“预测的全市需求 ÷ 所报的全市需求”同比例增减，气源分到各县的量不变",
    )


def test_a_later_day_that_a_return_tells_of_is_taken_from_it(system: System, packs: Library):
    later = DAYS[2]
    values = (Value("available", "cbm", later, 45.0), Value("allocated", "zezhou|cbm", later, 45.0))
    supply = known_supply(ahead(system, TOLD, values), packs.lexicon)
    assert [supply.of(day) for day in range(4)] == [Range(90, 90), Range(90, 90), Range(75, 75), Range(75, 75)]
    assert supply.sources[0].told_on == (FIRST, FIRST, *[later] * 5)
    assert supply.assumptions[:2] == (
        "气田可供气量报到 12月17日，此后沿用当日的数",
        "省网可供气量报到 12月15日，此后沿用当日的数",
    )


def test_gaps_by_hand(system: System, packs: Library):
    supply = known_supply(ahead(system, TOLD), packs.lexicon)
    week = week_ahead(flat(80, 100, 120), supply, system, packs.lexicon)
    assert week.least_gap[:, 0].tolist() == [0, 10, 30]
    frame = week.least[0]
    assert frame[CITY_GAP].to_list() == pytest.approx([0, 10, 25])
    # The east: 50 × 0.8 = 40 against 40; 50 against 40; 60 against 40.
    assert frame[CROSS_COUNTY_GAP].to_list() == pytest.approx([0, 20, 100 / 3])
    assert week.tightest == ("东部",) * 7
    assert week.most is week.least


def test_a_source_that_was_not_returned_is_a_range(system: System, packs: Library):
    supply = known_supply(ahead(system, {who: given for who, given in TOLD.items() if who != "pipe"}), packs.lexicon)
    assert supply.of(0) == Range(60, 110)
    assert "省网没有报可供气量，按 0 至供气能力之间不明计" in supply.assumptions
    week = week_ahead(flat(100), supply, system, packs.lexicon)
    assert week.least[0][CITY_GAP].to_list() == [0]
    assert week.most[0][CITY_GAP].to_list() == pytest.approx([40])
    # Of the east it is sure only that it gets 20 of its 50.
    assert week.most[0][CROSS_COUNTY_GAP].to_list() == pytest.approx([60])


def test_where_a_county_is_late_the_groups_are_unknown_but_the_city_is_not(system: System, packs: Library):
    supply = known_supply(ahead(system, {who: given for who, given in TOLD.items() if who != "b"}), packs.lexicon)
    week = week_ahead(flat(100), supply, system, packs.lexicon)
    assert week.least[0].columns == [CITY_GAP]
    assert week.tightest[0] == ""
    assert "所报需求不齐，跨县局部地区缺口按不明计" in supply.assumptions


def test_a_source_that_fails_takes_its_part_of_a_group_with_it(system: System, packs: Library):
    supply = known_supply(ahead(system, TOLD), packs.lexicon, {"grid": Outage(1.0, 30.0)})
    week = week_ahead(flat(100), supply, system, packs.lexicon)
    assert week.least_gap[0, 0] == 40
    assert week.least[0][CROSS_COUNTY_GAP].to_list() == pytest.approx([60])
    assert "省网每日中断的概率按 100.0%、平均中断 30 天计（由人给定）" in supply.assumptions
    with pytest.raises(NotFoundError, match=r"没有气源“gird”.*cbm、grid"):
        known_supply(ahead(system, TOLD), packs.lexicon, {"gird": Outage(0.1)})


def test_supply_far_above_and_far_below(system: System, packs: Library):
    plan = packs.pack("jincheng/gas-winter-2021")
    demand = np.random.default_rng(1).normal(100, 5, (500, 7))
    none, all_ = (
        outlook(
            plan, week_ahead(demand, stated_supply(DAYS, [rate]), system, packs.lexicon, stated=[CALM] * 7).least[3]
        )
        for rate in (200.0, 50.0)
    )
    response, severe = none.ladder("response"), all_.ladder("response")
    assert response is not None
    assert severe is not None
    assert (response.none.at_least, response.none.at_most) == (1, 1)
    assert (severe.levels[0].exactly.at_least, severe.levels[0].exactly.at_most) == (1, 1)


CALM = {
    "province_gas_response_level": "未启动", "beyond_city_area": False, "city_capacity_exceeded": False,
    "province_gas_gap_pct": 0.0, "cross_city_gas_gap_pct": 0.0, CROSS_COUNTY_GAP: 0.0,
}  # fmt: skip


def test_what_nobody_has_said_of_the_province_leaves_a_range(system: System, packs: Library):
    plan = packs.pack("jincheng/gas-winter-2021")
    stated = {name: value for name, value in CALM.items() if not name.startswith("province")}
    week = week_ahead(flat(100), stated_supply(DAYS, [96]), system, packs.lexicon, stated=[stated] * 7)
    ladder = outlook(plan, week.least[0]).ladder("response")
    assert ladder is not None
    assert ladder.missing == ("province_gas_response_level",)
    by_level = {one.level: one for one in ladder.levels}
    # 4 % is level III; an unknown level of the province could make it II or I, never less.
    assert (by_level["III"].exactly.at_least, by_level["III"].exactly.at_most) == (0, 1)
    assert (by_level["III"].or_worse.at_least, by_level["III"].or_worse.at_most) == (1, 1)


def test_statements_hold_as_long_as_their_shelf_life(system: System, packs: Library):
    at = datetime.combine(EVENING, time(18, 30), SHANGHAI).isoformat()
    facts = {
        "province_gas_gap_pct": {"value": 2.6, "at": at},
        "province_gas_response_level": {"value": "IV", "at": at},
        "coal_stock_pct_of_mean": {"at_most": 80.0, "at": at},
        CITY_GAP: {"value": 9.0, "at": at},
    }
    kept, said = standing(facts, DAYS, system, packs.lexicon)
    assert kept[0] == {"province_gas_gap_pct": 2.6, "province_gas_response_level": "IV"}
    assert list(kept[1:]) == [{"province_gas_response_level": "IV"}] * 6
    assert said == (
        "全省天然气供需缺口（预计） 2.6%，用到 12月15日，过了时效（24 小时），此后按不明计",
        "省迎峰度冬响应级别 IV，用到 12月21日",
    )


def test_supply_as_typed(system: System, packs: Library):
    returned = known_supply(ahead(system, TOLD), packs.lexicon)
    supply = stated_supply(DAYS, [90, 80, 70, 60, 50, 40, 30], returned)
    assert supply.of(6) == Range(30, 30)
    assert supply.returned == Range(100, 100)
    week = week_ahead(flat(100), supply, system, packs.lexicon)
    assert week.least[2].to_dict(as_series=False) == {CITY_GAP: [pytest.approx(30)]}
    for wrong in ([90.0, 80.0], [-1.0], [float("nan")]):
        with pytest.raises(ZhishouError, match="1 个或 7 个不小于 0 的数"):
            stated_supply(DAYS, wrong)


def test_nothing_known_of_supply_states_nothing(system: System, packs: Library):
    supply = unknown_supply(DAYS)
    assert supply.of(0) is None
    week = week_ahead(flat(100, 110), supply, system, packs.lexicon)
    assert week.least[0][CITY_GAP].null_count() == 2
    assert np.isnan(week.least_gap).all()


def test_the_gap_of_a_district_is_not_the_citys(system: System, packs: Library):
    district = system.model_copy(update={"area": "chengqu"})
    week = week_ahead(flat(100), stated_supply(DAYS, [50]), district, packs.lexicon)
    assert week.least[0][CITY_GAP].null_count() == 1


def test_what_waits_for_a_person_is_not_used(system: System, packs: Library):
    at = datetime.combine(EVENING, time(20), SHANGHAI)
    one = Return("field", EVENING, 1, (Value("available", "cbm", FIRST, 600.0),), at)
    held = Withheld(frozenset({("available", "cbm", FIRST, None)}))
    found = known_supply([figures(system, [one], day, made=EVENING, withheld=held) for day in DAYS], packs.lexicon)
    assert isinstance(found, Supply)
    assert found.sources[0].rate[0] == Range(0, 80)
