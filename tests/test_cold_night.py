"""A cold night, told as it happens: what is said, at what time, and what the gas plan then calls for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.result import LadderAssessment
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.plan.truth import Verdict


@dataclass
class Night:
    """The duty room's evening: facts come in, the plan is asked."""

    plan: Pack
    day: str = "2026-12-15"
    now: str = "17:00"
    facts: dict[str, Any] = field(default_factory=dict)
    judgements: list[dict[str, str]] = field(default_factory=list)

    def at(self, clock_time: str) -> Night:
        self.now = clock_time
        return self

    def hears(self, fact: str, value: Any, said_at: str | None = None) -> Night:
        given = value if isinstance(value, dict) else {"value": value}
        self.facts[fact] = {**given, "at": f"{self.day}T{said_at or self.now}", "source": "电话"}
        return self

    def judges(self, level: str) -> Night:
        self.judgements.append({"plan": self.plan.id, "ladder": "response", "level": level})
        return self

    def response(self) -> LadderAssessment:
        given = situation({"facts": self.facts, "judgements": self.judgements}, self.plan.lexicon)
        found = assess(self.plan, given, clock.moment(f"{self.day}T{self.now}")).ladder("response")
        assert found is not None
        return found


@pytest.fixture
def night(packs: Library) -> Night:
    return Night(packs.pack("gas-winter-2021"))


def test_the_gap_grows_from_two_to_twelve_per_cent(night: Night):
    evening = night.at("17:00").hears("city_gas_gap_pct", 2).response()
    assert evening.level is None
    assert evening.verdict is Verdict.UNKNOWN, "the gap between counties is not known yet"
    assert [(m.direction, m.threshold, m.level) for m in evening.margins] == [("up", 3, "III")]

    on_the_bound = night.at("19:30").hears("city_gas_gap_pct", 5).response()
    assert on_the_bound.level == "II", "5 % may belong to III or to II: the more severe is proposed"
    assert set(on_the_bound.ambiguities[0].levels) == {"II", "III"}
    assert set(on_the_bound.ambiguities[0].clause) == {"4.2.2(1)", "4.2.3(1)"}

    later = night.at("21:00").hears("city_gas_gap_pct", 8.5).response()
    assert (later.level, later.verdict, later.ambiguities) == ("II", Verdict.MET, ())
    assert later.proposal is not None
    assert [who.label for who in later.proposal.proposed_by] == ["市指挥部办公室"]
    assert [who.id for who in later.proposal.decided_by] == ["commander"]
    assert {m.direction: (m.threshold, m.level, m.reached) for m in later.margins} == {
        "up": (10, "I", True),
        "down": (5, "III", False),
    }
    assert ("cross_county_gas_gap_pct",) in {need.facts for way in later.raises for need in way.needs}

    midnight = night.at("23:10").hears("city_gas_gap_pct", 12).response()
    assert midnight.level == "I"
    assert midnight.reasons[0].clause == ("4.2.1(1)",)
    assert midnight.raises == (), "nothing can raise the highest level"


def test_the_missing_fact_would_have_changed_the_answer(night: Night):
    without = night.at("20:00").hears("city_gas_gap_pct", 4).response()
    assert without.level == "III"
    way = next(
        way for way in without.raises if way.needs[0].facts == ("cross_county_gas_gap_pct",) and way.level == "I"
    )
    assert way.clause == ("4.2.1(2)",)
    assert night.hears("cross_county_gas_gap_pct", 31).response().level == "I"


def test_a_report_known_only_as_at_least_is_used_for_what_it_is_worth(night: Night):
    found = night.at("23:00").hears("cross_county_gas_gap_pct", {"at_least": 21}).response()
    assert (found.level, found.at_least) == ("II", True)
    assert {way.level for way in found.raises} == {"I"}


def test_the_province_starts_and_the_city_follows(night: Night):
    for province, city in (("IV", "III"), ("III", "II"), ("II", "I"), ("I", "I")):
        assert night.at("22:00").hears("province_gas_response_level", province).response().level == city


def test_the_headquarters_may_judge_what_the_figures_do_not_say(night: Night):
    assert night.at("22:00").hears("city_gas_gap_pct", 4).response().level == "III"
    judged = night.judges("II").response()
    assert judged.level == "II"
    assert judged.reasons[0].clause == ("4.2.2(4)",)


def test_yesterdays_gap_is_not_known_any_more(night: Night):
    fresh = night.at("17:00").hears("city_gas_gap_pct", 12).response()
    assert fresh.level == "I"
    night.day = "2026-12-16"
    night.facts["city_gas_gap_pct"]["at"] = "2026-12-15T17:00"
    stale = night.at("17:01").response()
    assert stale.level is None
    assert stale.verdict is Verdict.UNKNOWN


def test_an_outage_of_two_days_with_a_gap_of_fifteen_per_cent_falls_into_a_hole(packs: Library):
    district = Night(packs.pack("energy-2025"), day="2026-01-10")
    district.at("08:00").hears("pipeline_facility_damaged", value=True).hears("pipeline_outage", 48)
    district.hears("district_gas_gap_pct", 15).hears("cross_town_gas_gap_pct", 35)
    found = district.response()
    assert found.level is None
    assert [(gap.fact, gap.level) for gap in found.gaps if gap.fact == "district_gas_gap_pct"] == [
        ("district_gas_gap_pct", "III")
    ]
    assert any(way.judgement for way in found.raises), "only the headquarters can mend what the text left out"
