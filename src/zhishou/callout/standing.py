"""How a matter stands in the incident itself: open, answered there, over, or cancelled; pure.

It is looked up before every step and again before every message leaves, so that nobody is called for what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from zhishou.callout.calls import Matter
from zhishou.incident.state import Incident, Signed
from zhishou.watch.state import State

Word = Literal["open", "answered", "over", "cancelled"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a matter stands."""

    word: Word
    by: Signed | None = None
    """Who has answered, by what he did in the incident."""
    note: str = ""


OPEN = Standing("open")


def standing_of(matter: Matter, incident: Incident | None, room: State | None = None) -> Standing:
    """How a matter stands.

    Args:
        matter: the matter.
        incident: its incident; None for a duty room's own matter.
        room: the duty room of its area, which knows of hand-overs.
    """
    if matter.kind in {"cancel", "gap", "test"}:
        return OPEN  # they end by being told, or by an answer to themselves
    if matter.kind == "handover":
        return _handover(matter, room)
    if incident is None:
        return OPEN
    asked = incident.status == "merged" and matter.kind == "query"  # answered where it was asked
    if incident.status in {"closed", "merged", "refuted"} and not asked:
        words = {"closed": "事件已归档", "merged": f"已并入 {incident.merged_into}", "refuted": "核实不属实"}
        return Standing("cancelled" if incident.status != "closed" else "over", note=words[incident.status])
    return _OF[matter.kind](matter, incident)


def _task(matter: Matter, incident: Incident) -> Standing:
    task = incident.tasks.get(matter.id.partition("/")[0])
    if task is None or task.status == "issued":
        return OPEN
    if task.status == "cancelled":
        return Standing("cancelled", note="任务已撤销")
    if task.status == "done" or _for(matter, task.last):
        return Standing("answered", task.last) if _for(matter, task.last) else Standing("over", note="任务已完成")
    return OPEN


def _for(matter: Matter, signed: Signed | None) -> bool:
    """Whether somebody has spoken for the party: one of its own posts, or the desk that wrote down what it said.

    What another unit says of a task that both owe tells nothing of this one.
    """
    if signed is None:
        return False
    own = {*matter.party.posts, *matter.party.deputies}
    return signed.post in own or not signed.post.startswith("unit:")


def _directive(matter: Matter, incident: Incident) -> Standing:
    directive = incident.directives.get(matter.id)
    signed = directive.acknowledged.get(matter.name) if directive is not None else None
    return Standing("answered", signed) if _for(matter, signed) else OPEN


def _level(matter: Matter, incident: Incident) -> Standing:
    key, _, number = matter.id.rpartition("/")
    active = incident.active.get(key)
    if active is None:
        return Standing("cancelled", note=f"{matter.level_label}已结束")
    if str(active.number) != number:
        return Standing("cancelled", note=f"已调整为{active.label}")
    for id_ in matter.tasks:
        task = incident.tasks.get(id_)
        if task is not None and task.status != "issued" and task.last is not None and _for(matter, task.last):
            return Standing("answered", task.last)
    return OPEN


def _proposal(matter: Matter, incident: Incident) -> Standing:
    proposal = incident.proposals.get(matter.id)
    if proposal is None:
        return OPEN
    if proposal.status == "open":
        joined = next((one for one in proposal.joined if one.post in matter.party.posts), None)
        if joined is not None:
            return Standing("answered", joined)
        approved = matter.kind == "approval" and proposal.approvals
        return Standing("answered", proposal.approvals[-1]) if approved else OPEN
    if proposal.status == "decided":
        active = incident.active.get(f"{proposal.plan}|{proposal.ladder}")
        return Standing("answered", active.decided) if active is not None else Standing("over", note="已决定")
    words = {"refused": "未获同意", "withdrawn": "建议已撤回", "overtaken": "已被后来的决定取代"}
    return Standing("cancelled" if proposal.status == "withdrawn" else "over", note=words[proposal.status])


def _query(matter: Matter, incident: Incident) -> Standing:
    query = incident.queries.get(matter.id)
    return Standing("answered", query.answered) if query is not None and query.answered is not None else OPEN


def _report(matter: Matter, incident: Incident) -> Standing:
    report = incident.reports.get(matter.id)
    if report is None:
        return OPEN
    if report.checked is not None:
        return Standing("answered", report.checked)
    return Standing("over", note="已转报") if report.forwarded else OPEN


def _duty(matter: Matter, incident: Incident) -> Standing:
    duty = incident.duties.get(matter.name)
    if duty is None:
        return OPEN
    if duty.status == "met":
        return Standing("over", note="已办理")
    if duty.status == "void":
        return Standing("over", note="时限已解除")
    if matter.due is not None and duty.every is not None and duty.met is not None and duty.met >= matter.due:
        return Standing("over", note="已补办")
    gone = matter.kind == "due" and duty.due != matter.due
    return Standing("over", note="本次已办理或时限已改") if gone else OPEN


_OF: Mapping[str, Callable[[Matter, Incident], Standing]] = {
    "task": _task,
    "directive": _directive,
    "level": _level,
    "proposal": _proposal,
    "approval": _proposal,
    "query": _query,
    "report": _report,
    "due": _duty,
    "missed": _duty,
}


def _handover(matter: Matter, room: State | None) -> Standing:
    if room is None or (room.offer is not None and room.offer.id == matter.id):
        return OPEN
    for watch in reversed(room.watches):
        if watch.handover == matter.id:
            return Standing("answered", Signed(watch.person, watch.name, "", watch.since))
    return Standing("cancelled", note="交班已退回或收回")
