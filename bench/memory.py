"""Peak memory of a sweep in a process of its own, so that nothing measured before stands in the figure."""

from __future__ import annotations

import gc
import json
import subprocess
import sys
import time
from pathlib import Path

from plans import situations, ten_condition_plan

from zhishou.assess.sweep import sweep

STATUS = Path("/proc/self/status")


def peak(rows: int) -> tuple[float, float]:
    """Size of a table of ten numbers, and the peak during its sweep beyond what the process held before, bytes.

    What the allocator kept from building the table counts against the sweep, and so does the result.
    """
    done = subprocess.run([sys.executable, __file__, str(rows)], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["table"], found["beyond"]


def _bytes(field: str) -> int:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024


def _child(rows: int) -> None:
    plan = ten_condition_plan()
    sweep(plan, situations(1000, 10))  # code and threads are loaded before the count begins
    before = _bytes("VmRSS")
    table = situations(rows, 10)
    gc.collect()
    time.sleep(2)  # the allocator gives freed pages back after a while
    Path("/proc/self/clear_refs").write_text("5", "ascii")  # the peak starts anew
    result = sweep(plan, table)
    size = table.estimated_size()
    assert result.height == rows
    print(json.dumps({"table": size, "beyond": _bytes("VmHWM") - before - size}))


if __name__ == "__main__":
    _child(int(sys.argv[1]))
