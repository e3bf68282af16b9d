"""The memo by which command passes to a superior headquarters: what is handed over, as it stands at that moment."""

from __future__ import annotations

from zhishou.incident.command import CommandHandedOver
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.directives import STATUS
from zhishou.paper.content.reports import levels
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Signatures, Table, Text


def command_handover(case: Case, wish: Wish) -> Paper:
    """The memo.

    Raises:
        RefusedError: command was not handed over.
    """
    pack = case.pack(wish.plan)
    state = case.state
    event, happened = case.last(CommandHandedOver, "没有移交指挥权的记录", plan=pack.id)
    to = case.name(pack, event.to)
    basis = (
        words.cited(pack, event.clause, numbered=True)
        if event.clause
        else f"上级指挥部的决定（《{pack.plan.title}》没有规定指挥权移交）"
    )
    lead = (
        f"{words.moment(happened.at)}，依据{basis}和{event.document}，{headquarters(pack)}"
        f"将{state.title}应急处置的指挥权移交{to}，经办人为{case.acting(pack, happened.post, happened.name)}。移交后，本指挥部及各成员单位服从{to}统一指挥。"
    )
    body: list[Block] = [Text(lead), Heading(1, "移交时的情况"), Text(words.sentence(event.situation))]
    if told := tuple(levels(_until(case, happened.position))):
        body += [Heading(1, "级别决定经过"), Items(told)]
    open_ = [one for one in state.tasks.values() if one.plan == pack.id and one.issued.at <= happened.at]
    if open_:
        rows = tuple(
            (str(number), words.bare(one.text), case.names(pack, one.by), STATUS[one.status])
            for number, one in enumerate(open_, start=1)
        )
        body += [
            Heading(1, f"任务清单（截至{words.moment(case.at)}）"),
            Table(("序号", "任务", "承办单位", "状态"), rows, (7, 50, 29, 14), "cllc"),
        ]
    lent = [one for one in state.resources.values() if one.status in {"requested", "lent"}]
    if lent:
        body += [Heading(1, f"调用的资源（截至{words.moment(case.at)}）"), Items(tuple(
            f"{one.what}：申请{words.number(one.quantity)}{one.unit}，已到{words.number(one.lent)}{one.unit}（{case.unit(one.owner)}）。"
            for one in lent
        ))]  # fmt: skip
    body.append(Signatures(("移交单位", "接收单位", "移交时间")))
    return Paper(
        kind="command_handover", area=state.area, issuer=headquarters(pack), title="应急处置指挥权移交备忘录",
        made=happened.at, body=tuple(body), rests_on=(Citation(pack.id, event.clause),) if event.clause else (),
        basis=f"依据{basis}", event=happened.position, plan=pack.id, incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _until(case: Case, position: int) -> Case:
    story = tuple(one for one in case.story if one.position <= position)
    return Case(case.state, story, case.packs, case.lexicon, case.at, case.standing)
