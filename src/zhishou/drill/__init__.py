"""Drills: scenarios on a simulated clock through the very same desk, checked against what the plan says, told and scored."""

from zhishou.drill.outcome import Checked, Outcome
from zhishou.drill.reading import read_scenario, shipped
from zhishou.drill.records import exercise_desk, memory_record, record_id
from zhishou.drill.reporting import exercise
from zhishou.drill.running import run
from zhishou.drill.scenario import Scenario
from zhishou.drill.story import told
from zhishou.incident.scoring import Review, review

__all__ = [
    "Checked",
    "Outcome",
    "Review",
    "Scenario",
    "exercise",
    "exercise_desk",
    "memory_record",
    "read_scenario",
    "record_id",
    "review",
    "run",
    "shipped",
    "told",
]
