"""An evening's returns as the gas day they tell of: its figures, its balances, and the facts that plans look at.

It stands alone because the command line, the duty desk and drills all ask an evening the same things.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from zhishou.plan.load import Library
from zhishou.supply.balance import Balances, Figures, Withheld, balances, figures
from zhishou.supply.duties import ledger
from zhishou.supply.gap_facts import Facts, gap_facts, storage_facts
from zhishou.supply.returns.facts import facts
from zhishou.supply.returns.model import Return
from zhishou.supply.returns.register import Register
from zhishou.supply.returns.roster import roster
from zhishou.supply.system import System

RECENT = 8
"""Evenings of returns that a gas day looks back on: storage facts hold for a week."""


@dataclass(frozen=True)
class Evening:
    """What an evening's returns tell of a gas day."""

    shelf: Library
    """All plans and the lexicon."""
    system: System
    """The supply system."""
    register: Register
    """All returns received."""
    day: date
    """The gas day looked at; the returns of the evening before tell of it."""
    at: datetime | None = None
    """The moment looked from: what came later is not there yet; None: everything received."""

    @property
    def made(self) -> date:
        """The evening whose returns are due."""
        return self.day - timedelta(days=1)

    @cached_property
    def returns(self) -> tuple[Return, ...]:
        """The returns of the last evenings."""
        evenings = (self.made - timedelta(days=back) for back in range(RECENT, -2, -1))
        found = (one for evening in evenings for one in self.register.latest(evening))
        return tuple(one for one in found if self.at is None or one.at <= self.at)

    @cached_property
    def withheld(self) -> Withheld:
        """What waits for a person."""
        evenings = [self.made - timedelta(days=back) for back in range(RECENT, -2, -1)]
        single = frozenset(about for evening in evenings for about in self.register.unclear(evening))
        whole = frozenset(
            (entry.returned.reporter, evening)
            for evening in evenings
            for entry, held in self.register.open(evening)
            if held.whole and entry.returned is not None
        )
        return Withheld(single, whole)

    @property
    def stated(self) -> Mapping[str, Mapping[str, Any]]:
        """Facts that returns state outright: coal, power, heat, the province's word."""
        return facts(self.register, roster(self.system, self.shelf.lexicon), self.made)

    def figures(self, ahead: int = 0) -> Figures:
        """The figures of the gas day, or of one after it, as the same evening foretold it."""
        day = self.day + timedelta(days=ahead)
        return figures(self.system, self.returns, day, made=self.made, withheld=self.withheld)

    def balances(self) -> Balances:
        """The balances of the gas day."""
        return balances(self.figures(), self.shelf.lexicon)

    def facts(self) -> Facts:
        """Everything that the returns state for an assessment: gaps, storage, coal, power, heat, the province's word."""
        plans = self.shelf.for_area(self.system.area)
        duties = ledger(self.system, self.returns, self.day, plans, self.shelf.lexicon, self.withheld)
        return {**storage_facts(duties), **gap_facts(self.balances(), self.shelf.lexicon, self.stated)}
