"""What happens when one supply point fails (N-1): the gap without it, and for how long storages fill that gap.

It stands alone because it supposes what has not happened; nothing here is a fact of tonight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhishou.plan.lexicon import Lexicon
from zhishou.supply.balance.bridge import Bridge, bridge
from zhishou.supply.balance.day import balances
from zhishou.supply.balance.figures import Figures
from zhishou.supply.balance.ranges import Range
from zhishou.supply.balance.result import Balance, Balances
from zhishou.supply.gap_facts import gap_facts
from zhishou.supply.system import Source


@dataclass(frozen=True, slots=True)
class Without:
    """One scope without the source."""

    balance: Balance
    before: Range
    """The gap with the source, %."""
    storages: Bridge
    """How long storages fill the gap, emergency reserves left alone."""
    all_stores: Bridge
    """The same with the emergency reserves, which only a response level opens."""


@dataclass(frozen=True)
class Failure:
    """One supply point out of action for the whole gas day."""

    source: Source
    lost: Range
    """What it would have sent, 万立方米/日."""
    balances: Balances
    scopes: tuple[Without, ...]
    """The city, the counties, the groups."""
    facts: Mapping[str, Mapping[str, Any]]
    """Facts as they would be, for `assess`; their source says that they are supposed."""

    @property
    def city(self) -> Without:
        """The city's."""
        return self.scopes[0]

    @property
    def counties(self) -> tuple[Without, ...]:
        """Those of the counties whose gap it may widen."""
        return tuple(
            one for one in self.scopes if one.balance.scope.kind == "area" and one.balance.gap_pct.high > one.before.low
        )

    @property
    def worst_group(self) -> Without | None:
        """The local group of counties that it hits hardest."""
        worst = self.balances.worst_group
        return next((one for one in self.scopes if one.balance is worst), None)


def failures(
    figures: Figures, lexicon: Lexicon, superior: Mapping[str, Mapping[str, Any]] | None = None
) -> tuple[Failure, ...]:
    """Every supply point of the system out of action in turn, the one that leaves the city the widest gap first.

    Storages are counted where they are connected: a county's with that county, all of them with the city.

    Args:
        figures: what the returns say of the gas day.
        lexicon: facts, areas.
        superior: facts of superior authorities, which stand whatever fails.
    """
    usual = balances(figures, lexicon)
    found = []
    for source in figures.system.sources:
        failed = balances(figures, lexicon, without=(source.id,))
        line = next(line for line in usual.city.supplies if line.of == source.id)
        scopes = tuple(
            Without(
                one,
                before.gap_pct,
                bridge((store for store in one.stores if not store.emergency), one.gap),
                bridge(one.stores, one.gap),
            )
            for one, before in zip(failed.every, usual.every, strict=True)
        )
        found.append(Failure(source, line.amount, failed, scopes, gap_facts(failed, lexicon, superior)))
    return tuple(sorted(found, key=lambda one: (-one.city.balance.gap_pct.low, -one.lost.high)))
