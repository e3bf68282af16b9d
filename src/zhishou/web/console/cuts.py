"""The curtailment editor: a list drawn up from tonight's returns, adjusted with a reason, then signed, sent and given back.

What is a change of the list goes through the same handler as every form (`commanding.py`); signing and sending are forms of
the incident, with what will follow shown first.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou.acts import Command
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.incident.cut_orders import list_of
from zhishou.incident.cutting import AdjustCutList, DraftCutList, RestoreGas
from zhishou.incident.state import Incident as State
from zhishou.web.auth import Caller
from zhishou.web.commands import Incident, for_him, told
from zhishou.web.console import telling
from zhishou.web.console.commanding import Sheet, give, opened, sent
from zhishou.web.console.cuts_shown import board, drafts, parts
from zhishou.web.console.forms import reading
from zhishou.web.console.pages import page
from zhishou.web.console.supply_room import AreaWanted, already, area_of, key_of, shared
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.incidents import seen_whole

cuts = APIRouter(route_class=PageRoute, include_in_schema=False)

ListId = Annotated[str, Path(max_length=20, pattern=r"^k\d+$")]
LABELS = {"changes": "压减量", "reason": "理由", "lines": "恢复哪些", "note": "依据"}


@cuts.get("/supply/cuts")
def show_all(
    request: Request, caller: Visitor, area: AreaWanted = "",
    incident: Annotated[str, Query(max_length=80, pattern=r"^[\w.-]*$")] = "",
) -> Response:  # fmt: skip
    """Every incident of the area under which gas may be cut, and its lists."""
    return _all(request, caller, area_of(caller, area), incident)


def _all(
    request: Request, caller: Caller, area: str, incident: str, wrong: ErrorDetail | None = None, status: int = 200,
    *, lacking: bool = False,
) -> Response:  # fmt: skip
    return page(
        request, "cuts.html", caller, status=status, lines=board(caller, area) if area else [], chosen=incident,
        wrong=wrong, lacking=lacking, **shared(caller, area, "cuts"),
    )  # fmt: skip


@cuts.post("/supply/cuts")
def draft(request: Request, caller: Visitor, form: Filled) -> Response:
    """Draw up a list for the level in force."""
    id_ = str(form.get("incident", ""))[:80]
    state = seen_whole(caller, id_)
    key = key_of(form)
    answer = Response()

    def drawn() -> Any:
        worked = caller.house.desk.cuts.work_out(id_, assume=form.get("assume") == "yes")
        command = caller.house.desk.cuts.drafted(worked)
        return caller.house.desk.give(id_, command, caller.actor, key=caller.key(key), machine=caller.address)

    try:
        if not already(caller, key):
            told(request, answer, caller, DraftCutList.name, drawn)
    except ZhishouError as error:
        status, detail = of_error(error, caller.house.library)
        return _all(request, caller, state.area, id_, detail, status, lacking=isinstance(error, ProblemsError))
    return _to(caller, id_)


def _to(caller: Caller, id_: str) -> Response:
    last = list(caller.house.desk.incident(id_).cut_lists)[-1]
    return RedirectResponse(f"/supply/cuts/{id_}/{last}", 303)


@cuts.get("/supply/cuts/{id}/{list}")
def show(request: Request, caller: Visitor, id: Incident, list: ListId) -> Response:
    """One list."""
    state = seen_whole(caller, id)
    return _list(request, caller, state, list, opened(AdjustCutList, state.version))


@cuts.get("/supply/cuts/{id}/{list}/lines/{line}")
def ask(
    request: Request, caller: Visitor, id: Incident, list: ListId, line: Annotated[int, Path(ge=1, le=2000)]
) -> Response:
    """The form that changes one line with its hours."""
    state = seen_whole(caller, id)
    return _line(request, caller, state, list, line, opened(AdjustCutList, state.version))


def _line(request: Request, caller: Caller, state: State, list_: str, line: int, sheet: Sheet) -> Response:
    one = state.cut_lists.get(list_)
    if one is None or line > len(one.lines):
        raise NotFoundError("清单里没有这一行", where=list_, mend="回到清单再选")
    return page(
        request, "cut_line.html", caller, status=sheet.status, here="supply", state=state, list_id=list_, one=one, number=line,
        line=one.lines[line - 1], window=one.window(line), moments=[one.moment(step) for step in range(len(one.lines[0].hours) + 1)],
        sheet=sheet,
    )  # fmt: skip


@cuts.post("/supply/cuts/{id}/{list}/adjust")
def adjust(request: Request, caller: Visitor, form: Filled, id: Incident, list: ListId) -> Response:
    """Change lines of a draft."""
    state = seen_whole(caller, id)
    sheet = sent(AdjustCutList, form, state.version)
    line = str(form.get("line", ""))

    def made() -> Command:
        given = {
            "list": list,
            "changes": _changes(form, state, list, line),
            "reason": str(form.get("reason", "")).strip(),
        }
        return reading.command(AdjustCutList, given, LABELS)

    done, cookies = _given(request, caller, sheet, id, made)
    if done:
        return _away(request, f"/supply/cuts/{id}/{list}", cookies)
    now = caller.house.desk.incident(id)
    if line.isdigit():
        return _line(request, caller, now, list, int(line), sheet)
    return _list(request, caller, now, list, sheet)


def _changes(form: FormData, state: State, list_: str, only: str) -> list[dict[str, Any]]:
    """The lines whose figure was changed; of a single one also its hours."""
    one = list_of(state, list_)
    found: list[dict[str, Any]] = []
    problems: list[ZhishouError] = []
    for number, line in enumerate(one.lines, 1):
        text = form.get(f"amount:{number}")
        if not isinstance(text, str) or (only and str(number) != only):
            continue
        try:
            amount = _amount(text, line.label)
        except ZhishouError as error:
            problems.append(error)
            continue
        if only or abs(amount - round(line.cut, 2)) > 0.0049:
            hours = {key: form[key] for key in ("since", "until") if form.get(key)} if only else {}
            found.append({"line": number, "amount": amount, **hours})
    if problems:
        raise ProblemsError(problems)
    if not found:
        raise ZhishouError("没有改动任何一户", where="压减清单", mend="改了压减量再提交")
    return found


def _amount(text: str, label: str) -> float:
    """How much is to be cut. An emptied field is no zero: what nobody wrote gives no gas back.

    Raises:
        ZhishouError: nothing is written, or no amount.
    """
    amount = reading.figure(text, label)
    if amount is None:
        raise ZhishouError("没有填压减量", where=label, mend="填上压减量；这一户不压的写 0")
    if amount < 0:
        raise ZhishouError(f"压减量不能是 {amount:g}", where=label, mend="写 0 或大于 0 的数，单位万立方米")
    return float(amount)


@cuts.post("/supply/cuts/{id}/{list}/respread")
def respread(request: Request, caller: Visitor, form: Filled, id: Incident, list: ListId) -> Response:
    """A new draft in which adjusted lines stay and the others make up for them, in the plan's order."""
    state = seen_whole(caller, id)
    key, desk = key_of(form), caller.house.desk
    answer = Response()

    def drawn() -> Any:
        kept = list_of(state, list, "draft")
        numbers = {one.line for one in kept.adjustments}
        customers = {kept.lines[number - 1].customer for number in numbers}
        pinned = {
            customer: tuple(
                sum(hour)
                for hour in zip(*(line.hours for line in kept.lines if line.customer == customer), strict=True)
            )
            for customer in customers
        }
        worked = desk.cuts.work_out(id, assume=bool(kept.assumed), pinned=pinned)
        return desk.give(id, desk.cuts.drafted(worked, kept), caller.actor, key=caller.key(key), machine=caller.address)

    try:
        if not already(caller, key):
            told(request, answer, caller, DraftCutList.name, drawn)
    except ZhishouError as error:
        sheet = opened(AdjustCutList, state.version)
        sheet.status, sheet.wrong = of_error(error, caller.house.library)
        return _list(request, caller, state, list, sheet)
    return _to(caller, id)


@cuts.post("/supply/cuts/{id}/{list}/restore")
def restore(request: Request, caller: Visitor, form: Filled, id: Incident, list: ListId) -> Response:
    """Give gas back."""
    state = seen_whole(caller, id)
    sheet = sent(RestoreGas, form, state.version)

    def made() -> Command:
        lines = [int(str(one)) for one in form.getlist("line") if str(one).isdigit()]
        if not lines:
            raise ZhishouError("没有选恢复哪些用户", where="恢复供气", mend="勾选用户；后压的先恢复")
        return reading.command(
            RestoreGas, {"list": list, "lines": lines, "note": str(form.get("note", "")).strip()}, LABELS
        )

    done, cookies = _given(request, caller, sheet, id, made)
    if done:
        return _away(request, f"/supply/cuts/{id}/{list}", cookies)
    return _list(request, caller, caller.house.desk.incident(id), list, sheet)


def _given(request: Request, caller: Caller, sheet: Sheet, id_: str, made: Any) -> tuple[bool, Response]:
    answer = Response()
    house = caller.house
    if already(caller, sheet.key):
        return True, answer

    def giving(command: Command, how: Any) -> Any:
        for_him(caller, id_, command)
        return house.desk.give(id_, command, caller.actor, **how)

    def since(version: int) -> list[str]:
        return telling.meanwhile(telling.story(house.desk.story(id_, version), house.desk.incident(id_), house.library))

    done = give(request, answer, caller, sheet, made, giving, lambda _: [], since)
    return done is not None, answer


def _away(request: Request, where: str, answer: Response) -> Response:
    """To the page, from a panel or from the page itself."""
    if request.headers.get("hx-request") == "true":
        gone: Response = Response(status_code=204, headers={"HX-Redirect": where})
    else:
        gone = RedirectResponse(where, 303)
    gone.raw_headers.extend(one for one in answer.raw_headers if one[0] == b"set-cookie")
    return gone


def _list(request: Request, caller: Caller, state: State, list_: str, sheet: Sheet) -> Response:
    if list_ not in state.cut_lists:
        raise NotFoundError("没有这份压减清单", where=list_, mend="回到压减页再选")
    return page(
        request, "cut_list.html", caller, status=sheet.status, state=state, list_id=list_, sheet=sheet,
        **shared(caller, state.area, "cuts"), **parts(caller, state, list_), **drafts(state, list_),
    )  # fmt: skip
