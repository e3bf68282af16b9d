"""zen-engine at its best: every way it can be called was tried, and the fastest is used for each purpose.

Its own `decision.evaluate` compiles the table anew on every call (about 0.2 ms); an engine with a static loader
compiles it once. For many rows its loop mode, which takes an array in one call, beats `evaluate_batch`.
"""

from __future__ import annotations

import json
from typing import Any

import zen


class Peer:
    """One decision, compiled once."""

    def __init__(self, decision: dict[str, Any]) -> None:
        looped = json.loads(json.dumps(decision))
        looped["nodes"][1]["content"] |= {
            "executionMode": "loop", "inputField": "rows", "outputPath": "levels", "passThrough": False,
        }  # fmt: skip
        self._plain = zen.ZenEngine().create_decision(json.dumps(decision))
        self._engine = zen.ZenEngine({"loader": {"type": "static", "content": {"one": decision, "many": looped}}})

    def one(self, situation: dict[str, Any]) -> Any:
        """The decision for one situation."""
        return self._engine.evaluate("one", situation)["result"]

    def plainly(self, situation: dict[str, Any]) -> Any:
        """The decision in the way its readme shows."""
        return self._plain.evaluate(situation)["result"]

    def traced(self, situation: dict[str, Any]) -> Any:
        """The decision with its trace."""
        return self._engine.evaluate("one", situation, {"trace": True})

    def many(self, situations: list[dict[str, Any]]) -> list[str | None]:
        """The level for every situation, in one call."""
        found = self._engine.evaluate("many", {"rows": situations})["result"]["levels"]
        return [one and one["level"] for one in found]
