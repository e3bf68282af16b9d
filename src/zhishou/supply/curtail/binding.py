"""Why somebody still goes without: the tightest cut of the network between the gas that is left and those who lack it.

It stands alone because it reads the residual of a served graph and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from zhishou.supply.curtail.instance import Dispatch, Instance, Ints
from zhishou.supply.curtail.serving import ROUNDING, Serving

_ROUNDED = 1e-6
"""万立方米 below which a linear program is at a bound."""

Kind = Literal["source", "pipe", "withdrawal", "stock"]


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """Something that is used up where somebody lacks gas."""

    kind: Kind
    """source 可供气量用尽 · pipe 输气能力用尽 · withdrawal 采气能力用尽 · stock 可动用库存用尽."""
    id: str
    """Source, pipe or storage id."""
    steps: tuple[int, ...]
    """The steps in which it binds; empty for a stock, which binds over the horizon."""


def bottlenecks(serving: Serving, tiers: range | list[int]) -> tuple[Bottleneck, ...]:
    """What keeps the tiers from having all they ask for; empty where they have it."""
    graph, one = serving.graph, serving.instance
    lack = np.zeros(graph.places, bool)
    for tier in tiers:
        lack |= serving.wanted[tier] - serving.given[tier] > ROUNDING * graph.grain
    if not lack.any():
        return ()
    inside = np.zeros(graph.end + 1, bool)
    inside[graph.behind(np.flatnonzero(lack), None, graph.grain)] = True
    found: list[Bottleneck] = []

    def crossing(arcs: slice, *, backward: bool = False) -> Ints:
        tails, heads = (graph.heads, graph.tails) if backward else (graph.tails, graph.heads)
        return np.flatnonzero(inside[heads[arcs]] & ~inside[tails[arcs]])

    source = crossing(graph.supply)
    found += _by_thing("source", one.sources, source // one.steps, source % one.steps)
    for pipe in range(len(one.pipes)):
        start, end = one.pipe_start[pipe] * one.steps, one.pipe_end[pipe] * one.steps
        at = np.arange(one.steps)
        into = (~inside[start + at] & inside[end + at]) | (inside[start + at] & ~inside[end + at])
        if into.any():
            found.append(Bottleneck("pipe", one.pipes[pipe], tuple(map(int, np.flatnonzero(into)))))
    drawn = crossing(graph.link, backward=True)
    found += _by_thing("withdrawal", one.storages, drawn // one.steps, drawn % one.steps)
    empty = crossing(graph.release)
    found += [Bottleneck("stock", one.storages[index], ()) for index in empty if graph.left[graph.release][index] <= 0]
    return tuple(found)


def _by_thing(kind: Kind, names: tuple[str, ...], index: Ints, step: Ints) -> list[Bottleneck]:
    return [Bottleneck(kind, names[i], tuple(map(int, np.sort(step[index == i])))) for i in np.unique(index)]


def standing(one: Instance, answer: Dispatch) -> Serving:
    """The flows of any dispatch laid into the network, so that its bottlenecks can be read off them.

    Losses, takes and ramps are not part of the network: what they alone bind is not seen.
    """
    serving = Serving(one)
    graph = serving.graph
    graph.grain = graph.scale = _ROUNDED  # what a linear program leaves is no finer
    graph.lay(answer)
    for tier in range(len(one.tiers)):
        given = np.zeros((len(one.nodes), one.steps))
        mine = np.flatnonzero(one.claim_tier == tier)
        np.add.at(given, one.claim_node[mine], answer.served[mine])
        serving.given[tier] = given.ravel()
    return serving
