"""Who would be called for a level at a moment, by what, in which order, and what is missing; pure.

It stands alone because it is read before the night, by people who can still mend what is missing, and goes the way of the
call itself: the same parties, the same people, the same steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from zhishou.callout.matters import Matter, Need
from zhishou.callout.policy import Policy, Step, length
from zhishou.callout.steps import missing_words, pace_of, people_of, quiet_until, ways_of
from zhishou.callout.whom import CONSOLE, Person, Reach, Why

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
    held: datetime | None = None
    """Where every way is quiet at that hour: until when the step waits."""


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
        """Whether anybody at all would be called; what stands on a page alone reaches nobody at level I and II."""
        return any(_rings(turn.callees, urgent=self.urgent) for turn in self.turns)


def dry_run(
    matters: Sequence[Matter], reaches: Iterable[Reach], policy: Policy, at: datetime
) -> tuple[Run, ...]:  # fmt: skip
    """What would happen for each matter, those whom nobody would reach first.

    Args:
        matters: of a level, as `levels.rehearsed` gives them.
        reaches: who would be called for each, in the same order.
        policy: the rules of calling.
        at: the moment.
    """
    runs = [_run(matter, reach, policy, at) for matter, reach in zip(matters, reaches, strict=True)]
    return tuple(sorted(runs, key=lambda run: (run.reached, not run.missing)))


def _run(matter: Matter, reach: Reach, policy: Policy, at: datetime) -> Run:
    rule = policy.rule(matter)
    pace, passed, turns = pace_of(matter, rule), 0.0, []
    for number, step in enumerate(rule.steps, start=1):
        callees, held = _callees(step, reach)
        if held is not None:  # what is said of the hours after it is no more than a guess, as all is that comes later
            passed = max(passed, (held - at).total_seconds() / 60)
            reach = _awake(reach)
        turns.append(Turn(number, round(passed, 2), callees, held))
        reach = _paged(reach, frozenset(one.person for one in callees))
        if _rings(callees, urgent=matter.urgent):  # a step with nobody in it waits for nobody
            passed += length(step.wait).total_seconds() / 60 * pace
    return Run(
        matter.party.key, matter.party.label, NEEDS[matter.need], matter.tasks, matter.urgent, tuple(turns),
        missing_words(reach),
    )  # fmt: skip


def _callees(step: Step, reach: Reach) -> tuple[tuple[Callee, ...], datetime | None]:
    """Whom a step calls, the same as in the night; and until when it is held."""
    people = people_of(step, reach, 1)
    found = [(person, ways) for person in people if (ways := ways_of(person, step))]
    held = None if found else quiet_until(people)
    if held is not None:
        return _callees(step, _awake(reach))[0], held
    return tuple(
        Callee(
            person.id, person.name, person.post, WHYS[person.why], tuple(one.kind for one in ways),
            tuple(one.id for one in ways),
        )
        for person, ways in found
    ), None  # fmt: skip


def _rings(callees: Iterable[Callee], *, urgent: bool) -> bool:
    ways = {kind for one in callees for kind in one.ways}
    return bool(ways - {CONSOLE} if urgent else ways)


def _paged(reach: Reach, people: frozenset[str]) -> Reach:
    """What stands on somebody's page stands there once."""

    def rung(rungs: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(
            replace(one, addresses=tuple(two for two in one.addresses if two.kind != CONSOLE))
            if one.id in people
            else one
            for one in rungs
        )

    return Reach(rung(reach.first), rung(reach.deputies), reach.missing)


def _awake(reach: Reach) -> Reach:
    """As it is when no channel is quiet."""

    def rung(people: Iterable[Person]) -> tuple[Person, ...]:
        return tuple(
            replace(one, addresses=tuple(replace(two, quiet=None) for two in one.addresses)) for one in people
        )  # fmt: skip

    return Reach(rung(reach.first), rung(reach.deputies), reach.missing)


def told(runs: Sequence[Run], plan: str, level: str, at: datetime) -> dict[str, Any]:
    """A dry run as JSON data."""
    return {
        "plan": plan, "level": level, "at": at.isoformat(), "parties": len(runs),
        "unreached": [run.label for run in runs if not run.reached],
        "runs": [asdict(run) | {"reached": run.reached} for run in runs],
    }  # fmt: skip
