"""Which commands somebody may give to an incident now, on what, and in which post: for the buttons of a screen.

The same rules answer that refuse (`incident.index.permitted`); here they are only asked beforehand, with every choice of
what a command can be about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Field

from zhishou.acts import Actor, Command
from zhishou.desk import BY_THE_DESK
from zhishou.errors import RefusedError, ZhishouError
from zhishou.incident.authority import post_of
from zhishou.incident.context import Context
from zhishou.incident.index import HANDLERS, permitted
from zhishou.incident.state import Incident
from zhishou.incident.suppliers import names_of
from zhishou.plan.load import Library
from zhishou.plan.posts import post_label
from zhishou.web.auth import WEIGHTY, Caller
from zhishou.web.errors import ErrorDetail, of_error

Fields = dict[str, Any]


class Option(BaseModel):
    """One thing that a command can be about."""

    fields: dict[str, Any]
    """Fields of the command that are settled by the choice."""
    post: str
    """The post in which the caller would act."""
    post_label: str


class CommandMay(BaseModel):
    """One command."""

    command: str
    label: str
    may: bool
    weighty: bool
    """Wants a code given lately, where the account has a second factor."""
    options: list[Option] = Field(default_factory=list)
    refused: ErrorDetail | None = None
    """Why not, where the caller may not."""


def may(state: Incident, caller: Caller) -> list[CommandMay]:
    """Every command of an incident that has begun, with what the caller may do of it."""
    library = caller.house.library
    context = Context(caller.house.now(), state.area, library.packs, library.lexicon)
    actor = caller.house.desk.within(caller.actor, state.area)
    return [
        _one(kind, state, replace(caller, actor=actor), context)
        for kind, handler in HANDLERS.items()
        if not handler.opens and kind not in BY_THE_DESK
    ]


def _one(kind: type[Command], state: Incident, caller: Caller, context: Context) -> CommandMay:
    found = CommandMay(command=kind.name, label=kind.label, may=False, weighty=kind.name in WEIGHTY)
    library = caller.house.library
    if not HANDLERS[kind].offered(state.status):
        words = {"closed": "已归档", "merged": "已并案"}.get(state.status, "没有归档或并案")
        found.refused = ErrorDetail(code="state", message=f"事件{words}")
        return found
    for fields in choices(kind, state, library, caller.actor):
        try:
            command = kind.model_construct(**fields)
            post = post_of(caller.actor, permitted(command, state, context), kind.label, context)
        except ZhishouError as error:
            found.refused = found.refused or of_error(error, library)[1]
        else:
            label = post_label(post, library.packs, library.lexicon)
            found.options.append(Option(fields=fields, post=post, post_label=label))
    found.may = bool(found.options)
    if found.may:
        found.refused = None
    elif found.refused is None:
        refusal = RefusedError("现在没有可以这样办理的事项", mend="", code="state")
        found.refused = of_error(refusal)[1]
    return found


def choices(kind: type[Command], state: Incident, library: Library, actor: Actor) -> Iterator[Fields]:
    """What a command can be about, as the incident stands."""
    names = frozenset(kind.model_fields)
    if names == {"plan"}:
        yield from _new_plans(state, library, actor)
        return
    for shape, of in _CHOICES:
        if shape <= names:
            yield from of(state, library, actor)
            return
    yield {}


Choice = Callable[[Incident, Library, Actor], Iterator[Fields]]


def _ids(name: str, of: Callable[[Incident], Any], alive: Callable[[Any], bool] = lambda _: True) -> Choice:
    def choice(state: Incident, _: Library, __: Actor) -> Iterator[Fields]:
        return ({name: id_} for id_, one in of(state).items() if alive(one))

    return choice


def _directives(state: Incident, _: Library, __: Actor) -> Iterator[Fields]:
    for id_, one in state.directives.items():
        yield from ({"directive": id_, "unit": unit} for unit in one.to if unit not in one.acknowledged)


def _lists(*status: str) -> Choice:
    return _ids("list", lambda state: state.cut_lists, lambda one: one.status in status)


def _plans(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    return ({"plan": plan} for plan in state.plans if plan in library.packs)


def _levels(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    for plan in state.plans:
        if plan in library.packs:
            for ladder, of in library.packs[plan].ladders.items():
                yield from ({"plan": plan, "ladder": ladder, "level": one.level} for one in of.levels)


def _active(state: Incident, _: Library, __: Actor) -> Iterator[Fields]:
    for key in state.active:
        plan, _sep, ladder = key.partition("|")
        yield {"plan": plan, "ladder": ladder}


def _measures(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    from zhishou.incident.level_rules import level_of  # noqa: PLC0415 - only this choice looks so deep into a plan
    from zhishou.incident.measures import measures_of  # noqa: PLC0415 - the same

    for key, active in state.active.items():
        plan, _sep, ladder = key.partition("|")
        pack = library.packs.get(plan)
        if pack is None or ladder not in pack.ladders:
            continue
        for one in measures_of(pack, ladder, level_of(pack, ladder, active.level)):  # type: ignore[arg-type]
            if one.optional:
                yield {"plan": plan, "ladder": ladder, "task": one.task}


def _groups(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    for plan in state.plans:
        if plan in library.packs:
            groups = library.packs[plan].organisation.groups
            yield from ({"plan": plan, "group": one.id} for one in groups if f"{plan}:{one.id}" not in state.groups)


def _checklists(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    taken = {(one.plan, one.checklist) for one in state.checklists.values()}
    for plan in state.plans:
        if plan in library.packs:
            lists = library.packs[plan].disposal.checklists
            yield from ({"plan": plan, "checklist": one.id} for one in lists if (plan, one.id) not in taken)


def _steps(state: Incident, _: Library, __: Actor) -> Iterator[Fields]:
    for id_, one in state.checklists.items():
        left = (number for number in range(1, len(one.steps) + 1) if str(number) not in one.checked)
        yield from ({"checklist": id_, "step": number} for number in left)


def _warned(state: Incident, _: Library, __: Actor) -> Iterator[Fields]:
    return ({"plan": key.partition("|")[0]} for key in state.active if key.endswith("|warning"))


def _settlements(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    for plan in state.plans:
        if plan in library.packs:
            kinds = dict.fromkeys(duty.kind for duty in library.packs[plan].aftermath.duties)
            yield from ({"plan": plan, "kind": kind} for kind in kinds if kind != "assessment")


def _senders(state: Incident, library: Library, actor: Actor) -> Iterator[Fields]:
    """The desk writes down what anybody tells it; a unit or a supplier of gas reports in its own name."""
    yield {"sender": ""}
    for post in sorted(actor.posts):
        if post.startswith("unit:") and post.removeprefix("unit:") in library.lexicon.organisations:
            yield {"sender": library.lexicon.organisations[post.removeprefix("unit:")].label}
    yield from ({"sender": name} for name in names_of(state, actor.posts))


def _facts(_: Incident, library: Library, actor: Actor) -> Iterator[Fields]:
    """The desk states any fact; a unit those that the lexicon says it can state."""
    yield {"facts": {}}
    mine = {post.removeprefix("unit:") for post in actor.posts if post.startswith("unit:")}
    lexicon = library.lexicon
    for id_, fact in lexicon.facts.items() if mine else ():
        own = {lexicon.organisations[one].area for one in mine if one in lexicon.organisations}
        if any(lexicon.organisation(name, area) in mine for name in fact.stated_by for area in own):
            yield {"facts": {id_: None}}


def _new_plans(state: Incident, library: Library, _: Actor) -> Iterator[Fields]:
    chain = library.lexicon.upward(state.area)
    return (
        {"plan": pack.id} for pack in library.packs.values() if pack.id not in state.plans and pack.plan.area in chain
    )


_CHOICES: tuple[tuple[frozenset[str], Choice], ...] = (
    (frozenset({"directive", "unit"}), _directives),
    (frozenset({"list", "changes"}), _lists("draft")),
    (frozenset({"list", "lines"}), _lists("signed", "sent")),
    (frozenset({"list", "acknowledge_by"}), _lists("signed")),
    (frozenset({"list", "note"}), _lists("draft")),
    (frozenset({"proposal"}), _ids("proposal", lambda state: state.proposals, lambda one: one.status == "open")),
    (frozenset({"incident", "text"}), lambda state, *_: iter(({"incident": state.origin},) if state.origin else ({},))),
    (frozenset({"resource"}), _ids("resource", lambda state: state.resources)),
    (frozenset({"property"}), _ids("property", lambda state: state.property, lambda one: one.status != "compensated")),
    (frozenset({"query"}), _ids("query", lambda state: state.queries, lambda one: one.answered is None)),
    (frozenset({"plan", "ladder", "task"}), _measures),
    (
        frozenset({"task"}),
        _ids("task", lambda state: state.tasks, lambda one: one.status not in {"done", "cancelled"}),
    ),
    (frozenset({"plan", "ladder", "confirmed"}), _active),
    (frozenset({"plan", "ladder", "level"}), _levels),
    (frozenset({"plan", "group"}), _groups),
    (frozenset({"plan", "checklist"}), _checklists),
    (frozenset({"checklist", "step"}), _steps),
    (frozenset({"plan", "items", "channels"}), _warned),
    (frozenset({"plan", "kind", "what"}), _settlements),
    (frozenset({"to", "how", "kind"}), lambda *_: iter(({},))),
    (frozenset({"report", "reason"}), _ids("report", lambda state: state.reports, lambda one: one.status != "refuted")),
    (frozenset({"report", "how"}) , _ids("report", lambda state: state.reports, lambda one: one.status == "received")),
    (frozenset({"sender", "items"}), _senders),
    (frozenset({"facts"}), _facts),
    (frozenset({"plan", "text", "clause"}), _plans),
    (frozenset({"plan"}), _plans),
)  # fmt: skip
"""Fields by which a command is known → what can stand in them; the first that fits counts."""
