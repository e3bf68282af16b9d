"""The figures of a gas day out of many returns: which one counts, where it came from, and why another is not there.

It stands alone because a balance must be able to say of each of its numbers who returned it, and of each number that it
lacks whose return is late, incomplete or held.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from math import fsum
from typing import Literal

from zhishou.supply.returns.model import ITEMS, Return, Value
from zhishou.supply.system import System
from zhishou.supply.units import HOURS_PER_DAY

Key = tuple[str, str, date | None, int | None]
"""Item, object, day, hour: which figure is meant."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """What has come in but may not be used until a person decides."""

    figures: frozenset[Key] = frozenset()
    """Single figures."""
    returns: frozenset[tuple[str, date]] = frozenset()
    """Whole returns: reporter and the gas day on whose evening they were made."""


NOTHING_WITHHELD = Withheld()


@dataclass(frozen=True, slots=True)
class Origin:
    """The return that a figure came from."""

    reporter: str
    """Reporter id."""
    gas_day: date
    """The gas day on whose evening it was made."""
    version: int
    """Its version."""
    at: datetime
    """When it was received."""
    source: str = ""
    """File, or who typed it."""
    place: str = ""
    """Where in it the figure stood."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a gas day."""

    amount: float
    """In the item's unit."""
    origin: Origin
    hours: tuple[float, ...] = ()
    """24 amounts, 万立方米 in the hour, where all were returned; empty otherwise."""


WHY: Mapping[str, str] = {"late": "未报", "omitted": "报了，没有这一项", "held": "待核，暂不用"}


@dataclass(frozen=True, slots=True)
class Missing:
    """A figure that is needed and not known."""

    reporter: str
    """Reporter id."""
    reporter_label: str
    item: str
    """Item id."""
    item_label: str
    of: str
    """Id of the source, customer or storage; `area|source` of an allocation."""
    of_label: str
    day: date
    """The gas day it is about."""
    why: Literal["late", "omitted", "held"]
    """No return; a return without this figure; a figure that a person must look at first."""
    last: Origin | None = None
    """The reporter's latest return of an earlier evening, for whoever asks after it."""


@dataclass(frozen=True)
class Figures:
    """What the returns say of one gas day."""

    system: System
    day: date
    """The gas day."""
    made: date
    """The gas day on whose evening the returns are due that tell of it."""
    known: Mapping[tuple[str, str], Figure] = field(repr=False)
    """(item, object) → the figure of the day; of a stock, that of the end of the day before it was made for."""
    came: Mapping[str, Origin] = field(repr=False)
    """Reporter → its latest return that counts."""
    earlier: Mapping[str, Origin] = field(repr=False)
    """Reporter → its latest return of an earlier evening, which does not count."""
    withheld: Withheld = NOTHING_WITHHELD

    def find(self, item: str, of: str) -> Figure | None:
        """The figure of an item; None where it is not known."""
        return self.known.get((item, of))

    def held(self, item: str, of: str) -> bool:
        """Whether a figure was returned that may not be used until a person decides."""
        day = self.stock_day if ITEMS[item].when == "actual" else self.day
        return not self._held.isdisjoint({(item, of, day), (item, of, None)})

    def why_missing(self, item: str, of: str, reporter: str, of_label: str) -> Missing:
        """What is to be said of a figure that is not known."""
        day = self.stock_day if ITEMS[item].when == "actual" else self.day
        held = self.held(item, of) or any(
            (reporter, evening) in self.withheld.returns for evening in (self.made, self.day)
        )
        why: Literal["late", "omitted", "held"] = "held" if held else "omitted" if reporter in self.came else "late"
        known = self.system.reporters_by_id.get(reporter)
        return Missing(
            reporter, known.label if known else reporter, item, ITEMS[item].label, of, of_label, day, why,
            self.earlier.get(reporter),
        )  # fmt: skip

    @cached_property
    def _held(self) -> frozenset[tuple[str, str, date | None]]:
        return frozenset((item, of, day) for item, of, day, _ in self.withheld.figures)

    @property
    def late(self) -> tuple[str, ...]:
        """The reporters with something to return whose return has not come, by id, in the order of the system."""
        system = self.system
        owing = {one.reporter for one in system.sources} | {one.reporter for one in system.customers}
        owing = (owing | {one.reporter for one in system.storages}) - self.came.keys()
        held = {reporter for reporter, evening in self.withheld.returns if self.made <= evening <= self.day}
        return tuple(one.id for one in system.reporters if one.id in owing - held)

    @property
    def stock_day(self) -> date:
        """The day at whose end the stocks stood with which the balance begins."""
        return self.made


def figures(
    system: System,
    returns: Iterable[Return],
    day: date,
    *,
    made: date | None = None,
    withheld: Withheld = NOTHING_WITHHELD,
) -> Figures:
    """Choose the figures of a gas day.

    A figure counts where it stands in a return made on the evening of `made` or later, up to the day itself; the latest evening
    wins. A correction replaces the whole return that it corrects. What an older return foretold does not count: its place is taken
    by nothing, so that a late return shows.

    Args:
        system: whose reporters they are.
        returns: all returns at hand, in any order; those of other reporters are passed over.
        day: the gas day.
        made: the evening whose returns are due; the one before the day where not given.
        withheld: what may not be used yet.
    """
    evening = made or day - timedelta(days=1)
    mine = [
        one
        for one in returns
        if one.reporter in system.reporters_by_id and (one.reporter, one.gas_day) not in withheld.returns
    ]
    owners = _owners(system)
    chosen: dict[tuple[str, str], Figure] = {}
    came: dict[str, Origin] = {}
    earlier: dict[str, Origin] = {}
    for one in sorted(latest_versions(mine), key=lambda one: (one.gas_day, one.reporter)):
        if one.gas_day < evening:
            earlier[one.reporter] = origin_of(one)
        elif one.gas_day <= day:
            came[one.reporter] = origin_of(one)
            told = _stated(one, day, evening, withheld)
            chosen |= {name: found for name, found in told.items() if owners.get(name) in {None, one.reporter}}
    return Figures(system, day, evening, chosen, came, earlier, withheld)


def _owners(system: System) -> Mapping[tuple[str, str], str]:
    """(item, object) → who returns it: nobody else's word counts."""
    found = {(item, one.id): one.reporter for item in ("available", "supplied") for one in system.sources}
    found |= {(item, one.id): one.reporter for item in ("demand", "taken") for one in system.customers}
    found |= {(item, one.id): one.reporter for item in ("stock", "withdrawable") for one in system.storages}
    for source in system.sources:
        found |= {("allocated", f"{area}|{source.id}"): source.reporter for area in source.feeds or system.areas}
    return found


def _stated(one: Return, day: date, evening: date, withheld: Withheld) -> Mapping[tuple[str, str], Figure]:
    """Every figure that a return states of the day, without those that may not be used."""
    days: dict[tuple[str, str], Value] = {}
    hours: dict[tuple[str, str], dict[int, Value]] = {}
    for value in one.values:
        about = evening if ITEMS[value.item].when == "actual" else day
        whole = (value.item, value.of, value.day, None)
        if value.day != about or not isinstance(value.amount, float | int) or whole in withheld.figures:
            continue
        name = (value.item, value.of)
        if value.hour is None:
            days[name] = value
        elif (value.item, value.of, value.day, value.hour) not in withheld.figures:
            hours.setdefault(name, {})[value.hour] = value
    found: dict[tuple[str, str], Figure] = {}
    for name in days.keys() | hours.keys():
        told = hours.get(name, {})
        every = tuple(float(told[hour].amount) for hour in sorted(told)) if len(told) == HOURS_PER_DAY else ()
        if name in days:
            found[name] = Figure(float(days[name].amount), origin_of(one, days[name].place), every)
        elif every:
            found[name] = Figure(round(fsum(every), 9), origin_of(one, told[0].place), every)
    return found


def latest_versions(returns: Iterable[Return]) -> tuple[Return, ...]:
    """Of every reporter and evening the latest version, which replaces those before it."""
    latest: dict[tuple[str, date], Return] = {}
    for one in returns:
        place = (one.reporter, one.gas_day)
        if place not in latest or (one.version, one.at) > (latest[place].version, latest[place].at):
            latest[place] = one
    return tuple(latest.values())


def origin_of(one: Return, place: str = "") -> Origin:
    """The return as the origin of a figure that stood at a place in it."""
    return Origin(one.reporter, one.gas_day, one.version, one.at, one.source, place)
