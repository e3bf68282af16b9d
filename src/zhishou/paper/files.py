"""Where the bytes of papers are kept, by their SM3: written before the event that names them, given back as they were."""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SM3, Hash
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from zhishou import database
from zhishou.errors import DamagedError, NotFoundError
from zhishou.paper.tables import files


def sm3(content: bytes) -> str:
    """SM3 (GB/T 32905) of bytes, in hexadecimal."""
    digest = Hash(SM3())
    digest.update(content)
    return digest.finalize().hex()


class Files(Protocol):
    """A store of bytes by their SM3."""

    def keep(self, content: bytes, at: datetime) -> str:
        """Keep bytes and give their SM3; the same bytes are kept once.

        Raises:
            DatabaseError: the database failed; nothing may be said of them then.
        """

    def get(self, digest: str) -> bytes:
        """The bytes of an SM3, checked against it.

        Raises:
            NotFoundError: there are none.
            DamagedError: they are no longer what was kept.
        """


class MemoryFiles:
    """A store that is gone with the process, for the record in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._lock = Lock()

    def keep(self, content: bytes, at: datetime) -> str:
        """Keep bytes."""
        del at
        digest = sm3(content)
        with self._lock:
            self._kept.setdefault(digest, content)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of an SM3."""
        return _checked(digest, self._kept.get(digest), "内存")


class SqlFiles:
    """A store in a database.

    Args:
        engine: the database, with its tables made.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def keep(self, content: bytes, at: datetime) -> str:
        """Keep bytes."""
        digest = sm3(content)
        with database.reading(self.engine) as connection:
            if connection.execute(select(files.c.digest).where(files.c.digest == digest)).one_or_none():
                return digest
        try:
            with database.writing(self.engine) as connection:
                connection.execute(insert(files), {"digest": digest, "content": content, "kept": at})
        except IntegrityError:
            self.get(digest)  # another server kept the same bytes at the same moment
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of an SM3."""
        with database.reading(self.engine) as connection:
            found = connection.execute(select(files.c.content).where(files.c.digest == digest)).scalar_one_or_none()
        return _checked(digest, found, database.place(self.engine))


def _checked(digest: str, found: bytes | None, where: str) -> bytes:
    if found is None:
        raise NotFoundError("没有这份文件的原件", where=where, mend=f"核对摘要 {digest[:16]}…；从备份找回")
    if sm3(bytes(found)) != digest:
        raise DamagedError("文件原件与摘要不符，已被改动或损坏", where=where, mend=f"从备份找回 {digest[:16]}…")
    return bytes(found)
