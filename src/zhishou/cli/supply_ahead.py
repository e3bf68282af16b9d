"""The week ahead from a terminal: the desk, the files and what was typed, handed to the one place that works it out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from zhishou.assess.ahead import BANDS, SEED, Job, days_of, week
from zhishou.cli import supply_history
from zhishou.cli.supply_desk import gas_day, read
from zhishou.cli.supply_figures import amount, shown
from zhishou.errors import ZhishouError
from zhishou.plan.load import library
from zhishou.supply.evening import Evening
from zhishou.supply.week import Outage

__all__ = ["days_of", "job", "opened", "outages", "rates"]


def opened(system: str | None, data: str | None, day: str | None) -> tuple[Evening, Path]:
    """The desk and its data folder; unlike other commands this one needs no returns: demand can be forecast without."""
    from zhishou.cli.supply_returns import read_register

    shelf = library()
    given, folder = read(system, data, shelf.lexicon)
    return Evening(shelf, given, read_register(folder), gas_day(day, given)), folder


def outages(typed: Sequence[str]) -> dict[str, Outage]:
    """Outages as typed: `import=0.02`, or `import=0.02,3` where a failure lasts three days.

    Raises:
        ZhishouError: one cannot be read.
    """
    found: dict[str, Outage] = {}
    for one in typed:
        source, _, rest = one.partition("=")
        try:
            numbers = [float(part) for part in rest.split(",")]
        except ValueError:
            numbers = []
        if len(numbers) not in {1, 2} or not 0 <= numbers[0] <= 1 or numbers[-1] < (len(numbers) - 1):
            raise ZhishouError(
                f"“{one}”看不懂", where="--outage", mend="写成 气源编号=每日中断概率[,平均天数]，如 import=0.02,2"
            )
        found[source.strip()] = Outage(numbers[0], numbers[1] if len(numbers) == 2 else 1.0)
    return found


def rates(typed: str) -> list[float]:
    """Supply as typed: one figure, or one for each day, 万立方米/日.

    Raises:
        ZhishouError: it is no row of numbers.
    """
    try:
        return [float(part) for part in typed.replace("，", ",").split(",")]
    except ValueError:
        raise ZhishouError(
            f"“{typed}”不是数", where="--supply", mend="写成 300 或 7 个用逗号隔开的数，单位万立方米/日"
        ) from None


def job(
    desk: Evening, history: Path, weather: Path, *, supply: str = "", typed: Sequence[str] = (), seed: int = SEED
) -> Job:
    """Work out a forecast.

    Args:
        desk: the gas day is the first day ahead; the returns of the evening before it count.
        history: the history file.
        weather: the weather file.
        supply: gas as typed; empty: from the returns.
        typed: outages as typed.
        seed: of all that is drawn.

    Raises:
        ProblemsError: with every line of the files that is wrong.
        ZhishouError: the history is too short, or the weather does not reach far enough.
    """
    past, ahead = supply_history.read_history(history), supply_history.read_weather(weather)
    given = rates(supply) if supply else ()
    one = week(desk, past, ahead, rates=given, failing=outages(typed), seed=seed)
    return replace(one, notes=(*one.notes, *_compared(one)))


def _compared(one: Job) -> list[str]:
    """How the returned demand of the first day stands to the forecast."""
    returned = one.week.supply.returned
    if returned is None or not returned.known:
        return [f"{one.days[0]} 的需求报表不齐，不与预测比较（所报{shown(returned)}）"] if returned is not None else []
    middle, off = float(one.median[0]), returned.low - float(one.median[0])
    within = next(
        (f"在预测的 {band}% 区间内" for band in BANDS if one.band(band)[0, 0] <= returned.low <= one.band(band)[1, 0]),
        "",
    )
    told = within or "在预测的 90% 区间之外，请核对报表或近日有无停产、复产"
    return [
        f"{one.days[0]} 所报需求 {amount(returned.low)}，预测中位 {amount(middle)}，相差 {off:+.1f}（{off / middle:+.1%}），{told}"
    ]
