"""Which matters arise from what has happened to an incident, and whom each must be told to; pure.

It is asked in the very transaction in which the events are recorded, so that no crash can come between an order and its call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhishou.acts import Event
from zhishou.callout.calls import STREAMS, Call, Kind, Matter, Need, Party
from zhishou.callout.levels import of_level
from zhishou.callout.parties import parties, room, together, without
from zhishou.callout.ranks import rank, severity
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutyMissed, DutySet
from zhishou.incident.deciding import By
from zhishou.incident.directives import DirectiveIssued
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.merging import IncidentMerged
from zhishou.incident.proposals import LevelProposed, ProposalApproved, ProposalWithdrawn, steps
from zhishou.incident.reports import QueryReceived, ReportReceived, ReportRefuted
from zhishou.incident.state import Incident
from zhishou.incident.tasks import TaskCancelled, TaskIssued, TaskResumed
from zhishou.plan.pack import LadderKind, Pack
from zhishou.plan.posts import Answering

ENDING = (TaskCancelled, ProposalWithdrawn, LevelDecided, LevelEnded, IncidentMerged, ReportRefuted)
"""After these, calls may have to be cancelled: whoever asks must say which calls of the incident there are."""


@dataclass(frozen=True, slots=True)
class Arising:
    """An incident before and after, and what is between."""

    before: Incident
    after: Incident
    events: tuple[Event, ...]
    by: By
    there: Mapping[str, Call] = field(default_factory=dict)
    """The calls that the incident has, by stream; only asked for after one of `ENDING`."""

    @property
    def context(self) -> Context:
        """Moment, plans and lexicon."""
        return self.by.context

    def pack(self, plan: str) -> Pack | None:
        """A plan; None where it is not among the packs any more."""
        return self.context.packs.get(plan)

    def room(self, post: str = "") -> Party | None:
        """The duty room's own people: its duty officers, behind them the offices of its own plans."""
        area = self.after.area
        own = [pack for plan in self.after.plans if (pack := self.pack(plan)) is not None and pack.plan.area == area]
        label = f"{self.context.lexicon.areas[area].label}值班室"
        return without(room(area, label, own), post)

    def due(self, duty: str) -> DutySet | None:
        """The deadline that was set with what happened."""
        found = (one for one in self.events if isinstance(one, DutySet) and one.duty == duty)
        return next(found, None)

    def matter(self, kind: Kind, id_: str, party: Party, what: str, *, plan: str = "", **more: Any) -> Matter:
        """A matter of this incident."""
        more.setdefault("rank", severity(self.after, self.context.packs))
        return Matter(
            kind=kind, id=id_, incident=self.after.id, area=self.after.area, plan=plan, party=party, what=what,
            since=self.context.at, **more,
        )  # fmt: skip


def arising(one: Arising) -> tuple[Matter, ...]:
    """The matters, each for one party."""
    found = {
        (matter.kind, matter.id, matter.party.key): matter
        for event in one.events
        for of in (_ARISING.get(type(event)),)
        if of is not None
        for matter in of(one, event)
    }
    return tuple(found.values())


def _tasks(one: Arising, event: TaskIssued) -> Iterator[Matter]:
    pack = one.pack(event.plan)
    if pack is None or any(isinstance(other, LevelDecided) and event.measure for other in one.events):
        return  # the measures of a level are told with the level
    for party in _told(one, parties(pack, event.by, one.after.roles)):
        yield one.matter(
            "task", event.task, party, event.text, plan=event.plan, due=event.due, clause=event.clause
        )  # fmt: skip


def _resumed(one: Arising, event: TaskResumed) -> Iterator[Matter]:
    """A task that was called off with its incident: whoever was told so is told that it holds again."""
    task = one.after.tasks.get(event.task)
    pack = one.pack(task.plan) if task is not None else None
    if task is None or pack is None or task.status != "issued":
        return
    for party in _told(one, parties(pack, task.by, one.after.roles)):
        yield one.matter(
            "task", f"{event.task}/{one.after.version}", party, f"任务恢复：{task.text}", plan=task.plan, due=task.due,
            clause=task.clause,
        )  # fmt: skip


def _called_off(one: Arising, event: TaskCancelled) -> Iterator[Matter]:
    if not any(isinstance(other, IncidentMerged) for other in one.events):  # that cancels all there is, once
        yield from _cancels(one, "task", event.task, f"任务撤销：{event.reason}")


def _told(one: Arising, found: Iterable[Party]) -> Iterator[Party]:
    """Without the party for whom whoever gave it speaks himself."""
    return (party for party in found if one.by.post not in party.posts)


def _directive(one: Arising, event: DirectiveIssued) -> Iterator[Matter]:
    pack = one.pack(event.plan)
    if pack is None:
        return
    duty = one.due(f"directive/{event.directive}")
    for name in event.to:
        for party in _told(one, parties(pack, (name,), one.after.roles)):
            yield one.matter(
                "directive", event.directive, party, event.text, plan=event.plan, name=name, clause=event.clause,
                due=duty.due if duty else None,
            )  # fmt: skip


def _level(one: Arising, event: LevelDecided) -> Iterator[Matter]:
    pack = one.pack(event.plan)
    if pack is None:
        return
    id_ = level_id(one.after, event.plan, event.ladder)
    called = set()
    for party, need, tasks in _of_level(one, event, pack):
        called.add(party.key)
        yield one.matter(
            "level", id_, party, _words(event), plan=event.plan, level=event.level, level_label=event.level_label,
            rank=rank(pack, event.ladder, event.level), need=need, tasks=tasks, clause=event.clause,
            due=_earliest(one, tasks),
        )  # fmt: skip
    if event.was:
        before = level_id(one.before, event.plan, event.ladder)
        yield from _cancels(one, "level", before, f"{event.level_label}已代替原级别", besides=called)


def level_id(state: Incident, plan: str, ladder: str) -> str:
    """How the level now in force is named among the matters of its incident."""
    return f"{plan}|{ladder}/{state.levels_had.get(f'{plan}|{ladder}', 0)}"


_CHANGES = {"start": "启动", "raise": "提升为", "lower": "降为"}


def _words(event: LevelDecided) -> str:
    change = "发布" if (event.ladder, event.change) == ("warning", "start") else _CHANGES[event.change]
    return f"{change}{event.level_label}"


def _of_level(one: Arising, event: LevelDecided, pack: Pack) -> Iterator[tuple[Party, Need, tuple[str, ...]]]:
    owing = {other.task: other.by for other in one.events if isinstance(other, TaskIssued) and other.measure}
    kind: LadderKind = "warning" if event.ladder == "warning" else "response"
    for party, need, tasks in of_level(pack, kind, event.level, owing, one.after.area, one.after.roles):
        for told in _told(one, (party,)):
            yield told, need, tasks


def _earliest(one: Arising, tasks: tuple[str, ...]) -> Any:
    return min((due for id_ in tasks if (due := one.after.tasks[id_].due) is not None), default=None)


def _level_ended(one: Arising, event: LevelEnded) -> Iterator[Matter]:
    lifted = "预警解除" if event.ladder == "warning" else "响应结束"
    id_ = level_id(one.before, event.plan, event.ladder)
    yield from _cancels(one, "level", id_, f"{event.level_label}{lifted}")


def _proposal(one: Arising, event: LevelProposed | ProposalApproved) -> Iterator[Matter]:
    proposal = one.after.proposals.get(event.proposal)
    pack = one.pack(proposal.plan) if proposal else None
    if proposal is None or pack is None or proposal.status != "open":
        return
    try:
        of, how = steps(one.after, one.context, proposal)
    except RefusedError:
        return  # the plan no longer has that level; the board shows the proposal all the same
    approving = how.approvers is not None and not proposal.approvals
    who, names = (how.approvers, how.approving) if approving else (how.deciders, how.authorities)
    label = "、".join(pack.actor(name).label for name in names) or "有权决定的人"
    kind: Kind = "approval" if approving else "proposal"
    joint = parties(pack, how.joint, one.after.roles) if how.joint and not approving else ()
    for party in _told(one, joint or (_any_of(who or how.deciders, label, pack),)):
        yield one.matter(
            kind, event.proposal, party, f"建议{_CHANGES[proposal.change]}{proposal.label}", plan=pack.id, need="full",
            level=proposal.level, level_label=proposal.label, rank=rank(pack, proposal.ladder, proposal.level),
            clause=of.clause,
        )  # fmt: skip


def _any_of(who: Permitted, label: str, pack: Pack) -> Party:
    return together(who.posts[0] if who.posts else f"{pack.id}:?", label, Answering(who.posts, who.deputies))


def _query(one: Arising, event: QueryReceived) -> Iterator[Matter]:
    owed = (d for d in one.events if isinstance(d, DutySet) and d.kind == "answer" and d.duty.endswith(event.query))
    duty = next(owed, None)
    if (party := one.room(one.by.post)) is not None:
        yield one.matter(
            "query", event.query, party, event.text, plan=duty.plan if duty else "", need="full",
            due=duty.due if duty else None, clause=duty.clause if duty else (),
        )  # fmt: skip


def _report(one: Arising, event: ReportReceived) -> Iterator[Matter]:
    """A report that somebody sent himself, or that a duty room below passed up: nobody of this room has seen it yet."""
    own = one.room()
    if own is not None and one.by.post not in {*own.posts, *own.deputies}:
        unit = one.context.lexicon.organisations.get(event.sender)
        yield one.matter("report", event.report, own, f"{unit.label if unit else event.sender}报来", need="full")


def _missed(one: Arising, event: DutyMissed) -> Iterator[Matter]:
    duty = one.after.duties.get(event.duty)
    last = [other for other in one.events if isinstance(other, DutyMissed) and other.duty == event.duty][-1]
    if duty is None or event is not last:
        return  # five hourly reports missed in one night without power are one call
    pack = one.pack(duty.plan)
    own = one.room()
    others = duty.incoming or duty.kind in {"task", "directive"}
    owing = parties(pack, duty.by, one.after.roles) if pack is not None and others else ()
    named = [(party, "own") for party in owing] + ([(own, "full")] if own is not None else [])
    for party, need in named:
        yield one.matter(
            "missed", f"{event.duty}/{one.after.version}", party, duty.label, plan=duty.plan, clause=duty.clause,
            due=event.due, need=need, name=event.duty,
        )  # fmt: skip


def _cancels(
    one: Arising, kind: str, id_: str, what: str, *, besides: Iterable[str] = ()
) -> Iterator[Matter]:  # fmt: skip
    """A cancel for every party that was told of a matter, or may be about to be."""
    start, known = f"{STREAMS}{one.after.id}/{kind}/{id_}/", set(besides)
    for stream, call in one.there.items():
        if stream.startswith(start) and call.matter is not None and call.matter.party.key not in known:
            yield from _cancel(one, call, f"{kind}/{id_}", what)


def _cancel(one: Arising, call: Call, id_: str, what: str) -> Iterator[Matter]:
    if call.matter is None or not (call.open or any(message.told for message in call.messages.values())):
        return
    yield one.matter(
        "cancel", f"{id_}/{one.after.version}", call.matter.party, what, plan=call.matter.plan, of=call.id, answer=False, need=call.matter.need,
        rank=call.matter.rank, level=call.matter.level, level_label=call.matter.level_label,
    )  # fmt: skip


def _over(one: Arising, what: str) -> Iterator[Matter]:
    """The whole incident has lost its point: whatever was told of it is cancelled, but for what must be answered all the same."""
    kept = {"cancel", "gap", "due", "missed", "report"} | ({"query"} if one.after.status == "merged" else set())
    for call in one.there.values():
        if call.matter is not None and call.matter.kind not in kept:
            yield from _cancel(one, call, f"{call.matter.kind}/{call.matter.id}/all", what)


def _refuted(one: Arising, _: ReportRefuted) -> Iterator[Matter]:
    if one.after.status == "refuted" and one.before.status != "refuted":
        yield from _over(one, "经核实不属实，此前通知作废")


_ARISING: Mapping[type[Event], Callable[[Arising, Any], Iterator[Matter]]] = {
    TaskIssued: _tasks,
    DirectiveIssued: _directive,
    LevelDecided: _level,
    LevelProposed: _proposal,
    ProposalApproved: _proposal,
    QueryReceived: _query,
    ReportReceived: _report,
    DutyMissed: _missed,
    LevelEnded: _level_ended,
    TaskCancelled: _called_off,
    TaskResumed: _resumed,
    ProposalWithdrawn: lambda one, event: _cancels(one, "proposal", event.proposal, "建议已撤回，不需要决定"),
    IncidentMerged: lambda one, event: _over(one, f"已并入 {event.into}，此前通知作废"),
    ReportRefuted: _refuted,
}
"""Event → the matters it brings about."""
