"""How every figure is taken: the median of several runs, on a machine that is named. One place, so that all agree."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    measured: str
    target: str = ""
    note: str = ""


@dataclass(frozen=True)
class Subject:
    """One section of the report."""

    title: str
    rows: list[Row]
    text: str = ""


def seconds(act: Callable[[], object], *, runs: int = 7, times: int = 1) -> float:
    """Median wall time of one call, s, over `runs` runs of `times` calls, after one that does not count."""
    return beside(act, runs=runs, times=times)[0]


def beside(*acts: Callable[[], object], runs: int = 7, times: int = 1) -> list[float]:
    """The same for several acts taken in turn, so that whatever else the machine does falls on all alike."""
    taken: list[list[float]] = [[] for _ in acts]
    for act in acts:
        act()
    for _ in range(runs):
        for act, found in zip(acts, taken, strict=True):
            gc.collect()
            start = time.perf_counter()
            for _ in range(times):
                act()
            found.append((time.perf_counter() - start) / times)
    return [statistics.median(found) for found in taken]


def duration(value: float) -> str:
    """A time in the unit it reads best in."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def rate(per_second: float) -> str:
    """Rows per second."""
    return f"{per_second / 1e6:.3g} M rows/s" if per_second >= 1e6 else f"{per_second / 1e3:.3g} k rows/s"


def machine() -> str:
    """The machine, in one line."""
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        named = [
            line.split(":", 1)[1].strip() for line in cpuinfo.read_text().splitlines() if line[:10] == "model name"
        ]
        model = f" ({named[0]})" if named else ""
    packages = ", ".join(f"{name} {version(name)}" for name in ("polars", "pydantic", "zen-engine"))
    return f"{os.cpu_count()} cores{model}, {platform.system()}, Python {platform.python_version()}, {packages}"
