"""What changed about the contact book, without any number: written with the change itself, so that the journal can miss none."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update

from zhishou.callout.tables import changes
from zhishou.database import reading, writing


class ChangeKind(StrEnum):
    """What can change."""

    IMPORTED = "contacts_imported"
    DECIDED = "contact_decided"
    ADDED = "contact_added"
    RETIRED = "contact_retired"
    EXPORTED = "contacts_exported"
    TESTED = "contacts_tested"

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return LABELS[self]


LABELS = {
    ChangeKind.IMPORTED: "通讯录已导入",
    ChangeKind.DECIDED: "通讯录待核定事项已核定",
    ChangeKind.ADDED: "通讯录已增加",
    ChangeKind.RETIRED: "通讯录已停用一项",
    ChangeKind.EXPORTED: "通讯录已导出",
    ChangeKind.TESTED: "通讯录已测试",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change; it holds no number and may be recorded and shown."""

    id: str
    kind: ChangeKind
    subject: str
    by: str
    at: datetime
    data: Mapping[str, Any]


def note(connection: Connection, kind: ChangeKind, subject: str, by: str, at: datetime, /, **data: Any) -> Change:
    """Write a change within the transaction that makes it."""
    change = Change(secrets.token_hex(16), kind, subject, by, at, data)
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    values = {"id": change.id, "kind": kind.value, "subject": subject, "by": by, "at": at, "data": text}
    connection.execute(insert(changes).values(values))
    return change


class BookChanges:
    """The changes that the desk has still to record in the journal."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def unrecorded(self, limit: int = 100) -> tuple[Change, ...]:
        """The oldest changes that are not yet marked as recorded, in order."""
        query = select(changes).where(changes.c.recorded.is_(None)).order_by(changes.c.number).limit(limit)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(
            Change(row.id, ChangeKind(row.kind), row.subject, row.by, row.at, json.loads(row.data)) for row in rows
        )

    def recorded(self, ids: Collection[str], at: datetime) -> None:
        """Mark changes as recorded in the journal."""
        with writing(self._engine) as connection:
            connection.execute(update(changes).where(changes.c.id.in_(ids)).values(recorded=at))
