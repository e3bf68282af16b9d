"""What the record holds and what is asked of it, as plain values; it stands alone so that no room above needs a store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.database.columns import microseconds


@dataclass(frozen=True, slots=True)
class Draft:
    """An event to be recorded."""

    type: str
    schema: int
    """Version of the payload's shape, from 1."""
    payload: dict[str, Any]
    """What JSON holds: text, numbers, true, false, null, lists, and objects whose keys are text."""
    at: datetime
    """When it happened, with a zone."""


@dataclass(frozen=True, slots=True)
class Write:
    """What goes onto one stream, if the stream is still where the command was decided on.

    Without drafts it only demands that: a command that rests on what another stream says can name it so.
    """

    stream: str
    expected: int
    """The version that the stream has; 0 for a new one."""
    drafts: tuple[Draft, ...] = ()


@dataclass(frozen=True, slots=True)
class Act:
    """Who did it, and under which key."""

    command: str
    """Key of the command: the same key is carried out once, however often it comes."""
    digest: str
    """Digest of the command's content, so that the same key with another content is refused."""
    person: str
    name: str
    post: str
    machine: str
    """Where it was given: address or name of the machine."""
    recorded: datetime
    """When it is recorded, with a zone."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the record."""

    position: int
    """Place in the record, from 1, without holes."""
    stream: str
    version: int
    """Place in the stream, from 1, without holes."""
    type: str
    schema: int
    payload: dict[str, Any]
    at: datetime
    recorded: datetime
    person: str
    name: str
    post: str
    machine: str
    command: str
    exercise: bool
    previous: str
    """Seal of the entry before; of the record's first line for the first entry."""
    seal: str
    """SM3, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append made, or had made when the same command came first."""

    entries: tuple[Entry, ...]
    repeated: bool
    """Whether the command had been carried out before, so that nothing was written now."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the record stands."""

    position: int
    """Of the last entry; 0 where there is none."""
    seal: str
    """Of the last entry; of the record's first line where there is none."""
    recorded: datetime | None
    """When the last entry was recorded."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a screen; it can be made anew from the record."""

    board: str
    key: str
    area: str
    state: str
    due: datetime | None
    data: dict[str, Any] | None
    """What the screen shows; None takes the line off the board."""

    @property
    def place(self) -> str:
        """Where the line stands on its board, which is in order of due (those without last), then key; for `after`."""
        return f"{'' if self.due is None else microseconds(self.due)}|{self.key}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a stream at a version, so that the desk need not fold it from its first entry."""

    stream: str
    version: int
    fold: str
    """Version of the code that folded; a snapshot of another is not used."""
    data: dict[str, Any]
