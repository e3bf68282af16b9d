"""A supply system from YAML: shape, then everything that it names, with every problem told at once by file and line.

It stands alone because a system is written by hand in a duty room, and each slip must lead back to its line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from zhishou.errors import NotFoundError, PackError, ZhishouError
from zhishou.plan import marks
from zhishou.plan.base import Model
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.marks import Marked, Path
from zhishou.plan.wrong import translated
from zhishou.supply.returns.model import ITEMS
from zhishou.supply.system import (
    REPORTER_LABELS,
    Customer,
    Group,
    Node,
    Pipe,
    Reporter,
    Source,
    Storage,
    System,
)
from zhishou.supply.units import HOURS_PER_DAY

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ID = re.compile(r"[A-Za-z0-9_.-]+")
_RANGES: Mapping[str, str] = {
    "greater_than_equal": "不能小于 {ge:g}",
    "greater_than": "应大于 {gt:g}",
    "less_than_equal": "不能大于 {le:g}",
    "less_than": "应小于 {lt:g}",
    "finite_number": "应为有限的数",
}
_SLACK = 1e-9
"""Two amounts closer than this are one; figures are written with far fewer decimals."""


def read_system(text: str, name: str, lexicon: Lexicon) -> System:
    """Read a supply system.

    Args:
        text: the YAML document, shaped like `System`.
        name: the file's name, for messages.
        lexicon: the areas, organisations and customer classes there are.

    Raises:
        PackError: with every problem found, each with file, line and mend.
    """
    return system_of(marks.read(text, name), lexicon)


def system_of(marked: Marked, lexicon: Lexicon) -> System:
    """The system that a document already read with its lines holds.

    Raises:
        PackError: with every problem found, each with file, line and mend.
    """
    try:
        system = System.model_validate(marked.data if marked.data is not None else {})
    except ValidationError as error:
        raise PackError(shape_problems(error, marked, _MODELS)) from None
    if problems := [
        ZhishouError(problem.message, where=marked.place(problem.path), mend=problem.mend, path=problem.path)
        for problem in _problems(system, lexicon)
    ]:
        raise PackError(problems)
    return system


def part_of(marked: Marked, key: str) -> Marked:
    """One entry of a document as a document of its own, with the same lines."""
    lines = {path[1:]: line for path, line in marked.lines.items() if path[:1] == (key,)}
    return Marked(marked.data.get(key) if isinstance(marked.data, dict) else None, marked.name, lines)


def remarks(system: System) -> tuple[str, ...]:
    """What is allowed in a system but worth a look, in words."""
    return tuple(chain(_isolated(system), _idle(system), _contracts(system)))


_MODELS: tuple[type[Model], ...] = (System, Reporter, Node, Pipe, Source, Storage, Customer, Group)
_LISTS = ("reporters", "nodes", "pipes", "sources", "storages", "customers", "groups")
_WORDS: Mapping[str, str] = {
    "reporters": "报送单位",
    "nodes": "节点",
    "pipes": "管道",
    "sources": "气源",
    "storages": "储气设施",
    "customers": "用户",
    "groups": "局部地区",
}


def shape_problems(error: ValidationError, marked: Marked, models: Iterable[type[Model]]) -> list[ZhishouError]:
    """What pydantic refused of a document made of these models; ranges and keys told in the models' own terms."""
    rest: list[InitErrorDetails] = []
    problems: list[ZhishouError] = []
    for detail in error.errors(include_url=False):
        path = detail["loc"]
        place = ".".join(map(str, path))
        context = detail.get("ctx", {})
        if detail["type"] in _RANGES:
            said = _RANGES[detail["type"]].format(**context)
            problems.append(_at(marked, path, f"{place} {said}，写的是“{detail['input']}”", "改正这个值"))
        elif detail["type"] == "extra_forbidden":
            keys = {field.alias or key for model in models for key, field in model.model_fields.items()}
            near = difflib.get_close_matches(str(path[-1]), sorted(keys), n=1)
            mend = f"是不是“{near[0]}”？" if near else "删去这个键"
            problems.append(_at(marked, path, f"不认识的键“{path[-1]}”", mend))
        else:
            rest.append(InitErrorDetails(type=detail["type"], loc=detail["loc"], input=detail["input"], ctx=context))
    if rest:
        problems += translated(ValidationError.from_exception_data(error.title, rest), marked)
    return problems


def _at(marked: Marked, path: Path, message: str, mend: str) -> ZhishouError:
    return ZhishouError(message, where=marked.place(path), mend=mend, path=path)


def _problems(system: System, lexicon: Lexicon) -> Iterator[ZhishouError]:
    checks: tuple[Callable[[System, Lexicon], Iterator[ZhishouError]], ...] = (
        _ids, _areas, _names, _reporting, _classes, _pipes, _amounts, _profiles,
    )  # fmt: skip
    for check in checks:
        yield from check(system, lexicon)


def _entries(system: System) -> Iterator[tuple[str, int, Any]]:
    for key in _LISTS:
        for index, entry in enumerate(getattr(system, key)):
            yield key, index, entry


def _problem(path: Path, message: str, mend: str) -> ZhishouError:
    return ZhishouError(message, mend=mend, path=path)


def _ids(system: System, _: Lexicon) -> Iterator[ZhishouError]:
    seen: set[tuple[str, str]] = set()
    for key, index, entry in _entries(system):
        path = (key, index, "id")
        if not _ID.fullmatch(entry.id):
            yield _problem(path, f"{_WORDS[key]}的编号“{entry.id}”不合规", "只用英文字母、数字、下划线、点和连字符")
        if (key, entry.id) in seen:
            yield _problem(path, f"{_WORDS[key]}“{entry.id}”写了两次", "改用不同的编号，或删去一处")
        seen.add((key, entry.id))
    if not _TIME.fullmatch(system.gas_day_starts):
        yield _problem(("gas_day_starts",), f"气日起点“{system.gas_day_starts}”不是时刻", '写成 "08:00" 的样子，加引号')


def _areas(system: System, lexicon: Lexicon) -> Iterator[ZhishouError]:
    if system.area not in lexicon.areas:
        yield _unknown_area(("area",), system.area, lexicon)
        return
    placed = all(area in lexicon.areas for area in system.areas)
    for path, area in _named_areas(system):
        if area not in lexicon.areas:
            yield _unknown_area(path, area, lexicon)
        elif path[0] == "reporters":
            continue  # a superior authority reports from outside the city
        elif system.area not in lexicon.upward(area):
            label = lexicon.areas[system.area].label
            yield _problem(path, f"{lexicon.areas[area].label}不在{label}之内", f"改为{label}或其县（市、区）的编号")
        elif placed and path[0] in {"groups", "sources"} and area not in system.areas:
            yield _problem(path, f"{lexicon.areas[area].label}在本系统里没有节点", "为它加一个节点，或从这里删去")
    for index, group in enumerate(system.groups):
        if len(set(group.areas)) != len(group.areas):
            yield _problem(("groups", index, "areas"), f"局部地区“{group.id}”里有重复的县", "每个县只写一次")


def _named_areas(system: System) -> Iterator[tuple[Path, str]]:
    for key, index, entry in _entries(system):
        if getattr(entry, "area", ""):
            yield (key, index, "area"), entry.area
        for field in ("areas", "feeds"):
            for number, area in enumerate(getattr(entry, field, ())):
                yield (key, index, field, number), area


def _unknown_area(path: Path, area: str, lexicon: Lexicon) -> ZhishouError:
    return _problem(path, f"词库里没有“{area}”这个地区", _which_area(area, lexicon))


def _which_area(area: str, lexicon: Lexicon) -> str:
    try:
        return f"写编号 {lexicon.area(area)}"
    except NotFoundError:
        return _near(area, lexicon.areas, "地区写编号，见 lexicon/areas.yaml")


def _near(name: str, names: Iterable[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, list(names), n=1)
    return f"是不是“{near[0]}”？" if near else otherwise


def _names(system: System, _: Lexicon) -> Iterator[ZhishouError]:
    nodes, reporters = system.nodes_by_id, system.reporters_by_id
    for key, index, entry in _entries(system):
        for field in ("node", "start", "end"):
            name = getattr(entry, field, None)
            if name is not None and name not in nodes:
                mend = _near(name, nodes, f"现有节点：{'、'.join(nodes)}")
                yield _problem((key, index, field), f"没有“{name}”这个节点", mend)
        name = getattr(entry, "reporter", None)
        if name is not None and name not in reporters:
            mend = _near(name, reporters, f"现有报送单位：{'、'.join(reporters) or '无'}")
            yield _problem((key, index, "reporter"), f"没有“{name}”这个报送单位", mend)


def _reporting(system: System, lexicon: Lexicon) -> Iterator[ZhishouError]:
    for index, reporter in enumerate(system.reporters):
        if (
            reporter.organisation
            and system.area in lexicon.areas
            and lexicon.organisation(reporter.organisation, system.area) is None
        ):
            names = (name for one in lexicon.organisations.values() for name in (one.label, *one.aliases))
            mend = _near(reporter.organisation, names, "改用词库里的名称，或删去 organisation")
            path = ("reporters", index, "organisation")
            yield _problem(path, f"词库里没有“{reporter.organisation}”这个单位", mend)
    for key, item in (("sources", "available"), ("customers", "demand"), ("storages", "stock")):
        for index, entry in enumerate(getattr(system, key)):
            known = system.reporters_by_id.get(entry.reporter)
            if known is not None and known.kind not in ITEMS[item].kinds:
                kinds = "、".join(REPORTER_LABELS[kind] for kind in ITEMS[item].kinds)
                message = f"{known.label}是{REPORTER_LABELS[known.kind]}，不报“{ITEMS[item].label}”"
                yield _problem((key, index, "reporter"), message, f"改由{kinds}之一报送")


def _classes(system: System, lexicon: Lexicon) -> Iterator[ZhishouError]:
    named: list[tuple[Path, str]] = [
        (("customers", index, "class"), one.customer_class) for index, one in enumerate(system.customers)
    ]
    named += [(("profiles", one), one) for one in system.profiles]
    labels = {one.label: id_ for id_, one in lexicon.customer_classes.items()}
    for path, one in named:
        if one not in lexicon.customer_classes:
            mend = (
                f"写编号 {labels[one]}"
                if one in labels
                else _near(one, lexicon.customer_classes, "见 lexicon/customers.yaml")
            )
            yield _problem(path, f"词库里没有“{one}”这类用户", mend)


def _pipes(system: System, _: Lexicon) -> Iterator[ZhishouError]:
    for index, pipe in enumerate(system.pipes):
        if pipe.start == pipe.end:
            yield _problem(("pipes", index, "end"), f"管道“{pipe.id}”的两端是同一个节点", "改正 start 或 end")
        if pipe.capacity + pipe.back_capacity <= 0:
            yield _problem(
                ("pipes", index, "capacity"), f"管道“{pipe.id}”两个方向都不能输气", "写明输气能力，或删去这条管道"
            )


def _amounts(system: System, _: Lexicon) -> Iterator[ZhishouError]:
    for index, source in enumerate(system.sources):
        if source.minimum_take > source.capacity + _SLACK:
            yield _above(("sources", index, "minimum_take"), source.label, "最低提气量", "供气能力")
    for index, tank in enumerate(system.storages):
        if tank.capacity <= 0:
            yield _problem(("storages", index, "capacity"), f"{tank.label}的库容应大于 0", "改正库容")
        elif tank.keep > tank.capacity + _SLACK:
            yield _above(("storages", index, "keep"), tank.label, "应留量", "库容")
    for index, customer in enumerate(system.customers):
        if "demand" not in customer.model_fields_set:
            continue  # the usual demand is not stated, so there is nothing to compare with
        for field, word in (
            ("safety_load", "保安负荷"),
            ("minimum_take", "最低用气量"),
            ("interruptible", "可中断量"),
        ):
            if getattr(customer, field) > customer.demand + _SLACK:
                yield _above(("customers", index, field), customer.label, word, "常年冬季日需求")


def _above(path: Path, label: str, what: str, bound: str) -> ZhishouError:
    return _problem(path, f"{label}的{what}大于{bound}", "核对两个数后改正")


def _profiles(system: System, _: Lexicon) -> Iterator[ZhishouError]:
    for one, weights in system.profiles.items():
        if len(weights) != HOURS_PER_DAY:
            yield _problem(
                ("profiles", one), f"“{one}”的小时曲线有 {len(weights)} 个数，应为 24 个", "从气日第一小时起写满 24 个"
            )
        elif not any(weights):
            yield _problem(("profiles", one), f"“{one}”的小时曲线全是 0", "写各小时用气的比重，至少一个大于 0")


def _isolated(system: System) -> Iterator[str]:
    if not system.pipes:
        return
    joined = {end for pipe in system.pipes for end in (pipe.start, pipe.end)}
    fed = {source.node for source in system.sources}
    for node in system.nodes:
        if node.id not in joined:
            own = "，只能靠本节点的气源" if node.id in fed else "，也没有气源"
            yield f"节点“{node.label}”没有管道相连{own}"


def _idle(system: System) -> Iterator[str]:
    used = {one.reporter for key in ("sources", "storages", "customers") for one in getattr(system, key)}
    for reporter in system.reporters:
        if reporter.kind in ITEMS["demand"].kinds and reporter.id not in used:
            yield f"{reporter.label}（{REPORTER_LABELS[reporter.kind]}）没有要报的气源、用户或储气设施"


def _contracts(system: System) -> Iterator[str]:
    for source in system.sources:
        if source.contract is not None and source.contract > source.capacity + _SLACK:
            yield f"{source.label}的合同量 {source.contract:g} 大于供气能力 {source.capacity:g}（万立方米/日）"
    for tank in system.storages:
        if tank.withdrawal <= 0:
            yield f"{tank.label}的采气能力为 0，不能用于补缺口"
