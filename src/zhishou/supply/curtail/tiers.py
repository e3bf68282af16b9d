"""Tier after tier through the network: who is served first, and the whole dispatch that serves them.

What the sinks can be given is a polymatroid, so that serving tiers one after another, each by the greatest flow
through what the earlier ones left, is the lexicographic optimum (Edmonds 1970; Megiddo 1974): no tier could have more
without an earlier one having less.
"""

from __future__ import annotations

from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.shares import level_out


def lossless(instance: Instance, *, even: bool = True) -> Serving:
    """Serve every tier of an instance that nothing but flows and stocks couples.

    Args:
        instance: the shortage; `coupled` must be false.
        even: give each tier that falls short its shares as evenly as the network allows; else any shares.
    """
    serving = Serving(instance)
    for tier in range(len(instance.tiers)):
        serving.serve(tier)
        if even:
            level_out(serving, tier)
    serving.spare_stocks()
    return serving
