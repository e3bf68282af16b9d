"""Storages taken together over windows of the horizon, so that gas need not be carried from step to step to get about.

It stands alone because it only ever helps: a flow through pools is one that the network allows, though not always the
greatest, and its paths are much shorter than those through every step of a storage.

Within a window all that is put in and all that is taken out count as if they came at the worst moments. So much of it, in
all, is let through as the least level and the least room in the window allow, both at once; what one of them allows beyond
that is left to gas that is drawn for good (`down`, from the end of the horizon back) or stays in for good (`up`, to its end).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from zhishou.supply.curtail.instance import Floats, Ints
from zhishou.supply.curtail.layout import Bools

if TYPE_CHECKING:
    from zhishou.supply.curtail.flow import Graph

WINDOW = 24
"""Steps to a window."""


@dataclass(eq=False)
class Pools:
    """The pools of the storages that can be filled, as points and arcs of a graph.

    Args:
        graph: the graph, whose other arcs are already there.
        begin: the first of the points that pools may take.
    """

    graph: Graph
    begin: int

    def __post_init__(self) -> None:
        graph, one = self.graph, self.graph.instance
        self.filled, steps = graph.filled, one.steps
        self.firsts = np.arange(0, steps, WINDOW)
        self.window = np.arange(steps) // WINDOW
        count, windows = len(self.filled), len(self.firsts)
        sizes = (windows, windows, windows + 1, windows + 1)
        points = self.begin + np.arange(count * sum(sizes), dtype=np.intp).reshape(count, sum(sizes))
        self.points = points
        enter, leave, down, up = np.split(points, np.cumsum(sizes)[:-1], axis=1)
        where = np.asarray(one.storage_node[self.filled], np.intp)[:, None] * steps + np.arange(steps)
        self.put = graph.add(where, enter[:, self.window], 0.0)
        self.get = graph.add(leave[:, self.window], where, 0.0)
        self.through = graph.add(enter, leave, 0.0)
        self.onward = graph.add(leave[:, :-1], enter[:, 1:], 0.0)
        self.backward = graph.add(leave[:, 1:], enter[:, :-1], 0.0)
        self.draw = graph.add(graph.start, down[:, -1], 0.0)
        self.draw_in = graph.add(down[:, -1], enter[:, -1], 0.0)
        self.down = graph.add(down[:, 1:], down[:, :-1], 0.0)
        self.drop = graph.add(down[:, :-1], leave, 0.0)
        self.lift = graph.add(enter, up[:, :-1], 0.0)
        self.up = graph.add(up[:, :-1], up[:, 1:], 0.0)
        self.keep_out = graph.add(leave[:, -1], up[:, -1], 0.0)
        self.keep = graph.add(up[:, -1], graph.end, 0.0)
        self.arcs = slice(self.put.start, self.keep.stop)

    @staticmethod
    def count(storages: int, steps: int) -> int:
        """How many points the pools of some storages take."""
        return storages * (4 * -(-steps // WINDOW) + 2)

    def open(self, use: Bools, part: Ints) -> Bools:
        """Open the pools in place of the storages they stand for.

        Args:
            use: (arcs,) the arcs that may be used.
            part: (points,) the part each point belongs to; no gas passes between parts. A pool belongs to one where all
                of its storage does throughout its window, otherwise to none.

        Returns:
            (arcs,) the arcs to be used instead.
        """
        graph, filled = self.graph, self.filled
        level, room = self._levels()
        least = np.minimum.reduceat(level, self.firsts, axis=1)
        space = np.minimum.reduceat(room, self.firsts, axis=1)
        both = np.minimum(least, space)
        boundary = self.firsts[1:] - 1
        links, release, keep = self._links(), graph.release.start + filled, graph.keep.start + filled
        for arcs, amounts in (
            (self.put, graph.left[links]),
            (self.get, graph.left[links + graph.size]),
            (self.through, both),
            (self.onward, room[:, boundary]),
            (self.backward, level[:, boundary]),
            (self.draw, np.where(use[release], graph.left[release], 0.0)),
            (self.draw_in, level[:, -1]),
            (self.down, least - both),
            (self.drop, least),
            (self.lift, space),
            (self.up, space - both),
            (self.keep_out, room[:, -1]),
            (self.keep, np.where(use[keep], graph.left[keep], 0.0)),
        ):
            graph.open(arcs, amounts.ravel())
        of_state = part[graph.state[filled]]
        mine = of_state[:, self.firsts]
        mine = np.where(np.logical_and.reduceat(of_state == mine[:, self.window], self.firsts, axis=1), mine, -1)
        part = part.copy()
        part[self.points] = np.concatenate([mine, mine, mine, mine[:, -1:], mine, mine[:, -1:]], axis=1)
        use = use.copy()
        use[links] = use[graph.carry] = use[release] = use[keep] = False
        use[self.arcs] = graph.inner(part, self.arcs)
        return use

    def close(self) -> None:
        """Lay what went through the pools into the storages, step by step."""
        graph, filled = self.graph, self.filled
        net = (graph.back(self.put) - graph.back(self.get)).reshape(len(filled), graph.instance.steps)
        kept, drawn = graph.back(self.keep), graph.back(self.draw)
        level_up = np.cumsum(net, axis=1)
        for arcs, flow in (
            (self._links(), net.ravel()),
            (np.arange(graph.carry.start, graph.carry.stop), level_up[:, :-1].ravel()),
            (graph.release.start + filled, drawn),
            (graph.keep.start + filled, kept),
        ):
            graph.left[arcs] -= flow
            graph.left[arcs + graph.size] += flow
        graph.open(self.arcs, 0.0)

    def _levels(self) -> tuple[Floats, Floats]:
        """(filled, H) what may be taken from each level, and what may be added to it."""
        graph, filled = self.graph, self.filled
        shape = (len(filled), graph.instance.steps - 1)
        last = graph.left[graph.release][filled, None]
        level = np.concatenate([graph.back(graph.carry).reshape(shape), last], axis=1)
        room = np.concatenate([graph.left[graph.carry].reshape(shape), graph.room[filled, None] - last], axis=1)
        return level, np.maximum(room, 0.0)

    def _links(self) -> Ints:
        graph = self.graph
        return np.arange(graph.link.start, graph.link.stop).reshape(-1, graph.instance.steps)[self.filled].ravel()
