"""Published greatest flows, as shortages of one step: gas at one end, a demand without bound at the other."""

from __future__ import annotations

import numpy as np
import pytest
from supply.curtail.shortages import imbalance

from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.linear import coupled
from zhishou.supply.curtail.tiers import lossless

PUBLISHED = {
    # the sample of the DIMACS format for greatest flows: 6 nodes, 8 arcs
    "DIMACS": (6, 0, 5, [(0, 1, 5), (0, 2, 15), (1, 3, 5), (1, 4, 5), (2, 3, 5), (2, 4, 5), (3, 5, 15), (4, 5, 5)], 15),
    # Google OR-Tools' example of greatest flows: 5 nodes, 9 arcs
    "OR-Tools": (5, 0, 4, [(0, 1, 20), (0, 2, 30), (0, 3, 10), (1, 2, 40), (1, 4, 30), (2, 3, 10), (2, 4, 20),
                           (3, 2, 5), (3, 4, 20)], 60),
    # Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms, figure 26.1
    "CLRS": (6, 0, 5, [(0, 1, 16), (0, 2, 13), (2, 1, 4), (1, 3, 12), (3, 2, 9), (2, 4, 14), (4, 3, 7), (3, 5, 20),
                       (4, 5, 4)], 23),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_greatest_flow_is_the_published_one(name: str):
    nodes, gate, town, pipes, flow = PUBLISHED[name]
    none = np.zeros((0, 1))
    one = Instance(
        nodes=tuple(map(str, range(nodes))), steps=1, step_hours=24.0,
        pipes=tuple(f"{a}-{b}" for a, b, _ in pipes),
        pipe_start=np.array([a for a, _, _ in pipes]), pipe_end=np.array([b for _, b, _ in pipes]),
        pipe_capacity=np.array([[float(c)] for _, _, c in pipes]), pipe_back=np.zeros((len(pipes), 1)),
        sources=("gate",), source_node=np.array([gate]), source_available=np.array([[1e4]]),
        storages=(), storage_node=np.zeros(0, np.intp), stock=np.zeros(0), storage_capacity=np.zeros(0),
        injection=none, withdrawal=none, reserve=np.zeros(0, bool),
        tiers=("all",), claims=("town",), claim_node=np.array([town]), claim_tier=np.array([0]),
        claim_amount=np.array([[1e4]]),
    )  # fmt: skip
    by_flow, by_program = lossless(one).dispatch(), coupled(one)
    assert by_flow.tier_served == pytest.approx([flow], abs=1e-6)
    assert by_program.tier_served == pytest.approx([flow], abs=1e-6)
    assert imbalance(one, by_flow) < 1e-7
