"""The greatest flow: amounts of any size in whole grains, and pools that allow nothing the storages do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, csr_matrix
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, shortage, stored

from zhishou.errors import ZhishouError
from zhishou.supply.curtail import flow, pools
from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Floats, Instance, Ints
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.tiers import in_order, lossless


def scaled(one: Instance, by: float) -> Instance:
    """The same shortage in amounts so many times as large."""
    names = ("pipe_capacity", "pipe_back", "source_available", "stock", "storage_capacity", "injection", "withdrawal",
             "claim_amount")  # fmt: skip
    return replace(one, **{name: getattr(one, name) * by for name in names})


@pytest.mark.parametrize("window", [1, 2, 4, 24])
def test_the_optimum_is_the_same_however_long_the_windows_of_the_pools(window: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pools, "WINDOW", window)
    for seed in range(40):
        one = stored(seed)
        answer = lossless(one).dispatch()
        assert answer.tier_served == pytest.approx(oracle.totals(one), abs=1e-6), seed
        assert imbalance(one, answer) < 1e-7, seed
        assert overstep(one, answer) < 1e-7, seed


def by_hour(graph: Graph, draw: np.random.Generator) -> Ints:
    """(points,) all in one part, or one to the first hours, another to the later ones, and none to the last."""
    steps = graph.instance.steps
    label = np.sort(draw.integers(0, steps + 1, 2))
    of_hour = np.where(np.arange(steps) < label[0], 0, np.where(np.arange(steps) < label[1], 1, -1))
    if draw.random() < 0.5:
        of_hour[:] = 0
    part = np.zeros(graph.end + 1, np.intp)
    rows = graph.places + len(graph.instance.sources) * steps
    part[:rows] = np.tile(of_hour, rows // steps)
    part[graph.state[graph.filled]] = of_hour
    return part


@pytest.mark.parametrize("window", [1, 3, 24])
def test_a_flow_through_pools_alone_is_one_that_the_storages_allow(window: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pools, "WINDOW", window)
    used = 0
    for seed in range(120):
        one = stored(seed)
        serving = Serving(one)
        graph = serving.graph
        draw = np.random.default_rng(seed)
        for _ in range(3):  # from levels that earlier flows left
            part = by_hour(graph, draw)
            graph.open(graph.give, draw.random(graph.places) * (serving.upto[-1] - serving.given.sum(axis=0)))
            graph.left[graph.give] = graph.whole(graph.left[graph.give].reshape(-1, one.steps)).ravel()
            between = ~graph.inner(part)
            before = graph.left[: graph.size][between].copy()
            use = graph.inner(part)
            use[graph.release] &= draw.random(len(one.storages)) < 0.5
            graph.send_once(graph.pools.open(use, part))
            graph.pools.close()
            assert graph.left.min() >= 0, seed
            assert np.array_equal(graph.left[: graph.size][between], before), seed
            serving.share_out(serving.given.sum(axis=0) + graph.back(graph.give))
        answer = serving.dispatch()
        used += bool(answer.injected.any())
        assert imbalance(one, answer) < 1e-7, seed
        assert overstep(one, answer) < 1e-7, seed
    assert used > 20  # it does shift gas between hours


@pytest.mark.parametrize("window", [2, 24])
def test_tiers_before_the_marginal_one_are_full_and_those_after_it_have_nothing(
    window: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(pools, "WINDOW", window)
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
def test_amounts_of_any_size(by: float, monkeypatch: pytest.MonkeyPatch):
    flows = counted(monkeypatch)
    for seed in range(40):
        one = stored(seed)
        answer = lossless(scaled(one, by)).dispatch()
        assert answer.tier_served / by == pytest.approx(oracle.totals(one), abs=1e-6), seed
    assert len(flows) < 40 * 40  # a flow wider than can be counted takes a few passes, not thousands


def test_a_stock_without_bound_beside_small_amounts(monkeypatch: pytest.MonkeyPatch):
    flows = counted(monkeypatch)
    for seed in range(40):
        one = stored(seed)
        vast = replace(one, stock=np.full_like(one.stock, 1e7), storage_capacity=np.full_like(one.stock, 1e7))
        assert lossless(vast).dispatch().tier_served == pytest.approx(oracle.totals(vast), abs=1e-6), seed
    assert len(flows) < 40 * 40


def test_large_amounts_are_counted_in_coarser_grains_but_never_beyond_a_litre():
    grains = [Graph(scaled(shortage(7), by)).grain for by in (1e-4, 1.0, 1e2, 1e6)]
    assert grains == sorted(grains)
    assert grains[0] < 2.0**-27 == grains[1]
    assert grains[3] == 2.0**-24 < 1e-7  # 万立方米; a litre


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
    tails, heads = graph.rows[arcs], graph.columns[arcs]
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


def test_a_flow_that_makes_no_progress_stops_with_an_error(monkeypatch: pytest.MonkeyPatch):
    worked_out = flow.maximum_flow

    def nothing(matrix: csr_matrix, *ends: int, method: str) -> Any:
        return worked_out(matrix * 0, *ends, method=method)

    monkeypatch.setattr(flow, "maximum_flow", nothing)
    with pytest.raises(ZhishouError, match="没有进展"):
        lossless(stored(3))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for every flow worked out from now on."""
    flows: list[None] = []
    worked_out = flow.maximum_flow

    def count(*given: Any, **named: Any) -> Any:
        flows.append(None)
        return worked_out(*given, **named)

    monkeypatch.setattr(flow, "maximum_flow", count)
    return flows


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
