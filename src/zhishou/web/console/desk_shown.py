"""What stands on the duty desk's pages: what is handed over by itself, telephones of all plans, who is called, what falls due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from zhishou.acts import Command
from zhishou.callout.self_test import SelfTests
from zhishou.desk.overdue import KIND as UPKEEP
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.pack import Pack
from zhishou.watch.authority import acting_post
from zhishou.watch.state import Delegation, Done, Shift, State
from zhishou.watch.upkeep import STATUSES, Obligation
from zhishou.watch.words import UPKEEP_KINDS, DueItem
from zhishou.web.auth import Caller
from zhishou.web.boards import list_duties, list_tasks
from zhishou.web.console.plans_shown import Phone, phones

SOON = timedelta(hours=12)
"""What falls due within the next watch is handed over by name."""
ITEMS = 100


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the telephone list."""

    unit: str
    phones: list[Phone]
    plans: list[str]
    withheld: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team, a stock or experts that plans name."""

    kind: str
    label: str
    by: str
    plan: str
    plan_id: str
    clause: tuple[str, ...]
    checked: date | None
    """When it was last checked, as far as recorded."""


def due_items(caller: Caller, area: str) -> list[DueItem]:
    """What falls due within the next watch, and what is late: it goes with the hand-over. What quiet times left undone comes last."""
    now = caller.house.now()
    duties = list_duties(caller, area=area, before=now + SOON, limit=ITEMS)
    tasks = list_tasks(caller, area=area, limit=ITEMS)
    owed = [row for row in duties.rows if row.data["kind"] not in {"task", UPKEEP}]
    quiet = [row for row in duties.rows if row.data["kind"] == UPKEEP]
    found, last = (
        [
            DueItem(text=f"{row.data['label']}（{row.data['title']}）", ref=str(row.data["incident"]), due=row.due)
            for row in rows
        ]
        for rows in (owed, quiet)
    )
    found += [
        DueItem(text=f"任务：{row.data['text']}（{row.data['title']}）", ref=str(row.data["incident"]), due=row.due)
        for row in tasks.rows if row.due is not None and row.due <= now + SOON
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.due is None, one.due or now)) + last


def may_keep(caller: Caller, state: State, kind: type[Command], **about: Any) -> bool:
    """Whether the caller may give a command to the room, by the same rule that refuses."""
    try:
        acting_post(state, kind.model_construct(**about), caller.actor, caller.house.now(), caller.house.library.packs)
    except (ZhishouError, AttributeError):  # a rule may ask for what only the filled-in form says
        return False
    return True


def near_packs(caller: Caller, area: str) -> list[Pack]:
    """The plans of an area, its own first, then those above it."""
    packs = caller.house.library.packs.values()
    return [pack for one in caller.house.library.lexicon.upward(area) for pack in packs if pack.plan.area == one]


def telephones(caller: Caller, area: str) -> list[Unit]:
    """Every duty line in the annexes of the area's plans, each unit once."""
    return list(phone_book(caller, area).values())


def phone_book(caller: Caller, area: str) -> dict[str, Unit]:
    """The same by organisation; by the name that the annex has where no organisation is known by it."""
    lexicon = caller.house.library.lexicon
    found: dict[str, Unit] = {}
    for pack in near_packs(caller, area):
        for one in pack.contacts.lists:
            for contact in one.contacts:
                known = lexicon.organisation(contact.unit, pack.plan.area)
                key = known or contact.unit
                label = lexicon.organisations[known].label if known else contact.unit
                unit = found.setdefault(key, Unit(label, [], [], contact.withheld))
                for phone in phones(pack, contact):
                    if phone.tel not in {old.tel for old in unit.phones}:
                        unit.phones.append(phone)
                if pack.plan.short not in unit.plans:
                    unit.plans.append(pack.plan.short)
    return found


def teams(caller: Caller, area: str, records: list[Done]) -> Iterator[Team]:
    """Teams, stocks and experts that the plans name, and when each was last checked."""
    labels = {
        "teams": "队伍",
        "stocks": "物资",
        "equipment": "装备",
        "transport": "运输",
        "medical": "医疗",
        "technique": "技术",
    }
    for pack in near_packs(caller, area):
        checked = _last(records, pack.id)
        for duty in pack.support.duties:
            if duty.kind in labels:
                by = "、".join(pack.actor(name).label for name in duty.by)
                for name in duty.teams or (duty.what,):
                    yield Team(labels[duty.kind], name, by, pack.plan.short, pack.id, tuple(duty.clause), checked)
        for base in pack.stocks.lists:
            yield Team(
                "物资",
                f"{base.unit}（{len(base.items)} 种）",
                base.unit,
                pack.plan.short,
                pack.id,
                tuple(base.clause),
                checked,
            )
        for expert in pack.organisation.experts:
            by = "、".join(pack.actor(name).label for name in expert.kept_by)
            what = "、".join(expert.fields or expert.duties)
            yield Team("专家", what, by, pack.plan.short, pack.id, tuple(expert.clause), checked)


def _last(records: list[Done], plan: str) -> date | None:
    mine = [
        one.on for one in records if one.plan == plan and not one.struck and {"stocks", "contacts"} & set(one.kinds)
    ]
    return max(mine, default=None)


def reporters(caller: Caller, area: str) -> list[tuple[str, str]]:
    """The reporters of an area's supply system, id and name; none where it has no system."""
    try:
        return [(one.id, one.label) for one in caller.house.desk.returns.system(area).reporters]
    except NotFoundError:
        return []


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that quiet times ask for, as it is shown."""

    one: Obligation
    kind: str
    status: str
    short: str
    days: int | None

    @property
    def what(self) -> str:
        """What it is; that it is a drill or the like stands before it already."""
        return self.one.label.removeprefix(f"{self.kind}：")


def owed(caller: Caller, area: str) -> list[Owed]:
    """What the plans ask for in quiet times, the overdue first."""
    packs, today = caller.house.library.packs, caller.house.now().date()
    return [
        Owed(one, UPKEEP_KINDS[one.kind], STATUSES[one.status], packs[one.plan].plan.short, one.days_left(today))
        for one in caller.house.desk.upkeep(area)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ContactTest:
    """The monthly test of channels and addresses, as a duty among the others."""

    last: date | None
    due: date
    days: int
    """Days until it is due, negative where it is late."""


def contact_test(caller: Caller, area: str) -> ContactTest | None:
    """When channels and addresses must be tested again; None where this desk does not keep the contact book, or it is empty."""
    house = caller.house
    if area != house.settings.areas[0]:
        return None
    last, due = SelfTests(house.book, lambda: house.channels, house.now).standing(house.now())
    return ContactTest(last, due, (due - house.now().date()).days) if due is not None else None


def shifts_ahead(room: State, now: Any) -> list[tuple[date, list[Shift]]]:
    """The roster from today on, day by day."""
    found: dict[date, list[Shift]] = {}
    for one in sorted(room.shifts.values(), key=lambda shift: shift.since):
        if one.until > now:
            found.setdefault(one.since.date(), []).append(one)
    return list(found.items())


def delegations(room: State, now: Any) -> list[tuple[Delegation, str]]:
    """Delegations that matter now, and how each stands in words."""
    found = []
    for one in room.delegations.values():
        if one.until <= now:
            continue
        words = (
            "已撤销"
            if one.revoked
            else "等委托人确认"
            if one.confirmed is None
            else "有效"
            if one.counts(now)
            else "未到时间"
        )
        found.append((one, words))
    return sorted(found, key=lambda pair: (pair[1] != "等委托人确认", pair[0].since))
