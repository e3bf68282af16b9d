"""The week ahead as one figure on A4: demand and supply above, the gap in the middle, the chance of each level below.

It stands alone because it alone needs matplotlib, which not every duty room installs. Colours are told apart by lightness
as well as by hue, so that they hold for the colour-blind and on a black-and-white printer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from zhishou.assess.ahead import Job
from zhishou.assess.week_chances import LadderWeek
from zhishou.cli.supply_forecast import WEEKDAYS
from zhishou.errors import ZhishouError
from zhishou.supply.basis import Threshold, basis
from zhishou.supply.forecast.almanac import almanac
from zhishou.supply.gap_facts import CITY_GAP
from zhishou.supply.units import RATE, REFERENCE

SIZE = (11.69, 8.27)
"""A4 on its side, inches."""

PAST_DAYS = 14

SYSTEM_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei",
    "Microsoft YaHei", "PingFang SC", "SimHei",
)  # fmt: skip
"""Chinese fonts that a machine may have, the best first."""

LINES = ("#b2182b", "#d6604d", "#b07d00", "#2166ac")
"""The colours of thin lines for levels, dark enough to be seen."""

LEVEL_COLOURS = {
    1: ("#b2182b",),
    2: ("#b2182b", "#f4a582"),
    3: ("#b2182b", "#ef8a62", "#fddb9b"),
    4: ("#b2182b", "#ef8a62", "#fed976", "#92c5de"),
}
"""Number of levels → their colours, the most severe first and darkest."""
NO_LEVEL = "#f2f2f2"

SOURCE_COLOURS = ("#9ecae1", "#c6dbef", "#a1d99b", "#c7e9c0", "#dadaeb", "#d9d9d9", "#bcbddc", "#e5d8bd")
INK, GREY, DEMAND, BAND = "#1f2933", "#6b7280", "#08306b", "#4292c6"

INSTALL = "安装画图组件：pip install 'zhishou[plots]'"


def written(job: Job, file: Path) -> None:
    """Write the figure; the same forecast gives the same bytes.

    Args:
        job: the forecast.
        file: ends in .png or .svg.

    Raises:
        ZhishouError: as `able`; or no Chinese font.
    """
    form = able(file)
    with _looks():
        figure = drawn(job)
        # Date and version would make two figures of one forecast differ.
        metadata = {"Date": None, "Creator": None} if form == "svg" else {"Software": None}
        figure.savefig(file, format=form, dpi=150, metadata=metadata)


def able(file: Path) -> str:
    """The form that a figure would have, asked before the long work that it shows.

    Raises:
        ZhishouError: an ending other than .png or .svg, or no matplotlib.
    """
    form = file.suffix.lower().lstrip(".")
    if form not in {"png", "svg"}:
        raise ZhishouError(f"不会画成“{file.suffix or file.name}”", where="--plot", mend="文件名以 .png 或 .svg 结尾")
    if find_spec("matplotlib") is None:
        raise ZhishouError("没有安装画图组件", where="--plot", mend=INSTALL)
    return form


@contextmanager
def _looks() -> Iterator[None]:
    """The house's settings for one figure; what else the process draws is left alone."""
    import matplotlib as mpl

    settings: Any = {
        "font.family": [_font()], "font.size": 9, "axes.unicode_minus": False, "svg.hashsalt": "zhishou", "svg.fonttype": "path",
        "axes.edgecolor": GREY, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK, "ytick.color": INK,
        "hatch.linewidth": 0.6, "axes.spines.top": False, "axes.spines.right": False,
    }  # fmt: skip
    with mpl.rc_context(settings):
        yield


def _font() -> str:
    """The name of a font with Chinese characters.

    Raises:
        ZhishouError: the machine has none and none is installed with the plots.
    """
    from matplotlib import font_manager

    there = {font.name for font in font_manager.fontManager.ttflist}
    if found := next((name for name in SYSTEM_FONTS if name in there), None):
        return found
    # The package changes settings when it is imported, so that only its file is taken.
    package = find_spec("mplfonts")
    for folder in (package.submodule_search_locations or []) if package else []:
        file = Path(folder) / "fonts" / "NotoSansCJKsc-Regular.otf"
        if file.is_file():
            font_manager.fontManager.addfont(file)
            return str(font_manager.FontProperties(fname=file).get_name())
    raise ZhishouError("本机没有中文字体", where="--plot", mend=f"安装思源黑体或文泉驿，或{INSTALL}")


def drawn(job: Job) -> Any:
    """The figure, a matplotlib Figure of SIZE."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=SIZE)
    ladders = job.chances
    grid = figure.add_gridspec(
        3, max(len(ladders), 1), height_ratios=(3.3, 2.1, 2.0), left=0.07, right=0.86, top=0.86, bottom=0.085, hspace=0.45,
        wspace=0.4,
    )  # fmt: skip
    _title(figure, job)
    _demand(figure.add_subplot(grid[0, :]), job)
    _gap(figure.add_subplot(grid[1, :]), job)
    for number, ladder in enumerate(ladders):
        several = len({one.plan for one in ladders}) > 1
        title = f"{ladder.short if several else ''}{ladder.label}各级概率"
        _chances(figure.add_subplot(grid[2, number]), ladder, title)
    return figure


def _title(figure: Any, job: Job) -> None:
    area = job.desk.shelf.lexicon.areas[job.desk.system.area].label
    figure.text(0.07, 0.958, f"{area}天然气今后七日供需预测", fontsize=16, va="center")
    figure.text(
        0.07, 0.921, f"起报 {job.forecast.issued} 晚　气量为{RATE}（{REFERENCE}）", fontsize=9, color=GREY, va="center"
    )
    if job.illustrative:
        figure.text(
            0.985, 0.953, "示意数据，非真实", fontsize=12, color="#b2182b", ha="right", va="center",
            bbox={"boxstyle": "round,pad=0.35", "fc": "white", "ec": "#b2182b"},
        )  # fmt: skip
    said = "概率由 4000 条等可能情景得出，为预测，不是现状；是否预警、启动响应，由预案规定的人决定。"
    figure.text(0.07, 0.02, said, fontsize=8, color=GREY, va="center")


def _demand(axes: Any, job: Job) -> None:
    days = np.arange(len(job.days), dtype=float)
    past = job.cleaned.usable[-PAST_DAYS:]
    before = np.arange(-past.size, 0, dtype=float)
    low, high = _stack(axes, job, days)
    wide, narrow = job.band(90), job.band(50)
    # The band begins at the last known day, so that the fan opens where knowledge ends.
    axes.fill_between(days, *wide, color=BAND, alpha=0.25, lw=0, label="需求 90% 区间", zorder=3)
    axes.fill_between(days, *narrow, color=BAND, alpha=0.45, lw=0, label="需求 50% 区间", zorder=4)
    axes.plot(days, job.median, color=DEMAND, lw=2, marker="o", ms=4, label="需求中位", zorder=6)
    axes.plot(before, past, color=INK, lw=1.4, marker="o", ms=3, label="实际用气（已清洗）", zorder=5)
    if np.isnan(past).any():
        left_out = before[np.isnan(past)]
        looks: Mapping[str, Any] = {"ls": "", "marker": "x", "ms": 6, "color": "#b35806"}
        axes.plot(left_out, np.full(left_out.size, np.nanmean(past)), label="缺报或剔除", zorder=5, **looks)
    if np.isfinite(past[-1]):
        axes.plot([-1, 0], [past[-1], job.median[0]], color=DEMAND, lw=1, ls=":", zorder=5)
    axes.axvline(-0.5, color=GREY, lw=0.8, ls="--")
    seen = np.concatenate([past[np.isfinite(past)], wide.ravel(), [low, high] if high > 0 else []])
    axes.set_ylim(0, float(seen.max()) * 1.08)
    if high <= 0:
        axes.set_ylim(float(seen.min()) * 0.94, float(seen.max()) * 1.05)
    axes.set_title("需求与可供", loc="left", fontsize=11)
    axes.set_ylabel(RATE)
    _days(axes, job, past.size)
    axes.grid(axis="y", color="#e5e7eb", lw=0.6)
    axes.set_axisbelow(True)
    handles, labels = axes.get_legend_handles_labels()
    axes.legend(handles[::-1], labels[::-1], loc="upper left", bbox_to_anchor=(1.005, 1.04), frameon=False, fontsize=8)


def _stack(axes: Any, job: Job, days: Any) -> tuple[float, float]:
    """Columns of the gas of each source; what is not certain is hatched. The least and the greatest total."""
    bottom = np.zeros(days.size)
    sources = sorted(job.week.supply.sources, key=lambda one: -one.rate[0].high)
    for number, source in enumerate(sources):
        sure = np.array([rate.low for rate in source.rate])
        may = np.array([rate.high for rate in source.rate])
        colour = SOURCE_COLOURS[number % len(SOURCE_COLOURS)]
        axes.bar(days, sure, 0.86, bottom=bottom, color=colour, ec="white", lw=0.5, label=source.label, zorder=1)
        if (may > sure).any():
            axes.bar(
                days, may - sure, 0.86, bottom=bottom + sure, fc="white", ec=colour, hatch="////", lw=0.5, zorder=1
            )
        bottom = bottom + may
    if sources:
        axes.hlines(bottom, days - 0.43, days + 0.43, color=INK, lw=1.4, zorder=2, label="可供合计")
    return float(bottom.min()), float(bottom.max())


def _days(axes: Any, job: Job, past: int) -> None:
    """Dates below the columns, with the weekday, days of rest in another colour."""
    every = [*job.cleaned.days[len(job.cleaned.days) - past :], *job.days]
    months = [f"{day.month}月" if day.day == 1 or day == every[0] else "" for day in every]
    labels = [f"{month}{day.day}\n{WEEKDAYS[day.weekday()]}" for month, day in zip(months, every, strict=True)]
    axes.set_xlim(-past - 0.6, len(job.days) - 0.4)
    axes.set_xticks(range(-past, len(job.days)), labels, fontsize=8)
    for tick, rest in zip(axes.get_xticklabels(), almanac(every).off, strict=True):
        tick.set_color("#b35806" if rest else INK)
    axes.tick_params(length=2)


def _gap(axes: Any, job: Job) -> None:
    axes.set_title("供需缺口率（缺口 ÷ 需求）", loc="left", fontsize=11)
    axes.set_ylabel("%")
    days = np.arange(len(job.days), dtype=float)
    _long_days(axes, job)
    shares = [job.gap(number, (0.05, 0.25, 0.5, 0.75, 0.95), share=True) for number in range(days.size)]
    known = [one for one in shares if one is not None]
    if not known:
        axes.text(0.5, 0.5, "可供气量不明，不推算缺口", transform=axes.transAxes, ha="center", va="center", color=GREY)
        axes.set_yticks([])
        return
    least = np.array([[ends[0] for ends in one] for one in known]).T
    most = np.array([[ends[1] for ends in one] for one in known]).T
    axes.fill_between(days, least[0], most[4], color=BAND, alpha=0.25, lw=0, label="90% 区间")
    axes.fill_between(days, least[1], most[3], color=BAND, alpha=0.45, lw=0, label="50% 区间")
    axes.plot(days, most[2], color=DEMAND, lw=2, marker="o", ms=4, label="中位")
    if not np.array_equal(least[2], most[2]):
        axes.plot(days, least[2], color=DEMAND, lw=1.2, ls="--", label="中位（气源全到）")
    packs = list({pack.id: pack for pack, _ in job.ladders}.values())
    found = basis(CITY_GAP, packs, job.desk.shelf.lexicon).thresholds
    top = max(float(most[4].max()) * 1.12, *(1.25 * one.at_least for one in found), 1.0)
    axes.set_ylim(0, top)
    for place, (one, colour) in _spread(found, top).items():
        axes.axhline(one.at_least, color=colour, lw=1.2, ls=(0, (5, 2)), zorder=0)
        label = f"{one.level} ≥{one.at_least:g}%〔{'、'.join(one.clause)}〕"
        axes.annotate(
            label, (1.0, one.at_least), (1.012, place), xycoords=("axes fraction", "data"), fontsize=8, va="center",
            textcoords=("axes fraction", "data"), annotation_clip=False,
        )  # fmt: skip
    axes.grid(axis="x", color="#eef0f2", lw=0.6)
    axes.legend(loc="upper left", frameon=False, fontsize=8, ncols=4)


def _spread(found: tuple[Threshold, ...], top: float) -> dict[float, tuple[Threshold, str]]:
    """Where the label of each threshold goes so that no two overlap, with its colour."""
    levels = sorted(found, key=lambda one: -one.at_least)
    names = list(dict.fromkeys(one.level for one in levels))
    placed: dict[float, tuple[Threshold, str]] = {}
    last = -top
    for one in reversed(levels):
        last = max(one.at_least, last + 0.12 * top)
        placed[last] = (one, LINES[min(names.index(one.level), len(LINES) - 1)])
    return placed


def _long_days(axes: Any, job: Job) -> None:
    axes.set_xlim(-0.6, len(job.days) - 0.4)
    axes.set_xticks(
        range(len(job.days)), [f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}" for day in job.days], fontsize=8
    )
    axes.tick_params(length=2)


def _chances(axes: Any, ladder: LadderWeek, title: str) -> None:
    from matplotlib.patches import Patch

    levels = ladder.days[0].levels
    colours = [*LEVEL_COLOURS[min(len(levels) - 1, 4)], NO_LEVEL]
    handles: list[Any] = []
    bottom = np.zeros(len(ladder.days))
    days = np.arange(len(ladder.days), dtype=float)
    hatched = False
    for number, level in enumerate(levels):
        settled = np.array([day.levels[number].settled for day in ladder.days]) * 100
        known = np.array([day.levels[number].known for day in ladder.days]) * 100
        looks: Mapping[str, Any] = {"color": colours[number], "ec": "white", "lw": 0.6}
        axes.bar(days, settled, 0.8, bottom=bottom, **looks)
        unsure = known - settled
        if (unsure > 0.05).any():
            hatched = True
            axes.bar(days, unsure, 0.8, bottom=bottom + settled, fc=colours[number], ec=GREY, hatch="///", lw=0)
        for day, share, below in zip(days, known, bottom, strict=True):
            if share >= 12 and level.level:
                ink = "white" if number == 0 else INK
                paper = {"fc": colours[number], "ec": "none", "pad": 1}
                axes.text(
                    day, below + share / 2, f"{share:.0f}", ha="center", va="center", fontsize=8, color=ink, bbox=paper
                )
        bottom = bottom + known
        handles.append(Patch(fc=colours[number], ec="#bdbdbd", lw=0.5, label=level.label))
    if hatched:
        handles.append(Patch(fc="white", ec=GREY, hatch="///", lw=0.5, label="或更高（不明）"))
    for place, day in zip(days, ladder.days, strict=True):
        if day.unknown:
            axes.text(
                place,
                50,
                "不明",
                ha="center",
                va="center",
                fontsize=9,
                color=INK,
                bbox={"fc": "white", "ec": "none", "pad": 2},
            )
    axes.set_ylim(0, 100)
    axes.set_xlim(-0.6, len(ladder.days) - 0.4)
    axes.set_xticks(days, [f"{day.day.day}日\n周{WEEKDAYS[day.day.weekday()]}" for day in ladder.days], fontsize=8)
    axes.tick_params(length=2)
    axes.set_title(title, loc="left", fontsize=11)
    axes.set_ylabel("%")
    axes.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(1.0, 1.05), frameon=False, fontsize=7.5, handlelength=1.4
    )
