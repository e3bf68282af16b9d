"""The supply system of a city as data: areas, who reports, sources, pipes, storages and customers.

It stands alone because returns, balance, forecast and curtailment all speak of the same things by the same ids. All
rates are 万立方米/日 and all stocks 万立方米 at 20 °C and 101.325 kPa; LNG is stated in tonnes where it says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from zhishou.plan.base import Clause, Model, Names
from zhishou.supply.units import M3_PER_TONNE_LNG, volume_of_lng

Amount = Annotated[float, Field(ge=0, allow_inf_nan=False)]
"""A rate in 万立方米/日 or a stock in 万立方米, never negative."""

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]

ReporterKind = Literal[
    "producer", "pipeline", "liquefaction", "city_gas", "storage", "county", "coal_user", "power", "heat", "superior"
]
REPORTER_LABELS: Mapping[ReporterKind, str] = {
    "producer": "抽采企业",
    "pipeline": "管输企业",
    "liquefaction": "液化企业",
    "city_gas": "城市燃气企业",
    "storage": "储气设施运营企业",
    "county": "县（市、区）人民政府",
    "coal_user": "重点耗煤企业",
    "power": "供电企业",
    "heat": "供热企业",
    "superior": "上级通报",
}


class Reporter(Model):
    """Somebody who sends a daily return."""

    id: str
    """English id."""
    label: str
    """Its name."""
    kind: ReporterKind
    """What sort of return it sends."""
    area: str
    """Its area's id in the lexicon."""
    organisation: str = ""
    """The organisation of the lexicon, by any name; empty where it has none there."""


class Node(Model):
    """A place of the network where gas enters, leaves or branches: a gate station, a county's grid."""

    id: str
    """English id."""
    label: str
    """Its name."""
    area: str
    """Its area's id in the lexicon."""
    minimum_pressure: float | None = None
    """The least pressure that deliveries here need, MPa (gauge); for the hydraulic check."""


class Pipe(Model):
    """A pipeline between two nodes."""

    id: str
    """English id."""
    label: str
    """Its name."""
    start: str
    """Node at which a positive flow starts."""
    end: str
    """Node at which it ends."""
    capacity: Amount
    """What it can carry from start to end, 万立方米/日."""
    back_capacity: Amount = 0.0
    """What it can carry from end to start, 万立方米/日; 0 for one way."""
    length: float | None = None
    """Length, km; for the hydraulic check."""
    diameter: float | None = None
    """Inner diameter, mm; for the hydraulic check."""


class Source(Model):
    """A supply point: a coal-bed methane field, an off-take from a trunk line, an LNG regasification plant."""

    id: str
    """English id."""
    label: str
    """Its name."""
    kind: Literal["coalbed_methane", "pipeline_import", "lng", "coke_oven_gas", "other"]
    """煤层气、管道来气、LNG 气化、焦炉煤气制气、其他."""
    node: str
    """Where it enters."""
    reporter: str
    """Who reports it."""
    capacity: Amount
    """What it can send at most, 万立方米/日."""
    contract: Amount | None = None
    """The contracted rate, 万立方米/日."""
    minimum_take: Amount = 0.0
    """What must be taken from it each gas day, 万立方米 (take-or-pay, wells that cannot be shut in)."""
    ramp: Amount | None = None
    """How much its rate may change from one hour to the next, 万立方米/日 per hour."""
    feeds: Names = ()
    """Areas among which its gas is allocated; empty for all."""
    pressure: float | None = None
    """Its delivery pressure, MPa (gauge); for the hydraulic check."""


class Storage(Model):
    """A gas storage or an LNG tank."""

    id: str
    """English id."""
    label: str
    """Its name."""
    node: str
    """Where it is connected."""
    owner: str
    """Whose it is, in words."""
    owner_kind: Literal["government", "city_gas_company", "operator"]
    """Whose duty it serves: 3 days of the government's, 5 % of the city gas companies', or a facility by itself."""
    area: str = ""
    """The area whose duty it counts for; empty: that of its node."""
    reporter: str
    """Who reports its stock."""
    form: Literal["gas", "lng"]
    """Whether its stock is stated in 万立方米 or in tonnes of LNG."""
    capacity: Amount
    """Working capacity, 万立方米, or tonnes of LNG by its form."""
    withdrawal: Amount
    """Greatest rate of withdrawal, 万立方米/日."""
    injection: Amount = 0.0
    """Greatest rate of injection, 万立方米/日; 0 for a tank that trucks fill."""
    keep: Amount = 0.0
    """What must stay in it, 万立方米, or tonnes of LNG by its form (heel, cushion)."""
    loss_per_day: Share = 0.0
    """Share of the stock that is lost each day (boil-off that is not recovered)."""
    withdrawal_loss: Share = 0.0
    """Share of what is withdrawn that is lost or burnt on the way (fuel of the vaporisers, compressors)."""
    emergency_reserve: bool = False
    """True for a reserve held for supply emergencies, which only a response level opens."""


class Customer(Model):
    """A customer, or all customers of a class in a place where they are not told one by one."""

    id: str
    """English id."""
    label: str
    """Its name."""
    customer_class: str = Field(alias="class")
    """Customer class in the lexicon."""
    node: str
    """Where it is supplied."""
    reporter: str
    """Who returns its demand."""
    demand: Amount = 0.0
    """Its usual winter demand, 万立方米/日, used for safety checks of returns and for illustrations, not in place of one."""
    yearly: Amount | None = None
    """Its use of a year, 万立方米 (the base of the 5 % duty); empty where unknown."""
    safety_load: Amount = 0.0
    """What it needs so that nothing is damaged and nobody hurt, 万立方米/日; never cut."""
    interruptible: Amount = 0.0
    """What its contract lets be interrupted, 万立方米/日; cut first within its class."""
    contract: Amount | None = None
    """The contracted rate, 万立方米/日."""
    notice: float = Field(0.0, ge=0)
    """Hours of notice before it may be cut."""
    minimum_take: Amount = 0.0
    """What it must be given each gas day if it is not to stop altogether, 万立方米; kept like a safety load."""
    ramp: Amount | None = None
    """How much its cut may change from one hour to the next, 万立方米/日 per hour."""
    per_degree: Amount = 0.0
    """How much more it takes for each degree colder, 万立方米/日 per °C."""
    turn: int | None = Field(None, ge=1)
    """Its place on the city's list of who is cut first within the class; empty: cut in proportion."""
    clause: Clause = ()
    """Where the city's own list states it."""

    @property
    def counted(self) -> float:
        """What is never taken from it, 万立方米/日: the larger of its safety load and its minimum take."""
        return max(self.safety_load, self.minimum_take)


class Group(Model):
    """A local group of counties for which the plan counts a gap of its own."""

    id: str
    """English id."""
    label: str
    """Its name."""
    areas: Names = Field(min_length=2)
    """Its areas."""


class System(Model):
    """All of it."""

    id: str
    """English id."""
    title: str
    """Its name."""
    area: str
    """The area it supplies, an id in the lexicon."""
    illustrative: bool = False
    """True where the volumes are made up."""
    note: str = ""
    """What a reader should know; for a published case its source."""
    gas_day_starts: str = "08:00"
    """When a gas day begins (customary on Chinese trunk lines)."""
    cubic_metres_per_tonne: float = Field(M3_PER_TONNE_LNG, gt=0)
    """m³ that one tonne of its LNG gives."""
    part_of_reserve: Share = 0.5
    """The share of the emergency reserves that a level opens whose clause says only 部分 (the texts give no figure)."""
    reporters: tuple[Reporter, ...] = ()
    """Who reports."""
    nodes: tuple[Node, ...] = Field(min_length=1)
    """Nodes; one for each area is enough where there is no network."""
    pipes: tuple[Pipe, ...] = ()
    """Pipes; where there are none, gas reaches every node alike."""
    sources: tuple[Source, ...] = ()
    """Supply points."""
    storages: tuple[Storage, ...] = ()
    """Storages."""
    customers: tuple[Customer, ...] = ()
    """Customers."""
    groups: tuple[Group, ...] = ()
    """Local groups of counties; empty: every connected group of two or more counties, short of the whole city."""
    profiles: Mapping[str, tuple[Amount, ...]] = {}
    """Customer class → 24 weights of the hours of a gas day, from its first hour; a class without one is even."""

    @cached_property
    def reporters_by_id(self) -> Mapping[str, Reporter]:
        """Reporters by id."""
        return {one.id: one for one in self.reporters}

    @cached_property
    def nodes_by_id(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {one.id: one for one in self.nodes}

    @cached_property
    def sources_by_id(self) -> Mapping[str, Source]:
        """Supply points by id."""
        return {one.id: one for one in self.sources}

    @cached_property
    def storages_by_id(self) -> Mapping[str, Storage]:
        """Storages by id."""
        return {one.id: one for one in self.storages}

    @cached_property
    def customers_by_id(self) -> Mapping[str, Customer]:
        """Customers by id."""
        return {one.id: one for one in self.customers}

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """The areas that have a node, in the order of the nodes."""
        return tuple(dict.fromkeys(node.area for node in self.nodes))

    def area_of(self, thing: Source | Storage | Customer) -> str:
        """The area of a supply point, storage or customer."""
        if isinstance(thing, Storage) and thing.area:
            return thing.area
        return self.nodes_by_id[thing.node].area

    def volume(self, storage: Storage, amount: float) -> float:
        """An amount of a storage's stock in 万立方米, whatever its form."""
        return volume_of_lng(amount, self.cubic_metres_per_tonne) if storage.form == "lng" else amount

    def customers_in(self, areas: Iterable[str]) -> tuple[Customer, ...]:
        """The customers of some areas."""
        wanted = set(areas)
        return tuple(one for one, area in self._places if area in wanted)

    @cached_property
    def _places(self) -> tuple[tuple[Customer, str], ...]:
        return tuple((one, self.area_of(one)) for one in self.customers)
