"""What is counted, for `/metrics`; it stands alone so that every file of the room counts into the same place."""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

REGISTRY = CollectorRegistry()

COMMANDS = Counter("zhishou_commands", "Commands given.", ("command", "outcome"), registry=REGISTRY)
REQUESTS = Histogram(
    "zhishou_request_seconds", "How long requests took.", ("route", "method", "status"), registry=REGISTRY,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)  # fmt: skip
MISSED = Counter("zhishou_deadlines_missed", "Deadlines that passed unmet.", registry=REGISTRY)
TICKS = Counter("zhishou_ticks", "Rounds of the ticker.", ("outcome",), registry=REGISTRY)
CALLS = Counter("zhishou_calls_carried_on", "Calls opened, carried on or ended by rounds.", registry=REGISTRY)
LISTENERS = Gauge(
    "zhishou_listeners", "Screens that listen.", registry=REGISTRY, multiprocess_mode="livesum"
)  # fmt: skip
DROPPED = Counter("zhishou_listeners_dropped", "Screens told to connect anew.", ("reason",), registry=REGISTRY)
POSITION = Gauge("zhishou_journal_position", "Entries in the record.", registry=REGISTRY, multiprocess_mode="max")


def exposed() -> bytes:
    """All figures as text; of every process of this server where there are several."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]
        return generate_latest(together)
    return generate_latest(REGISTRY)
