"""What is supposed as a workbook: now and then side by side, and the cut list that would follow, sheet for sheet as that of today."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from openpyxl import Workbook

from zhishou.cli.supply_cutbook import FINE, LINES, line, unserved
from zhishou.cli.supply_sheets import Page, Value, add
from zhishou.plan.lexicon import Lexicon
from zhishou.supply.curtail.cutlist import CutPlan
from zhishou.supply.units import HOURS_PER_DAY, VOLUME

SUPPOSED = "以上为推演，不是现状。"


def as_workbook(
    plans: tuple[CutPlan, CutPlan], gaps: Sequence[float], supposed: str, lexicon: Lexicon, remarks: Sequence[str]
) -> bytes:
    """The comparison as .xlsx.

    Args:
        plans: the cut list that stands, and the one that would follow.
        gaps: the city's gap of both on the gas day on which it is greatest, %.
        supposed: what is supposed, in words.
        lexicon: areas and classes.
        remarks: the level that would follow, how the level was chosen, what is assumed.
    """
    before, after = plans
    horizon = before.horizon
    when = f"{horizon.start:%Y-%m-%d %H:%M}—{horizon.moment(horizon.steps):%Y-%m-%d %H:%M}"
    place = lexicon.areas[horizon.system.area].label
    page = Page(f"推演（{supposed}）", place, horizon.start.date(), horizon.system, when)
    said = [*remarks, SUPPOSED]
    several = horizon.steps * horizon.step_hours > HOURS_PER_DAY
    rows: list[list[Value]] = [
        [f"供需缺口率（%{'，缺口最大的气日' if several else ''}）", *(round(one, 2) for one in gaps)],
        ["压减合计", before.saved, after.saved],
        ["仍缺", before.lacking, after.lacking],
    ]
    book = Workbook()
    add(book, page, "对比", ("项目", "现状", "推演"), rows, unit=VOLUME, red=(), below=said)
    steps: list[list[Value]] = [
        [one.label, one.cut, two.cut, two.cuttable, f"〔{'、'.join(one.clause)}〕"]
        for one, two in zip(before.steps, after.steps, strict=True)
    ]
    heads: tuple[str, ...] = ("类别", "现状压减", "推演压减", "可压", "依据")
    add(book, page, "分类别", heads, steps, unit=VOLUME, none="本级别没有压减的权限", below=[SUPPOSED])
    cut = [line(one, after, lexicon) for one in after.lines]
    add(book, page, "推演的压减清单", LINES, cut, unit=VOLUME, none="不压减任何用户", red=(), form=FINE, below=said)
    heads = ("用户", "类别", "地区", "缺", "时段", "为什么不压")
    lack = unserved(after, lexicon)
    add(book, page, "仍缺气", heads, lack, unit=VOLUME, none="没有", red=("缺",), form=FINE, below=[SUPPOSED])
    out = BytesIO()
    book.save(out)
    return out.getvalue()
