"""What the assessment says, filed whenever it changes. The desk does it by itself; it decides nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from zhishou.acts import Command, Event, Happened
from zhishou.assess.result import LadderAssessment
from zhishou.incident.authority import SYSTEM_ALONE
from zhishou.incident.changing import replace
from zhishou.incident.context import Context
from zhishou.incident.deciding import By, Folds, Handler, Handlers
from zhishou.incident.seen import assessed
from zhishou.incident.state import Assessed, Incident
from zhishou.plan.pack import Pack


class FileAssessment(Command):
    """File what the assessment says now. Given by the desk alone, after every change of the facts."""

    name = "file_assessment"
    label = "研判归档"


class AssessmentFiled(Event):
    """What a plan says of the incident has changed."""

    type = "assessment_filed"
    label = "研判结果"
    plan: str
    ladder: str
    level: str | None = None
    level_label: str = ""
    verdict: str
    at_least: bool = False
    reasons: tuple[str, ...] = ()
    clause: tuple[str, ...] = ()
    could_rise: tuple[str, ...] = ()
    """What is unknown and could still raise the level."""
    digest: str = ""
    facts: dict[str, str] = Field(default_factory=dict)
    """The facts it rests on, in words."""


def _file(_: FileAssessment, state: Incident, by: By) -> tuple[Event, ...]:
    return tuple(
        event
        for plan in state.plans
        if plan in by.context.packs
        for event in _filed(state, by.context.packs[plan], by.context)
    )


def _filed(state: Incident, pack: Pack, context: Context) -> Iterator[Event]:
    found = assessed(state, pack, context)
    for ladder in found.ladders:
        before = state.assessed.get(f"{pack.id}|{ladder.ladder}")
        reasons = tuple(reason.text for reason in ladder.reasons)
        same = before is not None and (before.level, before.verdict, before.at_least, before.digest, before.reasons) == (
            ladder.level, ladder.verdict.value, ladder.at_least, pack.digest, reasons
        )  # fmt: skip
        if not same and (before is not None or ladder.level is not None):
            yield _filing(pack, ladder, reasons)


def _filing(pack: Pack, ladder: LadderAssessment, reasons: tuple[str, ...]) -> AssessmentFiled:
    clauses = dict.fromkeys(clause for reason in ladder.reasons for clause in reason.clause)
    return AssessmentFiled(
        plan=pack.id, ladder=ladder.ladder, level=ladder.level, level_label=ladder.level_label,
        verdict=ladder.verdict.value, at_least=ladder.at_least, reasons=reasons, clause=tuple(clauses),
        could_rise=tuple(
            f"若 {'，且 '.join(need.text for need in one.needs)}，则 {one.label}" for one in ladder.raises if one.needs
        ),
        digest=pack.digest,
        facts={one.fact: f"{one.observed}（{one.source}）" for one in ladder.reasons if one.fact},
    )  # fmt: skip


HANDLERS: Handlers = {FileAssessment: Handler(lambda *_: SYSTEM_ALONE, _file)}


def _filed_in(state: Incident, event: AssessmentFiled, happened: Happened) -> Incident:
    found = Assessed(
        event.plan, event.ladder, event.level, event.level_label, event.verdict, event.at_least, event.reasons,
        event.digest, happened.at,
    )  # fmt: skip
    return replace(state, assessed={**state.assessed, f"{event.plan}|{event.ladder}": found})


FOLDS: Folds = {AssessmentFiled: _filed_in}
