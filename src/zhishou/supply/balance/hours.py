"""The 24 hours of a balance: a day that is covered as a whole may still fall short at seven in the evening.

Hours that were returned count as returned. Otherwise a customer's day is spread by the profile of its class (evenly where the
system has none) and a source's day evenly. What the pipes themselves hold (line pack) is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from zhishou.supply.balance.ranges import Range, shortfall, shortfall_pct, total
from zhishou.supply.balance.result import Balance, Line
from zhishou.supply.system import System
from zhishou.supply.units import HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class HourBalance:
    """Demand and supply of one hour."""

    hour: int
    """0 to 23 from the first hour of the gas day."""
    clock: str
    """When it begins, `19:00`."""
    demand: Range
    """万立方米 in the hour."""
    supply: Range
    """万立方米 in the hour."""
    by_class: dict[str, Range]
    """Customer class → demand, 万立方米 in the hour."""

    @property
    def gap(self) -> Range:
        """max(0, demand − supply), 万立方米 in the hour."""
        return shortfall(self.demand, self.supply)

    @property
    def gap_pct(self) -> Range:
        """The gap in per cent of the hour's demand."""
        return shortfall_pct(self.demand, self.supply)


def hour_balances(system: System, balance: Balance) -> tuple[HourBalance, ...]:
    """The hours of a day's balance, from the first hour of the gas day."""
    demands = [(line, _weights(line, system.profiles.get(line.sort, ()))) for line in balance.demands]
    supplies = [(line, _weights(line, ())) for line in balance.supplies]
    start = int(system.gas_day_starts[:2])
    found = []
    for hour in range(HOURS_PER_DAY):
        by_class: dict[str, list[Range]] = {}
        for line, weights in demands:
            by_class.setdefault(line.sort, []).append(line.amount.times(weights[hour]))
        classes = {sort: total(parts) for sort, parts in by_class.items()}
        found.append(
            HourBalance(
                hour=hour,
                clock=f"{(start + hour) % HOURS_PER_DAY:02d}{system.gas_day_starts[2:]}",
                demand=total(classes.values()),
                supply=total(line.amount.times(weights[hour]) for line, weights in supplies),
                by_class=classes,
            )
        )
    return tuple(found)


def _weights(line: Line, profile: Sequence[float]) -> Sequence[float]:
    """24 shares of the day, as returned, else by the profile, else even."""
    if line.shape:
        return line.shape
    if profile:
        whole = sum(profile)
        return [weight / whole for weight in profile]
    return [1 / HOURS_PER_DAY] * HOURS_PER_DAY
