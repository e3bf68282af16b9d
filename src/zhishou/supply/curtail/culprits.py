"""Why nothing satisfies a shortage's takes, ramps and bounds together: the smallest set that contradicts itself.

Smallest in the sense that leaving out any one member resolves the contradiction (an irreducible infeasible set, found by
deletion; Chinneck and Dravnieks 1991).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.curtail.instance import Instance
from zhishou.supply.curtail.linear import Program

_Relax = Callable[[Instance], Instance]
_Named = tuple[str, str, str]


class InfeasibleError(ProblemsError):
    """What is demanded cannot all be; `problems` holds the smallest set of it that contradicts itself."""


def possible(instance: Instance) -> bool:
    """Whether anything satisfies the instance, however little it serves."""
    program = Program(instance)
    return bool(program.solve(np.zeros(program.width)).status == 0)


def demand_possible(instance: Instance) -> None:
    """Raise where nothing satisfies the instance.

    Raises:
        InfeasibleError: with the smallest set of takes, ramps and bounds that contradict each other.
    """
    if not instance.coupled or possible(instance):
        return
    raise InfeasibleError(ZhishouError(what, where=where, mend=mend) for what, where, mend in _smallest(instance))


def _smallest(instance: Instance) -> list[_Named]:
    needed: list[_Named] = []
    current = instance
    for named, relax in _members(instance):
        without = relax(current)
        if possible(without):
            needed.append(named)
        else:
            current = without
    return needed


def _members(one: Instance) -> list[tuple[_Named, _Relax]]:
    """Everything that can be left out, with what to say of it; bounds first, so that takes and ramps are named last."""
    members: list[tuple[_Named, _Relax]] = []
    for index, pipe in enumerate(one.pipes):
        named = (f"输气能力 {one.pipe_capacity[index].max():g} 万立方米/时段", f"管道 {pipe}", "核对输气能力")
        members.append((named, partial(_changed, ("pipe_capacity", "pipe_back"), index, np.inf)))
    for index, source in enumerate(one.sources):
        named = (f"可供气量 {one.source_available[index].max():g} 万立方米/时段", f"气源 {source}", "核对可供气量")
        members.append((named, partial(_changed, ("source_available",), index, np.inf)))
    for index, storage in enumerate(one.storages):
        named = (f"可用库容 {one.storage_capacity[index]:g} 万立方米", f"储气设施 {storage}", "核对库容和库存")
        members.append((named, partial(_changed, ("storage_capacity",), index, np.inf)))
    return members + _ties(one)


def _ties(one: Instance) -> list[tuple[_Named, _Relax]]:
    ties: list[tuple[_Named, _Relax]] = []
    for source, day in zip(*np.nonzero(one.source_minimum), strict=True):
        named = (
            f"第 {day + 1} 个气日最低提取量 {one.source_minimum[source, day]:g} 万立方米",
            f"气源 {one.sources[source]}",
            "降低最低提取量，或增加能接收的用户、储气注入",
        )
        ties.append((named, partial(_changed, ("source_minimum",), (int(source), int(day)), 0.0)))
    for source in np.flatnonzero(np.isfinite(one.source_ramp)):
        ramp = f"每时段变化不超过 {one.source_ramp[source]:g} 万立方米"
        named = (ramp, f"气源 {one.sources[source]}", "放宽爬坡限制")
        ties.append((named, partial(_changed, ("source_ramp",), int(source), np.inf)))
    for name, least in one.customer_minimum:
        named = (f"每个气日最低供气 {least:g} 万立方米", f"用户 {name}", "降低最低供气量，或改为整体停供")
        ties.append((named, partial(_dropped, "customer_minimum", name)))
    for name, ramp_ in one.cut_ramp:
        named = (f"压减每时段变化不超过 {ramp_:g} 万立方米", f"用户 {name}", "放宽爬坡限制")
        ties.append((named, partial(_dropped, "cut_ramp", name)))
    return ties


def _changed(fields: tuple[str, ...], index: int | tuple[int, int], value: float, now: Instance) -> Instance:
    """The instance with one entry of some arrays replaced."""
    changed = {}
    for name in fields:
        changed[name] = getattr(now, name).copy()
        changed[name][index] = value
    return replace(now, **changed)


def _dropped(pairs: str, name: str, now: Instance) -> Instance:
    """The instance without the pairs of one name."""
    kept = tuple(pair for pair in getattr(now, pairs) if pair[0] != name)
    return replace(now, **{pairs: kept})  # type: ignore[arg-type]
