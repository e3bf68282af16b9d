"""What of a written delegation must be called to mind: never confirmed, about to end, at its end; pure, each once.

It stands alone because nobody asks: the desk looks here at every round, and a delegation that lapses unseen leaves a post
empty on the night it is wanted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from zhishou.watch.events import DelegationReminded
from zhishou.watch.state import Delegation, State
from zhishou.watch.words import Reminding

CONFIRMING = timedelta(hours=1)
"""How long into its time a paper may wait for the holder's word; the house's own figure, no plan has one."""
AHEAD = timedelta(days=1)
"""How long before its end a delegation is called to mind; a quarter of its length where that is less."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to call to mind, and when."""

    delegation: str
    what: Reminding
    due: datetime


def course(one: Delegation) -> tuple[Reminder, ...]:
    """What is to be called to mind of a delegation as it stands, in order; nothing once it is revoked."""
    if one.revoked is not None:
        return ()
    if one.confirmed is None:
        first = Reminder(one.id, "unconfirmed", min(one.since + CONFIRMING, one.until))
    else:
        length = one.until - max(one.since, one.confirmed)
        first = Reminder(one.id, "expiring", one.until - min(AHEAD, length / 4))
    return first, Reminder(one.id, "expired", one.until)


def to_come(one: Delegation) -> tuple[Reminder, ...]:
    """What of it has not been called to mind yet."""
    return tuple(reminder for reminder in course(one) if reminder.what not in one.reminded)


def due(state: State, now: datetime) -> tuple[Reminder, ...]:
    """Everything in a duty room whose time has come and that was not called to mind yet, the earliest first.

    Pure: the same state and moment always give the same answer, so that nothing is told twice, however long nobody looked.
    """
    found = [one for each in state.delegations.values() for one in to_come(each) if one.due <= now]
    return tuple(sorted(found, key=lambda one: (one.due, one.delegation)))


def reminded(state: State, now: datetime) -> tuple[DelegationReminded, ...]:
    """The same as events."""
    return tuple(DelegationReminded(delegation=one.delegation, what=one.what, due=one.due) for one in due(state, now))


def listed(one: Delegation) -> Reminder | None:
    """What of a delegation stands on the list of things due: its confirmation, or its end once that is near; else None."""
    if not (left := course(one)) or "expired" in one.reminded:
        return None
    first, end = left
    if first.what == "unconfirmed":
        return first
    return Reminder(one.id, "expiring", end.due) if "expiring" in one.reminded else None
