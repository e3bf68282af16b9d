"""Tasks that units owe: issued, accepted, done, refused, cancelled."""

from __future__ import annotations

from collections.abc import Callable

from zhishou.acts import Command, Event, Happened, Moment
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, check_clauses, check_names, leading, named, pack_of, staff
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import DutySet, meets, void
from zhishou.incident.deciding import By, Folds, Handler, Handlers, signed
from zhishou.incident.state import Incident, Task


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


class TaskReported(Event):
    """A task that recurs was done this time."""

    type = "task_reported"
    label = "任务本次已完成"
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


class TaskResumed(Event):
    """A task that fell away with its incident is owed again."""

    type = "task_resumed"
    label = "任务恢复"
    task: str
    reason: str


OPEN = frozenset({"issued", "accepted", "refused"})
"""Status of a task that is not done with: one that was refused waits for somebody to decide what then."""


def fallen(state: Incident, reason: str) -> tuple[TaskCancelled, ...]:
    """Tasks that end because their incident does, so that they stand on nobody's list for ever."""
    return tuple(TaskCancelled(task=id_, reason=reason) for id_, one in state.tasks.items() if one.status in OPEN)


def taken_up(state: Incident, why: str, reason: str) -> tuple[TaskResumed, ...]:
    """Tasks that fell away for one reason are owed again."""
    return tuple(
        TaskResumed(task=id_, reason=reason)
        for id_, one in state.tasks.items()
        if one.status == "cancelled" and one.before and one.note == why
    )


def task_of(state: Incident, id_: str) -> Task:
    """A task that is still open.

    Raises:
        RefusedError: there is none of this id, or it is done with.
    """
    found = state.tasks.get(id_)
    if found is None:
        raise RefusedError(
            f"没有“{id_}”这项任务", where="任务", mend=f"现有：{'、'.join(state.tasks) or '无'}", code="missing"
        )
    if found.status in {"done", "cancelled"}:
        words = "完成" if found.status == "done" else "撤销"
        raise RefusedError(f"这项任务已经{words}", where=id_, mend="如仍需要，请另行下达任务")
    return found


def task_duty(task: TaskIssued, digest: str, context: Context) -> DutySet:
    """The deadline of a task."""
    return DutySet(
        duty=f"task/{task.task}", kind="task", what=f"任务：{task.text}", plan=task.plan, digest=digest,
        clause=task.clause, by=task.by, to=task.to, since=context.at, due=task.due, note=task.note,
    )  # fmt: skip


def _may_lead(command: IssueTask, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _issue(command: IssueTask, state: Incident, by: By) -> tuple[Event, ...]:
    context = by.context
    pack = pack_of(state, context, command.plan)
    if not command.text.strip() or not command.by:
        raise RefusedError("没有写任务内容或承担单位", where="任务", mend="写明做什么、由谁做", code="missing")
    check_names(pack, (*command.by, *command.to))
    check_clauses(pack, command.clause)
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
    return Permitted(owing(task, state, context), (), task.clause, task.plan) | staff(state, context)


def owing(task: Task, state: Incident, context: Context) -> tuple[str, ...]:
    """The posts that may answer for a task: as it was issued, and as roles were filled since."""
    pack = context.packs.get(task.plan)
    now = named(pack, task.by, state).posts if pack is not None and task.by else ()
    return tuple(dict.fromkeys((*task.posts, *now)))


def _said(note: str, task: Task, state: Incident, by: By) -> str:
    """What is noted. What the desk writes down for a unit must say who said so and how."""
    if by.post not in owing(task, state, by.context) and not note.strip():
        raise RefusedError(
            "代单位登记须写明是谁、怎样告知的", where="任务", mend="如：23:40 电话，市能源局值班员张三", code="missing"
        )
    return note


def _accept(command: AcceptTask, state: Incident, by: By) -> tuple[Event, ...]:
    task = task_of(state, command.task)
    if task.status == "accepted":
        raise RefusedError("这项任务已经接受", where=command.task, mend="完成后报告完成")
    return (TaskAccepted(task=command.task, note=_said(command.note, task, state, by)),)


def _finish(command: FinishTask, state: Incident, by: By) -> tuple[Event, ...]:
    task = task_of(state, command.task)
    if not command.note.strip():
        raise RefusedError("没有写完成情况", where=command.task, mend="写明做了什么、结果如何", code="missing")
    note = _said(command.note, task, state, by)
    duty = state.duties.get(id_ := f"task/{command.task}")
    if duty is None:
        return (TaskDone(task=command.task, note=note),)
    met = meets(state, id_, by.context.at)
    # A task that recurs (every day) is done for this time; it stays owed until its level is left.
    return (
        TaskDone(task=command.task, note=note) if duty.every is None else TaskReported(task=command.task, note=note),
        *met,
    )


def _refuse(command: RefuseTask, state: Incident, _by: By) -> tuple[Event, ...]:
    task_of(state, command.task)
    if not command.reason.strip():
        raise RefusedError("没有写不能承担的理由", where=command.task, mend="写明理由", code="missing")
    return (TaskRefused(task=command.task, reason=command.reason),)


def _may_cancel(command: CancelTask, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, task_of(state, command.task).plan), state)


def _cancel(command: CancelTask, state: Incident, by: By) -> tuple[Event, ...]:
    task_of(state, command.task)
    if not command.reason.strip():
        raise RefusedError("没有写撤销的理由", where=command.task, mend="写明理由", code="missing")
    voided = void(state, (f"task/{command.task}",), command.reason, by.context.at)
    return (TaskCancelled(task=command.task, reason=command.reason), *voided)


HANDLERS: Handlers = {
    IssueTask: Handler(_may_lead, _issue),
    AcceptTask: Handler(_may_answer, _accept),
    FinishTask: Handler(_may_answer, _finish),
    RefuseTask: Handler(_may_answer, _refuse),
    CancelTask: Handler(_may_cancel, _cancel),
}


def _issued(state: Incident, event: TaskIssued, happened: Happened) -> Incident:
    task = Task(
        event.text, event.plan, event.by, event.posts, event.to, event.clause, signed(happened), event.due,
        event.measure, note=event.note,
    )  # fmt: skip
    return replace(state, tasks={**state.tasks, event.task: task})


_Answered = TaskAccepted | TaskDone | TaskReported | TaskRefused | TaskCancelled


def _now(status: str) -> Callable[[Incident, _Answered, Happened], Incident]:
    def fold(state: Incident, event: _Answered, happened: Happened) -> Incident:
        if (task := state.tasks.get(event.task)) is None:
            return state
        note = event.reason if isinstance(event, TaskRefused | TaskCancelled) else event.note
        before = task.status if status == "cancelled" else ""
        changed = replace(task, status=status, last=signed(happened), note=note, before=before)
        return replace(state, tasks={**state.tasks, event.task: changed})

    return fold


def _resumed(state: Incident, event: TaskResumed, happened: Happened) -> Incident:
    if (task := state.tasks.get(event.task)) is None:
        return state
    # Whoever had taken it on was told that it is off, and takes it on anew.
    status = "refused" if task.before == "refused" else "issued"
    changed = replace(task, status=status, last=signed(happened), note=event.reason, before="")
    return replace(state, tasks={**state.tasks, event.task: changed})


FOLDS: Folds = {
    TaskIssued: _issued,
    TaskAccepted: _now("accepted"),
    TaskDone: _now("done"),
    TaskReported: _now("accepted"),
    TaskRefused: _now("refused"),
    TaskCancelled: _now("cancelled"),
    TaskResumed: _resumed,
}
