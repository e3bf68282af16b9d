"""Who would be called for a level at a moment, by what, in which order, and what is missing; pure.

It stands alone because it is read before the night, by people who can still mend what is missing, and goes the way of the
call itself: the same parties, the same people, the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from zhishou.callout.matters import Matter, Need
from zhishou.callout.policy import Policy, Step, length
from zhishou.callout.steps import missing_words, pace_of, ways_of
from zhishou.callout.whom import Reach, Why

WHYS: dict[Why, str] = {
    "watch": "正在当班", "roster": "排班", "holder": "任职", "delegate": "书面委托", "stand_in": "请假代接", "line": "单位值班电话",
    "deputy": "副职", "colleague": "同班", "named": "指名",
}  # fmt: skip
NEEDS: dict[Need, str] = {"full": "全文", "own": "本单位事项", "bare": "只告知有事"}


@dataclass(frozen=True, slots=True)
class Callee:
    """Somebody who would be called in a step."""

    person: str
    name: str
    post: str
    why: str
    ways: tuple[str, ...]
    """Kinds of address, in order."""
    addresses: tuple[str, ...]
    """Their ids in the contact book."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One step."""

    number: int
    after_minutes: float
    """How long after the beginning it comes, where nobody has answered by then."""
    callees: tuple[Callee, ...]
    """Nobody: the step is passed at once, and that is reported."""


@dataclass(frozen=True, slots=True)
class Run:
    """What would happen for one party."""

    party: str
    label: str
    need: str
    tasks: tuple[str, ...]
    urgent: bool
    turns: tuple[Turn, ...]
    missing: tuple[str, ...]
    """What keeps somebody from being reached, in words."""

    @property
    def reached(self) -> bool:
        """Whether anybody at all would be called."""
        return any(turn.callees for turn in self.turns)


def dry_run(matters: Sequence[Matter], reaches: Iterable[Reach], policy: Policy) -> tuple[Run, ...]:
    """What would happen for each matter, those whom nobody would reach first.

    Args:
        matters: of a level, as `levels.rehearsed` gives them.
        reaches: who would be called for each, in the same order.
        policy: the rules of calling.
    """
    runs = [_run(matter, reach, policy) for matter, reach in zip(matters, reaches, strict=True)]
    return tuple(sorted(runs, key=lambda run: (run.reached, not run.missing)))


def _run(matter: Matter, reach: Reach, policy: Policy) -> Run:
    rule = policy.rule(matter)
    pace, passed, turns = pace_of(matter, rule), 0.0, []
    for number, step in enumerate(rule.steps, start=1):
        callees = _callees(step, reach)
        turns.append(Turn(number, round(passed, 2), callees))
        if callees:  # a step with nobody in it waits for nobody
            passed += length(step.wait).total_seconds() / 60 * pace
    return Run(
        matter.party.key, matter.party.label, NEEDS[matter.need], matter.tasks, matter.urgent, tuple(turns),
        missing_words(reach),
    )  # fmt: skip


def _callees(step: Step, reach: Reach) -> tuple[Callee, ...]:
    found = []
    for person in reach.first if step.who == "first" else reach.deputies:
        if ways := ways_of(person, step):
            kinds, ids = tuple(one.kind for one in ways), tuple(one.id for one in ways)
            found.append(Callee(person.id, person.name, person.post, WHYS[person.why], kinds, ids))
    return tuple(found)


def told(runs: Sequence[Run], plan: str, level: str, at: datetime) -> dict[str, Any]:
    """A dry run as JSON data."""
    return {
        "plan": plan, "level": level, "at": at.isoformat(), "parties": len(runs),
        "unreached": [run.label for run in runs if not run.reached],
        "runs": [asdict(run) | {"reached": run.reached} for run in runs],
    }  # fmt: skip
