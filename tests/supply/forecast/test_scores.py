"""Scores against closed forms and against each other."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from zhishou.supply.forecast.scores import SCORED, pinball, reliability, score

DRAW = np.random.default_rng(12)


def test_the_crps_of_a_normal_forecast_is_the_closed_form():
    came = DRAW.normal(0, 1, 4000)
    said = np.tile(stats.norm.ppf(SCORED) * 1.0 + 300, (4000, 1))
    closed = came * (2 * stats.norm.cdf(came) - 1) + 2 * stats.norm.pdf(came) - 1 / np.sqrt(np.pi)
    found = score("正态", 1, said, came + 300)
    assert found.crps == pytest.approx(closed.mean(), rel=0.02)
    assert found.covered(90) == pytest.approx(90, abs=1.5)
    assert found.covered(50) == pytest.approx(50, abs=2.5)
    assert found.mae == pytest.approx(np.abs(came).mean())
    assert found.width == pytest.approx(2 * stats.norm.ppf(0.95))


def test_the_pinball_loss_is_least_at_the_quantile():
    came = DRAW.exponential(1.0, 20_000)
    losses = [
        float(pinball(np.full((came.size, 1), guess), came, np.array([0.9])).mean()) for guess in np.linspace(1, 4, 61)
    ]
    assert np.linspace(1, 4, 61)[int(np.argmin(losses))] == pytest.approx(-np.log(0.1), abs=0.1)


def test_days_that_are_unknown_are_left_out():
    said = np.tile(np.linspace(0, 1, len(SCORED)), (3, 1))
    found = score("x", 2, said, np.array([0.5, np.nan, 0.5]))
    assert found.count == 2
    assert score("x", 2, said, np.full(3, np.nan)).count == 0


def test_reliability_of_an_honest_and_of_a_boastful_forecaster():
    chance = DRAW.uniform(0, 1, 50_000)
    came = (DRAW.random(50_000) < chance).astype(np.float64)
    honest = reliability("I", chance, came, np.zeros(50_000))
    assert honest.error < 0.01
    assert honest.brier == pytest.approx(1 / 6, abs=0.005)
    assert honest.skill_climatology == pytest.approx(1 / 3, abs=0.02)
    assert honest.skill_persistence == pytest.approx(1 - (1 / 6) / 0.5, abs=0.02)
    assert sum(line.count for line in honest.bins) == honest.count == 50_000
    boastful = reliability("I", np.where(chance > 0.5, 1.0, 0.0), came, np.zeros(50_000))
    assert boastful.error == pytest.approx(0.25, abs=0.01)
    assert boastful.brier > honest.brier


def test_a_level_that_never_came_has_no_skill_to_speak_of():
    never = reliability("I", np.full(10, 0.1), np.zeros(10), np.zeros(10))
    assert np.isnan(never.skill_climatology)
    assert np.isnan(never.skill_persistence)
    assert reliability("I", np.full(3, np.nan), np.zeros(3), np.zeros(3)).count == 0
