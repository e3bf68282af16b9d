"""Which duties of a plan an event brings about: a report, a call, a level, a question, people from abroad, the end."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from zhishou import clock
from zhishou.acts import Event
from zhishou.errors import NotFoundError
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import KINDS, DutyMet, DutyMoved, DutySet, void
from zhishou.incident.seen import Grades, grade, grades
from zhishou.incident.sides import Side, ours, parties, sides
from zhishou.incident.state import Incident
from zhishou.plan.aftermath import AftermathDuty
from zhishou.plan.grading import grading
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.posts import own_government
from zhishou.plan.reporting import ReportingDuty

_NO_FIGURE = "原文没有写明多久"
_ANEW = "此前的报告核实不属实，按重新接报时计"
_FROM_UNSTATED = "原文没有写从何时起算，按较早的事发时间计"


def of_report(state: Incident, pack: Pack, context: Context, *, anew: bool = False) -> tuple[Event, ...]:
    """What is owed once an event is reported: the first reports up the chain, and the follow-up reports.

    Duties limited to grades come in when that grade is certain; those that stand are not set again.

    Args:
        state: the incident.
        pack: the plan.
        context: the moment.
        anew: whether what was voided is owed again: all reports had been refuted, and a new one has come.
    """
    certain = grades(state, pack, context)
    found: list[Event] = []
    for duty in pack.reporting.duties:
        if duty.kind not in {"first", "follow_up"} or duty.levels or not _holds(duty, certain):
            continue
        since, note = (context.at, _ANEW) if anew else _counted(state, duty, context)
        for side in sides(state, pack, duty, context):
            before = state.duties.get(f"{pack.id}/{duty.id}{side.mark}")
            if before is None or (anew and before.status == "void"):
                found.append(_set(pack, f"{pack.id}/{duty.id}", duty, since, context, side, note=note))
    return tuple(found)


def _holds(duty: ReportingDuty, certain: Grades) -> bool:
    """Whether a duty holds for an accident of these grades."""
    if not duty.grades or certain.actual in duty.grades:
        return True
    return duty.expected and certain.expected in duty.grades


def _counted(state: Incident, duty: ReportingDuty, context: Context) -> tuple[datetime, str]:
    """Since when a first or follow-up report counts, and what is to be said of it where the text leaves it open."""
    if duty.counted_from == "receipt" or duty.kind == "follow_up":
        return context.at, ""
    since = state.occurred or context.at
    length = clock.minutes(duty.within or "")
    if duty.grades and not duty.counted_from:
        return context.at, "原文没有写从何时起算，按等级明确时计"
    if duty.grades and length is not None and since + clock.span(length) < context.at:
        return context.at, "等级明确时已过自事发起算的时限，改按等级明确时计"
    return since, _FROM_UNSTATED if not duty.counted_from and length is not None else ""


def of_lesser_grade(state: Incident, pack: Pack, context: Context) -> tuple[Event, ...]:
    """What is owed no longer because the accident is not as grave as was thought."""
    certain = grades(state, pack, context)
    rank = {"": 0} | {label: number for number, label in enumerate(grading(pack).labels)}
    now = rank[certain.actual]
    gone = [
        f"{pack.id}/{duty.id}{mark}"
        for duty in pack.reporting.duties
        if duty.kind in {"first", "follow_up"} and duty.grades and not _holds(duty, certain)
        if min(rank[one] for one in duty.grades) > now
        for mark in ("", "/in")
    ]
    return void(state, gone, "事故等级已更正", context.at)


def of_occurrence(state: Incident, pack: Pack, occurred: datetime) -> tuple[Event, ...]:
    """The deadlines that count from the event, where it turns out to have happened at another moment."""
    found: list[Event] = []
    for duty in pack.reporting.duties:
        counts = duty.counted_from == "occurrence" or not (duty.counted_from or duty.grades)
        for mark in ("", "/in") if duty.kind == "first" and counts else ():
            stands = state.duties.get(id_ := f"{pack.id}/{duty.id}{mark}")
            if stands is not None and stands.status in {"open", "missed"} and stands.since != occurred:
                due = occurred + (stands.due - stands.since) if stands.due else None
                found.append(DutyMoved(duty=id_, since=occurred, due=due, reason="发生时间已更正"))
    return tuple(found)


def of_call(
    state: Incident, pack: Pack, context: Context, about: str, *, sender: str = "", called: tuple[str, ...] = ()
) -> tuple[Event, ...]:
    """The report in writing that a first report by telephone leaves owed.

    Args:
        state: the incident.
        pack: the plan.
        context: the moment of the call.
        about: id of the report or of the forwarding, which the duty's id carries.
        sender: organisation that called here; empty where this duty room itself called.
        called: whom this duty room called.
    """
    certain = grades(state, pack, context)
    told = parties(pack, called, state)
    found: list[Event] = []
    for duty in pack.reporting.duties:
        if duty.kind != "written" or duty.counted_from != "call" or not _holds(duty, certain):
            continue
        for side in sides(state, pack, duty, context):
            if side.incoming and sender and sender in parties(pack, side.by, state):
                found.append(_set(pack, f"{pack.id}/{duty.id}/{about}", duty, context.at, context, side))
            reached = tuple(name for name in side.to if parties(pack, (name,), state) & told)
            if not side.incoming and reached:
                narrowed = replace(side, to=reached)
                found.append(_set(pack, f"{pack.id}/{duty.id}/{about}", duty, context.at, context, narrowed))
    return tuple(found)


def of_level(state: Incident, pack: Pack, ladder: LadderKind, level: str, context: Context) -> tuple[Event, ...]:
    """Reports that a level brings: every hour, every day; and who must be told that it was started."""
    found: list[Event] = []
    number = state.levels_had.get(f"{pack.id}|{ladder}", 0) + 1
    if ladder == "response":
        for duty in pack.reporting.duties:
            if level in duty.levels:
                id_ = f"{pack.id}/{duty.id}/{number}"
                found += [
                    _set(pack, id_, duty, context.at, context, side) for side in sides(state, pack, duty, context)
                ]
    entry = next(one for one in pack.ladders[ladder].levels if one.level == level)
    if entry.informed and pack.plan.area == context.area:
        span, basis = context.rules.span("immediately")
        found.append(
            DutySet(
                duty=f"{pack.id}/informed/{ladder}/{number}", kind="inform",
                what=f"{KINDS['inform']}：{entry.label} → {_names(pack, entry.informed)}",
                plan=pack.id, digest=pack.digest, clause=entry.decision_clause or entry.clause, by=("office",),
                to=entry.informed, since=context.at, within="immediately",
                due=context.at + span if span else None, note="" if basis else _NO_FIGURE,
            )
        )  # fmt: skip
    return tuple(found)


def of_query(state: Incident, pack: Pack, context: Context, query: str, by: str) -> tuple[Event, ...]:
    """The answer that a question leaves owed by this duty room, to whoever asked.

    The texts ask it of whoever is pressed for news; where they name no subject the pack lists those who report, and a duty
    room that is not among them owes the answer all the same.
    """
    for duty in pack.reporting.duties:
        if duty.kind == "answer":
            own = next((side.by for side in sides(state, pack, duty, context) if not side.incoming), ())
            note = "" if own else "原文没有写由谁答复，按被催问的一方"
            side = Side(own or (("office",) if pack.plan.area == context.area else duty.by), (by,), incoming=False)
            return (_set(pack, f"{pack.id}/{duty.id}/{query}", duty, context.at, context, side, note=note),)
    return ()


def of_enquiry(pack: Pack, context: Context, enquiry: str, below: str) -> tuple[Event, ...]:
    """The answer that a question put downward leaves owed to this duty room, by the government below.

    Args:
        pack: the plan.
        context: the moment.
        enquiry: number of the question.
        below: whose duty room was asked.
    """
    own = own_government(context.lexicon, context.area)
    for duty in pack.reporting.duties:
        if duty.kind == "answer":
            side = Side((below,), (own,) if own else (), incoming=True)
            return (_set(pack, f"{pack.id}/{duty.id}/{enquiry}", duty, context.at, context, side),)
    return ()


def of_foreigners(state: Incident, pack: Pack, context: Context) -> tuple[Event, ...]:
    """What is owed besides where people from abroad or from Hong Kong, Macao or Taiwan are hurt.

    A duty of the plan's own headquarters or office; the same of another unit is watched as owed by it.
    """
    if pack.plan.area != context.area:
        return ()
    note = "伤亡、失踪、被困人员中有港澳台或外国人员"
    found: list[Event] = []
    for duty in pack.reporting.foreigners:
        side = Side(duty.by, duty.to, incoming=not any(ours(state, pack, name, context) for name in duty.by))
        before = state.duties.get(f"{pack.id}/{duty.id}{side.mark}")
        if before is None or before.status == "void":
            found.append(_set(pack, f"{pack.id}/{duty.id}", duty, context.at, context, side, note=note))
    return tuple(found)


def of_no_foreigners(state: Incident, pack: Pack, context: Context) -> tuple[Event, ...]:
    """The same is owed no longer: there are none among them after all."""
    ids = (f"{pack.id}/{duty.id}{mark}" for duty in pack.reporting.foreigners for mark in ("", "/in"))
    return void(state, ids, "经核实没有港澳台或外国人员", context.at)


def of_end(state: Incident, pack: Pack, context: Context) -> tuple[Event, ...]:
    """What is owed once a response has ended, and what is no longer."""
    over = [id_ for id_, duty in state.duties.items() if duty.plan == pack.id and duty.kind in {"follow_up", "return"}]
    certain = grade(state, pack, context)
    found: list[Event] = []
    for number, duty in enumerate(pack.aftermath.duties, start=1):
        if pack.plan.area != context.area and not any(ours(state, pack, name, context) for name in duty.by):
            continue
        id_ = f"{pack.id}/aftermath/{number}"
        if f"{pack.id}|response" in state.ended:
            # A response that was started and ended again is cleared up again.
            id_ += f"-{state.levels_had.get(f'{pack.id}|response', 0)}"
        if (not duty.grades or not certain or certain in duty.grades) and id_ not in state.duties:
            note = f"只适用于{'、'.join(duty.grades)}事故，等级尚未明确" if duty.grades and not certain else ""
            found.append(_aftermath(pack, id_, duty, context, note))
            if duty.settled_by and _all(state, pack, duty.settled_by):
                found.append(DutyMet(duty=id_, round=1, late=False))
    return (*void(state, over, "响应已结束", context.at), *found)


def settled(state: Incident, pack: Pack) -> tuple[str, ...]:
    """The duties owed under a plan that are met by what has been done with the property requisitioned under it."""
    rules: dict[tuple[str, str], Literal["return", "compensation"]] = {
        (one.kind, one.what): one.settled_by for one in pack.aftermath.duties if one.settled_by
    }
    return tuple(
        id_
        for id_, duty in state.duties.items()
        if duty.plan == pack.id and duty.status in {"open", "missed"}
        if (how := rules.get((duty.kind, duty.label))) is not None and _all(state, pack, how)
    )


def _all(state: Incident, pack: Pack, how: Literal["return", "compensation"]) -> bool:
    """Whether all the property requisitioned under a plan was given back (or compensated in its stead), or compensated.

    False where nothing is on record as requisitioned: the duty stays listed, for what nobody entered.
    """
    done = {"compensated"} if how == "compensation" else {"returned", "compensated"}
    own = [one.status for one in state.property.values() if one.plan == pack.id]
    return bool(own) and done.issuperset(own)


def of_level_left(state: Incident, pack: Pack, ladder: LadderKind, context: Context) -> tuple[Event, ...]:
    """The recurring reports of a level that is left for another."""
    if ladder != "response":
        return ()
    number = state.levels_had.get(f"{pack.id}|{ladder}", 0)
    left = (
        f"{pack.id}/{duty.id}/{number}{mark}" for duty in pack.reporting.duties if duty.levels for mark in ("", "/in")
    )
    return void(state, left, "级别已调整", context.at)


def _aftermath(pack: Pack, id_: str, duty: AftermathDuty, context: Context, note: str) -> DutySet:
    span, basis = context.rules.span(duty.within)
    notes = (note, "" if basis else _NO_FIGURE)
    return DutySet(
        duty=id_, kind=duty.kind, what=duty.what, plan=pack.id, digest=pack.digest,
        clause=duty.clause, by=duty.by, to=duty.to, since=context.at, within=duty.within or "",
        due=context.at + span if span else None, note="；".join(filter(None, notes)),
    )  # fmt: skip


def _set(
    pack: Pack, id_: str, duty: ReportingDuty, since: datetime, context: Context, side: Side, *, note: str = ""
) -> DutySet:
    span, basis = context.rules.span(duty.within)
    every = clock.minutes(duty.every or "")
    if span is None and every is not None:
        span, basis = timedelta(minutes=every), "text"
    notes = (note, {"text": "", "house": "原文没有写明多久，按本值班室的规定", "": _NO_FIGURE}[basis])
    return DutySet(
        duty=id_ + side.mark, kind=duty.kind, plan=pack.id, digest=pack.digest, clause=duty.clause,
        by=side.by, to=side.to, what=f"{KINDS[duty.kind]}：{_names(pack, side.by)} → {_names(pack, side.to)}",
        since=since, within=duty.within or "", due=since + span if span else None, every=every,
        incoming=side.incoming, note="；".join(filter(None, notes)),
    )  # fmt: skip


def _names(pack: Pack, names: Iterable[str]) -> str:
    return "、".join(_name(pack, name) for name in names) or "（原文未写）"


def _name(pack: Pack, name: str) -> str:
    if name in pack.lexicon.organisations:
        return pack.lexicon.organisations[name].label
    try:
        return pack.actor(name).label
    except NotFoundError:
        return name
