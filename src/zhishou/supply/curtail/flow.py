"""The time-expanded network of a shortage and the greatest flows through it.

It stands alone because tiers, even shares and what-ifs all send gas through the same arcs. Flows come from SciPy's
implementation of Dinic's algorithm, on whole numbers; a second, finer pass takes up what the first rounded away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from zhishou.supply.curtail.instance import Dispatch, Floats, Instance, Ints

_BITS = 29
"""SciPy counts in whole numbers of 31 bits; what is left of an arc can grow to twice what it was."""


@dataclass(frozen=True, slots=True)
class _Arcs:
    """Some arcs before the graph is fixed."""

    tails: Ints
    heads: Ints
    forward: Floats
    backward: Floats


class Graph:
    """The network, one copy a step, and what is left of every arc as flows are sent through it.

    Points: place × step, source × step, the state of a storage (one a step where it can be filled, else one for the
    whole horizon), a start and an end. `left` holds for every arc what may still be sent along it: first forward, then
    backward. A storage's stock lies in it to the end of the horizon; `release` draws on it, `keep` gives it back.

    Args:
        instance: the shortage.
        like: a graph of the same things in other amounts, whose layout can be used again.
    """

    def __init__(self, instance: Instance, like: Graph | None = None) -> None:
        self.instance = one = instance
        steps = one.steps
        self.places = len(one.nodes) * steps
        step = np.arange(steps)
        supply = self.places + np.arange(len(one.sources) * steps, dtype=np.intp).reshape(-1, steps)
        fillable: NDArray[np.bool_] = np.asarray(one.injection.any(axis=1))
        counts = np.where(fillable, steps, 1)
        begins = self.places + supply.size + np.cumsum(counts) - counts
        state = begins[:, None] + np.where(fillable[:, None], step, 0)
        self.start = int(self.places + supply.size + counts.sum())
        self.end = self.start + 1
        self.filled = np.flatnonzero(fillable)
        self._parts: list[_Arcs] = []

        def at(nodes: Ints) -> Ints:
            return np.asarray(nodes, np.intp)[:, None] * steps + step

        self._lanes = _Lanes.of(one)
        self.pipes = self._add(at(self._lanes.low), at(self._lanes.high), self._lanes.up, self._lanes.down)
        self.supply = self._add(self.start, supply, one.source_available)
        never_binding = 2 * one.source_available  # and, unlike no bound at all, no wider than what passes
        self.entry = self._add(supply, at(one.source_node), never_binding)
        self.link = self._add(at(one.storage_node), state, one.injection, one.withdrawal)
        carried = np.repeat(one.stock[self.filled, None], max(steps - 1, 0), axis=1)
        room = one.storage_capacity[self.filled, None] - carried
        self.carry = self._add(state[self.filled, :-1], state[self.filled, 1:], room, carried)
        self.keep = self._add(state[:, -1], self.end, 0.0)
        self.release = self._add(self.start, state[:, -1], one.stock)
        everywhere = np.arange(self.places, dtype=np.intp)
        self.give = self._add(everywhere, self.end, 0.0)
        self.take = self._add(self.start, everywhere, 0.0)
        self._fix(like)

    def _add(
        self, tails: Ints | int, heads: Ints | int, forward: Floats | float, backward: Floats | float = 0.0
    ) -> slice:
        spread = np.broadcast_arrays(tails, heads, forward, backward)
        begin = sum(part.tails.size for part in self._parts)
        self._parts.append(
            _Arcs(
                spread[0].ravel().astype(np.intp),
                spread[1].ravel().astype(np.intp),
                spread[2].ravel().astype(float),
                spread[3].ravel().astype(float),
            )
        )
        return slice(begin, begin + spread[0].size)

    def _fix(self, like: Graph | None) -> None:
        """Lay the arcs out as SciPy reads them, and bound what is boundless."""
        one = self.instance
        self.tails = np.concatenate([part.tails for part in self._parts])
        self.heads = np.concatenate([part.heads for part in self._parts])
        self.size = self.tails.size
        ahead = np.concatenate([part.forward for part in self._parts])
        behind = np.concatenate([part.backward for part in self._parts])
        self.left = np.minimum(np.concatenate([ahead, behind]), one.most)
        self.forward = self.left[: self.size].copy()
        del self._parts
        self.layout: _Layout
        if like is not None and np.array_equal(like.tails, self.tails) and np.array_equal(like.heads, self.heads):
            self.layout = like.layout
        else:
            self.layout = _Layout.of(self.tails, self.heads, self.start, self.end)
        self.rows, self.columns = self.layout.rows, self.layout.columns
        largest = float((self.left[: self.size] + self.left[self.size :]).max(initial=0.0))
        room = np.minimum(one.injection, one.storage_capacity[:, None])
        in_a_step = one.claim_amount.sum(axis=0) + room.sum(axis=0)  # what could meet at one place
        widest = max(largest, float(in_a_step.max(initial=0.0)), 1e-9)
        self.scale = 2.0 ** (_BITS - int(np.ceil(np.log2(widest))))
        if like is not None:  # its flows are laid into this one and must fit
            self.scale = min(self.scale, like.scale)
        spread = max(int(np.ceil(np.log2(self.places + 1))) + 1, 10)  # what one grain at every place adds up to
        self.finer = self.scale * 2.0 ** (_BITS - spread)
        self.grain = 1.0 / self.finer

    def back(self, arcs: slice) -> Floats:
        """What may still be sent backward along some arcs; a view into `left`."""
        behind: Floats = self.left[arcs.start + self.size : arcs.stop + self.size]
        return behind

    def sent(self, arcs: slice) -> Floats:
        """The net flow along some arcs, 万立方米 per step; negative where it runs backward."""
        net: Floats = self.forward[arcs] - self.left[arcs]
        return net

    def lay(self, answer: Dispatch) -> None:
        """Lay the flows of a dispatch into a graph through which nothing has been sent yet."""
        one, lanes = self.instance, self._lanes
        net = np.zeros((len(lanes.low), one.steps))
        np.add.at(net, lanes.lane, np.where(lanes.along[:, None], answer.pipe_flow, -answer.pipe_flow))
        link = answer.injected - answer.withdrawn
        carried = answer.level[self.filled, 1:-1] - one.stock[self.filled, None]
        drawn = one.stock - answer.level[:, -1]
        for arcs, flow in (
            (self.pipes, net),
            (self.supply, answer.source_flow),
            (self.entry, answer.source_flow),
            (self.link, link),
            (self.carry, carried),
            (self.release, drawn),
        ):
            self.left[arcs] = np.maximum(self.left[arcs] - flow.ravel(), 0.0)
            self.back(arcs)[:] = np.maximum(self.back(arcs) + flow.ravel(), 0.0)

    def inner(self, part: Ints) -> NDArray[np.bool_]:
        """(arcs,) the arcs that run within one part; points of part −1 belong to none."""
        at_tail, at_head = part[self.tails], part[self.heads]
        within: NDArray[np.bool_] = (at_tail == at_head) & (at_tail >= 0)
        return within

    def closed(self, part: Ints) -> NDArray[np.bool_]:
        """(2 × arcs,) the arcs that do not run within one part; to give and to take at a place stays open."""
        inner = self.inner(part)
        inner[self.give] = inner[self.take] = True
        return ~np.concatenate([inner, inner])

    def behind(self, points: Ints, part: Ints | None, grain: float) -> Ints:
        """The points from which a grain of gas could still reach one of `points`, within their parts."""
        open_ = self.left >= grain
        if part is not None:
            open_ &= ~self.closed(part)
        open_[self.layout.ends] = False
        kept = open_[self.layout.order_back]
        indptr = np.concatenate([[0], np.cumsum(kept)])[self.layout.indptr]
        indices = np.concatenate([self.layout.indices[kept], points]).astype(np.int32)  # the end leads to all points
        indptr[self.end + 1] += len(points)
        matrix = csr_matrix(
            (np.ones(len(indices), np.int8), indices, indptr.astype(np.int32)), shape=(self.end + 1, self.end + 1)
        )
        found = breadth_first_order(matrix, self.end, return_predecessors=False)
        return np.asarray(found[1:], np.intp)

    def pipe_flow(self) -> Floats:
        """(P, H) flow in each pipe of the instance, negative where it runs backward."""
        one, lanes = self.instance, self._lanes
        net = self.sent(self.pipes).reshape(len(lanes.low), one.steps)[lanes.lane]
        room = np.where(net >= 0, lanes.up[lanes.lane], lanes.down[lanes.lane])
        own = np.where((net >= 0) == lanes.along[:, None], one.pipe_capacity, one.pipe_back)
        share = np.divide(np.minimum(own, one.most), room, out=np.zeros_like(own), where=room > 0)
        return np.where(lanes.along[:, None], net, -net) * share

    def open(self, arcs: slice, amounts: Floats | float) -> None:
        """Let some arcs carry so much forward and nothing backward."""
        self.left[arcs] = amounts
        self.back(arcs)[:] = 0.0

    def send(self, closed: NDArray[np.bool_] | None = None, *, coarse: bool = False) -> float:
        """Send the greatest flow from start to end through what is left.

        Args:
            closed: (2 × arcs,) arcs through which nothing may pass, forward then backward; None: none.
            coarse: leave out the finer pass; what is left is then less than one part in `scale` an arc.

        Returns:
            What was sent, 万立方米.
        """
        sent = self._send(self.scale, closed, self.start, self.end)
        return sent if coarse else sent + self._send(self.finer, closed, self.start, self.end)

    def send_back(self) -> float:
        """Take back the greatest flow: from what `give` still owes, by its backward arcs, to the start.

        Returns:
            What was taken back, 万立方米.
        """
        return self._send(self.scale, None, self.end, self.start) + self._send(self.finer, None, self.end, self.start)

    def _send(self, scale: float, closed: NDArray[np.bool_] | None, start: int, end: int) -> float:
        whole = np.minimum(self.left * scale, 2.0**_BITS).astype(np.int32)  # rounds down: nothing is oversent
        if closed is not None:
            whole[closed] = 0
        leaving, arriving = (self.rows == start) & (whole > 0), (self.columns == end) & (whole > 0)
        if not leaving.any() or not arriving.any():
            return 0.0
        used = (whole[: self.size] | whole[self.size :]) > 0  # an arc and its way back stay together
        kept = np.concatenate([used, used])[self.layout.order]
        order = self.layout.order[kept]
        indptr = np.concatenate([[0], np.cumsum(kept)])[self.layout.indptr].astype(np.int32)
        matrix = csr_matrix((whole[order], self.layout.indices[kept], indptr), shape=(self.end + 1, self.end + 1))
        flow = maximum_flow(matrix, start, end, method="dinic").flow
        self.left[order] -= flow.data / scale
        np.maximum(self.left, 0.0, out=self.left)
        arrived: np.float64 = flow.data[self.columns[order] == end].sum(dtype=float)
        return float(arrived) / scale


@dataclass(frozen=True, eq=False)
class _Layout:
    """The arcs, forward and then backward, as SciPy reads them: sorted by tail, then by head."""

    rows: Ints
    columns: Ints
    order: Ints
    order_back: Ints
    """The way back of each arc of `order`."""
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]
    ends: Ints
    """The arcs at start and end."""

    @classmethod
    def of(cls, tails: Ints, heads: Ints, start: int, end: int) -> _Layout:
        size = tails.size
        rows, columns = np.concatenate([tails, heads]), np.concatenate([heads, tails])
        order = np.lexsort((columns, rows))
        counts = np.bincount(rows, minlength=end + 1)
        return cls(
            rows=rows,
            columns=columns,
            order=order,
            order_back=(order + size) % (2 * size),
            indices=columns[order].astype(np.int32),
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int32),
            ends=np.flatnonzero((rows >= start) | (columns >= start)),
        )


@dataclass(frozen=True, eq=False)
class _Lanes:
    """Pipes between the same two nodes as one: what goes between the nodes is shared among them by capacity."""

    low: Ints
    high: Ints
    up: Floats
    down: Floats
    lane: Ints
    """(P,) lane of each pipe."""
    along: NDArray[np.bool_]
    """(P,) whether the pipe runs from the lane's low node to its high node."""

    @classmethod
    def of(cls, one: Instance) -> _Lanes:
        low, high = np.minimum(one.pipe_start, one.pipe_end), np.maximum(one.pipe_start, one.pipe_end)
        along = one.pipe_start <= one.pipe_end
        keys, lane = np.unique(low * len(one.nodes) + high, return_inverse=True)
        up, down = np.zeros((len(keys), one.steps)), np.zeros((len(keys), one.steps))
        ahead, back = np.minimum(one.pipe_capacity, one.most), np.minimum(one.pipe_back, one.most)
        np.add.at(up, lane, np.where(along[:, None], ahead, back))
        np.add.at(down, lane, np.where(along[:, None], back, ahead))
        return cls(keys // len(one.nodes), keys % len(one.nodes), up, down, lane, along)
