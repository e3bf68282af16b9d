"""balances(system, figures, lexicon): demand against supply of one gas day, for the city, every county and every group.

Demand is what the customers' reporters expect. Supply is what the sources' reporters expect to be available; of a source that
feeds several places, a place counts the gas allocated to it. A figure that is not known widens the result to what it can be:
demand is at least 0, gas lies between 0 and the source's capacity.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from zhishou.plan.lexicon import Lexicon
from zhishou.supply.balance.figures import Figure, Figures, Missing, Origin
from zhishou.supply.balance.ranges import DECIMALS, UNKNOWN, ZERO, Range, exactly, total
from zhishou.supply.balance.result import Balance, Balances, Line, Store
from zhishou.supply.balance.scopes import Scope, scopes
from zhishou.supply.system import Customer, Source, Storage, System

_SLACK = 1e-6
"""万立方米/日; allocations that miss the available gas by no more agree with it."""


def balances(figures: Figures, lexicon: Lexicon, *, without: Collection[str] = ()) -> Balances:
    """The balances of a gas day.

    Args:
        figures: what the returns say of the day.
        lexicon: the names of the areas.
        without: sources that are supposed to send nothing.
    """
    system = figures.system
    drawn = _Drawn(figures, lexicon, frozenset(without))
    every = tuple(drawn.balance(scope) for scope in scopes(system, lexicon))
    return Balances(figures, every, tuple(_allocation_remarks(figures, lexicon)), frozenset(without))


class _Drawn:
    """The figures of a day, ready to be added up for any scope."""

    def __init__(self, figures: Figures, lexicon: Lexicon, without: frozenset[str]) -> None:
        self._figures = figures
        self._lexicon = lexicon
        self._without = without
        self._system = figures.system
        self._demands = {one.id: self._demand(one) for one in self._system.customers}
        self._stores = {one.id: self._store(one) for one in self._system.storages}
        self._absent = self._missing("demand", self._system.customers)
        self._untold = self._missing("stock", self._system.storages)
        self._doubted = {
            one.id: figures.why_missing("withdrawable", one.id, one.reporter, one.label)
            for one in self._system.storages
            if figures.held("withdrawable", one.id)
        }

    def balance(self, scope: Scope) -> Balance:
        inside = set(scope.areas)
        customers = self._system.customers_in(scope.areas)
        demands = tuple(self._demands[one.id] for one in customers)
        fed = [one for one in self._system.sources if inside & set(fed_areas(self._system, one))]
        supplies = tuple(self._supply(one, inside) for one in fed)
        missing = [self._absent[one.id] for one in customers if one.id in self._absent]
        missing += [lack for one in fed for lack in self._lacks(one, inside)]
        stores = [one for one in self._system.storages if self._system.nodes_by_id[one.node].area in inside]
        return Balance(
            scope=scope,
            day=self._figures.day,
            demands=demands,
            supplies=supplies,
            stores=tuple(self._stores[one.id] for one in stores),
            missing=tuple(missing),
            stocks_missing=tuple(
                lack[one.id] for lack in (self._untold, self._doubted) for one in stores if one.id in lack
            ),
            demand=total(line.amount for line in demands),
            supply=total(line.amount for line in supplies),
        )

    def _missing(self, item: str, things: Iterable[Customer | Storage]) -> dict[str, Missing]:
        """What is to be said of those whose figure is not known; a customer stands in as many scopes as there are groups."""
        return {
            one.id: self._figures.why_missing(item, one.id, one.reporter, one.label)
            for one in things
            if self._figures.find(item, one.id) is None
        }

    def _demand(self, customer: Customer) -> Line:
        found = self._figures.find("demand", customer.id)
        amount = exactly(found.amount) if found else UNKNOWN
        return Line(
            of=customer.id, label=customer.label, sort=customer.customer_class, area=self._system.area_of(customer),
            amount=amount, contract=customer.contract,
            interruptible=Range(min(customer.interruptible, amount.low), min(customer.interruptible, amount.high)),
            origins=(found.origin,) if found else (), shape=_shape(found),
        )  # fmt: skip

    def _supply(self, source: Source, inside: set[str]) -> Line:
        found = self._figures.find("available", source.id)
        shares = self._shares(source, inside)
        origins: tuple[Origin, ...] = ()
        if source.id in self._without:
            amount = ZERO
        elif shares is None:
            amount = available(source, found)
            origins = (found.origin,) if found else ()
        else:
            most = available(source, found).high
            parts = [exactly(one.amount) if one else Range(0.0, most) for one in shares.values()]
            amount = total(parts)
            if not amount.known:
                amount = Range(amount.low, max(amount.low, min(amount.high, most)))
            origins = tuple(dict.fromkeys(one.origin for one in shares.values() if one))
        return Line(
            of=source.id, label=source.label, sort=source.kind, area=self._system.area_of(source), amount=amount,
            contract=source.contract, interruptible=ZERO, origins=origins, shape=_shape(found),
        )  # fmt: skip

    def _shares(self, source: Source, inside: set[str]) -> dict[str, Figure | None] | None:
        """The allocations of a source to the areas; None where all that it feeds lies inside, so that all its gas counts."""
        fed = fed_areas(self._system, source)
        if set(fed) <= inside:
            return None
        names = [f"{area}|{source.id}" for area in fed if area in inside]
        return {name: self._figures.find("allocated", name) for name in names}

    def _lacks(self, source: Source, inside: set[str]) -> Iterator[Missing]:
        if source.id in self._without:
            return
        shares = self._shares(source, inside)
        if shares is None:
            if self._figures.find("available", source.id) is None:
                yield self._figures.why_missing("available", source.id, source.reporter, source.label)
            return
        for name, found in shares.items():
            if found is None:
                area = self._lexicon.areas[name.split("|", 1)[0]].label
                yield self._figures.why_missing("allocated", name, source.reporter, f"{source.label} → {area}")

    def _store(self, storage: Storage) -> Store:
        found = self._figures.find("stock", storage.id)
        daily = self._figures.find("withdrawable", storage.id)
        most = self._system.volume(storage, storage.capacity)
        volume = exactly(self._system.volume(storage, found.amount)) if found else Range(0.0, most)
        keep = self._system.volume(storage, storage.keep)
        # What was said of its rate and may not be used yet may be that it delivers nothing.
        sure = 0.0 if self._figures.held("withdrawable", storage.id) else max(0.0, volume.low - keep)
        left = Range(sure, max(0.0, volume.high - keep))
        rate = min(storage.withdrawal, daily.amount) if daily else storage.withdrawal
        return Store(
            of=storage.id, label=storage.label, owner=storage.owner, form=storage.form,
            emergency=storage.emergency_reserve, stock=found.amount if found else None,
            volume=volume.times(1), usable=left.times(1 - storage.withdrawal_loss),
            rate=round(rate * (1 - storage.withdrawal_loss), DECIMALS), origin=found.origin if found else None,
        )  # fmt: skip


def fed_areas(system: System, source: Source) -> tuple[str, ...]:
    """The areas among which a source's gas is allocated."""
    return source.feeds or system.areas


def available(source: Source, found: Figure | None) -> Range:
    """What a source can send on the day, 万立方米/日: as returned, or anything up to its capacity where it is not known."""
    return exactly(found.amount) if found else Range(0.0, source.capacity)


def _shape(found: Figure | None) -> tuple[float, ...]:
    if found is None or not found.hours or (whole := sum(found.hours)) <= 0:
        return ()
    return tuple(hour / whole for hour in found.hours)


def _allocation_remarks(figures: Figures, lexicon: Lexicon) -> Iterable[str]:
    """Where a source's allocations do not add up to its gas: then the counties do not add up to the city."""
    system = figures.system
    for source in system.sources:
        fed = fed_areas(system, source)
        shares = [figures.find("allocated", f"{area}|{source.id}") for area in fed]
        found = figures.find("available", source.id)
        if len(fed) < 2 or found is None or not all(shares):
            continue
        allocated = total(exactly(one.amount) for one in shares if one).low
        if abs(left := found.amount - allocated) > _SLACK:
            what = (
                f"有 {left:g} 未分配到县，各县合计缺口会大于全市"
                if left > 0
                else f"分配合计多出 {-left:g}，各县缺口会偏小"
            )
            yield f"{source.label}预计可供 {found.amount:g}，分配合计 {allocated:g} 万立方米/日，{what}"
    unfed = [area for area in system.areas if not any(area in fed_areas(system, source) for source in system.sources)]
    for area in unfed:
        yield f"{lexicon.areas[area].label}没有任何气源供气"
