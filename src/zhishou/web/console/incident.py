"""One incident on one page: levels, assessment, decisions, tasks, deadlines, the scene, the story; live, and never over what is typed."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from zhishou.acts import Command
from zhishou.callout.league import course
from zhishou.desk.by_itself import BY_THE_DESK
from zhishou.errors import NotFoundError
from zhishou.incident.index import COMMANDS
from zhishou.incident.state import Incident as State
from zhishou.web import sight
from zhishou.web.auth import Caller
from zhishou.web.commands import Incident, for_him
from zhishou.web.console import alerts, calls, papers, telling
from zhishou.web.console.at_stake import at_stake
from zhishou.web.console.commanding import CONFIRMED, Sheet, give, opened, sent
from zhishou.web.console.doing import ELSEWHERE, Deeds
from zhishou.web.console.entrance import onward
from zhishou.web.console.forms import reading
from zhishou.web.console.forms.asking import asked, button, chosen, packed, settled
from zhishou.web.console.forms.sources import About
from zhishou.web.console.incident_parts import parts
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.incidents import seen
from zhishou.web.may import may
from zhishou.web.telling import CommandDone

incident = APIRouter(route_class=PageRoute, include_in_schema=False)

Name = Annotated[str, Path(max_length=60, pattern=r"^[a-z_]+$")]
Whole = Annotated[Literal["", "whole"], Query(alias="story")]
NEXT = "_next"
"""The page to go back to."""
SHOWN = 200
"""Lines of the story on the page; more are one click away."""


@incident.get("/incidents/{id}")
def show(request: Request, caller: Visitor, id: Incident, story_: Whole = "") -> Response:
    """The incident."""
    view, state = seen(caller, id)
    deeds = Deeds(state, may(caller.house.desk.incident(id), caller), caller.house.library)
    lines = story(caller, state, view)
    return page(
        request, "incident.html", caller, here="incidents", view=view, state=state, deeds=deeds,
        papers=papers.of_incident(caller, state, view), alerts=alerts.of_incident(caller, state, view),
        story=lines if story_ else lines[:SHOWN], more=0 if story_ else max(0, len(lines) - SHOWN), calls=calls.lines(caller, state.id) if view == "whole" else [],
        **parts(caller, view, state),
    )  # fmt: skip


def story(caller: Caller, state: State, view: str) -> list[telling.Line]:
    """What happened, as the caller may see it, the latest first."""
    return _lines(caller, state, view, 0)


def _lines(caller: Caller, state: State, view: str, after: int) -> list[telling.Line]:
    """The story from a version on, the one way by which any of it is shown."""
    house = caller.house
    happened = house.desk.story(state.id, after)
    if view != "whole":
        whole = house.desk.incident(state.id)
        all_ = sight.addressed(whole, house.library)
        happened = tuple(
            one for one in happened if caller.sight.sees(sight.of_entry(one.event.model_dump(mode="json"), whole, all_))
        )
    lines = telling.story(happened, house.desk.incident(state.id), house.library)
    if view != "whole":
        return lines
    called = [
        telling.Line(0, one.at, one.at, one.text, "", "", "") for one in reversed(course(house.callout.of(state.id)))
    ]
    return sorted([*lines, *called], key=lambda one: one.recorded, reverse=True)


def away(request: Request, where: str) -> Response:
    """To another page, from a panel or from the page itself."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def back_to(given: Any, id_: str) -> str:
    """The page that a form goes back to: where it was opened from, else the incident."""
    return onward(str(given)) if given else f"/incidents/{id_}"


def kind_of(name: str) -> type[Command]:
    """A command that people give to incidents, by its name.

    Raises:
        NotFoundError: there is none.
    """
    kind = COMMANDS.get(name)
    if kind is None or kind in BY_THE_DESK or name == "open_incident":
        raise NotFoundError("没有这个事项", where=name, mend="回到事件页面，从“办理”里选")
    return kind


@incident.get("/incidents/{id}/do/{name}")
def ask(request: Request, caller: Visitor, id: Incident, name: Name) -> Response:
    """The form of a command."""
    kind = kind_of(name)
    _, state = seen(caller, id)
    if name in ELSEWHERE:
        return away(request, ELSEWHERE[name].format(id=id))
    return _form(request, caller, state, opened(kind, state.version), dict(request.query_params))


@incident.post("/incidents/{id}/do/{name}")
def do(request: Request, caller: Visitor, form: Filled, id: Incident, name: Name) -> Response:
    """Give the command of a form."""
    kind = kind_of(name)
    view, state = seen(caller, id)
    house = caller.house
    sheet = sent(kind, form, state.version)
    answer = Response()

    def made() -> Command:
        settled_ = reading.about(form)
        fields = asked(kind, About(caller, state, settled_), _may(caller, state, name), form)
        labels = {one.name: "要素" if one.kind == "facts" else one.label for one in fields}
        return reading.command(kind, settled_ | reading.data(fields, form, house.library.lexicon), labels)

    def giving(command: Command, how: Any) -> Any:
        for_him(caller, id, command)
        return house.desk.give(id, command, caller.actor, **how)

    def would(command: Command) -> list[str]:
        return telling.would(house.desk.would(id, command, caller.actor), state, house.library, house.now())

    def since(version: int) -> list[str]:
        return telling.meanwhile(_lines(caller, state, view, version))

    done = give(request, answer, caller, sheet, made, giving, would, since)
    back = back_to(form.get(NEXT), id)
    made_page = _form(request, caller, state, sheet, {}) if done is None else _done(request, caller, id, done, back)
    for name_, value in answer.raw_headers:
        if name_ == b"set-cookie":
            made_page.raw_headers.append((name_, value))
    return made_page


def _may(caller: Caller, state: State, name: str) -> Any:
    return next(one for one in may(caller.house.desk.incident(state.id), caller) if one.command == name)


def _form(request: Request, caller: Caller, state: State, sheet: Sheet, wanted: dict[str, str]) -> Response:
    """The form, as it is opened or as it comes back; never about another thing than the one it was opened for."""
    kind = sheet.kind
    allowed = _may(caller, state, kind.name)
    deeds = Deeds(state, [allowed], caller.house.library)
    options, found = chosen(allowed.options, wanted)
    alone = found and len(options) == 1
    about = reading.about(sheet.typed) if sheet.typed is not None else settled(options[0]) if alone else {}
    only = settled(options[0]).keys() if options else ()
    shown = dict.fromkeys(only, "") | about
    fields = asked(kind, About(caller, state, shown if about else {}), allowed, sheet.typed, wanted)
    fields = [one for one in fields if one.name not in only]
    back = back_to(sheet.typed.get(NEXT) if sheet.typed is not None else wanted.get(NEXT), state.id)
    choices = list({packed(one): deeds.describe(one) for one in options if settled(one)}.items())
    first = options[0] if options and not about else None
    at_hand = next((one for one in options if settled(one) == about), first)
    whole = caller.sight.whole(caller.house.desk.incident(state.id))
    return page(
        request, "form.html", caller, status=sheet.status, here="incidents", state=state, sheet=sheet, fields=fields,
        stake=at_stake(caller, state, kind.name, about, whole=whole) if at_hand else None,
        title=button(kind), label=kind.label, confirmed=CONFIRMED, allowed=allowed, choices=choices, about=about,
        about_packed=packed(at_hand) if at_hand and about else "", acting=at_hand.post_label if at_hand else "",
        action=f"/incidents/{state.id}/do/{kind.name}", back=back, place=state.title,
        description=deeds.describe(at_hand) if at_hand and settled(at_hand) else "",
        gone=bool(about) and at_hand is None, strayed=bool(options) and not found,
    )  # fmt: skip


def _done(request: Request, caller: Caller, id_: str, done: CommandDone, back: str) -> Response:
    """It is done: what was recorded; beside the page, or on the page itself."""
    if back != f"/incidents/{id_}":
        return away(request, back)
    if request.headers.get("hx-request") != "true":
        return RedirectResponse(f"/incidents/{id_}?done={done.version}", 303)
    state = caller.house.desk.incident(id_)
    first = min((one.version for one in done.events), default=done.version + 1) - 1
    happened = caller.house.desk.story(id_, first)
    own = {one.version for one in done.events}
    lines = telling.story([one for one in happened if one.version in own], state, caller.house.library)
    return page(
        request, "done.html", caller, headers={"HX-Trigger": "news"}, done=done, back=f"/incidents/{id_}",
        lines=[one for one in lines[::-1] if one.sort != "quiet"],
    )  # fmt: skip
