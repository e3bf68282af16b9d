"""How the arcs of a network lie in memory: sorted as SciPy reads them, and pipes between the same nodes laid together.

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
    """The arcs, forward and then backward, sorted by tail, then by head."""

    rows: Ints
    """(2 × arcs,) tail of each."""
    columns: Ints
    """(2 × arcs,) head of each."""
    starts: Bools
    """(arcs,) which lead from the start."""
    ends: Bools
    """(arcs,) which lead to the end."""
    order: Ints
    """(2 × arcs,) the arcs in the order in which they are sorted."""
    ways_back: Ints
    """(2 × arcs,) the way back of each of `order`."""
    heads: NDArray[np.int32]
    """(2 × arcs,) the head of each of `order`."""
    indptr: Ints
    """(points + 1,) where the arcs of each tail begin in `order`."""
    between: Ints
    """The arcs that touch neither start nor end, sorted."""
    between_back: Ints
    """The way back of each of `between`."""
    between_heads: NDArray[np.int32]
    """The head of each of `between`."""
    between_indptr: Ints
    """(points + 1,) where the arcs of each tail begin in `between`."""

    @classmethod
    def of(cls, tails: Ints, heads: Ints, start: int, end: int) -> Layout:
        """The layout of some arcs; start and end are the last two points."""
        rows, columns = np.concatenate([tails, heads]), np.concatenate([heads, tails])
        order = np.argsort(rows * (end + 1) + columns, kind="stable")
        between = np.flatnonzero((rows[order] < start) & (columns[order] < start))
        every = np.arange(end + 2)
        ways_back = np.where(order < len(tails), order + len(tails), order - len(tails))
        sorted_heads = columns[order].astype(np.int32)
        return cls(
            starts=tails == start,
            ends=heads == end,
            rows=rows,
            columns=columns,
            order=order,
            ways_back=ways_back,
            heads=sorted_heads,
            indptr=np.searchsorted(rows[order], every),
            between=order[between],
            between_back=ways_back[between],
            between_heads=sorted_heads[between],
            between_indptr=np.searchsorted(rows[order][between], every),
        )

    def matrix(self, kept: Bools, values: NDArray[np.int32]) -> csr_matrix:
        """Some of the arcs as SciPy reads them.

        Args:
            kept: (2 × arcs,) which of `order` are kept.
            values: one for each arc that is kept.
        """
        return _matrix(self.heads[kept], _kept(self.indptr, kept), values)

    def reaching(self, open_: Bools, points: Ints) -> Bools:
        """(points,) those from which one of `points` can be reached along open arcs between points, these included.

        Args:
            open_: (2 × arcs,) which arcs are open.
            points: where to.
        """
        kept = open_[self.between_back]  # backward
        indptr = _kept(self.between_indptr, kept)
        indptr[-1] += len(points)  # the last point, the end, leads to all that are to be reached
        indices = np.concatenate([self.between_heads[kept], points.astype(np.int32)])
        matrix = _matrix(indices, indptr, np.ones(len(indices), np.int32))
        found = np.zeros(len(indptr) - 1, bool)
        found[breadth_first_order(matrix, len(indptr) - 2, return_predecessors=False)[1:]] = True
        return found

    def together(self, open_: Bools) -> Ints:
        """(points,) a number for all that hangs together by open arcs between points.

        Args:
            open_: (2 × arcs,) which arcs are open.
        """
        kept = open_[self.between]
        indices = self.between_heads[kept]
        matrix = _matrix(indices, _kept(self.between_indptr, kept), np.ones(len(indices), np.int32))
        _, label = connected_components(matrix, directed=False)
        return np.asarray(label, np.intp)


def _kept(indptr: Ints, kept: Bools) -> NDArray[np.int32]:
    """Where the arcs of each tail begin among those that are kept."""
    before = np.zeros(len(kept) + 1, np.int32)
    np.cumsum(kept.view(np.int8), dtype=np.int32, out=before[1:])
    return before[indptr]


def _matrix(indices: NDArray[np.int32], indptr: NDArray[np.int32], values: NDArray[np.int32]) -> csr_matrix:
    points = len(indptr) - 1
    return csr_matrix((values, indices, indptr), shape=(points, points))


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
