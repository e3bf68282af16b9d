"""The calls that wait for whoever looks: at the top of the board and of the reporter's page, each with one button.

It stands alone because it is how everybody with an account is reached whatever the contact book says of him.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from zhishou.bootstrap import House
from zhishou.callout.calls import Call
from zhishou.callout.texts import About, Said, said
from zhishou.web.auth import Caller
from zhishou.web.console.entrance import onward
from zhishou.web.console.visiting import Filled, PageRoute, Visitor

my_calls = APIRouter(route_class=PageRoute, include_in_schema=False)

WHOLE = 600
SHOWN = 5
"""Calls shown at most; whoever answers one sees the next."""
LONG = 90
"""Characters of a call that are shown at once, so that a list of customers does not push the deadlines away."""


@dataclass(frozen=True, slots=True)
class Mine:
    """One call."""

    call: Call
    words: Said


def waiting_calls(caller: Caller) -> dict[str, Any]:
    """The calls that wait for an answer of the caller, the oldest first, and how many there are. That he has seen them is noted."""
    house = caller.house
    marked = house.callout.waiting_for({*caller.actor.posts, *caller.actor.delegated, caller.actor.person})
    found = [one for one in marked if house.callout.may_answer(one, caller.actor)]
    house.callout.seen(found[:SHOWN], caller.actor.person, house.now())
    return {
        "my_calls": [Mine(one, words_of(house, one)) for one in found[:SHOWN]],
        "calls_waiting": len(found),
        "long_call": LONG,
    }


def words_of(house: House, call: Call, references: str = "") -> Said:
    """What a call says, as far as its party needs to know.

    Args:
        house: the house.
        call: the call; it has a matter.
        references: the message that it cancels or repeats.
    """
    matter = call.matter
    assert matter is not None  # noqa: S101 - every call that was opened has one
    plan = house.library.packs.get(matter.plan)
    title = house.desk.incident(matter.incident).title if matter.incident and matter.need == "full" else ""
    about = About(title, plan.plan.short if plan else "", references)
    return said(matter, about, house.now(), exercise=house.exercise, room=WHOLE, own=house.callout.manners.texts)


@my_calls.post("/callout/answer")
def answer(request: Request, caller: Visitor, form: Filled) -> Response:
    """Answer one, and go back to the page."""
    caller.house.callout.answer_call(str(form.get("call", ""))[:300], caller.actor)
    request.app.state.hub.wake()
    return RedirectResponse(onward(form.get("_next")), 303)
