"""A signed list of cuts as directives: one to each supplier, who has its customers cut and acknowledges.

It stands alone because a supplier is no body of the plan: it is the system's reporter, and answers by that post or by the
post of its organisation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from zhishou.acts import Event
from zhishou.incident.context import Context
from zhishou.incident.cut_list import NOTHING, CutList, ListedCut
from zhishou.incident.deadlines import DutySet
from zhishou.incident.directives import DirectiveIssued
from zhishou.incident.state import Incident
from zhishou.plan.pack import Pack
from zhishou.plan.posts import organisations, reporter_post, unit_post


def sent(
    id_: str, one: CutList, pack: Pack, state: Incident, context: Context, acknowledge_by: datetime | None
) -> tuple[Event, ...]:
    """The directives and their deadlines, supplier by supplier, in the order of the list."""
    found: list[Event] = []
    number = len(state.directives)
    for supplier in dict.fromkeys(line.supplier for line in one.lines if line.cut > NOTHING):
        mine = [(n, line) for n, line in enumerate(one.lines, 1) if line.supplier == supplier and line.cut > NOTHING]
        label = mine[0][1].supplier_label
        number += 1
        directive = f"d{number}"
        clause = tuple(dict.fromkeys(text for _, line in mine for text in one.order[line.step].clause))
        text = _text(id_, one, mine)
        posts = answering(supplier, label, state, context)
        found.append(
            DirectiveIssued(
                directive=directive, plan=pack.id, text=text, to=(label,), clause=clause, posts={label: posts}
            )
        )
        due = acknowledge_by or min(told for number_, _ in mine if (told := one.tell_by(number_)))
        if due > context.at:
            found.append(
                DutySet(
                    duty=f"directive/{directive}", kind="directive", what=f"签收指令：压减用气（{label}）", plan=pack.id,
                    digest=pack.digest, clause=clause, by=(label,), since=context.at, due=due, incoming=True,
                )
            )  # fmt: skip
    return tuple(found)


def answering(supplier: str, label: str, state: Incident, context: Context) -> tuple[str, ...]:
    """The posts that answer for a supplier: its reporter's, and its organisation's where the lexicon has one."""
    area = state.area or context.area
    unit = context.lexicon.organisation(label, area)
    units = organisations(context.lexicon, unit, state.roles) if unit else ()
    return (reporter_post(area, supplier), *map(unit_post, units))


def _text(id_: str, one: CutList, lines: Iterable[tuple[int, ListedCut]]) -> str:
    mine = list(lines)
    parts = []
    for number, line in mine:
        when, told = one.window(number), one.tell_by(number)
        assert when is not None  # noqa: S101 - lines that cut nothing are not sent
        assert told is not None  # noqa: S101 - the same
        parts.append(
            f"{line.label}压减{_amount(line.cut)}（{_moment(when[0])}至{_moment(when[1])}，{_moment(told)}前通知到）"
        )
    total = _amount(sum(line.cut for _, line in mine))
    return (
        f"按{one.level_label}第{id_.removeprefix('k')}号压减清单压减用气，合计{total}万立方米：{'；'.join(parts)}。"
        "保安负荷照留，民生用气不得压减。"
    )


def _amount(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 else f"{value:.4f}".rstrip("0")


def _moment(at: datetime) -> str:
    return f"{at.day}日{at.hour}时" + (f"{at.minute}分" if at.minute else "")
