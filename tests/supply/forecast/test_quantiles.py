"""Bands against plain empirical quantiles, samples against their bands, probabilities against both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhishou.errors import ZhishouError
from zhishou.supply.forecast.quantiles import (
    NODES,
    Distribution,
    Errors,
    TemperatureSpread,
    distribution,
    evenings_that_count,
)

DRAW = np.random.default_rng(4)
PATHS = np.linalg.cholesky(0.8 ** np.abs(np.subtract.outer(np.arange(7), np.arange(7))))
PAST = Errors(DRAW.standard_normal((400, 7)) @ PATHS.T * 8.0, np.ones(400))
POINTS = np.linspace(250, 280, 7)[None, :]


def made(**more: object) -> Distribution:
    given_ = {"points": POINTS, "scale": np.ones(7), "errors": PAST, **more}
    return distribution(**given_)  # type: ignore[arg-type]


def test_without_doubt_about_the_weather_bands_are_the_empirical_quantiles_of_past_errors():
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    found = made().quantiles(levels)
    by_hand = POINTS[0][:, None] + np.quantile(PAST.relative, levels, axis=0, method="hazen").T
    assert found == pytest.approx(by_hand)


def test_doubt_about_the_weather_adds_as_independent_errors_do():
    warmth = np.linspace(2, 14, 7)
    found = made(warmth=warmth)
    drawn = PAST.relative[:, None, :] + np.random.default_rng(8).standard_normal((400, 500, 7)) * warmth
    by_hand = np.quantile(drawn.reshape(-1, 7), (0.05, 0.5, 0.95), axis=0).T
    assert found.quantiles((0.05, 0.5, 0.95)) - POINTS[0][:, None] == pytest.approx(by_hand, abs=1.2)
    assert np.mean(NODES**2) == pytest.approx(1)


def test_an_ensemble_brings_its_own_spread():
    members = POINTS + np.random.default_rng(6).normal(0, 20, (30, 7))
    wide = made(points=members).quantiles((0.05, 0.95))
    narrow = made().quantiles((0.05, 0.95))
    assert (np.diff(wide, axis=1) > 1.5 * np.diff(narrow, axis=1)).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    st.lists(st.floats(1, 1e5), min_size=7, max_size=7),
    st.lists(st.floats(0.01, 1e4), min_size=7, max_size=7),
    st.integers(20, 60),
)
def test_quantiles_never_cross_and_are_never_negative(points: list[float], scale: list[float], count: int):
    draw = np.random.default_rng(count)
    past = Errors(draw.standard_t(2, (count, 7)), draw.uniform(0.01, 1, count))
    found = distribution(np.array([points]), np.array(scale), past, np.array(scale) * 0.5)
    values = found.quantiles()
    assert (np.diff(values, axis=1) >= 0).all()
    assert (values >= 0).all()


def test_samples_have_the_bands_and_hang_together():
    found = made(warmth=np.full(7, 5.0))
    courses = found.samples(4000, seed=1)
    levels = (0.05, 0.5, 0.95)
    assert pytest.approx(found.quantiles(levels), abs=0.3) == np.quantile(courses, levels, axis=0).T
    link = np.corrcoef(courses.T)
    assert link[0, 1] > link[0, 3] > link[0, 6] > 0.05
    assert 0.6 < link[2, 3] < 0.95
    assert (found.samples(4000, seed=1) == courses).all()


def test_the_probability_above_a_bound_is_that_of_the_samples():
    found = made(warmth=np.full(7, 5.0))
    courses = found.samples(20_000, seed=3)
    for lead in (0, 3, 6):
        bounds = np.array([200.0, 255.0, 265.0, 285.0, 400.0])
        by_hand = (courses[:, lead, None] > bounds).mean(axis=0)
        assert found.above(lead, bounds) == pytest.approx(by_hand, abs=0.01)
    assert found.above(0, np.array([0.0, 1e9])).tolist() == [1.0, 0.0]


def test_recent_evenings_of_the_same_season_count_most():
    of_year = np.tile(np.arange(1, 366, dtype=np.float64), 4)
    day = 3 * 365 + 20
    numbers, counts = evenings_that_count(day, np.ones(day, dtype=np.bool_), of_year)
    weight = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    assert weight[day - 5] > weight[day - 40]
    assert day - 365 in weight
    assert day - 150 not in weight
    assert weight[day - 365] == pytest.approx(0.5 * weight[day - 1] / 0.5 ** (1 / 365), rel=0.01)
    assert max(numbers) < day


def test_too_few_errors_make_no_band():
    with pytest.raises(ZhishouError, match="第1天只有5个"):
        made(errors=Errors(PAST.relative[:5], np.ones(5)))


@pytest.mark.parametrize("wrong", [{"deviation": (1.0, 2.0)}, {"deviation": (-1.0,) * 7}, {"correlation": 1.0}])
def test_a_spread_that_cannot_be_is_refused(wrong: dict[str, object]):
    with pytest.raises(ZhishouError, match="气温预报误差"):
        TemperatureSpread(**wrong)  # type: ignore[arg-type]
