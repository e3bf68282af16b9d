"""Outlines and codes of the areas that a warning can name."""

from __future__ import annotations

import itertools
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhishou.errors import ZhishouError
from zhishou.paper.cap.outlines import distance, from_geojson, thinned
from zhishou.paper.cap.places import areas, outlines, places
from zhishou.paper.cap.values import Point, Polygon
from zhishou.plan.load import Library

SEATS = {
    "140502": (35.5016, 112.8536), "140521": (35.6901, 112.1867), "140522": (35.4860, 112.4147),
    "140524": (35.7757, 113.2807), "140581": (35.7980, 112.9239),
}  # fmt: skip
"""The county seats, which lie in their own county and in no other."""


def _inside(point: Point, ring: Polygon) -> bool:
    """Ray casting."""
    found = False
    for (lat, lon), (other_lat, other_lon) in itertools.pairwise(ring):
        if (lat > point[0]) != (other_lat > point[0]):
            at = lon + (point[0] - lat) / (other_lat - lat) * (other_lon - lon)
            found ^= point[1] < at
    return found


def _crosses(ring: Polygon) -> bool:
    def side(one: Point, other: Point, third: Point) -> float:
        return (other[0] - one[0]) * (third[1] - one[1]) - (other[1] - one[1]) * (third[0] - one[0])

    edges = list(itertools.pairwise(ring))
    return any(
        side(*edges[one], edges[two][0]) * side(*edges[one], edges[two][1]) < 0
        and side(*edges[two], edges[one][0]) * side(*edges[two], edges[one][1]) < 0
        for one in range(len(edges))
        for two in range(one + 2, len(edges))
    )


@pytest.mark.parametrize("code", SEATS)
def test_every_seat_lies_in_its_county_alone(code: str):
    assert [one for one, rings in outlines().items() if any(_inside(SEATS[code], ring) for ring in rings)] == [code]


def test_outlines_are_closed_simple_and_of_the_six_counties():
    assert set(outlines()) == {places()[part].code for part in places()["jincheng"].parts}
    for rings in outlines().values():
        for ring in rings:
            assert len(ring) >= 4
            assert ring[0] == ring[-1]
            assert not _crosses(ring)


def test_neighbours_do_not_cover_each_other_beyond_the_tolerance():
    """A corner of one county may lie in its neighbour only as far as the thinning moves a border."""
    rings = [(code, ring) for code, found in outlines().items() for ring in found]
    for code, ring in rings:
        for other, about in rings:
            for point in ring:
                if code != other and _inside(point, about):
                    assert min(distance(point, *edge) for edge in itertools.pairwise(about)) < 0.01


def test_codes_are_of_the_lexicons_areas_and_nest(packs: Library):
    for id_, place in places().items():
        area = packs.lexicon.areas[id_]
        assert place.name == area.label
        if area.within in places():
            above = places()[area.within].code
            assert place.code.startswith(above.rstrip("0"))
            assert place.code != above


def test_the_city_is_all_its_counties_under_one_code():
    (city,) = areas(["jincheng"])
    assert [one.value for one in city.geocodes] == ["140500"]
    assert len(city.polygons) == 7  # Zezhou lies in two parts around the city's district
    assert areas(["jincheng"], "en")[0].description == "Jincheng City"


def test_an_area_without_outlines_still_has_its_code():
    (area,) = areas(["yuncheng"])
    assert (area.polygons, area.geocodes[0].value) == ((), "140800")


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=60),
    st.sampled_from([0.1, 1.0, 5.0]),
)
def test_thinning_moves_no_point_further_than_the_tolerance(points: list[tuple[int, int]], tolerance: float):
    ring = tuple((float(lat), float(lon)) for lat, lon in points)
    thin = thinned(ring, tolerance)
    assert set(thin) <= set(ring)
    assert thin[0] == thin[-1]
    edges = list(itertools.pairwise(thin)) or [(thin[0], thin[0])]
    for point in ring:
        assert min(distance(point, *edge) for edge in edges) <= tolerance + 1e-9


def test_a_deployment_brings_its_own():
    square = [[[112.0, 35.0], [112.0, 36.0], [113.0, 36.0], [113.0, 35.0], [112.0, 35.0]]]
    feature = {"id": 140800, "geometry": {"type": "Polygon", "coordinates": square}}
    shapes = from_geojson(json.dumps({"features": [feature]}).encode())
    (area,) = areas(["yuncheng"], shapes=shapes)
    assert area.polygons == (((35.0, 112.0), (36.0, 112.0), (36.0, 113.0), (35.0, 113.0), (35.0, 112.0)),)
    assert math.isclose(distance((36.0, 112.5), *area.polygons[0][1:3]), 0)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"features": [{}]}', b"[1]", b'{"features": [{"id": 1, "geometry": null}]}']
)
def test_what_is_no_geojson_is_told(content: bytes):
    with pytest.raises(ZhishouError, match="读不出边界"):
        from_geojson(content)
