"""In whose name warnings go out and whom the house believes: what the deployment says of public warnings, as one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from zhishou.paper.cap.composing import Issuer
from zhishou.paper.cap.facts import Rule, Source
from zhishou.paper.cap.national import NationalSender
from zhishou.paper.cap.signing import SigningKey
from zhishou.paper.cap.verifying import Pinned


@dataclass(frozen=True)
class WarningOffice:
    """What a deployment has settled for public warnings."""

    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    """Area → in whose name its warnings go out."""
    key: SigningKey | None = None
    """None: messages go out unsigned, and say so on record."""
    national: Mapping[str, NationalSender] = field(default_factory=dict)
    """Area → what the national network has given it."""
    sources: tuple[Source, ...] = ()
    """Foreign senders that are known."""
    pinned: tuple[Pinned, ...] = ()
    """Certificates that are believed."""
    unsigned: bool = False
    """Whether a message without a signature, or signed by somebody unknown, is taken in."""
    rules: tuple[Rule, ...] = ()
    """Which message states which fact."""
