"""How the arcs of a network lie in memory: sorted by where they lead from, and pipes between the same nodes laid together.

It stands alone because it depends on where things stand and not on amounts, so that a what-if can use it again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from zhishou.supply.curtail.instance import Floats, Instance, Ints

Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Layout:
    """The arcs and their ways back, and in what order they are gone through."""

    starts: Bools
    """(arcs,) which lead from the start."""
    ends: Bools
    """(arcs,) which lead to the end."""
    order: Ints
    """The arcs that touch neither start nor end, sorted."""
    first: NDArray[np.int32]
    """(points + 1,) where the arcs of each tail begin in `order`; start and end are no points here."""
    heads: NDArray[np.int32]
    """The head of each of `order`."""
    back: NDArray[np.int32]
    """The place in `order` of the way back of each."""

    @classmethod
    def of(cls, tails: Ints, heads: Ints, start: int, end: int) -> Layout:
        """The layout of some arcs; start and end are the last two points."""
        from_, to = np.concatenate([tails, heads]), np.concatenate([heads, tails])
        between = np.flatnonzero((from_ < start) & (to < start))
        order = between[np.argsort(from_[between] * (end + 1) + to[between], kind="stable")]
        place = np.zeros(len(from_), np.int32)
        place[order] = np.arange(len(order))
        return cls(
            starts=tails == start,
            ends=heads == end,
            order=order,
            first=np.searchsorted(from_[order], np.arange(start + 1)).astype(np.int32),
            heads=to[order].astype(np.int32),
            back=place[np.where(order < len(tails), order + len(tails), order - len(tails))],
        )

    def reaching(self, open_: Bools, points: Ints) -> Bools:
        """(points,) those from which one of `points` can be reached along open arcs between points, these included.

        Args:
            open_: (2 × arcs,) which arcs are open.
            points: where to.
        """
        kept = open_[self.order][self.back]  # backward
        first = np.append(_kept(self.first, kept), kept.sum() + len(points))  # one more point leads to all of these
        found = np.zeros(len(self.first) + 1, bool)
        indices = np.concatenate([self.heads[kept], points])
        matrix = _matrix(indices.astype(np.int32), first.astype(np.int32))
        found[breadth_first_order(matrix, len(first) - 2, return_predecessors=False)[1:]] = True
        return found

    def together(self, open_: Bools) -> Ints:
        """(points,) a number for all that hangs together by open arcs between points.

        Args:
            open_: (2 × arcs,) which arcs are open.
        """
        kept = open_[self.order]
        _, label = connected_components(_matrix(self.heads[kept], _kept(self.first, kept)), directed=False)
        return np.append(np.asarray(label, np.intp), [-1, -1])


def _kept(first: NDArray[np.int32], kept: Bools) -> NDArray[np.int32]:
    """Where the arcs of each tail begin among those that are kept."""
    before = np.zeros(len(kept) + 1, np.int32)
    np.cumsum(kept.view(np.int8), dtype=np.int32, out=before[1:])
    return before[first]


def _matrix(indices: NDArray[np.int32], indptr: NDArray[np.int32]) -> csr_matrix:
    points = len(indptr) - 1
    return csr_matrix((np.ones(len(indices), np.int8), indices, indptr), shape=(points, points))


@dataclass(frozen=True, eq=False)
class Lanes:
    """Pipes between the same two nodes as one: what goes between the nodes is shared among them by capacity."""

    low: Ints
    high: Ints
    up: Floats
    down: Floats
    lane: Ints
    """(P,) lane of each pipe."""
    along: Bools
    """(P,) whether the pipe runs from the lane's low node to its high node."""

    @classmethod
    def of(cls, one: Instance) -> Lanes:
        """The lanes of an instance."""
        low, high = np.minimum(one.pipe_start, one.pipe_end), np.maximum(one.pipe_start, one.pipe_end)
        along = one.pipe_start <= one.pipe_end
        keys, lane = np.unique(low * len(one.nodes) + high, return_inverse=True)
        up, down = np.zeros((len(keys), one.steps)), np.zeros((len(keys), one.steps))
        ahead, back = np.minimum(one.pipe_capacity, one.most), np.minimum(one.pipe_back, one.most)
        np.add.at(up, lane, np.where(along[:, None], ahead, back))
        np.add.at(down, lane, np.where(along[:, None], back, ahead))
        return cls(keys // len(one.nodes), keys % len(one.nodes), up, down, lane, along)

    def shared(self, net: Floats, one: Instance) -> Floats:
        """(P, H) flow in each pipe, from (lanes, H) what goes up each lane."""
        net = net[self.lane]
        room = np.where(net >= 0, self.up[self.lane], self.down[self.lane])
        own = np.where((net >= 0) == self.along[:, None], one.pipe_capacity, one.pipe_back)
        share = np.divide(np.minimum(own, one.most), room, out=np.zeros_like(own), where=room > 0)
        return np.where(self.along[:, None], net, -net) * share
