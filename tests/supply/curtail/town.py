"""A small made-up town for the tests of the plan of cuts: figures chosen so that the answers can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhishou import clock
from zhishou.supply.curtail.horizon import Horizon, from_days
from zhishou.supply.system import System

START = clock.moment("2026-12-15T08:00")

CUSTOMERS: list[dict[str, Any]] = [
    {"id": "homes", "class": "residential", "demand": 40},
    {"id": "hospital", "class": "hospital", "demand": 2},
    {"id": "schools", "class": "public_service", "demand": 4},
    {"id": "buses", "class": "public_transport", "demand": 3},
    {"id": "taxis", "class": "vehicle", "demand": 5, "safety_load": 1},
    {"id": "shops", "class": "commerce", "demand": 6},
    {"id": "hotel", "class": "commerce", "demand": 2},
    {"id": "glass", "class": "industry", "demand": 12, "safety_load": 4},
    {"id": "steel", "class": "industry", "demand": 8, "interruptible": 5},
    {"id": "bricks", "class": "industry", "demand": 6},
    {"id": "lng_plant", "class": "liquefaction", "demand": 12, "safety_load": 2},
]
"""Altogether 100 万立方米/日."""


def town(customers: list[dict[str, Any]] | None = None, **changes: Any) -> System:
    """The town: one node, one source of 100."""
    given = customers or CUSTOMERS
    data: dict[str, Any] = {
        "id": "town",
        "title": "试验镇",
        "area": "jincheng",
        "illustrative": True,
        "nodes": [{"id": "gate", "label": "门站", "area": "chengqu"}],
        "reporters": [{"id": "firm", "label": "燃气公司", "kind": "city_gas", "area": "chengqu"}],
        "sources": [{"id": "import", "label": "管道来气", "kind": "pipeline_import", "node": "gate",
                     "reporter": "firm", "capacity": 100}],
        "customers": [{"label": one["id"], "node": "gate", "reporter": "firm", **one} for one in given],
    }  # fmt: skip
    return System.model_validate(data | changes)


def ahead(
    system: System, gas: Mapping[str, float], stock: Mapping[str, float] | None = None, *, days: int = 1,
    hours: bool = False, more: Mapping[str, float] | None = None,
) -> Horizon:  # fmt: skip
    """Days with so much gas from each source; every customer asks for what it usually asks for."""
    asked = {one.id: one.demand for one in system.customers} | dict(more or {})
    return from_days(
        system,
        START,
        {name: [rate] * days for name, rate in asked.items()},  # type: ignore[misc]
        {name: [rate] * days for name, rate in gas.items()},  # type: ignore[misc]
        dict(stock or {}),
        hours=hours,
    )
