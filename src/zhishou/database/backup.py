"""A copy of a database while it is in use, and back again; it stands alone because a copy is worth what its check is worth.

SQLite is copied by its online backup, PostgreSQL by its own pg_dump and pg_restore. A copy goes back to the kind of database
that it came from.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect

from zhishou.database.failures import place
from zhishou.database.migrating import check
from zhishou.database.opening import engine as open_engine
from zhishou.database.opening import private
from zhishou.database.transactions import reading
from zhishou.errors import DatabaseError, ZhishouError, why

Check = Callable[[Engine], None]
"""Looks at a database, and raises where something is wrong with it."""
_KINDS = {b"SQLite format 3": "sqlite", b"PGDMP": "postgresql"}


def backup(engine: Engine, file: Path, verified: Check = check) -> None:
    """Copy a database to a file that is not there yet; the file appears under its name only once it is whole.

    Args:
        engine: the database; it may be in use.
        file: where to.
        verified: looks at the copy, where the copy is a database itself (SQLite). A copy of PostgreSQL is looked at once it
            is brought back; here only its list of contents is read.

    Raises:
        DatabaseError: the database cannot be read, or pg_dump is missing or fails.
        ZhishouError: the file is there already or cannot be written, or `verified` found something.
    """
    if file.exists():
        raise ZhishouError("已有这个文件，备份不覆盖", where=str(file), mend="换一个文件名，如带上日期")
    half = file.with_name(f".{file.name}.{os.getpid()}.half")
    try:
        private(half)
        if engine.dialect.name == "sqlite":
            _copy_sqlite(Path(str(engine.url.database)), half)
            _look_at(half, verified)
        else:
            _run(engine, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file", str(half))
            _run(engine, "pg_restore", "--list", str(half), connected=False)
        _sync(half)
        half.replace(file)
        _sync(file.parent)
    except OSError as error:
        raise ZhishouError(
            f"备份写不进去（{why(error)}）", where=str(file), mend="核对文件夹、权限和磁盘空间"
        ) from None
    finally:
        _clear(half)


def restore(engine: Engine, file: Path, *, replace: bool = False, verified: Check = check) -> None:
    """Bring a copy back into a database; every server on it must be stopped first.

    Args:
        engine: the database that the copy goes into.
        file: a copy that `backup` made.
        replace: also where there is something in it, which is lost.
        verified: looks at what comes back: for SQLite before the database takes it, for PostgreSQL afterwards.

    Raises:
        DatabaseError: the copy is damaged or of the other kind, the database is not empty, or pg_restore fails.
        ZhishouError: the file cannot be read, or `verified` found something.
    """
    kind = _kind(file)
    if kind != engine.dialect.name:
        raise DatabaseError(
            f"这份备份是 {kind} 的，不能放进 {engine.dialect.name}",
            where=str(file),
            mend="用 --database 指明同一种数据库",
        )
    if not replace and inspect(engine).get_table_names():
        raise DatabaseError("库里已有内容，没有覆盖", where=place(engine), mend="恢复到空库；确要覆盖时加 --replace")
    if kind == "sqlite":
        _bring_back(file, Path(str(engine.url.database)), verified)
        engine.dispose()
    else:
        clean = ("--clean", "--if-exists") if replace else ()
        _run(
            engine, "pg_restore", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", *clean,
            "--dbname", _without_password(engine), str(file),
        )  # fmt: skip
        engine.dispose()
        verified(engine)


def _bring_back(file: Path, target: Path, verified: Check) -> None:
    """Look at a copy of the copy, which may lie where nothing can be written, before the database takes it."""
    half = target.with_name(f".{target.name}.{os.getpid()}.half")
    try:
        private(half)
        shutil.copyfile(file, half)
        try:
            _look_at(half, verified)
        except DatabaseError as error:
            if error.where != str(half.resolve()):
                raise
            raise type(error)(
                error.message, where=str(file), mend=error.mend
            ) from None  # the copy is gone when he reads it
        private(target)
        _copy_sqlite(half, target)
    except OSError as error:
        raise ZhishouError(f"恢复写不进去（{why(error)}）", where=str(target), mend="核对权限和磁盘空间") from None
    finally:
        _clear(half)


def _clear(half: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        half.with_name(half.name + ending).unlink(missing_ok=True)


def _kind(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            start = opened.read(16)
    except OSError as error:
        raise ZhishouError(f"备份文件读不了（{why(error)}）", where=str(file), mend="核对文件名") from None
    for mark, kind in _KINDS.items():
        if start.startswith(mark):
            return kind
    raise DatabaseError("不是值守的备份文件", where=str(file), mend="备份由 zhishou journal backup 生成")


def _copy_sqlite(source: Path, target: Path) -> None:
    """Copy by SQLite's online backup: what is being written meanwhile is in it whole or not at all.

    In one go: between two steps whoever writes has it begin again from the first page, and on a busy night it would never end.
    Whoever writes does not wait for it; the write-ahead log lets him go on.
    """
    try:
        with (
            closing(sqlite3.connect(source, timeout=15)) as read,
            closing(sqlite3.connect(target, timeout=15)) as written,
        ):
            read.backup(written, pages=-1)
    except sqlite3.Error as error:
        raise DatabaseError(
            f"复制时出错：{error}",
            where=f"{source} → {target}",
            mend="先停止使用这个库的服务；若是备份文件坏了，换一份",
        ) from None


def _look_at(file: Path, verified: Check) -> None:
    made = open_engine(f"sqlite:///{file.resolve()}", create=False)
    try:
        with reading(made) as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar())
            if found != "ok":
                raise DatabaseError(f"文件损坏：{found}", where=str(file), mend="换一份备份")
        verified(made)
    finally:
        made.dispose()


def _sync(path: Path) -> None:
    """Have the disk hold a file, or a folder's list of names."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _without_password(engine: Engine) -> str:
    url = engine.url.set(drivername="postgresql", password=None)
    return url.render_as_string(hide_password=False)


def _run(engine: Engine, program: str, *arguments: str, connected: bool = True) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, where other users do not see it."""
    found = shutil.which(program)
    if found is None:
        raise DatabaseError(
            f"没有 {program} 程序", mend="安装 PostgreSQL 客户端（Debian：apt-get install postgresql-client）"
        )
    environment = dict(os.environ)
    if engine.url.password:
        environment["PGPASSWORD"] = str(engine.url.password)
    if connected and program == "pg_dump":
        arguments = ("--dbname", _without_password(engine), *arguments)
    done = subprocess.run(  # noqa: S603 - the program was found on the machine's own path
        [found, *arguments], env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    if done.returncode:
        told = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
        raise DatabaseError(
            f"{program} 没有成功：{told}", where=place(engine), mend="核对客户端版本不低于服务器；备份文件坏了就换一份"
        )
