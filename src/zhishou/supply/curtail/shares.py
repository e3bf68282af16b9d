"""Even shares within a tier, as far as the network allows: max–min of the part served.

All tiers are levelled at once: where one of them falls short, no gas passes to or from the rest. Each part that hangs
together is moved toward its mean share; where the network does not allow it, what still lacks gas and all that could
send it some share what is there on one side of the cut, the rest shares the rest; and so on in each part.
"""

from __future__ import annotations

import numpy as np

from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Floats, Ints
from zhishou.supply.curtail.serving import ROUNDING, Serving


def level_out(serving: Serving, marginal: Ints) -> int:
    """Level the shares of the tiers that fall short; their totals stay.

    Args:
        serving: all tiers served in order.
        marginal: (points,) the tier to be levelled at each point; −1 where none is.

    Returns:
        How many flows it took.
    """
    graph = serving.graph
    tier = marginal[: graph.places]
    live = np.flatnonzero(tier >= 0)
    wanted, given = np.zeros(graph.places), np.zeros(graph.places)
    wanted[live] = serving.wanted[tier[live], live]
    given[live] = serving.given[tier[live], live]
    every = live
    live = live[wanted[live] > 0]
    part = _split(graph, marginal)
    flows = 0
    while live.size:
        excess = given[live] - _even(graph, part[live], wanted[live], given[live])
        for arcs, amounts in ((graph.give, -excess), (graph.take, excess)):
            graph.open(arcs, 0.0)
            graph.left[arcs.start + live] = np.maximum(amounts, 0.0)
        graph.send(part)
        flows += 1
        given += graph.back(graph.give) - graph.back(graph.take)
        missing = live[graph.left[graph.give][live] > ROUNDING * graph.grain]
        inside = graph.behind(missing, graph.inner(part))
        cut = np.zeros(part.max() + 1, bool)
        cut[part[missing]] = True
        part = np.where((part >= 0) & cut[part], 2 * part + inside, -1)
        part = _split(graph, part)
        live = live[part[live] >= 0]
    serving.given[tier[every], every] = given[every]
    return flows


def _even(graph: Graph, part: Ints, wanted: Floats, given: Floats) -> Floats:
    """What each place of some parts would have, were the part's gas shared evenly; in whole grains."""
    order = np.argsort(part, kind="stable")
    mine = part[order]
    have, ask = np.bincount(mine, given[order]), np.bincount(mine, wanted[order])
    sums = np.cumsum(wanted[order] * (have / np.where(ask > 0, ask, 1.0))[mine]) / graph.grain
    even = np.empty(len(order))
    even[order] = np.diff(np.rint(sums), prepend=0.0) * graph.grain  # sums are whole where a part ends
    return even


def _split(graph: Graph, part: Ints) -> Ints:
    """The parts cut further into what hangs together; points outside stay outside."""
    passable = graph.inner(part) & (graph.left[: graph.size] + graph.left[graph.size :] > 0)
    return np.where(part >= 0, graph.layout.together(np.concatenate([passable, passable])), -1)
