"""What a scenario calls things, and what the record calls them: posts, incidents, tasks, duties, the last report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zhishou.acts import Command
from zhishou.drill.returning import sender
from zhishou.drill.scenario import Person, Scenario
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.incident.checklists import OpenChecklist
from zhishou.incident.measures import IssueMeasure
from zhishou.incident.state import Duty, Incident
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.plan.posts import plan_post, unit_post

OPEN_TASKS = frozenset({"issued", "accepted", "refused"})


def post_key(written: str, scenario: Scenario, library: Library) -> str:
    """The key of a post as the record has it.

    Raises:
        NotFoundError: there is no such post.
    """
    kind, _, rest = written.rpartition(":")
    if kind in {"duty", "admin"}:
        return f"{kind}:{library.lexicon.area(rest)}"
    if kind == "reporter":
        return sender(rest, scenario, library.lexicon)
    if kind == "unit":
        for area in scenario.rooms:
            if (found := library.lexicon.organisation(rest, library.lexicon.area(area))) is not None:
                return unit_post(found)
        raise NotFoundError(f"词库里没有“{rest}”这个单位", mend="用词库里的名称或编号")
    pack = library.pack(kind or scenario.plans[0])
    actor = pack.actor(rest)
    if actor.kind == "unit":
        raise NotFoundError(f"“{rest}”不是《{pack.plan.short}》的职务或机构", mend=f"单位写成 unit:{rest}")
    return plan_post(pack.id, actor.id)


def room_of(key: str, person: Person, scenario: Scenario, library: Library) -> str:
    """The area of the duty room that appoints to a post."""
    kind, _, rest = key.partition(":")
    if kind in {"duty", "admin"}:
        return rest
    if kind == "reporter":
        return rest.partition("/")[0]
    if kind in library.packs:
        return library.packs[kind].plan.area
    if person.room:
        return library.lexicon.area(person.room)
    area = library.lexicon.organisations[rest].area or ""
    rooms = [library.lexicon.area(room) for room in scenario.rooms]
    return area if area in rooms else rooms[0]


def plan_of(written: str, scenario: Scenario, library: Library) -> Pack:
    """A plan by its id or the end of it; the scenario's first where none is written."""
    return library.pack(written or scenario.plans[0])


def filled(
    kind: type[Command], given: Mapping[str, Any], state: Incident, scenario: Scenario, library: Library
) -> dict[str, Any]:
    """A command's fields with what was left out or named in words.

    Raises:
        ZhishouError: something is named that the incident does not have.
    """
    found = dict(given)
    for field, info in kind.model_fields.items():
        if field == "plan" and (info.is_required() or field in found):
            found[field] = plan_of(str(found.get(field, "")), scenario, library).id
        elif (
            field in FINDERS
            and not (field == "task" and kind is IssueMeasure)
            and (info.is_required() or found.get(field))
        ):
            found[field] = FINDERS[field](state, str(found.get(field, "")))
    return found


def task_id(state: Incident, written: str) -> str:
    """A task by its id or its text; of several with one text the first that is still open."""
    if written in state.tasks:
        return written
    same = [id_ for id_, task in state.tasks.items() if task.text == written]
    return next((id_ for id_ in same if state.tasks[id_].status in OPEN_TASKS), "") or _one("任务", written, same)


def duty_id(state: Incident, written: str) -> str:
    """A duty by its id or the end of it, by what it says, or, for a task's, by `task/` and the task's text."""
    if written in state.duties:
        return written
    if written.startswith("task/"):
        return f"task/{task_id(state, written.removeprefix('task/'))}"
    ending = [id_ for id_ in state.duties if id_.endswith(f"/{written}")]
    return _one("时限", written, ending or [id_ for id_, duty in state.duties.items() if duty.label == written])


def duty_of(state: Incident, written: str) -> tuple[str, Duty] | None:
    """A duty by any of its names, where there is exactly one."""
    try:
        id_ = duty_id(state, written)
    except ZhishouError:
        return None
    return id_, state.duties[id_]


def _one(what: str, written: str, found: list[str]) -> str:
    if len(found) == 1:
        return found[0]
    if found:
        raise ZhishouError(f"“{written}”这项{what}有 {len(found)} 个", mend=f"写明：{'、'.join(found)}")
    raise ZhishouError(f"事件里没有“{written}”这项{what}", mend="核对名称")


def _proposal(state: Incident, written: str) -> str:
    waiting = [id_ for id_, one in state.proposals.items() if one.status == "open"]
    return written or (waiting[-1] if waiting else "")


def _query(state: Incident, written: str) -> str:
    return written or next((id_ for id_, one in state.queries.items() if one.answered is None), "")


def _last(of: str) -> Callable[[Incident, str], str]:
    def found(state: Incident, written: str) -> str:
        return written or next(reversed(getattr(state, of)), "")

    return found


def _held(of: str) -> Callable[[Incident, str], str]:
    def found(state: Incident, written: str) -> str:
        things = getattr(state, of)
        named = next((id_ for id_, one in things.items() if written and one.what == written), "")
        return named or written or next(reversed(things), "")

    return found


FINDERS: Mapping[str, Callable[[Incident, str], str]] = {
    "task": task_id,
    "duty": duty_id,
    "proposal": _proposal,
    "query": _query,
    "report": _last("reports"),
    "directive": _last("directives"),
    "resource": _held("resources"),
    "property": _held("property"),
    "checklist": _last("checklists"),
}
"""Field of a command → how the thing it names is found."""

_WORDED = frozenset({(IssueMeasure, "task"), (OpenChecklist, "checklist")})
"""Fields that name something of the plan, which the incident does not have yet."""
