"""An instance while it is served: the flows sent so far and what each tier has at each place, and the dispatch of it."""

from __future__ import annotations

import numpy as np

from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Dispatch, Instance

ROUNDING = 8
"""Grains below which an amount is rounding, not gas."""


class Serving:
    """An instance as it is served: the graph with all flows sent so far, and what each tier has at each place."""

    def __init__(self, instance: Instance, graph: Graph | None = None) -> None:
        self.instance = instance
        self.graph = graph or Graph(instance)
        self.wanted = [instance.wanted(tier).ravel() for tier in range(len(instance.tiers))]
        self.given = [np.zeros(self.graph.places) for _ in instance.tiers]

    def serve(self, tier: int) -> None:
        """Give a tier all that the earlier ones leave it."""
        graph = self.graph
        graph.open(graph.give, self.wanted[tier] - self.given[tier])
        graph.open(graph.take, 0.0)
        graph.send()
        self.given[tier] += graph.back(graph.give)
        full = self.wanted[tier] - self.given[tier] < ROUNDING * graph.grain
        self.given[tier][full] = self.wanted[tier][full]

    def short(self, tier: int) -> bool:
        """Whether a tier has less than it asks for anywhere."""
        lack = self.wanted[tier] - self.given[tier]
        return bool(lack.max(initial=0.0) >= ROUNDING * self.graph.grain)

    def spare_stocks(self) -> None:
        """Undo what was drawn from stocks where other gas can stand in for it: emergency reserves are spared first."""
        graph, reserve = self.graph, self.instance.reserve
        graph.open(graph.give, 0.0)
        graph.open(graph.take, 0.0)
        for spared, sealed in ((reserve, reserve), (~reserve, np.ones_like(reserve))):
            drawn = self.instance.stock - graph.left[graph.release]
            if not (drawn * spared).any():
                continue
            graph.open(graph.keep, np.where(spared, drawn, 0.0))
            closed = np.zeros(2 * graph.size, bool)
            closed[graph.release] = sealed
            graph.send(closed, coarse=True)  # less than a grain too much drawn harms nobody
            graph.left[graph.release] += graph.back(graph.keep)
            graph.open(graph.keep, 0.0)

    def dispatch(self) -> Dispatch:
        """The whole dispatch."""
        one, graph = self.instance, self.graph
        shape = (len(one.nodes), one.steps)
        served = np.zeros_like(one.claim_amount)
        for tier, given in enumerate(self.given):
            mine = np.flatnonzero(one.claim_tier == tier)
            wanted = self.wanted[tier].reshape(shape)
            share = np.divide(given.reshape(shape), wanted, out=np.zeros(shape), where=wanted > 0)
            served[mine] = one.claim_amount[mine] * share[one.claim_node[mine]]
        link = graph.sent(graph.link).reshape(len(one.storages), one.steps)
        injected, withdrawn = np.maximum(link, 0.0), np.maximum(-link, 0.0)
        level = np.concatenate([one.stock[:, None], one.stock[:, None] + np.cumsum(link, axis=1)], axis=1)
        return Dispatch(
            served=served,
            pipe_flow=graph.pipe_flow(),
            source_flow=graph.sent(graph.supply).reshape(len(one.sources), one.steps),
            injected=injected,
            withdrawn=withdrawn,
            level=np.maximum(level, 0.0),
            tier_demand=np.array([wanted.sum() for wanted in self.wanted]),
            tier_served=np.array([given.sum() for given in self.given]),
        )
