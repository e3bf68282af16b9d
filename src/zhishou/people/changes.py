"""What changed about people, without any secret: written with the change itself, so that the journal can miss none.

The record of the house is the journal; this room keeps each change beside its tables in the same transaction until the
desk has recorded it there (`Changes.unrecorded`, `Changes.recorded`). The change's id serves as the command's key, so a
crash between the two records nothing twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, insert, select, update

from zhishou.database import reading, writing
from zhishou.people.tables import changes

CONSOLE = "console"
"""Who acts when a command is typed on the server itself."""


class ChangeKind(StrEnum):
    """What can change."""

    FOUNDED = "founded"
    ADDED = "account_added"
    RENAMED = "account_renamed"
    DISABLED = "account_disabled"
    ENABLED = "account_enabled"
    PASSWORD_RESET = "password_reset"  # noqa: S105 - a kind of change
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the same
    LOGGED_IN = "logged_in"
    SLOWED = "login_slowed"
    SESSIONS_ENDED = "sessions_ended"
    SECOND_FACTOR_SET = "second_factor_set"
    SECOND_FACTOR_RESET = "second_factor_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    TOKEN_MADE = "token_made"  # noqa: S105 - the same
    TOKEN_REVOKED = "token_revoked"  # noqa: S105 - the same

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return LABELS[self]


LABELS = {
    ChangeKind.FOUNDED: "首个管理员已建立",
    ChangeKind.ADDED: "账户已建立",
    ChangeKind.RENAMED: "账户已改名",
    ChangeKind.DISABLED: "账户已停用",
    ChangeKind.ENABLED: "账户已恢复",
    ChangeKind.PASSWORD_RESET: "密码已重置",
    ChangeKind.PASSWORD_CHANGED: "密码已修改",
    ChangeKind.LOGGED_IN: "已登录",
    ChangeKind.SLOWED: "登录失败过多，已限速",
    ChangeKind.SESSIONS_ENDED: "登录已退出",
    ChangeKind.SECOND_FACTOR_SET: "动态口令已启用",
    ChangeKind.SECOND_FACTOR_RESET: "动态口令已清除",
    ChangeKind.RECOVERY_CODES_MADE: "恢复码已换发",
    ChangeKind.RECOVERY_CODE_USED: "恢复码已使用",
    ChangeKind.TOKEN_MADE: "接口令牌已签发",
    ChangeKind.TOKEN_REVOKED: "接口令牌已作废",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change; it holds no secret and may be recorded and shown."""

    id: str
    kind: ChangeKind
    account: str
    """Whom it is about; empty where an unknown login was tried."""
    by: str
    """Account id of who did it, or `console`."""
    at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Issued:
    """A change together with the secret that it made, which is shown now and never again."""

    change: Change
    secret: SecretStr


def note(connection: Connection, kind: ChangeKind, account: str, by: str, at: datetime, /, **data: Any) -> Change:
    """Write a change within the transaction that makes it."""
    change = Change(secrets.token_hex(16), kind, account, by, at, data)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    values = {"id": change.id, "kind": kind.value, "account": account, "by": by, "at": at, "data": text}
    connection.execute(insert(changes).values(values))
    return change


class Changes:
    """The changes that the desk has still to record in the journal."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unrecorded(self, limit: int = 100) -> tuple[Change, ...]:
        """The oldest changes that are not yet marked as recorded, in order."""
        query = select(changes).where(changes.c.recorded.is_(None)).order_by(changes.c.number).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(
            Change(row.id, ChangeKind(row.kind), row.account, row.by, row.at, json.loads(row.data)) for row in rows
        )

    def recorded(self, ids: Collection[str], at: datetime) -> None:
        """Mark changes as recorded in the journal."""
        with writing(self._engine) as connection:
            connection.execute(update(changes).where(changes.c.id.in_(ids)).values(recorded=at))
