"""How a transaction begins; it stands alone so that every room begins alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from zhishou.database.failures import told

READING = "zhishou_reading"
"""Execution option of a connection that only reads."""
ASKING = "zhishou_asking"
"""Execution option of a connection that asks one question and needs no transaction for it."""

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
    with _said(engine), engine.connect().execution_options(**{READING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def asking(engine: Engine) -> Iterator[Connection]:
    """A connection for one question. Each statement sees one state of the database; two of them may see two.

    A transaction around a single question says nothing more, and on PostgreSQL would go to the server and back three
    times for one answer.

    Raises:
        DatabaseError: the database cannot be reached or is damaged.
    """
    with _said(engine), engine.connect().execution_options(**{ASKING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def at_last(connection: Connection) -> Iterator[None]:
    """What a transaction writes at its end: on PostgreSQL it goes to the server in one go, and the commit with it.

    Nothing may be asked within, and nothing be said after. If a statement fails, the server carries out none after it, so
    nothing is committed.

    Raises:
        sqlalchemy.exc.DBAPIError: a statement or the commit failed.
    """
    if connection.dialect.name == "sqlite":
        yield
        return
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 - a connection in use has one
    try:
        with driver.pipeline():
            yield
            end = driver.execute("COMMIT")
        # The server answers the commit of a transaction that had failed before with this word, and not with an error.
        if end.statusmessage == "ROLLBACK":
            raise psycopg.errors.InFailedSqlTransaction("nothing was committed")
    except psycopg.Error as error:
        raise DBAPIError.instance(None, None, error, psycopg.Error, hide_parameters=True) from error


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
