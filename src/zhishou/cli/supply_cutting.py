"""One cut list from returns to text: the level proposed or typed, the powers it gives, what is assumed, what changes if."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from zhishou.cli import supply_level
from zhishou.cli.supply_curtail import plan_of
from zhishou.cli.supply_curtail import told as list_told
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.plan.pack import Pack
from zhishou.supply.balance import Figures
from zhishou.supply.curtail.at_hand import Assumed, at_hand, still_ahead
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.evening import Evening
from zhishou.supply.units import HOURS_PER_DAY


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


def job(
    desk: Evening, *, level: str, plan: str, also: Sequence[str] = (), days: int = 1, hours: bool = True,
    assume: bool = False, even: bool = True, at: str | None = None,
) -> Job:  # fmt: skip
    """Work out a cut list.

    Raises:
        NotFoundError: no such plan or level; none of the area's plans has an order of cutting.
        ProblemsError: figures are missing and may not be assumed.
    """
    pack = _named(desk, plan) if plan else _plan(desk)
    when = supply_level.moment(desk, at)
    chosen, how = _level(desk, pack, level, when)
    days_ahead, repeated = _days(desk, days)
    try:
        horizon, assumed = at_hand(days_ahead, hours=hours, assume=assume)
    except ProblemsError as error:
        raise ProblemsError((*error.problems, ZhishouError("有数没有报，不能起草", mend="急用时加 --assume"))) from None
    horizon, late = _still_ahead(horizon, when)
    told = min(when, horizon.start)
    found, severer = plan_of(desk.shelf, horizon, pack, chosen, also, even=even, told=told)
    return Job(found, severer, assumed, how, repeated, late)


def _still_ahead(horizon: Horizon, when: datetime) -> tuple[Horizon, str]:
    """What is left of a gas day that is under way: nobody can be told, or cut, in hours that are past."""
    if horizon.step_hours > 1 and horizon.start < when < horizon.moment(horizon.steps):
        return horizon, "气日已经开始，按日算没有扣除已过的时间：去掉 --whole-days 重算"
    ahead, gone = still_ahead(horizon, when)
    if not gone:
        return horizon, ""
    return ahead, f"气日已过 {gone} 小时，从 {ahead.start:%d日%H:%M} 起算；库存仍按报表，当日已动用的请核减后更正"


def _named(desk: Evening, id_: str) -> Pack:
    """The plan typed: one that rules where the gas flows, and that says who is cut in which order."""
    pack = desk.shelf.pack(id_)
    own = [
        one for one in desk.shelf.for_area(desk.system.area) if any(order.levels for order in one.curtailment.orders)
    ]
    if pack not in own:
        place, names = desk.shelf.lexicon.areas[desk.system.area].label, "、".join(one.id for one in own)
        raise NotFoundError(
            f"{pack.plan.short}不管{place}的限停气，或没有写次序", where=id_, mend=f"可用：{names or '没有'}"
        )
    return pack


def _plan(desk: Evening) -> Pack:
    for pack in desk.shelf.for_area(desk.system.area):
        gas = pack.plan.kind == "supply" and any(order.levels for order in pack.curtailment.orders)
        if gas and pack.in_force(desk.day):
            return pack
    raise NotFoundError("本地区没有写明限停气次序的预案", mend="用 --plan 指明")


def _level(desk: Evening, pack: Pack, typed: str, when: datetime) -> tuple[str, str]:
    if typed:
        # Ⅱ, ii and Ⅱ级响应 are all II
        plain = unicodedata.normalize("NFKC", typed).upper().removesuffix("响应").removesuffix("级")
        return "" if plain in {"NONE", "未启动"} else plain, "由人指定的级别"
    answers = supply_level.assessed(desk, when)
    ladder = next(
        (ladder for one in answers if one.plan == pack.id for ladder in one.ladders if ladder.ladder == "response"),
        None,
    )
    if ladder is None or ladder.level is None:
        unknown = ladder is not None and not desk.balances().city.gap_pct.known
        if unknown:
            return "", "要素不齐，研判没有得出级别，不等于不够级别；可用 --level 指定"
        return "", "研判没有建议启动响应"
    return ladder.level, f"研判建议{'（至少）' if ladder.at_least else ''}，尚待决定"


def _days(desk: Evening, count: int) -> tuple[list[Figures], int]:
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


def remarks(job: Job) -> list[str]:
    """How the level was chosen, what was supposed, and what the reckoning leaves out."""
    lines = [f"级别：{job.plan.powers.label}（{job.chosen}）。"]
    if job.plan.powers.reserves == "part":
        share = f"{job.plan.horizon.system.part_of_reserve:.0%}"
        lines.append(
            f"说明：预案只写动用“部分”应急储备，没有写多少；这里至多动用可用量的 {share}（供气系统文件 part_of_reserve）。"
        )
    if job.plan.horizon.step_hours >= HOURS_PER_DAY:
        lines.append("⚠ 按日算，没有计入一日之内的高峰；去掉 --whole-days 分时算，可能要多压。")
    if job.repeated:
        lines.append(f"⚠ 后 {job.repeated} 日没有报表，需求和可供沿用前一日。")
    if job.late:
        lines.append(f"⚠ {job.late}。")
    return [*lines, *(f"⚠ {one}" for one in job.assumed)]


def told(job: Job, desk: Evening, *, colour: bool, pressures: bool) -> str:
    """The cut list as text."""
    lines = [list_told(job.plan, job.severer, desk.shelf.lexicon, colour=colour).rstrip()]
    lines += remarks(job)
    if pressures:
        from zhishou.supply.curtail.hydraulics.check import check
        from zhishou.supply.curtail.hydraulics.sentences import summary as pressed

        lines += pressed(check(job.plan))
    return "\n".join(lines)
