"""Figures of supply as a duty officer reads them, and as a program does: amounts, percentages, hours, what is not known."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.supply.balance.bridge import Bridge
from zhishou.supply.balance.figures import WHY, Missing
from zhishou.supply.balance.ranges import Range
from zhishou.supply.basis import basis
from zhishou.supply.gap_facts import CITY_GAP
from zhishou.supply.system import System
from zhishou.supply.units import HOURS_PER_DAY, RATE

SOURCE_KINDS: Mapping[str, str] = {
    "coalbed_methane": "煤层气",
    "pipeline_import": "管道来气",
    "lng": "LNG 气化",
    "coke_oven_gas": "焦炉煤气制气",
    "other": "其他",
}
WIDTH = 118
"""Columns of a table on paper or in a terminal; a Chinese character takes two."""

RULE = "─" * 60

RED, AMBER, DIM = "bold red", "yellow", "dim"


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


def plain(figure: Range | None) -> dict[str, float | None] | None:
    """A figure for a program: `value`, null where not known exactly, then `at_least` and `at_most`."""
    if figure is None:
        return None
    if figure.value is not None and math.isfinite(figure.value):
        return {"value": figure.value}
    high = figure.high if math.isfinite(figure.high) else None
    return {"value": None, "at_least": figure.low if math.isfinite(figure.low) else None, "at_most": high}


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


def table(*columns: str, right: int = 1) -> Table:
    """An empty table; the columns from the `right`-th on hold figures."""
    found = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, column in enumerate(columns):
        found.add_column(column, justify="right" if number >= right else "left", overflow="fold")
    return found


def printed(parts: list[Any], *, colour: bool) -> str:
    """Lines and tables as text, with the terminal's colours or without."""
    console = Console(
        file=StringIO(), width=WIDTH, force_terminal=colour, color_system="standard" if colour else None, highlight=False,
        markup=False, emoji=False, no_color=not colour,
    )  # fmt: skip
    with console.capture() as captured:
        for part in parts:
            console.print(part, soft_wrap=isinstance(part, str | Text))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def head(title: str, system: System, day: date, label: str) -> list[Any]:
    """The first lines of an answer: what, which gas day, where; and that figures are made up, where they are."""
    lines: list[Any] = [f"{title}　气日 {day}（{system.gas_day_starts} 起 24 小时）　{label}"]
    note = system.note or ("示意数据，非真实" if system.illustrative else "")
    return [*lines, f"※ {note}"] if note else lines


def gas_plans(shelf: Library, system: System) -> list[Pack]:
    """The plans of the system's area, and of those that hold it, that look at the city's gap."""
    return [pack for pack in shelf.for_area(system.area) if basis(CITY_GAP, [pack], shelf.lexicon).thresholds]


def stated(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Facts for a program."""
    return {
        fact: {key: value.isoformat() if isinstance(value, datetime) else value for key, value in given.items()}
        for fact, given in facts.items()
    }


def dumped(data: Any) -> str:
    """An answer as JSON text."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)
