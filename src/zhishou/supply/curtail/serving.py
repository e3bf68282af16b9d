"""An instance while it is served: the flows sent so far and what each tier has at each place, and the dispatch of it."""

from __future__ import annotations

import numpy as np

from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Dispatch, Floats, Instance

ROUNDING = 8
"""Grains below which an amount is rounding, not gas."""


class Serving:
    """An instance as it is served: the graph with all flows sent so far, and what each tier has at each place."""

    def __init__(self, instance: Instance, graph: Graph | None = None) -> None:
        self.instance = instance
        self.graph = graph or Graph(instance)
        tiers = range(len(instance.tiers))
        self.asked = [instance.wanted(tier) for tier in tiers]
        """(K × (N, H)) what each tier asks for at each node."""
        self.wanted = np.array([self.graph.whole(asked).ravel() for asked in self.asked])
        """(K, places) the same in whole grains."""
        self.upto = np.concatenate([np.zeros((1, self.graph.places)), np.cumsum(self.wanted, axis=0)])
        """(K + 1, places) what all tiers before one ask for."""
        self.given = np.zeros_like(self.wanted)
        """(K, places) what each tier is given."""

    def share_out(self, arrived: Floats) -> None:
        """Give what arrives at each place to its tiers in their order.

        Args:
            arrived: (places,) what arrives.
        """
        self.given = np.clip(arrived - self.upto[:-1], 0.0, self.wanted)

    def spare_stocks(self) -> None:
        """Undo what was drawn from stocks where other gas can stand in for it: emergency reserves are spared first."""
        graph, reserve = self.graph, self.instance.reserve
        graph.open(graph.give, 0.0)
        graph.open(graph.take, 0.0)
        for spared, sealed in ((reserve, reserve), (~reserve, np.ones_like(reserve))):
            drawn = graph.stock - graph.left[graph.release]
            if not (drawn * spared).any():
                continue
            graph.open(graph.keep, np.where(spared, drawn, 0.0))
            graph.send(sealed=sealed)
            graph.left[graph.release] += graph.back(graph.keep)
            graph.back(graph.release)[:] -= graph.back(graph.keep)
            graph.open(graph.keep, 0.0)

    def dispatch(self) -> Dispatch:
        """The whole dispatch."""
        one, graph = self.instance, self.graph
        shape = (len(one.nodes), one.steps)
        served = np.zeros_like(one.claim_amount)
        for tier, asked in enumerate(self.asked):
            mine = np.flatnonzero(one.claim_tier == tier)
            share = np.divide(self.given[tier].reshape(shape), asked, out=np.zeros(shape), where=asked > 0)
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
            tier_demand=np.array([asked.sum() for asked in self.asked]),
            tier_served=self.given.sum(axis=1),
        )
