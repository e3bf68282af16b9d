"""The regular test of every channel and address, with a report of what is dead; the plans demand that contacts be kept current.

A gateway that has a test of its own is asked silently. Where none has, a text that says it is a test is sent if the
deployment allows it, and otherwise the address stays untested and the report says so. What a gateway tells afterwards of a
test's messages reaches the book, the report and the record, however late.
"""

from __future__ import annotations

import json
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

from sqlalchemy import Connection, func, select, update

from zhishou.callout.book.changes import ChangeKind, note
from zhishou.callout.book.keeping import Contact, ContactBook
from zhishou.callout.channels.contract import Outcome, Outgoing
from zhishou.callout.channels.opening import Channels, Opened
from zhishou.callout.judging import Judged, judged
from zhishou.callout.tables import self_tests
from zhishou.database import reading, writing
from zhishou.people.tables import insert_if_absent

TEXT = "【值守】联系方式测试，无需处理"
PREFIX = "test-"
"""What the id of a test's message begins with."""
WINDOW = timedelta(hours=2)
"""How long after its time of day the month's test may still begin; after that it waits for the next day."""
MONTH = timedelta(days=31)
"""How long a test counts; after that the next is late."""
_ONCE_MORE = "-again"
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


@dataclass(frozen=True, slots=True)
class _Tested:
    """What came of asking, before it is kept."""

    judged: Mapping[str, Judged]
    """By channel."""
    counted: Counter[str]
    usable: tuple[str, ...]

    def report(self, id_: str, began: datetime, ended: datetime, contacts: Collection[Contact]) -> Report:
        """The report, from what the book says in the end: a receipt may have said otherwise meanwhile."""
        words = [one.alive for one in contacts]
        dead = tuple(
            Dead(one.id, one.holder, one.name, one.kind, one.found_why) for one in contacts if one.alive is False
        )  # fmt: skip
        wrong = {name: self.judged[name].wrong if name in self.judged else "" for name in self.usable}
        return Report(
            id_, began, ended, words.count(True), words.count(None), self.counted["untested"], self.counted["unserved"],
            self.counted["unreadable"], dead, wrong,
        )  # fmt: skip


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
            at: time of day at which it begins, or within `WINDOW` of it: nobody's telephone is tried in the night because a
                server was started then.
        """
        starts = (
            datetime.combine(now.date() - timedelta(days=ago), clock_time.fromisoformat(at), now.tzinfo)
            for ago in (0, 1)
        )
        start = next((one for one in starts if one <= now < one + WINDOW and one.day >= day), None)
        if start is None:
            return ""
        id_ = f"{start:%Y-%m}"
        row = self._row(id_)
        if row is None or (row.ended is None and now - row.began > _AGAIN):
            return id_
        return ""

    def last(self) -> Report | None:
        """The last test that was begun."""
        with reading(self._book.engine) as connection:
            row = connection.execute(select(self_tests).order_by(self_tests.c.began.desc()).limit(1)).first()
        return _report(row) if row is not None else None

    def standing(self, now: datetime) -> tuple[date | None, date | None]:
        """When everything was last tested, and by which day it must be again: a month after, or after the book was begun.

        Both None where there is nothing to be tested.
        """
        with reading(self._book.engine) as connection:
            query = select(func.max(self_tests.c.began)).where(self_tests.c.ended.is_not(None))
            last = connection.execute(query).scalar()
        since = last or min((one.added for one in self._book.contacts()), default=None)
        at = now.tzinfo
        return (last.astimezone(at).date() if last else None, since.astimezone(at).date() + MONTH if since else None)

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
        tested = self._tested(id_, contacts, channels)
        with writing(self._book.engine) as connection:
            _locked(connection, id_)
            at = self._now()
            judged = {address: found for one in tested.judged.values() for address, found in one.found.items()}
            self._book.found(connection, judged, at, since=began)
            report = tested.report(id_, began, at, self._book.contacts_in(connection, judged))
            connection.execute(
                update(self_tests).where(self_tests.c.id == id_).values(ended=at, report=_dumped(report))
            )
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

    def receipt(self, message: str, why: str, at: datetime, *, arrived: bool, kind: str = "") -> bool:
        """What a gateway tells of a test's message: kept at the address, in the test's report and in the record.

        Args:
            message: id of the message.
            why: why it did not arrive.
            at: now.
            arrived: whether it did.
            kind: the kind of channel whose gateway tells it; it tells nothing of addresses of another. Empty: any.

        Returns:
            Whether it told anything new.
        """
        id_, _, address = message.removeprefix(PREFIX).removesuffix(_ONCE_MORE).rpartition("-")
        with writing(self._book.engine) as connection:
            row = _locked(connection, id_)
            one = next(iter(self._book.contacts_in(connection, (address,))), None)
            if (
                row is None
                or one is None
                or kind not in {"", one.kind}
                or (one.alive is arrived and one.tested is not None and one.tested >= row.began)
            ):
                return False
            self._book.found(connection, {address: (arrived, why)}, at)
            if row.ended is not None:
                dead = Dead(one.id, one.holder, one.name, one.kind, why)
                report = _corrected(_report(row), one.alive, dead, arrived=arrived)
                connection.execute(update(self_tests).where(self_tests.c.id == id_).values(report=_dumped(report)))
            note(connection, ChangeKind.TESTED, id_, "gateway", at, address=address, arrived=arrived, why=why)
        return True

    def _tested(self, id_: str, contacts: Sequence[Contact], channels: Channels) -> _Tested:
        usable = channels.usable(exercise=self._exercise)
        texts = channels.settings.self_test.texts
        results: dict[str, dict[str, Outcome]] = defaultdict(dict)
        by_id = {one.id: one for one in contacts}
        counted: Counter[str] = Counter()
        for some in _tens(contacts):
            values = self._book.values_of([one.id for one in some])
            for one in some:
                channel = _carrying(one, {name: channels[name] for name in usable})
                if one.id not in values:
                    counted["unreadable"] += 1
                elif channel is None:
                    counted["unserved"] += 1
                elif not channel.silent_tests and not texts:
                    counted["untested"] += 1
                else:
                    results[channel.name][one.id] = self._sent(channel, id_, one, values[one.id])

        def again(name: str) -> Callable[[str], Outcome] | None:
            def ask(address: str) -> Outcome:
                value = self._book.values_of([address])[address]
                return self._sent(channels[name], id_, by_id[address], value, _ONCE_MORE)

            return ask if channels[name].silent_tests else None

        found = {name: judged(outcomes, again(name)) for name, outcomes in results.items()}
        return _Tested(found, counted, tuple(usable))

    def _sent(self, channel: Opened, id_: str, one: Contact, value: str, once_more: str = "") -> Outcome:
        text = f"【演练】{TEXT}" if self._exercise else TEXT
        outgoing = Outgoing(
            f"{PREFIX}{id_}-{one.id}{once_more}",
            value,
            text,
            "test",
            "联系方式测试",
            exercise=self._exercise,
            test=True,
        )
        for wait in (0.0, 1.0, 4.0):
            self._pause(wait)
            while channel.room() < 1:
                self._pause(0.5)
            outcome = channel.send(outgoing)
            if not outcome.again:
                break
        return outcome


def _carrying(one: Contact, usable: Mapping[str, Opened]) -> Opened | None:
    """The channel that carries an address: the one that it names, else the first of its kind."""
    if one.channel:
        return usable.get(one.channel)
    return next((channel for channel in usable.values() if channel.kind == one.kind), None)


def _locked(connection: Connection, id_: str) -> Any:
    """The row of a test, so that its end and a receipt never write over each other."""
    return connection.execute(select(self_tests).where(self_tests.c.id == id_).with_for_update()).first()


def _corrected(report: Report, before: bool | None, one: Dead, *, arrived: bool) -> Report:  # noqa: FBT001 - as the book has it
    """A report after a receipt that came when the test was over."""
    dead = tuple(other for other in report.dead if other.address != one.address)
    return replace(
        report, alive=report.alive + arrived - (before is True), unsure=report.unsure - (before is None),
        dead=dead if arrived else (*dead, one),
    )  # fmt: skip


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
