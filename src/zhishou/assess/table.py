"""Whether a table can be swept: its columns are facts of the right kind, its values ones that can be.

It stands alone because a table is refused as a whole, with every problem found, before anything is computed from it.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping

import polars as pl

from zhishou.assess.situation import situation
from zhishou.errors import FactsError, ZhishouError
from zhishou.plan.lexicon import Fact, Lexicon


def columns_wrong(schema: Mapping[str, pl.DataType], lexicon: Lexicon) -> list[ZhishouError]:
    """Columns that are no facts, or that cannot hold values of their fact."""
    problems: list[ZhishouError] = []
    for name, dtype in schema.items():
        where = f"列“{name}”"
        if (fact := lexicon.facts.get(name)) is None:
            problems.append(ZhishouError("词库里没有这个要素", where=where, mend=_meant(name, lexicon)))
        elif not _fits(fact, dtype):
            wanted, mend = _wanted(fact)
            problems.append(ZhishouError(f"类型是 {dtype}，应为{wanted}", where=where, mend=mend))
    return problems


def values_wrong(schema: Mapping[str, pl.DataType], lexicon: Lexicon) -> dict[str, pl.Expr]:
    """For every column that could hold a value that cannot be: where it does (null where nothing is stated)."""
    found = {}
    for name, dtype in schema.items():
        fact = lexicon.facts[name]
        if fact.kind in {"number", "duration"}:
            tests = list(_figure_tests(pl.col(name), dtype, fact))
        elif fact.kind == "flag" or (isinstance(dtype, pl.Enum) and set(dtype.categories) <= set(fact.values)):
            tests = []
        else:
            tests = [~pl.col(name).cast(pl.String).is_in(fact.values)]
        if tests:
            found[name] = pl.any_horizontal(tests) if len(tests) > 1 else tests[0]
    return found


def offences(table: pl.LazyFrame, wrong: Mapping[str, pl.Expr], lexicon: Lexicon) -> FactsError:
    """The first offending row of each column, in the words used for a single situation."""
    problems: list[ZhishouError] = []
    for name, where in wrong.items():
        row, value = (
            table.select(pl.arg_where(where).first(), value=pl.col(name).filter(where).first()).collect().row(0)
        )
        try:
            situation({"facts": {name: value}}, lexicon)
        except FactsError as error:
            said = error.problems[0]
            problems.append(ZhishouError(said.message, where=f"列“{name}”第 {row + 1} 行", mend=said.mend))
    return FactsError(problems)


def _figure_tests(column: pl.Expr, dtype: pl.DataType, fact: Fact) -> Iterator[pl.Expr]:
    low, high = fact.minimum, fact.maximum
    if dtype.is_float():
        # NaN lies above every number, so the greatest finite number keeps it out along with infinity.
        most = sys.float_info.max
        yield ~column.is_between(-most if low is None else low, most if high is None else high)
        if fact.integer:
            yield column != column.floor()
        return
    if low is not None:
        yield column < _whole(low)
    if high is not None:
        yield column > _whole(high)


def _whole(bound: float) -> float:
    """An integer where it is one: comparing an integer column with a fraction would copy the column as floats."""
    return int(bound) if float(bound).is_integer() else bound


def _fits(fact: Fact, dtype: pl.DataType) -> bool:
    if dtype == pl.Null:
        return True
    if fact.kind in {"number", "duration"}:
        return dtype.is_float() or dtype.is_integer()
    if fact.kind == "flag":
        return dtype == pl.Boolean
    return dtype == pl.String or isinstance(dtype, pl.Enum | pl.Categorical)


def _wanted(fact: Fact) -> tuple[str, str]:
    if fact.kind in {"number", "duration"}:
        unit = f"，单位为{fact.unit}" if fact.unit else ""
        return "数", f"先转成整数或小数的列{unit}；不知道的留空"
    if fact.kind == "flag":
        return "是否", "先转成 Boolean 列；不知道的留空"
    return "文字", f"先转成 String 或 Enum 列，取值有：{'、'.join(fact.values)}；不知道的留空"


def _meant(name: str, lexicon: Lexicon) -> str:
    if (id_ := lexicon.facts_by_name.get(name)) is not None:
        return f"列名写要素的 id：{id_}"
    near = difflib.get_close_matches(name, lexicon.facts, n=1, cutoff=0.5)
    return f"是不是“{near[0]}”？" if near else "去掉这一列，或改用要素的 id；用 zhishou plan facts 查看全部要素"
