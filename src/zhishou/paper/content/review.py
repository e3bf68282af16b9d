"""The review after the end: course, deadlines kept and missed, what was spent, what was learnt; the figures are the record's."""

from __future__ import annotations

from zhishou.errors import RefusedError
from zhishou.incident.aftermath import ReviewFiled
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.paper import words
from zhishou.paper.case import Case
from zhishou.paper.content.directives import STATUS
from zhishou.paper.content.reports import levels, settled
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text, blank
from zhishou.plan.pack import Pack


def review(case: Case, wish: Wish) -> Paper:
    """The assessment report of an incident.

    An incident under which no level was ever in force is assessed once it is closed: plans ask for the assessment of what
    has been dealt with, whether or not it needed a level.

    Raises:
        RefusedError: a level is still in force, or there was none and the incident is not closed.
    """
    pack = case.pack(wish.plan)
    state = case.state
    standing = next((one for kind in ("response", "warning") if (one := state.ladder(pack.id, kind)) is not None), None)
    if standing is not None:
        raise RefusedError(
            f"{standing.label}还在生效，不能出评估报告", where=pack.plan.short,
            mend="响应结束、预警解除后再评估；处置中的情况出情况报告",
        )  # fmt: skip
    if state.status == "open" and not any(key.startswith(f"{pack.id}|") for key in state.ended):
        raise RefusedError(
            "没有启动过响应，事件也没有归档，不能出评估报告", where=pack.plan.short, mend="处置完毕、归档后再评估"
        )
    duties = [one for one in pack.aftermath.duties if one.kind == "assessment"]
    clauses = tuple(dict.fromkeys(clause for one in duties for clause in one.clause))
    basis = words.cited(pack, clauses, numbered=True) if clauses else f"《{pack.plan.title}》（{pack.plan.number}）"
    filed = next((event for event, _ in case.events(ReviewFiled) if event.plan == pack.id), None)
    body: list[Block] = [
        Text(f"依据{basis}，现将{state.title}应急处置评估情况报告如下："),
        Heading(1, "事件概况"), Text(_course(case)),
        Heading(1, "处置经过"), Items(tuple(levels(case)) or (blank("处置经过"),)),
        Heading(1, "任务落实情况"), *_tasks(case, pack),
        Heading(1, "时限履行情况"), *deadlines(case),
        *_responded(case),
        Heading(1, "善后情况"),
    ]  # fmt: skip
    after = [settled(one.what, one.amount, one.who) for one in state.settled]
    after += [
        f"征用{one.owner}的{words.bare(one.what)}，{'已补偿' + words.number(one.amount) + '万元' if one.status == 'compensated' else '已归还' if one.status == 'returned' else '尚未归还'}。"
        for one in state.property.values()
    ]
    body.append(Items(tuple(after)) if after else Text(f"{blank('善后情况')}。"))
    body += [Heading(1, "评估意见"), Text(words.sentence(filed.text) if filed else f"{blank('评估意见')}。")]
    if state.lessons:
        body += [Heading(1, "预案修订建议"), Items(tuple(
            f"{words.cited(case.packs[one.plan], (one.clause,)) if one.plan in case.packs else one.clause}：{words.sentence(one.text)}"
            for one in state.lessons
        ))]  # fmt: skip
    to = tuple(dict.fromkeys(case.name(pack, name) for one in duties for name in one.to)) or (blank("主送机关"),)
    return Paper(
        kind="review", area=state.area, issuer=case.office(pack), title=f"关于{state.title}应急处置的评估报告", made=case.at,
        body=tuple(body), to=to, signer=blank("签发人"), rests_on=(Citation(pack.id, clauses),) if clauses else (),
        event=case.newest, plan=pack.id, incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _course(case: Case) -> str:
    state = case.state
    when = words.moment(state.occurred) if state.occurred else blank("发生时间")
    text = f"{when}，{'' if case.place in state.title else case.place}{words.occurring(state.title)}。"
    if state.opened is not None:
        text += f"{words.moment(state.opened)}，本值班室接报登记"
        text += f"，距发生{words.lasted(state.occurred, state.opened)}。" if state.occurred else "。"
    first = next((one for one in case.story if isinstance(one.event, LevelDecided)), None)
    last = next((one for one in reversed(case.story) if isinstance(one.event, LevelEnded)), None)
    if first is not None and last is not None:
        text += f"从首次决定级别到全部结束历时{words.lasted(first.at, last.at)}。"
    text += f"共接收报告{len(state.reports)}件，下达任务{len(state.tasks)}项、指令{len(state.directives)}件。"
    return text


def _tasks(case: Case, pack: Pack) -> list[Block]:
    found = list(case.state.tasks.values())
    if not found:
        return [Text("没有下达任务。")]
    by = {label: sum(one.status == status for one in found) for status, label in STATUS.items()}
    told = "，".join(f"{label}{count}项" for label, count in by.items() if count)
    left = [one for one in found if one.status != "done"]
    rows = tuple(
        (str(number), words.bare(one.text), case.names(case.packs.get(one.plan, pack), one.by), STATUS[one.status])
        for number, one in enumerate(left, start=1)
    )
    lead = Text(f"共下达任务{len(found)}项，其中{told}。" + ("结束时未报告完成的任务如下：" if left else ""))
    return [lead, Table(("序号", "任务", "承办单位", "状态"), rows, (7, 50, 29, 14), "cllc")] if left else [lead]


def _responded(case: Case) -> list[Block]:
    """How soon each unit answered, and who never did; nothing where nobody was called."""
    if not case.responded:
        return []
    never = [one.label for one in case.responded if one.silent and not one.answered]
    lead = f"本次处置共呼叫{len(case.responded)}家，其中{len(case.responded) - len(never)}家应答"
    lead += f"，{'、'.join(never)}始终未应答。" if never else "。"
    rows = tuple(
        (
            str(number), one.label, str(one.called), str(one.answered),
            f"{one.minutes}分钟" if one.minutes is not None else "—", str(one.silent) if one.silent else "—",
        )
        for number, one in enumerate(case.responded, start=1)
    )  # fmt: skip
    head = ("序号", "单位", "呼叫次数", "应答次数", "应答用时", "未应答")
    return [Heading(1, "到岗应答情况"), Text(lead), Table(head, rows, (8, 40, 13, 13, 14, 12), "clcccc")]


def deadlines(case: Case) -> list[Block]:
    """How the deadlines of an incident were kept: the figures, and each that passed."""
    timed = [one for one in case.state.duties.values() if one.due is not None or one.late]
    late = [one for one in timed if one.late]
    lead = f"有时限的事项{len(timed)}项，按时{len(timed) - len(late)}项，逾期{len(late)}项。"
    if not late:
        return [Text(lead)]
    rows = tuple(
        (str(number), words.bare(one.label).replace(" → ", "至"), str(one.late), words.clauses(one.clause) or "—")
        for number, one in enumerate(late, start=1)
    )
    return [Text(f"{lead}逾期事项如下："), Table(("序号", "事项", "逾期次数", "条款"), rows, (7, 49, 14, 30), "clcc")]
