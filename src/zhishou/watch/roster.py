"""Who is on watch, who should be, and where the roster leaves a gap.

The roster says who should come; the watch is with whoever signed last, until the next has signed. It stands alone
because the two are asked together and must never be taken for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import chinese_calendar

from zhishou.supply.forecast.almanac import almanac
from zhishou.watch.state import Shift, State, Watch
from zhishou.watch.words import ShiftRole

EARLY = timedelta(hours=2)
"""Whoever takes the watch up to this long before his planned shift takes it for that shift."""


def on_duty(state: State, at: datetime) -> Watch | None:
    """Who was on watch at a moment; None before the room's first watch."""
    return next((one for one in reversed(state.watches) if one.since <= at), None)


def planned(state: State, at: datetime, role: ShiftRole = "chief") -> Shift | None:
    """The shift of a role that the roster has at a moment; None where it has none."""
    return next((one for one in state.shifts.values() if one.role == role and one.since <= at < one.until), None)


def shift_of(state: State, person: str, at: datetime) -> str:
    """The planned shift for which a person takes the watch at a moment; empty where the roster has none for him."""
    fitting = [
        one
        for one in state.shifts.values()
        if one.person == person and one.role != "leader" and one.since - EARLY <= at < one.until
    ]
    # In the two hours before a second shift of the same person, the one that runs already is meant.
    return min(fitting, key=lambda one: (one.since > at, one.since)).id if fitting else ""


@dataclass(frozen=True, slots=True)
class Late:
    """A planned shift has begun and the watch is still with somebody else."""

    shift: Shift
    watch: Watch | None
    """Who is on watch; None where the room never had a watch."""
    since: datetime
    """When the shift should have begun."""


def late(state: State, now: datetime) -> Late | None:
    """The hand-over that is late at a moment; None where the roster is kept or has nothing to say."""
    shift = planned(state, now)
    if shift is None or state.on_watch(shift.person):
        return None
    return Late(shift, state.watch, shift.since)


def gaps(state: State, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The stretches between two moments for which the roster has no chief of the watch, in order."""
    covered = start
    for shift in sorted(
        (one for one in state.shifts.values() if one.role == "chief" and one.until > start and one.since < end),
        key=lambda one: one.since,
    ):
        if shift.since > covered:
            yield covered, shift.since
        covered = max(covered, shift.until)
    if covered < end:
        yield covered, end


@dataclass(frozen=True, slots=True)
class DayMark:
    """What a day is on the calendar of rest days."""

    day: date
    label: str
    """工作日, 休息日, 调休上班, or the name of the holiday."""
    rest: bool
    estimated: bool
    """True where the State Council's notice for the year is not known to the calendar yet."""


def day_mark(day: date) -> DayMark:
    """What a day is, so that a roster can be shared out fairly over holidays."""
    marks = almanac((day,))
    rest, estimated = bool(marks.off[0]), bool(marks.estimated[0])
    if not estimated:
        named = chinese_calendar.get_holiday_detail(day)[1]
        if rest and named:
            return DayMark(day, chinese_calendar.Holiday(named).chinese, rest, estimated)
        if not rest and day.weekday() >= 5:
            return DayMark(day, "调休上班", rest, estimated)
    return DayMark(day, "休息日" if rest else "工作日", rest, estimated)
