"""Cut lists through the desk: worked out from the evening's returns for the level in force, and laid before those who decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from zhishou.desk.keeping import Keeping
from zhishou.desk.returns import Returns
from zhishou.errors import RefusedError
from zhishou.incident.cut_list import CutList, ListedCut
from zhishou.incident.cut_orders import CutGiven, level_of_list, powers_of
from zhishou.incident.cutting import DraftCutList
from zhishou.incident.state import Active, Incident
from zhishou.plan.pack import Pack
from zhishou.supply.curtail.at_hand import Assumed, at_hand, still_ahead
from zhishou.supply.curtail.cutlist import CutPlan, curtail, suffices
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.instance import Floats
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.sentences import WHY, amount, apart, summary
from zhishou.supply.evening import Evening
from zhishou.supply.system import System
from zhishou.supply.units import HOURS_PER_DAY

ENOUGH = 1e-6
"""万立方米 below which an hour of a claim is nothing."""
NEVER = 1e6
"""万立方米/日: a safety load that no customer reaches, so that nothing of it is cut."""

Pinned = Mapping[str, tuple[float, ...]]
"""Customer → what is cut of it step by step, 万立方米, whatever else."""


@dataclass(frozen=True, eq=False)
class WorkedOut:
    """A cut list with what it rests on."""

    state: Incident
    pack: Pack
    active: Active
    evening: Evening
    cuts: CutPlan
    severer: tuple[tuple[Powers, float], ...]
    """The more severe levels, mildest first, and what each would leave unserved, 万立方米."""
    assumed: tuple[Assumed, ...]
    """What nobody returned."""
    gone: int
    """Hours of the gas day that were over."""
    pinned: Pinned

    @property
    def says(self) -> tuple[str, ...]:
        """What it comes to, in sentences."""
        found = list(summary(self.cuts, self.severer))
        if self.gone:
            start = self.cuts.horizon.start
            found.append(
                f"气日已过 {self.gone} 小时，从 {start:%d日%H:%M} 起算；库存仍按报表，当日已动用的请核减后更正。"
            )
        if self.cuts.powers.reserves == "part":
            share = self.evening.system.part_of_reserve
            found.append(f"预案只写动用“部分”应急储备，没有写多少；这里至多动用可用量的 {share:.0%}。")
        return (*found, *(f"{note}。" for note in self.cuts.powers.notes))


class Cuts:
    """The cut lists of the areas that have a supply system.

    Args:
        keeping: the incidents.
        returns: the registers of returns.
    """

    def __init__(self, keeping: Keeping, returns: Returns) -> None:
        self._keeping, self._returns = keeping, returns

    def plan_of(self, state: Incident) -> Pack:
        """The plan of an incident that says whose gas is cut.

        Raises:
            RefusedError: none of its plans does.
        """
        packs = [self._keeping.library.packs[one] for one in state.plans if one in self._keeping.library.packs]
        mine = [pack for pack in packs if pack.curtailment.orders]
        mine.sort(key=lambda pack: state.ladder(pack.id, "response") is None)
        if not mine:
            short = "、".join(pack.plan.short for pack in packs) or "无"
            raise RefusedError(
                "本事件适用的预案没有写限停气的次序", where=short, mend="先适用写有次序的预案", code="plan"
            )
        return mine[0]

    def work_out(self, incident: str, *, assume: bool = False, pinned: Pinned | None = None) -> WorkedOut:
        """The cut list of the level in force, from tonight's returns.

        Args:
            incident: the incident under which gas is cut.
            assume: whether what nobody returned may be assumed, and said so.
            pinned: customers whose cut is settled; the others make up for what is left.

        Raises:
            RefusedError: no response is in force, or it lets nothing be cut.
            NotFoundError: the area has no supply system.
            ProblemsError: figures are missing and may not be assumed; every one is named.
        """
        state, now = self._keeping.get(incident), self._keeping.now()
        pack = self.plan_of(state)
        active = state.ladder(pack.id, "response")
        active = level_of_list(state, pack, active.level if active else "")
        context = self._keeping.context(state.area, now)
        own = powers_of(pack, active.level, context)
        evening = self._returns.evening(state.area)
        horizon, assumed = at_hand([evening.figures()], hours=True, assume=assume)
        horizon, gone = still_ahead(horizon, now)
        settled = {customer: hours for customer, hours in (pinned or {}).items() if len(hours) == horizon.steps}
        told = min(now, horizon.start)
        cuts = curtail(_pinned(horizon, settled), own, notice_from=told)
        levels = [one.level for one in pack.response.levels] if pack.response else []
        above = levels[: levels.index(active.level)] if cuts.lacking and active.level in levels else []
        severer = [powers_of(pack, one, context) for one in reversed(above)]
        left = suffices(_pinned(horizon, settled), severer, told)
        return WorkedOut(
            state, pack, active, evening, cuts, tuple(zip(severer, left, strict=True)), assumed, gone, settled
        )

    def drafted(self, worked: WorkedOut, kept: CutList | None = None) -> DraftCutList:
        """The command that lays a list before those who decide.

        Args:
            worked: the list.
            kept: the list whose settled lines it takes over.

        Raises:
            RefusedError: settling those lines would have a later class cut more than before.
        """
        cuts, system = worked.cuts, worked.evening.system
        lines = list(_lines(cuts, system))
        if kept is not None and worked.pinned:
            lines += [_given(line) for line in kept.lines if line.customer in worked.pinned]
            _no_later(kept, lines, worked.pack)
        lacking = tuple(f"{one.label}差 {amount(one.amount)} 万立方米（{WHY[one.why]}）" for one in cuts.unserved)
        return DraftCutList(
            plan=worked.pack.id, level=worked.active.level, since=cuts.horizon.start, step_hours=cuts.horizon.step_hours,
            lines=tuple(lines), lacking=lacking, assumed=tuple(map(str, worked.assumed)), notes=worked.says,
            apart={step.customer_class: "；".join(apart(cuts, step, found)) for step, found in cuts.early},
        )  # fmt: skip


def _pinned(horizon: Horizon, pinned: Pinned) -> Horizon:
    """The horizon in which some customers take what their settled cut leaves them, and no less."""
    if not pinned:
        return horizon
    rate = HOURS_PER_DAY / horizon.step_hours
    demand = dict(horizon.demand)
    for customer, hours in pinned.items():
        demand[customer] = np.maximum(np.asarray(demand[customer], float) - np.array(hours) * rate, 0.0)
    fixed = {"safety_load": NEVER, "interruptible": 0.0, "minimum_take": 0.0, "ramp": None, "turn": None}
    customers = tuple(
        one.model_copy(update=fixed) if one.id in pinned else one for one in horizon.system.customers
    )  # fmt: skip
    return replace(
        horizon, system=System.model_construct(**{**dict(horizon.system), "customers": customers}), demand=demand
    )


def _lines(cuts: CutPlan, system: System) -> Iterator[CutGiven]:
    """Every customer that may be cut, cut or not, so that a change by hand can be held to the whole order."""
    one, horizon = cuts.instance, cuts.horizon
    cut = np.clip(one.claim_amount - cuts.dispatch.served, 0.0, one.claim_amount)
    cut[cut < ENOUGH] = 0.0
    asked = dict(zip(one.tiers, cuts.dispatch.tier_demand, strict=True))
    order = [tier for tier in reversed(one.tiers) if tier.startswith("cut:") and asked[tier] > ENOUGH]
    for index, name in enumerate(one.claims):
        tier = one.tiers[one.claim_tier[index]]
        if tier not in order:
            continue
        most = one.claim_amount[index]
        if most.sum() <= ENOUGH:
            continue
        customer, (_, place, part) = system.customers_by_id[name], tier.split(":")
        step = cuts.powers.steps[int(place)]
        reporter = system.reporters_by_id[customer.reporter]
        hours = float(horizon.steps * horizon.step_hours) / HOURS_PER_DAY
        yield CutGiven(
            customer=customer.id, called=customer.label, customer_class=customer.customer_class,
            part="turn" if part.startswith("turn") else part, batch=order.index(tier) + 1, area=system.area_of(customer),
            supplier=reporter.id, supplier_label=reporter.organisation or reporter.label,
            kept=round(customer.counted * hours, 4), most=_rounded(most), hours=_rounded(np.minimum(cut[index], most)),
            notice=customer.notice, clause=(*step.clause, *customer.clause),
        )  # fmt: skip


def _rounded(row: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in row)


def _given(line: ListedCut) -> CutGiven:
    return CutGiven(
        customer=line.customer, called=line.label, customer_class=line.customer_class, part=line.part, batch=line.batch,
        area=line.area, supplier=line.supplier, supplier_label=line.supplier_label, kept=line.kept, most=line.most,
        hours=line.hours, notice=line.notice, clause=line.clause,
    )  # fmt: skip


def _no_later(kept: CutList, lines: list[CutGiven], pack: Pack) -> None:
    """Refuse where what settled lines spare would be made up for by a class that comes later in the order."""
    place = {line.customer: line.step for line in kept.lines}
    for number, step in enumerate(kept.order):
        before = sum(sum(line.drafted) for line in kept.lines if line.step == number)
        now = sum(sum(line.hours) for line in lines if place.get(line.customer) == number)
        spared = any(
            line.step < number and sum(line.drafted) > line.cut + ENOUGH for line in kept.lines
        )  # fmt: skip
        if spared and now > before + 0.01:
            raise RefusedError(
                f"前面次序让出的 {amount(now - before)} 万立方米要由{step.label}来补，违背先后次序", clause=step.clause,
                where=pack.plan.short, mend="在同一类别内补足，或保留缺口、另想气源", code="order",
            )  # fmt: skip
