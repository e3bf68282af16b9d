"""Even shares within a tier that falls short: every claim the same share of what it asks for, where the network allows.

Where it does not, the shares are max–min: nobody's could rise without lowering one that is no larger. Among the points of the
polymatroid this is the lexicographically optimal base (Fujishige 1980). It is found by cutting: ask for the mean
share everywhere; whoever cannot have it lies behind a tight cut and shares what passes the cut, the rest shares
the rest; and so on in each part. All parts are tried in one flow.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.instance import Ints
from zhishou.supply.curtail.serving import ROUNDING, Serving


def level_out(serving: Serving, tier: int) -> int:
    """Level the shares of a tier that has just been served; its total stays.

    Returns:
        How many flows it took.
    """
    graph = serving.graph
    wanted, given = serving.wanted[tier], serving.given[tier]
    short = wanted - given > ROUNDING * graph.grain
    if not short.any():
        return 0
    part = np.full(graph.end + 1, -1, np.intp)
    part[graph.behind(np.flatnonzero(short), None, graph.grain)] = 0
    part = settled = _split(graph, part)
    live = np.flatnonzero((part[: graph.places] >= 0) & (wanted > 0))
    every = live
    flows = 1
    grain = 1.0 / graph.scale
    while live.size:
        _move(serving, tier, part, live, coarse=True)
        flows += 1
        missing = live[graph.left[graph.give][live] > ROUNDING * grain]
        inside = np.zeros(graph.end + 1, bool)
        inside[graph.behind(missing, part, grain)] = True
        cut = np.zeros(part.max() + 1, bool)
        cut[part[(part >= 0) & ~inside]] = True
        cut &= np.isin(np.arange(len(cut)), part[missing])  # a part that no cut divides is short by rounding alone
        part = np.where((part >= 0) & cut[part], part, -1)
        part = _split(graph, np.where(part >= 0, 2 * part + inside, -1))
        settled = np.where(part >= 0, part + settled.max() + 1, settled)
        live = live[part[live] >= 0]
    _move(serving, tier, settled, every, coarse=False)
    graph.open(graph.give, 0.0)
    graph.open(graph.take, 0.0)
    return flows


def _move(serving: Serving, tier: int, part: Ints, live: Ints, *, coarse: bool) -> None:
    """Move gas within each part toward its mean share, as far as the part lets it."""
    graph, wanted, given = serving.graph, serving.wanted[tier], serving.given[tier]
    mine = part[live]
    have = np.bincount(mine, given[live], minlength=part.max() + 1)
    ask = np.bincount(mine, wanted[live], minlength=part.max() + 1)
    excess = given[live] - wanted[live] * np.divide(have, ask, out=np.zeros_like(have), where=ask > 0)[mine]
    give, take = np.zeros(graph.places), np.zeros(graph.places)
    give[live], take[live] = np.maximum(-excess, 0.0), np.maximum(excess, 0.0)
    graph.open(graph.give, give)
    graph.open(graph.take, take)
    graph.send(graph.closed(part), coarse=coarse)
    given[live] += graph.back(graph.give)[live] - graph.back(graph.take)[live]


def _split(graph: Graph, part: Ints) -> Ints:
    """The parts cut further into what hangs together; points outside stay outside."""
    inner = graph.inner(part)
    passable = graph.left[: graph.size] + graph.left[graph.size :] > 0
    use = np.flatnonzero(inner & passable)
    count = graph.end + 1
    matrix = coo_matrix((np.ones(len(use), np.int8), (graph.tails[use], graph.heads[use])), shape=(count, count))
    _, label = connected_components(matrix, directed=False)
    return np.where(part >= 0, label.astype(np.intp), -1)
