"""A real PostgreSQL server for the tests, started by the tests themselves on a free loopback port, and stopped again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from psycopg import sql

_OTHERS_OUT = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
ABSENT = "没有 PostgreSQL 服务程序，未在其上检验；Debian：apt-get install postgresql"


def programs() -> Path | None:
    """The folder of initdb and postgres: the newest that Debian's packages have laid, or what the PATH finds."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: float(file.parts[-3]))
    if found:
        return found[-1].parent
    named = shutil.which("initdb")
    return Path(named).resolve().parent if named and shutil.which("postgres") else None


@dataclass
class Server:
    """A running server: only this machine reaches it."""

    folder: Path
    port: int
    bin: Path
    user: str | None
    durable: bool = False
    """Whether it waits for the disk: a measurement wants that, tests are as right without and much quicker."""
    process: subprocess.Popen[bytes] | None = None
    _kept: str | None = None
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://tests@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{next(self._numbers)}"
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
        return self.url(name)

    def emptied(self, make: Callable[[str], None]) -> str:
        """The URL of a database with tables and nothing in them: `make` makes them the first time, later they are emptied.

        A tenth of the time that a new database takes; for tests that leave the tables themselves alone.
        """
        if self._kept is None:
            self._kept = self.fresh()
            make(self._kept)
        with psycopg.connect(self._kept, autocommit=True) as connection:
            connection.execute(_OTHERS_OUT)
            connection.execute("SET session_replication_role = replica")
            names = [sql.Identifier(name) for (name,) in connection.execute(_TABLES)]
            connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(sql.SQL(", ").join(names)))
        return self._kept

    def drop(self, url: str) -> None:
        with psycopg.connect(self.url(), autocommit=True) as connection:
            name = sql.Identifier(url.rsplit("/", 1)[1])
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def start(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1", "port": str(self.port), "unix_socket_directories": str(self.folder),
            "max_connections": "120", "timezone": "UTC",
        }  # fmt: skip
        if self.durable:
            settings |= {"shared_buffers": "128MB"}
        else:  # durability is PostgreSQL's own promise
            settings |= {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB", "autovacuum": "off"}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - the server's own program
                [*_dying_with_us(), str(self.bin / "postgres"), "-D", str(self.folder / "data"), *options],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, user=self.user, group=self._group(), cwd=self.folder,
            )  # fmt: skip
        self._await()

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server; `at_once` as a machine that loses power, otherwise after cutting off who is connected."""
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self.process.wait(timeout=30)
            self.process = None

    def _group(self) -> int | None:
        return None if self.user is None else self.folder.stat().st_gid

    def _await(self) -> None:
        for _ in range(300):
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self.process is None or self.process.poll() is not None:
                    break
                time.sleep(0.1)
            else:
                return
        raise RuntimeError((self.folder / "log").read_text("utf-8", errors="replace")[-3000:])


@contextmanager
def server(*, durable: bool = False) -> Iterator[Server]:
    """A new server in a folder of its own; gone with all its databases where the block ends.

    PostgreSQL does not run as root; there the unprivileged user of the machine runs it.
    """
    found = programs()
    if found is None:
        raise FileNotFoundError(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="zhishou-pg-"))
    user = "nobody" if os.geteuid() == 0 else None
    try:
        if user is not None:
            shutil.chown(folder, user)
        initdb = [
            str(found / "initdb"), "-D", str(folder / "data"), "-U", "tests", "-A", "trust", "-E", "UTF8",
            "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        ]  # fmt: skip
        made = subprocess.run(initdb, user=user, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - the same
        if made.returncode:
            raise RuntimeError(made.stderr)
        running = Server(folder, _free_port(), found, user, durable)
        try:
            running.start()
            yield running
        finally:
            running.stop(at_once=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _dying_with_us() -> list[str]:
    """Where the machine has it, what stops the server though the tests are killed and can clean up nothing."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "QUIT"] if setpriv else []


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
