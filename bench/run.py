"""Measures everything and writes docs/benchmarks.md. It asserts no times: machines differ, ratios less so."""

from __future__ import annotations

import sys
from pathlib import Path

import against_peer
import board
import calling
import checking
import commanding
import curtailing
import forecasting
import importing
import million
import one_situation
import papers
import reporting
import starting
import sweeping
import warning
from timing import Neighbours, Subject, machine

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

ROOMS = (
    one_situation, starting, against_peer, sweeping, checking, importing, forecasting, curtailing, papers, warning, commanding,
    reporting, million, calling, board,
)  # fmt: skip

HEAD = """# Benchmarks

Written by `make bench` (`bench/run.py`). Medians of several runs; ratios are between figures of the same run.
zen-engine runs the same table with its `first` hit policy, in the fastest ways it has and in the one its readme shows.

Machine: {machine}
"""


def main(names: list[str]) -> None:
    """Measure, print and write; where rooms are named, those alone, the other sections of the page staying as they are."""
    if not names:
        REPORT.write_text(HEAD.format(machine=machine()), "utf-8")
    for room in ROOMS:
        if names and room.__name__ not in names:
            continue
        around = Neighbours()
        part = written(room.measure(quick=True) if room is curtailing else room.measure(), around.said())
        print(part)
        REPORT.write_text(placed(REPORT.read_text("utf-8"), part), "utf-8")


def placed(page: str, part: str) -> str:
    """The page with a section in the place of the one with its title, or at the end."""
    title = part.split("\n", 1)[0]
    before, found, after = page.partition(f"{title}\n")
    if not found:
        return f"{page.rstrip()}\n\n{part}"
    _, next_, rest = after.partition("\n## ")
    return f"{before}{part.rstrip()}\n" + (f"{next_}{rest}" if next_ else "")


def written(subject: Subject, around: str = "") -> str:
    """One section as Markdown, with what else the machine did meanwhile."""
    lines = [f"## {subject.title}", "", "| what | measured | target | note |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.measured} | {row.target} | {row.note} |" for row in subject.rows]
    return "\n".join([*lines, "", *(line for text in (subject.text, around) if text for line in (text, ""))])


if __name__ == "__main__":
    main(sys.argv[1:])
