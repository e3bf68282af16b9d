"""What the cut list takes from returns: the same gas and the same rates of withdrawal as the balance."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from supply.balance.demo import DAY, drawn, lexicon, small, told

from zhishou.errors import ProblemsError
from zhishou.plan.load import library
from zhishou.supply.balance import Withheld, balances, figures
from zhishou.supply.curtail.at_hand import at_hand, still_ahead
from zhishou.supply.curtail.cutlist import CutPlan, curtail
from zhishou.supply.curtail.powers import powers
from zhishou.supply.returns.model import Return, Value
from zhishou.supply.system import System

TOWN = """
id: town
title: 试验镇
area: jincheng
reporters: [{id: firm, label: 燃气公司, kind: city_gas, area: chengqu}]
nodes: [{id: gate, label: 门站, area: chengqu}]
sources: [{id: main, label: 管道来气, kind: pipeline_import, node: gate, reporter: firm, capacity: 50}]
storages:
  - {id: tank, label: 储罐, node: gate, owner: 燃气公司, owner_kind: city_gas_company, reporter: firm, form: gas,
     capacity: 100, withdrawal: 12}
customers:
  - {id: homes, label: 居民, class: residential, node: gate, reporter: firm, demand: 40}
  - {id: steel, label: 钢厂, class: industry, node: gate, reporter: firm, demand: 24}
"""
ASKED = {("demand", "homes"): 40.0, ("demand", "steel"): 24.0}


def cut(system: System, *returns: Return, days: int = 1, hours: bool = True) -> CutPlan:
    ahead = [figures(system, returns, DAY + timedelta(days=day), made=DAY - timedelta(days=1)) for day in range(days)]
    horizon, _ = at_hand(ahead, hours=hours)
    return curtail(horizon, powers(library().pack("gas-winter-2021"), "II"))


def test_gas_above_the_stated_capacity_that_was_accepted_counts_as_in_the_balance():
    system = small(TOWN)
    returns = told(system, {**ASKED, ("available", "main"): 51.0}, stocks={"tank": 0.0})
    assert drawn(system, returns).city.gap.value == 13.0  # 64 − 51
    for hours in (True, False):
        assert cut(system, *returns, hours=hours).saved == pytest.approx(13.0, abs=1e-6)


@pytest.mark.parametrize(("rate", "saved"), [(None, 2.0), (12.0, 2.0), (20.0, 2.0), (5.0, 9.0), (0.0, 14.0)])
def test_a_storage_gives_no_more_than_it_was_returned_to_be_able_to(rate: float | None, saved: float):
    system = small(TOWN)
    given = {**ASKED, ("available", "main"): 50.0}  # 14 short; the tank gives 12 at most
    if rate is not None:
        given[("withdrawable", "tank")] = rate
    returns = told(system, given, stocks={"tank": 100.0})
    assert drawn(system, returns).city.stores[0].rate == min(12.0, 12.0 if rate is None else rate)
    for hours in (True, False):
        assert cut(system, *returns, hours=hours).saved == pytest.approx(saved, abs=1e-6)


def test_hours_of_withdrawal_that_were_returned_count_hour_by_hour():
    system = small(TOWN)
    (plain,) = told(system, {**ASKED, ("available", "main"): 50.0}, stocks={"tank": 100.0})
    hourly = [Value("withdrawable", "tank", DAY, 0.0 if hour < 6 else 0.5, hour=hour) for hour in range(24)]
    found = cut(system, Return(plain.reporter, plain.gas_day, 1, (*plain.values, *hourly), plain.at))
    # 14 ÷ 24 an hour are lacking for six hours; after that all but 2 ÷ 24
    assert found.saved == pytest.approx((6 * 14 + 18 * 2) / 24, abs=1e-6)
    ahead, gone = still_ahead(found.horizon, found.horizon.moment(5) + timedelta(minutes=1))
    assert gone == 6
    assert np.array_equal(ahead.withdrawable["tank"], [12.0] * 18)


def test_a_day_of_which_no_rate_was_returned_is_like_the_one_before():
    system = small(TOWN)
    given = {**ASKED, ("available", "main"): 50.0}
    (first,) = told(system, {**given, ("withdrawable", "tank"): 4.0}, stocks={"tank": 100.0})
    (second,) = told(system, given, DAY + timedelta(days=1))
    both = Return(first.reporter, first.gas_day, 1, (*first.values, *second.values), first.at)
    assert cut(system, both, days=2, hours=False).saved == pytest.approx(2 * 10.0, abs=1e-6)


def test_a_rate_that_is_held_is_not_taken_for_the_greatest_there_is():
    system = small(TOWN)
    given = {**ASKED, ("available", "main"): 50.0, ("withdrawable", "tank"): 0.0}
    returns = told(system, given, stocks={"tank": 100.0})
    doubt = Withheld(figures=frozenset({("withdrawable", "tank", DAY, None)}))
    held = figures(system, returns, DAY, withheld=doubt)
    city = balances(held, lexicon()).city
    assert (city.stores[0].usable.low, city.stores[0].usable.high) == (0.0, 100.0)
    assert [(one.item, one.why) for one in city.stocks_missing] == [("withdrawable", "held")]
    with pytest.raises(ProblemsError, match=r"储罐没有预计可采气量（待核，暂不用）.*可按不能采气 0 万立方米/日暂计"):
        at_hand([held])
    horizon, (assumed,) = at_hand([held], assume=True)
    assert str(assumed) == "燃气公司待核，暂不用：储罐预计可采气量，暂按不能采气 0 万立方米/日计"
    assert not horizon.withdrawable["tank"].any()
