"""What a decision may look at besides the incident itself: the moment, the plans, the area's standing facts, the house rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from zhishou import clock
from zhishou.incident.state import Attached, Statement
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack

Basis = Literal["text", "house", ""]


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What the duty room has settled for itself where a plan gives no figure. Empty: the plan's words stand alone."""

    immediately: str = ""
    """How long 立即 may take, `15 min`."""
    promptly: str = ""
    """How long 及时 may take, `1 h`."""
    back: timedelta = timedelta(days=7)
    """How far back an incident may be dated that is entered afterwards."""

    def span(self, within: str | None) -> tuple[timedelta | None, Basis]:
        """The length of a span, and whether the text or the house gives it; None where neither does."""
        if not within:
            return None, ""
        if (minutes := clock.minutes(within)) is not None:
            return timedelta(minutes=minutes), "text"
        own = {"immediately": self.immediately, "promptly": self.promptly}.get(within, "")
        minutes = clock.minutes(own) if own else None
        return (timedelta(minutes=minutes), "house") if minutes is not None else (None, "")


@dataclass(frozen=True, slots=True)
class Context:
    """The moment of a decision."""

    at: datetime
    """When the thing happens; deadlines are counted from here."""
    area: str
    """Area of the duty room."""
    packs: Mapping[str, Pack]
    lexicon: Lexicon
    standing: Mapping[str, Statement] = field(default_factory=dict)
    """Facts that hold for the area whatever the incident: gaps from returns, the superior's level."""
    rules: HouseRules = field(default_factory=HouseRules)

    def attached(self, plan: str) -> Attached:
        """A plan as it stands now."""
        pack = self.packs[plan]
        return Attached(pack.plan.version, pack.digest)
