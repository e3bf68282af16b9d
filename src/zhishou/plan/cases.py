"""cases.yaml: boundary cases read off the source by a person, which the tests run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from zhishou.plan.base import Clause, Model


class Judged(Model):
    """A judgement that is given in a case."""

    ladder: Literal["warning", "response"]
    """Which ladder."""
    level: str
    """Which level."""
    by: str = "headquarters"
    """By whom."""


class Case(Model):
    """One situation and what the text says of it. Facts not given are unknown."""

    name: str
    """What the case shows."""
    facts: Mapping[str, Any] = {}
    """Fact id → value."""
    judgements: tuple[Judged, ...] = ()
    """Judgements given."""
    warning: str | None = None
    """The warning level: its id, `none`, or with a trailing `?` where the text leaves it open; null: not looked at."""
    response: str | None = None
    """The response level, the same way."""
    clause: Clause = ()
    """The clause that decides it."""


class Steps(Model):
    """One numeric fact along its axis: both sides of every threshold, and on it."""

    fact: str
    """The fact that moves."""
    ladder: Literal["warning", "response"]
    """Which ladder."""
    facts: Mapping[str, Any] = {}
    """The other facts, held still."""
    expect: Mapping[float, str]
    """Value → level id, `none`, or with a trailing `?` where the text leaves it open."""
    clause: Clause = ()
    """The clause that decides it."""


class Cases(Model):
    """cases.yaml."""

    cases: tuple[Case, ...] = ()
    """Single situations."""
    steps: tuple[Steps, ...] = ()
    """Thresholds."""
