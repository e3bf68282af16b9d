"""What somebody must be told of, and who: plain pieces of the events of a call; they stand apart because all speak of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from zhishou.acts import Moment

Kind = Literal[
    "task", "directive", "level", "proposal", "approval", "query", "due", "missed", "report", "handover", "cancel", "gap",
    "test",
]  # fmt: skip
KINDS: Mapping[Kind, str] = {
    "task": "任务",
    "directive": "指令",
    "level": "级别",
    "proposal": "待决定",
    "approval": "待审批",
    "query": "上级催问",
    "due": "时限将到",
    "missed": "逾期",
    "report": "信息报告",
    "handover": "交接班",
    "cancel": "撤销",
    "gap": "未应答",
    "test": "测试",
}
"""Kind of matter → what it is called."""

Need = Literal["full", "own", "bare"]
"""Need to know: full, the duty room and those who command · own, what the party itself must do · bare, that there is something."""


class Piece(BaseModel):
    """A part of an event."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Party(Piece):
    """ONE unit, post or group as the plan names it, that must be told."""

    key: str
    """Post key (`unit:…`, `plan:post`, `duty:area`), or `person:account`."""
    label: str
    posts: tuple[str, ...] = ()
    """Keys of the posts that may answer, the nearest first."""
    deputies: tuple[str, ...] = ()
    """Posts that the plan lets act in their absence."""
    persons: tuple[str, ...] = ()
    """Accounts, where people are meant and no post."""


class Matter(Piece):
    """One thing that somebody must be told of."""

    kind: Kind
    id: str
    """Within its incident: `t3`, `d1`, `p2` …"""
    incident: str = ""
    """Empty for a duty room's own matter."""
    area: str
    """Area of the duty room."""
    plan: str = ""
    level: str = ""
    level_label: str = ""
    rank: int = 0
    """Place of the level on its ladder, from 1, the most severe; 0 where there is none."""
    party: Party
    name: str = ""
    """How the incident names the party, where it does: a directive is acknowledged under this name."""
    tasks: tuple[str, ...] = ()
    """Tasks that a level brings the party: taking one on answers the call."""
    need: Need = "own"
    what: str
    """What it is about, in words for those who need to know."""
    clause: tuple[str, ...] = ()
    since: Moment
    """When it came up."""
    due: Moment | None = None
    """By when it must be done or answered, under the plan."""
    use_by: Moment | None = None
    """After this moment it is not sent any more, but reported."""
    answer: bool = True
    """Whether somebody must answer; False where being told suffices."""
    of: str = ""
    """The stream of the call that this one cancels, or reports first."""
    calls: tuple[str, ...] = ()
    """Of a gap: the streams of the calls that nobody answered."""
    names: tuple[str, ...] = ()
    """Of a gap: who did not answer, every party by name."""

    @property
    def urgent(self) -> bool:
        """Level I or II, or an exercise of it."""
        return 1 <= self.rank <= 2


class Queued(Piece):
    """A message that a step puts into the outbox."""

    id: str
    person: str
    name: str
    post: str
    why: str
    address: str
    """Id in the contact book."""
    channel: str
    """Name of the channel, or its kind: the first of that kind."""
    references: str = ""
    """The message that it cancels or repeats."""
