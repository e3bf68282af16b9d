"""Gaps by hand, and outages against the chain they are drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhishou.errors import ZhishouError
from zhishou.supply.forecast import Source, demand_at_gap, gap_pct, supply_samples


def test_the_gap_is_what_is_missing_of_demand():
    assert gap_pct(np.array([100.0, 80.0, 200.0]), np.array([90.0, 90.0, 0.0])).tolist() == [10.0, 0.0, 100.0]


@given(st.floats(1, 1e5), st.floats(0, 99))
def test_the_demand_at_a_gap_has_that_gap(supply: float, gap: float):
    assert gap_pct(np.array([demand_at_gap(supply, gap)]), supply)[0] == pytest.approx(gap, abs=1e-9)


def test_a_source_without_outages_gives_what_it_gives():
    found = supply_samples([Source("管道", (200.0,) * 7), Source("液化", (30.0,) * 7)], 50, seed=1)
    assert (found == 230).all()


def test_outages_follow_their_chain():
    found = supply_samples([Source("管道", (100.0,) * 7, outage=0.1, outage_days=4, lost=0.5)], 100_000, seed=2)
    failed = (found == 50).mean(axis=0)
    expected, chance = [], 0.0
    for _ in range(7):
        chance = chance * 0.75 + (1 - chance) * 0.1
        expected.append(chance)
    assert failed == pytest.approx(np.array(expected), abs=0.005)
    again = supply_samples([Source("管道", (100.0,) * 7, outage=0.1, outage_days=4, lost=0.5)], 100_000, seed=2)
    assert (found == again).all()


@pytest.mark.parametrize("wrong", [{"outage": 1.5}, {"outage_days": 0.5}, {"lost": -1}, {"rate": (-1.0,)}])
def test_a_source_that_cannot_be_is_refused(wrong: dict[str, object]):
    with pytest.raises(ZhishouError, match="气源"):
        Source(**{"name": "管道", "rate": (1.0,), **wrong})  # type: ignore[arg-type]


def test_what_makes_no_gap_is_refused():
    with pytest.raises(ZhishouError, match="缺口"):
        gap_pct(np.array([0.0]), 1.0)
    with pytest.raises(ZhishouError, match="缺口"):
        gap_pct(np.array([np.nan]), 1.0)
    with pytest.raises(ZhishouError, match="0到100"):
        demand_at_gap(10, 100)
    with pytest.raises(ZhishouError, match="天数不一致"):
        supply_samples([Source("a", (1.0,)), Source("b", (1.0, 2.0))], 5, seed=1)
    with pytest.raises(ZhishouError, match="没有气源"):
        supply_samples([], 5, seed=1)
