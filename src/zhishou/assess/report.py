"""An assessment as JSON, with the schema that others may rely on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from zhishou.assess.result import Assessment

SCHEMA = "zhishou.assessment/1"


@dataclass(frozen=True, slots=True)
class Report:
    """What `zhishou assess --format json` prints."""

    at: str
    """The moment, ISO 8601 in Asia/Shanghai."""
    area: str
    """Area id."""
    plans: tuple[Assessment, ...]
    """One assessment for every plan."""
    note: str = ""
    """The note of the facts file (an illustration says so here)."""
    schema: str = SCHEMA
    """Name and version of this schema."""


@cache
def _adapter() -> TypeAdapter[Report]:
    return TypeAdapter(Report)


def dumped(report: Report) -> str:
    """The report as JSON text."""
    return _adapter().dump_json(report, indent=2).decode()


def schema() -> dict[str, Any]:
    """The JSON Schema of the report."""
    return _adapter().json_schema(mode="serialization")
