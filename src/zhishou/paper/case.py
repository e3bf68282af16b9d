"""The file of an incident as papers are written from it: its state, its story, the plans, and whose names they carry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, TypeVar, cast

import yaml

from zhishou.acts import Event, Happened
from zhishou.errors import NotFoundError, RefusedError
from zhishou.incident.filing import AssessmentFiled
from zhishou.incident.state import Incident, Signed, Statement
from zhishou.paper import words
from zhishou.paper.value import blank
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import LadderKind, Pack

E = TypeVar("E", bound=Event)


@cache
def letterheads() -> Mapping[str, Mapping[str, str]]:
    """Plan → the full name of its headquarters and the clause that gives it."""
    text = resources.files("zhishou.paper").joinpath("letterheads.yaml").read_text("utf-8")
    return cast("Mapping[str, Mapping[str, str]]", yaml.safe_load(text))


def headquarters(pack: Pack) -> str:
    """The full name of a plan's headquarters; a blank where it is not on the list."""
    one = letterheads().get(pack.id)
    return one["name"] if one else blank("发文机关")


def duty_room(lexicon: Lexicon, area: str) -> str:
    """The duty room of an area: 晋城市值班室."""
    return f"{lexicon.areas[area].label}值班室"


@dataclass(frozen=True, slots=True)
class Responded:
    """How a party answered calls in an incident."""

    label: str
    called: int
    answered: int
    silent: int
    minutes: int | None
    """Median time to answer; None where it never did."""


@dataclass(frozen=True)
class Case:
    """An incident with everything that a paper about it may look at."""

    state: Incident
    story: tuple[Happened, ...]
    packs: Mapping[str, Pack]
    lexicon: Lexicon
    at: datetime
    """The moment of writing."""
    standing: Mapping[str, Statement] = field(default_factory=dict)
    """Facts that hold for the area whatever the incident."""
    responded: tuple[Responded, ...] = ()
    """How parties answered when they were called, the quickest first."""

    # Plans

    def pack(self, plan: str = "") -> Pack:
        """A plan of the incident; where none is named, the one whose response or warning is or was in force.

        Raises:
            RefusedError: the incident is handled under no plan, under several, or not under this one.
        """
        own = [one for one in self.state.plans if one in self.packs]
        if plan:
            named = next(
                (one for one in own if plan in {one, self.packs[one].plan.short, self.packs[one].plan.title}), ""
            )
            if not named:
                raise RefusedError(
                    f"这个事件没有适用“{plan}”", where="文件", mend=f"已适用：{self._known(own)}", code="plan"
                )
            return self.packs[named]
        ruled = [
            one for one in own if any(key.startswith(f"{one}|") for key in (*self.state.active, *self.state.ended))
        ]
        found = ruled if len(ruled) == 1 else own
        if len(found) != 1:
            raise RefusedError(
                "没有写依据哪个预案", where="文件", mend=f"写明预案，已适用：{self._known(own)}", code="missing"
            )
        return self.packs[found[0]]

    def _known(self, plans: Iterable[str]) -> str:
        return "、".join(self.packs[one].plan.short for one in plans) or "无"

    # The story

    def events(self, kind: type[E]) -> Iterator[tuple[E, Happened]]:
        """The events of a kind, the last first."""
        return ((one.event, one) for one in reversed(self.story) if isinstance(one.event, kind))

    def last(self, kind: type[E], missing: str, **fields: Any) -> tuple[E, Happened]:
        """The last event of a kind with these fields.

        Raises:
            RefusedError: there is none; `missing` says what is not on record.
        """
        for event, happened in self.events(kind):
            if all(getattr(event, name) == value for name, value in fields.items()):
                return event, happened
        raise RefusedError(missing, where=self.state.title, mend="先在值守台办理，记录在案后再出文件")

    @property
    def newest(self) -> int:
        """Position of the last event."""
        return self.story[-1].position if self.story else 0

    def assessment(self, pack: Pack, kind: LadderKind, before: Happened) -> AssessmentFiled | None:
        """What the assessment said last before an event."""
        return next(
            (
                event for event, happened in self.events(AssessmentFiled)
                if happened.position < before.position and (event.plan, event.ladder) == (pack.id, kind)
            ),
            None,
        )  # fmt: skip

    # Names

    def name(self, pack: Pack, who: str) -> str:
        """Whom a plan or the record means by a name, as papers write it: bodies, posts, units, those who fill roles."""
        try:
            actor = pack.actor(who)
        except NotFoundError:
            return self.unit(who)
        if actor.kind == "unit" and who == actor.id:
            return self.unit(who)
        # Who is above depends on who reports; the plan's own word says it for everybody.
        if actor.kind == "unit" and not actor.id.startswith("superior") and (filled := self.state.roles.get(actor.id)):
            return words.listed(map(self.unit, filled)) if len(filled) < 4 else words.wide(actor.label)
        return words.wide(actor.label)

    def names(self, pack: Pack, who: Iterable[str]) -> str:
        """Several of them."""
        return words.listed(self.name(pack, one) for one in who)

    def unit(self, id_: str) -> str:
        """An organisation by its id, or the name that the record has."""
        found = self.lexicon.organisations.get(id_)
        return found.label if found else id_

    def signed(self, pack: Pack, signed: Signed) -> str:
        """Who did something: 市指挥部办公室主任郭某."""
        return self.acting(pack, signed.post, signed.name)

    def acting(self, pack: Pack, post: str, name: str) -> str:
        """A person with the post in which he acted."""
        plan, _, id_ = post.partition(":")
        if plan in self.packs:
            return f"{self.name(self.packs[plan], id_)}{name}"
        if plan == "unit":
            return f"{self.name(pack, id_)}{name}"
        if plan == "duty" and id_ in self.lexicon.areas:
            return f"{self.lexicon.areas[id_].label}值班员{name}"
        return name

    @property
    def place(self) -> str:
        """Where it happened, in words: 阳城县, and the place within it."""
        area = self.state.place or self.state.area
        label = self.lexicon.areas[area].label if area in self.lexicon.areas else area
        return (
            label
            if not self.state.where
            else self.state.where
            if label in self.state.where
            else f"{label}{self.state.where}"
        )

    def office(self, pack: Pack) -> str:
        """Who reports for a plan: its office where the plan is the area's own, otherwise the duty room."""
        if pack.plan.area == self.state.area and pack.organisation.office:
            return f"{headquarters(pack)}办公室" if pack.organisation.headquarters else pack.organisation.office.label
        return duty_room(self.lexicon, self.state.area)

    # Facts

    def facts(self) -> tuple[tuple[str, Statement], ...]:
        """The facts of the incident and the standing ones that its plans look at, by label."""
        looked = {id_ for plan in self.state.plans if plan in self.packs for id_ in _looked_at(self.packs[plan])}
        found = {id_: one for id_, one in self.standing.items() if id_ in looked} | dict(self.state.facts)
        return tuple((id_, one) for id_, one in found.items() if id_ in self.lexicon.facts)

    def said(self, id_: str, statement: Statement) -> str:
        """A fact as a clause of a sentence."""
        return words.fact(self.lexicon.facts[id_], statement.given)


@cache
def _looked_at(pack: Pack) -> frozenset[str]:
    """The facts that the conditions of a plan name."""
    found: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, Mapping):
            if isinstance(value.get("fact"), str):
                found.add(value["fact"])
            for one in value.values():
                walk(one)
        elif isinstance(value, list | tuple):
            for one in value:
                walk(one)

    for ladder in pack.ladders.values():
        for level in ladder.levels:
            if level.when is not None:
                walk(level.when.model_dump())
    return frozenset(found)
