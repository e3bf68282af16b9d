"""What is said with a part of the facts stays true as more become known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import AT, GRADES, LADDERS, Case, cases, casualties

from zhishou.assess import situation
from zhishou.assess.known import known
from zhishou.assess.result import Judged, LadderAssessment
from zhishou.plan.pack import Pack
from zhishou.plan.rules import LadderRules
from zhishou.plan.truth import Verdict

ROUGH = settings(max_examples=250, deadline=None, derandomize=True)
STAYS = {
    Verdict.MET: {Verdict.MET},
    Verdict.ARGUABLE: {Verdict.ARGUABLE, Verdict.MET},
    Verdict.NOT_MET: {Verdict.NOT_MET},
    Verdict.UNKNOWN: set(Verdict),
}
"""Verdict with less known → what it can be with more."""


def verdicts(ladder: LadderAssessment) -> Iterator[tuple[str, Verdict]]:
    """Every level's verdict and every condition's, in the order of the plan."""

    def below(condition: Judged) -> Iterator[tuple[str, Verdict]]:
        yield condition.text, condition.verdict
        for part in condition.parts:
            yield from below(part)

    for level in ladder.levels:
        if level.condition is not None:
            yield from below(level.condition)


@ROUGH
@given(cases(), st.data())
def test_a_condition_that_is_met_or_not_met_stays_so_as_more_becomes_known(case: Case, data: Any):
    more = {**case.known, **{name: case.world[name] for name in case.world if data.draw(st.booleans())}}
    for (text, before), (same, after) in zip(
        verdicts(case.judged(case.known)), verdicts(case.judged(more)), strict=True
    ):
        assert text == same
        assert after in STAYS[before], f"{text}: {before} became {after}"


@ROUGH
@given(cases())
def test_nothing_is_unknown_when_every_fact_is_known_but_judgements(case: Case):
    for text, verdict in verdicts(case.judged(case.world)):
        open_ = "认定应当启动" in text or text in {"满足之一", "同时满足", "不属于"}
        assert verdict is not Verdict.UNKNOWN or open_, text


@ROUGH
@given(cases())
def test_a_level_proposed_with_a_part_of_the_facts_is_never_too_severe_but_where_the_text_falls(
    case: Case,
):
    before, after = case.judged(case.known), case.judged(case.world)
    if before.verdict in {Verdict.MET, Verdict.ARGUABLE} and case.rank_of(after.level) < case.rank_of(before.level):
        assert before.at_least
        assert after.gaps


@ROUGH
@given(cases())
def test_a_claim_that_rests_on_exact_facts_is_never_taken_back(case: Case):
    before = case.judged(case.known)
    assert set(before.claimed) <= set(case.judged(case.world).claimed)


@ROUGH
@given(st.sampled_from(LADDERS), st.data())
def test_the_grade_follows_from_the_figures_as_decree_493_has_it(ladder: tuple[Pack, LadderRules], data: Any):
    pack, rules = ladder
    for of in rules.grades:
        facts = data.draw(casualties(pack, of))
        stated = rules.table.stated[of]
        figures = {name: value for name, value in facts.items() if name != stated}
        found = known(pack, situation({"facts": figures}, pack.lexicon), AT).view.grades[of]
        assert found == (GRADES.index(facts[stated]),) * 2
