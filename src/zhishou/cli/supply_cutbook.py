"""The cut list as a workbook: who is cut, what each class gives, who still lacks gas, what storages give, and hour by hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from openpyxl import Workbook

from zhishou.cli.supply_sheets import Page, Value, add
from zhishou.plan.lexicon import Lexicon
from zhishou.supply.curtail.cutlist import CutLine, CutPlan
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.sentences import PARTS, WHY, span, spans, summary
from zhishou.supply.units import HOURS_PER_DAY, RATE, VOLUME

LINES = (
    "批次", "用户", "类别", "方式", "地区", "压减", "占可压（%）", "保留", "时段", "最迟通知", "执行", "依据",
)  # fmt: skip
FINE = "#,##0.00##"
"""Amounts of single customers: what is cut by a few cubic metres must not look like nothing."""
RATES = '#,##0.00##;-#,##0.00##;"·"'
"""The same by the hour; a nought is a dot, so that the hours of a cut stand out."""
ADVICE = "以上为压减建议。是否压减，由预案规定的人决定并下达。"


def as_workbook(
    plan: CutPlan, severer: Sequence[tuple[Powers, float]], lexicon: Lexicon, remarks: Sequence[str] = ()
) -> bytes:
    """The cut list as .xlsx.

    Args:
        plan: the cut list.
        severer: the more severe levels, mildest first, and what each would leave unserved, 万立方米.
        lexicon: areas and classes.
        remarks: how the level was chosen, what is assumed.
    """
    horizon = plan.horizon
    end = horizon.moment(horizon.steps)
    when = f"{horizon.start:%Y-%m-%d %H:%M}—{end:%Y-%m-%d %H:%M}"
    place = lexicon.areas[horizon.system.area].label
    page = Page(f"{plan.powers.label}", place, horizon.start.date(), horizon.system, when)
    book = Workbook()
    said = [*summary(plan, severer), *remarks, *(f"说明：{note}" for note in plan.powers.notes), ADVICE]
    rows = [line(one, plan, lexicon) for one in plan.lines]
    add(book, page, "压减清单", LINES, rows, unit=VOLUME, none="不压减任何用户", red=(), form=FINE, below=said)
    heads: tuple[str, ...] = ("次序", "类别", "可压", "压减", "余量", "依据")
    steps = _steps(plan)
    add(book, page, "分类别", heads, steps, unit=VOLUME, totals=1 if steps else 0, none="本级别没有压减的权限")
    heads = ("用户", "类别", "地区", "缺", "时段", "为什么不压")
    add(book, page, "仍缺气", heads, unserved(plan, lexicon), unit=VOLUME, none="没有", red=("缺",), form=FINE)
    heads = ("储气设施", "用途", "可动用", "动用", "动用折 LNG（吨）", "依据")
    add(book, page, "储气动用", heads, _draws(plan), unit=VOLUME)
    heads = ("次序", "用户", "类别", "方式", "压减")
    add(book, page, "恢复次序", heads, _restored(plan), unit=VOLUME, form=FINE, none="没有压减，不必恢复")
    day = "" if horizon.steps * horizon.step_hours <= HOURS_PER_DAY else "%d日"
    heads = ("用户", "方式", *(format(horizon.moment(step), f"{day}%H:%M") for step in range(horizon.steps)))
    add(
        book, page, "分时压减", heads, _hourly(plan), unit=f"{RATE}（该时段的速率）", none="不压减任何用户", form=RATES
    )  # fmt: skip
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def line(line: CutLine, plan: CutPlan, lexicon: Lexicon) -> list[Value]:
    """A line of the cut list under `LINES`."""
    other = "" if line.plan == plan.powers.short else line.plan
    return [
        str(line.place), line.label, line.class_label, PARTS[line.part], lexicon.areas[line.area].label, round(line.cut, 4),
        round(100 * line.cut / line.cuttable, 2), round(line.kept, 4), span(line.starts, line.ends),
        f"{line.tell_by:%m-%d %H:%M}", "、".join(line.by), f"{other}〔{'、'.join(line.clause)}〕",
    ]  # fmt: skip


def _steps(plan: CutPlan) -> list[list[Value]]:
    found: list[list[Value]] = [
        [str(one.place), one.label, one.cuttable, one.cut, one.cuttable - one.cut, _cited(one.plan, one.clause)]
        for one in plan.steps
    ]
    return [*found, ["合计", "", None, plan.saved, None, ""]] if found else []


def _restored(plan: CutPlan) -> Iterable[list[Value]]:
    for at, line in enumerate(plan.restoration, start=1):
        yield [str(at), line.label, line.class_label, PARTS[line.part], line.cut]


def _hourly(plan: CutPlan) -> Iterable[list[Value]]:
    scale = HOURS_PER_DAY / plan.horizon.step_hours
    for line in plan.lines:
        yield [line.label, PARTS[line.part], *(round(float(amount) * scale, 4) for amount in line.by_step)]


def unserved(plan: CutPlan, lexicon: Lexicon) -> Iterable[list[Value]]:
    """Who still lacks gas, where, when, and why he is not cut."""
    for one in plan.unserved:
        when = spans([step for step, short in enumerate(one.by_step) if short > 1e-6], plan.horizon)
        yield [
            one.label, lexicon.customer_classes[one.customer_class].label, lexicon.areas[one.area].label, one.amount, when,
            WHY[one.why],
        ]  # fmt: skip


def _draws(plan: CutPlan) -> Iterable[list[Value]]:
    for one in plan.draws:
        if one.drawn > 0:
            use = "应急储备" if one.reserve else "调峰"
            clause = f"〔{'、'.join(one.clause)}〕" if one.clause else ""
            yield [one.label, use, one.opened, one.drawn, one.tonnes, clause]


def _cited(plan: str, clause: Iterable[str]) -> str:
    return f"{plan}〔{'、'.join(clause)}〕"
