"""One step of a plan as connected parts of the network, each with what feeds it, what it gives and why it may be dark.

It stands alone because it is pure: it reads the plan, knows no solver, and gives every reason for which a node's
pressure cannot be told. Rates are 万立方米/日 at 20 °C and 101.325 kPa, pressures MPa (gauge).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.system import Pipe
from zhishou.supply.units import HOURS_PER_DAY

NOTHING = 1e-6
"""万立方米/日 below which nothing flows."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A node at which sources with a stated pressure have gas in the step."""

    node: str
    """Node id."""
    labels: tuple[str, ...]
    """The sources' names."""
    pressure: float
    """MPa (gauge): the lowest of theirs, since at a higher one the weakest could not enter."""
    planned: float
    """What the plan takes."""


@dataclass(frozen=True, slots=True)
class Line:
    """A pipe with everything the calculation needs."""

    id: str
    """Pipe id."""
    start: str
    """Node id."""
    end: str
    """Node id."""
    length: float
    """km."""
    diameter: float
    """Inner diameter, mm."""


@dataclass(frozen=True, slots=True)
class Island:
    """A connected part of the network; equal islands have equal pressures."""

    nodes: tuple[str, ...]
    """Node ids."""
    lines: tuple[Line, ...]
    """Its pipes."""
    feeds: tuple[Feed, ...]
    """Where its pressure comes from; empty: nowhere."""
    inflow: tuple[float, ...]
    """What enters at each node but for the feeds, less what is delivered there."""

    def scaled(self, share: float) -> Island:
        """The same with a share of every amount."""
        feeds = tuple(replace(one, planned=one.planned * share) for one in self.feeds)
        return replace(self, inflow=tuple(amount * share for amount in self.inflow), feeds=feeds)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One step of the plan."""

    islands: tuple[Island, ...]
    """The connected parts, every node in exactly one."""
    dark: tuple[str, ...]
    """For each island why its pressures cannot be told, in Chinese; empty where they can."""
    delivered: dict[str, float]
    """Node id → what is delivered there."""
    remarks: tuple[str, ...]
    """What data is lacking and what was done about it."""


def snapshot(plan: CutPlan, step: int) -> Snapshot:
    """One step of a plan as islands.

    A pipe that works not at all in the step is closed. One without length or diameter is taken out, and the plan's flow through it
    leaves at one end and enters at the other; what lies behind it has a pressure only if it has a feed of its own.

    Args:
        plan: the plan of cuts.
        step: the step, from 0.
    """
    system = plan.horizon.system
    per_day = HOURS_PER_DAY / plan.instance.step_hours
    delivered = dict.fromkeys(system.nodes_by_id, 0.0)
    for claim, amount in zip(plan.instance.claims, plan.dispatch.served[:, step] * per_day, strict=True):
        delivered[system.customers_by_id[claim].node] += float(amount)
    inflow = {node: -amount for node, amount in delivered.items()}
    losses = plan.instance.withdrawal_loss if len(plan.instance.withdrawal_loss) else np.zeros(len(system.storages))
    for index, storage in enumerate(system.storages):
        arriving = plan.dispatch.withdrawn[index, step] * (1 - losses[index]) - plan.dispatch.injected[index, step]
        inflow[storage.node] += float(arriving) * per_day
    silent = _sources(plan, step, per_day, inflow)
    lines, closed, lacking = _pipes(plan, step, per_day, inflow)
    feeds = _feeds(plan, step, per_day)
    islands, dark = [], []
    for nodes in _connected(tuple(system.nodes_by_id), lines):
        mine = tuple(feed for feed in feeds if feed.node in nodes)
        inside = tuple(line for line in lines if line.start in nodes)
        islands.append(Island(nodes, inside, mine, tuple(inflow[node] for node in nodes)))
        dark.append("" if mine else _why_dark(nodes, lacking, silent, closed))
    return Snapshot(tuple(islands), tuple(dark), delivered, tuple(_remark(pipe, flow) for pipe, flow in lacking))


def _sources(plan: CutPlan, step: int, per_day: float, inflow: dict[str, float]) -> list[tuple[str, str]]:
    """Lets sources without a pressure inject what the plan takes; gives their nodes and names."""
    silent = []
    for index, source in enumerate(plan.horizon.system.sources):
        if not _given(source.pressure):
            inflow[source.node] += float(plan.dispatch.source_flow[index, step]) * per_day
            silent.append((source.node, source.label))
    return silent


def _feeds(plan: CutPlan, step: int, per_day: float) -> tuple[Feed, ...]:
    found: dict[str, Feed] = {}
    for index, source in enumerate(plan.horizon.system.sources):
        has = float(plan.instance.source_available[index, step]) * per_day
        if source.pressure is None or not _given(source.pressure) or has <= NOTHING:
            continue
        takes = float(plan.dispatch.source_flow[index, step]) * per_day
        feed = found.get(source.node, Feed(source.node, (), source.pressure, 0.0))
        found[source.node] = Feed(
            source.node,
            (*feed.labels, source.label),
            min(feed.pressure, source.pressure),
            feed.planned + takes,
        )
    return tuple(found.values())


def _pipes(
    plan: CutPlan, step: int, per_day: float, inflow: dict[str, float]
) -> tuple[list[Line], list[Pipe], list[tuple[Pipe, float]]]:
    """The pipes that can be reckoned, those that are closed, and those that lack data, with the plan's flow."""
    lines, closed, lacking = [], [], []
    one = plan.instance
    for index, pipe in enumerate(plan.horizon.system.pipes):
        if max(one.pipe_capacity[index, step], one.pipe_back[index, step]) <= 0:
            closed.append(pipe)
        elif not missing(pipe):
            lines.append(Line(pipe.id, pipe.start, pipe.end, pipe.length or 0.0, pipe.diameter or 0.0))
        else:
            flow = float(plan.dispatch.pipe_flow[index, step]) * per_day
            inflow[pipe.start] -= flow
            inflow[pipe.end] += flow
            lacking.append((pipe, flow))
    return lines, closed, lacking


def _given(figure: float | None) -> bool:
    return figure is not None and isfinite(figure) and figure > 0


def missing(pipe: Pipe) -> str:
    """Which of a pipe's figures are missing or cannot be, in Chinese; empty where both are there."""
    return "、".join(word for word, figure in (("长度", pipe.length), ("管径", pipe.diameter)) if not _given(figure))


def _connected(nodes: Sequence[str], lines: Iterable[Line]) -> list[tuple[str, ...]]:
    """The nodes in connected sets, in the order of the nodes."""
    root = {node: node for node in nodes}

    def top(node: str) -> str:
        while root[node] != node:
            node = root[node]
        return node

    for line in lines:
        root[top(line.start)] = top(line.end)
    sets: dict[str, list[str]] = {}
    for node in nodes:
        sets.setdefault(top(node), []).append(node)
    return [tuple(members) for members in sets.values()]


def _why_dark(
    nodes: tuple[str, ...], lacking: list[tuple[Pipe, float]], silent: list[tuple[str, str]], closed: list[Pipe]
) -> str:
    def touches(pipe: Pipe) -> bool:
        return (pipe.start in nodes) != (pipe.end in nodes)

    reasons = [f"{pipe.label}缺少{missing(pipe)}" for pipe, _ in lacking if touches(pipe)]
    reasons += [f"{label}没有出站压力" for node, label in silent if node in nodes]
    reasons += [f"{pipe.label}停用" for pipe in closed if touches(pipe)]
    return "；".join(["没有与之连通、正在供气且有出站压力的气源", *reasons])


def _remark(pipe: Pipe, flow: float) -> str:
    return f"{pipe.label}缺少{missing(pipe)}，不能计算，两端按计划流量 {abs(flow):.2f} 万立方米/日计入"
