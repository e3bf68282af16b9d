"""The cut list as a workbook, for those who live in Excel and WPS: the list to sign, the classes, what is lacking, the hours."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook

from zhishou.cli.supply_curtail import LINE_HEADS, cells
from zhishou.cli.supply_sheets import HOURLY, Page, Value, add
from zhishou.plan.lexicon import Lexicon
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.curtail.powers import Powers
from zhishou.supply.curtail.sentences import PARTS, WHY, summary
from zhishou.supply.units import HOURS_PER_DAY, RATE, VOLUME


def as_workbook(
    plan: CutPlan, severer: Sequence[tuple[Powers, float]], lexicon: Lexicon, remarks: Sequence[str] = ()
) -> bytes:
    """The cut list as .xlsx; amounts in 万立方米, hours as rates in 万立方米/日.

    Args:
        plan: the cut list.
        severer: the more severe levels and what each would leave unserved, 万立方米.
        lexicon: the names of areas and classes.
        remarks: how the level was chosen, and what was taken for granted.
    """
    horizon = plan.horizon
    end = horizon.moment(horizon.steps)
    page = Page(
        f"{plan.powers.label}压减方案", lexicon.areas[horizon.system.area].label, horizon.start.date(), horizon.system
    )
    book = Workbook()
    heads = tuple("占可压（%）" if head == "占可压" else head for head in LINE_HEADS)
    share = LINE_HEADS.index("占可压")
    rows: list[list[Value]] = []
    for line in plan.lines:
        row: list[Value] = list(cells(line, plan, lexicon))
        row[0] = str(line.place)
        row[share] = round(100 * line.cut / line.cuttable, 2)
        rows.append(row)
    total: list[Value] = ["合计", *[""] * (len(heads) - 1)]
    total[LINE_HEADS.index("压减")] = round(plan.saved, 4)
    add(book, page, "压减清单", heads, [*rows, total], unit=VOLUME, totals=1, red=(), none="不需要压减")
    classes: list[list[Value]] = [
        [
            step.place,
            step.label,
            step.cuttable,
            step.cut,
            step.cuttable - step.cut,
            f"{step.plan}〔{'、'.join(step.clause)}〕",
        ]
        for step in plan.steps
    ]
    add(
        book,
        page,
        "分类别",
        ("次序", "类别", "可压", "压减", "余量", "依据"),
        classes,
        unit=VOLUME,
        none="本级别没有压减的权限",
    )
    lacking: list[list[Value]] = [
        [
            one.label,
            lexicon.customer_classes[one.customer_class].label,
            lexicon.areas[one.area].label,
            one.amount,
            WHY[one.why],
        ]
        for one in plan.unserved
    ]
    add(book, page, "仍缺", ("用户", "类别", "地区", "缺", "为什么不压"), lacking, unit=VOLUME, red=("缺",))
    back: list[list[Value]] = [
        [str(place), line.label, line.class_label, PARTS[line.part], line.cut]
        for place, line in enumerate(plan.restoration, 1)
    ]
    add(book, page, "恢复次序", ("次序", "用户", "类别", "方式", "已压"), back, unit=VOLUME)
    scale = HOURS_PER_DAY / horizon.step_hours
    hours: list[list[Value]] = [
        [line.label, PARTS[line.part], *(float(value) * scale for value in line.by_step)] for line in plan.lines
    ]
    steps = [f"{horizon.moment(step):%d日%H时}" for step in range(horizon.steps)]
    add(book, page, "分时压减", ("用户", "方式", *steps), hours, unit=RATE, form=HOURLY, red=())
    notes: list[list[Value]] = [["时间", f"{horizon.start:%Y-%m-%d %H:%M}—{end:%Y-%m-%d %H:%M}"]]
    notes.extend(["结论", line] for line in summary(plan, severer))
    notes.extend(["说明", line] for line in (*remarks, *plan.powers.notes))
    notes.append(["性质", "以上为压减建议。是否压减，由预案规定的人决定并下达。"])
    add(book, page, "说明", ("项目", "内容"), notes)
    out = BytesIO()
    book.save(out)
    return out.getvalue()
