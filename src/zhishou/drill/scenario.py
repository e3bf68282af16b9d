"""A scenario as a file holds it: duty rooms, people in their posts, a timeline of steps, and what is expected of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from zhishou import clock
from zhishou.acts import Moment
from zhishou.drill.expected import Expectation, Refusal
from zhishou.plan.base import Model, Names
from zhishou.supply.returns.held import Action
from zhishou.supply.returns.receiving import Outcome


def _is_span(value: str) -> str:
    if clock.minutes(value) is None:
        raise ValueError("写成 15 min、1 h、2 d 的样子")
    return value


def _given_facts(value: Any) -> Any:
    """A fact may stand with its bare value."""
    if not isinstance(value, dict):
        return value
    return {name: one if isinstance(one, dict) else {"value": one} for name, one in value.items()}


def _as_moment(value: Any) -> Any:
    """YAML reads `+0` as a number."""
    return "+0" if value == 0 and not isinstance(value, bool) else value


_FIELDS = {"return": "return_"}
"""Keys of a step that Python keeps for itself."""

Length = Annotated[str, AfterValidator(_is_span)]
Facts = Annotated[dict[str, dict[str, Any]], BeforeValidator(_given_facts), WithJsonSchema({"type": "object"})]


class House(Model):
    """What the duty room has settled for itself where plans give no figure."""

    immediately: Length | None = None
    """How long 立即 may take."""
    promptly: Length | None = None
    """How long 及时 may take."""


class Person(Model):
    """Somebody who takes part, with a made-up name."""

    name: str
    """Made up."""
    posts: Names = ()
    """Posts held from the start. `duty:jincheng`; `unit:市能源局` by any name of the lexicon; `commander` for a post or body of
    the scenario's first plan, `energy-2025:commander` for one of another plan; `reporter:pipe` for whoever sends a reporter's returns."""
    room: str = ""
    """Area of the duty room that appoints; empty: the post's own area, or the first room."""


class StandingFacts(Model):
    """Facts that hold for an area whatever the incident."""

    area: str
    """The area, by id or name."""
    facts: Facts
    """Fact, by id or Chinese label → its value, or value, unit, at_least, at_most, source."""


class ReturnSent(Model):
    """A daily return, sent as a file through the desk; what the returns tell becomes facts by itself."""

    reporter: str
    """The reporter, by its id or name in the supply system."""
    area: str = ""
    """The area whose supply system it is; empty: the only one."""
    day: date | None = None
    """The gas day on whose evening it is made; empty: the current one."""
    values: Annotated[tuple[dict[str, Any], ...], Field(min_length=1)]
    """Its figures, as in `return.schema.json`: `{item: available, of: import, amount: 96}`; items by id or Chinese name."""
    outcome: Outcome = "accepted"
    """What must become of it: accepted 已收 · held 部分待核 · whole 整份待核 · unread 读不出 · known 收过."""


class ReturnDecided(Model):
    """What is held of a reporter's return, decided by whoever may: all that waits of it."""

    reporter: str
    """The reporter, by its id or name in the supply system."""
    area: str = ""
    """The area whose supply system it is; empty: the only one."""
    action: Action
    """release 照用 · replace 改用 · reject 不用."""
    reason: Annotated[str, Field(min_length=1)]
    """Why, for the record."""
    amounts: dict[str, float] = Field(default_factory=dict)
    """For `replace`: id of what the figure is about → the figure that is used."""


class Kept(Model):
    """A command to a duty room."""

    command: str
    """By name: `begin_shift`, `delegate_posts`, `write_log` …"""
    area: str = ""
    """The duty room's area; empty: the first room."""


class Step(Model):
    """One step of the timeline: somebody gives a command, or the drill does something to the desk. Then what is expected."""

    at: Annotated[str, BeforeValidator(_as_moment)] = "+0"
    """When: `T+0`, `T+2 h 5 min` from the start, `+20 min` after the step before, or `2026-12-15T18:00`."""
    says: str = ""
    """What the story tells before it: what the players are told."""
    by: str = ""
    """Who, by the key under `people`."""
    give: str | None = None
    """A command to the incident, by name: `propose_level`."""
    keep: Kept | str | None = None
    """A command to a duty room."""
    state: StandingFacts | None = None
    """Facts stated that hold for an area: the gap, the superior's level."""
    return_: ReturnSent | None = Field(None, alias="return")
    """A daily return sent."""
    decide: ReturnDecided | None = None
    """What is held of a return, decided."""
    restart: bool = False
    """The desk is thrown away and opened anew on the same record."""
    clock: str | None = None
    """The clock jumps by `+5 h` (the desk was without power) or `-30 min`; nothing is recorded in between."""
    reassess: str | None = None
    """Area whose assessments are filed anew: facts have grown stale."""
    on: str = ""
    """The incident, by the name that the scenario gave it; empty: the first. For `open_incident`: the name it gets."""
    area: str = ""
    """For `open_incident`: the duty room; empty: the first room."""
    opens: str = ""
    """Name of the incident that opens above because of this report."""
    with_: dict[str, Any] = Field(default_factory=dict, alias="with")
    """The command's fields. What names one thing may be left out: the plan (the scenario's first), the last report, the open
    proposal, the open question, the last directive. Tasks, resources, property and duties may be named by their text or by
    the end of their id, incidents as `@name`. Times may be written as in `at`."""
    each: dict[str, list[Any]] = Field(default_factory=dict)
    """One field → several values: the command is given once for each."""
    happened: str = ""
    """When it happened, where it is told later."""
    refused: Refusal | None = None
    """The desk must refuse it."""
    because: str = ""
    """The clause and what it says, in short words, for whoever reads the scenario."""
    expect: tuple[Expectation, ...] = ()
    """What is looked for right after it."""

    @model_validator(mode="after")
    def _one_thing(self) -> Step:
        done = [
            key
            for key in ("give", "keep", "state", "return", "decide", "restart", "clock", "reassess")
            if (given := getattr(self, _FIELDS.get(key, key))) is not None and given is not False
        ]
        if len(done) > 1:
            raise ValueError(f"一步只办一件事，这里写了 {'、'.join(done)}")
        if done and done[0] in {"give", "keep", "state", "return", "decide"} and not self.by:
            raise ValueError("没有写由谁办理（by）")
        if not done and not self.expect and not self.says:
            raise ValueError(
                "这一步什么也没有写（give、keep、state、return、decide、restart、clock、reassess、says、expect）"
            )
        if len(self.each) > 1:
            raise ValueError("each 只写一个字段")
        return self


class Scenario(Model):
    """One drill."""

    title: str
    """What happens, in a line."""
    note: str
    """Says that events, people and figures are made up."""
    sources: Names = ()
    """The official texts that the expectations come from."""
    plans: Annotated[tuple[str, ...], Field(min_length=1)]
    """The plans exercised, the first being meant where a step names none."""
    start: Moment
    """The first moment of the timeline, `T+0`."""
    rooms: Annotated[tuple[str, ...], Field(min_length=1)]
    """Areas whose duty rooms keep the one record, the first being meant where a step names none."""
    supply: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Area → its made-up supply system, as in `system.schema.json`; whoever sends a reporter's returns holds `reporter:ID`."""
    house: House = House()
    """What the duty rooms have settled for themselves."""
    people: Annotated[dict[str, Person], Field(min_length=1)]
    """Key of a person → who he is."""
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """The timeline, in order."""
    until: str = ""
    """When the drill ends; empty: with the last step."""
    expect: tuple[Expectation, ...] = ()
    """What is looked for over the whole timeline, at the end."""
