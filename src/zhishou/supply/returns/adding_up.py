"""Whether the figures of one return agree with each other: totals, allocations of a source, hours of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from zhishou.supply.returns.held import Held, Key
from zhishou.supply.returns.lines import LINES
from zhishou.supply.returns.model import Value
from zhishou.supply.returns.reading.draft import Draft
from zhishou.supply.returns.roster import Roster
from zhishou.supply.units import HOURS_PER_DAY, RATE, VOLUME

SHARE, FLOOR = 0.005, 0.05
"""A sum may differ by half a percent or 0.05 万立方米, whichever is more: people round to one decimal."""

_TOTALS = {
    total: part
    for line in LINES.values()
    if line.total_of
    for total, part in (
        (line.actual, LINES[line.total_of].actual),
        (line.expected, LINES[line.total_of].expected),
    )
}
"""Item of a total → item of its parts."""


def near(first: float, second: float) -> bool:
    """Whether two sums agree within rounding."""
    return abs(first - second) <= max(FLOOR, SHARE * max(abs(first), abs(second)))


def totals(values: Mapping[Key, Value], bad: set[Key], draft: Draft, roster: Roster) -> Iterable[Held]:
    """Control totals that are not the sum of their parts.

    Which figure is wrong cannot be told, so the total and all its parts are held. Where a part is held already there is
    nothing to compare. A total is never more than a check: no fact rests on it.
    """
    for about, total in values.items():
        item, _, day, _ = about
        if item not in _TOTALS or isinstance(total.amount, str):
            continue
        part = _TOTALS[item]
        parts = [one for (what, _, when, hour), one in values.items() if what == part and when == day and hour is None]
        if not parts or any((what, when) == (part, day) for what, _, when, _ in bad):
            continue
        added = _added(parts)
        if near(added, total.amount):
            continue
        sheet, _, cell = total.place.partition("!")
        yield Held(
            "total_differs", f"{day}的合计与各项之和 {added:.10g} {RATE}相差 {abs(added - total.amount):.6g}（容许千分之五或 {FLOOR}）",
            f"请核对各项（{'、'.join(one.place.partition('!')[2] for one in parts)}）和合计公式的范围", "held", sheet, cell,
            f"{total.amount:.10g}", roster.label(item, draft.reporter),
            tuple((one.item, one.of, one.day, one.hour) for one in (total, *parts)), (total, *parts),
        )  # fmt: skip


def _added(parts: Iterable[Value]) -> float:
    return sum(one.amount for one in parts if not isinstance(one.amount, str))


def allocations(values: Mapping[Key, Value], bad: set[Key], roster: Roster) -> Iterable[Held]:
    """Allocations of a source that exceed what it can send: the allocations are held, the source's own figure is not."""
    by_source: dict[tuple[str, date], list[Value]] = {}
    for (item, of, _, hour), value in values.items():
        if item == "allocated" and hour is None and "|" in of:
            by_source.setdefault((of.split("|", 1)[1], value.day), []).append(value)
    for (source, day), parts in by_source.items():
        about: Key = ("available", source, day, None)
        available = values.get(about)
        if available is None or about in bad or isinstance(available.amount, str):
            continue
        added = _added(parts)
        if added <= available.amount or near(added, available.amount):
            continue
        sheet = parts[0].place.partition("!")[0]
        yield Held(
            "over_allocated", f"{day}各地分配合计 {added:.10g} {RATE}，超过可供 {available.amount:.10g} {RATE}",
            f"请核对分配量和可供气量（{available.place.partition('!')[2]}）", "held", sheet,
            "、".join(one.place.partition("!")[2] for one in parts), "、".join(f"{one.amount:.10g}" for one in parts),
            roster.label("available", source).replace("预计可供气量", "分配气量"),
            tuple((one.item, one.of, one.day, one.hour) for one in parts), tuple(parts),
        )  # fmt: skip


def days_of_hours(values: Mapping[Key, Value]) -> Iterable[tuple[Value, tuple[Value, ...]]]:
    """The days that are told by 24 hours alone: what they come to, standing where the first hour stands, and the hours."""
    for (item, of, day, hour), first in values.items():
        if hour != 0 or (item, of, day, None) in values:
            continue
        parts = [values[about] for at in range(HOURS_PER_DAY) if (about := (item, of, day, at)) in values]
        if len(parts) == HOURS_PER_DAY:
            yield replace(first, hour=None, amount=_added(parts)), tuple(parts)


def hours(values: Mapping[Key, Value], roster: Roster) -> Iterable[Held]:
    """Hours that are not all there, or that do not add up to the day: the hours and the day are held."""
    by_day: dict[tuple[str, str, date], list[Value]] = {}
    for (item, of, _, hour), value in values.items():
        if hour is not None:
            by_day.setdefault((item, of, value.day), []).append(value)
    for (item, of, day), parts in by_day.items():
        whole = values.get((item, of, day, None))
        added = _added(parts)
        amount = whole.amount if whole is not None and not isinstance(whole.amount, str) else None
        if len(parts) == HOURS_PER_DAY and (amount is None or near(added, amount)):
            continue
        if len(parts) < HOURS_PER_DAY:
            message = f"只填了 {len(parts)} 个小时，缺 {HOURS_PER_DAY - len(parts)} 个"
            mend = "请填满 24 小时，或全部留空"
            held = parts  # the day's own figure stands
        else:
            assert amount is not None  # noqa: S101 - otherwise the hours alone would do
            message = f"24 小时之和 {added:.10g} {VOLUME}，与日量 {amount:.10g} {RATE}对不上"
            slip = near(added, amount * HOURS_PER_DAY)
            mend = "疑似每小时都填了日量，应除以 24" if slip else "请核对分时量与日量"
            held = [*parts, whole] if whole is not None else parts
        sheet = parts[0].place.partition("!")[0]
        ordered = sorted(parts, key=lambda one: one.hour or 0)
        span = f"{ordered[0].place.partition('!')[2]}:{ordered[-1].place.partition('!')[2]}"
        yield Held(
            "hours_differ", message, mend, "held", sheet, span, "、".join(f"{one.amount:.10g}" for one in ordered),
            roster.label(item, of), tuple((one.item, one.of, one.day, one.hour) for one in held), tuple(held),
        )  # fmt: skip
