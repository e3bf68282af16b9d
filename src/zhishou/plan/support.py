"""support.yaml: what must be kept ready, trained and drilled, and what follows from good and bad service."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Model, Names, Span


class SupportDuty(Model):
    """Something that must be kept ready."""

    kind: Literal[
        "communications",
        "stocks",
        "equipment",
        "teams",
        "transport",
        "medical",
        "security",
        "money",
        "technique",
        "supervision",
        "system",
        "prevention",
    ]
    """What sort of support."""
    what: str
    """What, in short words."""
    by: Actors = ()
    """Who sees to it."""
    teams: Names = ()
    """Teams named, in the order of the text."""
    every: Span | None = None
    """How often, where it recurs."""
    clause: Clause
    """The clause."""


class Exercise(Model):
    """A training, drill or publicity duty."""

    kind: Literal["training", "drill", "publicity"]
    """What."""
    by: Actors
    """Who owes it."""
    who: Names = ()
    """Who is trained, where that is somebody else."""
    every: Span | None = None
    """At least once in this time; null where the text gives no time."""
    what: str = ""
    """What, in short words."""
    report_to: Names = ()
    """To whom its summary goes."""
    clause: Clause
    """The clause."""


class Consequence(Model):
    """Rewards and liabilities."""

    kind: Literal["reward", "liability"]
    """Which."""
    grounds: tuple[str, ...]
    """For what, in short words."""
    by: Actors = ()
    """Who decides, where the text says so."""
    clause: Clause
    """The clause."""


class Support(Model):
    """support.yaml."""

    duties: tuple[SupportDuty, ...] = ()
    """What must be kept ready."""
    exercises: tuple[Exercise, ...] = ()
    """Training, drills, publicity."""
    consequences: tuple[Consequence, ...] = ()
    """Rewards and liabilities."""
    derived_plans: tuple[SupportDuty, ...] = ()
    """Plans that others must draw up under this one."""
