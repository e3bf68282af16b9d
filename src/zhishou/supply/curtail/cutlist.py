"""The plan of cuts: who gives up how much, when, under which clause; what is still lacking and why; who comes back first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from zhishou.supply.curtail.binding import Bottleneck, bottlenecks, standing
from zhishou.supply.curtail.culprits import demand_possible
from zhishou.supply.curtail.horizon import Horizon, build, opened_share
from zhishou.supply.curtail.instance import Dispatch, Floats, Instance
from zhishou.supply.curtail.linear import coupled
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.serving import Serving
from zhishou.supply.curtail.tiers import lossless
from zhishou.supply.units import HOURS_PER_DAY

NOTHING = 5e-5
"""万立方米 below which nothing is said: half a cubic metre."""


@dataclass(frozen=True, eq=False)
class CutLine:
    """What one customer gives up under one step of the order. Amounts in 万立方米 over the horizon."""

    place: int
    """Its place in the order of cutting, from 1; lines of one place are cut together, in proportion."""
    customer: str
    """Customer id."""
    label: str
    """Its name."""
    customer_class: str
    """Class id."""
    class_label: str
    """The class as the plan calls it."""
    part: str
    """`interruptible` 可中断部分, `turn` 名单次序, `shared` 按比例."""
    area: str
    """Its area's id."""
    asked: float
    """What it asks for, altogether."""
    cuttable: float
    """What may be cut under this step."""
    cut: float
    """What is cut."""
    kept: float
    """Its safety load and least take, which stay."""
    by_step: Floats
    """(H,) what is cut in each step."""
    starts: datetime
    """When the cut begins."""
    ends: datetime
    """When it ends, or the horizon does."""
    tell_by: datetime
    """By when the customer must have been told."""
    clause: tuple[str, ...]
    """The clauses that let it be cut."""
    plan: str
    """The plan they stand in."""
    by: tuple[str, ...]
    """Who cuts."""


@dataclass(frozen=True, eq=False)
class Unserved:
    """What a customer lacks although nobody may take it away: the level's powers do not suffice, or a pipe is full."""

    customer: str
    """Customer id."""
    label: str
    """Its name."""
    customer_class: str
    """Class id."""
    area: str
    """Its area's id."""
    amount: float
    """万立方米 over the horizon."""
    by_step: Floats
    """(H,) 万立方米 in each step."""
    why: str
    """`safety` 保安负荷 · `protected` 民生 · `closed` 本级别不得压减 · `notice` 通知时间未到."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What is drawn from a storage."""

    storage: str
    """Storage id."""
    label: str
    """Its name."""
    reserve: bool
    """Whether it is an emergency reserve."""
    opened: float
    """万立方米 that may be drawn: of a reserve, what the level opens."""
    drawn: float
    """万立方米 drawn, net of what is put in."""
    tonnes: float | None
    """The same in tonnes of LNG, where its stock is LNG."""
    clause: tuple[str, ...]
    """The clauses that open the reserve."""


@dataclass(frozen=True, slots=True)
class StepTotal:
    """One class of the order. 万立方米 over the horizon."""

    place: int
    """Its place in the order of cutting, from 1."""
    customer_class: str
    """Class id."""
    label: str
    """Its label."""
    cuttable: float
    """What may be cut of it."""
    cut: float
    """What is cut of it."""
    clause: tuple[str, ...]
    """The clauses that let it be cut."""
    plan: str
    """The plan they stand in."""


@dataclass(frozen=True, eq=False)
class CutPlan:
    """Everything the desk needs to cut, explain, and give back."""

    powers: Powers
    """What the level opens."""
    told: datetime
    """When notice can first be given."""
    horizon: Horizon
    """What it was worked out for."""
    instance: Instance
    """The same as arrays."""
    serving: Serving
    """The network with all flows in it, from which what-ifs start."""
    dispatch: Dispatch
    """Where the gas goes, step by step."""
    steps: tuple[StepTotal, ...]
    """The classes in the order of cutting, whether cut or not."""
    lines: tuple[CutLine, ...]
    """Who is cut, in order."""
    unserved: tuple[Unserved, ...]
    """What is still lacking."""
    draws: tuple[Draw, ...]
    """What is drawn from storages."""
    bottlenecks: tuple[Bottleneck, ...]
    """What keeps the unserved from being served."""
    early: tuple[tuple[StepTotal, tuple[Bottleneck, ...]], ...]
    """Classes that are cut although an earlier one has some left elsewhere or at other hours, and what keeps it apart."""

    @property
    def asked(self) -> float:
        """What is asked for, 万立方米 over the horizon."""
        return float(self.instance.claim_amount.sum())

    @property
    def saved(self) -> float:
        """What the cuts save, 万立方米."""
        return sum(line.cut for line in self.lines)

    @property
    def lacking(self) -> float:
        """What remains unserved, 万立方米."""
        return sum(one.amount for one in self.unserved)

    @property
    def restoration(self) -> tuple[CutLine, ...]:
        """Who gets gas back first: the last that was cut."""
        return tuple(sorted(self.lines, key=lambda line: -line.place))


def curtail(horizon: Horizon, powers: Powers, *, even: bool = True, notice_from: datetime | None = None) -> CutPlan:
    """Who is cut, in the order of a level.

    Args:
        horizon: what is asked for and what is at hand.
        powers: what the level opens.
        even: share within a class as evenly as the network allows; else any feasible shares (faster).
        notice_from: when notice is given; the start of the horizon where None.

    Raises:
        InfeasibleError: takes and ramps contradict each other; the smallest contradiction is named.
    """
    instance = build(horizon, powers, notice_from)
    if instance.coupled:
        demand_possible(instance)
        dispatch = coupled(instance, even=even)
        return drawn_up(horizon, powers, standing(instance, dispatch), dispatch, notice_from)
    serving = lossless(instance, even=even)
    return drawn_up(horizon, powers, serving, serving.dispatch(), notice_from)


def drawn_up(
    horizon: Horizon, powers: Powers, serving: Serving, dispatch: Dispatch, notice_from: datetime | None = None
) -> CutPlan:
    """The plan of cuts that a served shortage comes to."""
    instance = serving.instance
    beyond = [index for index, tier in enumerate(instance.tiers) if not tier.startswith("cut:")]
    steps = _steps(instance, dispatch, powers)
    told = notice_from or horizon.start
    return CutPlan(
        powers=powers,
        told=told,
        horizon=horizon,
        instance=instance,
        serving=serving,
        dispatch=dispatch,
        steps=steps,
        lines=_lines(instance, dispatch, horizon, powers, told),
        unserved=_unserved(instance, dispatch, horizon, powers),
        draws=_draws(instance, dispatch, horizon, powers),
        bottlenecks=bottlenecks(serving, beyond),
        early=_early(serving, steps),
    )


def _steps(one: Instance, answer: Dispatch, powers: Powers) -> tuple[StepTotal, ...]:
    totals = []
    for place, step in enumerate(powers.steps):
        mine = [index for index, tier in enumerate(one.tiers) if tier.startswith(f"cut:{place:03d}:")]
        asked, served = answer.tier_demand[mine].sum(), answer.tier_served[mine].sum()
        totals.append(
            StepTotal(place + 1, step.customer_class, step.label, float(asked), _some(asked - served),
                      step.clause, step.plan)
        )  # fmt: skip
    return tuple(totals)


def _early(serving: Serving, steps: Sequence[StepTotal]) -> tuple[tuple[StepTotal, tuple[Bottleneck, ...]], ...]:
    found = []
    tiers = serving.instance.tiers
    for index, step in enumerate(steps):
        if step.cut and any(before.cuttable - before.cut > NOTHING for before in steps[:index]):
            mine = [place for place, tier in enumerate(tiers) if tier.startswith(f"cut:{index:03d}:")]
            found.append((step, bottlenecks(serving, mine)))
    return tuple(found)


def _lines(one: Instance, answer: Dispatch, horizon: Horizon, powers: Powers, told: datetime) -> tuple[CutLine, ...]:
    system = horizon.system
    cut = np.maximum(one.claim_amount - answer.served, 0.0)
    cut[cut < NOTHING / max(one.steps, 1)] = 0.0
    asked = dict(zip(one.tiers, answer.tier_demand, strict=True))
    order = [tier for tier in reversed(one.tiers) if tier.startswith("cut:") and asked[tier] > NOTHING]
    lines = []
    for index in np.flatnonzero(cut.sum(axis=1) > NOTHING):
        tier = one.tiers[one.claim_tier[index]]
        if not tier.startswith("cut:"):
            continue
        customer = system.customers_by_id[one.claims[index]]
        _, place, part = tier.split(":")
        step = powers.steps[int(place)]
        when = np.flatnonzero(cut[index] > 0)
        starts = horizon.moment(int(when[0]))
        mine = [i for i, name in enumerate(one.claims) if name == customer.id]
        kept = sum(float(one.claim_amount[i].sum()) for i in mine if one.tiers[one.claim_tier[i]] == "safety")
        lines.append(
            CutLine(
                place=order.index(tier) + 1,
                customer=customer.id,
                label=customer.label,
                customer_class=customer.customer_class,
                class_label=step.label,
                part="turn" if part.startswith("turn") else part,
                area=system.area_of(customer),
                asked=float(one.claim_amount[mine].sum()),
                cuttable=float(one.claim_amount[index].sum()),
                cut=float(cut[index].sum()),
                kept=kept,
                by_step=cut[index],
                starts=starts,
                ends=horizon.moment(int(when[-1]) + 1),
                tell_by=max(told, starts - timedelta(hours=customer.notice)),
                clause=(*step.clause, *customer.clause),
                plan=step.plan,
                by=step.by,
            )
        )
    return tuple(sorted(lines, key=lambda line: (line.place, -line.cut, line.customer)))


def _unserved(one: Instance, answer: Dispatch, horizon: Horizon, powers: Powers) -> tuple[Unserved, ...]:
    lack = np.maximum(one.claim_amount - answer.served, 0.0)
    found = []
    for index in np.flatnonzero(lack.sum(axis=1) > NOTHING):
        tier = one.tiers[one.claim_tier[index]]
        if tier.startswith("cut:"):
            continue
        customer = horizon.system.customers_by_id[one.claims[index]]
        why = tier if tier in {"safety", "protected"} else "closed"
        if why == "closed" and powers.step_of(customer.customer_class) is not None:
            why = "notice"
        found.append(
            Unserved(customer.id, customer.label, customer.customer_class, horizon.system.area_of(customer),
                     float(lack[index].sum()), lack[index], why)
        )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (-one.amount, one.customer)))


def _draws(one: Instance, answer: Dispatch, horizon: Horizon, powers: Powers) -> tuple[Draw, ...]:
    draws = []
    for index, storage in enumerate(horizon.system.storages):
        drawn = float(answer.withdrawn[index].sum() - answer.injected[index].sum())
        share = opened_share(storage, powers, horizon.system)
        if abs(drawn) <= NOTHING and not (storage.emergency_reserve and share):
            continue
        tonnes = drawn * 1e4 / horizon.system.cubic_metres_per_tonne if storage.form == "lng" else None
        clause = powers.reserve_clause if storage.emergency_reserve else ()
        draws.append(
            Draw(storage.id, storage.label, storage.emergency_reserve, float(one.stock[index]), drawn, tonnes, clause)
        )
    return tuple(draws)


def suffices(horizon: Horizon, levels: Sequence[Powers], notice_from: datetime | None = None) -> list[float]:
    """What remains unserved under each of some powers, 万立方米 over the horizon."""
    left = []
    for powers in levels:
        instance = build(horizon, powers, notice_from)
        dispatch = coupled(instance, even=False) if instance.coupled else lossless(instance, even=False).dispatch()
        beyond = [index for index, tier in enumerate(instance.tiers) if not tier.startswith("cut:")]
        left.append(_some(float(dispatch.tier_short[beyond].sum())))
    return left


def rate(volume: float, horizon: Horizon) -> float:
    """A volume over the horizon as 万立方米/日."""
    return volume / (horizon.steps * horizon.step_hours) * HOURS_PER_DAY


def _some(amount: float) -> float:
    return float(amount) if amount > NOTHING else 0.0
