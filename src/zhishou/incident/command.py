"""Command of the incident: handed over to a superior headquarters and taken back, the on-scene headquarters, its groups."""

from __future__ import annotations

from zhishou.acts import Command, Event, Happened
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.authority import Permitted, check_names, leading, named, organisation, pack_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.recording import elsewhere
from zhishou.incident.state import Incident, OnScene, WorkGroup
from zhishou.plan.pack import Pack


class HandOverCommand(Command):
    """Hand command over to a superior headquarters."""

    name = "hand_over_command"
    label = "移交指挥权"
    plan: str
    to: str
    document: str
    """The superior's decision: number, or how it was made known."""
    situation: str
    """What is handed over: the state of affairs, in words."""


class TakeBackCommand(Command):
    """Take command back from a superior headquarters."""

    name = "take_back_command"
    label = "收回指挥权"
    plan: str
    document: str


class SetUpOnScene(Command):
    """Set up the on-scene headquarters."""

    name = "set_up_on_scene"
    label = "成立现场指挥部"
    plan: str
    commander: str
    """Name and office of the on-scene commander."""
    deputies: tuple[str, ...] = ()
    """Empty: as the plan has them."""
    place: str


class DissolveOnScene(Command):
    """Dissolve the on-scene headquarters."""

    name = "dissolve_on_scene"
    label = "撤销现场指挥部"
    plan: str
    reason: str


class SetUpGroup(Command):
    """Set a work group of the plan to work."""

    name = "set_up_group"
    label = "成立工作组"
    plan: str
    group: str
    members: tuple[str, ...] = ()
    """Empty: as the plan has it."""


class AppointUnit(Command):
    """Add a unit to the headquarters for this incident."""

    name = "appoint_unit"
    label = "增补成员单位"
    plan: str
    unit: str


class CommandHandedOver(Event):
    """A superior headquarters commands."""

    type = "command_handed_over"
    label = "指挥权已移交"
    plan: str
    to: str
    document: str
    situation: str
    clause: tuple[str, ...] = ()
    note: str = ""


class CommandTakenBack(Event):
    """The own headquarters commands again."""

    type = "command_taken_back"
    label = "指挥权已收回"
    plan: str
    document: str


class OnSceneSetUp(Event):
    """The on-scene headquarters works."""

    type = "on_scene_set_up"
    label = "现场指挥部已成立"
    plan: str
    commander: str
    deputies: tuple[str, ...] = ()
    place: str
    clause: tuple[str, ...] = ()
    note: str = ""


class OnSceneDissolved(Event):
    """The on-scene headquarters is no more."""

    type = "on_scene_dissolved"
    label = "现场指挥部已撤销"
    plan: str
    reason: str


class GroupSetUp(Event):
    """A work group works."""

    type = "group_set_up"
    label = "工作组已成立"
    plan: str
    group: str
    group_label: str
    lead: tuple[str, ...]
    members: tuple[str, ...]
    clause: tuple[str, ...] = ()


class UnitAppointed(Event):
    """A unit was added to the headquarters."""

    type = "unit_appointed"
    label = "成员单位已增补"
    plan: str
    unit: str
    clause: tuple[str, ...] = ()


def _headquarters(command: HandOverCommand | TakeBackCommand, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    rules = pack.response.hand_over if pack.response else ()
    return named(pack, ("headquarters",), state, (clause for rule in rules for clause in rule.clause))


def _hand_over(command: HandOverCommand, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if above := state.commanded_by.get(pack.id):
        raise RefusedError(f"指挥权已在{above}", where=pack.plan.short, mend="不需要重复移交")
    if not command.to.strip() or not command.document.strip() or not command.situation.strip():
        raise RefusedError(
            "没有写明移交给谁、依据什么、移交时的情况", where=pack.plan.short, mend="三项都要写明", code="missing"
        )
    rules = pack.response.hand_over if pack.response else ()
    if _own(pack, command.to, by.context):
        raise RefusedError(
            f"“{command.to}”就是本预案的，指挥权只能移交给上级或别的指挥机构", where=pack.plan.short, code="missing",
            clause=tuple(dict.fromkeys(clause for rule in rules for clause in rule.clause)),
            mend="写明接手的上级指挥机构；换人指挥的，用书面委托",
        )  # fmt: skip
    return (
        CommandHandedOver(
            plan=pack.id, to=command.to, document=command.document, situation=command.situation,
            clause=tuple(dict.fromkeys(clause for rule in rules for clause in rule.clause)),
            note="" if rules else "原文没有移交指挥权的规定",
        ),
    )  # fmt: skip


def _own(pack: Pack, name: str, context: Context) -> bool:
    """Whether a name is a body or post of the plan itself: what is decided there, its holder decides and nobody writes down for him."""
    try:
        return not elsewhere(pack, name, context)
    except NotFoundError:
        return False


def _take_back(command: TakeBackCommand, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if pack.id not in state.commanded_by:
        raise RefusedError("指挥权没有移交", where=pack.plan.short, mend="核对预案")
    if not command.document.strip():
        raise RefusedError("没有写交回的依据", where=pack.plan.short, mend="写明文号或来源", code="missing")
    return (CommandTakenBack(plan=pack.id, document=command.document),)


def _may_set_up(command: SetUpOnScene | DissolveOnScene | SetUpGroup, state: Incident, context: Context) -> Permitted:
    """Whoever directs the work; the plans name now the office, now the commander, now nobody."""
    pack = pack_of(state, context, command.plan)
    scene = pack.organisation.on_scene
    return replace(leading(pack, state), clause=scene.clause if scene else ())


def _on_scene(command: SetUpOnScene, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if state.on_scene is not None and state.on_scene.until is None:
        raise RefusedError("现场指挥部已经成立", where=pack.plan.short, mend="先撤销，再重新成立")
    scene = pack.organisation.on_scene
    if not command.commander.strip() or not command.place.strip():
        said = f"（预案写明由{scene.commander}担任）" if scene and scene.commander else ""
        raise RefusedError(
            "没有写现场指挥长或地点", clause=scene.clause if scene else (), where=pack.plan.short,
            mend=f"写明姓名、职务{said}和地点", code="missing",
        )  # fmt: skip
    note = "" if scene and (scene.commander or scene.lead) else "原文没有写现场指挥长由谁担任"
    return (
        OnSceneSetUp(
            plan=pack.id, commander=command.commander,
            deputies=command.deputies or (scene.deputies if scene else ()), place=command.place,
            clause=scene.clause if scene else (), note=note,
        ),
    )  # fmt: skip


def _dissolve(command: DissolveOnScene, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    if state.on_scene is None or state.on_scene.until is not None or state.on_scene.plan != pack.id:
        raise RefusedError("本预案没有正在工作的现场指挥部", where=pack.plan.short, mend="核对预案")
    if not command.reason.strip():
        raise RefusedError("没有写撤销的理由", where=pack.plan.short, mend="写明理由", code="missing")
    return (OnSceneDissolved(plan=command.plan, reason=command.reason),)


def _group(command: SetUpGroup, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    found = next((one for one in pack.organisation.groups if command.group in {one.id, one.label}), None)
    if found is None:
        known = "、".join(one.label for one in pack.organisation.groups) or "无"
        raise RefusedError(
            f"没有“{command.group}”这个工作组", where=pack.plan.short, mend=f"预案设有：{known}", code="missing"
        )
    if f"{pack.id}:{found.id}" in state.groups:
        raise RefusedError(f"{found.label}已经成立", where=pack.plan.short, mend="直接给工作组下达任务")
    check_names(pack, command.members)
    return (
        GroupSetUp(
            plan=pack.id, group=found.id, group_label=found.label, lead=found.lead,
            members=command.members or found.members, clause=found.clause,
        ),
    )  # fmt: skip


def _may_appoint(command: AppointUnit, state: Incident, context: Context) -> Permitted:
    pack = pack_of(state, context, command.plan)
    return named(pack, _appointers(pack), state, pack.organisation.appoints_clause)


def _appointers(pack: Pack) -> tuple[str, ...]:
    return pack.organisation.appoints or ("headquarters",)


def _appoint(command: AppointUnit, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    unit = organisation(command.unit, by.context, state)
    if unit in state.joined:
        raise RefusedError("这个单位已经增补", where=command.unit, mend="不需要重复增补")
    return (UnitAppointed(plan=pack.id, unit=unit, clause=pack.organisation.appoints_clause),)


HANDLERS: Handlers = {
    HandOverCommand: Handler(_headquarters, _hand_over),
    TakeBackCommand: Handler(_headquarters, _take_back),
    SetUpOnScene: Handler(_may_set_up, _on_scene),
    DissolveOnScene: Handler(_may_set_up, _dissolve),
    SetUpGroup: Handler(_may_set_up, _group),
    AppointUnit: Handler(_may_appoint, _appoint),
}


def _scene(state: Incident, event: OnSceneSetUp, happened: Happened) -> Incident:
    return replace(state, on_scene=OnScene(event.plan, event.commander, event.deputies, event.place, happened.at))


def _no_scene(state: Incident, _: OnSceneDissolved, happened: Happened) -> Incident:
    return replace(state, on_scene=replace(state.on_scene, until=happened.at) if state.on_scene else None)


FOLDS: Folds = {
    CommandHandedOver: lambda state, event, _: replace(
        state, commanded_by={**state.commanded_by, event.plan: event.to}
    ),
    CommandTakenBack: lambda state, event, _: replace(
        state, commanded_by={plan: who for plan, who in state.commanded_by.items() if plan != event.plan}
    ),
    OnSceneSetUp: _scene,
    OnSceneDissolved: _no_scene,
    GroupSetUp: lambda state, event, happened: replace(
        state,
        groups={
            **state.groups,
            f"{event.plan}:{event.group}": WorkGroup(
                event.plan, event.group_label, event.lead, event.members, happened.at
            ),
        },
    ),
    UnitAppointed: lambda state, event, _: replace(state, joined=(*state.joined, event.unit)),
}
