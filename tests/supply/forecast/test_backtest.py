"""What the back-test must show: better than the baselines, bands that hold, probabilities that mean what they say.

The city is made up (made_up_city.py); no figure here is a real one.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from made_up_city import City, Floats, winters

from zhishou.errors import ZhishouError
from zhishou.supply.forecast import BackTest, History, TemperatureSpread, Weather, backtest, clean
from zhishou.supply.forecast.almanac import Almanac, almanac
from zhishou.supply.forecast.backtest import MODEL, PERSISTENCE
from zhishou.supply.forecast.baselines import climatology, last_week, persistence
from zhishou.supply.forecast.scores import SCORED

LEADS = range(1, 8)


@pytest.mark.parametrize("lead", LEADS)
def test_it_is_clearly_better_than_every_baseline(tested: BackTest, lead: int):
    mine = tested.score(MODEL, lead)
    for other in (PERSISTENCE, "上周同日", "历年同期"):
        assert mine.crps < 0.85 * tested.score(other, lead).crps, other
        assert mine.mae < 0.85 * tested.score(other, lead).mae, other
    assert mine.skill > 0.3
    assert mine.count > 200


@pytest.mark.parametrize("lead", LEADS)
def test_the_bands_hold_what_they_say(tested: BackTest, lead: int):
    mine = tested.score(MODEL, lead)
    assert 85 <= mine.covered(90) <= 95
    assert 43 <= mine.covered(50) <= 58
    assert 74 <= mine.covered(80) <= 87
    assert mine.covered(98) >= 94.5


def test_one_held_out_winter_at_a_time(tested: BackTest, town: City):
    for year in (2021, 2022, 2023, 2024, 2025):
        within = [
            low <= town.truth[evening + timedelta(days=lead)] <= high
            for row, evening in enumerate(tested.evenings)
            if date(year, 11, 1) <= evening <= date(year + 1, 3, 31)
            for lead in LEADS
            for low, high in [tested.quantiles[MODEL][row, lead - 1][[SCORED.index(0.05), SCORED.index(0.95)]]]
        ]
        assert len(within) > 300
        assert 0.83 <= np.mean(within) <= 0.97, year


def test_bands_widen_with_the_lead(tested: BackTest):
    widths = [tested.score(MODEL, lead).width for lead in LEADS]
    assert widths == sorted(widths)


def test_the_probability_of_a_level_means_what_it_says(tested: BackTest):
    three = next(one for one in tested.calibration if one.level == "3")
    assert 0.03 < three.frequency < 0.3
    assert three.error < 0.025, "mean gap between said and came"
    for line in three.bins:
        # Three standard errors, days of a week counting as three for they go together.
        slack = 3 * np.sqrt(max(line.said * (1 - line.said), 0.01) / max(line.count / 3, 1))
        assert abs(line.said - line.came) < slack, line
    assert three.skill_climatology > 0.4
    assert three.skill_persistence > 0.3


def test_uncleaned_a_good_curve_is_worse_than_persistence(town: City, reported: tuple[History, dict[date, str]]):
    """Ordinary least squares on heating degrees, calendar and yesterday: a good model, until the dirt gets in."""
    history, marks = reported[0], almanac(town.days)
    dirt = np.nan_to_num(history.demand)
    used, truth = {"clean": clean(history).usable, "dirty": dirt}, town.demand
    off: dict[str, list[float]] = {"clean": [], "dirty": [], PERSISTENCE: []}
    for evening in winters((2023, 2024, 2025), step=4):
        day = town.days.index(evening)
        off[PERSISTENCE].append(abs(truth[day + 1] - truth[day]))
        for name, demand in used.items():
            off[name].append(abs(truth[day + 1] - ordinary(demand, town, marks.part(0, day + 2), day)))
    missed = {name: float(np.mean(found)) for name, found in off.items()}
    assert missed["clean"] < 0.8 * missed[PERSISTENCE]
    assert missed["dirty"] > 1.2 * missed[PERSISTENCE]


def ordinary(demand: Floats, town: City, marks: Almanac, day: int) -> float:
    cold = np.maximum(15 - town.temperature[: day + 2], 0)
    yesterday = np.concatenate([[np.nan], demand[: day + 1]])
    terms = np.stack([np.ones(day + 2), cold, np.roll(cold, 1), marks.off, marks.festival, yesterday], axis=-1)
    rows = np.flatnonzero(np.isfinite(terms[:-1]).all(axis=1) & np.isfinite(demand[: day + 1]))[-730:]
    last = np.nan_to_num(terms[-1], nan=float(np.nanmean(demand[day - 6 : day + 1])))
    return float(last @ np.linalg.lstsq(terms[rows], demand[rows], rcond=None)[0])


def test_cleaning_pays_even_for_the_robust_fit(town: City, reported: tuple[History, dict[date, str]], tested: BackTest):
    raw = backtest(reported[0], winters((2023, 2024), step=6), truth=town.truth, cleaning=False)
    assert raw.score(MODEL, 1).crps > 1.25 * tested.score(MODEL, 1).crps
    assert raw.score(MODEL, 1).width > 1.3 * tested.score(MODEL, 1).width


def test_what_came_later_changes_nothing_that_was_said(town: City):
    evening = date(2022, 1, 15)
    until = town.history.until(evening + timedelta(days=60))
    day = town.days.index(evening)
    demand, temperature = until.demand.copy(), until.temperature.copy()
    demand[day + 1 :] *= 1.7
    temperature[day + 1 :] -= 9.0
    kept = Weather({evening: [1.0, 0.0, -2.0, -3.0, -1.0, 2.0, 4.0]})
    before = backtest(until, [evening], weather=kept).quantiles
    after = backtest(History(until.days, demand, temperature), [evening], weather=kept).quantiles
    for name in before:
        assert before[name] == pytest.approx(after[name], nan_ok=True), name


def test_simulated_forecasts_have_the_stated_error_and_do_not_know_it(town: City):
    spread = TemperatureSpread((0.8, 1.1, 1.3, 1.5, 1.7, 1.9, 2.1), 0.6)
    courses = Weather(spread=spread, seed=4).of(clean(town.history))
    evenings = [town.days.index(day) for day in winters(range(2019, 2026))]
    said = np.stack([courses.at(day)[0] for day in evenings])
    came = np.stack([town.temperature[day + 1 : day + 8] for day in evenings])
    off = came - said
    assert off.std(axis=0) == pytest.approx(np.array(spread.deviation), rel=0.12)
    usual = np.stack([courses.normal[day + 1 : day + 8] for day in evenings])
    for lead in range(7):
        assert abs(np.corrcoef(off[:, lead], (said - usual)[:, lead])[0, 1]) < 0.15, "errors go with what was said"
    assert "模拟" in Weather().told
    assert Weather({}).told == "当时的气温预报"


def test_the_baselines_say_what_their_names_say():
    demand = np.arange(1.0, 801.0)
    demand[-1] = np.nan
    assert persistence(demand).tolist() == [799.0] * 7
    assert last_week(demand).tolist() == [794.0, 795.0, 796.0, 797.0, 798.0, 799.0, 793.0]
    middle = (800 - 365.25 + 1 + 800 - 730.5 + 1) / 2
    assert climatology(demand)[0] == pytest.approx(middle, abs=1)
    assert np.isnan(climatology(demand[:200])).all()


def test_evenings_that_cannot_be_are_refused(town: City):
    with pytest.raises(ZhishouError, match="不在历史数据内"):
        backtest(town.history, [date(2035, 1, 1)])
    with pytest.raises(ZhishouError, match="最早可从"):
        backtest(town.history.until(town.days[400]), [town.days[100]])
    with pytest.raises(ZhishouError, match="没有气温预报"):
        backtest(town.history.until(town.days[400]), [town.days[390]], weather=Weather({}))
    with pytest.raises(ZhishouError, match="至少要120天"):
        backtest(town.history.until(town.days[90]))
