"""The shared lexicon: every fact, organisation, area, accident grade, subject and customer class, once.

It stands alone because all packs speak through it: the same unit under two names in two plans is one organisation
here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from zhishou.errors import NotFoundError
from zhishou.plan.base import Model, Names, Span

Kind = Literal["number", "flag", "choice", "level", "duration"]


class Fact(Model):
    """One thing that can be stated about the situation."""

    label: str
    """Chinese label, as a duty officer would say it."""
    kind: Kind
    """number · flag (yes or no) · choice (one of `values`) · level (of another authority) · duration (in `unit`)."""
    meaning: str
    """What exactly is stated: of what, over which time, against which base."""
    unit: str = ""
    """The unit of a number or duration; percentages as numbers (12 is 12 %)."""
    minimum: float | None = None
    """The least value that can be."""
    maximum: float | None = None
    """The greatest value that can be."""
    integer: bool = False
    """True for things that are counted."""
    values: tuple[str, ...] = ()
    """The values of a choice or level, from the least severe to the most severe."""
    worse: Literal["higher", "lower", "none"] = "higher"
    """Which way the situation grows worse; `none` where there is no such way."""
    quantity: str = ""
    """What is measured, without the base: the gap of gas, of the province or of the city, is one quantity."""
    level_of: str = ""
    """For a level: the plan whose response it is, where that plan is one of the packs."""
    stated_by: Names = ()
    """Who can state it."""
    shelf_life: Span = "24 h"
    """How long a statement holds; older is unknown."""
    sum_of: tuple[str, ...] = ()
    """The facts of which it is the sum, where it is not stated itself."""


class Organisation(Model):
    """A unit that plans name, under all its names."""

    label: str
    """The name shown."""
    aliases: Names = ()
    """Other names under which plans speak of it."""
    kind: Literal["department", "government", "party", "military", "enterprise", "team", "headquarters", "role"]
    """What it is; `role` is a place-holder such as 事发地县级人民政府 that the incident fills."""
    area: str = ""
    """The area it belongs to; empty for a role."""
    parts: Names = ()
    """Ids of the organisations of which it is a collective name."""


class Area(Model):
    """A province, city or county."""

    label: str
    """Its name."""
    aliases: Names = ()
    """Other names."""
    within: str = ""
    """The area that holds it."""
    dialling_code: str = ""
    """The telephone code of its numbers."""
    superior: bool = False
    """True for an authority above the province, of which no plans are kept here."""


class Grade(Model):
    """A grade of accident: any one figure at or above its bound gives the grade."""

    grade: str
    """特别重大、重大、较大、一般."""
    at_least: Mapping[str, float]
    """The least figure of each casualty kind (`deaths`, `serious_injuries`, `direct_loss`) that gives the grade."""


class Grades(Model):
    """The table of accident grades, from the worst to the least (State Council decree 493, article 3)."""

    source: str
    """The law the table comes from."""
    actual: Mapping[str, str]
    """Casualty kind → the fact that states what has happened."""
    expected: Mapping[str, str]
    """Casualty kind → the fact that states what is expected."""
    stated: Mapping[str, str]
    """`actual` and `expected` → the fact by which somebody states the grade itself."""
    occurred: Mapping[str, str]
    """`actual` and `expected` → the flag that an accident has happened or may happen: the least grade needs no more."""
    table: tuple[Grade, ...]
    """The grades, from the worst to the least."""


class Subject(Model):
    """A kind of trouble that plans cover or leave to each other."""

    label: str
    """Chinese label."""


class CustomerClass(Model):
    """A class of gas users, for the order of cutting and of protection."""

    label: str
    """Chinese label."""
    within: str = ""
    """The class of which it is a part."""


class Lexicon(Model):
    """All of it; `digest` names the content."""

    facts: Mapping[str, Fact]
    """Facts by id."""
    organisations: Mapping[str, Organisation]
    """Organisations by id."""
    areas: Mapping[str, Area]
    """Areas by id."""
    grades: Grades
    """The table of accident grades."""
    subjects: Mapping[str, Subject]
    """Subjects by id."""
    customer_classes: Mapping[str, CustomerClass]
    """Customer classes by id."""
    digest: str = ""
    """SHA-256 of the content."""

    @cached_property
    def _areas_by_name(self) -> Mapping[str, str]:
        return {name: id_ for id_, area in self.areas.items() for name in (id_, area.label, *area.aliases)}

    @cached_property
    def _organisations_by_name(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, tuple[str, ...]] = {}
        for id_, organisation in self.organisations.items():
            for name in dict.fromkeys((id_, organisation.label, *organisation.aliases)):
                names[name] = (*names.get(name, ()), id_)
        return names

    @cached_property
    def sums(self) -> Mapping[str, Fact]:
        """The facts that are sums of others."""
        return {id_: fact for id_, fact in self.facts.items() if fact.sum_of}

    @cached_property
    def facts_by_name(self) -> Mapping[str, str]:
        """Fact ids by id and by Chinese label."""
        return {name: id_ for id_, fact in self.facts.items() for name in (fact.label, id_)}

    def area(self, name: str) -> str:
        """The id of the area of this name.

        Raises:
            NotFoundError: there is none.
        """
        try:
            return self._areas_by_name[name]
        except KeyError:
            known = "、".join(area.label for area in self.areas.values() if not area.superior)
            raise NotFoundError(f"没有“{name}”这个地区", mend=f"现有：{known}") from None

    def upward(self, area: str) -> tuple[str, ...]:
        """The area and those that hold it, from the smallest to the largest."""
        chain = [area]
        while within := self.areas[chain[-1]].within:
            chain.append(within)
        return tuple(chain)

    def organisation(self, name: str, area: str) -> str | None:
        """The id of the organisation that a plan of `area` means by `name`; None where there is none.

        The nearest wins: one of the plan's own area, then of the areas that hold it, then a role, then one inside it.
        """
        found = self._organisations_by_name.get(name, ())
        chain = self.upward(area)

        def nearness(id_: str) -> int:
            place = self.organisations[id_].area
            if place in chain:
                return chain.index(place)
            return 10 if not place else 20

        return min(found, key=nearness) if found else None

    def same_names(self, names: Iterable[str], area: str) -> tuple[str | None, ...]:
        """The organisations that the names mean."""
        return tuple(self.organisation(name, area) for name in names)
