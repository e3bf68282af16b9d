"""What must hold of every record at every moment, whatever was done to it: one list, so that every storm is judged alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from zhishou.callout.boards import BOARDS as CALL_BOARDS
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENTS
from zhishou.incident.state import Incident
from zhishou.journal import Entry, Journal, Row, verify
from zhishou.projections import BOARDS

Told = tuple[str, int, dict[str, Any], str, str, str]


def all_entries(journal: Journal) -> Iterator[Entry]:
    """Every entry in order."""
    position = 0
    while page := journal.since(position):
        yield from page
        position = page[-1].position


def screens(journal: Journal) -> dict[tuple[str, str], Row]:
    """Every line of every board."""
    found: dict[tuple[str, str], Row] = {}
    for board in (*BOARDS, *CALL_BOARDS):
        last = ""
        while page := journal.rows(board, limit=500, after=last):
            found |= {(row.board, row.key): row for row in page}
            last = page[-1].place
    return found


def streams(journal: Journal) -> dict[str, list[Told]]:
    """What each stream says, without place and seal, which depend on what came between.

    What the desk does of itself is keyed by the command that it followed; after a kill it may follow the same command's
    neighbour that is sent again. What was done, and on which version, stays in the key and is compared.
    """
    found: dict[str, list[Told]] = {}
    for one in all_entries(journal):
        found.setdefault(one.stream, []).append(
            (
                one.type,
                one.version,
                one.payload,
                one.at.isoformat(),
                one.command.rpartition("#")[2],
                f"{one.person} {one.post}",
            )
        )
    return found


def fired(journal: Journal) -> Counter[tuple[str, str, int, str]]:
    """How often each deadline was recorded as passed: incident, duty, round, due."""
    return Counter(
        (one.stream, one.payload["duty"], one.payload["round"], one.payload["due"])
        for one in all_entries(journal)
        if one.type == "duty_missed"
    )


def unsound(desk: Desk) -> list[str]:
    """What does not hold of a desk's record; empty where all does. It makes the boards anew."""
    journal = desk.journal
    wrong: list[str] = []
    verdict = verify(journal)
    if not verdict.good:
        wrong.append(f"seal: {verdict.message}")
    versions: dict[str, int] = {}
    commands: dict[str, int] = {}
    for one in all_entries(journal):
        if one.version != versions.get(one.stream, 0) + 1:
            wrong.append(f"{one.stream} jumps to {one.version}")
        versions[one.stream] = one.version
        if commands.get(one.command, one.position - 1) != one.position - 1:
            wrong.append(f"command {one.command} was carried out twice")
        commands[one.command] = one.position
    wrong += [f"{what} passed {times} times" for what, times in fired(journal).items() if times > 1]
    wrong += list(_states(desk, versions))
    before = screens(journal)
    desk.rebuild(lambda *_: None)
    after = screens(journal)
    wrong += [f"board line {key}: {before.get(key)} ≠ {after.get(key)}" for key in before.keys() | after.keys()
              if before.get(key) != after.get(key)]  # fmt: skip
    return wrong


def _states(desk: Desk, versions: dict[str, int]) -> Iterator[str]:
    """The state at hand is the fold from zero, and one kept as a snapshot reads back as it was."""
    for stream, version in versions.items():
        if not stream.startswith("incident/"):
            continue
        id_ = stream.removeprefix("incident/")
        state = desk.incident(id_)
        zero = INCIDENTS.fold(Incident(id_), desk.story(id_))
        if state != zero or state.version != version:
            yield f"{id_}: at hand is not what the story folds to"
        if INCIDENTS.loaded(INCIDENTS.dumped(zero)) != zero:
            yield f"{id_}: a snapshot does not read back as it was"
