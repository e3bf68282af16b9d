"""How every figure is taken: the median of several runs, on a machine that is named. One place, so that all agree."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import sys
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


def told(row: Row) -> Row:
    """The same row, shown at once: what takes minutes must not be lost where it is broken off."""
    print(f"{row.what}: {row.measured}  {row.note}", file=sys.stderr, flush=True)
    return row


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


class Neighbours:
    """What else a machine does while something is measured on it; begins when it is made."""

    def __init__(self) -> None:
        self._busy, self._own, self._since = _busy(), _own(), time.perf_counter()

    def said(self) -> str:
        """One sentence; empty where it was next to nothing, or the machine does not tell."""
        passed = (time.perf_counter() - self._since) * (os.cpu_count() or 1)
        others = max(0.0, _busy() - self._busy - (_own() - self._own)) / passed
        if others < 0.05:
            return ""
        return (
            f"Shared machine: while this was measured, other work took {others:.0%} of its {os.cpu_count()} cores "
            f"(load average at the end {os.getloadavg()[0]:.1f}). Times on the clock are longer than they need be."
        )


def _busy() -> float:
    """Processor time that the machine has spent, s."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    fields = [int(field) for field in stat.read_text().split("\n", 1)[0].split()[1:]]
    user, nice, system, _, _, hard, soft = fields[:7]
    return (user + nice + system + hard + soft) / os.sysconf("SC_CLK_TCK")


def _own() -> float:
    """Of that, what this process and those it started and saw end have used, s."""
    return sum(os.times()[:4])


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
