"""The time-expanded network of a shortage and the greatest flows through it.

It stands alone because tiers, even shares and what-ifs all send gas through the same arcs. Every amount is rounded once
to a power-of-two grain, along its running sum over the steps, so that sums over the horizon stay what they were; from then
on all arithmetic is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhishou.supply.curtail.greatest import LACKING, Net, greatest
from zhishou.supply.curtail.instance import Dispatch, Floats, Instance, Ints
from zhishou.supply.curtail.layout import Bools, Lanes, Layout

_FINE = 2.0**-27
"""万立方米: the grain, a tenth of a litre."""
_COUNTED = 2.0**52
"""Grains to which more than can ever flow may come: doubles count twice as many exactly."""
_ENOUGH = 2.0**30
"""Grains to which small amounts come, whose grain is finer."""


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
    whole horizon), a start and an end. `left` holds for every arc what may still be sent along it:
    first forward, then backward. A storage's stock lies in it to the end of the horizon; `release` draws on it, `keep`
    gives it back. `give` leads from each place to the end, `take` from the start to it.

    Args:
        instance: the shortage.
        like: a graph of the same things in other amounts, whose layout can be used again.
    """

    start: int
    end: int
    size: int
    """How many arcs there are, an arc and its way back counted once."""
    grain: float
    """万立方米, a power of two; every amount is a whole number of it."""
    filled: Ints
    """Storages that can be filled."""
    state: Ints
    """(G, H) the point of each storage in each step."""
    stock: Floats
    """(G,) in whole grains."""
    room: Floats
    """(G,) what a storage holds at most, in whole grains."""
    left: Floats
    """(2 × arcs,) 万立方米."""
    layout: Layout

    def __init__(self, instance: Instance, like: Graph | None = None) -> None:
        self.instance = one = instance
        steps = one.steps
        self.bound: float = max(one.most, like.bound if like is not None else 0.0)  # what stands must go on fitting
        self.grain = like.grain if like is not None else _grain(one)
        self.places = len(one.nodes) * steps
        step = np.arange(steps)
        supply = self.places + np.arange(len(one.sources) * steps, dtype=np.intp).reshape(-1, steps)
        self.filled = np.flatnonzero(one.injection.any(axis=1))
        counts = np.ones(len(one.storages), np.intp)
        counts[self.filled] = steps
        begins = self.places + supply.size + np.cumsum(counts) - counts
        self.state = begins[:, None] + np.where((counts > 1)[:, None], step, 0)
        self.start = int(self.places + supply.size + counts.sum())
        self.end = self.start + 1
        self._parts: list[_Arcs] = []

        def at(nodes: Ints) -> Ints:
            return np.asarray(nodes, np.intp)[:, None] * steps + step

        self.stock, self.room = self.whole(one.stock[:, None])[:, 0], self.whole(one.storage_capacity[:, None])[:, 0]
        self._lanes = Lanes.of(one)
        self.pipes = self.add(at(self._lanes.low), at(self._lanes.high), self._lanes.up, self._lanes.down)
        self.supply = self.add(self.start, supply, one.source_available)
        never_binding = 2 * one.source_available  # and, unlike no bound at all, no wider than what passes
        self.entry = self.add(supply, at(one.source_node), never_binding)
        self.link = self.add(at(one.storage_node), self.state, one.injection, one.withdrawal)
        carried = np.repeat(self.stock[self.filled, None], max(steps - 1, 0), axis=1)
        room = np.maximum(self.room[self.filled, None] - carried, 0.0)
        self.carry = self.add(self.state[self.filled, :-1], self.state[self.filled, 1:], room, carried)
        self.keep = self.add(self.state[:, -1], self.end, 0.0)
        self.release = self.add(self.start, self.state[:, -1], self.stock)
        everywhere = np.arange(self.places, dtype=np.intp)
        self.give = self.add(everywhere, self.end, 0.0)
        self.take = self.add(self.start, everywhere, 0.0)
        self._fix(like)

    def whole(self, amounts: Floats) -> Floats:
        """Amounts, one row a thing and one column a step, rounded so that their sums from the first step on are whole."""
        bounded = np.minimum(amounts, self.bound) / self.grain
        grains: Floats = np.diff(np.rint(np.cumsum(bounded, axis=-1)), axis=-1, prepend=0.0)
        return grains * self.grain

    def add(
        self, tails: Ints | int, heads: Ints | int, forward: Floats | float, backward: Floats | float = 0.0
    ) -> slice:
        """Add arcs while the graph is being laid out; amounts are rounded along their last axis. Where they are."""
        ahead, behind = (self.whole(np.asarray(side, float)) if np.ndim(side) else side for side in (forward, backward))
        spread = [side.ravel() for side in np.broadcast_arrays(tails, heads, ahead, behind)]
        begin = sum(part.tails.size for part in self._parts)
        self._parts.append(_Arcs(spread[0], spread[1], spread[2].astype(float), spread[3].astype(float)))
        return slice(begin, begin + spread[0].size)

    def _fix(self, like: Graph | None) -> None:
        """Lay the arcs out."""
        self.tails = np.concatenate([part.tails for part in self._parts])
        self.heads = np.concatenate([part.heads for part in self._parts])
        self.size = self.tails.size
        self.left = np.concatenate([part.forward for part in self._parts] + [part.backward for part in self._parts])
        self.forward = self.left[: self.size].copy()
        del self._parts
        if like is not None and np.array_equal(like.tails, self.tails) and np.array_equal(like.heads, self.heads):
            self.layout = like.layout
        else:
            self.layout = Layout.of(self.tails, self.heads, self.start, self.end)

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

    def pipe_flow(self) -> Floats:
        """(P, H) flow in each pipe of the instance, negative where it runs backward."""
        return self._lanes.shared(self.sent(self.pipes).reshape(-1, self.instance.steps), self.instance)

    def open(self, arcs: slice, amounts: Floats | float) -> None:
        """Let some arcs carry so much forward and nothing backward."""
        self.left[arcs] = amounts
        self.back(arcs)[:] = 0.0

    def inner(self, part: Ints) -> Bools:
        """(arcs,) which run within one part, or between it and start or end; points of part −1 are of none."""
        at_tail, at_head = part[self.tails], part[self.heads]
        starts, ends = self.layout.starts, self.layout.ends
        within: Bools = (at_tail == at_head) | starts | ends
        within &= np.where(starts, at_head, at_tail) >= 0
        return within

    def behind(self, points: Ints, inner: Bools | None = None, grain: float = 0.0) -> Bools:
        """(points,) those from which gas could still reach one of `points`, these included.

        Args:
            points: where it should arrive.
            inner: (arcs,) along which it may go; None: all.
            grain: the least amount that counts as gas; 0: whatever there is.
        """
        open_ = self.left >= grain if grain else self.left > 0
        if inner is not None:
            open_ &= np.concatenate([inner, inner])
        return self.layout.reaching(open_, points)

    def send(self, part: Ints | None = None, sealed: Bools | None = None) -> Bools:
        """Send the greatest flow from start to end through what is left.

        Args:
            part: (points,) the part each point belongs to; no gas passes between parts, and none through part −1.
            sealed: (G,) storages whose stock may not be drawn; None: none.

        Returns:
            (points,) from where gas could still reach somebody who lacks it. No more can get there.
        """
        supply = slice(self.places, self.places + self.supply.stop - self.supply.start)
        last = self.state[:, -1]
        having, lacking = np.zeros(self.start), np.zeros(self.start)
        having[: self.places] = self.left[self.take]
        having[supply] = self.left[self.supply]
        having[last] = self.left[self.release] if sealed is None else self.left[self.release] * ~sealed
        lacking[: self.places] = self.left[self.give]
        lacking[last] = self.left[self.keep]
        gone, come, inside = self._sent(having, lacking, part)
        self._along(self.take, gone[: self.places])
        self._along(self.supply, gone[supply])
        self._along(self.release, gone[last])
        self._along(self.give, come[: self.places])
        self._along(self.keep, come[last])
        return inside

    def send_back(self) -> None:
        """Take back what `give` still owes by its backward arcs, to where it came from."""
        if not self.back(self.give).any():
            return
        supply = slice(self.places, self.places + self.supply.stop - self.supply.start)
        last = self.state[:, -1]
        having, lacking = np.zeros(self.start), np.zeros(self.start)
        having[: self.places] = self.back(self.give)
        lacking[: self.places] = self.back(self.take)
        lacking[supply] = self.back(self.supply)
        lacking[last] = self.back(self.release)
        gone, come, _ = self._sent(having, lacking)
        self._along(self.give, -gone[: self.places])
        self._along(self.take, -come[: self.places])
        self._along(self.supply, -come[supply])
        self._along(self.release, -come[last])

    def _along(self, arcs: slice, amounts: Floats) -> None:
        self.left[arcs] -= amounts
        self.back(arcs)[:] += amounts

    def _sent(self, having: Floats, lacking: Floats, part: Ints | None = None) -> tuple[Floats, Floats, Bools]:
        """Send the greatest flow from the points that have too much to those that lack gas; a point may be of both.

        Returns:
            (points,) what went from each and what came to each, and from where gas could still reach one that lacks it.
        """
        layout, inside = self.layout, np.zeros(self.end + 1, bool)
        if part is None:
            part = np.zeros(self.start, np.intp)
        else:
            part = part[: self.start]
            having *= part >= 0
            lacking *= part >= 0
        if not lacking.any():
            return np.zeros(self.start), lacking, inside
        own = np.minimum(having, lacking)
        room = having - lacking
        before = room.copy()
        side = greatest(Net(layout.first, layout.heads, layout.back, layout.order, part, self.left, room, self.grain))
        inside[: self.start] = side == LACKING
        moved = before - room
        return own + np.maximum(moved, 0.0), own - np.minimum(moved, 0.0), inside


def _grain(one: Instance) -> float:
    """The grain of a shortage: finer for one that is small in every step, coarser for what would not be counted exactly."""
    room = np.minimum(one.injection, one.storage_capacity[:, None])
    in_a_step = one.claim_amount.sum(axis=0) + room.sum(axis=0)
    widest = max(float(in_a_step.max(initial=0.0)), 1e-9)
    fine = min(2.0 ** np.ceil(np.log2(widest / _ENOUGH)), _FINE)
    return float(max(fine, 2.0 ** np.ceil(np.log2(one.most / _COUNTED))))
