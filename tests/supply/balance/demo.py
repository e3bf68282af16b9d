"""The Jincheng demonstration and small systems, ready for tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from zhishou.clock import SHANGHAI
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import library
from zhishou.supply.balance import Balances, balances, figures
from zhishou.supply.reading import read_system
from zhishou.supply.returns.model import Return, Value
from zhishou.supply.system import System

DEMO = Path(__file__).resolve().parents[3] / "examples" / "jincheng-supply"
DAY = date(2026, 12, 15)
"""A gas day with every return at hand."""
WORSE = date(2026, 12, 16)
"""The next one: one county late, one figure ten times too high."""


@cache
def lexicon() -> Lexicon:
    return library().lexicon


@cache
def jincheng() -> System:
    return read_system((DEMO / "system.yaml").read_text("utf-8"), "system.yaml", lexicon())


@cache
def evening(day: date, folder: str = "returns", version: int = 1) -> tuple[Return, ...]:
    """The returns of an evening."""
    return tuple(_return(file, version) for file in sorted((DEMO / folder / day.isoformat()).glob("*.csv")))


def _return(file: Path, version: int) -> Return:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    gas_day = date.fromisoformat(rows[0]["gas_day"])
    values = tuple(
        Value(row["item"], row["of"], date.fromisoformat(row["day"]), _amount(row["amount"]), place=f"第{number}行")
        for number, row in enumerate(rows, 2)
    )
    at = datetime.combine(gas_day, time(20), SHANGHAI) + timedelta(hours=version - 1)
    return Return(rows[0]["reporter"], gas_day, version, values, at, source=file.name)


def _amount(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def told(
    system: System,
    given: Mapping[tuple[str, str], float],
    day: date = DAY,
    *,
    stocks: Mapping[str, float] | None = None,
) -> tuple[Return, ...]:
    """Returns of the evening before, each reporter with its own figures out of `given` ((item, object) → amount)."""
    made = day - timedelta(days=1)
    owner = {one.id: one.reporter for one in (*system.sources, *system.customers, *system.storages)}
    found: dict[str, list[Value]] = {}
    for (item, of), amount in given.items():
        found.setdefault(owner[of.rsplit("|", 1)[-1]], []).append(Value(item, of, day, amount))
    for of, amount in (stocks or {}).items():
        found.setdefault(owner[of], []).append(Value("stock", of, made, amount))
    at = datetime.combine(made, time(20), SHANGHAI)
    return tuple(Return(reporter, made, 1, tuple(values), at) for reporter, values in found.items())


def drawn(system: System, returns: Iterable[Return], day: date = DAY) -> Balances:
    return balances(figures(system, returns, day), lexicon())


def small(text: str) -> System:
    """A system from its YAML."""
    return read_system(text, "small.yaml", lexicon())


TWO = """
id: two
title: 两县
area: jincheng
reporters:
  - {id: field, label: 抽采, kind: producer, area: qinshui}
  - {id: a, label: 高平, kind: county, area: gaoping}
  - {id: b, label: 陵川, kind: county, area: lingchuan}
nodes:
  - {id: n_a, label: A, area: gaoping}
  - {id: n_b, label: B, area: lingchuan}
  - {id: n_c, label: C, area: zezhou}
sources:
  - {id: cbm, label: 气田, kind: coalbed_methane, node: n_a, reporter: field, capacity: 200}
customers:
  - {id: home_a, label: 高平居民, class: residential, node: n_a, reporter: a}
  - {id: works_a, label: 高平工业, class: industry, node: n_a, reporter: a, interruptible: 5, contract: 30}
  - {id: home_b, label: 陵川居民, class: residential, node: n_b, reporter: b}
"""
"""Two counties with customers, one without, and one source that feeds all three."""
