"""What if: a source fails, it grows colder, a plant stops. Answered from the flows that already stand.

Only what the change breaks is mended. Gas that no longer arrives is replaced by what is free, then by what the lowest tiers give
up, from the last upward; whoever still lacks tries once more. The result is as exact as one worked out from nothing:
every tier has all that the earlier ones leave it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhishou.errors import NotFoundError, ZhishouError
from zhishou.supply.curtail.cutlist import CutPlan, curtail, drawn_up
from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.horizon import Horizon, build, of_day
from zhishou.supply.curtail.instance import Floats, Instance
from zhishou.supply.curtail.serving import ROUNDING, Serving
from zhishou.supply.curtail.tiers import lossless

_MUCH = 0.1
"""Share of all gas served beyond which what a change breaks is not mended."""


def changed(base: Serving, instance: Instance) -> Serving:
    """The serving of an instance that differs from a served one in amounts of claims, sources and pipes alone.

    The base stays as it is. Shares within a tier are not levelled.

    Args:
        base: an instance, served.
        instance: the same things with other `claim_amount`, `source_available`, `pipe_capacity` or `pipe_back`.
    """
    graph = Graph(instance, base.graph)
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
    if np.maximum(missing[: graph.places], 0.0).sum() > _MUCH * sum(float(given.sum()) for given in base.given):
        return lossless(instance, even=False)  # mending so much takes longer than beginning anew
    _mend(serving, missing[: graph.places])
    tiers = range(len(instance.tiers))
    full = next((tier for tier in tiers if base.short(tier)), len(tiers))
    if full > 1:  # those that had everything most often still have it: try them together
        _claim(serving, range(full))
    for tier in tiers:
        if serving.short(tier):
            _claim(serving, range(tier, tier + 1))
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
    have, want = np.maximum(-missing, 0.0), np.maximum(missing, 0.0)
    tiers = range(len(serving.instance.tiers))
    for coarse in (True, False):
        enough = ROUNDING / graph.scale if coarse else graph.grain
        if want.max(initial=0.0) > enough:
            want, have = _bring(graph, want, have, coarse=coarse)
        for tier in reversed(tiers):
            if want.max(initial=0.0) <= enough:
                break
            if serving.given[tier].any():
                want, serving.given[tier] = _bring(graph, want, serving.given[tier], coarse=coarse)
    if have.max(initial=0.0) <= graph.grain:
        return
    for tier in tiers:  # gas that nobody lacks where it is: let those who lack have it, or leave it at its source
        lack = serving.wanted[tier] - serving.given[tier]
        if (have[_behind(graph, lack, graph.grain)[: graph.places]] > graph.grain).any():
            lack, have = _bring(graph, lack, have)
            serving.given[tier] = serving.wanted[tier] - lack
    graph.open(graph.give, 0.0)
    graph.open(graph.take, 0.0)
    graph.back(graph.give)[:] = have
    graph.send_back()
    graph.back(graph.give)[:] = 0.0


def _bring(graph: Graph, want: Floats, have: Floats, *, coarse: bool = False) -> tuple[Floats, Floats]:
    """Bring gas to where it is wanted: from where it can be spared, and what is free. What is left of both."""
    graph.open(graph.give, want)
    graph.open(graph.take, have)
    graph.send(coarse=coarse)
    return graph.left[graph.give].copy(), graph.left[graph.take].copy()


def _claim(serving: Serving, tiers: range) -> None:
    """Let tiers that lack gas have what is free, and then what the lower ones have, from the last upward."""
    graph, places = serving.graph, serving.graph.places
    lacks = [serving.wanted[tier] - serving.given[tier] for tier in tiers]
    lack: Floats = np.sum(lacks, axis=0)
    lowest = range(len(serving.instance.tiers) - 1, tiers[-1], -1)
    for coarse in (True, False):
        grain = 1.0 / graph.scale if coarse else graph.grain
        inside = _behind(graph, lack, grain)
        free = (graph.left[arcs][inside[graph.heads[arcs]]] > grain for arcs in (graph.supply, graph.release))
        if any(found.any() for found in free):
            lack, _ = _bring(graph, lack, np.zeros(places), coarse=coarse)
        for lower in lowest:
            if lack.max(initial=0.0) >= grain and (serving.given[lower][inside[:places]] > grain).any():
                lack, serving.given[lower] = _bring(graph, lack, serving.given[lower], coarse=coarse)
    for tier, own in zip(reversed(tiers), reversed(lacks), strict=True):  # what is still lacking falls on the lowest
        left = np.minimum(lack, own)
        lack = lack - left
        serving.given[tier] = serving.wanted[tier] - np.where(left < ROUNDING * graph.grain, 0.0, left)


def _behind(graph: Graph, lack: Floats, grain: float) -> np.ndarray:
    """(points,) from where a grain of gas could still reach one that lacks it."""
    inside = np.zeros(graph.end + 1, bool)
    short = np.flatnonzero(lack >= grain)
    if short.size:
        inside[graph.behind(short, None, grain)] = True
    return inside


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


def what_if(base: CutPlan, change: Change) -> CutPlan:
    """The plan of cuts as it would be after a change, under the same powers.

    From the flows that stand where nothing but flows ties the hours, otherwise worked out anew; shares within a class are
    feasible, not levelled.

    Raises:
        NotFoundError: there is no such source, pipe or customer.
        InfeasibleError: takes and ramps contradict each other after the change.
    """
    horizon = applied(base.horizon, change)
    instance = build(horizon, base.powers, base.told)
    if instance.coupled:
        return curtail(horizon, base.powers, even=False, notice_from=base.told)
    serving = changed(base.serving, instance)
    return drawn_up(horizon, base.powers, serving, serving.dispatch(), base.told)


def applied(horizon: Horizon, change: Change) -> Horizon:
    """The horizon as it would be.

    Raises:
        NotFoundError: there is no such source, pipe or customer.
        ZhishouError: no customer says how much more it takes when it grows colder; the change comes after the horizon.
    """
    if not 0 <= change.from_step < horizon.steps:
        last = f"{horizon.moment(horizon.steps):%m月%d日%H:%M}"
        raise ZhishouError(f"变化发生在所算的时段之后（{last} 为止）", mend="改早，或多算几个气日")
    if not np.isfinite(change.colder):
        raise ZhishouError(f"再冷“{change.colder}”度不是一个数", mend="写成 5 或 -3 的样子")
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
        if not any(customer.per_degree for customer in system.customers):
            raise ZhishouError(
                "供气系统里没有一个用户写明每冷一度多用多少",
                where=system.id,
                mend="在用户下补 per_degree（万立方米/日·℃）",
            )
        for customer in system.customers:
            usual = np.asarray(demand[customer.id], float)
            more = customer.per_degree * change.colder * of_day(usual, horizon.day_of_step)
            demand[customer.id] = np.where(after, np.maximum(usual + more, 0.0), usual)
    return replace(horizon, demand=demand, available=available, pipe_share=share)


def _known(name: str, things: object, kind: str) -> None:
    names = list(things)  # type: ignore[call-overload]
    if name not in names:
        raise NotFoundError(f"没有“{name}”这个{kind}", mend=f"现有：{'、'.join(names)}")
