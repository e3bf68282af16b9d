"""A made-up city's gas network in a cold week: the shortages that the benchmark of curtailment is run on.

It stands alone because the measuring process, the process whose memory is measured and the peers all build the same
instance from the same few numbers. Amounts are 万立方米 per hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import breadth_first_order, minimum_spanning_tree
from scipy.spatial import Delaunay

from zhishou.supply.curtail.instance import Instance

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]

TIERS = ("homes", "hospitals", "heating", "commerce", "industry", "power")
SHARE_OF_DEMAND = np.array([0.22, 0.05, 0.28, 0.10, 0.20, 0.15])
AT_A_NODE = np.array([0.9, 0.2, 0.6, 0.6, 0.35, 0.08])
"""How likely a node has customers of a class."""
FEELS_COLD = np.array([0.35, 0.15, 0.55, 0.15, 0.0, 0.15])
"""How much more a class asks for at the worst of the cold wave."""


@dataclass(frozen=True, slots=True)
class Size:
    """What an instance is made of; the same numbers give the same instance."""

    nodes: int = 200
    hours: int = 168
    storages: int = 12
    supply: float = 0.85
    """What sources and stocks hold over the horizon, as a share of what is asked for."""
    seed: int = 1

    @property
    def pipes(self) -> int:
        """Three pipes to every two nodes: a tree and loops."""
        return self.nodes * 3 // 2


def city(size: Size) -> Instance:
    """The instance of a size.

    One claim to a node and class, so that nobody gains by adding claims up.
    """
    draw = np.random.default_rng(size.seed)
    places = draw.normal(size=(size.nodes, 2)) * draw.uniform(0.3, 1.0, (size.nodes, 1))
    start, end, tree = _streets(places, size.pipes)
    sources = max(3, size.nodes // 40)
    storages = draw.choice(size.nodes, size.storages, replace=False)
    edge = np.argsort(-np.hypot(*places.T))
    source_node = np.sort(draw.choice(edge[: 4 * sources], sources, replace=False))
    claim_node, claim_tier, amount = _claims(draw, size)
    asked = float(amount.sum())

    # Stocks hold a twelfth of an hour's mean demand for every hour: what a cold wave of two days takes beyond the rest.
    stock_share = 0.06
    part = draw.dirichlet(np.full(size.storages, 4.0))
    stock = asked * stock_share * part
    fillable = np.arange(size.storages) % 2 == 0
    room = stock * np.where(fillable, draw.uniform(1.5, 3.0, size.storages), draw.uniform(1.0, 1.3, size.storages))
    empties_in = draw.uniform(12.0, 60.0, size.storages)
    even = np.ones(size.hours)

    split = draw.dirichlet(np.full(sources, 6.0))
    mean = asked * (size.supply - stock_share) / size.hours
    available = mean * split[:, None] * _wobble(draw, sources, size.hours)
    available *= asked * (size.supply - stock_share) / available.sum()

    peak = np.zeros(size.nodes)
    np.add.at(peak, claim_node, np.quantile(amount, 0.9, axis=1))
    net = np.repeat(peak[:, None], 8, axis=1)
    for feeding in range(8):  # laid for whichever source does most of the work
        np.add.at(net[:, feeding], source_node, -peak.sum() * draw.dirichlet(6.0 * sources * split))
    capacity = _sized(draw, (start, end, tree), net, stock / empties_in, storages)
    one_way = draw.random(size.pipes) < 0.1
    return Instance(
        nodes=tuple(f"node {i}" for i in range(size.nodes)),
        steps=size.hours,
        step_hours=1.0,
        pipes=tuple(f"pipe {i}" for i in range(size.pipes)),
        pipe_start=start,
        pipe_end=end,
        pipe_capacity=capacity[:, None] * even,
        pipe_back=np.where(one_way, 0.2 * capacity, capacity)[:, None] * even,
        sources=tuple(f"source {i}" for i in range(sources)),
        source_node=source_node.astype(np.intp),
        source_available=available,
        storages=tuple(f"storage {i}" for i in range(size.storages)),
        storage_node=storages.astype(np.intp),
        stock=stock,
        storage_capacity=room,
        injection=np.where(fillable, room / 36.0, 0.0)[:, None] * even,
        withdrawal=(room / empties_in)[:, None] * even,
        reserve=np.arange(size.storages) % 6 == 1,
        tiers=TIERS,
        claims=tuple(f"customer {i}" for i in range(len(claim_node))),
        claim_node=claim_node,
        claim_tier=claim_tier,
        claim_amount=amount,
    )


def _streets(places: Floats, pipes: int) -> tuple[Ints, Ints, npt.NDArray[np.bool_]]:
    """Pipes between neighbours: the shortest tree, and then the shortest others; and which are of the tree."""
    corners = Delaunay(places).simplices
    pairs = np.unique(
        np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1), axis=0
    )
    length = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    count = len(places)
    shortest = minimum_spanning_tree(coo_matrix((length, pairs.T), shape=(count, count)).tocsr()).tocoo()
    keys = pairs[:, 0] * count + pairs[:, 1]
    tree = np.isin(
        keys, np.minimum(shortest.row, shortest.col).astype(np.intp) * count + np.maximum(shortest.row, shortest.col)
    )
    kept = np.lexsort((length, ~tree))[:pipes]
    return pairs[kept, 0].astype(np.intp), pairs[kept, 1].astype(np.intp), tree[kept]


def _claims(draw: np.random.Generator, size: Size) -> tuple[Ints, Ints, Floats]:
    """Node and class of every claim, and what it asks for in every hour."""
    there = draw.random((size.nodes, len(TIERS))) < AT_A_NODE
    there[:, 0] |= ~there.any(axis=1)
    there[0] = True
    node, tier = np.nonzero(there)
    weight = draw.lognormal(0.0, 0.8, len(node))
    weight *= SHARE_OF_DEMAND[tier] / np.bincount(tier, weight)[tier]
    hour = np.arange(size.hours)
    of_day = hour % 24
    two_peaks = (
        1
        + 0.5 * np.exp(-(((of_day - 7) / 2.0) ** 2))
        + 0.7 * np.exp(-(((of_day - 18.5) / 2.5) ** 2))
        - 0.35 * (of_day < 5)
    )
    daytime = 0.6 + 0.8 * np.exp(-(((of_day - 13) / 5.0) ** 2))
    steady = 1 + 0.08 * np.cos((of_day - 4) / 24 * 2 * np.pi)
    courses = np.stack([two_peaks, steady, steady, daytime, np.ones(size.hours), daytime])
    wave = np.exp(-(((hour - size.hours / 2) / max(size.hours / 8, 1.0)) ** 2))
    courses = courses * (1 + FEELS_COLD[:, None] * wave)
    amount = weight[:, None] * courses[tier] * draw.uniform(0.9, 1.1, (len(node), size.hours))
    return node.astype(np.intp), tier.astype(np.intp), amount * size.nodes / 10


def _wobble(draw: np.random.Generator, count: int, hours: int) -> Floats:
    """What is available of a source from day to day, as a share of its usual."""
    daily = draw.uniform(0.9, 1.1, (count, hours // 24 + 1))
    return np.repeat(daily, 24, axis=1)[:, :hours]


def _sized(
    draw: np.random.Generator,
    streets: tuple[Ints, Ints, npt.NDArray[np.bool_]],
    net: Floats,
    rate: Floats,
    storages: Ints,
) -> Floats:
    """Capacities: what the tree alone would carry on a cold day, with scatter, so that some pipes bind.

    Args:
        draw: where chance comes from.
        streets: start and end of every pipe, and whether it is of the tree.
        net: (N, cases) what leaves the network at each node less what enters, in a cold hour.
        rate: (G,) what storages give; their node's pipes are laid to carry it.
        storages: (G,) their nodes.
    """
    start, end, tree = streets
    count = len(net)
    ones = np.ones(int(tree.sum()))
    order, before = breadth_first_order(
        coo_matrix((ones, (start[tree], end[tree])), shape=(count, count)), 0, directed=False
    )
    below = net.copy()
    for node in order[:0:-1]:
        below[before[node]] += below[node]
    child = np.where(before[start] == end, start, end)
    carried = np.abs(below[child]).max(axis=1)
    usual = np.median(carried[tree])
    carried = np.where(tree, np.maximum(carried, 0.3 * usual), usual * draw.lognormal(0.3, 0.6, len(start)))
    own = np.zeros(count)
    np.add.at(own, storages, rate)
    return carried * draw.lognormal(0.25, 0.25, len(start)) + np.maximum(own[start], own[end])
