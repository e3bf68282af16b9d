"""No sequence of commands, by anybody, at any moments, reaches a state that the plans forbid."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from incident_room import PLANS
from random_nights import SHELVES, Night
from saying import ARGUMENTS

from zhishou.incident.index import COMMANDS


class AnySequence(RuleBasedStateMachine):
    """Short nights, which shrink to the few commands that matter where one goes wrong."""

    night: Night

    @initialize(data=st.data(), plans=st.sampled_from(SHELVES))
    def open(self, data: st.DataObject, plans: tuple[str, ...]) -> None:
        self.night = Night(plans, _drawn(data))

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        self.night.choose = _drawn(data)
        self.night.step()

    def teardown(self) -> None:
        if hasattr(self, "night"):
            self.night.over()


def _drawn(data: st.DataObject) -> Any:
    def choose(options: Sequence[Any]) -> Any:
        return data.draw(st.sampled_from(options))

    return choose


AnySequence.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnySequence = AnySequence.TestCase


@given(plans=st.sampled_from(SHELVES), seed=st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_long_nights(plans: tuple[str, ...], seed: int):
    night = Night(plans, Random(seed).choice)  # noqa: S311 - a drawn seed, so that a night can be told again
    for _ in range(150):
        night.step()
    night.over()


def test_the_machine_may_say_every_command_that_a_person_gives():
    assert set(ARGUMENTS) == set(COMMANDS) - {
        "open_incident", "file_assessment", "link_superior", "absorb_incident", "part_incident", "take_query",
        "take_answer",
    }  # fmt: skip
    assert set(PLANS) == {plan for shelf in SHELVES for plan in shelf}
