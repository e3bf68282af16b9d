"""What a plan of cuts says in plain Chinese, for the desk, the papers and the command line alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zhishou.supply.curtail.binding import Bottleneck, Kind
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.system import Pipe, Source, Storage

_USED_UP: dict[Kind, str] = {
    "source": "可供气量已用尽",
    "pipe": "输气能力已用尽",
    "withdrawal": "采气能力已用尽",
    "stock": "可动用的库存已用尽",
}
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
    cut = "、".join(f"{step.label} {amount(step.cut)}" for step in plan.steps if step.cut)
    if cut:
        told.append(f"按{label}权限压减 {amount(plan.saved)} 万立方米：{cut}。")
    elif not plan.lacking:
        told.append(f"{label}：不需要压减任何用户。")
    if drawn := [one for one in plan.draws if one.reserve and one.drawn > 0]:
        amounts = "、".join(f"{one.label} {amount(one.drawn)}" for one in drawn)
        told.append(f"动用应急储备 {amounts} 万立方米〔{'、'.join(drawn[0].clause)}〕。")
    for step, found in plan.early:
        pipes = [one for one in found if one.kind == "pipe"]
        kept = "；".join(reasons(pipes or found, plan.horizon)) or "通知时间所限"
        told.append(f"{step.label}压减 {amount(step.cut)} 时前面的次序尚有余量，但用不到缺气的地方和时段：{kept}。")
    if plan.lacking:
        told.append(f"{_exhausted(plan)}{amount(plan.lacking)} 万立方米无法满足{_closing(severer)}。")
        told += [f"原因：{reason}。" for reason in reasons(plan.bottlenecks, plan.horizon)]
    return tuple(told)


def _exhausted(plan: CutPlan) -> str:
    if not plan.powers.steps:
        return f"{plan.powers.label}没有压减用户的权限，仍有 "
    return f"{plan.powers.label}权限用足后仍有 "


def _closing(severer: Sequence[tuple[Powers, float]]) -> str:
    for powers, left in severer:
        if not left:
            return f"；启动{powers.label}可以全部补上"
    if severer:
        powers, left = severer[-1]
        return f"；启动{powers.label}也仍差 {amount(left)} 万立方米"
    return "；已没有更高的级别"


def reasons(found: Sequence[Bottleneck], horizon: Horizon) -> list[str]:
    """What is used up, one line for each sort of thing."""
    system = horizon.system
    things: tuple[Pipe | Source | Storage, ...] = (*system.pipes, *system.sources, *system.storages)
    labels = {one.id: one.label for one in things}
    lines = []
    for kind, words in _USED_UP.items():
        mine = [one for one in found if one.kind == kind]
        if not mine:
            continue
        every = kind == "source" and len(mine) == len(system.sources) > 1
        names = "全部气源" if every else "、".join(labels.get(one.id, one.id) for one in mine)
        steps = sorted({step for one in mine for step in one.steps})
        when = f"（{spans(steps, horizon)}）" if steps and len(steps) < horizon.steps else ""
        lines.append(f"{names}{words}{when}")
    return lines


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
