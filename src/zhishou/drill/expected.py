"""What a scenario expects: a refusal with its clause, an event between two moments, a level, a duty, a task, a suggestion."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from zhishou.plan.base import Clause, Model, Names


def _as_counts(value: Any) -> Any:
    return {"issued": value} if isinstance(value, int) else value


class Refusal(Model):
    """A command must be refused."""

    code: str = ""
    """`post`, `own_proposal`, `state`, `missing`, `plan` …; empty: any."""
    clause: Clause = ()
    """Clauses that the refusal must cite."""
    says: str = ""
    """Words that the refusal must contain."""


class EventExpected(Model):
    """An event must have happened: in this step, or, for the whole timeline, at any time or between two moments."""

    type: str
    """`level_decided`, `duty_missed` …"""
    where: dict[str, Any] = Field(default_factory=dict)
    """Field of the event → value; a text also matches where the field ends with it, a list where it holds it."""
    clause: Clause = ()
    """Clauses that the event must cite."""
    post: str = ""
    """The post in which it was done, written as under `people`."""
    between: tuple[str, str] | None = None
    """Earliest and latest moment of the record, both included."""
    times: int | None = None
    """How often; empty: at least once."""


class LevelExpected(Model):
    """Which level is in force."""

    level: str | None
    """`II`; null: none."""
    plan: str = ""
    """The plan, by its id or the end of it; empty: the scenario's first."""
    ladder: str = "response"
    """`response` or `warning`."""


class AssessedExpected(Model):
    """What the assessment says, as filed."""

    level: str | None
    """`II`; null: none is called for."""
    plan: str = ""
    """The plan, by its id or the end of it; empty: the scenario's first."""
    ladder: str = "response"
    """`response` or `warning`."""
    clause: Clause = ()
    """Clauses that its reasons must cite."""
    at_least: bool | None = None
    """Whether only this much is certain, and more is possible."""
    suggested: bool | None = None
    """Whether the board of suggestions shows it."""


class DutyExpected(Model):
    """How something that falls due stands."""

    is_: str = Field(alias="is")
    """The duty, by the end of its id: `county-first`, `follow-up-II/1`."""
    status: str = ""
    """`open`, `met`, `missed`, `void`."""
    due: str = ""
    """Written as `at`; `none` where no moment may be set because the text gives no length."""
    late: int | None = None
    """How many times were missed so far."""
    incoming: bool | None = None
    """Whether it is owed to this duty room by others."""
    clause: Clause = ()
    """The clauses that set it, exactly these."""
    by: Names = ()
    """Who owes it, as the plan names them."""
    to: Names = ()
    """To whom, as the plan names them."""


class TaskExpected(Model):
    """How a task stands."""

    is_: str = Field(alias="is")
    """The task, by id or text."""
    status: str = ""
    """`issued`, `accepted`, `done`, `refused`, `cancelled`."""
    clause: Clause = ()
    """The clauses that set it, exactly these."""
    by: Names = ()
    """Who owes it, as the plan names them."""
    due: str = ""
    """Written as `at`; `none` where no moment may be set."""


class IncidentExpected(Model):
    """How the incident itself stands."""

    status: str = ""
    """`open`, `refuted`, `merged`, `closed`."""
    commanded_by: str | None = None
    """The superior that commands under `plan`; empty text: nobody."""
    plan: str = ""
    """The plan of `commanded_by`; empty: the scenario's first."""
    plans: tuple[str, ...] | None = None
    """The plans that apply, all of them."""
    superior: str = ""
    """Name of the incident above that this was passed up to."""
    casualties: dict[str, int] = Field(default_factory=dict)
    """What is counted (`deaths`, `serious_injuries` …) → how many."""
    tasks: Annotated[dict[str, int], BeforeValidator(_as_counts)] = Field(default_factory=dict)
    """Status → how many tasks."""
    owed: int | None = None
    """How many duties are still owed."""


class RoomExpected(Model):
    """How a duty room stands."""

    area: str = ""
    """The duty room's area; empty: the first room."""
    on_watch: str = ""
    """Key of the person on watch."""
    logged: str = ""
    """Words in the duty log."""


class Expectation(Model):
    """One expectation: exactly one of its kinds."""

    on: str = ""
    """The incident it is about; empty: the step's."""
    event: EventExpected | None = None
    """An event that must have happened."""
    level: LevelExpected | None = None
    """The level in force."""
    assessed: AssessedExpected | None = None
    """What the assessment says."""
    duty: DutyExpected | None = None
    """Something that falls due."""
    task: TaskExpected | None = None
    """A task."""
    incident: IncidentExpected | None = None
    """The incident itself."""
    room: RoomExpected | None = None
    """A duty room."""
    because: str = ""
    """The clause and what it says, in short words, for whoever reads the scenario."""

    @property
    def kind(self) -> str:
        """Which of its kinds it is."""
        return next(key for key in KINDS if getattr(self, key) is not None)

    @model_validator(mode="after")
    def _one_kind(self) -> Expectation:
        found = [key for key in KINDS if getattr(self, key) is not None]
        if len(found) != 1:
            raise ValueError(f"每条期望写一种（{'、'.join(KINDS)}）")
        return self


KINDS = ("event", "level", "assessed", "duty", "task", "incident", "room")
