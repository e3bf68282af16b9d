"""The map of the counties as SVG, coloured by the level in force there or by the gap of gas. The words stand beside the colour."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from zhishou.plan import marks
from zhishou.plan.load import Library
from zhishou.web.console.supply_now import SupplyNow, amount
from zhishou.web.console.tones import tone
from zhishou.web.telling import RowTold


@dataclass(frozen=True, slots=True)
class County:
    """One county on the map."""

    area: str
    label: str
    path: str
    at: tuple[int, int]
    """Where its name stands."""
    tone: str
    """Class of its colour."""
    says: str
    """What its colour says, in words."""


def counties(library: Library, incidents: list[RowTold], supply: SupplyNow | None) -> list[County]:
    """Every county of which there is an outline.

    Args:
        library: for names.
        incidents: lines of the incident board.
        supply: tonight's gas, where the area has a supply system.
    """
    found = []
    for area, drawn in outlines()["areas"].items():
        level = _level(library, incidents, area)
        gap = next((one for one in supply.counties if one.area == area), None) if supply else None
        if level:
            colour, says = level
        elif gap is not None and gap.gap.low > 0:
            colour, says = ("gap2" if gap.pct.low >= 10 else "gap1"), f"缺口 {amount(gap.pct)}%"
        elif gap is not None:
            colour, says = "", "不缺" if gap.gap.high == 0 else "缺口不明"
        else:
            colour, says = "", ""
        at = (int(drawn["label"][0]), int(drawn["label"][1]))
        found.append(County(area, library.lexicon.areas[area].label, drawn["path"], at, colour, says))
    return found


def _level(library: Library, incidents: list[RowTold], area: str) -> tuple[str, str] | None:
    """The most severe level in force for incidents of the county."""
    found = [
        (tone(library, one["plan"], one["ladder"], one["level"], one.get("colour")), one["label"])
        for row in incidents
        if row.data.get("place") == area
        for one in row.data.get("active") or ()
    ]
    return min(found, default=None)


@cache
def outlines() -> dict[str, Any]:
    """The outlines as data: size of the picture, and for each county its path and where its name stands."""
    file = Path(__file__).parent / "counties.yaml"
    data: dict[str, Any] = marks.read(file.read_text("utf-8"), file.name).data
    return data
