"""Measures everything and writes docs/benchmarks.md. It asserts no times: machines differ, ratios less so."""

from __future__ import annotations

import sys
from pathlib import Path

import against_peer
import checking
import commanding
import curtailing
import forecasting
import importing
import one_situation
import starting
import sweeping
import warning
from timing import Subject, machine

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

ROOMS = (
    one_situation, starting, against_peer, sweeping, checking, importing, forecasting, curtailing, warning, commanding,
)  # fmt: skip

HEAD = """# Benchmarks

Written by `make bench` (`bench/run.py`). Medians of several runs; ratios are between figures of the same run.
zen-engine runs the same table with its `first` hit policy, in the fastest ways it has and in the one its readme shows.

Machine: {machine}
"""


def main(names: list[str]) -> None:
    """Measure, print and write; where rooms are named, those alone, the other sections of the page staying as they are."""
    page = REPORT.read_text("utf-8") if names else ""
    rooms = [room for room in ROOMS if not names or room.__name__ in names]
    parts = [page.rstrip() + "\n"] if names else [HEAD.format(machine=machine())]
    for room in rooms:
        part = written(room.measure(quick=True) if room is curtailing else room.measure())
        print(part)
        title = part.split("\n", 1)[0]
        if names and title in parts[0]:
            before, after = parts[0].split(title, 1)
            rest = after.split("\n## ", 1)
            parts[0] = before + part.rstrip() + "\n" + ("\n## " + rest[1] if len(rest) > 1 else "")
        else:
            parts.append(part)
        REPORT.write_text("\n".join(parts), "utf-8")


def written(subject: Subject) -> str:
    """One section as Markdown."""
    lines = [f"## {subject.title}", "", "| what | measured | target | note |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.target} | {row.note} |" for row in subject.rows]
    return "\n".join([*lines, "", *([subject.text, ""] if subject.text else [])])


if __name__ == "__main__":
    main(sys.argv[1:])
