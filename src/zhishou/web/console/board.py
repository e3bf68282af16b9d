"""The board (态势): what waits for me, what falls due, what is under way, gas tonight, who is on duty. All on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from zhishou.callout.league import Counted, counted
from zhishou.desk.overdue import KIND as UPKEEP
from zhishou.errors import ZhishouError
from zhishou.web.auth import Caller
from zhishou.web.boards import list_duties, list_incidents, list_suggestions, list_tasks
from zhishou.web.console.board_ahead import table
from zhishou.web.console.board_waiting import waiting
from zhishou.web.console.county_map import counties, outlines
from zhishou.web.console.my_calls import waiting_calls
from zhishou.web.console.pages import page
from zhishou.web.console.supply_now import SupplyNow, amount, supply_now
from zhishou.web.console.visiting import PageRoute, Visitor
from zhishou.web.console.week_ahead import at_hand, has_tables
from zhishou.web.errors import of_error
from zhishou.web.rooms import list_rooms
from zhishou.web.sight import area_of
from zhishou.web.telling import RowTold

board = APIRouter(route_class=PageRoute, include_in_schema=False)

SOON = timedelta(hours=12)
"""What falls due later is not for tonight."""
INCIDENTS, DUTIES, TASKS = 40, 40, 40
"""Lines shown at most; more are one click away."""
NAMED = 6
"""Units named of those whose returns are missing."""


@dataclass(frozen=True, slots=True)
class Due:
    """Something that is owed: a report, a task."""

    incident: str
    title: str
    what: str
    who: str
    due: datetime | None
    late: bool
    clause: tuple[str, ...]
    anchor: str
    room: str = ""
    """The area, of returns that are missing."""

    @property
    def href(self) -> str:
        """Where it is seen to: an incident, the returns, or the duty desk for a duty room's own matter."""
        if self.room:
            return f"/supply?area={self.room}"
        if self.incident:
            return f"/incidents/{self.incident}#{self.anchor}"
        return "/desk/upkeep" if self.anchor == UPKEEP else "/desk"


@board.get("/")
def show(request: Request, caller: Visitor) -> Response:
    """The board."""
    return page(request, "board.html", caller, here="board", **content(caller))


def content(caller: Caller) -> dict[str, Any]:
    """Everything on the board, as the caller sees it."""
    house = caller.house
    found = list_incidents(caller, limit=INCIDENTS)
    names = dict(found.names)
    suggestions = list_suggestions(caller, limit=20)
    names |= suggestions.names
    active = {
        f"{one['plan']}|{one['ladder']}|{one['level']}" for row in found.rows for one in row.data.get("active") or ()
    }
    taken = active | {_key(row) for row in suggestions.rows if row.data["incident"]}
    open_ = [row for row in suggestions.rows if row.data["incident"] or _key(row) not in taken]
    supplies = [one for area in caller.sight.areas if (one := supply_now(house, area)) is not None]
    rooms = list_rooms(caller).rooms
    waits, mine = waiting(caller, found, rooms)
    return {
        "called": _called(caller, found.rows), "incidents": found, "names": names, "suggestions": open_,
        "waiting": waits, "mine": mine,
        "dues": owed(dues(caller, names), supplies, house.now()), "supply": supplies[0] if supplies else None, "amount": amount,
        "rooms": rooms, "counties": _map(caller, found.rows, supplies),
        "size": outlines()["size"], "nobody": not any(room.on_watch for room in rooms), "soon": SOON,
        "cuttable": any(one["ladder"] == "response" for row in found.rows for one in row.data.get("active") or ()),
    } | waiting_calls(caller) | ahead(caller, supplies[0].area if supplies else "")  # fmt: skip


def ahead(caller: Caller, area: str) -> dict[str, Any]:
    """The seven days ahead, if they are at hand; a board waits for nothing."""
    days, wrong = None, None
    waits = bool(area) and has_tables(caller.house, area)
    try:
        found = at_hand(caller.house, area) if waits else None
        days = table(found) if found else None
    except ZhishouError as error:
        wrong = of_error(error)[1]
    return {"days": days, "wrong": wrong, "waits": waits, "area": area}


def _called(caller: Caller, rows: list[RowTold]) -> dict[str, Counted]:
    """Of each incident of his duty rooms how many were called, have answered, have not."""
    own = [row.key for row in rows if area_of(row.key) in caller.sight.areas]
    return {id_: counted(calls) for id_, calls in caller.house.callout.by_incident(own).items()}


def _key(row: RowTold) -> str:
    return f"{row.data['plan']}|{row.data['ladder']}|{row.data['level']}"


def dues(caller: Caller, names: dict[str, str]) -> list[Due]:
    """What is late and what falls due, duties and tasks together."""
    now = caller.house.now()
    duties = list_duties(caller, before=now + SOON, limit=DUTIES)
    tasks = list_tasks(caller, limit=TASKS)
    names |= duties.names | tasks.names
    found = [_of_duty(row, now) for row in duties.rows if row.data["kind"] != "task"]
    return found + [_of_task(caller, row, now) for row in tasks.rows if row.due is not None and row.due <= now + SOON]


def owed(found: list[Due], supplies: list[SupplyNow], now: datetime) -> list[Due]:
    """Everything that is owed tonight, returns with it, the first due first; what quiet times left undone stands last, however late."""
    returns = [_of_returns(one, now) for one in supplies if one.missing]
    return sorted([*found, *returns], key=lambda one: (one.anchor == UPKEEP, one.due is None, one.due or now))


def _of_returns(one: SupplyNow, now: datetime) -> Due:
    late = one.due <= now
    who = "、".join(one.missing[:NAMED]) + (" 等" if len(one.missing) > NAMED else "")
    words = f"今晚报表{'迟报' if late else '未报'} {len(one.missing)} 家"
    return Due("", "", words, who, one.due, late, (), "returns", one.area)


def _of_duty(row: RowTold, now: datetime) -> Due:
    data = row.data
    what, _, who = str(data["label"]).partition("：")
    return Due(
        data["incident"], data["title"], what, who, row.due, row.state == "missed" or bool(row.due and row.due <= now),
        tuple(data["clause"]), UPKEEP if data["kind"] == UPKEEP else "duties",
    )  # fmt: skip


def _of_task(caller: Caller, row: RowTold, now: datetime) -> Due:
    data = row.data
    who = "、".join(_actor(caller, data["plan"], one) for one in data["by"])
    late = bool(row.due and row.due <= now)
    return Due(data["incident"], data["title"], data["text"], who, row.due, late, tuple(data["clause"]), "tasks")


def _actor(caller: Caller, plan: str, name: str) -> str:
    pack = caller.house.library.packs.get(plan)
    try:
        return pack.actor(name).label if pack else name
    except ZhishouError:
        return name


def _map(caller: Caller, rows: list[RowTold], supplies: list[SupplyNow]) -> Any:
    shown = outlines()["areas"]
    near = any(area in shown or "jincheng" in caller.house.library.lexicon.upward(area) for area in caller.sight.areas)
    return counties(caller.house.library, rows, supplies[0] if supplies else None) if near else []
