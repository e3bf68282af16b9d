"""Cleaning finds what was planted, keeps what was real, and knows no more on an evening than that evening knew."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_city import City, city, dirty

from zhishou.supply.forecast import History, Reason, clean
from zhishou.supply.forecast.clean import NEVER, uncleaned

SMALL = city(seed=11, first=date(2022, 6, 1), last=date(2024, 3, 1))
SMALL_DIRTY = dirty(SMALL, seed=5, share=0.03)[0]
WHOLE = clean(SMALL_DIRTY)


@pytest.mark.parametrize("seed", [3, 4])
def test_every_planted_error_is_marked_and_nothing_else(town: City, seed: int):
    history, wrong = dirty(town, seed=seed)
    cleaned = clean(history)
    marked = {mark.day for mark in cleaned.marks if mark.believed is None}
    assert set(wrong) <= marked
    assert len(marked - set(wrong)) <= 0.002 * len(town.days)
    # The second of two equal figures may be chance and stays; every other figure used is the true one.
    chance = np.array([day not in wrong for day in town.days]) & (history.demand != town.demand)
    kept = np.isfinite(cleaned.usable) & ~chance
    assert chance.sum() < 0.01 * len(town.days)
    assert cleaned.usable[kept] == pytest.approx(town.demand[kept], rel=0.2)


def test_each_kind_is_named_and_a_slip_is_put_right(town: City, reported: tuple[History, dict[date, str]]):
    history, wrong = reported
    marks = {mark.day: mark for mark in clean(history).marks}
    names = {"zero": Reason.ZERO, "negative": Reason.NEGATIVE, "missing": Reason.MISSING, "stuck": Reason.STUCK}
    for day, how in wrong.items():
        if how in names:
            assert marks[day].reason is names[how]
            assert marks[day].used is None
        elif how == "slip":
            assert marks[day].reason is Reason.SLIP
            assert marks[day].used == pytest.approx(town.truth[day])
        else:
            assert marks[day].reason in {Reason.SPIKE, Reason.SLIP}


def test_a_figure_of_5810_where_300_belongs_is_left_out(town: City):
    demand = town.demand.copy()
    demand[700] = 5810.0
    mark = next(mark for mark in clean(History(town.days, demand, town.temperature)).marks)
    assert (mark.day, mark.value, mark.used) == (town.days[700], 5810.0, None)
    assert mark.reason in {Reason.SPIKE, Reason.SLIP}
    assert "应在" in mark.note


def test_a_real_cold_spike_is_kept():
    # The coldest three days in memory come at once, and people burn what the curve says they burn.
    plain = city(seed=21, first=date(2022, 6, 1), last=date(2024, 1, 31))
    number = plain.days.index(date(2024, 1, 20))
    temperature, demand = plain.temperature.copy(), plain.demand.copy()
    temperature[number : number + 3] -= (10.0, 14.0, 12.0)
    demand[number : number + 3] += (45.0, 75.0, 80.0)
    marks = [mark for mark in clean(History(plain.days, demand, temperature)).marks if mark.day >= plain.days[number]]
    assert marks == []


def test_a_step_is_believed_after_four_days_and_not_before():
    plain = city(seed=21, first=date(2022, 6, 1), last=date(2024, 6, 30))
    number = plain.days.index(date(2024, 5, 10))
    demand = plain.demand.copy()
    demand[number:] *= 0.55
    cleaned = clean(History(plain.days, demand, plain.temperature))
    marks = [mark for mark in cleaned.marks if mark.day >= plain.days[number]]
    assert [mark.believed for mark in marks[:4]] == [date(2024, 5, 13)] * 4
    assert len(marks) == 4
    assert np.isnan(cleaned.seen(number + 2)[number:]).all()
    assert np.isfinite(cleaned.seen(number + 3)[number:]).all()


def test_wrong_units_for_a_week_are_no_step():
    plain = city(seed=21, first=date(2022, 6, 1), last=date(2023, 6, 30))
    demand = plain.demand.copy()
    demand[-40:-33] *= 1e4
    cleaned = clean(History(plain.days, demand, plain.temperature))
    assert {mark.reason for mark in cleaned.marks} == {Reason.SLIP}
    assert cleaned.usable == pytest.approx(plain.demand)


def test_gaps_and_corrections_are_told():
    plain = city(seed=21, first=date(2023, 1, 1), last=date(2023, 6, 30))
    days = [*plain.days[:100], *plain.days[99:120], *plain.days[125:]]
    demand = np.concatenate([plain.demand[:99], [77.0], plain.demand[99:120], plain.demand[125:]])
    temperature = np.concatenate([plain.temperature[:100], plain.temperature[99:120], plain.temperature[125:]])
    temperature[50] = np.nan
    cleaned = clean(History(tuple(days), demand, temperature))
    assert cleaned.days == plain.days
    told = {reason: [mark for mark in cleaned.marks if mark.reason is reason] for reason in Reason}
    assert [mark.day for mark in told[Reason.MISSING]] == list(plain.days[120:125])
    assert [(mark.value, mark.used) for mark in told[Reason.DUPLICATE]] == [(77.0, plain.demand[99])]
    assert cleaned.demand[99] == plain.demand[99]
    assert cleaned.temperature[50] == plain.temperature[49]
    assert plain.days[50] in [mark.day for mark in told[Reason.TEMPERATURE]]


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(min_value=60, max_value=len(SMALL.days) - 2))
def test_an_evening_knows_nothing_of_what_came_later(number: int):
    then = clean(SMALL_DIRTY.until(SMALL.days[number]))
    assert then.seen(number) == pytest.approx(WHOLE.seen(number), nan_ok=True)
    assert then.temperature == pytest.approx(WHOLE.temperature[: number + 1])


def test_nothing_reported_is_lost():
    lost = {day for day, known in zip(WHOLE.days, WHOLE.known_from, strict=True) if known == NEVER}
    assert lost <= {mark.day for mark in WHOLE.marks}
    changed = {
        day
        for day, before, after in zip(SMALL_DIRTY.days, SMALL_DIRTY.demand, WHOLE.demand, strict=True)
        if before != after and np.isfinite(before)
    }
    assert changed <= {mark.day for mark in WHOLE.marks if mark.used is not None}


def test_without_cleaning_the_history_stands_as_it_is():
    raw = uncleaned(SMALL_DIRTY)
    assert raw.usable == pytest.approx(SMALL_DIRTY.demand, nan_ok=True)
    assert {mark.reason for mark in raw.marks} == {Reason.MISSING}
