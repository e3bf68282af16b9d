"""What a plan asks for in quiet times, and by when: revision, drills, trainings, lists kept current, figures reached.

It stands alone because it depends on the pack, the record and the day, and on no incident. What the text demands
without a number (定期, 及时) is shown without a day; no day is made up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from zhishou import clock
from zhishou.plan.pack import Pack
from zhishou.plan.reporting import Target
from zhishou.plan.support import Exercise, SupportDuty
from zhishou.watch.state import Done
from zhishou.watch.words import UPKEEP_KINDS, UpkeepKind

Status = Literal["due", "overdue", "done", "no_date"]
STATUSES: dict[Status, str] = {
    "due": "未到期",
    "overdue": "逾期",
    "done": "本季已达到",
    "no_date": "原文没有写期限",
}


@dataclass(frozen=True, slots=True)
class Demand:
    """Something that a plan asks for in quiet times, whatever the day."""

    id: str
    """Stable as long as the clause is: `drill:6.10.3:1`."""
    kind: UpkeepKind
    label: str
    by: tuple[str, ...]
    """Who owes it, under the names the plan uses; empty where the text does not say."""
    clause: tuple[str, ...]
    every: str = ""
    """Its span where the text gives one: `24 months`, or `regularly` and the like."""
    by_day: str = ""
    """For a figure: the day of each heating season, `11-30`."""
    report_to: tuple[str, ...] = ()
    """To whom its summary goes."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Obligation:
    """A demand on a day: when it falls due, and what is on record."""

    id: str
    plan: str
    kind: UpkeepKind
    label: str
    owed_by: tuple[str, ...]
    """Labels of those who owe it; empty where the text does not say."""
    due: date | None
    """The day on which it falls due; None where the text gives none."""
    status: Status
    last: Done | None
    """The last time it was done, as far as recorded."""
    every: str
    report_to: tuple[str, ...]
    clause: tuple[str, ...]
    note: str

    def days_left(self, today: date) -> int | None:
        """Days until it falls due, negative where it is overdue; None where it has no day."""
        return None if self.due is None else (self.due - today).days


def upkeep(pack: Pack, records: Iterable[Done], today: date) -> tuple[Obligation, ...]:
    """What a plan asks for in quiet times, as it stands on a day; nothing where the plan is not in force.

    What recurs falls due one span after it was last done. Where nothing is on record, a revision is counted from the
    day of issue and all else from the day on which the plan came into force.
    """
    if not pack.in_force(today):
        return ()
    counting = [one for one in records if one.plan == pack.id and not one.struck and one.on <= today]
    return tuple(_standing(pack, demand, counting, today) for demand in demands(pack))


def _standing(pack: Pack, demand: Demand, records: list[Done], today: date) -> Obligation:
    mine = [one for one in records if demand.id in one.obligations]
    last = max(mine, key=lambda one: one.on) if mine else None
    status: Status
    if demand.by_day:
        due: date | None = clock.day_of_season(demand.by_day, today)
        reached = last is not None and clock.day_of_season("07-01", last.on) == clock.day_of_season("07-01", today)
        status = "done" if reached else _late(due, today)
    else:
        start = pack.plan.issued if demand.kind == "revision" else pack.plan.effective
        due = clock.later(last.on if last else start, demand.every)
        status = _late(due, today)
    past = pack.plan.scope.season_past(today) if demand.by_day else None
    notes = (
        demand.note,
        f"文件所指采暖季到 {past} 为止，是否继续执行请核实" if past else "",
        "由多家各自承担，这里只看最近一次记录" if _each(pack, demand) else "",
    )
    return Obligation(
        demand.id, pack.id, demand.kind, demand.label, tuple(pack.actor(name).label for name in demand.by), due, status,
        last, demand.every, demand.report_to, demand.clause, "；".join(filter(None, notes)),
    )  # fmt: skip


def _each(pack: Pack, demand: Demand) -> bool:
    """Whether many owe it severally, so that one record does not tell of the others."""
    owners = [pack.actor(name) for name in demand.by]
    if any(owner.kind == "body" and owner.id != "members" for owner in owners):
        return False  # the office and the like do it once, together with the others
    units = [pack.lexicon.organisations[owner.id] for owner in owners if owner.kind == "unit"]
    return any(owner.id == "members" for owner in owners) or any(unit.kind == "role" or unit.parts for unit in units)


def _late(due: date | None, today: date) -> Status:
    if due is None:
        return "no_date"
    return "overdue" if today > due else "due"


def demands(pack: Pack) -> tuple[Demand, ...]:
    """All that a plan asks for in quiet times, in the order: revision, figures, exercises, lists, recurring duties."""
    seen: dict[str, int] = {}

    def numbered(kind: UpkeepKind, clause: tuple[str, ...]) -> str:
        place = f"{kind}:{clause[0] if clause else ''}"
        seen[place] = seen.get(place, 0) + 1
        return f"{place}:{seen[place]}"

    found = [*_revision(pack), *map(_figure, pack.reporting.targets)]
    found += [_exercise(numbered(one.kind, one.clause), one) for one in pack.support.exercises]
    for duty in pack.support.duties:
        if (kind := _kind(duty)) is not None:
            found.append(_duty(numbered(kind, duty.clause), kind, duty))
    found += [
        Demand(
            numbered("stocks", listed.clause), "stocks", f"{listed.unit}物资清单（{len(listed.items)} 项）账物核对",
            (listed.unit,), listed.clause,
        )
        for listed in pack.stocks.lists
    ]  # fmt: skip
    return tuple(found)


def _revision(pack: Pack) -> Iterator[Demand]:
    if rule := pack.plan.revision:
        calls = f"遇有下列情形提前修订：{'、'.join(rule.triggers)}" if rule.triggers else ""
        yield Demand("revision", "revision", "修订预案", rule.by, rule.clause, rule.every or "", note=calls)


def _figure(target: Target) -> Demand:
    return Demand(
        f"target:{target.id}", "target", target.label, target.owner, target.clause, by_day=target.by, note=target.note
    )


def _exercise(id_: str, exercise: Exercise) -> Demand:
    whom = f"（对象：{'、'.join(exercise.who)}）" if exercise.who else ""
    label = f"{UPKEEP_KINDS[exercise.kind]}{'：' if exercise.what else ''}{exercise.what}{whom}"
    return Demand(
        id_, exercise.kind, label, exercise.by, exercise.clause, exercise.every or "", report_to=exercise.report_to
    )


def _kind(duty: SupportDuty) -> UpkeepKind | None:
    """What a support duty is in quiet times; None where it is none of their recurring work."""
    if duty.kind == "communications" and "office" in duty.by:
        return "contacts"  # the office's duty about communications is, in every plan, to keep the contact base current
    if duty.kind == "stocks" and "headquarters" not in duty.by:
        return "stocks"  # a headquarters moves stocks about in an incident; it keeps none
    return "duty" if duty.every else None


def _duty(id_: str, kind: UpkeepKind, duty: SupportDuty) -> Demand:
    return Demand(id_, kind, duty.what, duty.by, duty.clause, duty.every or "")
