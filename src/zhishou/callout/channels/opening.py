"""The channels of a deployment, opened from its settings; the one place that knows which class serves which kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pydantic import SecretStr

from zhishou.callout.channels.any_service import AnyService
from zhishou.callout.channels.console import Console
from zhishou.callout.channels.contract import Channel
from zhishou.callout.channels.gateway import Gateway
from zhishou.callout.channels.mail import Mail
from zhishou.callout.channels.robots import Robot
from zhishou.callout.channels.settings import (
    AppriseSettings,
    CalloutSettings,
    ChannelSettings,
    GatewaySettings,
    MailSettings,
    Receipts,
    RobotSettings,
    SecretPlace,
)
from zhishou.errors import ProblemsError, ZhishouError

_Secret = Callable[[SecretPlace | None, str], SecretStr | None]
Opened = Gateway | Robot | Mail | AnyService | Console


class Channels(Mapping[str, Opened]):
    """Channels by name, the console always among them.

    Args:
        opened: the channels.
        settings: what the deployment wrote.
        secrets: name → what its gateway shows when it tells of receipts.
    """

    def __init__(
        self, opened: Mapping[str, Opened], settings: CalloutSettings, secrets: Mapping[str, SecretStr]
    ) -> None:
        self._opened, self.settings, self._secrets = dict(opened), settings, dict(secrets)

    def __getitem__(self, name: str) -> Opened:
        return self._opened[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._opened)

    def __len__(self) -> int:
        return len(self._opened)

    def usable(self, *, exercise: bool) -> dict[str, Channel]:
        """The channels that may be used, by name: in an exercise only those marked for it."""
        return {name: one for name, one in self._opened.items() if one.exercise or not exercise}

    def receipts(self, name: str) -> tuple[Receipts, SecretStr] | None:
        """How a channel's gateway tells of receipts, and what it shows to be believed; None where it tells none."""
        settings = self.settings.channels.get(name)
        if not isinstance(settings, GatewaySettings) or settings.receipts is None or name not in self._secrets:
            return None
        return settings.receipts, self._secrets[name]

    def close(self) -> None:
        """Let go of every connection."""
        for one in self._opened.values():
            one.close()


def open_channels(settings: CalloutSettings, environment: Mapping[str, str], folder: Path) -> Channels:
    """Open the channels.

    Args:
        settings: the part `callout` of house.yaml.
        environment: the process's variables.
        folder: the data folder, from which secrets' files are named.

    Raises:
        ProblemsError: secrets or libraries that are missing, all of them at once.
    """
    opened: dict[str, Opened] = {"console": Console()}
    secrets: dict[str, SecretStr] = {}
    problems: list[ZhishouError] = []
    for name, one in settings.channels.items():
        place = f"house.yaml callout.channels.{name}"

        def secret(kept: SecretPlace | None, part: str, where: str = place) -> SecretStr | None:
            return None if kept is None else kept.read(environment, folder, f"{where}.{part}")

        try:
            opened[name] = _opened(name, one, settings.site or "", secret)
            if isinstance(one, GatewaySettings) and one.receipts is not None:
                secrets[name] = one.receipts.secret.read(environment, folder, f"{place}.receipts.secret")
        except ZhishouError as error:
            problems.append(error)
    if problems:
        raise ProblemsError(problems)
    return Channels(opened, settings, secrets)


def _opened(name: str, one: ChannelSettings, site: str, secret: _Secret) -> Opened:
    match one:
        case GatewaySettings():
            return Gateway(name, one, secret(one.key, "key"), site)
        case RobotSettings():
            return Robot(name, one, secret(one.key, "key") or SecretStr(""), secret(one.sign, "sign"), site)
        case MailSettings():
            return Mail(name, one, secret(one.password, "password"), site)
        case AppriseSettings():
            return AnyService(name, one, site)
