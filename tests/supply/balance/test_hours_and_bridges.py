"""Hours of a day, and how long storages fill a gap, by hand."""

from __future__ import annotations

import dataclasses
import math

import pytest
from supply.balance.demo import DAY, TWO, drawn, evening, jincheng, small, told

from zhishou.supply.balance.bridge import bridge
from zhishou.supply.balance.hours import hour_balances
from zhishou.supply.balance.ranges import UNKNOWN, Range, exactly
from zhishou.supply.balance.result import Store
from zhishou.supply.returns.model import Value

STORE = Store(
    "s", "S", "甲", "gas", emergency=False, stock=1, volume=exactly(1), usable=exactly(24), rate=24, origin=None
)


def _store(rate: float, usable: Range) -> Store:
    return dataclasses.replace(STORE, rate=rate, usable=usable)


def test_a_day_in_balance_may_fall_short_in_the_evening():
    system = small(
        TWO + "profiles: {residential: [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]}\n"
    )
    given = {
        ("demand", "home_a"): 26.0,
        ("demand", "works_a"): 24.0,
        ("demand", "home_b"): 0.0,
        ("available", "cbm"): 50.4,
    }
    city = drawn(system, told(system, given)).city
    assert city.gap.value == 0.0
    hours = hour_balances(system, city)
    # weights sum to 26: 1 of them an hour, 3 in the hour that begins at 19:00; 50.4 / 24 = 2.1
    peak = hours[11]
    assert (peak.clock, peak.demand.value, peak.supply.value) == ("19:00", 4.0, 2.1)
    assert (peak.gap.value, peak.gap_pct.value) == (1.9, 47.5)
    assert [hour.gap.value for hour in hours if hour.hour != 11] == [0.0] * 23
    assert (hours[0].clock, hours[16].clock, hours[23].clock) == ("08:00", "00:00", "07:00")


def test_hours_that_were_returned_count_as_returned():
    system = small(TWO)
    given = {
        ("demand", "home_a"): 24.0,
        ("demand", "works_a"): 0.0,
        ("demand", "home_b"): 0.0,
        ("available", "cbm"): 24.0,
    }
    returns = list(told(system, given))
    place = next(index for index, one in enumerate(returns) if one.reporter == "a")
    hourly = tuple(Value("demand", "home_a", DAY, 2.0 if hour < 12 else 0.0, hour=hour) for hour in range(24))
    returns[place] = dataclasses.replace(returns[place], values=(*returns[place].values, *hourly))
    hours = hour_balances(system, drawn(system, returns).city)
    assert [hour.demand.value for hour in hours] == [2.0] * 12 + [0.0] * 12
    assert [hour.gap.value for hour in hours] == [1.0] * 12 + [0.0] * 12


def test_hours_alone_make_the_day():
    system = small(TWO)
    returns = list(told(system, {("available", "cbm"): 24.0, ("demand", "home_b"): 0.0}))
    hourly = tuple(Value("demand", of, DAY, 0.5, hour=hour) for of in ("home_a", "works_a") for hour in range(24))
    returns.append(dataclasses.replace(returns[0], reporter="a", values=hourly))
    assert drawn(system, returns).city.demand.value == 24.0
    short = dataclasses.replace(returns[-1], values=hourly[1:])
    assert drawn(system, [*returns[:-1], short]).city.demand.value is None


@pytest.mark.parametrize(
    ("stores", "gap", "hours", "bound"),
    [
        ([(24, 24)], 24, 24, "stock"),  # one day's worth at its full rate
        ([(24, 24)], 12, 48, "stock"),  # half the rate, twice as long
        ([(10, 100)], 12, 0, "rate"),  # never fast enough
        ([(10, 10), (10, 40)], 10, 120, "stock"),  # the slow share of both: 50 / 10 = 5 days
        ([(10, 10), (10, 40)], 15, 48, "stock"),  # 10 + 10·T ≥ 15·T up to T = 2 days
        ([(10, 0), (10, 40)], 15, 0, "rate"),  # an empty one delivers nothing
        ([], 5, 0, "rate"),
        ([(10, 10)], 0, math.inf, "none"),
    ],
)  # fmt: skip
def test_bridges(stores: list[tuple[float, float]], gap: float, hours: float, bound: str):
    found = bridge([_store(rate, exactly(usable)) for rate, usable in stores], exactly(gap))
    assert found.hours.value == hours
    assert found.bound == bound


def test_a_bridge_of_unknown_stock_or_gap_is_a_range():
    found = bridge([_store(24, Range(0.0, 24.0))], exactly(12))
    assert (found.hours.low, found.hours.high, found.bound) == (0.0, 48.0, "unknown")
    found = bridge([_store(24, exactly(24))], UNKNOWN)
    assert (found.hours.low, found.hours.high) == (0.0, math.inf)


def test_the_demonstration_is_worst_in_the_evening():
    system = jincheng()
    city = drawn(system, evening(DAY.replace(day=14)), DAY).city
    worst = max(hour_balances(system, city), key=lambda hour: hour.gap_pct.low)
    assert worst.clock == "18:00"
    assert worst.gap_pct.low > city.gap_pct.low
