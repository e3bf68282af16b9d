"""Judging a draft: which of its figures may be used, which are held for a person, and what is merely told.

Every test compares a figure with what the reporter itself has reported lately, with what the system says its objects
can do, or with the other figures of the same return. A figure that fails is kept, not used, until a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from zhishou import clock
from zhishou.supply.returns import adding_up, level
from zhishou.supply.returns.held import Held, Key, key
from zhishou.supply.returns.lines import items
from zhishou.supply.returns.model import ITEMS, Value
from zhishou.supply.returns.reading.draft import Draft
from zhishou.supply.returns.roster import Roster

Recent = Mapping[tuple[str, str], tuple[tuple[date, float], ...]]
"""Item and object → the days and figures lately accepted, oldest first."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a return when it comes in."""

    at: datetime
    """When it was received."""
    gas_day: date | None = None
    """The gas day that is due; None: the one that runs at `at`."""
    oldest: int | None = 7
    """How many days back a return may still be for; None where old ones are brought in on purpose."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of a draft. Every figure of it is in `accepted` or in the values of one of `held`."""

    accepted: tuple[Value, ...]
    held: tuple[Held, ...]
    noted: tuple[Held, ...]


def gas_day_at(at: datetime, starts: str) -> date:
    """The gas day that runs at a moment, where gas days begin at `starts` (`08:00`)."""
    hour, minute = (int(part) for part in starts.split(":"))
    return (at - timedelta(hours=hour, minutes=minute)).date()


def check(draft: Draft, roster: Roster, recent: Recent, expected: Expected) -> Checked:
    """Judge a draft.

    Args:
        draft: as read.
        roster: the system's reporters and objects.
        recent: what this reporter has lately reported and had accepted.
        expected: when it came and which day is due.
    """
    held = [one for one in draft.problems if one.severity == "held"]
    noted = [one for one in draft.problems if one.severity == "noted"]
    values = _once(draft, roster, held, noted)
    alone: list[Held] = []
    for value in values:
        found = level.judged(value, roster, recent.get((value.item, value.of), ()))
        if found is not None:
            (alone if found.severity == "held" else noted).append(found)
    held += alone
    keyed = {key(one): one for one in values}
    for day, hours in adding_up.days_of_hours(keyed):
        found = level.judged(day, roster, recent.get((day.item, day.of), ()))
        if found is not None and found.severity == "held":
            held.append(replace(found, about=tuple(map(key, hours)), values=hours))
    bad = {about for one in held for about in one.about}
    held += adding_up.totals(keyed, bad, draft, roster)
    held += adding_up.allocations(keyed, bad, roster)
    held += adding_up.hours(keyed, roster)
    noted += level.stocks(keyed, roster, recent)
    held += _missing(keyed, {about for one in held for about in one.about}, draft, roster)
    whole = [*_whole(draft, roster, expected), *(one for one in held if one.whole)]
    noted += _late(draft, roster, expected) if not whole else ()
    unused = {about for one in held for about in one.about}
    accepted = tuple(one for one in values if key(one) not in unused)
    if whole:
        rest = [one for one in held if not one.whole]
        return Checked((), (*(replace(one, values=accepted) for one in whole), *rest), tuple(noted))
    return Checked(accepted, tuple(held), tuple(noted))


def _once(draft: Draft, roster: Roster, held: list[Held], noted: list[Held]) -> list[Value]:
    """The figures, each once: the same figure twice is told, two different ones for the same thing are held."""
    by_key: dict[Key, list[Value]] = {}
    for value in draft.values:
        by_key.setdefault(key(value), []).append(value)
    values = []
    for about, found in by_key.items():
        if len(found) > 1:
            sheet = found[0].place.split("!", 1)[0]
            place = "、".join(one.place.split("!", 1)[-1] for one in found)
            written = "、".join(_shown(one.amount) for one in found)
            label = roster.label(about[0], about[1])
            if len({one.amount for one in found}) > 1:
                message, mend = f"同一项报了 {len(found)} 个不同的数", "请核实以哪个为准，删去其余"
                twice = Held("twice", message, mend, "held", sheet, place, written, label, (about,), tuple(found))
                held.append(twice)
                continue
            noted.append(
                Held("repeated", "同一项报了两次，数相同", "", "noted", sheet, place, written, label, (about,))
            )
        values.append(found[0])
    return values


def _shown(amount: float | str) -> str:
    return amount if isinstance(amount, str) else f"{amount:.10g}"


def _whole(draft: Draft, roster: Roster, expected: Expected) -> Iterable[Held]:
    """What is wrong with the return as a whole: who sends it, and of which day."""
    figures = f"，其中 {len(draft.values) + draft.undated} 个数待定"
    if not draft.reporter:
        names = "、".join(one.label for one in roster.system.reporters)
        message = "名录里没有这个报送单位" if draft.reporter_written else "没有写报送单位"
        yield Held(
            "unknown_reporter", message + figures, f"请核实后用 --reporter 指明单位重新导入；名录有：{names}", "held",
            draft.sheet, draft.reporter_cell, draft.reporter_written, "报送单位", whole=True,
        )  # fmt: skip
    due = expected.gas_day or gas_day_at(expected.at, roster.system.gas_day_starts)
    day = draft.gas_day
    if day is None:
        yield Held(
            "date_unclear", f"{draft.day_problem or '没有写气日'}{figures}", f"请核实后用 --day 指明气日重新导入，应报气日是 {due}",
            "held", draft.sheet, draft.day_cell, draft.day_written, "气日", whole=True,
        )  # fmt: skip
        return
    if (wrong := _wrong_day(day, due, expected.oldest)) is not None:
        yield Held(
            "wrong_date", f"{wrong}{figures}", f"请核对气日，应报气日是 {due}；核实确是该日的，用 --day {due} 重新导入", "held", draft.sheet, draft.day_cell,
            draft.day_written or day.isoformat(), "气日", whole=True,
        )  # fmt: skip


def _wrong_day(day: date, due: date, oldest: int | None) -> str | None:
    if day <= due and (oldest is None or (due - day).days <= oldest):
        return None
    guess = ""
    if day.day <= 12 and abs((date(day.year, day.day, min(day.month, 28)) - due).days) <= 3:
        guess = "，疑似月、日颠倒"
    elif abs((clock.add_months(day, 12 * (due.year - day.year)) - due).days) <= 3:
        guess = "，疑似年份写错"
    if day > due:
        return f"气日 {day} 还没有到（晚于应报的 {due}）{guess}"
    return f"气日 {day} 过旧，早于应报的 {due} 共 {(due - day).days} 天{guess}"


def _late(draft: Draft, roster: Roster, expected: Expected) -> Iterable[Held]:
    due = expected.gas_day or gas_day_at(expected.at, roster.system.gas_day_starts)
    if draft.gas_day is not None and draft.gas_day < due:
        yield Held(
            "late_correction", f"报的是 {draft.gas_day}，早于应报的 {due}，按补报或更正登记", "", "noted", draft.sheet,
            draft.day_cell, draft.day_written, "气日",
        )  # fmt: skip


def _missing(keyed: Mapping[Key, Value], unclear: set[Key], draft: Draft, roster: Roster) -> Iterable[Held]:
    """Figures that the reporter owes and that are not there."""
    if not draft.reporter or draft.gas_day is None:
        return
    for row in roster.rows[draft.reporter]:
        for item in items(row.line):
            if not ITEMS[item].needed:
                continue
            of = row.of or draft.reporter
            day = draft.gas_day + timedelta(days=ITEMS[item].when == "expected")
            about: Key = (item, of, day, None)
            if about in keyed or about in unclear:
                continue
            if all((item, of, day, hour) in keyed for hour in range(24)):
                continue  # told by the hour instead
            column = "次日预计" if ITEMS[item].when == "expected" else "当日实际"
            yield Held(
                "missing", f"“{column}”没有填", "请补报；确实为零的填 0", "held", draft.sheet,
                label=roster.label(item, of), about=(about,),
            )  # fmt: skip
