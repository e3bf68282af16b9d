"""How a command becomes events: who may give it is asked first, then what follows. The index of handlers is `index.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhishou.acts import Actor, Command, Event, Happened
from zhishou.incident.authority import Permitted
from zhishou.incident.context import Context
from zhishou.incident.state import Incident, Signed


@dataclass(frozen=True, slots=True)
class By:
    """Who gives a command, in the post that lets him."""

    actor: Actor
    post: str
    context: Context

    @property
    def signed(self) -> Signed:
        """As kept in the state."""
        return Signed(self.actor.person, self.actor.name, self.post, self.context.at)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a command."""

    events: tuple[Event, ...]
    post: str
    """The post in which it was given."""
    delegation: str = ""
    """Number of the written delegation by which the post was held; empty where it was his own."""


@dataclass(frozen=True, slots=True)
class Handler:
    """What there is to say of one kind of command."""

    permitted: Callable[[Any, Incident, Context], Permitted]
    """Who may give it."""
    follows: Callable[[Any, Incident, By], tuple[Event, ...]]
    """What follows; raises RefusedError where something the plan demands is missing."""
    closed: bool = False
    """True where it may be given after the incident is closed."""
    merged: bool = True
    """False where what may be given after closing may not after a merging: it belongs to the other incident then."""
    opens: bool = False
    """True where it begins an incident."""
    then: Callable[[Any], Command | None] = field(default=lambda _: None)
    """A second command that the first carries with it."""

    only: str = ""
    """The one status in which it makes sense; offered in no other, where it is refused with the mend."""

    def while_(self, status: str) -> bool:
        """Whether it may be given while the incident stands so."""
        return {"closed": self.closed, "merged": self.closed and self.merged}.get(status, True)

    def offered(self, status: str) -> bool:
        """Whether it is offered while the incident stands so."""
        return self.while_(status) and self.only in {"", status}


Handlers = Mapping[type[Command], Handler]
Folds = Mapping[type[Event], Callable[[Incident, Any, Happened], Incident]]


def signed(happened: Happened) -> Signed:
    """Who did what has happened."""
    return Signed(happened.person, happened.name, happened.post, happened.at)
