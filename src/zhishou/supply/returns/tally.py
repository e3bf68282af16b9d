"""Adding up what was returned: a sum is known only where every part of it is; it stands alone beside the sheets that show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from zhishou.supply.returns.register import Register
from zhishou.supply.units import HOURS_PER_DAY


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of figures, some of which may be unknown."""

    known: float
    """The sum of those that are known."""
    absent: tuple[str, ...]
    """The objects whose figure is unknown."""

    @property
    def amount(self) -> float | None:
        """The sum; None where a part is unknown."""
        return None if self.absent else self.known

    def __sub__(self, other: Sum) -> Sum:
        return Sum(self.known - other.known, (*self.absent, *other.absent))


class Tally:
    """The figures of a gas day that may be used, by item, object and day.

    A day told by its 24 hours alone is their sum.
    """

    def __init__(self, register: Register, gas_day: date) -> None:
        days: dict[tuple[str, str, date], float] = {}
        hours: dict[tuple[str, str, date], list[float]] = {}
        for returned in register.latest(gas_day):
            for value in returned.values:
                if isinstance(value.amount, str):
                    continue
                about = (value.item, value.of, value.day)
                if value.hour is None:
                    days[about] = value.amount
                else:
                    hours.setdefault(about, []).append(value.amount)
        whole = {about: sum(told) for about, told in hours.items() if len(told) == HOURS_PER_DAY}
        self.figures: Mapping[tuple[str, str, date], float] = {**whole, **days}

    def one(self, item: str, of: str, day: date) -> float | None:
        """One figure; None where it is unknown."""
        return self.figures.get((item, of, day))

    def sum(self, item: str, objects: Iterable[tuple[str, str]], day: date) -> Sum:
        """The sum of an item over objects, each an id and a name."""
        known, absent = 0.0, []
        for of, label in objects:
            amount = self.one(item, of, day)
            if amount is None:
                absent.append(label)
            else:
                known += amount
        return Sum(known, tuple(absent))
