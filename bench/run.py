"""Measures everything and writes docs/benchmarks.md. It asserts no times: machines differ, ratios less so."""

from __future__ import annotations

from pathlib import Path

import against_peer
import checking
import curtailing
import forecasting
import importing
import one_situation
import starting
import sweeping
from timing import Subject, machine

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

HEAD = """# Benchmarks

Written by `make bench` (`bench/run.py`). Medians of several runs; ratios are between figures of the same run.
zen-engine runs the same table with its `first` hit policy, in the fastest ways it has and in the one its readme shows.

Machine: {machine}
"""


def main() -> None:
    """Measure, print and write."""
    parts = [HEAD.format(machine=machine())]
    for room in (one_situation, starting, against_peer, sweeping, checking, importing, forecasting, curtailing):
        part = written(room.measure())
        print(part)
        parts.append(part)
    REPORT.write_text("\n".join(parts), "utf-8")


def written(subject: Subject) -> str:
    """One section as Markdown."""
    lines = [f"## {subject.title}", "", "| what | measured | target | note |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.target} | {row.note} |" for row in subject.rows]
    return "\n".join([*lines, "", *([subject.text, ""] if subject.text else [])])


if __name__ == "__main__":
    main()
