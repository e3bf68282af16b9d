"""The linear program: equal to the flow where both apply, right where losses, takes and ramps tie the hours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, shortage

from zhishou.supply.curtail.culprits import InfeasibleError, demand_possible, possible
from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.linear import coupled
from zhishou.supply.curtail.tiers import lossless


def lossy(seed: int) -> Instance:
    one = shortage(seed, nodes=5, steps=5)
    draw = np.random.default_rng(seed)
    return replace(
        one,
        stock=np.minimum(one.stock, one.storage_capacity),
        loss=draw.uniform(0, 0.05, len(one.storages)),
        withdrawal_loss=draw.uniform(0, 0.1, len(one.storages)),
    )


def test_it_finds_what_the_flow_finds():
    for seed in range(60):
        one = shortage(seed, nodes=5, steps=5)
        by_flow, by_program = lossless(one).dispatch(), coupled(one)
        assert by_program.tier_served == pytest.approx(by_flow.tier_served, abs=1e-5), seed
        assert by_program.served == pytest.approx(by_flow.served, abs=1e-3), seed  # shares are unique, so claims too


def test_losses():
    for seed in range(80):
        one = lossy(seed)
        answer = coupled(one, even=False)
        assert answer.tier_served == pytest.approx(oracle.totals(one), abs=1e-5), seed
        assert imbalance(one, answer) < 1e-6, seed
        assert overstep(one, answer) < 1e-6, seed


def test_ramps_and_takes():
    for seed in range(60):
        one = shortage(seed, nodes=4, steps=6)
        take = np.zeros((len(one.sources), 1))
        take[0, 0] = 0.2 * one.source_available[0].sum()
        ramp = np.full(len(one.sources), np.inf)
        ramp[-1] = 0.3 * one.source_available[-1].max()
        one = replace(one, source_minimum=take, source_ramp=ramp)
        if not possible(one):
            continue
        answer = coupled(one, even=False)
        assert (answer.source_flow.sum(axis=1) >= take[:, 0] - 1e-6).all(), seed
        assert (np.abs(np.diff(answer.source_flow, axis=1)) <= ramp[:, None] + 1e-6).all(), seed
        program = oracle.Program(one)
        at_least = np.zeros(program.count)
        at_least[[program.at(program.source, 0, h) for h in range(one.steps)]] = -1
        rows = [(at_least, -take[0, 0])]
        for h in range(1, one.steps):
            for sign in (1, -1):
                row = np.zeros(program.count)
                row[program.at(program.source, len(one.sources) - 1, h)] = sign
                row[program.at(program.source, len(one.sources) - 1, h - 1)] = -sign
                rows.append((row, ramp[-1]))
        assert answer.tier_served == pytest.approx(oracle.totals(one, rows), abs=1e-5), seed


def test_a_cut_grows_no_faster_than_its_ramp():
    for seed in range(40):
        one = shortage(seed, nodes=3, steps=6, tight=0.4)
        asked = one.claim_amount[0]
        one = replace(one, cut_ramp=((one.claims[0], 0.2 * float(asked.max(initial=1.0))),))
        if not possible(one):
            continue
        cut = asked - coupled(one, even=False).served[0]
        assert np.abs(np.diff(np.append(0.0, cut))).max() <= one.cut_ramp[0][1] + 1e-6, seed


@pytest.mark.parametrize("seed", [16, 80, *range(8)])
def test_even_shares_cost_no_tier_anything_where_ramps_and_losses_tie_the_hours(seed: int):
    one = lossy_and_ramped(seed)
    if not possible(one):
        return
    evenly, anyhow = coupled(one), coupled(one, even=False)
    assert evenly.tier_served == pytest.approx(anyhow.tier_served, abs=1e-6)
    assert imbalance(one, evenly) < 1e-6


def lossy_and_ramped(seed: int) -> Instance:
    one = shortage(seed, nodes=3, steps=8, tiers=4, tight=0.6)
    draw = np.random.default_rng(seed)
    ramped = int(draw.integers(len(one.claims)))
    return replace(
        one,
        stock=np.minimum(one.stock, one.storage_capacity),
        loss=draw.uniform(0, 0.1, len(one.storages)),
        withdrawal_loss=draw.uniform(0, 0.2, len(one.storages)),
        source_ramp=one.source_available.max(axis=1) * draw.uniform(0.02, 0.3),
        cut_ramp=((one.claims[ramped], float(one.claim_amount[ramped].max() * draw.uniform(0.02, 0.3))),),
    )


def line(**changes: object) -> Instance:
    """One source, one pipe, one customer, two steps."""
    one = Instance(
        nodes=("a", "b"), steps=2, step_hours=12.0,
        pipes=("ab",), pipe_start=np.array([0]), pipe_end=np.array([1]),
        pipe_capacity=np.full((1, 2), 3.0), pipe_back=np.zeros((1, 2)),
        sources=("field", "import"), source_node=np.array([0, 1]), source_available=np.array([[5.0, 5.0], [1.0, 1.0]]),
        storages=(), storage_node=np.zeros(0, np.intp), stock=np.zeros(0), storage_capacity=np.zeros(0),
        injection=np.zeros((0, 2)), withdrawal=np.zeros((0, 2)), reserve=np.zeros(0, bool),
        tiers=("all",), claims=("town",), claim_node=np.array([1]), claim_tier=np.array([0]),
        claim_amount=np.full((1, 2), 6.0),
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def test_the_pipe_that_keeps_a_take_from_being_met_is_named_with_it():
    with pytest.raises(InfeasibleError) as caught:
        demand_possible(line(source_minimum=np.array([[8.0], [0.0]])))
    assert [problem.where for problem in caught.value.problems] == ["管道 ab", "气源 field"]
    assert "最低提取量 8 万立方米" in caught.value.problems[1].message


def test_two_takes_that_no_customer_could_use_are_named_without_the_pipe():
    with pytest.raises(InfeasibleError) as caught:
        demand_possible(line(source_minimum=np.array([[8.0], [2.0]]), claim_amount=np.full((1, 2), 4.0),
                             pipe_capacity=np.full((1, 2), 9.0)))  # fmt: skip
    assert [problem.where for problem in caught.value.problems] == ["气源 field", "气源 import"]


def test_a_customer_that_must_be_given_more_than_can_arrive():
    with pytest.raises(InfeasibleError) as caught:
        demand_possible(line(customer_minimum=(("town", 9.0),)))
    assert {problem.where for problem in caught.value.problems} == {"管道 ab", "气源 import", "用户 town"}


def test_what_is_possible_passes():
    demand_possible(line(source_minimum=np.array([[6.0], [2.0]]), customer_minimum=(("town", 8.0),)))
    assert coupled(line(source_minimum=np.array([[6.0], [2.0]]))).tier_served == pytest.approx([8.0])
