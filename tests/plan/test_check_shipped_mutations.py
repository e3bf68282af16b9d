"""Faults planted in the shipped plans are found beside those that their texts have already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from zhishou.plan.check import check
from zhishou.plan.load import library
from zhishou.plan.pack import FILES, Pack

SHIPPED = library().packs
ON = date(2026, 7, 15)
GAS, HEAT = "jincheng/gas-winter-2021", "yuncheng/heating-2021"
HAZARD, STORAGE, CBM = "jincheng/hazchem-2020", "jincheng/oil-gas-storage-2020", "jincheng/cbm-surface-2020"


@dataclass(frozen=True)
class Planted:
    """One fault in one shipped plan."""

    name: str
    code: str
    plan: str
    file: str
    change: Callable[[Any], Any]
    on: date = ON


def codes(packs: dict[str, Pack], on: date) -> Counter[tuple[str, tuple[str, ...], str]]:
    return Counter((finding.code, finding.plans, finding.text) for finding in check(packs.values(), on))


def changed(pack: Pack, file: str, change: Callable[[Any], Any]) -> Pack:
    """The pack with one of its files changed, read anew by its model."""
    data = deepcopy(pack.marks[file].data)
    change(data)
    return replace(pack, **{file: FILES[file].model_validate(data)})


def way(data: Any, level: int, number: int) -> Any:
    """One of the conditions of a level."""
    return data["levels"][level]["when"]["any"][number]


def swap(one: Any, other: Any) -> None:
    one["when"], other["when"] = other["when"], one["when"]


PLANTED = [
    Planted("a level dropped", "ladder.hole", GAS, "response", lambda data: data["levels"].pop(1)),
    Planted("a bound moved down", "ladder.hole", GAS, "response", lambda data: way(data, 1, 0).update(to=8)),
    Planted("a bound moved up", "ladder.hole", GAS, "warning", lambda data: way(data, 0, 0).update(above=25)),
    Planted("two levels meet", "ladder.overlap", GAS, "response", lambda data: way(data, 1, 0).update({"from": 4})),
    Planted("a level widened over the next", "ladder.unreachable", GAS, "response",
            lambda data: [way(data, 1, 0).update({"from": 0}), way(data, 1, 1).update({"from": 0}),
                          way(data, 1, 2).update({"in": ["III", "IV"]}), way(data, 1, 2).pop("is")]),
    Planted("two levels swapped", "ladder.drop", GAS, "response", lambda data: swap(data["levels"][1], data["levels"][2])),
    Planted("a condition twice", "ladder.duplicate", GAS, "response",
            lambda data: data["levels"][2]["when"]["any"].append(deepcopy(way(data, 1, 2)))),
    Planted("a unit unlinked", "measure.no-unit", GAS, "response", lambda data: data["levels"][0]["measures"][0].pop("by")),
    Planted("a decider removed", "authority.none", GAS, "response", lambda data: data["levels"][0].pop("decided_by")),
    Planted("the office decides", "authority.self-approval", GAS, "response",
            lambda data: data["levels"][0].update(decided_by=["office"])),
    Planted("a unit's duties removed", "roster.member-without-duty", GAS, "organisation", lambda data: data["duties"].pop(0)),
    Planted("a member removed", "roster.duty-without-member", GAS, "organisation",
            lambda data: data["members"][0]["units"].remove(data["duties"][0]["unit"])),
    Planted("one number for two units", "contact.shared", GAS, "contacts",
            lambda data: data["lists"][0]["contacts"][0].update(phone=data["lists"][0]["contacts"][1]["phone"])),
    Planted("another area code", "contact.area-code", GAS, "contacts",
            lambda data: next(c for c in data["lists"][0]["contacts"] if c["unit"].startswith("市")).update(phone=["0351-2000000"])),
    Planted("an annex missing", "annex.missing", HEAT, "plan", lambda data: data["annexes"][0].update(state="missing")),
    Planted("two times for one report", "deadline.conflict", HAZARD, "reporting",
            lambda data: data["duties"].append({**next(d for d in data["duties"] if d.get("within") == "1 h"),
                                                "id": "other", "within": "7 h"})),
    Planted("a subject left out that nobody covers", "scope.uncovered", GAS, "plan",
            lambda data: data["scope"].setdefault("excludes", []).append({"subject": "town_gas_network", "clause": data["scope"]["clause"]})),
    Planted("residents cut first", "priority.superior", GAS, "curtailment",
            lambda data: data["orders"][0]["order"].insert(0, "residential")),
    Planted("a class that the province protects cut", "priority.superior", GAS, "curtailment",
            lambda data: data["orders"][0]["order"].append("public_transport")),
    Planted("one of three sisters without a condition", "sister.missing-condition", HAZARD, "response",
            lambda data: data["levels"][1]["when"]["any"].pop(0)),
    Planted("以上 not defined", "wording.undefined", HEAT, "plan",
            lambda data: data["wording"]["at_least"].update(includes_number=None)),
    Planted("the warning's condition removed", "ladder.no-condition", STORAGE, "warning", lambda data: data["levels"][0].pop("when")),
    Planted("ten years later", "revision.overdue", "jincheng/rural-biogas-2020", "plan", lambda data: data, date(2036, 1, 1)),
]  # fmt: skip


@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_a_fault_planted_in_a_shipped_plan_is_found(planted: Planted):
    pack = changed(SHIPPED[planted.plan], planted.file, planted.change)
    found = codes({**SHIPPED, planted.plan: pack}, planted.on) - codes(dict(SHIPPED), ON)
    assert any(code == planted.code and planted.plan in plans for code, plans, _ in found)


def test_plans_read_anew_without_a_change_have_the_same_findings():
    again = dict(SHIPPED)
    for id_, pack in SHIPPED.items():
        for file in pack.marks:
            again[id_] = changed(again[id_], file, lambda data: data)
    assert codes(again, ON) == codes(dict(SHIPPED), ON)


def test_a_plan_checked_alone_has_the_findings_that_it_has_beside_the_others():
    for id_, pack in SHIPPED.items():
        alone = check([pack], ON, among=SHIPPED.values())
        beside = [finding for finding in check(SHIPPED.values(), ON) if finding in alone]
        assert {finding.text for finding in alone} == {finding.text for finding in beside}
        assert all(id_ in finding.plans for finding in alone)
