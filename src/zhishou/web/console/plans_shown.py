"""A plan as people know it, made ready for its page: who stands where, the way of a response, ladders, who does what, telephones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhishou.paper import words
from zhishou.plan.annexes import Contact, Stock
from zhishou.plan.check import Finding, Severity, check
from zhishou.plan.compare import DUTIES
from zhishou.plan.ladder import Ladder, Level, Measure
from zhishou.plan.load import Library
from zhishou.plan.pack import LADDER_LABELS, LadderKind, Pack
from zhishou.plan.rules import ladder_rules
from zhishou.web.console.plan_index import who

KINDS = DUTIES
STATUS = {
    "rule": "判定规则", "task": "处置任务", "duty": "职责义务", "roster": "机构名录", "judgement": "由人判断", "background": "背景",
}  # fmt: skip


def span(text: str | None) -> str:
    """A span of the pack in words: 30分钟, 立即; empty where the text gives none."""
    return words.span(text) if text else ""


@dataclass(frozen=True, slots=True)
class LevelShown:
    """One level, side by side with the others."""

    level: Level
    ways: list[tuple[str, tuple[str, ...]]]
    """How it is reached: the condition in words, and its clauses; any one suffices."""
    proposed: str
    approved: str
    decided: str
    ended: str


@dataclass(frozen=True, slots=True)
class LadderShown:
    """One ladder with all its levels."""

    kind: LadderKind
    label: str
    ladder: Ladder
    levels: list[LevelShown]
    flow: list[tuple[str, str, tuple[str, ...]]]
    """The way of it: step, who or what, clauses."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that one of the plan's people owes, and at which levels."""

    task: str
    levels: dict[str, Measure]
    always: Measure | None
    to: str
    within: str


@dataclass(frozen=True, slots=True)
class Doer:
    """One of the plan's people with everything that they owe."""

    label: str
    deeds: list[Deed]
    duties: list[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Phone:
    """A telephone number that can be called with one tap."""

    shown: str
    tel: str


@dataclass(frozen=True, slots=True)
class Base:
    """One stock list, group by group."""

    unit: str
    clause: tuple[str, ...]
    groups: list[tuple[str, list[Stock]]]
    count: int


def whole(pack: Pack) -> dict[str, Any]:
    """Everything that a plan's page shows."""
    return {
        "ladders": [ladder(pack, kind) for kind in ("response", "warning") if kind in pack.ladders],
        "doers": doers(pack), "bases": bases(pack), "span": span, "kinds": KINDS, "statuses": STATUS,
        "who": lambda names: who(pack, names), "phones": lambda contact: phones(pack, contact),
        "classes": {id_: one.label for id_, one in pack.lexicon.customer_classes.items()},
        "subjects": {id_: one.label for id_, one in pack.lexicon.subjects.items()},
    }  # fmt: skip


def ladder(pack: Pack, kind: LadderKind) -> LadderShown:
    """One ladder."""
    of, rules = pack.ladders[kind], ladder_rules(pack, kind)
    ending = of.ending[0] if of.ending else None
    own = who(pack, ending.by) if ending and ending.by else "谁启动谁结束" if ending and ending.by_starter else ""
    levels = []
    for one in of.levels:
        found = rules.ways.get(one.level, ())
        ways = [
            ("，且".join(leaf.text for leaf in way), tuple(c for leaf in way for c in leaf.clause)) for way in found
        ]
        levels.append(
            LevelShown(
                one, ways, who(pack, one.proposed_by), who(pack, one.approved_by), who(pack, one.decided_by),
                who(pack, one.ended_by) or own,
            )
        )  # fmt: skip
    return LadderShown(kind, LADDER_LABELS[kind], of, levels, list(flow(pack, kind, of)))


def flow(pack: Pack, kind: LadderKind, of: Ladder) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """The way of a ladder from the first report to its end, as far as the text has it."""
    firsts = [duty for duty in pack.reporting.duties if duty.kind == "first"]
    if firsts:
        said = "；".join(
            dict.fromkeys(
                f"{who(pack, one.by)}报{who(pack, one.to)}{f'，{span(one.within)}' if one.within else ''}"
                for one in firsts[:3]
            )
        )
        yield "接报", said, tuple(dict.fromkeys(c for one in firsts for c in one.clause))
    yield "研判", f"对照 {len(of.levels)} 级条件", tuple(of.clause)
    for step, act in (
        ("建议", "proposed_by"),
        ("批准", "approved_by"),
        ("决定" if kind == "response" else "发布", "decided_by"),
    ):
        said = _by_level(pack, of, act)
        if said:
            clauses = (c for one in of.levels if getattr(one, act) for c in one.decision_clause)
            yield step, said, tuple(dict.fromkeys(clauses))
    measures = sum(len(one.measures) for one in of.levels) + len(of.measures)
    if measures:
        yield "处置", f"各级措施共 {measures} 项，见“谁做什么”", ()
    for rule in of.adjusting[:1]:
        yield "调整", who(pack, rule.by) or "原文没有写由谁", tuple(rule.clause)
    for over in of.hand_over[:1]:
        yield "移交", f"{over.when}，移交{over.to}", tuple(over.clause)
    ends = _by_level(pack, of, "ended_by")
    for end in of.ending[:1]:
        by = who(pack, end.by) or ("谁启动谁结束" if end.by_starter else ends or "原文没有写由谁")
        yield (
            "结束" if kind == "response" else "解除",
            by + (f"：{'、'.join(end.when)}" if end.when else ""),
            tuple(end.clause),
        )


def _by_level(pack: Pack, of: Ladder, act: str) -> str:
    """Who acts at each level, in one breath: the same people for several levels are named once."""
    found: dict[str, list[str]] = {}
    for one in of.levels:
        if names := getattr(one, act):
            found.setdefault(who(pack, names), []).append(one.level)
    if len(found) == 1 and len(next(iter(found.values()))) == len(of.levels):
        return next(iter(found))
    return "；".join(f"{'、'.join(levels)}级 {people}" for people, levels in found.items())


def doers(pack: Pack) -> list[Doer]:
    """Who does what, at which level: of the response first, then of the warning; then standing duties."""
    found: dict[str, dict[tuple[str, str], dict[str, Measure]]] = {}
    for kind in ("response", "warning"):
        of = pack.ladders.get(kind)
        if of is None:
            continue
        prefix = "" if kind == "response" else "预警"
        for level in of.levels:
            for one in level.measures:
                for name in one.by or ("",):
                    _put(found, _label(pack, name), prefix, one, level.level)
        for one in (*of.measures, *of.command):
            for name in one.by or ("",):
                _put(found, _label(pack, name), prefix, one, "")
    duties: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for unit in (*pack.organisation.duties, *pack.organisation.lower_levels):
        duties.setdefault(unit.unit, []).extend((duty, tuple(unit.clause)) for duty in unit.duties)
    return [
        Doer(label, [_deed(pack, task, rows) for (_, task), rows in found.get(label, {}).items()], duties.get(label, []))
        for label in dict.fromkeys((*found, *duties))
    ]  # fmt: skip


def _label(pack: Pack, name: str) -> str:
    return who(pack, (name,)) if name else "原文没有写责任单位"


def _put(found: Any, label: str, prefix: str, one: Measure, level: str) -> None:
    task = f"{prefix}：{one.task}" if prefix else one.task
    found.setdefault(label, {}).setdefault((prefix, task), {})[f"{prefix}{level}" if level else ""] = one


def _deed(pack: Pack, task: str, rows: dict[str, Measure]) -> Deed:
    any_ = next(iter(rows.values()))
    within = "、".join(dict.fromkeys(span(one.within) for one in rows.values() if one.within))
    return Deed(task, {k: v for k, v in rows.items() if k}, rows.get(""), who(pack, any_.to), within)


def phones(pack: Pack, contact: Contact) -> list[Phone]:
    """Duty lines of a unit, ready to be called; a number without its area code gets that of the plan's area."""
    code = pack.lexicon.areas[pack.plan.area].dialling_code
    found = []
    for number in contact.phone:
        digits = "".join(sign for sign in number if sign.isdigit())
        short = len(digits) <= 5 or digits.startswith(("0", "400"))
        found.append(Phone(number, digits if short or not code else f"{code}{digits}"))
    return found


def bases(pack: Pack) -> list[Base]:
    """Stock lists, group by group."""
    found = []
    for base in pack.stocks.lists:
        groups: dict[str, list[Stock]] = {}
        for item in base.items:
            groups.setdefault(item.category or "未分类", []).append(item)
        found.append(Base(base.unit, tuple(base.clause), list(groups.items()), len(base.items)))
    return found


_found: dict[tuple[int, str, date], tuple[Library, tuple[Finding, ...]]] = {}


@dataclass(frozen=True, slots=True)
class Graver:
    """Findings of one severity: those of a code that comes often stand together, so that none hides the others."""

    severity: Severity
    groups: list[tuple[str, list[Finding]]]

    @property
    def number(self) -> int:
        """How many findings."""
        return sum(len(found) for _, found in self.groups)


def by_severity(found: Iterable[Finding]) -> list[Graver]:
    """Findings, the gravest first; of one severity in the order of the check."""
    shelves: dict[Severity, dict[str, list[Finding]]] = {severity: {} for severity in Severity}
    for one in found:
        shelves[one.severity].setdefault(one.name, []).append(one)
    return [Graver(severity, list(groups.items())) for severity, groups in shelves.items() if groups]


def findings(library: Library, pack: Pack, on: date) -> tuple[Finding, ...]:
    """What is wrong with a plan; worked out once a day."""
    key = (id(library), pack.id, on)
    if key not in _found:
        while len(_found) > 40:
            _found.pop(next(iter(_found)))
        _found[key] = (library, check([pack], on, among=library.packs.values()))
    return _found[key][1]


def witness(library: Library, finding: Finding) -> str:
    """The facts that show a finding, in words; empty where it needs none."""
    facts = finding.witness.get("facts")
    if not isinstance(facts, dict):
        return ""
    return "，".join(_fact(library, str(id_), value) for id_, value in facts.items())


def _fact(library: Library, id_: str, value: object) -> str:
    fact = library.lexicon.facts.get(id_)
    if isinstance(value, bool):
        shown = "是" if value else "否"
    else:
        shown = f"{value:g}" if isinstance(value, int | float) else str(value)
    return f"{fact.label if fact else id_} = {shown}{fact.unit if fact and not isinstance(value, bool) and fact.unit else ''}"


def grouped(found: Iterable[Any], by: str) -> dict[str, list[Any]]:
    """Things by an attribute, in the order in which they come."""
    groups: dict[str, list[Any]] = {}
    for one in found:
        groups.setdefault(str(getattr(one, by)), []).append(one)
    return groups
