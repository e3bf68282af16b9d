"""Whether everything a pack names exists: clauses, units, posts, facts, levels. A pack that fails does not load."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from zhishou import clock
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.plan.annexes import Stock
from zhishou.plan.base import Model
from zhishou.plan.conditions import (
    GradeCondition,
    JudgementCondition,
    Leaf,
    NumberCondition,
    ValueCondition,
)
from zhishou.plan.disposal import Limit
from zhishou.plan.lexicon import Fact, Lexicon
from zhishou.plan.marks import Path
from zhishou.plan.pack import FILES, Pack
from zhishou.plan.reporting import Target

_ACTORS = {
    "by", "proposed_by", "approved_by", "decided_by", "ended_by", "owner", "watched_by", "provided_by", "appoints",
    "to", "informed", "kept_by", "lead", "members", "units", "unit", "at", "made_by", "report_to", "monitoring_by",
    "teams",
}  # fmt: skip
"""Fields whose texts name somebody. Fields such as `held_by` or `who` describe people in the text's own words."""

_OTHER_SENSE = {(Stock, "unit"), (Limit, "unit"), (Target, "by")}
"""The same field names where they mean a unit of measurement or a day."""


def citations(pack: Pack) -> Iterator[tuple[str, str, Path]]:
    """Every citation in the pack: the clause, the file it stands in, and the path there."""
    for file in FILES:
        if file in {"ledger", "cases"}:
            continue
        for name, value, path in _texts(getattr(pack, file), ()):
            if name == "clause" or name.endswith("_clause"):
                yield value, file, path


def problems(pack: Pack) -> list[ZhishouError]:
    """Everything in the pack that points nowhere, each with its place and its mend."""
    found: list[ZhishouError] = []
    lexicon = pack.lexicon
    if pack.plan.area not in lexicon.areas:
        found.append(
            _error(pack, "plan", ("area",), f"没有“{pack.plan.area}”这个地区", "用 lexicon/areas.yaml 里的地区")
        )
        return found
    found += _clauses(pack)
    for file in FILES:
        if file == "ledger" or getattr(pack, file) is None:
            continue
        for name, value, path in _texts(getattr(pack, file), ()):
            if name in _ACTORS:
                try:
                    pack.actor(value)
                except NotFoundError as error:
                    found.append(_error(pack, file, path, error.message, error.mend))
        for leaf, path in _leaves(getattr(pack, file), ()):
            for message, mend in _leaf_problems(leaf, pack):
                found.append(_error(pack, file, path, message, mend))
    found += _scope(pack, lexicon)
    found += _levels(pack)
    return found


def lexicon_problems(lexicon: Lexicon) -> Iterator[tuple[str, str, str, str]]:
    """Everything in the lexicon that points nowhere: file, key, what is wrong, and the mend."""
    areas, organisations, customers = lexicon.areas, lexicon.organisations, lexicon.customer_classes
    for id_, area in areas.items():
        if area.within and area.within not in areas:
            yield "areas", id_, f"上级地区“{area.within}”不在 areas.yaml 里", "改正 within，或加上这个地区"
    for id_, organisation in organisations.items():
        if organisation.area and organisation.area not in areas:
            yield "organisations", id_, f"地区“{organisation.area}”不在 areas.yaml 里", "改正 area"
        for part in set(organisation.parts) - organisations.keys():
            yield "organisations", id_, f"组成单位“{part}”不在词库里", "改正 parts"
    for id_, customer in customers.items():
        if customer.within and customer.within not in customers:
            yield "customers", id_, f"上一类“{customer.within}”不在 customers.yaml 里", "改正 within"
    yield from _fact_problems(lexicon)


def _fact_problems(lexicon: Lexicon) -> Iterator[tuple[str, str, str, str]]:
    facts, grades = lexicon.facts, lexicon.grades
    labels: dict[str, str] = {}
    for id_, fact in facts.items():
        for part in set(fact.sum_of) - facts.keys():
            yield "facts", id_, f"相加的要素“{part}”不在词库里", "改正 sum_of"
        if clock.minutes(fact.shelf_life) is None:
            yield "facts", id_, f"时效“{fact.shelf_life}”不是确定的长度", "写成 24 h、7 d 的样子"
        if fact.label in labels:
            yield "facts", id_, f"名称“{fact.label}”已用于 {labels[fact.label]}", "改一个名称，使每个要素名称不同"
        labels[fact.label] = id_
    for columns in (grades.actual, grades.expected, grades.stated, grades.occurred):
        for name in set(columns.values()) - facts.keys():
            yield "grades", "table", f"要素“{name}”不在词库里", "改正事故等级表所用的要素"


def _error(pack: Pack, file: str, path: Path, message: str, mend: str) -> ZhishouError:
    return ZhishouError(message, where=pack.place(file, *path), mend=mend)


def _clauses(pack: Pack) -> Iterator[ZhishouError]:
    ledger = pack.ledger.clauses
    cited: set[str] = set()
    for clause, file, path in citations(pack):
        cited.add(clause)
        if clause not in ledger:
            yield _error(
                pack, file, path, f"引用的条款“{clause}”不在条款台账里", "改正条款号，或在 ledger.yaml 里补上这一条"
            )
    for clause, entry in ledger.items():
        path = ("clauses", clause)
        if entry.within and entry.within not in ledger:
            yield _error(pack, "ledger", path, f"within 指向的条款“{entry.within}”不在台账里", "改正条款号")
        elif entry.status != "background" and not _carried(entry.within or clause, cited):
            yield _error(
                pack, "ledger", path, f"条款“{clause}”记为 {entry.status}，但预案包里没有任何一处引用它",
                "在相应的规则上写 clause，或用 within 指明由哪一条承载，或改为 background 并写明理由",
            )  # fmt: skip


def _carried(clause: str, cited: set[str]) -> bool:
    """Whether the pack cites the clause itself or a part of it."""
    return clause in cited or any(other.startswith((f"{clause}.", f"{clause}(")) for other in cited)


def _leaf_problems(leaf: Leaf, pack: Pack) -> Iterator[tuple[str, str]]:
    match leaf:
        case JudgementCondition():
            try:
                pack.actor(leaf.judgement)
            except NotFoundError as error:
                yield error.message, error.mend
        case GradeCondition():
            labels = [grade.grade for grade in pack.lexicon.grades.table]
            if leaf.grade not in labels:
                yield f"没有“{leaf.grade}”这个事故等级", f"等级有：{'、'.join(labels)}"
            if pack.plan.grading is None:
                yield "条件用到事故等级，而 plan.yaml 没有 grading", "在 plan.yaml 里写明事故分级的条款"
        case NumberCondition() | ValueCondition():
            fact = pack.lexicon.facts.get(leaf.fact)
            if fact is None:
                yield f"词库里没有“{leaf.fact}”这个要素", "改正要素名，或在 lexicon/facts 里定义它"
            elif (fact.kind in {"number", "duration"}) != isinstance(leaf, NumberCondition):
                wanted = "from/above/to/below" if isinstance(leaf, ValueCondition) else "is/in"
                yield f"要素“{leaf.fact}”是 {fact.kind}，条件的写法不对", f"用 {wanted}"
            elif isinstance(leaf, NumberCondition):
                yield from _number_problems(leaf, fact)
            else:
                yield from _value_problems(leaf, fact)


def _number_problems(leaf: NumberCondition, fact: Fact) -> Iterator[tuple[str, str]]:
    low = fact.minimum if fact.minimum is not None else -math.inf
    high = fact.maximum if fact.maximum is not None else math.inf
    for bound in (leaf.lower, leaf.upper):
        if bound is not None and not low <= bound <= high:
            yield f"界限 {bound:g} 超出“{leaf.fact}”可能的范围", "改正数值，或改词库里的范围"


def _value_problems(leaf: ValueCondition, fact: Fact) -> Iterator[tuple[str, str]]:
    if fact.kind == "flag":
        if not isinstance(leaf.is_, bool):
            yield f"要素“{leaf.fact}”是 flag，只能写 is: true 或 is: false", "改为 true 或 false"
        return
    for value in leaf.values:
        if value not in fact.values:
            yield f"“{value}”不是“{leaf.fact}”的取值", f"取值有：{'、'.join(fact.values)}"


def _scope(pack: Pack, lexicon: Lexicon) -> Iterator[ZhishouError]:
    for kind in ("covers", "excludes"):
        for index, item in enumerate(getattr(pack.plan.scope, kind)):
            if item.subject not in lexicon.subjects:
                yield _error(
                    pack, "plan", ("scope", kind, index, "subject"), f"词库里没有“{item.subject}”这个事项",
                    "用 lexicon/subjects.yaml 里的事项",
                )  # fmt: skip
    for index, order in enumerate(pack.curtailment.orders):
        for name in (*order.first, *order.order):
            if name not in lexicon.customer_classes:
                yield _error(
                    pack,
                    "curtailment",
                    ("orders", index),
                    f"没有“{name}”这类用户",
                    "用 lexicon/customers.yaml 里的类别",
                )
    for index, protection in enumerate(pack.curtailment.protected):
        for name in protection.classes:
            if name not in lexicon.customer_classes:
                yield _error(
                    pack,
                    "curtailment",
                    ("protected", index),
                    f"没有“{name}”这类用户",
                    "用 lexicon/customers.yaml 里的类别",
                )


def _levels(pack: Pack) -> Iterator[ZhishouError]:
    known = {level.level for level in pack.response.levels} if pack.response else set()
    for kind, ladder in pack.ladders.items():
        ids = [level.level for level in ladder.levels]
        for level in {id_ for id_ in ids if ids.count(id_) > 1}:
            yield _error(pack, kind, ("levels",), f"级别“{level}”写了两次", "每个级别只写一次")
        for index, exception in enumerate(ladder.exceptions):
            for level in set(exception.levels) - set(ids):
                yield _error(pack, kind, ("exceptions", index), f"没有“{level}”这一级", f"级别有：{'、'.join(ids)}")
    places = [("reporting", ("duties", i), d.levels) for i, d in enumerate(pack.reporting.duties)]
    places += [("curtailment", ("orders", i), o.levels) for i, o in enumerate(pack.curtailment.orders)]
    for file, path, levels in places:
        for level in set(levels) - known:
            yield _error(pack, file, path, f"响应没有“{level}”这一级", f"级别有：{'、'.join(sorted(known))}")
    groups = {group.id for group in pack.organisation.groups}
    if pack.organisation.on_scene:
        for group in set(pack.organisation.on_scene.groups) - groups:
            yield _error(pack, "organisation", ("on_scene", "groups"), f"没有“{group}”这个工作组", "改正工作组的 id")


def _fields(model: Model) -> Iterator[tuple[str, str, Any]]:
    for name, info in type(model).model_fields.items():
        yield name, info.alias or name, getattr(model, name)


def _texts(value: Any, path: Path, name: str = "") -> Iterator[tuple[str, str, Path]]:
    if isinstance(value, str):
        yield name, value, path
    elif isinstance(value, Model):
        for field, key, inner in _fields(value):
            name = "" if (type(value), field) in _OTHER_SENSE else field
            yield from _texts(inner, (*path, key), name)
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index), name)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Leaf, Path]]:
    if isinstance(value, NumberCondition | ValueCondition | GradeCondition | JudgementCondition):
        yield value, path
    elif isinstance(value, Model):
        for _, key, inner in _fields(value):
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
