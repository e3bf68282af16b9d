"""What a plan of cuts says in plain Chinese, for the desk, the papers and the command line alike."""

from __future__ import annotations

from collections.abc import Sequence

from zhishou.supply.curtail.binding import Bottleneck, Kind
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.powers import Powers

_USED_UP: dict[Kind, str] = {
    "source": "可供气量已用尽",
    "pipe": "输气能力已用尽",
    "withdrawal": "采气能力已用尽",
    "stock": "可动用的库存已用尽",
}
PARTS = {"interruptible": "可中断部分", "turn": "按名单次序", "shared": "按可压量同比例"}
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
    if plan.lacking:
        told.append(f"{_exhausted(plan)}{amount(plan.lacking)} 万立方米无法满足{_closing(severer)}。")
        told += [f"原因：{line}。" for line in (_bound(b, plan.horizon) for b in plan.bottlenecks)]
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


def _bound(one: Bottleneck, horizon: Horizon) -> str:
    system = horizon.system
    labels = {
        **{pipe.id: pipe.label for pipe in system.pipes},
        **{source.id: source.label for source in system.sources},
        **{storage.id: storage.label for storage in system.storages},
    }
    when = f"（{spans(one.steps, horizon)}）" if one.steps and len(one.steps) < horizon.steps else ""
    return f"{labels.get(one.id, one.id)}{_USED_UP[one.kind]}{when}"


def spans(steps: Sequence[int], horizon: Horizon) -> str:
    """Steps as spans of time, such as 15日08:00–16日08:00; at most three."""
    runs: list[list[int]] = []
    for step in steps:
        if runs and step == runs[-1][1] + 1:
            runs[-1][1] = step
        else:
            runs.append([step, step])
    shown = [f"{horizon.moment(a):%d日%H:%M}–{horizon.moment(b + 1):%d日%H:%M}" for a, b in runs[:3]]
    return "、".join(shown) + (f"等 {len(runs)} 段" if len(runs) > 3 else "")
