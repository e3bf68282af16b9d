"""The robots of groups in WeCom, DingTalk and Feishu: one message in the group, with whom it is for named in it.

An address is whom to name: a member's id, his mobile number, or `all`. The group is the channel's. None of the three takes
an id to know a repeated message by, so a message of unknown fate stays unknown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from pydantic import SecretStr

from zhishou.callout.channels.contract import Kind, Outcome, Outgoing
from zhishou.callout.channels.gateway import BUSY, of_status
from zhishou.callout.channels.http import Http, NotTaken, Unknown
from zhishou.callout.channels.limit import Bucket
from zhishou.callout.channels.settings import RobotSettings, plain
from zhishou.callout.channels.wording import at, read_json, scrubbed, whole_text

URLS: Mapping[str, str] = {
    "wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
    "dingtalk": "https://oapi.dingtalk.com/robot/send",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook",
}
_LATER = frozenset({"45009", "130101", "660026", "11232", "9499"})
"""The makers' codes for “too often”: nothing was taken."""
_MOBILE = re.compile(r"1\d{10}")
ALL = "all"


class Robot:
    """A group's robot.

    Args:
        name: its name in the settings.
        settings: what the deployment wrote.
        key: the key or token at the end of its address.
        sign: its signing secret, where it has one.
        site: the console's address, for links.
        clock: seconds since 1970; the signature of DingTalk and Feishu carries the time.
    """

    def __init__(
        self, name: str, settings: RobotSettings, key: SecretStr, sign: SecretStr | None = None, site: str = "",
        clock: Callable[[], float] = time.time,
    ) -> None:  # fmt: skip
        self.name, self.kind, self.exercise = name, settings.kind, settings.exercise
        self.honours_keys = False
        self._key, self._sign, self._site, self._clock = key, sign, site, clock
        self._bucket = Bucket(settings.per_minute, settings.burst or settings.per_minute)
        url = settings.url or URLS[settings.kind]
        self._http = Http(url, settings.timeout, ca_file=settings.ca_file)
        self._base = urlsplit(url).path.rstrip("/")

    name: str
    kind: Kind
    exercise: bool
    honours_keys: bool

    silent_tests = False
    """A group has no silent test."""

    def room(self) -> int:
        """How many messages its limit takes now."""
        return self._bucket.room()

    def send(self, one: Outgoing) -> Outcome:
        """Say it in the group."""
        if not self._bucket.take():
            return BUSY
        path, content = _REQUESTS[self.kind](self, one)
        body = json.dumps(content, ensure_ascii=False).encode()
        answer = self._http.ask("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
        if isinstance(answer, NotTaken):
            return Outcome("refused", why=answer.why, again=True)
        if isinstance(answer, Unknown):
            return Outcome("unknown", why=answer.why)
        if not 200 <= answer.status < 300:
            return of_status(answer.status)
        return _judged(read_json(answer.body), one)

    def text(self, one: Outgoing) -> str:
        """The text of the message."""
        return whole_text(one, self._site)

    def wecom(self, one: Outgoing) -> tuple[str, dict[str, Any]]:
        """Path and body for WeCom."""
        name = "@all" if one.value == ALL else one.value
        listed = "mentioned_mobile_list" if _MOBILE.fullmatch(name) else "mentioned_list"
        key = quote(self._key.get_secret_value(), safe="")
        return f"{self._base}?key={key}", {"msgtype": "text", "text": {"content": self.text(one), listed: [name]}}

    def dingtalk(self, one: Outgoing) -> tuple[str, dict[str, Any]]:
        """Path and body for DingTalk."""
        path = f"{self._base}?access_token={quote(self._key.get_secret_value(), safe='')}"
        if self._sign is not None:
            secret, stamp = self._sign.get_secret_value(), str(round(self._clock() * 1000))
            mark = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
            path += f"&timestamp={stamp}&sign={quote(base64.b64encode(mark).decode(), safe='')}"
        named: dict[str, Any] = {"isAtAll": one.value == ALL}
        text = self.text(one)
        if one.value != ALL:
            named["atMobiles" if _MOBILE.fullmatch(one.value) else "atUserIds"] = [one.value]
            text += f" @{one.value}"  # a member is told only where his name also stands in the text
        return path, {"msgtype": "text", "text": {"content": text}, "at": named}

    def feishu(self, one: Outgoing) -> tuple[str, dict[str, Any]]:
        """Path and body for Feishu."""
        text = f'<at user_id="{one.value}"></at> {self.text(one)}' if one.value else self.text(one)
        content: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        if self._sign is not None:
            stamp = str(int(self._clock()))
            key = f"{stamp}\n{self._sign.get_secret_value()}".encode()
            mark = hmac.new(key, b"", hashlib.sha256).digest()
            content |= {"timestamp": stamp, "sign": base64.b64encode(mark).decode()}
        return f"{self._base}/{quote(self._key.get_secret_value(), safe='')}", content

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()


_REQUESTS: Mapping[str, Callable[[Robot, Outgoing], tuple[str, dict[str, Any]]]] = {
    "wecom": Robot.wecom,
    "dingtalk": Robot.dingtalk,
    "feishu": Robot.feishu,
}


def _judged(data: Any, one: Outgoing) -> Outcome:
    """All three answer 200 whatever happens; a code in the body says what."""
    code = next((found for name in ("errcode", "code", "StatusCode") if (found := at(data, name)) is not None), None)
    if code is None:
        return Outcome("unknown", why="对方的答复看不懂")
    if plain(code) == "0":
        return Outcome("accepted")
    if plain(code) in _LATER:
        return Outcome("refused", why="群机器人发得太快，被限", again=True)
    said = next((str(found) for name in ("errmsg", "msg", "StatusMessage") if (found := at(data, name))), "")
    return Outcome("refused", why=f"群机器人没有收下（{plain(code)}）：{scrubbed(said, one)}")
