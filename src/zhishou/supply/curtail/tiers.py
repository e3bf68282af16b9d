"""Tier after tier through the network: who is served first, and the whole dispatch that serves them.

What the sinks can be given is a polymatroid, so that serving tiers one after another, each by the greatest flow
through what the earlier ones left, is the lexicographic optimum (Edmonds 1970; Megiddo 1974): no tier could have more
without an earlier one having less. Several tiers are tried at once: where one flow serves them all, all of them are
full; wherever gas could still reach somebody who lacks it, later tiers have none. No gas passes between the two parts
any more, and each goes on by itself, with fewer tiers.
"""

from __future__ import annotations

import numpy as np

from zhishou.supply.curtail.instance import Floats, Instance, Ints
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.shares import level_out


def lossless(instance: Instance, *, even: bool = True) -> Serving:
    """Serve every tier of an instance that nothing but flows and stocks couples.

    Args:
        instance: the shortage; `coupled` must be false.
        even: give each tier that falls short its shares as evenly as the network allows; else any shares.
    """
    serving = Serving(instance)
    marginal = in_order(serving, np.zeros(serving.graph.places))
    if even:
        level_out(serving, marginal)
    serving.spare_stocks()
    return serving


def in_order(serving: Serving, arrived: Floats) -> Ints:
    """Serve all tiers in their order, beginning with the flows that stand.

    Args:
        serving: what is served, with any flows in its graph.
        arrived: (places,) what they bring to each place, negative where more passes on than arrives: what is owed there is made
            up for before any tier. Becomes what arrives in the end, which can be more than is asked for where it was so from
            the beginning.

    Returns:
        (points,) the tier that falls short wherever gas could still reach somebody who lacks it; −1 elsewhere.
    """
    graph, count = serving.graph, len(serving.wanted)
    place = np.arange(graph.places)
    owing = bool((arrived < 0).any())  # what is owed is one more tier, before all others
    low, high = np.full(graph.end + 1, -int(owing), np.intp), np.full(graph.end + 1, count, np.intp)
    short = np.zeros(graph.end + 1, bool)
    marginal = np.full(graph.end + 1, -1, np.intp)
    while (open_ := high > low).any():
        part = np.where(open_, (low + 1) * (count + 1) + high, -1)
        aim = _aims(serving, arrived, part, (low, high - short), lost=owing)  # where `high` fell short, less is tried
        want = serving.upto[aim[: graph.places], place] - arrived
        live = open_[: graph.places]
        graph.open(graph.give, np.where(live, np.maximum(want, 0.0), 0.0))
        graph.open(graph.take, np.where(live, np.maximum(-want, 0.0), 0.0))
        short = graph.send(part)
        arrived += graph.back(graph.give) - graph.back(graph.take)
        settled = short & (aim == low + 1)
        marginal[settled] = low[settled]
        low, high = np.where(short, low, aim), np.where(short, aim, high)
        low[settled] = high[settled]
    serving.share_out(arrived)
    return marginal


def _aims(serving: Serving, arrived: Floats, part: Ints, tiers: tuple[Ints, Ints], *, lost: bool) -> Ints:
    """(points,) up to which tier each part is to be served next: as far as its gas goes, were there no pipes.

    Args:
        serving: what is served.
        arrived: (places,) what arrives so far.
        part: (points,) the part each point belongs to; −1: none.
        tiers: (points,) the tier up to which each part is full, and the last up to which it may be served; the same in a part.
        lost: whether the standing flows have lost a way, so that what lies free most likely lies behind it and does not count.
    """
    graph, (low, most) = serving.graph, tiers
    arcs = np.r_[graph.supply, graph.release]
    arcs = arcs[graph.left[arcs] > 0] if not lost else arcs[:0]
    count = int(part.max()) + 1
    spare = np.bincount(part[graph.heads[arcs]] + 1, graph.left[arcs], minlength=count + 1)[1:]
    has = np.minimum(arrived, serving.upto[-1])
    aim = low.copy()
    for one in np.flatnonzero(np.bincount(part + 1)[1:]):
        mine = part == one
        here = mine[: graph.places]
        begin = mine.argmax()
        first, last = int(low[begin]), int(most[begin])
        gas = spare[one] + has[here].sum()
        asked = np.add.reduce(serving.upto[first + 1 : last + 1] * here, axis=1)
        aim[mine] = first + max(int((asked <= gas).sum()), 1)
    return aim
