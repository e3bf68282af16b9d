"""Bringing a database to this software's version; it stands alone because it is the only place that makes or changes tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from zhishou.database.failures import place
from zhishou.database.transactions import reading, writing
from zhishou.errors import DatabaseError

FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x7A68_6973_686F_7500
"""Number of the advisory lock under which one server migrates while the others wait."""


def upgrade(engine: Engine, progress: Callable[[int, int], None] = lambda _, __: None) -> None:
    """Make or change tables until they are this software's; all of it happens, or nothing.

    Two servers that start together migrate once: the second waits and finds nothing left to do.

    Args:
        engine: the database.
        progress: is told how many steps are done, and of how many.

    Raises:
        DatabaseError: a later version of the software made the database, or other software did, its encoding is not
            UTF-8, or it is busy.
    """
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            _ready(connection, place(engine))
        else:
            _own(connection, place(engine))
        steps = _steps(connection, place(engine))
        progress(0, len(steps))
        if not steps:
            return
        done: list[str] = []

        def applied(**_: Any) -> None:
            done.append("")
            progress(len(done), len(steps))

        config = _config()
        config.attributes.update(connection=connection, applied=applied)
        command.upgrade(config, "head")


def check(engine: Engine) -> None:
    """Refuse a database whose tables are not this software's, without changing anything.

    Raises:
        DatabaseError: it is empty, of an earlier or of a later version.
    """
    with reading(engine) as connection:
        if not MigrationContext.configure(connection).get_current_heads():
            raise DatabaseError("里面没有值守的表", where=place(engine), mend="核对地址；新库先由 zhishou serve 建好")
        if _steps(connection, place(engine)):
            raise DatabaseError(
                "数据库是旧版软件建的", where=place(engine), mend="先备份，再用本版 zhishou serve 启动一次，它会升级"
            )


def version() -> str:
    """The version of the tables that this software works with."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def _own(connection: Connection, where: str) -> None:
    """Refuse a file of other software: a server's database may hold what an extension keeps there, a file holds nothing but its owner's."""
    if not MigrationContext.configure(connection).get_current_heads() and (
        there := inspect(connection).get_table_names()
    ):
        raise DatabaseError(
            f"是别的软件的数据库（里面有 {'、'.join(there[:3])} 等表）",
            where=where,
            mend="核对地址；值守要有自己的数据库文件",
        )


def _ready(connection: Connection, where: str) -> None:
    """Wait for the lock, then set the limits under which tables are changed."""
    connection.execute(text("SET LOCAL lock_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    # Nobody at a desk waits longer than this behind a change of tables.
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    connection.execute(text("SET LOCAL statement_timeout = '10min'"))
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise DatabaseError(f"数据库的编码是 {encoding}", where=where, mend="建库时写明 ENCODING 'UTF8'")


def _steps(connection: Connection, where: str) -> list[str]:
    """The migrations that this database still lacks, the first first."""
    script = ScriptDirectory.from_config(_config())
    known = [step.revision for step in script.walk_revisions()][::-1]
    heads = MigrationContext.configure(connection).get_current_heads()
    for head in heads:
        if head not in known:
            raise DatabaseError("数据库是更新版本的软件建的，本软件不认识", where=where, mend="请升级本软件")
    return known[known.index(heads[0]) + 1 :] if heads else known
