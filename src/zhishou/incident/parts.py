"""What an incident is made of: reports, proposals, levels in force, tasks, duties and the like, each a frozen value.

They stand apart from `state.py`, which puts them together, because every subject of the room makes its own of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zhishou.acts import Moment


@dataclass(frozen=True, slots=True)
class Signed:
    """Who did something, in which post, when."""

    person: str
    name: str
    post: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Attached:
    """A plan under which the incident is handled, as it stood when it was attached or last ruled."""

    version: str
    digest: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact as somebody stated it."""

    given: Mapping[str, Any]
    """`value`, or `at_least` and `at_most`, and `unit`, as `assess.situation` reads them."""
    at: Moment
    """When it was observed."""
    source: str
    """Who said so."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A judgement given under a plan."""

    plan: str
    ladder: str
    level: str
    by: str
    signed: Signed
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report received."""

    kind: str
    """first 首报 · follow_up 续报 · final 终报."""
    how: str
    """phone 电话 · written 书面 · console 系统."""
    sender: str
    """Organisation id, or the name of somebody whom the lexicon does not have."""
    at: Moment
    text: str
    items: Mapping[str, str]
    """What the plan demands of a report → what it says of it."""
    missing: tuple[str, ...]
    """What the plan demands and the report leaves out."""
    status: str = "received"
    """received · verified · refuted."""
    checked: Signed | None = None
    reason: str = ""
    forwarded: tuple[str, ...] = ()
    """Whom it was passed on to."""
    photos: Mapping[str, str] = field(default_factory=dict)
    """Name of a photo → the SM3 under which its bytes are kept."""
    post: str = ""
    """The post of whoever sent it himself; empty where the desk wrote it down."""


@dataclass(frozen=True, slots=True)
class Query:
    """A question of a superior that must be answered."""

    by: str
    text: str
    at: Moment
    answer: str = ""
    answered: Signed | None = None
    incident: str = ""
    """The incident of the duty room above that asked; empty where the question came by telephone or on paper."""
    enquiry: str = ""
    """Its number there."""


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question put to a duty room below."""

    incident: str
    """The incident there."""
    to: str
    """Whom: organisation id, or a name."""
    text: str
    at: Moment
    answer: str = ""
    answered: Signed | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """What the assessment last said of a ladder, as filed."""

    plan: str
    ladder: str
    level: str | None
    label: str
    verdict: str
    at_least: bool
    reasons: tuple[str, ...]
    digest: str
    at: Moment


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level proposed, waiting or done with."""

    plan: str
    ladder: str
    level: str
    label: str
    change: str
    """start 启动 · raise 提级 · lower 降级."""
    reason: str
    proposed: Signed
    status: str = "open"
    """open · decided · refused · withdrawn · overtaken."""
    approvals: tuple[Signed, ...] = ()
    joined: tuple[Signed, ...] = ()
    """Those who have decided so far, where several must do so together."""


@dataclass(frozen=True, slots=True)
class Active:
    """A level in force."""

    level: str
    label: str
    colour: str | None
    since: Moment
    """Since when this level holds."""
    started: Moment
    """Since when the ladder is active at all."""
    decided: Signed
    ruling: Attached
    number: int
    """How many levels the ladder has had, this one counted."""
    authority: str = ""
    """The other authority that decided it, where no post of this duty room did."""


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a unit owes."""

    text: str
    plan: str
    by: tuple[str, ...]
    """Who owes it, as the plan or the order names them."""
    posts: tuple[str, ...]
    """Keys of the posts that may answer for it."""
    to: tuple[str, ...]
    clause: tuple[str, ...]
    issued: Signed
    due: Moment | None
    measure: bool
    """True where it is a measure of the plan, false where it was ordered by hand."""
    status: str = "issued"
    """issued · accepted · done · refused · cancelled."""
    last: Signed | None = None
    note: str = ""
    before: str = ""
    """What it was before it was cancelled, for an incident that is opened again."""


@dataclass(frozen=True, slots=True)
class Directive:
    """An order in writing that must be acknowledged by each unit."""

    text: str
    plan: str
    to: tuple[str, ...]
    """Organisation ids or post keys' names, as addressed."""
    clause: tuple[str, ...]
    issued: Signed
    acknowledged: Mapping[str, Signed] = field(default_factory=dict)
    posts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Addressee → the posts that answer for it, where the plan does not know it: a supplier of gas."""


@dataclass(frozen=True, slots=True)
class OnScene:
    """The on-scene headquarters."""

    plan: str
    commander: str
    deputies: tuple[str, ...]
    place: str
    since: Moment
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """A work group at work."""

    plan: str
    label: str
    lead: tuple[str, ...]
    members: tuple[str, ...]
    since: Moment


@dataclass(frozen=True, slots=True)
class Resource:
    """People, equipment or material asked for, lent and given back."""

    what: str
    quantity: float
    unit: str
    owner: str
    status: str
    """requested · lent · refused · returned."""
    lent: float = 0
    returned: float = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """Property requisitioned."""

    what: str
    owner: str
    status: str
    """requisitioned · returned · compensated."""
    plan: str = ""
    amount: float = 0
    """Compensation, 万元."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice of warning made public."""

    plan: str
    level: str
    items: Mapping[str, str]
    """What the plan wants in a notice → what this one says."""
    channels: tuple[str, ...]
    signed: Signed


@dataclass(frozen=True, slots=True)
class Checklist:
    """A check-list of the plan in use on the scene."""

    plan: str
    checklist: str
    """Id in the pack."""
    label: str
    steps: tuple[str, ...]
    clause: tuple[str, ...]
    opened: Signed
    checked: Mapping[str, Signed] = field(default_factory=dict)
    """Number of the step, from 1 → who saw to it."""
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """What was told to the public."""

    text: str
    channel: str
    signed: Signed
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Settled:
    """An entry of the aftermath: a cost, an insurance claim, relief, an inquiry."""

    kind: str
    what: str
    amount: float
    """万元; 0 where it is no sum."""
    who: str
    signed: Signed


@dataclass(frozen=True, slots=True)
class Lesson:
    """A change of the plan proposed after the event."""

    plan: str
    clause: str
    text: str
    signed: Signed


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that falls due: a report, an answer, a task, a review. `deadlines.py` says when."""

    kind: str
    label: str
    plan: str
    digest: str
    clause: tuple[str, ...]
    by: tuple[str, ...]
    to: tuple[str, ...]
    since: Moment
    within: str
    """As the text has it: `30 min`, `promptly`; empty where it gives nothing."""
    due: Moment | None
    """When; None where the text gives no figure and the deployment none."""
    every: float | None
    """Interval in minutes, where it recurs."""
    incoming: bool
    """True where somebody else owes it to this duty room."""
    note: str = ""
    round: int = 1
    """Which time, where it recurs."""
    told: tuple[str, ...] = ()
    status: str = "open"
    """open · missed (its time has passed and it is still owed) · met · void."""
    before: str = ""
    """What it was before it was voided, for an incident that is opened again."""
    voided: str = ""
    """Why it is owed no longer."""
    met: Moment | None = None
    late: int = 0
    """How many times it was missed."""
