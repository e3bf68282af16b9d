"""The desk over HTTP, with a token: what a terminal on another machine works with. It needs none of the rooms below."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import Request, urlopen

from zhishou.errors import ProblemsError, ZhishouError

Answer = dict[str, Any]


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
