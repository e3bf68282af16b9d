"""Bringing lines into the book, and deciding what was held: the two ways in which it grows."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import SecretStr
from sqlalchemy import Connection, Row, insert, select, update

from zhishou.callout.book.changes import ChangeKind, note
from zhishou.callout.book.checking import Checked, Known, check, corrected, read
from zhishou.callout.book.keeping import UNREADABLE, ContactBook
from zhishou.callout.book.lines import Code, Entry, HeldLine, Line, loaded
from zhishou.callout.book.numbers import unnumbered
from zhishou.callout.tables import held, imports
from zhishou.database import reading, writing
from zhishou.errors import NotFoundError, ZhishouError

Action = Literal["use", "replace", "correct", "reject"]
ACTIONS: dict[Action, str] = {"use": "照用", "replace": "改用", "correct": "更正后用", "reject": "不用"}
"""use: beside what is there · replace: instead of what stands in the same place · correct: with what a person has put right ·
reject: not at all."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided of one held line."""

    held: str
    """Its id."""
    action: str
    """One of `ACTIONS`."""
    reason: str
    """Why, for the record; a number in it is taken out."""
    value: str = ""
    """Of `correct`: the right number or address."""
    who: str = ""
    """Of `correct`: the right unit or post."""
    account: str = ""
    """Of `correct`: the right account."""

    def fits(self) -> None:
        """Refuse what cannot be carried out.

        Raises:
            ZhishouError: with the mend.
        """
        if self.action not in ACTIONS:
            raise ZhishouError(f"没有“{self.action}”这种核定", where=self.held, mend=f"可用：{'、'.join(ACTIONS)}")
        if not self.reason.strip():
            raise ZhishouError("没有写理由", where=self.held, mend="理由要记录在案")
        if bool(self.value or self.who or self.account) != (self.action == "correct"):
            raise ZhishouError("更正才写号码、单位或账户，且至少写一项", where=self.held, mend="改用 correct，或不写")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A held line, as a person sees it."""

    id: str
    code: Code
    place: str
    label: str
    message: str
    mend: str
    written: str
    """The number as written; for the eyes of whoever decides, never for the record."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import."""

    added: int
    unchanged: int
    held: tuple[Waiting, ...]
    """New ones."""
    waiting_before: int
    """Lines that wait already, from an earlier import of the same."""


def bring_in(
    book: ContactBook, name: str, lines: Iterable[Line], known: Known, *, by: str, at: datetime, digest: str = ""
) -> Imported:
    """Check lines and put into use what may be used; the rest waits. The same lines again add nothing.

    Args:
        book: the book.
        name: of the file or source.
        lines: as written.
        known: whom they can be about.
        by: account id, or `console`.
        at: now.
        digest: of the file.
    """
    import_id = secrets.token_hex(8)
    with writing(book.engine) as connection:
        book.alone(connection)
        checked = check(lines, book.kept(connection), known, book.mark)
        values = {"id": import_id, "name": name, "digest": digest, "at": at, "by": by, "counts": "{}"}
        connection.execute(insert(imports).values(values))
        added = book.add(connection, checked.entries, name, at)
        waiting, before = _hold(connection, book, import_id, checked)
        counts = {"added": len(added), "unchanged": len(checked.unchanged), "held": len(waiting)}
        connection.execute(update(imports).where(imports.c.id == import_id).values(counts=json.dumps(counts)))
        told = [{"held": one.id, "code": one.code} for one in waiting]
        note(connection, ChangeKind.IMPORTED, import_id, by, at, file=name, added=added, held=told, counts=counts)
    return Imported(len(added), len(checked.unchanged), tuple(waiting), before)


def _hold(connection: Connection, book: ContactBook, import_id: str, checked: Checked) -> tuple[list[Waiting], int]:
    there = set(connection.execute(select(held.c.mark).where(held.c.decided.is_(None))).scalars())
    waiting, before = [], 0
    for number, one in enumerate(checked.held, start=1):
        mark = book.seal.mark(_content(one), "held line")
        if mark in there:
            before += 1
            continue
        there.add(mark)
        id_ = f"{import_id[:6]}-{number}"
        sealed = book.seal.close(SecretStr(json.dumps(one.line.dumped(), ensure_ascii=False)), id_)
        values: dict[str, Any] = {
            "id": id_, "import": import_id, "number": number, "code": one.code, "place": one.line.place,
            "label": one.line.label, "message": one.message, "mend": one.mend, "sealed": sealed, "mark": mark,
            "action": "", "by": "", "reason": "",
        }  # fmt: skip
        connection.execute(insert(held).values(values))
        waiting.append(_waiting(one, id_))
    return waiting, before


def _content(one: HeldLine) -> str:
    """What makes a held line the same again: all but where it stood."""
    line = one.line
    said = [line.who, line.account, line.name, line.kind, line.written, line.hours, line.holder, one.code]
    said += [line.channel] if line.channel else []
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _waiting(one: HeldLine, id_: str) -> Waiting:
    return Waiting(id_, one.code, one.line.place, one.line.label, one.message, one.mend, one.line.written)


def waiting(book: ContactBook) -> tuple[Waiting, ...]:
    """Every line that waits, the oldest import first."""
    query = (
        select(held, imports.c.at.label("at"))
        .join(imports, held.c["import"] == imports.c.id)
        .where(held.c.decided.is_(None))
        .order_by(imports.c.at, imports.c.id, held.c.number)
    )
    with reading(book.engine) as connection:
        rows = connection.execute(query).all()
    return tuple(
        Waiting(row.id, row.code, row.place, row.label, row.message, row.mend, _written(book, row)) for row in rows
    )


def _written(book: ContactBook, row: Row[Any]) -> str:
    """The number as written; one that cannot be opened hides none of the others."""
    try:
        return _line(book, row).written
    except ZhishouError:
        return UNREADABLE


def _line(book: ContactBook, row: Row[Any]) -> Line:
    return loaded(json.loads(book.opened(row.sealed, row.id)))


def decide(book: ContactBook, given: Decision, known: Known, *, by: str, at: datetime) -> int:
    """Decide one held line; how many addresses came into use.

    Args:
        book: the book.
        given: what a person decided.
        known: whom it can be about.
        by: account id, or `console`.
        at: now.

    Raises:
        NotFoundError: nothing of this id waits.
        ZhishouError: the action does not fit, the reason is missing, or what is put right is still wrong.
    """
    given.fits()
    id_, reason = given.held, unnumbered(given.reason.strip())
    with writing(book.engine) as connection:
        book.alone(connection)
        row = connection.execute(select(held).where(held.c.id == id_, held.c.decided.is_(None))).first()
        if row is None:
            raise NotFoundError(f"没有编号为“{id_}”的待核定事项", mend="用 zhishou callout held 查看")
        added: list[dict[str, str]] = []
        if given.action != "reject":
            line = _line(book, row)
            entry = _used(corrected(line, value=given.value, who=given.who, account=given.account), known, book)
            kept = book.kept(connection)
            if given.action == "replace":
                slot = [one.id for one in kept if one.slot == entry.slot]
                book.retired(connection, slot, at)
                kept = tuple(one for one in kept if one.id not in slot)
            if entry.key not in {one.key for one in kept}:
                added = book.add(connection, [entry], f"核定 {id_}", at)
        values = {"decided": at, "action": given.action, "by": by, "reason": reason}
        connection.execute(update(held).where(held.c.id == id_).values(values))
        told = {"code": row.code, "action": given.action, "reason": reason, "added": added}
        note(connection, ChangeKind.DECIDED, id_, by, at, **told)
    return len(added)


def _used(line: Line, known: Known, book: ContactBook) -> Entry:
    found = read(line, known, book.mark)
    if isinstance(found, HeldLine):
        raise ZhishouError(found.message, where=line.place, mend=f"用 correct 更正：{found.mend}")
    return found
