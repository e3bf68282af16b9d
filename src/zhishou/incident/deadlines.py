"""What falls due: duties as events set them, and the one pure function that answers what is due now.

A duty carries all that its deadline needs (since when, within what, how often, under which clause of which pack), so that
an incident is judged by the plan that ruled it and `due` needs no plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from zhishou.acts import Event, Happened, Moment
from zhishou.incident.changing import replace
from zhishou.incident.deciding import Folds
from zhishou.incident.state import Duty, Incident

KINDS: Mapping[str, str] = {
    "first": "首报",
    "follow_up": "续报",
    "final": "终报",
    "written": "书面报告",
    "answer": "答复催报核实",
    "return": "每日报表",
    "notification": "通报",
    "inform": "通知启动",
    "task": "任务",
    "directive": "指令签收",
    "assessment": "评估报告",
    "inquiry": "调查",
    "notice": "发布公告",
    "settlement": "费用清算",
    "requisition": "征用归还",
    "compensation": "补偿",
    "insurance": "保险理赔",
    "relief": "救助",
    "recovery": "恢复重建",
    "pollution": "污染处置",
    "comfort": "安抚抚恤",
    "late_report": "归档后来报",
}
"""Kind of duty → what it is called."""


class DutySet(Event):
    """Something will fall due."""

    type = "duty_set"
    label = "已列入时限"
    duty: str
    kind: str
    what: str
    plan: str = ""
    digest: str = ""
    clause: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    since: Moment
    within: str = ""
    due: Moment | None = None
    every: float | None = None
    """Minutes."""
    incoming: bool = False
    note: str = ""


class DutyTold(Event):
    """One of several whom a duty owes a report has been told."""

    type = "duty_told"
    label = "已报告一方"
    duty: str
    to: tuple[str, ...]


class DutyMet(Event):
    """A duty was met; where it recurs, this time's."""

    type = "duty_met"
    label = "已按要求办理"
    duty: str
    round: int
    late: bool


class DutyMissed(Event):
    """The time of a duty passed and it was not met. It stays owed."""

    type = "duty_missed"
    label = "逾期未办"
    duty: str
    round: int
    due: Moment
    times: int = 1
    """How many times in a row, from this one on: where so many passed unseen that each for itself would bury the record."""


class DutyVoided(Event):
    """A duty is owed no longer."""

    type = "duty_voided"
    label = "时限解除"
    duty: str
    reason: str


class DutyResumed(Event):
    """A duty that fell away with its incident is owed again: the incident was opened again, or its merging taken back."""

    type = "duty_resumed"
    label = "时限恢复"
    duty: str
    reason: str


class DutyMoved(Event):
    """A deadline counts from another moment than was thought."""

    type = "duty_moved"
    label = "时限改正"
    duty: str
    since: Moment
    due: Moment | None = None
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline that has passed."""

    duty: str
    round: int
    due: datetime
    times: int = 1
    """How many in a row it stands for, from this one on."""


SINGLY = 48
"""Times of one duty that are told one by one when nobody looked; the rest of them are told as one, with their number."""


def due(state: Incident, now: datetime) -> tuple[Due, ...]:
    """Every deadline that has passed and has neither been met nor marked as missed, the earliest first.

    “1小时内” includes the hour's last moment: what is done at it is in time, and the deadline has passed after it.
    A duty that recurs shows each time that has passed: a duty room that was without power for five hours owes five
    hourly reports, not one. Where more than `SINGLY` passed, the last of them stand together, with their number.
    Pure: the same state and moment always give the same answer, whatever the clock did between.
    """
    found = [
        one
        for id_, duty in state.duties.items()
        if duty.status in {"open", "missed"}
        for one in _passed(id_, duty, now)
    ]
    return tuple(sorted(found, key=lambda one: (one.due, one.duty, one.round)))


def _passed(id_: str, duty: Duty, now: datetime) -> Iterator[Due]:
    if duty.due is None or duty.due >= now:
        return
    if duty.every is None:
        if duty.status == "open":
            yield Due(id_, duty.round, duty.due)
        return
    every = timedelta(minutes=duty.every)
    count = -((duty.due - now) // every)  # upwards: a time of this very moment has not passed
    singly = count if count <= SINGLY else SINGLY - 1
    for number in range(singly):
        yield Due(id_, duty.round + number, duty.due + number * every)
    if count > singly:
        yield Due(id_, duty.round + singly, duty.due + singly * every, count - singly)


def _missed_by(id_: str, duty: Duty, at: datetime) -> tuple[DutyMissed, ...]:
    return tuple(DutyMissed(duty=id_, round=one.round, due=one.due, times=one.times) for one in _passed(id_, duty, at))


def missed(state: Incident, now: datetime) -> tuple[DutyMissed, ...]:
    """The events that record every deadline that has passed unmet; what `due` answers, as events."""
    return tuple(DutyMissed(duty=one.duty, round=one.round, due=one.due, times=one.times) for one in due(state, now))


def next_due(state: Incident) -> datetime | None:
    """When the next deadline comes that has not been marked; None where nothing with a figure is owed."""
    coming = [
        duty.due
        for duty in state.duties.values()
        if duty.due is not None and (duty.status == "open" or (duty.status == "missed" and duty.every is not None))
    ]
    return min(coming, default=None)


def owed(state: Incident) -> tuple[tuple[str, Duty], ...]:
    """Everything still owed, what is late first, then by when it is due; what has no figure last."""
    found = [(id_, duty) for id_, duty in state.duties.items() if duty.status in {"open", "missed"}]
    return tuple(sorted(found, key=lambda one: (one[1].due is None, one[1].due or one[1].since, one[0])))


def meets(state: Incident, id_: str, at: datetime, to: tuple[str, ...] = ()) -> tuple[Event, ...]:
    """What follows where a duty is carried out at a moment: told one of several, or met.

    Times that passed before that moment and are not marked yet are marked first, so that none is lost to the order in which
    things are entered. One report meets one time of a duty that recurs: after a missed time it makes that time good, late,
    and the next stays owed; a second one within the same interval meets nothing.

    Args:
        state: the incident.
        id_: the duty.
        at: when.
        to: who was told; empty where the duty is met whoever was told.
    """
    duty = state.duties[id_]
    if duty.status not in {"open", "missed"}:
        return ()
    passed = _missed_by(id_, duty, at)
    for one in passed:
        duty = _after_missed(duty, one)
    if to and not duty.incoming and duty.to:
        told = tuple(one for one in dict.fromkeys(to) if one in duty.to and one not in duty.told)
        if set(duty.to) - {*duty.told, *told}:
            return (*passed, DutyTold(duty=id_, to=told)) if told else passed
    return (*passed, *_met_now(id_, duty, at))


def _met_now(id_: str, duty: Duty, at: datetime) -> tuple[DutyMet, ...]:
    if duty.every is None or duty.due is None:
        return (DutyMet(duty=id_, round=duty.round, late=duty.due is not None and at > duty.due),)
    every = timedelta(minutes=duty.every)
    before = duty.due - every
    if duty.status == "missed":
        return (DutyMet(duty=id_, round=duty.round - 1, late=at > before),) if at > before - every else ()
    return (DutyMet(duty=id_, round=duty.round, late=at > duty.due),) if at > before else ()


def void(state: Incident, ids: Iterable[str], reason: str, at: datetime) -> tuple[Event, ...]:
    """Some duties are owed no longer; times that had passed by then and are not marked yet are marked first."""
    events: list[Event] = []
    for id_ in ids:
        duty = state.duties.get(id_)
        if duty is not None and duty.status in {"open", "missed"}:
            events += (*_missed_by(id_, duty, at), DutyVoided(duty=id_, reason=reason))
    return tuple(events)


def resumed(state: Incident, fallen: str, reason: str) -> tuple[Event, ...]:
    """The duties that fell away for one reason are owed again; what passed meanwhile is marked by whoever looks next."""
    return tuple(
        DutyResumed(duty=id_, reason=reason)
        for id_, duty in state.duties.items()
        if duty.status == "void" and duty.voided == fallen
    )


def _put(state: Incident, id_: str, duty: Duty) -> Incident:
    return replace(state, duties={**state.duties, id_: duty})


def _set(state: Incident, event: DutySet, _: Happened) -> Incident:
    duty = Duty(
        event.kind, event.what, event.plan, event.digest, event.clause, event.by, event.to, event.since, event.within,
        event.due, event.every, event.incoming, event.note,
    )  # fmt: skip
    return replace(state, duties={**state.duties, event.duty: duty})


def _told(state: Incident, event: DutyTold, _: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    return _put(state, event.duty, replace(duty, told=(*duty.told, *event.to))) if duty else state


def _moved(state: Incident, event: DutyMoved, _: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    if duty is None:
        return state
    late = duty.late - 1 if duty.status == "missed" else duty.late
    return _put(state, event.duty, replace(duty, since=event.since, due=event.due, status="open", late=late))


def _voided(state: Incident, event: DutyVoided, _: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    if duty is None:
        return state
    return _put(state, event.duty, replace(duty, status="void", before=duty.status, voided=event.reason))


def _resumed(state: Incident, event: DutyResumed, _: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    if duty is None:
        return state
    return _put(state, event.duty, replace(duty, status=duty.before or "open", before="", voided=""))


def _met(state: Incident, event: DutyMet, happened: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    if duty is None:
        return state
    # A time that was marked as missed and turns out to have been kept (entered later) counts as missed no longer.
    late = duty.late - 1 if duty.status == "missed" and not event.late and duty.late else duty.late
    made = replace(duty, met=happened.at, told=(), late=late)
    if duty.every is not None and duty.due is not None:
        if event.round < duty.round:
            return _put(state, event.duty, replace(made, status="open"))
        after = duty.due + timedelta(minutes=duty.every)
        return _put(state, event.duty, replace(made, status="open", round=event.round + 1, due=after))
    if duty.kind == "follow_up":
        # “随时续报，直至处置结束”: the next one stays owed until the response ends.
        return _put(state, event.duty, replace(made, status="open", round=event.round + 1, due=None))
    return _put(state, event.duty, replace(made, status="met"))


def _missed(state: Incident, event: DutyMissed, _: Happened) -> Incident:
    duty = state.duties.get(event.duty)
    return state if duty is None else _put(state, event.duty, _after_missed(duty, event))


def _after_missed(duty: Duty, event: DutyMissed) -> Duty:
    if duty.every is None:
        return replace(duty, status="missed", late=duty.late + 1)
    after = event.due + event.times * timedelta(minutes=duty.every)
    return replace(
        duty, round=event.round + event.times, due=after, late=duty.late + event.times, told=(), status="missed"
    )


FOLDS: Folds = {
    DutySet: _set,
    DutyTold: _told,
    DutyMet: _met,
    DutyMissed: _missed,
    DutyVoided: _voided,
    DutyResumed: _resumed,
    DutyMoved: _moved,
}
