"""What stands on an incident's page, made ready for its template: assessment, tasks by unit, report clock, ending and review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.assess.result import Assessment
from zhishou.callout.league import Standing, league
from zhishou.errors import ZhishouError
from zhishou.incident.casualties import CASUALTIES
from zhishou.incident.context import Context
from zhishou.incident.deadlines import KINDS
from zhishou.incident.level_rules import EndingRule, endings
from zhishou.incident.state import Duty, Incident, Proposal, Task
from zhishou.plan.load import Library
from zhishou.plan.pack import LADDER_LABELS
from zhishou.plan.rules import ladder_rules
from zhishou.web.auth import Caller
from zhishou.web.console.forms.facts_asked import value_text
from zhishou.web.console.pages import named
from zhishou.web.console.texts import Texts, texts_of

VERDICTS = {"met": "符合", "arguable": "两可", "unknown": "不清楚", "not_met": "不符合"}
TASKS = {"issued": "已下达", "accepted": "已接受", "refused": "不能承担", "done": "已完成", "cancelled": "已撤销"}
CHANGES = {"start": "启动", "raise": "提级为", "lower": "降级为"}
PROPOSALS = {
    "open": "等待决定",
    "decided": "已决定",
    "refused": "不同意",
    "withdrawn": "已撤回",
    "overtaken": "已被取代",
}
RESOURCES = {"requested": "已请调", "lent": "已调出", "refused": "不能调出", "returned": "已归还"}
PROPERTY = {"requisitioned": "已征用", "returned": "已归还", "compensated": "已补偿"}
REPORTS = {"first": "首报", "follow_up": "续报", "final": "终报", "return": "报表"}
CHECKED = {"received": "待核实", "verified": "已核实", "refuted": "不属实"}


@dataclass(frozen=True, slots=True)
class UnitTasks:
    """The tasks of one unit."""

    who: str
    tasks: list[tuple[str, Task]]
    open: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a level in force ends."""

    key: str
    label: str
    rules: tuple[EndingRule, ...]
    who: str


@dataclass(frozen=True, slots=True)
class StatedFact:
    """A fact as it stands."""

    id: str
    label: str
    value: str
    source: str
    at: datetime
    standing: bool
    near: bool
    """Whether a plan of the incident looks at it."""


def parts(caller: Caller, view: str, state: Incident) -> dict[str, Any]:
    """Everything that the template shows besides the incident itself."""
    house, library = caller.house, caller.house.library
    whole = view == "whole"
    assessments = house.desk.assess(state.id) if whole else ()
    standings = league(house.callout.of(state.id)) if whole else ()
    return {
        "assessments": assessments, "verdicts": VERDICTS, "unit_tasks": unit_tasks(state, library), "task_words": TASKS,
        "duties": duties(state), "done_duties": [one for one in state.duties.items() if one[1].status == "met"],
        "kinds": KINDS, "proposals": proposals(state), "proposal_words": PROPOSALS, "changes": CHANGES,
        "facts": list(facts(caller, state)) if whole else [], "endings": list(ending(caller, state)) if whole else [],
        "resource_words": RESOURCES, "property_words": PROPERTY, "report_words": REPORTS, "checked_words": CHECKED,
        "ladders": LADDER_LABELS, "actor": lambda plan, name: actor(library, plan, name), "name": lambda key: named(library, key),
        "texts": texts(caller, assessments), "review": review(state, standings), "standings": standings, "casualty": CASUALTIES, "supplied": supplied(caller, state),
    }  # fmt: skip


def supplied(caller: Caller, state: Incident) -> bool:
    """Whether gas may have to be cut for it: a plan of supply applies, and the area has a supply system."""
    library = caller.house.library
    plans = (library.packs[plan].plan.kind for plan in state.plans if plan in library.packs)
    return state.area in caller.house.settings.supply and "supply" in plans


def texts(caller: Caller, assessments: tuple[Assessment, ...]) -> dict[str, Texts]:
    """Plan → the text that the deployment attached."""
    return {one.plan: texts_of(caller.house.folder, one.plan) for one in assessments}


def actor(library: Library, plan: str, name: str) -> str:
    """Whom a plan means by a name."""
    pack = library.packs.get(plan)
    try:
        return pack.actor(name).label if pack else named(library, name)
    except ZhishouError:
        return named(library, name)


def unit_tasks(state: Incident, library: Library) -> list[UnitTasks]:
    """Tasks by whoever owes them; who owes most comes first, what is done comes last."""
    found: dict[str, list[tuple[str, Task]]] = {}
    for id_, task in state.tasks.items():
        who = "、".join(actor(library, task.plan, one) for one in task.by) or "原文没有写责任单位"
        found.setdefault(who, []).append((id_, task))
    order = {"refused": 0, "issued": 1, "accepted": 2, "done": 3, "cancelled": 4}
    units = [
        UnitTasks(
            who, sorted(tasks, key=lambda one: (order[one[1].status], one[1].due is None, one[1].due or one[1].issued.at)),
            sum(task.status in {"issued", "accepted", "refused"} for _, task in tasks),
        )
        for who, tasks in found.items()
    ]  # fmt: skip
    return sorted(units, key=lambda one: -one.open)


def duties(state: Incident) -> list[tuple[str, Duty]]:
    """The report clock: what is owed, the first due first; those without a figure last."""
    owed = [(id_, one) for id_, one in state.duties.items() if one.status in {"open", "missed"} and one.kind != "task"]
    return sorted(owed, key=lambda one: (one[1].due is None, one[1].due or one[1].since))


def proposals(state: Incident) -> list[tuple[str, Proposal]]:
    """Proposals, those that wait first, then the latest."""
    return sorted(state.proposals.items(), key=lambda one: (one[1].status != "open", -one[1].proposed.at.timestamp()))


def facts(caller: Caller, state: Incident) -> Iterator[StatedFact]:
    """What is stated: the incident's own, then what holds for the area."""
    library = caller.house.library
    standing = caller.house.desk.standing(state.area).facts
    packs = [library.packs[plan] for plan in state.plans if plan in library.packs]
    looked_at = {one for pack in packs for kind in pack.ladders for one in ladder_rules(pack, kind).relevant}
    for own, kept in ((True, state.facts), (False, {k: v for k, v in standing.items() if k not in state.facts})):
        for id_, one in kept.items():
            fact = library.lexicon.facts.get(id_)
            if fact is not None:
                yield StatedFact(
                    id_, fact.label, value_text(fact, one), one.source, one.at, not own, own or id_ in looked_at
                )


def ending(caller: Caller, state: Incident) -> Iterator[Ending]:
    """For each level in force: who ends it and what must be confirmed."""
    library = caller.house.library
    context = Context(caller.house.now(), state.area, library.packs, library.lexicon)
    for key, active in state.active.items():
        plan, _, kind = key.partition("|")
        pack = library.packs.get(plan)
        if pack is None:
            continue
        rules = endings(pack, kind, active, state, context)  # type: ignore[arg-type]
        who = "、".join(dict.fromkeys(actor(library, plan, one) for rule in rules for one in rule.authorities))
        yield Ending(key, active.label, rules, who)


def review(state: Incident, standings: tuple[Standing, ...] = ()) -> list[tuple[str, bool]]:
    """What an incident owes before it is put away, and whether it is done."""
    open_tasks = sum(task.status in {"issued", "accepted", "refused"} for task in state.tasks.values())
    owed = [one for one in state.duties.values() if one.status in {"open", "missed"} and one.kind != "task"]
    lent = sum(one.status == "lent" for one in state.resources.values())
    taken = sum(one.status == "requisitioned" for one in state.property.values())
    silent = [one for one in standings if one.silent]
    had = bool(state.ended or state.active)
    return [
        ("级别已结束或解除", not state.active),
        (f"任务办结（还有 {open_tasks} 项）" if open_tasks else "任务办结", not open_tasks),
        (f"报告和其他时限办结（还有 {len(owed)} 项）" if owed else "报告和其他时限办结", not owed),
        (f"借用资源归还（还有 {lent} 项）" if lent else "借用资源归还", not lent),
        (f"征用财产归还（还有 {taken} 项）" if taken else "征用财产归还", not taken),
        *(
            [(f"到岗应答（{len(silent)} 家有未应答的，要核实）" if silent else "到岗应答", not silent)]
            if standings
            else []
        ),
        ("评估报告已提交", bool(state.reviews) or not had),
    ]
