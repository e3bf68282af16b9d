"""The sheet by which a watch passes on: who, when, what is open, what falls due, and the digest that both have signed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from zhishou.acts import Happened
from zhishou.errors import RefusedError
from zhishou.paper import words
from zhishou.paper.case import duty_room
from zhishou.paper.value import Block, Citation, Form, Heading, Items, Paper, Signatures, Table, Text
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.pack import Pack
from zhishou.watch.events import ShiftHandoverAccepted, ShiftHandoverOffered
from zhishou.watch.log import LogEntry
from zhishou.watch.words import LOG_CATEGORIES


def shift_handover(
    area: str, story: Sequence[Happened], log: Sequence[LogEntry], lexicon: Lexicon, at: datetime, *, exercise: bool,
    packs: Sequence[Pack] = (),
) -> Paper:  # fmt: skip
    """The sheet of the last hand-over.

    Args:
        area: the duty room's area.
        story: its record, in order.
        log: its duty log.
        lexicon: for the area's name.
        at: the moment of writing.
        exercise: whether it is an exercise.
        packs: the area's plans in force, for the clauses that ask for a watch.

    Raises:
        RefusedError: no hand-over has been offered.
    """
    found = next((one for one in reversed(story) if isinstance(one.event, ShiftHandoverOffered)), None)
    if found is None or not isinstance(found.event, ShiftHandoverOffered):
        raise RefusedError("没有交接班的记录", where=duty_room(lexicon, area), mend="先由交班人写好并签字")
    offer = found.event
    taken = next(
        (one for one in story if isinstance(one.event, ShiftHandoverAccepted) and one.event.handover == offer.handover),
        None,
    )
    fields = [
        ("值班室", duty_room(lexicon, area)), ("交接编号", offer.handover),
        ("交班人", offer.outgoing_name), ("交班签字", words.soon(found.at)),
        ("接班人", offer.incoming_name), ("接班签字", words.soon(taken.at) if taken else "尚未签字"),
    ]  # fmt: skip
    body: list[Block] = [
        Form(tuple(fields)), Heading(1, "交班说明"), Text(words.sentence(offer.memo)), Heading(1, "未了事项"),
        Items(tuple(map(words.sentence, offer.open_matters))) if offer.open_matters else Text("无。"),
        Heading(1, "到期事项"),
    ]  # fmt: skip
    if offer.due_items:
        rows = tuple(
            (str(number), one.text, words.soon(one.due) if one.due else "未定", one.ref or "—")
            for number, one in enumerate(offer.due_items, start=1)
        )
        if any(one.ref for one in offer.due_items):
            body.append(Table(("序号", "事项", "时限", "关联"), rows, (7, 45, 28, 20), "clcl"))
        else:
            body.append(Table(("序号", "事项", "时限"), tuple(row[:3] for row in rows), (7, 65, 28), "clc"))
    else:
        body.append(Text("无。"))
    body += [Heading(1, "本班值班日志"), *_log(log)]
    body += [Signatures(("交班人", "接班人", "带班领导"))]
    asked = [(pack, clauses) for pack in packs if (clauses := _asked(pack))]
    return Paper(
        kind="shift_handover", area=area, issuer=duty_room(lexicon, area), title=f"{duty_room(lexicon, area)}交接班单",
        made=at, body=tuple(body), rests_on=tuple(Citation(pack.id, clauses) for pack, clauses in asked),
        basis=f"{_basis(asked)}；双方在系统内签署的内容摘要（SM3）：{words.grouped(offer.digest)}",
        event=(taken or found).position, exercise=exercise,
    )  # fmt: skip


_WATCH = re.compile("值班|值守")


def _asked(pack: Pack) -> tuple[str, ...]:
    """The clauses of a plan that ask for a watch to be kept in ordinary times."""
    found = (clause for one in pack.support.duties if _WATCH.search(one.what) for clause in one.clause)
    return tuple(dict.fromkeys(found))


def _basis(asked: Sequence[tuple[Pack, tuple[str, ...]]]) -> str:
    """What the watch rests on; how it passes on no plan says."""
    if not asked:
        return "预案没有规定值班和交接班，依据本值班室的值班制度"
    together: dict[str, list[str]] = {}
    for pack, clauses in asked:
        together.setdefault(words.clauses(clauses), []).append(pack.plan.number or f"《{pack.plan.title}》")
    cited = "；".join(f"{_numbers(plans)}{clauses}" for clauses, plans in together.items())
    return f"值班依据{cited}，交接班依据本值班室的值班制度"


_NUMBER = re.compile(r"(?P<series>.*〔\d{4}〕)(?P<place>\d+)号")


def _numbers(plans: Sequence[str]) -> str:
    """Plans by their documents' numbers, those of one series together: 晋市政办〔2020〕53号、54号."""
    series: dict[str, list[str]] = {}
    for one in sorted(plans):
        found = _NUMBER.fullmatch(one)
        series.setdefault(found["series"] if found else "", []).append(f"{found['place']}号" if found else one)
    return "、".join(f"{head}{words.listed(places)}" for head, places in series.items())


def _log(log: Sequence[LogEntry]) -> list[Block]:
    if not log:
        return [Text("无。")]
    rows = tuple(
        (
            words.soon(one.occurred), LOG_CATEGORIES[one.category],
            f"{one.text}{'（已更正）' if one.corrected_by else ''}", one.name,
        )
        for one in log
    )  # fmt: skip
    return [Table(("时间", "类别", "内容", "记录人"), rows, (24, 10, 52, 14), "ccll")]
