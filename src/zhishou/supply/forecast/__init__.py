"""Forecast: demand of the next seven days with quantiles, its explanation, and the back-test that says how far to trust it.

Pure: history and temperatures come in as arguments; amounts are 万立方米/日 at 20 °C and 101.325 kPa.
"""

from zhishou.supply.forecast.almanac import Calendar, Season
from zhishou.supply.forecast.backtest import BackTest, backtest
from zhishou.supply.forecast.clean import Cleaned, Mark, Reason, clean
from zhishou.supply.forecast.history import History
from zhishou.supply.forecast.issue import Forecast, forecast
from zhishou.supply.forecast.model import ExplainedTerm, Model, fit
from zhishou.supply.forecast.quantiles import TemperatureSpread
from zhishou.supply.forecast.scores import Reliability, Score
from zhishou.supply.forecast.shortfall import Source, demand_at_gap, gap_pct, supply_samples
from zhishou.supply.forecast.weather import Weather

__all__ = [
    "BackTest",
    "Calendar",
    "Cleaned",
    "ExplainedTerm",
    "Forecast",
    "History",
    "Mark",
    "Model",
    "Reason",
    "Reliability",
    "Score",
    "Season",
    "Source",
    "TemperatureSpread",
    "Weather",
    "backtest",
    "clean",
    "demand_at_gap",
    "fit",
    "forecast",
    "gap_pct",
    "supply_samples",
]
