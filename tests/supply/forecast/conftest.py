from __future__ import annotations

from datetime import date

import pytest
from made_up_city import City, city, dirty, winters

from zhishou.supply.forecast import BackTest, History, backtest, demand_at_gap

SUPPLY = 300.0
"""万立方米/日."""


@pytest.fixture(scope="session")
def town() -> City:
    return city()


@pytest.fixture(scope="session")
def reported(town: City) -> tuple[History, dict[date, str]]:
    return dirty(town)


@pytest.fixture(scope="session")
def tested(town: City, reported: tuple[History, dict[date, str]]) -> BackTest:
    """Two winters of the made-up city, every second evening, on its dirty history."""
    bounds = {name: dict.fromkeys(town.days, demand_at_gap(SUPPLY, gap)) for name, gap in (("3", 3.0), ("10", 10.0))}
    evenings = winters((2021, 2022, 2023, 2024, 2025), step=3)
    return backtest(reported[0], evenings, truth=town.truth, bounds=bounds)
