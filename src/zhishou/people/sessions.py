"""Sessions: who is logged in just now, from where, until when. Only a hash of each token is kept.

A session may be half-way: the password was right, and a code or a new password is still owed. `Sessions.find` refuses
such a one unless it is asked for, so that no door forgets to.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Row, Select, delete, insert, select, update

from zhishou.database import asking, reading, writing
from zhishou.errors import DeniedError, NotFoundError
from zhishou.people.accounts import demand
from zhishou.people.changes import Change, ChangeKind, note
from zhishou.people.tables import accounts, second_factors, sessions


@dataclass(frozen=True, slots=True)
class Rules:
    """How long things last. An hour idle and a day in all are what NIST SP 800-63B-4 advises at its second level."""

    idle: timedelta = timedelta(hours=1)
    absolute: timedelta = timedelta(hours=24)
    halfway: timedelta = timedelta(minutes=15)
    """For what is owed after the password."""
    seen_every: timedelta = timedelta(minutes=1)
    """How often it is written down that a session is in use; `idle` is exact to so much."""
    password: timedelta | None = None
    """How old a password may be at a login before a new one is owed; None: it need not be changed."""


FRESH = timedelta(minutes=10)
"""How recent a code must be for a weighty command, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Session:
    """One session, without its token."""

    id: str
    account: str
    name: str
    started: datetime
    seen: datetime
    ends: datetime
    """At the latest; earlier when idle."""
    second_factor_at: datetime | None
    wants: str
    """What is still owed: `second_factor`, `new_password`, or nothing."""
    has_second_factor: bool
    address: str
    device: str

    def fresh(self, at: datetime, within: timedelta = FRESH) -> bool:
        """Whether a code was given so recently that a weighty command may be taken."""
        return self.second_factor_at is not None and abs(at - self.second_factor_at) <= within


@dataclass(frozen=True, slots=True)
class Started:
    """A session with its token, which is shown now and never again."""

    session: Session
    token: SecretStr


class Sessions:
    """Finds, lists and ends sessions."""

    def __init__(self, engine: Engine, rules: Rules | None = None) -> None:
        self._engine = engine
        self.rules = rules or Rules()

    def find(self, token: SecretStr, at: datetime, *, halfway: bool = False, using: bool = True) -> Session:
        """Whose session it is; notes that it is in use.

        Args:
            token: as the browser sent it.
            at: now.
            halfway: take one that still owes a code or a new password, too.
            using: False where nobody does anything, as when a screen renews itself: it does not keep a login alive.

        Raises:
            DeniedError: there is no such session, it has ended, or it is half-way.
        """
        with asking(self._engine) as connection:
            session = self.read(connection, token, at)
        if session.wants and not halfway:
            message = {"second_factor": "还差动态口令", "new_password": "还没有换成新密码"}[session.wants]
            raise DeniedError(message, wants=session.wants, mend="请先完成这一步")
        if using and at - session.seen >= self.rules.seen_every:
            with writing(self._engine) as connection:
                used = update(sessions).where(sessions.c.id == session.id, sessions.c.seen < at)
                connection.execute(used.values(seen=at))
        return session

    def read(self, connection: Connection, token: SecretStr, at: datetime) -> Session:
        """Whose session it is, half-way or not, within a transaction of the caller's.

        Raises:
            DeniedError: there is no such session, or it has ended.
        """
        row = connection.execute(_QUERY.where(sessions.c.token_hash == hashed(token))).first()
        session = None if row is None or row.disabled is not None else self._session(row)
        if session is None or not self._lasts(session, at):
            raise DeniedError("没有登录，或登录已过期", mend="请重新登录")
        return session

    def of(self, account: str, at: datetime) -> tuple[Session, ...]:
        """The account's sessions that last, the latest used first: for its owner, or for the administrator."""
        query = _QUERY.where(sessions.c.account == account).order_by(sessions.c.seen.desc(), sessions.c.id)
        with reading(self._engine) as connection:
            found = [self._session(row) for row in connection.execute(query)]
        return tuple(session for session in found if self._lasts(session, at))

    def end(self, token: SecretStr) -> None:
        """Log out. Nothing happens where there is no such session."""
        with writing(self._engine) as connection:
            connection.execute(delete(sessions).where(sessions.c.token_hash == hashed(token)))

    def end_one(self, account: str, session: str, at: datetime, by: str) -> Change:
        """End one session of an account, by its id.

        Raises:
            NotFoundError: the account has no such session.
        """
        with writing(self._engine) as connection:
            this = delete(sessions).where(sessions.c.id == session, sessions.c.account == account)
            if connection.execute(this).rowcount == 0:
                raise NotFoundError("没有这次登录，或已经退出")
            return note(connection, ChangeKind.SESSIONS_ENDED, account, by, at, count=1)

    def end_all(self, account: str, at: datetime, by: str, *, but: str = "") -> Change:
        """End every session of an account, or every one but the one of this id."""
        with writing(self._engine) as connection:
            demand(connection, account)
            these = delete(sessions).where(sessions.c.account == account, sessions.c.id != but)
            count = connection.execute(these).rowcount
            return note(connection, ChangeKind.SESSIONS_ENDED, account, by, at, count=count)

    def begin(self, connection: Connection, account: str, at: datetime, more: Mapping[str, Any]) -> Started:
        """Begin a session within a transaction of the caller's, who has found out that it may begin.

        Args:
            connection: the transaction.
            account: whose.
            at: now.
            more: `address` and `device`; `second_factor_at` and `ends` where it takes the place of another.
        """
        token = SecretStr(secrets.token_urlsafe(32))
        row = {
            "id": secrets.token_hex(8), "token_hash": hashed(token), "account": account, "started": at, "seen": at,
            "ends": at + self.rules.absolute, "second_factor_at": None, "address": "", "device": "", **more,
        }  # fmt: skip
        connection.execute(insert(sessions).values(row))
        return Started(self.read(connection, token, at), token)

    def tidy(self, connection: Connection, at: datetime) -> None:
        """Remove what has ended."""
        over = (sessions.c.ends <= at) | (sessions.c.seen <= at - self.rules.idle)
        connection.execute(delete(sessions).where(over))

    def _session(self, row: Row[Any]) -> Session:
        age = self.rules.password
        aged = age is not None and row.password_set is not None and row.password_set + age <= row.started
        wants = "new_password" if row.must_change or aged else ""
        if row.has_second_factor and row.second_factor_at is None:
            wants = "second_factor"
        return Session(
            row.id, row.account, row.name, row.started, row.seen, row.ends, row.second_factor_at, wants,
            bool(row.has_second_factor), row.address, row.device,
        )  # fmt: skip

    def _lasts(self, session: Session, at: datetime) -> bool:
        if at >= session.ends or at - session.seen >= self.rules.idle:
            return False
        return not session.wants or at - session.started < self.rules.halfway


def hashed(token: SecretStr) -> str:
    """What is kept of a token. It has 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(_bytes(token)).hexdigest()


def csrf(token: SecretStr) -> SecretStr:
    """What a form must send along: derived from the session's token, which the page itself never sees."""
    return SecretStr(hmac.digest(_bytes(token), b"zhishou form", "sha256").hex())


def right_csrf(token: SecretStr, sent: SecretStr) -> bool:
    """Whether a form sent what its session derives."""
    return hmac.compare_digest(_bytes(csrf(token)), _bytes(sent))


def _bytes(secret: SecretStr) -> bytes:
    return secret.get_secret_value().encode("utf-8", "surrogatepass")  # whatever was sent; it only has to be wrong


_QUERY: Select[Any] = (
    select(
        sessions,
        accounts.c.name,
        accounts.c.disabled,
        accounts.c.must_change,
        accounts.c.password_set,
        second_factors.c.sealed.is_not(None).label("has_second_factor"),
    )
    .join(accounts, accounts.c.id == sessions.c.account)
    .outerjoin(second_factors, second_factors.c.account == sessions.c.account)
)
