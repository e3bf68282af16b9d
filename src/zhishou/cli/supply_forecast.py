"""zhishou supply forecast: the seven days ahead as a duty officer reads them, and as a program does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
from rich.text import Text

from zhishou.assess.ahead import SAMPLES, Job
from zhishou.assess.week_chances import LadderDay, LadderWeek, LevelChance
from zhishou.cli.supply_figures import AMBER, DIM, RED, RULE, amount, dumped, head, plain, printed, table
from zhishou.errors import ZhishouError
from zhishou.supply.forecast import Mark, Reason
from zhishou.supply.forecast.almanac import almanac, term_days
from zhishou.supply.forecast.baselines import BASELINES
from zhishou.supply.forecast.history import LEADS
from zhishou.supply.gap_facts import CROSS_COUNTY_GAP
from zhishou.supply.units import RATE, REFERENCE
from zhishou.supply.week import Week

WEEKDAYS = "一二三四五六日"


def forecast_text(one: Job, *, explain: int = 1, colour: bool = False) -> str:
    """The forecast as text.

    Args:
        one: the forecast.
        explain: the day explained, 1 for the first.
        colour: with the terminal's colours.
    """
    label = one.desk.shelf.lexicon.areas[one.desk.system.area].label
    parts: list[Any] = [*head(f"今后{LEADS}日供需预测", one.desk.system, one.days[0], label)]
    if one.past.marked and not one.desk.system.illustrative:
        parts.append("※ 历史数据为示意数据，非真实")
    parts += [f"起报　{one.forecast.issued} 晚　　单位　{RATE}（{REFERENCE}）", RULE, _demand_table(one), RULE]
    parts += _gap_table(one)
    for ladder in one.chances:
        parts += [RULE, *_chance_table(ladder)]
    if one.week.most is not one.week.least:
        parts.append("  气源未报的，前一数按来足计，至多一端按一点不来计")
    if one.chances and one.stated:
        parts += ["级别概率除预测的缺口外，还计入报表所述：", *(f"  {said}" for said in one.stated)]
    if not one.chances:
        parts += [RULE, "本地区没有看天然气缺口的有效预案，不推算级别。"]
    parts += [RULE, *_explained(one, explain), RULE, *_marks(one.forecast.marks), *(f"· {note}" for note in one.notes)]
    parts.append(f"以上为预测（{SAMPLES} 条等可能情景），不是现状；是否预警、启动响应，由预案规定的人决定。")
    return printed(parts, colour=colour)


def day_mark(day: date) -> str:
    """A day with its weekday, whether people rest, and the solar term that begins on it."""
    rests = bool(almanac([day]).off[0])
    mark = "休" if rests else "班" if day.weekday() >= 5 else ""
    term = next((name for name, begins in term_days(day.year).items() if begins == day), "")
    return " ".join(part for part in (f"{day:%m-%d}", f"周{WEEKDAYS[day.weekday()]}", mark, term) if part)


def temperature(one: Job, day: int) -> str:
    """The temperature of a day, °C; of an ensemble the median and the range of its members."""
    members = one.course[:, day]
    middle = f"{np.median(members):.1f}"
    return middle if members.size == 1 else f"{middle}（{members.min():.1f}～{members.max():.1f}）"


def chance(share: float) -> str:
    """A chance in per cent; one that is not 0 or 1 never reads as if it were."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 < share < 1 else f"{share:.0%}"


def _between(ends: tuple[float, float], told: Callable[[float], str] = chance) -> str:
    one, other = told(ends[0]), told(ends[1])
    return one if one == other else f"{one}～{other}"


def _demand_table(one: Job) -> Any:
    rows = table("需求预测", "气温℃", "中位", "50% 区间", "90% 区间", *BASELINES, right=1)
    half, most = one.band(50), one.band(90)
    for number, day in enumerate(one.days):
        rows.add_row(
            day_mark(day), temperature(one, number), f"{one.median[number]:.1f}",
            f"{half[0, number]:.1f}～{half[1, number]:.1f}", f"{most[0, number]:.1f}～{most[1, number]:.1f}",
            *("—" if np.isnan(said[number]) else f"{said[number]:.1f}" for said in one.baselines.values()),
        )  # fmt: skip
    return rows


def _gap_table(one: Job) -> list[Any]:
    if not one.week.supply.sources:
        return [Text("可供气量不明，不推算缺口；有报表后再算，或用 --supply 给出。", AMBER)]
    rows = table(
        "供需",
        "可供",
        "缺口概率",
        "缺口中位",
        "缺口 90% 区间",
        "缺口率中位",
        "缺口率 90% 区间",
        "最紧的跨县局部地区",
        right=1,
    )
    for number, day in enumerate(one.days):
        gas, likely = one.week.supply.of(number), one.gap_chance(number)
        low, middle, high = one.gap(number, (0.05, 0.5, 0.95)) or []
        low_pct, middle_pct, high_pct = one.gap(number, (0.05, 0.5, 0.95), share=True) or []
        assert gas is not None and likely is not None  # noqa: S101, PT018 - there are sources
        style = RED if likely[0] >= 0.5 else AMBER if likely[1] >= 0.05 else ""
        rows.add_row(
            day_mark(day), _between((gas.low, gas.high), amount), Text(_between(likely), style), Text(_between(middle, "{:.1f}".format), style),
            f"{low[0]:.1f}～{high[1]:.1f}", _between(middle_pct, "{:.1f}%".format), f"{low_pct[0]:.1f}%～{high_pct[1]:.1f}%",
            _tightest(one.week, number),
        )  # fmt: skip
    return [rows, "  缺口 = 需求 − 可供，小于 0 记 0；缺口率 = 缺口 ÷ 需求 × 100；储气设施可采气量不计入可供"]


def _tightest(week: Week, day: int) -> str:
    frames = (week.least[day], week.most[day])
    if not week.tightest[day] or any(CROSS_COUNTY_GAP not in frame.columns for frame in frames):
        return "不明"
    low, high = (float(np.median(frame[CROSS_COUNTY_GAP].to_numpy())) for frame in frames)
    return f"{week.tightest[day]} {_between((low, high), '{:.1f}%'.format)}"


_STYLES = ("bold red", "red", "yellow", "cyan")


def _chance_table(ladder: LadderWeek) -> list[Any]:
    labels = [level.label for level in ladder.days[0].levels]
    rows = table(f"{ladder.short}　{ladder.label}", *labels, right=1)
    for day in ladder.days:
        cells = [_chance_cell(level, number, day) for number, level in enumerate(day.levels)]
        rows.add_row(day_mark(day.day), *cells)
    lines: list[Any] = [rows]
    if any(day.open for day in ladder.days):
        lines.append("  前一数只凭已知要素；括号内为计入不明要素后的可能范围，不明的要素不当作“没有”")
    lines += [f"  不明的要素　{said}" for said in missing_facts(ladder)]
    if (doubt := max(day.arguable for day in ladder.days)) >= 0.005:
        lines.append(f"  原文未明的端点使级别两可的情景，最多的一天占 {chance(doubt)}，按较重的一级计")
    if ladder.judgement:
        lines.append("  另可由指挥部认定启动，不计入以上概率")
    return lines


def _chance_cell(level: LevelChance, number: int, day: LadderDay) -> Text:
    exactly = level.exactly
    bounds = "" if exactly.certain else f"（{_between((exactly.at_least, exactly.at_most))}）"
    style = _STYLES[min(number, 3)] if level.level and level.known >= 0.5 else DIM if level.known == 0 else ""
    return Text("不明" if day.unknown else f"{chance(level.known)}{bounds}", style)


def missing_facts(ladder: LadderWeek) -> list[str]:
    """The facts that are not known, with the days on which they are not."""
    days: dict[str, list[date]] = {}
    for one in ladder.days:
        for label in one.missing:
            days.setdefault(label, []).append(one.day)
    found: dict[str, list[str]] = {}
    for label, on in days.items():
        when = (
            "各日"
            if len(on) == len(ladder.days)
            else f"{on[0]:%m-%d} 起"
            if on[-1] == ladder.days[-1].day
            else "部分日子"
        )
        found.setdefault(when, []).append(label)
    return [f"{'、'.join(labels)}（{when}）" for when, labels in found.items()]


def _explained(one: Job, day: int) -> list[Any]:
    number = day - 1
    rows = table(f"{day_mark(one.days[number])} 的由来", "系数", "单位", "乘以", "贡献", "含义", right=1)
    rows.columns[2].justify = rows.columns[5].justify = "left"
    for term in one.forecast.explanation[number]:
        rows.add_row(
            f"  {term.label}",
            f"{term.coefficient:.2f}",
            term.unit,
            f"{term.size:.2f}",
            f"{term.contribution or 0.0:+.1f}",
            term.meaning,
        )
    rows.add_row("  合计", "", "", "", f"{one.forecast.points[number]:.1f}", "各项之和；中位数另计历史误差的偏向")
    return [rows]


def _marks(marks: Sequence[Mark], most: int = 12) -> list[Any]:
    """What was wrong with the history, the latest first."""
    if not marks:
        return ["历史数据清洗：没有发现可疑的数。"]
    lines: list[Any] = [f"历史数据清洗：{len(marks)} 处（最近的在前）"]
    lines += [f"  {mark_said(mark)}" for mark in sorted(marks, key=lambda mark: mark.day, reverse=True)[:most]]
    return [*lines, f"  另有 {len(marks) - most} 处，见 --format json"] if len(marks) > most else lines


def mark_said(mark: Mark) -> str:
    """One mark of the cleaning, in words."""
    unit = " ℃" if mark.reason is Reason.TEMPERATURE else ""
    was = "没有报数，" if mark.value is None else f"报 {amount(mark.value)}{unit}，"
    used = "不用" if mark.used is None else f"改用 {amount(mark.used)}{unit}"
    believed = f"，{mark.believed} 起采信" if mark.believed else ""
    note = f"（{mark.note}）" if mark.note else ""
    return f"{mark.day}　{mark.reason.value}　{was}{used}{believed}{note}"


def explained_day(typed: str, days: Sequence[date]) -> int:
    """The day to explain, 1 to 7, from a number or a date.

    Raises:
        ZhishouError: it is none of the days ahead.
    """
    names = {str(day): number for number, day in enumerate(days, start=1)}
    names |= {str(number): number for number in range(1, len(days) + 1)}
    if typed not in names:
        raise ZhishouError(
            f"“{typed}”不是预测的日子",
            where="--explain",
            mend=f"写 1 到 {len(days)}，或 {days[0]} 至 {days[-1]} 的日期",
        )
    return names[typed]


def forecast_json(one: Job, backtest: dict[str, Any] | None = None) -> str:
    """The forecast as JSON, schema `zhishou.forecast/1`: amounts in 万立方米/日, chances 0 to 1."""
    return dumped(
        {
            "schema": "zhishou.forecast/1",
            "system": one.desk.system.id,
            "illustrative": one.illustrative,
            "issued": one.forecast.issued.isoformat(),
            "unit": RATE,
            "reference": REFERENCE,
            "samples": SAMPLES,
            "levels": list(one.forecast.levels),
            "days": [_day(one, number) for number in range(LEADS)],
            "ladders": [_ladder(ladder) for ladder in one.chances],
            "marks": [
                {
                    "day": mark.day.isoformat(), "reason": mark.reason.value, "value": mark.value, "used": mark.used,
                    "believed": mark.believed and mark.believed.isoformat(), "note": mark.note,
                }
                for mark in one.forecast.marks
            ],
            "stated": list(one.stated),
            "notes": list(one.notes),
        }
        | ({"backtest": backtest} if backtest is not None else {})
    )  # fmt: skip


def _day(one: Job, number: int) -> dict[str, Any]:
    day, members = one.days[number], one.course[:, number]
    gap, share = one.gap(number, (0.05, 0.5, 0.95)), one.gap(number, (0.05, 0.5, 0.95), share=True)
    return {
        "day": day.isoformat(),
        "rest": bool(almanac([day]).off[0]),
        "temperature": {"median": _tidy(np.median(members)), "least": _tidy(members.min()), "most": _tidy(members.max())},
        "demand": {
            "quantiles": [_tidy(value) for value in one.forecast.values[number]],
            "point": _tidy(one.forecast.points[number]),
            "terms": [
                {
                    "term": term.term, "label": term.label, "coefficient": _tidy(term.coefficient), "unit": term.unit,
                    "size": _tidy(term.size), "contribution": _tidy(term.contribution),
                }
                for term in one.forecast.explanation[number]
            ],
        },
        "baselines": {name: None if np.isnan(said[number]) else _tidy(said[number]) for name, said in one.baselines.items()},
        "supply": plain(one.week.supply.of(number)),
        "sources": [
            {
                "of": source.of, "label": source.label, "rate": plain(source.rate[number]),
                "told_on": (told := source.told_on[number]) and told.isoformat(),
                "outage": source.outage.chance if source.outage else 0.0,
            }
            for source in one.week.supply.sources
        ],
        "gap_chance": _ends(one.gap_chance(number)),
        "gap": {"0.05": _ends(gap[0]), "0.5": _ends(gap[1]), "0.95": _ends(gap[2])} if gap else None,
        "gap_pct": {"0.05": _ends(share[0]), "0.5": _ends(share[1]), "0.95": _ends(share[2])} if share else None,
        "tightest_group": one.week.tightest[number],
    }  # fmt: skip


def _ladder(ladder: LadderWeek) -> dict[str, Any]:
    return {
        "plan": ladder.plan,
        "ladder": ladder.kind,
        "judgement_not_counted": ladder.judgement,
        "days": [
            {
                "day": day.day.isoformat(),
                "missing": list(day.missing),
                "unknown": day.unknown,
                "arguable": _tidy(day.arguable),
                "levels": [
                    {
                        "level": level.level or None, "label": level.label, "by_known_facts": _tidy(level.known),
                        "exactly": _ends((level.exactly.at_least, level.exactly.at_most)),
                        "or_worse": _ends((level.or_worse.at_least, level.or_worse.at_most)),
                    }
                    for level in day.levels
                ],
            }
            for day in ladder.days
        ],
    }  # fmt: skip


def _ends(ends: tuple[float, float] | None) -> dict[str, float] | None:
    return None if ends is None else {"at_least": _tidy(ends[0]), "at_most": _tidy(ends[1])}


def _tidy(value: float | np.floating[Any]) -> float:
    return round(float(value), 6)
