"""The directive that cuts gas: who gives up how much, from when to when, told by when, under which clause, and who comes back first."""

from __future__ import annotations

from datetime import datetime

from zhishou.errors import RefusedError
from zhishou.incident.levels import LevelDecided
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.measures import recipients
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.sentences import WHY, amount
from zhishou.supply.units import REFERENCE


def cut_list_directive(case: Case, cuts: CutPlan, wish: Wish) -> Paper:
    """The directive, for the level in force.

    Raises:
        RefusedError: no response is in force, the list is of another level, or it cuts nobody.
    """
    pack = case.pack(wish.plan or cuts.powers.plan)
    state = case.state
    active = state.ladder(pack.id, "response")
    if active is None:
        raise RefusedError(
            "没有正在生效的应急响应，不得压减用气", where=pack.plan.short, mend="先由有权的人决定启动响应"
        )
    if active.level != cuts.powers.level:
        raise RefusedError(
            f"清单按{cuts.powers.label}算，正在生效的是{active.label}",
            where=pack.plan.short,
            mend="按正在生效的级别重算",
        )
    if not cuts.lines:
        raise RefusedError("清单没有压减任何用户", where=pack.plan.short, mend="不需要下达压减指令")
    event, happened = case.last(LevelDecided, "没有启动应急响应的决定", plan=pack.id, ladder="response")
    own = tuple(dict.fromkeys(clause for one in cuts.lines if one.plan == pack.plan.short for clause in one.clause))
    known = tuple(clause for clause in own if clause in pack.ledger.clauses) or event.clause
    horizon = cuts.horizon
    ends = horizon.moment(horizon.steps)
    lead = (
        f"{words.moment(active.since)}，经{case.acting(pack, happened.post, happened.name)}决定，{words.level(active.label)}生效。"
        f"依据{words.cited(pack, known, numbered=True)}，对{words.moment(horizon.start)}至{words.moment(ends)}的用气作如下压减，"
        f"合计{amount(cuts.saved)}万立方米。气量均按{REFERENCE}计。请按时通知到用户，并反馈执行情况。"
    )
    body: list[Block] = [Text(lead), Heading(1, "压减清单"), _lines(cuts), Heading(1, "压减次序"), Items(_order(cuts))]
    if drawn := tuple(_draws(cuts)):
        body += [Heading(1, "动用储备"), Items(drawn)]
    if cuts.unserved:
        body += [Heading(1, "仍无法满足的用气"), Items(_unserved(cuts))]
    body += [Heading(1, "恢复次序"), Text(_restoration(cuts)), Text(
        "各用户的保安负荷按清单保留，民生用气不得压减。指令的变更和解除以书面通知为准。"
    )]  # fmt: skip
    return Paper(
        kind="cut_list_directive", area=state.area, issuer=headquarters(pack), title="关于压减用气的指令", made=case.at,
        body=tuple(body), to=recipients(case, pack),
        printed_by=case.office(pack), rests_on=(Citation(pack.id, known),), event=happened.position, plan=pack.id,
        incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _lines(cuts: CutPlan) -> Table:
    rows = tuple(
        (
            str(one.place), one.label, one.class_label, amount(one.cut), amount(one.kept),
            f"{_hour(one.starts)}至\n{_hour(one.ends)}", _hour(one.tell_by), words.clauses(one.clause),
        )
        for one in cuts.lines
    )  # fmt: skip
    heads = ("次序", "用户", "类别", "压减量", "保留量", "起止时间", "通知时限", "依据")
    return Table(heads, rows, (7, 18, 8, 10, 10, 15, 15, 17), "cllrrccl", "单位：万立方米")


def _hour(at: datetime) -> str:
    """15日8时, 15日8时30分."""
    return f"{at.day}日{words.hour(at)}"


def _order(cuts: CutPlan) -> tuple[str, ...]:
    return tuple(
        f"{one.label}：可压减{amount(one.cuttable)}万立方米，压减{amount(one.cut)}万立方米（{words.clauses(one.clause)}）。"
        for one in cuts.steps
    )


def _draws(cuts: CutPlan) -> tuple[str, ...]:
    return tuple(
        f"{one.label}：动用{amount(one.drawn)}万立方米" + (f"（约{words.number(one.tonnes, 1)}吨）" if one.tonnes else "")
        + (f"（{words.clauses(one.clause)}）" if one.clause else "") + "。"
        for one in cuts.draws if one.reserve and one.drawn > 0
    )  # fmt: skip


def _unserved(cuts: CutPlan) -> tuple[str, ...]:
    return tuple(f"{one.label}：差{amount(one.amount)}万立方米（{WHY[one.why]}）。" for one in cuts.unserved)


def _restoration(cuts: CutPlan) -> str:
    back = words.listed(one.class_label for one in cuts.restoration)
    return f"供气好转后按与压减相反的次序恢复：{back}。"
