"""Random shortages for the tests: tight and loose, with and without storage, a network, reserves and one-way pipes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from zhishou.supply.curtail.instance import Dispatch, Instance


def shortage(seed: int, *, nodes: int = 6, steps: int = 6, tiers: int = 4, tight: float | None = None) -> Instance:
    """A random shortage, the same for the same seed."""
    draw = np.random.default_rng(seed)
    nodes = int(draw.integers(1, nodes + 1))
    steps = int(draw.integers(1, steps + 1))
    tiers = int(draw.integers(1, tiers + 1))
    tight = float(draw.uniform(0.3, 1.3)) if tight is None else tight
    pipes = int(draw.integers(nodes - 1, 2 * nodes)) if nodes > 1 else 0
    start = draw.integers(0, nodes, pipes)
    end = (start + draw.integers(1, nodes, pipes)) % nodes if nodes > 1 else start
    claims = int(draw.integers(1, 3 * nodes + 1))
    amount = np.round(draw.gamma(1.5, 2.0, (claims, steps)), 2) * (draw.random((claims, steps)) < 0.9)
    sources = int(draw.integers(1, 4))
    total = max(amount.sum() / steps, 0.1)
    available = tight * total * draw.dirichlet(np.ones(sources))[:, None] * draw.uniform(0.7, 1.3, (sources, steps))
    storages = int(draw.integers(0, 4))
    room = draw.uniform(0.2, 2.0, storages) * total
    fill = draw.random(storages) * (draw.random(storages) < 0.9)
    capacity = draw.gamma(2.0, total / 4, (pipes, 1)) * draw.uniform(0.8, 1.2, (pipes, steps))
    return Instance(
        nodes=tuple(f"n{i}" for i in range(nodes)),
        steps=steps,
        step_hours=1.0,
        pipes=tuple(f"p{i}" for i in range(pipes)),
        pipe_start=start.astype(np.intp),
        pipe_end=end.astype(np.intp),
        pipe_capacity=capacity,
        pipe_back=capacity * (draw.random((pipes, 1)) < 0.6),
        sources=tuple(f"s{i}" for i in range(sources)),
        source_node=draw.integers(0, nodes, sources).astype(np.intp),
        source_available=available,
        storages=tuple(f"g{i}" for i in range(storages)),
        storage_node=draw.integers(0, nodes, storages).astype(np.intp),
        stock=room * fill,
        storage_capacity=room,
        injection=np.repeat((room / 3 * (draw.random(storages) < 0.6))[:, None], steps, axis=1),
        withdrawal=np.repeat((room / 2)[:, None], steps, axis=1),
        reserve=draw.random(storages) < 0.4,
        tiers=tuple(f"t{i}" for i in range(tiers)),
        claims=tuple(f"c{i}" for i in range(claims)),
        claim_node=draw.integers(0, nodes, claims).astype(np.intp),
        claim_tier=draw.integers(0, tiers, claims).astype(np.intp),
        claim_amount=amount,
    )


def stored(seed: int, *, steps: int = 9) -> Instance:
    """A shortage with storages that can be filled and in which the hours differ much, so that gas is worth shifting."""
    one = shortage(seed, nodes=6, steps=steps, tiers=4)
    draw = np.random.default_rng(seed)
    total = float(one.claim_amount.sum()) / one.steps + 0.1
    count = int(draw.integers(1, 4))
    room = draw.uniform(0.3, 2.0, count) * total
    fillable = draw.random((count, 1)) < 0.8
    return replace(
        one,
        source_available=one.source_available * draw.uniform(0.2, 1.8, one.source_available.shape),
        storages=tuple(f"g{i}" for i in range(count)),
        storage_node=draw.integers(0, len(one.nodes), count).astype(np.intp),
        stock=room * draw.choice([0.0, 0.5, 1.0, draw.random()], count),
        storage_capacity=room,
        injection=np.where(fillable, room[:, None] * draw.uniform(0.0, 0.6, (count, one.steps)), 0.0),
        withdrawal=room[:, None] * draw.uniform(0.0, 0.8, (count, one.steps)),
        reserve=draw.random(count) < 0.4,
    )


def imbalance(one: Instance, answer: Dispatch) -> float:
    """The greatest amount by which gas appears or vanishes at any node and step, 万立方米."""
    net = np.zeros((len(one.nodes), one.steps))
    lost = one.withdrawal_loss if len(one.withdrawal_loss) else np.zeros(len(one.storages))
    np.add.at(net, one.source_node, answer.source_flow)
    np.add.at(net, one.storage_node, answer.withdrawn * (1 - lost[:, None]) - answer.injected)
    np.add.at(net, one.claim_node, -answer.served)
    np.add.at(net, one.pipe_start, -answer.pipe_flow)
    np.add.at(net, one.pipe_end, answer.pipe_flow)
    return float(np.abs(net).max(initial=0.0))


def overstep(one: Instance, answer: Dispatch) -> float:
    """The greatest amount by which any bound is broken, 万立方米."""
    kept = 1 - one.loss if len(one.loss) else np.ones(len(one.storages))
    level = answer.level
    steps = level[:, :-1] * kept[:, None] + answer.injected - answer.withdrawn - level[:, 1:]
    return max(
        float(np.max(excess, initial=0.0))
        for excess in (
            answer.pipe_flow - one.pipe_capacity,
            -answer.pipe_flow - one.pipe_back,
            answer.source_flow - one.source_available,
            -answer.source_flow,
            answer.injected - one.injection,
            -answer.injected,
            answer.withdrawn - one.withdrawal,
            -answer.withdrawn,
            level - np.maximum(one.storage_capacity, one.stock)[:, None],
            -level,
            np.abs(steps),
            answer.served - one.claim_amount,
            -answer.served,
            np.abs(level[:, 0] - one.stock),
        )
    )
