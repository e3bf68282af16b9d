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


def at_their_limit(one: Instance, answer: Dispatch) -> tuple[Bottleneck, ...]:
    """What is used up in the steps in which somebody lacks gas; for answers of the linear program, which has no cut."""
    lacking = (one.claim_amount - answer.served > _ROUNDED).any(axis=0)
    if not lacking.any():
        return ()
    full = (
        ("source", one.sources, one.source_available - answer.source_flow),
        ("pipe", one.pipes, np.minimum(one.pipe_capacity - answer.pipe_flow, one.pipe_back + answer.pipe_flow)),
        ("withdrawal", one.storages, one.withdrawal - answer.withdrawn),
    )
    found: list[Bottleneck] = []
    for kind, names, room in full:
        for index, step in ((i, np.flatnonzero((row < _ROUNDED) & lacking)) for i, row in enumerate(room)):
            if step.size and not (kind == "pipe" and not answer.pipe_flow[index, step].any()):
                found.append(Bottleneck(kind, names[index], tuple(map(int, step))))  # type: ignore[arg-type]
    empty = np.flatnonzero(answer.level[:, -1] < _ROUNDED)
    return (*found, *(Bottleneck("stock", one.storages[index], ()) for index in empty))
