"""The databases that the record is measured on: SQLite in a folder, and a PostgreSQL server started for it that waits for the disk."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "tests"))

from postgres import programs, server

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


def absent() -> str:
    """Why there was no PostgreSQL."""
    if programs() is None:
        return "skipped: no PostgreSQL programs on this machine; Debian: `apt-get install postgresql`"
    return "left out of this run by `ZHISHOU_BENCH_ON=SQLite`"


DURABLE = (
    "SQLite: WAL, `synchronous=FULL`; PostgreSQL: `fsync` and `synchronous_commit` on, server on the same machine over "
    "loopback. Every answer waits for the disk."
)


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """Name → URL of an empty database; without PostgreSQL's programs, or where `ZHISHOU_BENCH_ON=SQLite` says so, SQLite alone."""
    with tempfile.TemporaryDirectory(prefix="zhishou-bench-") as folder:
        found = {SQLITE: f"sqlite:///{folder}/record.db"}
        if programs() is None or os.environ.get("ZHISHOU_BENCH_ON") == SQLITE:
            yield found
            return
        with server(durable=True) as running:
            yield found | {POSTGRESQL: running.fresh()}
