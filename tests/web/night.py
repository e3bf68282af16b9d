"""One night in Jincheng over HTTP: a house on SQLite, people with their posts, a clock moved by hand, clients logged in."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
import yaml
from fastapi import FastAPI
from pydantic import SecretStr

from zhishou import clock
from zhishou.bootstrap import House, database_url, first_start, open_house
from zhishou.database import writing
from zhishou.people.passwords import Cost
from zhishou.people.sessions import csrf
from zhishou.people.tables import accounts
from zhishou.people.tokens import Scope
from zhishou.plan.load import Library, library
from zhishou.watch.commands import AppointToPost
from zhishou.web.app import app
from zhishou.web.schema import words
from zhishou.web.serving import bound

CBM, GAS, TRADE = "jincheng/cbm-surface-2020", "jincheng/gas-winter-2021", "jincheng/industry-trade-2020"
START = clock.moment("2026-12-15T01:20")
CHEAP = Cost(memory_kib=64, passes=1, lanes=1)
PASSWORD = "桥头 三只灰鹅 往北飞去"  # noqa: S105 - of the tests

POSTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "zhiban": ("jincheng", ("duty:jincheng",)),
    "zhiban2": ("jincheng", ("duty:jincheng",)),
    "bangong": ("jincheng", (f"{CBM}:office", f"{GAS}:office", f"{TRADE}:office")),
    "zhihuizhang": ("jincheng", (f"{CBM}:commander", f"{GAS}:commander", f"{TRADE}:commander")),
    "fuzhihui": ("jincheng", (f"{CBM}:deputy_commander",)),
    "nengyuan": ("jincheng", ("unit:jincheng_energy",)),
    "xuanchuan": ("jincheng", ("unit:jincheng_publicity",)),
    "sheng": ("shanxi", ("unit:shanxi_government",)),
    "jiuhu": ("jincheng", ("unit:jincheng_mine_rescue", "unit:jincheng_fire_rescue_base")),
    "chengqu": ("chengqu", ("duty:chengqu",)),
}
"""Account → the area whose administrator appoints it, and its posts. `shengren` has an account and no post."""


@cache
def shelf() -> Library:
    """The shipped plans."""
    return library()


def course() -> list[dict[str, Any]]:
    """The night, step by step."""
    steps: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "course.yaml").read_text("utf-8"))
    return steps


@dataclass
class Night:
    """The world of a test.

    Args:
        folder: the data folder.
        url: of the database; a file in the folder where empty.
        settings: house.yaml.
    """

    folder: Path
    url: str = ""
    settings: str = "areas: [jincheng, chengqu, shanxi]\n"
    at: datetime = START
    keys: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        (self.folder / "house.yaml").write_text(self.settings, "utf-8")
        self.house: House = open_house(
            self.url or database_url(None, self.folder), self.folder, now=lambda: self.at, plans=shelf(), cost=CHEAP
        )
        issued = first_start(self.house)
        self.once = issued.secret.get_secret_value() if issued else ""
        self.app: FastAPI = app(self.house, ticking=False)
        self._sessions: dict[str, SecretStr] = {}
        self._serve()

    def _serve(self) -> None:
        """The app under the real server, on a free port of the loopback."""
        listening = bound("127.0.0.1", 0)
        self.base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(
            self.app, log_config=None, access_log=False, proxy_headers=True, timeout_graceful_shutdown=1
        )
        self.server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self.server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        while not self.server.started:
            assert self._thread.is_alive()
            time.sleep(0.01)
        self.http = httpx.Client(base_url=self.base, timeout=30)

    def people(self) -> Night:
        """Add everybody's account and appoint those whose area has a duty room here."""
        for person in (*POSTS, "shengren"):
            self.house.gate.accounts.add_person(person, f"{person}某", self.at, "admin")
        for person, (area, posts) in POSTS.items():
            for post in posts if area in self.house.desk.areas() else ():
                self.appoint(person, area, post)
        self.house.desk.record_people(self.house.gate.changes)
        return self

    def appoint(self, person: str, area: str, post: str) -> None:
        """Give somebody a post."""
        wish = AppointToPost(post=post, person=person, person_name=f"{person}某", basis="任职文件")
        self.house.desk.keep(area, wish, self.house.desk.actor("admin", "系统管理员"), key=self.key())

    def later(self, minutes: float) -> datetime:
        """Move the clock."""
        self.at += timedelta(minutes=minutes)
        return self.at

    def key(self) -> str:
        """A key never used before."""
        return f"k{next(self.keys)}"

    def session(self, person: str) -> SecretStr:
        """A session of somebody, as if he had logged in."""
        if person not in self._sessions:
            with writing(self.house.engine) as connection:
                connection.execute(accounts.update().where(accounts.c.id == person).values(must_change=False))
                begun = self.house.gate.sessions.begin(connection, person, self.at, {"address": "127.0.0.1"})
                self._sessions[person] = begun.token
        return self._sessions[person]

    def out(self, person: str) -> None:
        """Forget somebody's session; the next call begins another."""
        self._sessions.pop(person, None)

    def token(self, person: str, *scopes: Scope) -> str:
        """A token of somebody."""
        until = self.at + timedelta(days=30)
        return self.house.gate.tokens.make(person, "测试", scopes, until, self.at, "admin").secret.get_secret_value()

    def headers(self, person: str) -> dict[str, str]:
        """What a browser of somebody sends."""
        token = self.session(person)
        return {"cookie": f"zhishou={token.get_secret_value()}", "x-csrf-token": csrf(token).get_secret_value()}

    def call(
        self,
        person: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """Call as somebody; as nobody where the name is empty."""
        own = self.headers(person) if person else {}
        sent = {"json": body} if body is not None else {}
        return self.http.request(method, path, headers={**own, **(headers or {})}, **sent, **more)

    def get(self, person: str, path: str, **params: Any) -> httpx.Response:
        """Read as somebody."""
        return self.call(person, "GET", path, params=params)

    def give(self, person: str, path: str, body: Any, *, key: str = "", **headers: str) -> httpx.Response:
        """Give a command as somebody."""
        sent = {"idempotency-key": key or self.key()} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.call(person, "POST", f"/api/{path}", body, sent)

    def step(self, step: Mapping[str, Any]) -> tuple[str, Any]:
        """Where a step of the course goes, and its body."""
        body = step.get("body") or words()[step["give"]]["example"]
        if body == "waiting":
            body = {"digest": self.get("zhiban2", "/api/rooms/jincheng").json()["waiting"]["digest"]}
        if step["give"] == "open_incident":
            return f"incidents?area={step.get('area', 'jincheng')}", body
        room = "rooms" if step["at"] in {"jincheng", "chengqu"} else "incidents"
        return f"{room}/{step['at']}/{step['give']}", body

    def play(self, until: str = "") -> None:
        """Give the commands of the course, up to and without the first of this name."""
        for step in course():
            if step["give"] == until:
                return
            self.later(0.5)
            answer = self.give(step["who"], *self.step(step))
            assert answer.status_code in {200, 201}, (step, answer.text)

    def close(self) -> None:
        """Put everything away."""
        self.http.close()
        self.server.should_exit = True
        self._thread.join(timeout=20)
        self.house.close()
