"""The directive that cuts gas: the signed list, who gives up how much, from when to when, told by when, who comes back first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from zhishou.errors import RefusedError
from zhishou.incident.cut_list import NOTHING, CutList, ListedCut
from zhishou.incident.cutting import CutListSigned
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.measures import recipients
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text
from zhishou.supply.units import REFERENCE


def cut_list_directive(case: Case, wish: Wish) -> Paper:
    """The directive, as the list was signed.

    Raises:
        RefusedError: no list is signed and in force.
    """
    pack, state = case.pack(wish.plan), case.state
    signed = next(
        (
            (state.cut_lists[event.list], happened)
            for event, happened in case.events(CutListSigned)
            if event.list in state.cut_lists
            and state.cut_lists[event.list].plan == pack.id and state.cut_lists[event.list].status in {"signed", "sent"}
        ),
        None,
    )  # fmt: skip
    if signed is None:
        raise RefusedError(
            "没有签发过的压减清单", where=pack.plan.short, mend="先由有权的人签发清单，签发后按清单出指令"
        )
    cuts, happened = signed
    own = tuple(dict.fromkeys(clause for step in cuts.order for clause in step.clause))
    known = tuple(clause for clause in own if clause in pack.ledger.clauses)
    lead = (
        f"依据{words.cited(pack, known, numbered=True)}，经{case.acting(pack, happened.post, happened.name)}"
        f"于{words.moment(happened.at)}签发，按{words.level(cuts.level_label)}对{words.moment(cuts.since)}至{words.moment(cuts.until)}的用气"
        f"作如下压减，合计{_amount(cuts.cut)}万立方米。气量均按{REFERENCE}计。请按时通知到用户，并反馈执行情况。"
    )
    body: list[Block] = [
        Text(lead),
        Heading(1, "压减清单"),
        _lines(cuts),
        Heading(1, "压减次序"),
        Items(tuple(_order(cuts))),
    ]
    if cuts.adjustments:
        body += [Heading(1, "人工调整"), Items(tuple(_adjusted(case, cuts)))]
    if cuts.lacking:
        body += [Heading(1, "仍无法满足的用气"), Items(tuple(map(words.sentence, cuts.lacking)))]
    back = words.listed(step.label for step in reversed(cuts.order) if _of(cuts, step.customer_class))
    body += [
        Heading(1, "恢复次序"), Text(f"供气好转后按与压减相反的次序恢复：{back}。"),
        Text("各用户的保安负荷按清单保留，民生用气不得压减。指令的变更和解除以书面通知为准。"),
    ]  # fmt: skip
    return Paper(
        kind="cut_list_directive", area=state.area, issuer=headquarters(pack), title="关于压减用气的指令", made=case.at,
        body=tuple(body), to=recipients(case, pack), printed_by=case.office(pack), rests_on=(Citation(pack.id, known),),
        event=happened.position, plan=pack.id, incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _of(cuts: CutList, customer_class: str) -> list[ListedCut]:
    return [one for one in cuts.lines if one.customer_class == customer_class and one.cut > NOTHING]


def _lines(cuts: CutList) -> Table:
    rows = []
    for number, one in enumerate(cuts.lines, start=1):
        when, told = cuts.window(number), cuts.tell_by(number)
        if one.cut <= NOTHING or when is None or told is None:
            continue
        rows.append((
            str(one.batch), one.label, cuts.order[one.step].label, _amount(one.cut), _amount(one.kept),
            f"{_hour(when[0])}至\n{_hour(when[1])}", _hour(told), words.clauses(cuts.order[one.step].clause),
        ))  # fmt: skip
    heads = ("次序", "用户", "类别", "压减量", "保留量", "起止时间", "通知时限", "依据")
    return Table(heads, tuple(rows), (6, 15, 7, 10, 10, 20, 15, 17), "cllrrccl", "单位：万立方米")


def _order(cuts: CutList) -> Iterator[str]:
    for step in cuts.order:
        mine = [one for one in cuts.lines if one.customer_class == step.customer_class]
        if mine:
            may, cut = sum(one.cuttable for one in mine), sum(one.cut for one in mine)
            why = (
                f"。先压它的原因：{words.printed(words.bare(cuts.apart[step.customer_class]))}"
                if step.customer_class in cuts.apart
                else ""
            )
            yield (
                f"{step.label}：可压减{_amount(may)}万立方米，压减{_amount(cut)}万立方米"
                f"（{words.clauses(step.clause)}）{why}。"
            )


def _adjusted(case: Case, cuts: CutList) -> Iterator[str]:
    for one in cuts.adjustments:
        label = cuts.lines[one.line - 1].label
        yield (
            f"{label}由{_amount(one.was)}改为{_amount(one.now)}万立方米，{words.bare(one.reason)}"
            f"（{case.signed(case.packs[cuts.plan], one.signed)}，{words.moment(one.signed.at)}）。"
        )


def _amount(value: float) -> str:
    return f"{value:.2f}" if value >= 0.005 or value == 0 else f"{value:.4f}".rstrip("0")


def _hour(at: datetime) -> str:
    """15日8时, 15日8时30分."""
    return f"{at.day}日{words.hour(at)}"
