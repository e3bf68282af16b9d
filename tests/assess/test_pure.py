"""An assessment depends on the plan, the situation and the moment alone: no clock, no memory, no change afterwards."""

from __future__ import annotations

import ast
import dataclasses
import gc
import time
import weakref
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import AT, SHIPPED, Case, Facts, cases

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.result import Assessment, LadderAssessment
from zhishou.plan.load import library

ROUGH = settings(max_examples=150, deadline=None, derandomize=True)


def said(ladder: LadderAssessment) -> tuple[Any, ...]:
    """All that an answer says, but for which of its unknown facts were once known."""
    return (
        ladder.level, ladder.verdict, ladder.at_least, ladder.claimed, ladder.raises, ladder.margins, ladder.gaps,
        ladder.ambiguities, [level.verdict for level in ladder.levels],
    )  # fmt: skip


def dated(facts: Facts, fact: str, age: timedelta) -> Facts:
    stated = facts[fact] if isinstance(facts[fact], dict) else {"value": facts[fact]}
    return {**facts, fact: {**stated, "at": (AT - age).isoformat()}}


@ROUGH
@given(cases(), st.data())
def test_a_statement_that_has_outlived_its_shelf_life_counts_as_unknown(case: Case, data: Any):
    for fact in case.known:
        life = clock.minutes(case.pack.lexicon.facts[fact].shelf_life)
        assert life is not None, f"{fact} never grows old"
        if data.draw(st.booleans()):
            without = {name: value for name, value in case.known.items() if name != fact}
            old = dated(case.known, fact, timedelta(minutes=life + data.draw(st.sampled_from([1, 60, 1e6]))))
            assert said(case.judged(old)) == said(case.judged(without))
            fresh = dated(case.known, fact, timedelta(minutes=life))
            assert said(case.judged(fresh)) == said(case.judged(case.known))


@ROUGH
@given(cases(), st.sampled_from([timedelta(seconds=1), timedelta(days=3)]))
def test_a_statement_from_after_the_moment_counts_as_unknown(case: Case, ahead: timedelta):
    for fact in case.known:
        without = {name: value for name, value in case.known.items() if name != fact}
        assert said(case.judged(dated(case.known, fact, -ahead))) == said(case.judged(without))


@ROUGH
@given(cases())
def test_equal_input_gives_equal_answers_in_any_order_and_after_any_other_question(case: Case):
    given = {"facts": case.known}
    first = assess(case.pack, situation(given, case.pack.lexicon), AT)
    assess(case.pack, situation({"facts": case.world}, case.pack.lexicon), AT)
    turned = {"facts": dict(reversed(case.known.items()))}
    again = assess(case.pack, situation(turned, case.pack.lexicon), AT)
    assert dataclasses.replace(again, stale=()) == dataclasses.replace(first, stale=())
    assert set(again.stale) == set(first.stale)


def test_a_pack_loaded_anew_gives_the_same_answers():
    other = library()
    facts = {"city_gas_gap_pct": 12, "deaths": 5, "heat_restore_hours": 30, "heat_outage_share_pct": 40}
    for id_, pack in SHIPPED.packs.items():
        given = situation({"facts": facts}, pack.lexicon)
        assert assess(pack, given, AT) == assess(other.packs[id_], given, AT)


def parts(value: Any) -> Iterator[Any]:
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(cases())
def test_nothing_in_an_answer_can_be_changed(case: Case):
    answer: Assessment = assess(case.pack, situation({"facts": case.known}, case.pack.lexicon), AT)
    for part in parts(answer):
        assert not isinstance(part, list | dict | set), part
        if dataclasses.is_dataclass(part):
            with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
                setattr(part, dataclasses.fields(part)[0].name, None)
    assert hash(answer) == hash(answer)


def test_an_answer_does_not_hang_on_the_machines_clock(monkeypatch: pytest.MonkeyPatch):
    pack = SHIPPED.packs["jincheng/gas-winter-2021"]
    given = situation({"facts": {"city_gas_gap_pct": {"value": 12, "at": "2026-01-15T19:00"}}}, pack.lexicon)
    before = assess(pack, given, AT)
    for name in ("time", "time_ns", "localtime", "gmtime"):
        monkeypatch.setattr(time, name, lambda *_: pytest.fail("the clock was read"))
    assert assess(pack, given, AT) == before


def test_no_pure_room_asks_for_the_time(repository: Path):
    asked = [
        f"{file.name}:{node.lineno}"
        for room in ("plan", "assess")
        for file in (repository / "src/zhishou" / room).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"now", "today", "utcnow", "time_ns", "monotonic"}
    ]
    assert asked == []


def test_the_answer_kept_for_a_ladder_of_which_nothing_is_known_holds_on_to_no_pack():
    loaded = library(SHIPPED.folder)  # read for this test alone
    pack = loaded.pack("gas-winter-2021")
    answer = assess(pack, situation({"facts": {}}, pack.lexicon), AT)
    assert answer.ladders[0].raises, "what is kept is whole"
    gone = weakref.ref(pack)
    del pack, answer, loaded
    gc.collect()
    assert gone() is None
