"""What of the returns waits for a person: used as written, replaced by the figure that was verified, or not used; with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from zhishou.desk.returns import DecideReturn, Filed
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.supply.returns.held import ACTIONS, CODES, Held, Key, key
from zhishou.supply.returns.register import Entry
from zhishou.supply.returns.roster import Roster, roster
from zhishou.web.auth import Caller
from zhishou.web.commands import Area
from zhishou.web.console.forms.reading import figure
from zhishou.web.console.pages import page
from zhishou.web.console.supply_room import already, counted, key_of
from zhishou.web.console.visiting import Filled, PageRoute, Visitor
from zhishou.web.errors import ErrorDetail, of_error
from zhishou.web.rooms import seen_room

held = APIRouter(route_class=PageRoute, include_in_schema=False)

HeldId = Annotated[str, Path(max_length=40, pattern=r"^[\w-]+$")]
FIGURES = 60
"""Figures that a form asks for one by one; more are put right in the file and sent again."""


@dataclass(frozen=True, slots=True)
class FigureAsked:
    """A figure that can be replaced."""

    name: str
    about: Key
    label: str
    unit: str
    written: str
    typed: str = ""


@held.get("/supply/{area}/held/{id}")
def ask(request: Request, caller: Visitor, area: Area, id: HeldId) -> Response:
    """The form that decides it."""
    return _form(request, caller, area, id, None, None)


@held.post("/supply/{area}/held/{id}")
def decide(request: Request, caller: Visitor, form: Filled, area: Area, id: HeldId) -> Response:
    """Decide it; a new version of the return follows, and the old one stays."""
    seen_room(caller, area)
    desk = caller.house.desk
    action: Any = str(form.get("action", ""))

    def give() -> Filed:
        if action not in ACTIONS:
            raise ZhishouError("没有选怎么办", where="核定", mend="选照用、改用或不用")
        reason = str(form.get("reason", "")).strip()
        if not reason:
            raise ZhishouError("没有写核定的理由", where="理由", mend="写明向谁核实、怎样核实的")
        amounts = _amounts(_asked(caller, area, id, form), action)
        return desk.returns.decide(
            area, id, action, caller.actor, key=caller.key(key_of(form)), reason=reason, amounts=amounts or None,
            machine=caller.address,
        )  # fmt: skip

    try:
        if not already(caller, key_of(form)):
            counted(request, caller, DecideReturn.name, give)
    except ZhishouError as error:
        status, detail = of_error(error, caller.house.library)
        if isinstance(error, NotFoundError):
            raise
        return _form(request, caller, area, id, form, detail, status)
    if request.headers.get("hx-request") == "true":
        return Response(status_code=204, headers={"HX-Redirect": f"/supply?area={area}"})
    return RedirectResponse(f"/supply?area={area}", 303)


def _found(caller: Caller, area: str, id_: str) -> tuple[Entry, Held]:
    seen_room(caller, area)
    found = caller.house.desk.returns.register(area).find(id_)
    if found is None:
        raise NotFoundError(f"编号 {id_} 已经核定过，或已被后来的报表取代", mend="回到报表页看现在待核定的")
    return found


def _form(
    request: Request, caller: Caller, area: str, id_: str, typed: FormData | None, wrong: ErrorDetail | None,
    status: int = 200,
) -> Response:  # fmt: skip
    entry, one = _found(caller, area, id_)
    figures = _asked(caller, area, id_, typed)
    able = [name for name in ACTIONS if _fits(name, one, figures)]
    book = roster(caller.house.desk.returns.system(area), caller.house.library.lexicon)
    who = book.reporter(entry.returned.reporter) if entry.returned else None
    return page(
        request, "held.html", caller, status=status, here="supply", area=area, entry=entry, one=one, figures=figures,
        code=CODES[one.code], actions={name: ACTIONS[name] for name in able}, wrong=wrong, typed=typed,
        reporter=who.label if who else "报送单位不明", form_key=key_of(typed) if typed is not None else "",
    )  # fmt: skip


def _fits(action: str, one: Held, figures: list[FigureAsked]) -> bool:
    if action == "release":
        return bool(one.values) and one.code != "twice"
    return action == "reject" or bool(figures)


def _asked(caller: Caller, area: str, id_: str, typed: FormData | None) -> list[FigureAsked]:
    _, one = _found(caller, area, id_)
    book = roster(caller.house.desk.returns.system(area), caller.house.library.lexicon)
    written = {key(value): value.amount for value in one.values}
    wanted = [about for about in dict.fromkeys((*one.about, *written)) if about[2] is not None]
    if len(wanted) > FIGURES or (one.whole and not one.about):
        return []
    return [_one(number, about, written.get(about), book, typed) for number, about in enumerate(wanted)]


def _one(number: int, about: Key, amount: float | str | None, book: Roster, typed: FormData | None) -> FigureAsked:
    item, of, day, hour = about
    assert day is not None  # noqa: S101 - those without a day are not asked for
    when = f"{day.month}月{day.day}日" + (f" 第{hour + 1}小时" if hour is not None else "")
    name = f"amount:{number}"
    shown = "" if amount is None else f"{amount:g}" if isinstance(amount, float | int) else amount
    return FigureAsked(
        name, about, f"{book.label(item, of)} {when}", book.unit(item, of), shown,
        str(typed.get(name, "")) if typed is not None else "",
    )  # fmt: skip


def _amounts(figures: list[FigureAsked], action: str) -> dict[Key, float]:
    if action != "replace":
        return {}
    found: dict[Key, float] = {}
    problems: list[ZhishouError] = []
    for one in figures:
        try:
            value = figure(one.typed, one.label)
        except ZhishouError as error:
            problems.append(error)
            continue
        if value is not None:
            found[one.about] = float(value)
    if problems:
        raise ProblemsError(problems)
    return found
