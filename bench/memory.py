"""Peak memory of a sweep in a process of its own, so that nothing measured before stands in the figure."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl
from plans import situations, ten_condition_plan

from zhishou.assess.sweep import sweep


def peak(table: pl.DataFrame) -> tuple[float, float]:
    """Size of the table and peak memory beyond it, bytes; the result counts as memory beyond it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "table.arrow"
        table.write_ipc(file)
        done = subprocess.run([sys.executable, __file__, str(file)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["table"], found["beyond"]


def _status(field: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise LookupError(field)


def _child(file: str) -> None:
    plan = ten_condition_plan()
    sweep(plan, situations(1000, 10))  # code and threads are loaded before the count begins
    before = _status("VmRSS")
    table = pl.read_ipc(file, memory_map=False)
    sweep(plan, table)
    size = table.estimated_size()
    print(json.dumps({"table": size, "beyond": _status("VmHWM") - before - size}))


if __name__ == "__main__":
    _child(sys.argv[1])
