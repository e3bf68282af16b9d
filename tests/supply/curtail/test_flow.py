"""Flows through the network of a shortage: amounts of any size in whole grains, tiers in their order, either way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, shortage, stored

from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Floats, Instance
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.tiers import in_order, lossless


def scaled(one: Instance, by: float) -> Instance:
    """The same shortage in amounts so many times as large."""
    names = ("pipe_capacity", "pipe_back", "source_available", "stock", "storage_capacity", "injection", "withdrawal",
             "claim_amount")  # fmt: skip
    return replace(one, **{name: getattr(one, name) * by for name in names})


def test_the_optimum_where_storages_tie_the_hours():
    for seed in range(40):
        one = stored(seed)
        answer = lossless(one).dispatch()
        assert answer.tier_served == pytest.approx(oracle.totals(one), abs=1e-6), seed
        assert imbalance(one, answer) < 1e-7, seed
        assert overstep(one, answer) < 1e-7, seed


def test_tiers_before_the_marginal_one_are_full_and_those_after_it_have_nothing():
    for seed in range(120):
        serving = Serving(stored(seed))
        places = serving.graph.places
        marginal = in_order(serving, np.zeros(places))[:places]
        tier = np.arange(len(serving.wanted))[:, None]
        full, none = serving.given == serving.wanted, serving.given == 0
        assert full[tier < marginal].all(), seed
        assert none[(tier > marginal) & (marginal >= 0)].all(), seed
        assert full[:, marginal < 0].all(), seed


@pytest.mark.parametrize("by", [1e-5, 1e-2, 1e2, 1e5])
def test_amounts_of_any_size(by: float):
    for seed in range(40):
        one = stored(seed)
        answer = lossless(scaled(one, by)).dispatch()
        assert answer.tier_served / by == pytest.approx(oracle.totals(one), abs=1e-6), seed


def test_a_stock_without_bound_beside_small_amounts():
    for seed in range(40):
        one = stored(seed)
        vast = replace(one, stock=np.full_like(one.stock, 1e7), storage_capacity=np.full_like(one.stock, 1e7))
        assert lossless(vast).dispatch().tier_served == pytest.approx(oracle.totals(vast), abs=1e-6), seed


def test_small_amounts_are_counted_in_finer_grains_and_no_grain_is_beyond_a_litre():
    grains = [Graph(scaled(shortage(7), by)).grain for by in (1e-4, 1.0, 1e2, 1e6)]
    assert grains == sorted(grains)
    assert grains[0] < 2.0**-27 == grains[1] == grains[2]
    assert grains[3] < 1e-7  # 万立方米; a litre


@pytest.mark.parametrize("seed", range(6))
def test_a_flow_is_the_same_from_whichever_end_it_is_searched(seed: int):
    draw = np.random.default_rng(seed)
    for places_with_too_much in (1, 1000):  # fewer, and more than lack gas
        one = stored(seed, steps=6)
        serving = Serving(one)
        in_order(serving, np.zeros(serving.graph.places))
        graph, arrived = serving.graph, serving.given.sum(axis=0)
        givers = np.flatnonzero(arrived)[:places_with_too_much]
        graph.open(graph.take, 0.0)
        graph.left[graph.take.start + givers] = arrived[givers]
        lacking = serving.upto[-1] - arrived
        graph.open(graph.give, np.where(draw.random(graph.places) < 0.5, lacking, 0.0))
        most = greatest(graph)
        graph.send()
        assert graph.back(graph.give).sum() == pytest.approx(most, abs=1e-6)
        assert graph.left.min() >= 0


def greatest(graph: Graph) -> float:
    """The value of the greatest flow through what is left, by a linear program."""
    arcs = np.flatnonzero(graph.left > 0)
    tails, heads = np.r_[graph.tails, graph.heads][arcs], np.r_[graph.heads, graph.tails][arcs]
    usable = (heads != graph.start) & (tails != graph.end)
    arcs, tails, heads = arcs[usable], tails[usable], heads[usable]
    column = np.arange(len(arcs))
    balance = coo_matrix(
        (np.r_[np.ones(len(arcs)), -np.ones(len(arcs))], (np.r_[heads, tails], np.r_[column, column])),
        shape=(graph.end + 1, len(arcs)),
    ).tocsr()[: graph.start]
    bounds = np.stack([np.zeros(len(arcs)), graph.left[arcs]], axis=1)
    aim = -(heads == graph.end).astype(float)
    answer = linprog(aim, A_eq=balance, b_eq=np.zeros(graph.start), bounds=bounds, method="highs")
    assert answer.status == 0
    return float(-answer.fun)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.0, 1e4), min_size=1, max_size=60))
def test_rounding_keeps_every_sum_from_the_first_step_on(amounts: list[float]):
    graph = Graph(shortage(1))
    graph.bound = np.inf
    row = np.array([amounts])
    rounded: Floats = graph.whole(row)
    assert (rounded >= 0).all()
    assert (rounded / graph.grain == np.rint(rounded / graph.grain)).all()
    assert np.abs(np.cumsum(rounded) - np.cumsum(row)).max() <= 0.51 * graph.grain + 1e-12 * row.sum()
    assert (rounded[row == 0] == 0).all()
