"""The contact book on the database: what is in use, for a call; the numbers themselves only for the moment of sending."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import structlog
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Row, Select, insert, or_, select, text, update

from zhishou.callout.book.changes import BookChanges, ChangeKind, note
from zhishou.callout.book.lines import Entry, Kept, sort_of
from zhishou.callout.book.numbers import shown
from zhishou.callout.tables import addresses, contacts
from zhishou.callout.whom import CONSOLE, Address, Hours, console_address
from zhishou.database import reading, writing
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.people.key import Seal

MARK = "contact book"
UNREADABLE = "打不开"
"""What stands in a number's place where it cannot be opened."""
_AT_ONCE = 500
_ALIVE = {"alive": True, "dead": False}


@dataclass(frozen=True, slots=True)
class Contact:
    """One way to reach somebody, as the book shows it; without the number."""

    id: str
    holder: str
    name: str
    role: str
    kind: str
    hours: Hours
    rank: int
    real: bool
    exercise: bool
    source: str
    added: datetime
    tested: datetime | None
    alive: bool | None
    """What its last test said; None where it was never tested, or nobody can tell."""
    found_why: str
    channel: str = ""
    """Name of the channel that carries it; empty: the first of its kind."""


class ContactBook:
    """The book.

    Args:
        engine: the database, with its tables.
        seal: of the deployment's key.
    """

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self.engine, self.seal = engine, seal
        self.changes = BookChanges(engine)

    def mark(self, value: str, sort: str) -> str:
        """The mark by which equal values of a sort are known."""
        return self.seal.mark(value, f"{MARK}/{sort}")

    # What a call asks

    def addresses_of(self, whoms: Collection[str], at: datetime) -> Mapping[str, tuple[Address, ...]]:
        """The addresses of people and posts, each in order, and of people their own pages; whoever has none is left out."""
        del at  # what is in use now is in use; the hours of each address are judged by whoever calls
        found: dict[str, list[Address]] = {}
        with reading(self.engine) as connection:
            for some in _batches(whoms):
                for row in connection.execute(_in_use().where(contacts.c.holder.in_(some))):
                    one = Address(
                        row.id,
                        row.kind,
                        cast("Hours", row.hours),
                        row.exercise,
                        row.real,
                        _ALIVE.get(row.found),
                        row.channel,
                    )
                    found.setdefault(row.holder, []).append(one)
        for whom in whoms:
            if ":" not in whom and not any(one.kind == CONSOLE for one in found.get(whom, ())):  # a person, not a post
                found.setdefault(whom, []).append(Address(console_address(whom), CONSOLE, exercise=True))
        return {holder: tuple(ones) for holder, ones in found.items()}

    def values_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """The numbers themselves, by id of the address.

        One that cannot be opened is left out and its id logged: a damaged row must not keep the others from being called.
        """
        found = {id_: id_.partition(":")[2] for id_ in ids if id_.startswith(f"{CONSOLE}:")}
        with reading(self.engine) as connection:
            for some in _batches([id_ for id_ in ids if id_ not in found]):
                query = select(addresses.c.id, addresses.c.sealed).where(addresses.c.id.in_(some))
                for row in connection.execute(query):
                    try:
                        found[row.id] = self.opened(row.sealed, row.id)
                    except ZhishouError:
                        structlog.get_logger().error("contact_unreadable", address=row.id)
        return found

    def shown_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """The numbers for a screen, in part, by id of the address; one that cannot be opened says so."""
        values = self.values_of(ids)
        return {id_: shown(values[id_]) if id_ in values else UNREADABLE for id_ in ids}

    def opened(self, sealed: str, id_: str) -> str:
        """What was sealed.

        Raises:
            ZhishouError: with another key, or damaged.
        """
        try:
            return self.seal.open(sealed, id_).get_secret_value()
        except ZhishouError:
            raise ZhishouError(
                "通讯录里的号码打不开：部署密钥与当初的不同，或数据被改过", where=id_, mend="换回当初的部署密钥"
            ) from None

    # What a person asks

    def contacts(self, holders: Collection[str] | None = None) -> tuple[Contact, ...]:
        """What is in use, by holder and in order.

        Args:
            holders: only theirs; None: all.
        """
        query = _in_use()
        if holders is not None:
            query = query.where(contacts.c.holder.in_(list(holders)))
        with reading(self.engine) as connection:
            return tuple(_contact(row) for row in connection.execute(query))

    def holder_of_value(self, value: str) -> tuple[Contact, ...]:
        """Whose a telephone number is, for an answer that came from it."""
        query = _in_use().where(addresses.c.mark == self.mark(value, "phone"))
        with reading(self.engine) as connection:
            return tuple(_contact(row) for row in connection.execute(query))

    def kept(self, connection: Connection) -> tuple[Kept, ...]:
        """What is in use, as far as a check needs it."""
        return tuple(
            Kept(row.id, row.holder, row.name, row.kind, row.mark, cast("Hours", row.hours), row.rank, row.channel)
            for row in connection.execute(_in_use())
        )

    def alone(self, connection: Connection) -> None:
        """Let nobody else change the book within this transaction: two who bring in the same number must see each other."""
        if connection.dialect.name == "postgresql":  # SQLite has one writer
            connection.execute(text(f"LOCK TABLE {addresses.name} IN SHARE ROW EXCLUSIVE MODE"))

    def retire(self, ids: Sequence[str], by: str, at: datetime) -> None:
        """Take addresses out of use; they stay where they are, for whoever asks later what was called.

        Raises:
            NotFoundError: one of them is not in use.
        """
        with writing(self.engine) as connection:
            self.retired(connection, ids, at)
            note(connection, ChangeKind.RETIRED, ids[0] if len(ids) == 1 else "", by, at, addresses=list(ids))

    def retired(self, connection: Connection, ids: Sequence[str], at: datetime) -> None:
        """The same within a transaction, without its note."""
        for id_ in ids:
            gone = update(addresses).where(addresses.c.id == id_, addresses.c.retired.is_(None)).values(retired=at)
            if not connection.execute(gone).rowcount:
                raise NotFoundError(f"通讯录里没有在用的“{id_}”", mend="用 zhishou callout book 查看编号")

    def tested(self, results: Mapping[str, tuple[bool | None, str]], at: datetime) -> None:
        """Keep what was found of addresses: whether somebody is there, and why not; None where nobody can tell."""
        with writing(self.engine) as connection:
            self.found(connection, results, at)

    def found(
        self, connection: Connection, results: Mapping[str, tuple[bool | None, str]], at: datetime,
        since: datetime | None = None,
    ) -> None:  # fmt: skip
        """The same within a transaction.

        Args:
            connection: the transaction.
            results: address → what was found.
            at: now.
            since: when the test began: what was found since by a receipt counts more than that a gateway took a message.
        """
        words = {True: "alive", False: "dead", None: "unknown"}
        for id_, (alive, why) in results.items():
            change = update(addresses).where(addresses.c.id == id_)
            if since is not None and alive is not False:
                change = change.where(or_(addresses.c.tested.is_(None), addresses.c.tested < since))
            connection.execute(change.values({"tested": at, "found": words[alive], "found_why": why}))

    def contacts_in(self, connection: Connection, ids: Collection[str]) -> tuple[Contact, ...]:
        """What is in use of some addresses, within a transaction."""
        found = (connection.execute(_in_use().where(addresses.c.id.in_(some))).all() for some in _batches(ids))
        return tuple(_contact(row) for rows in found for row in rows)

    def add(self, connection: Connection, entries: Iterable[Entry], source: str, at: datetime) -> list[dict[str, str]]:
        """Put entries into use within a transaction; what was added, without numbers, for its note."""
        added = []
        for entry in entries:
            line = entry.line
            contact = self._contact(connection, entry, source, at)
            id_ = secrets.token_hex(8)
            values: dict[str, Any] = {
                "id": id_, "contact": contact, "kind": line.kind, "channel": line.channel,
                "sealed": self.seal.close(SecretStr(entry.value), id_), "mark": self.mark(entry.value, sort_of(line.kind)),
                "hours": line.hours, "real": line.real, "exercise": line.exercise, "rank": line.rank, "source": source,
                "added": at, "found": "", "found_why": "",
            }  # fmt: skip
            connection.execute(insert(addresses).values(values))
            added.append({"address": id_, "holder": entry.holder, "kind": line.kind})
        return added

    def _contact(self, connection: Connection, entry: Entry, source: str, at: datetime) -> str:
        line = entry.line
        there = select(contacts.c.id).where(
            contacts.c.holder == entry.holder, contacts.c.name == line.name, contacts.c.retired.is_(None)
        )
        found: str | None = connection.execute(there).scalar()
        if found is not None:
            return found
        id_ = secrets.token_hex(8)
        values = {
            "id": id_, "holder": entry.holder, "name": line.name, "role": line.role, "rank": line.rank,
            "source": source, "added": at,
        }  # fmt: skip
        connection.execute(insert(contacts).values(values))
        return id_


def _in_use() -> Select[Any]:
    joined = addresses.join(contacts, addresses.c.contact == contacts.c.id)
    columns = [one for one in addresses.c if one.name not in {"contact", "sealed"}]
    return (
        select(*columns, contacts.c.holder, contacts.c.name, contacts.c.role)
        .select_from(joined)
        .where(addresses.c.retired.is_(None))
        .order_by(contacts.c.holder, contacts.c.rank, addresses.c.rank, addresses.c.added, addresses.c.id)
    )


def _contact(row: Row[Any]) -> Contact:
    return Contact(
        row.id, row.holder, row.name, row.role, row.kind, cast("Hours", row.hours), row.rank, row.real, row.exercise,
        row.source, row.added, row.tested, _ALIVE.get(row.found), row.found_why, row.channel,
    )  # fmt: skip


def _batches(ids: Collection[str]) -> Iterator[list[str]]:
    listed = list(ids)
    return (listed[start : start + _AT_ONCE] for start in range(0, len(listed), _AT_ONCE))
