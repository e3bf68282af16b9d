"""What house.yaml says of public warnings: in whose name they go out, signed with what, and whom the house believes."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import Field

from zhishou.desk.office import WarningOffice
from zhishou.errors import ZhishouError, why
from zhishou.paper.cap.composing import Issuer
from zhishou.paper.cap.facts import Rule, Source, shipped, table
from zhishou.paper.cap.national import Method, NationalSender
from zhishou.paper.cap.places import places
from zhishou.paper.cap.signing import SigningKey
from zhishou.paper.cap.verifying import Pinned
from zhishou.plan.base import Model, Names
from zhishou.plan.lexicon import Lexicon


class SenderSettings(Model):
    """In whose name an area's warnings go out."""

    sender: str
    """Unique in the world and without blanks, such as an e-mail address of the office."""
    name: str
    """The issuing unit, as the public knows it."""
    english: str = ""
    """The same in English."""
    contact: str = ""
    """A telephone number for the public."""
    web: str = ""
    """Where the public reads more."""


class MethodSettings(Model):
    """A way of making a warning known through the national network."""

    name: str
    """As the network codes it: SMS."""
    groups: Names = ()
    """Ids of groups of receivers."""


class NationalSettings(Model):
    """What the national warning network has given an area's issuing unit."""

    code: str
    """Fourteen digits."""
    name: str
    """The unit as the network knows it."""
    signer: str
    """Who signs for it."""
    methods: tuple[MethodSettings, ...] = Field(min_length=1)
    """By what it is made known."""
    event_types: dict[str, str] = Field(default_factory=dict)
    """Event as the message names it → five signs of GB/T 35561, as the network gives them."""
    phone: str = ""
    """Of the unit."""
    numbered: bool = False
    """Whether identifiers carry a serial digit."""


class SourceSettings(Model):
    """A foreign sender that is known."""

    name: str
    """As the table of facts calls it: weather, province. Its account holds the post reporter:<area>/<name>."""
    senders: Names = Field(min_length=1)
    """`sender` of its messages; in the national profile the unit's code."""
    signers: Names = ()
    """The certificates that may sign for it; empty: it need not sign."""


class WarningSettings(Model):
    """Public warnings out and in."""

    senders: dict[str, SenderSettings] = Field(default_factory=dict)
    """Area → in whose name."""
    key: str = ""
    """File with the private key that signs (PEM), within the data folder or from the root; empty: unsigned."""
    certificate: str = ""
    """File with its certificate (PEM)."""
    national: dict[str, NationalSettings] = Field(default_factory=dict)
    """Area → what the national network has given it."""
    sources: tuple[SourceSettings, ...] = ()
    """Foreign senders that are known."""
    certificates: dict[str, str] = Field(default_factory=dict)
    """Whose → file of the certificate that is believed (PEM)."""
    unsigned: bool = False
    """Whether a message without a signature, or signed by somebody unknown, is taken in."""
    facts: str = ""
    """A file with further rules of which message states which fact."""


def warning_office(settings: WarningSettings, folder: Path, lexicon: Lexicon) -> WarningOffice:
    """The settings as the desk takes them.

    Raises:
        ZhishouError: a file cannot be read, key and certificate are no pair, an area has no code, a rule is wrong.
    """
    return WarningOffice(
        issuers={area: _issuer(area, one) for area, one in settings.senders.items()},
        key=_key(settings, folder),
        national={area: _national(one) for area, one in settings.national.items()},
        sources=tuple(Source(one.name, tuple(one.senders), tuple(one.signers)) for one in settings.sources),
        pinned=tuple(Pinned.of(name, _bytes(folder / file)) for name, file in settings.certificates.items()),
        unsigned=settings.unsigned, rules=_rules(settings, folder, lexicon),
    )  # fmt: skip


def _issuer(area: str, one: SenderSettings) -> Issuer:
    place = places().get(area)
    if place is None:
        raise ZhishouError(
            "这个地区没有行政区划代码，不能发预警信息", where=f"house.yaml warnings.senders.{area}",
            mend=f"可写：{'、'.join(places())}",
        )  # fmt: skip
    return Issuer(one.sender, place.code, one.name, one.english, one.contact, one.web)


def _key(settings: WarningSettings, folder: Path) -> SigningKey | None:
    """The key; its password, where it has one, is in `ZHISHOU_WARNING_KEY_PASSWORD`."""
    if not settings.key:
        return None
    password = os.environ.get("ZHISHOU_WARNING_KEY_PASSWORD")
    return SigningKey(
        _bytes(folder / settings.key), _bytes(folder / settings.certificate), password.encode() if password else None
    )


def _national(one: NationalSettings) -> NationalSender:
    methods = tuple(Method(each.name, tuple(each.groups)) for each in one.methods)
    return NationalSender(one.code, one.name, one.signer, methods, one.event_types, one.phone, one.numbered)


def _rules(settings: WarningSettings, folder: Path, lexicon: Lexicon) -> tuple[Rule, ...]:
    own: tuple[Rule, ...] = ()
    if settings.facts:
        text = _bytes(folder / settings.facts).decode("utf-8", "replace")
        own = table(text, settings.facts, lexicon)
    return (*table(shipped(), "facts.yaml", lexicon), *own)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ZhishouError(
            f"读不了（{why(error)}）", where=str(file), mend="核对 house.yaml 的 warnings 和文件权限"
        ) from None
