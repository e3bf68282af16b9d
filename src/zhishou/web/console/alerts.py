"""Public warnings on the console: the message of a decided warning, looked at twice before it leaves; foreign ones that wait."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou import clock
from zhishou.errors import NotFoundError, RefusedError, ZhishouError
from zhishou.incident.state import Incident as State
from zhishou.paper.cap.alerting import IssueAlert, SettleWarning
from zhishou.paper.cap.notices import Notice
from zhishou.paper.cap.places import places
from zhishou.paper.cap.values import STATUS_LABELS
from zhishou.web.alerts import counted, issued, warning_told
from zhishou.web.auth import Caller
from zhishou.web.commands import Area, Incident
from zhishou.web.console.forms.reading import command
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
LABELS = {
    "words": "文字", "headline": "标题", "description": "内容", "instruction": "请公众怎么做", "note": "为什么",
    "areas": "范围", "onset": "预计何时开始", "expires": "有效到",
}  # fmt: skip
KINDS = {"Alert": "首次发布", "Update": "更新", "Cancel": "解除"}


def of_incident(caller: Caller, state: State, view: str) -> dict[str, Any]:
    """What the part 文书 of an incident's page shows of public messages: those issued, and whether one can be."""
    if view != "whole":
        return {"issued": [], "offered": {}, "why": []}
    desk = caller.house.desk
    offered: dict[str, dict[str, Any]] = {}
    why: list[ErrorDetail] = []
    warned = any(key.endswith("|warning") for key in (*state.active, *state.ended))
    for plan in desk.alerts.plans(state.id) if warned else ():
        found, error = desk.alerts.offered(state.id, caller.actor, plan)
        if error is None:
            offered[plan] = {"short": caller.house.library.packs[plan].plan.short, "again": "again" in found}
        elif not (isinstance(error, RefusedError) and error.code == "post"):
            why.append(of_error(error, caller.house.library)[1])
    return {"issued": desk.alerts.of(state.area, state.id)[::-1], "offered": offered, "why": why}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of a message, as it was typed: it comes back whatever is wrong with it."""

    plan: str = ""
    areas: tuple[str, ...] = ()
    headline: str = ""
    description: str = ""
    instruction: str = ""
    note: str = ""
    onset: str = ""
    expires: str = ""
    english: str = ""
    english_instruction: str = ""
    key: str = ""


@alerts.get("/incidents/{id}/alert")
def ask(
    request: Request, caller: Visitor, id: Incident, plan: Annotated[str, Query(max_length=80)] = ""
) -> Response:  # fmt: skip
    """The form of the message, composed from the record."""
    return _form(request, caller, seen_whole(caller, id), Typed(plan=plan))


@alerts.post("/incidents/{id}/alert")
def do(request: Request, caller: Visitor, form: Filled, id: Incident) -> Response:
    """Look at it once more, or issue it."""
    state, typed, wanted = seen_whole(caller, id), _typed(form), form.get("_step")
    changed = False
    try:
        wish = _command(typed, state)
        if wanted == "do":
            changed = form.get("_decision") != str(_decision(caller, wish))
            if not changed:
                issued(request, caller, wish, caller.key(typed.key))
                return RedirectResponse(f"/incidents/{state.id}#papers", 303)
    except ZhishouError as error:
        return _form(request, caller, state, typed, wrong=error)
    return _form(request, caller, state, typed, step="fill" if wanted == "back" else "check", changed=changed)


def _decision(caller: Caller, command: IssueAlert) -> int:
    """Place in the record of the decision that would go out now."""
    return caller.house.desk.alerts.draft(command).happened.position


def _key(form: FormData) -> str:
    key = str(form.get("_key", ""))
    sound = 8 <= len(key) <= 60 and key.isascii() and key.isprintable() and " " not in key
    return key if sound else secrets.token_urlsafe(12)


def _typed(form: FormData) -> Typed:
    texts = {one.name: str(form.get(one.name, "")).strip() for one in fields(Typed)}
    return Typed(**texts | {"areas": tuple(str(one) for one in form.getlist("areas")), "key": _key(form)})  # type: ignore[arg-type]


def _command(typed: Typed, state: State) -> IssueAlert:
    words = {"headline": typed.headline, "description": typed.description, "instruction": typed.instruction}
    # What was typed in Chinese is not carried over: nothing here translates.
    english = {"language": "en", "instruction": typed.english_instruction}
    given = {
        "incident": state.id, "plan": typed.plan, "areas": typed.areas, "note": typed.note,
        "words": ({"language": "zh-CN", **words}, *([english] if typed.english or typed.english_instruction else ())),
        "onset": clock.moment(typed.onset) if typed.onset else None,
        "expires": clock.moment(typed.expires) if typed.expires else None,
    }  # fmt: skip
    made = command(IssueAlert, given, LABELS)
    assert isinstance(made, IssueAlert)  # noqa: S101 - what was asked for
    return made


def _form(
    request: Request, caller: Caller, state: State, typed: Typed, *, step: str = "fill", changed: bool = False,
    wrong: ZhishouError | None = None,
) -> Response:  # fmt: skip
    """The form with what was typed in it, and beside it the message as it would go out; or which plan is meant."""
    desk, packs = caller.house.desk.alerts, caller.house.library.packs
    plans = desk.plans(state.id)
    asks = len(plans) > 1 and typed.plan not in plans
    made: Notice | None = None
    if not asks:
        meant = typed.plan if typed.plan in plans else ""
        desk.may(IssueAlert(incident=state.id, plan=meant), caller.actor)
        try:
            made = desk.draft(_command(typed, state))
        except ZhishouError as error:
            wrong = wrong or error
    status, detail = of_error(wrong, caller.house.library) if wrong else (409 if changed else 200, None)
    below = [one for one in places() if state.area in caller.house.library.lexicon.upward(one)]
    return page(
        request, "alert.html", caller, status=status, here="papers", state=state, notice=made, typed=typed, wrong=detail,
        step=step if made else "fill", changed=changed, key_=typed.key or secrets.token_urlsafe(12), kinds=KINDS,
        severities=SEVERITIES, urgencies=URGENCIES, chosen=typed.areas or (state.place or state.area,), below=below,
        places=places(), plans={one: packs[one].plan.short for one in plans} if asks else {},
        status_label=STATUS_LABELS[made.status] if made else "",
        national=desk.settled.national.get(state.area), signed=desk.settled.key is not None,
        open_=made is not None or typed.key != "",
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
        given = {"content": str(form.get("content", "")), "done": str(form.get("done", "")).strip() or "知悉"}
        wish = command(SettleWarning, given, {"done": "怎样处理的"})
        assert isinstance(wish, SettleWarning)  # noqa: S101 - what was asked for

        def act() -> object:
            key = caller.key(_key(form))
            return caller.house.desk.warnings.settle(area, wish, caller.actor, key=key, machine=caller.address)

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
