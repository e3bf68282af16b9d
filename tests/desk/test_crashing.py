"""A crash between a command and what the desk does of itself: after a restart it follows, and nothing comes twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from nights import EVENING, LANES, MACHINE, RULES, Night, Step, carry, night, open_files
from soundness import all_entries, streams, unsound

from zhishou.desk import Desk
from zhishou.journal import Act, Appended, Link, MemoryJournal, Row, Write
from zhishou.plan.load import Library


class CrashError(BaseException):
    """The process is gone; nothing catches it."""


class Crashing(MemoryJournal):
    """A record whose process dies right before or right after an append."""

    dies_in: float = float("inf")
    """At so many appends from now; at half a step after the whole number the append is still recorded."""

    def append(self, writes: Sequence[Write], act: Act, rows: Sequence[Row] = (), link: Link | None = None) -> Appended:
        self.dies_in -= 0.5
        if self.dies_in <= 0:
            raise CrashError
        done = super().append(writes, act, rows, link)
        self.dies_in -= 0.5
        if self.dies_in <= 0:
            raise CrashError
        return done


def said(journal: MemoryJournal) -> dict[str, list[Any]]:
    """What each stream says, whatever the key under which it was said."""
    return {stream: [(*one[:4], one[5]) for one in told] for stream, told in streams(journal).items()}


def crashed(library: Library, told: Night, rng: random.Random, *, again: bool) -> tuple[Desk, Crashing, int]:
    """The night, with a crash at many a command. The giver sends it again, or the desk alone takes up what it left."""
    journal = Crashing("night", EVENING, exercise=False)
    now, crashes = EVENING, 0

    def opened() -> Desk:
        return Desk(journal, library, machine=MACHINE, now=lambda: now, rules=RULES)

    def again_or_alone(desk: Desk, step: Step) -> None:
        if again or not journal.of_command(step.key):
            assert carry(desk, step) in {told.outcomes[step.key], "repeated"}
        else:
            desk.reassess(step.area, f"restart/{crashes}")

    desk = opened()
    open_files(desk, LANES[:2])
    for phase in told.phases:
        now = phase.at
        for step in (step for lane in phase.lanes for step in lane):
            journal.dies_in = rng.randint(1, 8) / 2
            try:
                carry(desk, step)
                journal.dies_in = float("inf")
            except CrashError:
                crashes += 1
                journal.dies_in = float("inf")
                desk = opened()
                again_or_alone(desk, step)
        journal.dies_in = rng.randint(1, 12) / 2
        try:
            desk.tick()
        except CrashError:
            crashes += 1
            desk = opened()
        journal.dies_in = float("inf")
        desk.tick()
    return desk, journal, crashes


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_a_command_follows_when_it_is_sent_again(packs: Library, seed: int):
    told = night(packs, seed, LANES[:2], 60)
    desk, journal, crashes = crashed(packs, told, random.Random(seed), again=True)  # noqa: S311 - chance, not secrets
    assert crashes > 40
    assert said(journal) == said(told.journal)
    assert unsound(desk) == []


@pytest.mark.parametrize("seed", range(4))
def test_what_follows_a_command_follows_when_the_desk_is_alone(packs: Library, seed: int):
    told = night(packs, seed, LANES[:2], 60)
    desk, journal, crashes = crashed(packs, told, random.Random(seed), again=False)  # noqa: S311 - the same
    assert crashes > 40
    calm = Desk(told.journal, packs, machine=MACHINE, now=desk.now, rules=RULES)
    for one in (desk, calm):
        one.reassess("jincheng", "end")
    assert outcome(desk, journal) == outcome(calm, told.journal)
    assert unsound(desk) == []
    assert filed_twice(journal) == []


def outcome(desk: Desk, journal: MemoryJournal) -> dict[str, Any]:
    """What a night has come to. The desk alone may notice a fact grown stale earlier than the next command would."""
    entries = [one for one in all_entries(journal) if one.type != "assessment_filed"]
    states = [desk.incident(stream.removeprefix("incident/")) for stream, _ in journal.streams("incident/")]
    return {
        "events": Counter((one.stream, one.type) for one in entries),
        "assessed": {
            (state.id, key): replace(one, at=EVENING) for state in states for key, one in state.assessed.items()
        },
        "standing": {state.id: state.facts for state in states if state.id.startswith("standing-")},
    }


def filed_twice(journal: MemoryJournal) -> list[str]:
    """Assessments filed that say what the one before said."""
    last: dict[tuple[str, str, str], Any] = {}
    found = []
    for one in all_entries(journal):
        if one.type == "assessment_filed":
            place = one.stream, one.payload["plan"], one.payload["ladder"]
            says = [one.payload.get(name) for name in ("level", "verdict", "at_least", "reasons", "digest")]
            if last.get(place) == says:
                found.append(f"{place} at {one.position}")
            last[place] = says
    return found


def test_reassessing_files_nothing_where_nothing_has_changed(packs: Library):
    told = night(packs, 7, LANES[:2], 60)
    desk = Desk(told.journal, packs, machine=MACHINE, now=lambda: told.phases[-1].at, rules=RULES)
    desk.reassess("jincheng", "first")  # a fact may have grown stale since the last command
    before = told.journal.head()
    for number in range(3):
        desk.reassess("jincheng", f"again/{number}")
    assert told.journal.head() == before
    assert filed_twice(told.journal) == []
