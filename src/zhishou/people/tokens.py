"""Tokens by which reporters and machines speak to the API: `zs_<id>_<secret>`, shown once, kept as a hash."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Engine, Row, bindparam, insert, select, update

from zhishou.database import asking, reading, writing
from zhishou.errors import DeniedError, NotFoundError, ZhishouError
from zhishou.people.accounts import demand
from zhishou.people.changes import Change, ChangeKind, Issued, note
from zhishou.people.sessions import hashed
from zhishou.people.tables import accounts, tokens

LONGEST = timedelta(days=731)
"""No token lasts longer; one that nobody remembers must end by itself."""
_USED_EVERY = timedelta(minutes=1)
_FORM = re.compile(r"zs_(?P<id>[0-9a-f]{12})_[0-9a-f]{64}")


class Scope(StrEnum):
    """What a token may do; what its account's posts do not allow, it may not either."""

    RETURN = "return"
    REPORT = "report"
    READ = "read"

    @property
    def label(self) -> str:
        """In Chinese."""
        return {"return": "报送报表", "report": "报告信息", "read": "查看"}[self.value]


@dataclass(frozen=True, slots=True)
class Token:
    """One token, without its secret."""

    id: str
    account: str
    account_name: str
    name: str
    """What it is for, as whoever made it put it."""
    scopes: frozenset[Scope]
    created: datetime
    expires: datetime
    used: datetime | None
    """When last, to the minute."""
    revoked: datetime | None


class Tokens:
    """Makes, checks, lists and revokes tokens."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._used: dict[str, datetime] = {}
        self._lock = Lock()

    def make(
        self, account: str, name: str, scopes: Collection[Scope], expires: datetime, at: datetime, by: str
    ) -> Issued:
        """A new token for an account.

        Raises:
            NotFoundError: there is no such account.
            ZhishouError: no scope, no name, or an expiry that is past or too far off.
        """
        if not scopes or not name.strip() or not name.isprintable():
            raise ZhishouError("令牌要写明用途和权限", mend="权限为 return、report、read 中的一个或几个")
        if not at < expires <= at + LONGEST:
            raise ZhishouError("令牌的有效期不对", mend=f"从现在起，至多 {LONGEST.days} 天")
        id_ = secrets.token_hex(6)
        secret = SecretStr(f"zs_{id_}_{secrets.token_hex(32)}")
        kept = sorted(scope.value for scope in scopes)
        with writing(self._engine) as connection:
            demand(connection, account)
            row = {
                "id": id_, "token_hash": hashed(secret), "account": account, "name": name.strip()[:60],
                "scopes": " ".join(kept), "created": at, "expires": expires,
            }  # fmt: skip
            connection.execute(insert(tokens).values(row))
            told = {"token": id_, "name": row["name"], "scopes": kept, "expires": expires.isoformat()}
            return Issued(note(connection, ChangeKind.TOKEN_MADE, account, by, at, **told), secret)

    def check(self, token: SecretStr, at: datetime) -> Token:
        """Whose token it is; at most once a minute it is noted that it is in use, see `note_used`.

        No limit on attempts is needed: a secret of 256 bits is not guessed.

        Raises:
            DeniedError: unknown, wrong, expired, revoked, or its account is disabled; it does not say which.
        """
        form = _FORM.fullmatch(token.get_secret_value())
        row = None
        if form is not None:
            with asking(self._engine) as connection:
                row = connection.execute(_OF_ID, {"token": form["id"]}).first()
        kept = row.token_hash if row is not None else "0" * 64
        right = hmac.compare_digest(kept, hashed(token))
        if row is None or not right or row.revoked is not None or row.disabled is not None or at >= row.expires:
            raise DeniedError("接口令牌无效", mend="核对令牌；过期或作废的请系统管理员重新签发")
        if row.used is None or at - row.used >= _USED_EVERY:
            with self._lock:
                self._used.setdefault(row.id, at)
        return _token(row)

    def note_used(self) -> None:
        """Write down when tokens were used last, for all at once: no caller waits for the disk for it.

        A server that is killed forgets what it has not written down yet; a list of tokens shows it before it is asked.
        """
        with self._lock:
            found, self._used = self._used, {}
        if found:
            with writing(self._engine) as connection:
                connection.execute(_USED, [{"token": id_, "moment": at} for id_, at in sorted(found.items())])

    def of(self, account: str = "") -> tuple[Token, ...]:
        """The tokens of one account, or of all, in the order in which they were made."""
        self.note_used()
        query = _QUERY.order_by(tokens.c.created, tokens.c.id)
        with reading(self._engine) as connection:
            found = connection.execute(query.where(tokens.c.account == account) if account else query)
            return tuple(_token(row) for row in found)

    def revoke(self, token: str, at: datetime, by: str) -> Change:
        """Make a token void, by its id.

        Raises:
            NotFoundError: there is no such token, or it is void already.
        """
        with writing(self._engine) as connection:
            mine = (tokens.c.id == token) & tokens.c.revoked.is_(None)
            if connection.execute(update(tokens).where(mine).values(revoked=at)).rowcount == 0:
                raise NotFoundError("没有这个令牌，或已经作废", mend="用 zhishou people token --list 看有哪些")
            account = connection.execute(select(tokens.c.account).where(tokens.c.id == token)).scalar_one()
            return note(connection, ChangeKind.TOKEN_REVOKED, account, by, at, token=token)


_QUERY = select(tokens, accounts.c.name.label("account_name"), accounts.c.disabled).join(
    accounts, accounts.c.id == tokens.c.account
)
# Put into words once; every request of a reporter says it.
_OF_ID = _QUERY.where(tokens.c.id == bindparam("token"))
_USED = (
    update(tokens)
    .where(tokens.c.id == bindparam("token"), tokens.c.used.is_(None) | (tokens.c.used < bindparam("moment")))
    .values(used=bindparam("moment"))
)


def _token(row: Row[Any]) -> Token:
    scopes = frozenset(Scope(scope) for scope in row.scopes.split())
    return Token(
        row.id, row.account, row.account_name, row.name, scopes, row.created, row.expires, row.used, row.revoked
    )
