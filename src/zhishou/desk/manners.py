"""How a deployment's channels behave, as far as a call must know it; it stands alone so that the desk knows no settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from zhishou.callout.matters import Matter
from zhishou.callout.texts import Texts

Kinds = Callable[[Matter, datetime], frozenset[str]]
"""Names and kinds of channels that may be used for a matter at a moment: in an exercise those marked for it."""
Quiet = Callable[[Matter, datetime], Mapping[str, datetime]]
"""Which of them are quiet for the matter then, by name or kind → until when."""


@dataclass(frozen=True, slots=True)
class Manners:
    """The manners of channels, each named by its name or its kind."""

    kind: Callable[[str], str] = lambda name: name
    """Name of a channel → its kind."""
    quiet: Quiet = lambda _, __: {}
    link: bool = True
    """Whether telephones reach the console, so that a link in a message leads somewhere."""
    back: Callable[[str], bool] = lambda _: True
    """Whether what is sent back or pressed comes to be known here."""
    texts: Texts = field(default_factory=dict)
    """The deployment's own words for messages."""
