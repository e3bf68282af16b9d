"""The server process: the app under uvicorn, alone or as one of several that share a PostgreSQL database."""

from __future__ import annotations

import gc
import os
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from zhishou.bootstrap import House, database_url, open_house
from zhishou.errors import ZhishouError, why
from zhishou.web import logs

TURN = 0.001
"""Seconds that one thread of the server computes while others wait. With Python's own 5 ms, an answer that waits for the
database a dozen times waits as often for the thread that draws the city's balance."""
GARBAGE = (20_000, 20, 500)
"""When Python looks for rings of forgotten objects: new ones, rounds of the young, rounds of the middle-aged. States are trees and
go by themselves; a look through all that a large register holds stops every answer for a third of a second, and by
Python's own measure it comes every ten seconds of a busy evening."""
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


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens on an address.

    It is made with its protocol named: asyncio switches off the delay of small packets only then, and with it every
    answer waits 40 ms for an acknowledgement.

    Raises:
        ZhishouError: the address is taken, or is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ZhishouError(
            f"端口用不了（{why(error)}）",
            where=f"{host}:{port}",
            mend="换一个 --port，或核对 --host；也可能服务已在运行",
        ) from None
    listening.listen(1024)
    listening.set_inheritable(True)
    return listening


def _in_a_servers_way() -> None:
    sys.setswitchinterval(TURN)
    gc.set_threshold(*GARBAGE)


def run(house: House, url: str, listening: socket.socket, workers: int) -> None:
    """Serve until told to end.

    Args:
        house: opened by whoever started the server; several processes open their own.
        url: of the database.
        listening: the socket.
        workers: processes.
    """
    logs.set_up()
    _in_a_servers_way()
    if workers == 1:
        from zhishou.web.app import app  # noqa: PLC0415 - figures of several processes want their folder set first

        uvicorn.Server(_config(app(house), house)).run(sockets=[listening])
        return
    os.environ |= {
        "ZHISHOU_DATABASE": url, "ZHISHOU_DATA": str(house.folder), "ZHISHOU_EXERCISE": "1" if house.exercise else "",
    }  # fmt: skip
    house.close()
    with tempfile.TemporaryDirectory(prefix="zhishou-metrics-") as figures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = figures
        config = _config("zhishou.web.serving:one_of_several", house, factory=True, workers=workers)
        Multiprocess(config, sockets=[listening]).run()


def _config(served: FastAPI | str, house: House, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        served, proxy_headers=True, forwarded_allow_ips=",".join(house.settings.proxies), server_header=False,
        access_log=False, log_config=None, timeout_graceful_shutdown=FAREWELL, timeout_keep_alive=30,
        h11_max_incomplete_event_size=65_536, **more,
    )  # fmt: skip


def one_of_several() -> FastAPI:
    """The app of one process of several, from the environment that the first one set."""
    from zhishou.web.app import app  # noqa: PLC0415 - the same

    logs.set_up()
    _in_a_servers_way()
    folder, exercise = Path(os.environ["ZHISHOU_DATA"]), bool(os.environ.get("ZHISHOU_EXERCISE"))
    url = database_url(os.environ["ZHISHOU_DATABASE"], folder, exercise=exercise)
    return app(open_house(url, folder, exercise=exercise))
