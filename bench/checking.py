"""`plan check --all`: every plan looked through for faults."""

from __future__ import annotations

from datetime import date

from timing import Row, Subject, duration, seconds

from zhishou.plan.load import library


def measure() -> Subject:
    """The check of all packs, as the command runs it."""
    try:
        from zhishou.plan.check import check  # noqa: PLC0415 - it may not be there yet
    except ImportError:
        return Subject(
            "Checking", [Row("check of all plans", "–", note="skipped: zhishou.plan.check is not there yet")]
        )
    packs = list(library().packs.values())
    on = date(2026, 1, 15)
    found = check(packs, on)
    taken = seconds(lambda: check(packs, on), runs=3)
    return Subject(
        "Checking", [Row(f"check of all {len(packs)} plans", duration(taken), note=f"{len(found)} findings")]
    )
