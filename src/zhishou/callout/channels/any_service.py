"""Any service that the library apprise knows; an address is one of its URLs, which holds secrets and is sealed as numbers are."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from zhishou.callout.channels.contract import Kind, Outcome, Outgoing
from zhishou.callout.channels.gateway import BUSY
from zhishou.callout.channels.limit import Bucket
from zhishou.callout.channels.settings import AppriseSettings
from zhishou.callout.channels.wording import whole_text
from zhishou.errors import ZhishouError

if TYPE_CHECKING:
    from types import ModuleType


class AnyService:
    """Services by way of apprise.

    Args:
        name: its name in the settings.
        settings: what the deployment wrote.
        site: the console's address, for links.

    Raises:
        ZhishouError: the library is not installed.
    """

    def __init__(self, name: str, settings: AppriseSettings, site: str = "") -> None:
        self.name, self.exercise = name, settings.exercise
        self.honours_keys = False
        self._settings, self._site = settings, site
        self._bucket = Bucket(settings.per_minute, settings.burst)
        self._library = _library(name)

    name: str
    kind: Kind = "apprise"
    exercise: bool
    honours_keys: bool

    silent_tests = False

    def room(self) -> int:
        """How many messages its limit takes now."""
        return self._bucket.room()

    def send(self, one: Outgoing) -> Outcome:
        """Hand a message over. The library says only whether it succeeded; where it did not, nobody can tell how far it came."""
        if not self._bucket.take():
            return BUSY
        try:
            service: Any = self._library.Apprise.instantiate(one.value)
        except Exception:  # noqa: BLE001 - a hundred plugins of others, each with its own errors
            service = None
        if service is None:
            return Outcome("refused", why="地址不是 apprise 认得的写法")
        service.socket_connect_timeout = service.socket_read_timeout = self._settings.timeout / 2
        told = self._library.Apprise()
        told.add(service)
        kind = self._library.NotifyType.WARNING if one.urgent else self._library.NotifyType.INFO
        try:
            done = bool(told.notify(body=whole_text(one, self._site), title=one.title, notify_type=kind))
        except Exception:  # noqa: BLE001 - the same
            done = False
        return Outcome("accepted") if done else Outcome("unknown", why="没有收到成功的答复，不知是否收下")

    def close(self) -> None:
        """Nothing is held."""


def _library(name: str) -> ModuleType:
    try:
        import apprise  # noqa: PLC0415 - an extra that most deployments do without
    except ImportError:
        raise ZhishouError(
            "没有安装 apprise", where=f"callout.channels.{name}", mend="pip install 'zhishou[apprise]'，或删去这个通道"
        ) from None
    # What it logs may hold the address it sends to.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    return apprise
