"""Facts that are wrong are refused whole, each with the fact, what is wrong and how to mend it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.errors import FactsError
from zhishou.plan.load import Library

AT = clock.moment("2026-01-15T20:00")
RANGE = "写 value，或只知道范围时写 at_least、at_most"
KEYS = "可写：at、at_least、at_most、note、source、unit、value"


@dataclass(frozen=True)
class Wrong:
    """One fact stated wrongly, and what is said of it."""

    name: str
    fact: str
    given: Any
    message: str
    mend: str


FACTS = [
    Wrong("unknown fact", "city_gas_gap", 4, "词库里没有这个要素", "是不是“city_gas_gap_pct”？"),
    Wrong("unknown label", "全市天然气缺口", 4, "词库里没有这个要素", "是不是“全市天然气供需缺口”？"),
    Wrong("nothing like it", "xyz", 4, "词库里没有这个要素", "用 zhishou plan facts 查看全部要素"),
    Wrong("minus three per cent", "city_gas_gap_pct", -3, "-3% 不可能，最小是 0%", "核对报表后改正"),
    Wrong("240 per cent", "city_gas_gap_pct", "240%", "240% 不可能，最大是 100%", "核对报表后改正"),
    Wrong("240 per cent as a bound", "city_gas_gap_pct", {"at_least": 240}, "240% 不可能，最大是 100%", "核对报表后改正"),
    Wrong("wrong unit", "city_gas_gap_pct", "4 万方", "单位“万方”不对，应为“%”", "可用单位：%、％"),
    Wrong("wrong unit given apart", "direct_loss", {"value": 4, "unit": "美元"}, "单位“美元”不对，应为“万元”",
          "可用单位：万元、元、亿元、亿"),
    Wrong("two units", "deaths", {"value": 4, "unit": ["人"]}, "单位“['人']”不对，应为“人”", "可用单位：人"),
    Wrong("text for a number", "city_gas_gap_pct", "很大", "“很大”不是数", "写一个数，单位为%"),
    Wrong("list for a number", "city_gas_gap_pct", [4], "“[4]”不是数", "写一个数，单位为%"),
    Wrong("yes for a number", "deaths", given=True, message="“True”不是数", mend="写一个数，单位为人"),
    Wrong("number for a flag", "city_capacity_exceeded", 1, "“1”不是“是”或“否”", "写 true 或 false"),
    Wrong("word for a flag", "city_capacity_exceeded", "超出", "“超出”不是“是”或“否”", "写 true 或 false"),
    Wrong("range for a flag", "city_capacity_exceeded", {"at_least": True}, "只有数值才能写 at_least、at_most", "写 value"),
    Wrong("value not in a choice", "province_gas_response_level", "Ⅲ级", "没有“Ⅲ级”这个取值",
          "取值有：未启动、IV、III、II、I"),
    Wrong("number for a choice", "accident_grade", 2, "没有“2”这个取值", "取值有：未达等级、一般、较大、重大、特别重大"),
    Wrong("half a person", "deaths", 2.5, "2.5 应为整数", "改正数值"),
    Wrong("half a person as a bound", "deaths", {"at_most": 2.5}, "2.5 应为整数", "改正数值"),
    Wrong("bounds the wrong way round", "deaths", {"at_least": 5, "at_most": 3}, "at_least 大于 at_most", "对调两个数"),
    Wrong("value together with a bound", "deaths", {"value": 5, "at_least": 3},
          "既写了 value，又写了 at_least 或 at_most", "确切的值写 value，只知道范围写 at_least、at_most"),
    Wrong("only a source", "deaths", {"source": "市应急管理局"}, "没有给值", RANGE),
    Wrong("left blank", "deaths", None, "没有给值", RANGE),
    Wrong("value left blank", "deaths", {"value": None}, "没有给值", RANGE),
    Wrong("unknown key", "deaths", {"value": 3, "来源": "市应急管理局"}, "不认识“来源”", KEYS),
    Wrong("no number", "direct_loss", math.nan, "“nan”不是有限的数", "改正数值"),
    Wrong("no end", "direct_loss", math.inf, "“inf”不是有限的数", "改正数值"),
    Wrong("no end written as YAML does", "direct_loss", ".inf", "“.inf”不是数", "写一个数，单位为万元"),
    Wrong("figure beyond every number", "deaths", 10**400, f"“{10**400}”不是有限的数", "改正数值"),
    Wrong("time in words", "deaths", {"value": 3, "at": "刚才"}, "“刚才”不是时间", "写成 2026-12-15T20:00 的样子"),
    Wrong("thirteenth month", "deaths", {"value": 3, "at": "2026-13-01"}, "“2026-13-01”不是时间",
          "写成 2026-12-15T20:00 的样子"),
    Wrong("year for a time", "deaths", {"value": 3, "at": 2026}, "“2026”不是时间", "写成 2026-12-15T20:00 的样子"),
]  # fmt: skip
JUDGEMENTS = [
    Wrong("no plan", "第1项认定", {"level": "I"}, "认定要写明 plan 和 level",
          "写 {plan: 预案, ladder: response, level: II, by: headquarters}"),
    Wrong("no level", "第1项认定", {"plan": "jincheng/gas-winter-2021"}, "认定要写明 plan 和 level",
          "写 {plan: 预案, ladder: response, level: II, by: headquarters}"),
    Wrong("only a level", "第1项认定", "I", "认定要写明 plan 和 level",
          "写 {plan: 预案, ladder: response, level: II, by: headquarters}"),
    Wrong("no such ladder", "第1项认定", {"plan": "jincheng/gas-winter-2021", "level": "I", "ladder": "响应"},
          "ladder 写作“响应”", "写 warning 或 response"),
    Wrong("time in words", "第1项认定", {"plan": "jincheng/gas-winter-2021", "level": "I", "at": "昨晚"}, "“昨晚”不是时间",
          "写成 2026-12-15T20:00 的样子"),
]  # fmt: skip


def refused(data: Any, packs: Library) -> list[str]:
    with pytest.raises(FactsError) as caught:
        situation(data, packs.lexicon)
    return list(map(str, caught.value.problems))


@pytest.mark.parametrize("wrong", FACTS, ids=lambda wrong: wrong.name)
def test_a_fact_that_cannot_be_is_refused(packs: Library, wrong: Wrong):
    assert refused({"facts": {wrong.fact: wrong.given}}, packs) == [
        f"要素“{wrong.fact}”：{wrong.message}（{wrong.mend}）"
    ]


@pytest.mark.parametrize("wrong", JUDGEMENTS, ids=lambda wrong: wrong.name)
def test_a_judgement_that_says_too_little_is_refused(packs: Library, wrong: Wrong):
    assert refused({"judgements": [wrong.given]}, packs) == [f"{wrong.fact}：{wrong.message}（{wrong.mend}）"]


def test_one_fact_under_two_names_is_refused(packs: Library):
    told = refused({"facts": {"deaths": 3, "死亡人数": 4}}, packs)
    assert told == ["要素“死亡人数”：这个要素给了两次（只留一个）"]


@pytest.mark.parametrize("given", [["deaths"], "deaths", 3])
def test_facts_that_are_no_mapping_are_refused(packs: Library, given: Any):
    assert refused({"facts": given}, packs) == ["facts：应为“要素: 值”（每行写一个要素和它的值，不加“- ”）"]


@pytest.mark.parametrize("given", [{"plan": "x", "level": "I"}, "I", 3])
def test_judgements_that_are_no_list_are_refused(packs: Library, given: Any):
    assert refused({"judgements": given}, packs) == ["judgements：应为列表（每项以“- ”开头）"]


def test_every_wrong_fact_is_told_at_once(packs: Library):
    facts = {wrong.fact + str(index): wrong.given for index, wrong in enumerate(FACTS[:3])}
    assert len(refused({"facts": {**facts, "deaths": -1}, "judgements": ["I", "II"]}, packs)) == 6


@pytest.mark.parametrize(
    ("given", "value"),
    [("30 分钟", 0.5), ("2 d", 48.0), ("1.5h", 1.5), (72, 72.0), ({"value": 3, "unit": "天"}, 72.0)],
)
def test_a_unit_of_the_same_kind_is_converted(packs: Library, given: Any, value: float):
    assert situation({"facts": {"pipeline_outage": given}}, packs.lexicon).facts["pipeline_outage"].value == value


@pytest.mark.parametrize(
    ("plan", "ladder", "level", "by"),
    [
        ("jincheng/gas-winter-2021", "response", "I", "office"),
        ("jincheng/gas-winter-2021", "response", "IV", "headquarters"),
        ("jincheng/gas-winter-2021", "warning", "I", "headquarters"),
        ("jincheng/hazchem-2020", "response", "I", "headquarters"),
    ],
)
def test_a_judgement_that_the_plan_does_not_give_to_them_is_refused(
    packs: Library, plan: str, ladder: str, level: str, by: str
):
    given = {"judgements": [{"plan": plan, "ladder": ladder, "level": level, "by": by}]}
    pack = packs.packs[plan]
    with pytest.raises(FactsError) as caught:
        assess(pack, situation(given, packs.lexicon), AT)
    assert str(caught.value).startswith(
        f"认定 {plan}：{pack.plan.short}没有把{ladder}“{level}”交给“{by}”认定（可以认定的有："
    )


def test_the_refusal_of_a_judgement_names_those_that_can_be_given(packs: Library):
    given = {"judgements": [{"plan": "yuncheng/heating-2021", "level": "V"}]}
    with pytest.raises(FactsError) as caught:
        assess(packs.packs["yuncheng/heating-2021"], situation(given, packs.lexicon), AT)
    named = [f"response {level} 由 headquarters" for level in ("I", "II", "III", "IV")]
    assert caught.value.problems[0].mend == f"可以认定的有：{'、'.join(named)}"
