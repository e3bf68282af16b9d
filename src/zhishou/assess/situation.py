"""What is stated about tonight: facts with who said so and when, and judgements given. Wrong input stops here."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhishou import clock
from zhishou.errors import FactsError, ZhishouError
from zhishou.plan.judge import Interval, amount
from zhishou.plan.lexicon import Fact, Lexicon

_UNITS: Mapping[str, Mapping[str, float]] = {
    "h": {"h": 1, "小时": 1, "min": 1 / 60, "分钟": 1 / 60, "d": 24, "天": 24, "日": 24},
    "万元": {"万元": 1, "元": 1e-4, "亿元": 1e4, "亿": 1e4},
    "天": {"天": 1, "日": 1, "d": 1},
    "%": {"%": 1, "％": 1},
}
_NUMBER = re.compile(r"([-+]?\d+(?:\.\d+)?)\s*(\S*)")
_YES_NO: Mapping[Any, bool] = {True: True, False: False, "是": True, "否": False, "有": True, "无": False}
_MOST = 1e300
"""No figure that anybody reports; a whole number beyond it would not even convert."""
_KEYS = {"value", "at_least", "at_most", "unit", "source", "at", "note"}


@dataclass(frozen=True, slots=True)
class Observation:
    """One fact as stated."""

    fact: str
    """Fact id."""
    value: bool | str | float | None
    """The value; None where a number is known only within a range."""
    range: Interval | None
    """For a number, its least and greatest possible value in the fact's unit."""
    text: str
    """The value as a duty officer reads it."""
    source: str = ""
    """Who said so."""
    at: datetime | None = None
    """When it was observed; None: at the moment of assessment."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judgement given by those whom a plan lets judge."""

    plan: str
    """Plan id."""
    ladder: str
    """`warning` or `response`."""
    level: str
    """The level judged to apply."""
    by: str = "headquarters"
    """By whom: `headquarters`, `office`, or a post's id."""
    source: str = ""
    """Where it is recorded."""
    at: datetime | None = None
    """When it was given."""


@dataclass(frozen=True)
class Situation:
    """The facts and judgements of a moment."""

    facts: Mapping[str, Observation] = field(default_factory=dict)
    judgements: tuple[Judgement, ...] = ()


def situation(data: Mapping[str, Any], lexicon: Lexicon) -> Situation:
    """Read a situation.

    Args:
        data: `facts` (fact id or Chinese label → value, or a mapping with `value`, or `at_least`/`at_most`, `unit`,
            `source`, `at`) and `judgements` (each with `plan`, `ladder`, `level`, `by`).
        lexicon: the facts there are.

    Raises:
        FactsError: with every problem found; nothing is computed from a situation that is wrong in part.
    """
    problems: list[ZhishouError] = []
    facts: dict[str, Observation] = {}
    stated = data.get("facts") or {}
    if not isinstance(stated, Mapping):
        raise FactsError(
            [ZhishouError("应为“要素: 值”", where="facts", mend="每行写一个要素和它的值，不加“- ”", path=("facts",))]
        )
    for name, given in stated.items():
        id_ = lexicon.facts_by_name.get(str(name))
        if id_ is None:
            near = difflib.get_close_matches(str(name), lexicon.facts_by_name, n=1, cutoff=0.5)
            mend = f"是不是“{near[0]}”？" if near else "用 zhishou plan facts 查看全部要素"
            problems.append(ZhishouError("词库里没有这个要素", where=f"要素“{name}”", mend=mend, path=("facts", name)))
            continue
        if id_ in facts:
            problems.append(
                ZhishouError("这个要素给了两次", where=f"要素“{name}”", mend="只留一个", path=("facts", name))
            )
            continue
        try:
            facts[id_] = _observation(id_, lexicon.facts[id_], given)
        except ZhishouError as error:
            problems.append(ZhishouError(error.message, where=f"要素“{name}”", mend=error.mend, path=("facts", name)))
    judgements: list[Judgement] = []
    given_judgements = data.get("judgements") or ()
    if not isinstance(given_judgements, list | tuple):
        raise FactsError([ZhishouError("应为列表", where="judgements", mend="每项以“- ”开头", path=("judgements",))])
    for index, given in enumerate(given_judgements):
        try:
            judgements.append(_judgement(given))
        except ZhishouError as error:
            problems.append(
                ZhishouError(error.message, where=f"第{index + 1}项认定", mend=error.mend, path=("judgements", index))
            )
    if problems:
        raise FactsError(problems)
    return Situation(facts, tuple(judgements))


def _observation(id_: str, fact: Fact, given: Any) -> Observation:
    details = given if isinstance(given, Mapping) else {"value": given}
    if unknown := set(details) - _KEYS:
        raise ZhishouError(f"不认识“{'、'.join(sorted(map(str, unknown)))}”", mend=f"可写：{'、'.join(sorted(_KEYS))}")
    if all(details.get(key) is None for key in ("value", "at_least", "at_most")):
        raise ZhishouError("没有给值", mend="写 value，或只知道范围时写 at_least、at_most")
    source = str(details.get("source") or "")
    at = clock.moment(details["at"]) if details.get("at") is not None else None
    if fact.kind in {"number", "duration"}:
        return _numeric(id_, fact, details, source, at)
    if "value" not in details:
        raise ZhishouError("只有数值才能写 at_least、at_most", mend="写 value")
    value = details["value"]
    if fact.kind == "flag":
        if not isinstance(value, bool | str) or value not in _YES_NO:
            raise ZhishouError(f"“{value}”不是“是”或“否”", mend="写 true 或 false")
        return Observation(id_, _YES_NO[value], None, "是" if _YES_NO[value] else "否", source, at)
    if not isinstance(value, str) or value not in fact.values:
        raise ZhishouError(f"没有“{value}”这个取值", mend=f"取值有：{'、'.join(fact.values)}")
    return Observation(id_, value, None, value, source, at)


def _numeric(id_: str, fact: Fact, details: Mapping[str, Any], source: str, at: datetime | None) -> Observation:
    unit = details.get("unit")
    if "value" in details and ("at_least" in details or "at_most" in details):
        raise ZhishouError(
            "既写了 value，又写了 at_least 或 at_most", mend="确切的值写 value，只知道范围写 at_least、at_most"
        )
    if "value" in details:
        low = high = _figure(details["value"], fact, unit)
        text = amount(low, fact)
    else:
        floor = fact.minimum if fact.minimum is not None else -math.inf
        ceiling = fact.maximum if fact.maximum is not None else math.inf
        low = _figure(details["at_least"], fact, unit) if "at_least" in details else floor
        high = _figure(details["at_most"], fact, unit) if "at_most" in details else ceiling
        if low > high:
            raise ZhishouError("at_least 大于 at_most", mend="对调两个数")
        parts = [f"至少 {amount(low, fact)}"] if "at_least" in details else []
        parts += [f"至多 {amount(high, fact)}"] if "at_most" in details else []
        text = "、".join(parts)
    return Observation(id_, low if low == high else None, (low, high), text, source, at)


def _figure(given: Any, fact: Fact, unit: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, int | float | str):
        raise ZhishouError(f"“{given}”不是数", mend=f"写一个数，单位为{fact.unit or '个'}")
    if isinstance(given, str):
        match = _NUMBER.fullmatch(given.strip())
        if match is None:
            raise ZhishouError(f"“{given}”不是数", mend=f"写一个数，单位为{fact.unit or '个'}")
        value, unit = float(match[1]), match[2] or unit
    else:
        value = float(given) if abs(given) < _MOST else math.inf
    if unit:
        factors = _UNITS.get(fact.unit, {fact.unit: 1})
        if not isinstance(unit, str) or unit not in factors:
            raise ZhishouError(
                f"单位“{unit}”不对，应为“{fact.unit or '无单位'}”", mend=f"可用单位：{'、'.join(factors)}"
            )
        value = round(value * factors[unit], 9)
    if not math.isfinite(value):
        raise ZhishouError(f"“{given}”不是有限的数", mend="改正数值")
    if fact.minimum is not None and value < fact.minimum:
        raise ZhishouError(f"{amount(value, fact)} 不可能，最小是 {amount(fact.minimum, fact)}", mend="核对报表后改正")
    if fact.maximum is not None and value > fact.maximum:
        raise ZhishouError(f"{amount(value, fact)} 不可能，最大是 {amount(fact.maximum, fact)}", mend="核对报表后改正")
    if fact.integer and value != int(value):
        raise ZhishouError(f"{value:g} 应为整数", mend="改正数值")
    return value


def _judgement(given: Any) -> Judgement:
    if not isinstance(given, Mapping) or not {"plan", "level"} <= set(given):
        raise ZhishouError(
            "认定要写明 plan 和 level", mend="写 {plan: 预案, ladder: response, level: II, by: headquarters}"
        )
    ladder = given.get("ladder", "response")
    if ladder not in {"warning", "response"}:
        raise ZhishouError(f"ladder 写作“{ladder}”", mend="写 warning 或 response")
    at = clock.moment(given["at"]) if given.get("at") is not None else None
    return Judgement(
        str(given["plan"]), ladder, str(given["level"]), str(given.get("by", "headquarters")),
        str(given.get("source") or ""), at,
    )  # fmt: skip
