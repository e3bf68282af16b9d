"""Dates of quiet times that have passed (revision, drills, lists to be kept current), as one line on the board of what is late.

It stands alone because no event brings such a date about: the plan, the record and the day say it together, so the line is made when
the board is read. It is one line for an area, with all of it inside: on the night of an incident ten plans' drills must not stand
before the report that is due.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from zhishou.clock import SHANGHAI
from zhishou.journal import Row
from zhishou.plan.load import Library
from zhishou.projections import DUTIES
from zhishou.watch.upkeep import Obligation

KIND = "upkeep"
_FEW = 3


def line(area: str, found: Iterable[Obligation], library: Library) -> Row | None:
    """The line of an area; None where nothing of it is overdue.

    Args:
        area: the duty room's area.
        found: what the area's plans ask for in quiet times, as it stands today.
        library: the plans, for their names.
    """
    late = sorted((one for one in found if one.status == "overdue" and one.due), key=lambda one: (one.due, one.id))
    if not late:
        return None
    items = [
        {
            "label": one.label, "plan": one.plan, "plan_label": library.packs[one.plan].plan.short, "clause": list(one.clause),
            "due": one.due.isoformat() if one.due else None, "by": list(one.owed_by),
        }
        for one in late
    ]  # fmt: skip
    few = "；".join(f"{one['plan_label']}{one['label']}" for one in items[:_FEW])
    data = {
        "incident": "", "room": area, "title": "平时事项", "duty": KIND, "kind": KIND, "kind_label": "演练与修订",
        "label": f"演练与修订逾期 {len(late)} 项：{few}{'等' if len(late) > _FEW else ''}", "plan": "", "clause": [], "by": [],
        "to": [], "incoming": False, "round": 1, "late": len(late), "within": "", "note": "", "items": items,
    }  # fmt: skip
    return Row(DUTIES, f"{KIND}/{area}", area, "missed", _end_of(late[0]), data)


def _end_of(one: Obligation) -> datetime | None:
    """When its day is over."""
    return datetime.combine(one.due + timedelta(days=1), time(), SHANGHAI) if one.due else None


def merged(
    rows: Iterable[Row], lines: Iterable[Row | None], before: datetime | None, limit: int, after: str
) -> tuple[Row, ...]:
    """A page of the board with such lines in their places.

    Args:
        rows: the page as the record has it.
        lines: the lines that may stand among them.
        before: only what is due before this moment.
        limit: at most so many.
        after: the `place` of the last line seen.
    """
    due, _, key = after.partition("|")
    seen = (not due, int(due or 0), key)
    found = [
        one for one in lines
        if one is not None and (before is None or (one.due is not None and one.due < before))
        and (not after or _place(one) > seen)
    ]  # fmt: skip
    return tuple(sorted((*rows, *found), key=_place)[:limit]) if found else tuple(rows)


def _place(row: Row) -> tuple[bool, int, str]:
    due, _, key = row.place.partition("|")
    return not due, int(due or 0), key
