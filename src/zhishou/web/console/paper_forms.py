"""What is asked before a paper is issued: to whom, under which name, and whatever the record leaves blank.

It stands alone because the fields follow from the draft itself: a blank of it is a field, and nothing else is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from starlette.datastructures import FormData, QueryParams

from zhishou.incident.state import Incident
from zhishou.paper.issuing import IssuePaper
from zhishou.paper.kinds import kind
from zhishou.paper.value import Paper, shown
from zhishou.plan.load import Library

REPORTS = {"first": "首报", "follow_up": "续报", "final": "终报"}
_SPLIT = re.compile(r"[\n、，,；;]+(?![^（(]*[）)])")
"""Between names, and not within the brackets of one: 各县（市、区）人民政府."""
_FILL = "fill:"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked."""

    name: str
    label: str
    value: str
    hint: str = ""
    long: bool = False
    choices: tuple[tuple[str, str], ...] = ()


def wish(given: FormData | QueryParams | Mapping[str, str]) -> IssuePaper:
    """The paper that is wanted, from what was typed."""

    def text(name: str) -> str:
        return str(given.get(name, "")).strip()

    def several(name: str) -> tuple[str, ...]:
        return tuple(one.strip() for one in _SPLIT.split(text(name)) if one.strip())

    filled = {key.removeprefix(_FILL): text(key) for key in given if key.startswith(_FILL) and text(key)}
    return IssuePaper(
        kind=kind(text("kind")).id, incident=text("incident"), plan=text("plan"), designation=text("designation"),
        to=several("to"), copies=several("copies"), signer=text("signer"), report=text("report") or "first",
        units=several("units"), requests=several("requests"), fill=filled,
    )  # fmt: skip


def fields(command: IssuePaper, draft: Paper, state: Incident | None, library: Library) -> list[Field]:
    """What is asked of a draft."""
    return list(_fields(command, draft, state, library))


def _fields(command: IssuePaper, draft: Paper, state: Incident | None, library: Library) -> Iterator[Field]:
    of = kind(command.kind)
    if state is not None and len(state.plans) > 1:
        plans = tuple((one, library.packs[one].plan.short) for one in state.plans if one in library.packs)
        yield Field("plan", "依据哪个预案", draft.plan, choices=plans)
    if of.id == "situation_report":
        yield Field("report", "哪一种", command.report, choices=tuple(REPORTS.items()))
    if of.form == "letter":
        yield Field(
            "to", "主送", "、".join(one for one in draft.to if shown(one) == one), hint="几个之间用顿号分开", long=True
        )
        yield Field("copies", "抄送", "、".join(draft.copies), hint="没有就空着")
    if of.id == "task_directive":
        yield Field("units", "只发给哪些单位", "、".join(command.units), hint="空着：发给有任务的全部单位")
    if of.id == "situation_report":
        yield Field("requests", "请求上级支援什么", "、".join(command.requests), hint="没有就空着", long=True)
    if draft.signer:
        yield Field("signer", "签发人", command.signer or command.fill.get("签发人", ""))
    names = dict.fromkeys((*command.fill, *draft.blanks))
    for name in names:
        if name not in {"签发人", "主送机关", "文号"} and not name.endswith(_BY_HAND):
            yield Field(f"{_FILL}{name}", name, command.fill.get(name, ""), hint="空着：纸上留横线，手填")
    yield Field(
        "designation", "机关代字", command.designation, hint="发文字号里年份前面的字；空着沿用上一次的，第一次用地区名"
    )


_BY_HAND = ("交班人", "接班人", "带班领导", "审核人", "填报人", "供稿", "审核", "移交单位", "接收单位", "移交时间")
"""Names that are signed by hand and never typed."""
