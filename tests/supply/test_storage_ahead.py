"""Storages over days: held against a linear program that may draw in any order, and against what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from zhishou.supply.storage_ahead import carried

Amount = st.floats(0, 50)
STORES = st.lists(st.tuples(st.floats(0.1, 20), Amount), min_size=1, max_size=4)
GAPS = st.lists(Amount, min_size=1, max_size=5)


@given(STORES, GAPS)
def test_nothing_is_delivered_that_is_not_there(stores: list[tuple[float, float]], gaps: list[float]) -> None:
    rates, usable = zip(*stores, strict=True)
    found = carried(np.array([gaps]), rates, usable)
    served = np.array([gaps]) - found.short
    assert (found.short >= 0).all()
    assert (served >= -1e-6).all()
    assert (served.sum(axis=1) + found.left[:, -1]) == pytest.approx(sum(usable), abs=1e-6)
    assert (served <= sum(rates) + 1e-6).all()
    assert (np.diff(found.left, axis=1) <= 1e-6).all()


def _longest(stores: list[tuple[float, float]], gap: float, days: int) -> int:
    """How many days from the first the gap can be filled whole, drawing in any order: a linear program for each number."""
    for count in range(days, 0, -1):
        size = len(stores) * count
        least = np.zeros((count, size))
        for day in range(count):
            least[day, day::count] = -1
        volume = np.kron(np.eye(len(stores)), np.ones(count))
        bounds = [(0, rate) for rate, _ in stores for _ in range(count)]
        done = linprog(
            np.zeros(size), np.vstack([least, volume]), [*([-gap] * count), *(left for _, left in stores)],
            bounds=bounds, method="highs",
        )  # fmt: skip
        if done.status == 0:
            return count
    return 0


@given(STORES, st.floats(1, 30))
def test_a_steady_gap_is_filled_for_as_many_days_as_any_order_could(
    stores: list[tuple[float, float]], gap: float
) -> None:
    rates, usable = zip(*stores, strict=True)
    found = carried(np.full((1, 6), gap), rates, usable)
    filled = (found.short[0] <= 1e-6).tolist()
    days = filled.index(False) if False in filled else 6
    # On the edge the two may differ by what a solver lets pass.
    assert _longest(stores, gap + 1e-5, 6) <= days <= _longest(stores, gap - 1e-5, 6)


def test_a_store_drawn_slowly_keeps_what_a_greedy_order_would_waste() -> None:
    """Two storages of 10 a day, holding 10 and 20; a gap of 10 then of 20: the fuller one must go first."""
    found = carried(np.array([[10.0, 20.0]]), [10, 10], [10, 20])
    assert found.short[0] == pytest.approx([0, 0], abs=1e-6)
    assert found.left[0] == pytest.approx([20, 0], abs=1e-6)
