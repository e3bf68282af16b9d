"""The desk as the terminal reaches it: the database itself, as a named person, or a server, with a token."""

from __future__ import annotations

import difflib
import json
import os
import secrets
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from pydantic import ValidationError

from zhishou.acts import Actor, Command
from zhishou.bootstrap import House, database_url, open_house
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.incident.index import COMMANDS
from zhishou.incident.opening import OpenIncident
from zhishou.incident.state import dumped
from zhishou.web.commands import BY_THE_DESK
from zhishou.web.telling import event_told, names_in, row_told
from zhishou.web.wrong import told

Answer = dict[str, Any]


class Reached(Protocol):
    """What a terminal asks of the desk; answers have the API's shapes."""

    def list(self, area: str, state: str) -> Answer:
        """The incident board."""

    def show(self, id_: str) -> Answer:
        """One incident."""

    def story(self, id_: str, after: int) -> Answer:
        """What happened to it."""

    def open(self, body: Answer, who: str, area: str, key: str) -> Answer:
        """Open an incident."""

    def give(self, id_: str, command: str, body: Answer, who: str, key: str, expected: int | None) -> Answer:
        """Give a command."""


@contextmanager
def reached(server: str, database: str | None, data: Path, *, exercise: bool) -> Iterator[Reached]:
    """The desk, by a server's address or a database.

    Raises:
        ZhishouError: there is no token, or the database cannot be opened.
    """
    if server:
        token = os.environ.get("ZHISHOU_TOKEN", "")
        if not token:
            raise ZhishouError("没有接口令牌", where="ZHISHOU_TOKEN", mend="设环境变量，或去掉 --server 直接用数据库")
        yield OverHttp(server, token)
        return
    house = open_house(database_url(database, data, exercise=exercise), data, exercise=exercise)
    try:
        yield OnDatabase(house)
    finally:
        house.close()


def body(file: str, settings: Sequence[str]) -> Answer:
    """A command's content from a file and from single fields.

    Raises:
        ZhishouError: the file is no JSON object, or a field lacks its `=`.
    """
    found: Answer = {}
    if file:
        try:
            found = json.loads(sys.stdin.read() if file == "-" else Path(file).read_text("utf-8"))
        except (OSError, ValueError):
            raise ZhishouError("命令内容读不了，应为 UTF-8 的 JSON", where=file, mend="核对文件名和内容") from None
        if not isinstance(found, dict):
            raise ZhishouError("命令内容不是 JSON 对象", where=file, mend="写成 {…}")
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise ZhishouError(f"“{setting}”缺等号", where="--set", mend="写成 --set 名称=值")
        try:
            found[name] = json.loads(value)
        except ValueError:
            found[name] = value
    return found


def command_of(name: str, fields: Answer) -> Command:
    """A command by name.

    Raises:
        NotFoundError: there is none; the nearest is named.
        ProblemsError: with everything that is wrong with its fields.
    """
    known = {kind.name: kind for kind in COMMANDS.values() if kind not in BY_THE_DESK}
    kind = known.get(name)
    if kind is None:
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.4)
        raise NotFoundError(f"没有“{name}”这个命令", mend=f"是不是：{'、'.join(near or known)}")
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        raise ProblemsError([told({**one, "loc": ("body", *one["loc"])}) for one in error.errors()]) from None


class OnDatabase:
    """The desk on the database itself. Whoever stands at the server reads everything; what he may do his posts say."""

    def __init__(self, house: House) -> None:
        self.house = house

    def list(self, area: str, state: str) -> Answer:
        """The incident board."""
        areas = (area,) if area else self.house.desk.areas()
        rows = [row_told(row).model_dump(mode="json") for row in self.house.desk.incidents(areas, (state,), limit=1000)]
        return {"rows": rows, "names": names_in(rows, self.house.library)}

    def show(self, id_: str) -> Answer:
        """One incident."""
        state = self.house.desk.incident(id_)
        data = dumped(state)
        return {"version": state.version, "incident": data, "names": names_in(data, self.house.library)}

    def story(self, id_: str, after: int) -> Answer:
        """What happened to it."""
        happened = self.house.desk.story(id_, after)
        return {"events": [event_told(one, self.house.library).model_dump(mode="json") for one in happened]}

    def open(self, body: Answer, who: str, area: str, key: str) -> Answer:
        """Open an incident."""
        command, actor = command_of(OpenIncident.name, body), self._actor(who)
        given = self.house.desk.open(
            command, actor, area=area or self.house.settings.areas[0], key=_key(actor, key), machine="terminal"
        )
        return self._done(given)

    def give(self, id_: str, command: str, body: Answer, who: str, key: str, expected: int | None) -> Answer:
        """Give a command."""
        actor = self._actor(who)
        given = self.house.desk.give(
            id_, command_of(command, body), actor, key=_key(actor, key), expected=expected, machine="terminal"
        )
        return self._done(given)

    def _actor(self, who: str) -> Actor:
        if not who:
            raise ZhishouError("没有写以哪个账户办理", where="--as", mend="写账户编号，用 zhishou people list 看有哪些")
        account = self.house.gate.accounts.get(who)
        if account.disabled is not None:
            raise ZhishouError(f"账户“{who}”已停用", where="--as", mend="换一个账户")
        return self.house.desk.actor(account.id, account.name)

    def _done(self, given: Any) -> Answer:
        events = [event_told(one, self.house.library).model_dump(mode="json") for one in given.happened]
        return {
            "incident": given.incident, "version": given.version, "repeated": given.repeated, "events": events,
        }  # fmt: skip


def _key(actor: Actor, key: str) -> str:
    return f"terminal/{actor.person}/{key or secrets.token_hex(8)}"


class OverHttp:
    """The desk over HTTP."""

    def __init__(self, server: str, token: str) -> None:
        if urlsplit(server).scheme not in {"http", "https"}:
            raise ZhishouError(f"“{server}”不是服务地址", where="--server", mend="写成 https://主机")
        self.server, self._token = server.rstrip("/"), token

    def list(self, area: str, state: str) -> Answer:
        """The incident board."""
        return self._call("GET", f"/api/boards/incidents?{urlencode({'area': area, 'state': state, 'limit': 500})}")

    def show(self, id_: str) -> Answer:
        """One incident."""
        return self._call("GET", f"/api/incidents/{quote(id_, safe='')}")

    def story(self, id_: str, after: int) -> Answer:
        """What happened to it."""
        return self._call("GET", f"/api/incidents/{quote(id_, safe='')}/story?after={after}&limit=1000")

    def open(self, body: Answer, who: str, area: str, key: str) -> Answer:
        """Open an incident."""
        self._nobody_else(who)
        return self._call("POST", f"/api/incidents?{urlencode({'area': area})}", body, _headers(key, None))

    def give(self, id_: str, command: str, body: Answer, who: str, key: str, expected: int | None) -> Answer:
        """Give a command."""
        self._nobody_else(who)
        command_of(command, body)
        path = f"/api/incidents/{quote(id_, safe='')}/{command}"
        return self._call("POST", path, body, _headers(key, expected))

    @staticmethod
    def _nobody_else(who: str) -> None:
        if who:
            raise ZhishouError("经接口办理以令牌的账户为准", where="--as", mend="去掉 --as")

    def _call(
        self, method: str, path: str, body: Answer | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        sent = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json", **(headers or {})}
        data = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        request = Request(f"{self.server}{path}", data, sent, method=method)  # noqa: S310 - http or https, see above
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
                found: Answer = json.load(answer)
                return found
        except HTTPError as error:
            raise _refused(error) from None
        except (URLError, TimeoutError, ValueError, OSError) as error:
            raise ZhishouError(
                f"连不上服务（{getattr(error, 'reason', error)}）",
                where=self.server,
                mend="核对地址；命令可用同一 --key 重发",
            ) from None


def _headers(key: str, expected: int | None) -> dict[str, str]:
    found = {"Idempotency-Key": key or secrets.token_hex(8)}
    return found if expected is None else {**found, "If-Match": f'"{expected}"'}


def _refused(error: HTTPError) -> ZhishouError:
    try:
        said = json.load(error)["error"]
        problems = [
            ZhishouError(one["message"], where=one["where"], mend=one["mend"]) for one in said.get("problems", [])
        ]
    except (ValueError, KeyError, TypeError):
        return ZhishouError(f"服务答复 {error.code}", mend="核对地址是不是值守的服务")
    if problems:
        return ProblemsError(problems)
    clause = f"〔{'、'.join(said['clause'])}〕" if said.get("clause") else ""
    return ZhishouError(f"{said['message']}{clause}", where=said["where"], mend=said["mend"])
