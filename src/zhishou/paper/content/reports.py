"""Situation reports upward: first, follow-up, final; what the plan demands of a report stands in each, or is left to fill in."""

from __future__ import annotations

from collections.abc import Iterator

from zhishou.errors import RefusedError
from zhishou.incident.casualties import CASUALTIES
from zhishou.incident.levels import LevelDecided, LevelEnded
from zhishou.incident.reports import ReportForwarded
from zhishou.incident.state import Report
from zhishou.paper import words
from zhishou.paper.case import Case
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Text, blank
from zhishou.plan.pack import Pack

KINDS = {"first": "首报", "follow_up": "续报", "final": "终报"}
HOW = {"phone": "电话", "written": "书面", "console": "系统"}


def situation_report(case: Case, wish: Wish) -> Paper:
    """A report upward of how things stand.

    Raises:
        RefusedError: there is no such report, or the plan is not clear.
    """
    if wish.report not in KINDS:
        raise RefusedError(
            f"没有“{wish.report}”这种报告", where="情况报告", mend="first 首报、follow_up 续报、final 终报"
        )
    pack = case.pack(wish.plan)
    state = case.state
    contents = pack.reporting.contents
    clauses = tuple(
        dict.fromkeys((*(c for one in contents for c in one.clause), *_duty_clauses(case, pack, wish.report)))
    )
    number = sum(event.kind == "follow_up" for event, _ in case.events(ReportForwarded)) + 1
    which = f"续报第{number}期" if wish.report == "follow_up" else KINDS[wish.report]
    lead = f"依据{words.cited(pack, clauses, numbered=True)}，现将{state.title}有关情况报告如下（截至{words.moment(case.at)}）："
    body: list[Block] = [Text(lead), Heading(1, "基本情况"), Text(_basics(case)), *_demanded(case, pack)]
    body += [Heading(1, "人员伤亡和有关数据"), Text(_figures(case))]
    body += [Heading(1, "已采取的措施"), *_done(case, pack)]
    if wish.report == "final":
        body += [Heading(1, "善后情况"), *_after(case)]
    else:
        body += [Heading(1, "研判意见"), Text(_outlook(case, pack)), Heading(1, "下一步工作"), *_next(case, pack)]
    asked = (*_asked(case), *map(words.sentence, wish.requests))
    if asked and wish.report != "final":
        body += [Heading(1, "请求支援事项"), Items(asked)]
    body.append(Text("特此报告。"))
    return Paper(
        kind="situation_report", area=state.area, issuer=case.office(pack),
        title=f"关于{state.title}的情况报告（{which}）", made=case.at, body=tuple(body), to=_to(case, pack, wish.report),
        signer=blank("签发人"), rests_on=(Citation(pack.id, clauses),), event=case.newest, plan=pack.id,
        incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _own(case: Case, pack: Pack, kind: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """To whom this duty room reports under a plan, with the clauses: what it owes on record, then what the plan says."""
    owed = [
        (one.to, one.clause) for one in case.state.duties.values()
        if one.kind == kind and one.plan == pack.id and not one.incoming
    ]  # fmt: skip
    if owed or pack.plan.area != case.state.area:
        return owed
    return [
        (one.to, one.clause) for one in pack.reporting.duties
        if one.kind == kind and not one.grades and {"headquarters", "office"} & set(one.by)
    ]  # fmt: skip


def _duty_clauses(case: Case, pack: Pack, kind: str) -> tuple[str, ...]:
    return tuple(clause for _, clauses in _own(case, pack, kind) for clause in clauses)


def _to(case: Case, pack: Pack, kind: str) -> tuple[str, ...]:
    names = [case.name(pack, one) for to, _ in _own(case, pack, kind) for one in to]
    told = [case.name(pack, one) for event, _ in case.events(ReportForwarded) for one in event.to]
    return tuple(dict.fromkeys(names or told)) or (blank("主送机关"),)


def _basics(case: Case) -> str:
    state = case.state
    when = f"{words.moment(state.occurred)}，" if state.occurred else f"{blank('发生时间')}，"
    first = min(state.reports.values(), key=lambda one: one.at, default=None)
    text = (
        f"{when}{case.place}{words.occurring(state.title)}。"
        if case.place not in state.title
        else f"{when}{words.occurring(state.title)}。"
    )
    if concerned := state.roles.get("incident_unit"):
        text += f"事故发生单位为{words.listed(map(case.unit, concerned))}。"
    if first is not None:
        text += f"{words.moment(first.at)}，本单位接{case.unit(first.sender)}{HOW[first.how]}报告：{words.sentence(first.text)}"
        if first.checked is not None:
            how = f"（{words.bare(first.reason)}）" if first.reason else ""
            told = "属实" if first.status == "verified" else "不属实"
            text += f"经{words.hour(first.checked.at)}核实，{told}{how}。"
    return text


def newest_items(reports: dict[str, Report]) -> dict[str, str]:
    """What reports said of each thing asked for; the newest word counts."""
    found: dict[str, str] = {}
    for one in sorted(reports.values(), key=lambda one: one.at):
        if one.status != "refuted":
            found |= {item: text for item, text in one.items.items() if text.strip()}
    return found


def _demanded(case: Case, pack: Pack) -> Iterator[Block]:
    """What the plan demands of a report, one by one."""
    wanted = tuple(item for one in pack.reporting.contents for item in one.items)
    said = newest_items(dict(case.state.reports))
    lines = [f"{item}：{words.sentence(said.get(item) or blank(item))}" for item in wanted]
    # What was said beyond what the plan asks for is not kept back.
    lines += [f"{item}：{words.sentence(text)}" for item, text in said.items() if item not in wanted]
    if lines:
        yield Items(tuple(lines))


def _figures(case: Case) -> str:
    hurt = case.state.casualties
    counted = "、".join(f"{label}{hurt[kind]}人" for kind, label in CASUALTIES.items() if kind in hurt)
    text = f"目前人员情况：{counted}。" if counted else f"人员伤亡情况：{blank('人员伤亡情况')}。"
    said = [
        f"{case.said(id_, one)}（{words.moment(one.at)}，{words.printed(case.unit(one.source))}）"
        for id_, one in case.facts() if id_ not in CASUALTIES
    ]  # fmt: skip
    return text + (f"有关数据：{'；'.join(said)}。" if said else "")


def levels(case: Case) -> Iterator[str]:
    """Levels decided and ended, in order, as sentences; the year is said with the first of it."""
    year = 0
    for one in case.story:
        event = one.event
        if not isinstance(event, LevelDecided | LevelEnded) or event.plan not in case.packs:
            continue
        pack = case.packs[event.plan]
        label = words.level(event.level_label)
        decided = f"{case.name(pack, event.authority)}" if event.authority else case.acting(pack, one.post, one.name)
        warning = event.ladder == "warning"
        if isinstance(event, LevelEnded):
            act = "解除" if warning else "结束"
        elif event.change == "start":
            act = "发布" if warning else "启动"
        else:
            act = {"raise": "提高为", "lower": "降低为"}[event.change]
        when, year = words.soon(one.at) if one.at.year == year else words.moment(one.at), one.at.year
        yield f"{when}，{decided}决定{act}{label}（{words.clauses(event.clause)}）。"


def _done(case: Case, pack: Pack) -> Iterator[Block]:
    lines = list(levels(case))
    for one in case.state.tasks.values():
        if one.status == "done":
            note = f"，{words.bare(one.note)}" if one.note else ""
            lines.append(f"{case.names(case.packs.get(one.plan, pack), one.by)}已完成“{words.bare(one.text)}”{note}。")
    yield Items(tuple(lines)) if lines else Text(f"{blank('已采取的措施')}。")


def _outlook(case: Case, pack: Pack) -> str:
    parts = []
    for key, one in case.state.assessed.items():
        if key.startswith(f"{pack.id}|") and one.level is not None:
            parts.append(f"{words.levelled(words.listed(one.reasons))}，按预案研判为{words.level(one.label)}")
    return "；".join(parts) + "。" if parts else f"现有数据不足以判断级别。发展趋势：{blank('发展趋势')}。"


def _next(case: Case, pack: Pack) -> Iterator[Block]:
    lines = []
    for one in case.state.tasks.values():
        if one.status in {"issued", "accepted"}:
            due = f"，{words.moment(one.due)}前完成" if one.due else ""
            lines.append(f"{case.names(case.packs.get(one.plan, pack), one.by)}：{words.bare(one.text)}{due}。")
    yield Items(tuple(lines)) if lines else Text(f"{blank('下一步工作')}。")


def _asked(case: Case) -> tuple[str, ...]:
    return tuple(
        f"请求{case.unit(one.owner)}支援{one.what}{words.number(one.quantity)}{one.unit}"
        + (f"，已到{words.number(one.lent)}{one.unit}" if one.lent else "") + "。"
        for one in case.state.resources.values() if one.status in {"requested", "lent"} and one.lent < one.quantity
    )  # fmt: skip


def _after(case: Case) -> Iterator[Block]:
    lines = [settled(one.what, one.amount, one.who) for one in case.state.settled]
    yield Items(tuple(lines)) if lines else Text(f"{blank('善后情况')}。")


def settled(what: str, amount: float, who: str) -> str:
    """An entry of the aftermath as a sentence."""
    return (
        words.bare(what)
        + (f"，金额{words.number(amount)}万元" if amount else "")
        + (f"（{who}）" if who else "")
        + "。"
    )
