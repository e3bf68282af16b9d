"""The plan's check-lists for the scene (处置要点): taken into use, and seen to line by line."""

from __future__ import annotations

from zhishou.acts import Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leading, named, pack_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.state import Checklist, Incident
from zhishou.plan.disposal import Step
from zhishou.plan.pack import Pack


class OpenChecklist(Command):
    """Take a check-list of the plan into use."""

    name = "open_checklist"
    label = "启用处置要点"
    plan: str
    checklist: str
    """By id or label: leak, 泄漏."""


class CheckStep(Command):
    """See to one line of a check-list; where it says what must not be done, confirm that it is not."""

    name = "check_step"
    label = "落实处置要点"
    checklist: str
    """As it was opened: c1."""
    step: int
    """Number of the line, from 1."""
    note: str
    """What was found or done."""


class ChecklistOpened(Event):
    """A check-list is in use."""

    type = "checklist_opened"
    label = "处置要点已启用"
    checklist: str
    plan: str
    of: str
    of_label: str
    steps: tuple[str, ...]
    clause: tuple[str, ...] = ()


class StepChecked(Event):
    """A line of a check-list was seen to."""

    type = "step_checked"
    label = "处置要点已落实"
    checklist: str
    step: int
    note: str = ""


def _scene(pack: Pack, state: Incident) -> Permitted:
    """Those who direct the work, and those whom the list itself names."""
    named_by = (who for one in pack.disposal.checklists for who in one.by)
    return leading(pack, state) | named(pack, named_by, state)


def _open(command: OpenChecklist, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    lists = pack.disposal.checklists
    found = next((one for one in lists if command.checklist in {one.id, one.label}), None)
    if found is None:
        known = "、".join(one.label for one in lists) or "无"
        raise RefusedError(
            f"预案没有“{command.checklist}”的处置要点", where=pack.plan.short, mend=f"预案有：{known}", code="missing"
        )
    if any((one.plan, one.checklist) == (pack.id, found.id) for one in state.checklists.values()):
        raise RefusedError(f"“{found.label}”的处置要点已经启用", where=pack.plan.short, mend="逐条落实")
    return (
        ChecklistOpened(
            checklist=state.next_id("c", state.checklists), plan=pack.id, of=found.id, of_label=found.label,
            steps=tuple(map(_words, found.steps)), clause=found.clause,
        ),
    )  # fmt: skip


def _words(step: Step) -> str:
    """A line as people read it, with the figure to respect."""
    text = f"不得：{step.do}" if step.forbidden else step.do
    if (limit := step.limit) is None:
        return text
    figure = f"低于 {limit.below:g}" if limit.below is not None else f"不超过 {limit.at_most:g}"
    return f"{text}（{limit.quantity}{figure} {limit.unit}）"


def _list(state: Incident, id_: str) -> Checklist:
    found = state.checklists.get(id_)
    if found is None:
        known = "、".join(f"{key}（{one.label}）" for key, one in state.checklists.items()) or "无"
        raise RefusedError(f"没有启用“{id_}”", where="处置要点", mend=f"已启用：{known}", code="missing")
    return found


def _check(command: CheckStep, state: Incident, _by: By) -> tuple[Event, ...]:
    found = _list(state, command.checklist)
    if not 1 <= command.step <= len(found.steps):
        raise RefusedError(
            f"“{found.label}”没有第 {command.step} 条", where=command.checklist, mend=f"共 {len(found.steps)} 条",
            code="missing",
        )  # fmt: skip
    if not command.note.strip():
        raise RefusedError("没有写落实情况", where=command.checklist, mend="写明查到什么、做了什么", code="missing")
    return (StepChecked(checklist=command.checklist, step=command.step, note=command.note),)


def _may_check(command: CheckStep, state: Incident, context: Context) -> Permitted:
    return _scene(pack_of(state, context, _list(state, command.checklist).plan), state)


HANDLERS: Handlers = {
    OpenChecklist: Handler(lambda command, state, context: _scene(pack_of(state, context, command.plan), state), _open),
    CheckStep: Handler(_may_check, _check),
}


def _opened(state: Incident, event: ChecklistOpened, happened: Happened) -> Incident:
    one = Checklist(event.plan, event.of, event.of_label, event.steps, event.clause, signed(happened))
    return replace(state, checklists={**state.checklists, event.checklist: one})


def _checked(state: Incident, event: StepChecked, happened: Happened) -> Incident:
    if (one := state.checklists.get(event.checklist)) is None:
        return state
    number = str(event.step)
    done = replace(one, checked={**one.checked, number: signed(happened)}, notes={**one.notes, number: event.note})
    return replace(state, checklists={**state.checklists, event.checklist: done})


FOLDS: Folds = {ChecklistOpened: _opened, StepChecked: _checked}
