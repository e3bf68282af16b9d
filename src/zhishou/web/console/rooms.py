"""Forms of a duty room's commands: posts, delegations, shifts, the log, upkeep. The same handler as for incidents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel

from zhishou.acts import Command
from zhishou.desk.by_itself import BY_THE_DESK
from zhishou.errors import NotFoundError
from zhishou.incident.state import Incident
from zhishou.watch.commands import COMMANDS, DelegatePosts, OfferShiftHandover
from zhishou.watch.holding import posts_of
from zhishou.web.auth import Caller
from zhishou.web.commands import Area, room_of
from zhishou.web.console.commanding import CONFIRMED, Sheet, give, opened, sent
from zhishou.web.console.desk_shown import due_items
from zhishou.web.console.entrance import onward
from zhishou.web.console.forms import reading
from zhishou.web.console.forms.asking import asked, button
from zhishou.web.console.forms.sources import About
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail
from zhishou.web.rooms import seen_room

rooms = APIRouter(route_class=PageRoute, include_in_schema=False)

BY_NAME = {kind.name: kind for kind in COMMANDS if kind not in BY_THE_DESK}
Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z_]+$")]
NEXT = "_next"
"""The page to go back to."""


class Allowed(BaseModel):
    """What the form's template asks of a command; a room refuses when it is given."""

    may: bool = True
    weighty: bool = False
    refused: ErrorDetail | None = None
    options: list[Any] = []


@rooms.get("/rooms/{area}/do/{name}")
def ask(request: Request, caller: Visitor, area: Area, name: Name) -> Response:
    """The form of a command."""
    kind = kind_of(name)
    room = caller.house.desk.room(area)
    if kind is not DelegatePosts or not posts_of(room, caller.account, caller.house.now()):
        seen_room(caller, area)  # his own post anybody may delegate
    return _form(request, caller, area, opened(kind, room.version), dict(request.query_params))


def kind_of(name: str) -> type[Command]:
    """A command of a duty room, by its name.

    Raises:
        NotFoundError: there is none.
    """
    if name not in BY_NAME:
        raise NotFoundError("没有这个事项", where=name, mend="回到值班台再选")
    return BY_NAME[name]


@rooms.post("/rooms/{area}/do/{name}")
def do(request: Request, caller: Visitor, form: Filled, area: Area, name: Name) -> Response:
    """Give the command of a form."""
    kind = kind_of(name)
    room_of(caller, area)
    house = caller.house
    sheet = sent(kind, form, house.desk.room(area).version)
    answer = Response()

    def made() -> Command:
        settled = reading.about(form)
        fields = asked(kind, _about(caller, area, settled), None, form)
        data = settled | reading.data(fields, form, house.library.lexicon)
        if kind is OfferShiftHandover:
            data["due_items"] = [one.model_dump(mode="json") for one in due_items(caller, area)]
        if "person_name" in kind.model_fields and data.get("person") and not data.get("person_name"):
            data["person_name"] = house.gate.accounts.get(str(data["person"])).name
        return reading.command(kind, data, {one.name: one.label for one in fields})

    def giving(command: Command, how: Any) -> Any:
        return house.desk.keep(area, command, caller.actor, **how)

    def since(version: int) -> list[str]:
        if area not in caller.sight.areas:
            return []
        return [f"{one.occurred:%H:%M} {one.text}" for one in house.desk.log(area, version)]

    done = give(request, answer, caller, sheet, made, giving, lambda _: [], since)
    back = _back(form)
    if done is None:
        shown = _form(request, caller, area, sheet, {NEXT: back})
    elif request.headers.get("hx-request") == "true":
        shown = Response(status_code=204, headers={"HX-Redirect": back})
    else:
        shown = RedirectResponse(back, 303)
    shown.raw_headers.extend(one for one in answer.raw_headers if one[0] == b"set-cookie")
    return shown


def _back(form: Any) -> str:
    return onward(form.get(NEXT) or "/desk")


def _about(caller: Caller, area: str, settled: dict[str, Any]) -> About:
    return About(caller, Incident("", area=area, place=area), settled)


def _form(request: Request, caller: Caller, area: str, sheet: Sheet, wanted: dict[str, str]) -> Response:
    kind = sheet.kind
    about = reading.about(sheet.typed) if sheet.typed is not None else {}
    fields = [
        one for one in asked(kind, _about(caller, area, about), None, sheet.typed, wanted) if one.name != "person_name"
    ]
    back = onward((sheet.typed.get(NEXT) if sheet.typed is not None else wanted.get(NEXT)) or "/desk")
    return page(
        request, "form.html", caller, status=sheet.status, here="desk", state=Incident(""), sheet=sheet, fields=fields,
        title=button(kind), label=kind.label, allowed=Allowed(), choices=[], about=about, about_packed="", acting="",
        action=f"/rooms/{area}/do/{kind.name}", back=back, place=caller.house.library.lexicon.areas[area].label,
        description="", confirmed=CONFIRMED, stake=None, gone=False, strayed=False,
    )  # fmt: skip
