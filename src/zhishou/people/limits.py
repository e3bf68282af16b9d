"""How failed logins slow the next one down: a pure rule, and tallies in the database so that all servers count together.

An attempt is counted as failed before it is checked and taken back when it was right; a hundred guesses sent at once
are a hundred counted ones. Who guesses from outside must not shut the duty room out: whoever has logged in lately from
an address is counted there by a tally of his own, which no stranger's failures touch. Every limit ends by itself.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import Connection, delete, select, update

from zhishou.errors import TooManyError
from zhishou.people.tables import insert_if_absent, known_addresses, tallies


@dataclass(frozen=True, slots=True)
class Limit:
    """How failures slow down what follows."""

    free: int
    """Failures from which on there is a delay."""
    first: timedelta
    """The first delay; each further failure doubles it."""
    longest: timedelta
    """No delay is longer."""
    forgotten: timedelta
    """So long after the last failure, all are forgotten; longer than `longest`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Failures in a row."""

    failures: int
    last: datetime
    until: datetime | None = None
    """No attempt is heard before; None where there is no delay."""


ACCOUNT = Limit(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1))
"""For one login, from addresses not known for it: at most some hundred guesses a day (NIST SP 800-63B allows 100)."""
KNOWN = Limit(10, timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1))
"""For one login from an address where it has logged in lately."""
ADDRESS = Limit(30, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=1))
"""For one address over all logins; an office of fifty people may share one."""
CODE = Limit(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(days=1))
"""For codes of the second factor, counted only after a right password. With three right codes in a million, a day of
guessing finds one with probability 0.0003."""

LATELY = timedelta(days=30)
"""How long an address stays known for an account."""


def wait(tally: Tally | None, limit: Limit, at: datetime) -> timedelta:
    """How long until an attempt is heard; zero where it is heard now.

    A delay that lies further ahead than any delay can be comes from a clock that has since been set back; it is dropped.
    """
    left = tally.until - at if tally and tally.until else timedelta()
    return left if timedelta() < left <= limit.longest else timedelta()


def counted(tally: Tally | None, limit: Limit, at: datetime) -> Tally:
    """The tally after one more failure."""
    failures = 1 if tally is None or at - tally.last > limit.forgotten else tally.failures + 1
    beyond = failures - limit.free
    if beyond < 0:
        return Tally(failures, at)
    return Tally(failures, at, at + min(limit.first * 2 ** min(beyond, 30), limit.longest))


def place(address: str) -> str:
    """What is counted as one address: IPv4 as it is, IPv6 by its /64, since one household holds so many."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
        parsed = parsed.ipv4_mapped
    return str(parsed)


def login_tallies(
    connection: Connection, login_key: str, account: str | None, address: str, at: datetime
) -> dict[str, Limit]:
    """Which tallies an attempt to log in counts in.

    The login is kept as a hash: people type their password into the wrong field.
    """
    where = place(address)
    known = select(known_addresses.c.last).where(
        known_addresses.c.account == account, known_addresses.c.address == where, known_addresses.c.last > at - LATELY
    )
    if account is not None and connection.execute(known).first() is not None:
        return {f"known:{account}:{_digest(where)}": KNOWN}
    return {f"account:{_digest(login_key)}": ACCOUNT, f"address:{_digest(where)}": ADDRESS}


def code_tally(account: str) -> dict[str, Limit]:
    """The tally that a code of the second factor counts in."""
    return {f"code:{account}": CODE}


def ask(connection: Connection, keys: Mapping[str, Limit], at: datetime) -> None:
    """Refuse an attempt where any tally says so; changes nothing.

    Raises:
        TooManyError: with the seconds to wait.
    """
    _refuse(_read(connection, sorted(keys)), keys, at)


def count(connection: Connection, keys: Mapping[str, Limit], at: datetime) -> bool:
    """Count an attempt as failed before it is checked; True where this one began a delay.

    Raises:
        TooManyError: not heard, and not counted.
    """
    for key in sorted(keys):  # one order for all, so that no two attempts wait for each other
        insert_if_absent(connection, tallies, {"key": key, "failures": 0})
    found = _read(connection, sorted(keys), lock=True)
    _refuse(found, keys, at)
    began = False
    for key, limit in keys.items():
        after = counted(found[key], limit, at)
        began |= after.failures == limit.free
        connection.execute(
            update(tallies)
            .where(tallies.c.key == key)
            .values(failures=after.failures, last=after.last, until=after.until)
        )
    return began


def forgive(connection: Connection, keys: Mapping[str, Limit]) -> None:
    """Take back an attempt that was right.

    Earlier failures are forgiven too, except to a whole address: one right login must not wipe out guesses at others.
    """
    for key, limit in sorted(keys.items()):
        if limit is ADDRESS:
            back = update(tallies).where(tallies.c.key == key, tallies.c.failures > 0)
            connection.execute(back.values(failures=tallies.c.failures - 1, until=None))
        else:
            connection.execute(delete(tallies).where(tallies.c.key == key))


def remember(connection: Connection, account: str, address: str, at: datetime) -> None:
    """Remember that the account has logged in from there."""
    row = {"account": account, "address": place(address), "last": at}
    if not insert_if_absent(connection, known_addresses, row):
        here = (known_addresses.c.account == account) & (known_addresses.c.address == row["address"])
        connection.execute(update(known_addresses).where(here).values(last=at))


def tidy(connection: Connection, at: datetime) -> None:
    """Remove what no longer counts."""
    longest = max(limit.forgotten for limit in (ACCOUNT, KNOWN, ADDRESS, CODE))
    connection.execute(delete(tallies).where(tallies.c.last < at - longest))
    connection.execute(delete(known_addresses).where(known_addresses.c.last < at - LATELY))


def _read(connection: Connection, keys: Sequence[str], *, lock: bool = False) -> dict[str, Tally | None]:
    query = select(tallies).where(tallies.c.key.in_(keys)).order_by(tallies.c.key)
    rows = connection.execute(query.with_for_update() if lock else query).all()
    found = {row.key: Tally(row.failures, row.last, row.until) if row.last else None for row in rows}
    return {key: found.get(key) for key in keys}


def _refuse(found: Mapping[str, Tally | None], keys: Mapping[str, Limit], at: datetime) -> None:
    longest = max(wait(found[key], limit, at) for key, limit in keys.items())
    if longest > timedelta():
        seconds = ceil(longest.total_seconds())
        span = f"{seconds} 秒" if seconds < 120 else f"{ceil(seconds / 60)} 分钟"
        raise TooManyError(
            "试错的次数太多，暂不受理", retry_after=seconds, mend=f"请过{span}再试；急用时到平时登录的电脑上登录"
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
