"""What the sender asks of the desk, as plain values; it stands alone so that sending knows neither incidents nor plans."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from zhishou.callout.channels.contract import Outcome, Outgoing


@dataclass(frozen=True, slots=True)
class Line:
    """A message that waits in the outbox."""

    message: str
    call: str
    address: str
    channel: str
    """Name of its channel, or its kind."""
    lane: str
    """How urgent it is and by which channel it goes, see `boards.lane`."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A line after its matter was looked up once more: what is to be sent, or nothing where it has lost its point."""

    line: Line
    outgoing: Outgoing | None


@dataclass(frozen=True, slots=True)
class Handed:
    """What became of a message."""

    line: Line
    outcome: Outcome
    at: datetime
    channel: str = ""
    """The channel that it was given to, by name."""


class Office(Protocol):
    """The desk, as the sender sees it."""

    def waiting(self, lanes: Collection[str] | None, limit: int) -> tuple[Line, ...]:
        """Lines of these lanes, or of all, those that wait longest first."""

    def ready(self, lines: Sequence[Line], now: datetime) -> tuple[Ready, ...]:
        """Each line with what is to be sent. What has lost its point is noted as such, and stands here without."""

    def handed(self, outcomes: Sequence[Handed]) -> None:
        """Note what became of messages, and take their lines off.

        Raises:
            DatabaseError: it could not be noted; to be tried again.
        """
