"""What is named as used up is used up, and with more of all of it somebody would have more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from supply.curtail import oracle
from supply.curtail.shortages import shortage

from zhishou.supply.curtail.binding import Bottleneck, bottlenecks, standing
from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.linear import coupled
from zhishou.supply.curtail.tiers import lossless


def broken(seed: int) -> Instance:
    """A shortage in which some pipes carry nothing, some sources send nothing, and stocks may be gone."""
    one = shortage(seed, nodes=5, steps=4, tiers=2)
    draw = np.random.default_rng(seed)
    works = draw.random((len(one.pipes), 1)) < 0.8
    return replace(
        one,
        pipe_capacity=one.pipe_capacity * works,
        pipe_back=one.pipe_back * works,
        source_available=one.source_available * (draw.random((len(one.sources), 1)) < 0.6),
        storage_capacity=np.maximum(one.storage_capacity, one.stock),
    )


def eased(one: Instance, found: tuple[Bottleneck, ...]) -> Instance:
    """The same with much more of everything that is named."""
    pipe, back = one.pipe_capacity.copy(), one.pipe_back.copy()
    source, withdrawal = one.source_available.copy(), one.withdrawal.copy()
    stock, room = one.stock.copy(), one.storage_capacity.copy()
    for thing in found:
        steps = list(thing.steps)
        if thing.kind == "pipe":
            pipe[one.pipes.index(thing.id), steps] += 99
            back[one.pipes.index(thing.id), steps] += 99
        elif thing.kind == "source":
            source[one.sources.index(thing.id), steps] += 99
        elif thing.kind == "withdrawal":
            withdrawal[one.storages.index(thing.id), steps] += 99
        else:
            stock[one.storages.index(thing.id)] += 99
            room[one.storages.index(thing.id)] += 99
    return replace(one, pipe_capacity=pipe, pipe_back=back, source_available=source, withdrawal=withdrawal, stock=stock,
                   storage_capacity=room)  # fmt: skip


@pytest.mark.parametrize("block", range(4))
def test_with_more_of_all_that_is_named_somebody_has_more(block: int):
    for seed in range(block, 120, 4):
        one = broken(seed)
        serving = lossless(one)
        answer = serving.dispatch()
        tiers = range(len(one.tiers))
        if answer.tier_short.sum() < 1e-3 or not (found := bottlenecks(serving, tiers)):
            continue
        assert sum(oracle.totals(eased(one, found))) > answer.tier_served.sum() + 1e-4, seed


def test_what_is_named_is_used_up():
    for seed in range(120):
        one = broken(seed)
        serving = lossless(one)
        answer = serving.dispatch()
        for thing in bottlenecks(serving, range(len(one.tiers))):
            steps = list(thing.steps)
            if thing.kind == "source":
                index = one.sources.index(thing.id)
                assert answer.source_flow[index, steps] == pytest.approx(one.source_available[index, steps], abs=1e-6)
            elif thing.kind == "stock":
                assert answer.level[one.storages.index(thing.id)].min() == pytest.approx(0, abs=1e-6)


def test_where_a_stock_is_all_there_was_it_is_named():
    for seed in range(60):
        one = shortage(seed, nodes=1, steps=5, tiers=1, tight=0.3)
        one = replace(one, source_available=0 * one.source_available, injection=0 * one.injection,
                      withdrawal=np.full_like(one.withdrawal, np.inf))  # fmt: skip
        if not one.stock.sum() > 0 or one.claim_amount.sum() < one.stock.sum() + 0.01:
            continue
        found = {thing.id for thing in bottlenecks(lossless(one), [0]) if thing.kind == "stock"}
        assert found == set(one.storages), seed


def two(**changes: object) -> Instance:
    """A field that has plenty, a town that has none, and a pipe that runs from the town to the field alone."""
    one = Instance(
        nodes=("field", "town"), steps=2, step_hours=12.0,
        pipes=("out",), pipe_start=np.array([1]), pipe_end=np.array([0]),
        pipe_capacity=np.full((1, 2), 9.0), pipe_back=np.zeros((1, 2)),
        sources=("wells", "gate"), source_node=np.array([0, 1]), source_available=np.array([[9.0, 9.0], [2.0, 2.0]]),
        storages=(), storage_node=np.zeros(0, np.intp), stock=np.zeros(0), storage_capacity=np.zeros(0),
        injection=np.zeros((0, 2)), withdrawal=np.zeros((0, 2)), reserve=np.zeros(0, bool),
        tiers=("all",), claims=("homes",), claim_node=np.array([1]), claim_tier=np.array([0]),
        claim_amount=np.full((1, 2), 6.0),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def test_a_pipe_that_only_leads_away_is_not_called_full():
    assert [(thing.kind, thing.id) for thing in bottlenecks(lossless(two()), [0])] == [("source", "gate")]


def test_a_source_that_a_ramp_holds_down_is_not_called_used_up():
    one = two(source_ramp=np.array([np.inf, 1.0]), source_available=np.array([[9.0, 9.0], [2.0, 9.0]]))
    serving = standing(one, coupled(one))
    found = bottlenecks(serving, [0])
    assert [(thing.kind, thing.id, thing.steps) for thing in found] == [("source", "gate", (0,))]


def test_two_full_pipes_in_a_row_are_both_named():
    one = two(
        nodes=("field", "town", "halfway"), pipes=("near", "far"), pipe_start=np.array([2, 0]),
        pipe_end=np.array([1, 2]), pipe_capacity=np.full((2, 2), 3.0), pipe_back=np.zeros((2, 2)),
        source_available=np.array([[9.0, 9.0], [0.0, 0.0]]), source_node=np.array([0, 0]),
    )  # fmt: skip
    assert {thing.id for thing in bottlenecks(lossless(one), [0])} == {"near", "far"}
