"""JSON Schema of a scenario, with the commands and events that an editor may offer."""

from __future__ import annotations

from typing import Any

from zhishou.drill.reading import KEPT
from zhishou.drill.scenario import Scenario
from zhishou.incident.index import COMMANDS, EVENTS
from zhishou.plan import schema
from zhishou.supply.returns.record import CATALOGUE as RETURN_EVENTS
from zhishou.watch.events import CATALOGUE


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file."""
    found = schema.schema(Scenario)
    definitions = found["$defs"]
    _offer(definitions["Step"]["properties"]["give"], COMMANDS)
    _offer(definitions["Kept"]["properties"]["command"], KEPT)
    _offer(
        definitions["EventExpected"]["properties"]["type"],
        [kind.type for kind in (*EVENTS, *CATALOGUE, *RETURN_EVENTS)],
    )
    return found


def _offer(field: dict[str, Any], names: Any) -> None:
    """Name the texts that a field may hold."""
    for choice in field.get("anyOf", [field]):
        if choice.get("type") == "string":
            choice["enum"] = sorted(names)
