"""What if: a source fails, it grows colder, a plant stops. Answered from the flows that already stand.

Only what the change breaks is mended. Gas that no longer arrives is replaced by what is free, then by what the lowest tiers give
up, from the last upward; whoever still lacks tries once more. The result is as exact as one worked out from nothing:
every tier has all that the earlier ones leave it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhishou.errors import NotFoundError, ZhishouError
from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.instance import Floats, Instance
from zhishou.supply.curtail.serving import ROUNDING, Serving


def changed(base: Serving, instance: Instance) -> Serving:
    """The serving of an instance that differs from a served one in amounts of claims, sources and pipes alone.

    The base stays as it is. Shares within a tier are not levelled.

    Args:
        base: an instance, served.
        instance: the same things with other `claim_amount`, `source_available`, `pipe_capacity` or `pipe_back`.
    """
    graph = Graph(instance)
    if graph.size != base.graph.size or not np.array_equal(graph.tails, base.graph.tails):
        raise ZhishouError("变化前后的供气系统不是同一个", mend="增减设施、用户或级别时重新计算")
    serving = Serving(instance, graph)
    flow = base.graph.sent(slice(0, graph.give.start))
    ahead, behind = graph.left[: graph.give.start], graph.left[graph.size : graph.size + graph.give.start]
    over, under = np.maximum(flow - ahead, 0.0), np.maximum(-flow - behind, 0.0)
    flow = flow - over + under
    ahead -= flow
    behind += flow
    np.maximum(graph.left, 0.0, out=graph.left)
    lost = over - under
    missing = np.zeros(graph.end + 1)  # what no longer arrives at a point; negative: what no longer leaves it
    np.add.at(missing, graph.heads[: graph.give.start], lost)
    np.add.at(missing, graph.tails[: graph.give.start], -lost)
    missing[graph.start] = 0.0
    _through_sources(graph, missing)
    serving.given = [given.copy() for given in base.given]
    for given, wanted in zip(serving.given, serving.wanted, strict=True):
        surplus = np.maximum(given - wanted, 0.0)
        np.subtract(given, surplus, out=given)
        missing[: graph.places] -= surplus
    _mend(serving, missing[: graph.places])
    for tier in range(len(instance.tiers)):
        _claim(serving, tier)
    serving.spare_stocks()
    return serving


def _through_sources(graph: Graph, missing: Floats) -> None:
    """Pass what a source's own point misses on to the place where it enters, so that places alone are in want."""
    points = graph.heads[graph.supply]
    lack = missing[points].copy()
    graph.left[graph.entry] += lack
    graph.back(graph.entry)[:] -= lack
    np.add.at(missing, graph.heads[graph.entry], lack)
    missing[points] = 0.0


def _mend(serving: Serving, missing: Floats) -> None:
    """Make every place whole again: first by gas that is over or free, then by what the lowest tiers give up."""
    graph = serving.graph
    over = np.maximum(-missing, 0.0)
    want = np.maximum(missing, 0.0)
    slack = ROUNDING * graph.grain
    if want.max(initial=0.0) > slack:
        want, over = _bring(graph, want, over)
    for tier in range(len(serving.instance.tiers) - 1, -1, -1):
        if want.max(initial=0.0) <= slack:
            break
        if serving.given[tier].any():
            want, serving.given[tier] = _bring(graph, want, serving.given[tier])
    if (
        over.max(initial=0.0) > slack
    ):  # gas that nobody lacks here: let those who lack have it, or leave it at its source
        for tier in range(len(serving.instance.tiers)):
            lack = serving.wanted[tier] - serving.given[tier]
            if lack.max(initial=0.0) > slack and over.max() > slack:
                lack, over = _bring(graph, lack, over)
                serving.given[tier] = serving.wanted[tier] - lack
        graph.open(graph.give, 0.0)
        graph.open(graph.take, 0.0)
        graph.back(graph.give)[:] = over
        graph.send_back()
        graph.back(graph.give)[:] = 0.0


def _bring(graph: Graph, want: Floats, have: Floats) -> tuple[Floats, Floats]:
    """Bring gas to where it is wanted: from where it can be spared, and what is free. What is left of both."""
    graph.open(graph.give, want)
    graph.open(graph.take, have)
    graph.send()
    return graph.left[graph.give].copy(), graph.left[graph.take].copy()


def _claim(serving: Serving, tier: int) -> None:
    """Let a tier that lacks gas have what is free, and then what the lower ones have, from the last upward."""
    graph = serving.graph
    for lower in (None, *range(len(serving.instance.tiers) - 1, tier, -1)):
        lack = serving.wanted[tier] - serving.given[tier]
        short = np.flatnonzero(lack > ROUNDING * graph.grain)
        if not short.size:
            break
        if lower is None:
            have = np.zeros(graph.places)
            lack, _ = _bring(graph, lack, have)
        else:
            have = serving.given[lower]
            reached = graph.behind(short, None, graph.grain)
            places = reached[reached < graph.places]
            if not (have[places] > ROUNDING * graph.grain).any():
                continue
            lack, serving.given[lower] = _bring(graph, lack, have)
        serving.given[tier] = serving.wanted[tier] - lack
    full = serving.wanted[tier] - serving.given[tier] < ROUNDING * graph.grain
    serving.given[tier][full] = serving.wanted[tier][full]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that could happen."""

    source_out: str = ""
    """A source that fails, by id."""
    pipe_out: str = ""
    """A pipe that breaks, by id."""
    customer_out: str = ""
    """A customer that stops, by id."""
    colder: float = 0.0
    """How much colder it grows, °C; negative: warmer."""
    from_step: int = 0
    """From which step on."""


def applied(horizon: Horizon, change: Change) -> Horizon:
    """The horizon as it would be.

    Raises:
        NotFoundError: there is no such source, pipe or customer.
    """
    system, after = horizon.system, np.arange(horizon.steps) >= change.from_step
    demand, available, share = dict(horizon.demand), dict(horizon.available), dict(horizon.pipe_share)
    if change.source_out:
        _known(change.source_out, system.sources_by_id, "气源")
        available[change.source_out] = np.where(after, 0.0, available[change.source_out])
    if change.pipe_out:
        pipes = {pipe.id: pipe for pipe in system.pipes}
        _known(change.pipe_out, pipes, "管道")
        share[change.pipe_out] = np.where(after, 0.0, share.get(change.pipe_out, np.ones(horizon.steps)))
    if change.customer_out:
        _known(change.customer_out, system.customers_by_id, "用户")
        demand[change.customer_out] = np.where(after, 0.0, demand[change.customer_out])
    if change.colder:
        for customer in system.customers:
            usual = demand[customer.id]
            mean = float(usual.mean()) or 1.0
            more = customer.per_degree * change.colder * usual / mean  # spread over the day as the demand is
            demand[customer.id] = np.where(after, np.maximum(usual + more, 0.0), usual)
    return replace(horizon, demand=demand, available=available, pipe_share=share)


def _known(name: str, things: object, kind: str) -> None:
    names = list(things)  # type: ignore[call-overload]
    if name not in names:
        raise NotFoundError(f"没有“{name}”这个{kind}", mend=f"现有：{'、'.join(names)}")
