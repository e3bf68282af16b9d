"""Figures of supply as a duty officer reads them, and as a program does: amounts, percentages, hours, what is not known."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime
from io import StringIO
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from zhishou.supply.balance.ranges import Range
from zhishou.supply.balance.saying import (
    SOURCE_KINDS,
    amount,
    bridged,
    cell,
    cell_pct,
    clock,
    hours,
    lacking,
    percent,
    shown,
    shown_pct,
)
from zhishou.supply.gap_facts import gas_plans
from zhishou.supply.system import System

WIDTH = 118
"""Columns of a table on paper or in a terminal; a Chinese character takes two."""

RULE = "─" * 60

RED, AMBER, DIM = "bold red", "yellow", "dim"


def plain(figure: Range | None) -> dict[str, float | None] | None:
    """A figure for a program: `value`, null where not known exactly, then `at_least` and `at_most`."""
    if figure is None:
        return None
    if figure.value is not None and math.isfinite(figure.value):
        return {"value": figure.value}
    high = figure.high if math.isfinite(figure.high) else None
    return {"value": None, "at_least": figure.low if math.isfinite(figure.low) else None, "at_most": high}


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


def stated(facts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Facts for a program."""
    return {
        fact: {key: value.isoformat() if isinstance(value, datetime) else value for key, value in given.items()}
        for fact, given in facts.items()
    }


def dumped(data: Any) -> str:
    """An answer as JSON text."""
    return json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False)


__all__ = [
    "AMBER", "DIM", "RED", "RULE", "SOURCE_KINDS", "WIDTH", "amount", "bridged", "cell", "cell_pct", "clock", "dumped",
    "gas_plans", "head", "hours", "lacking", "percent", "plain", "printed", "shown", "shown_pct", "stated", "table",
]  # fmt: skip
