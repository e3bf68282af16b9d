"""Streams as states: read from the record, folded, kept at hand; and a command's events written back, once.

It stands alone because incidents, standing files and duty rooms are kept in the same way and differ only in what folds.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from zhishou.acts import Actor, Catalogue, Command, Event, Happened, ready
from zhishou.errors import ZhishouError
from zhishou.journal import Act, Appended, Draft, Entry, Journal, Link, Row, Snapshot, Write

OFTEN = 200
"""Events after which a snapshot is kept, so that opening a long incident does not fold it from its first call."""
SHARE = 0.1
"""And what part of all events they must be: a register as long as years is not written down anew every 200 returns."""
AT_HAND = 512
"""States kept in memory."""


class Versioned(Protocol):
    """A state that knows how many events it adds up."""

    @property
    def version(self) -> int:
        """How many events it adds up."""


S = TypeVar("S", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """What a kind of stream folds into."""

    catalogue: Catalogue
    empty: Callable[[str], S]
    """The state before the first event, from the stream's name."""
    fold: Callable[[S, Iterable[Happened]], S]
    """The state after more events, in order."""
    tag: str
    """Version of the folding code."""
    dumped: Callable[[S], dict[str, Any]]
    loaded: Callable[[Mapping[str, Any]], S]


class States(Generic[S]):
    """The streams of one kind.

    Args:
        journal: the record.
        kind: what they fold into.
        at_hand: how many states are kept in memory.
    """

    def __init__(self, journal: Journal, kind: Kind[S], at_hand: int = AT_HAND) -> None:
        self.journal, self.kind, self._most = journal, kind, at_hand
        self._at_hand: OrderedDict[str, S] = OrderedDict()
        self._kept: dict[str, int] = {}
        self._lock = Lock()

    def get(self, stream: str) -> S:
        """The state of a stream now; empty where there is no such stream."""
        return self.get_all((stream,))[stream]

    def get_all(self, streams: Iterable[str]) -> dict[str, S]:
        """The states of several streams, all at one moment; empty where there is no such stream."""
        states = {stream: self._known(stream) for stream in streams}
        news = self.journal.news({stream: state.version for stream, state in states.items()})
        for stream, entries in news.items():
            since = states[stream].version
            states[stream] = self.folded(states[stream], entries)
            self._keep_now_and_then(stream, since, states[stream])
        for stream, state in states.items():
            self.put(stream, state)
        return states

    def as_of(self, versions: Mapping[str, int]) -> dict[str, S]:
        """The states of streams whose versions were read just now; only of those that are behind it is asked what is new."""
        with self._lock:
            here = {stream: self._at_hand.get(stream) for stream in versions}
            found = {
                stream: state
                for stream, state in here.items()
                if state is not None and state.version >= versions[stream]
            }
            for stream in found:
                self._at_hand.move_to_end(stream)
        behind = [stream for stream in versions if stream not in found]
        return found | (self.get_all(behind) if behind else {})

    def _keep_now_and_then(self, stream: str, since: int, state: S) -> None:
        if state.version // OFTEN > since // OFTEN and self._grown(stream, state.version):
            self.journal.keep(Snapshot(stream, state.version, self.kind.tag, self.kind.dumped(state)))

    def _grown(self, stream: str, version: int) -> bool:
        """Whether enough is new since the snapshot that is kept, as far as this process knows; it is taken to be kept now."""
        with self._lock:
            if version - self._kept.get(stream, 0) < SHARE * version:
                return False
            self._kept[stream] = version
            return True

    def _known(self, stream: str) -> S:
        """A state at hand, or as a snapshot has it."""
        with self._lock:
            state = self._at_hand.get(stream)
        if state is not None:
            return state
        kept = self.journal.snapshot(stream, self.kind.tag)
        found = read(self.kind, kept) if kept is not None else None
        if kept is None or found is None:  # none, or one that is damaged: the record has it all
            return self.kind.empty(stream)
        with self._lock:
            self._kept[stream] = kept.version
        return found

    def ready(self) -> None:
        """Build what reads events and snapshots now, and not while the first who opens an incident waits."""
        for kind in self.kind.catalogue:
            ready(kind)
        self.kind.loaded(self.kind.dumped(self.kind.empty("")))
        self.journal.snapshot("")
        self.journal.read("")
        self.journal.news({"": 0})

    def advance(self, stream: str, entries: Sequence[Entry]) -> None:
        """Keep at hand what entries written just now make of a state, and now and then a snapshot of it.

        Where the state at hand is not the one right before them, whoever asks for it next reads what is new.
        """
        with self._lock:
            before = self._at_hand.get(stream)
        if before is None or not entries or before.version != entries[0].version - 1:
            return
        state = self.folded(before, entries)
        self.put(stream, state)
        self._keep_now_and_then(stream, before.version, state)

    def put(self, stream: str, state: S) -> None:
        """Keep a state at hand; one that is older than what is there is not kept."""
        with self._lock:
            there = self._at_hand.get(stream)
            if there is None or there.version <= state.version:
                self._at_hand[stream] = state
            self._at_hand.move_to_end(stream)
            while len(self._at_hand) > self._most:
                self._at_hand.popitem(last=False)

    def happened(self, entry: Entry) -> Happened:
        """An entry as an event with when, who and where."""
        event = self.kind.catalogue.decode(entry.type, entry.schema, entry.payload)
        return Happened(
            event, entry.at, entry.stream, entry.version, entry.position, entry.recorded, entry.person, entry.name,
            entry.post, entry.exercise,
        )  # fmt: skip

    def folded(self, state: S, entries: Iterable[Entry]) -> S:
        """A state after more entries."""
        return self.kind.fold(state, map(self.happened, entries))


def read(kind: Kind[S], kept: Snapshot) -> S | None:
    """The state that a snapshot keeps; None where it keeps none of its version."""
    try:
        found = kind.loaded(kept.data)
    except (ValueError, TypeError, ZhishouError):
        return None
    return found if found.version == kept.version else None


def one_by_one(fold: Callable[[S, Happened], S]) -> Callable[[S, Iterable[Happened]], S]:
    """Folds many events from what folds one."""
    return lambda state, all_: reduce(fold, all_, state)


@dataclass(frozen=True, slots=True)
class Signature:
    """Under which key a command comes, from which machine, what it says as a digest, and when it is recorded."""

    key: str
    machine: str
    digest: str
    recorded: datetime


def drafts(events: Sequence[Event], at: datetime) -> tuple[Draft, ...]:
    """Events ready to be recorded."""
    return tuple(
        Draft(one.type, one.schema_version, one.model_dump(mode="json", exclude_defaults=True), at) for one in events
    )


def digest(command: Command, about: str, actor: Actor) -> str:
    """What a command says, as a digest: the same key with another content, or from another person, is refused."""
    said = {"command": command.name, "about": about, "by": actor.person, "says": command.model_dump(mode="json")}
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def append(
    journal: Journal, writes: Sequence[Write], signature: Signature, actor: Actor, post: str,
    rows: Sequence[Row] = (), *, link: Link | None = None,
) -> Appended:  # fmt: skip
    """Record what a command did."""
    act = Act(signature.key, signature.digest, actor.person, actor.name, post, signature.machine, signature.recorded)
    return journal.append(writes, act, rows, link)
