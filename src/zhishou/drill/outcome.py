"""What came of a drill: every expectation with its line, what happened in order, and the record's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from zhishou.acts import Happened
from zhishou.drill.reading import Script
from zhishou.errors import ZhishouError
from zhishou.incident.state import Incident
from zhishou.journal import Verdict

SETTING = -2
"""Number under which the opening of the rooms and the appointments are kept."""
PASSING = -1
"""Number under which that is kept which the desk did of itself when time passed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One expectation, met or not."""

    place: str
    """`file:line`."""
    at: datetime
    what: str
    """What was expected, in words."""
    met: bool
    found: str
    """What was found."""


@dataclass(frozen=True, slots=True)
class Played:
    """One step as it went: what happened by it, or how it was refused."""

    number: int
    """Of the step, from 0; or `SETTING`, or `PASSING`."""
    at: datetime
    happened: tuple[Happened, ...]
    refused: ZhishouError | None = None


@dataclass(frozen=True)
class Outcome:
    """A drill that was run."""

    script: Script
    checks: tuple[Checked, ...]
    played: tuple[Played, ...]
    incidents: Mapping[str, Incident]
    """Name in the scenario → the incident at the end."""
    verdict: Verdict
    """Of the whole record."""

    @property
    def happened(self) -> tuple[Happened, ...]:
        """Everything that happened, in the order of the record."""
        return tuple(one for played in self.played for one in played.happened)

    @property
    def unmet(self) -> tuple[Checked, ...]:
        """Expectations that were not met."""
        return tuple(one for one in self.checks if not one.met)

    @property
    def good(self) -> bool:
        """Whether everything came as expected and the record is whole."""
        return self.verdict.good and not self.unmet
