"""The witness of a finding shows what it says when it is put to the assessment itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan.mutants import Mutant
from plan.mutants_of_ladders import LADDERS

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.result import LadderAssessment
from zhishou.plan.check import Finding, check
from zhishou.plan.judge import GradeRule, NumberRule, Rule, ValueRule
from zhishou.plan.load import library
from zhishou.plan.pack import Pack
from zhishou.plan.regions import points
from zhishou.plan.rules import LadderRules, ladder_rules
from zhishou.plan.truth import Verdict

AT = clock.moment("2026-07-15T20:00")
SHIPPED = library()
FOUND = [
    pytest.param(SHIPPED.packs[finding.plans[0]], finding, id=f"{finding.plans[0]} {finding.code} {number}")
    for number, finding in enumerate(check(SHIPPED.packs.values(), AT.date()))
    if finding.code.split(".")[0] in {"ladder", "bound"}
]


def answer(pack: Pack, finding: Finding, facts: dict[str, Any]) -> LadderAssessment:
    kind = "warning" if finding.english.startswith("warning") else "response"
    found = assess(pack, situation({"facts": facts}, pack.lexicon), AT).ladder(kind)
    assert found is not None
    return found


def rank(answer: LadderAssessment) -> int:
    return answer.proposal.rank if answer.proposal else 0


def shows(pack: Pack, finding: Finding) -> None:
    """The witness put to `assess`."""
    witness = finding.witness
    match finding.code:
        case "ladder.hole" | "ladder.drop":
            worse = answer(pack, finding, witness["facts"])
            milder = answer(pack, finding, {**witness["facts"], **witness["milder"]})
            assert rank(worse) < rank(milder)
            assert (rank(worse) == 0) == (finding.code == "ladder.hole")
            assert [gap.level for gap in worse.gaps if gap.fact in witness["milder"]] == [milder.level]
        case "ladder.overlap":
            assert set(witness["levels"]) <= set(answer(pack, finding, witness["facts"]).claimed)
        case "ladder.duplicate":
            rules = ladder_rules(pack, "warning" if finding.english.startswith("warning") else "response")
            way = next(
                way for _, _, way in rules.duplicates if "且".join(leaf.text for leaf in way) == witness["condition"]
            )
            found = answer(pack, finding, meeting(rules, way))
            assert set(witness["levels"]) <= set(found.claimed)
            assert [set(point.levels) for point in found.ambiguities] == [set(witness["levels"])]
        case "ladder.at-rest":
            assert answer(pack, finding, witness["facts"]).level is not None
        case "bound.unstated":
            found = answer(pack, finding, witness["facts"])
            assert found.ambiguities or found.verdict is Verdict.ARGUABLE


def meeting(rules: LadderRules, way: tuple[Rule, ...]) -> dict[str, Any]:
    """Facts that meet every condition of a way."""
    facts: dict[str, Any] = {}
    for leaf in way:
        match leaf:
            case NumberRule():
                spec = rules.facts[leaf.fact]
                low = leaf.at_least if leaf.at_least is not None else leaf.above
                facts[leaf.fact] = next(x for x in points(leaf.bounds, spec) if low is None or x > low)
            case ValueRule():
                facts[leaf.fact] = next(iter(leaf.wanted))
            case GradeRule():
                facts[rules.table.stated[leaf.of]] = rules.table.labels[leaf.rank]
    return facts


@pytest.mark.parametrize(("pack", "finding"), FOUND)
def test_the_witness_of_a_shipped_finding_shows_it(pack: Pack, finding: Finding):
    shows(pack, finding)


@pytest.mark.parametrize("mutant", LADDERS, ids=lambda mutant: mutant.name)
def test_the_witness_of_a_planted_fault_shows_it(tmp_path: Path, mutant: Mutant):
    shelf = mutant.library(tmp_path)
    for finding in check(shelf.packs.values(), mutant.on):
        shows(shelf.packs[finding.plans[0]], finding)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(gap=st.sampled_from([0, 2, 3, 4, 6, 8, 9, 10, 20, 100]), exceeded=st.booleans())
def test_a_level_that_is_found_unreachable_is_never_proposed(
    tmp_path_factory: pytest.TempPathFactory, gap: float, *, exceeded: bool
):
    mutant = next(mutant for mutant in LADDERS if "ladder.unreachable" in mutant.codes)
    shelf = mutant.library(tmp_path_factory.mktemp("mutant"))
    pack = shelf.packs["jia/gas-2026"]
    (finding,) = (f for f in check(shelf.packs.values(), mutant.on) if f.code == "ladder.unreachable")
    found = answer(pack, finding, {"gap_pct": gap, "capacity_exceeded": exceeded})
    assert found.level != finding.witness["level"]


def test_a_level_behind_a_gate_is_not_reached_without_the_gate(tmp_path: Path):
    mutant = next(mutant for mutant in LADDERS if "ladder.gate" in mutant.codes)
    shelf = mutant.library(tmp_path)
    pack = shelf.packs["jia/gas-2026"]
    (finding,) = check(shelf.packs.values(), mutant.on)
    for gap in (0, 2, 5, 9, 100):
        assert answer(pack, finding, {"gap_pct": gap, "capacity_exceeded": False}).level is None
        assert (answer(pack, finding, {"gap_pct": gap, "capacity_exceeded": True}).level is None) == (gap < 2)
