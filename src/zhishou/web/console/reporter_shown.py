"""What somebody who reports owes and was asked, wherever it stands: returns of tonight, tasks, directives, reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.clock import moment
from zhishou.incident.state import Directive, Duty, Incident, Report
from zhishou.incident.suppliers import names_of
from zhishou.supply.returns.held import Held
from zhishou.supply.returns.register import Entry
from zhishou.supply.system import Reporter
from zhishou.web import sight
from zhishou.web.auth import Caller
from zhishou.web.boards import list_incidents, list_tasks
from zhishou.web.console.desk_shown import Unit, near_packs
from zhishou.web.console.plans_shown import phones
from zhishou.web.console.supply import own_reporters
from zhishou.web.console.supply_now import HOUR
from zhishou.web.incidents import seen

INCIDENTS = 60
DUTY = ("值班", "应急局", "应急管理局")
"""What the annexes call those who answer at night."""


@dataclass(frozen=True, slots=True)
class Return:
    """Tonight's return of one reporter."""

    area: str
    reporter: Reporter
    day: Any
    due: datetime
    entry: Entry | None
    held: tuple[Held, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """A directive to be acknowledged."""

    incident: str
    title: str
    id: str
    unit: str
    directive: Directive
    due: datetime | None
    done: bool


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report that an incident's plan wants."""

    incident: str
    title: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Seen:
    """An incident of which the caller sees something, and what he has reported to it."""

    state: Incident
    reports: list[Report]


def posts_of(caller: Caller) -> frozenset[str]:
    """The keys of his posts, those delegated included."""
    return caller.actor.posts | frozenset(caller.actor.delegated)


def units_of(caller: Caller) -> dict[str, str]:
    """The organisations for which he speaks: id → name."""
    known = caller.house.library.lexicon.organisations
    mine = sorted(post.removeprefix("unit:") for post in posts_of(caller) if post.startswith("unit:"))
    return {one: known[one].label for one in mine if one in known}


def senders(caller: Caller, near: list[Seen]) -> list[str]:
    """In whose names he may report: his organisations', and those of suppliers that the incidents address."""
    names = [name for one in near for name in names_of(one.state, posts_of(caller))]
    return list(dict.fromkeys([*units_of(caller).values(), *names]))


def speaks(caller: Caller) -> bool:
    """Whether he holds a post in which he speaks for anybody: an organisation or a reporter of returns."""
    return any(post.startswith(("unit:", "reporter:")) for post in posts_of(caller))


def returns(caller: Caller) -> list[Return]:
    """Tonight's returns that he owes."""
    desk, found = caller.house.desk, []
    for area in caller.house.settings.supply:
        register, made = desk.returns.register(area), desk.returns.evening(area).made
        waiting = register.open(made)
        for one in own_reporters(caller, area):
            held = tuple(h for entry, h in waiting if entry.returned and entry.returned.reporter == one.id)
            found.append(Return(area, one, made, moment(f"{made}T{HOUR}"), register.current(one.id, made), held))
    return found


def tasks(caller: Caller) -> list[Any]:
    """Tasks that are his to answer for, what is due first on top."""
    mine = posts_of(caller)
    return [row for row in list_tasks(caller, limit=200).rows if mine & set(row.data.get("posts", ()))]


def incidents(caller: Caller) -> list[Seen]:
    """Open incidents of which he sees at least his part."""
    found, units, lexicon = [], set(units_of(caller)), caller.house.library.lexicon
    for row in list_incidents(caller, limit=INCIDENTS).rows:
        state = seen(caller, row.key)[1]
        own = units | {
            lexicon.organisation(name, state.area) or name for name in names_of(state, posts_of(caller))
        }  # fmt: skip
        found.append(Seen(state, [one for one in state.reports.values() if one.sender in own]))
    return found


def orders(caller: Caller, near: list[Seen]) -> list[Order]:
    """Directives addressed to him, those not acknowledged first."""
    library, mine, found = caller.house.library, caller.sight.marks, []
    for one in near:
        state = one.state
        marks = sight.addressed(state, library).directives
        for id_, directive in state.directives.items():
            if mine.isdisjoint(marks.get(id_, frozenset())):
                continue
            duty = state.duties.get(f"directive/{id_}")
            for unit in directive.to:
                if posts_of(caller) & _answering(caller, state, directive, unit):
                    done = unit in directive.acknowledged
                    found.append(Order(state.id, state.title, id_, unit, directive, duty.due if duty else None, done))
    return sorted(found, key=lambda order: (order.done, order.due is None, order.due or caller.house.now()))


def _answering(caller: Caller, state: Incident, directive: Directive, unit: str) -> frozenset[str]:
    from zhishou.incident.directives import answering_for  # noqa: PLC0415 - one question of one page

    pack = caller.house.library.packs.get(directive.plan)
    if pack is None:
        return frozenset(directive.posts.get(unit, ()))
    return frozenset(answering_for(directive, (unit,), pack, state).posts)


def owed(caller: Caller, near: list[Seen]) -> list[OwedReport]:
    """Reports that plans want of him and that have not come."""
    library, mine, found = caller.house.library, caller.sight.marks, []
    for one in near:
        marks = sight.addressed(one.state, library).duties
        found += [
            OwedReport(one.state.id, one.state.title, duty)
            for id_, duty in one.state.duties.items()
            if duty.incoming and duty.kind not in {"task", "directive"} and duty.status in {"open", "missed"}
            and mine & marks.get(id_, frozenset())
        ]  # fmt: skip
    return sorted(found, key=lambda one: (one.duty.due is None, one.duty.due or caller.house.now()))


def duty_lines(caller: Caller) -> list[Unit]:
    """Whom to ring at night, from the annexes of the area's plans: its duty room first, then its emergency office."""
    area, library = caller.house.settings.areas[0], caller.house.library
    found: dict[str, Unit] = {}
    for pack in near_packs(caller, area):
        if pack.plan.area != area:
            continue
        for contact in (one for listed in pack.contacts.lists for one in listed.contacts):
            known = library.lexicon.organisation(contact.unit, area)
            own = known is not None and library.lexicon.organisations[known].area == area
            if own and contact.phone and any(word in contact.unit for word in DUTY):
                found.setdefault(
                    str(known), Unit(contact.unit, phones(pack, contact), [pack.plan.short], withheld=False)
                )
    order = sorted(found.values(), key=lambda one: next(n for n, word in enumerate(DUTY) if word in one.unit))
    return order[:3]
