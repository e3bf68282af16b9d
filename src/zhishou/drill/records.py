"""The record and the desk of a drill: an exercise from its first line, and a desk that has nobody to send anything to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from zhishou.desk import Desk
from zhishou.drill.reading import Script
from zhishou.errors import JournalError
from zhishou.incident.context import HouseRules
from zhishou.journal import Journal, MemoryJournal

DeskFactory = Callable[[Callable[[], datetime]], Desk]
"""Opens the desk on the drill's clock; called again where the drill throws the desk away."""

MACHINE = "drill"


def record_id(script: Script) -> str:
    """The id of a scenario's record: the same text gives the same record."""
    return f"drill-{script.digest[:16]}"


def memory_record(script: Script) -> MemoryJournal:
    """A record in memory, founded as an exercise."""
    return MemoryJournal(record_id(script), script.scenario.start, exercise=True)


def exercise_desk(journal: Journal, script: Script) -> DeskFactory:
    """Opens desks on a record; they carry no channels, so nothing can leave the house.

    Raises:
        JournalError: the record is a real one, or not empty.
    """
    if not journal.exercise:
        raise JournalError("这是正式记录，演练不能写进去", mend="演练另用一个数据库，或不写 --database（在内存里演练）")
    if journal.head().position:
        raise JournalError("这个演练记录里已有内容", mend="每次演练用一个新库，或不写 --database（在内存里演练）")
    house = script.scenario.house
    rules = HouseRules(house.immediately or "", house.promptly or "")
    return lambda now: Desk(journal, script.library, machine=MACHINE, now=now, rules=rules, systems=script.systems)
