"""The curve against its own definition, a planted city that it must find again, and an explanation that adds up."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_city import City, city

from zhishou.errors import ZhishouError
from zhishou.supply.forecast import Forecast, History, clean, fit, forecast
from zhishou.supply.forecast.almanac import almanac
from zhishou.supply.forecast.curve import Shape, degrees, effective, steepness
from zhishou.supply.forecast.hindcast import felt_mixing, hindcast, spread_felt

SHORT_HISTORY = city(seed=2, first=date(2023, 3, 1), last=date(2023, 12, 10)).history
WEEK = [-3.0, -4.0, -6.0, -5.0, -1.0, 0.0, 2.0]


@pytest.fixture(scope="module")
def lately(reported: tuple[History, dict[date, str]]) -> History:
    """The dirty history of the last two winters, up to a cold January evening."""
    history = reported[0].until(date(2026, 1, 10))
    return History(history.days[-800:], history.demand[-800:], history.temperature[-800:])


@pytest.fixture(scope="module")
def told(lately: History) -> Forecast:
    return forecast(lately, WEEK)


def test_the_effective_temperature_is_the_weighted_mean_of_today_and_three_days_before():
    series = np.array([4.0, -2.0, 0.0, 7.0, 1.0, -5.0])
    weights = np.array([1.0, 0.5, 0.25, 0.125]) / 1.875
    by_hand = [weights @ series[[day, day - 1, day - 2, day - 3]] for day in (3, 4, 5)]
    assert effective(series, Shape(memory=0.5))[3:] == pytest.approx(by_hand)


@given(st.floats(-50, 50), st.floats(0.5, 5))
def test_heating_degrees_are_the_distance_to_the_limit_with_a_soft_knee(felt: float, softness: float):
    found = degrees(np.array([felt]), 15.0, softness)[0]
    assert max(15.0 - felt, 0.0) - 1e-9 <= found <= max(15.0 - felt, 0.0) + 0.7 * softness + 1e-9
    step = 1e-5
    rise = (
        degrees(np.array([felt - step]), 15.0, softness)[0] - degrees(np.array([felt + step]), 15.0, softness)[0]
    ) / (2 * step)
    assert steepness(np.array([felt]), 15.0, softness)[0] == pytest.approx(rise, abs=1e-4)


def test_the_spread_of_the_effective_temperature_is_that_of_simulated_errors():
    shape, deviation = Shape(memory=0.5), np.array([1.0, 1.3, 1.6, 1.9, 2.3, 2.6, 3.0])
    draw = np.random.default_rng(1)
    apart = np.abs(np.subtract.outer(np.arange(7), np.arange(7)))
    drawn = draw.multivariate_normal(np.zeros(7), np.outer(deviation, deviation) * 0.7**apart, 200_000)
    past = np.zeros((200_000, 3))
    felt = effective(np.concatenate([past, drawn], axis=1), shape)[:, 3:]
    assert spread_felt(shape, deviation, 0.7) == pytest.approx(felt.std(axis=0), rel=0.01)
    assert felt_mixing(shape, 7) @ drawn[0] == pytest.approx(felt[0])


def test_a_planted_curve_is_found_again():
    days = tuple(date(2022, 7, 1) + timedelta(days=number) for number in range(1000))
    marks = almanac(days)
    draw = np.random.default_rng(5)
    turn = np.array([day.timetuple().tm_yday for day in days]) / 365.25 * 2 * np.pi
    temperature = 11 - 14 * np.cos(turn) + draw.normal(0, 3, 1000)
    felt = effective(temperature, Shape(memory=0.5))
    demand = 90 + 5.0 * degrees(felt, 17.0, 1.0) - 8 * marks.off - 30 * marks.festival + draw.normal(0, 1.0, 1000)
    model = fit(clean(History(days, demand, temperature)))
    assert (model.shape.limit, model.shape.memory) == (17.0, 0.5)
    base, heat, _, _, _, off, festival, trend = model.coefficients
    assert base == pytest.approx(90, abs=1.5)
    assert heat == pytest.approx(5.0, abs=0.2)
    assert off == pytest.approx(-8, abs=0.7)
    assert festival == pytest.approx(-30, abs=4)
    assert trend == pytest.approx(0, abs=1.0)


def test_the_explanation_adds_up_to_the_forecast(told: Forecast):
    assert len(told.explanation) == len(told.days) == 7
    for lines, point in zip(told.explanation, told.points, strict=True):
        assert sum(line.contribution for line in lines) == pytest.approx(point)
        for line in lines:
            assert line.contribution == pytest.approx(line.coefficient * line.size)
            assert line.label
            assert line.unit.startswith("万立方米/日")
            assert line.meaning


def test_an_ensemble_adds_up_too(lately: History):
    members = np.array(WEEK) + np.random.default_rng(2).normal(0, 2, (20, 7))
    many = forecast(lately, members)
    for lines, point in zip(many.explanation, many.points, strict=True):
        assert sum(line.contribution for line in lines) == pytest.approx(point)


def test_the_model_lies_where_its_errors_said_it_would(told: Forecast, town: City):
    first = town.days.index(told.days[0])
    came = town.temperature[first : first + 7]
    better = forecast(town.history.until(date(2026, 1, 10)), came)
    off = np.abs(better.points - town.demand[first : first + 7]) / town.demand[first : first + 7]
    assert off.max() < 0.15


def test_colder_is_more(lately: History):
    usual, cold = (forecast(lately, [degree] * 7).points for degree in (0.0, -8.0))
    assert (cold > usual).all()
    assert cold[3] - usual[3] > cold[0] - usual[0], "houses cool slowly"


def test_the_same_question_has_the_same_answer(told: Forecast, lately: History):
    again = forecast(lately, WEEK)
    assert (again.values == told.values).all()
    assert (again.samples(50, 9) == told.samples(50, 9)).all()
    assert not (again.samples(50, 9) == told.samples(50, 10)).all()


def test_what_was_wrong_is_told(told: Forecast, reported: tuple[History, dict[date, str]]):
    wrong = {day for day in reported[1] if told.issued - timedelta(days=750) < day <= told.issued}
    assert len(wrong) > 10
    assert wrong <= {mark.day for mark in told.marks}
    assert told.issued == date(2026, 1, 10)


def test_a_year_without_announced_holidays_is_noted(town: City):
    days = tuple(day + timedelta(days=365) for day in town.days[-400:])
    found = forecast(History(days, town.demand[-400:], town.temperature[-400:]), WEEK)
    assert any("2027年" in note for note in found.notes)


def test_a_model_is_fitted_on_the_past_of_its_evening(reported: tuple[History, dict[date, str]]):
    cleaned = clean(reported[0].until(date(2024, 3, 31)))
    day = len(cleaned.days) - 100
    then = clean(reported[0].until(cleaned.days[day]))
    assert fit(cleaned, day).coefficients == pytest.approx(fit(then).coefficients)


def test_the_hindcast_repeats_what_was_said(reported: tuple[History, dict[date, str]]):
    cleaned = clean(reported[0].until(date(2021, 3, 31)))
    past = hindcast(cleaned)
    day = len(cleaned.days) - 40
    said = past.at(day, cleaned.temperature[None, day + 1 : day + 8]).points[0]
    assert said == pytest.approx(past.levels[day])
    known = np.isfinite(past.errors[day])
    assert (past.errors[day] + said)[known] == pytest.approx(cleaned.demand[day + 1 : day + 8][known])


@settings(max_examples=10, deadline=None, derandomize=True)
@given(st.lists(st.floats(-35, 40), min_size=7, max_size=7))
def test_no_weather_makes_demand_negative_or_quantiles_cross(course: list[float]):
    found = forecast(SHORT_HISTORY, course)
    assert (found.values >= 0).all()
    assert (np.diff(found.values, axis=1) >= 0).all()


def test_too_short_a_history_is_refused(town: City):
    with pytest.raises(ZhishouError, match="至少要120天"):
        forecast(town.history.until(town.days[80]), WEEK)
    with pytest.raises(ZhishouError, match="历史误差"):
        forecast(town.history.until(town.days[150]), WEEK)
