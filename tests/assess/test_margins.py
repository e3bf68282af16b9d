"""A margin tells exactly where the level changes: there it does, and nowhere before."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from worlds import Case, cases

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.result import LadderAssessment, Margin
from zhishou.plan.lexicon import Fact
from zhishou.plan.load import library
from zhishou.plan.regions import points
from zhishou.plan.rules import LadderRules

ROUGH = settings(max_examples=250, deadline=None, derandomize=True)
HAIR = 1e-6
"""Far less than the distance between any two thresholds of the shipped packs."""


def rising(margin: Margin, spec: Fact) -> int:
    """1 where the number grows towards the threshold, -1 where it falls."""
    return 1 if (margin.direction == "up") == (spec.worse != "lower") else -1


def changed(now: int, there: int, margin: Margin) -> bool:
    return there > now if margin.direction == "up" else there < now


def before(margin: Margin, spec: Fact, rules: LadderRules) -> Iterator[float]:
    """The points between the number and the change: every stretch passed over, and the last one before it."""
    step = rising(margin, spec)
    last = margin.threshold - step * (1 if spec.integer else HAIR) if margin.reached else margin.threshold
    if (last - margin.value) * step >= 0:
        yield last
    for point in points(rules.bounds[margin.fact], spec):
        if (point - margin.value) * step > 0 and (last - point) * step > 0:
            yield point


@ROUGH
@given(cases())
def test_at_the_threshold_or_just_beyond_it_the_level_is_the_one_told(case: Case):
    for margin in case.judged(case.known).margins:
        spec = case.pack.lexicon.facts[margin.fact]
        beyond = margin.threshold + rising(margin, spec) * (1 if spec.integer else HAIR)
        there = margin.threshold if margin.reached else beyond
        assert case.judged({**case.known, margin.fact: there}).level == margin.level, margin.text


@ROUGH
@given(cases())
def test_before_the_threshold_the_level_does_not_yet_change(case: Case):
    found = case.judged(case.known)
    now = case.rank_of(found.level)
    for margin in found.margins:
        for point in before(margin, case.pack.lexicon.facts[margin.fact], case.rules):
            there = case.rank({**case.known, margin.fact: point})
            assert not changed(now, there, margin), f"{margin.text}; yet at {point} it is {there}"


@ROUGH
@given(cases())
def test_where_no_margin_is_told_no_number_changes_the_level(case: Case):
    found = case.judged(case.known)
    now = case.rank_of(found.level)
    told = {(margin.fact, margin.direction) for margin in found.margins}
    for fact in case.rules.bounds:
        value = case.known.get(fact)
        if not isinstance(value, int | float):
            continue
        spec = case.pack.lexicon.facts[fact]
        for point in points(case.rules.bounds[fact], spec):
            worse = (point > value) == (spec.worse != "lower")
            if point != value and (fact, "up" if worse else "down") not in told:
                there = case.rank({**case.known, fact: point})
                assert there <= now if worse else there >= now, f"{fact} at {point}"


@ROUGH
@given(cases())
def test_a_margin_says_how_far_it_is(case: Case):
    found: LadderAssessment = case.judged(case.known)
    for margin in found.margins:
        spec = case.pack.lexicon.facts[margin.fact]
        assert abs(margin.distance - abs(margin.threshold - margin.value)) < HAIR
        assert (margin.threshold - margin.value) * rising(margin, spec) >= 0
        assert margin.threshold in case.rules.bounds[margin.fact]


def test_where_no_level_is_left_the_margin_does_not_rule_out_what_is_unknown():
    """An accident without deaths may still be a general one (第三条): only what is known falls short."""
    pack = library().packs["jincheng/non-coal-mine-2020"]
    found = assess(pack, situation({"facts": {"deaths": 2}}, pack.lexicon), clock.moment("2026-01-15T20:00")).ladder(
        "response"
    )
    assert found is not None
    assert [margin.text for margin in found.margins if margin.level is None] == [
        "死亡人数现为 2 人，降到 0 人（还差 2 人），现有要素即不够任何级别"
    ]
