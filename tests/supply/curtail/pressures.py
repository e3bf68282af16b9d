"""The standard's equation of pressure reckoned on its own, and small networks whose plans are checked against it."""

from __future__ import annotations

from math import log10, sqrt
from typing import Any

from supply.curtail.town import ahead, town

from zhishou.plan.load import Library
from zhishou.supply.curtail.cutlist import CutPlan, curtail
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.hydraulics.result import HydraulicCheck, Passage, Pressure
from zhishou.supply.curtail.powers import powers

PLAN = "jincheng/gas-winter-2021"
ATMOSPHERE = 0.101325
KELVIN = 278.15
DENSITY = 16.6045 / 22.414
"""kg/m³ at 0 °C and 101.325 kPa of an ideal gas of 16.6 g/mol; not the library's figure."""


def friction(rate: float, diameter: float, roughness: float = 0.1) -> float:
    """Colebrook and White by repeated insertion; 万立方米/日, mm, mm."""
    normal = rate * 1e4 * 273.15 / 293.15 / 86400
    reynolds = 4 * normal * DENSITY / (3.14159265 * diameter / 1000 * 1.056e-5)
    factor = 0.02
    for _ in range(50):
        factor = (-2 * log10(roughness / (3.7 * diameter) + 2.51 / (reynolds * sqrt(factor)))) ** -2
    return factor


def squares_lost(rate: float, length: float, diameter: float, mean: float) -> float:
    """p₁² − p₂² in MPa² of 万立方米/日 through km of mm at a mean pressure of MPa (absolute), by GB 50028-2006 6.2.6."""
    per_hour = rate * 1e4 * 273.15 / 293.15 / 24
    compressibility = 1 - 0.022 * mean
    lost = 1.27e10 * friction(rate, diameter) * per_hour**2 / diameter**5 * DENSITY * KELVIN / 273.15
    return lost * compressibility * length / 1e6


def far_end(near: float, rate: float, length: float, diameter: float) -> float:
    """Pressure at the far end, MPa (gauge), of a pipe whose near end has so many MPa (gauge)."""
    first = near + ATMOSPHERE
    last = first
    for _ in range(30):
        mean = 2 / 3 * (first + last - first * last / (first + last))
        last = sqrt(first**2 - squares_lost(rate, length, diameter, mean))
    return last - ATMOSPHERE


def node(name: str, minimum: float | None = None) -> dict[str, Any]:
    return {"id": name, "label": f"{name}站", "area": "chengqu", "minimum_pressure": minimum}


def pipe(start: str, end: str, length: float | None = 10, diameter: float | None = 200, **more: Any) -> dict[str, Any]:
    name = f"{start}{end}"
    return {"id": name, "label": f"{name}线", "start": start, "end": end, "capacity": 1e4, "back_capacity": 1e4,
            "length": length, "diameter": diameter, **more}  # fmt: skip


def source(place: str, pressure: float | None = 0.4, capacity: float = 1e4, **more: Any) -> dict[str, Any]:
    return {"id": f"from_{place}", "label": f"{place}气源", "kind": "pipeline_import", "node": place, "reporter": "firm",
            "capacity": capacity, "pressure": pressure, **more}  # fmt: skip


def tank(place: str, withdrawal: float) -> dict[str, Any]:
    return {"id": "tank", "label": "储罐", "node": place, "owner": "燃气公司", "owner_kind": "operator", "reporter": "firm",
            "form": "gas", "capacity": 1e4, "withdrawal": withdrawal}  # fmt: skip


class Net:
    """A network of a few pipes; every node named in `asks` has homes that ask for so much."""

    def __init__(self, packs: Library, nodes: list[Any], pipes: list[Any], asks: dict[str, float], **more: Any) -> None:
        sources = more.pop("sources", [source("A")])
        homes = [
            {"id": f"homes_{place}", "class": "residential", "demand": rate, "node": place}
            for place, rate in asks.items()
        ]
        self.packs = packs
        self.system = town(homes, nodes=nodes, pipes=pipes, sources=sources, **more)
        self.gas = {one["id"]: one["capacity"] for one in sources}

    def plan(self, stock: dict[str, float] | None = None, **more: Any) -> CutPlan:
        return self.planned(ahead(self.system, self.gas, stock, **more))

    def planned(self, horizon: Horizon) -> CutPlan:
        return curtail(horizon, powers(self.packs.pack(PLAN), "II"))


def one_pipe(packs: Library, rate: float, minimum: float | None = 0.1, **more: Any) -> CutPlan:
    return Net(packs, [node("A"), node("B", minimum)], [pipe("A", "B", **more)], {"B": rate}).plan()


def at(checked: HydraulicCheck, place: str, step: int = 0) -> Pressure:
    return next(row for row in checked.rows if (row.node, row.step) == (place, step))


def through(checked: HydraulicCheck, name: str) -> Passage:
    return next(row for row in checked.passages if row.pipe == name)


def pressure(checked: HydraulicCheck, place: str) -> float:
    found = at(checked, place).pressure
    assert found is not None
    return found
