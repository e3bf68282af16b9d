"""Reading an assessment: parts of it are worked out when first read, so what is timed must be read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from zhishou.assess import Assessment


def decision(assessment: Assessment) -> tuple[Any, ...]:
    """The level of every ladder, how sure it is, and the conditions that carry it."""
    return tuple((ladder.level, ladder.verdict, ladder.reasons) for ladder in assessment.ladders)


def everything(assessment: Assessment) -> tuple[Any, ...]:
    """Every part: all levels and conditions, what is open, what could raise it, margins, holes, targets."""
    parts = [getattr(assessment, field.name) for field in fields(assessment)]
    return (*parts, *(getattr(ladder, field.name) for ladder in assessment.ladders for field in fields(ladder)))
