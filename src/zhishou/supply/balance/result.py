"""What a balance is: every figure with its origin, the gap, the storages, and what is missing; immutable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from zhishou.supply.balance.figures import Figures, Missing, Origin
from zhishou.supply.balance.ranges import Range, quotient, shortfall, shortfall_pct, total
from zhishou.supply.balance.scopes import Scope


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of a balance: the demand of a customer, or the gas of a source that is meant for the scope."""

    of: str
    """Id of the customer or source."""
    label: str
    sort: str
    """Customer class, or kind of source."""
    area: str
    """Id of the area where it is."""
    amount: Range
    """万立方米/日."""
    contract: float | None
    """The contracted rate, 万立方米/日; None where the system states none."""
    interruptible: Range
    """Of a demand, what its contract lets be interrupted, no more than the demand, 万立方米/日; 0 of a source."""
    origins: tuple[Origin, ...]
    """The returns it came from; empty where it is not known."""
    shape: tuple[float, ...] = ()
    """24 shares of the day, as returned by the hour; empty where it was not."""


@dataclass(frozen=True, slots=True)
class Store:
    """A storage as it stands at the beginning of the gas day."""

    of: str
    """Id of the storage."""
    label: str
    owner: str
    form: str
    """`gas` or `lng`."""
    emergency: bool
    """True for a reserve that only a response level opens."""
    stock: float | None
    """In 万立方米, or tonnes of LNG by its form; None where not known."""
    volume: Range
    """The stock in 万立方米."""
    usable: Range
    """What can be delivered from it, 万立方米: (stock − keep) less what is lost on the way; from 0 where its rate is held."""
    rate: float
    """The greatest rate at which it can deliver on the day, 万立方米/日."""
    origin: Origin | None


@dataclass(frozen=True)
class Balance:
    """Demand and supply of one scope on one gas day."""

    scope: Scope
    day: date
    demands: tuple[Line, ...]
    """By customer, in the order of the system."""
    supplies: tuple[Line, ...]
    """By source, in the order of the system; those that send nothing here by their `feeds` are left out."""
    stores: tuple[Store, ...]
    """The storages in the scope."""
    missing: tuple[Missing, ...]
    """What is needed for the gap and not known."""
    stocks_missing: tuple[Missing, ...]
    """The storages of which the stock is not known, or the rate returned is held; the gap does not need them."""
    demand: Range
    """万立方米/日."""
    supply: Range
    """万立方米/日: gas of the sources; what storages can deliver is not counted in it."""

    @property
    def gap(self) -> Range:
        """max(0, demand − supply), 万立方米/日."""
        return shortfall(self.demand, self.supply)

    @cached_property
    def gap_pct(self) -> Range:
        """The gap in per cent of demand, 0 to 100."""
        return shortfall_pct(self.demand, self.supply)

    @property
    def surplus(self) -> Range:
        """max(0, supply − demand), 万立方米/日."""
        return shortfall(self.supply, self.demand)

    @property
    def interruptible(self) -> Range:
        """What contracts let be interrupted, 万立方米/日."""
        return total(line.interruptible for line in self.demands)

    @property
    def by_class(self) -> dict[str, Range]:
        """Customer class → demand, 万立方米/日."""
        return _sums(self.demands)

    @property
    def by_source_kind(self) -> dict[str, Range]:
        """Kind of source → gas, 万立方米/日."""
        return _sums(self.supplies)

    def usable(self, *, emergency: bool) -> Range:
        """What the storages, or the emergency reserves, can deliver, 万立方米."""
        return total(store.usable for store in self.stores if store.emergency is emergency)

    @property
    def cover_days(self) -> Range | None:
        """How many days of the whole demand the storages would last, emergency reserves among them; None where demand may be 0."""
        return quotient(total(store.usable for store in self.stores), self.demand)

    @cached_property
    def origins(self) -> tuple[Origin, ...]:
        """The returns that demand and supply came from, each once, by reporter."""
        found = {
            (origin.reporter, origin.gas_day, origin.version): origin
            for line in (*self.demands, *self.supplies)
            for origin in line.origins
        }
        return tuple(found[key] for key in sorted(found))

    @property
    def at(self) -> datetime | None:
        """When the latest of them was received."""
        return max((origin.at for origin in self.origins), default=None)


def _sums(lines: tuple[Line, ...]) -> dict[str, Range]:
    parts: dict[str, list[Range]] = {}
    for line in lines:
        parts.setdefault(line.sort, []).append(line.amount)
    return {sort: total(ranges) for sort, ranges in parts.items()}


@dataclass(frozen=True)
class Balances:
    """The balances of one gas day."""

    figures: Figures
    every: tuple[Balance, ...]
    """The city, the counties, the groups."""
    remarks: tuple[str, ...]
    """Where allocations and supply do not agree, in words."""
    without: frozenset[str] = frozenset()
    """The sources that are supposed to have failed."""

    @property
    def city(self) -> Balance:
        """The city's."""
        return self.every[0]

    @property
    def counties(self) -> tuple[Balance, ...]:
        """One for each county."""
        return tuple(one for one in self.every if one.scope.kind == "area")

    @property
    def groups(self) -> tuple[Balance, ...]:
        """One for each local group of counties."""
        return tuple(one for one in self.every if one.scope.kind == "group")

    def of(self, scope: str) -> Balance | None:
        """The balance of an area or group by its id; None where there is none."""
        return next((one for one in self.every if one.scope.id == scope), None)

    @property
    def worst_group(self) -> Balance | None:
        """The group whose gap is certain to be the greatest share of its demand; of equals, the one of fewer counties."""
        return min(self.groups, key=lambda one: (-one.gap_pct.low, len(one.scope.areas)), default=None)

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Everything that is needed for some balance and not known, each once."""
        return tuple(dict.fromkeys(missing for one in self.every for missing in one.missing))

    @property
    def late(self) -> tuple[str, ...]:
        """The reporters whose return of the evening has not come, by id."""
        return self.figures.late
