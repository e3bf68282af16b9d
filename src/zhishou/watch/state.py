"""What a duty room's events add up to: appointments, delegations, roster, watches, the log's index, upkeep on record.

It stands alone as plain data that goes to JSON and back, so that a snapshot is as good as the events before it. Texts
of the duty log stay in the record (see `log.py`); here is kept only what a decision needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from zhishou.watch.words import DueItem, Moment, Reminding, ShiftRole, UpkeepKind

FOLD = "watch/3"
"""Version of the folding; a snapshot of another version is not used."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person holds a post from a moment to another."""

    id: str
    post: str
    person: str
    name: str
    basis: str
    """The office that fills the post under the plan, or the number of the document."""
    since: Moment
    until: Moment | None
    """This moment no longer included; None until relieved."""

    def holds(self, at: datetime) -> bool:
        """Whether the post is held at a moment."""
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class Delegation:
    """A holder lets somebody else act in his posts."""

    id: str
    holder: str
    holder_name: str
    person: str
    name: str
    posts: tuple[str, ...]
    since: Moment
    until: Moment
    document: str
    reason: str
    confirmed: Moment | None
    """When the holder gave or confirmed it; None while only the duty officer has recorded it."""
    revoked: Moment | None = None
    reminded: tuple[Reminding, ...] = ()
    """What of it was called to mind, see `reminding.py`."""

    def counts(self, at: datetime) -> bool:
        """Whether it counts at a moment, as far as it alone tells."""
        given = self.confirmed is not None and self.confirmed <= at
        return given and self.since <= at < self.until and (self.revoked is None or at < self.revoked)


@dataclass(frozen=True, slots=True)
class Leave:
    """Somebody is away for a time: he is not called; whoever stands in for him is."""

    id: str
    person: str
    name: str
    since: Moment
    until: Moment
    """This moment no longer included."""
    stand_in: str
    """Account of who is called instead; empty where nobody was named. He may decide nothing by that: see `Delegation`."""
    stand_in_name: str
    reason: str
    taken_back: Moment | None = None

    def covers(self, at: datetime) -> bool:
        """Whether he is away at a moment."""
        return self.since <= at < self.until and (self.taken_back is None or at < self.taken_back)


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift on the roster."""

    id: str
    person: str
    name: str
    role: ShiftRole
    since: Moment
    until: Moment


@dataclass(frozen=True, slots=True)
class Replacement:
    """A request to stand a colleague's shift, not yet answered."""

    id: str
    shift: str
    asked_by: str
    asked_by_name: str
    person: str
    name: str
    in_return: str


@dataclass(frozen=True, slots=True)
class Watch:
    """A person on watch, from when the watch passed to him until it passes on."""

    person: str
    name: str
    since: Moment
    shift: str
    """The planned shift; empty where the roster had none for him."""
    handover: str
    """The hand-over that both signed; empty where there was none."""
    digest: str
    """SM3 of what both signed."""
    absent: str
    """Account of the predecessor who did not hand over; empty for the room's first watch and after a hand-over."""
    absence: str
    """Why he did not."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A memo that the watch-keeper has signed and his successor has not."""

    id: str
    outgoing: str
    outgoing_name: str
    incoming: str
    incoming_name: str
    memo: str
    open_matters: tuple[str, ...]
    due_items: tuple[DueItem, ...]
    digest: str
    signed: Moment


@dataclass(frozen=True, slots=True)
class Done:
    """A drill or another duty of quiet times, as recorded."""

    id: str
    plan: str
    kinds: tuple[UpkeepKind, ...]
    obligations: tuple[str, ...]
    on: date
    by: str
    struck: bool = False
    """True where the record was marked as mistaken."""


@dataclass(frozen=True, slots=True)
class State:
    """A duty room at one version of its stream."""

    version: int = 0
    """How many events it adds up."""
    area: str = ""
    """Area id; empty before the room is opened."""
    appointments: Mapping[str, Appointment] = field(default_factory=dict)
    delegations: Mapping[str, Delegation] = field(default_factory=dict)
    shifts: Mapping[str, Shift] = field(default_factory=dict)
    replacements: Mapping[str, Replacement] = field(default_factory=dict)
    """Those not yet answered."""
    watches: tuple[Watch, ...] = ()
    """In the order in which the watch passed on."""
    offer: Offer | None = None
    """The hand-over that waits for its second signature."""
    log: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Entry → the entry that corrects it, or nothing; on sheets, so that one more entry does not copy them all."""
    records: Mapping[str, Done] = field(default_factory=dict)
    leaves: Mapping[str, Leave] = field(default_factory=dict)

    @property
    def watch(self) -> Watch | None:
        """Who is on watch now, whatever the clock says; None before the first watch."""
        return self.watches[-1] if self.watches else None

    def on_watch(self, person: str) -> bool:
        """Whether a person is on watch now."""
        return self.watch is not None and self.watch.person == person

    def corrected_by(self, entry: str) -> str | None:
        """The entry that corrects this one, empty where none does; None where there is no such entry."""
        return self.log.get(sheet(entry), {}).get(entry)


SHEET = 512
"""Entries of the log to a sheet, by version."""


def sheet(entry: str) -> str:
    """The sheet on which an entry of the log stands."""
    digits = entry[1:19]
    return str(int(digits) // SHEET) if digits.isascii() and digits.isdigit() else ""


@cache
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


def dumped(state: State) -> dict[str, Any]:
    """The state as JSON data, for a snapshot."""
    data: dict[str, Any] = _adapter().dump_python(state, mode="json")
    return data


def loaded(data: Mapping[str, Any]) -> State:
    """The state of a snapshot.

    Raises:
        pydantic.ValidationError: the snapshot is of another shape; whoever keeps it then folds from the beginning.
    """
    return _adapter().validate_python(dict(data))
