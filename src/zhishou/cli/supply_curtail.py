"""`zhishou supply curtail` and `whatif`: the cut list as an officer reads it, as JSON, or as a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from zhishou.cli.supply_cutbook import ADVICE
from zhishou.plan.lexicon import Lexicon
from zhishou.plan.load import Library
from zhishou.plan.pack import Pack
from zhishou.supply.curtail.cutlist import CutLine, CutPlan, curtail, rate, suffices
from zhishou.supply.curtail.horizon import Horizon
from zhishou.supply.curtail.powers import Powers, limits, powers
from zhishou.supply.curtail.sentences import PARTS, WHY, amount, span, spans, summary
from zhishou.supply.units import HOURS_PER_DAY, REFERENCE, VOLUME

WIDE = 240
"""Columns in which tables are laid out; a terminal folds them, nothing is left out."""
LINE_HEADS = ("批次", "用户", "类别", "方式", "地区", "压减", "占可压", "保留", "时段", "最迟通知", "依据")


def plan_of(
    shelf: Library,
    horizon: Horizon,
    pack: Pack,
    level: str,
    also: Sequence[str] = (),
    *,
    even: bool = True,
    told: datetime | None = None,
) -> tuple[CutPlan, list[tuple[Powers, float]]]:
    """The plan of cuts of a level, and what the more severe levels would leave unserved.

    Args:
        shelf: all plans; those in force for the area protect besides.
        horizon: what is asked for and what is at hand.
        pack: the plan that rules.
        level: its level; empty where no response has been started.
        also: plans whose orders without a level hold too.
        even: share evenly within a class.
        told: when notice can first be given; the start of the horizon where None.
    """
    day = horizon.start.date()
    others = [
        other for other in shelf.for_area(pack.plan.area) if other.id != pack.id and other.in_force(day) and
        other.plan.kind in {"supply", "notice"}
    ]  # fmt: skip

    def own(name: str) -> Powers:
        found = powers(pack, name, others)
        for other in also:
            found = limits(found, shelf.pack(other))
        return found

    plan = curtail(horizon, own(level), even=even, notice_from=told)
    levels = [one.level for one in pack.response.levels] if pack.response else []
    severer = levels[: levels.index(level)] if level in levels else levels
    ladder = [own(name) for name in reversed(severer)] if plan.lacking else []
    return plan, list(zip(ladder, suffices(horizon, ladder, told), strict=True))


def told(plan: CutPlan, severer: Sequence[tuple[Powers, float]], lexicon: Lexicon, *, colour: bool = False) -> str:
    """The cut list as text."""
    out = StringIO()
    console = Console(file=out, width=WIDE, force_terminal=colour, no_color=not colour, highlight=False, soft_wrap=True)
    horizon = plan.horizon
    end = horizon.moment(horizon.steps)
    console.print(
        f"压减方案　{plan.powers.label}　{horizon.start:%Y-%m-%d %H:%M}—{end:%Y-%m-%d %H:%M}　{horizon.system.title}"
    )
    if horizon.system.illustrative:
        console.print(f"※ {horizon.system.note or '示意数据，非真实'}", style="yellow")
    console.print(f"气量均为{VOLUME}（{REFERENCE}）；依据{plan.powers.short}。")
    lacking = f"，仍缺 {amount(plan.lacking)}" if plan.lacking else ""
    daily = f"（{amount(rate(plan.asked, horizon))}/日）" if horizon.steps * horizon.step_hours != HOURS_PER_DAY else ""
    console.print(f"需求 {amount(plan.asked)}{daily}，压减 {amount(plan.saved)}{lacking}。\n")
    for line in summary(plan, severer):
        console.print(("⚠ " if "无法满足" in line else "· ") + line, style="red bold" if "无法满足" in line else "")
    if plan.steps:
        console.print(_steps(plan))
    if plan.lines:
        console.print(_lines(plan, lexicon))
        back = " → ".join(dict.fromkeys(_step_name(line) for line in plan.restoration))
        console.print(f"\n恢复次序（后压的先恢复）：{back}")
    if plan.unserved:
        console.print(_unserved(plan, lexicon))
    if drawn := [one for one in plan.draws if one.drawn > 0]:
        console.print("储气动用：" + "；".join(_draw(one.label, one.drawn, one.tonnes) for one in drawn))
    for note in plan.powers.notes:
        console.print(f"说明：{note}", style="dim")
    console.print(ADVICE)
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


def _draw(label: str, drawn: float, tonnes: float | None) -> str:
    return f"{label} {amount(drawn)}" + (f"（{tonnes:.0f} 吨 LNG）" if tonnes is not None else "")


def _step_name(line: CutLine) -> str:
    return f"{line.class_label}（{PARTS[line.part]}）" if line.part != "shared" else line.class_label


def _table(title: str, heads: Sequence[str], figures: set[str]) -> Table:
    """An empty table under its title."""
    table = Table(title=f"\n{title}", title_justify="left", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in heads:
        table.add_column(head, justify="right" if head in figures else "left", no_wrap=True)
    return table


def _steps(plan: CutPlan) -> Table:
    table = _table(f"分类别（{VOLUME}）", ("次序", "类别", "可压", "压减", "余量", "依据"), {"可压", "压减", "余量"})
    for step in plan.steps:
        style = "" if step.cut else "dim"
        table.add_row(
            str(step.place), step.label, amount(step.cuttable), amount(step.cut), amount(step.cuttable - step.cut),
            _cited(step.plan, step.clause), style=style,
        )  # fmt: skip
    return table


def _lines(plan: CutPlan, lexicon: Lexicon) -> Table:
    by = "、".join(dict.fromkeys(name for line in plan.lines for name in line.by))
    title = f"分用户（由{by or plan.powers.short}执行；{VOLUME}，保留为压减期内须保证的量）"
    table = _table(title, LINE_HEADS, {"压减", "占可压", "保留"})
    for line in plan.lines:
        place, label, class_label, part, area, cut, share, kept, *rest = _cells(line, plan, lexicon)
        table.add_row(
            str(place), str(label), str(class_label), str(part), str(area), amount(float(cut)), _portion(float(share)),
            amount(float(kept)), *map(str, rest),
        )  # fmt: skip
    return table


def _portion(share: float) -> str:
    return f"{share:.0%}" if share >= 0.005 else "不足1%"


def _when(line: CutLine) -> str:
    """From when to when a customer is cut, and whether with breaks."""
    cut = np.flatnonzero(line.by_step > 0)
    return span(line.starts, line.ends) + ("（断续）" if cut[-1] - cut[0] >= len(cut) else "")


def _cells(line: CutLine, plan: CutPlan, lexicon: Lexicon) -> tuple[str | float, ...]:
    other = "" if line.plan == plan.powers.short else line.plan
    return (
        line.place, line.label, line.class_label, PARTS[line.part], lexicon.areas[line.area].label, round(line.cut, 4),
        round(line.cut / line.cuttable, 4), round(line.kept, 4), _when(line),
        f"{line.tell_by:%d日%H:%M}", f"{other}〔{'、'.join(line.clause)}〕",
    )  # fmt: skip


def _unserved(plan: CutPlan, lexicon: Lexicon) -> Table:
    table = _table(f"仍缺气的（{VOLUME}）", ("用户", "类别", "地区", "缺", "时段", "为什么不压"), {"缺"})
    classes = lexicon.customer_classes
    for one in plan.unserved:
        when = spans([step for step, short in enumerate(one.by_step) if short > 1e-6], plan.horizon)
        table.add_row(
            one.label, classes[one.customer_class].label, lexicon.areas[one.area].label, amount(one.amount), when,
            WHY[one.why], style="red",
        )  # fmt: skip
    return table


def _cited(plan: str, clause: Iterable[str]) -> str:
    return f"{plan}〔{'、'.join(clause)}〕"


def as_json(plan: CutPlan, severer: Sequence[tuple[Powers, float]], remarks: Sequence[str] = ()) -> str:
    """The cut list as JSON; amounts 万立方米 at 20 °C and 101.325 kPa, arrays one entry a step.

    Args:
        plan: the cut list.
        severer: the more severe levels and what each would leave unserved, 万立方米.
        remarks: how the level was chosen, and what was taken for granted.
    """
    one, horizon, answer = plan.instance, plan.horizon, plan.dispatch
    steps = [horizon.moment(step).isoformat() for step in range(horizon.steps)]

    def rows(names: Sequence[str], amounts: Any) -> dict[str, list[float]]:
        return {name: [round(float(value), 6) for value in row] for name, row in zip(names, amounts, strict=True)}

    data = {
        "schema": "zhishou.curtailment/1",
        "unit": f"{VOLUME} ({REFERENCE})",
        "illustrative": horizon.system.illustrative,
        "plan": plan.powers.plan,
        "level": plan.powers.level,
        "steps": steps,
        "step_hours": horizon.step_hours,
        "asked": round(plan.asked, 6),
        "cut": round(plan.saved, 6),
        "unserved": round(plan.lacking, 6),
        "says": list(summary(plan, severer)),
        "remarks": list(remarks),
        "classes": [
            {"place": step.place, "class": step.customer_class, "cuttable": round(step.cuttable, 6),
             "cut": round(step.cut, 6), "plan": step.plan, "clause": list(step.clause)}
            for step in plan.steps
        ],
        "lines": [
            {"place": line.place, "customer": line.customer, "label": line.label, "class": line.customer_class,
             "part": line.part, "area": line.area, "cut": round(line.cut, 6), "cuttable": round(line.cuttable, 6),
             "kept": round(line.kept, 6), "starts": line.starts.isoformat(), "ends": line.ends.isoformat(),
             "tell_by": line.tell_by.isoformat(), "plan": line.plan, "clause": list(line.clause), "by": list(line.by),
             "by_step": [round(float(value), 6) for value in line.by_step]}
            for line in plan.lines
        ],
        "restoration": [line.customer for line in plan.restoration],
        "lacking": [
            {"customer": lack.customer, "amount": round(lack.amount, 6), "why": lack.why,
             "by_step": [round(float(value), 6) for value in lack.by_step]}
            for lack in plan.unserved
        ],
        "bottlenecks": [{"kind": b.kind, "id": b.id, "steps": list(b.steps)} for b in plan.bottlenecks],
        "stocks": [
            {"storage": draw.storage, "reserve": draw.reserve, "opened": round(draw.opened, 6),
             "drawn": round(draw.drawn, 6), "tonnes": draw.tonnes, "clause": list(draw.clause)}
            for draw in plan.draws
        ],
        "flows": {
            "sources": rows(one.sources, answer.source_flow),
            "pipes": rows(one.pipes, answer.pipe_flow),
            "levels": rows(one.storages, answer.level),
        },
        "severer": [{"level": own.level, "unserved": round(left, 6)} for own, left in severer],
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=False, indent=2)
