"""A number known only within a range gives the level that holds throughout it, and never a more severe one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from worlds import SHIPPED, Case, Facts, cases, holding, judged

from zhishou.assess.assessment import prepared
from zhishou.plan.regions import points_within
from zhishou.plan.truth import Verdict

ROUGH = settings(max_examples=250, deadline=None, derandomize=True)


def ranks_within(case: Case, facts: Facts, fact: str) -> list[int]:
    """The rank at every stretch of a range, the mildest end first."""
    spec, stated = case.pack.lexicon.facts[fact], facts[fact]
    low = stated.get("at_least", spec.minimum)
    high = stated.get("at_most", spec.maximum if spec.maximum is not None else float("inf"))
    found = points_within(low, high, case.rules.bounds[fact], integer=spec.integer)
    return [case.rank({**facts, fact: point}) for point in (found[::-1] if spec.worse == "lower" else found)]


@ROUGH
@given(cases(ranges=False), st.data())
def test_a_range_gives_the_least_level_of_all_its_numbers_and_none_where_its_mildest_has_none(case: Case, data: Any):
    numbers = sorted(fact for fact in case.rules.bounds if fact in case.world)
    assume(numbers)
    fact = data.draw(st.sampled_from(numbers))
    facts = {**case.world, fact: data.draw(holding(case.pack.lexicon.facts[fact], case.world[fact]))}
    facts = {name: value for name, value in facts.items() if name not in case.rules.table.stated.values()}
    ranks = ranks_within(case, facts, fact)
    found = case.judged(facts)
    expected = min((rank for rank in ranks if rank), default=0) if ranks[0] else 0
    assert case.rank_of(found.level) == expected, (fact, facts[fact], ranks)
    if found.at_least:
        assert found.verdict in {Verdict.MET, Verdict.ARGUABLE}


@ROUGH
@given(cases(ranges=False), st.data())
def test_a_range_of_one_number_is_that_number(case: Case, data: Any):
    numbers = sorted(fact for fact in case.rules.bounds if fact in case.known)
    assume(numbers)
    fact = data.draw(st.sampled_from(numbers))
    value = case.known[fact]
    one, other = case.judged(case.known), case.judged({**case.known, fact: {"at_least": value, "at_most": value}})
    assert (one.level, one.verdict, one.claimed, one.raises) == (
        other.level,
        other.verdict,
        other.claimed,
        other.raises,
    )


@pytest.mark.parametrize(
    ("plan", "held", "fact", "known", "level", "beyond"),
    [
        ("yuncheng/heating-2021", {"heat_restore_hours": 30}, "people_in_danger", {"at_least": 3}, "II", 12),
        ("yuncheng/heating-2021", {"heat_restore_hours": 30}, "people_in_danger", {"at_least": 1}, "III", 10),
        ("jincheng/chengqu/energy-2025", {}, "energy_event_towns", {"at_least": 1}, "III", 2),
    ],
)
def test_a_hole_beyond_the_range_does_not_undo_what_its_mildest_end_calls_for(
    plan: str, held: Facts, fact: str, known: Facts, level: str, beyond: float
):
    pack = SHIPPED.packs[plan]
    rules = next(rules for rules in prepared(pack).ladders if rules.kind == "response")
    found = judged(pack, rules, {**held, fact: known})
    assert (found.level, found.at_least) == (level, True)
    there = judged(pack, rules, {**held, fact: beyond})
    assert there.level is None
    assert [gap.fact for gap in there.gaps] == [fact]
