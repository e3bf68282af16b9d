"""Starting: loading every pack in a fresh process, and the command line's help."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from timing import Row, Subject, duration

COMMAND = Path(sys.executable).parent / "zhishou"

LOAD = """
import time
from zhishou.plan.load import library
start = time.perf_counter()
library()
print(time.perf_counter() - start)
"""


def measure(runs: int = 7) -> Subject:
    """Each run is a new process: what a person waits for."""
    loads = [float(_run([sys.executable, "-c", LOAD]).stdout) for _ in range(runs)]
    rows = [Row("load the lexicon and all packs, fresh process", duration(statistics.median(loads)), "≤ 400 ms")]
    helps = []
    for _ in range(runs):
        start = time.perf_counter()
        if not COMMAND.exists() or _run([str(COMMAND), "--help"], check=False).returncode:
            break
        helps.append(time.perf_counter() - start)
    if len(helps) == runs:
        rows.append(Row("`zhishou --help`, wall time", duration(statistics.median(helps))))
    else:
        rows.append(Row("`zhishou --help`, wall time", "–", note="skipped: the command does not run yet"))
    return Subject("Starting", rows)


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=check)
