"""Every kind of wrong input is held with sheet, cell, value and mend, and what is right beside it is used."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import made
import pytest
from openpyxl import Workbook
from openpyxl.styles import numbers

from zhishou.supply.returns import reading
from zhishou.supply.returns.checking import Checked, Expected, check
from zhishou.supply.returns.held import key

TENFOLD = tuple((made.DAY - timedelta(days=back), 45.0 + back % 3) for back in range(10, 0, -1))
RECENT = {
    ("demand", "works"): TENFOLD,
    ("taken", "works"): TENFOLD,
    ("stock", "lng"): tuple((d, 1400.0) for d, _ in TENFOLD),
}


def checked(
    who: str, figures: dict[str, Any] | None = None, *, change: made.Change | None = None,
    recent: dict[tuple[str, str], Any] | None = None, at: datetime = made.EVENING, **stated: Any,
) -> Checked:  # fmt: skip
    content = made.filled(who, figures, change=change)
    found = reading.read("a.xlsx", content, made.ROSTER, made.DAY, **stated)
    assert found.problems == ()
    (draft,) = found.drafts
    result = check(draft, made.ROSTER, recent or {}, Expected(at))
    kept = {key(value) for value in result.accepted} | {key(v) for one in result.held for v in one.values}
    assert kept == {key(value) for value in draft.values}
    return result


def amounts(result: Checked) -> dict[tuple[str, str], Any]:
    return {
        (one.item, one.of): one.amount for one in result.accepted if one.hour is None and (one.day - made.DAY).days < 2
    }


@pytest.mark.parametrize(
    ("amount", "code", "said"),
    [
        (455, "spike", "倍"),
        (4.55, "drop", "近日水平"),
        (455000, "unit_slip", "45.5 万立方米/日"),
        (0.00455, "unit_slip", "45.5 万立方米/日"),
        (0, "zero", "从未为零"),
        (-45.5, "negative", "不可能为负"),
        ("约45", "not_a_number", "不是数"),
        ("45—50", "not_a_number", "不是一个数"),
        ("12,34", "not_a_number", "千分位"),
        (True, "not_a_number", "逻辑值"),
        ("45.5吨/小时", "wrong_unit", "不能换算"),
        ("45.5标方", "wrong_unit", "不能换算"),
        ("#REF!", "formula_error", "#REF!"),
        ("#DIV/0!", "formula_error", "#DIV/0!"),
        ("#VALUE!", "formula_error", "公式"),
        ("#N/A", "formula_error", "公式"),
        ("=1/0*E9", "not_calculated", "保存一次"),
    ],
)
def test_a_wrong_figure_is_held_with_its_cell(amount: Any, code: str, said: str):
    place = made.where("grid", "use:works@1")
    result = checked("grid", {"use:works@1": amount}, recent=RECENT)
    (held,) = result.held
    assert held.code == code
    assert (held.sheet, held.cell) == ("报表", place)
    assert said in held.text
    assert held.mend
    assert "核定之前" in held.text
    assert ("demand", "works", made.DAY + timedelta(days=1), None) in held.about
    assert ("demand", "works") not in amounts(result)
    assert amounts(result)["demand", "homes"] == 33


def test_the_value_as_written_is_named():
    (held,) = checked("grid", {"use:works@1": "约45"}).held
    assert "写作“约45”" in held.text
    assert "预计用气需求·城区工业" in held.text


def test_zero_is_held_against_the_roster_where_nothing_was_received_before():
    (held,) = checked("grid", {"use:works@1": 0}).held
    assert held.code == "zero"


def test_zero_is_used_where_zero_has_been_before():
    history = {("demand", "works"): (*TENFOLD, (made.DAY, 0.0))}
    assert checked("grid", {"use:works@1": 0}, recent=history).held == ()


def test_a_change_that_may_be_is_told_and_used():
    result = checked("grid", {"use:works@1": 110}, recent=RECENT)
    assert result.held == ()
    assert "large_change" in {one.code for one in result.noted}
    assert amounts(result)["demand", "works"] == 110


@pytest.mark.parametrize(
    ("reporter", "code", "amount"),
    [("field", "supply:well@1", 130), ("grid", "stock:lng@0", 2200), ("tank", "withdrawable:ball@1", 25)],
)
def test_more_than_the_object_can_do_is_held(reporter: str, code: str, amount: Any):
    held = checked(reporter, {code: amount}).held
    assert held[0].code == "over_capacity"
    assert held[0].cell == made.where(reporter, code)


def test_allocations_beyond_their_source_are_held_together():
    result = checked("field", {"allocation:zezhou|well@1": 50})
    (held,) = result.held
    assert held.code == "over_allocated"
    assert held.cell == "F11、F12"
    assert "110" in held.message
    assert amounts(result)["available", "well"] == 98
    assert ("allocated", "zezhou|well") not in amounts(result)


def test_a_total_that_does_not_add_up_holds_itself_and_its_parts():
    result = checked("grid", {"total_use@1": 90})
    (held,) = result.held
    assert held.code == "total_differs"
    assert (held.sheet, held.cell, held.written) == ("报表", made.where("grid", "total_use@1"), "90")
    assert {value.item for value in held.values} == {"total_demand", "demand"}
    assert ("demand", "homes") not in amounts(result)
    assert amounts(result)["taken", "homes"] == 31.25


def test_a_total_within_rounding_is_used():
    assert checked("grid", {"total_use@1": 78.6}).held == ()


def test_hours_that_do_not_add_up_hold_the_day():
    hours = {f"use:homes@h{hour}": 33.0 for hour in range(24)}
    result = checked("grid", hours)
    (held,) = result.held
    assert held.code == "hours_differ"
    assert held.sheet == "分时"
    assert "除以 24" in held.mend
    assert ("demand", "homes") not in amounts(result)


def test_hours_that_are_not_all_there_are_held_and_the_day_stands():
    result = checked("grid", {f"use:homes@h{hour}": 1.4 for hour in range(20)})
    (held,) = result.held
    assert "缺 4 个" in held.message
    assert amounts(result)["demand", "homes"] == 33


def test_a_day_told_only_by_the_hour_is_judged_by_its_sum():
    hours = {f"use:works@h{hour}": 45.5 for hour in range(24)}
    result = checked("grid", {**hours, "use:works@1": None}, recent=RECENT)
    (held,) = result.held
    assert held.code == "spike"
    assert len(held.values) == 24
    fine = checked("grid", dict.fromkeys(hours, 1.9) | {"use:works@1": None}, recent=RECENT)
    assert fine.held == ()


@pytest.mark.parametrize("written", [None, "—", "/", "无"])
def test_what_is_owed_and_not_there_is_held(written: Any):
    result = checked("grid", {"use:works@1": written})
    (held,) = result.held
    assert held.code == "missing"
    assert "次日预计" in held.message
    marks = [one for one in result.noted if one.code == "blank_mark"]
    assert (marks[0].cell if marks else None) == (made.where("grid", "use:works@1") if written else None)


def test_merged_cells_are_held():
    def merge(book: Workbook) -> None:
        book["报表"].merge_cells("F8:F9")

    result = checked("grid", change=merge)
    held = {one.code: one for one in result.held}
    assert held["merged"].cell == "F8"
    assert "F8:F9" in held["merged"].message
    assert {"demand"} & {one.item for one in result.accepted} == set()


def test_an_unknown_row_is_held_not_dropped():
    def rename(book: Workbook) -> None:
        book["报表"]["C9"], book["报表"]["N9"] = "城区陶瓷厂", None

    result = checked("grid", change=rename)
    held = {one.code: one for one in result.held}
    assert held["unknown_row"].cell == "E9、F9"
    assert held["unknown_row"].written == "44、45.5"
    assert "城区陶瓷厂" in held["unknown_row"].message
    assert "missing" in held


def test_a_row_whose_code_and_name_differ_is_held():
    def rename(book: Workbook) -> None:
        book["报表"]["C9"] = "城区居民"

    held = {one.code: one for one in checked("grid", change=rename).held}
    assert "识别码" in held["unknown_row"].message


def test_a_row_of_another_reporter_is_held():
    def other(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "泽州居民", 18.5

    held = checked("grid", change=other).held
    assert [one.code for one in held] == ["not_yours"]
    assert "泽州县人民政府" in held[0].message
    assert held[0].cell == "E20"


def test_the_same_thing_twice_with_two_figures_is_held():
    def twice(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "城区工业", 41

    (held,) = checked("grid", change=twice).held
    assert held.code == "twice"
    assert held.cell == "E9、E20"
    assert len(held.values) == 2


def test_the_same_thing_twice_with_one_figure_is_told():
    def twice(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["B20"], sheet["C20"], sheet["E20"] = "用气量", "城区工业", 44

    result = checked("grid", change=twice)
    assert result.held == ()
    assert "repeated" in {one.code for one in result.noted}


def _day(written: Any) -> made.Change:
    def change(book: Any) -> None:
        book["报表"]["E3"] = written

    return change


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (date(2026, 12, 16), "还没有到"),
        (date(2027, 12, 15), "年份写错"),
        (date(2026, 11, 1), "过旧"),
        (date(2025, 12, 15), "年份写错"),
        (12.1, "看不出是几日"),
        ("昨天", "不是日期"),
        ("2026-02-30", "没有 2026 年 2 月 30 日"),
        (None, "没有写气日"),
    ],
)
def test_a_wrong_day_holds_the_whole_return(written: Any, said: str):
    result = checked("grid", change=_day(written))
    (held,) = [one for one in result.held if one.whole]
    assert said in held.message
    assert "2026-12-15" in held.mend
    assert result.accepted == ()
    assert held.cell == ("E3" if written else "")


def test_day_and_month_changed_round_are_told():
    at = datetime(2026, 12, 5, 20, tzinfo=made.EVENING.tzinfo)
    (held, *_) = checked("grid", change=_day(date(2026, 5, 12)), at=at).held
    assert "月、日颠倒" in held.message


@pytest.mark.parametrize(
    "written", ["2026年12月15日", "2026/12/15", "20261215", "12月15日", "12.15", 12.15, 46371, "２０２６－１２－１５"]
)
def test_a_day_may_be_written_as_people_write_it(written: Any):
    result = checked("grid", change=_day(written))
    assert result.held == ()
    assert {value.day for value in result.accepted} == {made.DAY, made.DAY + timedelta(days=1)}


def test_yesterdays_return_is_used_and_told():
    result = checked("grid", at=made.EVENING + timedelta(days=1))
    assert result.held == ()
    assert "late_correction" in {one.code for one in result.noted}


def test_an_unknown_reporter_holds_the_whole_return():
    def rename(book: Workbook) -> None:
        book["报表"]["C3"] = "不知名燃气公司"

    result = checked("grid", change=rename)
    held = next(one for one in result.held if one.code == "unknown_reporter")
    assert (held.sheet, held.cell, held.written) == ("报表", "C3", "不知名燃气公司")
    assert "城区燃气公司" in held.mend
    assert result.accepted == ()


def test_a_form_of_another_reporter_is_held_whole():
    def rename(book: Workbook) -> None:
        book["报表"]["C3"] = "泽州县人民政府"

    result = checked("grid", change=rename)
    assert {"other_reporter", "not_yours"} <= {one.code for one in result.held}
    assert result.accepted == ()


def test_a_person_may_state_reporter_and_day():
    def erase(book: Workbook) -> None:
        book["报表"]["C3"], book["报表"]["E3"] = "？", "？"

    result = checked("grid", change=erase, reporter="grid", gas_day=made.DAY)
    assert result.held == ()
    assert amounts(result)["demand", "works"] == 45.5


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("４５．５", 45.5),
        ("1,045.5", 1045.5),
        ("45.5万", 45.5),
        ("455000立方米", 45.5),
        ("45.5万m³", 45.5),
        (" 45.5 ", 45.5),
    ],
)
def test_figures_as_people_write_them(written: Any, amount: Any):
    draft = reading.read("a", made.filled("grid", {"use:works@1": written}), made.ROSTER, made.DAY).drafts[0]
    assert next(one.amount for one in draft.values if one.item == "demand" and one.of == "works") == pytest.approx(
        amount
    )
    assert {one.code for one in draft.problems} & {"as_text", "converted"}


def test_a_share_in_a_percent_format_is_read_as_shown_and_told():
    def percent(book: Workbook) -> None:
        cell = book["报表"]["E9"]
        cell.value, cell.number_format = 0.12, numbers.FORMAT_PERCENTAGE

    result = checked("power", change=percent)
    assert amounts(result)["district_load_shed_pct", "power"] == 12
    assert "converted" in {one.code for one in result.noted}


def test_a_figure_that_excel_made_a_date_of_is_held():
    def dated(book: Workbook) -> None:
        book["报表"]["F9"] = date(2026, 4, 5)

    (held,) = checked("grid", change=dated).held
    assert "识别成了日期" in held.message


def test_a_unit_written_beside_a_figure_is_heeded():
    def unit(book: Workbook) -> None:
        book["报表"]["D9"] = "立方米/日"

    result = checked("grid", {"use:works@0": 440000, "use:works@1": 455000}, change=unit)
    assert amounts(result)["demand", "works"] == 45.5
    assert [one.cell for one in result.noted if one.code == "converted"] == ["E9", "F9"]


def test_a_share_above_a_hundred_and_an_unknown_level_are_held():
    assert checked("power", {"users_out_pct@0": 350}).held[0].code == "out_of_range"
    assert checked("upper", {"province_level@0": "五级"}).held[0].code == "out_of_range"


def test_stray_figures_hidden_rows_and_foreign_sheets_are_told():
    def mess(book: Workbook) -> None:
        sheet = book["报表"]
        sheet["Q9"], sheet["E12"] = 7, 3
        sheet.row_dimensions[8].hidden = True
        sheet.column_dimensions["E"].hidden = True
        extra = book.create_sheet("草稿")
        extra["A1"] = 5

    result = checked("grid", change=mess)
    told = {one.code: one for one in result.noted}
    assert told["stray"].cell == "Q9、E12"
    assert told["unread_sheet"].sheet == "草稿"
    assert [one.cell for one in result.noted if one.code == "hidden"] == ["E7", "8:8"]


def test_a_stock_that_falls_faster_than_it_can_is_told():
    recent = {("stock", "ball"): ((made.DAY - timedelta(days=1), 55.0),) * 3}
    result = checked("tank", {"stock:ball@0": 22}, recent=recent)
    assert "stock_change" in {one.code for one in result.noted}
    assert amounts(result)["stock", "ball"] == 22
