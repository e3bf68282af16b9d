"""What a system says its objects can do: the bound above which a figure cannot be right, and the level that is usual.

It stands alone because the form colours by it and the check holds by it.
"""

from __future__ import annotations

from zhishou.supply.returns.roster import Roster


def most(item: str, of: str, roster: Roster) -> float | None:
    """The greatest figure that an object can have, in the item's own unit; None where the system states none.

    Capacities of sources and withdrawals in 万立方米/日; stocks in 万立方米, or tonnes for an LNG tank.
    """
    system = roster.system
    if item in {"supplied", "available"} and of in system.sources_by_id:
        return system.sources_by_id[of].capacity
    if item == "allocated" and "|" in of and of.split("|", 1)[1] in system.sources_by_id:
        return system.sources_by_id[of.split("|", 1)[1]].capacity
    if item == "stock" and of in system.storages_by_id:
        return system.storages_by_id[of].capacity
    if item == "withdrawable" and of in system.storages_by_id:
        return system.storages_by_id[of].withdrawal
    return None


def usual(item: str, of: str, roster: Roster) -> float | None:
    """The level that the system states as usual, where no returns have been received yet; None where it states none.

    A customer's usual winter demand, a source's contract or capacity, a storage's capacity.
    """
    system = roster.system
    if item in {"taken", "demand"} and of in system.customers_by_id:
        return system.customers_by_id[of].demand or None
    if item in {"supplied", "available"} and of in system.sources_by_id:
        source = system.sources_by_id[of]
        return source.contract or source.capacity or None
    if item in {"stock", "withdrawable", "allocated"}:
        return most(item, of, roster) or None
    return None
