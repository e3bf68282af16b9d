"""The almanac against dates printed in calendars and against a second source of solar terms."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import numpy as np
import pytest

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.almanac import (
    TERMS,
    Almanac,
    Calendar,
    Season,
    almanac,
    spring_festival,
    term_days,
    term_of,
)


def span(start: str, end: str, **calendar: object) -> Almanac:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return almanac(days, Calendar(**calendar))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "day"),
    [(2020, "2020-01-25"), (2024, "2024-02-10"), (2025, "2025-01-29"), (2026, "2026-02-17"), (2027, "2027-02-06")],
)
def test_spring_festival_is_where_calendars_print_it(year: int, day: str):
    assert spring_festival(year) == date.fromisoformat(day)


@pytest.mark.parametrize("year", range(2015, 2030))
def test_the_solar_terms_agree_with_a_second_source(year: int):
    other = {name: day for day, name in chinese_calendar.get_solar_terms(date(year, 1, 1), date(year, 12, 31))}
    ours = term_days(year)
    assert list(ours) == list(TERMS)
    assert all(before < after for before, after in pairwise(ours.values()))
    off = {name: abs((ours[name] - other[name]).days) for name in TERMS}
    # The second source reckons by a formula that misses the day where the term falls near midnight.
    assert max(off.values()) <= 1
    assert sum(off.values()) <= 2


def test_working_weekends_and_holidays_are_those_of_the_state_council():
    found = almanac([date(2026, 2, 14), date(2026, 2, 17), date(2026, 11, 20), date(2026, 11, 21)])
    assert found.off.tolist() == [0, 1, 0, 1]
    assert not found.estimated.any()
    assert found.notes == ()


def test_a_year_not_announced_yet_is_estimated_and_says_so():
    found = almanac([date(2027, 1, 1), date(2027, 2, 5), date(2027, 2, 8), date(2027, 2, 10), date(2027, 10, 1)])
    assert found.estimated.all()
    assert found.off.tolist() == [1, 1, 1, 0, 1]
    assert "2027年" in found.notes[0]
    assert "调休" in found.notes[0]


def test_far_years_do_not_fail():
    for year in (1990, 2003, 2060):
        assert almanac([date(year, 1, 15), date(year, 6, 18)]).off.shape == (2,)


def test_the_festival_deepens_stays_and_fades():
    found = span("2026-01-20", "2026-03-20")
    eve = found.days.index(date(2026, 2, 16))
    assert found.festival[eve : eve + 8].tolist() == [1.0] * 8
    assert (np.diff(found.festival[: eve + 1]) >= 0).all()
    assert (np.diff(found.festival[eve + 7 :]) <= 0).all()
    assert found.festival[0] == found.festival[-1] == 0.0


def test_the_season_ramps_up_holds_and_ramps_down():
    found = span("2025-10-20", "2026-04-10")
    lit = dict(zip(found.days, found.season, strict=True))
    assert lit[date(2025, 10, 31)] == 0
    assert lit[date(2025, 11, 1)] == pytest.approx(0.1)
    assert lit[date(2025, 11, 10)] == lit[date(2026, 1, 1)] == lit[date(2026, 3, 22)] == 1
    assert lit[date(2026, 3, 31)] == pytest.approx(0.1)
    assert lit[date(2026, 4, 1)] == 0


def test_the_season_may_follow_the_solar_terms():
    found = span("2026-10-20", "2027-04-10", season=Season("立冬", "惊蛰"))
    lit = [day for day, on in zip(found.days, found.season, strict=True) if on > 0]
    assert (lit[0], lit[-1]) == (date(2026, 11, 7), date(2027, 3, 6))
    assert term_of(date(2026, 11, 21)) == "立冬"
    assert term_of(date(2026, 11, 22)) == "小雪"
    assert term_of(date(2026, 1, 2)) == "冬至"


def test_a_place_that_keeps_no_chinese_holidays():
    found = span("2026-02-14", "2026-02-18", workdays="weekends", rest=frozenset([date(2026, 2, 18)]))
    assert found.off.tolist() == [1, 1, 0, 0, 1]
    assert found.festival.max() == 0


def test_a_season_that_is_no_date_is_refused():
    with pytest.raises(ZhishouError, match="写成 11-15 的样子"):
        Season("十一月")
    with pytest.raises(ZhishouError, match="至少为1天"):
        Season(ramp_days=0)
