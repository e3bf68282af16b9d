"""The hours or days ahead as the desk knows them: demand, gas at hand, stocks; and the shortage they make under powers.

It stands alone because the cut list, the what-ifs and the levels' comparison build their instances here and only here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.curtail.instance import Floats, Instance, Ints
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.system import Customer, Storage, System
from zhishou.supply.units import HOURS_PER_DAY

SAFETY = "safety"
PROTECTED = "protected"
OTHERS = "others"
_LAST = 10**9


@dataclass(frozen=True, eq=False)
class Horizon:
    """What is asked for and what is at hand, step by step. Rates are 万立方米/日 during each step."""

    system: System
    """The supply system."""
    start: datetime
    """When the first step begins."""
    step_hours: float
    """Length of a step, hours."""
    demand: Mapping[str, Floats]
    """Customer id → (H,) rate."""
    available: Mapping[str, Floats]
    """Source id → (H,) rate."""
    stock: Mapping[str, float]
    """Storage id → stock at the start, in its own form (万立方米, or tonnes of LNG)."""
    pipe_share: Mapping[str, Floats] = field(default_factory=dict)
    """Pipe id → (H,) share of its capacity that works; 1 where not named."""
    withdrawable: Mapping[str, Floats] = field(default_factory=dict)
    """Storage id → (H,) rate at which it can deliver, 万立方米/日; its greatest rate of withdrawal where not named."""

    @property
    def steps(self) -> int:
        """How many steps there are."""
        return len(next(iter(self.demand.values()))) if self.demand else 0

    def moment(self, step: int) -> datetime:
        """When a step begins."""
        return self.start + timedelta(hours=step * self.step_hours)

    @property
    def day_of_step(self) -> Ints:
        """(H,) gas day of each step, from 0; the first may be a part of one."""
        hour = int(self.system.gas_day_starts.split(":")[0])
        shifted = [self.moment(step) - timedelta(hours=hour) for step in range(self.steps)]
        return np.array([(moment.date() - shifted[0].date()).days for moment in shifted], np.intp)


def hourly(system: System, customer: Customer, days: Floats) -> Floats:
    """A customer's demand hour by hour, 万立方米/日, from its demand of whole gas days by its class's profile."""
    weights = np.array(system.profiles.get(customer.customer_class) or np.ones(HOURS_PER_DAY), float)
    return np.asarray(np.outer(days, weights / weights.mean()).ravel())


def from_days(
    system: System,
    start: datetime,
    demand: Mapping[str, Floats],
    available: Mapping[str, Floats],
    stock: Mapping[str, float],
    *,
    hours: bool = True,
) -> Horizon:
    """A horizon of whole gas days.

    Args:
        system: the supply system.
        start: the beginning of the first gas day.
        demand: customer id → (days,) 万立方米/日.
        available: source id → (days,) 万立方米/日.
        stock: storage id → stock at the start, in its own form.
        hours: in steps of an hour, demand spread by the profiles; else in steps of a day.

    Raises:
        ProblemsError: a customer, source or storage of the system has no figure, or a figure cannot be.
    """
    problems = [
        *_missing("用户", "预计用气需求", [one.id for one in system.customers], demand),
        *_missing("气源", "预计可供气量", [one.id for one in system.sources], available),
        *_missing("储气设施", "库存", [one.id for one in system.storages], stock),
    ]
    for name, given in (*demand.items(), *available.items(), *stock.items()):
        amounts = np.atleast_1d(np.asarray(given, float))
        if not np.isfinite(amounts).all() or amounts.min(initial=0.0) < 0:
            problems.append(ZhishouError(f"数值 {given} 不是非负的有限数", where=name, mend="核对报表后改正"))
    count = max((np.size(given) for given in (*demand.values(), *available.values())), default=0)
    for name, given in (*demand.items(), *available.items()):
        if np.size(given) != count:
            what = f"只有 {np.size(given)} 日的数，别处有 {count} 日"
            problems.append(ZhishouError(what, where=name, mend="补齐各日"))
    if not system.customers:
        problems.append(ZhishouError("供气系统里没有一个用户", where=system.id, mend="在 customers 下补上用户"))
    elif not count:
        problems.append(ZhishouError("没有一个气日的数", where=system.id, mend="至少给一个气日的需求和可供"))
    if problems:
        raise ProblemsError(problems)
    by_id = system.customers_by_id
    if not hours:
        return Horizon(system, start, float(HOURS_PER_DAY), demand, available, stock)
    return Horizon(
        system,
        start,
        1.0,
        {name: hourly(system, by_id[name], days) for name, days in demand.items() if name in by_id},
        {name: np.repeat(np.asarray(days, float), HOURS_PER_DAY) for name, days in available.items()},
        stock,
    )


def _missing(kind: str, what: str, wanted: list[str], given: Mapping[str, object]) -> list[ZhishouError]:
    return [
        ZhishouError(f"没有{what}", where=f"{kind} {name}", mend="补报，或由人确定一个数后再算")
        for name in wanted
        if name not in given
    ]


def build(horizon: Horizon, powers: Powers, notice_from: datetime | None = None) -> Instance:
    """The shortage as arrays under the powers of a level.

    A customer's demand is laid into tiers: its safety load (with what it must take each day), then what the level may
    not cut, then what it may, in the plan's order; within a class the interruptible part is cut first, then who stands
    on the city's list in its turn, then all others in proportion. Until a customer's notice has run out it cannot be cut.

    Args:
        horizon: what is asked for and what is at hand.
        powers: what the level opens.
        notice_from: when notice is given; the start of the horizon where None.

    Returns:
        The instance; tier ids are `safety`, `protected`, `others`, `kept:CLASS`, `cut:PLACE:PART`.
    """
    system, scale = horizon.system, horizon.step_hours / HOURS_PER_DAY
    steps = horizon.steps
    delay = ((notice_from or horizon.start) - horizon.start).total_seconds() / 3600
    begins = np.arange(steps) * horizon.step_hours
    days = horizon.day_of_step
    laid: dict[str, list[tuple[Customer, Floats]]] = {}
    for customer in system.customers:
        asked = np.asarray(horizon.demand[customer.id], float) * scale
        may = begins >= customer.notice + delay - 1e-9
        floor = _floor(customer, asked, days, scale)
        # empty ones too: a what-if may fill them
        for tier, amount in _tiers(customer, asked, floor, may, powers, scale):
            laid.setdefault(tier, []).append((customer, amount))
    tiers = sorted(laid, key=lambda tier: _rank(tier, powers))
    place = {node.id: index if system.pipes else 0 for index, node in enumerate(system.nodes)}
    claims = [(index, customer, amount) for index, tier in enumerate(tiers) for customer, amount in laid[tier]]
    storages, opened = system.storages, [opened_share(one, powers, system) for one in system.storages]
    held = [system.volume(one, max(horizon.stock[one.id] - one.keep, 0.0)) for one in storages]
    room = [system.volume(one, max(one.capacity - one.keep, 0.0)) for one in storages]
    share = {pipe.id: horizon.pipe_share.get(pipe.id, np.ones(steps)) for pipe in system.pipes}
    flat = np.ones(steps) * scale
    each = range(int(days.max()) + 1) if steps else range(1)
    sent = _rows([np.asarray(horizon.available[source.id], float) * scale for source in system.sources], steps)
    take = [
        [min(one.minimum_take * (days == day).sum() * scale, row[days == day].sum()) for day in each]
        for one, row in zip(system.sources, sent, strict=True)
    ]  # nobody can be made to take what is not there
    return Instance(
        nodes=tuple(node.id for node in system.nodes) if system.pipes else (system.area,),
        steps=steps,
        step_hours=horizon.step_hours,
        pipes=tuple(pipe.id for pipe in system.pipes),
        pipe_start=np.array([place[pipe.start] for pipe in system.pipes], np.intp),
        pipe_end=np.array([place[pipe.end] for pipe in system.pipes], np.intp),
        pipe_capacity=_rows([pipe.capacity * flat * share[pipe.id] for pipe in system.pipes], steps),
        pipe_back=_rows([pipe.back_capacity * flat * share[pipe.id] for pipe in system.pipes], steps),
        sources=tuple(source.id for source in system.sources),
        source_node=np.array([place[source.node] for source in system.sources], np.intp),
        source_available=sent,
        storages=tuple(one.id for one in storages),
        storage_node=np.array([place[one.node] for one in storages], np.intp),
        stock=np.array([stock * part for stock, part in zip(held, opened, strict=True)]),
        storage_capacity=np.maximum([cap * (part > 0) for cap, part in zip(room, opened, strict=True)],
                                    [stock * part for stock, part in zip(held, opened, strict=True)]),
        injection=_rows([one.injection * flat * (part > 0) for one, part in zip(storages, opened, strict=True)], steps),
        withdrawal=_rows([np.minimum(one.withdrawal, horizon.withdrawable.get(one.id, np.inf)) * flat * (part > 0)
                          for one, part in zip(storages, opened, strict=True)], steps),
        reserve=np.array([one.emergency_reserve for one in storages], bool),
        tiers=tuple(tiers),
        claims=tuple(customer.id for _, customer, _ in claims),
        claim_node=np.array([place[customer.node] for _, customer, _ in claims], np.intp),
        claim_tier=np.array([index for index, _, _ in claims], np.intp),
        claim_amount=_rows([amount for _, _, amount in claims], steps),
        loss=1 - (1 - np.array([one.loss_per_day for one in storages])) ** scale,
        withdrawal_loss=np.array([one.withdrawal_loss for one in storages]),
        source_minimum=_rows(take, len(each)),
        source_ramp=np.array([np.inf if s.ramp is None else s.ramp * scale * horizon.step_hours
                              for s in system.sources]),
        cut_ramp=tuple((one.id, one.ramp * scale * horizon.step_hours)
                       for one in system.customers if one.ramp is not None),
        day_of_step=days,
    )  # fmt: skip


def opened_share(storage: Storage, powers: Powers, system: System) -> float:
    """The share of a storage's stock that may be drawn: all of one that serves every day, of a reserve what is opened."""
    if not storage.emergency_reserve:
        return 1.0
    if powers.reserves == "none" or (powers.reserve_forms and storage.form not in powers.reserve_forms):
        return 0.0
    return 1.0 if powers.reserves == "all" else system.part_of_reserve


def of_day(asked: Floats, days: Ints) -> Floats:
    """(H,) each step's share of its gas day's mean, so that what a day must have is spread as the day's demand is."""
    mean = (np.bincount(days, asked) / np.maximum(np.bincount(days), 1))[days]
    return np.divide(asked, mean, out=np.zeros_like(asked), where=mean > 0)


def _floor(customer: Customer, asked: Floats, days: Ints, scale: float) -> Floats:
    """(H,) what is never taken from a customer: its safety load in each step, its least take in each gas day."""
    take = customer.minimum_take * scale * of_day(asked, days)
    return np.asarray(np.minimum(asked, np.maximum(customer.safety_load * scale, take)))


def _tiers(
    customer: Customer, asked: Floats, floor: Floats, may: np.ndarray, powers: Powers, scale: float
) -> list[tuple[str, Floats]]:
    """A customer's demand, laid into tiers; the amounts add up to what is asked."""
    rest = asked - floor
    laid = [(SAFETY, floor)]
    step = powers.step_of(customer.customer_class)
    if step is None:
        laid.append((_kept(customer.customer_class, powers), rest))
        return laid
    laid.append((f"kept:{powers.steps[step].customer_class}", np.where(may, 0.0, rest)))
    rest = np.where(may, rest, 0.0)
    loose = np.minimum(rest, customer.interruptible * scale)
    part = "shared" if customer.turn is None else f"turn{customer.turn:06d}"
    return [*laid, (f"cut:{step:03d}:{part}", rest - loose), (f"cut:{step:03d}:interruptible", loose)]


def _kept(customer_class: str, powers: Powers) -> str:
    if powers.protection(customer_class):
        return PROTECTED
    ordered = powers.ordered_as(customer_class)
    return f"kept:{ordered}" if ordered else OTHERS


def _rank(tier: str, powers: Powers) -> tuple[int, int, int]:
    """The order of service: smaller is served earlier."""
    if tier in (SAFETY, PROTECTED, OTHERS):
        return ((SAFETY, PROTECTED, OTHERS).index(tier), 0, 0)
    kind, name, *part = tier.split(":")
    if kind == "kept":
        place = powers.full_order.index(name) if name in powers.full_order else -1
        return (3, -place, 0)
    if part == ["interruptible"]:
        return (4, -int(name), _LAST)
    return (4, -int(name), 0 if part == ["shared"] else _LAST - int(part[0].removeprefix("turn")))


def _rows(rows: Sequence[Floats | list[float]], columns: int) -> Floats:
    return np.array(rows, float).reshape(len(rows), columns)
