"""What stands on the pages of cut lists: steps taken, classes, lines in order, hours as bars, directives with who acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.errors import RefusedError
from zhishou.incident.cut_list import NOTHING, CutList, ListedCut
from zhishou.incident.cut_orders import STATUS, title
from zhishou.incident.state import Active, Directive, Duty, Incident, Signed
from zhishou.supply.curtail.sentences import PARTS, amount
from zhishou.web.auth import Caller
from zhishou.web.console.doing import Deeds
from zhishou.web.may import may

LISTS = 40
"""Incidents looked through for lists."""
CHART = (420, 110)
"""Width and height of the bars."""


@dataclass(frozen=True, slots=True)
class Line:
    """An incident under which gas may be cut."""

    state: Incident
    short: str
    active: Active | None
    lists: list[tuple[str, CutList]]
    draw: bool
    """Whether the caller may draw up a list."""
    refused: Any


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a list."""

    number: int
    line: ListedCut
    window: tuple[datetime, datetime] | None
    tell_by: datetime | None
    broken: bool
    """Whether there are breaks between its hours."""
    adjusted: str
    """The last reason given for a change; empty where there was none."""
    restored: Signed | None


@dataclass(frozen=True, slots=True)
class ClassShown:
    """A class of the order with its lines."""

    place: int
    label: str
    clause: tuple[str, ...]
    cuttable: float
    cut: float
    apart: str
    cut_lines: list[Shown]
    others: list[Shown]
    """Lines of which nothing is cut."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One hour as a bar: what is cut, and what is lacking on top."""

    x: float
    width: float
    cut_y: float
    cut_height: float
    short_y: float
    short_height: float
    says: str
    tick: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A directive and whether it was acknowledged."""

    id: str
    supplier: str
    directive: Directive
    acknowledged: Signed | None
    duty: Duty | None
    may: bool


def board(caller: Caller, area: str) -> list[Line]:
    """The open incidents whose plans say whose gas is cut."""
    house, found = caller.house, []
    for row in house.desk.incidents((area,), ("open",), limit=LISTS):
        state = house.desk.incident(row.key)
        try:
            pack = house.desk.cuts.plan_of(state)
        except RefusedError:
            continue
        asked = next(one for one in may(state, caller) if one.command == "draft_cut_list")
        found.append(
            Line(
                state,
                pack.plan.short,
                state.ladder(pack.id, "response"),
                list(state.cut_lists.items())[::-1],
                asked.may,
                asked.refused,
            )
        )
    return sorted(found, key=lambda one: (one.active is None, not one.lists))


def drafts(state: Incident, list_: str) -> dict[str, Any]:
    """Other lists of the incident."""
    return {
        "others": [(id_, one) for id_, one in state.cut_lists.items() if id_ != list_],
        "title_of": title,
        "status_words": STATUS,
    }


def parts(caller: Caller, state: Incident, list_: str) -> dict[str, Any]:
    """Everything that stands on a list's page."""
    one = state.cut_lists[list_]
    allowed = may(state, caller)
    deeds = Deeds(state, allowed, caller.house.library)
    able = {
        name: any(option.fields.get("list") == list_ for option in asked.options)
        for name in ("adjust_cut_list", "sign_cut_list", "send_cut_list", "restore_gas")
        if (asked := deeds.may.get(name)) is not None
    }
    refused = {one.command: one.refused for one in allowed if one.refused is not None}
    return {
        "one": one, "title": title(list_), "standing": STATUS[one.status], "able": able, "refused": refused, "deeds": deeds,
        "classes": classes(one), "bars": bars(one), "chart": CHART, "sent": sent(state, one, allowed), "parts": PARTS,
        "volume": amount, "steps": steps(one, state), "customers": len({line.customer for line in one.lines if line.cut > NOTHING}),
        "short": sum(one.short), "restorable": [shown(one, number) for number in sorted(one.waiting, key=lambda n: (-one.lines[n - 1].step, n))],
        "can_draft": deeds.can("draft_cut_list"), "nothing": NOTHING,
    }  # fmt: skip


def steps(one: CutList, state: Incident) -> list[tuple[str, Signed | None, bool]]:
    """The way of a list: what is done, by whom, when; and which step comes next."""
    answered = [state.directives[id_] for id_ in one.directives if id_ in state.directives]
    all_answered = bool(answered) and all(set(d.to) <= set(d.acknowledged) for d in answered)
    last = max((s for d in answered for s in d.acknowledged.values()), key=lambda s: s.at, default=None)
    back = max(one.restored.values(), key=lambda s: s.at, default=None)
    way: list[tuple[str, Signed | None]] = [
        ("起草", one.drawn_up), ("签发", one.signed), ("下达", one.sent), ("签收", last if all_answered else None),
        ("恢复", back if one.status == "ended" else None),
    ]  # fmt: skip
    following = next((number for number, (_, signed) in enumerate(way) if signed is None), len(way))
    return [(words, signed, number == following) for number, (words, signed) in enumerate(way)]


def shown(one: CutList, number: int) -> Shown:
    """One line as it is shown."""
    line = one.lines[number - 1]
    cut = [step for step, got in enumerate(line.hours) if got > 0]
    reasons = [change.reason for change in one.adjustments if change.line == number]
    return Shown(
        number, line, one.window(number), one.tell_by(number), bool(cut) and cut[-1] - cut[0] >= len(cut),
        reasons[-1] if reasons else "", one.restored.get(str(number)),
    )  # fmt: skip


def classes(one: CutList) -> list[ClassShown]:
    """The classes of the order, with their lines."""
    found = []
    for place, step in enumerate(one.order):
        mine = [shown(one, number) for number, line in enumerate(one.lines, 1) if line.step == place]
        found.append(
            ClassShown(
                place + 1, step.label, step.clause, sum(s.line.cuttable for s in mine), sum(s.line.cut for s in mine),
                one.apart.get(step.customer_class, ""), [s for s in mine if s.line.cut > NOTHING or s.adjusted],
                [s for s in mine if not (s.line.cut > NOTHING or s.adjusted)],
            )
        )  # fmt: skip
    return found


def bars(one: CutList) -> list[Bar]:
    """The hours as bars."""
    width, height = CHART
    got = [sum(column) for column in zip(*(line.hours for line in one.lines), strict=True)]
    short = one.short
    top = max((a + b for a, b in zip(got, short, strict=True)), default=0) or 1
    each = width / max(len(got), 1)
    found = []
    for step, (cut, lack) in enumerate(zip(got, short, strict=True)):
        cut_height, lack_height = height * cut / top, height * lack / top
        at = one.moment(step)
        says = f"{at.day}日{at.hour}时 压减 {amount(cut)}" + (f"，还差 {amount(lack)}" if lack else "")
        found.append(
            Bar(
                round(step * each + 1, 1), round(each - 2, 1), round(height - cut_height, 1), round(cut_height, 1),
                round(height - cut_height - lack_height, 1), round(lack_height, 1), says,
                f"{at.hour}时" if at.hour % 3 == 2 or step == 0 else "",
            )
        )  # fmt: skip
    return found


def sent(state: Incident, one: CutList, allowed: Any) -> list[Sent]:
    """The directives of a list."""
    asked = next(found for found in allowed if found.command == "acknowledge_directive")
    able = {option.fields.get("directive") for option in asked.options}
    return [
        Sent(
            id_, supplier, state.directives[id_], state.directives[id_].acknowledged.get(supplier),
            state.duties.get(f"directive/{id_}"), id_ in able,
        )
        for id_, supplier in one.directives.items() if id_ in state.directives
    ]  # fmt: skip
