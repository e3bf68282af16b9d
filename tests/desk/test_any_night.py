"""No sequence of commands, repetitions, restarts and deadlines leaves the desk in a state that its record does not say."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from nights import EVENING, MACHINE, RULES, Lane, Step, carry, chemical, chosen, energy
from soundness import screens, unsound

from zhishou.acts import SYSTEM, Command
from zhishou.desk import Desk
from zhishou.desk.kinds import INCIDENTS
from zhishou.errors import FactsError, RefusedError, RepeatedKeyError, StaleError
from zhishou.incident.aftermath import CloseIncident
from zhishou.incident.deadlines import SINGLY
from zhishou.incident.merging import MergeIncident, UnmergeIncident
from zhishou.incident.opening import AddNote, ReopenIncident
from zhishou.journal import MemoryJournal, Snapshot
from zhishou.plan.load import library
from zhishou.watch.commands import OpenDutyRoom

LANES = (energy(), chemical("zezhou"))
BACK = (0, 0, 0, 1, 45, 600, 20_000, 525_600)
"""Minutes by which somebody dates back what he enters: mostly not at all, sometimes by a slip of a year."""


class AnyNight(RuleBasedStateMachine):
    """Duty rooms of a district, a county and the city above both, whose reports upward arrive there at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = EVENING
        self.journal = MemoryJournal("night", EVENING, exercise=False)
        self.steps: list[Step] = []
        self.done: dict[str, bool] = {}
        self.incidents: dict[str, list[str]] = {lane.area: [] for lane in LANES}

    @initialize()
    def open_rooms(self) -> None:
        self.restart()
        for area in ("jincheng", "zezhou", "chengqu"):
            room = OpenDutyRoom(area=area, person="admin", person_name="管理员")
            self.desk.keep(area, room, SYSTEM, key=f"room/{area}")

    @rule()
    def restart(self) -> None:
        self.desk = Desk(self.journal, library(), machine=MACHINE, now=lambda: self.now, rules=RULES)

    @rule(chance=st.integers(0, 2**32), lane=st.sampled_from(LANES), back=st.sampled_from(BACK))
    def command(self, chance: int, lane: object, back: int) -> None:
        rng = random.Random(chance)  # noqa: S311 - chance, not secrets
        step = chosen(rng, self.desk, lane, self.incidents[lane.area], f"c{len(self.steps)}")  # type: ignore[attr-defined,arg-type]
        if back:
            step = replace(step, at=self.now - timedelta(minutes=back))
        self._given(step, lane.area)  # type: ignore[attr-defined]

    @rule(chance=st.integers(0, 2**32), lane=st.sampled_from(LANES))
    def over_and_back(self, chance: int, lane: Lane) -> None:
        """An incident is closed, merged into another, or brought back from where it went."""
        own = self.incidents[lane.area]
        if own:
            id_, other = own[chance % len(own)], own[(chance // 7) % len(own)]
            over: Command = (CloseIncident(reason="带着"), MergeIncident(into=other, reason="同", left="另下"))[
                chance % 2
            ]
            status = self.desk.incident(id_).status
            back = {"closed": ReopenIncident(reason="复燃"), "merged": UnmergeIncident(reason="误")}.get(status, over)
            self._given(Step(f"c{len(self.steps)}", lane.area, id_, back, lane.people["officer"]), lane.area)

    def _given(self, step: Step, area: str) -> None:
        before = self.journal.head()
        outcome = carry(self.desk, step)
        self.steps.append(step)
        self.done[step.key] = outcome == "done"
        if outcome != "done":
            assert self.journal.head() == before, "a refused command has written"
        elif not step.incident:
            stream = self.journal.of_command(step.key)[0].stream
            self.incidents[area].append(stream.removeprefix("incident/"))

    @rule(minutes=st.sampled_from((1, 15, 31, 61, 240, -20)))
    def clock_moves(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def deadlines(self) -> None:
        passed = Counter((one.stream, getattr(one.event, "duty", "")) for one in self.desk.tick())
        assert max(passed.values(), default=0) <= SINGLY, "a date entered wrongly buries the record"
        before = self.journal.head()
        assert self.desk.tick() == ()
        assert self.journal.head() == before

    @rule(chance=st.integers(0, 2**32))
    def send_again(self, chance: int) -> None:
        """What was done comes again, as it was, or with another content under the same key."""
        done = [step for step in self.steps if self.done[step.key]]
        if not done:
            return
        step = done[chance % len(done)]
        made = self.journal.of_command(step.key)
        entries = {one.position for one in made}
        own = len(made)
        assert carry(self.desk, step) == "repeated"
        assert {one.position for one in self.journal.of_command(step.key)} == entries
        assert own == len(entries) > 0
        before = self.journal.head()
        incident = made[0].stream.removeprefix("incident/")
        with pytest.raises(RepeatedKeyError):
            self.desk.give(incident, AddNote(text="另一件事"), step.actor, key=step.key)
        assert self.journal.head() == before

    @rule(chance=st.integers(0, 2**32), back=st.integers(1, 5))
    def stale(self, chance: int, back: int) -> None:
        """A command that rests on what the incident was."""
        known = [id_ for own in self.incidents.values() for id_ in own]
        if not known:
            return
        id_ = known[chance % len(known)]
        seen = max(0, self.desk.incident(id_).version - back)
        before = self.journal.head()
        with pytest.raises(StaleError):
            self.desk.give(
                id_, AddNote(text="补记"), LANES[1].people["officer"], key=f"s{chance}/{back}", expected=seen
            )
        assert self.journal.head() == before

    @rule()
    def reassess(self) -> None:
        self.desk.reassess("jincheng", "now and then")
        before = self.journal.head()
        self.desk.reassess("jincheng", "now and then")
        assert self.journal.head() == before

    @rule()
    def snapshots_and_restart(self) -> None:
        for stream, version in self.journal.streams("incident/"):
            state = self.desk.incident(stream.removeprefix("incident/"))
            self.journal.keep(Snapshot(stream, version, INCIDENTS.tag, INCIDENTS.dumped(state)))
        self.restart()

    @rule(minutes=st.integers(1, 60))
    def a_command_from_the_future(self, minutes: int) -> None:
        for id_ in self.incidents["zezhou"][:1]:
            before = self.journal.head()
            at = self.now + timedelta(minutes=minutes)
            with pytest.raises(RefusedError):
                self.desk.give(id_, AddNote(text="x"), LANES[1].people["officer"], key="future", at=at)
            assert self.journal.head() == before

    @rule()
    def read(self) -> None:
        """Reading changes nothing."""
        before = self.journal.head()
        for own in self.incidents.values():
            for id_ in own:
                with suppress(FactsError):
                    self.desk.assess(id_)
        assert self.journal.head() == before

    def _out_of_order(self) -> Iterator[str]:
        """What somebody dated back to before its incident was opened, or its proposal made."""
        opened = {f"incident/{id_}": self.desk.incident(id_).opened for own in self.incidents.values() for id_ in own}
        proposed = {}
        for step in self.steps:
            for one in self.journal.of_command(step.key) if self.done[step.key] else ():
                if one.type == "level_proposed":
                    proposed[one.stream, one.payload["proposal"]] = one.at
                if step.at is None or (step.incident and one.stream != f"incident/{step.incident}"):
                    continue
                before = [opened[one.stream]] if step.incident else [one.recorded - RULES.back]
                if one.type == "level_decided" and one.payload.get("proposal"):
                    before.append(proposed[one.stream, one.payload["proposal"]])
                yield from (f"{one.type} at {one.at}, after {first}" for first in before if first and one.at < first)

    @invariant()
    def boards_follow(self) -> None:
        """The cheap half of what must hold, at every step; the whole of it at the end of every night."""
        if hasattr(self, "desk"):
            before = screens(self.journal)
            self.desk.rebuild(lambda *_: None)
            assert screens(self.journal) == before

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            assert list(self._out_of_order()) == []
            assert unsound(self.desk) == []


TestAnyNight = AnyNight.TestCase
TestAnyNight.settings = settings(
    max_examples=6, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def test_a_long_night_is_sound():
    """The same with one long night, for what only grows slowly: long streams, and snapshots taken on the way."""
    clock = [EVENING]
    journal = MemoryJournal("night", EVENING, exercise=False)
    rng = random.Random(11)  # noqa: S311 - chance, not secrets
    incidents: dict[str, list[str]] = {lane.area: [] for lane in LANES}
    for number in range(500):
        if number % 97 == 0:
            desk = Desk(journal, library(), machine=MACHINE, now=lambda: clock[0], rules=RULES)
        clock[0] += timedelta(minutes=rng.choice((0, 1, 2)))
        lane = LANES[number % 2]
        step = chosen(rng, desk, lane, incidents[lane.area][:1], f"c{number}")
        if carry(desk, step) == "done" and not step.incident:
            incidents[lane.area].append(journal.of_command(step.key)[0].stream.removeprefix("incident/"))
        if number % 5 == 0:
            desk.tick()
    kept = [stream for stream, _ in journal.streams("incident/") if journal.snapshot(stream, INCIDENTS.tag)]
    assert kept, "no stream grew long enough for a snapshot"
    assert unsound(Desk(journal, library(), machine=MACHINE, now=lambda: clock[0], rules=RULES)) == []
