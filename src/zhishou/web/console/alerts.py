"""Public warnings on the console: the message of a decided warning, looked at twice before it leaves; foreign ones that wait."""

from __future__ import annotations

import secrets
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou import clock
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.incident.state import Incident as State
from zhishou.paper.cap.alerting import IssueAlert, SettleWarning, Words
from zhishou.paper.cap.notices import Notice
from zhishou.paper.cap.places import places
from zhishou.paper.cap.values import STATUS_LABELS
from zhishou.web.alerts import counted, issued, warning_told
from zhishou.web.auth import Caller
from zhishou.web.commands import Area, Incident
from zhishou.web.console.pages import page
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.incidents import seen_whole
from zhishou.web.rooms import seen_room

alerts = APIRouter(route_class=PageRoute, include_in_schema=False)

SEVERITIES = {"Extreme": "特别严重", "Severe": "严重", "Moderate": "较重", "Minor": "一般", "Unknown": "未写明"}
URGENCIES = {
    "Immediate": "立即应对", "Expected": "一小时内应对", "Future": "稍后应对", "Past": "已经过去", "Unknown": "未写明",
}  # fmt: skip
KINDS = {"Alert": "首次发布", "Update": "更新", "Cancel": "解除"}


def of_incident(caller: Caller, state: State, view: str) -> dict[str, Any]:
    """What the part 文书 of an incident's page shows of public messages: those issued, and whether one can be."""
    if view != "whole":
        return {"issued": [], "offered": {}, "why": None}
    desk = caller.house.desk
    offered, error = desk.alerts.offered(state.id, caller.actor)
    warned = any(key.endswith("|warning") for key in (*state.active, *state.ended))
    mine = warned and not (isinstance(error, RefusedError) and error.code == "post")
    return {
        "issued": desk.alerts.of(state.area, state.id)[::-1], "offered": offered,
        "why": of_error(error, caller.house.library)[1] if error and mine else None,
    }  # fmt: skip


@alerts.get("/incidents/{id}/alert")
def ask(request: Request, caller: Visitor, id: Incident) -> Response:
    """The form of the message, composed from the record."""
    state = seen_whole(caller, id)
    return _form(request, caller, state, IssueAlert(incident=state.id), {})


@alerts.post("/incidents/{id}/alert")
def do(request: Request, caller: Visitor, form: Filled, id: Incident) -> Response:
    """Look at it once more, or issue it."""
    state = seen_whole(caller, id)
    more: dict[str, Any] = {"key": _key(form)}
    try:
        command = _command(form, state)
        if form.get("_step") == "do" and form.get("_decision") == str(_decision(caller, command)):
            issued(request, caller, command, caller.key(more["key"]))
            return RedirectResponse(f"/incidents/{state.id}#papers", 303)
    except ZhishouError as error:
        status, wrong = of_error(error, caller.house.library)
        return _form(request, caller, state, IssueAlert(incident=state.id), more, status=status, wrong=wrong)
    step = "fill" if form.get("_step") == "back" else "check"
    changed = form.get("_step") == "do"
    return _form(
        request, caller, state, command, more | {"step": step, "changed": changed}, status=409 if changed else 200
    )


def _decision(caller: Caller, command: IssueAlert) -> int:
    """Place in the record of the decision that would go out now."""
    return caller.house.desk.alerts.draft(command).happened.position


def _key(form: FormData) -> str:
    key = str(form.get("_key", ""))
    sound = 8 <= len(key) <= 60 and key.isascii() and key.isprintable() and " " not in key
    return key if sound else secrets.token_urlsafe(12)


def _command(form: FormData, state: State) -> IssueAlert:
    def text(name: str) -> str:
        return str(form.get(name, "")).strip()

    chinese = Words(
        language="zh-CN", headline=text("headline"), description=text("description"), instruction=text("instruction")
    )
    words = (chinese, Words(language="en")) if form.get("english") else (chinese,)
    return IssueAlert(
        incident=state.id, plan=text("plan"), areas=tuple(str(one) for one in form.getlist("areas")), words=words,
        onset=clock.moment(text("onset")) if text("onset") else None,
        expires=clock.moment(text("expires")) if text("expires") else None, note=text("note"),
    )  # fmt: skip


def _form(
    request: Request, caller: Caller, state: State, command: IssueAlert, more: dict[str, Any], *,
    status: int = 200, wrong: ErrorDetail | None = None,
) -> Response:  # fmt: skip
    caller.house.desk.alerts.may(command, caller.actor)
    made: Notice | None = None
    try:
        made = caller.house.desk.alerts.draft(command)
    except ZhishouError as error:
        status, wrong = (status, wrong) if wrong else of_error(error, caller.house.library)
    own = command.areas or (state.place or state.area,)
    below = [one for one in places() if state.area in caller.house.library.lexicon.upward(one)]
    return page(
        request, "alert.html", caller, status=status, here="papers", state=state, command=command, notice=made,
        wrong=wrong, step=more.get("step", "fill"), changed=more.get("changed", False),
        key_=more.get("key") or secrets.token_urlsafe(12), kinds=KINDS,
        severities=SEVERITIES, urgencies=URGENCIES, chosen=own, below=below, places=places(),
        words=command.words[0] if command.words else Words(), english=len(command.words) > 1,
        status_label=STATUS_LABELS[made.status] if made else "",
        national=caller.house.desk.alerts.settled.national.get(state.area),
        signed=caller.house.desk.alerts.settled.key is not None,
    )  # fmt: skip


@alerts.get("/rooms/{area}/warnings")
def incoming(request: Request, caller: Visitor, area: Area) -> Response:
    """Foreign messages and what became of them; those that wait come first."""
    return _incoming(request, caller, area)


@alerts.post("/rooms/{area}/warnings")
def settle(request: Request, caller: Visitor, form: Filled, area: Area) -> Response:
    """Say what was done about one."""
    seen_room(caller, area)
    try:
        command = SettleWarning(content=str(form.get("content", "")), done=str(form.get("done", "")).strip() or "知悉")

        def act() -> object:
            key = caller.key(_key(form))
            return caller.house.desk.warnings.settle(area, command, caller.actor, key=key, machine=caller.address)

        counted(request, SettleWarning.name, act, lambda _: False)
    except NotFoundError:
        raise
    except ZhishouError as error:
        return _incoming(request, caller, area, *of_error(error, caller.house.library))
    return RedirectResponse(f"/rooms/{area}/warnings", 303)


def _incoming(
    request: Request, caller: Caller, area: str, status: int = 200, wrong: ErrorDetail | None = None
) -> Response:
    seen_room(caller, area)
    found = [warning_told(one, caller) for one in caller.house.desk.warnings.all(area)]
    found.sort(key=lambda one: not one.waiting)
    return page(
        request, "warnings.html", caller, status=status, here="papers", area=area, found=found, wrong=wrong,
        place=caller.house.library.lexicon.areas[area].label, statuses=STATUS_LABELS,
    )  # fmt: skip
