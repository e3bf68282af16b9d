"""Accounts: who exists, from when to when, and the one-time password each begins with. Logging in is `login.py`."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from zhishou.database import reading, writing
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.people.changes import CONSOLE, Change, ChangeKind, Issued, note
from zhishou.people.passwords import Passwords, new_code
from zhishou.people.tables import accounts, founding, insert_if_absent, second_factors, sessions

ONCE = timedelta(hours=24)
"""How long a one-time password is good, where nothing else is said."""

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_RESERVED = frozenset({CONSOLE, "system"})


class Kind(StrEnum):
    """What an account is."""

    PERSON = "person"
    MACHINE = "machine"
    """A reporter's or another machine's: it has tokens and no password."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account, without its secrets."""

    id: str
    login: str
    name: str
    kind: Kind
    created: datetime
    disabled: datetime | None
    must_change: bool
    """Whether the password must be changed before anything else."""
    once_until: datetime | None
    """Until when the one-time password is good; None where there is none."""
    second_factor: bool
    """Whether a second factor is in use."""


class Accounts:
    """Adds, lists, disables and resets accounts."""

    def __init__(self, engine: Engine, passwords: Passwords) -> None:
        self._engine = engine
        self._passwords = passwords

    def first_administrator(self, id_: str, name: str, at: datetime, *, good_for: timedelta = ONCE) -> Issued:
        """Create the first account of an empty database, with a one-time password to be printed once.

        Of several servers that start at once one succeeds. That this account is the administrator's is told by
        `founder`; the desk gives it the post.

        Raises:
            ZhishouError: there has been an account already.
        """
        once = new_code()
        row = _row(
            id_, name, at, password_hash=self._passwords.hashed(once), once_until=at + good_for, must_change=True
        )
        try:
            with writing(self._engine) as connection:
                connection.execute(insert(accounts).values(row))
                connection.execute(insert(founding).values(one=1, account=row["id"], at=at))
                return Issued(note(connection, ChangeKind.FOUNDED, row["id"], CONSOLE, at, name=name), once)
        except IntegrityError:
            raise ZhishouError(
                "已经有账户了，不再建立首个管理员", mend="忘了密码就在服务器上执行 zhishou people reset"
            ) from None

    def founder(self) -> str | None:
        """The first administrator's account; None in a database that has no account yet."""
        with reading(self._engine) as connection:
            return connection.execute(select(founding.c.account)).scalar_one_or_none()

    def add_person(
        self, id_: str, name: str, at: datetime, by: str, *, login: str = "", good_for: timedelta = ONCE
    ) -> Issued:
        """Add a person, with a one-time password to be handed over.

        Args:
            id_: small letters, digits, `.`, `_`, `-`; made where empty. It stays for ever and stands in the journal.
            name: shown.
            at: now.
            by: account id of who adds.
            login: what the person types; the id where empty.
            good_for: how long the one-time password is good.

        Raises:
            ZhishouError: id or login is taken or ill-formed, or there is no administrator yet.
        """
        once = new_code()
        hashed = self._passwords.hashed(once)
        row = _row(id_, name, at, login=login, password_hash=hashed, once_until=at + good_for, must_change=True)
        return Issued(self._add(row, by), once)

    def add_machine(self, id_: str, name: str, at: datetime, by: str) -> Change:
        """Add a reporter's or another machine's account, which logs in with tokens alone.

        Raises:
            ZhishouError: as in `add_person`.
        """
        return self._add(_row(id_, name, at, kind=Kind.MACHINE), by)

    def get(self, account: str) -> Account:
        """One account.

        Raises:
            NotFoundError: there is none of this id.
        """
        with reading(self._engine) as connection:
            row = connection.execute(_QUERY.where(accounts.c.id == account)).first()
        if row is None:
            raise missing(account)
        return _account(row)

    def all(self) -> tuple[Account, ...]:
        """All accounts, by id."""
        with reading(self._engine) as connection:
            found = [_account(row) for row in connection.execute(_QUERY)]
        return tuple(sorted(found, key=lambda account: account.id))

    def rename(self, account: str, name: str, at: datetime, by: str) -> Change:
        """Change the name shown."""
        with writing(self._engine) as connection:
            self._change(connection, account, {"name": _name(name)})
            return note(connection, ChangeKind.RENAMED, account, by, at, name=name)

    def disable(self, account: str, at: datetime, by: str) -> Change:
        """Let the account in no more; whoever is logged in with it is out at once, its tokens rest."""
        with writing(self._engine) as connection:
            self._change(connection, account, {"disabled": at})
            connection.execute(delete(sessions).where(sessions.c.account == account))
            return note(connection, ChangeKind.DISABLED, account, by, at)

    def enable(self, account: str, at: datetime, by: str) -> Change:
        """Let a disabled account in again, with what it had."""
        with writing(self._engine) as connection:
            self._change(connection, account, {"disabled": None})
            return note(connection, ChangeKind.ENABLED, account, by, at)

    def reset_password(self, account: str, at: datetime, by: str, *, good_for: timedelta = ONCE) -> Issued:
        """Replace the password by a one-time password to be handed over; all sessions end, a second factor stays.

        Raises:
            NotFoundError: there is no such account.
            ZhishouError: it is a machine's.
        """
        if self.get(account).kind is Kind.MACHINE:
            raise ZhishouError("机器账户没有密码", where=account, mend="用 zhishou people token 签发接口令牌")
        once = new_code()
        values = {"password_hash": self._passwords.hashed(once), "once_until": at + good_for, "must_change": True}
        with writing(self._engine) as connection:
            self._change(connection, account, values)
            connection.execute(delete(sessions).where(sessions.c.account == account))
            return Issued(note(connection, ChangeKind.PASSWORD_RESET, account, by, at), once)

    def _add(self, row: Mapping[str, Any], by: str) -> Change:
        with writing(self._engine) as connection:
            if connection.execute(select(founding.c.one)).first() is None:
                raise ZhishouError("还没有首个管理员", mend="先执行 zhishou people first")
            if not insert_if_absent(connection, accounts, row):
                raise ZhishouError(f"编号“{row['id']}”或登录名“{row['login']}”已有人用", mend="换一个")
            told = {"name": row["name"], "login": row["login"], "kind": row["kind"]}
            return note(connection, ChangeKind.ADDED, row["id"], by, row["created"], **told)

    @staticmethod
    def _change(connection: Connection, account: str, values: Mapping[str, Any]) -> None:
        if connection.execute(update(accounts).where(accounts.c.id == account).values(**values)).rowcount == 0:
            raise missing(account)


def demand(connection: Connection, account: str) -> None:
    """Raise NotFoundError where there is no such account."""
    if connection.execute(select(accounts.c.id).where(accounts.c.id == account)).first() is None:
        raise missing(account)


def login_key(login: str) -> str:
    """A login as compared: width and case do not count."""
    folded = unicodedata.normalize("NFKC", login[:200]).strip().casefold()
    return "".join(sign for sign in folded if sign.isprintable())


_QUERY = select(accounts, second_factors.c.sealed.is_not(None).label("second_factor")).outerjoin_from(
    accounts, second_factors
)


def _account(row: Row[Any]) -> Account:
    return Account(
        row.id, row.login, row.name, Kind(row.kind), row.created, row.disabled, row.must_change, row.once_until,
        bool(row.second_factor),
    )  # fmt: skip


def _row(
    id_: str, name: str, at: datetime, *, login: str = "", kind: Kind = Kind.PERSON, **more: Any
) -> dict[str, Any]:
    id_ = id_ or f"p{secrets.token_hex(4)}"
    if not _ID.fullmatch(id_) or id_ in _RESERVED:
        raise ZhishouError(f"账户编号“{id_}”不能用", mend="用小写字母、数字和 . _ -，2 到 40 个，如 zhang.wei")
    login = unicodedata.normalize("NFKC", login or id_).strip()
    if not login or len(login) > 40 or not login.isprintable() or " " in login:
        raise ZhishouError(f"登录名“{login}”不能用", mend="1 到 40 个字，中间没有空格")
    values = {
        "id": id_,
        "login": login,
        "login_key": login_key(login),
        "name": _name(name),
        "kind": kind.value,
        "created": at,
    }
    return {"must_change": False, **values, **more}


def _name(name: str) -> str:
    if not name.strip() or len(name) > 40 or not name.isprintable():
        raise ZhishouError(f"姓名“{name}”不能用", mend="1 到 40 个字")
    return name.strip()


def missing(account: str) -> NotFoundError:
    """What is said where there is no such account."""
    return NotFoundError(f"没有账户“{account}”", mend="用 zhishou people list 看有哪些")
