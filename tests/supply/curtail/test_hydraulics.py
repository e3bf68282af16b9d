"""The hydraulic check against the quadratic pressure equation of GB 50028-2006 6.2.6, reckoned here on its own."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from supply.curtail.pressures import (
    ATMOSPHERE,
    KELVIN,
    PLAN,
    Net,
    at,
    far_end,
    node,
    one_pipe,
    pipe,
    pressure,
    source,
    squares_lost,
    tank,
    through,
)
from supply.curtail.town import START, ahead, town

from zhishou.errors import ZhishouError
from zhishou.plan.load import Library
from zhishou.supply.curtail.cutlist import curtail
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.hydraulics.check import check, telling
from zhishou.supply.curtail.hydraulics.result import Assumptions
from zhishou.supply.curtail.hydraulics.sentences import summary
from zhishou.supply.curtail.powers import powers


@pytest.mark.parametrize(
    ("near", "rate", "length", "diameter"),
    [(0.4, 2, 10, 200), (0.4, 9, 10, 200), (0.4, 12, 10, 200), (4.0, 60, 40, 250), (4.0, 250, 25, 400), (0.2, 0.5, 2, 100)],
)  # fmt: skip
def test_a_single_pipe_loses_what_the_standard_says(
    packs: Library, near: float, rate: float, length: float, diameter: float
):
    pipes = [pipe("A", "B", length, diameter)]
    checked = check(Net(packs, [node("A"), node("B", 0.0)], pipes, {"B": rate}, sources=[source("A", near)]).plan())
    expected = far_end(near, rate, length, diameter)
    lost = (near + ATMOSPHERE) ** 2 - (pressure(checked, "B") + ATMOSPHERE) ** 2
    assert lost == pytest.approx((near + ATMOSPHERE) ** 2 - (expected + ATMOSPHERE) ** 2, rel=0.02)
    assert pressure(checked, "A") == pytest.approx(near)
    assert checked.allowed is True
    area = 3.14159265 * (diameter / 1000) ** 2 / 4
    actual = rate * 1e4 / 86400 * (KELVIN / 293.15) * ATMOSPHERE / (expected + ATMOSPHERE)
    actual *= 1 - 0.022 * (expected + ATMOSPHERE)
    assert through(checked, "AB").velocity == pytest.approx(actual / area, rel=0.03)


@pytest.mark.parametrize("seed", range(5))
def test_random_trees_lose_what_the_standard_says(packs: Library, seed: int):
    rng = np.random.default_rng(seed)
    places = "ABCDEFGH"
    parent = {place: places[int(rng.integers(index))] for index, place in enumerate(places) if index}
    asks = {place: float(rng.uniform(1, 8)) for place in parent}
    size = {place: (float(rng.uniform(2, 15)), float(rng.choice([200, 250, 300, 400]))) for place in parent}
    pipes = [pipe(parent[place], place, *size[place]) for place in parent]
    carried = dict(asks)
    for place in reversed(places[1:]):
        if parent[place] != "A":
            carried[parent[place]] += carried[place]
    expected = {"A": 1.6}
    for place in places[1:]:
        expected[place] = far_end(expected[parent[place]], carried[place], *size[place])
    nodes = [node(place, 0.0) for place in places]
    checked = check(Net(packs, nodes, pipes, asks, sources=[source("A", 1.6)]).plan())
    lost = {place: 1.6 - pressure(checked, place) for place in parent}
    assert lost == pytest.approx({place: 1.6 - expected[place] for place in parent}, rel=0.03)


def test_below_the_minimum_is_said(packs: Library):
    checked = check(one_pipe(packs, 12, minimum=0.3))
    row = at(checked, "B")
    assert row.verdict == "below"
    assert checked.allowed is False
    assert checked.wanting == (row,)
    assert f"12月15日08:00 B站压力 {row.pressure:.2f} MPa，低于最低 0.30 MPa。" in summary(checked)
    assert summary(checked)[0] == "水力校核：所查 1 个时段中有 1 个压力不允许，方案须调整。"


def test_a_hair_below_the_minimum_is_shown_with_more_decimals(packs: Library):
    reached = pressure(check(one_pipe(packs, 12)), "B")
    told = " ".join(summary(check(one_pipe(packs, 12, minimum=reached + 2e-4))))
    shown, least = told.split("压力 ")[1].split(" MPa")[0], told.split("低于最低 ")[1].split(" MPa")[0]
    assert shown != least
    assert check(one_pipe(packs, 12, minimum=reached)).allowed is True


def test_a_pressure_under_the_atmosphere_is_negative(packs: Library):
    low, high = 10.0, 60.0
    while high - low > 1e-6:  # the rate that leaves 0.06 MPa absolute by the standard's equation
        rate = (low + high) / 2
        lost = squares_lost(rate, 10, 200, 0.34)
        low, high = (rate, high) if lost < (0.4 + ATMOSPHERE) ** 2 - 0.06**2 else (low, rate)
    checked = check(one_pipe(packs, low))
    assert at(checked, "B").verdict == "negative"
    assert -ATMOSPHERE < pressure(checked, "B") < 0
    assert any("负压" in line and "送不到" in line for line in summary(checked))


@pytest.mark.parametrize("rate", [30, 500, 9000])
def test_a_huge_flow_is_reported_and_raises_nothing(packs: Library, rate: float):
    checked = check(one_pipe(packs, rate))
    assert at(checked, "B").verdict == "unconverged"
    assert at(checked, "B").pressure is None
    assert checked.allowed is False
    assert not checked.passages
    [failure] = checked.failures
    assert failure.labels == ("B站",)
    line = next(line for line in summary(checked) if "不收敛" in line)
    assert line.startswith("12月15日08:00 B站水力计算不收敛")
    if rate == 30:  # what the pipe can carry by the standard's equation, with the far end at the atmosphere's pressure
        assert failure.share is not None
        assert far_end(0.4, failure.share * rate, 10, 200) >= 0
        lost = squares_lost((failure.share + 0.05) * rate, 10, 200, 0.34)
        assert lost > (0.4 + ATMOSPHERE) ** 2 - ATMOSPHERE**2
        assert f"降到约 {failure.share:.0%} 才有解" in line


def test_a_symmetric_loop_shares_alike(packs: Library):
    nodes = [node(name, 0.1) for name in "ABCD"]
    pipes = [pipe("A", "B"), pipe("A", "C"), pipe("B", "D"), pipe("C", "D")]
    checked = check(Net(packs, nodes, pipes, {"B": 2, "C": 2, "D": 6}).plan())
    assert pressure(checked, "B") == pytest.approx(pressure(checked, "C"), abs=1e-7)
    assert through(checked, "AB").flow == pytest.approx(5, abs=2e-3)
    assert through(checked, "AC").flow == pytest.approx(5, abs=2e-3)
    assert through(checked, "BD").flow == pytest.approx(3, abs=2e-3)
    assert pressure(checked, "B") == pytest.approx(far_end(0.4, 5, 10, 200), abs=1e-3)
    assert pressure(checked, "D") == pytest.approx(far_end(pressure(checked, "B"), 3, 10, 200), abs=1e-3)


def test_parallel_pipes_carry_half_each(packs: Library):
    pipes = [pipe("A", "B"), pipe("A", "B", id="second", label="复线")]
    checked = check(Net(packs, [node("A"), node("B", 0.1)], pipes, {"B": 12}).plan())
    assert through(checked, "AB").flow == pytest.approx(6, abs=2e-3)
    assert through(checked, "second").flow == pytest.approx(6, abs=2e-3)
    assert pressure(checked, "B") == pytest.approx(far_end(0.4, 6, 10, 200), abs=1e-3)


def test_what_enters_a_node_leaves_it(packs: Library):
    nodes = [node(name, 0.05) for name in "ABCDE"]
    pipes = [
        pipe("A", "B", 5),
        pipe("A", "C", 8),
        pipe("B", "C", 3, 150),
        pipe("C", "D", 6),
        pipe("B", "D", 9),
        pipe("E", "D", 2),
    ]
    asks = {"B": 3.0, "C": 2.5, "D": 4.0}
    plan = Net(packs, nodes, pipes, asks, sources=[source("A"), source("E", None, 1.5)]).plan()
    checked = check(plan)
    injected = float(plan.dispatch.source_flow[1, 0])
    entering = {"A": checked.intakes[0].planned, "E": injected} | {place: -rate for place, rate in asks.items()}
    for place in "ABCDE":
        out = sum(through(checked, one["id"]).flow for one in pipes if one["start"] == place)
        into = sum(through(checked, one["id"]).flow for one in pipes if one["end"] == place)
        assert out - into == pytest.approx(entering[place], abs=5e-3)


def test_a_storage_near_the_need_holds_the_pressure_up(packs: Library):
    nodes, pipes, asks = [node("A"), node("B", 0.3)], [pipe("A", "B")], {"B": 12.0}
    without = check(Net(packs, nodes, pipes, asks).plan())
    short = [source("A", capacity=5)]
    aided = check(Net(packs, nodes, pipes, asks, sources=short, storages=[tank("B", 7)]).plan({"tank": 100}))
    assert at(without, "B").verdict == "below"
    assert at(aided, "B").verdict == "ok"
    assert through(aided, "AB").flow == pytest.approx(5, abs=2e-3)
    assert pressure(aided, "B") == pytest.approx(far_end(0.4, 5, 10, 200), abs=1e-3)


def test_what_a_storage_loses_on_the_way_does_not_arrive(packs: Library):
    lossy = tank("B", 9) | {"withdrawal_loss": 0.1}
    net = Net(
        packs, [node("A"), node("B", 0.1)], [pipe("A", "B")], {"B": 12}, sources=[source("A", 0.4, 5)], storages=[lossy]
    )
    plan = net.plan({"tank": 100})
    assert plan.dispatch.withdrawn[0, 0] == pytest.approx(7 / 0.9, rel=1e-4)
    assert through(check(plan), "AB").flow == pytest.approx(5, abs=5e-3)


@pytest.mark.parametrize(
    ("length", "diameter", "lacking"),
    [(None, 200, "长度"), (10, None, "管径"), (None, None, "长度、管径"), (10, 0, "管径"), (float("nan"), 200, "长度")],
)
def test_what_lies_behind_a_pipe_without_data_is_unknown(
    packs: Library, length: float | None, diameter: float | None, lacking: str
):
    nodes = [node("A"), node("B", 0.1), node("C", 0.1)]
    checked = check(Net(packs, nodes, [pipe("A", "B"), pipe("B", "C", length, diameter)], {"B": 2.0, "C": 3.0}).plan())
    assert at(checked, "C").verdict == "unknown"
    assert f"BC线缺少{lacking}" in at(checked, "C").why
    assert at(checked, "B").verdict == "ok"
    assert pressure(checked, "B") == pytest.approx(far_end(0.4, 5, 10, 200), abs=1e-3)  # the plan's flow still passes
    assert checked.allowed is None
    assert any("数据不全" in line for line in summary(checked))
    assert any(line.startswith(f"BC线缺少{lacking}") for line in summary(checked))


def test_no_source_with_a_pressure_is_said(packs: Library):
    checked = check(
        Net(packs, [node("A"), node("B", 0.1)], [pipe("A", "B")], {"B": 2}, sources=[source("A", None)]).plan()
    )
    assert {row.verdict for row in checked.rows} == {"unknown"}
    assert "A气源没有出站压力" in at(checked, "B").why
    assert checked.allowed is None


def test_an_island_without_pressure_is_said_and_the_rest_is_calculated(packs: Library):
    nodes = [node("A"), node("B", 0.1), node("C", 0.1), node("D", 0.1)]
    plan = Net(
        packs,
        nodes,
        [pipe("A", "B"), pipe("C", "D")],
        {"B": 2.0, "D": 3.0},
        sources=[source("A", capacity=50)],
        storages=[tank("C", 10)],
    ).plan({"tank": 100})
    checked = check(plan)
    assert at(checked, "B").verdict == "ok"
    assert at(checked, "D").verdict == "unknown"
    assert "没有与之连通" in at(checked, "D").why
    assert any(line.startswith("D站压力不能判断") for line in summary(checked))


def test_a_broken_pipe_is_closed_in_its_steps_only(packs: Library):
    net = Net(packs, [node("A"), node("B", 0.1)], [pipe("A", "B")], {"B": 2})
    whole = ahead(net.system, net.gas, days=2)
    share = {"AB": np.array([1.0, 0.0])}
    broken = Horizon(net.system, START, 24.0, whole.demand, whole.available, {}, share)
    checked = check(net.planned(broken), range(2))
    assert at(checked, "B", 0).verdict == "ok"
    assert at(checked, "B", 1).verdict == "unknown"
    assert "AB线停用" in at(checked, "B", 1).why


def test_a_node_without_pipes_has_the_pressure_of_its_source(packs: Library):
    system = town(nodes=[node("gate", 0.3)], sources=[source("gate", 0.4, 200)])
    checked = check(curtail(ahead(system, {"from_gate": 200}), powers(packs.pack(PLAN), "II")))
    assert pressure(checked, "gate") == 0.4
    assert checked.allowed is True


def test_delivery_without_a_stated_minimum_is_unknown_but_shown(packs: Library):
    checked = check(one_pipe(packs, 2, minimum=None))
    assert at(checked, "B").verdict == "unknown"
    assert at(checked, "B").why == "没有规定最低压力"
    assert pressure(checked, "B") > 0.3
    assert at(checked, "A").verdict == "ok"  # nothing is delivered there
    assert checked.allowed is None


def test_two_sources_give_what_the_plan_takes_at_the_highest_level_both_can_enter(packs: Library):
    nodes, pipes = [node("A"), node("B", 0.1), node("C")], [pipe("A", "B"), pipe("C", "B")]
    checked = check(Net(packs, nodes, pipes, {"B": 10}, sources=[source("A", 0.4, 4), source("C", 0.4, 6)]).plan())
    first, second = checked.intakes
    assert (first.planned, second.planned) == pytest.approx((4, 6))
    assert second.pressure == pytest.approx(0.4)  # what carries more needs more
    assert pressure(checked, "B") == pytest.approx(far_end(0.4, 6, 10, 200), abs=1e-3)
    assert far_end(first.pressure, 4, 10, 200) == pytest.approx(pressure(checked, "B"), abs=1e-3)
    assert checked.allowed is True


@pytest.mark.parametrize(("minimum", "verdict"), [(0.15, "ok"), (0.25, "below")])
def test_a_weak_source_pulls_the_level_down(packs: Library, minimum: float, verdict: str):
    nodes, pipes = [node("A"), node("B", minimum)], [pipe("A", "B", back_capacity=0)]
    sources = [source("A", 0.4, 6), source("B", 0.2, 4)]
    checked = check(Net(packs, nodes, pipes, {"B": 10}, sources=sources).plan())
    assert pressure(checked, "B") == pytest.approx(0.2)
    assert far_end(pressure(checked, "A"), 6, 10, 200) == pytest.approx(0.2, abs=1e-3)
    assert at(checked, "B").verdict == verdict
    assert any(
        line.startswith("注意：12月15日08:00 A气源受B气源出站压力所限，须由 0.40 MPa 调压到 0.24 MPa")
        for line in summary(checked)
    )


def test_a_source_that_stands_by_does_not_pull_the_level_down(packs: Library):
    nodes, pipes = [node("A"), node("B", 0.3)], [pipe("A", "B")]
    plan = Net(packs, nodes, pipes, {"B": 5}, sources=[source("A"), source("B", 0.1)]).plan()
    standing_by = replace(plan, dispatch=replace(plan.dispatch, source_flow=np.array([[5.0], [0.0]])))
    assert pressure(check(standing_by), "B") == pytest.approx(far_end(0.4, 5, 10, 200), abs=1e-3)
    entering = replace(plan, dispatch=replace(plan.dispatch, source_flow=np.array([[4.0], [1.0]])))
    assert pressure(check(entering), "B") == pytest.approx(0.1)


def test_a_source_that_has_no_gas_holds_no_pressure(packs: Library):
    nodes, pipes = [node("A"), node("B", 0.1), node("C")], [pipe("A", "B"), pipe("C", "B")]
    net = Net(packs, nodes, pipes, {"B": 5}, sources=[source("A"), source("C", 3.0)])
    checked = check(net.planned(ahead(net.system, {"from_A": 50, "from_C": 0})))
    assert [one.node for one in checked.intakes] == ["A"]
    assert pressure(checked, "C") == pytest.approx(pressure(checked, "B"), abs=1e-6)


def test_high_velocity_and_wrong_way_are_noted(packs: Library):
    fast = check(one_pipe(packs, 16, 0.05))
    assert through(fast, "AB").fast
    assert fast.allowed is True  # a note only
    assert any(line.startswith("注意：12月15日08:00 AB线流速") for line in summary(fast))
    assert not through(check(one_pipe(packs, 16, 0.05), assumed=Assumptions(velocity=200)), "AB").fast
    nodes = [node(name, 0.05) for name in "ABC"]
    pipes = [pipe("A", "B"), pipe("A", "C"), pipe("C", "B", back_capacity=0)]
    wrong = check(Net(packs, nodes, pipes, {"C": 8}).plan())
    assert through(wrong, "CB").backward
    assert any("倒流" in line for line in summary(wrong))


def test_the_telling_steps_are_the_greatest_delivery_and_the_least_line_gas(packs: Library):
    net = Net(packs, [node("A"), node("B", 0.3)], [pipe("A", "B")], {"B": 8}, storages=[tank("B", 12)])
    demand, gas = np.array([8.0, 12.0, 4.0, 8.0]), np.array([50.0, 50.0, 50.0, 2.0])
    plan = net.planned(Horizon(net.system, START, 24.0, {"homes_B": demand}, {"from_A": gas}, {"tank": 100.0}))
    assert telling(plan) == (1, int(plan.dispatch.source_flow[0].argmin()))
    checked = check(plan)
    assert checked.steps == telling(plan)
    assert len(check(plan, range(4)).rows) == 4 * 2
    assert any("12月16日08:00 B站压力" in line for line in summary(check(plan, [1])))


def test_more_steps_of_the_same_kind_are_counted_not_repeated(packs: Library):
    net = Net(packs, [node("A"), node("B", 0.3)], [pipe("A", "B")], {"B": 12})
    told = summary(check(net.plan(days=3), range(3)))
    assert sum("低于最低" in line for line in told) == 1
    assert any("另有 2 个时段也不足" in line for line in told)
    assert summary(check(net.plan(), []))[0] == "水力校核：没有可查的时段。"


def test_a_step_beyond_the_horizon_is_refused(packs: Library):
    with pytest.raises(ZhishouError, match="没有第 5 个时段"):
        check(one_pipe(packs, 2), [5])


def test_without_pandapipes_the_extra_is_named(packs: Library, monkeypatch: pytest.MonkeyPatch):
    plan = one_pipe(packs, 2)
    monkeypatch.setitem(sys.modules, "pandapipes", None)
    with pytest.raises(ZhishouError, match=r"zhishou\[hydraulics\]"):
        check(plan)


def test_without_pandapipes_what_needs_no_calculation_is_still_said(packs: Library, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pandapipes", None)
    checked = check(one_pipe(packs, 2, diameter=None))
    assert "AB线缺少管径" in at(checked, "B").why
    assert pressure(checked, "A") == 0.4
