"""The real server on a free port of this machine, over the made-up night; and logins of everybody in it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import httpx
import made_up_night
import uvicorn
from pydantic import SecretStr

from zhishou.bootstrap import House, open_house
from zhishou.database import writing
from zhishou.people.passwords import Cost
from zhishou.people.sessions import csrf
from zhishou.people.tables import accounts
from zhishou.plan.load import Library, library
from zhishou.web.app import app

CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
INCIDENT = "jincheng-2026-0001"


@cache
def shelf() -> Library:
    """The shipped plans."""
    return library()


@cache
def _made() -> Path:
    """The night, made once; every test works on a copy of it."""
    folder = Path(mkdtemp(prefix="zhishou-night-"))
    made = made_up_night.night(folder, cost=CHEAP, plans=shelf())
    made.house.close()
    return folder


@dataclass
class Evening:
    """A copy of the night, with a clock moved by hand."""

    folder: Path
    house: House
    clock: made_up_night.Clock
    incident: str = INCIDENT
    address: str = ""
    _sessions: dict[str, SecretStr] = field(default_factory=dict)

    def session(self, person: str) -> SecretStr:
        """A login of somebody who has chosen his password."""
        if person not in self._sessions:
            with writing(self.house.engine) as connection:
                connection.execute(accounts.update().where(accounts.c.id == person).values(must_change=False))
                begun = self.house.gate.sessions.begin(connection, person, self.house.now(), {"address": "127.0.0.1"})
                self._sessions[person] = begun.token
        return self._sessions[person]

    def browser_of(self, person: str) -> httpx.Client:
        """A plain client that is logged in as somebody."""
        cookies = {"zhishou": self.session(person).get_secret_value()}
        return httpx.Client(base_url=self.address, cookies=cookies, timeout=30)

    def forget(self) -> None:
        """Have everybody log in anew: time has passed."""
        self._sessions.clear()

    def csrf(self, person: str) -> str:
        """What his forms carry."""
        return csrf(self.session(person)).get_secret_value()


def evening(folder: Path) -> Evening:
    """A copy of the night in a folder."""
    shutil.copytree(_made(), folder, dirs_exist_ok=True)
    hand = made_up_night.Clock()
    house = open_house(
        f"sqlite:///{folder / 'exercise.db'}", folder, exercise=True, now=hand, plans=shelf(), cost=CHEAP
    )
    return Evening(folder, house, hand)


@contextmanager
def served(folder: Path, *, ticking: bool = False) -> Iterator[Evening]:
    """A copy of the night behind the real server."""
    one = evening(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(
        app(one.house, ticking=ticking), host="127.0.0.1", port=port, log_config=None, access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    one.address = f"http://127.0.0.1:{port}"
    try:
        yield one
    finally:
        server.should_exit = True
        thread.join(10)
        one.house.close()
