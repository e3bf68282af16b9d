"""The incident as the assessment sees it: its facts and judgements as a situation, and what follows for a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zhishou.assess.assessment import Assessment, assess
from zhishou.assess.known import fresh, known
from zhishou.assess.situation import Situation, situation
from zhishou.incident.context import Context
from zhishou.incident.state import Incident, Statement
from zhishou.plan.grading import grading
from zhishou.plan.pack import Pack


def situation_of(state: Incident, context: Context) -> Situation:
    """The standing facts of the area and the incident's own; what the incident states goes first."""
    facts = {**context.standing, **state.facts}
    return situation(
        {
            "facts": {id_: given(one) for id_, one in facts.items()},
            "judgements": [
                {
                    "plan": one.plan, "ladder": one.ladder, "level": one.level, "by": one.by,
                    "source": one.signed.name, "at": one.signed.at,
                }
                for one in state.judgements
            ],
        },
        context.lexicon,
    )  # fmt: skip


def given(statement: Statement) -> dict[str, Any]:
    """A statement as `assess.situation` reads it."""
    return {**statement.given, "at": statement.at, "source": statement.source}


def assessed(state: Incident, pack: Pack, context: Context) -> Assessment:
    """What the plan says of the incident at this moment."""
    return assess(pack, situation_of(state, context), context.at)


def grade(state: Incident, pack: Pack, context: Context) -> str:
    """The least accident grade that is certain; empty where the plan goes by no grades or none is certain."""
    return grades(state, pack, context).actual


@dataclass(frozen=True, slots=True)
class Grades:
    """The least accident grades that are certain; empty where none is."""

    actual: str = ""
    """Of what has happened."""
    expected: str = ""
    """Of what it may come to, at least what it is already."""


def grades(state: Incident, pack: Pack, context: Context) -> Grades:
    """What the accident is, and what it may come to, as far as that is certain."""
    if pack.plan.grading is None:
        return Grades()
    now = situation_of(state, context)
    seen = known(pack, now, context.at, fresh(pack.lexicon, now, context.at)).view.grades
    actual, expected = (seen.get(of, (0, 0))[0] for of in ("actual", "expected"))
    labels = ("", *grading(pack).labels[1:])
    return Grades(labels[actual], labels[max(actual, expected)])
