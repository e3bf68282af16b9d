"""The points of an axis stand for the whole of it: no number is judged otherwise than the point that stands for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from zhishou.plan.lexicon import Fact
from zhishou.plan.regions import points, points_beyond, points_within

EXACT = settings(max_examples=300, deadline=None, derandomize=True)
QUARTERS = st.integers(-400, 400).map(lambda n: n / 4)
WHOLE = st.integers(-60, 60).map(float)
NUMBERS = st.one_of(QUARTERS, st.floats(-120, 120, allow_nan=False).map(lambda x: round(x, 6)))


def truths(number: float, bounds: Sequence[float]) -> tuple[tuple[bool, bool], ...]:
    """Everything that a condition on one number can ask of it: at least and above each bound (the rest follows)."""
    return tuple((number >= bound, number > bound) for bound in bounds)


@st.composite
def axes(draw: st.DrawFn, numbers: st.SearchStrategy[float]) -> tuple[Fact, list[float]]:
    """A fact with or without ends, and bounds within it, as a pack may have them."""
    integer = draw(st.booleans())
    values = WHOLE if integer else numbers
    ends = sorted(draw(st.lists(values, min_size=2, max_size=2, unique=True)))
    low = draw(st.sampled_from([None, ends[0]]))
    high = draw(st.sampled_from([None, ends[1]]))
    spec: dict[str, Any] = {"label": "数", "kind": "number", "meaning": "测试"}
    fact = Fact(**spec, minimum=low, maximum=high, integer=integer)
    bounds = [bound for bound in draw(st.lists(values, max_size=6)) if possible(bound, fact)]
    return fact, bounds


def possible(number: float, fact: Fact) -> bool:
    low = fact.minimum if fact.minimum is not None else -math.inf
    high = fact.maximum if fact.maximum is not None else math.inf
    return low <= number <= high and (not fact.integer or number == int(number))


@EXACT
@given(axes(QUARTERS), NUMBERS)
def test_every_number_has_a_point_that_is_judged_as_it_is(axis: tuple[Fact, list[float]], number: float):
    fact, bounds = axis
    number = float(round(number)) if fact.integer else number
    if possible(number, fact):
        assert truths(number, bounds) in {truths(point, bounds) for point in points(bounds, fact)}


@EXACT
@given(axes(NUMBERS))
def test_every_point_is_a_value_that_the_fact_can_have_and_they_rise(axis: tuple[Fact, list[float]]):
    fact, bounds = axis
    found = points(bounds, fact)
    assert all(possible(point, fact) for point in found)
    assert all(one < other for one, other in pairwise(found))
    assert set(bounds) <= set(found)


@EXACT
@given(axes(QUARTERS))
def test_no_two_neighbouring_points_stand_for_the_same_stretch_but_for_the_ends(axis: tuple[Fact, list[float]]):
    fact, bounds = axis
    found = [point for point in points(bounds, fact) if point not in {fact.minimum, fact.maximum}]
    judged = [truths(point, bounds) for point in found]
    assert len(judged) == len(set(judged))


@EXACT
@given(axes(QUARTERS), st.lists(WHOLE, min_size=2, max_size=2), NUMBERS)
def test_the_points_of_a_range_lie_in_it_and_stand_for_all_of_it(
    axis: tuple[Fact, list[float]], ends: list[float], number: float
):
    fact, bounds = axis
    low, high = sorted(ends)
    found = points_within(low, high, bounds, integer=fact.integer)
    assert all(low <= point <= high for point in found)
    number = float(round(number)) if fact.integer else number
    if low <= number <= high:
        assert truths(number, bounds) in {truths(point, bounds) for point in found}


@EXACT
@given(axes(QUARTERS), NUMBERS, NUMBERS, st.sampled_from([1, -1]))
def test_every_number_beyond_a_value_is_judged_as_the_value_or_as_a_point_beyond_it(
    axis: tuple[Fact, list[float]], value: float, other: float, step: int
):
    fact, bounds = axis
    value, other = (float(round(number)) if fact.integer else number for number in (value, other))
    if not possible(value, fact):
        return
    found = list(points_beyond(value, bounds, step, fact))
    assert all(possible(point, fact) and (point - value) * step > 0 for point, _, _ in found)
    assert all((after - before) * step > 0 for (before, _, _), (after, _, _) in pairwise(found))
    if possible(other, fact) and (other - value) * step > 0:
        beyond = {truths(point, bounds) for point, _, _ in found}
        assert truths(other, bounds) in {*beyond, truths(value, bounds)}


@EXACT
@given(axes(QUARTERS), NUMBERS, st.sampled_from([1, -1]))
def test_a_point_beyond_a_value_is_told_with_the_bound_at_which_its_stretch_begins(
    axis: tuple[Fact, list[float]], value: float, step: int
):
    fact, bounds = axis
    value = float(round(value)) if fact.integer else value
    if not possible(value, fact):
        return
    for point, threshold, exact in points_beyond(value, bounds, step, fact):
        assert exact == (point == threshold)
        passed = [bound for bound in bounds if (bound - value) * step >= 0 and (point - bound) * step >= 0]
        assert threshold == (max(passed) if step > 0 else min(passed))
