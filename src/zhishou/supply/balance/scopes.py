"""The places for which a balance is drawn: the city, each county, each local group of counties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from zhishou.plan.lexicon import Lexicon
from zhishou.supply.system import System

_MANY = 10
"""With more counties than this, groups that nobody named are formed of two and three only: the number of connected groups
doubles with every county."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Where."""

    kind: Literal["city", "area", "group"]
    id: str
    """The area's id; of a group that nobody named, the ids of its areas joined by `+`."""
    label: str
    """Its name."""
    areas: tuple[str, ...]
    """Its areas, in the order of the system's nodes."""


def scopes(system: System, lexicon: Lexicon) -> tuple[Scope, ...]:
    """The city, its counties, and the groups of counties.

    Groups are those that the system names; where it names none, every group of two or more counties that hang together
    through pipes (all of them where there are no pipes), short of the whole city.
    """
    city = Scope("city", system.area, lexicon.areas[system.area].label, system.areas)
    counties = tuple(area for area in system.areas if area != system.area)
    labels = {area: lexicon.areas[area].label for area in counties}
    single = tuple(Scope("area", area, labels[area], (area,)) for area in counties)
    if system.groups:
        groups = tuple(Scope("group", one.id, one.label, _ordered(one.areas, system.areas)) for one in system.groups)
    else:
        groups = tuple(
            Scope("group", "+".join(areas), "、".join(labels[area] for area in areas), areas)
            for areas in _connected(counties, _neighbours(system, counties))
        )
    return (city, *single, *groups)


def _ordered(areas: Iterable[str], order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(areas, key=order.index))


def _neighbours(system: System, counties: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """County → the counties to which a pipe leads, whether directly or over nodes that belong to no county."""
    if not system.pipes:
        return {area: frozenset(counties) - {area} for area in counties}
    place = {node.id: node.area if node.area in counties else f"\0{node.id}" for node in system.nodes}
    joined: dict[str, set[str]] = {}
    for pipe in system.pipes:
        start, end = place[pipe.start], place[pipe.end]
        joined.setdefault(start, set()).add(end)
        joined.setdefault(end, set()).add(start)
    found: dict[str, frozenset[str]] = {}
    for area in counties:
        reached: set[str] = set()
        queue = list(joined.get(area, ()))
        while queue:
            here = queue.pop()
            if here in reached or here == area:
                continue
            reached.add(here)
            if here not in counties:
                queue += joined.get(here, ())
        found[area] = frozenset(reached & set(counties))
    return found


def _connected(counties: tuple[str, ...], neighbours: Mapping[str, frozenset[str]]) -> tuple[tuple[str, ...], ...]:
    most = len(counties) - 1 if len(counties) <= _MANY else 3
    return tuple(
        areas
        for size in range(2, most + 1)
        for areas in combinations(counties, size)
        if _hang_together(areas, neighbours)
    )


def _hang_together(areas: tuple[str, ...], neighbours: Mapping[str, frozenset[str]]) -> bool:
    inside = set(areas)
    reached: set[str] = set()
    queue = [areas[0]]
    while queue:
        here = queue.pop()
        if here not in reached:
            reached.add(here)
            queue += neighbours[here] & inside
    return reached == inside
