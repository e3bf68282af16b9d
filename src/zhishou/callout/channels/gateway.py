"""SMS and voice gateways over HTTP, of any maker: the settings say what is sent and by what the answer shows acceptance."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from pydantic import SecretStr

from zhishou.callout.channels.contract import Kind, Outcome, Outgoing
from zhishou.callout.channels.http import Answered, Http, NotTaken, Unknown
from zhishou.callout.channels.limit import Bucket
from zhishou.callout.channels.settings import GatewaySettings, plain
from zhishou.callout.channels.wording import at, filled, read_json, scrubbed, short_text

BUSY = Outcome("refused", why="通道忙：超过每分钟条数", again=True)
"""Nothing was given to the gateway: the rate limit is reached."""
_UNSURE = frozenset({500, 502, 504})
_LATER = frozenset({408, 429, 503})


class Gateway:
    """A gateway.

    Args:
        name: its name in the settings.
        settings: what the deployment wrote.
        key: its secret, where it has one.
        site: the console's address, for links.
        clock: seconds since 1970, for gateways that want the time signed.
    """

    def __init__(
        self, name: str, settings: GatewaySettings, key: SecretStr | None, site: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.name, self.kind, self.exercise = name, settings.kind, settings.exercise
        self.honours_keys = settings.honours_keys
        self._settings, self._key, self._site, self._clock = settings, key, site, clock
        self._bucket = Bucket(settings.per_minute, settings.burst)
        self._http = Http(settings.url, settings.timeout, keep=settings.honours_keys, ca_file=settings.ca_file)

    name: str
    kind: Kind
    exercise: bool
    honours_keys: bool

    @property
    def silent_tests(self) -> bool:
        """Whether it can be tested without anybody noticing."""
        return bool(self._settings.test)

    def room(self) -> int:
        """How many messages its limit takes now."""
        return self._bucket.room()

    def send(self, one: Outgoing) -> Outcome:
        """Hand a message over."""
        if not self._bucket.take():
            return BUSY
        words = self._words(one)
        body: Mapping[str, Any] = self._settings.body | (self._settings.test if one.test else {})
        content = filled(body, words)
        headers = {str(name): str(value) for name, value in filled(self._settings.headers, words).items()}
        if any("\n" in value or "\r" in value for value in headers.values()):
            return Outcome("refused", why="请求头里不能有换行：核对 headers")
        path = filled(self._http.path, {name: urlencode({"": value})[1:] for name, value in words.items()})
        data: bytes | None = None
        if self._settings.form == "query" or self._settings.method == "GET":
            path += ("&" if urlsplit(path).query else "?") + urlencode(_flat(content))
        elif self._settings.form == "form":
            data = urlencode(_flat(content)).encode()
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        else:
            data = json.dumps(content, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        return self._judged(self._http.ask(self._settings.method, path, data, headers), one)

    def _text(self, one: Outgoing) -> str:
        return short_text(one) if self.kind == "sms" else one.text

    def _words(self, one: Outgoing) -> dict[str, str]:
        key = self._key.get_secret_value() if self._key is not None else ""
        bare = one.value.replace("-", "") if one.value.replace("-", "").isdigit() else one.value
        words = {
            "to": bare, "to_number": one.value, "text": self._text(one), "title": one.title, "id": one.id,
            "key": key, "code": one.code, "link": f"{self._site.rstrip('/')}{one.link}" if one.link else "",
            "time": str(int(self._clock())), "references": one.references,
        }  # fmt: skip
        return words | {"sign": _signed(self._settings, filled(self._settings.sign, words), key)}

    def _judged(self, answer: Answered | NotTaken | Unknown, one: Outgoing) -> Outcome:
        if isinstance(answer, NotTaken):
            return Outcome("refused", why=answer.why, again=True)
        if isinstance(answer, Unknown):
            return Outcome("unknown", why=answer.why)
        data = read_json(answer.body)
        text = answer.body.decode("utf-8", "replace").strip()
        if self._settings.busy and _shows(self._settings.busy, data, text):
            return Outcome("refused", why="网关忙", again=True)
        if 200 <= answer.status < 300:
            return self._of_success(data, text, one)
        return of_status(answer.status, scrubbed(text, one) if data is not None else "")

    def _of_success(self, data: Any, text: str, one: Outgoing) -> Outcome:
        if _shows(self._settings.accepted, data, text):
            ref = at(data, self._settings.ref) if self._settings.ref else None
            return Outcome("accepted", ref=plain(ref)[:120] if ref is not None else "")
        if data is None and "text" not in self._settings.accepted:
            return Outcome("unknown", why="网关的答复看不懂")
        said = [plain(at(data, place)) if place != "text" else text for place in self._settings.accepted]
        told = "、".join(scrubbed(one_, one) for one_ in said)
        return Outcome("refused", why=f"网关没有收下：{told}")

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()


def of_status(status: int, said: str = "") -> Outcome:
    """What a status of HTTP other than success means for a message."""
    more = f"：{said}" if said else ""
    if status in _LATER:
        return Outcome("refused", why=f"网关忙（{status}）", again=True)
    if status in _UNSURE:
        return Outcome("unknown", why=f"网关出错（{status}），不知是否收下")
    if 300 <= status < 400:
        return Outcome("refused", why="网关要求转到别的地址，没有照办：核对 url")
    return Outcome("refused", why=f"网关没有收下（{status}）{more}")


def _shows(wanted: Mapping[str, tuple[str, ...]], data: Any, text: str) -> bool:
    for place, values in wanted.items():
        if place == "text" and not isinstance(data, Mapping):
            if not any(text.startswith(value) for value in values):
                return False
        elif (found := at(data, place)) is None or plain(found) not in values:
            return False
    return True


def _flat(content: Mapping[str, Any]) -> dict[str, str]:
    """A form has no nesting: what is nested goes as JSON."""
    return {
        name: json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else plain(value)
        for name, value in content.items()
    }


def _signed(settings: GatewaySettings, text: str, key: str) -> str:
    if not settings.sign:
        return ""
    if settings.sign_with == "hmac-sha256":
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
    return hashlib.new(settings.sign_with, text.encode(), usedforsecurity=False).hexdigest()
