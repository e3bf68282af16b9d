"""The history a forecast rests on: day, demand, temperature, as reported — dirt included.

It stands alone because whoever brings data in must be told here, once and in plain words, what cannot be used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from zhishou.errors import ProblemsError, ZhishouError
from zhishou.supply.forecast.almanac import Floats

SHORTEST_DAYS = 120
"""Fewer days with a usable demand hold no heating curve."""

LEADS = 7
"""Days ahead."""

COLDEST, HOTTEST = -60.0, 55.0
"""Daily means beyond these, °C, have never been measured in a Chinese city (Genhe −47, Turpan 40)."""


@dataclass(frozen=True, eq=False)
class History:
    """Daily demand and temperature, as reported.

    Args:
        days: one per report, in order; a day may stand twice (a correction follows) and days may be absent.
        demand: 万立方米/日 at 20 °C and 101.325 kPa; NaN where nothing was reported. Zeros, spikes and slips may stay:
            the cleaning marks them.
        temperature: daily mean, °C; NaN where it was not measured.

    Raises:
        ProblemsError: lengths differ, days run backward, temperatures cannot be, or nothing was reported.
    """

    days: tuple[date, ...]
    demand: Floats
    temperature: Floats

    def __post_init__(self) -> None:
        days = tuple(self.days)
        demand, temperature = (np.array(values, dtype=np.float64) for values in (self.demand, self.temperature))
        object.__setattr__(self, "days", days)
        object.__setattr__(self, "demand", demand)
        object.__setattr__(self, "temperature", temperature)
        if problems := _wrong(days, demand, temperature):
            raise ProblemsError(problems)
        demand.setflags(write=False)
        temperature.setflags(write=False)

    def until(self, day: date) -> History:
        """What had been reported by the end of a day."""
        count = sum(one <= day for one in self.days)
        return History(self.days[:count], self.demand[:count], self.temperature[:count])


def temperatures(values: Sequence[float] | Floats, leads: int = LEADS) -> Floats:
    """A temperature forecast, checked: members × days, °C; one row where a single course is given.

    Args:
        values: `leads` daily means, or an ensemble of shape (members, leads).
        leads: how many days ahead.

    Raises:
        ZhishouError: the wrong number of days, or a temperature that is missing or cannot be.
    """
    course = np.atleast_2d(np.asarray(values, dtype=np.float64))
    if course.ndim != 2 or course.shape[1] != leads or not course.shape[0]:
        raise ZhishouError(
            f"气温预报应为{leads}天，现为{course.shape[-1]}天",
            where="气温预报",
            mend=f"给出今后{leads}天每天的日平均气温",
        )
    if not np.isfinite(course).all():
        lead = int(np.argmax(~np.isfinite(course).all(axis=0))) + 1
        raise ZhishouError(f"第{lead}天的气温预报缺失", where="气温预报", mend="补齐后再预测；不能以0代替")
    if (course < COLDEST).any() or (course > HOTTEST).any():
        raise ZhishouError(
            f"气温预报超出 {COLDEST:g}～{HOTTEST:g} ℃",
            where="气温预报",
            mend="单位应为℃，核对是否写成了华氏度或十分之一度",
        )
    return course


def _wrong(days: tuple[date, ...], demand: Floats, temperature: Floats) -> list[ZhishouError]:
    if not days:
        return [ZhishouError("没有任何一天的数据", where="历史数据", mend="至少给出半年的逐日用气量和气温")]
    if demand.shape != (len(days),) or temperature.shape != (len(days),):
        message = f"日期{len(days)}个，用气量{demand.size}个，气温{temperature.size}个，三者应一样多"
        return [ZhishouError(message, where="历史数据")]
    problems = [
        ZhishouError(f"{after}排在{before}之后", where="历史数据", mend="按日期先后排列")
        for before, after in pairwise(days)
        if after < before
    ]
    if np.isinf(demand).any() or np.isinf(temperature).any():
        problems.append(ZhishouError("数据中有无穷大", where="历史数据", mend="不知道的留空（NaN）"))
    known = np.isfinite(temperature)
    odd = known & ((temperature < COLDEST) | (temperature > HOTTEST))
    if odd.any():
        first = int(np.argmax(odd))
        problems.append(
            ZhishouError(
                f"{days[first]}气温为{temperature[first]:g} ℃，不可能",
                where="历史数据",
                mend="单位应为℃；不知道的留空（NaN）",
            )
        )
    if known.sum() < 0.9 * len(days):
        problems.append(
            ZhishouError(
                f"{len(days)}天中只有{int(known.sum())}天有气温", where="历史数据", mend="补齐气温，缺测不得超过一成"
            )
        )
    if not np.isfinite(demand).any():
        problems.append(ZhishouError("没有任何一天的用气量", where="历史数据"))
    return problems
