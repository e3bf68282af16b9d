"""Areas of the lexicon as areas of a warning: administrative codes and outlines; the one place that reads both.

The code binds. The outline is for telephones and maps: its source does not state its datum, see docs/cap.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from pydantic import TypeAdapter

from zhishou.errors import ZhishouError
from zhishou.paper.cap.values import Area, Named, Polygon
from zhishou.plan import marks
from zhishou.plan.base import Model

GEOCODE = "GB/T 2260"
"""The name under which administrative codes stand in a plain message."""


class Place(Model):
    """An area under its administrative code."""

    code: str
    """Six digits, GB/T 2260."""
    name: str
    """In Chinese."""
    english: str
    """In English."""
    parts: tuple[str, ...] = ()
    """The areas that make it up, by their ids."""


@cache
def places() -> Mapping[str, Place]:
    """Area id of the lexicon → place."""
    text = files("zhishou.paper.cap").joinpath("data/areas.yaml").read_text("utf-8")
    return TypeAdapter(dict[str, Place]).validate_python(marks.read(text, "areas.yaml").data)


@cache
def outlines() -> Mapping[str, tuple[Polygon, ...]]:
    """Administrative code → polygons, of the counties that the package has."""
    kept = json.loads(files("zhishou.paper.cap").joinpath("data/jincheng.json").read_text("utf-8"))["outlines"]
    return {code: tuple(_ring(text) for text in rings) for code, rings in kept.items()}


def areas(
    ids: Iterable[str], language: str = "zh-CN", shapes: Mapping[str, tuple[Polygon, ...]] | None = None
) -> tuple[Area, ...]:
    """Where a warning holds.

    Args:
        ids: area ids of the lexicon; a city stands for all its counties.
        language: names in Chinese (`zh…`) or else in English.
        shapes: outlines by administrative code in place of those of the package, see `outlines.from_geojson`.

    Raises:
        ZhishouError: an area without an administrative code.
    """
    known = outlines() if shapes is None else shapes
    found = []
    for id_ in ids:
        place = places().get(id_)
        if place is None:
            raise ZhishouError(
                "这个地区没有行政区划代码，不能作预警范围", where=f"地区“{id_}”",
                mend=f"写它所在的县（市、区），可写：{'、'.join(places())}",
            )  # fmt: skip
        rings = [ring for part in (place.parts or (id_,)) for ring in known.get(places()[part].code, ())]
        name = place.name if language.startswith("zh") else place.english
        found.append(Area(name, polygons=tuple(rings), geocodes=(Named(GEOCODE, place.code),)))
    return tuple(found)


def _ring(text: str) -> Polygon:
    pairs = (point.split(",") for point in text.split())
    return tuple((float(lat), float(lon)) for lat, lon in pairs)
