"""Forecasting: the back-test of five winters, its time, and how good it is beside baselines and a peer.

The city is made up (tests/made_up_city.py) and so is every figure of it. Where `bench/data/gb-gas.csv` is there, the same
is done on what Great Britain really used: columns day, demand (million m³ a day: "Demand Actual, NTS, D+6" of National
Gas' data portal) and temperature (°C: the Met Office's Central England Temperature, daily mean). It is not shipped.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits
from timing import Row, Subject, duration, seconds

from zhishou.supply.forecast import BackTest, Calendar, History, Weather, backtest, clean, demand_at_gap, forecast
from zhishou.supply.forecast.backtest import MODEL, PERSISTENCE
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.curve import Shape, effective
from zhishou.supply.forecast.scores import SCORED, Reliability, Score, score
from zhishou.supply.forecast.weather import Courses

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from made_up_city import city, dirty, winters

Floats = npt.NDArray[np.float64]

REAL = Path(__file__).resolve().parent / "data" / "gb-gas.csv"
FIVE = (2021, 2022, 2023, 2024, 2025)
SUPPLY = 300.0
PEER = "gradient boosting, scikit-learn"
PEER_LEADS = (1, 3, 7)
PEER_LEVELS = (0.05, 0.5, 0.95)
WORDS = {MODEL: "this model", PERSISTENCE: "persistence", "上周同日": "same day last week", "历年同期": "climatology"}


def measure() -> Subject:
    """Five winters of the made-up city on its dirty history, then Great Britain where its figures are at hand."""
    town = city()
    history, wrong = dirty(town)
    bounds = {f"gap ≥ {gap} %": dict.fromkeys(town.days, demand_at_gap(SUPPLY, gap)) for gap in (0, 3, 5)}
    evenings = winters(FIVE)
    start = time.perf_counter()
    tested = backtest(history, evenings, truth=town.truth, bounds=bounds)
    taken = time.perf_counter() - start
    raw = backtest(history, evenings, truth=town.truth, cleaning=False)
    # On so few rows its threads spend their time on each other; one is several times faster.
    with threadpool_limits(1):
        peer, peer_taken = _peer(clean(history), evenings, town.truth)
    until = history.until(date(2026, 1, 10))
    one = seconds(lambda: forecast(until, [0.0] * 7), runs=5)
    rows = [
        Row("back-test of five winters", duration(taken), "≤ 10 s", f"{len(evenings)} evenings × 7 days, 4 models, 7 years of history"),
        Row("the peer on the same, three lead days, three quantiles", duration(peer_taken), "", "fitted twice a winter"),
        Row("one forecast, cleaning and two years of hindcast included", duration(one)),
        Row("90 % band, lead 1 / 7", " / ".join(f"{tested.score(MODEL, lead).covered(90):.1f} %" for lead in (1, 7)), "85 to 95 %"),
        *(Row(f"CRPS skill against persistence, lead {lead}", f"{tested.score(MODEL, lead).skill:.2f}", "> 0") for lead in (1, 3, 7)),
    ]  # fmt: skip
    marked = {mark.day for mark in tested.marks if mark.believed is None}
    rows.append(
        Row(
            "planted errors found",
            f"{len(set(wrong) & marked)} of {len(wrong)}",
            "all",
            f"{len(marked - set(wrong))} false",
        )
    )
    text = [
        f"A made-up city; supply {SUPPLY:g} 万立方米/日; temperatures: simulated forecasts, error 1.0 °C for tomorrow to 3.0 °C after a week.",
        _table([*_of(tested), *_of(raw, " on the uncleaned history", only=(MODEL, PERSISTENCE)), *peer], "万立方米/日"),
        "Probabilities of a gap, all lead days together (said → came):",
        _calibration(tested.calibration),
    ]
    if REAL.exists():
        rows, text = _real(rows, text)
    return Subject("Forecasting", rows, "\n\n".join(text))


def _real(rows: list[Row], text: list[str]) -> tuple[list[Row], list[str]]:
    """Great Britain: demand and temperature that really were; forecasts of temperature simulated."""
    with REAL.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    days = tuple(date.fromisoformat(line["day"]) for line in lines)
    demand = np.array([float(line["demand"]) for line in lines]) * 100
    history = History(days, demand, np.array([float(line["temperature"]) for line in lines]))
    evenings = [day for day in days if day >= date(2022, 11, 15) and day.month in (11, 12, 1, 2, 3)]
    bounds = {"above 315 million m³": dict.fromkeys(days, 31_500.0)}
    start = time.perf_counter()
    tested = backtest(history, evenings, calendar=Calendar(workdays="weekends"), bounds=bounds)
    taken = duration(time.perf_counter() - start)
    rows = [*rows, Row("Great Britain, winters 2022/23 to 2025/26", taken, "", f"{len(tested.evenings)} evenings")]
    head = f"Great Britain, real demand and temperatures, {days[0]} to {days[-1]}; temperature forecasts simulated as above."
    return rows, [*text, head, _table(list(_of(tested)), "万立方米/日"), _calibration(tested.calibration)]


def _of(tested: BackTest, suffix: str = "", only: tuple[str, ...] = tuple(WORDS)) -> list[tuple[str, Score]]:
    return [(WORDS[name] + suffix, tested.score(name, lead)) for name in only for lead in (1, 3, 7)]


def _table(scores: list[tuple[str, Score]], unit: str) -> str:
    head = f"| model | lead | MAE, {unit} | MAPE | CRPS | 50 % band | 90 % band | width of it |\n|---|---|---|---|---|---|---|---|"
    lines = [
        f"| {name} | {one.lead} | {one.mae:,.1f} | {one.mape:.1f} % | {_or_dash(one.crps)} | {_share(one, 50)} | {_share(one, 90)} | {one.width:,.0f} |"
        for name, one in scores
    ]
    return "\n".join([head, *lines])


def _or_dash(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:,.1f}"


def _share(one: Score, band: int) -> str:
    return "–" if np.isnan(one.covered(band)) else f"{one.covered(band):.1f} %"


def _calibration(found: tuple[Reliability, ...]) -> str:
    lines = [
        "| level | came | Brier skill: climatology, persistence | mean gap | said → came (days) |",
        "|---|---|---|---|---|",
    ]
    for one in found:
        bins = ", ".join(f"{line.said:.0%} → {line.came:.0%} ({line.count})" for line in one.bins)
        skill = f"{one.skill_climatology:.2f}, {one.skill_persistence:.2f}"
        lines.append(f"| {one.level} | {one.frequency:.1%} | {skill} | {one.error:.1%} | {bins} |")
    return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class _Features:
    """What the peer sees on an evening: the same temperatures, calendar and past demand."""

    cleaned: Cleaned
    courses: Courses

    def of(self, day: int, lead: int) -> Floats:
        course = self.courses.at(day)[0]
        past = self.cleaned.seen(day)[-7:]
        felt = effective(np.concatenate([self.cleaned.temperature[day - 2 : day + 1], course]), Shape())[-7:]
        marks = self.cleaned.almanac
        target = min(day + lead, len(marks.days) - 1)
        return np.array([
            course[lead - 1], felt[lead - 1], *past, self.cleaned.temperature[day], marks.off[target],
            marks.festival[target], marks.season[target], marks.of_year[target], day / 365.25,
        ])  # fmt: skip


def _peer(cleaned: Cleaned, evenings: list[date], truth: dict[date, float]) -> tuple[list[tuple[str, Score]], float]:
    """Gradient boosting on quantiles, fitted at the start of each winter and in the middle of January."""
    numbers = {day: number for number, day in enumerate(cleaned.days)}
    features = _Features(cleaned, Weather().of(cleaned))
    start = time.perf_counter()
    found = []
    starts = [row for row, day in enumerate(evenings) if not row or (day.month, day.day) in {(11, 1), (1, 15)}]
    for lead in PEER_LEADS:
        # It learns on forecasts of temperature and so sees how far off they are; the model is told by its spread.
        rows = {day: features.of(day, lead) for day in range(14, len(cleaned.days) - 7)}
        said = np.full((len(evenings), len(SCORED)), np.nan)
        for first, after in pairwise([*starts, len(evenings)]):
            day = numbers[evenings[first]]
            known = [one for one in range(14, day - lead) if np.isfinite(cleaned.usable[one + lead])]
            asked, came = np.stack([rows[one] for one in known]), cleaned.usable[np.array(known) + lead]
            seen = np.stack([rows[numbers[evening]] for evening in evenings[first:after]])
            for level in PEER_LEVELS:
                model = HistGradientBoostingRegressor(
                    loss="quantile", quantile=level, max_iter=80, learning_rate=0.1, min_samples_leaf=15,
                    random_state=0,
                )  # fmt: skip
                said[first:after, SCORED.index(level)] = model.fit(asked, came).predict(seen)
        # It says three quantiles only; the others are not scored.
        low, middle, high = (said[:, SCORED.index(level)] for level in PEER_LEVELS)
        filled = np.stack(
            [np.where(level < 0.5, low, np.where(level > 0.5, high, middle)) for level in SCORED], axis=-1
        )
        came = np.array([truth.get(cleaned.days[numbers[evening] + lead], np.nan) for evening in evenings])
        whole = score(PEER, lead, filled, came)
        nan = float("nan")
        told = Score(
            PEER, lead, whole.count, whole.mae, whole.mape, nan, nan, ((50, nan), (90, whole.covered(90))), whole.width
        )
        found.append((PEER, told))
    return found, time.perf_counter() - start


if __name__ == "__main__":
    subject = measure()
    for row in subject.rows:
        print(f"{row.what}: {row.measured} {row.target} {row.note}")
    print(subject.text)
