"""The register of returns: every version, what of it is held, and every decision; nothing is ever taken out.

It is immutable: to receive or to decide gives a new register. It stands alone because the balance, the facts and the
brief all ask it, and nothing else, what is known of a gas day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import islice

from zhishou.supply.returns.held import Decision, Held, Key, key
from zhishou.supply.returns.model import ITEMS, Return

LATELY = 60
"""Days beyond which an earlier return says nothing of today's level."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the register: a file received, or a decision of a person."""

    number: int
    """From 1, in the order of receipt."""
    at: datetime
    """When."""
    name: str
    """The file's name; empty for a decision."""
    digest: str
    """SHA-256 of the file's bytes; of the file last received for a decision."""
    returned: Return | None
    """The version it makes, with the figures that may be used; None where reporter or gas day are not known."""
    held: tuple[Held, ...] = ()
    """What waits for a person."""
    noted: tuple[Held, ...] = ()
    """What is told."""
    content: str = ""
    """SHA-256 of all that the file says, used or held, so that the same content is known in another file."""
    decision: Decision | None = None
    """The decision, where it is one."""


@dataclass(frozen=True)
class Register:
    """All entries, in the order of receipt."""

    entries: tuple[Entry, ...] = ()
    _by_day: Mapping[date, Mapping[str, tuple[int, ...]]] = field(default_factory=dict, repr=False)
    """Gas day → reporter → where its versions stand: an evening asks of its own day alone, however long the register."""
    _digests: Mapping[date | None, frozenset[str]] = field(default_factory=dict, repr=False)
    """Digests of the files received, by gas day; of what has none, under None."""

    @property
    def next(self) -> int:
        """The number of the next entry."""
        return self.entries[-1].number + 1 if self.entries else 1

    def extended(self, entries: Iterable[Entry]) -> Register:
        """The register with more entries."""
        all_, by_day = list(self.entries), dict(self._by_day)
        digests: dict[date | None, set[str]] = {}
        own: dict[date, dict[str, tuple[int, ...]]] = {}
        for entry in entries:
            if (returned := entry.returned) is not None:
                if (day := own.get(returned.gas_day)) is None:
                    by_day[returned.gas_day] = own[returned.gas_day] = day = dict(by_day.get(returned.gas_day, {}))
                day[returned.reporter] = (*day.get(returned.reporter, ()), len(all_))
            if entry.name:
                digests.setdefault(returned.gas_day if returned is not None else None, set()).add(entry.digest)
            all_.append(entry)
        known = {day: self._digests.get(day, frozenset()) | new for day, new in digests.items()}
        return Register(tuple(all_), by_day, {**self._digests, **known})

    def knows(self, digest: str) -> bool:
        """Whether a file of this content has been received."""
        return any(digest in known for known in self._digests.values())

    def versions(self, reporter: str, day: date) -> tuple[Entry, ...]:
        """Every version that a reporter has of a gas day, the first first; a correction leaves the old one standing."""
        return tuple(self.entries[index] for index in self._by_day.get(day, {}).get(reporter, ()))

    def current(self, reporter: str, day: date) -> Entry | None:
        """The version that counts: the last one; None where there is none."""
        found = self._by_day.get(day, {}).get(reporter)
        return self.entries[found[-1]] if found else None

    def latest(self, gas_day: date) -> tuple[Return, ...]:
        """The version that counts of every reporter who has one, each with the figures that may be used."""
        found = [self.entries[indices[-1]].returned for indices in self._by_day.get(gas_day, {}).values()]
        return tuple(sorted((one for one in found if one is not None), key=lambda one: one.reporter))

    def open(self, gas_day: date | None = None) -> tuple[tuple[Entry, Held], ...]:
        """What still waits for a person, of one gas day or of all.

        What a later version has overtaken does not wait any more; it stays in the register.
        """
        if gas_day is not None:
            return tuple(
                (entry, one)
                for entry, one in self._waiting
                if entry.returned is None or entry.returned.gas_day == gas_day
            )
        return self._waiting

    @cached_property
    def _waiting(self) -> tuple[tuple[Entry, Held], ...]:
        holding = [entry for entry in self.entries if entry.held]
        if not holding:
            return ()
        answered, moved = self._answered(holding), self._moved(holding)
        found = []
        for entry in holding:
            returned = entry.returned
            if returned is not None:
                if any(one.whole for one in entry.held) and entry.at < moved.get(entry.digest, entry.at):
                    continue
                if self.current(returned.reporter, returned.gas_day) is not entry:
                    continue
            elif entry.digest in answered:
                continue
            found += [(entry, one) for one in entry.held if one.id not in answered]
        return tuple(found)

    def _answered(self, holding: Iterable[Entry]) -> frozenset[str]:
        """Files without reporter or day that were later read with them, and held things that were decided alone."""
        asked = {entry.digest for entry in holding}
        made = {entry.digest for entry in self.entries if entry.digest in asked and entry.returned is not None}
        return frozenset(made | {entry.decision.held for entry in self.entries if entry.decision is not None})

    def _moved(self, holding: Iterable[Entry]) -> Mapping[str, datetime]:
        """Files that were placed, and when last: one that waited whole under a wrong day or reporter waits no more."""
        asked = {entry.digest for entry in holding}
        placed = (entry for entry in self.entries if entry.digest in asked and entry.name)
        return {entry.digest: entry.at for entry in placed if entry.returned is not None}

    def find(self, held: str) -> tuple[Entry, Held] | None:
        """The held thing of this id that still waits; None where there is none."""
        return next(((entry, one) for entry, one in self.open() if one.id == held), None)

    def unclear(self, gas_day: date) -> Mapping[Key, Held]:
        """The figures of a gas day's returns that are held, each with what holds it."""
        found: dict[Key, Held] = {}
        for _, one in self.open(gas_day):
            for about in (*one.about, *(key(value) for value in one.values)):
                found.setdefault(about, one)
        return found

    def recent(
        self, reporter: str, before: date, days: int
    ) -> Mapping[tuple[str, str], tuple[tuple[date, float], ...]]:
        """What a reporter has lately had accepted: item and object → days and figures, oldest first.

        Args:
            reporter: reporter id.
            before: only returns of gas days before this one.
            days: how many returns to look back, none of them older than `LATELY` days.
        """
        found: dict[tuple[str, str], list[tuple[date, float]]] = {}
        past = (before - timedelta(days=back) for back in range(1, LATELY + 1))
        entries = (entry for day in past if (entry := self.current(reporter, day)) is not None)
        for entry in reversed(tuple(islice(entries, days))):
            if entry.returned is None:
                continue
            day = entry.returned.gas_day
            for value in entry.returned.values:
                ahead = (value.day - day).days
                wanted = 1 if ITEMS[value.item].when == "expected" else 0
                if value.hour is None and ahead == wanted and not isinstance(value.amount, str):
                    found.setdefault((value.item, value.of), []).append((value.day, value.amount))
        return {about: tuple(figures) for about, figures in found.items()}
