"""What a figure of the balance rests on: its meaning in the lexicon, and the clauses of the plans that look at it.

It stands alone so that no clause is typed by hand beside a figure: plans say themselves where they use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zhishou.plan.conditions import NumberCondition, leaves
from zhishou.plan.ladder import Level
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.plan.reporting import Target


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level of a plan that looks at a figure."""

    plan: str
    """Plan id."""
    short: str
    """What duty officers call the plan."""
    level: str
    """The level's label."""
    at_least: float
    """The figure from which it may apply."""
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a figure rests on."""

    fact: str
    """Fact id."""
    label: str
    meaning: str
    """What exactly it states, from the lexicon."""
    thresholds: tuple[Threshold, ...]
    """Where plans look at it, the most severe level of each plan first."""

    @property
    def clause(self) -> str:
        """The clauses as they are cited: `〔天然气迎峰度冬预案 4.2.1(1)、4.2.2(1)〕`; empty where no plan looks at it."""
        plans: dict[str, dict[str, None]] = {}
        for one in self.thresholds:
            plans.setdefault(one.short, {}).update(dict.fromkeys(one.clause))
        cited = "；".join(f"{short} {'、'.join(clauses)}" for short, clauses in plans.items())
        return f"〔{cited}〕" if cited else ""


def basis(fact: str, plans: Iterable[Pack], lexicon: Lexicon) -> Basis:
    """What a figure rests on, under some plans."""
    known = lexicon.facts[fact]
    found = tuple(threshold for pack in plans for threshold in _thresholds(fact, pack))
    return Basis(fact, known.label, known.meaning, found)


def _thresholds(fact: str, pack: Pack) -> Iterator[Threshold]:
    for ladder in pack.ladders.values():
        for level in ladder.levels:
            yield from _of_level(fact, pack, level)


def _of_level(fact: str, pack: Pack, level: Level) -> Iterator[Threshold]:
    for leaf in leaves(level.when):
        if isinstance(leaf, NumberCondition) and leaf.fact == fact and leaf.lower is not None:
            yield Threshold(pack.id, pack.plan.short, level.label, leaf.lower, leaf.clause)


@dataclass(frozen=True, slots=True)
class Owed:
    """A target of a plan whose figure the balance can work out."""

    pack: Pack
    target: Target
    condition: NumberCondition

    @property
    def threshold(self) -> float:
        """What must be reached, in the fact's unit."""
        lower = self.condition.lower
        if lower is None:  # `owed` passes over conditions without one
            raise ValueError(self.target.id)
        return lower


def owed(fact: str, plans: Iterable[Pack]) -> tuple[Owed, ...]:
    """The targets of some plans that ask for at least so much of a figure."""
    return tuple(
        Owed(pack, target, leaf)
        for pack in plans
        for target in pack.reporting.targets
        for leaf in leaves(target.when)
        if isinstance(leaf, NumberCondition) and leaf.fact == fact and leaf.lower is not None
    )
