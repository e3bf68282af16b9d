"""The exact flow against a linear program on hundreds of random shortages, and what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, shortage

from zhishou.supply.curtail.tiers import lossless

SEEDS = range(240)


@pytest.mark.parametrize("block", range(8))
def test_tier_totals_are_those_of_the_linear_program(block: int):
    for seed in SEEDS[block::8]:
        one = shortage(seed)
        answer = lossless(one).dispatch()
        assert answer.tier_served == pytest.approx(oracle.totals(one), abs=1e-6), seed
        by_claim = [answer.served[one.claim_tier == tier].sum() for tier in range(len(one.tiers))]
        assert answer.tier_served == pytest.approx(by_claim, abs=1e-6), seed


def test_numbers_that_stand_for_no_limit_cost_no_precision():
    for seed in SEEDS[:60]:
        one = shortage(seed)
        vast = np.full_like(one.injection, 1e8)
        free = replace(one, injection=np.where(one.injection > 0, vast, 0.0), withdrawal=vast,
                       pipe_capacity=np.full_like(one.pipe_capacity, 1e8))  # fmt: skip
        assert lossless(free).dispatch().tier_served == pytest.approx(oracle.totals(free), abs=1e-6), seed


@pytest.mark.parametrize("even", [True, False])
def test_gas_neither_appears_nor_vanishes_and_no_bound_is_broken(*, even: bool):
    for seed in SEEDS:
        one = shortage(seed, nodes=12, steps=24, tiers=6)
        answer = lossless(one, even=even).dispatch()
        assert imbalance(one, answer) < 1e-7, seed
        assert overstep(one, answer) < 1e-7, seed


def test_shares_take_nothing_from_a_tier():
    for seed in SEEDS:
        one = shortage(seed, nodes=10, steps=12)
        evenly, anyhow = lossless(one).dispatch(), lossless(one, even=False).dispatch()
        assert evenly.tier_served == pytest.approx(anyhow.tier_served, abs=1e-6), seed


@pytest.mark.parametrize("block", range(4))
def test_the_least_share_of_a_tier_is_as_large_as_it_can_be(block: int):
    for seed in SEEDS[block:120:4]:
        one = shortage(seed, nodes=4, steps=4)
        answer = lossless(one).dispatch()
        for tier in range(len(one.tiers)):
            mine = one.claim_tier == tier
            asked = one.claim_amount[mine]
            if not (asked > 0).any():
                continue
            share = (answer.served[mine][asked > 0] / asked[asked > 0]).min()
            best = oracle.least_share(one, tier, list(answer.tier_served[:tier]), float(answer.tier_served[tier]))
            assert share == pytest.approx(best, abs=2e-5), (seed, tier)


def test_shares_are_level_where_no_pipe_binds():
    for seed in SEEDS:
        one = shortage(seed, steps=1, tight=0.7)
        free = np.full_like(one.pipe_capacity, np.inf)
        one = type(one)(**{**vars(one), "pipe_capacity": free, "pipe_back": free})
        one_place = type(one)(**{**vars(one), "claim_node": np.zeros_like(one.claim_node),
                                 "source_node": np.zeros_like(one.source_node),
                                 "storage_node": np.zeros_like(one.storage_node)})  # fmt: skip
        answer = lossless(one_place).dispatch()
        for tier in range(len(one.tiers)):
            asked = one.claim_amount[one.claim_tier == tier]
            shares = (answer.served[one.claim_tier == tier] / np.where(asked > 0, asked, 1))[asked > 0]
            assert np.ptp(shares) < 1e-6 if shares.size else True, seed


def test_no_share_could_rise_without_lowering_one_that_is_no_larger():
    """The certificate of max–min shares: behind every claim that falls short, nobody nearer the gas has more."""
    for seed in SEEDS:
        one = shortage(seed, nodes=8, steps=8, tiers=1)
        serving = lossless(one)
        graph = serving.graph
        share = np.divide(serving.given[0], serving.wanted[0], out=np.ones(graph.places), where=serving.wanted[0] > 0)
        open_ = graph.left > 64 * graph.grain  # less can no longer be shared out
        tails, heads = np.r_[graph.tails, graph.heads], np.r_[graph.heads, graph.tails]
        inner = (tails < graph.start) & (heads < graph.start)
        edges = list(zip(tails[open_ & inner], heads[open_ & inner], strict=True))
        ahead: dict[int, list[int]] = {}
        for tail, head in edges:
            ahead.setdefault(int(tail), []).append(int(head))
        for begin in np.flatnonzero(serving.given[0] > 1e-7):
            seen, queue = {int(begin)}, [int(begin)]
            while queue:
                for head in ahead.get(queue.pop(), ()):
                    if head not in seen:
                        seen.add(head)
                        queue.append(head)
            reached = [place for place in seen if place < graph.places and serving.wanted[0][place] > 0]
            assert share[begin] <= min(share[reached], default=1.0) + 2e-5, (seed, begin)


def test_stocks_are_drawn_no_more_than_they_must_be():
    """What leaves the stocks is the least that serves the same claims; reserves are the last to be touched."""
    for seed in SEEDS[:80]:
        one = shortage(seed, nodes=5, steps=5)
        if not len(one.storages):
            continue
        answer = lossless(one).dispatch()
        program = oracle.Program(one)
        for c in range(len(one.claims)):
            for h in range(one.steps):
                program.bounds[program.at(program.serve, c, h), 0] = answer.served[c, h] - 1e-7
        last = np.zeros(program.count)
        for g in np.flatnonzero(one.reserve):
            last[program.at(program.level, g, one.steps - 1)] = 1
            program.bounds[program.at(program.level, g, one.steps - 1), 1] = min(one.stock[g], one.storage_capacity[g])
        most = program.most(last)
        assert most is not None
        assert answer.level[one.reserve, -1].sum() == pytest.approx(most, abs=1e-5), seed
