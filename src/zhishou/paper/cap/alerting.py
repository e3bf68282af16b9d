"""Commands and events of public warnings: a message goes out, a foreign one comes in, a person settles what no table could.

It stands alone because both ways are on record, with the SM3 of the bytes that went or came.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from zhishou.acts import Catalogue, Command, Event, Moment
from zhishou.paper.cap.values import Certainty, ResponseType

ALERT_STREAMS = "alerts/"
WARNING_STREAMS = "warnings/"


class Words(Command):
    """What is said in one language. Part of `issue_alert`."""

    language: str = Field("zh-CN", max_length=20)
    """zh-CN, or en besides."""
    headline: str = ""
    description: str = ""
    instruction: str = ""


class IssueAlert(Command):
    """Issue the warning that was decided, or its lifting, as a public message (CAP)."""

    name = "issue_alert"
    label = "发布预警信息"
    incident: str
    plan: str = ""
    """The plan; needed where the incident has warnings under several."""
    areas: tuple[str, ...] = ()
    """Area ids of the lexicon; empty: the incident's place."""
    words: tuple[Words, ...] = ()
    """What was written; empty, or left out in it: composed from the record."""
    onset: Moment | None = None
    expires: Moment | None = None
    certainty: Certainty = "Likely"
    response_types: tuple[ResponseType, ...] = ("Prepare",)
    note: str = ""
    """Why it is changed or lifted, for the public; needed where a message of the same decision went out already."""


class AlertIssued(Event):
    """A public message was issued. Its bytes were kept before this was written."""

    type = "alert_issued"
    label = "预警信息已发布"
    identifier: str
    sender: str
    sent: Moment
    msg_type: Literal["Alert", "Update", "Cancel"]
    exercise: bool
    """As the record of the decision has it; a message of an exercise is one, and public nowhere."""
    incident: str
    plan: str
    level: str
    decision: int
    """Place in the record of the decision it rests on."""
    clause: tuple[str, ...] = ()
    headline: str
    follows: tuple[str, ...] = ()
    """Identifiers of the messages it updates or cancels, oldest first."""
    areas: tuple[str, ...]
    cap: str
    """SM3 of the CAP 1.2 message."""
    signed: bool
    national: str = ""
    """SM3 of the message for the national network; empty where none was written."""
    national_file: str = ""
    """Its file name."""
    without_national: str = ""
    """Why none was written."""
    note: str = ""
    """Why it was changed or lifted, as the public was told."""


class TakeWarning(Command):
    """Take in a message of another service."""

    name = "take_warning"
    label = "接收预警信息"
    content: str
    """SM3 of its bytes."""


class WarningTaken(Event):
    """A message of another service came in. Its bytes were kept before this was written."""

    type = "warning_taken"
    label = "预警信息已接收"
    content: str
    """SM3 of the bytes as they came."""
    identifier: str
    sender: str
    sent: Moment
    status: str
    msg_type: str
    headline: str
    signer: str = ""
    """Whose pinned certificate signed it; empty where nobody known did."""
    source: str = ""
    """The deployment's name for the sender; empty where it knows none."""


class SettleWarning(Command):
    """Say what was done about a message that no rule could turn into a fact."""

    name = "settle_warning"
    label = "处理预警信息"
    content: str
    """SM3 of its bytes."""
    done: str = Field(min_length=1)
    """What was decided: stated as a fact by hand, or of no concern here."""


class WarningSettled(Event):
    """A person has decided about a message."""

    type = "warning_settled"
    label = "预警信息已处理"
    content: str
    done: str


ALERTS = Catalogue(AlertIssued)
WARNINGS = Catalogue(WarningTaken, WarningSettled)
