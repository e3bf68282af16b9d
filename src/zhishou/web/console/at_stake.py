"""What a decision is about, told on its form: who proposed a level and why and what the assessment says now; what a cut list cuts.

It stands alone because whoever decides, often on a telephone, must see on one page what he puts his name to, and the way to say no.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhishou.errors import ZhishouError
from zhishou.incident.cut_list import NOTHING, CutList
from zhishou.incident.state import Incident, Proposal
from zhishou.plan.posts import post_label
from zhishou.supply.curtail.sentences import amount
from zhishou.web.auth import Caller
from zhishou.web.console.incident_parts import CHANGES
from zhishou.web.may import may

ANSWERS = frozenset({"decide_proposal", "approve_proposal"})
"""Commands beside which the caller is shown how to refuse."""


@dataclass(frozen=True, slots=True)
class Said:
    """One line of what is at stake."""

    label: str
    words: str
    clause: tuple[str, ...] = ()
    at: datetime | None = None
    due: bool = False
    """Whether the time is one by which something must be done."""


@dataclass(frozen=True, slots=True)
class Stake:
    """What is decided on, and where more of it stands."""

    lines: tuple[Said, ...]
    ways: tuple[tuple[str, str], ...]
    """Words and address."""


def at_stake(caller: Caller, state: Incident, command: str, about: Mapping[str, Any], *, whole: bool) -> Stake | None:
    """What the caller should have read before he gives a command; None where its name says it all.

    Args:
        caller: who is about to give it.
        state: the incident, as he may see it.
        command: its name.
        about: what the form is about.
        whole: whether he sees the whole incident.
    """
    proposal = state.proposals.get(str(about.get("proposal", "")))
    if proposal is not None:
        ways = [("看研判的依据", f"/incidents/{state.id}#assessment")] if whole else []
        id_ = str(about["proposal"])
        if command in ANSWERS and proposal.status == "open" and _may_refuse(caller, state, id_):
            ways.append(("不同意", f"/incidents/{state.id}/do/refuse_proposal?proposal={id_}"))
        return Stake(
            (*_proposed(caller, state, proposal), *(_judged(caller, state, proposal) if whole else ())), tuple(ways)
        )
    list_ = state.cut_lists.get(str(about.get("list", "")))
    if list_ is not None and whole:
        return Stake(tuple(_cut(list_)), (("逐户看清单", f"/supply/cuts/{state.id}/{about['list']}"),))
    return None


def _may_refuse(caller: Caller, state: Incident, id_: str) -> bool:
    asked = next(one for one in may(caller.house.desk.incident(state.id), caller) if one.command == "refuse_proposal")
    return any(option.fields.get("proposal") == id_ for option in asked.options)


def _proposed(caller: Caller, state: Incident, one: Proposal) -> Iterator[Said]:
    active = state.ladder(one.plan, one.ladder)
    yield Said("建议", f"{CHANGES.get(one.change, '')}{one.label}" + (f"（现行{active.label}）" if active else ""))
    post = (
        post_label(one.proposed.post, caller.house.library.packs, caller.house.library.lexicon)
        if one.proposed.post
        else ""
    )
    yield Said("谁提的", one.proposed.name + (f"（{post}）" if post else ""), at=one.proposed.at)
    if one.reason:
        yield Said("理由", one.reason)
    for signed in one.approvals:
        yield Said("已审批", signed.name, at=signed.at)
    for signed in one.joined:
        yield Said("已会同决定", signed.name, at=signed.at)


def _judged(caller: Caller, state: Incident, one: Proposal) -> Iterator[Said]:
    """What the assessment says at this moment, which may have moved since it was proposed."""
    try:
        found = next((a for a in caller.house.desk.assess(state.id) if a.plan == one.plan), None)
    except ZhishouError:
        return
    ladder = found.ladder(one.ladder) if found else None
    if ladder is None:
        return
    if not ladder.level:
        yield Said(
            "现在的研判", "现有要素不够任何级别" + ("，但有要素还不知道" if ladder.verdict.value == "unknown" else "")
        )
        return
    yield Said("现在的研判", f"够{'（至少）' if ladder.at_least else ''}{ladder.level_label}")
    for reason in ladder.reasons:
        seen = f"　现为 {reason.observed}" if reason.observed else ""
        yield Said("依据", f"{reason.text}{seen}", tuple(reason.clause))


def _cut(one: CutList) -> Iterator[Said]:
    customers = len({line.customer for line in one.lines if line.cut > NOTHING})
    yield Said("合计压减", f"{amount(one.cut)} 万立方米，{customers} 户")
    by_step: dict[int, float] = {}
    for line in one.lines:
        by_step[line.step] = by_step.get(line.step, 0.0) + line.cut
    each = [f"{one.order[step].label} {amount(cut)}" for step, cut in sorted(by_step.items()) if cut > NOTHING]
    yield Said("其中", "、".join(each) or "没有")
    yield Said("时段", f"{one.since.day}日{one.since.hour}时至{one.until.day}日{one.until.hour}时")
    told = [at for number, line in enumerate(one.lines, 1) if line.cut > NOTHING and (at := one.tell_by(number))]
    if told:
        yield Said("最早一户最迟通知", "", at=min(told), due=True)
    if (short := sum(one.short)) > NOTHING:
        yield Said("调整后还差", f"{amount(short)} 万立方米没有补足")
    if one.lacking:
        yield Said("压减后仍缺气", "；".join(one.lacking))
    if one.assumed:
        yield Said("暂计的数", f"{len(one.assumed)} 个没有报，按惯常用量、应留库存暂计")
