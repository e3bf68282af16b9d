"""The server process: the app under uvicorn, alone or as one of several that share a PostgreSQL database."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from zhishou.bootstrap import House, database_url, open_house
from zhishou.errors import ZhishouError
from zhishou.web import logs

FAREWELL = 5
"""Seconds that a server which ends waits for what is under way; screens connect anew."""


def check_workers(url: str, workers: int) -> None:
    """Refuse several processes on SQLite.

    Raises:
        ZhishouError: SQLite, and more than one.
    """
    if workers > 1 and url.startswith("sqlite"):
        raise ZhishouError(
            "SQLite 只用一个进程", where="--workers", mend="去掉 --workers，或用 --database postgresql://用户@主机/库名"
        )


def run(house: House, url: str, host: str, port: int, workers: int) -> None:
    """Serve until told to end.

    Args:
        house: opened by whoever started the server; several processes open their own.
        url: of the database.
        host: address to listen on.
        port: to listen on.
        workers: processes.
    """
    common = {
        "host": host, "port": port, "proxy_headers": True, "server_header": False, "access_log": False,
        "forwarded_allow_ips": ",".join(house.settings.proxies), "log_config": None,
        "timeout_graceful_shutdown": FAREWELL, "timeout_keep_alive": 30, "h11_max_incomplete_event_size": 65_536,
    }  # fmt: skip
    logs.set_up()
    if workers == 1:
        from zhishou.web.app import app  # noqa: PLC0415 - figures of several processes want their folder set first

        uvicorn.run(app(house), **common)  # type: ignore[arg-type]
        return
    os.environ |= {
        "ZHISHOU_DATABASE": url, "ZHISHOU_DATA": str(house.folder), "ZHISHOU_EXERCISE": "1" if house.exercise else "",
    }  # fmt: skip
    house.close()
    with tempfile.TemporaryDirectory(prefix="zhishou-metrics-") as figures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
        uvicorn.run("zhishou.web.serving:one_of_several", factory=True, workers=workers, **common)  # type: ignore[arg-type]


def one_of_several() -> FastAPI:
    """The app of one process of several, from the environment that the first one set."""
    from zhishou.web.app import app  # noqa: PLC0415 - the same

    logs.set_up()
    folder, exercise = Path(os.environ["ZHISHOU_DATA"]), bool(os.environ.get("ZHISHOU_EXERCISE"))
    url = database_url(os.environ["ZHISHOU_DATABASE"], folder, exercise=exercise)
    return app(open_house(url, folder, exercise=exercise))
