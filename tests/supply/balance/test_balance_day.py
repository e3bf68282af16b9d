"""Balances of a gas day: worked out by hand, at the thresholds, with returns missing and held."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from supply.balance.demo import DAY, TWO, WORSE, drawn, evening, jincheng, lexicon, small, told

from zhishou.supply.balance import Withheld, balances, figures

FULL = {
    ("demand", "home_a"): 30.0, ("demand", "works_a"): 20.0, ("demand", "home_b"): 10.0, ("available", "cbm"): 57.0,
    ("allocated", "gaoping|cbm"): 48.0, ("allocated", "lingchuan|cbm"): 9.0, ("allocated", "zezhou|cbm"): 0.0,
}  # fmt: skip


def test_every_figure_by_hand():
    system = small(TWO)
    found = drawn(system, told(system, FULL))
    city, a, b = found.city, found.of("gaoping"), found.of("lingchuan")
    # 60 − 57 = 3, 3 / 60 = 5 %;  50 − 48 = 2, 4 %;  10 − 9 = 1, 10 %
    assert (city.demand.value, city.supply.value, city.gap.value, city.gap_pct.value) == (60.0, 57.0, 3.0, 5.0)
    assert a is not None
    assert b is not None
    assert (a.gap.value, a.gap_pct.value) == (2.0, 4.0)
    assert (b.gap.value, b.gap_pct.value) == (1.0, 10.0)
    assert (city.surplus.value, city.interruptible.value) == (0.0, 5.0)
    assert {sort: part.value for sort, part in city.by_class.items()} == {"residential": 40.0, "industry": 20.0}
    assert found.remarks == ()
    assert found.missing == ()


@pytest.mark.parametrize(
    ("available", "pct"), [(62.4 * 0.95, 5.0), (62.4 * 0.9, 10.0), (62.4 * 0.97, 3.0), (59.279, 5.001602564)]
)
def test_a_gap_on_a_threshold_is_on_it(available: float, pct: float):
    system = small(TWO)
    parts = {("demand", "home_a"): 31.2, ("demand", "works_a"): 20.8, ("demand", "home_b"): 10.4}
    found = drawn(system, told(system, parts | {("available", "cbm"): round(available, 4)}))
    assert found.city.gap_pct.value == pct


def test_groups_are_those_that_hang_together_and_the_worst_is_named():
    system = small(TWO)
    found = drawn(system, told(system, FULL))
    assert [one.scope.id for one in found.groups] == ["gaoping+lingchuan", "gaoping+zezhou", "lingchuan+zezhou"]
    worst = found.worst_group
    assert worst is not None
    # 陵川和泽州: 10 − 9 = 1 of 10
    assert (worst.scope.label, worst.gap_pct.value) == ("陵川县、泽州县", 10.0)
    piped = small(TWO + "pipes: [{id: p, label: P, start: n_a, end: n_b, capacity: 5}]\n")
    assert [one.scope.id for one in drawn(piped, told(piped, FULL)).groups] == ["gaoping+lingchuan"]
    named = small(TWO + "groups: [{id: east, label: 东部, areas: [zezhou, lingchuan]}]\n")
    assert [one.scope.label for one in drawn(named, told(named, FULL)).groups] == ["东部"]


def test_a_late_return_is_no_number_and_is_named():
    system = small(TWO)
    returns = [one for one in told(system, FULL) if one.reporter != "b"]
    found = drawn(system, returns)
    assert found.late == ("b",)
    assert found.city.demand.value is None
    assert found.city.gap_pct.value is None
    # at least 50 − 57, which is no gap; nothing is known upwards
    assert (found.city.gap.low, found.city.gap_pct.high) == (0.0, 100.0)
    assert [(one.reporter_label, one.of_label, one.why) for one in found.city.missing] == [("陵川", "陵川居民", "late")]
    a = found.of("gaoping")
    assert a is not None
    assert a.gap_pct.value == 4.0


def test_no_allocation_is_no_gas_of_nobody_but_unknown():
    system = small(TWO)
    given = {name: amount for name, amount in FULL.items() if name != ("allocated", "lingchuan|cbm")}
    found = drawn(system, told(system, given))
    b = found.of("lingchuan")
    assert b is not None
    assert (b.gap.value, b.gap.low, b.gap.high) == (None, 0.0, 10.0)
    assert [(one.item_label, one.of_label, one.why) for one in b.missing] == [
        ("预计分配气量", "气田 → 陵川县", "omitted")
    ]
    assert found.city.gap_pct.value == 5.0


def test_unknown_supply_lies_between_nothing_and_capacity():
    system = small(TWO.replace("capacity: 200", "capacity: 57"))
    given = {name: amount for name, amount in FULL.items() if name[0] == "demand"}
    found = drawn(system, told(system, given))
    assert (found.city.supply.low, found.city.supply.high) == (0.0, 57.0)
    assert (found.city.gap_pct.low, found.city.gap_pct.high) == (5.0, 100.0)
    assert found.late == ("field",)


def test_a_held_figure_is_unknown_and_told_as_held():
    system = small(TWO)
    held = Withheld(frozenset({("demand", "home_a", DAY, None)}))
    found = balances(figures(system, told(system, FULL), DAY, withheld=held), lexicon())
    assert found.city.gap_pct.value is None
    assert [(one.of, one.why) for one in found.city.missing] == [("home_a", "held")]
    whole = Withheld(returns=frozenset({("b", DAY - timedelta(days=1))}))
    found = balances(figures(system, told(system, FULL), DAY, withheld=whole), lexicon())
    assert [(one.of, one.why) for one in found.city.missing] == [("home_b", "held")]
    assert found.late == ()


def test_a_correction_replaces_the_whole_return_and_an_older_forecast_does_not_count():
    system = small(TWO)
    first = told(system, FULL)
    old = next(one for one in first if one.reporter == "a")
    corrected = dataclasses.replace(old, version=2, values=(old.values[0],))
    found = drawn(system, (*first, corrected))
    assert [(one.of, one.why) for one in found.city.missing] == [("works_a", "omitted")]
    older = [dataclasses.replace(one, gas_day=one.gas_day - timedelta(days=1)) for one in first]
    found = drawn(system, older)
    assert set(found.late) == {"a", "b", "field"}
    assert all(one.last is not None for one in found.missing)


def test_nobody_reports_what_is_another_s():
    system = small(TWO)
    first = told(system, FULL)
    field = next(one for one in first if one.reporter == "field")
    meddler = dataclasses.replace(field, reporter="b", values=(dataclasses.replace(field.values[0], amount=1.0),))
    b = next(one for one in first if one.reporter == "b")
    both = dataclasses.replace(meddler, values=(*b.values, *meddler.values))
    assert drawn(system, [field, both, next(one for one in first if one.reporter == "a")]).city.supply.value == 57.0


def test_allocations_that_miss_the_gas_are_told():
    system = small(TWO)
    found = drawn(system, told(system, FULL | {("allocated", "zezhou|cbm"): 2.0}))
    assert found.remarks == ("气田预计可供 57，分配合计 59 万立方米/日，分配合计多出 2，各县缺口会偏小",)
    found = drawn(system, told(system, FULL | {("allocated", "gaoping|cbm"): 40.0}))
    assert found.remarks == ("气田预计可供 57，分配合计 49 万立方米/日，有 8 未分配到县，各县合计缺口会大于全市",)


def test_the_demonstration_falls_short_by_seven_per_cent_and_then_by_more_than_ten():
    system = jincheng()
    calm = drawn(system, evening(DAY - timedelta(days=2)), DAY - timedelta(days=1)).city
    assert (calm.demand.value, calm.supply.value, calm.gap.value) == (310.0, 315.0, 0.0)
    cold = drawn(system, evening(DAY - timedelta(days=1)), DAY)
    assert (cold.city.demand.value, cold.city.supply.value) == (322.32, 299.5)
    assert cold.city.gap_pct.value == pytest.approx(22.82 / 322.32 * 100)
    assert cold.remarks == ()
    tonight = drawn(system, evening(DAY), WORSE)
    assert tonight.late == ("county_lingchuan",)
    assert tonight.city.gap_pct.value is None
    complete = drawn(system, (*evening(DAY), *evening(DAY, "late", 2)), WORSE)
    assert complete.late == ()
    assert (complete.city.demand.value, complete.city.supply.value) == (333.96, 295.0)
    assert complete.city.gap_pct.value == pytest.approx(38.96 / 333.96 * 100)


def test_storages_are_told_beside_the_gap_not_in_it():
    system = jincheng()
    city = drawn(system, evening(DAY - timedelta(days=1)), DAY).city
    depot = next(store for store in city.stores if store.of == "depot")
    # (909 − 300) × 0.99
    assert depot.usable.value == 602.91
    tank = next(store for store in city.stores if store.of == "tank_gaoping")
    # (558 − 45) t × 0.14 × 0.99
    assert tank.usable.value == pytest.approx(71.1018)
    assert city.supply.value == 299.5
    assert city.cover_days is not None
    assert city.cover_days.value == pytest.approx(sum(store.usable.low for store in city.stores) / 322.32)


def test_a_reporter_of_stocks_alone_is_late_too_and_the_gap_stands():
    system = jincheng()
    found = drawn(system, [one for one in evening(DAY - timedelta(days=1)) if one.reporter != "county_gaoping"])
    assert found.late == ("county_gaoping",)
    assert found.city.gap.value == 22.82
    assert found.missing == ()
    assert [(one.of, one.why) for one in found.city.stocks_missing] == [("reserve_gaoping", "late")]
