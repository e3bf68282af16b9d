"""Which duties of a plan an event brings about: a report, a call, a level, a question, people from abroad, the end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhishou import clock
from zhishou.acts import Event
from zhishou.errors import NotFoundError
from zhishou.incident.context import Context
from zhishou.incident.deadlines import KINDS, DutySet, DutyVoided
from zhishou.incident.state import Incident
from zhishou.plan.aftermath import AftermathDuty
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.posts import organisations
from zhishou.plan.reporting import ReportingDuty

_NO_FIGURE = "原文没有写明多久"
_FROM_UNSTATED = "原文没有写从何时起算，按较早的事发时间计"


def of_report(state: Incident, pack: Pack, context: Context, grade: str) -> tuple[Event, ...]:
    """What is owed once an event is reported: the first reports up the chain, and the follow-up reports.

    Duties limited to grades come in when that grade is certain; those that stand are not set again.
    """
    found: list[Event] = []
    for duty in pack.reporting.duties:
        if duty.kind not in {"first", "follow_up"} or duty.levels or (duty.grades and grade not in duty.grades):
            continue
        since, note = _counted(state, duty, context)
        found += [
            _set(pack, f"{pack.id}/{duty.id}", duty, since, context, side, note=note)
            for side in _sides(state, pack, duty, context)
            if f"{pack.id}/{duty.id}{side.mark}" not in state.duties
        ]
    return tuple(found)


def _counted(state: Incident, duty: ReportingDuty, context: Context) -> tuple[datetime, str]:
    """Since when a first or follow-up report counts, and what is to be said of it where the text leaves it open."""
    if duty.counted_from == "receipt" or duty.kind == "follow_up":
        return context.at, ""
    if duty.grades and not duty.counted_from:
        return context.at, "原文没有写从何时起算，按等级明确时计"
    unstated = not duty.counted_from and clock.minutes(duty.within or "") is not None
    return state.occurred or context.at, _FROM_UNSTATED if unstated else ""


def of_call(
    state: Incident, pack: Pack, context: Context, about: str, *, sender: str | None, grade: str
) -> tuple[Event, ...]:
    """The report in writing that a telephone call leaves owed.

    Args:
        state: the incident.
        pack: the plan.
        context: the moment of the call.
        about: id of the report or of the forwarding, which the duty's id carries.
        sender: organisation that called here; None where this duty room itself called.
        grade: the least accident grade that is certain.
    """
    found: list[Event] = []
    for duty in pack.reporting.duties:
        if duty.kind != "written" or duty.counted_from != "call" or (duty.grades and grade not in duty.grades):
            continue
        for side in _sides(state, pack, duty, context):
            called = side.incoming and sender in parties(pack, side.by, state) if sender else not side.incoming
            if called:
                found.append(_set(pack, f"{pack.id}/{duty.id}/{about}", duty, context.at, context, side))
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
                    _set(pack, id_, duty, context.at, context, side) for side in _sides(state, pack, duty, context)
                ]
    entry = next(one for one in pack.ladders[ladder].levels if one.level == level)
    if entry.informed:
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


def of_query(state: Incident, pack: Pack, context: Context, query: str) -> tuple[Event, ...]:
    """The answer that a superior's question leaves owed."""
    for duty in pack.reporting.duties:
        for side in _sides(state, pack, duty, context) if duty.kind == "answer" else ():
            if not side.incoming:
                return (_set(pack, f"{pack.id}/{duty.id}/{query}", duty, context.at, context, side),)
    return ()


def of_foreigners(state: Incident, pack: Pack, context: Context) -> tuple[Event, ...]:
    """What is owed besides where people from abroad or from Hong Kong, Macao or Taiwan are hurt."""
    note = "伤亡人员中有港澳台或外国人员"
    return tuple(
        _set(pack, f"{pack.id}/{duty.id}", duty, context.at, context, Side(duty.by, duty.to, incoming=False), note=note)
        for duty in pack.reporting.foreigners
        if f"{pack.id}/{duty.id}" not in state.duties
    )


def of_end(state: Incident, pack: Pack, context: Context, grade: str) -> tuple[Event, ...]:
    """What is owed once a response has ended, and what is no longer."""
    voided = [
        DutyVoided(duty=id_, reason="响应已结束")
        for id_, duty in state.duties.items()
        if duty.plan == pack.id and duty.kind in {"follow_up", "return"} and duty.status in {"open", "missed"}
    ]
    owed = (one for one in pack.aftermath.duties if not one.grades or grade in one.grades or not grade)
    found = (_aftermath(pack, number, duty, context) for number, duty in enumerate(owed, start=1))
    return (*voided, *(one for one in found if one.duty not in state.duties))


def of_level_left(state: Incident, pack: Pack, ladder: LadderKind) -> tuple[Event, ...]:
    """The recurring reports of a level that is left for another."""
    number = state.levels_had.get(f"{pack.id}|{ladder}", 0)
    return tuple(
        DutyVoided(duty=id_, reason="级别已调整")
        for duty in pack.reporting.duties
        for mark in ("", "/in")
        if duty.levels and (id_ := f"{pack.id}/{duty.id}/{number}{mark}") in state.duties
        if state.duties[id_].status in {"open", "missed"}
    )


def _aftermath(pack: Pack, number: int, duty: AftermathDuty, context: Context) -> DutySet:
    span, basis = context.rules.span(duty.within)
    return DutySet(
        duty=f"{pack.id}/aftermath/{number}", kind=duty.kind, what=duty.what, plan=pack.id, digest=pack.digest,
        clause=duty.clause, by=duty.by, to=duty.to, since=context.at, within=duty.within or "",
        due=context.at + span if span else None, note="" if basis else _NO_FIGURE,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Side:
    """A duty as this duty room sees it: what it owes itself, or what is owed to it."""

    by: tuple[str, ...]
    to: tuple[str, ...]
    incoming: bool

    @property
    def mark(self) -> str:
        """What an id carries where a duty has both sides."""
        return "/in" if self.incoming else ""


def _sides(state: Incident, pack: Pack, duty: ReportingDuty, context: Context) -> tuple[Side, ...]:
    """Both ends of a duty, where this duty room is one of them; none where it sees neither."""
    by = _parted(state, pack, duty.by, context)
    to = _parted(state, pack, duty.to, context)
    out = Side(by[0], to[1] or to[0], incoming=False)
    in_ = Side(by[1], to[0], incoming=True)
    return tuple(side for side in (out, in_) if side.by and (side.to or not side.incoming))


def _parted(
    state: Incident, pack: Pack, names: Iterable[str], context: Context
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that are this duty room's own, and the others."""
    own = {name: ours(state, pack, (name,), context) for name in names}
    return tuple(name for name in own if own[name]), tuple(name for name in own if not own[name])


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
    return "、".join(pack.actor(name).label for name in names) or "（原文未写）"


def ours(state: Incident, pack: Pack, names: Iterable[str], context: Context) -> bool:
    """Whether any of the names is this duty room's own: its headquarters' bodies and posts, its government or party."""
    own = pack.plan.area == context.area
    for name in names:
        actor = pack.actor(name)
        if actor.kind != "unit":
            if own and actor.id not in {"superior", "members", "groups", "experts", "on_scene"}:
                return True
            continue
        for id_ in organisations(pack.lexicon, actor.id, state.roles):
            unit = pack.lexicon.organisations[id_]
            if unit.area == context.area and unit.kind in {"government", "party"}:
                return True
    return False


def parties(pack: Pack, names: Iterable[str], state: Incident) -> frozenset[str]:
    """The organisations, and ids of the plan's bodies and posts, that the names stand for."""
    found: set[str] = set()
    for name in names:
        try:
            actor = pack.actor(name)
        except NotFoundError:
            found.add(name)
            continue
        found |= {actor.id}
        if actor.kind == "unit":
            found |= set(organisations(pack.lexicon, actor.id, state.roles))
    return frozenset(found)
