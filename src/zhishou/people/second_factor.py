"""The second factor: time-based codes (RFC 6238) from a telephone, and recovery codes for when it is lost.

No code is taken twice (RFC 6238 section 5.2): the step of the last one is kept, and only a later one passes.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from zhishou.database import reading, writing
from zhishou.errors import DeniedError, ZhishouError
from zhishou.people import limits
from zhishou.people.accounts import demand
from zhishou.people.changes import Change, ChangeKind, note
from zhishou.people.key import Seal
from zhishou.people.passwords import new_code, typed_code
from zhishou.people.sessions import Session, Sessions, Started
from zhishou.people.tables import accounts, insert_if_absent, recovery_codes, second_factors, sessions

STEP = 30
"""Seconds that a code is shown."""
WINDOW = 1
"""Steps by which the telephone's clock may be early or late."""
RECOVERY = 10
"""Recovery codes made at a time."""
ISSUER = "值守"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What is shown once to be taken into the telephone."""

    seed: SecretStr
    """Base32, for typing."""
    uri: SecretStr
    """`otpauth://…`"""
    picture: SecretStr
    """The same as a QR code, SVG."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A second factor in use, with recovery codes that are shown once."""

    change: Change
    recovery: tuple[SecretStr, ...]


class SecondFactor:
    """Enrols, confirms, asks for and resets second factors."""

    def __init__(self, engine: Engine, seal: Seal, sessions_: Sessions) -> None:
        self._engine = engine
        self._seal = seal
        self._sessions = sessions_

    def enrol(self, token: SecretStr, at: datetime) -> Enrolment:
        """Make a new seed for the account of the session. It counts only once `confirm` has seen a code of it.

        Raises:
            DeniedError: not logged in; or a second factor is in use and no code of it was given lately.
        """
        session = self._sessions.find(token, at)
        self._recent(session, at)
        seed = SecretStr(pyotp.random_base32())
        with writing(self._engine) as connection:
            login = connection.execute(select(accounts.c.login).where(accounts.c.id == session.account)).scalar_one()
            insert_if_absent(connection, second_factors, {"account": session.account, "last_step": -1})
            kept = update(second_factors).where(second_factors.c.account == session.account)
            connection.execute(kept.values(pending=self._seal.close(seed, session.account)))
        return _shown(seed, login)

    def begun(self, token: SecretStr, at: datetime) -> Enrolment | None:
        """The seed that waits for its first code, shown again: a digit mistyped is no reason for another seed.

        Raises:
            DeniedError: not logged in; or a second factor is in use and no code of it was given lately.
        """
        session = self._sessions.find(token, at)
        self._recent(session, at)
        query = (
            select(second_factors.c.pending, accounts.c.login)
            .join(accounts, accounts.c.id == second_factors.c.account)
            .where(second_factors.c.account == session.account)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return (
            None
            if row is None or row.pending is None
            else _shown(self._seal.open(row.pending, session.account), row.login)
        )

    def confirm(self, token: SecretStr, code: SecretStr, at: datetime) -> Confirmed:
        """Take the new seed into use, given a code of it. Other sessions of the account end.

        Raises:
            DeniedError: not logged in, or the code is not of the new seed.
            TooManyError: too many wrong codes.
            ZhishouError: nothing was enrolled.
        """
        session = self._sessions.find(token, at)
        self._recent(session, at)
        account = session.account
        self._count(account, at)
        with writing(self._engine) as connection:
            query = select(second_factors).where(second_factors.c.account == account).with_for_update()
            row = connection.execute(query).first()
            if row is None or row.pending is None:
                raise ZhishouError("还没有开始启用动态口令", mend="请先扫描二维码")
            step = matching_step(self._seal.open(row.pending, account), code, at)
            if step is None:
                raise _wrong()
            mine = update(second_factors).where(second_factors.c.account == account)
            connection.execute(mine.values(sealed=row.pending, pending=None, last_step=step))
            others = delete(sessions).where(sessions.c.account == account, sessions.c.id != session.id)
            connection.execute(others)
            connection.execute(update(sessions).where(sessions.c.id == session.id).values(second_factor_at=at))
            limits.forgive(connection, limits.code_tally(account))
            change = note(connection, ChangeKind.SECOND_FACTOR_SET, account, account, at)
            return Confirmed(change, _renew(connection, account))

    def prove(self, token: SecretStr, code: SecretStr, at: datetime) -> Started:
        """Take a code: the step after the password, or anew before a weighty command.

        A session that owed the code goes on under a new token, so that a token known before is worth nothing; one that
        proves itself anew keeps its token, because other windows of the browser are using it. A recovery code serves in
        place of a code of the telephone, once, and also while wrong codes are slowed down, for nobody can guess it.

        Raises:
            DeniedError: not logged in, no second factor in use, or the code is wrong or was used.
            TooManyError: too many wrong codes.
        """
        session = self._sessions.find(token, at, halfway=True)
        if not session.has_second_factor:
            raise DeniedError("没有启用动态口令", wants="second_factor", mend="请先在“我的账户”里启用")
        if len(_digits(code)) == 6:
            self._telephone(session.account, code, at)
        else:
            self._recovery(session.account, code, at)
        with writing(self._engine) as connection:
            if session.wants == "second_factor":
                gone = connection.execute(delete(sessions).where(sessions.c.id == session.id)).rowcount
                if gone == 0:
                    raise DeniedError("没有登录，或登录已过期", mend="请重新登录")
                more = {"second_factor_at": at, "address": session.address, "device": session.device}
                return self._sessions.begin(connection, session.account, at, more)
            proved = update(sessions).where(sessions.c.id == session.id).values(second_factor_at=at)
            connection.execute(proved)
            return Started(self._sessions.read(connection, token, at), token)

    def renew_recovery(self, token: SecretStr, at: datetime) -> Confirmed:
        """Make new recovery codes; the old ones are void.

        Raises:
            DeniedError: not logged in, or no code was given lately.
        """
        session = self._sessions.find(token, at)
        self._recent(session, at, always=True)
        with writing(self._engine) as connection:
            change = note(connection, ChangeKind.RECOVERY_CODES_MADE, session.account, session.account, at)
            return Confirmed(change, _renew(connection, session.account))

    def left(self, account: str) -> int:
        """How many recovery codes are still good."""
        with reading(self._engine) as connection:
            return _left(connection, account)

    def reset(self, account: str, at: datetime, by: str) -> Change:
        """Take the second factor away, by an administrator, when telephone and recovery codes are lost. Sessions end."""
        with writing(self._engine) as connection:
            demand(connection, account)
            for table in (second_factors, recovery_codes, sessions):
                connection.execute(delete(table).where(table.c.account == account))
            limits.forgive(connection, limits.code_tally(account))
            return note(connection, ChangeKind.SECOND_FACTOR_RESET, account, by, at)

    def _telephone(self, account: str, code: SecretStr, at: datetime) -> None:
        slowed = self._count(account, at)
        with writing(self._engine) as connection:
            query = select(second_factors.c.sealed, second_factors.c.last_step)
            row = connection.execute(query.where(second_factors.c.account == account)).first()
            step = None
            if row is not None and row.sealed is not None:
                step = matching_step(self._seal.open(row.sealed, account), code, at, after=row.last_step)
            passed = step is not None and _used_up(connection, account, step)
            if passed:
                limits.forgive(connection, limits.code_tally(account))
            elif slowed:
                note(connection, ChangeKind.SLOWED, account, "", at, code=True)
        if not passed:
            raise _wrong()

    def _recovery(self, account: str, code: SecretStr, at: datetime) -> None:
        mine = (recovery_codes.c.account == account) & (recovery_codes.c.code_hash == _hashed(account, code))
        with writing(self._engine) as connection:
            used = update(recovery_codes).where(mine, recovery_codes.c.used.is_(None)).values(used=at)
            if connection.execute(used).rowcount == 0:
                raise _wrong()
            note(connection, ChangeKind.RECOVERY_CODE_USED, account, account, at, left=_left(connection, account))

    def _count(self, account: str, at: datetime) -> bool:
        with writing(self._engine) as connection:
            return limits.count(connection, limits.code_tally(account), at)

    @staticmethod
    def _recent(session: Session, at: datetime, *, always: bool = False) -> None:
        if (session.has_second_factor or always) and not session.fresh(at):
            raise DeniedError("需要再输一次动态口令", wants="second_factor", mend="请先输入手机上的动态口令")


def _shown(seed: SecretStr, login: str) -> Enrolment:
    """A seed for typing, as an address and as a picture."""
    uri = pyotp.TOTP(seed.get_secret_value()).provisioning_uri(name=login, issuer_name=ISSUER)
    picture = io.BytesIO()
    segno.make(uri, error="m").save(picture, kind="svg", scale=4, xmldecl=False)
    return Enrolment(seed, SecretStr(uri), SecretStr(picture.getvalue().decode()))


def _used_up(connection: Connection, account: str, step: int) -> bool:
    """Keep the step as the last one taken; False where another request has just taken it or a later one."""
    earlier = (second_factors.c.account == account) & (second_factors.c.last_step < step)
    return connection.execute(update(second_factors).where(earlier).values(last_step=step)).rowcount == 1


def code_of(seed: SecretStr, step: int) -> str:
    """The code of one time step, six digits (RFC 6238: HOTP over the number of the step)."""
    return pyotp.HOTP(seed.get_secret_value()).at(step)


def matching_step(seed: SecretStr, code: SecretStr, at: datetime, *, after: int = -1) -> int | None:
    """The step near `at`, later than `after`, whose code it is; None where there is none."""
    now = int(at.timestamp()) // STEP
    sent = _digits(code).encode()
    found = None
    for step in range(now - WINDOW, now + WINDOW + 1):
        right = hmac.compare_digest(code_of(seed, max(step, 0)).encode(), sent)
        if right and step > after and found is None:
            found = step
    return found


def _digits(code: SecretStr) -> str:
    text = unicodedata.normalize("NFKC", code.get_secret_value()[:64]).replace(" ", "")
    return text if text.isascii() and text.isdigit() else ""


def _hashed(account: str, code: SecretStr) -> str:
    return hashlib.sha256(f"{account}:{typed_code(code).get_secret_value()}".encode()).hexdigest()


def _renew(connection: Connection, account: str) -> tuple[SecretStr, ...]:
    codes = tuple(new_code() for _ in range(RECOVERY))
    connection.execute(delete(recovery_codes).where(recovery_codes.c.account == account))
    rows = [{"account": account, "code_hash": _hashed(account, code)} for code in codes]
    connection.execute(insert(recovery_codes), rows)
    return codes


def _left(connection: Connection, account: str) -> int:
    unused = recovery_codes.c.used.is_(None) & (recovery_codes.c.account == account)
    return connection.execute(select(func.count()).select_from(recovery_codes).where(unused)).scalar_one()


def _wrong() -> DeniedError:
    return DeniedError(
        "动态口令不对或已用过",
        wants="second_factor",
        mend="等手机上换成下一个再输；手机时间要准；手机不在身边可用恢复码",
    )
