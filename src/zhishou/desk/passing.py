"""A report that goes to a duty room above which keeps the same record arrives there at once, in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from zhishou.acts import SYSTEM, Actor
from zhishou.desk.keeping import Change, Keeping
from zhishou.desk.kinds import watch_stream
from zhishou.errors import NotFoundError
from zhishou.incident.deciding import By
from zhishou.incident.index import decide, fold_all
from zhishou.incident.opening import LinkSuperior, OpenIncident
from zhishou.incident.reports import ForwardReport, ReceiveReport, ReportGiven
from zhishou.incident.state import Incident
from zhishou.plan.posts import duty_post


def passed_up(
    command: ForwardReport, change: Change, keeping: Keeping, new_id: Callable[[str, datetime], str]
) -> tuple[Change, ...]:
    """The reporting incident's change, and what it brings about above: a report received, or an incident opened by it.

    Args:
        command: the report upward.
        change: what was decided on the incident below.
        keeping: the incidents.
        new_id: gives the next number of an area.
    """
    state, by = change.state, change.by
    above = next(iter(_told(command, state, keeping)), "")
    if not above:
        return (change,)
    at = by.context.at
    context = keeping.context(above, at)
    arriving = Actor(by.actor.person, by.actor.name, frozenset({duty_post(above)}))
    report = _report(command, state, keeping)
    if state.superior:
        upper = keeping.get(state.superior)
        events = decide(upper, ReceiveReport(**report.model_dump()), arriving, context).events
        return change, Change(upper, events, By(arriving, by.post, context))
    upper = Incident(new_id(above, at), exercise=state.exercise)
    opening = OpenIncident(
        title=state.title, subject=state.subject, place=state.place, where=state.where, occurred=state.occurred,
        report=report, origin=state.id,
    )  # fmt: skip
    events = decide(upper, opening, arriving, context).events
    link = decide(fold_all(state, change.events, by), LinkSuperior(incident=upper.id), SYSTEM, by.context).events
    return Change(state, (*change.events, *link), by), Change(upper, events, By(arriving, by.post, context))


def _report(command: ForwardReport, state: Incident, keeping: Keeping) -> ReportGiven:
    lexicon = keeping.library.lexicon
    governments = (
        id_ for id_, one in lexicon.organisations.items() if (one.area, one.kind) == (state.area, "government")
    )
    first = state.reports.get(command.report) or next(iter(state.reports.values()), None)
    return ReportGiven(
        kind=command.kind, how=command.how, sender=next(governments, lexicon.areas[state.area].label),
        text=command.text or (first.text if first else ""), items=dict(first.items) if first else {},
    )  # fmt: skip


def _told(command: ForwardReport, state: Incident, keeping: Keeping) -> Iterator[str]:
    """The areas above with a duty room of their own to which the report goes, the nearest first."""
    lexicon = keeping.library.lexicon
    for area in lexicon.upward(state.area)[1:]:
        if not keeping.journal.version(watch_stream(area)):
            continue
        for name in command.to:
            unit = lexicon.organisation(name, state.area)
            units = state.roles.get(unit, (unit,)) if unit else ()
            own = any(_of(plan, name, keeping) == area for plan in state.plans)
            if own or any(lexicon.organisations[one].area == area for one in units if one in lexicon.organisations):
                yield area
                break


def _of(plan: str, name: str, keeping: Keeping) -> str:
    """The area whose headquarters or office a plan means by a name; empty where it is a unit or nobody."""
    pack = keeping.library.packs.get(plan)
    if pack is None:
        return ""
    try:
        return pack.plan.area if pack.actor(name).kind != "unit" else ""
    except NotFoundError:
        return ""
