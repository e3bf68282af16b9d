"""The week ahead as a workbook, ready to print: one sheet for each question, in the house's looks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

import numpy as np
from openpyxl import Workbook

from zhishou.assess.ahead import SAMPLES, Job
from zhishou.cli import supply_backtest
from zhishou.cli.supply_figures import shown
from zhishou.cli.supply_forecast import day_mark, mark_said, missing_facts
from zhishou.supply.forecast.baselines import BASELINES
from zhishou.supply.forecast.history import LEADS
from zhishou.supply.returns import style
from zhishou.supply.units import RATE, REFERENCE

Cell = str | float | None

_FIGURE, _SHARE = "0.0", "0%"


def workbook(job: Job, tested: supply_backtest.Tested | None = None) -> bytes:
    """The forecast, and its back-test where there is one, as .xlsx."""
    book = Workbook()
    area = job.desk.shelf.lexicon.areas[job.desk.system.area].label
    _sheet(book, "七日预测", f"{area}今后{LEADS}日供需预测", job, *_week(job))
    for ladder in job.chances:
        labels = [level.label for level in ladder.days[0].levels]
        _sheet(
            book, f"{ladder.label}概率", f"{ladder.short}{ladder.label}各级概率", job,
            ["日期", *(f"{label}{end}" for label in labels for end in ("", " 至少", " 至多"))],
            [
                [
                    day_mark(day.day),
                    *(
                        share
                        for one in day.levels
                        for share in ("不明" if day.unknown else one.known, one.exactly.at_least, one.exactly.at_most)
                    ),
                ]
                for day in ladder.days
            ],
            form=_SHARE,
            notes=["第一列只凭已知要素；至少、至多计入不明的要素", *(f"不明的要素：{said}" for said in missing_facts(ladder)),
                   *(f"另计入：{said}" for said in job.stated)],
        )  # fmt: skip
    _sheet(
        book, "由来", "预测由来", job, ["日期", *(term.label for term in job.forecast.explanation[0]), "合计"],
        [
            [day_mark(day), *(term.contribution for term in terms), float(point)]
            for day, terms, point in zip(job.days, job.forecast.explanation, job.forecast.points, strict=True)
        ],
        notes=[f"{term.label}：{term.meaning}" for term in job.forecast.explanation[0]],
    )  # fmt: skip
    _sheet(
        book, "数据清洗", "历史数据清洗", job, ["日期", "原因", "报数", "改用", "说明"],
        [[mark.day.isoformat(), mark.reason.value, mark.value, mark.used, mark_said(mark)] for mark in job.forecast.marks],
    )  # fmt: skip
    if tested is not None:
        _sheet(
            book, "回测", "回测：各方法各预见期的误差", job,
            ["预见期（天）", "方法", "天数", "绝对误差", "相对误差%", "分位损失", "CRPS", "50% 区间%", "80% 区间%", "90% 区间%",
             "98% 区间%", "90% 带宽", "技巧"],
            [[score.lead, score.model, *supply_backtest.score_cells(score)] for score in tested.found.scores],
            form="0.00", notes=[f"气温：{tested.found.temperatures}"],
        )  # fmt: skip
        _sheet(
            book, "概率检验", "级别概率的检验", job, ["级别", "预报概率从", "到", "天数", "平均预报", "实际发生"],
            [
                [one.level, each.low, each.high, each.count, each.said, each.came]
                for one in tested.found.calibration
                for each in one.bins
            ],
            form="0.0%", notes=[tested.supply],
        )  # fmt: skip
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _week(job: Job) -> tuple[list[str], list[list[Cell]]]:
    heads = ["日期", "气温 ℃", "需求中位", "50% 低", "50% 高", "90% 低", "90% 高", *BASELINES, "可供", "缺口概率 %", "缺口中位",
             "缺口 95% 上限", "缺口率中位 %"]  # fmt: skip
    half, most = job.band(50), job.band(90)
    rows: list[list[Cell]] = []
    for number, day in enumerate(job.days):
        gap, share, likely = (
            job.gap(number, (0.5, 0.95)),
            job.gap(number, (0.5,), share=True),
            job.gap_chance(number),
        )
        gas = job.week.supply.of(number)
        rows.append(
            [
                day_mark(day), float(np.median(job.course[:, number])), float(job.median[number]),
                *(float(ends[end, number]) for ends in (half, most) for end in (0, 1)),
                *(None if np.isnan(said[number]) else float(said[number]) for said in job.baselines.values()),
                "不明" if gas is None else gas.low if gas.known else shown(gas),
                _ends((likely[0] * 100, likely[1] * 100) if likely else None), _ends(gap[0] if gap else None), _ends(gap[1] if gap else None),
                _ends(share[0] if share else None),
            ]
        )  # fmt: skip
    return heads, rows


def _ends(ends: tuple[float, float] | None) -> Cell:
    """A figure, or both its ends where it is known only within a range."""
    if ends is None:
        return "不明"
    return ends[0] if ends[0] == ends[1] else f"{ends[0]:.1f}～{ends[1]:.1f}"


def _sheet(
    book: Workbook, name: str, title: str, job: Job, heads: Sequence[str], rows: Iterable[Sequence[Cell | int]], *,
    form: str = _FIGURE, notes: Iterable[str] = (),
) -> None:  # fmt: skip
    first = len(book.worksheets) == 1 and book.worksheets[0].title == "Sheet"
    sheet, width = style.page(book, name), len(heads)
    style.title(sheet, 1, title, width)
    mark = "示意数据，非真实　　" if job.illustrative else ""
    style.title(sheet, 2, f"{mark}起报 {job.forecast.issued} 晚　单位 {RATE}（{REFERENCE}）", width, style.SUBTITLE)
    for column, text in enumerate(heads, start=1):
        style.put(sheet, (3, column), text, font=style.LABEL, fill=style.HEAD, border=style.GRID, align=style.CENTRE)
    row = 3
    # Headings wrap, so that figures set the width and the print stays large.
    widest = [9.0] * width
    for row, cells in enumerate(rows, start=4):
        for column, value in enumerate(cells, start=1):
            number = isinstance(value, float)
            style.put(
                sheet, (row, column), value, border=style.GRID, align=style.RIGHT if number else style.CENTRE,
                form=form if number else "",
            )  # fmt: skip
            if isinstance(value, str):
                widest[column - 1] = max(widest[column - 1], _width(value))
    told = [*notes, *(job.notes if first else ())]
    told.append(f"以上为预测（{SAMPLES} 条等可能情景），不是现状；是否预警、启动响应，由预案规定的人决定。")
    for row, text in enumerate(told, start=row + 2):  # noqa: B020 - the lines go on where the table ended
        style.put(sheet, (row, 1), text, font=style.SMALL, align=style.LEFT_PLAIN)
    style.widths(sheet, [min(60.0, one + 2) for one in widest])
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height, sheet.row_dimensions[3].height = 30, 18, 34
    sheet.freeze_panes = "B4"
    style.paper(sheet, landscape=True, last_column=width, last_row=row, repeat="3:3")


def _width(text: str) -> float:
    return float(sum(2 if ord(letter) > 255 else 1 for letter in text))
