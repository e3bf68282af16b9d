"""Even shares where storages tie the hours: level to the last claim."""

from __future__ import annotations

import numpy as np
import pytest
from supply.curtail import oracle
from supply.curtail.shortages import imbalance, overstep, stored

from zhishou.supply.curtail.linear import coupled
from zhishou.supply.curtail.tiers import lossless


def test_the_least_share_is_as_large_as_it_can_be():
    for seed in range(24):
        one = stored(seed, steps=4)
        answer = lossless(one).dispatch()
        assert imbalance(one, answer) < 1e-7, seed
        assert overstep(one, answer) < 1e-7, seed
        for tier in range(len(one.tiers)):
            mine = one.claim_tier == tier
            asked = one.claim_amount[mine]
            if not (asked > 0).any():
                continue
            share = (answer.served[mine][asked > 0] / asked[asked > 0]).min()
            best = oracle.least_share(one, tier, list(answer.tier_served[:tier]), float(answer.tier_served[tier]))
            assert share == pytest.approx(best, abs=2e-6), (seed, tier)


def test_every_claim_has_what_the_linear_program_gives_it():
    """Max–min shares are unique: levelling all tiers at once and one after another must come to the same."""
    for seed in range(30):
        one = stored(seed, steps=5)
        by_flow, by_program = lossless(one).dispatch(), coupled(one)
        assert np.abs(by_flow.served - by_program.served).max() < 1e-3, seed
