"""What every channel promises; it stands alone so that the sender knows no channel and a channel knows no call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["console", "mail", "sms", "voice", "wecom", "dingtalk", "feishu", "apprise"]
KINDS: tuple[Kind, ...] = ("console", "mail", "sms", "voice", "wecom", "dingtalk", "feishu", "apprise")

Status = Literal["accepted", "refused", "unknown"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way to one address."""

    id: str
    """Id of the message; the same each time it is tried, so it is the idempotency key given to the gateway."""
    value: str = field(repr=False)
    """The number or address itself. It never enters a log or the record, so it is not shown with the rest."""
    text: str = field(repr=False)
    kind: str
    """Kind of the matter: `task`, `level`, `cancel`, `test` …"""
    title: str = field(default="", repr=False)
    """What stands above the text where the channel has room for it (mail, cards)."""
    urgent: bool = False
    """Level I or II: no quiet hours, no saving."""
    exercise: bool = False
    test: bool = False
    """A silent test: the gateway's own test flag where it has one."""
    references: str = ""
    """Id of the message that this one cancels or repeats; empty where it is new."""
    link: str = field(default="", repr=False)
    """Path at which it can be answered (`/a/…`), without host; empty where no answer is wanted."""
    code: str = field(default="", repr=False)
    """What may be sent back as an answer; empty where none is wanted."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of handing a message to a gateway."""

    status: Status
    """accepted: the gateway says that it has taken it · refused: it says that it has not, or could not have been reached at
    all · unknown: nobody can tell (timed out, broken off after it was sent)."""
    ref: str = ""
    """The gateway's own name for the message, by which receipts come."""
    why: str = ""
    """In Chinese, for people; no number or address in it."""
    again: bool = False
    """Of one refused: whether it is worth trying again soon (busy, rate limited). Nothing was taken."""


class Channel(Protocol):
    """One way by which messages leave the house."""

    @property
    def name(self) -> str:
        """Its name in the settings; an address names it by its kind."""

    @property
    def kind(self) -> Kind:
        """Which kind of addresses it serves."""

    @property
    def exercise(self) -> bool:
        """Whether an exercise may use it."""

    @property
    def honours_keys(self) -> bool:
        """Whether the gateway takes the same id once only, so that a message of unknown fate may be given again."""

    def room(self) -> int:
        """How many messages its rate limit takes at this moment. Only a hint: `send` keeps the limit itself."""

    def send(self, one: Outgoing) -> Outcome:
        """Hand a message to the gateway, within the channel's time limit. Several threads may do so at once; never raises."""
