"""Three made-up winters of daily gas demand and temperature, and a week of weather ahead. No figure of it is real.

Writes history.csv and weather.csv beside itself, the same bytes every time. It stands apart from the forecast and shares
none of its formulas: homes answer to a slow and a fast memory of the cold along a logistic curve. The last two days are
those of the returns in `returns/`, which tell of 310 on 14 December and foretell 322 and 334 for the two days after it.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path
from random import Random

FIRST, LAST = date(2023, 10, 1), date(2026, 12, 14)

RETURNED = {date(2026, 12, 13): 307.52, date(2026, 12, 14): 310.0}
"""What the returns of those evenings add up to, 万立方米/日."""

FESTIVALS = (date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17))
"""The lunar New Year."""

ENDING = (0.4, -0.6, -1.3, -1.9, -2.6, -3.0)
"""The last temperatures, °C."""

AHEAD = (-6.4, -8.7, -8.9, -7.6, -5.9, -4.4, -3.6, -3.1, -2.8, -2.5)
"""The cold wave to come, °C, from 15 December on."""

DIRT = {
    date(2024, 1, 18): "zero",
    date(2024, 12, 5): "spike",
    date(2025, 2, 21): "missing",
    date(2025, 7, 9): "no temperature",
    date(2025, 12, 11): "slip",
    date(2026, 11, 20): "zero",
    date(2026, 12, 2): "spike",
}
"""Days that were reported wrongly: noughts, two spikes, a slip of the decimal point, blanks."""

NOTE = "# 示意数据，非真实：由 make_history.py 生成，不能用来判断真实情况。单位：万立方米/日（20 ℃、101.325 kPa），℃"


def temperatures(days: list[date], draw: Random) -> list[float]:
    """Daily means, °C: the usual course of the year, weather that lasts, and cold waves."""
    found, off, wave = [], 0.0, 0.0
    for day in days:
        turn = 2 * math.pi * (day.timetuple().tm_yday - 17) / 365.25
        cold = math.cos(turn) > 0.25
        off = 0.76 * off + draw.gauss(0, 1.9 if cold else 1.5)
        wave = 0.8 * wave - (draw.uniform(5, 9) if cold and draw.random() < 0.028 else 0.0)
        found.append(round(11.0 - 13.0 * math.cos(turn) + off + wave, 1))
    return [*found[: -len(ENDING)], *ENDING]


def demands(days: list[date], temperature: list[float], draw: Random) -> list[float]:
    """Daily demand, 万立方米/日."""
    fast = slow = temperature[0]
    found, mood = [], 0.0
    for day, warm in zip(days, temperature, strict=True):
        fast, slow = 0.5 * fast + 0.5 * warm, 0.85 * slow + 0.15 * warm
        felt = 0.7 * fast + 0.3 * slow
        years = (day - LAST).days / 365.25
        homes = (1 + 0.025 * years) * (20 + 158 / (1 + math.exp((felt - 1.0) / 5.2)))
        lit = max(0.0, min(1.0, ((day - _opening(day)).days + 1) / 12, (151 - (day - _opening(day)).days) / 12))
        works = (132 - (5.0 if day.weekday() >= 5 else 0.0)) * (1 - 0.4 * _lull(day)) + 3.0 * years
        mood = 0.7 * mood + draw.gauss(0, 0.011)
        found.append(round((homes + 34 * lit + works) * (1 + mood + draw.gauss(0, 0.006)), 2))
    # The last weeks run into the returns: the series is scaled to them and its noise dies away.
    scale = RETURNED[LAST] / found[-1]
    return [RETURNED.get(day, round(one * scale, 2)) for day, one in zip(days, found, strict=True)]


def gas(days: list[date], draw: Random) -> list[float]:
    """What the sources could send, 万立方米/日, whatever is asked of them: winter contracts, less in summer, and weak days."""
    found = []
    for day in days:
        year = day.year if day.month >= 7 else day.year - 1
        winter = day.month >= 11 or day.month <= 3
        weak = draw.uniform(4, 14) if draw.random() < 0.05 else 0.0
        found.append(round((284.0 + 10.0 * (year - 2023)) * (1.0 if winter else 0.84) - weak, 1))
    return [*found[:-2], 315.0, 315.0]


def _opening(day: date) -> date:
    """1 November of the winter that a day lies in or follows."""
    return date(day.year if day >= date(day.year, 11, 1) else day.year - 1, 11, 1)


def _lull(day: date) -> float:
    """How deep a day lies in the rest of Spring Festival, 0 to 1."""
    return max((max(0.0, 1 - abs((day - feast).days - 2) / 11) for feast in FESTIVALS), default=0.0)


def _written(day: date, wanted: float, warm: float, sent: float) -> str:
    how = DIRT.get(day, "")
    told = {"zero": "0", "spike": f"{wanted * 6.4:.2f}", "slip": f"{wanted * 10:.1f}", "missing": ""}
    return f"{day},{told.get(how, f'{wanted:.2f}')},{'' if how == 'no temperature' else warm},{sent}"


def main() -> None:
    """Write both files."""
    draw = Random(20261214)  # noqa: S311 - made-up weather, not a secret
    days = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
    temperature = temperatures(days, draw)
    demand = demands(days, temperature, draw)
    rows = zip(days, demand, temperature, gas(days, draw), strict=True)
    here = Path(__file__).parent
    lines = [NOTE, "day,demand,temperature,supply", *(_written(*row) for row in rows)]
    (here / "history.csv").write_text("\n".join(lines) + "\n", "utf-8")
    ahead = [f"{LAST + timedelta(days=number)},{warm}" for number, warm in enumerate(AHEAD, start=1)]
    (here / "weather.csv").write_text("\n".join([NOTE, "day,temperature", *ahead]) + "\n", "utf-8")
    print(f"history.csv {len(days)} 天，weather.csv {len(AHEAD)} 天（示意数据，非真实）")


if __name__ == "__main__":
    main()
