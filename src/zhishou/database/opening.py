"""One URL makes the engine, on SQLite or PostgreSQL; it stands alone because nothing above asks which of the two it is.

What durability and isolation rest on is set here and nowhere else.
"""

from __future__ import annotations

import select
import time
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import URL, Connection, Engine, event
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError

from zhishou.database.failures import told
from zhishou.database.transactions import ASKING, READING
from zhishou.errors import DatabaseError, why

BUSY = 15
"""Seconds to wait for another writer before saying that the database is busy."""
IDLE = 5
"""Seconds after which an idle connection to a server is tried before it is used."""
_PRAGMAS = (
    "PRAGMA busy_timeout=15000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit that was confirmed survives a power cut
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # INSERT OR REPLACE fires the triggers that refuse a deletion
    "PRAGMA journal_size_limit=67108864",
)
_SETTINGS = (
    "SET lock_timeout='15s'",
    # A server that was cut off while it held the lock on the head must not hold it for hours.
    "SET idle_in_transaction_session_timeout='60s'",
    "SET tcp_keepalives_idle=20",
    "SET tcp_keepalives_interval=10",
    "SET tcp_keepalives_count=3",
)


def engine(url: str, *, create: bool = True) -> Engine:
    """The engine of a database, after it has been reached once.

    Args:
        url: `sqlite:///folder/file.db` (four slashes for an absolute path) or `postgresql://user@host/database`.
        create: for SQLite, make folder and file where they are missing; otherwise a missing file is an error.

    Raises:
        DatabaseError: the URL is none of the two, or the file or server cannot be reached.
    """
    try:
        parsed = sqlalchemy.make_url(url)
    except ArgumentError:
        raise DatabaseError("数据库地址读不懂", mend=_MEND) from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        made = _sqlite(parsed, create=create)
    elif backend in {"postgresql", "postgres"}:
        made = _postgresql(parsed)
    else:
        raise DatabaseError(f"不支持“{backend}”数据库", mend=_MEND)
    try:
        with made.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except (DBAPIError, UnicodeDecodeError) as error:  # libpq's own messages may come in the server's encoding
        made.dispose()
        raise told(made, error) from None
    return made


_MEND = "写成 sqlite:///文件夹/文件.db 或 postgresql://用户@主机/数据库"


def file_of(url: URL) -> Path:
    """The file of an SQLite URL.

    Raises:
        DatabaseError: it names none.
    """
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise DatabaseError("数据库地址里没有写文件", mend=_MEND)
    return Path(url.database)


def private(file: Path) -> None:
    """Make a file that is not there yet, for nobody else to read; SQLite's files beside it get the same mode.

    Raises:
        OSError: it cannot be made.
    """
    file.touch(mode=0o600, exist_ok=True)


def _sqlite(url: URL, *, create: bool) -> Engine:
    file = file_of(url)
    if not file.exists():
        if not create:
            raise DatabaseError(
                "没有这个数据库文件", where=str(file), mend="核对 --database、--data 或 ZHISHOU_DATABASE"
            )
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            private(file)
        except OSError as error:
            raise DatabaseError(f"建不了数据库文件（{why(error)}）", where=str(file), mend="核对文件夹和权限") from None
    made = sqlalchemy.create_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": BUSY},
        pool_size=10,
        max_overflow=40,
        hide_parameters=True,  # an error's text must not carry what was to be stored
    )

    @event.listens_for(made, "connect")
    def _opened(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver begins nothing by itself; `_begun` does
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    # A transaction that begins by reading and then writes could find itself overtaken; a writer says so at once.
    _beginning(made, writing="BEGIN IMMEDIATE", reading="BEGIN")
    return made


def _postgresql(url: URL) -> Engine:
    made = sqlalchemy.create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": 10, "application_name": "zhishou"},
        pool_size=10,
        max_overflow=40,
        hide_parameters=True,  # the same
    )

    @event.listens_for(made, "connect")
    def _opened(connection: Any, _: object) -> None:
        connection.autocommit = True  # the driver begins nothing by itself; `_beginning` does
        with connection.cursor() as cursor:
            for setting in _SETTINGS:
                cursor.execute(setting)
            # Without a wait for the disk, an accepted command could be lost; a stronger setting stays as it is.
            if cursor.execute("SHOW synchronous_commit").fetchone()[0] in {"off", "local"}:
                cursor.execute("SET synchronous_commit=on")

    _beginning(made, writing="BEGIN", reading="BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    _looked_after(made)
    return made


def _beginning(made: Engine, *, writing: str, reading: str) -> None:
    """Have transactions begin as their kind wants; what asks a single question, or alters what no transaction may, begins none."""

    @event.listens_for(made, "begin")
    def _begun(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not options.get(ASKING) and options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql(reading if options.get(READING) else writing)


def _looked_after(made: Engine) -> None:
    """A server that was stopped and started again is reached again, and nobody need ask it before every use whether it is there.

    A server that goes closes its connections, which this machine knows at once. A connection that something between the
    two forgot in silence is one that long stood idle.
    """

    @event.listens_for(made, "checkin")
    def _left(_: object, record: Any) -> None:
        record.info["left"] = time.monotonic()

    @event.listens_for(made, "checkout")
    def _taken(connection: psycopg.Connection, record: Any, _: object) -> None:
        left = record.info.get("left")
        if left is None or (time.monotonic() - left < IDLE and not _heard(connection)):
            return
        try:
            connection.execute("")
        except psycopg.Error:
            record.info.clear()
            raise InvalidatePoolError from None


def _heard(connection: psycopg.Connection) -> bool:
    """Whether the server has said something unasked: mostly that it goes."""
    look = select.poll()
    look.register(connection.pgconn.socket, select.POLLIN)
    return bool(look.poll(0))
