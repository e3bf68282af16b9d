"""What a plan of cuts says in plain Chinese, for the desk, the papers and the command line alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from zhishou.supply.curtail.binding import Bottleneck, Kind
from zhishou.supply.curtail.cutlist import NOTHING, CutPlan, StepTotal
from zhishou.supply.curtail.horizon import Horizon, opened_share
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.system import Pipe, Source, Storage

_USED_UP: dict[Kind, str] = {
    "source": "可供气量已用尽",
    "pipe": "输气能力已用尽",
    "withdrawal": "采气能力已用尽",
    "stock": "可动用的库存已用尽",
}
_STORED = {"withdrawal", "stock"}
PARTS = {"interruptible": "可中断部分", "turn": "名单次序", "shared": "同比例"}
WHY = {
    "safety": "保安负荷，任何级别都不得压减",
    "protected": "民生用气，任何级别都不得压减",
    "closed": "本级别不得压减",
    "notice": "通知时间未到，尚不能压减",
}


def amount(volume: float) -> str:
    """A volume as it is written: two decimals, more for what would vanish."""
    return f"{volume:.2f}" if volume >= 0.01 or volume == 0 else f"{volume:.4f}"


def summary(plan: CutPlan, severer: Sequence[tuple[Powers, float]] = ()) -> tuple[str, ...]:
    """What the plan of cuts comes to.

    Args:
        plan: the plan of cuts.
        severer: the more severe levels, mildest first, and what each would leave unserved, 万立方米.
    """
    label = plan.powers.label
    told = []
    if cut := [step for step in plan.steps if step.cut]:
        told.append(
            f"{_granted(plan, cut)} {amount(plan.saved)} 万立方米：{'、'.join(_of(plan, step) for step in cut)}。"
        )
    elif not plan.lacking:
        told.append(f"{label}：不需要压减任何用户。")
    if drawn := [one for one in plan.draws if one.reserve and one.drawn > 0]:
        amounts = "、".join(f"{one.label} {amount(one.drawn)}" for one in drawn)
        told.append(f"动用应急储备 {amounts} 万立方米〔{'、'.join(drawn[0].clause)}〕。")
    for step, found in plan.early:
        kept = "；".join(apart(plan, step, found))
        told.append(f"{step.label}压减 {amount(step.cut)} 时前面的次序尚有余量，但用不到缺气的地方和时段：{kept}。")
    if plan.lacking:
        told.append(f"{_exhausted(plan)}{amount(plan.lacking)} 万立方米无法满足{_closing(severer)}。")
        why = reasons(plan.bottlenecks, plan.horizon, _closed(plan)) or [_unnamed(plan)]
        told += [f"原因：{reason}。" for reason in why]
        if never := "、".join(_never_cut(plan)):
            told.append(f"无法满足的气量中，任何级别都不得压减的有：{never} 万立方米。")
    return tuple(told)


def _granted(plan: CutPlan, cut: Sequence[StepTotal]) -> str:
    """By what power is cut: the level's; where no response has been started, that of the other plans named."""
    if plan.powers.level:
        return f"按{plan.powers.label}权限压减"
    return f"{plan.powers.label}，按{'、'.join(dict.fromkeys(step.plan for step in cut))}压减"


def _of(plan: CutPlan, step: StepTotal) -> str:
    """A class and what is cut of it; by another plan than the level's where it says so."""
    other = plan.powers.level and step.plan != plan.powers.short
    return f"{step.label} {amount(step.cut)}" + (f"（按{step.plan}）" if other else "")


def _never_cut(plan: CutPlan) -> list[str]:
    """What homes and safety loads lack, which no level may take from them."""
    lack = {why: sum(one.amount for one in plan.unserved if one.why == why) for why in ("protected", "safety")}
    words = {"protected": "民生用气", "safety": "保安负荷"}
    return [f"{words[why]} {amount(short)}" for why, short in lack.items() if short]


def apart(plan: CutPlan, step: StepTotal, found: Sequence[Bottleneck]) -> list[str]:
    """What keeps a class's shortage apart from what could still be cut before it."""
    told = ["前面次序的用户通知时间未到"] if _untold(plan, step) else []
    told += reasons([one for one in found if one.kind == "pipe"], plan.horizon)
    return told or reasons(found, plan.horizon, _closed(plan)) or [_unnamed(plan)]


def _closed(plan: CutPlan) -> frozenset[str]:
    """The reserves that the level does not open."""
    system = plan.horizon.system
    return frozenset(one.id for one in system.storages if not opened_share(one, plan.powers, system))


def _untold(plan: CutPlan, step: StepTotal) -> bool:
    """Whether, while a class is cut, an earlier one cannot be yet because its notice has not run out."""
    one = plan.instance
    tier = np.array(one.tiers)[one.claim_tier]
    mine = np.char.startswith(tier, f"cut:{step.place - 1:03d}:")
    when = (one.claim_amount - plan.dispatch.served)[mine].sum(axis=0) > NOTHING / one.steps
    earlier = np.isin(tier, [f"kept:{before.customer_class}" for before in plan.powers.steps[: step.place - 1]])
    return bool(one.claim_amount[earlier][:, when].any())


def _unnamed(plan: CutPlan) -> str:
    """What is said where nothing that is used up leads to those who lack gas."""
    return "爬坡、最低提取量或损耗所限" if plan.instance.coupled else "没有气源、储气或管道能把气送到缺气处"


def _exhausted(plan: CutPlan) -> str:
    if not plan.powers.steps:
        return f"{plan.powers.label}没有压减用户的权限，仍有 "
    if any(step.cuttable - step.cut > NOTHING for step in plan.steps):
        return f"{plan.powers.label}可压的尚有余量，但用不到缺气的地方和时段，仍有 "
    power = "权限" if plan.powers.level else "，可压的"
    return f"{plan.powers.label}{power}用足后仍有 "


def _closing(severer: Sequence[tuple[Powers, float]]) -> str:
    for powers, left in severer:
        if not left:
            return f"；启动{powers.label}可以全部补上"
    if severer:
        powers, left = severer[-1]
        return f"；启动{powers.label}也仍差 {amount(left)} 万立方米"
    return "；已没有更高的级别"


def reasons(found: Sequence[Bottleneck], horizon: Horizon, closed: frozenset[str] = frozenset()) -> list[str]:
    """What is used up, one line for each sort of thing; what is `closed` to the level is not used up, and told last."""
    system = horizon.system
    things: tuple[Pipe | Source | Storage, ...] = (*system.pipes, *system.sources, *system.storages)
    labels = {one.id: one.label for one in things}
    lines = []
    for kind, words in _USED_UP.items():
        mine = [one for one in found if one.kind == kind and not (one.id in closed and kind in _STORED)]
        if not mine:
            continue
        every = kind == "source" and len(mine) == len(system.sources) > 1
        names = "全部气源" if every else "、".join(labels.get(one.id, one.id) for one in mine)
        steps = sorted({step for one in mine for step in one.steps})
        when = f"（{spans(steps, horizon)}）" if steps and len(steps) < horizon.steps else ""
        lines.append(f"{names}{words}{when}")
    kept = dict.fromkeys(labels[one.id] for one in found if one.id in closed and one.kind in _STORED)
    return lines + ([f"{'、'.join(kept)}为应急储备，本级别没有动用的权限"] if kept else [])


def spans(steps: Sequence[int], horizon: Horizon) -> str:
    """Steps as spans of time, at most three of them."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][1] + 1:
            runs[-1][1] = step
        else:
            runs.append([step, step])
    shown = [span(horizon.moment(first), horizon.moment(last + 1)) for first, last in runs[:3]]
    return "、".join(shown) + (f"等 {len(runs)} 段" if len(runs) > 3 else "")


def span(begin: datetime, end: datetime) -> str:
    """A span of time: 15日08:00–12:00, or 15日17:00–16日08:00."""
    return f"{begin:%d日%H:%M}–{end:{'%H:%M' if begin.date() == end.date() else '%d日%H:%M'}}"
