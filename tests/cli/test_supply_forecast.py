"""The forecast on the command line: files refused line by line, tables, JSON, workbook, figure, back-test."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from zhishou.assess.ahead import Job
from zhishou.assess.week_chances import chances
from zhishou.cli import (
    supply_ahead,
    supply_backtest,
    supply_forecast,
    supply_forecast_book,
    supply_history,
    supply_plots,
)
from zhishou.cli.app import app
from zhishou.cli.supply_returns import import_
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError
from zhishou.plan.load import Library
from zhishou.supply.balance import Range
from zhishou.supply.forecast import History
from zhishou.supply.forecast.files import until
from zhishou.supply.reading import read_system
from zhishou.supply.week import week_ahead

DEMO = Path(__file__).resolve().parents[2] / "examples" / "jincheng-supply"
HISTORY, WEATHER = DEMO / "history.csv", DEMO / "weather.csv"
RESPONSES = ("Ⅰ级响应", "Ⅱ级响应", "Ⅲ级响应")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, packs: Library) -> Path:
    """A data folder on the evening of 14 December."""
    folder = tmp_path_factory.mktemp("data")
    text = (DEMO / "system.yaml").read_text("utf-8")
    (folder / "system.yaml").write_text(text, "utf-8")
    import_(
        [DEMO / "returns" / "2026-12-14"],
        folder,
        read_system(text, "system.yaml", packs.lexicon),
        at="2026-12-14T20:00",
    )
    return folder


@pytest.fixture(scope="module")
def job(data: Path) -> Job:
    desk, _ = supply_ahead.opened(None, str(data), "2026-12-15")
    return supply_ahead.job(desk, HISTORY, WEATHER)


def problems(raised: pytest.ExceptionInfo[ProblemsError]) -> list[str]:
    return [str(one) for one in raised.value.problems]


def test_every_bad_line_of_the_history_is_told(tmp_path: Path):
    file = tmp_path / "history.csv"
    file.write_bytes(
        "# 抬头\n日期,用气量（万立方米/日）,气温,可供\n2026-12-01,300,-1,310\n2026-12-03,三百,-1,\n2026-12-02,300,-185,\n,300,1,\n"
        "12月5日,300,1,\n2026-02-30,300,1,\n2026/12/6,,—,-5\n".encode("gb18030")
    )
    with pytest.raises(ProblemsError) as raised:
        supply_history.read_history(file)
    assert problems(raised) == [
        "history.csv:4：“三百”不是数（只写数字，单位为万立方米/日；不知道的留空）",
        "history.csv:5：2026-12-02排在2026-12-03之后（按日期先后排列）",
        "history.csv:5：气温 -185 ℃，不可能（单位应为 ℃，核对是否写成了十分之一度；不知道的留空）",
        "history.csv:6：没有日期（补上日期，或删去这一行）",
        "history.csv:7：“12月5日”没有写年份（写成 2026-12-15 的样子）",
        "history.csv:8：没有 2026 年 2 月 30 日（写成 2026-12-15 的样子）",
        "history.csv:9：可供气量为 -5，不能小于 0（核对后改正；不知道的留空）",
    ]


def test_every_bad_line_of_the_weather_is_told(tmp_path: Path):
    file = tmp_path / "weather.csv"
    file.write_text("day,temperature\n2026-12-15,-3\n2026-12-15,-4\n2026-12-16,\n2026-12-17,99\n", "utf-8")
    with pytest.raises(ProblemsError) as raised:
        supply_history.read_weather(file)
    assert problems(raised) == [
        "weather.csv:3：2026-12-15写了两次（只留一行）",
        "weather.csv:4：2026-12-16的气温缺失（补齐后再预测；不能以 0 代替）",
        "weather.csv:5：气温 99 ℃，不可能（单位应为 ℃，核对是否写成了十分之一度；不知道的留空）",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "weather.csv：文件是空的"),
        ("a,b\n1,2\n", r"weather.csv:1：没有 day（日期）、temperature（气温） 列（第一行写列名"),
        ("day,temperature\n", "weather.csv：没有任何一天的气温（每天一行"),
    ],
)
def test_a_table_without_what_is_needed_is_refused(tmp_path: Path, text: str, said: str):
    file = tmp_path / "weather.csv"
    file.write_text(text, "utf-8")
    with pytest.raises(ZhishouError) as raised:
        supply_history.read_weather(file)
    assert str(raised.value).startswith(said)


def test_a_file_that_is_not_there_says_which_option_names_it(tmp_path: Path):
    with pytest.raises(NotFoundError, match=r"没有文件 .*用 --history 指明；第一行写列名 day,demand,temperature"):
        supply_history.read_history(tmp_path / "history.csv")


def test_an_ensemble_and_the_days_it_reaches(tmp_path: Path):
    file = tmp_path / "weather.csv"
    rows = "".join(f"2026-12-{day},-{day - 10},-{day - 8}\n" for day in range(15, 22))
    file.write_text(f"日期,气温1,气温2\n{rows}", "utf-8")
    found = supply_history.read_weather(file)
    assert found.of(date(2026, 12, 15)).shape == (2, 7)
    with pytest.raises(ZhishouError, match=r"没有2026-12-22的气温预报.*2026-12-16 至 2026-12-22"):
        found.of(date(2026, 12, 16))


def test_days_between_the_history_and_the_first_day_ahead():
    past, ahead = supply_history.read_history(HISTORY), supply_history.read_weather(WEATHER)
    joined, said = until(past.history, date(2026, 12, 16), ahead)
    assert joined.days[-1] == date(2026, 12, 15)
    assert np.isnan(joined.demand[-1])
    assert joined.temperature[-1] == ahead.temperatures[0, 0]
    assert said == "2026-12-15还没有用气量，按缺报计；气温取自气温预报文件"
    with pytest.raises(
        ZhishouError, match="历史数据到 2026-12-14，预测从 2027-01-15 起，中间缺 2026-12-25 至 2027-01-14 间的 21 天"
    ):
        until(past.history, date(2027, 1, 15), ahead)
    with pytest.raises(ZhishouError, match="2020-01-01之前没有数据"):
        until(past.history, date(2020, 1, 1), ahead)


def test_the_example_is_what_its_generator_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(DEMO))
    import make_history  # noqa: PLC0415 - it lies beside the files it writes

    monkeypatch.setattr(make_history, "__file__", str(tmp_path / "make_history.py"))
    make_history.main()
    sys.modules.pop("make_history")
    for file in (HISTORY, WEATHER):
        assert (tmp_path / file.name).read_bytes() == file.read_bytes()
        assert "示意数据，非真实" in file.read_text("utf-8").splitlines()[0]
    assert HISTORY.stat().st_size < 60_000


def test_the_forecast_agrees_with_the_returns(job: Job):
    assert job.days[0] == date(2026, 12, 15)
    low, high = job.band(90)
    assert low[0] < 322.32 < high[0]
    assert low[1] < 333.96 < high[1]
    assert abs(job.median[0] - 322.32) < 6
    assert abs(job.median[1] - 333.96) < 8
    returned = next(note for note in job.notes if "所报需求 322.32" in note)
    assert "在预测的 50% 区间内" in returned
    assert job.gap_chance(0) == (1.0, 1.0)
    first = job.forecast.explanation[0]
    assert sum(term.contribution for term in first) == pytest.approx(job.forecast.points[0])


def test_chances_are_ranges_where_facts_are_unknown(job: Job):
    response, warning = job.chances
    assert (response.kind, warning.kind) == ("response", "warning")
    first, later = response.days[0], warning.days[1]
    assert [one.label for one in first.levels] == [*RESPONSES, "不够级别"]
    assert sum(one.known for one in first.levels) == pytest.approx(1)
    # What the city cannot cope with is level I; nobody has said that it can.
    assert first.levels[0].exactly.at_most == 1
    assert first.missing == ("事件超出本市行政区域", "超出市级处置能力")
    assert not warning.days[0].open
    assert later.unknown
    assert supply_forecast.missing_facts(warning) == [
        "跨设区市局部地区供需缺口（预计）、全省天然气供需缺口（预计）（12-16 起）"
    ]


def test_a_source_that_is_late_makes_gap_and_chances_ranges(job: Job):
    first, *others = job.week.supply.sources
    late = replace(first, rate=tuple(Range(0.0, one.high) for one in first.rate), told_on=(None,) * 7)
    supply = replace(job.week.supply, sources=(late, *others), groups=())
    desk = job.desk
    week = week_ahead(job.week.demand, supply, desk.system, desk.shelf.lexicon, stated=[CALM] * 7)
    found = replace(job, week=week, chances=chances(week, job.ladders, desk.shelf))
    day = found.chances[0].days[0]
    # With all its gas the gap is some 7 %, without it some 47 %: any course may lie at this level or above.
    known = [one.known for one in day.levels]
    assert [one.exactly.at_least for one in day.levels[1:]] == [0, 0, 0]
    assert [one.exactly.at_most for one in day.levels] == pytest.approx([1, sum(known[1:]), sum(known[2:]), known[3]])
    assert (day.levels[0].or_worse.at_least, day.levels[0].or_worse.at_most) == (day.levels[0].known, 1)
    assert sum(one.known for one in day.levels) == pytest.approx(1)
    said = supply_forecast.forecast_text(found)
    assert "171～299.5" in said
    assert "气源未报的，前一数按来足计" in said
    assert supply_plots.drawn(found) is not None


CALM = {
    "province_gas_response_level": "未启动", "beyond_city_area": False, "city_capacity_exceeded": False,
    "cross_county_gas_gap_pct": 0.0,
}  # fmt: skip


def test_the_text_says_units_baselines_marks_and_what_it_rests_on(job: Job):
    said = supply_forecast.forecast_text(job, explain=2)
    for part in (
        "※ 示意数据，非真实", "单位　万立方米/日（20 ℃、101.325 kPa）", "昨日持平  上周同日  历年同期", "12-19 周六 休",
        "12-16 周三 的由来", "近日修正", "历史数据清洗：7 处", "2025-12-11　单位或小数点错　报 3026.7，改用 302.67",
        "各气源可供气量报到 12月15日，此后沿用当日的数", "高平市、陵川县", "计入报表所述", "省迎峰度冬响应级别 IV，用到 12月21日", "另可由指挥部认定启动，不计入以上概率", "不是现状",
    ):  # fmt: skip
        assert part in said, part
    assert "\x1b[" not in said
    assert "\x1b[" in supply_forecast.forecast_text(job, colour=True)


def test_json_holds_the_same(job: Job):
    found = json.loads(supply_forecast.forecast_json(job, {"scores": []}))
    assert found["schema"] == "zhishou.forecast/1"
    assert found["illustrative"] is True
    day = found["days"][0]
    assert day["demand"]["quantiles"][4] == pytest.approx(job.median[0], abs=1e-5)
    assert day["supply"] == {"value": 299.5}
    assert sum(term["contribution"] for term in day["demand"]["terms"]) == pytest.approx(
        day["demand"]["point"], abs=1e-4
    )
    levels = found["ladders"][0]["days"][0]["levels"]
    assert [one["level"] for one in levels] == ["I", "II", "III", None]
    assert all(
        one["exactly"]["at_least"] <= one["by_known_facts"] <= one["exactly"]["at_most"] + 1e-6 for one in levels
    )
    assert len(found["marks"]) == 7
    assert found["backtest"] == {"scores": []}


def test_the_workbook_is_ready_to_print(job: Job):
    book = load_workbook(BytesIO(supply_forecast_book.workbook(job)))
    assert book.sheetnames == ["七日预测", "应急响应概率", "预警概率", "由来", "数据清洗"]
    sheet = book["七日预测"]
    assert sheet["A1"].value == "晋城市今后7日供需预测"
    assert "示意数据，非真实" in sheet["A2"].value
    assert sheet["C4"].value == pytest.approx(job.median[0])
    assert sheet.page_setup.orientation == "landscape"
    assert book["预警概率"]["B5"].value == "不明"


@pytest.fixture(scope="module")
def bare(job: Job) -> Job:
    """The same forecast where nothing is known of supply."""
    week = replace(job.week, supply=replace(job.week.supply, sources=(), groups=()))
    return replace(job, week=week, chances=())


def test_the_figure_is_drawn_with_chinese_letters(job: Job, bare: Job, tmp_path: Path):
    # A letter that the font lacks is a warning, and warnings are errors.
    file = tmp_path / "a.png"
    supply_plots.written(job, file)
    assert file.read_bytes().startswith(b"\x89PNG")
    assert file.stat().st_size > 50_000
    said = {text.get_text() for text in supply_plots.drawn(bare).findobj() if hasattr(text, "get_text")}
    assert "可供气量不明，不推算缺口" in said


def test_the_same_forecast_gives_the_same_svg(job: Job, tmp_path: Path):
    first, second = tmp_path / "a.svg", tmp_path / "b.svg"
    supply_plots.written(job, first)
    supply_plots.written(job, second)
    assert first.read_bytes() == second.read_bytes()
    text = first.read_text("utf-8")
    assert "示意数据，非真实" in text
    assert "4.2.1(1)" in text


def test_a_figure_that_cannot_be_drawn_is_refused(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ZhishouError, match=r"文件名以 \.png 或 \.svg 结尾"):
        supply_plots.able(Path("a.pdf"))
    monkeypatch.setattr(supply_plots, "find_spec", lambda _: None)
    with pytest.raises(ZhishouError, match=r"pip install 'zhishou\[plots\]'"):
        supply_plots.able(Path("a.png"))


def test_a_machine_without_a_chinese_font_is_told_what_to_install(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(supply_plots, "SYSTEM_FONTS", ())
    monkeypatch.setattr(supply_plots, "find_spec", lambda name: None if name == "mplfonts" else name)
    with pytest.raises(ZhishouError, match="本机没有中文字体"):
        supply_plots.written(job, tmp_path / "a.png")


@pytest.fixture(scope="module")
def short() -> History:
    """A year and a half, so that the back-test is quick."""
    past = supply_history.read_history(HISTORY).history
    return History(past.days[-520:], past.demand[-520:], past.temperature[-520:])


def test_the_back_test_tells_how_far_it_has_come_and_what_came(short: History):
    told: list[tuple[int, int]] = []
    supply = dict.fromkeys(short.days, 300.0)
    found = supply_backtest.tested(
        short, supply, None, {"Ⅱ级": 3.0, "Ⅰ级": 60.0}, lambda done, all_: told.append((done, all_))
    )
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert len(told) == len(found.found.evenings)
    said = supply_backtest.text(found, colour=False)
    for part in (
        "本模型",
        "昨日持平",
        "上周同日",
        "历年同期",
        "第7天",
        "Brier 分",
        "由实况气温模拟的预报",
        "Ⅰ级　从未达到，无从检验",
    ):
        assert part in said, part
    score = found.found.score("本模型", 1)
    assert score.skill > 0.2
    assert 80 <= score.covered(90) <= 99
    kept = supply_backtest.as_json(found)
    assert json.loads(json.dumps(kept, allow_nan=False)) == kept


def test_the_levels_tested_are_those_of_the_plans(job: Job):
    levels = supply_backtest.thresholds(job.desk.shelf, job.ladders)
    assert list(levels.values()) == [10, 5, 3]
    assert next(iter(levels)) == "Ⅰ级响应（天然气迎峰度冬预案〔4.2.1(1)〕，全市缺口达到 10%）"


def test_what_was_typed_wrongly_is_refused(job: Job):
    for wrong in ("import", "import=x", "import=2", "import=0.1,0"):
        with pytest.raises(ZhishouError, match="写成 气源编号=每日中断概率"):
            supply_ahead.outages([wrong])
    with pytest.raises(ZhishouError, match="写成 300"):
        supply_ahead.rates("三百")
    with pytest.raises(ZhishouError, match="不是预测的日子"):
        supply_forecast.explained_day("8", job.days)
    assert supply_forecast.explained_day(str(job.days[0] + timedelta(days=2)), job.days) == 3


def test_no_chance_reads_as_certain_that_is_not():
    assert [supply_forecast.chance(one) for one in (0, 0.001, 0.5, 0.999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


def test_the_command(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    drawn: list[Path] = []
    monkeypatch.setattr(supply_plots, "written", lambda _, file: drawn.append(file))

    def run(*more: Any) -> Any:
        files = ("--history", str(HISTORY), "--weather", str(WEATHER), "--data", str(data))
        return CliRunner().invoke(app, ["supply", "forecast", "--day", "2026-12-15", *files, *map(str, more)])

    answer = run("--supply", 400, "--plot", tmp_path / "a.svg", "--out", tmp_path / "a.txt")
    assert answer.exit_code == 0, answer.output
    said = (tmp_path / "a.txt").read_text("utf-8")
    assert "全市可供气量由人给定，不是报表所报" in said
    assert drawn == [tmp_path / "a.svg"]
    # The province's level IV stands in the returns, and is level III here whatever the gap.
    assert "100%（0%～100%）" in said
