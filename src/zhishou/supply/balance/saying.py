"""Figures of a balance as a duty officer reads them: amounts, percentages, hours, what is not known; for screen and terminal alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping

from zhishou.supply.balance.bridge import Bridge
from zhishou.supply.balance.figures import WHY, Missing
from zhishou.supply.balance.ranges import Range
from zhishou.supply.units import HOURS_PER_DAY, RATE

SOURCE_KINDS: Mapping[str, str] = {
    "coalbed_methane": "煤层气",
    "pipeline_import": "管道来气",
    "lng": "LNG 气化",
    "coke_oven_gas": "焦炉煤气制气",
    "other": "其他",
}


def amount(value: float) -> str:
    """An amount to two decimals, without idle noughts."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """A percentage to two decimals; to more where two would put it on a whole number that it is not on."""
    text = f"{value:.2f}"
    if float(text) != value and float(text).is_integer():
        text = f"{value:.9f}"
    return f"{text.rstrip('0').rstrip('.')}%"


def shown(figure: Range | None, told: Callable[[float], str] = amount) -> str:
    """A figure, or what is known of it."""
    if figure is None:
        return "不明"
    if figure.value is not None:
        return told(figure.value)
    parts = [f"至少 {told(figure.low)}"] if figure.low > 0 else []
    parts += [f"至多 {told(figure.high)}"] if math.isfinite(figure.high) else []
    return f"不明（{'、'.join(parts)}）" if parts else "不明"


def shown_pct(figure: Range | None) -> str:
    """A percentage, or what is known of it."""
    return shown(_open_end(figure), percent)


def cell(figure: Range | None, told: Callable[[float], str] = amount) -> str:
    """A figure, or what is known of it, short enough for a cell."""
    if figure is None:
        return "不明"
    if figure.value is not None:
        return told(figure.value)
    if figure.low > 0:
        return f"不明≥{told(figure.low)}"
    return f"不明≤{told(figure.high)}" if math.isfinite(figure.high) else "不明"


def cell_pct(figure: Range | None) -> str:
    """A percentage for a cell."""
    return cell(_open_end(figure), percent)


def _open_end(figure: Range | None) -> Range | None:
    """That a percentage is at most 100 says nothing."""
    unknown = figure is not None and figure.value is None and figure.high == 100
    return Range(figure.low, math.inf) if unknown and figure else figure


def hours(figure: Range) -> str:
    """A length of time in hours, in days where it is long."""
    if figure.low == math.inf:
        return "没有缺口"
    return shown(figure, _time)


def clock(hour: str, starts: str) -> str:
    """When an hour of the gas day begins; 次日 after midnight."""
    return hour if hour >= starts else f"次日{hour}"


def bridged(name: str, bridge: Bridge) -> str:
    """For how long storages fill a gap, or that they cannot deliver fast enough."""
    if bridge.bound == "none":
        return f"{name}不必补"
    rate = f"采气能力 {shown(bridge.rate)} {RATE}"
    if bridge.bound == "rate":
        return f"{name}补不满（{rate}，小于缺口）"
    return f"{name}可补 {hours(bridge.hours)}（{rate}）"


def _time(value: float) -> str:
    if value == math.inf:
        return "不限"
    return f"{amount(value)} 小时" if value < 3 * HOURS_PER_DAY else f"{amount(value / HOURS_PER_DAY)} 天"


def lacking(missing: Iterable[Missing]) -> Iterator[str]:
    """What is missing, a line for each reporter and reason: who, why, and which figures of what."""
    found: dict[tuple[str, str], dict[str, list[str]]] = {}
    for one in missing:
        last = f"，上次来报 {one.last.gas_day}" if one.last and one.why == "late" else ""
        items = found.setdefault((one.reporter_label, f"{WHY[one.why]}{last}"), {})
        items.setdefault(one.item_label, []).append(one.of_label)
    for (reporter, why), items in found.items():
        told = "；".join(f"{item}·{'、'.join(of)}" for item, of in items.items())
        yield f"{reporter}（{why}）　{told}"
