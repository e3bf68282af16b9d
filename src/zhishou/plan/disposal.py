"""disposal.yaml: check-lists for the scene by type of accident, and the protection of rescuers and the public."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Model


class Limit(Model):
    """A figure that a step must respect."""

    quantity: str
    """What is measured."""
    unit: str
    """Its unit."""
    below: float | None = None
    """It must stay below this."""
    at_most: float | None = None
    """It must not exceed this."""


class Step(Model):
    """One line of a check-list."""

    do: str
    """What to do or find out, in short words."""
    limit: Limit | None = None
    """The figure to respect."""
    forbidden: bool = False
    """True where the line says what must not be done."""
    clause: Clause = ()
    """The item of the clause, where it is numbered."""


class Checklist(Model):
    """Disposal key points for one type of accident."""

    id: str
    """English id: `general`, `fire`, `explosion`, `leak`, `molten_metal`, `blowout`, `radioactive_source` …"""
    label: str
    """Chinese label."""
    clause: Clause
    """The clause."""
    by: Actors = ()
    """Who does it, where the text says so."""
    steps: tuple[Step, ...]
    """The lines."""


class Protecting(Model):
    """Protection of people."""

    whom: Literal["rescuers", "public"]
    """Whom."""
    by: Actors = ()
    """Who sees to it."""
    points: tuple[str, ...]
    """What, in short words."""
    clause: Clause
    """The clause."""


class Disposal(Model):
    """disposal.yaml."""

    checklists: tuple[Checklist, ...] = ()
    """Check-lists by type of accident."""
    protection: tuple[Protecting, ...] = ()
    """Protection of rescuers and the public."""
    monitoring: tuple[Step, ...] = ()
    """Measuring and judging the consequences on the scene."""
    monitoring_by: Actors = ()
    """Who does that."""
    monitoring_clause: Clause = ()
    """Where the text says so."""
