"""The part `callout:` of house.yaml: channels, secrets, quiet hours; it stands alone because a deployment writes it by hand.

A secret never stands in the file itself: it names a variable of the environment or a file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator

from zhishou.callout.channels.hours import ClockTime, Quiet
from zhishou.errors import PackError, ZhishouError
from zhishou.plan import marks
from zhishou.plan.base import Model, Names
from zhishou.plan.wrong import translated

_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def _secret(value: Any) -> Any:
    if isinstance(value, str):
        raise ValueError("密钥不写在文件里：写成 {env: 变量名} 或 {file: 文件路径}")  # noqa: TRY004 - pydantic turns this into its own
    return value


class SecretPlace(Model):
    """Where a secret lies: a variable of the environment, or a file that nobody else may read."""

    env: str = ""
    """Name of the variable."""
    file: str = ""
    """Path of the file, within the data folder or from the root."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if bool(self.env) == bool(self.file):
            raise ValueError("密钥写 env 或 file 之一")
        return self

    def read(self, environment: Mapping[str, str], folder: Path, where: str) -> SecretStr:
        """The secret.

        Args:
            environment: the process's variables.
            folder: the data folder.
            where: which setting it is, for messages.

        Raises:
            ZhishouError: it is not there.
        """
        if self.env:
            if not environment.get(self.env):
                raise ZhishouError(f"没有环境变量 {self.env}", where=where, mend="在服务的环境里设这个变量")
            return SecretStr(environment[self.env])
        file = folder / self.file
        try:
            text = file.read_text("utf-8").strip()
            if os.name == "posix" and file.stat().st_mode & 0o007:
                raise ZhishouError("密钥文件别人也能读", where=str(file), mend=f"执行 chmod 640 {file}")
        except (OSError, UnicodeDecodeError):
            raise ZhishouError("密钥文件读不了", where=str(file), mend=f"核对 {where} 的路径和权限") from None
        if not text:
            raise ZhishouError("密钥文件是空的", where=str(file), mend="写入密钥")
        return SecretStr(text)


Secret = Annotated[SecretPlace, BeforeValidator(_secret)]


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in {"https", "http"} or not parts.hostname or port == 0:
        raise ValueError("地址写成 https://主机/路径 的样子")
    if parts.username or parts.password:
        raise ValueError("口令不写在地址里：用 key")
    return value


Url = Annotated[str, AfterValidator(_url)]


def plain(value: Any) -> str:
    """A value of JSON or YAML as it is compared: `true`, `0`, `OK`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _values(value: Any) -> Any:
    return tuple(map(plain, value if isinstance(value, list | tuple) else (value,)))


Values = Annotated[tuple[str, ...], BeforeValidator(_values)]
"""One value or several, compared as text."""


class _Common(Model):
    exercise: bool = False
    """Whether exercises may use it."""
    per_minute: int = Field(600, ge=1, le=600_000)
    """Messages that it takes in a minute."""
    burst: int | None = Field(None, ge=1, le=100_000)
    """Messages that may go at once; empty: a tenth of a minute's."""
    timeout: float = Field(10, gt=0, le=120)
    """Seconds that a gateway has for an answer."""
    quiet: Quiet | None = None
    """Hours in which it sends nothing of the lower levels."""

    @property
    def address(self) -> str:
        """The address it goes to; empty where it has none."""
        return ""


class _OverHttp(_Common):
    plain_http: bool = False
    """True: the gateway may be reached without encryption on another machine."""
    ca_file: str = ""
    """Certificates to trust besides the machine's own, for a gateway of one's own."""

    @model_validator(mode="after")
    def _encrypted(self) -> Self:
        parts = urlsplit(self.address)
        if parts.scheme == "http" and not self.plain_http and parts.hostname not in _LOCAL:
            raise ValueError("地址是未加密的 http：改用 https，确在内网的写 plain_http: true")
        return self


class Receipts(Model):
    """How a gateway tells what became of a message, at `/callout/receipts/<channel>`."""

    secret: Secret
    """What it shows to be believed."""
    header: str = "X-Zhishou-Secret"
    """The header that carries it; with `signed`, the one that carries the signature."""
    signed: bool = False
    """True: the header carries the HMAC-SHA256 of the body, in hexadecimal, instead of the secret itself."""
    list_at: str = ""
    """Where in the body the list of receipts stands; empty: the body is one, or a list of them."""
    ref: str = "ref"
    """Where in a receipt the gateway's name of the message stands."""
    id: str = "id"
    """Where our own id of the message stands, if the gateway sends it back."""
    status: str = "status"
    """Where what became of the message stands, in one of the words below."""
    delivered: Names = ("delivered", "DELIVRD")
    """Words for: it has arrived."""
    failed: Names = ("failed", "UNDELIV", "REJECTD", "EXPIRED")
    """Words for: it will not arrive."""
    read: Names = ("read",)
    """Words for: it has been opened."""
    reply: str = "reply"
    """Where what somebody has sent back stands."""
    sender: str = "from"
    """Where the number stands that it came from."""


class GatewaySettings(_OverHttp):
    """An SMS or voice gateway over HTTP, whatever its maker."""

    kind: Literal["sms", "voice"]
    """Which kind of channel it is."""
    url: Url
    """Its address."""
    method: Literal["POST", "PUT", "GET"] = "POST"
    """How it is asked."""
    form: Literal["json", "form", "query"] = "json"
    """How the body is written."""
    body: dict[str, Any] = Field(min_length=1)
    """The request, with {to} {text} {id} {key} {code} {link} {time} {sign} to be filled in."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Headers, filled in alike."""
    key: Secret | None = None
    """The secret that {key} stands for."""
    sign: str = ""
    """What {sign} is made of, as a template: `{account}{key}{time}`; empty: there is none."""
    sign_with: Literal["hmac-sha256", "sha256", "md5"] = "hmac-sha256"
    """hmac-sha256 takes the key as its key."""
    accepted: dict[str, Values] = Field(min_length=1)
    """By what the answer shows that the message was taken: place in it → value or values. `text` is the answer itself."""
    busy: dict[str, Values] = Field(default_factory=dict)
    """By what it shows that the message was not taken and may be tried again soon."""
    ref: str = ""
    """Where in the answer the gateway's name of the message stands."""
    honours_keys: bool = False
    """True: the gateway takes the same {id} once only. Then a message of unknown fate is given again."""
    test: dict[str, Any] = Field(default_factory=dict)
    """What is added to the body in a silent test; empty: the gateway has no such thing and a text is sent."""
    receipts: Receipts | None = None
    """How it tells what became of a message; left out: it does not."""

    @property
    def address(self) -> str:
        """The address."""
        return self.url

    @model_validator(mode="after")
    def _whole(self) -> Self:
        written = str(self.body) + str(self.headers) + self.url
        if "{to}" not in written and "{to_number}" not in written:
            raise ValueError("body 里没有 {to}：网关不知道发给谁")
        if "{text}" not in written:
            raise ValueError("body 里没有 {text}：网关不知道发什么")
        if "{key}" in written + self.sign and self.key is None:
            raise ValueError("用了 {key} 却没有写 key")
        if ("{sign}" in written) != bool(self.sign):
            raise ValueError("{sign} 和 sign 要么都写，要么都不写")
        if self.honours_keys and "{id}" not in written:
            raise ValueError("honours_keys 为 true 时，body 或 headers 里要有 {id}，网关才认得出重复")
        return self


class RobotSettings(_OverHttp):
    """A group's robot of WeCom, DingTalk or Feishu."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    """Which kind of channel it is."""
    key: Secret
    """The key or token at the end of the robot's address."""
    sign: Secret | None = None
    """The signing secret (DingTalk, Feishu)."""
    url: Url | None = None
    """Another address than the maker's, for a private installation."""
    per_minute: int = Field(20, ge=1, le=600_000)

    @property
    def address(self) -> str:
        """The address."""
        return self.url or ""


class MailSettings(_Common):
    """A mail server."""

    kind: Literal["mail"]
    """Which kind of channel it is."""
    host: str
    """The server."""
    port: int = Field(465, ge=1, le=65535)
    """Its port."""
    security: Literal["tls", "starttls", "none"] = "tls"
    """How the line is encrypted."""
    ca_file: str = ""
    """Certificates to trust besides the machine's own, for a server of one's own."""
    user: str = ""
    """The account; empty: none is asked for."""
    password: Secret | None = None
    """Its password."""
    sender: str
    """The address it is sent from."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.password is not None and self.security == "none" and self.host not in _LOCAL:
            raise ValueError("口令会在网上不设防：security 写 tls 或 starttls")
        if bool(self.user) != (self.password is not None):
            raise ValueError("user 和 password 要么都写，要么都不写")
        return self


class AppriseSettings(_Common):
    """Any service that apprise knows; an address is one of its URLs."""

    kind: Literal["apprise"]
    """Which kind of channel it is."""


ChannelSettings = Annotated[
    GatewaySettings | RobotSettings | MailSettings | AppriseSettings, Field(discriminator="kind")
]


class SelfTest(Model):
    """The monthly test of every channel and address."""

    day: int = Field(5, ge=1, le=28)
    """Day of the month from which it is due."""
    at: ClockTime = "10:00"
    """Time of day from which it is due."""
    texts: bool = False
    """True: where a gateway has no silent test, a text that says it is a test is sent; False: such addresses are not tested."""


class CalloutSettings(Model):
    """How people are told."""

    site: Url | None = None
    """The address under which telephones reach the console, for links in messages; empty: no message has a link."""
    channels: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,29}$")], ChannelSettings] = Field(
        default_factory=dict
    )
    """Name → channel. The console is always there."""
    self_test: SelfTest = SelfTest()
    """The month's test of every channel and address."""

    def usable(self, *, exercise: bool) -> dict[str, str]:
        """The channels that may be used, name → kind: the console always, in an exercise else only those marked for it."""
        marked = {name: one.kind for name, one in self.channels.items() if one.exercise or not exercise}
        return {"console": "console", **marked}

    def hears(self, word: str) -> bool:
        """Whether what somebody sends back or presses comes to be known here.

        Args:
            word: the channel's name, or the kind whose first it is.
        """
        first = next((one for one in self.channels.values() if one.kind == word), None)
        one = self.channels.get(word) or first
        return isinstance(one, GatewaySettings) and one.receipts is not None

    def quiet(
        self, *, exercise: bool, at: datetime, level: str = "", urgent: bool = False
    ) -> dict[str, datetime]:  # fmt: skip
        """The channels that are quiet, by every word by which an address may name them: its name, the kind whose first it is.

        Args:
            exercise: whether it is an exercise.
            at: the moment.
            level: of the matter.
            urgent: level I or II: no channel is quiet for it.

        Returns:
            Name or kind → when the quiet is over.
        """
        words = self.usable(exercise=exercise)
        first = {kind: name for name, kind in reversed(words.items())}
        found: dict[str, datetime] = {}
        for word, name in {**first, **{one: one for one in words}}.items():
            hours = self.channels[name].quiet if name in self.channels else None
            until = hours.over(at, level, urgent=urgent) if hours is not None else None
            if until is not None:
                found[word] = until
        return found


def read_callout(text: str, name: str = "house.yaml") -> CalloutSettings:
    """The settings alone, as they stand below `callout:`.

    Raises:
        PackError: with every problem, its line and mend.
    """
    marked = marks.read(text, name)
    try:
        return CalloutSettings.model_validate(marked.data or {})
    except ValidationError as error:
        raise PackError(translated(error, marked)) from None
