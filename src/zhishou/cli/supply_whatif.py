"""zhishou supply whatif: what is supposed, checked before anything is worked out; what it changes; the level that would follow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

import numpy as np

from zhishou.assess import assess, situation
from zhishou.cli.supply_cutting import Job, remarks
from zhishou.cli.supply_figures import percent
from zhishou.errors import NotFoundError, ZhishouError
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.sentences import amount
from zhishou.supply.curtail.whatif import Change, what_if
from zhishou.supply.evening import Evening
from zhishou.supply.gap_facts import CITY_GAP
from zhishou.supply.units import VOLUME

WARMEST_OR_COLDEST = 40.0
"""℃ by which the day may be supposed colder or warmer; beyond it a figure was mistyped."""
_PLACES = 5


def change(job: Job, *, fails: str, breaks: str, stops: str, colder: float, hour: int) -> Change:
    """What is supposed, with names found.

    Args:
        job: the cut list that stands.
        fails: a source's id or name.
        breaks: a pipe's.
        stops: a customer's.
        colder: ℃ colder; negative for warmer.
        hour: the hour of the horizon from which it holds.

    Raises:
        NotFoundError: there is no such source, pipe or customer.
        ZhishouError: nothing is supposed, or nothing that can be.
    """
    if not (fails or breaks or stops or colder):
        raise ZhishouError(
            "没有写明推演什么", mend="加 --fails 气源、--breaks 管道、--stops 用户 或 --colder 度数，例如 --colder 5"
        )
    if abs(colder) > WARMEST_OR_COLDEST:
        raise ZhishouError(f"再冷 {colder:g} ℃ 超出可能的范围", where="--colder", mend="写 -40 到 40 之间的度数")
    horizon = job.plan.horizon
    step = int(hour / horizon.step_hours)
    if step >= horizon.steps:
        whole = horizon.steps * horizon.step_hours
        raise ZhishouError(
            f"第 {hour} 小时在推演的 {whole:g} 小时之外", where="--from", mend="改小，或用 --days 多算几日"
        )
    system = horizon.system
    return Change(
        source_out=_found(fails, {one.id: one.label for one in system.sources}, "气源"),
        pipe_out=_found(breaks, {one.id: one.label for one in system.pipes}, "管道"),
        customer_out=_found(stops, {one.id: one.label for one in system.customers}, "用户"),
        colder=colder,
        from_step=step,
    )


def _found(typed: str, known: Mapping[str, str], what: str) -> str:
    """The id of what was typed, by id or by name."""
    if not typed or typed in known:
        return typed
    for id_, label in known.items():
        if typed == label:
            return id_
    names = "、".join(f"{id_}（{label}）" for id_, label in known.items())
    raise NotFoundError(f"没有“{typed}”这个{what}", mend=f"现有：{names}")


def compared(job: Job, supposed: Change, desk: Evening, form: Literal["text", "json", "xlsx"]) -> str | bytes:
    """What a change does to the cut list: for people, for a program, or as a workbook."""
    before, after = job.plan, what_if(job.plan, supposed)
    gap = [worst_gap(one) for one in (before, after)]
    if form == "xlsx":
        from zhishou.cli.supply_whatifbook import as_workbook

        told = [one.strip() for one in (*_level(job, desk, gap[1]), *_lacking(after, desk), *remarks(job))]
        return as_workbook((before, after), gap, _said(supposed, job), desk.shelf.lexicon, told)
    if form == "json":
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
        f"推演　{_said(supposed, job)}　{before.powers.label}　{before.horizon.start:%Y-%m-%d %H:%M} 起 {days:g} 天",
        f"  供需缺口{'（缺口最大的气日）' if days > 1 else ''}　{percent(gap[0])} → {percent(gap[1])}",
        *_level(job, desk, gap[1]),
    ]
    lines += [
        f"  压减{one.label}　{amount(one.cut)} → {amount(two.cut)} 万立方米（可压 {amount(two.cuttable)}）〔{'、'.join(one.clause)}〕"
        for one, two in zip(before.steps, after.steps, strict=True)
        if one.cut or two.cut
    ]
    lines.append(f"  压减合计　{amount(before.saved)} → {amount(after.saved)} 万立方米")
    lines.append(f"  仍缺　{amount(before.lacking)} → {amount(after.lacking)} 万立方米")
    lines += _lacking(after, desk)
    lines += remarks(job)
    lines.append("以上为推演，不是现状。")
    if desk.system.illustrative:
        lines.insert(1, f"※ {desk.system.note or '示意数据，非真实'}")
    return "\n".join(lines)


def worst_gap(plan: CutPlan) -> float:
    """The city's gap on the gas day of the horizon on which it is greatest, % of that day's demand.

    The plans count a gap by the day: what one day has over fills no other day's gap.
    """
    one = plan.instance
    asked, gas = (np.bincount(one.days, rows.sum(axis=0)) for rows in (one.claim_amount, one.source_available))
    lack = np.divide(asked - gas, asked, out=np.zeros_like(asked), where=asked > 0)
    return 100 * float(lack.max(initial=0.0))


def _level(job: Job, desk: Evening, gap: float) -> list[str]:
    """The level that the supposed gap of the city would come to, and that the cuts keep to the one that stands."""
    pack = desk.shelf.pack(job.plan.powers.plan)
    fact = {"value": round(gap, 9), "source": "推演", "at": job.plan.told.isoformat()}
    answer = assess(pack, situation({"facts": {CITY_GAP: fact}}, desk.shelf.lexicon), job.plan.told).ladder("response")
    if answer is None or answer.level is None or answer.level == job.plan.powers.level:
        return []
    clauses = "、".join(dict.fromkeys(clause for reason in answer.reasons for clause in reason.clause))
    would = f"  级别　按推演的全市缺口率将建议{answer.level_label}〔{clauses}〕"
    return [f"{would}；以下仍按{job.plan.powers.label}的权限压减，要看该级别的加 --level {answer.level}"]


def _lacking(plan: CutPlan, desk: Evening) -> list[str]:
    """Where gas would still be lacking, the worst first."""
    areas: dict[str, float] = {}
    for one in plan.unserved:
        areas[one.area] = areas.get(one.area, 0.0) + one.amount
    worst = sorted(areas.items(), key=lambda item: -item[1])[:_PLACES]
    named = "、".join(f"{desk.shelf.lexicon.areas[area].label} {amount(lack)}" for area, lack in worst)
    safe = sum(one.amount for one in plan.unserved if one.why in {"safety", "protected"})
    lines = [f"  仍缺的地区　{named} {VOLUME}"] if worst else []
    return [*lines, f"  ⚠ 其中民生用气和保安负荷 {amount(safe)} {VOLUME}"] if safe > 0 else lines


def _said(supposed: Change, job: Job) -> str:
    system = job.plan.horizon.system
    pipes = {pipe.id: pipe.label for pipe in system.pipes}
    parts = []
    if supposed.source_out:
        parts.append(
            f"{system.sources_by_id[supposed.source_out].label}中断"
            if supposed.source_out in system.sources_by_id
            else supposed.source_out
        )
    if supposed.pipe_out:
        parts.append(f"{pipes.get(supposed.pipe_out, supposed.pipe_out)}断开")
    if supposed.customer_out:
        known = system.customers_by_id.get(supposed.customer_out)
        parts.append(f"{known.label if known else supposed.customer_out}停产")
    if supposed.colder:
        parts.append(f"再冷 {supposed.colder:g} ℃" if supposed.colder > 0 else f"回暖 {-supposed.colder:g} ℃")
    if not parts:
        return "无变化"
    since = f"{job.plan.horizon.moment(supposed.from_step):%d日%H:%M} 起" if supposed.from_step else ""
    return since + "、".join(parts)
