"""What cannot be used is refused with the place and the mend, in words for a duty officer."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from made_up_city import City

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.forecast import History, forecast

DAYS = tuple(date(2025, 1, 1) + timedelta(days=number) for number in range(5))
GOOD = np.array([5.0, 4.0, 3.0, 2.0, 1.0])


@pytest.mark.parametrize(
    ("days", "demand", "temperature", "said"),
    [
        ((), [], [], "没有任何一天"),
        (DAYS, GOOD[:4], GOOD, "三者应一样多"),
        ((DAYS[1], DAYS[0], *DAYS[2:]), GOOD, GOOD, "2025-01-01排在2025-01-02之后"),
        (DAYS, GOOD, [5.0, np.nan, np.nan, 2.0, 1.0], "只有3天有气温"),
        (DAYS, GOOD, [5.0, 4.0, 68.0, 2.0, 1.0], "2025-01-03气温为68 ℃"),
        (DAYS, [np.nan] * 5, GOOD, "没有任何一天的用气量"),
        (DAYS, [5.0, np.inf, 1.0, 1.0, 1.0], GOOD, "无穷大"),
    ],
)
def test_a_history_that_cannot_be(days: tuple[date, ...], demand: object, temperature: object, said: str):
    with pytest.raises(ProblemsError, match=said):
        History(days, np.asarray(demand), np.asarray(temperature))


@pytest.mark.parametrize(
    ("course", "said"),
    [
        ([1.0] * 6, "应为7天，现为6天"),
        ([1.0, 2.0, np.nan, 1.0, 1.0, 1.0, 1.0], "第3天的气温预报缺失"),
        ([41.0, 39.0, 70.0, 45.0, 41.0, 40.0, 40.0], "超出"),
        (np.ones((0, 7)), "应为7天"),
    ],
)
def test_a_temperature_forecast_that_cannot_be(town: City, course: object, said: str):
    with pytest.raises(ZhishouError, match=said) as caught:
        forecast(town.history.until(town.days[300]), np.asarray(course))
    assert caught.value.where == "气温预报"
    assert caught.value.mend


@pytest.mark.parametrize(("figure", "said"), [(100.0, "只有28天，.*：数值不动172天"), (0.0, "只有0天，.*：零值200天")])
def test_figures_that_were_left_out_are_told_where_too_few_remain(figure: float, said: str):
    days = tuple(date(2025, 1, 1) + timedelta(days=number) for number in range(200))
    history = History(days, np.full(200, figure), np.linspace(-5.0, 25.0, 200))
    with pytest.raises(ZhishouError, match=said):
        forecast(history, [1.0] * 7)


@pytest.mark.parametrize("levels", [(), (0.5, 0.1), (0.0, 0.5), (0.5, 0.5)])
def test_levels_that_cannot_be(town: City, levels: tuple[float, ...]):
    with pytest.raises(ZhishouError, match="由小到大"):
        forecast(town.history.until(town.days[300]), [1.0] * 7, levels=levels)


def test_a_history_cannot_be_changed_afterwards():
    history = History(DAYS, GOOD, GOOD)
    with pytest.raises(ValueError, match="read-only"):
        history.demand[0] = 1.0
    GOOD.copy()[0] = 2.0
    assert history.until(DAYS[2]).days == DAYS[:3]
