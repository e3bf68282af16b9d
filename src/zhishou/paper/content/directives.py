"""Task directives: what units owe, by when, under which clause; and the directives in words that go with them."""

from __future__ import annotations

from collections.abc import Iterable

from zhishou.errors import RefusedError
from zhishou.incident.state import Task
from zhishou.paper import words
from zhishou.paper.case import Case, headquarters
from zhishou.paper.content.wish import Wish
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text

STATUS = {"issued": "未接受", "accepted": "已接受", "done": "已完成", "refused": "不能承担", "cancelled": "已撤销"}


def task_directive(case: Case, wish: Wish) -> Paper:
    """The directive that tells units what they owe.

    Raises:
        RefusedError: nothing is on record for these units.
    """
    pack = case.pack(wish.plan)
    state = case.state
    tasks = {
        id_: one for id_, one in state.tasks.items()
        if one.plan == pack.id and one.status in {"issued", "accepted"} and _of(case, one.by, wish.units)
    }  # fmt: skip
    told = {
        id_: one for id_, one in state.directives.items() if one.plan == pack.id and _of(case, one.to, wish.units)
    }  # fmt: skip
    if not tasks and not told:
        raise RefusedError(
            f"没有给{words.listed(wish.units) or '任何单位'}的任务或指令", where=pack.plan.short,
            mend="先下达任务或指令，再出文件",
        )  # fmt: skip
    clauses = tuple(dict.fromkeys((
        *(clause for one in tasks.values() for clause in one.clause),
        *(clause for one in told.values() for clause in one.clause),
    )))  # fmt: skip
    addressed = (
        *(name for one in told.values() for name in one.to),
        *(name for one in tasks.values() for name in one.by),
    )
    units = {
        case.lexicon.organisation(name, state.area) or name: case.name(pack, name)
        for name in addressed if name not in {"headquarters", "office"}
    }  # fmt: skip
    active = state.ladder(pack.id, "response") or state.ladder(pack.id, "warning")
    since = f"{words.moment(active.since)}起已进入{words.level(active.label)}。" if active else ""
    basis = f"依据{words.cited(pack, clauses, numbered=True)}，" if clauses else ""
    body: list[Block] = [
        Text(
            f"针对{state.title}，{since}{basis}现下达以下任务，请按时限落实，并向{case.name(pack, 'office')}报告结果。"
        )
    ]
    if told:
        body += [Heading(1, "指令"), Items(tuple(
            f"{case.names(pack, one.to)}：{words.bare(one.text)}（{words.moment(one.issued.at)}，"
            f"{case.signed(pack, one.issued)}" + (f"，{words.clauses(one.clause)}" if one.clause else "") + "）。"
            for one in told.values()
        ))]  # fmt: skip
    if tasks:
        body += [Heading(1, "任务"), _table(case, tasks)]
    body.append(Text("特此通知。"))  # a table alone would leave the signature to a page of its own
    return Paper(
        kind="task_directive", area=state.area, issuer=headquarters(pack) if pack.plan.area == state.area else case.office(pack),
        title=f"关于落实{state.title}应急处置任务的通知", made=case.at, body=tuple(body),
        to=_addressed(map(case.unit, wish.units) if wish.units else units.values()) or (case.name(pack, "members"),),
        printed_by=case.office(pack), rests_on=(Citation(pack.id, clauses),), event=_event(case, {*tasks, *told}),
        plan=pack.id, incident=state.id, exercise=state.exercise,
    )  # fmt: skip


def _addressed(names: Iterable[str]) -> tuple[str, ...]:
    """Main recipients, each once: bodies of the government first, enterprises last."""
    return tuple(sorted(dict.fromkeys(names), key=lambda one: one.endswith(("企业", "公司"))))


def _of(case: Case, names: tuple[str, ...], units: tuple[str, ...]) -> bool:
    if not units:
        return True
    area = case.state.area
    wanted = {case.lexicon.organisation(one, area) or one for one in units}
    return any((case.lexicon.organisation(one, area) or one) in wanted for one in names)


def _table(case: Case, tasks: dict[str, Task]) -> Table:
    rows = []
    for number, one in enumerate(tasks.values(), start=1):
        pack = case.packs[one.plan]
        aim = f"（{case.names(pack, one.to)}）" if one.to else ""
        due = f"{words.soon(one.due)}前" if one.due else "未定时限"
        rows.append((
            str(number), f"{words.bare(one.text)}{aim}", case.names(pack, one.by), due, words.clauses(one.clause)
        ))  # fmt: skip
    return Table(("序号", "任务", "承办单位", "完成时限", "依据"), tuple(rows), (7, 34, 21, 20, 18), "cllcl")


def _event(case: Case, ids: set[str]) -> int:
    """Position of the last event that gave one of these."""
    for one in reversed(case.story):
        named = {getattr(one.event, "task", ""), getattr(one.event, "directive", "")}
        if one.event.type in {"task_issued", "directive_issued"} and named & ids:
            return one.position
    return case.newest
