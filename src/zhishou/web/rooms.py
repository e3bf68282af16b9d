"""Duty rooms as they are read: who is on duty, posts, shifts, hand-over, log, and what quiet times ask for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from zhishou.errors import RefusedError
from zhishou.plan.posts import admin_post, duty_post, plan_post, post_label, unit_post
from zhishou.watch.log import LogEntry
from zhishou.watch.state import Appointment, Delegation, Offer, Replacement, Shift, State, Watch
from zhishou.watch.upkeep import STATUSES, Obligation, upkeep
from zhishou.web.auth import Caller, Known
from zhishou.web.boards import Limit
from zhishou.web.commands import Area
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import names_in

rooms = APIRouter(prefix="/api/rooms", route_class=StrictRoute, tags=["rooms"])
RECENT = 400
"""Events of a room that one look into its log goes back."""


class RoomLine(BaseModel):
    """A duty room, in one line."""

    area: str
    label: str
    version: int
    on_watch: Watch | None
    on_roster: list[Shift]
    """Shifts that the roster has for this moment."""
    waiting: Offer | None
    """A hand-over that waits for its second signature."""


class Rooms(BaseModel):
    """The duty rooms that the caller sees."""

    rooms: list[RoomLine]


class RoomView(RoomLine):
    """A duty room with its posts and roster."""

    appointments: list[Appointment]
    delegations: list[Delegation]
    shifts: list[Shift]
    replacements: list[Replacement]
    watches: list[Watch]
    """The last ones, in order."""
    names: dict[str, str]


class PostTold(BaseModel):
    """A post that can be held."""

    post: str
    label: str
    held_by: list[str]
    """The offices that fill it under the plan."""


class Posts(BaseModel):
    """The posts that this duty room's administrator can appoint to."""

    posts: list[PostTold]


class Log(BaseModel):
    """A stretch of the duty log."""

    entries: list[LogEntry]
    earlier: int
    """Give it as `before` for what was written before; 0 where nothing was."""


class Upkeep(BaseModel):
    """What the plans ask for in quiet times."""

    obligations: list[Obligation]
    statuses: dict[str, str]


def seen_room(caller: Caller, area: str) -> State:
    """A duty room that the caller sees.

    Raises:
        RefusedError: it is not his.
    """
    if area not in caller.sight.areas:
        raise RefusedError(
            "您在这个值班室没有职务",
            where=caller.house.library.lexicon.areas[area].label
            if area in caller.house.library.lexicon.areas
            else area,
            mend="请该值班室的系统管理员任职",
            code="post",
        )
    return caller.house.desk.room(area)


def _line(caller: Caller, area: str, room: State) -> dict[str, Any]:
    now = caller.house.now()
    return {
        "area": area, "label": caller.house.library.lexicon.areas[area].label, "version": room.version,
        "on_watch": room.watch, "waiting": room.offer,
        "on_roster": [one for one in room.shifts.values() if one.since <= now < one.until],
    }  # fmt: skip


@rooms.get("")
def list_rooms(caller: Known) -> Rooms:
    """Duty rooms that the caller sees, with who is on duty now."""
    there = set(caller.house.desk.areas())
    found = [area for area in caller.sight.areas if area in there]
    return Rooms(rooms=[RoomLine(**_line(caller, area, caller.house.desk.room(area))) for area in found])


@rooms.get("/{area}")
def read_room(caller: Known, area: Area, response: Response) -> RoomView:
    """A duty room: posts held, delegations, roster, hand-over."""
    room = seen_room(caller, area)
    response.headers["ETag"] = f'"{room.version}"'
    appointments = list(room.appointments.values())
    return RoomView(
        **_line(caller, area, room), appointments=appointments, delegations=list(room.delegations.values()),
        shifts=sorted(room.shifts.values(), key=lambda one: one.since)[-400:],
        replacements=list(room.replacements.values()), watches=list(room.watches[-40:]),
        names=names_in([one.post for one in appointments], caller.house.library),
    )  # fmt: skip


@rooms.get("/{area}/posts")
def list_posts(caller: Known, area: Area) -> Posts:
    """Posts to which people can be appointed here, as the plans have them."""
    seen_room(caller, area)
    library = caller.house.library
    found = {key: PostTold(post=key, label=post_label(key, library.packs, library.lexicon), held_by=[])
             for key in (duty_post(area), admin_post(area))}  # fmt: skip
    for pack in library.packs.values():
        if pack.plan.area != area:
            continue
        for id_ in ("headquarters", "office"):
            key = plan_post(pack.id, id_)
            found[key] = PostTold(post=key, label=post_label(key, library.packs, library.lexicon), held_by=[])
        held = {one.id: list(one.held_by) for one in pack.organisation.posts}
        for id_ in (*held, *(group.id for group in pack.organisation.groups)):
            key = plan_post(pack.id, id_)
            label = post_label(key, library.packs, library.lexicon)
            found[key] = PostTold(post=key, label=label, held_by=held.get(id_, []))
    within = [one for one in library.lexicon.areas if area in library.lexicon.upward(one)]
    for id_, unit in library.lexicon.organisations.items():
        if unit.kind != "role" and not unit.parts and (not unit.area or unit.area in within):
            found[unit_post(id_)] = PostTold(post=unit_post(id_), label=unit.label, held_by=[])
    return Posts(posts=list(found.values()))


@rooms.get("/{area}/log")
def read_log(
    caller: Known, area: Area, before: Annotated[int, Query(ge=0, le=10**9)] = 0, limit: Limit = 100
) -> Log:  # fmt: skip
    """The duty log, the latest stretch unless another is asked for; corrected entries stay where they were."""
    room = seen_room(caller, area)
    end = before - 1 if before else room.version
    start = max(0, end - RECENT)
    found = [one for one in caller.house.desk.log(area, start) if _number(one) <= end]
    last = sorted(found, key=_number)[-limit:]
    if len(last) < len(found):
        start = _number(last[0]) - 1
    kept = {one.id for one in last}
    shown = [
        replace(one, corrected_by=room.corrected_by(one.id) or one.corrected_by) for one in found if one.id in kept
    ]
    return Log(entries=shown, earlier=start + 1 if start else 0)


def _number(entry: LogEntry) -> int:
    """Where an entry stands in the room's stream; its id says so."""
    return int(entry.id[1:])


@rooms.get("/{area}/upkeep")
def read_upkeep(caller: Known, area: Area, on: Annotated[date | None, Query()] = None) -> Upkeep:
    """What the plans of the area ask for in quiet times, as it stands today or on another day."""
    room = seen_room(caller, area)
    day = on or caller.house.now().date()
    if not 2000 <= day.year <= 2100:
        raise RefusedError("日期超出了 2000 至 2100 年", where="on", mend="核对年份", code="time")
    packs = [pack for pack in caller.house.library.packs.values() if pack.plan.area == area]
    found = [one for pack in packs for one in upkeep(pack, room.records.values(), day)]
    return Upkeep(obligations=found, statuses=dict(STATUSES))
