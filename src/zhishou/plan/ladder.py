"""warning.yaml and response.yaml: the ladders of levels, their conditions, their starters and their measures."""

from __future__ import annotations

from typing import Literal

from zhishou.plan.base import Actors, Clause, Colour, Model, Names, Span
from zhishou.plan.conditions import Condition


class Measure(Model):
    """Something that must be done at a level."""

    task: str
    """What, in short words."""
    by: Actors = ()
    """Who owes it; empty where the text names nobody."""
    to: Names = ()
    """To whom or at whom, where the text says so."""
    within: Span | None = None
    """By when, counted from the start of the level; null where the text gives no time."""
    every: Span | None = None
    """How often, where it recurs."""
    optional: str = ""
    """The case in which it is done (必要时、视情), in short words; empty where it is always done."""
    clause: Clause
    """The clause."""


class Level(Model):
    """One level of a ladder."""

    level: str
    """The level's id: I, II, III, IV, or the text's own word."""
    label: str
    """What it is called: Ⅱ级响应, 橙色预警."""
    colour: Colour | None = None
    """The colour, where the text gives one."""
    clause: Clause
    """The clause that sets the level up."""
    when: Condition | None = None
    """When it applies; null where the text gives no condition."""
    proposed_by: Actors = ()
    """Who proposes it."""
    approved_by: Actors = ()
    """Whose approval it needs before it is decided or published."""
    decided_by: Actors = ()
    """Who decides (response) or publishes (warning); any one of them suffices."""
    jointly: bool = False
    """True where those who decide must do so together."""
    decision_clause: Clause = ()
    """The clause that says who proposes and decides."""
    ended_by: Actors = ()
    """Who ends (response) or lifts (warning) it; empty where the ladder's rule holds."""
    ended_clause: Clause = ()
    """The clause that says who ends it."""
    informed: Names = ()
    """Who must be told at once that it was started."""
    measures: tuple[Measure, ...] = ()
    """What must be done at this level."""
    note: str = ""
    """What a reader should know."""


class SpecialCase(Model):
    """A case in which somebody else publishes, approves or lifts."""

    levels: Names
    """The levels concerned."""
    case: str
    """The case, in short words: 跨设区市."""
    when: Condition | None = None
    """The case as a condition, where facts can tell it."""
    approved_by: Actors = ()
    """Whose approval is needed then."""
    decided_by: Actors = ()
    """Who publishes or decides then."""
    clause: Clause
    """The clause."""


class Rule(Model):
    """Who adjusts or ends, and when."""

    by: Actors = ()
    """Who may; empty where the text does not say, or where `by_starter` holds."""
    grades: tuple[str, ...] = ()
    """The accident grades for which it holds; empty for all."""
    change: Literal["raise", "lower", ""] = ""
    """For adjusting: whether it holds for raising alone, or for lowering alone; empty for both."""
    by_starter: bool = False
    """True where whoever started or published it ends it (谁启动谁结束)."""
    when: tuple[str, ...] = ()
    """The conditions, in short words, all of which must hold."""
    any_of: bool = False
    """True where one of the conditions suffices."""
    steps: tuple[str, ...] = ()
    """How it is done."""
    clause: Clause
    """The clause."""
    note: str = ""
    """What a reader should know."""


class HandOver(Model):
    """Handing command to the headquarters above."""

    to: str
    """To whom."""
    when: str
    """When, in short words."""
    duties: tuple[str, ...] = ()
    """What the own headquarters does then."""
    clause: Clause
    """The clause."""


class Ladder(Model):
    """warning.yaml or response.yaml. Levels stand from the most severe to the least."""

    clause: Clause
    """The clause that sets the ladder up."""
    levels: tuple[Level, ...]
    """The levels, from the most severe to the least."""
    contents: tuple[str, ...] = ()
    """What a notice must contain."""
    contents_clause: Clause = ()
    """Where the text says so."""
    channels: tuple[str, ...] = ()
    """How it is made known."""
    exceptions: tuple[SpecialCase, ...] = ()
    """Cases in which somebody else decides."""
    measures: tuple[Measure, ...] = ()
    """What must be done at every level."""
    adjusting: tuple[Rule, ...] = ()
    """Who may raise or lower a level."""
    ending: tuple[Rule, ...] = ()
    """When and by whom it is ended or lifted."""
    hand_over: tuple[HandOver, ...] = ()
    """Handing command upward."""
    command: tuple[Measure, ...] = ()
    """Who commands what, before and during the response (先期处置、指挥和协调)."""
    note: str = ""
    """What a reader should know."""
