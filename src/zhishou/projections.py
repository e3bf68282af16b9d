"""Screens as lines kept beside the record: what each event changes on the incident, task, duty and suggestion boards.

Pure: lines follow from an incident before and after. They are written with the events in one transaction, and can be made
anew from zero at any time (`desk.rebuild`), so nothing rests on them that the record does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from zhishou.incident.deadlines import KINDS, next_due
from zhishou.incident.state import Active, Assessed, Duty, Incident, Signed, Task
from zhishou.journal import Row
from zhishou.watch.reminding import Reminder, listed, to_come
from zhishou.watch.state import Delegation, State
from zhishou.watch.words import REMINDERS

INCIDENTS = "incidents"
TASKS = "tasks"
DUTIES = "duties"
SUGGESTIONS = "suggestions"
BOARDS = (INCIDENTS, TASKS, DUTIES, SUGGESTIONS)

RUNNING = "running"
"""State of a duty's line whose time has not passed, or will come again."""

WAITING = "waiting"
"""State of a line that nobody is shown yet: when the desk must look at a duty room again."""

STANDING = "standing-"
"""An area's standing file is an incident of this id; it is on no board but the suggestions'."""


def rows(before: Incident, after: Incident) -> Iterator[Row]:
    """The lines that change between two states of one incident."""
    yield from _suggestions(before, after)
    if after.id.startswith(STANDING):
        return
    yield _incident(after)
    for id_, task in after.tasks.items():
        if before.tasks.get(id_) is not task:
            yield _task(after, id_, task)
    for id_, duty in after.duties.items():
        if before.duties.get(id_) is not duty:
            yield _duty(after, id_, duty)


def _incident(state: Incident) -> Row:
    active = [_active(key, one) for key, one in state.active.items()]
    waiting = [
        {"id": id_, "label": one.label, "change": one.change, "since": one.proposed.at.isoformat()}
        for id_, one in state.proposals.items()
        if one.status == "open"
    ]
    lists = [
        {"id": id_, "status": one.status} for id_, one in state.cut_lists.items() if one.status in {"draft", "signed"}
    ]
    owed = [duty for duty in state.duties.values() if duty.status in {"open", "missed"}]
    data: dict[str, Any] = {
        "title": state.title,
        "subject": state.subject,
        "place": state.place,
        "where": state.where,
        "version": state.version,
        "opened": _text(state.opened),
        "occurred": _text(state.occurred),
        "plans": list(state.plans),
        "active": active,
        "waiting": waiting,
        "lists": lists,
        "commanded_by": dict(state.commanded_by),
        "tasks": sum(task.status in {"issued", "accepted", "refused"} for task in state.tasks.values()),
        "late": sum(duty.status == "missed" for duty in owed),
        "owed": len(owed),
        "casualties": dict(state.casualties),
        "superior": state.superior,
        "origin": state.origin,
    }
    return Row(INCIDENTS, state.id, state.area, state.status, next_due(state) if state.status == "open" else None, data)


def _active(key: str, one: Active) -> dict[str, Any]:
    plan, _, ladder = key.partition("|")
    return {
        "plan": plan, "ladder": ladder, "level": one.level, "label": one.label, "colour": one.colour,
        "since": one.since.isoformat(),
    }  # fmt: skip


def _task(state: Incident, id_: str, task: Task) -> Row:
    data = {
        "incident": state.id, "title": state.title, "task": id_, "text": task.text, "plan": task.plan,
        "by": list(task.by), "posts": list(task.posts), "clause": list(task.clause), "measure": task.measure,
        "note": task.note, "issued": _signed(task.issued), "last": _signed(task.last),
    }  # fmt: skip
    return Row(TASKS, f"{state.id}/{id_}", state.area, task.status, task.due, data)


def _duty(state: Incident, id_: str, duty: Duty) -> Row:
    data = {
        "incident": state.id, "title": state.title, "duty": id_, "kind": duty.kind,
        "kind_label": KINDS.get(duty.kind, duty.kind), "label": duty.label, "plan": duty.plan,
        "clause": list(duty.clause), "by": list(duty.by), "to": list(duty.to), "incoming": duty.incoming,
        "round": duty.round, "late": duty.late, "within": duty.within, "note": duty.note,
    }  # fmt: skip
    return Row(DUTIES, f"{state.id}/{id_}", state.area, _standing_of(duty), duty.due, data)


def _standing_of(duty: Duty) -> str:
    """Whether its time may still pass: one that recurs runs on after it was missed."""
    if duty.status in {"open", "missed"} and duty.due is not None and (duty.status == "open" or duty.every is not None):
        return RUNNING
    return duty.status


def _suggestions(before: Incident, after: Incident) -> Iterator[Row]:
    """Where the assessment says that a level is due which nobody has decided: what the office should look at."""
    for key, one in after.assessed.items():
        was, is_ = _suggested(before, key), _suggested(after, key)
        if is_ is not None and is_ != was:
            yield Row(
                SUGGESTIONS, f"{after.id}|{key}", after.area, "open", None, _told(after, one, after.active.get(key))
            )
        elif was is not None and is_ is None:
            yield Row(SUGGESTIONS, f"{after.id}|{key}", after.area, "", None, None)


def _suggested(state: Incident, key: str) -> tuple[Assessed, str] | None:
    one = state.assessed.get(key)
    active = state.active.get(key)
    if one is None or state.status != "open" or (one.level is None and (active is None or one.verdict != "not_met")):
        return None
    if active is not None and active.level == one.level:
        return None
    if any(
        p.status == "open" and f"{p.plan}|{p.ladder}" == key and p.level == one.level for p in state.proposals.values()
    ):
        return None
    return one, active.level if active else ""


def _told(state: Incident, one: Assessed, active: Active | None) -> dict[str, Any]:
    data = asdict(one) | {"at": one.at.isoformat(), "reasons": list(one.reasons)}
    return data | {
        "incident": "" if state.id.startswith(STANDING) else state.id,
        "title": state.title,
        "active": active.level if active else None,
        "active_label": active.label if active else "",
    }


def room_rows(before: State, after: State) -> Iterator[Row]:
    """The lines that change between two states of a duty room: its delegations, on the list of what falls due."""
    for id_, one in after.delegations.items():
        if before.delegations.get(id_) is not one:
            key, shown = f"watch/{after.area}/{id_}", listed(one)
            yield _delegation(key, after.area, one, shown) if shown else Row(DUTIES, key, after.area, "", None, None)
            coming = next(iter(to_come(one)), None)
            kept = {"incident": "", "room": after.area} if coming else None
            yield Row(
                DUTIES, f"{key}/next", after.area, WAITING if coming else "", coming.due if coming else None, kept
            )


def _delegation(key: str, area: str, one: Delegation, shown: Reminder) -> Row:
    missed = shown.what in one.reminded and shown.what == "unconfirmed"
    data = {
        "incident": "", "room": area, "title": "书面委托", "duty": one.id, "kind": "delegation", "kind_label": "书面委托",
        "label": f"{REMINDERS[shown.what]}：{one.holder_name}委托{one.name}（{one.document}）", "plan": "", "clause": [],
        "by": [one.holder_name], "to": [], "incoming": False, "round": 1, "late": int(missed), "within": "", "note": "",
        "posts": list(one.posts),
    }  # fmt: skip
    return Row(DUTIES, key, area, "missed" if missed else RUNNING, shown.due, data)


def _signed(one: Signed | None) -> dict[str, str] | None:
    return {"name": one.name, "post": one.post, "at": one.at.isoformat()} if one else None


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def last(found: Iterable[Row]) -> tuple[Row, ...]:
    """Of several lines with one board and key, the last."""
    return tuple({(row.board, row.key): row for row in found}.values())
