"""What is measured of a long record in a process of its own: boards made anew, or one incident opened; and the memory it took.

`rebuild URL` · `open URL INCIDENT …`. It prints JSON. Nothing that was measured before stands in the figures.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import time
from pathlib import Path
from typing import Any

from databases import SQLITE as _SQLITE  # noqa: F401 - it makes the tests' nights importable
from nights import EVENING, MACHINE, RULES

from zhishou import database
from zhishou.desk import Desk
from zhishou.journal import opened
from zhishou.plan.load import library


def main(what: str, url: str, incidents: list[str]) -> dict[str, Any]:
    """Measure one thing."""
    plans = library()
    journal = opened(database.engine(url, create=False))
    desk = Desk(journal, plans, machine=MACHINE, now=lambda: EVENING, rules=RULES)
    gc.collect()
    told: dict[str, Any] = {"before": _memory("VmRSS")}
    if what == "rebuild":
        steps: list[int] = []
        told |= _timed(lambda: desk.rebuild(lambda done, _: steps.append(done)))
        told["progress"] = len(steps)
    else:
        told["ready"] = _timed(desk.ready)
        first, *others = incidents
        told["first"] = _timed(lambda: desk.incident(first))
        told["others"] = [_timed(lambda one=one: desk.incident(one)) for one in others]
        told["versions"] = [desk.incident(one).version for one in incidents]
    journal.close()
    return told | {"peak": _memory("VmHWM")}


def _timed(act: Any) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def _memory(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) * 1024 if found else 0


def forget(url: str) -> None:
    """Have the machine drop what it keeps of an SQLite file in memory, so that the disk is really read."""
    file = Path(url.removeprefix("sqlite:///"))
    for one in (file, file.with_name(f"{file.name}-wal")):
        if one.exists():
            handle = os.open(one, os.O_RDONLY)
            os.fsync(handle)
            os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(handle)


if __name__ == "__main__":
    what, url, *rest = sys.argv[1:]
    if what == "open" and url.startswith("sqlite"):
        forget(url)
    print(json.dumps(main(what, url, rest)))
