"""Incidents as they are read: one whole or the part addressed to the caller, its story, what the plans say of it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from zhishou.acts import Command
from zhishou.assess import report
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.facts import FactGiven
from zhishou.incident.state import Incident as State
from zhishou.web import sight
from zhishou.web.auth import Caller, Known
from zhishou.web.commands import Area, Incident, out_of_sight
from zhishou.web.may import CommandMay, may
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import EventTold, event_told, names_in

incidents = APIRouter(prefix="/api/incidents", route_class=StrictRoute, tags=["incidents"])
standing = APIRouter(prefix="/api/areas", route_class=StrictRoute, tags=["incidents"])


class IncidentView(BaseModel):
    """An incident as the caller sees it."""

    view: Literal["whole", "addressed"]
    """`addressed`: only what is addressed to the caller's posts."""
    version: int
    incident: State
    names: dict[str, str]
    """Chinese for the keys of posts, plans, organisations, facts and areas that stand in it."""


class Story(BaseModel):
    """What happened, in order."""

    events: list[EventTold]
    next: int | None = None
    """Give it as `after` for the next page; nothing on the last."""


class WhatIf(Command):
    """Facts as they might be."""

    model_config = ConfigDict(defer_build=False)

    facts: dict[str, FactGiven] = Field(max_length=200)


class May(BaseModel):
    """Which commands the caller may give now."""

    incident: str
    version: int
    commands: list[CommandMay]


def seen(caller: Caller, id_: str) -> tuple[Literal["whole", "addressed"], State]:
    """An incident as the caller sees it.

    Raises:
        NotFoundError: there is none.
        RefusedError: it is not for him.
    """
    state = caller.house.desk.incident(id_)
    if caller.sight.whole(state):
        return "whole", state
    part = sight.part(state, caller.sight.marks, caller.house.library)
    if part is None:
        raise out_of_sight(id_)
    return "addressed", part


def seen_whole(caller: Caller, id_: str) -> State:
    """An incident that the caller sees whole.

    Raises:
        NotFoundError: there is none.
        RefusedError: he does not.
    """
    view, state = seen(caller, id_)
    if view != "whole":
        raise out_of_sight(id_)
    return state


@incidents.get("/{id}")
def read_incident(caller: Known, id: Incident, response: Response) -> IncidentView:
    """The incident as it stands."""
    view, state = seen(caller, id)
    response.headers["ETag"] = f'"{state.version}"'
    return _view(caller, view, state)


def _view(caller: Caller, view: Literal["whole", "addressed"], state: State) -> IncidentView:
    found = IncidentView(view=view, version=state.version, incident=state, names={})
    names = names_in(found.model_dump(mode="json"), caller.house.library)
    return found.model_copy(update={"names": names})


@incidents.get("/{id}/story")
def read_story(
    caller: Known, id: Incident,
    after: Annotated[int, Query(ge=0, le=10**9)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> Story:  # fmt: skip
    """What happened to it, in order."""
    house = caller.house
    view, _ = seen(caller, id)
    happened = house.desk.story(id, after)
    if view != "whole":
        state = house.desk.incident(id)
        all_ = sight.addressed(state, house.library)
        happened = tuple(
            one for one in happened if caller.sight.sees(sight.of_entry(one.event.model_dump(mode="json"), state, all_))
        )
    events = [event_told(one, house.library) for one in happened[:limit]]
    return Story(events=events, next=events[-1].version if len(happened) > limit else None)


@incidents.get("/{id}/assessment")
def read_assessment(caller: Known, id: Incident) -> report.Report:
    """What its plans say of it now."""
    return _assessed(caller, id, {})


@incidents.post("/{id}/what_if")
def what_if(caller: Known, id: Incident, body: WhatIf) -> report.Report:
    """What its plans would say if some facts were others; nothing is recorded."""
    return _assessed(caller, id, body.facts)


def _assessed(caller: Caller, id_: str, facts: dict[str, FactGiven]) -> report.Report:
    state = seen_whole(caller, id_)
    found = caller.house.desk.assess(id_, facts or None)
    return report.Report(caller.house.now().isoformat(), state.area, found)


@incidents.get("/{id}/may")
def read_may(caller: Known, id: Incident) -> May:
    """Which commands the caller may give now, on what, and in which post."""
    seen(caller, id)
    state = caller.house.desk.incident(id)
    return May(incident=id, version=state.version, commands=may(state, caller))


@standing.get("/{area}/standing")
def read_standing(caller: Known, area: Area) -> IncidentView:
    """Facts that hold for the area whatever the incident, and what the plans say of them."""
    house = caller.house
    if area not in house.library.lexicon.areas:
        raise NotFoundError(f"没有“{area}”这个地区", mend="核对地区编号")
    if area not in caller.sight.areas:
        raise RefusedError("这个地区的常态要素不在您的职权范围", where=area, mend="请由该地区值班室查看", code="post")
    return _view(caller, "whole", house.desk.standing(area))
