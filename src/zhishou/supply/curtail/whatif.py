"""What if: a source fails, it grows colder, a plant stops. Answered from the flows that already stand.

What still fits of the flows that stand is kept. A place to which less arrives than passes on from it owes the difference;
that stands before all tiers, which are served in their order as always, except that most have all they ask for already.
The result is as exact as one worked out from nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from zhishou.errors import NotFoundError, ZhishouError
from zhishou.supply.curtail.cutlist import CutPlan, curtail, drawn_up
from zhishou.supply.curtail.flow import Graph
from zhishou.supply.curtail.horizon import Horizon, build, of_day
from zhishou.supply.curtail.instance import Floats, Instance
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.tiers import in_order


def changed(base: Serving, instance: Instance) -> Serving:
    """The serving of an instance that differs from a served one in amounts of claims, sources and pipes alone.

    The base stays as it is. Shares within a tier are not levelled.

    Args:
        base: an instance, served.
        instance: the same things with other `claim_amount`, `source_available`, `pipe_capacity` or `pipe_back`.
    """
    graph = Graph(instance, base.graph)
    if graph.layout is not base.graph.layout:
        raise ZhishouError("变化前后的供气系统不是同一个", mend="增减设施、用户或级别时重新计算")
    serving = Serving(instance, graph)
    arrived = base.given.sum(axis=0) - _laid(graph, base.graph)
    in_order(serving, arrived)
    graph.open(graph.give, 0.0)
    graph.open(graph.take, 0.0)
    graph.back(graph.give)[:] = np.maximum(arrived - serving.upto[-1], 0.0)
    graph.send_back()
    serving.spare_stocks()
    return serving


def _laid(graph: Graph, base: Graph) -> Floats:
    """Lay the flows of one graph into another, as far as they fit; (places,) what no longer arrives at each place."""
    arcs = slice(0, base.give.start)
    flow = base.sent(arcs)
    ahead, behind = graph.left[arcs], graph.back(arcs)
    over, under = np.maximum(flow - ahead, 0.0), np.maximum(-flow - behind, 0.0)
    flow = flow - over + under
    ahead -= flow
    behind += flow
    missing = np.bincount(graph.heads[arcs], over - under, graph.end + 1)
    missing -= np.bincount(graph.tails[arcs], over - under, graph.end + 1)
    lack = missing[graph.heads[graph.supply]]  # a source's own point passes on what it misses to where it enters
    graph.left[graph.entry] += lack
    graph.back(graph.entry)[:] -= lack
    missing += np.bincount(graph.heads[graph.entry], lack, graph.end + 1)
    return np.asarray(missing[: graph.places], float)


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
