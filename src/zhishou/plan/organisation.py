"""organisation.yaml: headquarters, office, posts, member units and work groups."""

from __future__ import annotations

from zhishou.plan.base import Actors, Clause, Model, Names


class Body(Model):
    """The headquarters or its office."""

    label: str
    """Its name in the plan."""
    at: Names = ()
    """The units at which it sits."""
    duties: tuple[str, ...] = ()
    """Its duties, in short words."""
    clause: Clause
    """Where the text says so."""


class OtherHolders(Model):
    """The holders of a post as another clause gives them."""

    held_by: Names
    """The offices whose holders fill it there."""
    clause: Clause
    """That clause."""


class Post(Model):
    """A post of the headquarters, filled by the office somebody holds."""

    id: str
    """English id: `commander`, `deputy_commander`, `office_director` …"""
    label: str
    """The post's name in the plan."""
    held_by: Names
    """The offices whose holders fill it."""
    elsewhere: tuple[OtherHolders, ...] = ()
    """The same post as other clauses fill it, where they differ."""
    of: str = ""
    """The body it belongs to where that is not the plan's own headquarters."""
    acts_for: Names = ()
    """The posts for which the plan lets it act in their absence."""
    clause: Clause
    """Where the text says so."""
    note: str = ""
    """What a reader should know."""


class MemberList(Model):
    """The list of member units, as one clause gives it."""

    units: Names
    """The units, in the order of the text, under the names it uses."""
    clause: Clause
    """The clause."""
    note: str = ""
    """Who represents them, and the like."""


class UnitDuties(Model):
    """What one unit is charged with."""

    unit: str
    """The unit, under the name the text uses."""
    duties: tuple[str, ...]
    """Its duties, in short words."""
    clause: Clause
    """The clause."""


class Group(Model):
    """A work group of the headquarters or on the scene."""

    id: str
    """English id: `coordination`, `rescue`, `security`, `medical`, `logistics`, `environment`, `publicity`,
    `aftermath`, `experts` …"""
    label: str
    """Its name in the plan."""
    lead: Names
    """The units that lead it."""
    members: Names = ()
    """The units in it."""
    duties: tuple[str, ...]
    """Its duties, in short words."""
    clause: Clause
    """The clause."""


class OnScene(Model):
    """The on-scene headquarters."""

    label: str = "现场指挥部"
    """Its name in the plan."""
    commander: str = ""
    """Who commands it, as the text names the post; empty where it names none."""
    deputies: Names = ()
    """His deputies."""
    lead: Names = ()
    """The units that lead it, where the text names units instead of a post."""
    members: Names = ()
    """The units in it."""
    groups: Names = ()
    """Ids of its groups."""
    duties: tuple[str, ...] = ()
    """Its duties."""
    when: str = ""
    """When it is set up."""
    clause: Clause
    """The clause."""


class Experts(Model):
    """The experts the plan calls on."""

    kept_by: Names = ()
    """Who keeps the list of experts."""
    fields: tuple[str, ...] = ()
    """Their fields."""
    duties: tuple[str, ...] = ()
    """What they are for."""
    clause: Clause
    """The clause."""


class Organising(Model):
    """organisation.yaml."""

    headquarters: Body | None = None
    """The headquarters."""
    office: Body | None = None
    """Its office."""
    superior: str = ""
    """The headquarters above it, as the text calls it."""
    posts: tuple[Post, ...] = ()
    """Posts by id."""
    members: tuple[MemberList, ...] = ()
    """The list of member units; more than one where the text lists them more than once."""
    duties: tuple[UnitDuties, ...] = ()
    """The duties of units, member or not."""
    lower_levels: tuple[UnitDuties, ...] = ()
    """What counties, towns and enterprises must set up for themselves."""
    groups: tuple[Group, ...] = ()
    """Work groups."""
    on_scene: OnScene | None = None
    """The on-scene headquarters."""
    experts: tuple[Experts, ...] = ()
    """Experts."""
    appoints: Actors = ()
    """Who may add units to the headquarters during an incident."""
    appoints_clause: Clause = ()
    """Where the text says so."""
