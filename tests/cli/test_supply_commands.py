"""The supply commands end to end on the made-up Jincheng: what a duty officer types, and what comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from zhishou.cli.app import app
from zhishou.errors import NotFoundError, ProblemsError, ZhishouError

Run = Callable[..., str]
DAY = ("--day", "2026-12-16")
AT = ("--at", "2026-12-15T21:15")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A data folder into which two evenings of returns have come, one of them short of a county and with a slip."""
    data = tmp_path_factory.mktemp("desk")
    for evening in ("2026-12-14", "2026-12-15"):
        said = typed(repository, data, "import", str(repository / "examples/jincheng-supply/returns" / evening),
                     "--at", f"{evening}T20:30", "--day", evening)  # fmt: skip
        assert "全部采用" in said
    return data


def typed(repository: Path, data: Path, *arguments: str) -> str:
    system = repository / "examples/jincheng-supply/system.yaml"
    words = ["supply", *arguments, "--data", str(data), "--system", str(system)]
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def run(repository: Path, folder: Path) -> Run:
    return lambda *arguments: typed(repository, folder, *arguments)


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """The same with the late county and the correction."""
    data = tmp_path_factory.mktemp("mended")
    home = repository / "examples/jincheng-supply"
    for evening in ("2026-12-14", "2026-12-15"):
        typed(repository, data, "import", str(home / "returns" / evening), "--at", f"{evening}T20:30", "--day", evening)
    typed(repository, data, "import", str(home / "late/2026-12-15"), "--at", "2026-12-15T21:10", "--day", "2026-12-15")
    return data


def test_a_late_county_and_a_slip_leave_a_range_and_are_named(run: Run):
    said = run("balance", *DAY)
    assert "报表不齐" in said
    assert "陵川" in said
    held = json.loads(run("held", "--json"))
    assert [one["written"] for one in held] == ["204"]
    assert held[0]["place"].endswith("G3")
    found = json.loads(run("assess", *DAY, "--at", "2026-12-15T20:45", "--format", "json"))
    plan = next(one for one in found["plans"] if one["plan"] == "jincheng/gas-winter-2021")
    response = next(ladder for ladder in plan["ladders"] if ladder["ladder"] == "response")
    assert {tuple(need["facts"]) for way in response["raises"] for need in way["needs"]} >= {("city_gas_gap_pct",)}


def test_nothing_is_cut_on_figures_that_nobody_returned(run: Run, tmp_path: Path):
    with pytest.raises(ProblemsError, match="陵川居民没有预计用气需求（未报）"):
        run("curtail", *DAY, *AT)
    said = run("curtail", *DAY, *AT, "--level", "II", "--assume", "--whole-days")
    assumed = "陵川县人民政府未报：陵川居民预计用气需求，暂按常年冬季用量 7 万立方米/日计"
    assert assumed in said
    assert "陵川 LNG 应急储备点日终库存，暂按应留量 10 吨计" in said
    words = ("curtail", *DAY, *AT, "--level", "II", "--assume", "--whole-days")
    assert any(assumed in remark for remark in json.loads(run(*words, "--format", "json"))["remarks"])
    file = tmp_path / "cut.xlsx"
    run(*words, "--format", "xlsx", "--out", str(file))
    sheet = load_workbook(BytesIO(file.read_bytes())).worksheets[0]
    assert any(assumed in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_the_whole_way_from_returns_to_the_cut_list(repository: Path, mended: Path):
    def run(*words: str) -> str:
        return typed(repository, mended, *words)

    balance = json.loads(run("balance", *DAY, "--format", "json"))
    gap = balance["balances"][0]["gap_pct"]
    assert gap == {"value": pytest.approx(100 * 38.96 / 333.96, abs=1e-6)}
    level = json.loads(run("assess", *DAY, *AT, "--format", "json"))
    plan = next(one for one in level["plans"] if one["plan"] == "jincheng/gas-winter-2021")
    response = next(ladder for ladder in plan["ladders"] if ladder["ladder"] == "response")
    assert response["level"] == "I"  # 38.96 of 333.96 are 11.67 %: 4.2.1(1)
    assert response["reasons"][0]["clause"] == ["4.2.1(1)"]
    cut = json.loads(run("curtail", *DAY, *AT, "--format", "json", "--uneven"))
    assert cut["level"] == "I"
    order = [line["place"] for line in cut["lines"]]
    assert order == sorted(order)
    assert cut["lines"][0]["class"] == "liquefaction"
    assert {line["class"] for line in cut["lines"]}.isdisjoint({"residential", "public_transport"})
    assert cut["restoration"] == [line["customer"] for line in sorted(cut["lines"], key=lambda line: -line["place"])]
    text = run("curtail", *DAY, *AT, "--level", "II", "--uneven")
    assert "Ⅱ级响应（由人指定的级别）" in text
    assert "〔4.2.2.2(2)〕" in text
    assert "只写动用“部分”应急储备，没有写多少；这里至多动用可用量的 50%" in text
    assert "…" not in text  # nothing is cut off in a table
    assert "以上为压减建议。是否压减，由预案规定的人决定并下达。" in text


def test_no_response_cuts_nobody_and_says_which_level_would(repository: Path, mended: Path):
    said = typed(repository, mended, "curtail", *DAY, *AT, "--level", "none", "--whole-days")
    assert "没有压减用户的权限" in said


def test_in_a_gas_day_under_way_only_the_hours_ahead_are_cut(repository: Path, mended: Path):
    late = (*DAY, "--at", "2026-12-16T10:30", "--level", "I")
    said = typed(repository, mended, "curtail", *late)
    assert "2026-12-16 11:00—2026-12-17 08:00" in said
    assert "⚠ 气日已过 3 小时，从 16日11:00 起算" in said
    lines = json.loads(typed(repository, mended, "curtail", *late, "--format", "json"))["lines"]
    assert lines
    assert min(line["tell_by"] for line in lines) >= "2026-12-16T10:30"
    assert "去掉 --whole-days 重算" in typed(repository, mended, "curtail", *late, "--whole-days")


def test_a_change_that_comes_later_says_when(repository: Path, mended: Path):
    said = typed(repository, mended, "whatif", *DAY, *AT, "--fails", "import", "--from", "10")
    assert "推演　16日18:00 起省网来气中断" in said


def test_what_if_over_several_days_tells_the_gap_of_the_worst_day(repository: Path, mended: Path):
    day, words = ("--day", "2026-12-15", "--at", "2026-12-14T21:00"), ("--fails", "import", "--format", "json")
    one = json.loads(typed(repository, mended, "whatif", *day, *words))["gap_pct"]
    assert one == [7.0799, 26.3155]  # 322.32 asked for; 299.5 at hand, 62 of it by the pipe that fails
    said = ("whatif", "--day", "2026-12-16", *AT, "--days", "3", "--fails", "import", "--from", "48")
    last = typed(repository, mended, *said)
    alone = typed(repository, mended, "whatif", *DAY, *AT, "--fails", "import")
    gap = next(line.split("→ ")[1] for line in alone.splitlines() if "供需缺口" in line)
    # the two days before it are no less cold, and nothing fails on them: they dilute nothing
    assert f"供需缺口（缺口最大的气日）　11.67% → {gap}" in last


def test_what_if_a_source_fails_or_it_grows_colder(repository: Path, mended: Path):
    words = ("whatif", *DAY, *AT, "--format", "json")
    fails = json.loads(typed(repository, mended, *words, "--fails", "coke_gaoping"))
    assert fails["gap_pct"][1] > fails["gap_pct"][0]
    colder = json.loads(typed(repository, mended, *words, "--colder", "5"))
    assert colder["cut"][1] + colder["unserved"][1] > colder["cut"][0] + colder["unserved"][0]
    with pytest.raises(NotFoundError, match="没有“moon”这个气源"):
        typed(repository, mended, *words, "--fails", "moon")


def test_workbooks_open_and_hold_the_figures(repository: Path, mended: Path, tmp_path: Path):
    for command in ("balance", "duties", "failure", "curtail"):
        file = tmp_path / f"{command}.xlsx"
        more = ("--whole-days", *AT) if command == "curtail" else ()
        assert f"已写入 {file}" in typed(
            repository, mended, command, *DAY, *more, "--format", "xlsx", "--out", str(file)
        )
        book = load_workbook(BytesIO(file.read_bytes()))
        assert book.worksheets[0].max_row > 3
        assert not [cell for sheet in book for row in sheet for cell in row if cell.value in {"nan", "None", "inf"}]
    with pytest.raises(ZhishouError, match="加 --out"):
        typed(repository, mended, "balance", *DAY, "--format", "xlsx")


def test_duties_and_failures_are_told(repository: Path, mended: Path):
    duties = json.loads(typed(repository, mended, "duties", *DAY, "--format", "json"))
    assert {one["fact"] for one in duties["entries"]} == {
        "government_storage_days", "city_gas_company_storage_pct", "storage_fill_pct",
    }  # fmt: skip
    failures = json.loads(typed(repository, mended, "failure", *DAY, "--format", "json"))
    assert {one["source"] for one in failures["failures"]} == {
        "cbm_qinshui", "cbm_yangcheng", "cbm_zezhou", "import", "lng_city", "coke_gaoping",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "gap"), [("tengzhou-2017", "5.56%"), ("xian-2016", "25%")])
def test_published_cases_come_out_as_published(repository: Path, name: str, gap: str):
    result = CliRunner().invoke(app, ["supply", "case", str(repository / f"examples/cases/{name}.yaml")])
    assert result.exit_code == 0
    assert gap in result.output
    assert "出处　" in result.output
    assert "─\n─" not in result.output


def test_without_a_system_or_returns_the_mend_is_told(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("ZHISHOU_SYSTEM", raising=False)
    with pytest.raises(NotFoundError, match="没有供气系统文件"):
        CliRunner().invoke(app, ["supply", "balance", "--data", str(tmp_path)], catch_exceptions=False)
    with pytest.raises(NotFoundError, match="先用 zhishou supply import 导入"):
        typed(repository, tmp_path, "balance", *DAY)


def test_what_cannot_be_supposed_is_refused_before_anything_is_worked_out(repository: Path, mended: Path):
    words = ("whatif", *DAY, *AT, "--level", "II")
    for more, said in (
        ((), "没有写明推演什么"),
        (("--colder", "100"), "超出可能的范围"),
        (("--fails", "import", "--from", "30"), "在推演的 24 小时之外"),
        (("--breaks", "moon"), "没有“moon”这个管道"),
    ):
        with pytest.raises(ZhishouError, match=said):
            typed(repository, mended, *words, *more)


def test_a_what_if_as_a_workbook_holds_what_the_other_forms_say(repository: Path, mended: Path, tmp_path: Path):
    file = tmp_path / "whatif.xlsx"
    words = ("whatif", *DAY, *AT, "--level", "II", "--fails", "省网来气")
    typed(repository, mended, *words, "--format", "xlsx", "--out", str(file))
    told = json.loads(typed(repository, mended, *words, "--format", "json"))
    book = load_workbook(file)
    assert book.sheetnames == ["对比", "分类别", "推演的压减清单", "仍缺气"]
    rows = {row[0]: row[1:3] for row in book["对比"].iter_rows(min_row=5, max_col=3, values_only=True)}
    assert rows["供需缺口率（%）"] == tuple(round(one, 2) for one in told["gap_pct"])
    assert rows["压减合计"] == pytest.approx(tuple(told["cut"]), abs=1e-6)
    assert rows["仍缺"] == pytest.approx(tuple(told["unserved"]), abs=1e-6)
    below = " ".join(str(row[0]) for row in book["对比"].iter_rows(values_only=True))
    assert "将建议Ⅰ级响应〔4.2.1(1)〕" in below
    assert "以上为推演，不是现状。" in below


def test_a_what_if_by_name_tells_the_level_and_where_gas_would_be_lacking(repository: Path, mended: Path):
    said = typed(repository, mended, "whatif", *DAY, *AT, "--level", "Ⅱ级", "--fails", "省网来气")
    assert "将建议Ⅰ级响应〔4.2.1(1)〕；以下仍按Ⅱ级响应的权限压减" in said
    assert "仍缺的地区　" in said


def test_the_cut_list_as_a_workbook_holds_all_that_the_text_says(repository: Path, mended: Path, tmp_path: Path):
    file = tmp_path / "curtail.xlsx"
    typed(repository, mended, "curtail", *DAY, *AT, "--level", "II", "--uneven", "--format", "xlsx", "--out", str(file))
    book = load_workbook(file)
    assert book.sheetnames == ["压减清单", "分类别", "仍缺气", "储气动用", "恢复次序", "分时压减"]
    rows = list(book["压减清单"].iter_rows(min_row=5, values_only=True))
    cut = sum(row[5] for row in rows if isinstance(row[5], int | float))
    total = list(book["分类别"].iter_rows(min_row=5, values_only=True))[-1]
    assert total[0] == "合计"
    assert cut == pytest.approx(total[3], abs=1e-2)
    words = [str(row[0]) for row in rows]
    assert any(word.startswith("级别：Ⅱ级响应") for word in words)
    assert words[-1].startswith("以上为压减建议")


def test_a_plan_of_another_city_cuts_nobody_here(repository: Path, mended: Path):
    with pytest.raises(NotFoundError, match="不管晋城市的限停气"):
        typed(repository, mended, "curtail", *DAY, *AT, "--plan", "yuncheng/heating-2021")


def test_where_nothing_is_known_no_level_is_no_verdict(repository: Path, mended: Path):
    said = typed(repository, mended, "curtail", "--day", "2026-12-22", "--assume", "--whole-days")
    assert "要素不齐，研判没有得出级别，不等于不够级别" in said
    assert "没有计入一日之内的高峰" in said


def test_what_the_power_company_returns_counts_under_the_district_s_plan(repository: Path, tmp_path: Path):
    evening, data = "2026-12-15", tmp_path / "data"
    power = (repository / f"examples/jincheng-supply/returns/{evening}/power.csv").read_text("utf-8")
    file = tmp_path / "power.csv"
    file.write_text(
        power.replace(f"district_load_shed_pct,power,{evening},,0,", f"district_load_shed_pct,power,{evening},,45,")
    )
    typed(repository, data, "import", str(file), "--at", f"{evening}T20:30", "--day", evening)
    answers = json.loads(typed(repository, data, "assess", *DAY, *AT, "--format", "json"))["plans"]
    district = next(one for one in answers if one["plan"] == "jincheng/chengqu/energy-2025")
    (response,) = (ladder for ladder in district["ladders"] if ladder["ladder"] == "response")
    assert (response["level"], response["reasons"][0]["clause"]) == ("II", ["4.2.2(4)"])
