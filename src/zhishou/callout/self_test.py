"""The regular test of every channel and address, with a report of what is dead; the plans demand that contacts be kept current.

A gateway that has a test of its own is asked silently. Where none has, a text that says it is a test is sent if the
deployment allows it, and otherwise the address stays untested and the report says so. What fails alike for every address of
a channel is the channel's failure and says nothing of the addresses.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import select, update

from zhishou.callout.book.changes import ChangeKind, note
from zhishou.callout.book.keeping import Contact, ContactBook
from zhishou.callout.channels.contract import Outcome, Outgoing
from zhishou.callout.channels.opening import Channels, Opened
from zhishou.callout.tables import self_tests
from zhishou.database import reading, writing
from zhishou.people.tables import insert_if_absent

TEXT = "【值守】联系方式测试，无需处理"
_AGAIN = timedelta(hours=6)
"""A test that began so long ago and did not end was cut off, and begins again."""


@dataclass(frozen=True, slots=True)
class Dead:
    """An address that did not stand the test."""

    address: str
    holder: str
    name: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a test found."""

    id: str
    began: datetime
    ended: datetime | None = None
    alive: int = 0
    unsure: int = 0
    """Addresses of which nobody can tell."""
    untested: int = 0
    """Addresses that cannot be tested silently, and may not be written to."""
    unserved: int = 0
    """Addresses for which there is no channel."""
    unreadable: int = 0
    """Addresses whose number cannot be opened."""
    dead: tuple[Dead, ...] = ()
    channels: Mapping[str, str] = field(default_factory=dict)
    """Channel → what is wrong with it; empty where it works."""


class SelfTests:
    """Tests of one deployment.

    Args:
        book: the contact book.
        channels: the channels.
        exercise: whether the record is an exercise: then only channels and addresses marked for it are tested.
        now: the clock.
        pause: waits so many seconds; a test brings its own.
    """

    def __init__(
        self, book: ContactBook, channels: Callable[[], Channels], now: Callable[[], datetime], *, exercise: bool = False,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self._book, self._channels, self._exercise, self._now = book, channels, exercise, now
        self._pause = pause

    def due(self, now: datetime, day: int, at: str) -> str:
        """The id of the month's test where it is due and not done; empty where nothing is to be done.

        Args:
            now: the moment.
            day: day of the month from which it is due.
            at: time of that day.
        """
        start = datetime.combine(now.date().replace(day=day), clock_time.fromisoformat(at), now.tzinfo)
        if now < start:
            return ""
        id_ = f"{now:%Y-%m}"
        row = self._row(id_)
        if row is None or (row.ended is None and now - row.began > _AGAIN):
            return id_
        return ""

    def last(self) -> Report | None:
        """The last test that was begun."""
        with reading(self._book.engine) as connection:
            row = connection.execute(select(self_tests).order_by(self_tests.c.began.desc()).limit(1)).first()
        return _report(row) if row is not None else None

    def run(self, by: str, id_: str = "") -> Report | None:
        """Test everything; None where another server has begun the same test.

        Args:
            by: account id, `console` or `system`.
            id_: of the month's test; empty for one that somebody asks for.
        """
        began = self._now()
        id_ = id_ or f"{began:%Y-%m-%d}-{secrets.token_hex(4)}"
        if not self._begun(id_, by, began):
            return None
        channels = self._channels()
        contacts = [one for one in self._book.contacts() if one.exercise or not self._exercise]
        report = self._tested(id_, began, contacts, channels)
        with writing(self._book.engine) as connection:
            ended = update(self_tests).where(self_tests.c.id == id_)
            connection.execute(ended.values(ended=report.ended, report=_dumped(report)))
            note(
                connection, ChangeKind.TESTED, id_, by, report.ended or began, alive=report.alive,
                dead=[one.address for one in report.dead], unsure=report.unsure, untested=report.untested,
                unserved=report.unserved, unreadable=report.unreadable, channels=dict(report.channels),
            )  # fmt: skip
        return report

    def _row(self, id_: str) -> Any:
        with reading(self._book.engine) as connection:
            return connection.execute(select(self_tests).where(self_tests.c.id == id_)).first()

    def _begun(self, id_: str, by: str, began: datetime) -> bool:
        with writing(self._book.engine) as connection:
            row = {"id": id_, "began": began, "by": by, "report": "{}"}
            if insert_if_absent(connection, self_tests, row):
                return True
            stale = update(self_tests).where(
                self_tests.c.id == id_, self_tests.c.ended.is_(None), self_tests.c.began < began - _AGAIN
            )
            return connection.execute(stale.values(began=began, by=by)).rowcount == 1

    def _tested(self, id_: str, began: datetime, contacts: Sequence[Contact], channels: Channels) -> Report:
        usable = channels.usable(exercise=self._exercise)
        texts = channels.settings.self_test.texts
        results: dict[str, dict[str, Outcome]] = defaultdict(dict)
        untested = unserved = unreadable = 0
        for some in _tens(contacts):
            values = self._book.values_of([one.id for one in some])
            for one in some:
                channel = next((channels[name] for name, found in usable.items() if found.kind == one.kind), None)
                if one.id not in values:
                    unreadable += 1
                elif channel is None:
                    unserved += 1
                elif not channel.silent_tests and not texts:
                    untested += 1
                else:
                    results[channel.name][one.id] = self._sent(channel, id_, one, values[one.id])
        failing = {name: _wrong(found) for name, found in results.items()}
        judged = {
            address: (None if failing[name] else _alive(outcome), outcome.why)
            for name, found in results.items()
            for address, outcome in found.items()
        }
        ended = self._now()
        self._book.tested(judged, ended)
        words = [alive for alive, _ in judged.values()]
        dead = tuple(
            Dead(one.id, one.holder, one.name, one.kind, judged[one.id][1])
            for one in contacts
            if one.id in judged and judged[one.id][0] is False
        )
        return Report(
            id_, began, ended, words.count(True), words.count(None), untested, unserved, unreadable, dead,
            {name: failing.get(name, "") for name in usable},
        )  # fmt: skip

    def _sent(self, channel: Opened, id_: str, one: Contact, value: str) -> Outcome:
        text = f"【演练】{TEXT}" if self._exercise else TEXT
        outgoing = Outgoing(
            f"test-{id_}-{one.id}", value, text, "test", "联系方式测试", exercise=self._exercise, test=True
        )
        for wait in (0.0, 1.0, 4.0):
            self._pause(wait)
            while channel.room() < 1:
                self._pause(0.5)
            outcome = channel.send(outgoing)
            if not outcome.again:
                break
        return outcome


def _alive(outcome: Outcome) -> bool | None:
    if outcome.status == "accepted":
        return True
    return False if outcome.status == "refused" and not outcome.again else None


def _wrong(found: Mapping[str, Outcome]) -> str:
    """What is wrong with a channel: several addresses, and not one of them was taken, for one and the same reason."""
    outcomes = list(found.values())
    reasons = {one.why for one in outcomes}
    if any(one.status == "accepted" for one in outcomes) or len(reasons) > 1:
        return ""
    if len(outcomes) > 1 or outcomes[0].again or outcomes[0].status == "unknown":
        return outcomes[0].why
    return ""


def _tens(contacts: Sequence[Contact]) -> Iterable[Sequence[Contact]]:
    """A few at a time, so that numbers lie open no longer than they must."""
    return (contacts[start : start + 20] for start in range(0, len(contacts), 20))


def _dumped(report: Report) -> str:
    data = asdict(report)
    data.pop("began"), data.pop("ended")
    return json.dumps(data, ensure_ascii=False)


def _report(row: Any) -> Report:
    data = json.loads(row.report)
    data.pop("id", None)
    dead = tuple(Dead(**one) for one in data.pop("dead", ()))
    return Report(row.id, row.began, row.ended, dead=dead, **data)
