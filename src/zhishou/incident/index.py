"""The index of what can happen to an incident: every command with its handler, every event with its fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from zhishou.acts import SYSTEM, Actor, Catalogue, Command, Event, Happened
from zhishou.errors import RefusedError
from zhishou.incident import (
    aftermath,
    casualties,
    checklists,
    command,
    cutting,
    deadlines,
    directives,
    enquiries,
    facts,
    filing,
    levels,
    measures,
    merging,
    notices,
    opening,
    particulars,
    proposals,
    recording,
    reports,
    requisitions,
    resources,
    tasks,
)
from zhishou.incident.authority import Permitted, post_of
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deadlines import due, missed
from zhishou.incident.deciding import By, Decision, Folds, Handlers
from zhishou.incident.state import Incident

_SUBJECTS = (
    opening, merging, particulars, reports, enquiries, facts, casualties, filing, proposals, levels, recording, notices, measures,
    tasks, directives, cutting, command, checklists, resources, requisitions, aftermath,
)  # fmt: skip

HANDLERS: Handlers = {kind: handler for subject in _SUBJECTS for kind, handler in subject.HANDLERS.items()}
"""Every command and its handler, in the order of a night."""

FOLDS: Folds = {kind: fold for subject in (*_SUBJECTS, deadlines) for kind, fold in subject.FOLDS.items()}
"""Every event and how it changes the incident."""

COMMANDS: Mapping[str, type[Command]] = {kind.name: kind for kind in HANDLERS}
"""Commands by name."""

EVENTS = Catalogue(*FOLDS)
"""Events by type."""


def decide(state: Incident, given: Command, actor: Actor, context: Context) -> Decision:
    """What follows from a command.

    Args:
        state: the incident; a new one has no events yet.
        given: the command.
        actor: who gives it, with the posts he holds at that moment.
        context: the moment and what may be looked at.

    Raises:
        RefusedError: he may not, or something that the plan demands is missing; with the clause.
        FactsError: facts are stated that cannot be.
    """
    handler = HANDLERS[type(given)]
    if handler.opens != (not state.status):
        raise RefusedError("没有这个事件" if not handler.opens else "事件已经登记", where=state.id, mend="核对事件编号")
    if not handler.while_(state.status):
        words = "已归档" if state.status == "closed" else f"已并入 {state.merged_into}"
        raise RefusedError(
            f"事件{words}，不能再办理“{given.label}”",
            where=state.id,
            mend="如确需办理，先重新打开"
            if state.status == "closed"
            else f"到 {state.merged_into} 中办理；并错了的，先撤销并案",
        )
    post = post_of(actor, permitted(given, state, context), given.label, context)
    events = handler.follows(given, state, By(actor, post, context))
    if (second := handler.then(given)) is not None:
        now = fold_all(state, events, By(actor, post, context))
        events = (*events, *HANDLERS[type(second)].follows(second, now, By(actor, post, context)))
    delegation = actor.delegated.get(post, "") if post not in actor.posts else ""
    return Decision(events, post, delegation)


def permitted(given: Command, state: Incident, context: Context) -> Permitted:
    """Who may give a command, as the plan and the incident stand.

    Raises:
        RefusedError: the command speaks of something that is not there.
    """
    return HANDLERS[type(given)].permitted(given, state, context)


def fold(state: Incident, happened: Happened) -> Incident:
    """The incident after an event. Never refuses: what has happened has happened."""
    changed = FOLDS[type(happened.event)](state, happened.event, happened)
    if changed is state:
        return replace(state, version=happened.version)
    # Made a moment ago and seen by nobody: setting its version spares a copy, half the time of making boards anew.
    object.__setattr__(changed, "version", happened.version)
    return changed


def fold_all(state: Incident, events: Iterable[Event], by: By) -> Incident:
    """The incident after events that are about to be recorded."""
    for event in events:
        at = by.context.at
        state = fold(
            state,
            Happened(
                event, at, state.id, state.version + 1, 0, at, by.actor.person, by.actor.name, by.post, state.exercise
            ),
        )
    return state


__all__ = [
    "COMMANDS",
    "EVENTS",
    "FOLDS",
    "HANDLERS",
    "SYSTEM",
    "decide",
    "due",
    "fold",
    "fold_all",
    "missed",
    "permitted",
]
