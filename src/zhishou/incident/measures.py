"""The measures of a level as tasks: those that must be done are issued with the decision, the optional ones on demand."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou import clock
from zhishou.acts import Command, Event
from zhishou.errors import RefusedError
from zhishou.incident.authority import Permitted, leading, named, pack_of
from zhishou.incident.context import Context
from zhishou.incident.deadlines import void
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.level_rules import ladder_of, level_of
from zhishou.incident.state import Incident
from zhishou.incident.tasks import OPEN, TaskCancelled, TaskIssued, task_duty
from zhishou.plan.ladder import Level, Measure
from zhishou.plan.pack import LadderKind, Pack


class IssueMeasure(Command):
    """Issue a measure that the plan leaves to judgement (必要时、视情)."""

    name = "issue_measure"
    label = "下达处置措施"
    plan: str
    ladder: str = "response"
    task: str
    """The measure, as the pack words it."""


def measures_of(pack: Pack, kind: LadderKind, level: Level) -> tuple[Measure, ...]:
    """What must or may be done at a level, the level's own first."""
    ladder = pack.ladders[kind]
    return (*level.measures, *ladder.measures, *(one for one in ladder.command if one.optional))


def of_measures(state: Incident, pack: Pack, kind: LadderKind, level: Level, by: By) -> tuple[Event, ...]:
    """The tasks that a level brings. One that stands from a level before is not issued twice.

    A ladder that is started again brings its measures again: what was done in the first response is no longer done.
    """
    active = state.ladder(pack.id, kind)
    standing = {
        (task.plan, task.text)
        for task in state.tasks.values()
        if task.status in {"issued", "accepted"}
        or (active is not None and task.status != "cancelled" and task.issued.at >= active.started)
    }
    measures = (
        one for one in measures_of(pack, kind, level) if not one.optional and (pack.id, one.task) not in standing
    )
    return tuple(
        event for number, one in enumerate(measures, start=1) for event in _issued(state, pack, one, by, number)
    )


def of_measures_left(
    state: Incident, pack: Pack, kind: LadderKind, level: Level | None, context: Context
) -> tuple[Event, ...]:
    """Measures that recur (a daily return) end with their level, unless the next one has them too."""
    active = state.ladder(pack.id, kind)
    if active is None:
        return ()
    left = {one.task for one in measures_of(pack, kind, level_of(pack, kind, active.level)) if one.every}
    if level is not None:
        left -= {one.task for one in measures_of(pack, kind, level)}
    reason = "级别已调整" if level is not None else "级别已结束"
    return tuple(
        event
        for id_, task in state.tasks.items()
        if task.plan == pack.id and task.measure and task.text in left and task.status in OPEN
        for event in (
            TaskCancelled(task=id_, reason=reason), *void(state, (f"task/{id_}",), reason, context.at)
        )
    )  # fmt: skip


def _issued(state: Incident, pack: Pack, measure: Measure, by: By, number: int) -> Iterator[Event]:
    context = by.context
    span, basis = context.rules.span(measure.within)
    who = measure.by or ("headquarters",)
    notes = (
        "" if measure.by else "原文没有写由谁承担，记在指挥部名下",
        "原文没有写明多久，按本值班室的规定" if basis == "house" else "",
    )
    task = TaskIssued(
        task=f"t{len(state.tasks) + number}", plan=pack.id, text=measure.task, by=who,
        posts=_posts(pack, who, state), to=measure.to, due=context.at + span if span else None,
        clause=measure.clause, measure=True, note="；".join(filter(None, notes)),
    )  # fmt: skip
    yield task
    every = clock.minutes(measure.every or "")
    if task.due is not None or every is not None:
        duty = task_duty(task, pack.digest, context)
        yield duty.model_copy(update={"every": every, "due": task.due or context.at + clock.span(every or 0)})


def _posts(pack: Pack, who: tuple[str, ...], state: Incident) -> tuple[str, ...]:
    """Who may answer for a measure; the headquarters' own are carried out by its office too."""
    found = named(pack, who, state)
    return (found | named(pack, ("office",), state)).posts if "headquarters" in who else found.posts


def _may_issue(command: IssueMeasure, state: Incident, context: Context) -> Permitted:
    return leading(pack_of(state, context, command.plan), state)


def _issue(command: IssueMeasure, state: Incident, by: By) -> tuple[Event, ...]:
    pack = pack_of(state, by.context, command.plan)
    kind, _ = ladder_of(pack, command.ladder)
    active = state.ladder(pack.id, kind)
    if active is None:
        raise RefusedError("没有正在生效的级别", where=pack.plan.short, mend="先启动，或用“下达任务”")
    offered = measures_of(pack, kind, level_of(pack, kind, active.level))
    found = next((one for one in offered if one.task == command.task), None)
    if found is None:
        raise RefusedError(
            f"{active.label}没有“{command.task}”这项措施", where=pack.plan.short,
            mend=f"可选：{'；'.join(one.task for one in offered if one.optional) or '无'}", code="missing",
        )  # fmt: skip
    return tuple(_issued(state, pack, found, by, 1))


HANDLERS: Handlers = {IssueMeasure: Handler(_may_issue, _issue)}
FOLDS: Folds = {}
