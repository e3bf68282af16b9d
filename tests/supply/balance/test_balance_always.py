"""What must hold of every balance."""

from __future__ import annotations

import dataclasses
import math

from hypothesis import given, settings
from hypothesis import strategies as st
from supply.balance.demo import TWO, drawn, small, told

from zhishou.supply.balance import Balances
from zhishou.supply.balance.bridge import bridge
from zhishou.supply.balance.hours import hour_balances
from zhishou.supply.balance.ranges import Range, exactly
from zhishou.supply.balance.result import Store

SYSTEM = small(TWO)
AMOUNT = st.integers(0, 2000).map(lambda tenths: tenths / 10)
NAMES = [
    ("demand", "home_a"), ("demand", "works_a"), ("demand", "home_b"), ("allocated", "gaoping|cbm"),
    ("allocated", "lingchuan|cbm"), ("allocated", "zezhou|cbm"),
]  # fmt: skip


@st.composite
def worlds(draw: st.DrawFn) -> dict[tuple[str, str], float]:
    """Figures of which the allocations add up to the gas."""
    given = {name: draw(AMOUNT) for name in NAMES[:3]}
    shares = draw(st.lists(st.integers(0, 600).map(lambda tenths: tenths / 10), min_size=3, max_size=3))
    given |= dict(zip(NAMES[3:], shares, strict=True))
    return given | {("available", "cbm"): round(sum(shares), 9)}


def _numbers(found: Balances) -> list[Range]:
    return [number for one in found.every for number in (one.demand, one.supply, one.gap, one.gap_pct, one.surplus)]


@given(worlds())
def test_a_gap_is_never_negative_and_counties_add_up_to_the_city(world: dict[tuple[str, str], float]):
    found = drawn(SYSTEM, told(SYSTEM, world))
    for one in found.every:
        assert one.gap.value is not None
        assert one.gap.value >= 0
        assert 0 <= one.gap_pct.low <= one.gap_pct.high <= 100
        assert min(one.gap.low, one.surplus.low) == 0
    assert math.isclose(sum(one.demand.low for one in found.counties), found.city.demand.low, abs_tol=1e-6)
    assert math.isclose(sum(one.supply.low for one in found.counties), found.city.supply.low, abs_tol=1e-6)
    assert found.remarks == ()


@given(worlds(), st.lists(st.sampled_from([*NAMES, ("available", "cbm")]), unique=True))
def test_what_comes_late_only_narrows(world: dict[tuple[str, str], float], late: list[tuple[str, str]]):
    known = {name: amount for name, amount in world.items() if name not in late}
    before = drawn(SYSTEM, told(SYSTEM, known))
    for name in late:
        known[name] = world[name]
        after = drawn(SYSTEM, told(SYSTEM, known))
        for narrow, wide in zip(_numbers(after), _numbers(before), strict=True):
            assert narrow.within(wide)
        before = after
    assert all(number.known for number in _numbers(before))


@given(worlds(), st.sampled_from([("demand", "home_a"), ("demand", "home_b"), ("available", "cbm")]))
def test_an_unknown_never_turns_into_a_number(world: dict[tuple[str, str], float], lost: tuple[str, str]):
    found = drawn(SYSTEM, told(SYSTEM, {name: amount for name, amount in world.items() if name != lost}))
    part = found.city.demand if lost[0] == "demand" else found.city.supply
    assert part.value is None
    assert found.city.missing != ()
    if found.city.gap.value is not None:  # only where no amount that is possible could make a difference
        assert found.city.gap.low == found.city.gap.high == 0.0


@given(worlds())
def test_hours_add_up_to_the_day(world: dict[tuple[str, str], float]):
    system = SYSTEM.model_copy(update={"profiles": {"residential": tuple(range(1, 25))}})
    city = drawn(system, told(system, world)).city
    hours = hour_balances(system, city)
    assert len(hours) == 24
    assert math.isclose(sum(hour.demand.low for hour in hours), city.demand.low, abs_tol=1e-6)
    assert math.isclose(sum(hour.supply.low for hour in hours), city.supply.low, abs_tol=1e-6)


@st.composite
def stores(draw: st.DrawFn) -> tuple[Store, ...]:
    """A few storages."""
    pairs = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 300)), max_size=4))
    blank = Store(
        "s", "S", "甲", "gas", emergency=False, stock=None, volume=exactly(0), usable=exactly(0), rate=0, origin=None
    )
    return tuple(dataclasses.replace(blank, rate=float(rate), usable=exactly(float(volume))) for rate, volume in pairs)


@settings(max_examples=200)
@given(stores(), st.integers(1, 100))
def test_the_time_that_storages_fill_a_gap_is_the_longest_there_is(some: tuple[Store, ...], gap: int):
    hours = bridge(some, exactly(float(gap))).hours
    assert hours.known

    def enough(time: float) -> bool:
        days = time / 24
        return sum(min(one.rate * days, one.usable.low) for one in some) >= gap * days - 1e-6

    if hours.low > 0:
        assert enough(hours.low)
    assert not enough(hours.low + 0.01)
