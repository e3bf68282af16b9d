"""Tasks that units owe and directives that they must acknowledge: issued, accepted, done, refused, cancelled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, check_names, leading, named, pack_of, staff
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutySet, DutyVoided, meets
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.state import Directive, Incident, Task


class IssueTask(Command):
    """Give a task by hand."""

    name = "issue_task"
    label = "下达任务"
    plan: str
    text: str
    by: tuple[str, ...]
    """Who shall do it, by the names that the plan uses."""
    to: tuple[str, ...] = ()
    due: Moment | None = None
    clause: tuple[str, ...] = ()


class AcceptTask(Command):
    """Take a task on."""

    name = "accept_task"
    label = "接受任务"
    task: str
    note: str = ""
    """Where the desk writes it down for the unit: who said so, by phone at what time."""


class FinishTask(Command):
    """Report a task as done."""

    name = "finish_task"
    label = "报告完成"
    task: str
    note: str


class RefuseTask(Command):
    """Say that a task cannot be done."""

    name = "refuse_task"
    label = "不能承担"
    task: str
    reason: str


class CancelTask(Command):
    """Take a task back."""

    name = "cancel_task"
    label = "撤销任务"
    task: str
    reason: str


class IssueDirective(Command):
    """Give an order in writing."""

    name = "issue_directive"
    label = "下达指令"
    plan: str
    text: str
    to: tuple[str, ...]
    clause: tuple[str, ...] = ()
    acknowledge_by: Moment | None = None


class AcknowledgeDirective(Command):
    """Acknowledge a directive for one of those it is addressed to."""

    name = "acknowledge_directive"
    label = "签收指令"
    directive: str
    unit: str
    """As the directive addresses it."""
    note: str = ""


class TaskIssued(Event):
    """A unit owes something."""

    type = "task_issued"
    label = "任务已下达"
    task: str
    plan: str
    text: str
    by: tuple[str, ...]
    posts: tuple[str, ...]
    to: tuple[str, ...] = ()
    due: Moment | None = None
    clause: tuple[str, ...] = ()
    measure: bool = False
    note: str = ""


class TaskAccepted(Event):
    """A task was taken on."""

    type = "task_accepted"
    label = "任务已接受"
    task: str
    note: str = ""


class TaskDone(Event):
    """A task is done."""

    type = "task_done"
    label = "任务已完成"
    task: str
    note: str = ""


class TaskRefused(Event):
    """A unit cannot do a task; somebody must decide what then."""

    type = "task_refused"
    label = "任务不能承担"
    task: str
    reason: str


class TaskCancelled(Event):
    """A task was taken back."""

    type = "task_cancelled"
    label = "任务已撤销"
    task: str
    reason: str


class DirectiveIssued(Event):
    """An order in writing was given."""

    type = "directive_issued"
    label = "指令已下达"
    directive: str
    plan: str
    text: str
    to: tuple[str, ...]
    clause: tuple[str, ...] = ()


class DirectiveAcknowledged(Event):
    """One of those addressed has acknowledged."""

    type = "directive_acknowledged"
    label = "指令已签收"
    directive: str
    unit: str
    note: str = ""


def task_of(state: Incident, id_: str) -> Task:
    """A task that is still open.

    Raises:
        RefusedError: there is none of this id, or it is done with.
    """
    found = state.tasks.get(id_)
    if found is None:
        raise RefusedError(f"没有“{id_}”这项任务", where="任务", code="missing")
    if found.status in {"done", "cancelled"}:
        raise RefusedError("这项任务已经" + ("完成" if found.status == "done" else "撤销"), where=id_)
    return found


def task_duty(task: TaskIssued, digest: str, context: Context) -> DutySet:
    """The deadline of a task."""
    return DutySet(
        duty=f"task/{task.task}", kind="task", what=f"任务：{task.text}", plan=task.plan, digest=digest,
        clause=task.clause, by=task.by, to=task.to, since=context.at, due=task.due, note=task.note,
    )  # fmt: skip


def _may_lead(command: IssueTask | IssueDirective, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _issue(command: IssueTask, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    pack = pack_of(state, context, command.plan)
    if not command.text.strip() or not command.by:
        raise RefusedError("没有写任务内容或承担单位", where="任务", mend="写明做什么、由谁做", code="missing")
    check_names(pack, (*command.by, *command.to))
    if command.due is not None and command.due <= context.at:
        raise RefusedError("完成时限已经过去", where="任务", mend="改正时限", code="missing")
    task = TaskIssued(
        task=state.next_id("t", state.tasks), plan=pack.id, text=command.text, by=command.by,
        posts=named(pack, command.by, state).posts, to=command.to, due=command.due, clause=command.clause,
    )  # fmt: skip
    return (task, task_duty(task, pack.digest, context)) if task.due else (task,)


def _may_answer(command: AcceptTask | FinishTask | RefuseTask, state: Incident, context: Context) -> Permitted:
    """Those who owe it; the desk may write down what they said."""
    task = task_of(state, command.task)
    return Permitted(task.posts, (), task.clause, task.plan) | staff(state, context)


def _said(note: str, task: Task, by: By) -> str:
    """What is noted. What the desk writes down for a unit must say who said so and how."""
    if by.post not in task.posts and not note.strip():
        raise RefusedError(
            "代单位登记须写明是谁、怎样告知的", where="任务", mend="如：23:40 电话，市能源局值班员张三", code="missing"
        )
    return note


def _accept(command: AcceptTask, state: Incident, by: By) -> tuple[Event, ...]:
    task = task_of(state, command.task)
    if task.status == "accepted":
        raise RefusedError("这项任务已经接受", where=command.task)
    return (TaskAccepted(task=command.task, note=_said(command.note, task, by)),)


def _finish(command: FinishTask, state: Incident, by: By) -> tuple[Event, ...]:
    task = task_of(state, command.task)
    if not command.note.strip():
        raise RefusedError("没有写完成情况", where=command.task, mend="写明做了什么、结果如何", code="missing")
    met = meets(state, f"task/{command.task}", by.context.at) if f"task/{command.task}" in state.duties else ()
    return (TaskDone(task=command.task, note=_said(command.note, task, by)), *met)


def _refuse(command: RefuseTask, state: Incident, _by: By) -> tuple[Event, ...]:
    task_of(state, command.task)
    if not command.reason.strip():
        raise RefusedError("没有写不能承担的理由", where=command.task, mend="写明理由", code="missing")
    return (TaskRefused(task=command.task, reason=command.reason),)


def _may_cancel(command: CancelTask, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, task_of(state, command.task).plan), state)


def _cancel(command: CancelTask, state: Incident, _by: By) -> tuple[Event, ...]:
    task_of(state, command.task)
    if not command.reason.strip():
        raise RefusedError("没有写撤销的理由", where=command.task, mend="写明理由", code="missing")
    duty = f"task/{command.task}"
    voided = (DutyVoided(duty=duty, reason=command.reason),) if duty in state.duties else ()
    return (TaskCancelled(task=command.task, reason=command.reason), *voided)


def _direct(command: IssueDirective, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    pack = pack_of(state, context, command.plan)
    if not command.text.strip() or not command.to:
        raise RefusedError("没有写指令内容或收件单位", where="指令", mend="写明内容和单位", code="missing")
    check_names(pack, command.to)
    id_ = state.next_id("d", state.directives)
    issued = DirectiveIssued(
        directive=id_, plan=pack.id, text=command.text, to=tuple(dict.fromkeys(command.to)), clause=command.clause
    )
    if command.acknowledge_by is None:
        return (issued,)
    duty = DutySet(
        duty=f"directive/{id_}", kind="directive", what=f"签收指令：{command.text}", plan=pack.id, digest=pack.digest,
        clause=command.clause, by=issued.to, since=context.at, due=command.acknowledge_by, incoming=True,
    )  # fmt: skip
    return (issued, duty)


def _directive(state: Incident, id_: str) -> Directive:
    found = state.directives.get(id_)
    if found is None:
        raise RefusedError(f"没有“{id_}”这份指令", where="指令", code="missing")
    return found


def _may_acknowledge(command: AcknowledgeDirective, state: Incident, context: Context) -> Permitted:
    directive = _directive(state, command.directive)
    pack = pack_of(state, context, directive.plan)
    addressed = [name for name in directive.to if name == command.unit]
    return named(pack, addressed, state, directive.clause) | staff(state, context)


def _acknowledge(command: AcknowledgeDirective, state: Incident, by: By) -> tuple[Event, ...]:
    directive = _directive(state, command.directive)
    if command.unit not in directive.to:
        raise RefusedError(
            f"这份指令没有发给“{command.unit}”",
            where=command.directive,
            mend=f"发给了：{'、'.join(directive.to)}",
            code="missing",
        )
    if command.unit in directive.acknowledged:
        raise RefusedError("这个单位已经签收", where=command.directive)
    pack = pack_of(state, by.context, directive.plan)
    if by.post not in named(pack, (command.unit,), state).posts and not command.note.strip():
        raise RefusedError(
            "代单位登记须写明是谁、怎样签收的", where="指令", mend="如：23:40 电话，值班员张三", code="missing"
        )
    acknowledged = DirectiveAcknowledged(directive=command.directive, unit=command.unit, note=command.note)
    last = set(directive.to) - set(directive.acknowledged) == {command.unit}
    duty = f"directive/{command.directive}"
    return (acknowledged, *(meets(state, duty, by.context.at) if last and duty in state.duties else ()))


HANDLERS: Handlers = {
    IssueTask: Handler(_may_lead, _issue),
    AcceptTask: Handler(_may_answer, _accept),
    FinishTask: Handler(_may_answer, _finish),
    RefuseTask: Handler(_may_answer, _refuse),
    CancelTask: Handler(_may_cancel, _cancel),
    IssueDirective: Handler(_may_lead, _direct),
    AcknowledgeDirective: Handler(_may_acknowledge, _acknowledge),
}


def _issued(state: Incident, event: TaskIssued, happened: Happened) -> Incident:
    task = Task(
        event.text, event.plan, event.by, event.posts, event.to, event.clause, signed(happened), event.due,
        event.measure, note=event.note,
    )  # fmt: skip
    return replace(state, tasks={**state.tasks, event.task: task})


def _now(
    status: str,
) -> Callable[[Incident, TaskAccepted | TaskDone | TaskRefused | TaskCancelled, Happened], Incident]:
    def fold(
        state: Incident, event: TaskAccepted | TaskDone | TaskRefused | TaskCancelled, happened: Happened
    ) -> Incident:
        if (task := state.tasks.get(event.task)) is None:
            return state
        note = event.reason if isinstance(event, TaskRefused | TaskCancelled) else event.note
        changed = replace(task, status=status, last=signed(happened), note=note)
        return replace(state, tasks={**state.tasks, event.task: changed})

    return fold


def _acknowledged(state: Incident, event: DirectiveAcknowledged, happened: Happened) -> Incident:
    if (directive := state.directives.get(event.directive)) is None:
        return state
    changed = replace(directive, acknowledged={**directive.acknowledged, event.unit: signed(happened)})
    return replace(state, directives={**state.directives, event.directive: changed})


FOLDS: Folds = {
    TaskIssued: _issued,
    TaskAccepted: _now("accepted"),
    TaskDone: _now("done"),
    TaskRefused: _now("refused"),
    TaskCancelled: _now("cancelled"),
    DirectiveIssued: lambda state, event, happened: replace(
        state,
        directives={
            **state.directives,
            event.directive: Directive(event.text, event.plan, event.to, event.clause, signed(happened)),
        },
    ),
    DirectiveAcknowledged: _acknowledged,
}
