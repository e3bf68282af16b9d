"""The back-test as a duty officer reads it: how far off each model was, and whether the chances of levels meant what they said."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from zhishou.assess.ahead import Job
from zhishou.cli.supply_figures import RULE, printed, table
from zhishou.plan.load import Library
from zhishou.plan.pack import LadderKind, Pack
from zhishou.supply.basis import basis
from zhishou.supply.forecast import BackTest, History, Reliability, Score, Weather, backtest, clean, demand_at_gap
from zhishou.supply.forecast.almanac import Floats
from zhishou.supply.forecast.clean import Cleaned
from zhishou.supply.forecast.history import LEADS, SHORTEST_DAYS
from zhishou.supply.forecast.quantiles import FEWEST
from zhishou.supply.forecast.scores import BANDS
from zhishou.supply.forecast.weather import Courses
from zhishou.supply.gap_facts import CITY_GAP
from zhishou.supply.units import RATE

Told = Callable[[int, int], None]
"""Is called with the evenings done and their number."""


@dataclass(frozen=True, eq=False)
class Tested:
    """A back-test and what its levels rest on."""

    found: BackTest
    supply: str
    """Which gas the levels were reckoned with, in words."""


@contextmanager
def progress(label: str) -> Iterator[Told]:
    """A bar on the error output while something long is under way; nothing where that is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        # Without a total the bar swings to and fro: the models of all evenings are fitted first.
        task = bar.add_task(label, total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count)


def of(job: Job) -> Tested:
    """Back-test the history that a forecast rests on, with a bar on the error output."""
    known = [gas.low for day in range(LEADS) if (gas := job.week.supply.of(day)) is not None and gas.known]
    supply = {day: gas for day, gas in job.past.supply.items() if day <= job.forecast.issued}
    levels = thresholds(job.desk.shelf, job.ladders)
    with progress("回测") as told:
        return tested(job.history, supply, known[0] if known else None, levels, told)


def tested(
    history: History, supply: Mapping[date, float], typical: float | None, thresholds: Mapping[str, float], told: Told
) -> Tested:
    """Forecast every evening of the past winters, and score.

    Args:
        history: as reported.
        supply: day → the gas that was available, 万立方米/日; empty where that was not kept.
        typical: the gas to reckon with where it was not kept, 万立方米/日; None where that is not known either.
        thresholds: level → the gap from which it is reached, %.
        told: is told how far it has come.

    Raises:
        ZhishouError: the history is too short.
    """
    given = dict(supply) if supply else dict.fromkeys(history.days, typical) if typical is not None else {}
    bounds = {
        level: {day: demand_at_gap(gas, gap) for day, gas in given.items() if gas is not None}
        for level, gap in thresholds.items()
    }
    evenings = _evenings(clean(history))
    weather = _CountedWeather(tell=told, count=len(evenings))
    found = backtest(history, evenings or None, weather=weather, bounds=bounds if given else None)
    if supply:
        said = "各日可供气量取自历史文件的可供一列"
    elif given:
        said = f"历史文件没有可供一列，假定每天可供 {typical:g} {RATE}"
    else:
        said = "可供气量不明，级别概率无从检验"
    return Tested(found, said)


def thresholds(shelf: Library, ladders: Sequence[tuple[Pack, LadderKind]]) -> dict[str, float]:
    """The levels that look at the city's gap: what they are called → the gap from which they hold, %, the highest first."""
    packs = list({pack.id: pack for pack, _ in ladders}.values())
    found = basis(CITY_GAP, packs, shelf.lexicon).thresholds
    return {
        f"{one.level}{'及以上' if number else ''}（{one.short}〔{'、'.join(one.clause)}〕，全市缺口达到 {one.at_least:g}%）": one.at_least
        for number, one in enumerate(sorted(found, key=lambda one: -one.at_least))
    }


def text(one: Tested, *, colour: bool) -> str:
    """Scores and calibration as text."""
    found = one.found
    rows = table(
        "预见期", "方法", "天数", "绝对误差", "相对误差%", "分位损失", "CRPS", "50%", "80%", "90%", "98%", "90%带宽", "技巧",
        right=2,
    )  # fmt: skip
    for lead in range(1, LEADS + 1):
        for number, score in enumerate(row for row in found.scores if row.lead == lead):
            rows.add_row(f"第{lead}天" if not number else "", score.model, *_score(score))
    parts: list[Any] = [
        f"回测　{found.evenings[0]} 至 {found.evenings[-1]} 采暖季的 {len(found.evenings)} 个晚上，逐晚只用当时已知的数据",
        f"  气温　{found.temperatures}",
        f"  误差、损失、CRPS、带宽的单位为{RATE}；50%～98% 为实际落在该区间内的天数占比，越接近标称越好",
        "  技巧 = 1 − CRPS ÷ 昨日持平的 CRPS，大于 0 为胜过昨日持平",
        rows,
        RULE,
        f"级别概率的检验（{one.supply}；只看全市缺口一项，预警按全省缺口定级，没有历年数，不检验）",
    ]
    for each in found.calibration:
        parts += _reliability(each)
    return printed(parts, colour=colour)


def as_json(one: Tested) -> dict[str, Any]:
    """The same for a program; a number that cannot be worked out is null."""
    found = one.found
    return {
        "evenings": [found.evenings[0].isoformat(), found.evenings[-1].isoformat(), len(found.evenings)],
        "temperatures": found.temperatures,
        "scores": [
            {
                "model": row.model, "lead": row.lead, "days": row.count, "mae": _number(row.mae), "mape_pct": _number(row.mape),
                "pinball": _number(row.pinball), "crps": _number(row.crps), "width_90": _number(row.width),
                "skill": _number(row.skill), "coverage_pct": {str(band): _number(share) for band, share in row.coverage},
            }
            for row in found.scores
        ],
        "supply": one.supply,
        "calibration": [
            {
                "level": row.level, "days": row.count, "frequency": _number(row.frequency), "brier": _number(row.brier),
                "skill_climatology": _number(row.skill_climatology), "skill_persistence": _number(row.skill_persistence),
                "error": _number(row.error),
                "bins": [
                    {"from": each.low, "to": each.high, "days": each.count, "said": _number(each.said), "came": _number(each.came)}
                    for each in row.bins
                ],
            }
            for row in found.calibration
        ],
    }  # fmt: skip


def score_cells(score: Score) -> list[str | float | None]:
    """The figures of a score in the order of the table."""
    covered = [_number(score.covered(band)) for band in BANDS]
    first = [_number(one) for one in (score.mae, score.mape, score.pinball, score.crps)]
    return [score.count, *first, *covered, _number(score.width), _number(score.skill)]


def _score(score: Score) -> list[str]:
    cells = score_cells(score)
    forms = ["{:.0f}", "{:.1f}", "{:.1f}", "{:.2f}", "{:.1f}", *["{:.0f}%"] * len(BANDS), "{:.1f}", "{:+.2f}"]
    return ["—" if cell is None else form.format(cell) for cell, form in zip(cells, forms, strict=True)]


def _reliability(one: Reliability) -> list[Any]:
    if not one.count or not 0 < one.frequency < 1:
        why = "没有可供检验的日子" if not one.count else "从未达到" if one.frequency == 0 else "天天达到"
        return [f"{one.level}　{why}，无从检验"]
    rows = table("  预报的概率", "天数", "平均预报", "实际发生", right=1)
    for each in one.bins:
        rows.add_row(f"  {each.low:.0%}～{each.high:.0%}", str(each.count), f"{each.said:.1%}", f"{each.came:.1%}")
    best = f"{one.skill_persistence:+.2f}" if np.isfinite(one.skill_persistence) else "—"
    return [
        f"{one.level}　{one.count} 次预报，实际达到 {one.frequency:.1%}，预报与实际平均相差 {one.error:.1%}",
        f"  Brier 分 {one.brier:.4f}，比常年频率的技巧 {one.skill_climatology:+.2f}，比昨日持平的技巧 {best}",
        rows,
    ]


def _number(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _evenings(cleaned: Cleaned) -> list[date]:
    """The evenings of the heating season that can be forecast from, so that the bar knows how many there are."""
    count = len(cleaned.days)
    known = np.flatnonzero(cleaned.known_from < count)
    if known.size < SHORTEST_DAYS:
        return []
    first = int(known[SHORTEST_DAYS - 1]) + 28 + FEWEST + 2 * LEADS
    return [cleaned.days[day] for day in range(first, count - 1) if cleaned.almanac.season[day] > 0]


@dataclass(frozen=True, eq=False)
class _CountedWeather(Weather):
    """The weather of a back-test, which is asked once for every evening."""

    tell: Told = lambda _, __: None
    count: int = 0

    def of(self, cleaned: Cleaned) -> Courses:
        one = super().of(cleaned)
        return _CountedCourses(one.weather, one.cleaned, one.normal, one.pull, one.noise, self, [0])


@dataclass(frozen=True, eq=False)
class _CountedCourses(Courses):
    counted: _CountedWeather
    done: list[int]

    def at(self, day: int) -> Floats:
        self.done[0] += 1
        self.counted.tell(self.done[0], self.counted.count)
        return super().at(day)
