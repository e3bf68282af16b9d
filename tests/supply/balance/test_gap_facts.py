"""Facts for the assessment: values, ranges where something is missing, and what a failure would make of them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from supply.balance.demo import DAY, TWO, WORSE, drawn, evening, jincheng, lexicon, small, told

from zhishou.assess import assess, situation
from zhishou.clock import SHANGHAI
from zhishou.plan.load import Library
from zhishou.supply.balance import figures
from zhishou.supply.basis import basis
from zhishou.supply.failure import failures
from zhishou.supply.gap_facts import CITY_GAP, CROSS_COUNTY_GAP, gap_facts

EVENING = datetime(2026, 12, 14, 20, tzinfo=SHANGHAI)
PLAN = "jincheng/gas-winter-2021"


def _level(packs: Library, facts: dict[str, dict[str, object]]) -> tuple[str | None, bool]:
    """The level proposed an hour after the latest fact, and whether it is only the least that is certain."""
    at = max(stated["at"] for stated in facts.values() if isinstance(stated["at"], datetime)) + timedelta(hours=1)
    found = assess(packs.pack(PLAN), situation({"facts": facts}, packs.lexicon), at).ladder("response")
    assert found is not None
    return found.level, found.at_least


def test_the_city_and_the_worst_group_become_facts():
    facts = gap_facts(drawn(jincheng(), evening(DAY - timedelta(days=1))), lexicon())
    assert set(facts) == {CITY_GAP, CROSS_COUNTY_GAP}
    assert facts[CITY_GAP]["value"] == pytest.approx(22.82 / 322.32 * 100)
    assert facts[CITY_GAP]["source"] == "气日 2026-12-15 供需平衡，13 份报表"
    assert facts[CITY_GAP]["at"] == EVENING
    # 高平 41.4 − 38 and 陵川 13.275 − 10: by hand (17·1.1 + 1.5·1.05 + 2.5·1.05 + 16 + 2.5) and (7·1.1 + 0.53 + 1.05 + 3 + 1)
    assert facts[CROSS_COUNTY_GAP]["value"] == pytest.approx((41.4 + 13.28 - 48) / (41.4 + 13.28) * 100, abs=0.05)
    assert facts[CROSS_COUNTY_GAP]["source"].endswith("，最大处为高平市、陵川县")


def test_the_level_follows(packs: Library):
    facts = gap_facts(drawn(jincheng(), evening(DAY - timedelta(days=1))), lexicon())
    assert _level(packs, facts) == ("II", False)
    complete = drawn(
        jincheng(), (*evening(WORSE - timedelta(days=1)), *evening(WORSE - timedelta(days=1), "late", 2)), WORSE
    )
    assert _level(packs, gap_facts(complete, lexicon())) == ("I", False)


@pytest.mark.parametrize(("available", "level"), [(97.0, "III"), (95.0, "II"), (90.0, "I"), (97.01, None)])
def test_thresholds_are_reached_exactly(packs: Library, available: float, level: str | None):
    system = small(TWO)
    given = {
        ("demand", "home_a"): 33.3,
        ("demand", "works_a"): 33.3,
        ("demand", "home_b"): 33.4,
        ("available", "cbm"): available,
    }
    facts = gap_facts(drawn(system, told(system, given)), lexicon())
    assert facts[CITY_GAP]["value"] == round(100 - available, 9)
    assert _level(packs, {CITY_GAP: facts[CITY_GAP]})[0] == level


def test_a_late_county_leaves_a_range(packs: Library):
    system = jincheng()
    whole = (*evening(WORSE - timedelta(days=1)), *evening(WORSE - timedelta(days=1), "late", 2))
    without = [one for one in whole if one.reporter != "county_lingchuan"]
    facts = gap_facts(drawn(system, without, WORSE), lexicon())
    # known demand 333.96 − 14.02 = 319.94 against 295
    assert "value" not in facts[CITY_GAP]
    assert facts[CITY_GAP]["at_least"] == pytest.approx((319.94 - 295) / 319.94 * 100)
    assert "at_most" not in facts[CITY_GAP]
    assert facts[CITY_GAP]["source"] == "气日 2026-12-16 供需平衡，12 份报表，缺 1 家，只知范围"
    assert _level(packs, facts) == ("II", True)


def test_nothing_returned_is_no_fact():
    assert gap_facts(drawn(jincheng(), ()), lexicon()) == {}


def test_a_district_s_gap_is_not_the_city_s():
    system = small(
        TWO.replace("area: jincheng", "area: gaoping")
        .replace("area: lingchuan", "area: gaoping")
        .replace("area: zezhou", "area: gaoping")
        .replace("area: qinshui", "area: gaoping")
    )
    given = {
        ("demand", "home_a"): 10.0,
        ("demand", "works_a"): 0.0,
        ("demand", "home_b"): 0.0,
        ("available", "cbm"): 5.0,
    }
    found = drawn(system, told(system, given))
    assert found.city.gap_pct.value == 50.0
    assert gap_facts(found, lexicon()) == {}


def test_what_superiors_state_is_taken_over():
    province = {"province_gas_response_level": {"value": "IV", "source": "省保供办", "at": EVENING}}
    facts = gap_facts(drawn(jincheng(), evening(DAY - timedelta(days=1))), lexicon(), province)
    assert facts["province_gas_response_level"]["value"] == "IV"


def test_every_source_fails_in_turn(packs: Library):
    system = jincheng()
    found = failures(figures(system, evening(DAY - timedelta(days=1)), DAY), lexicon())
    assert {one.source.id for one in found} == {source.id for source in system.sources}
    assert found[0].source.id == "cbm_qinshui"
    by_id = {one.source.id: one for one in found}
    qinshui = by_id["cbm_qinshui"]
    # 322.32 − (299.5 − 128.5) = 151.32, 46.947…%
    assert qinshui.lost.value == 128.5
    assert qinshui.city.balance.gap.value == 151.32
    assert qinshui.city.balance.gap_pct.value == pytest.approx(151.32 / 322.32 * 100)
    assert qinshui.city.storages.bound == "rate"
    assert {one.balance.scope.id for one in qinshui.counties} == {"qinshui", "gaoping", "zezhou", "chengqu", "kaifaqu"}
    assert qinshui.facts[CITY_GAP]["source"].startswith("假定沁水煤层气田停供，气日 2026-12-15 供需平衡，")
    assert _level(packs, dict(qinshui.facts)) == ("I", False)  # type: ignore[arg-type]


def test_a_bridge_by_hand(packs: Library):
    system = small(TWO.replace("customers:", """storages:
  - {id: tank, label: 罐, node: n_a, owner: 甲, owner_kind: operator, reporter: a, form: gas, capacity: 100, keep: 10, withdrawal: 60}
  - {id: reserve, label: 备, node: n_a, owner: 甲, owner_kind: government, reporter: a, form: gas, capacity: 100, withdrawal: 60, emergency_reserve: true}
customers:"""))  # fmt: skip
    given = {
        ("demand", "home_a"): 30.0, ("demand", "works_a"): 20.0, ("demand", "home_b"): 10.0, ("available", "cbm"): 57.0,
        ("allocated", "gaoping|cbm"): 48.0, ("allocated", "lingchuan|cbm"): 9.0, ("allocated", "zezhou|cbm"): 0.0,
    }  # fmt: skip
    (only,) = failures(figures(system, told(system, given, stocks={"tank": 40, "reserve": 60}), DAY), lexicon())
    # all 60 are missing; (40 − 10) / 60 = 12 h, with the reserve (30 + 60) / 60 = 36 h
    assert (only.city.balance.gap_pct.value, only.city.before.value) == (100.0, 5.0)
    assert (only.city.storages.hours.value, only.city.all_stores.hours.value) == (12.0, 36.0)
    assert _level(packs, dict(only.facts)) == ("I", False)  # type: ignore[arg-type]


def test_a_figure_rests_on_the_clauses_that_look_at_it(packs: Library):
    found = basis(CITY_GAP, [packs.pack(PLAN)], packs.lexicon)
    assert found.clause == "〔天然气迎峰度冬预案 4.2.1(1)、4.2.2(1)、4.2.3(1)〕"
    assert [(one.level, one.at_least) for one in found.thresholds] == [("Ⅰ级响应", 10), ("Ⅱ级响应", 5), ("Ⅲ级响应", 3)]
    assert basis(CROSS_COUNTY_GAP, [packs.pack(PLAN)], packs.lexicon).clause.endswith("4.2.1(2)、4.2.2(2)、4.2.3(2)〕")
