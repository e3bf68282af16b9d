"""The hydraulic check of a plan of cuts: which steps, at which level of pressure, and what becomes of each answer.

It stands alone because the rules of judging are here and the arithmetic is not: the parts of the network come from
`islands`, their steady states from `solver`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from zhishou.errors import ZhishouError
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.hydraulics.islands import NOTHING, Island, Snapshot, snapshot
from zhishou.supply.curtail.hydraulics.result import (
    Assumptions,
    Failure,
    HydraulicCheck,
    Intake,
    Passage,
    Pressure,
    Verdict,
)
from zhishou.supply.curtail.hydraulics.solver import Solution, solve
from zhishou.supply.units import HOURS_PER_DAY

_SHARES = 20
"""Into how many parts the amounts are divided when looking for what the network does carry."""
_SLACK = 1e-3
"""万立方米/日 and share by which an amount may pass its bound before it counts; the solver leaves about a tenth of that."""
_SAME = 1e-6
"""MPa by which a pressure may miss its bound before it counts."""


@dataclass(frozen=True, slots=True)
class _Answer:
    solution: Solution | None
    share: float | None


def check(plan: CutPlan, steps: Iterable[int] | None = None, assumed: Assumptions | None = None) -> HydraulicCheck:
    """Whether the pressures allow a plan of cuts.

    Every amount is the plan's. What is left open is the level of pressure, and it is the highest at which all sources with a
    stated delivery pressure can still enter: one of them at its delivery pressure, the others regulated down to what the
    network asks. Sources without a pressure, and storages, enter at whatever pressure they find.

    Args:
        plan: the plan of cuts.
        steps: steps of its horizon, from 0; None: those of `telling`. `range(plan.horizon.steps)` looks at all.
        assumed: gas, roughness, temperature, limit of velocity; None: the defaults.

    Returns:
        The check. A network that has no solution is an answer, not an error.

    Raises:
        ZhishouError: a step is not in the horizon; or pandapipes, which the extra `hydraulics` installs, is missing and some
            pressure has to be calculated.
    """
    chosen = tuple(sorted(set(telling(plan) if steps is None else steps)))
    if wrong := [step for step in chosen if not 0 <= step < plan.horizon.steps]:
        raise ZhishouError(f"没有第 {wrong[0]} 个时段", mend=f"时段从 0 到 {plan.horizon.steps - 1}")
    reckoning = _Reckoning(plan, assumed or Assumptions())
    for step in chosen:
        reckoning.look_at(step)
    return HydraulicCheck(
        assumptions=reckoning.assumed,
        steps=chosen,
        rows=tuple(reckoning.rows),
        intakes=tuple(reckoning.intakes),
        passages=tuple(reckoning.passages),
        failures=tuple(reckoning.failures),
        remarks=tuple(dict.fromkeys(reckoning.remarks)),
    )


def telling(plan: CutPlan) -> tuple[int, ...]:
    """The steps most likely to be short of pressure: of greatest delivery, and of least gas from the lines (LNG apart)."""
    if not plan.horizon.steps:
        return ()
    lines = [index for index, source in enumerate(plan.horizon.system.sources) if source.kind != "lng"]
    delivered = plan.dispatch.served.sum(axis=0)
    supplied = plan.dispatch.source_flow[lines].sum(axis=0)
    return tuple(sorted({int(delivered.argmax()), int(supplied.argmin())}))


class _Reckoning:
    """Goes through the steps; equal parts of the network are solved once."""

    def __init__(self, plan: CutPlan, assumed: Assumptions) -> None:
        self.plan = plan
        self.assumed = assumed
        self.rows: list[Pressure] = []
        self.intakes: list[Intake] = []
        self.passages: list[Passage] = []
        self.failures: list[Failure] = []
        self.remarks: list[str] = []
        self._known: dict[Island, _Answer] = {}

    def look_at(self, step: int) -> None:
        seen = snapshot(self.plan, step)
        at = self.plan.horizon.moment(step)
        rows: dict[str, Pressure] = {}
        for island, dark in zip(seen.islands, seen.dark, strict=True):
            answer = None if dark else self._answer(island)
            if answer and answer.solution:
                self._tell(step, at, island, answer.solution)
            elif answer:
                self._fail(step, at, island, answer, seen)
            rows |= {node: self._row(step, at, node, seen, dark, answer) for node in island.nodes}
        self.rows += [rows[node.id] for node in self.plan.horizon.system.nodes]
        self.remarks += seen.remarks

    def _answer(self, island: Island) -> _Answer:
        if island not in self._known:
            solution = _steady(island, self.assumed)
            self._known[island] = _Answer(solution, None if solution else _bearable(island, self.assumed))
        return self._known[island]

    def _row(self, step: int, at: datetime, node: str, seen: Snapshot, dark: str, answer: _Answer | None) -> Pressure:
        place = self.plan.horizon.system.nodes_by_id[node]
        minimum = place.minimum_pressure
        minimum = minimum if minimum is not None and isfinite(minimum) else None
        pressure, why = None, dark
        verdict: Verdict = "unknown"
        if answer and answer.solution:
            pressure = answer.solution.pressure[node]
            verdict, why = _judged(pressure, minimum, seen.delivered[node])
        elif answer:
            verdict, why = "unconverged", "水力计算不收敛"
        return Pressure(step, at, node, place.label, seen.delivered[node], pressure, minimum, verdict, why)

    def _tell(self, step: int, at: datetime, island: Island, found: Solution) -> None:
        full = [
            one for one in island.feeds if one.planned > NOTHING and found.pressure[one.node] > one.pressure - _SAME
        ]
        limits = "、".join(label for one in full for label in one.labels)
        for feed in island.feeds:
            labels, pressure = "、".join(feed.labels), found.pressure[feed.node]
            self.intakes.append(Intake(step, at, feed.node, labels, feed.planned, feed.pressure, pressure, limits))
        one, per_day = self.plan.instance, HOURS_PER_DAY / self.plan.instance.step_hours
        for index, pipe in enumerate(self.plan.horizon.system.pipes):
            if pipe.id not in found.flow:
                continue
            flow, velocity = found.flow[pipe.id], found.velocity[pipe.id]
            ahead, back = one.pipe_capacity[index, step] * per_day, one.pipe_back[index, step] * per_day
            self.passages.append(
                Passage(
                    step=step,
                    at=at,
                    pipe=pipe.id,
                    label=pipe.label,
                    flow=flow,
                    planned=float(self.plan.dispatch.pipe_flow[index, step] * per_day),
                    velocity=velocity,
                    fast=velocity > self.assumed.velocity,
                    backward=bool((back <= 0 and flow < -_SLACK) or (ahead <= 0 and flow > _SLACK)),
                    over=bool(flow > ahead * (1 + _SLACK) + _SLACK or -flow > back * (1 + _SLACK) + _SLACK),
                )
            )

    def _fail(self, step: int, at: datetime, island: Island, answer: _Answer, seen: Snapshot) -> None:
        by_id = self.plan.horizon.system.nodes_by_id
        given = tuple(by_id[node].label for node in island.nodes if seen.delivered[node] > NOTHING)
        self.failures.append(Failure(step, at, island.nodes, given, answer.share))


def _judged(pressure: float, minimum: float | None, delivered: float) -> tuple[Verdict, str]:
    if pressure < 0:
        return "negative", ""
    if minimum is None:
        return ("unknown", "没有规定最低压力") if delivered > NOTHING else ("ok", "")
    return ("below" if pressure < minimum - _SAME else "ok"), ""


def _steady(island: Island, assumed: Assumptions) -> Solution | None:
    """The steady state with the plan's amounts at the highest level of pressure that lets all of them enter.

    With the amounts given, all pressures rise and fall together, so the source that exceeds its delivery pressure most is the
    next to be held; the level only falls, and no source is held twice.
    """
    entering = [feed for feed in island.feeds if feed.planned > NOTHING] or list(island.feeds)
    held = max(entering, key=lambda feed: feed.pressure)
    if held.planned <= NOTHING:
        return solve(island, held.node, assumed)  # all gas comes from elsewhere; the source stands by at its pressure
    tried: set[str] = set()
    while True:
        found = solve(island, held.node, assumed)
        tried.add(held.node)
        others = [feed for feed in entering if feed.node not in tried]
        if found is None or not others:
            return found
        pressure = found.pressure
        worst = max(others, key=lambda feed: pressure[feed.node] - feed.pressure)
        if pressure[worst.node] - worst.pressure <= _SAME:
            return found
        held = worst


def _bearable(island: Island, assumed: Assumptions) -> float | None:
    """The greatest share of all amounts for which there is a solution without negative pressure; None: there is none."""
    low, high = 0, _SHARES
    while high - low > 1:
        middle = (low + high) // 2
        found = _steady(island.scaled(middle / _SHARES), assumed)
        low, high = (middle, high) if found and found.possible else (low, middle)
    return low / _SHARES if low else None
