"""Outlines of counties from GeoJSON, thinned out; it stands alone because a deployment elsewhere adds its own.

A warning's polygon needs no more points than a telephone can use: the line is thinned by Douglas and Peucker (1973),
so that no point of the original lies further from it than the tolerance.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

from zhishou.errors import ZhishouError
from zhishou.paper.cap.values import Point, Polygon

TOLERANCE = 0.005
"""Degrees, about 500 m: far below the size of a township."""


def from_geojson(content: bytes, tolerance: float = TOLERANCE) -> Mapping[str, tuple[Polygon, ...]]:
    """Outlines by the id of each feature (its administrative code). Holes are left out: CAP has none.

    Raises:
        ZhishouError: not GeoJSON of polygons with ids.
    """
    try:
        found: dict[str, tuple[Polygon, ...]] = {}
        for feature in json.loads(content)["features"]:
            shape = feature["geometry"]
            parts = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
            rings = [tuple((float(lat), float(lon)) for lon, lat, *_ in part[0]) for part in parts]
            found[str(feature["id"])] = tuple(thinned(ring, tolerance) for ring in rings)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ZhishouError(
            f"读不出边界：{error}", where="GeoJSON", mend="每个要素要有 id（行政区划代码）和 Polygon 或 MultiPolygon"
        ) from None
    return found


def thinned(ring: Polygon, tolerance: float = TOLERANCE) -> Polygon:
    """The ring with as few of its own points as the tolerance (degrees) allows, closed, four decimals (11 m)."""
    points = [(round(lat, 4), round(lon, 4)) for lat, lon in (ring if ring[0] == ring[-1] else (*ring, ring[0]))]
    far = max(range(len(points)), key=lambda at: math.dist(points[0], points[at]))
    kept = {0, far, len(points) - 1}
    spans = [(0, far), (far, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        between = range(first + 1, last)
        at = max(between, key=lambda one: distance(points[one], points[first], points[last]), default=0)
        if at and distance(points[at], points[first], points[last]) > tolerance:
            kept.add(at)
            spans += [(first, at), (at, last)]
    return tuple(points[at] for at in sorted(kept))


def distance(point: Point, one: Point, other: Point) -> float:
    """From a point to the line between two others, in degrees."""
    along, across = other[0] - one[0], other[1] - one[1]
    length = along**2 + across**2
    share = ((point[0] - one[0]) * along + (point[1] - one[1]) * across) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.dist(point, (one[0] + share * along, one[1] + share * across))
