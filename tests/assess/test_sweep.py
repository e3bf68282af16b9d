"""A sweep proposes, row by row, what assess proposes; a table that is wrong in part is refused whole."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhishou import clock
from zhishou.assess import assess, situation
from zhishou.assess.sweep import sweep
from zhishou.errors import FactsError, ZhishouError
from zhishou.plan.identity import Identity
from zhishou.plan.ladder import Ladder
from zhishou.plan.ledger import Ledger
from zhishou.plan.lexicon import Fact, Lexicon
from zhishou.plan.load import library
from zhishou.plan.pack import Pack
from zhishou.plan.rules import ladder_rules
from zhishou.plan.truth import Verdict

AT = clock.moment("2026-01-15T20:00")
SHIPPED = library()


def fact(kind: str, **more: object) -> dict[str, Any]:
    return {"kind": kind, "meaning": "测试", **more}


OWN_FACTS = {
    "temperature": fact("number", label="气温", unit="℃", worse="lower"),
    "pressure": fact("number", label="压力", unit="MPa", minimum=0.5, maximum=9),
    "east_loss": fact("number", label="东区损失", unit="万元", minimum=0),
    "west_loss": fact("number", label="西区损失", unit="万元", minimum=0),
    "whole_loss": fact("number", label="全区损失", unit="万元", minimum=0, sum_of=["east_loss", "west_loss"]),
    "stock_one": fact("number", label="一库存量", unit="t", minimum=0),
    "stock_two": fact("number", label="二库存量", unit="t", minimum=0),
    "stock": fact("number", label="总存量", unit="t", minimum=0, worse="lower", sum_of=["stock_one", "stock_two"]),
    "mood": fact("choice", label="舆情", values=["平静", "关注", "发酵"]),
}

RESPONSE = [
    {"any": [
        {"fact": "whole_loss", "above": 30},
        {"all": [{"grade": "重大", "or_worse": True}, {"not": {"fact": "mood", "is": "平静"}}]},
        {"judgement": "headquarters"},
    ]},
    {"any": [
        {"fact": "whole_loss", "from": 10, "to": 30, "unstated": ["lower", "upper"]},
        {"not": {"any": [{"fact": "temperature", "above": -5}, {"fact": "pressure", "from": 0.5, "to": 2}]}},
        {"grade": "较大", "implied": True},
    ]},
    None,
    {"all": [
        {"grade": "一般", "or_worse": True},
        {"not": {"all": [
            {"grade": "较大", "of": "expected", "or_worse": True}, {"fact": "crosses_county", "is": False},
        ]}},
        {"fact": "mood", "in": ["关注", "发酵"]},
    ]},
]  # fmt: skip

WARNING = [
    {"not": {"fact": "stock", "from": 5, "unstated": ["lower"]}},
    {
        "any": [
            {"fact": "stock", "below": 20},
            {"all": [{"fact": "stock", "to": 40}, {"fact": "pressure", "from": 0.5}]},
        ]
    },
    {
        "any": [
            {"fact": "temperature", "to": -3.3, "unstated": ["upper"]},
            {"grade": "一般", "of": "expected"},
            {"fact": "deaths_with_missing", "above": 3, "to": 10, "unstated": ["upper"]},
        ]
    },
]


def made_up(response: list[Any], warning: list[Any] | None = None, *, graded: bool = True) -> Pack:
    """A plan with every form of condition, such as no shipped plan has."""
    shared = {name: getattr(SHIPPED.lexicon, name) for name in Lexicon.model_fields}
    own = {name: Fact.model_validate(data) for name, data in OWN_FACTS.items()}
    identity = {
        "id": "nowhere/made-up", "version": "1", "title": "试", "short": "试", "number": "1", "kind": "accident",
        "area": "jincheng", "issuer": "试", "issued": date(2020, 1, 1), "effective": date(2020, 1, 1),
        "source": {"file": "none"}, "wording": {}, "scope": {"covers": [], "clause": "1"},
        "grading": {"clause": "1", "deaths": "deaths_with_missing", "social_impact": True} if graded else None,
    }  # fmt: skip
    ladders = [
        Ladder.model_validate({
            "clause": "1",
            "levels": [
                {"level": f"L{len(levels) - index}", "label": f"{len(levels) - index}级", "clause": "1", "when": when}
                for index, when in enumerate(levels)
            ],
        })
        for levels in (response, warning)
        if levels is not None
    ]  # fmt: skip
    return Pack(
        plan=Identity.model_validate(identity),
        ledger=Ledger(clauses={}),
        lexicon=Lexicon(**{**shared, "facts": {**SHIPPED.lexicon.facts, **own}}),
        response=ladders[0],
        warning=ladders[1] if warning is not None else None,
    )


PLANS = [*SHIPPED.packs.values(), made_up(RESPONSE, WARNING)]


def proposed(plan: Pack, row: Mapping[str, Any]) -> dict[str, Any]:
    """What assess proposes."""
    result = assess(plan, situation({"facts": {k: v for k, v in row.items() if v is not None}}, plan.lexicon), AT)
    found: dict[str, Any] = {}
    for ladder in result.ladders:
        found |= {ladder.ladder: ladder.level, f"{ladder.ladder}_arguable": ladder.verdict is Verdict.ARGUABLE}
    return found


def worth_trying(plan: Pack) -> dict[str, list[Any]]:
    """Every fact that bears on the plan, with values at and around its thresholds."""
    facts = plan.lexicon.facts
    bounds: dict[str, set[float]] = {}
    for kind in plan.ladders:
        rules = ladder_rules(plan, kind)
        for name in rules.relevant:
            for part in (name, *facts[name].sum_of):
                bounds.setdefault(part, {0.0}).update(rules.bounds.get(name, ()))
    found: dict[str, list[Any]] = {}
    for name, cuts in sorted(bounds.items()):
        spec = facts[name]
        if spec.kind == "flag":
            found[name] = [True, False]
        elif spec.values:
            found[name] = list(spec.values)
        else:
            steps = (-1.0, 0.0, 1.0) if spec.integer else (-0.5, 0.0, 0.001, 1.5)
            low = -math.inf if spec.minimum is None else spec.minimum
            high = math.inf if spec.maximum is None else spec.maximum
            found[name] = sorted({cut + step for cut in cuts for step in steps if low <= cut + step <= high})
    return found


def dtypes(spec: Fact) -> list[Any]:
    if spec.kind == "flag":
        return [pl.Boolean]
    if spec.values:
        return [pl.String, pl.Enum(spec.values), pl.Enum([*reversed(spec.values), "别的"]), pl.Categorical]
    return [pl.Int64, pl.Int32, pl.UInt16, pl.Float64] if spec.integer else [pl.Float64, pl.Float32]


@st.composite
def tables(draw: st.DrawFn, plan: Pack) -> pl.DataFrame:
    values = {name: choices for name, choices in worth_trying(plan).items() if draw(st.integers(0, 9))}
    row = st.fixed_dictionaries({name: st.none() | st.sampled_from(choices) for name, choices in values.items()})
    rows = draw(st.lists(row, min_size=1, max_size=20))
    facts = plan.lexicon.facts
    return pl.DataFrame([
        pl.Series(name, [one[name] for one in rows], dtype=draw(st.sampled_from(dtypes(facts[name]))), strict=False)
        for name in values
    ])  # fmt: skip


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.id)
@settings(deadline=None, max_examples=30, database=None)
@given(data=st.data())
def test_equals_assess_row_by_row(plan: Pack, data: st.DataObject):
    table = data.draw(tables(plan))
    if not table.width:
        return
    assert sweep(plan, table, arguable=True).to_dicts() == [proposed(plan, row) for row in table.iter_rows(named=True)]


def test_levels_come_as_an_enum_rising_in_severity():
    plan = SHIPPED.pack("gas-winter-2021")
    table = pl.DataFrame({"city_gas_gap_pct": [None, 2.9, 3, 5, 7, 10, 40], "province_gas_gap_pct": [20.0] * 7})
    result = sweep(plan, table, arguable=True)
    assert result.schema == {
        "warning": pl.Enum(["IV", "III", "II", "I"]), "warning_arguable": pl.Boolean,
        "response": pl.Enum(["III", "II", "I"]), "response_arguable": pl.Boolean,
    }  # fmt: skip
    assert result["response"].to_list() == [None, None, "III", "II", "II", "I", "I"]
    assert result["response_arguable"].to_list() == [False, False, True, True, False, False, False]
    assert set(result["warning"]) == {"II"}
    assert result["warning_arguable"].all()


def test_a_lazy_table_is_swept_too():
    plan = SHIPPED.pack("gas-winter-2021")
    table = pl.DataFrame({"city_gas_gap_pct": [1, 4, 12], "beyond_city_area": [None, False, True]})
    assert sweep(plan, table.lazy(), arguable=True).equals(sweep(plan, table, arguable=True))
    assert sweep(plan, table).equals(sweep(plan, table, arguable=True).select(*plan.ladders))


def test_columns_that_do_not_bear_on_the_plan_change_nothing():
    plan = SHIPPED.pack("gas-winter-2021")
    table = pl.DataFrame({"deaths": [0, 40], "missing": [None, None]})
    assert sweep(plan, table)["response"].to_list() == [None, None]
    assert sweep(plan, table, arguable=True)["response_arguable"].to_list() == [False, False]


def test_a_table_without_rows_gives_none():
    plan = SHIPPED.pack("gas-winter-2021")
    assert sweep(plan, pl.DataFrame(schema={"city_gas_gap_pct": pl.Float64})).height == 0


def test_a_condition_that_the_fact_always_meets_needs_no_column():
    plan = made_up([{"fact": "deaths", "from": 0}], graded=False)
    assert sweep(plan, pl.DataFrame({"deaths": [None, 3]}, schema={"deaths": pl.Int8}))["response"].to_list() == [
        "L1",
        "L1",
    ]
    assert sweep(plan, pl.DataFrame({"missing": [1, 2]}))["response"].to_list() == ["L1", "L1"]


def test_more_combinations_than_assess_looks_at_are_refused():
    many = [{"fact": name, "from": bound} for name in ("whole_loss", "stock") for bound in range(1, 15)]
    plan = made_up([{"any": many}], graded=False)
    with pytest.raises(ZhishouError) as refused:
        sweep(plan, pl.DataFrame({"east_loss": [1.0], "stock_one": [1.0]}))
    assert str(refused.value) == "预案的条件在范围未定的要素上组合过多，不能整表判断（逐行用 assess 判断）"


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            pl.Series("city_gas_gap", [1.0]),
            "列“city_gas_gap”：词库里没有这个要素（是不是“city_gas_gap_pct”？）",
        ),
        (
            pl.Series("死亡人数", [1]),
            "列“死亡人数”：词库里没有这个要素（列名写要素的 id：deaths）",
        ),
        (
            pl.Series("q", [1]),
            "列“q”：词库里没有这个要素（去掉这一列，或改用要素的 id；用 zhishou plan facts 查看全部要素）",
        ),
        (
            pl.Series("deaths", ["3"]),
            "列“deaths”：类型是 String，应为数（先转成整数或小数的列，单位为人；不知道的留空）",
        ),
        (
            pl.Series("crosses_county", ["是"]),
            "列“crosses_county”：类型是 String，应为是否（先转成 Boolean 列；不知道的留空）",
        ),
        (
            pl.Series("social_impact", [1]),
            (
                "列“social_impact”：类型是 Int64，应为文字"
                "（先转成 String 或 Enum 列，取值有：一般、较大、重大、特别重大；不知道的留空）"
            ),
        ),
        (
            pl.Series("city_gas_gap_pct", [None, 5.0, 120.0, -1.0]),
            "列“city_gas_gap_pct”第 3 行：120% 不可能，最大是 100%（核对报表后改正）",
        ),
        (
            pl.Series("deaths", [2, -1]),
            "列“deaths”第 2 行：-1 人 不可能，最小是 0 人（核对报表后改正）",
        ),
        (
            pl.Series("deaths", [2.0, 2.5]),
            "列“deaths”第 2 行：2.5 应为整数（改正数值）",
        ),
        (
            pl.Series("direct_loss", [math.inf]),
            "列“direct_loss”第 1 行：“inf”不是有限的数（改正数值）",
        ),
        (
            pl.Series("direct_loss", [1.0, math.nan]),
            "列“direct_loss”第 2 行：“nan”不是有限的数（改正数值）",
        ),
        (
            pl.Series("social_impact", ["一般", None, "很大"]),
            "列“social_impact”第 3 行：没有“很大”这个取值（取值有：一般、较大、重大、特别重大）",
        ),
        (
            pl.Series("social_impact", ["很大"], dtype=pl.Enum(["一般", "很大"])),
            "列“social_impact”第 1 行：没有“很大”这个取值（取值有：一般、较大、重大、特别重大）",
        ),
    ],
    ids=lambda value: value.name if isinstance(value, pl.Series) else "",
)
def test_a_wrong_table_is_refused(column: pl.Series, message: str):
    with pytest.raises(FactsError) as refused:
        sweep(SHIPPED.pack("gas-winter-2021"), pl.DataFrame([column]))
    assert str(refused.value) == message


def test_every_wrong_column_is_named():
    table = pl.DataFrame({"deaths": [-1], "missing": [-2], "serious_injuries": [0]})
    with pytest.raises(FactsError) as refused:
        sweep(SHIPPED.pack("gas-winter-2021"), table)
    assert [problem.where for problem in refused.value.problems] == ["列“deaths”第 1 行", "列“missing”第 1 行"]


def test_a_table_of_flags_alone_needs_no_check_of_values():
    plan = SHIPPED.pack("gas-winter-2021")
    assert sweep(plan, pl.DataFrame({"beyond_city_area": [True, None]}))["response"].to_list() == ["I", None]


def test_a_table_without_columns_gives_none():
    assert sweep(SHIPPED.pack("gas-winter-2021"), pl.DataFrame()).height == 0


def test_a_plan_without_ladders_gives_no_columns():
    plan = next(pack for pack in SHIPPED.packs.values() if not pack.ladders)
    assert sweep(plan, pl.DataFrame({"deaths": [1]})).width == 0
