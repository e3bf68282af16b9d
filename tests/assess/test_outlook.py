"""Chances are the shares of a sweep; where facts are unknown, every world that may still be lies within the range."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_city import city
from worlds import LADDERS, SHIPPED, worlds

from zhishou.assess.outlook import Chance, LadderOutlook, outlook, outlooks
from zhishou.assess.sweep import sweep
from zhishou.errors import FactsError, ZhishouError
from zhishou.plan.pack import Pack
from zhishou.plan.rules import ladder_rules
from zhishou.supply.forecast import Source, forecast, gap_pct, supply_samples

CITY = SHIPPED.packs["jincheng/gas-winter-2021"]
CALM = {
    "cross_county_gas_gap_pct": 0.0,
    "province_gas_response_level": "未启动",
    "beyond_city_area": False,
    "city_capacity_exceeded": False,
}


def gaps(**more: object) -> pl.DataFrame:
    draw = np.random.default_rng(5)
    table = pl.DataFrame({"city_gas_gap_pct": np.maximum(0, draw.normal(4, 4, 4000))})
    return table.with_columns(**{name: pl.lit(value) for name, value in more.items()})


def response(samples: pl.DataFrame) -> LadderOutlook:
    found = outlook(CITY, samples).ladder("response")
    assert found is not None
    return found


def test_with_every_fact_given_the_chances_are_shares_by_hand():
    samples = gaps(**CALM)
    gap = samples["city_gas_gap_pct"].to_numpy()
    found = response(samples)
    by_hand = {"I": gap >= 10, "II": (gap >= 5) & (gap < 10), "III": (gap >= 3) & (gap < 5)}
    for level in found.levels:
        assert level.exactly == Chance(by_hand[level.level].mean(), by_hand[level.level].mean())
        assert level.exactly.certain
    assert found.levels[1].or_worse.at_least == pytest.approx((gap >= 5).mean())
    assert found.none == Chance((gap < 3).mean(), (gap < 3).mean())
    assert (found.undecided, found.missing) == (0, ())
    assert found.judgement, "headquarters may always declare one; no chance counts that"


def test_a_missing_fact_makes_a_range_and_never_a_no():
    gap = gaps()["city_gas_gap_pct"].to_numpy()
    found = response(gaps())
    first, second, third = found.levels
    assert first.exactly == Chance(pytest.approx((gap >= 10).mean()), 1.0)
    assert second.or_worse.at_least == pytest.approx((gap >= 5).mean())
    assert second.exactly == Chance(0.0, pytest.approx((gap < 10).mean()))
    assert third.exactly == Chance(0.0, pytest.approx((gap < 5).mean()))
    assert found.none == Chance(0.0, pytest.approx((gap < 3).mean()))
    assert found.undecided == pytest.approx((gap < 10).mean())
    assert set(found.missing) == set(CALM)
    assert str(first.exactly) == f"{round((gap >= 10).mean() * 100)}%～100%"


def test_what_only_superiors_state_is_unknown_unless_given():
    found = outlook(CITY, gaps(**CALM)).ladder("warning")
    assert found is not None
    assert found.missing == ("cross_city_gas_gap_pct", "province_gas_gap_pct")
    assert all(level.or_worse == Chance(0.0, 1.0) for level in found.levels)
    given_ = outlook(CITY, gaps(province_gas_gap_pct=6.0, cross_city_gas_gap_pct=0.0)).ladder("warning")
    assert given_ is not None
    assert [level.exactly.at_least for level in given_.levels] == [0, 0, 1, 0]


def test_a_column_of_nulls_is_a_missing_fact():
    samples = gaps().with_columns(cross_county_gas_gap_pct=pl.lit(None, dtype=pl.Float64))
    assert response(samples) == response(gaps())


def test_the_gap_on_a_bound_that_the_text_leaves_open_is_arguable():
    found = response(
        pl.DataFrame({"city_gas_gap_pct": [3.0, 7.0]}).with_columns(**{k: pl.lit(v) for k, v in CALM.items()})
    )
    assert found.arguable == 0.5


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.data())
def test_every_world_lies_within_what_is_said_of_a_part_of_it(data: st.DataObject):
    pack, rules = data.draw(st.sampled_from(LADDERS))
    world = data.draw(worlds(pack))
    known = {name: value for name, value in world.items() if data.draw(st.booleans())}
    whole = pl.DataFrame([world], schema=kinds(pack, world))
    some = pl.DataFrame([known], schema=kinds(pack, known)) if known else pl.DataFrame({"deaths": [None]})
    found = outlook(pack, some).ladder(rules.kind)
    assert found is not None
    level = sweep(pack, whole)[rules.kind][0]
    chances = {None: found.none, **{one.level: one.exactly for one in found.levels}}
    for one, chance in chances.items():
        assert chance.at_least <= (one == level) <= chance.at_most, (one, chance)
    assert sum(chance.at_least for chance in chances.values()) <= 1
    assert sum(chance.at_most for chance in chances.values()) >= 1


def kinds(pack: Pack, facts: dict[str, object]) -> dict[str, pl.DataType | type[pl.DataType]]:
    by_kind = {"number": pl.Float64, "duration": pl.Float64, "flag": pl.Boolean}
    return {name: by_kind.get(pack.lexicon.facts[name].kind, pl.String) for name in facts}


@pytest.mark.parametrize("id_", sorted(SHIPPED.packs))
def test_every_shipped_plan_has_an_outlook(id_: str):
    pack = SHIPPED.packs[id_]
    found = outlook(pack, pl.DataFrame({"city_gas_gap_pct": [0.0, 12.0]}))
    assert [one.kind for one in found.ladders] == list(pack.ladders)
    for one in found.ladders:
        rules = ladder_rules(pack, one.kind)
        assert [level.level for level in one.levels] == [level.level for level in rules.levels]
        worse = [level.or_worse.at_most for level in one.levels]
        assert worse == sorted(worse)
        if all(level.rule is None for level in rules.levels):
            assert one.none == Chance(0.0, 1.0), "where the text gives no condition nobody can tell"


def test_days_are_told_one_by_one():
    days = {date(2026, 12, 1): gaps(**CALM), date(2026, 12, 2): gaps()}
    found = outlooks(CITY, days)
    assert list(found) == list(days)
    assert found[date(2026, 12, 1)] == outlook(CITY, gaps(**CALM))


def test_what_cannot_be_swept_is_refused():
    with pytest.raises(ZhishouError, match="没有任何情景"):
        outlook(CITY, pl.DataFrame({"city_gas_gap_pct": []}, schema={"city_gas_gap_pct": pl.Float64}))
    with pytest.raises(FactsError, match="词库里没有这个要素"):
        outlook(CITY, pl.DataFrame({"gap": [1.0]}))


def test_from_a_forecast_to_the_chance_of_each_level_day_by_day():
    town = city(seed=3, first=date(2024, 1, 1), last=date(2025, 1, 5))
    week = forecast(town.history, [-2.0, -4.0, -8.0, -9.0, -6.0, -2.0, 0.0])
    demand = week.samples(2000, seed=1)
    supply = supply_samples([Source("管道", (255.0,) * 7), Source("煤层气", (40.0,) * 7, outage=0.05)], 2000, seed=2)
    gap = gap_pct(demand, supply)
    days = {
        day: pl.DataFrame({"city_gas_gap_pct": gap[:, lead]}).with_columns(**{k: pl.lit(v) for k, v in CALM.items()})
        for lead, day in enumerate(week.days)
    }
    for lead, found in enumerate(outlooks(CITY, days).values()):
        ladder = found.ladder("response")
        assert ladder is not None
        assert ladder.levels[-1].or_worse.at_least == pytest.approx((gap[:, lead] >= 3).mean())
        assert ladder.levels[0].exactly.at_least == pytest.approx((gap[:, lead] >= 10).mean())
    chances = [one.ladder("response").none.at_least for one in outlooks(CITY, days).values()]  # type: ignore[union-attr]
    assert min(chances[2:5]) < chances[0], "the cold days are the likelier to run short"
