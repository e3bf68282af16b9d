"""How a transaction begins; it stands alone so that every room begins alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from zhishou.database.failures import told

READING = "zhishou_reading"
"""Execution option of a connection that only reads."""

_turns: WeakKeyDictionary[Engine, Lock] = WeakKeyDictionary()
_turns_lock = Lock()


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed where the block ends, undone where it raises.

    SQLite has one writer. Threads of this process queue for it here, because waiting inside SQLite is sleeping and
    trying again. Do not begin a second one inside the first.

    Raises:
        DatabaseError: the database cannot be reached, is busy, full or damaged.
        sqlalchemy.exc.IntegrityError: a constraint refused; the room knows what that means.
        sqlalchemy.exc.DataError: a value that no column takes; the same.
    """
    with _said(engine):
        if engine.dialect.name == "sqlite":
            with _turn(engine), engine.begin() as connection:
                yield connection
        else:
            with engine.begin() as connection:
                yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and sees one state of the database throughout.

    Raises:
        DatabaseError: the database cannot be reached or is damaged.
    """
    options = {READING: True} if engine.dialect.name == "sqlite" else _SNAPSHOT
    with _said(engine), engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


_SNAPSHOT = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _turn(engine: Engine) -> Lock:
    with _turns_lock:
        return _turns.setdefault(engine, Lock())


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except (DBAPIError, PoolTimeoutError, UnicodeDecodeError) as error:
        raise told(engine, error) from error
