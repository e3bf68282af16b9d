"""curtailment.yaml: whose gas is cut in which order, who is protected, and what is drawn from reserve."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Model, Names


class CutOrder(Model):
    """The order of cutting at a level."""

    levels: Names
    """The response levels for which it holds; empty for all."""
    first: Names = ()
    """What is reduced before any customer class."""
    order: Names
    """Customer classes, first cut first."""
    reserves: Literal["none", "part", "all"] = "none"
    """How much of the reserves is drawn."""
    reserve_forms: tuple[Literal["gas", "lng"], ...] = ()
    """The forms of reserve it speaks of; empty for all."""
    reserves_clause: Clause = ()
    """The clause that opens the reserves, where it is not that of the order."""
    by: Actors = ()
    """Who cuts."""
    clause: Clause
    """The clause."""
    note: str = ""
    """What a reader should know."""


class Protection(Model):
    """Customers that are served first."""

    classes: Names
    """Customer classes, as the text lists them."""
    levels: Names = ()
    """The response levels for which it holds; empty for all."""
    clause: Clause
    """The clause."""
    note: str = ""
    """What a reader should know."""


class Curtailment(Model):
    """curtailment.yaml."""

    orders: tuple[CutOrder, ...] = ()
    """Orders of cutting."""
    protected: tuple[Protection, ...] = ()
    """Who is served first."""
    rules: tuple[str, ...] = ()
    """Other rules, in short words."""
    rules_clause: Clause = ()
    """Where they stand."""
