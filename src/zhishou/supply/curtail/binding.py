"""Why somebody still goes without: the tightest cut of the network between the gas that is left and those who lack it.

It stands alone because it reads the residual of a served graph and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from zhishou.supply.curtail.instance import Dispatch, Instance, Ints
from zhishou.supply.curtail.serving import ROUNDING, Serving

_ROUNDED = 1e-6
"""万立方米 below which a linear program is at a bound."""

Kind = Literal["source", "pipe", "withdrawal", "stock"]
_KINDS: tuple[Kind, ...] = ("source", "pipe", "withdrawal", "stock")


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
    """What keeps the tiers from having all they ask for; empty where they have it, or where nothing leads to them.

    With more of everything that is named they would have more: where what lies behind a full pipe has no gas to
    send either, that is named too.
    """
    graph, one = serving.graph, serving.instance
    lack = np.zeros(graph.places, bool)
    for tier in tiers:
        lack |= serving.wanted[tier] - serving.given[tier] > ROUNDING * graph.grain
    inside = np.zeros(graph.end + 1, bool)
    behind = np.flatnonzero(lack)
    lower = range(max(tiers, default=-1) + 1, len(one.tiers))
    limits: list[tuple[Kind, str, Ints]] = []
    while behind.size:
        inside |= graph.behind(behind, grain=graph.grain)
        found, behind = _into(serving, inside)
        limits += found
        if any(kind in {"source", "stock"} for kind, _, _ in found) or _could_send(serving, inside, behind, lower):
            break
    else:  # nothing that is full has gas behind it
        return ()
    steps: dict[tuple[Kind, str], set[int]] = {}
    for kind, name, when in limits:
        steps.setdefault((kind, name), set()).update(map(int, when))
    order = sorted(steps, key=lambda key: _KINDS.index(key[0]))
    return tuple(Bottleneck(*key, () if key[0] == "stock" else tuple(sorted(steps[key]))) for key in order)


def _into(serving: Serving, inside: NDArray[np.bool_]) -> tuple[list[tuple[Kind, str, Ints]], Ints]:
    """What is used up of all that leads into a part of the network, and the points outside that it leads from."""
    graph, one = serving.graph, serving.instance
    found: list[tuple[Kind, str, Ints]] = []
    beyond: list[Ints] = []
    left = graph.left[: graph.size]

    def named(kind: Kind, names: tuple[str, ...], index: Ints, step: Ints) -> None:
        found.extend((kind, names[i], step[index == i]) for i in np.unique(index))

    full = left[graph.supply] < ROUNDING * graph.grain
    source = np.flatnonzero(inside[graph.heads[graph.supply]] & full)
    named("source", one.sources, source // one.steps, source % one.steps)
    at = np.arange(one.steps)
    for pipe, name in enumerate(one.pipes):
        start, end = one.pipe_start[pipe] * one.steps + at, one.pipe_end[pipe] * one.steps + at
        ahead, back = one.pipe_capacity[pipe] > 0, one.pipe_back[pipe] > 0
        forward = ~inside[start] & inside[end] & (ahead | ~back)  # a pipe that runs the other way alone is not full
        backward = inside[start] & ~inside[end] & (back | ~ahead)
        if (forward | backward).any():
            found.append(("pipe", name, np.flatnonzero(forward | backward)))
            beyond += [start[forward], end[backward]]
    drawn = np.flatnonzero(inside[graph.tails[graph.link]] & ~inside[graph.heads[graph.link]])
    named("withdrawal", one.storages, drawn // one.steps, drawn % one.steps)
    beyond.append(graph.heads[graph.link][drawn])
    empty = np.flatnonzero(inside[graph.heads[graph.release]] & (left[graph.release] < ROUNDING * graph.grain))
    named("stock", one.storages, empty, empty)
    later = np.flatnonzero(inside[graph.tails[graph.carry]] & ~inside[graph.heads[graph.carry]])  # empty in between
    spent = graph.filled[later // max(one.steps - 1, 1)]
    named("stock", one.storages, spent, spent)
    beyond.append(graph.heads[graph.carry][later])
    return found, np.unique(np.concatenate(beyond))


def _could_send(serving: Serving, inside: NDArray[np.bool_], behind: Ints, lower: range) -> bool:
    """Whether what leads from some points, were it wider, would bring gas: from what is over, or from lower tiers."""
    graph = serving.graph
    reach = graph.behind(behind, grain=graph.grain) & ~inside
    ends = (graph.supply, graph.release)
    free = any((graph.left[arcs][reach[graph.heads[arcs]]] > graph.grain).any() for arcs in ends)
    return free or any((serving.given[tier][reach[: graph.places]] > graph.grain).any() for tier in lower)


def standing(one: Instance, answer: Dispatch) -> Serving:
    """The flows of any dispatch laid into the network, so that its bottlenecks can be read off them.

    Losses, takes and ramps are not part of the network: what they alone bind is not seen.
    """
    serving = Serving(one)
    graph = serving.graph
    graph.grain = _ROUNDED  # what a linear program leaves is no finer
    graph.lay(answer)
    for tier in range(len(one.tiers)):
        given = np.zeros((len(one.nodes), one.steps))
        mine = np.flatnonzero(one.claim_tier == tier)
        np.add.at(given, one.claim_node[mine], answer.served[mine])
        serving.given[tier] = given.ravel()
    return serving
