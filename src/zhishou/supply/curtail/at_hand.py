"""From the figures of returns to the hours ahead: what is asked for, what is at hand, and what had to be assumed.

It stands alone because an assumption must be made in one place, and told.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from math import ceil

import numpy as np

from zhishou import clock
from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.balance.figures import WHY, Figure, Figures, Missing
from zhishou.supply.curtail.horizon import Horizon, hourly
from zhishou.supply.curtail.instance import Floats
from zhishou.supply.system import Customer, System
from zhishou.supply.units import HOURS_PER_DAY, LNG, RATE, VOLUME


@dataclass(frozen=True, slots=True)
class Assumed:
    """A figure that nobody has returned and that was assumed."""

    missing: Missing
    """What is missing, and why."""
    amount: float
    """What was taken instead, in `unit`."""
    unit: str
    """Unit of it: 万立方米/日, or of a stock 万立方米 or tonnes of LNG by its form."""
    basis: str
    """Where it comes from."""

    def __str__(self) -> str:
        one = self.missing
        told = f"{one.reporter_label}{WHY[one.why]}：{one.of_label}{one.item_label}"
        return f"{told}，暂按{self.taken}计"

    @property
    def taken(self) -> str:
        """What was taken instead, with its unit."""
        return f"{self.basis} {self.amount:g} {self.unit}"


def at_hand(
    days: Sequence[Figures], *, hours: bool = True, assume: bool = False
) -> tuple[Horizon, tuple[Assumed, ...]]:
    """The hours ahead as the returns have them.

    Args:
        days: the figures of consecutive gas days.
        hours: in steps of an hour, else of a day. Hours that were returned are used; a day is spread by its class's profile.
        assume: whether what is missing may be assumed: a customer's usual demand, no gas from a source, no stock to draw.

    Raises:
        ProblemsError: something is missing and may not be assumed; every such figure is named.
    """
    system, first = days[0].system, days[0]
    assumed: list[Assumed] = []

    def taken(
        one: Figures, item: str, of: str, reporter: str, label: str, instead: tuple[float, str, str]
    ) -> Figure | None:
        if (found := one.find(item, of)) is None:
            assumed.append(Assumed(one.why_missing(item, of, reporter, label), *instead))
        return found

    demand: dict[str, Floats] = {}
    for customer in system.customers:
        usual = (customer.demand, RATE, "常年冬季用量")
        found = [taken(one, "demand", customer.id, customer.reporter, customer.label, usual) for one in days]
        amounts = [one.amount if one else customer.demand for one in found]
        demand[customer.id] = _laid(found, amounts, partial(_by_profile, system, customer) if hours else None)
    available: dict[str, Floats] = {}
    for source in system.sources:
        found = [taken(one, "available", source.id, source.reporter, source.label, (0.0, RATE, "无气")) for one in days]
        amounts = [one.amount if one else 0.0 for one in found]  # as returned, so that it agrees with the balance
        available[source.id] = _laid(found, amounts, _evenly if hours else None)
    stock = {}
    for storage in system.storages:
        one = taken(
            first,
            "stock",
            storage.id,
            storage.reporter,
            storage.label,
            (storage.keep, LNG if storage.form == "lng" else VOLUME, "应留量"),
        )
        stock[storage.id] = one.amount if one else storage.keep
        for one_day in days:
            if one_day.held("withdrawable", storage.id):
                nothing = (0.0, RATE, "不能采气")
                taken(one_day, "withdrawable", storage.id, storage.reporter, storage.label, nothing)
    if assumed and not assume:
        raise ProblemsError(
            ZhishouError(
                f"{one.missing.of_label}没有{one.missing.item_label}（{WHY[one.missing.why]}）",
                where=f"{one.missing.reporter_label} {one.missing.day}",
                mend=f"补报或核定；急用的，可按{one.taken}暂计并注明",
            )
            for one in assumed
        )
    start = datetime.combine(first.day, time.fromisoformat(system.gas_day_starts), clock.SHANGHAI)
    step, rates = 1.0 if hours else float(HOURS_PER_DAY), _withdrawable(days, hours=hours)
    return Horizon(system, start, step, demand, available, stock, withdrawable=rates), tuple(assumed)


def _withdrawable(days: Sequence[Figures], *, hours: bool) -> dict[str, Floats]:
    """Storage id → (H,) the rate at which it can deliver as returned, 万立方米/日.

    A day not told of is like the one before; where what was told is held, nothing is counted on.
    """
    rates: dict[str, Floats] = {}
    for storage in days[0].system.storages:
        found: list[Figure | None] = []
        amounts: list[float] = []
        for one in days:
            told = one.find("withdrawable", storage.id)
            held = one.held("withdrawable", storage.id)
            found.append(told if told or held or not found else found[-1])
            before = amounts[-1] if amounts else storage.withdrawal
            amounts.append(told.amount if told else 0.0 if held else before)
        rates[storage.id] = _laid(found, amounts, _evenly if hours else None)
    return rates


def still_ahead(horizon: Horizon, when: datetime) -> tuple[Horizon, int]:
    """What is left of a gas day that is under way, in steps of an hour, and how many hours are gone.

    Nobody can be told, or cut, in hours that are past. One that lies ahead, or is looked back on, stays whole.
    """
    if not horizon.start < when < horizon.moment(horizon.steps) or horizon.step_hours > 1:
        return horizon, 0
    gone = min(ceil((when - horizon.start) / timedelta(hours=horizon.step_hours)), horizon.steps - 1)
    ahead = replace(
        horizon,
        start=horizon.moment(gone),
        demand={name: rates[gone:] for name, rates in horizon.demand.items()},
        available={name: rates[gone:] for name, rates in horizon.available.items()},
        withdrawable={name: rates[gone:] for name, rates in horizon.withdrawable.items()},
    )
    return ahead, gone


def _laid(found: Sequence[Figure | None], amounts: Sequence[float], spread: Callable[[float], Floats] | None) -> Floats:
    """Rates, 万立方米/日, one a step."""
    if spread is None:
        return np.array(amounts, float)
    parts = [
        np.array(one.hours) * HOURS_PER_DAY if one and one.hours else spread(amount)
        for one, amount in zip(found, amounts, strict=True)
    ]
    return np.concatenate(parts)


def _by_profile(system: System, customer: Customer, day: float) -> Floats:
    return hourly(system, customer, np.array([day]))


def _evenly(day: float) -> Floats:
    return np.full(HOURS_PER_DAY, day)
