"""What could raise the level: every way told can come true, and none that could come true is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import SHIPPED, Case, Facts, cases, judged, worlds

from zhishou.assess.assessment import prepared
from zhishou.assess.result import Need, Raise
from zhishou.plan.judge import JudgementRule
from zhishou.plan.regions import points_within

ROUGH = settings(max_examples=150, deadline=None, derandomize=True)


def answers(case: Case, fact: str) -> Iterator[Any]:
    """Every answer to a question about a fact that could be judged differently, within what is known of it."""
    spec = case.pack.lexicon.facts[fact]
    if spec.kind not in {"number", "duration"}:
        yield from spec.values or (True, False)
        return
    stated = case.known.get(fact, {})
    low = stated.get("at_least", spec.minimum if spec.minimum is not None else -1e9)
    high = stated.get("at_most", spec.maximum if spec.maximum is not None else 1e9)
    yield from points_within(low, high, case.rules.bounds.get(fact, ()), integer=spec.integer)


def ways(case: Case, need: Need, level: str) -> Iterator[tuple[Facts, list[Any]]]:
    """What may be answered so that a need is fulfilled: a fact, or the judgement for which it asks."""
    for leaf in case.rules.leaves:
        if isinstance(leaf, JudgementRule) and leaf.text == need.text and leaf.key[1] == level:
            yield {}, [{"plan": case.pack.id, "ladder": case.rules.kind, "level": level, "by": leaf.key[2]}]
    for fact in need.facts:
        for answer in answers(case, fact):
            yield {fact: answer}, []


def comes_true(case: Case, way: Raise) -> bool:
    for choice in product(*(list(ways(case, need, way.level)) for need in way.needs)):
        facts = dict(case.known)
        given: list[Any] = []
        for stated, judgements in choice:
            facts |= stated
            given += judgements
        if case.rank(facts, judgements=given) >= case.rank_of(way.level):
            return True
    return False


@ROUGH
@given(cases())
def test_every_way_told_can_come_true_by_answering_what_it_asks(case: Case):
    for way in case.judged(case.known).raises:
        assert all(need.facts or "认定" in need.text for need in way.needs)
        assert comes_true(case, way), [need.text for need in way.needs]


@ROUGH
@given(cases())
def test_every_way_told_leads_above_the_proposal(case: Case):
    found = case.judged(case.known)
    assert all(case.rank_of(way.level) > case.rank_of(found.level) for way in found.raises)


@ROUGH
@given(cases(), st.data())
def test_a_level_that_is_reached_by_learning_more_was_told_as_possible(case: Case, data: Any):
    found = case.judged(case.known)
    told = {way.level for way in found.raises}
    for full in (case.world, *(completed(case, data.draw(worlds(case.pack))) for _ in range(4))):
        for level in case.judged(full).claimed:
            assert case.rank_of(level) <= case.rank_of(found.level) or level in told


def completed(case: Case, other: Facts) -> Facts:
    """What is known of one world, filled up from another; an accident of which anything is known stays as it is."""
    facts = {**other, **{name: case.world[name] for name in case.known}}
    spec, table = case.pack.lexicon.facts, prepared(case.pack).ladders[0].table
    for of in ("actual", "expected"):
        group = {part for fact in table.facts(of) for part in (fact, *spec[fact].sum_of)}
        if group & case.known.keys():
            facts |= {name: value for name, value in case.world.items() if name in group}
    return facts


@ROUGH
@given(cases())
def test_a_fact_that_is_known_exactly_is_not_asked_for(case: Case):
    exact = {name for name, value in case.known.items() if not isinstance(value, dict)}
    for way in case.judged(case.known).raises:
        for need in way.needs:
            assert not exact & set(need.facts)


def test_deaths_without_the_missing_leave_the_missing_to_be_asked_for():
    pack = next(p for p in SHIPPED.packs.values() if p.plan.grading and p.plan.grading.deaths == "deaths_with_missing")
    rules = next(rules for rules in prepared(pack).ladders if rules.kind == "response")
    found = judged(pack, rules, {"deaths": 1, "serious_injuries": 0, "direct_loss": 0})
    asked = {fact for way in found.raises for need in way.needs if "事故" in need.text for fact in need.facts}
    assert asked & {"missing", "deaths_with_missing"}
    assert "deaths" not in asked


def test_an_answer_about_a_part_of_a_sum_is_not_kept_for_other_questions():
    pack = next(p for p in SHIPPED.packs.values() if p.plan.grading and p.plan.grading.deaths == "deaths_with_missing")
    rules = next(rules for rules in prepared(pack).ladders if rules.kind == "response")
    nothing = judged(pack, rules, {}).raises
    assert judged(pack, rules, {"missing": 0}).raises != nothing
    assert judged(pack, rules, {}).raises == nothing
