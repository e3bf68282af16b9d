"""Every plan as short lines of text with the place where they stand, so that one search finds a unit, a number, a duty in all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zhishou.errors import NotFoundError
from zhishou.plan.disposal import Checklist
from zhishou.plan.load import Library
from zhishou.plan.pack import LADDER_LABELS, Pack

MOST = 120
"""Lines that a search shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan."""

    plan: str
    short: str
    section: str
    anchor: str
    text: str
    clause: str
    rank: int = 9
    """What is looked for most comes first."""


def search(library: Library, words: str) -> list[Line]:
    """Lines in which every word stands, the nearest sections first."""
    wanted = [word.lower() for word in words.split() if word]
    if not wanted:
        return []
    found = [line for line in index(library) if _has(line, wanted)]
    return sorted(found, key=lambda line: (line.rank, line.short))[:MOST]


def _has(line: Line, wanted: Iterable[str]) -> bool:
    text = f"{line.text} {line.clause} {line.short}".lower()
    return all(word in text for word in wanted) and any(word in f"{line.text} {line.clause}".lower() for word in wanted)


_made: dict[int, tuple[Library, tuple[Line, ...]]] = {}
"""Libraries at hand with their lines, so that an index is made once."""


def index(library: Library) -> tuple[Line, ...]:
    """All lines of all plans."""
    if id(library) not in _made:
        _made[id(library)] = (library, tuple(line for pack in library.packs.values() for line in _lines(pack)))
    return _made[id(library)][1]


def _lines(pack: Pack) -> Iterator[Line]:
    for section, anchor, rank, rows in (
        ("基本信息", "top", 0, _identity(pack)), ("联络", "contacts", 1, _contacts(pack)),
        ("机构职责", "organisation", 2, _organisation(pack)), ("级别与措施", "ladders", 3, _levels(pack)),
        ("报告时限", "reporting", 4, _reporting(pack)), ("压减次序", "curtailment", 5, _cuts(pack)),
        ("处置要点", "disposal", 5, _disposal(pack)), ("保障", "support", 6, _support(pack)),
        ("物资", "stocks", 6, _stocks(pack)), ("条款", "ledger", 7, _ledger(pack)),
    ):  # fmt: skip
        for text, clause in rows:
            yield Line(pack.id, pack.plan.short, section, anchor, text, clause, rank)


Rows = Iterator[tuple[str, str]]


def _c(clause: Iterable[str] | str) -> str:
    return clause if isinstance(clause, str) else "、".join(clause)


def who(pack: Pack, names: Iterable[str]) -> str:
    """Whom a plan means by some names; a name that it does not know stands as it is."""
    return "、".join(called(pack, name) for name in names)


def called(pack: Pack, name: str) -> str:
    """Whom a plan means by a name."""
    try:
        return pack.actor(name).label
    except NotFoundError:
        return name


def _identity(pack: Pack) -> Rows:
    yield f"{pack.plan.title} {pack.plan.number}", ""


def _contacts(pack: Pack) -> Rows:
    for one in pack.contacts.lists:
        for contact in one.contacts:
            yield f"{contact.unit} {'、'.join(contact.phone)} {contact.note}".strip(), _c(one.clause)


def _organisation(pack: Pack) -> Rows:
    org = pack.organisation
    for body in (org.headquarters, org.office):
        if body:
            yield from ((f"{body.label}：{duty}", _c(body.clause)) for duty in body.duties)
    yield from ((f"{post.label}：{'、'.join(post.held_by)}", _c(post.clause)) for post in org.posts)
    for roll in org.members:
        yield from ((f"成员单位：{unit}", _c(roll.clause)) for unit in roll.units)
    for unit in (*org.duties, *org.lower_levels):
        yield from ((f"{unit.unit}：{duty}", _c(unit.clause)) for duty in unit.duties)
    for group in org.groups:
        yield f"{group.label}：牵头{'、'.join(group.lead)}；{'、'.join(group.members)}", _c(group.clause)
        yield from ((f"{group.label}：{duty}", _c(group.clause)) for duty in group.duties)
    if org.on_scene:
        yield from ((f"{org.on_scene.label}：{duty}", _c(org.on_scene.clause)) for duty in org.on_scene.duties)
    for expert in org.experts:
        yield f"专家：{'、'.join((*expert.fields, *expert.duties))}", _c(expert.clause)


def _levels(pack: Pack) -> Rows:
    for kind, ladder in pack.ladders.items():
        for level in ladder.levels:
            yield f"{LADDER_LABELS[kind]} {level.label} {level.note}".strip(), _c(level.clause)
            for one in level.measures:
                yield f"{level.label}：{one.task}（{who(pack, one.by)}）", _c(one.clause)
        for one in (*ladder.measures, *ladder.command):
            yield f"{LADDER_LABELS[kind]}：{one.task}（{who(pack, one.by)}）", _c(one.clause)


def _reporting(pack: Pack) -> Rows:
    for duty in (*pack.reporting.duties, *pack.reporting.monitoring):
        yield f"{who(pack, duty.by)} 报 {who(pack, duty.to)} {duty.within or ''} {duty.note}".strip(), _c(duty.clause)
    for part in pack.reporting.contents:
        yield f"报告内容：{'、'.join(part.items)}", _c(part.clause)


def _cuts(pack: Pack) -> Rows:
    classes = pack.lexicon.customer_classes
    for order in pack.curtailment.orders:
        names = "、".join(classes[one].label for one in (*order.first, *order.order))
        yield f"{'、'.join(order.levels) or '各级'}压减次序：{names}", _c(order.clause)
    for guard in pack.curtailment.protected:
        yield f"保障：{'、'.join(classes[one].label for one in guard.classes)}", _c(guard.clause)


def _disposal(pack: Pack) -> Rows:
    def of(checklist: Checklist) -> Rows:
        return ((f"{checklist.label}：{step.do}", _c(step.clause or checklist.clause)) for step in checklist.steps)

    for checklist in pack.disposal.checklists:
        yield from of(checklist)
    for guard in pack.disposal.protection:
        yield from ((point, _c(guard.clause)) for point in guard.points)


def _support(pack: Pack) -> Rows:
    for duty in (*pack.support.duties, *pack.support.derived_plans):
        yield f"{duty.what}（{who(pack, duty.by)}）{'、'.join(duty.teams)}", _c(duty.clause)
    for one in pack.support.exercises:
        yield f"{one.what or one.kind}（{who(pack, one.by)}）", _c(one.clause)


def _stocks(pack: Pack) -> Rows:
    for base in pack.stocks.lists:
        for item in base.items:
            many = "" if item.quantity is None else f"{item.quantity:g}{item.unit}"
            yield f"{base.unit}：{item.name} {item.model} {many}".strip(), _c(base.clause)


def _ledger(pack: Pack) -> Rows:
    for clause, entry in pack.ledger.clauses.items():
        if entry.title:
            yield entry.title, clause
