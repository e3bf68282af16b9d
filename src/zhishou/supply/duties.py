"""The ledger of storage duties: what each owner must hold, what it holds, what is short, and by when.

The figures that must be reached, their days, their owners, who watches and the clauses are targets of the plans; what is worked
out here is the base of each and what is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import fsum
from typing import Literal

from zhishou import clock
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.supply.balance.figures import NOTHING_WITHHELD, Origin, Withheld, latest_versions, origin_of
from zhishou.supply.balance.ranges import ZERO, Range, exactly, quotient, share_pct, total
from zhishou.supply.basis import Owed, owed
from zhishou.supply.returns.model import Return
from zhishou.supply.system import Customer, Reporter, Storage, System

GOVERNMENT = "government_storage_days"
COMPANY = "city_gas_company_storage_pct"
FILL = "storage_fill_pct"

DAYS_OF_YEAR = 365


@dataclass(frozen=True, slots=True)
class Held:
    """One storage in the ledger."""

    of: str
    """Id of the storage."""
    label: str
    lng: bool
    """Whether its stock is counted in tonnes."""
    capacity: float
    """Working capacity, 万立方米."""
    usable: float
    """What of it can be used: the working capacity less what must stay, 万立方米."""
    stock: Range
    """What lies in it, 万立方米."""
    origin: Origin | None
    """The return that tells of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One duty of one owner."""

    fact: str
    """The fact that the duty is about."""
    target: str
    """Id of the target in its plan."""
    label: str
    """What must be reached, as the plan's pack puts it."""
    owner: str
    """Whose duty it is."""
    share: bool
    """True where the entry tells what one owner adds to a duty that is counted for all together."""
    base: float | None
    """What the figure is counted against, 万立方米 (a day, a year, a capacity); None where not known."""
    base_text: str
    """What the base is, in words."""
    figure: Range | None
    """What is reached, in `unit`; None where nothing is known."""
    unit: str
    threshold: float
    """What must be reached, in `unit`."""
    required: float | None
    """What that is, 万立方米; None where the base is not known, or the entry is a share."""
    held: Range
    """What counts against it, 万立方米."""
    short: Range | None
    """What is short, 万立方米; None where not known, or the entry is a share."""
    tonnes: Range | None
    """The same in tonnes of LNG, where all that is held is LNG."""
    due: date | None
    """The day by which it must be reached; None where the text gives none."""
    watched_by: tuple[str, ...]
    """Who sees to it."""
    clause: tuple[str, ...]
    plan: str
    """The plan's short name."""
    note: str
    """What the plan's pack says of it."""
    stores: tuple[Held, ...]
    """The storages that count."""

    @property
    def state(self) -> Literal["met", "short", "unknown"]:
        """Whether it is reached."""
        if self.figure is None:
            return "unknown"
        if self.figure.low >= self.threshold:
            return "met"
        return "short" if self.figure.high < self.threshold else "unknown"

    def overdue(self, today: date) -> bool:
        """Whether it is certainly not reached and its day has passed."""
        return self.state == "short" and self.due is not None and today > self.due

    @property
    def at(self) -> datetime | None:
        """When the latest return that tells of it was received."""
        return max((one.origin.at for one in self.stores if one.origin), default=None)


@dataclass(frozen=True)
class Ledger:
    """All duties on a day."""

    day: date
    entries: tuple[Entry, ...]
    unknown: tuple[tuple[str, str], ...]
    """Storages of which no recent return tells: label, and who should have sent it."""

    def of(self, fact: str) -> tuple[Entry, ...]:
        """The entries of one duty."""
        return tuple(entry for entry in self.entries if entry.fact == fact)


def ledger(
    system: System,
    returns: Iterable[Return],
    day: date,
    plans: Sequence[Pack],
    lexicon: Lexicon,
    withheld: Withheld = NOTHING_WITHHELD,
) -> Ledger:
    """The ledger on a gas day.

    A storage counts with what the latest return up to the day tells of it, where that is not older than the fact's shelf life in
    the lexicon; of one that nobody has told of since, neither stock nor fitness for use is known.

    Args:
        system: storages, customers and who reports them.
        returns: all returns at hand, corrections among them.
        day: the gas day.
        plans: those whose targets hold.
        lexicon: facts, areas.
        withheld: what may not be used yet.
    """
    life = timedelta(minutes=clock.minutes(lexicon.facts[FILL].shelf_life) or 0)
    recent = [
        one
        for one in returns
        if day - life <= one.gas_day <= day and (one.reporter, one.gas_day) not in withheld.returns
    ]
    seen = _stocks(system, recent, withheld)
    held = {storage.id: _held(system, storage, seen.get(storage.id)) for storage in system.storages}
    entries: list[Entry] = []
    for one in owed(GOVERNMENT, plans):
        entries += _government(system, one, held, lexicon, day)
    for one in owed(COMPANY, plans):
        entries += _companies(system, one, held, day)
    for one in owed(FILL, plans):
        entries += _fill(system, one, held, lexicon, day)
    unknown = tuple(
        (storage.label, system.reporters_by_id[storage.reporter].label)
        for storage in system.storages
        if storage.id not in seen
    )
    return Ledger(day, tuple(entries), unknown)


def _stocks(system: System, returns: Sequence[Return], withheld: Withheld) -> dict[str, tuple[float, Origin]]:
    """Storage → its latest stock and where that was told."""
    found: dict[str, tuple[float, Origin]] = {}
    for one in sorted(latest_versions(returns), key=lambda one: one.gas_day):
        for value in one.values:
            storage = system.storages_by_id.get(value.of) if value.item == "stock" else None
            if storage is None or storage.reporter != one.reporter or not isinstance(value.amount, float | int):
                continue
            found.pop(storage.id, None)  # what is held now is not what was told before
            if (value.item, value.of, value.day, None) not in withheld.figures:
                found[storage.id] = (float(value.amount), origin_of(one, value.place))
    return found


def _held(system: System, storage: Storage, seen: tuple[float, Origin] | None) -> Held:
    capacity = system.volume(storage, storage.capacity)
    stock = exactly(round(system.volume(storage, seen[0]), 9)) if seen else Range(0.0, capacity)
    return Held(
        of=storage.id, label=storage.label, lng=storage.form == "lng", capacity=round(capacity, 9),
        usable=round(capacity - system.volume(storage, storage.keep), 9), stock=stock,
        origin=seen[1] if seen else None,
    )  # fmt: skip


def _capability(stores: Iterable[Held]) -> Range:
    """What storages can hold ready; one of which nobody has told may be out of use, so it counts from 0 up."""
    return total(exactly(one.usable) if one.origin else Range(0.0, one.usable) for one in stores)


def _government(system: System, one: Owed, held: dict[str, Held], lexicon: Lexicon, day: date) -> Iterator[Entry]:
    own = [storage for storage in system.storages if storage.owner_kind == "government"]
    base, said = _daily(system.customers)
    city = lexicon.areas[system.area].label
    stores = tuple(held[storage.id] for storage in own)
    yield _entry(
        one, system, f"{city}（各级政府合计）", stores, day, base=base, base_text=f"{city}{said}", per=1.0, unit="天"
    )
    for owner, area in dict.fromkeys((storage.owner, system.area_of(storage)) for storage in own):
        inside = [s for s in own if (s.owner, system.area_of(s)) == (owner, area)]
        customers = system.customers if area == system.area else system.customers_in([area])
        base, said = _daily(customers)
        yield _entry(
            one, system, owner, tuple(held[storage.id] for storage in inside), day, base=base,
            base_text=f"{lexicon.areas[area].label}{said}", per=1.0, unit="天", share=True,
        )  # fmt: skip


def _companies(system: System, one: Owed, held: dict[str, Held], day: date) -> Iterator[Entry]:
    own = [storage for storage in system.storages if storage.owner_kind == "city_gas_company"]
    sold: dict[str, list[Customer]] = {}
    for customer in system.customers:
        sold.setdefault(customer.reporter, []).append(customer)
    for company in system.reporters:
        if company.kind != "city_gas":
            continue
        customers = sold.get(company.id, [])
        sales = [customer.yearly for customer in customers if customer.yearly is not None]
        base = fsum(sales) if customers and len(sales) == len(customers) else None
        stores = tuple(held[storage.id] for storage in own if _belongs(storage, company))
        said = "年售气量（所报各用户年用气量之和）" if base is not None else "年售气量不明（有用户没有年用气量）"
        yield _entry(one, system, company.label, stores, day, base=base, base_text=said, per=100.0, unit="%")


def _belongs(storage: Storage, company: Reporter) -> bool:
    return company.id == storage.reporter or company.label == storage.owner


def _fill(system: System, one: Owed, held: dict[str, Held], lexicon: Lexicon, day: date) -> Iterator[Entry]:
    everything = tuple(held[storage.id] for storage in system.storages)
    city = lexicon.areas[system.area].label
    for owner, stores, share in (
        (f"{city}（各储气设施合计）", everything, False),
        *((f"{storage.label}（{storage.owner}）", (held[storage.id],), False) for storage in system.storages),
    ):
        capacity = fsum(store.capacity for store in stores)
        yield _entry(
            one, system, owner, stores, day, base=capacity or None, base_text="库容", per=100.0, unit="%", share=share,
            filled=True,
        )  # fmt: skip


def _entry(  # noqa: PLR0913 - the columns of a ledger
    one: Owed, system: System, owner: str, stores: tuple[Held, ...], day: date, *, base: float | None, base_text: str,
    per: float, unit: str, share: bool = False, filled: bool = False,
) -> Entry:  # fmt: skip
    counted = total(store.stock for store in stores) if filled else _capability(stores)
    figure = None
    if base is not None and base > 0:
        quotient_ = quotient(counted, exactly(base))
        figure = share_pct(counted, base) if per == 100.0 else quotient_
    required = round(one.threshold * base / per, 9) if base is not None and not share else None
    short = None
    if required is not None and figure is not None:
        short = Range(max(0.0, round(required - counted.high, 9)), max(0.0, round(required - counted.low, 9)))
    tonnes = None
    if short is not None and stores and all(store.lng for store in stores):
        tonnes = Range(_tonnes(short.low, system), _tonnes(short.high, system))
    target = one.target
    return Entry(
        fact=one.condition.fact, target=target.id, label=target.label, owner=owner, share=share, base=base,
        base_text=base_text, figure=figure, unit=unit, threshold=one.threshold, required=required,
        held=counted if stores else ZERO, short=short, tonnes=tonnes,
        due=clock.day_of_season(target.by, day) if target.by else None, watched_by=target.watched_by, clause=target.clause,
        plan=one.pack.plan.short, note="；".join(filter(None, (target.note, one.condition.note))), stores=stores,
    )  # fmt: skip


def _tonnes(volume: float, system: System) -> float:
    return round(volume * 1e4 / system.cubic_metres_per_tonne, 9)


def _daily(customers: Sequence[Customer]) -> tuple[float | None, str]:
    """The mean daily demand, 万立方米, and what it is taken from; None where nothing is known."""
    yearly = [customer.yearly for customer in customers if customer.yearly is not None]
    if customers and len(yearly) == len(customers):
        return round(fsum(yearly) / DAYS_OF_YEAR, 9), f"日均需求量（年用气量 ÷ {DAYS_OF_YEAR}）"
    winter = fsum(customer.demand for customer in customers)
    if customers and all(customer.demand > 0 for customer in customers):
        return round(winter, 9), "常年冬季日需求（年用气量不全，按冬季日需求计，偏严）"
    return None, "日均需求量不明"
