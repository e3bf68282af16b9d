"""One cut list from returns to text: the level proposed or typed, the powers it gives, what is assumed, what changes if."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import ceil

from zhishou.cli import supply_level
from zhishou.cli.supply_curtail import plan_of
from zhishou.cli.supply_curtail import told as list_told
from zhishou.cli.supply_desk import Desk
from zhishou.errors import NotFoundError
from zhishou.plan.pack import Pack
from zhishou.supply.balance import Figures
from zhishou.supply.curtail.at_hand import Assumed, at_hand
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.sentences import amount
from zhishou.supply.curtail.whatif import Change, what_if


@dataclass(frozen=True, eq=False)
class Job:
    """A cut list with what it rests on."""

    plan: CutPlan
    """The cut list."""
    severer: list[tuple[Powers, float]]
    """The more severe levels, mildest first, and what each would leave unserved, 万立方米."""
    assumed: tuple[Assumed, ...]
    """What nobody returned."""
    chosen: str
    """How the level was chosen."""
    repeated: int
    """Days for which no return speaks and the day before was taken again."""
    late: str = ""
    """What is said where the gas day is under way already."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """How the level was chosen, and everything that was taken for granted; they go with the list wherever it goes."""
        found = [f"级别：{self.plan.powers.label}（{self.chosen}）。"]
        if self.repeated:
            found.append(f"后 {self.repeated} 日没有报表，需求和可供沿用前一日。")
        if self.late:
            found.append(f"{self.late}。")
        return (*found, *map(str, self.assumed))


def job(
    desk: Desk, *, level: str, plan: str, also: Sequence[str] = (), days: int = 1, hours: bool = True,
    assume: bool = False, even: bool = True, at: str | None = None,
) -> Job:  # fmt: skip
    """Work out a cut list.

    Raises:
        NotFoundError: no such plan or level; none of the area's plans has an order of cutting.
        ProblemsError: figures are missing and may not be assumed.
    """
    pack = desk.shelf.pack(plan) if plan else _plan(desk)
    when = supply_level.moment(desk, at)
    chosen, how = _level(desk, pack, level, when)
    days_ahead, repeated = _days(desk, days)
    horizon, assumed = at_hand(days_ahead, hours=hours, assume=assume)
    horizon, late = _still_ahead(horizon, when)
    told = min(when, horizon.start)
    found, severer = plan_of(desk.shelf, horizon, pack, chosen, also, even=even, told=told)
    return Job(found, severer, assumed, how, repeated, late)


def _still_ahead(horizon: Horizon, when: datetime) -> tuple[Horizon, str]:
    """What is left of a gas day that is under way: nobody can be told, or cut, in hours that are past."""
    if not horizon.start < when < horizon.moment(horizon.steps):  # all ahead, or looked back on
        return horizon, ""
    if horizon.step_hours > 1:
        return horizon, "气日已经开始，按日算没有扣除已过的时间：去掉 --whole-days 重算"
    gone = min(ceil((when - horizon.start) / timedelta(hours=horizon.step_hours)), horizon.steps - 1)
    ahead = replace(
        horizon,
        start=horizon.moment(gone),
        demand={name: rates[gone:] for name, rates in horizon.demand.items()},
        available={name: rates[gone:] for name, rates in horizon.available.items()},
    )
    return ahead, f"气日已过 {gone} 小时，从 {ahead.start:%d日%H:%M} 起算；库存仍按报表，当日已动用的请核减后更正"


def _plan(desk: Desk) -> Pack:
    for pack in desk.shelf.for_area(desk.system.area):
        gas = pack.plan.kind == "supply" and any(order.levels for order in pack.curtailment.orders)
        if gas and pack.in_force(desk.day):
            return pack
    raise NotFoundError("本地区没有写明限停气次序的预案", mend="用 --plan 指明")


def _level(desk: Desk, pack: Pack, typed: str, when: datetime) -> tuple[str, str]:
    if typed:
        level = "" if typed == "none" else typed
        return level, "由人指定的级别"
    answers = supply_level.assessed(desk, when)
    ladder = next(
        (ladder for one in answers if one.plan == pack.id for ladder in one.ladders if ladder.ladder == "response"),
        None,
    )
    if ladder is None or ladder.level is None:
        return "", "研判没有建议启动响应"
    return ladder.level, f"研判建议{'（至少）' if ladder.at_least else ''}，尚待决定"


def _days(desk: Desk, count: int) -> tuple[list[Figures], int]:
    """The figures of so many gas days; a day of which no return speaks takes those of the day before."""
    days = [desk.figures()]
    repeated = 0
    for ahead in range(1, count):
        found = desk.figures(ahead)
        if any(found.find("demand", one.id) for one in desk.system.customers):
            days.append(found)
        else:
            repeated += 1
            days.append(replace(days[-1], day=desk.day + timedelta(days=ahead)))
    return days, repeated


def told(job: Job, desk: Desk, *, colour: bool, pressures: bool) -> str:
    """The cut list as text."""
    lines = [list_told(job.plan, job.severer, desk.shelf.lexicon, colour=colour).rstrip()]
    first, *rest = job.remarks
    lines += [first, *(f"⚠ {one}" for one in rest)]
    if pressures:
        from zhishou.supply.curtail.hydraulics.check import check
        from zhishou.supply.curtail.hydraulics.sentences import summary as pressed

        lines += pressed(check(job.plan))
    return "\n".join(lines)


def compared(job: Job, change: Change, desk: Desk, *, as_json: bool) -> str:
    """What a change does to the cut list."""
    before, after = job.plan, what_if(job.plan, change)
    gap = [100 * max(1 - _gas(one) / one.asked, 0.0) if one.asked else 0.0 for one in (before, after)]
    if as_json:
        return json.dumps(
            {
                "schema": "zhishou.whatif/1", "plan": before.powers.plan, "level": before.powers.level,
                "gap_pct": [round(one, 4) for one in gap],
                "cut": [round(one.saved, 6) for one in (before, after)],
                "unserved": [round(one.lacking, 6) for one in (before, after)],
                "classes": {
                    one.customer_class: [round(one.cut, 6), round(two.cut, 6)]
                    for one, two in zip(before.steps, after.steps, strict=True)
                },
            },
            ensure_ascii=False, indent=2,
        )  # fmt: skip
    days = before.horizon.steps * before.horizon.step_hours / 24
    lines = [
        f"推演　{_said(change, job)}　{before.powers.label}　{before.horizon.start:%Y-%m-%d %H:%M} 起 {days:g} 天",
        f"  供需缺口　{gap[0]:.2f}% → {gap[1]:.2f}%",
    ]
    lines += [
        f"  压减{one.label}　{amount(one.cut)} → {amount(two.cut)} 万立方米（可压 {amount(two.cuttable)}）〔{'、'.join(one.clause)}〕"
        for one, two in zip(before.steps, after.steps, strict=True)
        if one.cut or two.cut
    ]
    lines.append(f"  压减合计　{amount(before.saved)} → {amount(after.saved)} 万立方米")
    lines.append(f"  仍缺　{amount(before.lacking)} → {amount(after.lacking)} 万立方米")
    if job.late:
        lines.append(f"⚠ {job.late}。")
    lines += [f"⚠ {one}" for one in job.assumed]
    lines.append("以上为推演，不是现状。")
    if desk.system.illustrative:
        lines.insert(1, f"※ {desk.system.note or '示意数据，非真实'}")
    return "\n".join(lines)


def _gas(plan: CutPlan) -> float:
    """What the sources can send over the horizon, 万立方米."""
    return float(plan.instance.source_available.sum())


def _said(change: Change, job: Job) -> str:
    system = job.plan.horizon.system
    pipes = {pipe.id: pipe.label for pipe in system.pipes}
    parts = []
    if change.source_out:
        parts.append(
            f"{system.sources_by_id[change.source_out].label}中断"
            if change.source_out in system.sources_by_id
            else change.source_out
        )
    if change.pipe_out:
        parts.append(f"{pipes.get(change.pipe_out, change.pipe_out)}断开")
    if change.customer_out:
        known = system.customers_by_id.get(change.customer_out)
        parts.append(f"{known.label if known else change.customer_out}停产")
    if change.colder:
        parts.append(f"再冷 {change.colder:g} ℃" if change.colder > 0 else f"回暖 {-change.colder:g} ℃")
    if not parts:
        return "无变化"
    since = f"{job.plan.horizon.moment(change.from_step):%d日%H:%M} 起" if change.from_step else ""
    return since + "、".join(parts)
