"""Small makers of what goes into a record, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from zhishou import database
from zhishou.clock import SHANGHAI
from zhishou.journal import Act, Appended, Draft, Journal, Row, Write

EVENING = datetime(2026, 12, 15, 20, tzinfo=SHANGHAI)
ACT = Act("", "d1", "p7", "张某", "jincheng:duty_officer", "10.0.0.7", EVENING)
_numbers = count(1)


def act(command: str = "", **changed: Any) -> Act:
    """A command of its own, unless it is named."""
    return replace(ACT, command=command or f"command-{next(_numbers)}", **changed)


def drafts(*payloads: dict[str, Any] | int, at: datetime = EVENING) -> tuple[Draft, ...]:
    """Events; a number stands for a payload that holds it."""
    return tuple(
        Draft("told", 1, one if isinstance(one, dict) else {"n": one}, at + timedelta(minutes=number))
        for number, one in enumerate(payloads)
    )


def write(journal: Journal, stream: str, *payloads: dict[str, Any] | int, rows: tuple[Row, ...] = ()) -> Appended:
    """Append to a stream where it stands."""
    return journal.append([Write(stream, journal.version(stream), drafts(*payloads))], act(), rows)


def row(key: str, **changed: Any) -> Row:
    """A line of the board `b`."""
    return replace(Row("b", key, "jincheng", "open", None, {"key": key}), **changed)


def raises_nothing(work: Callable[[], object], errors: list[BaseException]) -> Callable[[], None]:
    """The work of a thread, whose failure the test wants to see."""

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - the test raises it
            errors.append(error)

    return run


def with_tables(url: str) -> None:
    """Make the tables in an empty database."""
    made = database.engine(url)
    database.upgrade(made)
    made.dispose()
