"""Facts that returns state without further reckoning: coal, power, heat, and what superiors have told.

The gaps of gas are the balance's to work out. What is late or held leaves its fact out, or, where several reporters make
up one fact, leaves it known only as a bound: the lowest of two coal stocks is at most the one that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from zhishou.supply.returns.model import ITEMS, Return
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import Roster
from zhishou.supply.system import Reporter

COAL = "coal_stock_pct_of_mean"
"""城区能源供应预案 4.2.1(2)、4.2.2(2)、4.2.3(1): the lowest stock of the main users, against its three-year mean."""

_TOGETHER = {"heat_outage_share_pct": "sum", "heat_restore_hours": "most"}
"""Facts that several reporters make up: shares of one city add up, and heat is back when the last of it is."""


def facts(register: Register, roster: Roster, gas_day: date) -> Mapping[str, Mapping[str, Any]]:
    """The facts of a gas day as `assess.situation` takes them: fact → `value` or `at_least`/`at_most`, `source`, `at`.

    Args:
        register: what has been received.
        roster: the system's reporters.
        gas_day: the gas day.
    """
    found: dict[str, Mapping[str, Any]] = {}
    returns = {one.reporter: one for one in register.latest(gas_day)}
    if (coal := _coal(returns, roster)) is not None:
        found[COAL] = coal
    for item in ITEMS.values():
        if item.fact and (stated := _stated(item.id, returns, roster)) is not None:
            found[item.fact] = stated
    return found


def _source(reporter: Reporter, returned: Return) -> str:
    return f"{reporter.label}{returned.gas_day}报表第{returned.version}版"


def _amounts(item: str, returns: Mapping[str, Return], reporters: list[Reporter]) -> dict[str, float | str]:
    """Reporter → what it states of an item about itself."""
    found: dict[str, float | str] = {}
    for one in reporters:
        if (returned := returns.get(one.id)) is not None:
            amounts = [value.amount for value in returned.values if value.item == item and value.hour is None]
            found |= {one.id: amounts[-1]} if amounts else {}
    return found


def _coal(returns: Mapping[str, Return], roster: Roster) -> Mapping[str, Any] | None:
    users = [one for one in roster.system.reporters if one.kind == "coal_user"]
    stocks, means = _amounts("coal_stock", returns, users), _amounts("coal_stock_mean", returns, users)
    shares: dict[str, float] = {}
    for one in users:
        stock, mean = stocks.get(one.id), means.get(one.id)
        if isinstance(stock, int | float) and isinstance(mean, int | float) and mean > 0:
            shares[one.id] = stock / mean * 100
    if not shares:
        return None
    least = min(shares, key=lambda id_: shares[id_])
    reporter, returned = roster.system.reporters_by_id[least], returns[least]
    absent = [one.label for one in users if one.id not in shares]
    figure = round(shares[least], 6)
    told = {"source": _source(reporter, returned), "at": returned.at.isoformat()}
    if absent:  # the lowest of all is at most the lowest that is known
        return {"at_most": figure, **told, "note": f"缺{'、'.join(absent)}，最低存煤只知不高于此"}
    return {"value": figure, **told, "note": f"{len(users)} 家中最低的一家"}


def _stated(item: str, returns: Mapping[str, Return], roster: Roster) -> Mapping[str, Any] | None:
    fact, kinds = ITEMS[item].fact, ITEMS[item].kinds
    reporters = [one for one in roster.system.reporters if one.kind in kinds]
    given = _amounts(item, returns, reporters)
    if not given:
        return None
    newest = max(given, key=lambda id_: returns[id_].at)
    oldest = min(returns[id_].at for id_ in given)
    absent = [one.label for one in reporters if one.id not in given]
    how = _TOGETHER.get(fact)
    source = "、".join(_source(roster.system.reporters_by_id[id_], returns[id_]) for id_ in given)
    numbers = [amount for amount in given.values() if not isinstance(amount, str)]
    if how is None or len(reporters) == 1 or not numbers:
        id_ = newest
        told = {"source": _source(roster.system.reporters_by_id[id_], returns[id_]), "at": returns[id_].at.isoformat()}
        return {"value": given[id_], **told}
    value = min(sum(numbers), 100.0) if how == "sum" else max(numbers)
    told = {"source": source, "at": oldest.isoformat()}
    if how == "most":
        absent = [label for label in absent if not _no_outage(label, returns, roster)]
    if absent:
        return {"at_least": value, **told, "note": f"缺{'、'.join(absent)}，只知不低于此"}
    return {"value": value, **told}


def _no_outage(label: str, returns: Mapping[str, Return], roster: Roster) -> bool:
    """Whether a reporter has said that no heat is out, so that it has no time of restoration to tell."""
    reporter = next(one for one in roster.system.reporters if one.label == label)
    return _amounts("heat_outage_share_pct", returns, [reporter]).get(reporter.id) == 0
