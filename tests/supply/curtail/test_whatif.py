"""What-ifs from the flows that stand, against the same shortage worked out from nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, shortage, stored

from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.tiers import lossless
from zhishou.supply.curtail.whatif import changed


def other(one: Instance, kind: str, seed: int) -> Instance:
    draw = np.random.default_rng(seed)
    if kind == "source fails":
        available = one.source_available.copy()
        available[draw.integers(len(one.sources))] = 0.0
        return replace(one, source_available=available)
    if kind == "more gas":
        return replace(one, source_available=one.source_available * draw.uniform(1.0, 2.0))
    if kind == "colder":
        return replace(one, claim_amount=one.claim_amount * draw.uniform(1.0, 1.6, (len(one.claims), 1)))
    if kind == "warmer":
        return replace(one, claim_amount=one.claim_amount * draw.uniform(0.4, 1.0, (len(one.claims), 1)))
    if kind == "customer stops":
        amount = one.claim_amount.copy()
        amount[draw.integers(len(one.claims))] = 0.0
        return replace(one, claim_amount=amount)
    share = np.ones((len(one.pipes), 1))
    if len(one.pipes):
        share[draw.integers(len(one.pipes))] = draw.choice([0.0, 0.5])
    return replace(one, pipe_capacity=one.pipe_capacity * share, pipe_back=one.pipe_back * share)


KINDS = ["source fails", "more gas", "colder", "warmer", "customer stops", "pipe breaks"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_as_worked_out_from_nothing(kind: str):
    for seed in range(60):
        one = shortage(seed, nodes=8, steps=8, tiers=5)
        then = other(one, kind, seed)
        warm = changed(lossless(one), then).dispatch()
        cold = lossless(then, even=False).dispatch()
        assert warm.tier_served == pytest.approx(cold.tier_served, abs=1e-6), seed
        assert imbalance(then, warm) < 1e-7, seed
        assert overstep(then, warm) < 1e-7, seed


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_where_storages_tie_the_hours(kind: str):
    for seed in range(40):
        one = stored(seed)
        then = other(one, kind, seed)
        warm = changed(lossless(one), then).dispatch()
        assert warm.tier_served == pytest.approx(oracle.totals(then), abs=1e-6), seed
        assert imbalance(then, warm) < 1e-7, seed
        assert overstep(then, warm) < 1e-7, seed


def without_the_greatest(one: Instance, base: Serving, begin: int) -> Instance:
    """The shortage as it is when the pipe that carries most of all breaks in some step."""
    carried = np.abs(base.dispatch().pipe_flow).sum(axis=1)
    whole = np.ones((len(one.pipes), one.steps))
    whole[carried.argmax(), begin:] = 0.0
    return replace(one, pipe_capacity=one.pipe_capacity * whole, pipe_back=one.pipe_back * whole)


def test_the_pipe_that_carries_most_of_all_breaks():
    owed = 0
    for seed in range(60):
        one = stored(seed, steps=8)
        if not len(one.pipes):
            continue
        base = lossless(one)
        then = without_the_greatest(one, base, begin=seed % one.steps)
        owed += np.abs(base.dispatch().pipe_flow - lossless(then).dispatch().pipe_flow).max() > 0.1
        warm = changed(base, then).dispatch()
        assert warm.tier_served == pytest.approx(oracle.totals(then), abs=1e-6), seed
        assert imbalance(then, warm) < 1e-7, seed
        assert overstep(then, warm) < 1e-7, seed
    assert owed > 20  # the pipe did carry something


def test_the_pipe_that_carries_most_of_a_larger_network_breaks():
    for seed in range(12):
        one = shortage(seed, nodes=40, steps=30, tiers=6, tight=0.8)
        if not len(one.pipes):
            continue
        base = lossless(one)
        then = without_the_greatest(one, base, begin=one.steps // 4)
        warm, cold = changed(base, then).dispatch(), lossless(then, even=False).dispatch()
        assert warm.tier_served == pytest.approx(cold.tier_served, abs=1e-6), seed
        assert imbalance(then, warm) < 1e-7, seed
        assert overstep(then, warm) < 1e-7, seed


def test_one_change_after_another_and_back_again():
    for seed in range(40):
        one = stored(seed)
        standing = lossless(one)
        now = one
        for turn, kind in enumerate([*KINDS, *KINDS]):
            now = other(now, kind, seed + turn)
            standing = changed(standing, now)
        assert standing.dispatch().tier_served == pytest.approx(oracle.totals(now), abs=1e-6), seed
        assert imbalance(now, standing.dispatch()) < 1e-7, seed
        back = changed(standing, one).dispatch()
        assert back.tier_served == pytest.approx(oracle.totals(one), abs=1e-6), seed
        assert imbalance(one, back) < 1e-7, seed
        assert overstep(one, back) < 1e-7, seed


@pytest.mark.parametrize("kind", ["source fails", "more gas", "warmer"])
def test_no_more_of_a_reserve_stays_drawn_than_must_be(kind: str):
    for seed in range(40):
        one = stored(seed, steps=5)
        then = other(one, kind, seed)
        warm = changed(lossless(one), then).dispatch()
        program = oracle.Program(then)
        for c in range(len(then.claims)):
            for h in range(then.steps):
                program.bounds[program.at(program.serve, c, h), 0] = max(warm.served[c, h] - 1e-7, 0.0)
        last = np.zeros(program.count)
        for g in np.flatnonzero(then.reserve):
            last[program.at(program.level, g, then.steps - 1)] = 1
            program.bounds[program.at(program.level, g, then.steps - 1), 1] = then.stock[g]
        most = program.most(last)
        assert most is not None
        assert warm.level[then.reserve, -1].sum() == pytest.approx(most, abs=1e-5), seed


def test_the_base_is_not_touched_and_can_be_asked_again():
    one = shortage(3, nodes=8, steps=8)
    base = lossless(one)
    before = base.dispatch()
    first = changed(base, other(one, "source fails", 1)).dispatch()
    again = changed(base, other(one, "source fails", 1)).dispatch()
    assert np.array_equal(base.dispatch().served, before.served)
    assert np.array_equal(first.tier_served, again.tier_served)


def test_nothing_changed():
    one = shortage(5, nodes=8, steps=8)
    base = lossless(one)
    assert changed(base, one).dispatch().served == pytest.approx(base.dispatch().served, abs=1e-9)
