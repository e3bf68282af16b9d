"""The door: from a login and a password to a session, and from an old password to a new one.

It answers alike, and takes as long, whether the login is unknown, the account disabled or the password wrong.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, Row, delete, select, update

from zhishou.database import reading, writing
from zhishou.errors import DeniedError, ZhishouError
from zhishou.people import limits
from zhishou.people.accounts import login_key
from zhishou.people.changes import ChangeKind, note
from zhishou.people.passwords import Passwords, typed_code
from zhishou.people.sessions import Sessions, Started
from zhishou.people.strength import refuse_weak
from zhishou.people.tables import accounts, sessions


class Login:
    """Lets people in."""

    def __init__(self, engine: Engine, passwords: Passwords, sessions_: Sessions) -> None:
        self._engine = engine
        self._passwords = passwords
        self._sessions = sessions_

    def enter(self, login: str, password: SecretStr, address: str, at: datetime, device: str = "") -> Started:
        """Begin a session; `session.wants` says what is still owed.

        Args:
            login: as typed.
            password: as typed; a one-time password serves once.
            address: where the request comes from, as the server itself knows it.
            at: now.
            device: what the browser calls itself, for the owner's list of sessions.

        Raises:
            DeniedError: unknown, disabled, wrong or expired; it does not say which.
            TooManyError: too many attempts; it is not said whether this one was right.
        """
        with reading(self._engine) as connection:
            row = _find(connection, login)
            keys = limits.login_tallies(connection, login_key(login), row and row.id, address, at)
            limits.ask(connection, keys, at)
        with self._passwords.turn():
            with writing(self._engine) as connection:
                slowed = limits.count(connection, keys, at)
            right = self._right(row, password, at)
            new_hash = self._renewed(row, password) if right and row is not None else None
        started = None
        with writing(self._engine) as connection:
            if right and row is not None and _taken(connection, row, new_hash):
                limits.forgive(connection, keys)
                limits.remember(connection, row.id, address, at)
                more = {"address": limits.place(address), "device": device[:200]}
                started = self._sessions.begin(connection, row.id, at, more)
                note(connection, ChangeKind.LOGGED_IN, row.id, row.id, at, address=more["address"])
            elif slowed:
                where = limits.place(address)
                note(connection, ChangeKind.SLOWED, row.id if row else "", "", at, address=where)
        if started is None:
            raise DeniedError("用户名或密码不对", mend="忘了密码、账户已停用或一次性密码已过期的，请找系统管理员")
        return started

    def change_password(self, token: SecretStr, old: SecretStr | None, new: SecretStr, at: datetime) -> Started:
        """Set a new password. Every session of the account ends; the caller goes on in a new one.

        Args:
            token: of the session, which may still owe the new password but no code.
            old: the present password; not needed where a one-time password has just been used up.
            new: the new one.
            at: now.

        Raises:
            DeniedError: not logged in, a code is still owed, or the old password is wrong.
            TooManyError: the old password was wrong too often.
            ZhishouError: the new one is too weak, or the old one again.
        """
        session = self._sessions.find(token, at, halfway=True)
        if session.wants == "second_factor":
            raise DeniedError("还差动态口令", wants=session.wants, mend="请先完成这一步")
        with reading(self._engine) as connection:
            row = connection.execute(select(accounts).where(accounts.c.id == session.account)).one()
        if row.password_hash is not None:
            self._proved(row, old, session.address, at)
        refuse_weak(new, (row.login, row.name, row.id))
        if old is not None and old.get_secret_value() == new.get_secret_value():
            raise ZhishouError("新密码与原密码相同", mend="请换一个")
        with self._passwords.turn():
            hashed = self._passwords.hashed(new)
        with writing(self._engine) as connection:
            now = self._sessions.read(connection, token, at)  # another may have ended it meanwhile
            same = accounts.c.password_hash.is_not_distinct_from(row.password_hash)
            mine = update(accounts).where(accounts.c.id == row.id, same)
            values = {"password_hash": hashed, "password_set": at, "once_until": None, "must_change": False}
            if connection.execute(mine.values(**values)).rowcount == 0:
                raise DeniedError("密码刚刚被改过", mend="请重新登录")
            connection.execute(delete(sessions).where(sessions.c.account == row.id))
            note(connection, ChangeKind.PASSWORD_CHANGED, row.id, row.id, at)
            more = {name: getattr(now, name) for name in ("address", "device", "second_factor_at", "ends")}
            return self._sessions.begin(connection, row.id, at, more)

    def _proved(self, row: Row[Any], old: SecretStr | None, address: str, at: datetime) -> None:
        """Ask for the present password anew: a browser left open must not be enough to take the account over."""
        with self._passwords.turn():
            with writing(self._engine) as connection:
                keys = limits.login_tallies(connection, row.login_key, row.id, address, at)
                limits.count(connection, keys, at)
            if old is None or not self._passwords.matches(row.password_hash, old):
                raise DeniedError("原密码不对", mend="请再输一次；忘了请找系统管理员")
        with writing(self._engine) as connection:
            limits.forgive(connection, keys)

    def _right(self, row: Row[Any] | None, password: SecretStr, at: datetime) -> bool:
        usable = row is not None and row.disabled is None
        once = row is not None and row.once_until is not None
        right = self._passwords.matches(
            row.password_hash if row is not None and usable else None, typed_code(password) if once else password
        )
        return right and (row is None or row.once_until is None or at < row.once_until)

    def _renewed(self, row: Row[Any], password: SecretStr) -> str | None:
        """The hash to keep from now on: none of a one-time password, a costlier one where costs have risen."""
        if row.once_until is not None:
            return None
        kept: str = row.password_hash
        return self._passwords.hashed(password) if self._passwords.outdated(kept) else kept


def _find(connection: Connection, login: str) -> Row[Any] | None:
    return connection.execute(select(accounts).where(accounts.c.login_key == login_key(login))).first()


def _taken(connection: Connection, row: Row[Any], new_hash: str | None) -> bool:
    """Use the password up, or renew its hash; False where another has used or changed it since it was read."""
    same = (accounts.c.id == row.id) & (accounts.c.password_hash == row.password_hash) & accounts.c.disabled.is_(None)
    values = {"password_hash": new_hash, "once_until": None} if new_hash is None else {"password_hash": new_hash}
    return connection.execute(update(accounts).where(same).values(**values)).rowcount == 1
