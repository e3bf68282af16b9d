"""The plan of cuts against the gas plan's 4.2.1.2 and 4.2.2.2, reckoned by hand for a made-up town."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from supply.curtail.town import CUSTOMERS, START, ahead, town

from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.plan.load import Library
from zhishou.supply.curtail.cutlist import CutPlan, curtail, suffices
from zhishou.supply.curtail.horizon import from_days
from zhishou.supply.curtail.powers import NO_LEVEL, limits, powers
from zhishou.supply.curtail.sentences import summary
from zhishou.supply.curtail.whatif import Change, applied, what_if

PLAN = "jincheng/gas-winter-2021"
NOTICE = "shanxi/winter-supply-2020"


def cut(plan: CutPlan) -> dict[str, float]:
    amounts: dict[str, float] = {}
    for line in plan.lines:
        amounts[line.customer] = round(amounts.get(line.customer, 0.0) + line.cut, 6)
    return amounts


def at(packs: Library, level: str, gas: float, **more: object) -> CutPlan:
    system = town(**more)
    return curtail(ahead(system, {"import": gas}), powers(packs.pack(PLAN), level, [packs.pack(NOTICE)]))


def test_level_two_cuts_industry_first(packs: Library):
    plan = at(packs, "II", 90)
    assert plan.saved == pytest.approx(10)
    assert set(cut(plan)) == {"glass", "steel", "bricks"}
    assert not plan.unserved
    # the interruptible 5 of the steel works first; then 5 from 8 + 3 + 6 = 17 that may be cut, in proportion
    assert cut(plan) == {
        "glass": pytest.approx(8 * 5 / 17, abs=1e-5),
        "steel": pytest.approx(5 + 3 * 5 / 17, abs=1e-5),
        "bricks": pytest.approx(6 * 5 / 17, abs=1e-5),
    }
    assert [line.part for line in plan.lines] == ["interruptible", "shared", "shared", "shared"]
    assert {line.clause for line in plan.lines} == {("4.2.2.2(2)",)}


def test_commerce_comes_when_industry_is_at_its_safety_load(packs: Library):
    plan = at(packs, "II", 74)
    assert cut(plan) == pytest.approx({"glass": 8, "steel": 8, "bricks": 6, "shops": 3, "hotel": 1}, abs=1e-5)
    assert not plan.unserved


def test_level_two_may_cut_nobody_else(packs: Library):
    plan = at(packs, "II", 66.9)
    assert plan.saved == pytest.approx(30)
    assert plan.lacking == pytest.approx(3.1)
    assert {one.customer for one in plan.unserved} == {"lng_plant"}  # who would be cut first at level I goes without
    assert plan.unserved[0].why == "closed"
    levels = [powers(packs.pack(PLAN), "I", [packs.pack(NOTICE)])]
    told = summary(plan, list(zip(levels, suffices(plan.horizon, levels), strict=True)))
    assert any("Ⅱ级响应权限用足后仍有 3.10 万立方米无法满足；启动Ⅰ级响应可以全部补上" in line for line in told)
    assert "原因：管道来气可供气量已用尽。" in told


def test_level_one_reduces_liquefaction_before_any_customer(packs: Library):
    plan = at(packs, "I", 92)
    assert cut(plan) == {"lng_plant": pytest.approx(8)}
    assert {line.clause for line in plan.lines} == {("4.2.1.2(1)",)}


def test_level_one_goes_through_its_four_classes_in_order(packs: Library):
    # liquefaction 10, industry 22, commerce 8, public service 4 + 2, vehicles 4
    order = ["lng_plant", "industry", "commerce", "public_service", "vehicle"]
    for lacking, expected in ((10, [10, 0, 0, 0, 0]), (32, [10, 22, 0, 0, 0]), (36, [10, 22, 4, 0, 0]),
                              (43, [10, 22, 8, 3, 0]), (50, [10, 22, 8, 6, 4])):  # fmt: skip
        plan = at(packs, "I", 100 - lacking)
        assert [step.cut for step in plan.steps] == pytest.approx(expected, abs=1e-5)
        assert not plan.unserved
    assert [step.customer_class for step in plan.steps][1:] == order[1:]


def test_safety_loads_buses_and_homes_are_left_when_all_else_is_cut(packs: Library):
    plan = at(packs, "I", 45)
    assert plan.saved == pytest.approx(50)
    assert plan.lacking == pytest.approx(5)
    assert cut(plan)["glass"] == pytest.approx(8)
    assert cut(plan)["taxis"] == pytest.approx(4)
    assert "buses" not in cut(plan)
    assert {one.why for one in plan.unserved} == {"protected"}
    told = summary(plan)
    assert any("仍有 5.00 万立方米无法满足；已没有更高的级别" in line for line in told)
    assert told[-1] == "无法满足的气量中，任何级别都不得压减的有：民生用气 5.00 万立方米。"
    told = summary(at(packs, "I", 0))  # glass 4, taxis 1, the plant 2
    assert told[-1] == "无法满足的气量中，任何级别都不得压减的有：民生用气 43.00、保安负荷 7.00 万立方米。"
    told = summary(at(packs, "II", 60))  # what is lacking there a severer level may cut
    assert not any("任何级别" in line for line in told)


def test_buses_are_protected_by_the_notice_and_not_by_the_gas_plan(packs: Library):
    alone = powers(packs.pack(PLAN), "I")
    with_notice = powers(packs.pack(PLAN), "I", [packs.pack(NOTICE)])
    assert alone.step_of("public_transport") is not None
    assert with_notice.step_of("public_transport") is None
    assert "三(一)" in with_notice.protection("public_transport")


@pytest.mark.parametrize("level", ["III", NO_LEVEL])
def test_level_three_cuts_nobody(packs: Library, level: str):
    plan = at(packs, level, 97)
    assert not plan.lines
    assert plan.lacking == pytest.approx(3)
    severer = [powers(packs.pack(PLAN), name) for name in ("II", "I")]
    told = summary(plan, list(zip(severer, suffices(plan.horizon, severer), strict=True)))
    assert any("没有压减用户的权限，仍有 3.00 万立方米无法满足；启动Ⅱ级响应可以全部补上" in line for line in told)


def test_the_notice_lets_liquefaction_be_limited_besides(packs: Library):
    own = limits(powers(packs.pack(PLAN), "II", [packs.pack(NOTICE)]), packs.pack(NOTICE))
    plan = curtail(ahead(town(), {"import": 66.9}), own)
    assert not plan.unserved
    assert cut(plan)["lng_plant"] == pytest.approx(10)  # all of it before any industry
    assert plan.lines[0].clause == ("三(二)",)
    assert plan.lines[0].plan == "今冬明春保暖保供通知"
    told = summary(plan)
    assert told[0].startswith(
        "按Ⅱ级响应权限压减 33.10 万立方米：液化企业 10.00（按今冬明春保暖保供通知）、工业 22.00、商业 1.10"
    )


def test_what_the_notice_alone_lets_be_cut_is_not_said_to_be_a_power_of_no_response(packs: Library):
    own = limits(powers(packs.pack(PLAN), NO_LEVEL, [packs.pack(NOTICE)]), packs.pack(NOTICE))
    told = summary(curtail(ahead(town(), {"import": 88}), own))
    assert told[0] == "未启动响应，按今冬明春保暖保供通知压减 10.00 万立方米：液化企业 10.00。"
    assert told[1].startswith("未启动响应，可压的用足后仍有 2.00 万立方米无法满足")


def test_whoever_is_told_off_by_a_list_is_cut_in_its_turn(packs: Library):
    listed = [one | {"turn": turn} if (turn := {"bricks": 1, "glass": 2}.get(one["id"])) else one for one in CUSTOMERS]
    plan = curtail(ahead(town(listed), {"import": 85}), powers(packs.pack(PLAN), "II"))
    # steel's interruptible 5, then the bricks 6, then 4 of the glass works
    assert cut(plan) == pytest.approx({"steel": 5, "bricks": 6, "glass": 4}, abs=1e-5)
    assert [line.part for line in plan.lines] == ["interruptible", "turn", "turn"]
    assert [line.customer for line in plan.restoration] == ["glass", "bricks", "steel"]


def test_nobody_is_cut_before_notice_has_run_out(packs: Library):
    noticed = [one | {"notice": 6} if one["id"] == "steel" else one for one in CUSTOMERS]
    plan = curtail(ahead(town(noticed), {"import": 84}, hours=True), powers(packs.pack(PLAN), "II"))
    steel = [line for line in plan.lines if line.customer == "steel"]
    assert steel
    assert all(line.starts >= START + timedelta(hours=6) for line in steel)
    assert all(line.tell_by == START for line in steel)
    first = [line.by_step[:6].sum() for line in plan.lines]
    assert sum(first) == pytest.approx(16 / 24 * 6, abs=1e-4)  # the others stand in until then
    later = curtail(
        ahead(town(noticed), {"import": 84}, hours=True), powers(packs.pack(PLAN), "II"),
        notice_from=START + timedelta(hours=2),
    )  # fmt: skip
    assert min(line.starts for line in later.lines if line.customer == "steel") == START + timedelta(hours=8)


def test_reserves_as_the_level_opens_them(packs: Library):
    stores = [
        {"id": "tank", "label": "LNG 储罐", "node": "gate", "owner": "政府", "owner_kind": "government",
         "reporter": "firm", "form": "lng", "capacity": 1000, "withdrawal": 20, "emergency_reserve": True},
        {"id": "cavern", "label": "储气库", "node": "gate", "owner": "政府", "owner_kind": "government",
         "reporter": "firm", "form": "gas", "capacity": 50, "withdrawal": 30, "emergency_reserve": True},
    ]  # fmt: skip
    system = town(storages=stores)
    stock = {"tank": 100.0, "cavern": 40.0}  # 100 t of LNG are 14 万立方米
    pack = packs.pack(PLAN)
    three = curtail(ahead(system, {"import": 40}, stock), powers(pack, "III"))
    two = curtail(ahead(system, {"import": 40}, stock), powers(pack, "II"))
    one = curtail(ahead(system, {"import": 40}, stock), powers(pack, "I"))
    assert three.lacking == pytest.approx(60)  # nothing is opened
    assert sum(draw.drawn for draw in two.draws) == pytest.approx(7)  # half of the LNG; the cavern holds no LNG
    assert sum(draw.drawn for draw in one.draws) == pytest.approx(14 + 30)  # all, as fast as it can come out
    tank = next(draw for draw in one.draws if draw.storage == "tank")
    assert tank.tonnes == pytest.approx(100)
    assert tank.clause == ("4.2.1.2(1)",)


def test_a_reserve_that_the_level_does_not_open_is_not_called_used_up(packs: Library):
    store = {"id": "tank", "label": "储罐", "node": "gate", "owner": "政府", "owner_kind": "government",
             "reporter": "firm", "form": "gas", "capacity": 50, "withdrawal": 50, "emergency_reserve": True}  # fmt: skip
    plan = curtail(ahead(town(storages=[store]), {"import": 90}, {"tank": 50.0}), powers(packs.pack(PLAN), "III"))
    assert summary(plan)[1:] == ("原因：管道来气可供气量已用尽。", "原因：储罐为应急储备，本级别没有动用的权限。")


def test_reserves_are_spared_where_gas_suffices(packs: Library):
    store = {"id": "tank", "label": "储罐", "node": "gate", "owner": "政府", "owner_kind": "government",
             "reporter": "firm", "form": "gas", "capacity": 50, "withdrawal": 50, "emergency_reserve": True}  # fmt: skip
    plan = curtail(ahead(town(storages=[store]), {"import": 100}, {"tank": 50.0}), powers(packs.pack(PLAN), "I"))
    assert [draw.drawn for draw in plan.draws] == [0]
    assert not plan.lines


def test_a_pipe_that_binds_is_named_and_shares_are_as_even_as_it_allows(packs: Library):
    system = town(
        [{"id": "near", "class": "industry", "demand": 20}, {"id": "far", "class": "industry", "demand": 20},
         {"id": "homes", "class": "residential", "demand": 20, "node": "hill"}],
        nodes=[{"id": "gate", "label": "门站", "area": "chengqu"}, {"id": "hill", "label": "山城", "area": "lingchuan"}],
        pipes=[{"id": "line", "label": "山城支线", "start": "gate", "end": "hill", "capacity": 12}],
    )  # fmt: skip
    moved = system.model_copy(update={
        "customers": tuple(one.model_copy(update={"node": "hill"}) if one.id == "far" else one
                           for one in system.customers)})  # fmt: skip
    plan = curtail(ahead(moved, {"import": 60}), powers(packs.pack(PLAN), "II"))
    # the hill can have 12: all for the homes, 8 too few; the far works gets nothing, the near one all
    assert cut(plan) == pytest.approx({"far": 20})
    assert [(one.customer, round(one.amount, 6)) for one in plan.unserved] == [("homes", 8.0)]
    assert [(b.kind, b.id) for b in plan.bottlenecks] == [("pipe", "line")]
    assert any("山城支线输气能力已用尽" in line for line in summary(plan))


def test_minimum_take_is_kept(packs: Library):
    kept = [one | {"minimum_take": 5} if one["id"] == "bricks" else one for one in CUSTOMERS]
    plan = curtail(ahead(town(kept), {"import": 70}), powers(packs.pack(PLAN), "II"))
    assert cut(plan)["bricks"] == pytest.approx(1)
    hourly = curtail(ahead(town(kept), {"import": 70}, hours=True), powers(packs.pack(PLAN), "II"))
    assert cut(hourly)["bricks"] == pytest.approx(1, abs=1e-4)


def test_minimum_take_is_kept_on_a_weak_day_as_on_a_strong_one(packs: Library):
    kept = [one | {"minimum_take": 5} if one["id"] == "bricks" else one for one in CUSTOMERS]
    system = town(kept)
    for hours in (False, True):
        demand = {one.id: np.full(2, one.demand) for one in system.customers} | {"bricks": np.array([6, 18])}
        horizon = from_days(system, START, demand, {"import": np.array([70.0, 70.0])}, {}, hours=hours)
        plan = curtail(horizon, powers(packs.pack(PLAN), "I", [packs.pack(NOTICE)]))
        mine = [index for index, name in enumerate(plan.instance.claims) if name == "bricks"]
        served = plan.dispatch.served[mine].sum(axis=0).reshape(2, -1).sum(axis=1)
        assert (served >= 5 - 1e-6).all()


def test_a_source_that_must_be_taken_and_a_cut_that_may_not_jump_go_to_the_linear_program(packs: Library):
    ramped = [one | {"ramp": 24.0} if one["id"] == "bricks" else one for one in CUSTOMERS]
    plan = curtail(ahead(town(ramped), {"import": 70}, hours=True), powers(packs.pack(PLAN), "II"))
    assert plan.instance.coupled
    assert plan.saved == pytest.approx(30, abs=1e-3)
    bricks = sum(line.by_step for line in plan.lines if line.customer == "bricks")
    assert abs(bricks[0]) <= 24 / 24 + 1e-6


def test_unknown_levels_and_missing_figures_are_refused(packs: Library):
    with pytest.raises(NotFoundError, match="没有“V”级响应"):
        powers(packs.pack(PLAN), "V")
    demand = {one.id: np.ones(1) for one in town().customers if one.id != "homes"}
    with pytest.raises(ProblemsError, match="用户 homes：没有预计用气需求"):
        from_days(town(), START, demand, {"import": np.ones(1)}, {})


def test_figures_of_unlike_days_and_a_town_without_customers_are_refused():
    system = town()
    demand = {one.id: np.ones(2) for one in system.customers}
    with pytest.raises(ProblemsError, match="import：只有 1 日的数，别处有 2 日"):
        from_days(system, START, demand, {"import": np.ones(1)}, {})
    with pytest.raises(ProblemsError, match="没有一个用户"):
        from_days(system.model_copy(update={"customers": ()}), START, {}, {"import": np.ones(1)}, {})
    with pytest.raises(ProblemsError, match="没有一个气日的数"):
        from_days(system, START, dict.fromkeys(demand, np.ones(0)), {"import": np.ones(0)}, {})


def test_the_day_grows_colder_by_as_much_on_a_weak_day():
    system = town([one | {"per_degree": 2.0} if one["id"] == "homes" else one for one in CUSTOMERS])
    demand = {one.id: np.array([one.demand, 3 * one.demand]) for one in system.customers}
    horizon = from_days(system, START, demand, {"import": np.array([100.0, 300.0])}, {})
    colder = applied(horizon, Change(colder=5)).demand["homes"].reshape(2, 24).mean(axis=1)
    assert colder == pytest.approx([40 + 10, 120 + 10])


def test_a_class_is_told_to_wait_for_the_notice_of_an_earlier_one(packs: Library):
    noticed = [one | {"notice": 6} if one["class"] == "industry" else one for one in CUSTOMERS]
    plan = curtail(ahead(town(noticed), {"import": 96}, hours=True), powers(packs.pack(PLAN), "II"))
    early = [line for line in summary(plan) if "前面的次序尚有余量" in line]
    assert early == ["商业压减 1.00 时前面的次序尚有余量，但用不到缺气的地方和时段：前面次序的用户通知时间未到。"]


def test_a_town_to_which_nothing_leads_is_told_so(packs: Library):
    system = town(
        [{"id": "works", "class": "industry", "demand": 20}, {"id": "homes", "class": "residential", "demand": 5,
                                                              "node": "hill"}],
        nodes=[{"id": "gate", "label": "门站", "area": "chengqu"}, {"id": "hill", "label": "山城", "area": "lingchuan"}],
        pipes=[{"id": "line", "label": "外输线", "start": "hill", "end": "gate", "capacity": 12}],
    )  # fmt: skip
    told = summary(curtail(ahead(system, {"import": 20}), powers(packs.pack(PLAN), "II")))
    assert told[0].startswith("Ⅱ级响应可压的尚有余量，但用不到缺气的地方和时段，仍有 5.00 万立方米无法满足")
    assert told[1] == "原因：没有气源、储气或管道能把气送到缺气处。"


@pytest.mark.parametrize(
    "change",
    [Change(source_out="import", from_step=12), Change(customer_out="glass"), Change(colder=5), Change(colder=-3)],
)
def test_a_what_if_is_what_the_changed_day_would_be(packs: Library, change: Change):
    warm_homes = [one | {"per_degree": 1.2} if one["id"] == "homes" else one for one in CUSTOMERS]
    system = town(warm_homes)
    own = powers(packs.pack(PLAN), "I", [packs.pack(NOTICE)])
    base = curtail(ahead(system, {"import": 88}, hours=True), own)
    then = what_if(base, change)
    anew = curtail(applied(base.horizon, change), own)
    assert [step.cut for step in then.steps] == pytest.approx([step.cut for step in anew.steps], abs=1e-6)
    assert then.lacking == pytest.approx(anew.lacking, abs=1e-6)
    if change.colder == 5:
        assert then.asked == pytest.approx(106, abs=1e-6)


@pytest.mark.parametrize("lost", [0.0, 0.05])
def test_a_pipe_breaks_behind_which_a_store_stands_with_or_without_losses(packs: Library, lost: float):
    behind = [one | {"node": "hill"} if one["id"] in {"homes", "glass", "shops"} else one for one in CUSTOMERS]
    system = town(
        behind,
        nodes=[{"id": "gate", "label": "门站", "area": "chengqu"}, {"id": "hill", "label": "山城", "area": "chengqu"}],
        pipes=[
            {"id": "main", "label": "干线", "start": "gate", "end": "hill", "capacity": 50},
            {"id": "old", "label": "老线", "start": "gate", "end": "hill", "capacity": 15},
        ],
        storages=[{"id": "store", "label": "储气库", "node": "hill", "owner": "燃气公司", "owner_kind": "operator",
                   "reporter": "firm", "form": "gas", "capacity": 60, "withdrawal": 30, "injection": 10,
                   "loss_per_day": lost / 5, "withdrawal_loss": lost}],
    )  # fmt: skip
    own = powers(packs.pack(PLAN), "I", [packs.pack(NOTICE)])
    base = curtail(ahead(system, {"import": 88}, {"store": 20}, hours=True), own)
    change = Change(pipe_out="main", from_step=6)
    then, anew = what_if(base, change), curtail(applied(base.horizon, change), own, even=False)
    assert then.instance.coupled == bool(lost)
    assert [step.cut for step in then.steps] == pytest.approx([step.cut for step in anew.steps], abs=1e-6)
    assert then.lacking == pytest.approx(anew.lacking, abs=1e-6)
    assert then.saved > base.saved + 1


def test_what_cannot_be_changed_is_refused(packs: Library):
    base = curtail(ahead(town(), {"import": 88}), powers(packs.pack(PLAN), "I"))
    with pytest.raises(NotFoundError, match="没有“nowhere”这个气源（现有：import）"):
        what_if(base, Change(source_out="nowhere"))
    with pytest.raises(ZhishouError, match="变化发生在所算的时段之后（12月16日08:00 为止）"):
        what_if(base, Change(source_out="import", from_step=1))
    with pytest.raises(ZhishouError, match="再冷“nan”度不是一个数"):
        what_if(base, Change(colder=float("nan")))
