"""A scenario from YAML: shape, then everything that it names, with every problem told at once by file, line and mend."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zhishou.acts import Command
from zhishou.drill import returning, times
from zhishou.drill.expected import EventExpected, Expectation
from zhishou.drill.naming import FINDERS, plan_of, post_key, room_of
from zhishou.drill.scenario import Scenario, Step
from zhishou.errors import NotFoundError, PackError, ZhishouError
from zhishou.incident.index import COMMANDS, EVENTS
from zhishou.plan import marks
from zhishou.plan.load import Library
from zhishou.plan.marks import Marked
from zhishou.plan.marks import Path as Place
from zhishou.plan.wrong import translated
from zhishou.supply.returns.record import CATALOGUE as RETURN_EVENTS
from zhishou.supply.system import System
from zhishou.watch.commands import COMMANDS as ROOM_COMMANDS
from zhishou.watch.events import CATALOGUE

SHIPPED = Path(__file__).parent / "scenarios"
KEPT: Mapping[str, type[Command]] = {kind.name: kind for kind in ROOM_COMMANDS}
_FILLED = ("person_name", "digest")
"""Fields of a duty room's command that the runner fills."""
_TRIAL = "…"
"""Stands for what is only found out when the step is reached."""


@dataclass(frozen=True)
class Script:
    """A scenario ready to be run."""

    scenario: Scenario
    library: Library
    marked: Marked
    moments: tuple[datetime, ...]
    """When each step comes, by the desk's clock."""
    end: datetime
    digest: str
    """SHA-256 of the text."""
    systems: Mapping[str, System]
    """Area → its supply system."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.marked.name

    def place(self, *path: str | int) -> str:
        """`file:line` of something in it."""
        return self.marked.place(path)


def shipped() -> Mapping[str, Path]:
    """The scenarios that come with the house, by name."""
    return {file.stem: file for file in sorted(SHIPPED.glob("*.yaml"))}


def read_scenario(text: str, name: str, library: Library) -> Script:
    """Read a scenario.

    Args:
        text: the YAML document, shaped like `Scenario`.
        name: the file's name, for messages.
        library: the plans.

    Raises:
        PackError: with every problem found, each with file, line and mend.
    """
    marked = marks.read(text, name)
    try:
        scenario = Scenario.model_validate(marked.data if marked.data is not None else {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None
    problems: list[ZhishouError] = []
    moments, end = _moments(scenario, marked, problems)
    problems += _named(scenario, marked, library)
    supplied = returning.systems(scenario, marked, library.lexicon, problems)
    script = Script(scenario, library, marked, moments, end, hashlib.sha256(text.encode()).hexdigest(), supplied)
    if not problems:
        problems += _steps(script)
    if problems:
        raise PackError(problems)
    return script


def _at(marked: Marked, path: Place, error: ZhishouError) -> ZhishouError:
    return ZhishouError(error.message, where=marked.place(path), mend=error.mend, path=path)


def _moments(scenario: Scenario, marked: Marked, problems: list[ZhishouError]) -> tuple[tuple[datetime, ...], datetime]:
    now = scenario.start
    found: list[datetime] = []
    for number, step in enumerate(scenario.steps):
        try:
            then = times.moment(step.at, scenario.start, now)
            if then < now:
                problems.append(
                    ZhishouError(
                        f"这一步（{then:%m-%d %H:%M}）在上一步（{now:%m-%d %H:%M}）之前",
                        where=marked.place(("steps", number, "at")),
                        mend="按时间先后排列各步",
                    )
                )
            now = max(now, then)
        except ZhishouError as error:
            problems.append(_at(marked, ("steps", number, "at"), error))
        found.append(now)
        if step.clock is not None:
            try:
                now += times.jump(step.clock)
            except ZhishouError as error:
                problems.append(_at(marked, ("steps", number, "clock"), error))
    if scenario.until:
        try:
            now = max(now, times.moment(scenario.until, scenario.start, now))
        except ZhishouError as error:
            problems.append(_at(marked, ("until",), error))
    return tuple(found), now


def _named(scenario: Scenario, marked: Marked, library: Library) -> Iterator[ZhishouError]:
    """The plans, areas and posts that there are not."""
    for number, plan in enumerate(scenario.plans):
        try:
            library.pack(plan)
        except NotFoundError as error:
            yield _at(marked, ("plans", number), error)
            return
    for number, area in enumerate(scenario.rooms):
        try:
            library.lexicon.area(area)
        except NotFoundError as error:
            yield _at(marked, ("rooms", number), error)
            return
    rooms = {library.lexicon.area(area) for area in scenario.rooms}
    for id_, person in scenario.people.items():
        for number, written in enumerate(person.posts):
            path = ("people", id_, "posts", number)
            try:
                key = post_key(written, scenario, library)
            except NotFoundError as error:
                yield _at(marked, path, error)
                continue
            if (room := room_of(key, person, scenario, library)) not in rooms:
                label = library.lexicon.areas[room].label
                yield ZhishouError(f"“{written}”由{label}值班室任职，而它不在 rooms 里", where=marked.place(path), mend=f"rooms 里加 {room}")  # fmt: skip


def _steps(script: Script) -> Iterator[ZhishouError]:
    scenario, marked = script.scenario, script.marked
    named: set[str] = set()
    for number, step in enumerate(scenario.steps):
        path: Place = ("steps", number)
        if step.by and step.by not in scenario.people:
            known = "、".join(scenario.people)
            yield ZhishouError(f"people 里没有“{step.by}”", where=marked.place((*path, "by")), mend=f"现有：{known}")
        opening = step.give == "open_incident"
        if step.on and not opening and step.on not in named:
            yield ZhishouError(f"此前没有登记过叫“{step.on}”的事件", where=marked.place((*path, "on")), mend=f"已有：{'、'.join(named) or '无'}")  # fmt: skip
        named |= {one for one in (step.on if opening else "", step.opens) if one}
        yield from _command(script, step, path)
        yield from _return(script, step, path)
        for index, one in enumerate(step.expect):
            yield from _expected(script, one, (*path, "expect", index), named)
    for index, one in enumerate(scenario.expect):
        yield from _expected(script, one, ("expect", index), named)


def _return(script: Script, step: Step, path: Place) -> Iterator[ZhishouError]:
    """What a return, or what is decided of one, names that there is not."""
    about = step.return_ or step.decide
    if about is None:
        return
    here = (*path, "return" if step.return_ else "decide")
    try:
        system = script.systems[returning.where(about, script.systems, script.library.lexicon)]
    except ZhishouError as error:
        yield _at(script.marked, here, error)
        return
    known = {name for one in system.reporters for name in (one.id, one.label)}
    if about.reporter not in known:
        mend = f"现有：{'、'.join(one.id for one in system.reporters)}"
        said = f"supply 里没有“{about.reporter}”这个报送单位"
        yield ZhishouError(said, where=script.marked.place((*here, "reporter")), mend=mend)


def command_of(step: Step) -> type[Command] | None:
    """The kind of command that a step gives; None where it gives none.

    Raises:
        NotFoundError: there is none of this name.
    """
    if step.give is not None:
        known, name = COMMANDS, step.give
    elif step.keep is not None:
        known, name = KEPT, step.keep if isinstance(step.keep, str) else step.keep.command
    else:
        return None
    if name not in known:
        raise NotFoundError(f"没有“{name}”这个命令", mend=f"可用：{'、'.join(known)}")
    return known[name]


def _command(script: Script, step: Step, path: Place) -> Iterator[ZhishouError]:
    """The command tried for its shape, with what is only found out at run time left open."""
    marked = script.marked
    try:
        kind = command_of(step)
    except NotFoundError as error:
        yield _at(marked, (*path, "give" if step.give else "keep"), error)
        return
    if kind is None:
        if step.with_ or step.each:
            yield ZhishouError(
                "这一步没有命令，却写了 with 或 each", where=marked.place(path), mend="补上 give 或 keep"
            )
        return
    number = int(path[1])
    trial = timed(step.with_, script.scenario.start, script.moments[number])
    trial |= {field: values[0] if values else _TRIAL for field, values in step.each.items()}
    for field, info in kind.model_fields.items():
        if info.is_required() and field not in trial and (field in FINDERS or field in {"plan", *_FILLED}):
            trial[field] = _TRIAL
    try:
        kind.model_validate(facts_given(kind, trial))
    except ValidationError as error:
        inside = (*path, "with")
        lines = {place[len(inside) :]: line for place, line in marked.lines.items() if place[: len(inside)] == inside}
        here = Marked(dict(step.with_), marked.name, lines or {(): marked.lines[path]})
        yield from translated(error, here)
    for field in step.with_.keys() & {"plan"}:
        try:
            script.library.pack(str(step.with_[field]))
        except NotFoundError as error:
            yield _at(marked, (*path, "with", field), error)


def facts_given(kind: type[Command], data: dict[str, Any]) -> dict[str, Any]:
    """Facts whose bare value stands, as the command takes them."""
    facts = data.get("facts")
    if kind.name != "state_facts" or not isinstance(facts, dict):
        return data
    return {
        **data,
        "facts": {name: one if isinstance(one, dict) else {"value": one} for name, one in facts.items()},
    }


def timed(data: Any, start: datetime, now: datetime) -> Any:
    """Data with every text that is a moment of the timeline as a moment."""
    if isinstance(data, dict):
        return {key: timed(value, start, now) for key, value in data.items()}
    if isinstance(data, list):
        return [timed(value, start, now) for value in data]
    if isinstance(data, str) and times.is_relative(data):
        return times.moment(data, start, now)
    return data


def _expected(script: Script, one: Expectation, path: Place, named: set[str]) -> Iterator[ZhishouError]:
    scenario, marked, library = script.scenario, script.marked, script.library
    inside = getattr(one, one.kind)
    if one.on and one.on not in named:
        yield ZhishouError(f"没有登记过叫“{one.on}”的事件", where=marked.place((*path, "on")), mend=f"已有：{'、'.join(named) or '无'}")  # fmt: skip
    if one.event is not None:
        yield from _event(script, one.event, (*path, "event"))
    if getattr(inside, "due", "") not in {"", "none"}:
        yield from _moment(script, inside.due, (*path, one.kind, "due"))
    try:
        plan = plan_of(getattr(inside, "plan", ""), scenario, library)
    except NotFoundError as error:
        yield _at(marked, (*path, one.kind, "plan"), error)
        return
    plans = [plan, *(library.pack(other) for other in scenario.plans)]
    for clause in getattr(inside, "clause", ()):
        if not any(clause in pack.ledger.clauses for pack in plans):
            where = marked.place((*path, one.kind, "clause"))
            yield ZhishouError(f"预案没有〔{clause}〕这一条", where=where, mend="核对条款号，见 zhishou plan ledger")


def _event(script: Script, event: EventExpected, path: Place) -> Iterator[ZhishouError]:
    if all(event.type not in known for known in (EVENTS, CATALOGUE, RETURN_EVENTS)):
        known = "、".join(kind.type for kind in EVENTS)
        where = script.marked.place((*path, "type"))
        yield ZhishouError(f"没有“{event.type}”这种事件", where=where, mend=f"可写：{known}")
    for number, text in enumerate(event.between or ()):
        yield from _moment(script, text, (*path, "between", number))
    if event.post:
        try:
            post_key(event.post, script.scenario, script.library)
        except NotFoundError as error:
            yield _at(script.marked, (*path, "post"), error)


def _moment(script: Script, text: str, path: Place) -> Iterator[ZhishouError]:
    try:
        times.moment(text, script.scenario.start, script.scenario.start)
    except ZhishouError as error:
        yield _at(script.marked, path, error)
