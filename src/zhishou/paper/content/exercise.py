"""The report of an exercise: what was rehearsed, what came as expected and what did not, how units kept their deadlines.

It takes a value of its own, because the room that runs drills stands above this one and fills it; of an exercise that people
ran by hand, from a call to the end, it is read off the incident.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from zhishou.acts import Happened
from zhishou.errors import RefusedError
from zhishou.incident.scoring import review as scored
from zhishou.paper import words
from zhishou.paper.case import Case, duty_room
from zhishou.paper.content.reports import levels
from zhishou.paper.content.review import deadlines
from zhishou.paper.value import Block, Citation, Heading, Items, Paper, Table, Text, blank
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was expected."""

    at: datetime
    what: str
    met: bool
    found: str
    """What was found instead."""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """How a unit did."""

    unit: str
    issued: int
    accepted: int
    done: int
    missed: int
    """Deadlines that passed."""
    to_accept: float | None
    """Median minutes from issue to acceptance; None where it accepted nothing."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise that was run."""

    title: str
    area: str
    plan: Pack
    started: datetime
    ended: datetime
    checks: tuple[Check, ...]
    units: tuple[UnitResult, ...]
    levels: tuple[str, ...]
    """Levels decided and ended, as sentences."""
    refused: tuple[str, ...]
    """Commands that were refused, with the reason."""
    whole: bool
    """Whether the record was verified as whole."""
    event: int
    """Position of its last event."""
    seal: str
    """The record's last seal."""
    incident: str = ""
    """The incident that was rehearsed, where it is told of one."""
    deadlines: tuple[Block, ...] = ()
    """How deadlines were kept, where nothing was expected beforehand."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is known of the record that an exercise stands in."""

    whole: bool
    seal: str


def of_incident(case: Case, plan: str, library: Library, record: Recorded) -> Exercise:
    """The exercise of an incident that people handled by hand: nothing was expected beforehand, so its record speaks.

    Args:
        case: the incident and its story.
        plan: the plan it rests on; empty where the incident runs under one.
        library: for the names of units.
        record: whether the record is whole, and its last seal.

    Raises:
        RefusedError: it runs under several plans and none is named, or a level is still in force.
    """
    pack, state = case.pack(plan), case.state
    if state.active and state.status != "closed":
        raise RefusedError(
            f"演练还没有结束：{'、'.join(one.label for one in state.active.values())}还在生效", where=state.title,
            mend="先结束响应、解除预警，再出演练评估报告", code="state",
        )  # fmt: skip
    return Exercise(
        title=state.title, area=state.area, plan=pack, started=case.story[0].at, ended=max(one.at for one in case.story), checks=(),
        units=unit_results(case.story, library), levels=tuple(levels(case)), refused=(), whole=record.whole, event=case.newest,
        seal=record.seal, incident=state.id, deadlines=tuple(deadlines(case)),
    )  # fmt: skip


def unit_results(happened: Iterable[Happened], library: Library) -> tuple[UnitResult, ...]:
    """How each unit did, from what happened."""
    return tuple(
        UnitResult(
            one.unit, one.issued, one.accepted, one.done, one.missed, median(one.to_accept) if one.to_accept else None
        )
        for one in scored(happened, library).units
    )  # fmt: skip


def _refused(messages: Iterable[str]) -> Iterator[str]:
    """Each reason once, with how often it was given."""
    for text, times in Counter(map(words.bare, messages)).items():
        plain = words.printed(_ACCOUNT.sub("", text))
        yield words.sentence(f"{plain}，共{times}次" if times > 1 else plain)


_ACCOUNT = re.compile(r"(?<=报送单位) [a-z0-9_]+")
"""The name of a reporter whom the exercise knows by his account alone."""


def exercise_report(one: Exercise, at: datetime) -> Paper:
    """The report."""
    pack, lexicon = one.plan, one.plan.lexicon
    clauses = tuple(
        dict.fromkeys(clause for drill in pack.support.exercises if drill.kind == "drill" for clause in drill.clause)
    )
    own = f"本单位的演练安排（《{pack.plan.title}》没有规定演练）"
    basis = words.cited(pack, clauses, numbered=True) if clauses else own
    met = sum(check.met for check in one.checks)
    unmet = [check for check in one.checks if not check.met]
    body: list[Block] = [
        Text(
            f"依据{basis}，{words.moment(one.started)}至{words.moment(one.ended)}（演练时间）组织了“{one.title}”应急演练。"
            "现将评估情况报告如下："
        ),
        Heading(1, "演练经过"), Items(one.levels) if one.levels else Text("演练没有决定级别。"),
    ]  # fmt: skip
    if one.checks or not one.deadlines:
        body += [
            Heading(1, "检验情况"),
            Text(f"共设检验点{len(one.checks)}个，符合{met}个，不符合{len(unmet)}个。" + ("不符合的如下：" if unmet else "")),
        ]  # fmt: skip
    else:
        body += [Heading(1, "时限履行情况"), *one.deadlines]
    if unmet:
        missed = tuple((words.soon(check.at), check.what, check.found) for check in unmet)
        body.append(Table(("时间", "应当", "实际"), missed, (24, 38, 38), "cll"))
    if one.refused:
        body += [Heading(1, "不予办理的事项"), Items(tuple(_refused(one.refused)))]
    if one.units:
        rows = tuple(
            (unit.unit, str(unit.issued), str(unit.accepted), str(unit.done), str(unit.missed),
             "—" if unit.to_accept is None else words.minutes(unit.to_accept))
            for unit in one.units
            if unit.issued or unit.missed
        )  # fmt: skip
        body += [Heading(1, "各单位完成情况"), Table(
            ("单位", "任务", "接受", "完成", "逾期", "接受用时"), rows, (40, 10, 10, 10, 10, 20), "lccccc"
        )]  # fmt: skip
    whole = "完整，未发现改动" if one.whole else "不完整，须查明原因"
    body += [
        Heading(1, "评估意见"), Text(f"{blank('评估意见')}。"),
        Heading(1, "改进措施"), Text(f"{blank('改进措施')}。"),
        Text(f"演练记录经校验{whole}，末条封印（SM3）：{words.grouped(one.seal)}。"),
    ]  # fmt: skip
    return Paper(
        kind="exercise_report", area=one.area, issuer=duty_room(lexicon, one.area), title=f"关于“{one.title}”应急演练的评估报告",
        made=at, body=tuple(body), to=(blank("主送机关"),), rests_on=(Citation(pack.id, clauses),) if clauses else (),
        event=one.event, plan=pack.id, incident=one.incident, exercise=True,
    )  # fmt: skip
