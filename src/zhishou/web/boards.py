"""The boards: incidents, tasks, what falls due, suggestions; each line for whoever it concerns, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query

from zhishou.acts import Moment
from zhishou.errors import NotFoundError
from zhishou.incident.state import Incident
from zhishou.journal import Row
from zhishou.web import sight
from zhishou.web.auth import Caller, Known
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import Page, RowTold, lines_seen, page, row_told

boards = APIRouter(prefix="/api/boards", route_class=StrictRoute, tags=["boards"])

Limit = Annotated[int, Query(ge=1, le=500)]
After = Annotated[str, Query(max_length=300, pattern=r"^[^\x00-\x1f]*$")]
AreaFilter = Annotated[str, Query(max_length=80, description="只看这个地区；不写为看得见的全部地区。")]
States = Annotated[list[str] | None, Query(max_length=12, description="只看这些状态；不写为还没有办结的。")]


@boards.get("/incidents")
def list_incidents(
    caller: Known, state: States = None, area: AreaFilter = "", limit: Limit = 100, after: After = ""
) -> Page:
    """Incidents: open 处理中, closed 已归档, merged 已并案, refuted 不属实."""
    return page(*_incidents(caller, state or ("open",), area), limit, after, caller.house.library)


def open_incidents(caller: Caller, limit: int, after: str) -> list[RowTold]:
    """Open incidents as he sees them, after a place."""
    return lines_seen(*_incidents(caller, ("open",), ""), limit, after)[0]


def _incidents(
    caller: Caller, states: Sequence[str], area: str
) -> tuple[Callable[[int, str], Sequence[Row]], Callable[[Row], RowTold | None]]:
    """What gives lines of the incident board, and each line as he sees it."""
    desk, library = caller.house.desk, caller.house.library

    def keep(row: Row) -> RowTold | None:
        data = row.data or {}
        if caller.sight.sees(_marks(row, data.get("plans", ()))):
            return row_told(row)
        part = sight.part(desk.incident(row.key), caller.sight.marks, library)
        return None if part is None else row_told(row, _in_part(part, data))

    def fetch(size: int, place: str) -> Sequence[Row]:
        return desk.incidents(_areas(caller, area), states, limit=size, after=place)

    return fetch, keep


def _marks(row: Row, plans: Sequence[str]) -> frozenset[str]:
    return frozenset({sight.area_mark(row.area), *map(sight.plan_mark, plans)})


def _in_part(part: Incident, data: dict[str, Any]) -> dict[str, Any]:
    """The line for whom only something in it is addressed to."""
    kept = {name: data.get(name) for name in ("title", "subject", "place", "where", "version", "opened", "occurred")}
    open_tasks = sum(task.status in {"issued", "accepted", "refused"} for task in part.tasks.values())
    owed = [duty for duty in part.duties.values() if duty.status in {"open", "missed"}]
    late = sum(duty.status == "missed" for duty in owed)
    mine = [one for one in data.get("waiting") or () if one["id"] in part.proposals]
    return kept | {
        "waiting": mine, "plans": list(part.plans), "active": data.get("active"), "tasks": open_tasks, "owed": len(owed), "late": late,
    }  # fmt: skip


@boards.get("/tasks")
def list_tasks(
    caller: Known, state: States = None, area: AreaFilter = "", limit: Limit = 100, after: After = ""
) -> Page:
    """Tasks, what is due first on top: issued 已下达, accepted 已接受, refused 不能承担, done 已完成, cancelled 已撤销."""

    def keep(row: Row) -> RowTold | None:
        data = row.data or {}
        to = sight.here(data.get("posts", ()), row.area, caller.house.library)
        seen = caller.sight.sees(_marks(row, (data.get("plan", ""),)) | to)
        return row_told(row) if seen else None

    def fetch(size: int, place: str) -> Sequence[Row]:
        states = state or ("issued", "accepted", "refused")
        return caller.house.desk.tasks(_areas(caller, area), states, limit=size, after=place)

    return page(fetch, keep, limit, after, caller.house.library)


@boards.get("/duties")
def list_duties(
    caller: Known, state: States = None, area: AreaFilter = "", before: Annotated[Moment | None, Query()] = None,
    limit: Limit = 100, after: After = "",
) -> Page:  # fmt: skip
    """What falls due and what is late: running 计时中, missed 已逾期, open 没有写时限, met 已办, void 不再需要."""

    def fetch(size: int, place: str) -> Sequence[Row]:
        states = state or ("running", "missed", "open")
        return caller.house.desk.duties(_areas(caller, area), states, before=_at(before), limit=size, after=place)

    return page(fetch, _duty_seen(caller), limit, after, caller.house.library)


def _at(moment: datetime | None) -> datetime | None:
    return moment


def _duty_seen(caller: Caller) -> Callable[[Row], RowTold | None]:
    desk, library = caller.house.desk, caller.house.library
    read: dict[str, sight.Addressed] = {}

    def keep(row: Row) -> RowTold | None:
        data = row.data or {}
        if caller.sight.sees(_marks(row, (data.get("plan", ""),))):
            return row_told(row)
        if not (incident := str(data.get("incident", ""))):
            return None  # a duty room's own matter
        if incident not in read:
            read[incident] = sight.addressed(desk.incident(incident), library)
        audience = read[incident].duties.get(str(data.get("duty", "")), frozenset())
        return row_told(row) if caller.sight.sees(audience) else None

    return keep


@boards.get("/suggestions")
def list_suggestions(caller: Known, area: AreaFilter = "", limit: Limit = 100, after: After = "") -> Page:
    """Levels that the assessment calls for and nobody has decided."""

    def keep(row: Row) -> RowTold | None:
        return row_told(row) if caller.sight.sees(_marks(row, ((row.data or {}).get("plan", ""),))) else None

    def fetch(size: int, place: str) -> Sequence[Row]:
        return caller.house.desk.suggestions(_areas(caller, area), limit=size, after=place)

    return page(fetch, keep, limit, after, caller.house.library)


def _areas(caller: Caller, area: str) -> tuple[str, ...]:
    """The areas to look in: those he sees whole, and every room's where something may be addressed to his posts."""
    only_rooms = all(mark.startswith(("area:", "duty:", "admin:")) for mark in caller.sight.marks)
    found = caller.sight.areas if only_rooms else caller.house.desk.areas()
    if not area:
        return tuple(found)
    if area not in caller.house.library.lexicon.areas:
        raise NotFoundError(f"没有“{area}”这个地区", where="area", mend="核对地区编号")
    return (area,) if area in found else ()
