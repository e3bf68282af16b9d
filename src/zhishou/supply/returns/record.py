"""The register of returns as events of a record: each entry is one event, and the register is what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhishou.acts import Catalogue, Event, Happened
from zhishou.supply.returns import records
from zhishou.supply.returns.register import Register

FOLD = "returns/1"
"""Version of the folding; a snapshot of another version is not used."""


class ReturnEntered(Event):
    """A file was received, or what was held of one was decided."""

    type = "return_entered"
    label = "报表已登记"
    entry: dict[str, Any]
    """The register's line, see `records.py`."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The register at a version of its stream."""

    version: int = 0
    register: Register = field(default_factory=Register)


CATALOGUE = Catalogue(ReturnEntered)


def fold(state: Kept, all_: Iterable[Happened]) -> Kept:
    """The register after more entries: all at once, since each new register copies the list of those before."""
    version, entries = state.version, []
    for happened in all_:
        version = happened.version
        if isinstance(happened.event, ReturnEntered):
            entries.append(records.entered(happened.event.entry))
    return Kept(version, state.register.extended(entries) if entries else state.register)


def dumped(state: Kept) -> dict[str, Any]:
    """The state as JSON data."""
    return {"version": state.version, "entries": [records.line(entry) for entry in state.register.entries]}


def loaded(data: Mapping[str, Any]) -> Kept:
    """The state from JSON data."""
    return Kept(data["version"], Register().extended(records.entered(line) for line in data["entries"]))
