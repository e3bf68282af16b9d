"""What one command brings about on two incidents, in one transaction: a report passed up, a question pressed down, its answer, a merging.

The other end is the incident that stands: whoever reports to one that was merged reports to what it was merged into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from zhishou.acts import SYSTEM, Actor, Command, Event
from zhishou.desk.keeping import Change, Keeping
from zhishou.desk.kinds import watch_stream
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.deciding import By
from zhishou.incident.enquiries import EnquireBelow, EnquirySent, TakeAnswer, TakeQuery
from zhishou.incident.index import decide, fold_all
from zhishou.incident.merging import AbsorbIncident, MergeIncident, PartIncident, not_carried
from zhishou.incident.opening import LinkSuperior, OpenIncident
from zhishou.incident.reports import AnswerQuery, ForwardReport, ReceiveReport, ReportGiven
from zhishou.incident.state import Incident
from zhishou.plan.posts import duty_post, own_government


def passed_up(
    command: ForwardReport, change: Change, keeping: Keeping, new_id: Callable[[str, datetime], str]
) -> tuple[Change, ...]:
    """The reporting incident's change, and what it brings about above: in each duty room told a report received, or an incident opened by it.

    Args:
        command: the report upward.
        change: what was decided on the incident below.
        keeping: the incidents.
        new_id: gives the next number of an area.
    """
    going = _Going(keeping, {change.state.id: change})
    report = _report(command, change.state, keeping)
    for above in _told(command, change.state, keeping):
        _arrived(going, change, above, report, new_id)
    return tuple(going.changes.values())


@dataclass
class _Going:
    """Changes on their way, and incidents as they will be."""

    keeping: Keeping
    changes: dict[str, Change]

    def now(self, id_: str) -> Incident:
        """An incident with what is decided on it already; one that was merged: the one that stands for it."""
        if (one := self.changes.get(id_)) is None:
            id_ = (found := self.keeping.standing(id_)).id
            one = self.changes.get(id_)
            return found if one is None else fold_all(one.state, one.events, one.by)
        return fold_all(one.state, one.events, one.by)

    def add(self, state: Incident, events: tuple[Event, ...], by: By) -> None:
        """More events on an incident: one change for each."""
        before = self.changes.get(state.id)
        self.changes[state.id] = (
            Change(state, events, by) if before is None else replace(before, events=(*before.events, *events))
        )


def _arrived(
    going: _Going, change: Change, above: str, report: ReportGiven, new_id: Callable[[str, datetime], str]
) -> None:
    """A report arrives in the duty room of an area above."""
    state, by, keeping = change.state, change.by, going.keeping
    at = by.context.at
    context = keeping.context(above, at)
    arriving = By(Actor(by.actor.person, by.actor.name, frozenset({duty_post(above)})), by.post, context)
    below, upper = _between(state.id, above, going)
    if upper is not None and upper.area == above:  # closed, it takes the report all the same, to be looked at
        command = ReceiveReport(**report.model_dump())
        going.add(upper, decide(upper, command, arriving.actor, context).events, arriving)
        return
    beyond, upper = upper, Incident(new_id(above, at), exercise=state.exercise)
    opening = OpenIncident(
        title=state.title, subject=state.subject, place=state.place, where=state.where, occurred=state.occurred,
        report=report, origin=state.id,
    )  # fmt: skip
    going.add(upper, decide(upper, opening, arriving.actor, context).events, arriving)
    # A duty room further up had it before this one; and a report may go past the duty room between, whose incident it is all the same.
    for lower, higher in ((upper.id, beyond.id if beyond else ""), (below.id, upper.id)):
        if higher:
            one = going.now(lower)
            linked = _by_the_desk(LinkSuperior(incident=higher), one, change, keeping, at)
            going.add(one, linked.events, linked.by)


def _between(id_: str, above: str, going: _Going) -> tuple[Incident, Incident | None]:
    """Along the duty rooms above that have an incident of theirs: the last one below an area, and the one of that area or beyond it."""
    below = going.now(id_)
    while below.superior:
        over = going.now(below.superior)
        if above not in going.keeping.library.lexicon.upward(over.area)[1:]:
            return below, over
        below = over
    return below, None


def merged(command: MergeIncident, change: Change, keeping: Keeping) -> tuple[Change, ...]:
    """The merged incident's change, and the note of it on the other.

    Raises:
        NotFoundError: there is no such incident.
        RefusedError: it is another duty room's, or closed.
    """
    state, other = change.state, keeping.get(command.into)
    if other.area != state.area:
        raise RefusedError("那是另一个值班室的事件", where=command.into, mend="通过上报告知对方，由对方并案")
    told = (f"{one.at:%m月%d日 %H:%M} {keeping.name(one.sender)}：{one.text}" for one in state.reports.values())
    command_ = AbsorbIncident(
        incident=state.id, title=state.title, reports=tuple(told), superior="" if other.superior else state.superior,
        origin="" if other.origin else state.origin, left=tuple(not_carried(state, other, change.by.context)),
    )  # fmt: skip
    events = decide(other, command_, SYSTEM, change.by.context).events
    return change, Change(other, events, change.by)


def parted(change: Change, keeping: Keeping) -> tuple[Change, ...]:
    """The change of an incident whose merging is taken back, and the note of it on the other, which keeps nothing of its links.

    Raises:
        RefusedError: the other was merged itself meanwhile.
    """
    state, other = change.state, keeping.get(change.state.merged_into)
    command = PartIncident(
        incident=state.id, superior=state.superior if state.superior == other.superior else "",
        origin=state.origin if state.origin == other.origin else "",
    )  # fmt: skip
    return change, Change(other, decide(other, command, SYSTEM, change.by.context).events, change.by)


def pressed_down(command: EnquireBelow, change: Change, keeping: Keeping) -> tuple[Change, ...]:
    """The asking incident's change, and the question with its deadline on the incident below.

    Raises:
        NotFoundError: there is no such incident.
        RefusedError: it is closed.
    """
    sent = next(one for one in change.events if isinstance(one, EnquirySent))
    lower, at = keeping.standing(sent.incident), change.by.context.at
    lexicon = keeping.library.lexicon
    asker = own_government(lexicon, change.state.area) or lexicon.areas[change.state.area].label
    query = TakeQuery(by=asker, text=command.text, incident=change.state.id, enquiry=sent.enquiry)
    return change, _by_the_desk(query, lower, change, keeping, at)


def answered_up(command: AnswerQuery, change: Change, keeping: Keeping) -> tuple[Change, ...]:
    """The answering incident's change, and the answer on the incident above from which the question came."""
    query = change.state.queries[command.query]
    if not query.incident:
        return (change,)
    answer = TakeAnswer(enquiry=query.enquiry, text=command.text)
    told = _by_the_desk(answer, keeping.get(query.incident), change, keeping, change.by.context.at)
    return (change, told) if told.events else (change,)


def _by_the_desk(command: Command, other: Incident, change: Change, keeping: Keeping, at: datetime) -> Change:
    """What the desk does on the other incident, in the name of whoever caused it."""
    context = keeping.context(other.area, at)
    events = decide(other, command, SYSTEM, context).events
    return Change(other, events, By(change.by.actor, change.by.post, context))


def _report(command: ForwardReport, state: Incident, keeping: Keeping) -> ReportGiven:
    lexicon = keeping.library.lexicon
    first = state.reports.get(command.report) or next(iter(state.reports.values()), None)
    return ReportGiven(
        kind=command.kind, how=command.how, sender=own_government(lexicon, state.area) or lexicon.areas[state.area].label,
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
