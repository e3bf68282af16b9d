"""Two incidents that turn out to be the same: one is merged into the other, the other says so, and a mistake is taken back.

What ties an incident to the duty rooms above and below goes over to the one that stands; questions that are open are answered
where they were asked, with the time that they had. What does not go over is said on the one that stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import SYSTEM_ALONE, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import resumed, void
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.state import Incident, untrue
from zhishou.incident.tasks import fallen, taken_up
from zhishou.incident.unsettled import in_hand


class MergeIncident(Command):
    """Merge this incident into another that turns out to be the same."""

    name = "merge_incident"
    label = "并案"
    into: str
    reason: str
    left: str = ""
    """Needed where tasks, cut lists or things lent are in hand: what becomes of them."""


class UnmergeIncident(Command):
    """Take a merging back that was a mistake: the incident stands for itself again, with what it owed."""

    name = "unmerge_incident"
    label = "撤销并案"
    reason: str


class AbsorbIncident(Command):
    """Note that another incident was merged into this one. Given by the desk alone, with the merging itself."""

    name = "absorb_incident"
    label = "并入登记"
    incident: str
    title: str
    reports: tuple[str, ...] = ()
    superior: str = ""
    origin: str = ""
    left: tuple[str, ...] = ()


class PartIncident(Command):
    """Note that a merging into this incident was taken back. Given by the desk alone, with the taking back itself."""

    name = "part_incident"
    label = "撤销并入登记"
    incident: str
    superior: str = ""
    origin: str = ""


class IncidentMerged(Event):
    """The incident is the same as another."""

    type = "incident_merged"
    label = "已并案"
    into: str
    reason: str
    in_hand: tuple[str, ...] = ()
    """What was not settled yet."""
    left: str = ""
    """What was said to become of it."""


class IncidentUnmerged(Event):
    """The merging was a mistake; the incident stands for itself."""

    type = "incident_unmerged"
    label = "并案已撤销"
    into: str
    reason: str


class IncidentAbsorbed(Event):
    """Another incident was merged into this one."""

    type = "incident_absorbed"
    label = "已并入"
    incident: str
    title: str
    reports: tuple[str, ...] = ()
    """What was reported of it: by whom, when, what."""
    superior: str = ""
    """The incident of the duty room above that goes over from it; empty where it had none or this one has its own."""
    origin: str = ""
    """The same of the duty room below."""
    left: tuple[str, ...] = ()
    """What did not go over, in words."""


class IncidentParted(Event):
    """An incident that had been merged into this one stands for itself again."""

    type = "incident_parted"
    label = "并入已撤销"
    incident: str
    superior: str = ""
    """The incident of the duty room above that goes back with it."""
    origin: str = ""


def _because(into: str) -> str:
    """Why what an incident owed fell away; by it is known what comes back."""
    return f"已并入 {into}"


def not_carried(state: Incident, into: Incident, context: Context) -> Iterator[str]:
    """What of a merged incident does not go over to the one that stands, in words."""
    if state.superior and into.superior and state.superior != into.superior:
        yield f"上级按两起事件登记（{state.superior}、{into.superior}），请告上级并案"
    if state.origin and into.origin and state.origin != into.origin:
        yield f"下级事件 {state.origin} 的续报仍报到本事件；向其催报须写明编号"
    plans = [context.packs[one].plan.short for one in state.plans if one not in into.plans and one in context.packs]
    if plans:
        yield f"本事件没有适用的预案：{'、'.join(plans)}"
    asked = [one.text for one in state.queries.values() if one.answered is None]
    asked += [one.text for one in state.enquiries.values() if one.answered is None]
    if asked:
        yield f"没有答复的催报核实 {len(asked)} 项，在 {state.id} 中答复：{'；'.join(asked[:3])}{'等' if len(asked) > 3 else ''}"
    if state.facts:
        yield f"要素 {len(state.facts)} 项没有带过来，需要的请在本事件登记"
    if any(state.casualties.values()):
        yield "伤亡人数没有带过来，请核对后在本事件更新"
    yield from (f"{one}（没有带过来）" for one in in_hand(state))


def _merge(command: MergeIncident, state: Incident, by: By) -> tuple[Event, ...]:
    if command.into == state.id:
        raise RefusedError("不能并入自身", where="并案", mend="写另一个事件的编号")
    if state.active:
        labels = "、".join(one.label for one in state.active.values())
        raise RefusedError(f"{labels}还在生效", where="并案", mend="先结束响应、解除预警，再并案")
    if not command.reason.strip():
        raise RefusedError("没有写并案理由", where="并案", mend="写明为什么是同一事件", code="missing")
    open_ = in_hand(state)
    if open_ and not command.left.strip():
        shown = "；".join(open_[:5]) + (f"等 {len(open_)} 项" if len(open_) > 5 else "")
        raise RefusedError(
            f"还有在办的事项，并案后不带到另一个事件：{shown}", where="并案", code="missing",
            mend="先办结，或写明这些事项怎样处理（如：已在另一事件中重新下达）",
        )  # fmt: skip
    why = _because(command.into)
    owed = (id_ for id_, duty in state.duties.items() if duty.kind != "answer")
    return (
        IncidentMerged(into=command.into, reason=command.reason, in_hand=open_, left=command.left if open_ else ""),
        *fallen(state, why),
        *void(state, owed, why, by.context.at),
    )


def _unmerge(command: UnmergeIncident, state: Incident, _by: By) -> tuple[Event, ...]:
    if state.status != "merged":
        raise RefusedError("事件没有并入别的事件", where=state.id, mend="核对事件编号")
    if not command.reason.strip():
        raise RefusedError("没有写撤销并案的理由", where=state.id, mend="写明为什么不是同一事件", code="missing")
    why = _because(state.merged_into)
    return (
        IncidentUnmerged(into=state.merged_into, reason=command.reason),
        *taken_up(state, why, f"并案已撤销：{command.reason}"),
        *resumed(state, why, "并案已撤销"),
    )


def _absorb(command: AbsorbIncident, state: Incident, _by: By) -> tuple[Event, ...]:
    if command.incident in state.absorbed:
        raise RefusedError("这个事件已经并入", where=command.incident, mend="核对事件编号")
    return (IncidentAbsorbed(**command.model_dump()),)


def _part(command: PartIncident, state: Incident, _by: By) -> tuple[Event, ...]:
    if state.status == "merged":
        raise RefusedError(
            f"{state.id} 又并入了 {state.merged_into}", where=command.incident, mend=f"先撤销 {state.id} 的并案"
        )
    return (IncidentParted(**command.model_dump()),)


HANDLERS: Handlers = {
    MergeIncident: Handler(lambda _, state, context: staff(state, context), _merge),
    UnmergeIncident: Handler(lambda _, state, context: staff(state, context), _unmerge, closed=True, only="merged"),
    AbsorbIncident: Handler(lambda *_: SYSTEM_ALONE, _absorb),
    PartIncident: Handler(lambda *_: SYSTEM_ALONE, _part, closed=True),
}


def _unmerged(state: Incident, _event: IncidentUnmerged, _happened: Happened) -> Incident:
    return replace(state, status="refuted" if untrue(state) else "open", merged_into="")


def _absorbed(state: Incident, event: IncidentAbsorbed, _: Happened) -> Incident:
    return replace(
        state, absorbed=(*state.absorbed, event.incident), superior=state.superior or event.superior,
        origin=state.origin or event.origin,
    )  # fmt: skip


def _parted(state: Incident, event: IncidentParted, _: Happened) -> Incident:
    return replace(
        state, absorbed=tuple(one for one in state.absorbed if one != event.incident),
        superior="" if event.superior else state.superior, origin="" if event.origin else state.origin,
    )  # fmt: skip


FOLDS: Folds = {
    IncidentMerged: lambda state, event, _: replace(state, status="merged", merged_into=event.into),
    IncidentUnmerged: _unmerged,
    IncidentAbsorbed: _absorbed,
    IncidentParted: _parted,
}
