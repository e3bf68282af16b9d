"""The shipped scenarios: each plan with levels has one, from the report to the review, and all of it comes as the text says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from drill.conftest import played

from zhishou import database
from zhishou.desk import Desk
from zhishou.drill import exercise_desk, memory_record, read_scenario, record_id, run, shipped, told
from zhishou.drill.outcome import Outcome
from zhishou.drill.reading import Script
from zhishou.drill.schema import scenario_schema
from zhishou.incident.deadlines import DutyMissed
from zhishou.journal import found, verify
from zhishou.plan.load import Library

NAMES = sorted(shipped())
STORED = ("gas-winter-2021", "cbm-surface-2020")
COURSE = {
    "incident_opened", "report_received", "report_verified", "facts_stated", "assessment_filed", "level_proposed",
    "level_decided", "task_issued", "task_done", "duty_missed", "information_released", "level_ended", "review_filed",
    "aftermath_settled", "plan_change_proposed", "incident_closed",
}  # fmt: skip


def test_every_plan_with_levels_has_a_scenario(packs: Library, scripts: dict[str, Script]):
    exercised = {packs.pack(plan).id for script in scripts.values() for plan in script.scenario.plans}
    assert exercised == {pack.id for pack in packs.packs.values() if pack.ladders}
    assert len(scripts) == 9


@pytest.mark.parametrize("name", NAMES)
def test_everything_comes_as_the_text_says(outcomes: dict[str, Outcome], name: str):
    outcome = outcomes[name]
    assert [f"{one.place} {one.what}: {one.found}" for one in outcome.unmet] == []
    assert outcome.verdict.good
    assert len(outcome.checks) > 25


@pytest.mark.parametrize("name", NAMES)
def test_it_goes_from_the_report_to_the_review(outcomes: dict[str, Outcome], name: str):
    seen = {one.event.type for one in outcomes[name].happened}
    assert sorted(COURSE - seen) == []
    assert sum(one.refused is not None for one in outcomes[name].played) >= 4, "what is not allowed is tried too"


@pytest.mark.parametrize("name", NAMES)
def test_it_says_that_it_is_made_up(scripts: dict[str, Script], name: str):
    assert "虚构" in scripts[name].scenario.note


@pytest.mark.parametrize("name", NAMES)
def test_the_same_scenario_gives_the_same_story_and_seal(
    scripts: dict[str, Script], outcomes: dict[str, Outcome], name: str
):
    again = played(scripts[name])
    assert told(again) == told(outcomes[name])
    assert again.verdict.seal == outcomes[name].verdict.seal


@pytest.mark.parametrize("name", STORED)
def test_a_database_seals_the_same_as_memory(
    scripts: dict[str, Script], outcomes: dict[str, Outcome], name: str, tmp_path: Path
):
    script = scripts[name]
    engine = database.engine(f"sqlite:///{tmp_path}/drill.db")
    database.upgrade(engine)
    journal = found(engine, record_id(script), script.scenario.start, exercise=True)
    outcome = run(script, exercise_desk(journal, script))
    assert [one.place for one in outcome.unmet] == []
    assert told(outcome) == told(outcomes[name])
    assert verify(journal).seal == outcomes[name].verdict.seal
    journal.close()
    engine.dispose()


class Forgetful:
    """A desk that is thrown away and opened anew before everything that is asked of it."""

    def __init__(self, opened: Callable[[], Desk]) -> None:
        self._opened = opened

    def __getattr__(self, name: str) -> Any:
        return getattr(self._opened(), name)


@pytest.mark.parametrize("name", NAMES)
def test_a_restart_before_every_step_changes_nothing(
    scripts: dict[str, Script], outcomes: dict[str, Outcome], name: str
):
    script = scripts[name]
    opens = exercise_desk(memory_record(script), script)

    def forgetful(now: Callable[[], datetime]) -> Any:
        return Forgetful(lambda: opens(now))

    assert run(script, forgetful).verdict.seal == outcomes[name].verdict.seal


@pytest.mark.parametrize("name", NAMES)
def test_every_deadline_is_missed_once(outcomes: dict[str, Outcome], name: str):
    missed = Counter(
        (one.stream, one.event.duty, one.event.round)
        for one in outcomes[name].happened
        if isinstance(one.event, DutyMissed)
    )
    assert missed
    assert set(missed.values()) == {1}


@pytest.mark.parametrize("name", NAMES)
def test_all_of_it_is_marked_as_exercise(outcomes: dict[str, Outcome], name: str):
    assert all(one.exercise for one in outcomes[name].happened)
    assert all(state.exercise for state in outcomes[name].incidents.values())


@pytest.mark.parametrize("name", NAMES)
def test_an_editor_accepts_it(scripts: dict[str, Script], name: str):
    jsonschema.validate(scripts[name].marked.data, scenario_schema())


def test_nothing_leaves_the_house(scripts: dict[str, Script], monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a drill opened a socket")

    monkeypatch.setattr("socket.socket", refused)
    monkeypatch.setattr("subprocess.Popen", refused)
    assert played(scripts["rural-biogas-2020"]).good


def test_county_city_and_province_share_one_record(outcomes: dict[str, Outcome]):
    for name in ("gas-winter-2021", "cbm-surface-2020"):
        incidents = outcomes[name].incidents
        assert incidents["county"].superior == incidents["city"].id
        assert incidents["city"].origin == incidents["county"].id
        assert incidents["city"].superior == incidents["province"].id


def test_a_scenario_may_stand_anywhere(packs: Library, tmp_path: Path):
    """The text alone makes the record: another file name gives the same seal."""
    text = shipped()["heating-2021"].read_text("utf-8")
    one, other = (read_scenario(text, name, packs) for name in ("a.yaml", str(tmp_path / "b.yaml")))
    assert played(one).verdict.seal == played(other).verdict.seal
