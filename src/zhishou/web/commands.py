"""One route for every command that people give to an incident or a duty room, made from the indexes of those rooms."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response

from zhishou.acts import Command, Moment
from zhishou.acts import ready as built
from zhishou.desk import BY_THE_DESK, Given, Kept
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.incident.authority import ANYONE, post_of
from zhishou.incident.context import Context
from zhishou.incident.facts import StateFacts
from zhishou.incident.index import COMMANDS, permitted
from zhishou.incident.opening import OpenIncident
from zhishou.plan.posts import duty_post
from zhishou.watch.commands import COMMANDS as ROOM_COMMANDS
from zhishou.web import numbers, sight
from zhishou.web.auth import Caller, Known
from zhishou.web.errors import of_error
from zhishou.web.strict import StrictRoute
from zhishou.web.telling import CommandDone, event_told

KEY = r"^[\x21-\x7e]+$"
Key = Annotated[
    str, Header(alias="Idempotency-Key", min_length=1, max_length=200, pattern=KEY, examples=["9f1c6a52-3b7e-4d18"])
]
Seen = Annotated[str | None, Header(alias="If-Match", max_length=24, pattern=r'^(\*|(W/)?"?\d{1,9}"?)$')]
HappenedAt = Annotated[Moment | None, Header(alias="X-Happened-At")]
Incident = Annotated[str, Path(max_length=80, pattern=r"^[\w.-]+$", examples=["jincheng-2026-0001"])]
Area = Annotated[str, Path(max_length=80, pattern=r"^[\w.-]+$", examples=["jincheng"])]


@cache
def routers() -> tuple[APIRouter, APIRouter]:
    """The routes of incidents and of duty rooms; they belong to no house, and making them takes a third of a second."""
    incidents = APIRouter(prefix="/api/incidents", route_class=StrictRoute, tags=["incidents"])
    incidents.add_api_route(
        "", _opening(), methods=["POST"], response_model=CommandDone, status_code=201, name=OpenIncident.name
    )
    for kind in COMMANDS.values():
        if kind not in BY_THE_DESK and kind is not OpenIncident:
            incidents.add_api_route(
                f"/{{id}}/{kind.name}", _giving(kind), methods=["POST"], response_model=CommandDone, name=kind.name
            )
    rooms = APIRouter(prefix="/api/rooms", route_class=StrictRoute, tags=["rooms"])
    for kind in ROOM_COMMANDS:
        if kind not in BY_THE_DESK:
            rooms.add_api_route(
                f"/{{area}}/{kind.name}", _keeping(kind), methods=["POST"], response_model=CommandDone, name=kind.name
            )
    ready(StateFacts)
    rooms.add_api_route(
        "/{area}/state_standing", state_standing, methods=["POST"], response_model=CommandDone, name="state_standing"
    )
    return incidents, rooms


def _opening() -> Callable[..., Any]:
    ready(OpenIncident)

    def open_incident(
        request: Request, response: Response, caller: Known, body: OpenIncident, key: Key,
        area: Annotated[str, Query(max_length=80, examples=["jincheng"])] = "", happened: HappenedAt = None,
    ) -> CommandDone:  # fmt: skip
        def give() -> Given:
            at_room, desk = area or own_room(caller), caller.house.desk
            room_of(caller, at_room)
            return desk.open(body, caller.actor, area=at_room, key=caller.key(key), at=happened, machine=caller.address)

        done = told(request, response, caller, OpenIncident.name, give)
        response.headers["Location"] = f"/api/incidents/{done.incident}"
        return done

    return open_incident


def own_room(caller: Caller) -> str:
    """The room at which somebody opens an incident: where he is on duty, else the only one he sees.

    Who sees none is sent to the main one, which refuses him with the clause that says who may.
    """
    on_duty = [area for area in caller.sight.areas if duty_post(area) in caller.actor.posts]
    for found in (on_duty, caller.sight.areas or caller.house.settings.areas[:1]):
        if len(found) == 1:
            return found[0]
    raise RefusedError(
        "没有写在哪个值班室登记", where="area", mend=f"加 area=地区编号，如 {caller.sight.areas[0]}", code="missing"
    )


def _giving(kind: type[Command]) -> Callable[..., Any]:
    def give(
        request: Request, response: Response, caller: Known, id: Incident, body: Any, key: Key,
        seen: Seen = None, happened: HappenedAt = None,
    ) -> CommandDone:  # fmt: skip
        def given() -> Given:
            desk = caller.house.desk
            for_him(caller, id, body)
            return desk.give(
                id, body, caller.actor, key=caller.key(key), expected=version(seen), at=happened,
                machine=caller.address,
            )  # fmt: skip

        return told(request, response, caller, kind.name, given)

    give.__annotations__["body"] = ready(kind)
    give.__name__ = kind.name
    return give


def ready(kind: type[Command]) -> type[Command]:
    """A command whose checks are built now: a server builds them at its start, and not while the first caller waits."""
    built(kind)
    return kind


def for_him(caller: Caller, id_: str, command: Command) -> None:
    """What everybody may do, everybody may do where he sees the incident; where he does not, he is told who may and no more.

    Raises:
        RefusedError: he does not see it, and holds no post that may give the command.
    """
    state = caller.house.desk.incident(id_)
    shown = caller.house.library
    if caller.sight.whole(state) or sight.part(state, caller.sight.marks, shown) is not None:
        return
    context = Context(caller.house.now(), state.area, shown.packs, shown.lexicon)
    try:
        who = permitted(command, state, context)
    except RefusedError:  # what there is in it is not for him to hear, nor what there is not
        raise out_of_sight(id_) from None
    if ANYONE in who.posts:
        raise out_of_sight(id_)
    post_of(caller.house.desk.within(caller.actor, state.area), who, command.label, context)


def out_of_sight(id_: str) -> RefusedError:
    """The refusal where somebody may not see an incident."""
    mend = "请由本地区值班室、预案指挥部办理，或由被下达任务的单位办理"
    return RefusedError("这个事件不在您的职权范围", where=id_, mend=mend, code="post")


def _keeping(kind: type[Command]) -> Callable[..., Any]:
    def keep(
        request: Request, response: Response, caller: Known, area: Area, body: Any, key: Key,
        seen: Seen = None, happened: HappenedAt = None,
    ) -> CommandDone:  # fmt: skip
        def kept() -> Kept:
            desk = caller.house.desk
            return desk.keep(
                area, body, caller.actor, key=caller.key(key), expected=version(seen), at=happened,
                machine=caller.address,
            )  # fmt: skip

        return told(request, response, caller, kind.name, kept)

    keep.__annotations__["body"] = ready(kind)
    keep.__name__ = kind.name
    return keep


def state_standing(
    request: Request, response: Response, caller: Known, area: Area, body: StateFacts, key: Key,
    happened: HappenedAt = None,
) -> CommandDone:  # fmt: skip
    """Facts that hold for an area whatever the incident."""

    def give() -> Given:
        desk = caller.house.desk
        if area not in desk.areas():
            raise RefusedError(
                "这个地区没有值班室", where=area, mend=f"现有：{'、'.join(desk.areas())}", code="missing"
            )
        return desk.state_standing(
            area, body.facts, caller.actor, key=caller.key(key), at=happened, machine=caller.address
        )

    return told(request, response, caller, "state_standing", give)


def room_of(caller: Caller, area: str) -> None:
    """Refuse an area that has no duty room in this record.

    Raises:
        NotFoundError: it has none.
    """
    there = caller.house.desk.areas()
    if area not in there:
        raise NotFoundError(f"“{area}”没有值班室", where="area", mend=f"现有：{'、'.join(there)}")


def version(seen: str | None) -> int | None:
    """The version that somebody has seen; None where it does not matter to him."""
    digits = re.sub(r"\D", "", seen or "")
    return int(digits) if digits else None


def told(
    request: Request, response: Response, caller: Caller, name: str, give: Callable[[], Given | Kept]
) -> CommandDone:
    """Give a command, count it, have the news go out, and say what became of it."""
    try:
        caller.may_give(name)
        given = give()
    except ZhishouError as error:
        numbers.COMMANDS.labels(name, of_error(error)[1].code).inc()
        raise
    numbers.COMMANDS.labels(name, "repeated" if given.repeated else "done").inc()
    request.app.state.hub.wake()
    response.headers["ETag"] = f'"{given.version}"'
    where: Mapping[str, str] = {"incident": given.incident} if isinstance(given, Given) else {"area": given.area}
    own = {f"incident/{where.get('incident')}", f"watch/{where.get('area')}"}
    events = [event_told(one, caller.house.library) for one in given.happened if one.stream in own]
    return CommandDone(**where, version=given.version, repeated=given.repeated, events=events)
