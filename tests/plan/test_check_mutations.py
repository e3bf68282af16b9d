"""The check finds every fault that is planted, and nothing in a plan without a fault."""

from __future__ import annotations

from pathlib import Path

import pytest
from plan.mutants import Mutant
from plan.mutants_of_ladders import LADDERS
from plan.mutants_of_texts import FAMILY, IN_PROVINCE, PROVINCE, TEXTS, THREE, TWO
from plan.small_pack import ID

from zhishou.plan.check import CODES, check

CLEAN = [
    Mutant("alone", set()),
    Mutant("beside its like", set(), beside={TWO: (), THREE: ()}),
    Mutant("beside its sisters", set(), (FAMILY,), {TWO: (FAMILY,), THREE: (FAMILY,)}),
    Mutant("beside its province's", set(), beside={PROVINCE: (IN_PROVINCE,)}),
]


@pytest.mark.parametrize("mutant", CLEAN, ids=lambda mutant: mutant.name)
def test_nothing_is_found_in_a_plan_without_a_fault(tmp_path: Path, mutant: Mutant):
    assert mutant.findings(tmp_path) == ()


@pytest.mark.parametrize("mutant", [*LADDERS, *TEXTS], ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_found_and_nothing_else(tmp_path: Path, mutant: Mutant):
    found = mutant.findings(tmp_path)
    assert all(finding.plans[0] == ID for finding in found)
    assert {finding.code for finding in found} == mutant.codes, [finding.text for finding in found]


def test_every_code_has_a_planted_fault():
    assert set(CODES) - {code for mutant in (*LADDERS, *TEXTS) for code in mutant.codes} == set()


@pytest.mark.parametrize("mutant", [*LADDERS, *TEXTS], ids=lambda mutant: mutant.name)
def test_a_finding_names_its_plans_its_clauses_and_its_place(tmp_path: Path, mutant: Mutant):
    shelf = mutant.library(tmp_path)
    for finding in check(shelf.packs.values(), mutant.on):
        assert set(finding.plans) <= set(shelf.packs)
        clauses = finding.clause.split("、")
        assert all(any(clause in shelf.packs[id_].ledger.clauses for id_ in finding.plans) for clause in clauses)
        file = finding.place.split(":")[0]
        assert file.startswith(f"{finding.plans[0]}/")
        assert (tmp_path / file).parent.is_dir()
        assert finding.text
        assert finding.english
