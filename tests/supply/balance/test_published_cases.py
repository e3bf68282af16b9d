"""Published cases: the balance gives the gaps that were published."""

from __future__ import annotations

from pathlib import Path

import pytest

from zhishou.errors import PackError
from zhishou.plan.load import Library
from zhishou.supply.balance import balances, figures
from zhishou.supply.cases import Case, read_case
from zhishou.supply.gap_facts import gap_facts

NAMES = ("tengzhou-2017", "xian-2016")


def _case(repository: Path, packs: Library, name: str) -> Case:
    file = repository / "examples" / "cases" / f"{name}.yaml"
    return read_case(file.read_text("utf-8"), file.name, packs.lexicon)


@pytest.mark.parametrize("name", NAMES)
def test_every_day_has_the_published_gap(repository: Path, packs: Library, name: str):
    case = _case(repository, packs, name)
    for day in case.text.days:
        city = balances(figures(case.system, case.returns(), day.gas_day), case.lexicon).city
        assert city.gap.value == day.gap
        assert round(city.gap_pct.low, 2) == day.gap_pct
        assert city.missing == ()


def test_tengzhou_falls_short_by_three_not_by_what_was_cut(repository: Path, packs: Library):
    case = _case(repository, packs, "tengzhou-2017")
    before, after = (
        balances(figures(case.system, case.returns(), day.gas_day), case.lexicon).city for day in case.text.days
    )
    # 16.5 + 34.5 + 3 = 54; 62 − 54 = 8 over, 54 − 51 = 3 short, 3 / 54 = 5.5…%
    assert (before.demand.value, before.surplus.value, before.gap.value) == (54.0, 8.0, 0.0)
    assert (after.demand.value, after.surplus.value, after.gap.value) == (54.0, 0.0, 3.0)
    assert after.gap_pct.value == pytest.approx(100 / 18)
    assert dict(after.by_class)["industry"].value == 34.5


def test_xian_goes_from_fifteen_to_twenty_five_per_cent(repository: Path, packs: Library):
    case = _case(repository, packs, "xian-2016")
    found = [balances(figures(case.system, case.returns(), day.gas_day), case.lexicon).city for day in case.text.days]
    assert [(one.gap.value, one.gap_pct.value) for one in found] == [(150.0, 15.0), (300.0, 25.0)]


@pytest.mark.parametrize("name", NAMES)
def test_a_case_says_where_it_was_published(repository: Path, packs: Library, name: str):
    case = _case(repository, packs, name)
    assert case.text.source.title.startswith("《")
    found = balances(figures(case.system, case.returns(), case.text.days[-1].gas_day), case.lexicon)
    assert case.text.source.title in {origin.source for origin in found.city.origins}
    assert gap_facts(found, case.lexicon)["city_gas_gap_pct"]["value"] == found.city.gap_pct.value


def test_a_case_with_a_name_of_nobody_names_the_line(packs: Library):
    text = """id: a
title: 甲
source: {title: 《甲》, issuer: 乙, published: 2020}
system:
  id: a
  title: 甲
  area: jincheng
  nodes: [{id: n, label: N, area: 晋城}]
days:
  - {gas_day: 2020-01-01, says: "", demand: {nobody: 1}, available: {}, gap: 0, gap_pct: 0}
"""
    with pytest.raises(PackError) as refused:
        read_case(text, "甲.yaml", packs.lexicon)
    assert [str(problem) for problem in refused.value.problems] == [
        "甲.yaml:3：source.published 应为文字，写的是“2020”（改正这个值）"
    ]
    with pytest.raises(PackError) as refused:
        read_case(text.replace("2020}", '"2020"}', 1), "甲.yaml", packs.lexicon)
    assert [str(problem) for problem in refused.value.problems] == [
        "甲.yaml:8：词库里没有“晋城”这个地区（写编号 jincheng）"
    ]
    with pytest.raises(PackError) as refused:
        read_case(text.replace("2020}", '"2020"}', 1).replace("area: 晋城", "area: jincheng"), "甲.yaml", packs.lexicon)
    assert [str(problem) for problem in refused.value.problems] == ["甲.yaml:10：本案没有“nobody”（现有：无）"]
