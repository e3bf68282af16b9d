"""An incident opened with its plans, merged with another, opened again; and plain notes."""

from __future__ import annotations

from pydantic import Field

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import EVERYBODY, SYSTEM_ALONE, Permitted, office, organisation, staff, units
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import resumed
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.duties import of_foreigners, of_report
from zhishou.incident.late_reports import looked_at
from zhishou.incident.reports import ReceiveReport, ReportGiven
from zhishou.incident.state import FOREIGN, Attached, Incident, untrue
from zhishou.incident.tasks import taken_up
from zhishou.incident.unsettled import CLOSED
from zhishou.plan.pack import Pack
from zhishou.plan.posts import duty_post, filled_roles, reporter_post


class OpenIncident(Command):
    """Open an incident, usually with the first report of it."""

    name = "open_incident"
    label = "事件登记"
    title: str
    subject: str = ""
    """Subject id of the lexicon; the plans that cover it are attached."""
    place: str
    """Area where it happens, by id or name."""
    where: str = ""
    """The place in words."""
    occurred: Moment | None = None
    plans: tuple[str, ...] = ()
    """Plans to attach; empty: every plan in force for the area that covers the subject."""
    report: ReportGiven | None = None
    reporter: str = ""
    """Id under which the sender of the report sends its returns to this duty room, where it reports itself and no plan knows it;
    the sender is then called as the supply system calls it."""
    origin: str = ""
    """The incident of the duty room below that was passed up."""


class AttachPlan(Command):
    """Handle the incident under one more plan."""

    name = "attach_plan"
    label = "适用预案"
    plan: str


class ReopenIncident(Command):
    """Open a closed incident again."""

    name = "reopen_incident"
    label = "重新打开"
    reason: str


class AddNote(Command):
    """Write something down."""

    name = "add_note"
    label = "记事"
    text: str


class LinkSuperior(Command):
    """Note the incident of the duty room above to which this one was passed up. Given by the desk alone."""

    name = "link_superior"
    label = "关联上级事件"
    incident: str


class IncidentOpened(Event):
    """An incident was opened."""

    type = "incident_opened"
    label = "事件已登记"
    area: str
    place: str
    where: str = ""
    title: str
    subject: str = ""
    occurred: Moment | None = None
    origin: str = ""
    roles: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class PlanAttached(Event):
    """A plan applies."""

    type = "plan_attached"
    label = "已适用预案"
    plan: str
    version: str
    digest: str


class IncidentReopened(Event):
    """A closed incident is open again."""

    type = "incident_reopened"
    label = "已重新打开"
    reason: str


class NoteAdded(Event):
    """Something was written down."""

    type = "note_added"
    label = "记事"
    text: str


class ActedByDelegation(Event):
    """What stands before it under the same command was done by a written delegation."""

    type = "acted_by_delegation"
    label = "凭书面委托办理"
    post: str
    delegation: str


class SuperiorLinked(Event):
    """The duty room above has its own incident of this."""

    type = "superior_linked"
    label = "上级已登记"
    incident: str


def plans_for(context: Context, subject: str) -> tuple[Pack, ...]:
    """The plans in force for the duty room's area, or one that holds it, that cover a subject and have levels."""
    chain = context.lexicon.upward(context.area)
    return tuple(
        pack
        for pack in context.packs.values()
        if pack.plan.area in chain
        and pack.in_force(context.at.date())
        and pack.ladders
        and any(covered.subject == subject for covered in pack.plan.scope.covers)
    )


def _may_open(command: OpenIncident, state: Incident, context: Context) -> Permitted:
    """The desk; and whoever reports an emergency himself, in the name for which he speaks."""
    found = Permitted((duty_post(context.area),))
    if command.report is not None:
        found = found | units(state, (organisation(command.report.sender, context, state),))
        nameless = context.lexicon.organisation(command.report.sender, context.area) is None
        if command.reporter and nameless:  # whoever sends a government's returns does not speak for the government
            found = found | Permitted((reporter_post(context.area, command.reporter),))
    packs = [context.packs[plan] for plan in command.plans if plan in context.packs]
    for pack in packs or plans_for(context, command.subject):
        found = found | office(pack) if pack.plan.area == context.area else found
    return found


def _open(command: OpenIncident, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    try:
        place = context.lexicon.area(command.place)
    except NotFoundError as error:
        raise RefusedError(error.message, where="事发地", mend=error.mend, code="missing") from None
    if context.area not in context.lexicon.upward(place):
        own = context.lexicon.areas[context.area].label
        raise RefusedError(f"事发地不在{own}范围内", where="事发地", mend="请转报事发地的值班室", code="missing")
    if command.subject and command.subject not in context.lexicon.subjects:
        known = "、".join(f"{id_}（{one.label}）" for id_, one in context.lexicon.subjects.items())
        raise RefusedError(f"没有“{command.subject}”这类事件", where="事件类别", mend=f"可用：{known}", code="missing")
    if command.occurred is not None and command.occurred > context.at:
        raise RefusedError("发生时间在登记时间之后", where="发生时间", mend="改正发生时间", code="missing")
    if command.origin and by.post.startswith(("unit:", "reporter:")):
        raise RefusedError(
            "关联下级值班室的事件由值班室办理", where="下级事件", mend="不写下级事件，由值班室登记后关联", code="post"
        )
    if not command.title.strip():
        raise RefusedError("没有写事件名称", where="事件名称", mend="写明何地发生何事", code="missing")
    packs = [_pack(context, plan, place) for plan in command.plans] or list(plans_for(context, command.subject))
    opened = IncidentOpened(
        area=context.area, place=place, where=command.where, title=command.title, subject=command.subject,
        occurred=command.occurred, origin=command.origin, roles=filled_roles(context.lexicon, place, context.area),
    )  # fmt: skip
    now = replace(state, area=context.area, place=place, occurred=command.occurred, roles=opened.roles)
    return (opened, *(event for pack in packs for event in _attached(now, pack, context)))


def _first_report(command: OpenIncident) -> Command | None:
    return ReceiveReport(**command.report.model_dump()) if command.report is not None else None


def _pack(context: Context, plan: str, place: str) -> Pack:
    pack = context.packs.get(plan)
    if pack is None:
        raise RefusedError("预案包里没有这个预案", where=plan, mend=f"现有：{'、'.join(context.packs)}", code="plan")
    if not pack.in_force(context.at.date()):
        raise RefusedError(
            "这个预案在事件登记时没有生效或已失效", where=pack.plan.short, mend="换用现行的预案", code="plan"
        )
    if pack.plan.area not in context.lexicon.upward(place):
        own, here = (context.lexicon.areas[area].label for area in (pack.plan.area, place))
        raise RefusedError(
            f"这个预案只管{own}，事发地是{here}", where=pack.plan.short, mend="换用事发地或其上级的预案", code="plan"
        )
    return pack


def _attached(state: Incident, pack: Pack, context: Context) -> list[Event]:
    attached = PlanAttached(plan=pack.id, version=pack.plan.version, digest=pack.digest)
    hurt = any(state.casualties.get(kind) for kind in FOREIGN)
    foreign = of_foreigners(state, pack, context) if hurt else ()
    return [attached, *of_report(state, pack, context), *foreign]


def _attach(command: AttachPlan, state: Incident, by: By) -> tuple[Event, ...]:
    if command.plan in state.plans:
        raise RefusedError("这个预案已经适用", where=command.plan, mend="不需要重复登记")
    return tuple(_attached(state, _pack(by.context, command.plan, state.place), by.context))


def _may_attach(command: AttachPlan, state: Incident, context: Context) -> Permitted:
    found = staff(state, context)
    pack = context.packs.get(command.plan)
    return found | office(pack) if pack is not None and pack.plan.area == context.area else found


def _reopen(command: ReopenIncident, state: Incident, by: By) -> tuple[Event, ...]:
    if state.status == "merged":
        raise RefusedError(f"事件已并入 {state.merged_into}，不是归档", where=state.id, mend="并错了的，用“撤销并案”")
    if state.status != "closed":
        raise RefusedError("事件没有归档，不需要重新打开", where=state.id, mend="直接办理")
    if not command.reason.strip():
        raise RefusedError("没有写重新打开的理由", where=state.id, mend="写明理由", code="missing")
    if untrue(state):
        raise RefusedError("已接的报告都核实不属实", where=state.id, mend="接到新的报告后，先用“接报”登记，再重新打开")
    return (
        IncidentReopened(reason=command.reason),
        *taken_up(state, CLOSED, f"事件重新打开：{command.reason}"),
        *resumed(state, CLOSED, "事件已重新打开"),
        *looked_at(state, by.context.at),
    )


def _note(command: AddNote, _state: Incident, _by: By) -> tuple[Event, ...]:
    if not command.text.strip():
        raise RefusedError("没有写内容", code="missing", mend="写明记事内容")
    return (NoteAdded(text=command.text),)


HANDLERS: Handlers = {
    OpenIncident: Handler(_may_open, _open, opens=True, then=_first_report),
    AttachPlan: Handler(_may_attach, _attach),
    ReopenIncident: Handler(lambda _, state, context: staff(state, context), _reopen, closed=True, only="closed"),
    AddNote: Handler(lambda _command, _state, _context: EVERYBODY, _note, closed=True),
    LinkSuperior: Handler(
        lambda _command, _state, _context: SYSTEM_ALONE,
        lambda command, _state, _by: (SuperiorLinked(incident=command.incident),),
        closed=True,
        merged=False,
    ),
}


def _opened(state: Incident, event: IncidentOpened, happened: Happened) -> Incident:
    return replace(
        state, area=event.area, place=event.place, where=event.where, title=event.title, subject=event.subject,
        occurred=event.occurred, opened=happened.at, origin=event.origin, roles=event.roles, status="open",
        exercise=happened.exercise,
    )  # fmt: skip


FOLDS: Folds = {
    IncidentOpened: _opened,
    PlanAttached: lambda state, event, _: replace(
        state, plans={**state.plans, event.plan: Attached(event.version, event.digest)}
    ),
    IncidentReopened: lambda state, *_: replace(state, status="open"),
    NoteAdded: lambda state, *_: state,
    ActedByDelegation: lambda state, *_: state,
    SuperiorLinked: lambda state, event, _: replace(state, superior=event.incident),
}
