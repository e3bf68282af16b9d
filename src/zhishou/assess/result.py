"""The value that an assessment is: the decision and its explanation in one, immutable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from zhishou.plan.truth import Verdict


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody whom the plan names for an act."""

    id: str
    """Id in the pack or the lexicon."""
    label: str
    """As the plan calls it."""
    holders: tuple[str, ...] = ()
    """For a post, the offices whose holders fill it."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One condition, judged."""

    text: str
    """The condition in Chinese."""
    clause: tuple[str, ...]
    """Its clause."""
    verdict: Verdict
    """What can be said of it."""
    fact: str = ""
    """The fact it looks at; empty for joined conditions."""
    observed: str = ""
    """The value found."""
    source: str = ""
    """Who said so."""
    age_minutes: int | None = None
    """How old the statement is."""
    stale: bool = False
    """True where a statement exists but has outlived its shelf life."""
    parts: tuple[Judged, ...] = ()
    """The conditions it joins."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ends a response or lifts a warning."""

    by: tuple[Who, ...]
    by_starter: bool
    """True where whoever started or published it ends it."""
    grades: tuple[str, ...]
    """The accident grades for which it holds; empty for all."""
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpecialCase:
    """A case in which somebody else approves or decides."""

    case: str
    """The case, in Chinese."""
    verdict: Verdict | None
    """Whether it holds tonight; None where the plan gives no condition that can be judged."""
    approved_by: tuple[Who, ...]
    decided_by: tuple[Who, ...]
    clause: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LevelJudged:
    """One level of a ladder, judged."""

    level: str
    label: str
    rank: int
    colour: str | None
    clause: tuple[str, ...]
    verdict: Verdict | None
    """None where the text gives the level no condition."""
    condition: Judged | None
    proposed_by: tuple[Who, ...]
    approved_by: tuple[Who, ...]
    decided_by: tuple[Who, ...]
    jointly: bool
    decision_clause: tuple[str, ...]
    endings: tuple[Ending, ...] = ()
    """Who ends or lifts it; where the text goes by the accident's grade and the grade is known, for that grade."""
    cases: tuple[SpecialCase, ...] = ()
    """Cases in which somebody else approves or decides."""


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A point that the text leaves open, and where tonight's facts lie on it."""

    text: str
    clause: tuple[str, ...]
    levels: tuple[str, ...]
    """The levels that can be argued."""


@dataclass(frozen=True, slots=True)
class Need:
    """What would have to be known, and be so."""

    facts: tuple[str, ...]
    """The facts to ask for."""
    text: str
    """The condition they would have to meet."""


@dataclass(frozen=True, slots=True)
class Raise:
    """A way in which facts not yet known could still raise the level."""

    level: str
    label: str
    needs: tuple[Need, ...]
    """All of these together."""
    clause: tuple[str, ...]
    judgement: bool
    """True where it takes the judgement of those whom the plan lets judge, and nothing else."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far a known number is from changing the level."""

    fact: str
    label: str
    value: float
    unit: str
    direction: str
    """`up` or `down` in severity."""
    threshold: float
    """The number at which the level changes."""
    reached: bool
    """True where reaching the threshold suffices, false where it must be passed."""
    distance: float
    """Distance to the threshold, in the fact's unit."""
    level: str | None
    """The level there; None where there is none."""
    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole at tonight's facts: a milder situation is claimed by a level that does not claim this one."""

    fact: str
    text: str
    milder: str
    """The milder value that is claimed."""
    level: str
    """The level that claims the milder situation."""
    clause: tuple[str, ...]


class WorkedOutWhenRead:
    """A value some of whose parts are worked out when they are first read; they never come out otherwise.

    A duty room asks for the level and its reasons far more often than for everything that could be said about them.
    """

    __slots__ = ("_worker",)

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> object:
            """Called only where a part is not yet there."""
            if name not in type(self).__dataclass_fields__:
                raise AttributeError(name)
            value = getattr(self._worker, name)(self)
            object.__setattr__(self, name, value)
            return value

    def settle(self) -> Self:
        """The same with every part worked out and the worker let go, for a value that is kept for long."""
        for name in self.__dataclass_fields__:  # type: ignore[attr-defined]
            getattr(self, name)
        object.__setattr__(self, "_worker", None)
        return self

    @classmethod
    def of(cls, worker: object, **known: object) -> Self:
        """The value from the parts that are known and a worker that has a method for each of the others."""
        found = object.__new__(cls)
        object.__setattr__(found, "_worker", worker)
        for name, value in known.items():
            object.__setattr__(found, name, value)
        return found


@dataclass(frozen=True, slots=True)
class LadderAssessment(WorkedOutWhenRead):
    """One ladder, judged."""

    ladder: str
    """`warning` or `response`."""
    label: str
    level: str | None
    """The level proposed; None where none is."""
    level_label: str
    verdict: Verdict
    """Of the proposal: met, arguable (claimed under one reading), unknown (none is certain), not_met (none applies)."""
    at_least: bool
    """True where what is known only within a range makes this the least level that is certain."""
    reasons: tuple[Judged, ...]
    """The conditions that carry the proposal."""
    claimed: tuple[str, ...]
    """Every level whose conditions are met or arguable."""
    ambiguities: tuple[Ambiguity, ...]
    raises: tuple[Raise, ...]
    margins: tuple[Margin, ...]
    gaps: tuple[Gap, ...]
    levels: tuple[LevelJudged, ...]
    """Every level, from the most severe."""

    @property
    def proposal(self) -> LevelJudged | None:
        """The level proposed."""
        return next((level for level in self.levels if level.level == self.level), None)


@dataclass(frozen=True, slots=True)
class TargetJudged:
    """A target, judged."""

    id: str
    label: str
    owner: tuple[Who, ...]
    verdict: Verdict
    """Whether it is reached."""
    observed: str
    due: str | None
    """The day by which it must be reached (ISO), for this heating season; None where it holds at all times."""
    overdue: bool
    """True where it is certainly not reached and its day has passed."""
    clause: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Stale:
    """A statement that has outlived its shelf life and counts as unknown."""

    fact: str
    label: str
    text: str
    age_minutes: int
    shelf_life: str


@dataclass(frozen=True, slots=True)
class Assessment(WorkedOutWhenRead):
    """One plan against one situation at one moment."""

    plan: str
    title: str
    short: str
    number: str
    version: str
    digest: str
    """Digest of the pack's rules."""
    lexicon_digest: str
    at: str
    """The moment, ISO 8601 in Asia/Shanghai."""
    in_force: bool
    ladders: tuple[LadderAssessment, ...]
    targets: tuple[TargetJudged, ...]
    stale: tuple[Stale, ...]
    note: str
    """Of a text without levels: what a reader should know about its scope."""

    def ladder(self, kind: str) -> LadderAssessment | None:
        """The assessment of one ladder; None where the plan has none."""
        return next((ladder for ladder in self.ladders if ladder.ladder == kind), None)
